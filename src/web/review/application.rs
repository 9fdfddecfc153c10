//! `/desk/applications/ID`: one application, whole.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::queue::{hints, opened_by_hand, state_words};
use crate::app::App;
use crate::domain::{Error, Id, ids};
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::files::default_pictures;
use crate::gate::applications::approve;
use crate::gate::applications::mail_reaches_people;
use crate::gate::applications::reject::{self, Rejection};
use crate::gate::applications::review::{self, Card};
use crate::gate::sandbox;
use crate::model::account::fields_from_json;
use crate::text::{html, time_words};
use crate::web::error::WebError;
use crate::web::form as sent_form;
use crate::web::frame;
use crate::web::parts::account::AccountChip;
use crate::web::parts::layout::{Flash, Here};
use crate::web::public::profile::ProfileField;

use crate::web::apply::waiting::{Answer, DraftView};
use crate::web::parts::form::Form;
use crate::web::parts::layout::Page;
use crate::web::parts::moment::Moment;
use crate::web::public::profile::ProfileView;

/// The card. Forms: `/desk/applications/ID/approve` and `/desk/applications/ID/reject`, with
/// `csrf`, `version` (of what was seen), `message` and `send_mail` ("1").
#[derive(Template)]
#[template(path = "review/application.html")]
pub struct ApplicationPage {
    /// The frame.
    pub page: Page,
    /// Its id, as text.
    pub id: String,
    /// A hash of what is shown: a decision on anything else is a conflict.
    pub version: String,
    /// Where it stands, in words.
    pub state: String,
    /// It can be decided now, by this viewer.
    pub decidable: bool,
    /// Why this viewer may not decide it; `None` otherwise.
    pub not_by_you: Option<String>,
    /// When it was sent.
    pub submitted_at: Moment,
    /// Questions with the wording as asked, and answers.
    pub answers: Vec<Answer>,
    /// The profile as it will look.
    pub profile: ProfileView,
    /// The drafts.
    pub drafts: Vec<DraftView>,
    /// Where it came from: label and value, as much of it as this role sees
    /// (`Mail domain`, `Address`, `Network`, `Time to fill in`, `App`).
    pub origin: Vec<(String, String)>,
    /// Hints in whole words; never verdicts.
    pub hints: Vec<String>,
    /// `message` as typed, and what was wrong.
    pub form: Form,
    /// A message can be mailed.
    pub mail_works: bool,
    /// What happened so far, oldest first.
    pub history: Vec<HistoryLine>,
    /// The next one in the queue: its path.
    pub next: Option<String>,
}

/// One line of an application's history.
#[derive(Debug, Clone)]
pub struct HistoryLine {
    /// When.
    pub at: Moment,
    /// What, in a sentence: `Ann approved it.`
    pub sentence: String,
    /// Words that came with it; may be empty.
    pub words: String,
}

/// What differs is named by each row below.
const ROW: Route = Route {
    method: "POST",
    path: "/desk/applications/{id}",
    access: Access::Desk,
    pending: Pending::Refused,
    rate: Rate::Write,
    caching: Caching::Private,
    handler: web::post,
};

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        rate: Rate::Usual,
        handler: || web::to(show),
        ..ROW
    },
    Route {
        path: "/desk/applications/{id}/approve",
        handler: || web::to(approve_it),
        ..ROW
    },
    Route {
        path: "/desk/applications/{id}/reject",
        handler: || web::to(reject_it),
        ..ROW
    },
];

/// A decision as it is sent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Decided {
    version: String,
    message: String,
    send_mail: String,
}

/// GET `/desk/applications/ID`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    page(&req, &app, &caller, id_of(&path)?, Form::new()).await
}

/// POST `/desk/applications/ID/approve`.
async fn approve_it(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    sent: sent_form::Form<Decided>,
) -> Result<HttpResponse, WebError> {
    let (id, form) = (id_of(&path)?, sent.fields);
    let seen = Some(form.version.as_str());
    let reviewer = caller.reviewer()?;
    let done = approve::approve(&app, &reviewer, id, seen, Some(&form.message)).await;
    after(
        &req,
        &app,
        &caller,
        id,
        form,
        done,
        "They are in. A welcome is on its way.",
    )
    .await
}

/// POST `/desk/applications/ID/reject`.
async fn reject_it(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    sent: sent_form::Form<Decided>,
) -> Result<HttpResponse, WebError> {
    let (id, form) = (id_of(&path)?, sent.fields);
    let seen = Some(form.version.as_str());
    let reviewer = caller.reviewer()?;
    let no = Rejection {
        message: Some(form.message.clone()),
        // Without mail there is no box to tick: the no is read on the waiting page.
        told: form.send_mail == "1" || !mail_reaches_people(&app),
    };
    let done = reject::reject(&app, &reviewer, id, seen, no).await;
    after(&req, &app, &caller, id, form, done, "Turned down.").await
}

/// Back to the desk, or to the card with what was wrong.
async fn after(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    id: Id,
    form: Decided,
    done: Result<(), Error>,
    said: &str,
) -> Result<HttpResponse, WebError> {
    let typed = Form::new().with("message", form.message);
    let (status, typed) = match done {
        Ok(()) => return Ok(frame::see_other_with("/desk", &Flash::done(said))),
        Err(Error::Conflict(sentence)) => (StatusCode::CONFLICT, typed.error("", sentence)),
        Err(Error::Invalid(invalid)) => (StatusCode::UNPROCESSABLE_ENTITY, typed.refused(&invalid)),
        Err(error) => return Err(error.into()),
    };
    let mut response = page(req, app, caller, id, typed).await?;
    *response.status_mut() = status;
    Ok(response)
}

fn id_of(path: &str) -> Result<Id, WebError> {
    ids::parse(path).ok_or_else(|| Error::NotFound.into())
}

async fn page(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    id: Id,
    form: Form,
) -> Result<HttpResponse, WebError> {
    let reviewer = caller.reviewer()?;
    let card = review::card(app, &reviewer, id, opened_by_hand(req)).await?;
    let now = app.clock.now();
    let moment = |at| Moment::new(at, now);
    let mut page = frame::page(req, Some(caller), "An application").await?;
    page.here = Here::Desk;
    page.has_errors = form.has_errors();
    let decidable = card.application.state.is_waiting();
    let mut answers: Vec<Answer> = card
        .seen
        .answers
        .iter()
        .map(|a| Answer {
            asked: a.wording.clone(),
            given: a.value.clone(),
        })
        .collect();
    if let Some(remark) = &card.application.remark {
        answers.push(Answer {
            asked: "A remark that came with it".into(),
            given: remark.clone(),
        });
    }
    let mut all_hints = hints(card.application.lane);
    if card.earlier.unwrap_or(0) > 0 {
        all_hints.push(
            "An application from this address or network was turned down in the last 90 days."
                .to_owned(),
        );
    }
    let shown = ApplicationPage {
        page,
        id: id.to_string(),
        version: card.seen.hash.clone(),
        state: state_words(card.application.state, card.decided_by.as_deref()),
        decidable,
        not_by_you: None,
        submitted_at: moment(card.application.submitted_at),
        answers,
        profile: profile_view(app, &card),
        drafts: card
            .seen
            .drafts
            .iter()
            .map(|d| DraftView::new(app, d, now))
            .collect(),
        origin: origin(&card),
        hints: all_hints,
        form,
        mail_works: mail_reaches_people(app),
        history: history(&card, moment),
        next: card.next.map(|id| format!("/desk/applications/{id}")),
    };
    frame::render(req, &shown)
}

/// The profile as it will look; links stay plain text.
fn profile_view(app: &App, card: &Card) -> ProfileView {
    let profile = card.seen.profile.as_ref();
    let url = |path: &String| sandbox::private_url(app, path, card.user.id);
    let name = card.user.username.clone();
    let display_name = profile
        .map(|p| p.display_name.clone())
        .filter(|shown| !shown.is_empty())
        .unwrap_or_else(|| name.clone());
    ProfileView {
        account: AccountChip {
            handle: name,
            path: format!("/desk/applications/{}", card.application.id),
            name_html: html::escape(&display_name),
            display_name,
            avatar_url: profile
                .and_then(|p| p.avatar_path.as_ref())
                .map_or_else(|| default_pictures::AVATAR_PATH.to_owned(), url),
            bot: false,
            locked: profile.is_some_and(|p| p.locked),
        },
        domain: app.config.server.handle_domain.clone(),
        limited: false,
        header_url: profile.and_then(|p| p.header_path.as_ref()).map(url),
        note_html: profile
            .map(|p| html::note_html(&p.note, true))
            .unwrap_or_default(),
        fields: profile
            .map(|p| fields_from_json(&p.fields))
            .unwrap_or_default()
            .into_iter()
            .map(|field| ProfileField {
                name_html: html::escape(&field.name),
                name: field.name,
                value_html: html::field_html(&field.value, true),
                verified: false,
            })
            .collect(),
        joined_at: None,
        statuses: 0,
        following: 0,
        followers: 0,
    }
}

/// Where it came from, as far as this role sees it.
fn origin(card: &Card) -> Vec<(String, String)> {
    let application = &card.application;
    let filled = application
        .fill_seconds
        .map(|s| time_words::span(chrono::TimeDelta::seconds(s.into())));
    [
        ("Address", card.user.email.clone()),
        ("Mail domain", application.mail_domain.clone()),
        ("Network", application.network.map(|net| net.to_string())),
        ("Time to fill in", filled),
        ("Language", Some(application.locale.clone())),
    ]
    .into_iter()
    .filter_map(|(label, value)| Some((label.to_owned(), value?)))
    .collect()
}

fn history(
    card: &Card,
    moment: impl Fn(chrono::DateTime<chrono::Utc>) -> Moment,
) -> Vec<HistoryLine> {
    let application = &card.application;
    let line = |at, sentence: String, words: String| HistoryLine {
        at: moment(at),
        sentence,
        words,
    };
    let mut lines = vec![line(
        application.submitted_at,
        "Sent.".into(),
        String::new(),
    )];
    if let Some(at) = application.confirmed_at {
        lines.push(line(at, "The address was confirmed.".into(), String::new()));
    }
    if let Some(at) = application.read_at {
        lines.push(line(at, "First read.".into(), String::new()));
    }
    if let Some(at) = application.decided_at {
        let mut sentence = state_words(application.state, card.decided_by.as_deref());
        if application.state == crate::domain::application::ApplicationState::Rejected {
            sentence.push_str(if application.told {
                ", and told so"
            } else {
                ", silently"
            });
        }
        let words = application.decision_message.clone().unwrap_or_default();
        lines.push(line(at, format!("{sentence}."), words));
    }
    lines
}
