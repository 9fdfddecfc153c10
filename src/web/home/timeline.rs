//! `/home`: the box for writing and the home timeline, in pages.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::compose;
use crate::app::App;
use crate::domain::{Error, Id, ids};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::social::page::Shown;
use crate::social::shown;
use crate::web::error::WebError;
use crate::web::form::Form;
use crate::web::frame::{self, see_other};
use crate::web::parts::compose::ComposeForm;
use crate::web::parts::layout::{Here, Page};
use crate::web::parts::moment::Moment;
use crate::web::parts::pager::Pager;
use crate::web::parts::status::StatusCard;
use crate::web::render::status::Eyes;
use crate::web::turn::Turn;

/// The home timeline.
#[derive(Template)]
#[template(path = "home/timeline.html")]
pub struct HomePage {
    /// The frame.
    pub page: Page,
    /// The box; `None` on older pages.
    pub compose: Option<ComposeForm>,
    /// One page of statuses, newest first.
    pub statuses: Vec<StatusCard>,
    /// How far the viewer had read.
    pub seen: Option<Seen>,
    /// The newest status here, as text, where it is newer than the marker; the form that moves
    /// the marker sends it. Empty for none.
    pub newest: String,
    /// Newer and older.
    pub pager: Pager,
    /// Drafts that were written on the porch and are still unpublished: a link to `/welcome`.
    pub drafts_waiting: i64,
}

/// The line between new and seen (the home marker). Its form posts `last_id` to `/home/seen`.
#[derive(Debug, Clone)]
pub struct Seen {
    /// How many of this page's statuses, from the top, are new; 0 shows nothing.
    pub new: usize,
    /// When the newest status seen before was written.
    pub at: Moment,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/home",
        access: Access::Session,
        pending: Pending::Refused,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/home/seen",
        access: Access::Session,
        pending: Pending::Refused,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(note_seen),
    },
];

async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    turn: web::Query<Turn>,
) -> Result<HttpResponse, WebError> {
    let who = caller.member()?;
    let home = shown::home(&app, &who, &turn.page()).await?;
    if let Some(path) = turn.instead("/home", home.listed.cursors.len()) {
        return Ok(see_other(path));
    }
    let eyes = Eyes::of(&app, &caller);
    let (range, pager) = turn.cut_shown(
        "/home",
        &home.listed.cursors,
        &home.listed.is_shown(),
        home.whole,
    );
    let shown = home.listed.within(&range);
    let newest = shown.first().map(|s| s.row.id);
    let newest = newest.filter(|id| turn.is_first() && home.seen.is_none_or(|seen| *id > seen));
    let mut page = frame::page(&req, Some(&caller), "Home").await?;
    page.here = Here::Home;
    let template = HomePage {
        page,
        compose: turn.is_first().then(|| compose::blank(&app, &who, "/home")),
        statuses: eyes.grouped(shown),
        seen: home.seen.map(|marker| seen(marker, shown, &eyes)),
        newest: newest.map(|id| id.to_string()).unwrap_or_default(),
        pager,
        drafts_waiting: home.drafts_waiting,
    };
    frame::render(&req, &template)
}

fn seen(marker: Id, shown: &[Shown], eyes: &Eyes) -> Seen {
    let new = shown.iter().take_while(|s| s.row.id > marker).count();
    Seen {
        new: eyes.grouped(&shown[..new]).len(),
        at: Moment::new(ids::time_of(marker), eyes.now),
    }
}

/// How far somebody has read.
#[derive(Deserialize)]
pub struct ReadUpTo {
    /// The newest entry that was on the page.
    #[serde(default, deserialize_with = "lenient::opt_id")]
    pub last_id: Option<Id>,
}

async fn note_seen(
    app: web::Data<App>,
    caller: Caller,
    form: Form<ReadUpTo>,
) -> Result<HttpResponse, WebError> {
    let id = form.fields.last_id.ok_or(Error::NotFound)?;
    shown::note_home_seen(&app, &caller.member()?, id).await?;
    Ok(see_other("/home"))
}
