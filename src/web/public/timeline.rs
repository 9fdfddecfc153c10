//! Lists of statuses: `/public` (what people here post), `/tags/NAME`, `/bookmarks`,
//! `/favourites`.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::domain::Error;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::social::shown::{self, Listed};
use crate::social::tags;
use crate::text::hashtags;
use crate::web::error::WebError;
use crate::web::frame::{self, see_other};
use crate::web::parts::layout::{Here, Page};
use crate::web::parts::pager::Pager;
use crate::web::parts::status::StatusCard;
use crate::web::parts::tag::TagButton;
use crate::web::render::status::Eyes;
use crate::web::turn::Turn;

/// One page of statuses under a heading.
#[derive(Template)]
#[template(path = "public/timeline.html")]
pub struct TimelinePage {
    /// The frame.
    pub page: Page,
    /// `Everybody here`, `#gardening`, `Bookmarks`.
    pub heading: String,
    /// One sentence below; may be empty.
    pub intro: String,
    /// One page, newest first.
    pub statuses: Vec<StatusCard>,
    /// What to say of an empty list.
    pub empty: String,
    /// Newer and older.
    pub pager: Pager,
    /// The hashtag that it is about, for members.
    pub tag: Option<TagButton>,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/public",
        access: Access::Page,
        pending: Pending::Allowed,
        rate: Rate::Usual,
        caching: Caching::Public(15),
        handler: || web::to(everybody),
    },
    Route {
        method: "GET",
        path: "/tags/{name}",
        access: Access::Page,
        pending: Pending::Allowed,
        rate: Rate::Usual,
        caching: Caching::Public(15),
        handler: || web::to(tag),
    },
    Route {
        method: "GET",
        path: "/bookmarks",
        access: Access::Session,
        pending: Pending::Refused,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(bookmarks),
    },
    Route {
        method: "GET",
        path: "/favourites",
        access: Access::Session,
        pending: Pending::Refused,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(favourites),
    },
];

/// The words around a list.
struct Words {
    path: String,
    heading: String,
    intro: &'static str,
    empty: &'static str,
    here: Here,
    tag: Option<TagButton>,
}

async fn everybody(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    turn: web::Query<Turn>,
) -> Result<HttpResponse, WebError> {
    let listed = shown::local(&app, caller.viewer(), &turn.page()).await?;
    let words = Words {
        path: "/public".into(),
        heading: "Everybody here".into(),
        intro: "What the people of this place post in public, newest first.",
        empty: "Nobody has posted yet.",
        here: Here::Public,
        tag: None,
    };
    list(&req, &app, &caller, &turn, listed, words).await
}

async fn tag(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    name: web::Path<String>,
    turn: web::Query<Turn>,
) -> Result<HttpResponse, WebError> {
    let typed = name.trim_start_matches('#');
    if !hashtags::is_valid(typed) {
        return Err(Error::NotFound.into());
    }
    let name = hashtags::normalise(typed);
    let encoded = percent_encoding::utf8_percent_encode(&name, percent_encoding::NON_ALPHANUMERIC);
    let path = format!("/tags/{encoded}");
    if name != typed {
        return Ok(see_other(&path));
    }
    let listed = shown::tag(&app, caller.viewer(), &name, &turn.page()).await?;
    let tag = match caller.maybe_member() {
        Some(who) => {
            let followed = tags::are_followed(&app, &who, std::slice::from_ref(&name)).await?;
            Some(TagButton::new(&name, followed == [true]))
        }
        None => None,
    };
    let words = Words {
        path,
        heading: format!("#{name}"),
        intro: "Public posts with this tag, newest first.",
        empty: "Nothing with this tag yet.",
        here: Here::Elsewhere,
        tag,
    };
    list(&req, &app, &caller, &turn, listed, words).await
}

async fn bookmarks(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    turn: web::Query<Turn>,
) -> Result<HttpResponse, WebError> {
    let listed = shown::bookmarks(&app, &caller.member()?, &turn.page()).await?;
    let words = Words {
        path: "/bookmarks".into(),
        heading: "Bookmarks".into(),
        intro: "What you kept. Nobody else sees this list.",
        empty: "Nothing kept yet. The ribbon below a post puts it here.",
        here: Here::Bookmarks,
        tag: None,
    };
    list(&req, &app, &caller, &turn, listed, words).await
}

async fn favourites(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    turn: web::Query<Turn>,
) -> Result<HttpResponse, WebError> {
    let listed = shown::favourites(&app, &caller.member()?, &turn.page()).await?;
    let words = Words {
        path: "/favourites".into(),
        heading: "Favourites".into(),
        intro: "What you favourited. Nobody else sees this list.",
        empty: "No favourites yet. The star below a post puts it here.",
        here: Here::Favourites,
        tag: None,
    };
    list(&req, &app, &caller, &turn, listed, words).await
}

async fn list(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    turn: &Turn,
    listed: Listed,
    words: Words,
) -> Result<HttpResponse, WebError> {
    if let Some(path) = turn.instead(&words.path, listed.cursors.len()) {
        return Ok(see_other(path));
    }
    let (range, pager) = turn.cut(&words.path, &listed.cursors);
    let mut page = frame::page(req, Some(caller), words.heading.clone()).await?;
    page.here = words.here;
    page.canonical = turn.is_first().then(|| app.url(&words.path));
    // Further pages change with every post; only the first is worth finding.
    page.noindex = !turn.is_first();
    let template = TimelinePage {
        page,
        heading: words.heading,
        intro: words.intro.into(),
        statuses: Eyes::of(app, caller).cards(listed.within(&range)),
        empty: words.empty.into(),
        pager,
        tag: words.tag,
    };
    frame::render(req, &template)
}
