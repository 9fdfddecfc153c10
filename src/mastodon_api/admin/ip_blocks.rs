//! Networks that are kept away from the form. Reading is refused to nobody: `no_access` is a 422.

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use chrono::TimeDelta;
use serde::Deserialize;

use crate::app::App;
use crate::domain::Error;
use crate::domain::block_severity::BlockSeverity;
use crate::door::{Caller, Pending, Route};
use crate::gate::blocks::{self, Kind, NetworkBlock, Rule, Wanted, rule};
use crate::mastodon_api::Params;
use crate::mastodon_api::answer::{Answer, id};
use crate::mastodon_api::entities::{AdminIpBlock, Empty};
use crate::mastodon_api::forms::lenient;
use crate::mastodon_api::paging::{Links, PageParams, Previous};
use crate::mastodon_api::rows::{deed, own};

/// Blocks on a page; twice as many at the most.
const PAGE: i64 = 100;
/// The longest time after which a block ends by itself.
const LONGEST: i64 = 10 * 366 * 24 * 3600;
const PATH: &str = "/api/v1/admin/ip_blocks";
const ONE: &str = "/api/v1/admin/ip_blocks/{id}";
const READ: &str = "admin:read:ip_blocks";
const WRITE: &str = "admin:write:ip_blocks";

/// What this file offers.
pub const ROUTES: &[Route] = &[
    own(PATH, READ, Pending::Refused, || web::to(list)),
    own(ONE, READ, Pending::Refused, || web::to(one)),
    deed(PATH, WRITE, || web::to(create)),
    deed(ONE, WRITE, || web::to(update)).by("PUT"),
    deed(ONE, WRITE, || web::to(update)).by("PATCH"),
    deed(ONE, WRITE, || web::to(delete)).by("DELETE"),
];

/// `None` keeps what holds, or takes the default.
#[derive(Deserialize)]
struct BlockForm {
    #[serde(default, deserialize_with = "lenient::opt_word")]
    ip: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    severity: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_string")]
    comment: Option<String>,
    /// Seconds from now; an empty word ends nothing.
    #[serde(default, deserialize_with = "lenient::opt_string")]
    expires_in: Option<String>,
}

fn entity(block: &NetworkBlock) -> AdminIpBlock {
    AdminIpBlock {
        id: block.id,
        ip: block.network.to_string(),
        severity: match block.severity {
            BlockSeverity::Refuse => "sign_up_block",
            BlockSeverity::Aside => "sign_up_requires_approval",
        },
        comment: block.comment.clone(),
        created_at: block.created_at,
        expires_at: block.expires_at,
    }
}

fn severity(name: Option<&str>, before: BlockSeverity) -> Result<BlockSeverity, Error> {
    match name {
        None => Ok(before),
        Some("sign_up_block") => Ok(BlockSeverity::Refuse),
        Some("sign_up_requires_approval") => Ok(BlockSeverity::Aside),
        Some("no_access") => Err(Error::invalid(
            "Validation failed: Severity no_access is not offered: this server keeps networks from applying, not from reading",
        )),
        Some(_) => Err(Error::invalid(
            "Validation failed: Severity is not included in the list",
        )),
    }
}

impl BlockForm {
    fn wanted(self, app: &App, before: Option<&NetworkBlock>) -> Result<Wanted, Error> {
        let rule = match (&self.ip, before) {
            (None, Some(block)) => Rule::Network(block.network),
            (typed, _) => Rule::network(typed.as_deref().unwrap_or_default())
                .map_err(|_| Error::field("ip", "ERR_INVALID", "is invalid"))?,
        };
        let held = before.map_or(BlockSeverity::Refuse, |block| block.severity);
        let expires_at = match self.expires_in.as_deref().map(str::trim) {
            None => before.and_then(|block| block.expires_at),
            Some("") => None,
            Some(seconds) => {
                let seconds: i64 = seconds.parse().unwrap_or(0);
                if !(1..=LONGEST).contains(&seconds) {
                    return Err(Error::field("expires_in", "ERR_INVALID", "is invalid"));
                }
                Some(app.clock.now() + TimeDelta::seconds(seconds))
            }
        };
        let comment = match (self.comment, before) {
            (Some(comment), _) => rule::comment(&comment)?,
            (None, Some(block)) => block.comment.clone(),
            (None, None) => String::new(),
        };
        Ok(Wanted {
            rule,
            severity: severity(self.severity.as_deref(), held)?,
            comment,
            expires_at,
        })
    }
}

async fn list(
    req: HttpRequest,
    app: Data<App>,
    caller: Caller,
    Params(form): Params<PageParams>,
) -> Answer {
    let page = form.page(PAGE);
    let found = blocks::networks(&app, &caller.moderator()?, &page).await?;
    let cursors: Vec<i64> = found.iter().map(|block| block.id).collect();
    let entities: Vec<AdminIpBlock> = found.iter().map(entity).collect();
    Ok(Links::list(&cursors, &page, Previous::SinceId).respond(&req, &entities))
}

async fn one(app: Data<App>, caller: Caller, path: web::Path<String>) -> Answer {
    let found = blocks::network(&app, &caller.moderator()?, id(&path)?).await?;
    Ok(HttpResponse::Ok().json(entity(&found)))
}

async fn create(app: Data<App>, caller: Caller, Params(form): Params<BlockForm>) -> Answer {
    let (admin, moderator) = (caller.admin()?, caller.moderator()?);
    let wanted = form.wanted(&app, None)?;
    let laid = blocks::lay(&app, &admin, &wanted, false).await?;
    let block = blocks::network(&app, &moderator, laid.id).await?;
    Ok(HttpResponse::Ok().json(entity(&block)))
}

async fn update(
    app: Data<App>,
    caller: Caller,
    path: web::Path<String>,
    Params(form): Params<BlockForm>,
) -> Answer {
    let (admin, moderator) = (caller.admin()?, caller.moderator()?);
    let before = blocks::network(&app, &moderator, id(&path)?).await?;
    let wanted = form.wanted(&app, Some(&before))?;
    let laid = blocks::lay(&app, &admin, &wanted, false).await?;
    if laid.id != before.id {
        // Another network: the block moved there.
        blocks::lift(&app, &admin, Kind::Network, before.id).await?;
    }
    let block = blocks::network(&app, &moderator, laid.id).await?;
    Ok(HttpResponse::Ok().json(entity(&block)))
}

async fn delete(app: Data<App>, caller: Caller, path: web::Path<String>) -> Answer {
    blocks::lift(&app, &caller.admin()?, Kind::Network, id(&path)?).await?;
    Ok(HttpResponse::Ok().json(Empty {}))
}
