//! `/deputy`: somebody stands in while nobody is home. For everybody else it is the 404.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::policy::PolicyKind;
use crate::domain::{Error, Id, ids};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::applications::reject::Rejection;
use crate::gate::applications::review::{self, Part, Waiting, Wanted};
use crate::gate::applications::{approve, ask, reject};
use crate::gate::away::deputies::{self, Call, Found, Why};
use crate::gate::who::Deputy;
use crate::moderation::deputies::{self as acts, Elsewhere};
use crate::web::error::WebError;
use crate::web::form::Form as Sent;
use crate::web::frame;
use crate::web::parts::account::AccountChip;
use crate::web::parts::layout::{Flash, Page};
use crate::web::parts::moment::Moment;
use crate::web::render::account;

/// Posts to `/deputy/applications/ID/{approve,reject,ask}` (`seen`, `message`),
/// `/deputy/accounts/ID/{suspend,limit}`, `/deputy/account` (`handle`) and `/deputy/server`
/// (`domain`, `kind`).
#[derive(Template)]
#[template(path = "home/deputy.html")]
pub struct DeputyPage {
    /// The frame.
    pub page: Page,
    /// Why they are called.
    pub why: &'static str,
    /// They have to sign in once more before they see anything.
    pub afresh: bool,
    /// Who waits.
    pub waiting: Vec<Applicant>,
    /// There are more than shown.
    pub more: bool,
    /// Who was reported.
    pub reported: Vec<ReportedRow>,
    /// Days for which what they do holds.
    pub days: i64,
}

/// Somebody who waits.
#[derive(Debug, Clone)]
pub struct Applicant {
    /// The application.
    pub id: String,
    /// What was seen of it, as a decision carries it.
    pub seen: String,
    /// The name that was asked for.
    pub username: String,
    /// The display name.
    pub display_name: String,
    /// Question and answer.
    pub answers: Vec<(String, String)>,
    /// When it was sent.
    pub at: Moment,
}

/// Somebody about whom there are reports.
#[derive(Debug, Clone)]
pub struct ReportedRow {
    /// The account's id.
    pub id: String,
    /// Who.
    pub account: AccountChip,
    /// How many reported them.
    pub reporters: i64,
    /// May be suspended.
    pub may_suspend: bool,
    /// May be limited.
    pub may_limit: bool,
}

/// What differs is named by each row below.
const ROW: Route = Route {
    method: "GET",
    path: "/deputy",
    access: Access::Session,
    pending: Pending::Refused,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: || web::to(show),
};

const DEED: Route = Route {
    method: "POST",
    rate: Rate::Write,
    ..ROW
};

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    ROW,
    Route {
        path: "/deputy/applications/{id}/approve",
        handler: || web::to(let_in),
        ..DEED
    },
    Route {
        path: "/deputy/applications/{id}/reject",
        handler: || web::to(turn_down),
        ..DEED
    },
    Route {
        path: "/deputy/applications/{id}/ask",
        handler: || web::to(ask_them),
        ..DEED
    },
    Route {
        path: "/deputy/accounts/{id}/suspend",
        handler: || web::to(suspend),
        ..DEED
    },
    Route {
        path: "/deputy/accounts/{id}/limit",
        handler: || web::to(limit),
        ..DEED
    },
    Route {
        path: "/deputy/account",
        handler: || web::to(elsewhere),
        ..DEED
    },
    Route {
        path: "/deputy/server",
        handler: || web::to(server),
        ..DEED
    },
];

/// Why a deputy is called, in a sentence.
fn words(call: &Call) -> &'static str {
    match call.why {
        Why::Sealed => "Nobody who looks after this place has been here for a while.",
        Why::Reports => "Reports wait here for more than two days, and nobody reads them.",
        Why::Absence => "Whoever looks after this place is away, and asked you to stand in.",
    }
}

/// GET `/deputy`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    let found = deputies::admit(&app, caller.signed_in()?).await?;
    let page = frame::page(&req, Some(&caller), "Standing in").await?;
    let mut shown = DeputyPage {
        page,
        why: "",
        afresh: true,
        waiting: Vec::new(),
        more: false,
        reported: Vec::new(),
        days: acts::HOLDS.num_days(),
    };
    let deputy = match &found {
        Found::SignInAfresh(call) => {
            shown.why = words(call);
            return frame::render(&req, &shown);
        }
        Found::Ready(deputy, call) => {
            shown.why = words(call);
            deputy
        }
    };
    shown.afresh = false;
    let wanted = Wanted {
        part: Part::Waiting,
        ..Wanted::default()
    };
    let now = app.clock.now();
    let queue = review::queue(&app, deputy.reviewer(), &wanted, "", false).await?;
    shown.more = queue.more;
    shown.waiting = queue.rows.iter().map(|one| applicant(one, now)).collect();
    shown.reported = acts::reported(&app, deputy)
        .await?
        .iter()
        .map(|one| ReportedRow {
            id: one.account.id.to_string(),
            account: account::chip(&one.account, &app.remote_media.addresses),
            reporters: one.reporters,
            may_suspend: one.may_suspend,
            may_limit: one.may_limit,
        })
        .collect();
    frame::render(&req, &shown)
}

fn applicant(one: &Waiting, now: chrono::DateTime<chrono::Utc>) -> Applicant {
    let profile = one.seen.profile.as_ref();
    let name = profile.map(|p| p.display_name.clone()).unwrap_or_default();
    let mut answers: Vec<(String, String)> = one
        .seen
        .answers
        .iter()
        .map(|answer| (answer.wording.clone(), answer.value.clone()))
        .collect();
    if let Some(remark) = &one.application.remark {
        answers.push(("In their own words".to_owned(), remark.clone()));
    }
    Applicant {
        id: one.application.id.to_string(),
        seen: one
            .pick()
            .split_once('-')
            .map(|(_, hash)| hash.to_owned())
            .unwrap_or_default(),
        username: one.user.username.clone(),
        display_name: match name.is_empty() {
            true => one.user.username.clone(),
            false => name,
        },
        answers,
        at: Moment::new(one.application.submitted_at, now),
    }
}

/// The deputy, or what everybody else gets.
async fn deputy(app: &App, caller: &Caller) -> Result<Deputy, WebError> {
    match deputies::admit(app, caller.signed_in()?).await? {
        Found::Ready(deputy, _) => Ok(*deputy),
        Found::SignInAfresh(_) => Err(Error::denied(
            "Please sign in once more first: what deputies do needs a fresh sign-in.",
        )
        .into()),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Words {
    #[serde(deserialize_with = "lenient::string")]
    seen: String,
    #[serde(deserialize_with = "lenient::string")]
    message: String,
    #[serde(deserialize_with = "lenient::string")]
    domain: String,
    #[serde(deserialize_with = "lenient::string")]
    kind: String,
    #[serde(deserialize_with = "lenient::string")]
    handle: String,
}

fn id_of(path: &str) -> Result<Id, WebError> {
    ids::parse(path).ok_or_else(|| Error::NotFound.into())
}

/// What was done, or why not, on the page itself.
fn said(done: Result<(), Error>, words: &str) -> Result<HttpResponse, WebError> {
    let flash = match done {
        Ok(()) => Flash::done(words),
        Err(error @ (Error::Conflict(_) | Error::Denied(_) | Error::Invalid(_))) => {
            Flash::trouble(error.sentence())
        }
        Err(error) => return Err(error.into()),
    };
    Ok(frame::see_other_with("/deputy", &flash))
}

/// POST `/deputy/applications/ID/approve`.
async fn let_in(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    sent: Sent<Words>,
) -> Result<HttpResponse, WebError> {
    let deputy = deputy(&app, &caller).await?;
    let Words { seen, message, .. } = &sent.fields;
    let (id, who) = (id_of(&path)?, deputy.reviewer());
    let done = approve::approve(&app, who, id, Some(seen), Some(message)).await;
    said(done, "They are in, and told so.")
}

/// POST `/deputy/applications/ID/reject`.
async fn turn_down(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    sent: Sent<Words>,
) -> Result<HttpResponse, WebError> {
    let deputy = deputy(&app, &caller).await?;
    let Words { seen, message, .. } = sent.fields;
    let no = Rejection {
        message: Some(message),
        told: Some(true),
    };
    let (id, who) = (id_of(&path)?, deputy.reviewer());
    let done = reject::reject(&app, who, id, Some(&seen), no).await;
    said(done, "They are turned down, and told so.")
}

/// POST `/deputy/applications/ID/ask`.
async fn ask_them(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    sent: Sent<Words>,
) -> Result<HttpResponse, WebError> {
    let deputy = deputy(&app, &caller).await?;
    let (id, who) = (id_of(&path)?, deputy.reviewer());
    let done = ask::ask(&app, who, id, &sent.fields.message).await;
    said(done, "They are asked.")
}

/// POST `/deputy/accounts/ID/suspend`.
async fn suspend(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    _sent: Sent<Words>,
) -> Result<HttpResponse, WebError> {
    let deputy = deputy(&app, &caller).await?;
    let done = acts::suspend(&app, &deputy, id_of(&path)?).await;
    said(done, "The account is suspended.")
}

/// POST `/deputy/accounts/ID/limit`.
async fn limit(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    _sent: Sent<Words>,
) -> Result<HttpResponse, WebError> {
    let deputy = deputy(&app, &caller).await?;
    let done = acts::limit(&app, &deputy, id_of(&path)?).await;
    said(done, "The account is limited: only who follows it sees it.")
}

/// POST `/deputy/account`.
async fn elsewhere(
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Words>,
) -> Result<HttpResponse, WebError> {
    let deputy = deputy(&app, &caller).await?;
    let (what, words) = match sent.fields.kind.as_str() {
        "held" => (Elsewhere::Held, "What the account sends waits from now on."),
        _ => (
            Elsewhere::Limited,
            "The account is limited: only who follows it sees it.",
        ),
    };
    let done = acts::restrain_elsewhere(&app, &deputy, &sent.fields.handle, what).await;
    said(done, words)
}

/// POST `/deputy/server`.
async fn server(
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Words>,
) -> Result<HttpResponse, WebError> {
    let deputy = deputy(&app, &caller).await?;
    let kind = match sent.fields.kind.as_str() {
        "held" => PolicyKind::Held,
        _ => PolicyKind::Limited,
    };
    let done = acts::lay(&app, &deputy, &sent.fields.domain, kind).await;
    said(done, "It holds from now on.")
}
