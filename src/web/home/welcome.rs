//! `/welcome`: after a yes. Offers the drafts; publishes nothing by itself.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::domain::Error;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::drafts;
use crate::social;
use crate::web::error::WebError;
use crate::web::form::{Form, Nothing};
use crate::web::frame;
use crate::web::parts::layout::Flash;

use crate::web::apply::waiting::DraftView;
use crate::web::parts::layout::Page;

/// Forms: `/drafts/ID/publish` with `return_to=/welcome`; `/welcome/publish-all`.
#[derive(Template)]
#[template(path = "home/welcome.html")]
pub struct WelcomePage {
    /// The frame.
    pub page: Page,
    /// The drafts that are left.
    pub drafts: Vec<DraftView>,
    /// What the reviewer wrote; may be empty.
    pub message: String,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/welcome",
        access: Access::Session,
        pending: Pending::Refused,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/welcome/publish-all",
        access: Access::Session,
        pending: Pending::Refused,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(publish_all),
    },
];

/// GET `/welcome`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    let member = caller.member()?;
    let now = app.clock.now();
    let (list, message) = drafts::welcome(&app, &member).await?;
    let page = frame::page(&req, Some(&caller), "Come in").await?;
    let shown = WelcomePage {
        page,
        drafts: list.iter().map(|d| DraftView::new(&app, d, now)).collect(),
        message: message.unwrap_or_default(),
    };
    frame::render(&req, &shown)
}

/// POST `/welcome/publish-all`. A draft that will not do as a post stays, and says why.
async fn publish_all(
    app: web::Data<App>,
    caller: Caller,
    _form: Form<Nothing>,
) -> Result<HttpResponse, WebError> {
    let member = caller.member()?;
    match social::statuses::draft::publish_all(&app, &member).await {
        Ok(_) => Ok(frame::see_other_with("/home", &Flash::done("Published."))),
        Err(Error::Invalid(invalid)) => {
            let flash = Flash::trouble(invalid.sentence());
            Ok(frame::see_other_with("/welcome", &flash))
        }
        Err(error) => Err(error.into()),
    }
}
