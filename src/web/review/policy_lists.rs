//! `/desk/policies/import`, `…/export.csv`: many policies at once.

use std::cmp::Reverse;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use tokio::io::AsyncReadExt;

use crate::app::App;
use crate::domain::Error;
use crate::door::forms::{Upload, lenient};
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::moderation::By;
use crate::moderation::lists::{self, MAX_BYTES, Plan};
use crate::moderation::policies::{Policy, Severity, Terms, rejects_media};
use crate::moderation::preview::follows_in_words;
use crate::web::error::WebError;
use crate::web::form::Form as Sent;
use crate::web::frame::{self, see_other_with};
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};

/// Lines of each sort that the comparison shows; it counts all.
const SHOWN: usize = 200;

/// A list to be imported: pasted or as a file, compared, then confirmed.
#[derive(Template)]
#[template(path = "review/policies_import.html")]
pub struct ImportPage {
    /// The frame.
    pub page: Page,
    /// The text of the list.
    pub form: Form,
    /// What it would do; `None` until there is one.
    pub plan: Option<PlanShown>,
}

/// What a list would do.
#[derive(Debug, Clone, Default)]
pub struct PlanShown {
    /// How many are new.
    pub added_count: usize,
    /// How many are changed.
    pub changed_count: usize,
    /// How many are left as they are.
    pub skipped_count: usize,
    /// New: name and what it does.
    pub added: Vec<(String, String)>,
    /// Changed: name, what it does now and then.
    pub changed: Vec<(String, String)>,
    /// Left as it is: name and why.
    pub skipped: Vec<(String, String)>,
    /// Follows that it would end, in words; `None` where it would end none.
    pub ends: Option<String>,
}

impl PlanShown {
    /// Policies that would be laid or changed.
    pub fn total(&self) -> usize {
        self.added_count + self.changed_count
    }

    /// Whether there are more of a sort than are shown.
    pub fn is_cut(&self, count: &usize) -> bool {
        *count > SHOWN
    }
}

const ROW: Route = Route {
    method: "GET",
    path: "/desk/policies/import",
    access: Access::Admin,
    pending: Pending::Refused,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: web::get,
};

const DEED: Route = Route {
    method: "POST",
    rate: Rate::Write,
    ..ROW
};

/// The routes of this file; they come before `/desk/policies/{id}`.
pub const ROUTES: &[Route] = &[
    Route {
        handler: || web::to(ask),
        ..ROW
    },
    Route {
        handler: || web::to(import),
        ..DEED
    },
    Route {
        path: "/desk/policies/export.csv",
        access: Access::Moderation,
        handler: || web::to(export),
        ..ROW
    },
];

/// GET `/desk/policies/import`.
async fn ask(req: HttpRequest, caller: Caller) -> Result<HttpResponse, WebError> {
    import_page(&req, &caller, Form::new(), None).await
}

async fn import_page(
    req: &HttpRequest,
    caller: &Caller,
    form: Form,
    plan: Option<PlanShown>,
) -> Result<HttpResponse, WebError> {
    let mut page = frame::page(req, Some(caller), "Import a list").await?;
    page.here = Here::Desk;
    page.has_errors = form.has_errors();
    let wrong = form.has_errors();
    let answer = frame::render(req, &ImportPage { page, form, plan })?;
    Ok(match wrong {
        true => frame::refused(answer),
        false => answer,
    })
}

#[derive(Deserialize)]
struct List {
    #[serde(default, deserialize_with = "lenient::string")]
    csv: String,
    #[serde(default, deserialize_with = "lenient::boolean")]
    sure: bool,
}

/// POST `/desk/policies/import`: compares, and lays what was compared when it comes back.
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
    let done = match sent.fields.sure {
        true => lists::import(&app, By::Admin(&admin), &text).await,
        false => lists::plan(&app, &text).await,
    };
    match done {
        Ok(plan) if sent.fields.sure => {
            let said = format!(
                "{} laid, {} changed, {} left as they were.",
                plan.added.len(),
                plan.changed.len(),
                plan.skipped.len()
            );
            Ok(see_other_with("/desk/policies", &Flash::done(said)))
        }
        Ok(plan) => import_page(&req, &caller, form, Some(shown(&plan))).await,
        Err(Error::Invalid(invalid)) => {
            let form = form.error("csv", format!("{}.", invalid.sentence()));
            import_page(&req, &caller, form, None).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The text of a list that came as a file.
pub(super) async fn read(file: &Upload) -> Result<String, Error> {
    let mut bytes = Vec::new();
    let opened = tokio::fs::File::open(file.path()).await?;
    // One more than is allowed, so that too long a list is seen to be one.
    let mut some = opened.take(MAX_BYTES as u64 + 1);
    some.read_to_end(&mut bytes).await?;
    String::from_utf8(bytes).map_err(|_| Error::invalid("The file is no text"))
}

/// What ends the most follows stands first: of a long list only some is shown.
fn shown(plan: &Plan) -> PlanShown {
    let ends = |domain: &str| plan.ends_at.get(domain).copied().unwrap_or_default();
    let weight = |domain: &str| Reverse(ends(domain).following + ends(domain).followers);
    let mut added: Vec<&(String, Terms)> = plan.added.iter().collect();
    added.sort_by_key(|(domain, _)| weight(domain));
    let mut changed: Vec<&(Policy, Terms)> = plan.changed.iter().collect();
    changed.sort_by_key(|(before, _)| weight(&before.domain));
    let and_ends = |words: String, domain: &str| match follows_in_words(ends(domain)) {
        Some(follows) => format!("{words}; ends {follows}"),
        None => words,
    };
    PlanShown {
        added_count: plan.added.len(),
        changed_count: plan.changed.len(),
        skipped_count: plan.skipped.len(),
        added: added
            .into_iter()
            .take(SHOWN)
            .map(|(domain, terms)| (domain.clone(), and_ends(in_words(terms), domain)))
            .collect(),
        changed: changed
            .into_iter()
            .take(SHOWN)
            .map(|(before, terms)| {
                let (then, now) = (in_words(terms), in_words(&before.terms));
                let words = match then == now {
                    true => format!("{then}, with another comment"),
                    false => format!("{then}; so far {now}"),
                };
                let domain = before.domain.clone();
                (domain, and_ends(words, &before.domain))
            })
            .collect(),
        skipped: plan.skipped.iter().take(SHOWN).cloned().collect(),
        ends: follows_in_words(plan.ends),
    }
}

/// `suspended, no media`.
fn in_words(terms: &Terms) -> String {
    let mut words = vec![match Severity::of(terms) {
        Severity::Suspend => "suspended",
        Severity::Silence => "limited",
        Severity::Noop => "people as usual",
    }];
    for (is, what) in [
        (rejects_media(terms), "no media"),
        (terms.reject_reports, "no reports"),
        (terms.obfuscate, "name hidden"),
    ] {
        if is {
            words.push(what);
        }
    }
    words.join(", ")
}

/// GET `/desk/policies/export.csv`.
async fn export(app: web::Data<App>, caller: Caller) -> Result<HttpResponse, WebError> {
    caller.moderator()?;
    Ok(file("domain_blocks.csv", lists::export(&app).await?))
}

/// A file to be kept, never to be shown as a page.
pub fn file(name: &str, text: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ))
        .body(text)
}
