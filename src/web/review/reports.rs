//! `/desk/reports`: what was reported and nobody has closed yet.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use serde_json::Value;

use super::queue::opened_by_hand;
use crate::app::App;
use crate::domain::{Error, ids};
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::files::remote::Addresses;
use crate::social::report::{self, PAGE, Shown};
use crate::web::error::WebError;
use crate::web::form::Form;
use crate::web::frame;
use crate::web::parts::account::AccountChip;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;
use crate::web::parts::pager::Pager;
use crate::web::render::account;

/// One page of reports. GET parameter: `before`, an id.
#[derive(Template)]
#[template(path = "review/reports.html")]
pub struct ReportsPage {
    /// The frame.
    pub page: Page,
    /// Newest first.
    pub rows: Vec<ReportRow>,
    /// Older ones.
    pub pager: Pager,
}

/// One report.
#[derive(Debug, Clone)]
pub struct ReportRow {
    /// Its id, as text.
    pub id: String,
    /// Whom it is about.
    pub target: AccountChip,
    /// Who reports: a handle, or a server's domain.
    pub from: String,
    /// What is wrong, in a word.
    pub category: &'static str,
    /// What is wrong; text, may be empty.
    pub comment: String,
    /// When it came.
    pub created_at: Moment,
    /// Posts as they stood: path and sanitised HTML.
    pub posts: Vec<ReportedPost>,
}

/// A post as it stood when it was reported.
#[derive(Debug, Clone)]
pub struct ReportedPost {
    /// Where it is, if it still is.
    pub path: String,
    /// Content warning as text; empty for none.
    pub spoiler: String,
    /// Sanitised HTML.
    pub content_html: String,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/desk/reports",
        access: Access::Moderation,
        pending: Pending::Refused,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/desk/reports/{id}/close",
        access: Access::Moderation,
        pending: Pending::Refused,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(close),
    },
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wish {
    before: String,
}

/// GET `/desk/reports`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    wish: web::Query<Wish>,
) -> Result<HttpResponse, WebError> {
    let moderator = caller.moderator()?;
    let (below, by_hand) = (ids::parse(&wish.before), opened_by_hand(&req));
    let found = report::open(&app, &moderator, below, by_hand).await?;
    let now = app.clock.now();
    let mut page = frame::page(&req, Some(&caller), "Reports").await?;
    page.here = Here::Desk;
    let older = found
        .last()
        .filter(|_| found.len() as i64 == PAGE)
        .map(|last| format!("/desk/reports?before={}", last.report.id));
    let shown = ReportsPage {
        page,
        rows: found
            .iter()
            .map(|one| row(one, now, &app.remote_media.addresses))
            .collect(),
        pager: Pager { newer: None, older },
    };
    frame::render(&req, &shown)
}

/// POST `/desk/reports/ID/close`.
async fn close(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    _form: Form<Nothing>,
) -> Result<HttpResponse, WebError> {
    let moderator = caller.moderator()?;
    let id = ids::parse(&path).ok_or(Error::NotFound)?;
    report::close(&app, &moderator, id).await?;
    Ok(frame::see_other_with(
        "/desk/reports",
        &Flash::done("Closed."),
    ))
}

/// A form of one button.
#[derive(Deserialize)]
struct Nothing {}

fn row(shown: &Shown, now: chrono::DateTime<chrono::Utc>, at: &Addresses) -> ReportRow {
    let report = &shown.report;
    let target = account::chip(&shown.target, at);
    let posts = report
        .posts
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    ReportRow {
        id: report.id.to_string(),
        from: match (&report.domain, &shown.from) {
            (Some(domain), _) => domain.clone(),
            (None, Some(account)) => format!("@{}", account.acct()),
            (None, None) => "somebody who is gone".to_owned(),
        },
        category: match report.category.as_str() {
            "spam" => "Spam",
            "violation" => "Against the rules",
            "legal" => "Against the law",
            _ => "Something else",
        },
        comment: report.comment.clone(),
        created_at: Moment::new(report.created_at, now),
        posts: posts
            .iter()
            .map(|post| reported(post, &target.path))
            .collect(),
        target,
    }
}

fn reported(post: &Value, profile: &str) -> ReportedPost {
    let text = |name: &str| post[name].as_str().unwrap_or_default().to_owned();
    ReportedPost {
        path: format!("{profile}/{}", post["id"]),
        spoiler: text("spoiler_text"),
        content_html: text("html"),
    }
}
