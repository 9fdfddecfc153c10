//! `/desk/policies/new`: what a policy would cut, before it is laid.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::policies::{ActRow, DEED, ROW, Typed, act_row, row};
use crate::app::App;
use crate::domain::Error;
use crate::domain::policy::PolicySource;
use crate::door::{Caller, Route};
use crate::files::remote::Addresses;
use crate::moderation::By;
use crate::moderation::policies::{self, Laid};
use crate::moderation::preview::{self, COUNTED, Cut, Pair, Preview};
use crate::social::page::Severance;
use crate::web::error::WebError;
use crate::web::form::Form as Sent;
use crate::web::frame::{self, see_other_with};
use crate::web::parts::account::AccountChip;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::render::account;

/// Before a policy: what it would cut, and the form. GET parameter: `domain`.
#[derive(Template)]
#[template(path = "review/policies_new.html")]
pub struct NewPage {
    /// The frame.
    pub page: Page,
    /// What was typed.
    pub form: Form,
    /// What is known of the server; `None` until one is named.
    pub found: Option<Found>,
    /// The viewer may lay a policy; others only read.
    pub manages: bool,
}

/// A server before a decision.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its canonical name.
    pub domain: String,
    /// What a suspension would cut, one sentence each.
    pub facts: Vec<String>,
    /// Who of us follows whom there.
    pub following: Vec<Bond>,
    /// Who there follows whom of us.
    pub followers: Vec<Bond>,
    /// What holds above it: sentences.
    pub above: Vec<String>,
    /// The policy that it has; its path at the desk.
    pub holds: Option<String>,
    /// Earlier blocks whose follows can be brought back.
    pub acts: Vec<ActRow>,
}

/// Somebody here and somebody there.
#[derive(Debug, Clone)]
pub struct Bond {
    /// Who lives here.
    pub here: AccountChip,
    /// Who lives there.
    pub there: AccountChip,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        path: "/desk/policies/lay",
        handler: || web::to(lay),
        ..DEED
    },
    Route {
        path: "/desk/policies/new",
        handler: || web::to(new),
        ..ROW
    },
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct About {
    domain: String,
}

/// GET `/desk/policies/new`: nothing is changed by looking.
async fn new(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    about: web::Query<About>,
) -> Result<HttpResponse, WebError> {
    let typed = Typed {
        domain: about.domain.chars().take(300).collect(),
        severity: "suspend".to_owned(),
        ..Typed::default()
    };
    let form = typed.form();
    before(&req, &app, &caller, form, &typed.domain).await
}

async fn before(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    mut form: Form,
    domain: &str,
) -> Result<HttpResponse, WebError> {
    let moderator = caller.moderator()?;
    let now = app.clock.now();
    let found = match domain.trim() {
        "" => None,
        domain => match preview::preview(app, &moderator, domain).await {
            Ok(seen) => {
                let acts = policies::acts(app, &moderator, &seen.domain).await?;
                Some(known(seen, &acts, now, &app.remote_media.addresses))
            }
            Err(Error::Invalid(invalid)) => {
                form = form.error("domain", format!("{}.", invalid.sentence()));
                None
            }
            Err(error) => return Err(error.into()),
        },
    };
    let mut page = frame::page(req, Some(caller), "A policy for another server").await?;
    page.here = Here::Desk;
    page.has_errors = form.has_errors();
    let wrong = form.has_errors();
    let shown = NewPage {
        page,
        form,
        found,
        manages: caller.admin().is_ok(),
    };
    let answer = frame::render(req, &shown)?;
    Ok(match wrong {
        true => frame::refused(answer),
        false => answer,
    })
}

fn known(seen: Preview, acts: &[Severance], now: DateTime<Utc>, at: &Addresses) -> Found {
    let bonds = |pairs: &[Pair]| {
        pairs
            .iter()
            .map(|pair| Bond {
                here: account::chip(&pair.here, at),
                there: account::chip(&pair.there, at),
            })
            .collect()
    };
    Found {
        facts: facts(&seen.cut),
        following: bonds(&seen.following),
        followers: bonds(&seen.followers),
        above: seen
            .above
            .iter()
            .map(|policy| {
                format!(
                    "{} is {} already, and this with it",
                    policy.domain,
                    row(policy, now).does.to_lowercase()
                )
            })
            .collect(),
        holds: seen
            .holds
            .map(|policy| format!("/desk/policies/{}", policy.id)),
        acts: acts.iter().map(|act| act_row(act, now)).collect(),
        domain: seen.domain,
    }
}

/// What a suspension would cut, one sentence each.
pub(super) fn facts(cut: &Cut) -> Vec<String> {
    vec![
        counted(
            cut.following,
            "follow of people there ends",
            "follows of people there end",
        ),
        counted(
            cut.followers,
            "follow by people there ends",
            "follows by people there end",
        ),
        counted(
            cut.accounts,
            "person there is known here",
            "people there are known here",
        ),
        counted(
            cut.posts,
            "post of theirs is kept, and hidden",
            "posts of theirs are kept, and hidden",
        ),
        counted(
            cut.hosts,
            "server of that name or under it is known",
            "servers of that name or under it are known",
        ),
    ]
}

/// `3 posts are kept`; counts end somewhere.
fn counted(n: i64, one: &str, many: &str) -> String {
    match n {
        1 => format!("1 {one}."),
        n if n >= COUNTED => format!("More than {n} {many}."),
        n => format!("{n} {many}."),
    }
}

/// POST `/desk/policies/lay`.
async fn lay(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Typed>,
) -> Result<HttpResponse, WebError> {
    let admin = caller.admin()?;
    let typed = &sent.fields;
    let laid = match typed.terms() {
        Ok(terms) => {
            let by = By::Admin(&admin);
            policies::lay(&app, by, &typed.domain, PolicySource::Staff, terms).await
        }
        Err(error) => Err(error),
    };
    match laid {
        Ok(Laid::New(policy)) => Ok(see_other_with(
            &format!("/desk/policies/{}", policy.id),
            &Flash::done("It holds from now on."),
        )),
        Ok(Laid::Exists(policy)) => Ok(see_other_with(
            &format!("/desk/policies/{}", policy.id),
            &Flash::trouble("There is a policy for this server already. Change it here."),
        )),
        Err(Error::Invalid(invalid)) => {
            let form = typed.form().refused(&invalid);
            before(&req, &app, &caller, form, &typed.domain).await
        }
        Err(error) => Err(error.into()),
    }
}
