//! Where no mail reaches people: what those see who applied without script and wait two minutes.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::app::App;
use crate::domain::Result;
use crate::door::Caller;
use crate::gate::applications::{confirm_email, mail_reaches_people};
use crate::gate::who::Standing;
use crate::web::error::WebError;
use crate::web::frame;
use crate::web::parts::layout::{Here, Page};

/// The application is on its way into the queue.
#[derive(Template)]
#[template(path = "apply/moment.html")]
pub struct MomentPage {
    /// The frame.
    pub page: Page,
}

/// The page, for those who are still to wait; `None` for everybody else. Looking lets in whose
/// time has come.
pub async fn instead(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
) -> Result<Option<HttpResponse>, WebError> {
    let standing = caller.signed_in()?.standing();
    if standing != Standing::Unconfirmed || mail_reaches_people(app) {
        return Ok(None);
    }
    if confirm_email::let_in_waited(app).await? > 0 {
        return Ok(Some(frame::see_other("/waiting")));
    }
    let mut page = frame::page(req, Some(caller), "One moment").await?;
    page.here = Here::Waiting;
    page.noindex = true;
    Ok(Some(frame::render(req, &MomentPage { page })?))
}
