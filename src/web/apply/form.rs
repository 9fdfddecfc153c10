//! `/apply`: the form. Posts to `/apply`.

use std::collections::BTreeMap;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use serde_json::Value;

use super::invite;
use crate::app::App;
use crate::domain::error::{FieldError, Invalid};
use crate::domain::registration_mode::RegistrationMode;
use crate::domain::{Error, Result};
use crate::door::{Caller, language};
use crate::gate::applications::apply::{self, Apply};
use crate::gate::applications::arrival;
use crate::gate::applications::form::{self as gate_form, FormView};
use crate::gate::applications::once_more;
use crate::gate::invites::bring::Invitation;
use crate::gate::questions::Given;
use crate::gate::{event_codes, invites, mode, proof};
use crate::model::question::{QuestionKind, QuestionVersion};
use crate::secrets::password_rules;
use crate::web::error::{WebError, page_for, say_when};
use crate::web::identity::cookie;
use crate::web::parts::layout::{Flash, Here};
use crate::web::{form as sent_form, frame};

use crate::web::parts::form::Form;
use crate::web::parts::layout::Page;

/// Fields: `invite` (hidden where one works), `vouch`, `event` where the code of one is asked for or known, `again` where a name is kept, `proof` (filled in by script), `username`, `email`, `password`, one `answer_ID` per question (`answer_ID[]` where several may be chosen), `agreement` ("1")
/// where there are rules, and hidden: `form_token`, `csrf`, `left_blank` (a honeypot that stays
/// empty). A refused form comes back with the same token, every answer but the password,
/// and every error at once.
#[derive(Template)]
#[template(path = "apply/form.html")]
pub struct ApplyPage {
    /// The frame; set `has_errors` when the form came back.
    pub page: Page,
    /// What was typed, and what is to be mended.
    pub form: Form,
    /// The signed token over question versions, time and nonce.
    pub form_token: String,
    /// The questions, in order; usually one.
    pub questions: Vec<Question>,
    /// House rules, one sentence each; empty for none.
    pub rules: Vec<String>,
    /// Who reads it: display names, five at most; may be empty.
    pub readers: Vec<String>,
    /// How long it usually takes, in words (`about a day`); `None` without figures.
    pub usual_wait: Option<String>,
    /// An address is needed (mail is configured); otherwise the field says that it is optional.
    pub email_needed: bool,
    /// Shortest password that is taken, in characters.
    pub password_min: i64,
    /// Beyond the capacity: applications wait in line, and the page says so.
    pub in_line: bool,
    /// The work that script does meanwhile; `None` where none is asked for.
    pub work: Option<Work>,
    /// The invite that they bring, where it works.
    pub invitation: Option<Invitation>,
}

/// A proof of work that a page asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// What it is done on.
    pub challenge: String,
    /// How much of it.
    pub bits: u8,
}

impl Work {
    /// On a token; `None` for no bits.
    pub fn on(token: &str, bits: u8) -> Option<Work> {
        (bits > 0).then(|| Work {
            challenge: proof::challenge(token),
            bits,
        })
    }
}

/// One question, in the applicant's words.
#[derive(Debug, Clone)]
pub struct Question {
    /// The id of its version: the field is `answer_{id}`.
    pub id: String,
    /// What is asked.
    pub label: String,
    /// Its language, where that is not the page's; else empty.
    pub label_lang: String,
    /// A line below; may be empty.
    pub help: String,
    /// The language of that line, where it is not the page's; else empty.
    pub help_lang: String,
    /// It must be answered.
    pub required: bool,
    /// How it is answered: words, one of some, any of some, a rule to agree to.
    pub kind: QuestionKind,
    /// What there is to choose from, where there is.
    pub choices: Vec<String>,
    /// Longest answer, in characters.
    pub max_chars: i64,
}

impl Question {
    /// A version of a question in a language.
    pub fn new(version: &QuestionVersion, locale: &str) -> Question {
        Question {
            id: version.id.to_string(),
            label: version.label(locale),
            label_lang: foreign(version.label_lang(locale)),
            help: version.help(locale),
            help_lang: foreign(version.help_lang(locale)),
            required: version.required,
            kind: version.kind,
            choices: version.choice_list(),
            max_chars: i64::from(version.max_length),
        }
    }

    /// The form's name for it, which is its `id` in the page too.
    pub fn field(&self) -> String {
        format!("answer_{}", self.id)
    }

    /// What its answers are sent as: a list where there may be several.
    pub fn name(&self) -> String {
        match self.kind {
            QuestionKind::Multi => format!("{}[]", self.field()),
            _ => self.field(),
        }
    }

    /// Attributes of its input. A browser would have each of several boxes ticked, so there the
    /// answer is asked for by the server alone.
    pub fn attrs(&self) -> &'static str {
        match (self.required, self.kind) {
            (true, QuestionKind::Multi) => "data-required",
            (true, _) => "required",
            (false, _) => "",
        }
    }
}

/// A language that is not that of the page around (`templates/layout/page.html`).
fn foreign(tag: &str) -> String {
    match tag {
        "en" => String::new(),
        other => other.to_owned(),
    }
}

/// What a link to the form may bring along.
#[derive(Deserialize)]
pub struct Invited {
    /// The code of an event.
    #[serde(default)]
    event: String,
    /// The code of an invite.
    #[serde(default)]
    invite: String,
    /// What keeps the name of an application that time ended.
    #[serde(default)]
    again: String,
}

/// GET `/apply`: the form, or why there is none.
pub async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    invited: web::Query<Invited>,
) -> Result<HttpResponse, WebError> {
    if caller.user().is_some() {
        return Ok(frame::see_other("/waiting"));
    }
    let view = gate_form::fetch(&app, Some(caller.address())).await?;
    let code = event_codes::normalise(&invited.event).unwrap_or_default();
    let brought: String = invited.invite.chars().take(40).collect();
    let mut form = Form::new().with("event", code).with("invite", brought);
    if let Some(name) = once_more::name_of(&app, &invited.again, app.clock.now()) {
        form = form
            .with("username", name)
            .with("again", invited.into_inner().again);
    }
    answer(&req, &app, &caller, view, form).await
}

/// POST `/apply`: sends it. A refused form comes back with every answer.
pub async fn send(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: sent_form::Form<BTreeMap<String, Value>>,
) -> Result<HttpResponse, WebError> {
    if caller.user().is_some() {
        return Ok(frame::see_other("/waiting"));
    }
    let fields = sent.fields;
    let text = |name: &str| text_of(fields.get(name));
    let token = text("form_token");
    let cmd = Apply {
        username: text("username"),
        email: Some(text("email")).filter(|e| !e.is_empty()),
        password: text("password"),
        agreement: text("agreement") == "1",
        locale: language::locale(&req),
        answers: answers_of(&fields),
        elsewhere: Some(text("elsewhere")),
        form_token: Some(token.clone()),
        proof: Some(text("proof")),
        event: Some(text("event")).filter(|code| !code.trim().is_empty()),
        invite: Some(text("invite")).filter(|code| !code.trim().is_empty()),
        again: Some(text("again")).filter(|token| !token.is_empty()),
        vouch: Some(text("vouch")),
        network: Some(caller.address()),
        trap_filled: !text("left_blank").is_empty(),
        ..Apply::default()
    };
    match apply::apply(&app, cmd).await {
        Ok(applied) => {
            let path = match applied.needs_confirmation {
                true => "/apply/sent",
                false => "/waiting",
            };
            let mut response = match applied.invite_failed {
                true => frame::see_other_with(path, &Flash::note(NO_INVITE)),
                false => frame::see_other(path),
            };
            if let Some(user) = applied.user {
                let agent = req.headers().get(header::USER_AGENT);
                let agent = agent.and_then(|a| a.to_str().ok()).unwrap_or_default();
                let secret = arrival::session(&app, user, agent, Some(caller.address())).await?;
                cookie::set(&app, &mut response, &secret)?;
            }
            Ok(response)
        }
        Err(Error::Invalid(invalid)) => {
            let view = gate_form::again(&app, &token, Some(caller.address())).await?;
            let form = refused(kept(&fields), &invalid, &view, &language::locale(&req));
            Ok(frame::refused(
                answer(&req, &app, &caller, view, form).await?,
            ))
        }
        Err(error @ Error::TooMany { .. })
            if gate_form::was_worked_for(&app, &token, &text("proof")) =>
        {
            let view = gate_form::again(&app, &token, Some(caller.address())).await?;
            let sentence = format!("{} What you typed is kept below.", error.sentence());
            let form = kept(&fields).error("", sentence);
            let mut response = answer(&req, &app, &caller, view, form).await?;
            *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            say_when(&mut response, &error);
            Ok(response)
        }
        Err(error) => Ok(page_for(&req, &error).await),
    }
}

async fn answer(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    view: FormView,
    form: Form,
) -> Result<HttpResponse, WebError> {
    let invitation = match form.value("invite") {
        "" => None,
        code => invites::look(app, code).await?,
    };
    let closed = match &invitation {
        Some(_) => view.mode.closed_to_the_invited(),
        None => view.mode.closed_because(),
    };
    // Who sent something reads it again below the sentence; who only looks may type a code.
    if let (Some(_), RegistrationMode::Invite, true) =
        (closed, view.mode.mode, req.method().is_safe())
    {
        let mut answer = invite::page(req, app, caller, None, form.value("invite")).await?;
        *answer.status_mut() = StatusCode::FORBIDDEN;
        return Ok(answer);
    }
    if let Some(sentence) = closed {
        let closed = crate::domain::error::Closed {
            message: sentence.into(),
            code: "registrations_closed",
            application: None,
        };
        return Ok(page_for(req, &Error::Closed(Box::new(closed))).await);
    }
    let locale = language::locale(req);
    let readers = mode::readers(app).await?;
    let mut page = frame::page(req, Some(caller), "Apply to join").await?;
    page.here = Here::Apply;
    page.has_errors = form.has_errors();
    let shown = ApplyPage {
        page,
        form,
        work: Work::on(&view.token, view.bits),
        form_token: view.token,
        questions: view
            .questions
            .iter()
            .map(|q| Question::new(q, &locale))
            .collect(),
        rules: app
            .instance()
            .await?
            .rules
            .iter()
            .map(|rule| rule.text.clone())
            .collect(),
        usual_wait: readers.usual_wait(),
        readers: readers.names,
        email_needed: view.email_needed,
        password_min: password_rules::MIN_CHARACTERS as i64,
        in_line: view.in_line && invitation.is_none(),
        invitation,
    };
    frame::render(req, &shown)
}

/// Told to whom an invite failed between the form and its arrival.
const NO_INVITE: &str = "Your application has come. The invite does not work any more, so it is one \
     like all others.";

/// What was typed, without the password.
fn kept(fields: &BTreeMap<String, Value>) -> Form {
    let mut form = Form::new();
    for (name, value) in fields {
        if name.starts_with("answer_")
            || [
                "username",
                "email",
                "elsewhere",
                "agreement",
                "event",
                "invite",
                "again",
                "vouch",
                "proof",
            ]
            .contains(&name.as_str())
        {
            form = match value {
                Value::Array(list) => {
                    let values: Vec<String> = list.iter().map(|v| text_of(Some(v))).collect();
                    form.with_all(name.clone(), &values)
                }
                one => form.with(name.clone(), text_of(Some(one))),
            };
        }
    }
    form
}

/// Notes the troubles, those of answers in whole sentences.
fn refused(mut form: Form, invalid: &Invalid, view: &FormView, locale: &str) -> Form {
    for trouble in &invalid.fields {
        let sentence = match trouble.field.as_ref() {
            "form_token" => {
                form = form.error("", format!("This form {}.", trouble.description));
                continue;
            }
            "agreement" => "Please read the house rules and tick the box.".to_owned(),
            name if name.starts_with("answer_") => {
                let asked = view
                    .questions
                    .iter()
                    .find(|q| crate::gate::questions::field_of(q.id) == name)
                    .map(|q| q.label(locale))
                    .unwrap_or_default();
                trouble_of_answer(&asked, trouble)
            }
            "username" => format!("The name {}.", trouble.description),
            "email" => format!("The address {}.", trouble.description),
            "event" => format!("The code {}.", trouble.description),
            "password" => format!("The password {}.", trouble.description),
            "vouch" => format!("The name of who knows you {}.", trouble.description),
            "elsewhere" => format!("Your handle elsewhere {}.", trouble.description),
            other => format!("{other} {}.", trouble.description),
        };
        form = form.error(trouble.field.to_string(), sentence);
    }
    if invalid.fields.is_empty() {
        form = form.error("", invalid.sentence());
    }
    form
}

/// What is wrong with an answer, in a whole sentence.
pub(super) fn trouble_of_answer(asked: &str, trouble: &FieldError) -> String {
    match trouble.code {
        "ERR_BLANK" => format!("Please answer “{asked}”."),
        "ERR_ACCEPTED" => format!("Please tick the box of “{asked}”."),
        _ => format!("Your answer to “{asked}” {}.", trouble.description),
    }
}

/// The answers among the fields of a form.
pub(super) fn answers_of(fields: &BTreeMap<String, Value>) -> Vec<Given> {
    fields
        .iter()
        .filter_map(|(name, value)| {
            let version = name.strip_prefix("answer_")?.parse().ok()?;
            let values = match value {
                Value::Array(list) => list.iter().map(|v| text_of(Some(v))).collect(),
                one => vec![text_of(Some(one))],
            };
            Some(Given { version, values })
        })
        .collect()
}

pub(in crate::web) fn text_of(value: Option<&Value>) -> String {
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_refused_form_keeps_every_answer_but_the_password() {
        let fields: BTreeMap<String, Value> = serde_json::from_value(json!({
            "username": "ann", "email": "ann@", "password": "secret", "answer_3": "because",
        }))
        .unwrap();
        let form = kept(&fields);
        assert_eq!(form.value("answer_3"), "because");
        assert_eq!(form.value("password"), "");
        assert_eq!(answers_of(&fields)[0].version, 3);
    }
}
