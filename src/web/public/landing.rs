//! `/`: what this place is, whether somebody is home, and the way in.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::{Standing, mode};
use crate::social::shown;
use crate::text::clean;
use crate::web::error::WebError;
use crate::web::frame::{self, see_other};
use crate::web::parts::layout::{Page, ShareCard};
use crate::web::parts::status::StatusCard;
use crate::web::render::status::Eyes;

/// Posts on the front page.
const LATEST: i64 = 3;
/// Characters of the description that another site may show.
const CARD_TEXT: usize = 200;

/// The front of the house, for strangers.
#[derive(Template)]
#[template(path = "public/landing.html")]
pub struct LandingPage {
    /// The frame.
    pub page: Page,
    /// One or two sentences by the owner about the place. Text; empty shows a default.
    pub description: String,
    /// Who reads applications: display names of reviewers, five at most. May be empty.
    pub readers: Vec<String>,
    /// How long an answer usually takes, in words such as `about a day`; `None` without
    /// decisions to go by.
    pub usual_wait: Option<String>,
    /// Accounts that live here.
    pub members: i64,
    /// Why the door takes no applications; `None` while it does. A sentence.
    pub closed_because: Option<String>,
    /// Somebody with an invite may apply.
    pub invited_may: bool,
    /// The newest public posts of the place, three at most.
    pub latest: Vec<StatusCard>,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[Route {
    method: "GET",
    path: "/",
    access: Access::Page,
    pending: Pending::AnyStanding,
    rate: Rate::Usual,
    caching: Caching::Public(15),
    handler: || web::to(show),
}];

async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    match caller.user().map(|user| user.standing()) {
        Some(Standing::Member) => return Ok(see_other("/home")),
        Some(Standing::Disabled) | None => {}
        Some(_) => return Ok(see_other("/waiting")),
    }
    let instance = app.instance().await?;
    let readers = mode::readers(&app).await?;
    let door = mode::shown(&app).await?;
    let latest = shown::latest(&app, LATEST).await?;
    let mut page = frame::page(&req, Some(&caller), "Welcome").await?;
    page.canonical = Some(app.url("/"));
    page.card = Some(ShareCard {
        kind: "website",
        title: instance.title.clone(),
        description: clean::excerpt(&clean::single_line(&instance.description), CARD_TEXT),
        image: Some(app.url("/static/img/touch-icon.png")),
    });
    let template = LandingPage {
        page,
        description: instance.description.clone(),
        usual_wait: readers.usual_wait(),
        readers: readers.names,
        members: shown::residents(&app).await?,
        invited_may: door.closed_to_the_invited().is_none(),
        closed_because: door.closed_because().map(str::to_owned),
        latest: Eyes::of(&app, &caller).cards(&latest),
    };
    frame::render(&req, &template)
}
