//! `/@NAME/followers` and `/@NAME/following`

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::social::shown::{self, Side};
use crate::web::error::WebError;
use crate::web::frame::{self, see_other};
use crate::web::parts::account::{AccountChip, AccountRow};
use crate::web::parts::layout::Page;
use crate::web::parts::pager::Pager;
use crate::web::render::account;
use crate::web::turn::Turn;

/// One page of accounts.
#[derive(Template)]
#[template(path = "public/follows.html")]
pub struct FollowsPage {
    /// The frame.
    pub page: Page,
    /// Whose list.
    pub account: AccountChip,
    /// `true`: those who follow; `false`: those who are followed.
    pub followers: bool,
    /// One page, newest follow first.
    pub rows: Vec<AccountRow>,
    /// Newer and older.
    pub pager: Pager,
    /// The account shows its lists to nobody else.
    pub hidden: bool,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/@{name}/followers",
        access: Access::Page,
        pending: Pending::Allowed,
        rate: Rate::Usual,
        caching: Caching::Public(15),
        handler: || web::to(followers),
    },
    Route {
        method: "GET",
        path: "/@{name}/following",
        access: Access::Page,
        pending: Pending::Allowed,
        rate: Rate::Usual,
        caching: Caching::Public(15),
        handler: || web::to(following),
    },
];

async fn followers(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    name: web::Path<String>,
    turn: web::Query<Turn>,
) -> Result<HttpResponse, WebError> {
    show(&req, &app, &caller, &name, &turn, Side::Followers).await
}

async fn following(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    name: web::Path<String>,
    turn: web::Query<Turn>,
) -> Result<HttpResponse, WebError> {
    show(&req, &app, &caller, &name, &turn, Side::Following).await
}

async fn show(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    name: &str,
    turn: &Turn,
    side: Side,
) -> Result<HttpResponse, WebError> {
    let found = shown::follows(app, caller.viewer(), name, side, &turn.page()).await?;
    let chip = account::chip(&found.account, &app.remote_media.addresses);
    let is_followers = side == Side::Followers;
    let (title, word) = match is_followers {
        true => (format!("Followers of {}", chip.display_name), "followers"),
        false => (format!("Followed by {}", chip.display_name), "following"),
    };
    let path = format!("{}/{word}", chip.path);
    if let Some(path) = turn.instead(&path, found.cursors.len()) {
        return Ok(see_other(path));
    }
    let (range, pager) = turn.cut(&path, &found.cursors);
    let mut page = frame::page(req, Some(caller), title).await?;
    page.noindex = true;
    let rows = found.people.iter().filter(|p| range.contains(&p.place));
    let template = FollowsPage {
        page,
        account: chip,
        followers: is_followers,
        rows: rows
            .map(|person| account::row(person, &app.remote_media.addresses))
            .collect(),
        pager,
        hidden: found.hidden,
    };
    frame::render(req, &template)
}
