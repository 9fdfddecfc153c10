//! Single addresses that are kept away from the form, as hashes.

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::app::App;
use crate::domain::Error;
use crate::door::{Caller, Pending, Route};
use crate::gate::blocks::addresses::{self, AddressBlock};
use crate::mastodon_api::Params;
use crate::mastodon_api::answer::{Answer, id};
use crate::mastodon_api::entities::{AdminCanonicalEmailBlock, Empty};
use crate::mastodon_api::forms::lenient;
use crate::mastodon_api::paging::{Links, PageParams, Previous};
use crate::mastodon_api::rows::{deed, own};
use crate::text::email::Address;

/// Blocks on a page; twice as many at the most.
const PAGE: i64 = 100;
const PATH: &str = "/api/v1/admin/canonical_email_blocks";
const ONE: &str = "/api/v1/admin/canonical_email_blocks/{id}";
const TEST: &str = "/api/v1/admin/canonical_email_blocks/test";
const READ: &str = "admin:read:canonical_email_blocks";
const WRITE: &str = "admin:write:canonical_email_blocks";

/// What this file offers.
pub const ROUTES: &[Route] = &[
    own(PATH, READ, Pending::Refused, || web::to(list)),
    deed(TEST, READ, || web::to(test)),
    own(ONE, READ, Pending::Refused, || web::to(one)),
    deed(PATH, WRITE, || web::to(create)),
    deed(ONE, WRITE, || web::to(delete)).by("DELETE"),
];

#[derive(Deserialize)]
struct AddressForm {
    #[serde(default, deserialize_with = "lenient::opt_word")]
    email: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    canonical_email_hash: Option<String>,
}

impl AddressForm {
    fn address(&self) -> Result<Address, Error> {
        let typed = self.email.as_deref().unwrap_or_default();
        let address = Address::parse(typed);
        address.map_err(|error| Error::field("email", "ERR_INVALID", error.to_string()))
    }
}

fn entity(block: &AddressBlock) -> AdminCanonicalEmailBlock {
    AdminCanonicalEmailBlock {
        id: block.id,
        canonical_email_hash: block.digest.clone(),
    }
}

async fn list(
    req: HttpRequest,
    app: Data<App>,
    caller: Caller,
    Params(form): Params<PageParams>,
) -> Answer {
    let page = form.page(PAGE);
    let found = addresses::list(&app, &caller.moderator()?, &page).await?;
    let cursors: Vec<i64> = found.iter().map(|block| block.id).collect();
    let entities: Vec<AdminCanonicalEmailBlock> = found.iter().map(entity).collect();
    Ok(Links::list(&cursors, &page, Previous::SinceId).respond(&req, &entities))
}

async fn one(app: Data<App>, caller: Caller, path: web::Path<String>) -> Answer {
    let found = addresses::find(&app, &caller.moderator()?, id(&path)?).await?;
    Ok(HttpResponse::Ok().json(entity(&found)))
}

async fn test(app: Data<App>, caller: Caller, Params(form): Params<AddressForm>) -> Answer {
    let found = addresses::test(&app, &caller.moderator()?, &form.address()?).await?;
    let entities: Vec<AdminCanonicalEmailBlock> = found.iter().map(entity).collect();
    Ok(HttpResponse::Ok().json(entities))
}

async fn create(app: Data<App>, caller: Caller, Params(form): Params<AddressForm>) -> Answer {
    let admin = caller.admin()?;
    let digest = match &form.canonical_email_hash {
        Some(hash) => addresses::read_digest(hash)?,
        None => addresses::digest(&form.address()?),
    };
    let block = addresses::lay(&app, &admin, &digest).await?;
    Ok(HttpResponse::Ok().json(entity(&block)))
}

async fn delete(app: Data<App>, caller: Caller, path: web::Path<String>) -> Answer {
    addresses::lift(&app, &caller.admin()?, id(&path)?).await?;
    Ok(HttpResponse::Ok().json(Empty {}))
}
