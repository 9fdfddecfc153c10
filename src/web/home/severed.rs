//! `/severed`: follows of the member that ended with a server, and files of them.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::severance::SeveranceKind;
use crate::domain::{Error, ids};
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::social::severed::{self, PAGE, Severance, Severed};
use crate::web::error::WebError;
use crate::web::frame;
use crate::web::parts::layout::Page;
use crate::web::parts::moment::Moment;
use crate::web::parts::pager::Pager;
use crate::web::review::policy_lists::file;

/// What ended follows of the member. GET parameter: `before`, an id.
#[derive(Template)]
#[template(path = "home/severed.html")]
pub struct SeveredPage {
    /// The frame.
    pub page: Page,
    /// Newest first.
    pub acts: Vec<SeveredAct>,
    /// Older ones.
    pub pager: Pager,
}

/// One act.
#[derive(Debug, Clone)]
pub struct SeveredAct {
    /// Its id, as text.
    pub id: String,
    /// What happened, a sentence.
    pub words: String,
    /// When.
    pub at: Moment,
    /// Whom the member follows no longer.
    pub following: i64,
    /// Who follows the member no longer.
    pub followers: i64,
    /// What became of it; may be empty.
    pub became: &'static str,
}

/// One act with its people. GET parameters: `following`, `followers`: rows to begin behind.
#[derive(Template)]
#[template(path = "home/severed_one.html")]
pub struct SeveredOnePage {
    /// The frame.
    pub page: Page,
    /// The act.
    pub act: SeveredAct,
    /// Handles that the member followed.
    pub following: Vec<String>,
    /// The path of more of them.
    pub more_following: Option<String>,
    /// Handles that followed the member.
    pub followers: Vec<String>,
    /// The path of more of them.
    pub more_followers: Option<String>,
}

const ROW: Route = Route {
    method: "GET",
    path: "/severed",
    access: Access::Session,
    pending: Pending::Refused,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: web::get,
};

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        handler: || web::to(list),
        ..ROW
    },
    Route {
        path: "/severed/{id}",
        handler: || web::to(one),
        ..ROW
    },
    Route {
        path: "/severed/{id}/following.csv",
        handler: || web::to(following_file),
        ..ROW
    },
    Route {
        path: "/severed/{id}/followers.csv",
        handler: || web::to(followers_file),
        ..ROW
    },
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Turn {
    before: String,
    following: String,
    followers: String,
}

/// GET `/severed`.
async fn list(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    turn: web::Query<Turn>,
) -> Result<HttpResponse, WebError> {
    let who = caller.member()?;
    let found = severed::acts(&app, &who, ids::parse(&turn.before)).await?;
    let now = app.clock.now();
    let older = found
        .last()
        .filter(|_| found.len() as i64 == PAGE)
        .map(|last| format!("/severed?before={}", last.id));
    let shown = SeveredPage {
        page: frame::page(&req, Some(&caller), "Follows that ended").await?,
        acts: found.iter().map(|act| shown(act, now)).collect(),
        pager: Pager { newer: None, older },
    };
    frame::render(&req, &shown)
}

fn shown(act: &Severance, now: chrono::DateTime<chrono::Utc>) -> SeveredAct {
    let who = match act.kind {
        SeveranceKind::UserDomainBlock => "You blocked",
        SeveranceKind::DomainBlock | SeveranceKind::AccountSuspension => "The moderators blocked",
    };
    SeveredAct {
        id: act.id.to_string(),
        words: format!("{who} {}", act.domain),
        at: Moment::new(act.created_at, now),
        following: act.following,
        followers: act.followers,
        became: match (act.restoring_at, act.restored_at, act.parting_at) {
            (_, Some(_), None) => {
                "The block was lifted. Whom you followed was asked again; followers came back."
            }
            (_, Some(_), Some(_)) => "The block was lifted. Whom you followed was asked again.",
            (Some(_), None, _) => "The block was lifted, and your follows are coming back.",
            (None, None, Some(_)) => {
                "The block was lifted. You can follow each other anew if you like."
            }
            (None, None, None) => "",
        },
    }
}

fn number(text: &str) -> Result<i64, Error> {
    ids::parse(text).ok_or(Error::NotFound)
}

/// GET `/severed/ID`.
async fn one(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    turn: web::Query<Turn>,
) -> Result<HttpResponse, WebError> {
    let who = caller.member()?;
    let id = number(&path)?;
    let act = severed::act(&app, &who, id).await?;
    let after = |text: &str| ids::parse(text).unwrap_or(0);
    let following = severed::follows(&app, &who, id, true, after(&turn.following)).await?;
    let followers = severed::follows(&app, &who, id, false, after(&turn.followers)).await?;
    let more = |rows: &[Severed], name: &str| {
        rows.last()
            .filter(|_| rows.len() as i64 == PAGE)
            .map(|last| format!("/severed/{id}?{name}={}", last.id))
    };
    let handles = |rows: &[Severed]| rows.iter().map(|row| row.handle.clone()).collect();
    let template = SeveredOnePage {
        page: frame::page(&req, Some(&caller), "Follows that ended").await?,
        act: shown(&act, app.clock.now()),
        more_following: more(&following, "following"),
        more_followers: more(&followers, "followers"),
        following: handles(&following),
        followers: handles(&followers),
    };
    frame::render(&req, &template)
}

/// GET `/severed/ID/following.csv`.
async fn following_file(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let text = severed::file(&app, &caller.member()?, number(&path)?, true).await?;
    Ok(file("following.csv", text))
}

/// GET `/severed/ID/followers.csv`.
async fn followers_file(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let text = severed::file(&app, &caller.member()?, number(&path)?, false).await?;
    Ok(file("followers.csv", text))
}
