//! `/apply/sent`: the receipt. The same whether or not the address was known here.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::door::Caller;
use crate::gate::applications::expire::UNCONFIRMED;
use crate::gate::applications::mail_reaches_people;
use crate::web::error::WebError;
use crate::web::frame;
use crate::web::parts::layout::Here;

use crate::web::parts::layout::Page;

/// "Look into your mailbox."
#[derive(Template)]
#[template(path = "apply/sent.html")]
pub struct SentPage {
    /// The frame.
    pub page: Page,
    /// The address as it was typed; `None` where the place works without mail.
    pub email: Option<String>,
    /// Hours until an unconfirmed application is forgotten.
    pub confirm_hours: i64,
}

/// GET `/apply/sent`. The address is shown to the browser that sent it.
pub async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    let email = caller.user().and_then(|u| u.user.email.clone());
    let mut page = frame::page(&req, Some(&caller), "Your application was sent").await?;
    page.here = Here::Apply;
    page.noindex = true;
    let shown = SentPage {
        page,
        email: email.filter(|_| mail_reaches_people(&app)),
        confirm_hours: UNCONFIRMED.num_hours(),
    };
    frame::render(&req, &shown)
}
