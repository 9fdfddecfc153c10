//! Mail domains that are kept away from the form, with the mail servers under them.

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::app::App;
use crate::domain::Error;
use crate::domain::block_severity::BlockSeverity;
use crate::door::{Caller, Pending, Route};
use crate::gate::blocks::{self, Kind, MailBlock, Rule, Wanted, attempts};
use crate::mastodon_api::Params;
use crate::mastodon_api::answer::{Answer, id};
use crate::mastodon_api::entities::{AdminEmailDomainBlock, DayOfAttempts, Empty};
use crate::mastodon_api::forms::lenient;
use crate::mastodon_api::paging::{Links, PageParams, Previous};
use crate::mastodon_api::rows::{deed, own};

/// Blocks on a page; twice as many at the most.
const PAGE: i64 = 100;
const PATH: &str = "/api/v1/admin/email_domain_blocks";
const ONE: &str = "/api/v1/admin/email_domain_blocks/{id}";
const READ: &str = "admin:read:email_domain_blocks";
const WRITE: &str = "admin:write:email_domain_blocks";

/// What this file offers.
pub const ROUTES: &[Route] = &[
    own(PATH, READ, Pending::Refused, || web::to(list)),
    own(ONE, READ, Pending::Refused, || web::to(one)),
    deed(PATH, WRITE, || web::to(create)),
    deed(ONE, WRITE, || web::to(delete)).by("DELETE"),
];

#[derive(Deserialize)]
struct BlockForm {
    #[serde(default, deserialize_with = "lenient::string")]
    domain: String,
    #[serde(default, deserialize_with = "lenient::boolean")]
    allow_with_approval: bool,
}

fn entity(block: &MailBlock, days: &[attempts::Day]) -> AdminEmailDomainBlock {
    let history = days.iter().filter(|day| day.domain == block.domain);
    AdminEmailDomainBlock {
        id: block.id,
        domain: block.domain.clone(),
        created_at: block.created_at,
        history: history
            .map(|day| DayOfAttempts {
                day: day.begins.timestamp().to_string(),
                accounts: day.networks.to_string(),
                uses: day.applications.to_string(),
            })
            .collect(),
        allow_with_approval: block.severity == BlockSeverity::Aside,
    }
}

async fn list(
    req: HttpRequest,
    app: Data<App>,
    caller: Caller,
    Params(form): Params<PageParams>,
) -> Answer {
    let (moderator, page) = (caller.moderator()?, form.page(PAGE));
    let found = blocks::mail_domains(&app, &moderator, &page).await?;
    let days = attempts::of(&app, &moderator, &found).await?;
    let cursors: Vec<i64> = found.iter().map(|block| block.id).collect();
    let entities: Vec<AdminEmailDomainBlock> =
        found.iter().map(|block| entity(block, &days)).collect();
    Ok(Links::list(&cursors, &page, Previous::SinceId).respond(&req, &entities))
}

async fn answer(app: &App, caller: &Caller, block: i64) -> Answer {
    let moderator = caller.moderator()?;
    let found = blocks::mail_domain(app, &moderator, block).await?;
    let days = attempts::of(app, &moderator, std::slice::from_ref(&found)).await?;
    Ok(HttpResponse::Ok().json(entity(&found, &days)))
}

async fn one(app: Data<App>, caller: Caller, path: web::Path<String>) -> Answer {
    answer(&app, &caller, id(&path)?).await
}

async fn create(app: Data<App>, caller: Caller, Params(form): Params<BlockForm>) -> Answer {
    let admin = caller.admin()?;
    let rule = Rule::mail(&form.domain, true)
        .map_err(|_| Error::field("domain", "ERR_INVALID", "is not a valid domain name"))?;
    let wanted = Wanted {
        rule,
        severity: match form.allow_with_approval {
            true => BlockSeverity::Aside,
            false => BlockSeverity::Refuse,
        },
        comment: String::new(),
        expires_at: None,
    };
    let laid = blocks::lay(&app, &admin, &wanted, false).await?;
    answer(&app, &caller, laid.id).await
}

async fn delete(app: Data<App>, caller: Caller, path: web::Path<String>) -> Answer {
    blocks::lift(&app, &caller.admin()?, Kind::Mail, id(&path)?).await?;
    Ok(HttpResponse::Ok().json(Empty {}))
}
