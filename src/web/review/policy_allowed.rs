//! `/desk/policies/allowed`: who is spoken with where only some are, one by one and as a list.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::policy_lists::{file, read};
use crate::app::App;
use crate::domain::{Error, Page as Cursors, ids};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::moderation::allows::{self, Allow};
use crate::moderation::{By, allow_lists};
use crate::web::error::WebError;
use crate::web::form::Form as Sent;
use crate::web::frame::{self, see_other_with};
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;
use crate::web::parts::pager::Pager;

/// Allowed servers on a page.
const PAGE: i64 = 50;
/// Lines of a list that are said to be wrong, with the reason; it counts all.
const EXPLAINED: usize = 5;

/// Allowed servers.
#[derive(Template)]
#[template(path = "review/policies_allowed.html")]
pub struct AllowedPage {
    /// The frame.
    pub page: Page,
    /// What was typed.
    pub form: Form,
    /// The viewer may allow and disallow; others only read.
    pub manages: bool,
    /// Newest first.
    pub rows: Vec<AllowRow>,
    /// Older ones.
    pub pager: Pager,
}

/// One of them.
#[derive(Debug, Clone)]
pub struct AllowRow {
    /// Its id, as text.
    pub id: String,
    /// The server.
    pub domain: String,
    /// Since when.
    pub since: Moment,
}

const ROW: Route = Route {
    method: "GET",
    path: "/desk/policies/allowed",
    access: Access::Moderation,
    pending: Pending::Refused,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: web::get,
};

const DEED: Route = Route {
    method: "POST",
    access: Access::Admin,
    rate: Rate::Write,
    ..ROW
};

/// The routes of this file; they come before `/desk/policies/{id}`.
pub const ROUTES: &[Route] = &[
    Route {
        handler: || web::to(allowed),
        ..ROW
    },
    Route {
        handler: || web::to(allow),
        ..DEED
    },
    Route {
        path: "/desk/policies/allowed/export.csv",
        handler: || web::to(export),
        ..ROW
    },
    Route {
        path: "/desk/policies/allowed/import",
        handler: || web::to(import),
        ..DEED
    },
    Route {
        path: "/desk/policies/allowed/{id}/remove",
        handler: || web::to(remove),
        ..DEED
    },
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Before {
    before: String,
}

/// GET `/desk/policies/allowed`.
async fn allowed(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    wish: web::Query<Before>,
) -> Result<HttpResponse, WebError> {
    let before = ids::parse(&wish.before);
    allowed_page(&req, &app, &caller, Form::new(), before).await
}

async fn allowed_page(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    form: Form,
    before: Option<i64>,
) -> Result<HttpResponse, WebError> {
    let mut cursors = Cursors::newest(PAGE);
    cursors.max_id = before;
    let found = allows::list(app, &caller.moderator()?, &cursors).await?;
    let now = app.clock.now();
    let mut page = frame::page(req, Some(caller), "Allowed servers").await?;
    page.here = Here::Desk;
    page.has_errors = form.has_errors();
    let wrong = form.has_errors();
    let older = found
        .last()
        .filter(|_| found.len() as i64 == PAGE)
        .map(|last| format!("/desk/policies/allowed?before={}", last.id));
    let row = |allow: &Allow| AllowRow {
        id: allow.id.to_string(),
        domain: allow.domain.clone(),
        since: Moment::new(allow.created_at, now),
    };
    let shown = AllowedPage {
        page,
        form,
        manages: caller.admin().is_ok(),
        rows: found.iter().map(row).collect(),
        pager: Pager { newer: None, older },
    };
    let answer = frame::render(req, &shown)?;
    Ok(match wrong {
        true => frame::refused(answer),
        false => answer,
    })
}

#[derive(Deserialize)]
struct Named {
    #[serde(default, deserialize_with = "lenient::string")]
    domain: String,
}

/// POST `/desk/policies/allowed`.
async fn allow(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Named>,
) -> Result<HttpResponse, WebError> {
    let admin = caller.admin()?;
    let typed = &sent.fields.domain;
    match allows::allow(&app, By::Admin(&admin), typed).await {
        Ok(_) => Ok(see_other_with(
            "/desk/policies/allowed",
            &Flash::done("Allowed."),
        )),
        Err(Error::Invalid(invalid)) => {
            let form = Form::new()
                .with("domain", typed)
                .error("domain", format!("{}.", invalid.sentence()));
            allowed_page(&req, &app, &caller, form, None).await
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
struct List {
    #[serde(default, deserialize_with = "lenient::string")]
    csv: String,
}

/// POST `/desk/policies/allowed/import`: all of a list.
async fn import(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    mut sent: Sent<List>,
) -> Result<HttpResponse, WebError> {
    let admin = caller.admin()?;
    let mut text = std::mem::take(&mut sent.fields.csv);
    if let Some(file) = sent.files.take("file") {
        let from_file = read(&file).await?;
        // A field that nobody chose a file for may come all the same.
        if !from_file.is_empty() {
            text = from_file;
        }
    }
    let form = Form::new().with("csv", &text);
    match allow_lists::import(&app, By::Admin(&admin), &text).await {
        Ok(done) if done.skipped.is_empty() => Ok(see_other_with(
            "/desk/policies/allowed",
            &Flash::done(done.in_words()),
        )),
        // The rest is allowed; what could not be read stays in the form, and why.
        Ok(done) => {
            let left: Vec<&str> = done.skipped.iter().map(|(name, _)| name.as_str()).collect();
            let why = |(name, why): &(String, String)| format!("{name}: {why}");
            let some: Vec<String> = done.skipped.iter().take(EXPLAINED).map(why).collect();
            let said = format!("{} {}", done.in_words(), some.join(" "));
            let form = Form::new().with("csv", left.join("\n")).error("csv", said);
            allowed_page(&req, &app, &caller, form, None).await
        }
        Err(Error::Invalid(invalid)) => {
            let form = form.error("csv", format!("{}.", invalid.sentence()));
            allowed_page(&req, &app, &caller, form, None).await
        }
        Err(error) => Err(error.into()),
    }
}

/// GET `/desk/policies/allowed/export.csv`.
async fn export(app: web::Data<App>, caller: Caller) -> Result<HttpResponse, WebError> {
    caller.moderator()?;
    Ok(file("domain_allows.csv", allow_lists::export(&app).await?))
}

/// POST `/desk/policies/allowed/ID/remove`.
async fn remove(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    _sent: Sent<crate::web::form::Nothing>,
) -> Result<HttpResponse, WebError> {
    let admin = caller.admin()?;
    let id = ids::parse(&path).ok_or(Error::NotFound)?;
    allows::disallow(&app, By::Admin(&admin), id).await?;
    Ok(see_other_with(
        "/desk/policies/allowed",
        &Flash::done("It is allowed no longer."),
    ))
}
