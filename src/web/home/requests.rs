//! `/notifications/requests`: who would like to reach the member and is waited with, and what
//! decides about that.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::{Error, ids};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::social::notification_requests::{self as requests, NotificationPolicy, Verdict};
use crate::social::shown;
use crate::web::button::Back;
use crate::web::error::WebError;
use crate::web::form::Form;
use crate::web::frame::{self, see_other, see_other_with, way_back};
use crate::web::parts::account::AccountChip;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;
use crate::web::parts::pager::Pager;
use crate::web::parts::status::StatusCard;
use crate::web::render::account;
use crate::web::render::status::Eyes;
use crate::web::turn::Turn;

const HERE: &str = "/notifications/requests";

const fn form(path: &'static str, handler: fn() -> actix_web::Route) -> Route {
    Route {
        method: "POST",
        path,
        access: Access::Session,
        pending: Pending::Refused,
        rate: Rate::Write,
        caching: Caching::Private,
        handler,
    }
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: HERE,
        access: Access::Session,
        pending: Pending::Refused,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    form("/notifications/requests/{id}/accept", || web::to(accept)),
    form("/notifications/requests/{id}/dismiss", || web::to(dismiss)),
    form("/notifications/policy", || web::to(save)),
];

/// One page of those who wait, newest first, and the choices behind it.
#[derive(Template)]
#[template(path = "home/requests.html")]
pub struct RequestsPage {
    /// The frame.
    pub page: Page,
    /// Who waits. Forms: `/notifications/requests/ID/accept`, `…/dismiss`.
    pub requests: Vec<RequestEntry>,
    /// Newer and older.
    pub pager: Pager,
    /// The form `/notifications/policy`: a choice for each sort of people.
    pub choices: Vec<Choice>,
}

/// Somebody who waits.
#[derive(Debug, Clone)]
pub struct RequestEntry {
    /// The request's id, as text.
    pub id: String,
    /// Who.
    pub account: AccountChip,
    /// `3 notifications`
    pub count: String,
    /// When the newest came.
    pub at: Moment,
    /// The newest post that is waited with.
    pub status: Option<StatusCard>,
}

/// One sort of people.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Of the field.
    pub name: &'static str,
    /// Who it is about.
    pub label: &'static str,
    /// What holds.
    pub verdict: &'static str,
}

impl Choice {
    /// Whether that value holds.
    pub fn is(&self, value: &str) -> bool {
        self.verdict == value
    }

    /// What can be chosen: value and words.
    pub fn options(&self) -> [(&'static str, &'static str); 3] {
        [
            (Verdict::Accept.as_str(), "tell me at once"),
            (Verdict::Filter.as_str(), "let them wait here"),
            (Verdict::Drop.as_str(), "do not tell me"),
        ]
    }
}

/// The sorts of people, with what holds for them.
pub fn choices(policy: &NotificationPolicy) -> Vec<Choice> {
    [
        (
            "for_not_following",
            "People I do not follow",
            policy.not_following,
        ),
        (
            "for_not_followers",
            "People who do not follow me, or have for less than three days",
            policy.not_followers,
        ),
        (
            "for_new_accounts",
            "Accounts younger than thirty days",
            policy.new_accounts,
        ),
        (
            "for_private_mentions",
            "Direct messages that I did not ask for",
            policy.private_mentions,
        ),
        (
            "for_limited_accounts",
            "Accounts that the staff here have limited",
            policy.limited_accounts,
        ),
        ("for_bots", "Bots", policy.bots),
    ]
    .into_iter()
    .map(|(name, label, verdict)| Choice {
        name,
        label,
        verdict: verdict.as_str(),
    })
    .collect()
}

async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    turn: web::Query<Turn>,
) -> Result<HttpResponse, WebError> {
    let who = caller.member()?;
    let found = shown::waiting(&app, &who, &turn.page()).await?;
    if let Some(path) = turn.instead(HERE, found.cursors.len()) {
        return Ok(see_other(path));
    }
    let (policy, _) = requests::policy(&app, &who).await?;
    let eyes = Eyes::of(&app, &caller);
    let (range, pager) = turn.cut(HERE, &found.cursors);
    let cursors = &found.cursors[range];
    let mut page = frame::page(&req, Some(&caller), "Requests").await?;
    page.here = Here::Notifications;
    let items = found.items.iter();
    let template = RequestsPage {
        page,
        requests: items
            .filter(|item| cursors.contains(&item.row.id))
            .map(|item| RequestEntry {
                id: item.row.id.to_string(),
                account: account::chip(&item.account, eyes.addresses),
                count: match item.row.waiting {
                    1 => "1 notification".to_owned(),
                    more => format!("{more} notifications"),
                },
                at: Moment::new(item.row.updated_at, eyes.now),
                status: item.status.as_ref().map(|status| eyes.card(status)),
            })
            .collect(),
        pager,
        choices: choices(&policy),
    };
    frame::render(&req, &template)
}

async fn accept(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    form: Form<Back>,
) -> Result<HttpResponse, WebError> {
    let id = ids::parse(&path).ok_or(Error::NotFound)?;
    requests::accept(&app, &caller.member()?, vec![id]).await?;
    let back = way_back(&form.fields.return_to, HERE);
    let said =
        Flash::done("You hear of them at once from now on. What waited is among your notices.");
    Ok(see_other_with(&back, &said))
}

async fn dismiss(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    form: Form<Back>,
) -> Result<HttpResponse, WebError> {
    let id = ids::parse(&path).ok_or(Error::NotFound)?;
    requests::dismiss(&app, &caller.member()?, vec![id]).await?;
    let back = way_back(&form.fields.return_to, HERE);
    Ok(see_other_with(
        &back,
        &Flash::done("Gone. They are not told."),
    ))
}

#[derive(Deserialize)]
struct Chosen {
    #[serde(default, deserialize_with = "lenient::string")]
    for_not_following: String,
    #[serde(default, deserialize_with = "lenient::string")]
    for_not_followers: String,
    #[serde(default, deserialize_with = "lenient::string")]
    for_new_accounts: String,
    #[serde(default, deserialize_with = "lenient::string")]
    for_private_mentions: String,
    #[serde(default, deserialize_with = "lenient::string")]
    for_limited_accounts: String,
    #[serde(default, deserialize_with = "lenient::string")]
    for_bots: String,
}

async fn save(
    app: web::Data<App>,
    caller: Caller,
    form: Form<Chosen>,
) -> Result<HttpResponse, WebError> {
    let read = |name: &str| {
        // Only choices of a list: whatever else comes was not sent by our form.
        Verdict::from_name(name).ok_or_else(|| Error::BadRequest("Nobody offered that.".into()))
    };
    let sent = &form.fields;
    let new = NotificationPolicy {
        not_following: read(&sent.for_not_following)?,
        not_followers: read(&sent.for_not_followers)?,
        new_accounts: read(&sent.for_new_accounts)?,
        private_mentions: read(&sent.for_private_mentions)?,
        limited_accounts: read(&sent.for_limited_accounts)?,
        bots: read(&sent.for_bots)?,
    };
    requests::set_policy(&app, &caller.member()?, |policy| *policy = new).await?;
    Ok(see_other_with(HERE, &Flash::done("Saved.")))
}
