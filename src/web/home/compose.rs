//! `/compose` and `/compose?in_reply_to=ID`: the page for writing, and where every box for
//! writing posts to.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use serde_json::Value;

use crate::app::App;
use crate::app::federation::Network;
use crate::domain::error::Invalid;
use crate::domain::visibility::Visibility;
use crate::domain::{Error, Id, Result};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::{Member, drafts};
use crate::secrets::token::Secret;
use crate::social::page::{self, Shown};
use crate::social::shown;
use crate::social::statuses::compose::{Defaults, Post};
use crate::social::statuses::{named, post};
use crate::text::language;
use crate::text::length::MAX_STATUS;
use crate::text::poll::Poll;
use crate::web::error::WebError;
use crate::web::form::Form as Sent;
use crate::web::frame::{self, see_other_with, way_back};
use crate::web::home::compose_pictures::{self, Chosen, Kept, Pen};
use crate::web::parts::compose::ComposeForm;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::poll;
use crate::web::render::status::Eyes;

/// A post, or a reply with what it answers above it.
#[derive(Template)]
#[template(path = "home/compose.html")]
pub struct ComposePage {
    /// The frame.
    pub page: Page,
    /// The box.
    pub compose: ComposeForm,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/compose",
        access: Access::Session,
        pending: Pending::Refused,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/compose",
        access: Access::Session,
        pending: Pending::Refused,
        rate: Rate::Post,
        caching: Caching::Private,
        handler: || web::to(send),
    },
];

/// Where writing may begin: at a status, or at a person.
#[derive(Deserialize)]
struct Begin {
    #[serde(default, deserialize_with = "lenient::opt_id")]
    in_reply_to: Option<Id>,
    #[serde(default, deserialize_with = "lenient::string")]
    to: String,
}

/// What the box sends. Pictures are the files `media_1` to `media_4`.
#[derive(Deserialize)]
pub struct Written {
    #[serde(default, deserialize_with = "lenient::string")]
    text: String,
    #[serde(default, deserialize_with = "lenient::string")]
    spoiler_text: String,
    #[serde(default, deserialize_with = "lenient::string")]
    visibility: String,
    #[serde(default, deserialize_with = "lenient::string")]
    language: String,
    #[serde(default, deserialize_with = "lenient::opt_id")]
    in_reply_to: Option<Id>,
    #[serde(default, deserialize_with = "lenient::string")]
    idempotency_key: String,
    #[serde(default, deserialize_with = "lenient::string")]
    return_to: String,
    #[serde(default, deserialize_with = "lenient::boolean")]
    sensitive: bool,
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub(super) as_draft: bool,
    /// Everything else: `alt_1` …, the fields of pictures that are kept (`compose_pictures.rs`) and
    /// those of a poll (`parts/poll.rs`).
    #[serde(flatten)]
    more: BTreeMap<String, Value>,
}

impl Written {
    /// What it asks.
    fn poll(&self) -> Option<Poll> {
        poll::wanted(|name| {
            let value = self.more.get(name);
            value.and_then(Value::as_str).unwrap_or_default()
        })
    }

    /// The field of a picture in its place, or nothing.
    pub(super) fn more(&self, name: &str, place: usize) -> &str {
        let value = self.more.get(&format!("{name}_{place}"));
        value.and_then(Value::as_str).unwrap_or_default()
    }
}

/// A box with nothing in it but the member's defaults, for the page at `return_to`.
pub fn blank(app: &App, who: &Member, return_to: &str) -> ComposeForm {
    let defaults = Defaults::of(who.user());
    let spoken = defaults.spoken(who.user()).unwrap_or_else(|| "en".into());
    let form = Form::new()
        .with("visibility", defaults.visibility.as_str())
        .with("sensitive", if defaults.sensitive { "1" } else { "" })
        .with("language", &spoken);
    ComposeForm {
        form: poll::filled(form, None),
        max_chars: MAX_STATUS as i64,
        idempotency_key: Secret::random().reveal().to_owned(),
        reply_to: None,
        languages: few_languages(app, &spoken),
        return_to: return_to.to_owned(),
        kept: Vec::new(),
    }
}

/// A box that answers `to`: for the same people at the most, and naming those who talk.
pub fn answering(app: &App, who: &Member, to: &Shown, eyes: &Eyes, return_to: &str) -> ComposeForm {
    let mut compose = blank(app, who, return_to);
    let own = Defaults::of(who.user()).visibility;
    let visibility = page::narrower(own, to.parts.visibility);
    let mut named: Vec<String> = Vec::new();
    if to.parts.account_id != who.account_id() {
        named.push(to.author.acct());
    }
    for mention in &to.parts.mentions {
        let handle = match &mention.domain {
            Some(domain) => format!("{}@{domain}", mention.username),
            None => mention.username.clone(),
        };
        if mention.id != who.account_id() && !named.contains(&handle) {
            named.push(handle);
        }
    }
    let text: String = named.iter().map(|handle| format!("@{handle} ")).collect();
    compose.form = compose
        .form
        .with("visibility", visibility.as_str())
        .with("spoiler_text", &to.parts.spoiler_text)
        .with("text", text);
    compose.reply_to = Some(eyes.card(to));
    compose
}

/// The member's language and those of the place; the page for writing has them all.
fn few_languages(app: &App, spoken: &str) -> Vec<(String, String)> {
    let mut tags = vec![spoken.to_owned()];
    for tag in app
        .config
        .instance
        .languages
        .iter()
        .map(String::as_str)
        .chain(["en"])
    {
        if !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags.into_iter()
        .map(|tag| {
            let name = language::native_name(&tag).unwrap_or(&tag).to_owned();
            (tag, name)
        })
        .collect()
}

/// All languages that are known: tag, and name in itself, by name.
pub fn all_languages() -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = language::LANGUAGES
        .iter()
        .map(|(tag, name)| ((*tag).to_owned(), (*name).to_owned()))
        .collect();
    all.sort_by_key(|(_, name)| name.to_lowercase());
    all
}

async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    begin: web::Query<Begin>,
) -> Result<HttpResponse, WebError> {
    let who = caller.member()?;
    let eyes = Eyes::of(&app, &caller);
    let mut compose = match begin.in_reply_to {
        Some(id) => {
            let to = shown::one(&app, Some(who.account_id()), id).await?;
            let back = eyes.card(&to).path;
            answering(&app, &who, &to, &eyes, &back)
        }
        None => blank(&app, &who, "/home"),
    };
    let to = begin.to.trim().trim_start_matches('@');
    if !to.is_empty() && to.len() <= 300 && compose.reply_to.is_none() {
        compose.form = compose.form.with("text", format!("@{to} "));
    }
    compose.languages = all_languages();
    page_with(&req, &caller, compose).await
}

async fn page_with(
    req: &HttpRequest,
    caller: &Caller,
    compose: ComposeForm,
) -> Result<HttpResponse, WebError> {
    let title = match compose.reply_to {
        Some(_) => "Reply",
        None => "Write",
    };
    let mut page = frame::page(req, Some(caller), title).await?;
    page.here = Here::Compose;
    page.has_errors = compose.form.has_errors();
    let status = match page.has_errors {
        true => StatusCode::UNPROCESSABLE_ENTITY,
        false => StatusCode::OK,
    };
    let mut response = frame::render(req, &ComposePage { page, compose })?;
    *response.status_mut() = status;
    Ok(response)
}

async fn send(
    req: HttpRequest,
    app: web::Data<App>,
    network: web::Data<Network>,
    caller: Caller,
    mut sent: Sent<Written>,
) -> Result<HttpResponse, WebError> {
    let who = caller.member()?;
    let pictures = compose_pictures::taken(&mut sent.files, &sent.fields);
    let written = &sent.fields;
    let mut kept = Vec::new();
    let done = if written.as_draft {
        keep(&app, &caller, &who, written, pictures, &mut kept).await
    } else {
        named::look_up(&network, &who, &written.text).await;
        say(&app, &caller, &who, written, pictures, &mut kept).await
    };
    match done {
        Ok(()) if written.as_draft => Ok(see_other_with(
            "/drafts",
            &Flash::done("Saved among your drafts. Nobody else sees it."),
        )),
        Ok(()) => {
            let back = way_back(&written.return_to, "/home");
            Ok(see_other_with(&back, &Flash::done("Posted.")))
        }
        Err(error) => again(&req, &app, &caller, &who, written, &kept, error).await,
    }
}

/// Uploads, then posts. What was uploaded stands in `kept`.
async fn say(
    app: &App,
    caller: &Caller,
    who: &Member,
    written: &Written,
    pictures: Vec<Chosen>,
    kept: &mut Vec<Kept>,
) -> Result<()> {
    let pen = Pen::new(app, caller, who)?;
    pen.take_in(written, pictures, kept).await?;
    let cmd = Post {
        text: written.text.clone(),
        spoiler_text: written.spoiler_text.clone(),
        sensitive: Some(written.sensitive),
        visibility: Visibility::from_name(&written.visibility),
        language: Some(written.language.clone()),
        in_reply_to: written.in_reply_to,
        idempotency_key: Some(written.idempotency_key.clone()),
        media: kept.iter().map(Kept::id).collect(),
        poll: written.poll(),
        ..Post::default()
    };
    post::post(app, who, cmd).await?;
    Ok(())
}

/// Keeps it among the drafts, with its pictures; those stand in `kept`.
async fn keep(
    app: &App,
    caller: &Caller,
    who: &Member,
    written: &Written,
    pictures: Vec<Chosen>,
    kept: &mut Vec<Kept>,
) -> Result<()> {
    let pen = Pen::new(app, caller, who)?;
    pen.take_in(written, pictures, kept).await?;
    let save = drafts::SaveDraft {
        text: written.text.clone(),
        spoiler_text: written.spoiler_text.clone(),
        sensitive: written.sensitive,
        visibility: Visibility::from_name(&written.visibility),
        language: Some(written.language.clone()),
        pictures: Some(kept.iter().map(Kept::id).collect()),
        poll: written.poll(),
        ..drafts::SaveDraft::default()
    };
    drafts::create(app, &pen.same, save, Some(&written.idempotency_key)).await?;
    Ok(())
}

/// The page for writing once more, with everything that was typed and what to mend. Only
/// what the writer can mend leads here.
async fn again(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    who: &Member,
    written: &Written,
    kept: &[Kept],
    error: Error,
) -> Result<HttpResponse, WebError> {
    let mut compose = blank(app, who, &way_back(&written.return_to, "/home"));
    let mut form = compose
        .form
        .with("text", &written.text)
        .with("spoiler_text", &written.spoiler_text)
        .with("visibility", &written.visibility)
        .with("language", &written.language)
        .with("sensitive", if written.sensitive { "1" } else { "" });
    if let Some(asks) = written.poll() {
        form = poll::filled(form, Some(&asks));
    }
    compose.kept = compose_pictures::shown(app, who, kept);
    form = match &error {
        Error::Invalid(invalid) => refused(form, invalid),
        Error::NotFound => form.error(
            "",
            "What you answer is gone meanwhile. Your text is still here: send it as a post of its own.",
        ),
        Error::TooMany { .. } | Error::TooLarge(_) | Error::Conflict(_) | Error::Denied(_) => {
            form.error("", error.sentence())
        }
        _ => return Err(error.into()),
    };
    compose.form = form;
    compose.languages = all_languages();
    if let (Some(id), false) = (written.in_reply_to, matches!(error, Error::NotFound)) {
        let to = shown::one(app, Some(who.account_id()), id).await?;
        compose.reply_to = Some(Eyes::of(app, caller).card(&to));
    }
    page_with(req, caller, compose).await
}

/// What is wrong, in the words of this page.
fn refused(form: Form, invalid: &Invalid) -> Form {
    if let Some(sentence) = poll::trouble(invalid) {
        return form.error("poll_option_1", sentence);
    }
    let Some(field) = invalid.fields.first() else {
        return form.refused(invalid);
    };
    match field.code {
        // A sentence already, with the file's name in front.
        _ if field.field == "media_1" => form.error("media_1", field.description.as_str()),
        _ if field.field != "text" => form.refused(invalid),
        "ERR_BLANK" => form.error(
            "text",
            "There is nothing to post yet: write something, or add a picture.",
        ),
        "ERR_TOO_LONG" => form.error(
            "text",
            format!(
                "This is too long: {MAX_STATUS} characters at most, the content warning included."
            ),
        ),
        _ => form.refused(invalid),
    }
}
