//! Servers that are spoken with where only those are.

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::app::App;
use crate::door::{Caller, Pending, Route};
use crate::mastodon_api::Params;
use crate::mastodon_api::answer::{Answer, id};
use crate::mastodon_api::entities::AdminDomainAllow;
use crate::mastodon_api::forms::lenient;
use crate::mastodon_api::paging::{Links, PageParams, Previous};
use crate::mastodon_api::rows::{deed, own};
use crate::moderation::By;
use crate::moderation::allows::{self, Allow};

/// Servers on a page; twice as many at the most.
const PAGE: i64 = 100;
const PATH: &str = "/api/v1/admin/domain_allows";
const ONE: &str = "/api/v1/admin/domain_allows/{id}";
const READ: &str = "admin:read:domain_allows";
const WRITE: &str = "admin:write:domain_allows";

/// What this file offers.
pub const ROUTES: &[Route] = &[
    own(PATH, READ, Pending::Refused, || web::to(list)),
    own(ONE, READ, Pending::Refused, || web::to(one)),
    deed(PATH, WRITE, || web::to(create)),
    deed(ONE, WRITE, || web::to(delete)).by("DELETE"),
];

#[derive(Deserialize)]
struct Named {
    #[serde(default, deserialize_with = "lenient::string")]
    domain: String,
}

fn entity(allow: &Allow) -> AdminDomainAllow {
    AdminDomainAllow {
        id: allow.id,
        domain: allow.domain.clone(),
        created_at: allow.created_at,
    }
}

async fn list(
    req: HttpRequest,
    app: Data<App>,
    caller: Caller,
    Params(form): Params<PageParams>,
) -> Answer {
    let page = form.page(PAGE);
    let found = allows::list(&app, &caller.moderator()?, &page).await?;
    let cursors: Vec<i64> = found.iter().map(|allow| allow.id).collect();
    let entities: Vec<AdminDomainAllow> = found.iter().map(entity).collect();
    Ok(Links::list(&cursors, &page, Previous::SinceId).respond(&req, &entities))
}

async fn one(app: Data<App>, caller: Caller, path: web::Path<String>) -> Answer {
    let found = allows::find(&app, &caller.moderator()?, id(&path)?).await?;
    Ok(HttpResponse::Ok().json(entity(&found)))
}

async fn create(app: Data<App>, caller: Caller, Params(form): Params<Named>) -> Answer {
    let admin = caller.admin()?;
    let (allow, _) = allows::allow(&app, By::Admin(&admin), &form.domain).await?;
    Ok(HttpResponse::Ok().json(entity(&allow)))
}

async fn delete(app: Data<App>, caller: Caller, path: web::Path<String>) -> Answer {
    let admin = caller.admin()?;
    let allow = allows::find(&app, &caller.moderator()?, id(&path)?).await?;
    allows::disallow(&app, By::Admin(&admin), allow.id).await?;
    Ok(HttpResponse::Ok().json(entity(&allow)))
}
