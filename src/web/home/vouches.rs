//! `/vouches`: "Do you know …?", asked in private of a member whom an applicant named.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::vouch_answer::VouchAnswer;
use crate::domain::{Error, ids};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::vouches;
use crate::web::error::WebError;
use crate::web::form::Form as Sent;
use crate::web::frame;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;

/// Posts to `/vouches/ID` (`answer`: `yes`, `no`, `rather_not_say`).
#[derive(Template)]
#[template(path = "home/vouches.html")]
pub struct VouchesPage {
    /// The frame.
    pub page: Page,
    /// What waits for a word.
    pub rows: Vec<AskedRow>,
}

/// One question.
#[derive(Debug, Clone)]
pub struct AskedRow {
    /// Its id.
    pub id: i64,
    /// The name that the applicant wants.
    pub username: String,
    /// Their display name; may be empty.
    pub display_name: String,
    /// When it was asked.
    pub at: Moment,
}

const GET: Route = Route {
    method: "GET",
    path: "/vouches",
    access: Access::Session,
    pending: Pending::Refused,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: || web::to(show),
};

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    GET,
    Route {
        method: "POST",
        path: "/vouches/{id}",
        rate: Rate::Write,
        handler: || web::to(say),
        ..GET
    },
];

/// GET `/vouches`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    let now = app.clock.now();
    let rows = vouches::open(&app, &caller.member()?).await?;
    let mut page = frame::page(&req, Some(&caller), "Do you know them?").await?;
    page.here = Here::Notifications;
    let shown = VouchesPage {
        page,
        rows: rows
            .into_iter()
            .map(|question| AskedRow {
                id: question.id,
                username: question.username,
                display_name: question.display_name,
                at: Moment::new(question.asked_at, now),
            })
            .collect(),
    };
    frame::render(&req, &shown)
}

/// What is said.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    #[serde(deserialize_with = "lenient::string")]
    answer: String,
}

/// POST `/vouches/ID`.
async fn say(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    sent: Sent<Said>,
) -> Result<HttpResponse, WebError> {
    let id = ids::parse(&path).ok_or(Error::NotFound)?;
    let answer = VouchAnswer::from_name(&sent.fields.answer)
        .ok_or_else(|| Error::invalid("Say yes, no, or that you would rather not say."))?;
    vouches::answer(&app, &caller.member()?, id, answer).await?;
    let said = "Thank you. Only the people who read applications see it.";
    Ok(frame::see_other_with("/vouches", &Flash::done(said)))
}
