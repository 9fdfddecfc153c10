//! A hashtag, how it was used, and whether one follows it. None can be featured here.

use actix_web::{HttpRequest, HttpResponse, web};

use super::BaseUrl;
use super::answer::{self, Answer, urls};
use super::entities::{Tag, TagHistory};
use super::paging::{Links, PageParams, Previous};
use super::params::Params;
use super::render::Urls;
use super::rows::{deed, own, public};
use crate::app::App;
use crate::door::{Caller, Pending, Route};
use crate::social::tags;

/// Hashtags on a page; twice as many at the most.
const PAGE: i64 = 100;

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    public("/api/v1/tags/{name}", "read", || web::to(one)),
    deed("/api/v1/tags/{name}/follow", "write:follows", || {
        web::to(follow)
    }),
    deed("/api/v1/tags/{name}/unfollow", "write:follows", || {
        web::to(unfollow)
    }),
    own(
        "/api/v1/followed_tags",
        "read:follows",
        Pending::Allowed,
        || web::to(followed),
    ),
];

async fn one(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    name: web::Path<String>,
) -> Answer {
    let tag = tags::find(&app, &name, caller.viewer()).await?;
    Ok(HttpResponse::Ok().json(tag_entity(&urls(&BaseUrl::of(&req)), &tag)))
}

async fn follow(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    name: web::Path<String>,
) -> Answer {
    let tag = tags::follow(&app, &caller.member()?, &name).await?;
    Ok(HttpResponse::Ok().json(tag_entity(&urls(&BaseUrl::of(&req)), &tag)))
}

async fn unfollow(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    name: web::Path<String>,
) -> Answer {
    let tag = tags::unfollow(&app, &caller.member()?, &name).await?;
    Ok(HttpResponse::Ok().json(tag_entity(&urls(&BaseUrl::of(&req)), &tag)))
}

async fn followed(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    Params(form): Params<PageParams>,
) -> Answer {
    if caller.is_waiting() {
        // Without an account nothing can be followed.
        return Ok(answer::nobody());
    }
    let page = form.page(PAGE);
    let (found, cursors) = tags::followed(&app, &caller.member()?, &page).await?;
    let base = BaseUrl::of(&req);
    let urls = urls(&base);
    let entities: Vec<Tag> = found.iter().map(|tag| tag_entity(&urls, tag)).collect();
    Ok(Links::list(&cursors, &page, Previous::SinceId).respond(&req, &entities))
}

/// As apps read it; `following` and `featuring` only for somebody signed in.
pub(super) fn tag_entity(urls: &Urls<'_>, tag: &tags::Tag) -> Tag {
    let history = tag.history.iter().map(|(day, uses, accounts)| TagHistory {
        day: day.timestamp(),
        accounts: *accounts,
        uses: *uses,
    });
    Tag {
        id: tag.id,
        url: urls.tag(&tag.name),
        name: tag.display.clone(),
        history: history.collect(),
        following: tag.following,
        featuring: tag.following.map(|_| false),
    }
}
