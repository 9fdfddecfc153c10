//! `/about`: who runs this place, its rules, how the door stands, how to connect an app.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::domain::registration_mode::RegistrationMode;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::effective_mode::EffectiveMode;
use crate::gate::mode;
use crate::moderation::published;
use crate::social::shown;
use crate::web::error::WebError;
use crate::web::frame;
use crate::web::parts::account::AccountRow;
use crate::web::parts::layout::Page;
use crate::web::render::account;

/// What anybody may know about the place.
#[derive(Template)]
#[template(path = "public/about.html")]
pub struct AboutPage {
    /// The frame.
    pub page: Page,
    /// The owner's words, one paragraph each; may be empty.
    pub paragraphs: Vec<String>,
    /// House rules; may be empty.
    pub rules: Vec<HouseRule>,
    /// Staff who are named in public.
    pub staff: Vec<AccountRow>,
    /// Where to write to; may be empty.
    pub contact: String,
    /// How the door stands, one sentence with its reason.
    pub door: String,
    /// Accounts that live here.
    pub members: i64,
    /// The list of moderated servers is shown to the reader.
    pub servers: bool,
}

/// One rule of the house.
#[derive(Debug, Clone)]
pub struct HouseRule {
    /// One sentence.
    pub text: String,
    /// What it means; may be empty.
    pub hint: String,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[Route {
    method: "GET",
    path: "/about",
    access: Access::Page,
    pending: Pending::AnyStanding,
    rate: Rate::Usual,
    caching: Caching::Public(60),
    handler: || web::to(show),
}];

async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    let instance = app.instance().await?;
    let staff = shown::staff(&app).await?;
    let mode = mode::shown(&app).await?;
    let mut page = frame::page(&req, Some(&caller), "About").await?;
    page.canonical = Some(app.url("/about"));
    let rules = instance.rules.iter().map(|rule| HouseRule {
        text: rule.text.clone(),
        hint: rule.hint.clone(),
    });
    let paragraphs = instance.description.split("\n\n").map(str::trim);
    let template = AboutPage {
        page,
        paragraphs: paragraphs
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
            .collect(),
        rules: rules.collect(),
        staff: staff
            .iter()
            .map(|member| AccountRow {
                account: account::chip(member, &app.remote_media.addresses),
                note: account::note_line(member),
                relation: None,
            })
            .collect(),
        contact: instance.contact_email.clone().unwrap_or_default(),
        door: door(&mode),
        members: shown::residents(&app).await?,
        servers: published::is_shown(&app, caller.viewer().is_some()).await?,
    };
    frame::render(&req, &template)
}

/// How the door stands, in a sentence.
fn door(mode: &EffectiveMode) -> String {
    match (mode.closed_because(), mode.mode) {
        (Some(why), _) => why.to_owned(),
        (None, RegistrationMode::Open) => "Anybody may come in at once.".to_owned(),
        (None, _) => "Anybody may apply; a person reads every application.".to_owned(),
    }
}
