//! `/desk/held-posts`: posts of people here that wait before they go out, until somebody looks.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::{Error, Id, ids};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::held_posts::{self, Held};
use crate::gate::zone;
use crate::model::status_parts::StatusParts;
use crate::web::error::WebError;
use crate::web::form;
use crate::web::frame;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;
use crate::web::parts::pager::Pager;

/// Posts `id` to `/desk/held-posts/release`, `account` to `/desk/held-posts/release-all`. GET
/// parameters: `before`, a post's id; `account`.
#[derive(Template)]
#[template(path = "review/held_posts.html")]
pub struct HeldPostsPage {
    /// The frame.
    pub page: Page,
    /// Newest first.
    pub rows: Vec<HeldPostRow>,
    /// Who has how many: `accounts.id`, name, number.
    pub authors: Vec<(String, String, i64)>,
    /// The page is about this author alone: their name.
    pub only: Option<String>,
    /// Older ones.
    pub pager: Pager,
}

/// One post.
#[derive(Debug, Clone)]
pub struct HeldPostRow {
    /// Its id.
    pub id: String,
    /// `accounts.id` of the author.
    pub account: String,
    /// The author's name.
    pub author: String,
    /// Its page.
    pub path: String,
    /// Why it waits.
    pub why: &'static str,
    /// Since when.
    pub since: Moment,
    /// When it goes by itself.
    pub until: Option<Moment>,
    /// Whom it is for, in a word; `None` where anybody may read it.
    pub audience: Option<&'static str>,
    /// How many strangers it names or answers.
    pub strangers: i64,
    /// It went out before, and what waits is an edit.
    pub edit: bool,
    /// Content warning as text; empty for none.
    pub spoiler: String,
    /// Sanitised HTML.
    pub content_html: String,
    /// Files that hang on it.
    pub files: usize,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/desk/held-posts",
        access: Access::Moderation,
        pending: Pending::Refused,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/desk/held-posts/release",
        access: Access::Moderation,
        pending: Pending::Refused,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(release),
    },
    Route {
        method: "POST",
        path: "/desk/held-posts/release-all",
        access: Access::Moderation,
        pending: Pending::Refused,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(release_all),
    },
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wish {
    before: String,
    account: String,
}

/// GET `/desk/held-posts`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    wish: web::Query<Wish>,
) -> Result<HttpResponse, WebError> {
    let moderator = caller.moderator()?;
    let account = ids::parse(&wish.account);
    let found = held_posts::list(&app, &moderator, account, ids::parse(&wish.before)).await?;
    let (now, zone) = (app.clock.now(), zone::of(&app, moderator.user()).await?);
    let moment = |at| Moment::new(at, now).in_zone(zone);
    let only = account.map(|id| name_in(&found.authors, id));
    let mut page = frame::page(&req, Some(&caller), "Posts that wait").await?;
    page.here = Here::Desk;
    let of = match account {
        Some(id) => format!("&account={id}"),
        None => String::new(),
    };
    let older = found.older;
    let shown = HeldPostsPage {
        page,
        rows: found
            .posts
            .iter()
            .map(|(held, parts)| row(held, parts, &moment))
            .collect(),
        authors: found
            .authors
            .into_iter()
            .map(|(id, name, many)| (id.to_string(), name, many))
            .collect(),
        only,
        pager: Pager {
            newer: None,
            older: older.map(|id| format!("/desk/held-posts?before={id}{of}")),
        },
    };
    frame::render(&req, &shown)
}

fn name_in(authors: &[(Id, String, i64)], id: Id) -> String {
    let found = authors.iter().find(|(author, ..)| *author == id);
    found.map(|(_, name, _)| name.clone()).unwrap_or_default()
}

fn row(
    held: &Held,
    parts: &StatusParts,
    moment: &impl Fn(chrono::DateTime<chrono::Utc>) -> Moment,
) -> HeldPostRow {
    HeldPostRow {
        id: held.status.to_string(),
        account: held.account.to_string(),
        path: format!("/@{}/{}", held.username, held.status),
        author: held.username.clone(),
        why: held.reason.to_staff(),
        since: moment(held.since),
        until: held.until.map(moment),
        audience: match parts.visibility.as_str() {
            "private" => Some("for followers"),
            "direct" => Some("for those whom it names"),
            _ => None,
        },
        strangers: held.strangers,
        edit: held.sent,
        spoiler: parts.spoiler_text.clone(),
        content_html: parts.html.clone(),
        files: parts.media.len(),
    }
}

#[derive(Deserialize)]
struct ReleaseForm {
    #[serde(default, deserialize_with = "lenient::string")]
    id: String,
}

/// POST `/desk/held-posts/release`.
async fn release(
    app: web::Data<App>,
    caller: Caller,
    form: form::Form<ReleaseForm>,
) -> Result<HttpResponse, WebError> {
    let id = ids::parse(&form.fields.id).ok_or(Error::NotFound)?;
    let flash = match held_posts::release(&app, &caller.moderator()?, id).await? {
        true => Flash::done("It goes out now."),
        false => Flash::note("It does not wait any more."),
    };
    Ok(frame::see_other_with("/desk/held-posts", &flash))
}

#[derive(Deserialize)]
struct ReleaseAllForm {
    #[serde(default, deserialize_with = "lenient::string")]
    account: String,
}

/// POST `/desk/held-posts/release-all`.
async fn release_all(
    app: web::Data<App>,
    caller: Caller,
    form: form::Form<ReleaseAllForm>,
) -> Result<HttpResponse, WebError> {
    let account = ids::parse(&form.fields.account).ok_or(Error::NotFound)?;
    let flash = match held_posts::release_all(&app, &caller.moderator()?, account).await? {
        0 => Flash::note("Nothing of theirs waits any more."),
        1 => Flash::done("One post goes out now."),
        many => Flash::done(format!("{many} posts go out now.")),
    };
    Ok(frame::see_other_with("/desk/held-posts", &flash))
}
