//! `/desk/hosts`: how other servers take what is sent to them, by host and by post.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::app::App;
use crate::delivery::hosts::{self, Line, Standing, Sums, Which};
use crate::domain::Error;
use crate::domain::activity::ActivityKind;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::moderation::{By, holds};
use crate::social::remote_media::upkeep::{self, Fill};
use crate::text::size_words;
use crate::web::error::WebError;
use crate::web::form as sent_form;
use crate::web::frame;
use crate::web::parts::layout::{Flash, Here};

use crate::web::parts::layout::Page;
use crate::web::parts::moment::Moment;

/// One page of hosts. GET parameters: `state` (`waiting`, `failing`, `dead`; all without), `q`
/// (a part of a name, or a post), `after` (a name).
#[derive(Template)]
#[template(path = "review/hosts.html")]
pub struct HostsPage {
    /// The frame.
    pub page: Page,
    /// How it goes, one sentence.
    pub summary: String,
    /// All, waiting, failing, given up.
    pub tabs: Vec<Tab>,
    /// The `state` that is shown; empty for all.
    pub kind: String,
    /// What was searched for; empty for all.
    pub query: String,
    /// One page of them, by name.
    pub rows: Vec<HostRow>,
    /// The path of the next page.
    pub more: Option<String>,
    /// What is kept of their files.
    pub kept: KeptFiles,
}

/// How full the cache of files of other servers is.
#[derive(Debug, Clone, Default)]
pub struct KeptFiles {
    /// `1.2 GB of 5.0 GB, in 431 files`.
    pub words: String,
    /// Percent, 100 at the most.
    pub full: i64,
}

/// A sort of hosts.
#[derive(Debug, Clone)]
pub struct Tab {
    /// `Failing`.
    pub name: &'static str,
    /// How many there are.
    pub count: i64,
    /// Where they are listed.
    pub path: String,
    /// This is the one that is shown.
    pub current: bool,
}

/// One host.
#[derive(Debug, Clone)]
pub struct HostRow {
    /// Its canonical name.
    pub domain: String,
    /// How it stands: `fine`, `failing`, `given up`, …
    pub state: &'static str,
    /// The class of its badge; may be empty.
    pub badge: &'static str,
    /// What it runs, where known.
    pub software: Option<String>,
    /// Rows that wait.
    pub waiting: i32,
    /// How much it took in all.
    pub delivered: i64,
    /// When it last took something.
    pub delivered_at: Option<Moment>,
    /// When it is tried again; `None` where nothing waits or it is being sent to.
    pub next_at: Option<Moment>,
    /// Why it last failed; only while it does.
    pub error: Option<String>,
}

/// One host, whole. Forms: `/desk/hosts/NAME/retry`, `/hold` and `/let-go`.
#[derive(Template)]
#[template(path = "review/hosts_one.html")]
pub struct HostPage {
    /// The frame.
    pub page: Page,
    /// The host.
    pub host: HostRow,
    /// What its state means, in a sentence.
    pub sentence: &'static str,
    /// When it was last tried.
    pub tried_at: Option<Moment>,
    /// Since when it fails.
    pub failing_since: Option<Moment>,
    /// How often in a row.
    pub fails: i32,
    /// Which signatures it takes, in words.
    pub signatures: &'static str,
    /// There is something to try.
    pub can_retry: bool,
    /// What is kept of its people's files, in words.
    pub kept: String,
    /// Until when what it sends is held, if it is.
    pub held_until: Option<Moment>,
    /// For how many hours it can be.
    pub hours: u16,
    /// Whoever looks may hold it, and end that.
    pub manages: bool,
    /// The first fifty that wait, in their order.
    pub waiting: Vec<SentLine>,
    /// The last fifty that it refused.
    pub refused: Vec<SentLine>,
}

/// Something that was written for a host.
#[derive(Debug, Clone)]
pub struct SentLine {
    /// `A post`.
    pub what: String,
    /// Its page at the desk, where it is about a post.
    pub path: Option<String>,
    /// When it was written; of a refusal when that was.
    pub at: Moment,
    /// How it went so far; may be empty.
    pub note: String,
}

/// Where a post went.
#[derive(Template)]
#[template(path = "review/hosts_post.html")]
pub struct PostPage {
    /// The frame.
    pub page: Page,
    /// Its page, while it is there.
    pub post: Option<String>,
    /// Who wrote it; empty when it is gone.
    pub author: String,
    /// What was said, newest first.
    pub told: Vec<ToldLine>,
    /// Where it waits.
    pub waiting: Vec<HostLine>,
    /// Where it was refused.
    pub refused: Vec<HostLine>,
}

/// One activity about a post.
#[derive(Debug, Clone)]
pub struct ToldLine {
    /// `A post`.
    pub what: String,
    /// Inboxes in all.
    pub recipients: i32,
    /// That have it.
    pub delivered: i32,
    /// That will have it.
    pub waiting: i32,
    /// That will not.
    pub dropped: i32,
    /// When it was written.
    pub at: Moment,
}

/// One host in the list of a post.
#[derive(Debug, Clone)]
pub struct HostLine {
    /// Its name.
    pub domain: String,
    /// Its page at the desk.
    pub path: String,
    /// `A post`.
    pub what: String,
    /// How it went so far; may be empty.
    pub note: String,
}

/// What differs is named by each row below.
const ROW: Route = Route {
    method: "GET",
    path: "/desk/hosts",
    access: Access::Desk,
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
        path: "/desk/hosts/posts/{id}",
        handler: || web::to(post),
        ..ROW
    },
    Route {
        path: "/desk/hosts/{domain}",
        handler: || web::to(one),
        ..ROW
    },
    Route {
        method: "POST",
        path: "/desk/hosts/{domain}/retry",
        rate: Rate::Write,
        handler: || web::to(retry),
        ..ROW
    },
    Route {
        method: "POST",
        path: "/desk/hosts/{domain}/hold",
        rate: Rate::Write,
        handler: || web::to(hold),
        ..ROW
    },
    Route {
        method: "POST",
        path: "/desk/hosts/{domain}/let-go",
        rate: Rate::Write,
        handler: || web::to(let_go),
        ..ROW
    },
];

/// What is wanted of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wish {
    state: String,
    q: String,
    after: String,
}

impl Wish {
    fn which(&self) -> Which {
        match self.state.as_str() {
            "waiting" => Which::Waiting,
            "failing" => Which::Failing,
            "dead" => Which::Dead,
            _ => Which::All,
        }
    }

    fn path(&self, after: Option<&str>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if self.which() != Which::All {
            query.append_pair("state", &self.state);
        }
        if !self.q.is_empty() {
            query.append_pair("q", &self.q);
        }
        if let Some(after) = after {
            query.append_pair("after", after);
        }
        match query.finish() {
            query if query.is_empty() => "/desk/hosts".to_owned(),
            query => format!("/desk/hosts?{query}"),
        }
    }
}

/// GET `/desk/hosts`. An address of a post leads to the post.
async fn list(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    wish: web::Query<Wish>,
) -> Result<HttpResponse, WebError> {
    let reviewer = caller.reviewer()?;
    let query: String = wish.q.trim().chars().take(300).collect();
    if query.contains("://") {
        let post = hosts::post(&app, &reviewer, &query).await?;
        return Ok(frame::see_other(&format!("/desk/hosts/posts/{}", post.id)));
    }
    let found = hosts::overview(&app, &reviewer, wish.which(), &query, &wish.after).await?;
    let now = app.clock.now();
    let mut page = frame::page(&req, Some(&caller), "Other servers").await?;
    page.here = Here::Desk;
    let more = found.rows.last().filter(|_| found.more);
    let shown = HostsPage {
        page,
        summary: summary(&found.sums),
        tabs: tabs(&found.sums, wish.which()),
        kind: match wish.which() {
            Which::All => String::new(),
            _ => wish.state.clone(),
        },
        query,
        more: more.map(|last| wish.path(Some(&last.domain))),
        rows: found.rows.iter().map(|s| row(s, now)).collect(),
        kept: kept(&upkeep::fill(&app, &reviewer).await?),
    };
    frame::render(&req, &shown)
}

/// GET `/desk/hosts/NAME`.
async fn one(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let reviewer = caller.reviewer()?;
    let found = hosts::host(&app, &reviewer, &path).await?;
    let now = app.clock.now();
    let mut page = frame::page(&req, Some(&caller), "Another server").await?;
    page.here = Here::Desk;
    let standing = &found.standing;
    let moment = |at| Moment::new(at, now);
    let held = holds::look(&app, &reviewer, &standing.domain).await?;
    let shown = HostPage {
        page,
        host: row(standing, now),
        sentence: sentence(standing),
        tried_at: standing.tried_at.map(moment),
        failing_since: standing.failing_since.map(moment),
        fails: standing.fails,
        signatures: match standing.signature {
            0 => "as the whole network does (draft-cavage)",
            _ => "of the newer kind only (RFC 9421)",
        },
        kept: size_words::bytes(upkeep::bytes_of(&app, &reviewer, &standing.domain).await?),
        held_until: held.and_then(|held| held.terms.until).map(moment),
        hours: holds::HOURS,
        manages: caller.admin().is_ok(),
        can_retry: standing.waiting > 0 || standing.dead_since.is_some(),
        waiting: found.waiting.iter().map(|l| waiting_line(l, now)).collect(),
        refused: found.refused.iter().map(|l| refused_line(l, now)).collect(),
    };
    frame::render(&req, &shown)
}

/// POST `/desk/hosts/NAME/retry`.
async fn retry(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    _sent: sent_form::Form<sent_form::Nothing>,
) -> Result<HttpResponse, WebError> {
    let reviewer = caller.reviewer()?;
    hosts::retry(&app, &reviewer, &path).await?;
    let said = Flash::done("It is being tried. Look again in a moment.");
    Ok(frame::see_other_with(&format!("/desk/hosts/{path}"), &said))
}

/// POST `/desk/hosts/NAME/hold`.
async fn hold(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    _sent: sent_form::Form<sent_form::Nothing>,
) -> Result<HttpResponse, WebError> {
    let admin = caller.admin()?;
    holds::hold(&app, By::Admin(&admin), &path, holds::HOURS).await?;
    let said = Flash::done("It is held: what it sends is kept unread until then.");
    Ok(frame::see_other_with(&format!("/desk/hosts/{path}"), &said))
}

/// POST `/desk/hosts/NAME/let-go`.
async fn let_go(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    _sent: sent_form::Form<sent_form::Nothing>,
) -> Result<HttpResponse, WebError> {
    let admin = caller.admin()?;
    holds::end(&app, By::Admin(&admin), &path).await?;
    let said = Flash::done("It is not held any more. What was held is being received.");
    Ok(frame::see_other_with(&format!("/desk/hosts/{path}"), &said))
}

/// GET `/desk/hosts/posts/ID`.
async fn post(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let reviewer = caller.reviewer()?;
    if path.parse::<i64>().is_err() {
        return Err(Error::NotFound.into());
    }
    let found = hosts::post(&app, &reviewer, &path).await?;
    let now = app.clock.now();
    let mut page = frame::page(&req, Some(&caller), "Where a post went").await?;
    page.here = Here::Desk;
    let author = found.author.clone();
    let shown = PostPage {
        page,
        post: author.as_ref().map(|name| format!("/@{name}/{}", found.id)),
        author: author.unwrap_or_default(),
        told: found
            .told
            .iter()
            .map(|t| ToldLine {
                what: what(t.kind),
                recipients: t.recipients,
                delivered: t.delivered,
                waiting: (t.recipients - t.delivered - t.dropped).max(0),
                dropped: t.dropped,
                at: Moment::new(t.at, now),
            })
            .collect(),
        waiting: found
            .waiting
            .iter()
            .map(|l| host_line(l, tries(l)))
            .collect(),
        refused: found
            .refused
            .iter()
            .map(|l| host_line(l, answered(l)))
            .collect(),
    };
    frame::render(&req, &shown)
}

fn kept(fill: &Fill) -> KeptFiles {
    let (bytes, files) = (fill.usage.bytes, fill.usage.files);
    KeptFiles {
        words: format!(
            "{} of {}, in {files} {}",
            size_words::bytes(bytes),
            size_words::bytes(fill.quota),
            match files {
                1 => "file",
                _ => "files",
            }
        ),
        full: (bytes.saturating_mul(100) / fill.quota.max(1)).clamp(0, 100),
    }
}

fn tabs(sums: &Sums, current: Which) -> Vec<Tab> {
    [
        ("All", sums.all, Which::All, "/desk/hosts"),
        (
            "Waiting",
            sums.waiting,
            Which::Waiting,
            "/desk/hosts?state=waiting",
        ),
        (
            "Failing",
            sums.failing,
            Which::Failing,
            "/desk/hosts?state=failing",
        ),
        ("Given up", sums.dead, Which::Dead, "/desk/hosts?state=dead"),
    ]
    .map(|(name, count, which, path)| Tab {
        name,
        count,
        path: path.to_owned(),
        current: which == current,
    })
    .into()
}

fn summary(sums: &Sums) -> String {
    match (sums.all, sums.rows) {
        (0, _) => "Nothing was sent to anybody yet.".to_owned(),
        (1, 0) => "One server was told something, and nothing waits.".to_owned(),
        (all, 0) => format!("{all} servers were told something, and nothing waits."),
        (_, 1) => "One delivery waits.".to_owned(),
        (_, rows) if sums.waiting == 1 => format!("{rows} deliveries wait, for one server."),
        (_, rows) => format!("{rows} deliveries wait, for {} servers.", sums.waiting),
    }
}

fn row(standing: &Standing, now: DateTime<Utc>) -> HostRow {
    let moment = |at| Moment::new(at, now);
    HostRow {
        domain: standing.domain.clone(),
        state: hosts::in_words(standing, now),
        badge: match hosts::in_words(standing, now) {
            "given up" | "failing" => "badge-bad",
            "fine" => "badge-good",
            _ => "badge-lamp",
        },
        software: standing.software.clone(),
        waiting: standing.waiting,
        delivered: standing.delivered,
        delivered_at: standing.delivered_at.map(moment),
        next_at: standing.due_at.filter(|at| *at > now).map(moment),
        error: standing
            .last_error
            .clone()
            .filter(|_| standing.failing_since.is_some()),
    }
}

fn sentence(standing: &Standing) -> &'static str {
    if standing.dead_since.is_some() {
        "It failed for a week. Nothing is sent until it is heard of; then it gets the deletions \
         that it missed, and answers to its people."
    } else if standing.fails > 0 {
        "It is tried again and again, with longer and longer pauses. After a week it is given up."
    } else if standing.waiting > 0 {
        "What waits is on its way."
    } else if standing.tried_at.is_none() && standing.delivered_at.is_none() {
        "Nothing was sent there so far."
    } else {
        "It took everything."
    }
}

/// `A post`, `A yes to a follower`.
fn what(kind: ActivityKind) -> String {
    let name = kind.as_str();
    let article = match name.starts_with(['a', 'e', 'i', 'o', 'u']) {
        true => "An",
        false => "A",
    };
    format!("{article} {name}")
}

/// Only what is about a post has a page of its own.
fn path_of(line: &Line) -> Option<String> {
    use ActivityKind::*;
    matches!(
        line.kind,
        Post | Edit | Deletion | Boost | BoostUndone | Favourite | FavouriteUndone | Pin | Unpin
    )
    .then(|| format!("/desk/hosts/posts/{}", line.subject))
}

fn tries(line: &Line) -> String {
    match line.number {
        0 => String::new(),
        1 => "tried once".to_owned(),
        n => format!("tried {n} times"),
    }
}

fn answered(line: &Line) -> String {
    format!("answered {}", line.number)
}

fn waiting_line(line: &Line, now: DateTime<Utc>) -> SentLine {
    SentLine {
        what: what(line.kind),
        path: path_of(line),
        at: Moment::new(line.at, now),
        note: tries(line),
    }
}

fn refused_line(line: &Line, now: DateTime<Utc>) -> SentLine {
    SentLine {
        at: Moment::new(line.when.unwrap_or(line.at), now),
        note: answered(line),
        ..waiting_line(line, now)
    }
}

fn host_line(line: &Line, note: String) -> HostLine {
    HostLine {
        domain: line.domain.clone(),
        path: format!("/desk/hosts/{}", line.domain),
        what: what(line.kind),
        note,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_keeps_the_search() {
        let wish = Wish {
            state: "failing".into(),
            q: "a b".into(),
            ..Wish::default()
        };
        assert_eq!(
            wish.path(Some("x.example")),
            "/desk/hosts?state=failing&q=a+b&after=x.example"
        );
        assert_eq!(Wish::default().path(None), "/desk/hosts");
    }

    #[test]
    fn sums_are_told_in_a_sentence() {
        let sums = |all, waiting, rows| {
            summary(&Sums {
                all,
                waiting,
                rows,
                ..Sums::default()
            })
        };
        assert_eq!(sums(0, 0, 0), "Nothing was sent to anybody yet.");
        assert_eq!(
            sums(3, 0, 0),
            "3 servers were told something, and nothing waits."
        );
        assert_eq!(sums(3, 1, 7), "7 deliveries wait, for one server.");
        assert_eq!(what(ActivityKind::Edit), "An edit");
        assert_eq!(what(ActivityKind::Accept), "A yes to a follower");
    }
}
