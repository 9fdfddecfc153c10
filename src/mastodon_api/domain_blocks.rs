//! Servers that the member wants nothing of.

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::Params;
use super::answer::{self, Answer};
use super::entities::{DomainBlockPreview, Empty};
use super::forms::lenient;
use super::paging::{Links, PageParams, Previous};
use super::rows::{deed, own};
use crate::app::App;
use crate::domain::Id;
use crate::door::{Caller, Pending, Route};
use crate::social::accounts::domain_block;

/// Servers on a page; twice as many at the most.
const PAGE: i64 = 100;
const PATH: &str = "/api/v1/domain_blocks";

/// What this file offers.
pub const ROUTES: &[Route] = &[
    own(PATH, "read:blocks", Pending::Allowed, || web::to(list)),
    own(
        "/api/v1/domain_blocks/preview",
        "write:blocks",
        Pending::Refused,
        || web::to(preview),
    ),
    deed(PATH, "write:blocks", || web::to(block)),
    deed(PATH, "write:blocks", || web::to(unblock)).by("DELETE"),
];

#[derive(Deserialize)]
struct Named {
    #[serde(default, deserialize_with = "lenient::string")]
    domain: String,
}

async fn list(
    req: HttpRequest,
    app: Data<App>,
    caller: Caller,
    Params(form): Params<PageParams>,
) -> Answer {
    if caller.is_waiting() {
        return Ok(answer::nobody());
    }
    let page = form.page(PAGE);
    let found = domain_block::list(&app, &caller.member()?, &page).await?;
    let (cursors, domains): (Vec<Id>, Vec<String>) = found.into_iter().unzip();
    Ok(Links::list(&cursors, &page, Previous::SinceId).respond(&req, &domains))
}

async fn preview(app: Data<App>, caller: Caller, Params(form): Params<Named>) -> Answer {
    let who = caller.member()?;
    let (following, followers) = domain_block::preview(&app, &who, &form.domain).await?;
    Ok(HttpResponse::Ok().json(DomainBlockPreview {
        following_count: following,
        followers_count: followers,
    }))
}

async fn block(app: Data<App>, caller: Caller, Params(form): Params<Named>) -> Answer {
    domain_block::block(&app, &caller.member()?, &form.domain).await?;
    Ok(HttpResponse::Ok().json(Empty {}))
}

async fn unblock(app: Data<App>, caller: Caller, Params(form): Params<Named>) -> Answer {
    domain_block::unblock(&app, &caller.member()?, &form.domain).await?;
    Ok(HttpResponse::Ok().json(Empty {}))
}
