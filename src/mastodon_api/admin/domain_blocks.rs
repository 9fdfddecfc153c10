//! Policies for other servers. What is held, and what rules laid, is listed as `noop` or as
//! what it does, and can be lifted.

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::app::App;
use crate::domain::Error;
use crate::domain::policy::PolicySource;
use crate::door::{Caller, Pending, Route};
use crate::mastodon_api::Params;
use crate::mastodon_api::answer::{Answer, id};
use crate::mastodon_api::entities::{AdminDomainBlock, Empty, ExistingDomainBlock};
use crate::mastodon_api::forms::lenient;
use crate::mastodon_api::paging::{Links, PageParams, Previous};
use crate::mastodon_api::rows::{deed, own};
use crate::moderation::By;
use crate::moderation::policies::{self, Laid, Policy, Severity, Terms, rejects_media};
use crate::moderation::published::digest;

/// Policies on a page; twice as many at the most.
const PAGE: i64 = 100;
const PATH: &str = "/api/v1/admin/domain_blocks";
const ONE: &str = "/api/v1/admin/domain_blocks/{id}";
const READ: &str = "admin:read:domain_blocks";
const WRITE: &str = "admin:write:domain_blocks";

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
    #[serde(default, deserialize_with = "lenient::string")]
    domain: String,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    severity: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_bool")]
    reject_media: Option<bool>,
    #[serde(default, deserialize_with = "lenient::opt_bool")]
    reject_reports: Option<bool>,
    #[serde(default, deserialize_with = "lenient::opt_string")]
    private_comment: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_string")]
    public_comment: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_bool")]
    obfuscate: Option<bool>,
}

impl BlockForm {
    fn over(self, before: Terms, severity: Severity) -> Result<Terms, Error> {
        let severity = match self.severity.as_deref() {
            None => severity,
            Some(name) => Severity::from_name(name).ok_or_else(|| {
                Error::invalid("Validation failed: Severity is not included in the list")
            })?,
        };
        let reject_media = self.reject_media.unwrap_or(rejects_media(&before));
        Ok(Terms {
            kind: severity.kind(reject_media),
            reject_media,
            reject_reports: self.reject_reports.unwrap_or(before.reject_reports),
            private_comment: self.private_comment.unwrap_or(before.private_comment),
            public_comment: self.public_comment.unwrap_or(before.public_comment),
            obfuscate: self.obfuscate.unwrap_or(before.obfuscate),
            until: before.until,
        })
    }
}

fn entity(policy: &Policy) -> AdminDomainBlock {
    let comment = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    AdminDomainBlock {
        id: policy.id,
        domain: policy.domain.clone(),
        digest: digest(&policy.domain),
        created_at: policy.since,
        severity: Severity::of(&policy.terms).as_str(),
        reject_media: rejects_media(&policy.terms),
        reject_reports: policy.terms.reject_reports,
        private_comment: comment(&policy.terms.private_comment),
        public_comment: comment(&policy.terms.public_comment),
        obfuscate: policy.terms.obfuscate,
    }
}

async fn list(
    req: HttpRequest,
    app: Data<App>,
    caller: Caller,
    Params(form): Params<PageParams>,
) -> Answer {
    let page = form.page(PAGE);
    let found = policies::latest(&app, &caller.moderator()?, &page).await?;
    let cursors: Vec<i64> = found.iter().map(|policy| policy.id).collect();
    let entities: Vec<AdminDomainBlock> = found.iter().map(entity).collect();
    Ok(Links::list(&cursors, &page, Previous::SinceId).respond(&req, &entities))
}

async fn one(app: Data<App>, caller: Caller, path: web::Path<String>) -> Answer {
    let found = policies::find(&app, &caller.moderator()?, id(&path)?).await?;
    Ok(HttpResponse::Ok().json(entity(&found)))
}

async fn create(app: Data<App>, caller: Caller, Params(form): Params<BlockForm>) -> Answer {
    let admin = caller.admin()?;
    let domain = form.domain.clone();
    let nothing = Terms::of(Severity::Silence.kind(false));
    let terms = form.over(nothing, Severity::Silence)?;
    let by = By::Admin(&admin);
    match policies::lay(&app, by, &domain, PolicySource::Staff, terms).await? {
        Laid::New(policy) => Ok(HttpResponse::Ok().json(entity(&policy))),
        Laid::Exists(policy) => Ok(
            HttpResponse::UnprocessableEntity().json(ExistingDomainBlock {
                error: "Validation failed: Domain has a policy already",
                existing_domain_block: entity(&policy),
            }),
        ),
    }
}

async fn update(
    app: Data<App>,
    caller: Caller,
    path: web::Path<String>,
    Params(form): Params<BlockForm>,
) -> Answer {
    let admin = caller.admin()?;
    let before = policies::find(&app, &caller.moderator()?, id(&path)?).await?;
    let severity = Severity::of(&before.terms);
    let terms = form.over(before.terms, severity)?;
    let policy = policies::change(&app, By::Admin(&admin), before.id, terms).await?;
    Ok(HttpResponse::Ok().json(entity(&policy)))
}

async fn delete(app: Data<App>, caller: Caller, path: web::Path<String>) -> Answer {
    let admin = caller.admin()?;
    policies::lift(&app, By::Admin(&admin), id(&path)?, false).await?;
    Ok(HttpResponse::Ok().json(Empty {}))
}
