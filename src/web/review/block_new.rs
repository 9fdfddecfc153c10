//! `/desk/blocks/new`: whom a block would touch, before it is laid. Looking changes nothing.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::TimeDelta;

use super::blocks::Typed;
use crate::app::App;
use crate::domain::block_severity::BlockSeverity;
use crate::domain::{Error, Id};
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::blocks::waiting::Applied;
use crate::gate::blocks::{self, Wanted, rule, waiting};
use crate::web::error::WebError;
use crate::web::form::Form as Sent;
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};

/// Days after which a block of a network may end.
const DAYS: [i64; 5] = [1, 3, 14, 90, 365];

/// A block before it is laid. GET: `kind`, `value`, `hosts`, `whole`, `looked`; posts the same
/// with `severity`, `days`, `comment`, `apply` to `/desk/blocks`.
#[derive(Template)]
#[template(path = "review/block_new.html")]
pub struct BlockNewPage {
    /// The frame.
    pub page: Page,
    /// What was typed, and what is to be mended.
    pub form: Form,
    /// `network`, `mail`, `name`.
    pub kind: String,
    /// What is to be typed, in words.
    pub label: &'static str,
    /// Days after which it may end, with whether each is chosen.
    pub days: Vec<(i64, bool)>,
    /// Whom it would touch; `None` until something was named.
    pub found: Option<FoundBlock>,
}

/// Whom a block would touch.
#[derive(Debug, Clone)]
pub struct FoundBlock {
    /// What is blocked, in words.
    pub what: String,
    /// How many who wait.
    pub count: usize,
    /// Some of them: application and name.
    pub samples: Vec<(Id, String)>,
}

const GET: Route = Route {
    method: "GET",
    path: "/desk/blocks/new",
    access: Access::Admin,
    pending: Pending::Refused,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: || web::to(look),
};

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    GET,
    Route {
        method: "POST",
        path: "/desk/blocks",
        rate: Rate::Write,
        handler: || web::to(lay),
        ..GET
    },
];

/// GET `/desk/blocks/new`.
async fn look(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    typed: web::Query<Typed>,
) -> Result<HttpResponse, WebError> {
    page(&req, &app, &caller, &typed, None).await
}

async fn page(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    typed: &Typed,
    refused: Option<&Error>,
) -> Result<HttpResponse, WebError> {
    let admin = caller.admin()?;
    let kind = match typed.kind.as_str() {
        "mail" | "name" => typed.kind.clone(),
        _ => "network".to_owned(),
    };
    let label = match kind.as_str() {
        "mail" => "Mail domain",
        "name" => "Name, or a part of one",
        _ => "Address or network",
    };
    // The box of the servers is ticked to begin with, and stays as it was left.
    let fresh = typed.severity.is_empty() && typed.looked.is_empty();
    let hosts = if fresh { "1" } else { typed.hosts.as_str() };
    let mut form = Form::new()
        .with("value", typed.value.clone())
        .with("severity", typed.severity.clone())
        .with("comment", typed.comment.clone())
        .with("hosts", hosts)
        .with("whole", typed.whole.clone());
    let asked = Typed {
        kind: kind.clone(),
        hosts: hosts.to_owned(),
        ..typed.clone()
    };
    let rule = match typed.value.trim() {
        "" => None,
        _ => match asked.rule() {
            Ok(rule) => Some(rule),
            Err(Error::Invalid(invalid)) => {
                form = trouble(form, &Error::Invalid(invalid), label);
                None
            }
            Err(error) => return Err(error.into()),
        },
    };
    if let Some(error) = refused
        && !form.has_errors()
    {
        form = trouble(form, error, label);
    }
    let found = match &rule {
        Some(rule) => {
            let touched = waiting::look(app, &admin, rule).await?;
            Some(FoundBlock {
                what: rule.words(),
                count: touched.count,
                samples: touched.samples,
            })
        }
        None => None,
    };
    let mut page = frame::page(req, Some(caller), "A block at the door").await?;
    page.here = Here::Desk;
    page.has_errors = form.has_errors();
    let failed = page.has_errors;
    let days = |n: i64| (n, typed.days == n.to_string());
    let shown = BlockNewPage {
        page,
        form,
        kind,
        label,
        days: DAYS.into_iter().map(days).collect(),
        found,
    };
    let answer = frame::render(req, &shown)?;
    Ok(if failed {
        frame::refused(answer)
    } else {
        answer
    })
}

/// Notes what is wrong, beside the one field that every kind has, or the comment.
fn trouble(form: Form, error: &Error, label: &str) -> Form {
    let Error::Invalid(invalid) = error else {
        return form.error("", error.sentence());
    };
    match invalid.fields.first() {
        Some(first) if first.field == "comment" => {
            form.error("comment", format!("The note {}.", first.description))
        }
        Some(first) => form.error("value", format!("{label}: it {}.", first.description)),
        None => form.error("", invalid.sentence()),
    }
}

/// POST `/desk/blocks`.
async fn lay(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Typed>,
) -> Result<HttpResponse, WebError> {
    let admin = caller.admin()?;
    let typed = sent.fields;
    let laid = match wanted(&app, &typed) {
        Ok(wanted) => blocks::lay(&app, &admin, &wanted, typed.apply == "1")
            .await
            .map(|laid| (laid, wanted)),
        Err(error) => Err(error),
    };
    let (laid, wanted) = match laid {
        Ok(done) => done,
        Err(error @ Error::Invalid(_)) => {
            return page(&req, &app, &caller, &typed, Some(&error)).await;
        }
        Err(error) => return Err(error.into()),
    };
    let (applied, severity) = (laid.applied, wanted.severity);
    let said = said(severity, &applied);
    let flash = match applied.held {
        Some(why) => Flash::trouble(format!("{said} {why}")),
        None => Flash::done(said),
    };
    // The page of the act names who was left out, and takes it back.
    let to = match applied.acts.first() {
        Some(act) => format!("/desk/bulk/{act}"),
        None => "/desk/blocks".to_owned(),
    };
    Ok(frame::see_other_with(&to, &flash))
}

/// What became of those who wait.
fn said(severity: BlockSeverity, applied: &Applied) -> String {
    let deed = match severity {
        BlockSeverity::Refuse => "refused in silence",
        BlockSeverity::Aside => "put aside",
    };
    let done = match applied.count {
        0 => "Laid.".to_owned(),
        n => format!("Laid, and {n} who waited were {deed}."),
    };
    match applied.left_out {
        0 => done,
        1 => format!("{done} One was left out."),
        n => format!("{done} {n} were left out."),
    }
}

fn wanted(app: &App, typed: &Typed) -> Result<Wanted, Error> {
    let days = typed.days.parse().ok().filter(|days| DAYS.contains(days));
    Ok(Wanted {
        rule: typed.rule()?,
        severity: BlockSeverity::from_name(&typed.severity).unwrap_or(BlockSeverity::Refuse),
        comment: rule::comment(&typed.comment)?,
        expires_at: days.map(|days| app.clock.now() + TimeDelta::days(days)),
    })
}
