//! What stands around a status: its thread, who favourited and boosted it.

use actix_web::{HttpRequest, web};

use super::answer::{self, Answer, id, json_page, urls};
use super::paging::{Links, PageParams, Previous, defaults};
use super::render::writer;
use super::{BaseUrl, Params};
use crate::app::App;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::social::timelines::MarkedBy;
use crate::social::{backfill, reading};

const fn route(
    path: &'static str,
    scope: &'static str,
    handler: fn() -> actix_web::Route,
) -> Route {
    Route {
        method: "GET",
        path,
        access: Access::Anyone(scope),
        pending: Pending::AsVisitor,
        rate: Rate::Usual,
        caching: Caching::Public(15),
        handler,
    }
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    route("/api/v1/statuses/{id}/context", "read:statuses", || {
        web::to(context)
    }),
    route(
        "/api/v1/statuses/{id}/favourited_by",
        "read:accounts",
        || web::to(favourited_by),
    ),
    route(
        "/api/v1/statuses/{id}/reblogged_by",
        "read:accounts",
        || web::to(reblogged_by),
    ),
];

async fn context(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
) -> Answer {
    let (base, viewer) = (BaseUrl::of(&req), caller.viewer());
    let id = id(&path)?;
    let (above, below) = reading::context(&app, id, viewer, &urls(&base)).await?;
    if let Some(who) = caller.maybe_member() {
        backfill::opened_thread(&app, &who, id);
    }
    Ok(answer::json(writer::context(
        &above,
        &below,
        viewer.is_some(),
    )))
}

async fn favourited_by(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    params: Params<PageParams>,
) -> Answer {
    marked_by(req, app, caller, path, params, MarkedBy::FavouritedBy).await
}

async fn reblogged_by(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    params: Params<PageParams>,
) -> Answer {
    marked_by(req, app, caller, path, params, MarkedBy::RebloggedBy).await
}

async fn marked_by(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    Params(params): Params<PageParams>,
    by: MarkedBy,
) -> Answer {
    let (base, viewer) = (BaseUrl::of(&req), caller.viewer());
    let page = params.page(defaults::ACCOUNTS);
    let (items, cursors) =
        reading::marked_by(&app, id(&path)?, by, viewer, &page, &urls(&base)).await?;
    let links = Links::list(&cursors, &page, Previous::SinceId);
    Ok(json_page(&req, &links, answer::accounts(&items)))
}
