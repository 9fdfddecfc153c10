//! A hashtag and how it was used. Nobody can follow or feature one here yet.

use actix_web::{HttpRequest, HttpResponse, web};

use super::BaseUrl;
use super::answer::{Answer, urls};
use super::entities::{Tag, TagHistory};
use super::render::Urls;
use crate::app::App;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::social::search;

/// The routes of this file.
pub const ROUTES: &[Route] = &[Route {
    method: "GET",
    path: "/api/v1/tags/{name}",
    access: Access::Anyone("read"),
    pending: Pending::AsVisitor,
    rate: Rate::Usual,
    caching: Caching::Public(15),
    handler: || web::to(one),
}];

async fn one(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    name: web::Path<String>,
) -> Answer {
    let base = BaseUrl::of(&req);
    let tag = search::tag(&app, &name).await?;
    Ok(HttpResponse::Ok().json(tag_entity(&urls(&base), tag, caller.viewer().is_some())))
}

/// As apps read it; `following` and `featuring` only for somebody signed in.
pub(super) fn tag_entity(urls: &Urls<'_>, tag: search::Tag, signed_in: bool) -> Tag {
    let history = tag.history.iter().map(|(day, uses, accounts)| TagHistory {
        day: day.timestamp(),
        accounts: *accounts,
        uses: *uses,
    });
    Tag {
        id: tag.id,
        url: urls.tag(&tag.name),
        name: tag.display,
        history: history.collect(),
        following: signed_in.then_some(false),
        featuring: signed_in.then_some(false),
    }
}
