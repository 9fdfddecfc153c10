//! `/desk/questions/new` and `/desk/questions/ID`: writing a question, with a preview.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde_json::Value;

use super::charts::version_words;
use super::questions::{kind_words, languages_of};
use crate::app::App;
use crate::domain::error::Invalid;
use crate::domain::{Error, Result, ids};
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::questions::edit::{self, MAX_HELP, MAX_LABEL, Wording};
use crate::gate::questions::pick::POOLS;
use crate::gate::questions::statistics::{self, Asked};
use crate::model::question::{QuestionKind, QuestionVersion};
use crate::text::{clean, language};
use crate::web::apply::form::Question;
use crate::web::error::WebError;
use crate::web::form::Form as Sent;
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};

/// The editor. Posts `kind`, `label_LANGUAGE`, `help_LANGUAGE`, `add_language`, `choices`,
/// `required`, `max_length`, `pool`; with `preview` nothing is saved.
#[derive(Template)]
#[template(path = "review/question.html")]
pub struct QuestionPage {
    /// The frame.
    pub page: Page,
    /// Where the form goes.
    pub action: String,
    /// It exists already, in so many versions.
    pub version: Option<i32>,
    /// May change it.
    pub admin: bool,
    /// What is written.
    pub form: Form,
    /// Kinds: value and words.
    pub kinds: Vec<(&'static str, &'static str)>,
    /// Languages with fields of their own: tag and name.
    pub languages: Vec<(String, String)>,
    /// Languages that could be added.
    pub more_languages: Vec<(String, String)>,
    /// Pools there are.
    pub pools: Vec<i16>,
    /// How applicants see it, language by language; empty before a preview.
    pub preview: Vec<(String, Question)>,
    /// Longest question and longest line below, in characters.
    pub max: (usize, usize),
    /// Each version, the newest first: its number, its words, and its figures as
    /// [`version_words`] gives them.
    pub versions: Vec<(i32, String, [String; 6])>,
    /// An empty form for the preview.
    pub blank: Form,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/desk/questions/{id}",
        access: Access::Desk,
        pending: Pending::Refused,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/desk/questions/{id}",
        access: Access::Admin,
        pending: Pending::Refused,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(send),
    },
];

/// The id in the path; `None` for a new one.
fn question_of(path: &str) -> Result<Option<i64>> {
    match path {
        "new" => Ok(None),
        id => Ok(Some(ids::parse(id).ok_or(Error::NotFound)?)),
    }
}

/// GET `/desk/questions/ID`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let reviewer = caller.reviewer()?;
    let known = match question_of(&path)? {
        Some(id) => Some(edit::find(&app, &reviewer, id).await?.0),
        None => None,
    };
    let mut tags = places_languages(&app).await?;
    let mut form = Form::new();
    match &known {
        Some(asked) => {
            tags.extend(languages_of(&asked.version));
            form = form_of(asked);
        }
        None => {
            form = form
                .with("kind", "long")
                .with("required", "1")
                .with("max_length", "2000")
                .with("pool", "0");
        }
    }
    let preview = known.as_ref().map(|asked| &asked.version);
    let known = known.as_ref().map(|asked| asked.version.version);
    answer(&req, (&app, &caller), &path, known, form, tags, preview).await
}

/// POST `/desk/questions/ID`: saves it, or shows it as applicants would see it.
async fn send(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    sent: Sent<BTreeMap<String, Value>>,
) -> Result<HttpResponse, WebError> {
    let admin = caller.admin()?;
    let question = question_of(&path)?;
    let fields = &sent.fields;
    let wording = wording_of(fields)?;
    let only_look = fields.contains_key("preview") || fields.contains_key("add");
    let refused = match only_look {
        true => edit::check(&wording).err(),
        false => match edit::save(&app, &admin, question, &wording).await {
            Ok(_) => {
                let said =
                    "Saved. New forms ask it like this; answers keep the words they were given to.";
                return Ok(frame::see_other_with("/desk/questions", &Flash::done(said)));
            }
            Err(Error::Invalid(invalid)) => Some(invalid),
            Err(error) => return Err(error.into()),
        },
    };
    let mut tags = places_languages(&app).await?;
    tags.extend(wording.labels.keys().cloned());
    tags.extend(language::normalise(&text_of(fields.get("add_language"))));
    let mut form = typed(fields);
    if let Some(invalid) = refused.as_ref().filter(|_| !fields.contains_key("add")) {
        form = blame(form, invalid, &tags);
    }
    let known = match question {
        Some(id) => Some(edit::find(&app, &caller.reviewer()?, id).await?.0),
        None => None,
    };
    let preview = edit::check(&wording).ok();
    let known = known.map(|asked| asked.version.version);
    answer(
        &req,
        (&app, &caller),
        &path,
        known,
        form,
        tags,
        preview.as_ref(),
    )
    .await
}

async fn answer(
    req: &HttpRequest,
    (app, caller): (&App, &Caller),
    path: &str,
    version: Option<i32>,
    form: Form,
    tags: BTreeSet<String>,
    preview: Option<&QuestionVersion>,
) -> Result<HttpResponse, WebError> {
    let title = match version {
        Some(_) => "A question",
        None => "A new question",
    };
    let versions = match question_of(path)? {
        Some(id) => statistics::of_versions(app, &caller.reviewer()?, id).await?,
        None => Vec::new(),
    };
    let versions = versions.iter().map(|(version, figures)| {
        let words = clean::excerpt(&version.label("en"), 80);
        (version.version, words, version_words(figures))
    });
    let mut page = frame::page(req, Some(caller), title).await?;
    page.here = Here::Desk;
    page.has_errors = form.has_errors();
    let named = |tag: &String| {
        let name = language::native_name(tag).unwrap_or(tag);
        (tag.clone(), name.to_owned())
    };
    let more_languages = crate::web::home::compose::all_languages()
        .into_iter()
        .filter(|(tag, _)| !tags.contains(tag))
        .collect();
    let failed = page.has_errors;
    let shown = QuestionPage {
        page,
        action: format!("/desk/questions/{path}"),
        version,
        admin: caller.admin().is_ok(),
        kinds: QuestionKind::ALL
            .iter()
            .map(|kind| (kind.as_str(), kind_words(*kind)))
            .collect(),
        languages: tags.iter().take(edit::MOST_LANGUAGES).map(named).collect(),
        more_languages,
        pools: (1..=POOLS).collect(),
        preview: preview.map(as_seen).unwrap_or_default(),
        max: (MAX_LABEL, MAX_HELP),
        versions: versions.collect(),
        blank: Form::new(),
        form,
    };
    let response = frame::render(req, &shown)?;
    Ok(match failed {
        true => frame::refused(response),
        false => response,
    })
}

/// A question as applicants see it, in each language that it is written in.
fn as_seen(version: &QuestionVersion) -> Vec<(String, Question)> {
    languages_of(version)
        .into_iter()
        .map(|tag| {
            let question = Question {
                id: format!("preview_{tag}"),
                ..Question::new(version, &tag)
            };
            (tag, question)
        })
        .collect()
}

/// The languages of the place, English among them.
async fn places_languages(app: &App) -> Result<BTreeSet<String>> {
    let mut tags: BTreeSet<String> = app.instance().await?.languages.iter().cloned().collect();
    tags.insert("en".to_owned());
    Ok(tags)
}

fn form_of(asked: &Asked) -> Form {
    let version = &asked.version;
    let mut form = Form::new()
        .with("kind", version.kind.as_str())
        .with("choices", version.choice_list().join("\n"))
        .with("required", if version.required { "1" } else { "" })
        .with("max_length", version.max_length.to_string())
        .with("pool", asked.pool.to_string());
    for (name, words) in [("label", &version.labels), ("help", &version.helps)] {
        for (tag, text) in words.as_object().into_iter().flatten() {
            form = form.with(format!("{name}_{tag}"), text.as_str().unwrap_or_default());
        }
    }
    form
}

fn wording_of(fields: &BTreeMap<String, Value>) -> Result<Wording> {
    let text = |name: &str| text_of(fields.get(name));
    let words = |prefix: &str| {
        fields
            .iter()
            .filter_map(|(name, value)| {
                let tag = name.strip_prefix(prefix)?;
                Some((tag.to_owned(), text_of(Some(value))))
            })
            .collect()
    };
    Ok(Wording {
        kind: QuestionKind::from_name(&text("kind"))
            .ok_or_else(|| Error::BadRequest("Nobody offered that kind of question.".into()))?,
        labels: words("label_"),
        helps: words("help_"),
        choices: text("choices"),
        required: text("required") == "1",
        max_length: text("max_length").trim().parse().unwrap_or(0),
        pool: text("pool").trim().parse().unwrap_or(-1),
    })
}

/// Everything as it was typed.
fn typed(fields: &BTreeMap<String, Value>) -> Form {
    let mut form = Form::new();
    for (name, value) in fields {
        if name != "csrf" {
            form = form.with(name.clone(), text_of(Some(value)));
        }
    }
    form
}

/// Words of all languages have fields of their own: what is wrong with them is said at the
/// first.
fn blame(mut form: Form, invalid: &Invalid, tags: &BTreeSet<String>) -> Form {
    let first = tags.iter().next().map_or("en", String::as_str);
    if invalid.fields.is_empty() {
        return form.error("", invalid.sentence());
    }
    for trouble in &invalid.fields {
        let (field, name) = match trouble.field.as_ref() {
            "label" => (format!("label_{first}"), "The question"),
            "help" => (format!("help_{first}"), "The line below"),
            "choices" => ("choices".to_owned(), "The choices"),
            "max_length" => ("max_length".to_owned(), "The longest answer"),
            other => (other.to_owned(), "The pool"),
        };
        form = form.error(field, format!("{name} {}.", trouble.description));
    }
    form
}

fn text_of(value: Option<&Value>) -> String {
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}
