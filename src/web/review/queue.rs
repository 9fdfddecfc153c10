//! `/desk`: who waits at the door.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::application::ApplicationState;
use crate::domain::lane::Lane;
use crate::domain::{Page as Cursor, ids};
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::files::default_pictures;
use crate::gate::applications::review::{self, PAGE, QueueCounts, QueueFilter, QueuePart, Waiting};
use crate::gate::{mode, sandbox};
use crate::web::error::WebError;
use crate::web::frame;
use crate::web::parts::layout::Here;
use crate::web::render::door as door_words;

use crate::web::parts::layout::Page;
use crate::web::parts::moment::Moment;
use crate::web::parts::pager::Pager;

/// One page of applications. GET parameters: `order` (`oldest`, `newest`), `state`
/// (`line`, `automated`, `decided`), `q`.
#[derive(Template)]
#[template(path = "review/queue.html")]
pub struct QueuePage {
    /// The frame.
    pub page: Page,
    /// How the door stands, one sentence with its reason.
    pub door: String,
    /// The viewer reads reports, too.
    pub moderates: bool,
    /// The viewer decides about other servers.
    pub manages: bool,
    /// How many wait where.
    pub counts: QueueCounts,
    /// Which of them are shown.
    pub part: QueuePart,
    /// Newest first instead of oldest first.
    pub newest_first: bool,
    /// What was searched for; empty for all.
    pub query: String,
    /// One page of them.
    pub rows: Vec<QueueRow>,
    /// Newer and older.
    pub pager: Pager,
}

impl QueuePage {
    /// Whether this part is shown: `waiting`, `line`, `automated`, `decided`.
    pub fn shows(&self, part: &str) -> bool {
        part == self.state()
    }

    /// The part as the address names it.
    pub fn state(&self) -> &'static str {
        match self.part {
            QueuePart::Waiting => "waiting",
            QueuePart::InLine => "line",
            QueuePart::Automated => "automated",
            QueuePart::Decided => "decided",
        }
    }
}

/// One application in the queue.
#[derive(Debug, Clone)]
pub struct QueueRow {
    /// Its id, as text.
    pub id: String,
    /// The name that was asked for, without `@`.
    pub username: String,
    /// Display name; the username where none is set.
    pub display_name: String,
    /// Signed address of the private avatar, or the default one.
    pub avatar_url: String,
    /// The answer to the first question; may be empty.
    pub answer: String,
    /// When it was sent.
    pub submitted_at: Moment,
    /// Where it stands, in words: `Waiting`, `Approved by Ann`.
    pub state: String,
    /// The domain of the address: `example.org`; empty without.
    pub email_domain: String,
    /// The address is confirmed.
    pub confirmed: bool,
    /// Number of drafts.
    pub drafts: i64,
    /// Hints in words, each a few of them; may be empty.
    pub hints: Vec<String>,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[Route {
    method: "GET",
    path: "/desk",
    access: Access::Desk,
    pending: Pending::Refused,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: || web::to(show),
}];

/// What is wanted of the queue.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wish {
    order: String,
    state: String,
    q: String,
    after: String,
}

/// GET `/desk`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    wish: web::Query<Wish>,
) -> Result<HttpResponse, WebError> {
    let reviewer = caller.reviewer()?;
    let query: String = wish.q.trim().chars().take(200).collect();
    let part = match wish.state.as_str() {
        "line" => QueuePart::InLine,
        "automated" => QueuePart::Automated,
        "decided" => QueuePart::Decided,
        _ => QueuePart::Waiting,
    };
    let filter = QueueFilter {
        part,
        // Of what is over, the latest is of interest.
        newest_first: wish.order == "newest"
            || (part == QueuePart::Decided && wish.order.is_empty()),
        name: Some(query.clone()).filter(|q| !q.is_empty()),
    };
    let mut cursor = Cursor::newest(PAGE);
    match (ids::parse(&wish.after), filter.newest_first) {
        (after, true) => cursor.max_id = after,
        (after, false) => cursor.min_id = after,
    }
    let by_hand = opened_by_hand(&req);
    let queue = review::queue(&app, &reviewer, &filter, cursor, by_hand).await?;
    let effective = mode::shown(&app).await?;
    let door = door_words::sentence(&effective);
    let now = app.clock.now();
    let mut page = frame::page(&req, Some(&caller), "The desk").await?;
    page.here = Here::Desk;
    let older = queue
        .rows
        .last()
        .filter(|_| queue.more)
        .map(|last| next_page(&wish, last.application.id));
    let shown = QueuePage {
        page,
        door,
        moderates: caller.moderator().is_ok(),
        manages: caller.admin().is_ok(),
        counts: queue.counts,
        part,
        newest_first: filter.newest_first,
        query,
        rows: queue.rows.iter().map(|w| row(&app, w, now)).collect(),
        pager: Pager { newer: None, older },
    };
    frame::render(&req, &shown)
}

/// Whether a person opened this page: a navigation that somebody started, as the browser
/// says. Anything less is no sign of life.
pub fn opened_by_hand(req: &HttpRequest) -> bool {
    let header = |name: &str| req.headers().get(name).and_then(|v| v.to_str().ok());
    header("sec-fetch-mode") == Some("navigate") && header("sec-fetch-user") == Some("?1")
}

fn next_page(wish: &Wish, after: i64) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in [
        ("order", &wish.order),
        ("state", &wish.state),
        ("q", &wish.q),
    ] {
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    }
    query.append_pair("after", &after.to_string());
    format!("/desk?{}", query.finish())
}

fn row(app: &App, waiting: &Waiting, now: chrono::DateTime<chrono::Utc>) -> QueueRow {
    let Waiting {
        application,
        user,
        profile,
        ..
    } = waiting;
    let display_name = profile.as_ref().map(|p| p.display_name.clone());
    let avatar = profile.as_ref().and_then(|p| p.avatar_path.as_ref());
    QueueRow {
        id: application.id.to_string(),
        username: user.username.clone(),
        display_name: display_name
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| user.username.clone()),
        avatar_url: avatar.map_or_else(
            || default_pictures::AVATAR_PATH.to_owned(),
            |path| sandbox::private_url(app, path, user.id),
        ),
        answer: waiting
            .answers
            .first()
            .map(|a| a.value.clone())
            .or_else(|| application.remark.clone())
            .unwrap_or_default(),
        submitted_at: Moment::new(application.submitted_at, now),
        state: state_words(application.state, waiting.decided_by.as_deref()),
        email_domain: application.mail_domain.clone().unwrap_or_default(),
        confirmed: user.email_confirmed_at.is_some(),
        drafts: waiting.drafts,
        hints: hints(application.lane),
    }
}

/// Where an application stands, in words.
pub fn state_words(state: ApplicationState, by: Option<&str>) -> String {
    let by = by.map(|name| format!(" by {name}")).unwrap_or_default();
    match state {
        ApplicationState::Unconfirmed => "Address not confirmed".to_owned(),
        ApplicationState::Pending => "Waiting".to_owned(),
        ApplicationState::NeedsInfo => "Asked back".to_owned(),
        ApplicationState::Approved => format!("Approved{by}"),
        ApplicationState::Rejected => format!("Rejected{by}"),
        ApplicationState::Withdrawn => "Withdrawn".to_owned(),
        ApplicationState::Expired => "Ended for its age".to_owned(),
    }
}

/// Hints in a few words.
pub fn hints(lane: Lane) -> Vec<String> {
    match lane {
        Lane::LikelyAutomated => vec!["filled in a field that people do not see".to_owned()],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_keeps_the_search() {
        let wish = Wish {
            q: "ann & co".into(),
            ..Wish::default()
        };
        assert_eq!(next_page(&wish, 7), "/desk?q=ann+%26+co&after=7");
    }
}
