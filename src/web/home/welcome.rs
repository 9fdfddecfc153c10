//! `/welcome`: after a yes. Offers the drafts, people and tags of this house, and a first post;
//! does nothing by itself. It can be left at any time, and comes back from the settings until
//! it is put away.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::domain::Error;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::welcome;
use crate::social;
use crate::web::error::WebError;
use crate::web::form::{Form, Nothing};
use crate::web::frame;
use crate::web::home::compose;
use crate::web::parts::account::AccountRow;
use crate::web::parts::compose::ComposeForm;
use crate::web::parts::layout::Flash;
use crate::web::parts::tag::TagButton;
use crate::web::render::account;

use crate::web::apply::waiting::DraftView;
use crate::web::parts::layout::Page;

/// Forms: `/drafts/ID/publish` with `return_to=/welcome`; `/welcome/publish-all`;
/// `/@NAME/follow`; `/compose`; `/welcome/done`.
#[derive(Template)]
#[template(path = "home/welcome.html")]
pub struct WelcomePage {
    /// The frame.
    pub page: Page,
    /// The drafts that are left.
    pub drafts: Vec<DraftView>,
    /// What the reviewer wrote; may be empty.
    pub message: String,
    /// People of this house that one might follow.
    pub people: Vec<AccountRow>,
    /// Tags of this house.
    pub tags: Vec<TagButton>,
    /// A box with the tag of introductions in it; `None` where there is none.
    pub compose: Option<ComposeForm>,
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
    Route {
        method: "POST",
        path: "/welcome/done",
        access: Access::Session,
        pending: Pending::Refused,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(done),
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
    let entered = welcome::enter(&app, &member).await?;
    let offer = entered.offer;
    let people = social::shown::these(&app, &member, offer.people).await?;
    let followed = social::tags::are_followed(&app, &member, &offer.tags).await?;
    let tags = offer.tags.iter().zip(followed);
    let tags = tags.map(|(name, is_followed)| TagButton::new(name, is_followed));
    let page = frame::page(&req, Some(&caller), "Come in").await?;
    let compose = (!offer.introduction.is_empty()).then(|| {
        let mut compose = compose::blank(&app, &member, "/welcome");
        let text = format!("\n\n#{}", offer.introduction);
        compose.form = compose.form.with("text", text);
        compose
    });
    let addresses = &app.remote_media.addresses;
    let shown = WelcomePage {
        page,
        drafts: entered
            .drafts
            .iter()
            .map(|d| DraftView::new(&app, d, now))
            .collect(),
        message: entered.message.unwrap_or_default(),
        people: people.iter().map(|p| account::row(p, addresses)).collect(),
        tags: tags.collect(),
        compose,
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
        Ok(_) => Ok(frame::see_other_with(
            "/welcome",
            &Flash::done("Published."),
        )),
        Err(Error::Invalid(invalid)) => {
            let flash = Flash::trouble(invalid.sentence());
            Ok(frame::see_other_with("/welcome", &flash))
        }
        Err(error) => Err(error.into()),
    }
}

/// POST `/welcome/done`: puts the page away.
async fn done(
    app: web::Data<App>,
    caller: Caller,
    _form: Form<Nothing>,
) -> Result<HttpResponse, WebError> {
    welcome::finish(&app, &caller.member()?).await?;
    Ok(frame::see_other("/home"))
}
