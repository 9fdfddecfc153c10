//! Signing up through an app, and what an app may know of the door.
//!
//! `POST /api/v1/accounts` gives the token at once: it opens nothing until the address is
//! confirmed, the sandbox then, and everything after approval. The three other methods are
//! Mastodon's resend, and two of ours (registration.md C0, C3).

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::entities::{Empty, Token, wire};
use super::{ApiError, Params};
use crate::app::App;
use crate::domain::Error;
use crate::door::forms::lenient;
use crate::door::language;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::applications::apply::{self, Apply};
use crate::gate::applications::{arrival, confirm_email, form};
use crate::gate::questions::Given;
use crate::gate::{mode, proof};
use crate::model::question::QuestionVersion;
use crate::secrets::Secret;

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "POST",
        path: "/api/v1/accounts",
        access: Access::App("write:accounts"),
        pending: Pending::AnyStanding,
        rate: Rate::Door,
        caching: Caching::Private,
        handler: || web::to(sign_up),
    },
    Route {
        method: "POST",
        path: "/api/v1/emails/confirmations",
        access: Access::User("write:accounts"),
        pending: Pending::AnyStanding,
        rate: Rate::Door,
        caching: Caching::Private,
        handler: || web::to(resend),
    },
    Route {
        method: "GET",
        path: "/api/v1/emails/check_confirmation",
        access: Access::User("read:accounts"),
        pending: Pending::AnyStanding,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(check_confirmation),
    },
    Route {
        method: "GET",
        path: "/api/v1/instance/registration_form",
        access: Access::Open,
        pending: Pending::AnyStanding,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(registration_form),
    },
    Route {
        method: "GET",
        path: "/api/v1/instance/registration_history",
        access: Access::Open,
        pending: Pending::AnyStanding,
        rate: Rate::Usual,
        caching: Caching::Public(60),
        handler: || web::to(registration_history),
    },
];

/// One answer: `id` is that of the question in the form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AnswerParam {
    #[serde(deserialize_with = "lenient::string")]
    id: String,
    #[serde(deserialize_with = "lenient::strings")]
    value: Vec<String>,
}

/// Answers as the gate takes them; what names no question is left out.
pub(super) fn given(answers: Vec<AnswerParam>) -> Vec<Given> {
    let given = |answer: AnswerParam| {
        Some(Given {
            version: answer.id.parse().ok()?,
            values: answer.value,
        })
    };
    answers.into_iter().filter_map(given).collect()
}

/// What an app sends to sign somebody up.
#[derive(Deserialize, Default)]
#[serde(default)]
struct SignUp {
    #[serde(deserialize_with = "lenient::string")]
    username: String,
    #[serde(deserialize_with = "lenient::opt_word")]
    email: Option<String>,
    #[serde(deserialize_with = "lenient::string")]
    password: String,
    #[serde(deserialize_with = "lenient::boolean")]
    agreement: bool,
    #[serde(deserialize_with = "lenient::string")]
    locale: String,
    #[serde(deserialize_with = "lenient::opt_word")]
    time_zone: Option<String>,
    #[serde(deserialize_with = "lenient::opt_string")]
    reason: Option<String>,
    #[serde(deserialize_with = "lenient::opt_string")]
    elsewhere: Option<String>,
    #[serde(deserialize_with = "lenient::opt_word")]
    form_token: Option<String>,
    #[serde(deserialize_with = "lenient::opt_word")]
    proof: Option<String>,
    #[serde(deserialize_with = "lenient::opt_word")]
    event_code: Option<String>,
    #[serde(deserialize_with = "lenient::opt_word")]
    invite_code: Option<String>,
    #[serde(deserialize_with = "lenient::opt_string")]
    vouch: Option<String>,
    #[serde(deserialize_with = "lenient::list")]
    answers: Vec<AnswerParam>,
}

async fn sign_up(
    app: web::Data<App>,
    caller: Caller,
    Params(sent): Params<SignUp>,
) -> Result<HttpResponse, ApiError> {
    let Some((app_id, scopes)) = caller.app() else {
        return Err(Error::denied("This method requires a client credentials token").into());
    };
    let cmd = Apply {
        username: sent.username,
        email: sent.email,
        password: sent.password,
        agreement: sent.agreement,
        locale: sent.locale,
        time_zone: sent.time_zone,
        answers: given(sent.answers),
        reason: sent.reason,
        elsewhere: sent.elsewhere,
        form_token: sent.form_token,
        proof: sent.proof,
        event: sent.event_code,
        invite: sent.invite_code,
        again: None,
        vouch: sent.vouch,
        by_app: true,
        network: Some(caller.address()),
        trap_filled: false,
    };
    let applied = apply::apply(&app, cmd).await?;
    let secret = match applied.user {
        Some(user) => arrival::token(&app, user, app_id, scopes).await?,
        // The very same form again: the first answer has the token.
        None => return Err(Error::Conflict("This application was received already".into()).into()),
    };
    Ok(HttpResponse::Ok().json(token_of(&secret, &scopes.to_string(), &app)))
}

fn token_of(secret: &Secret, scope: &str, app: &App) -> Token {
    let created_at = app.clock.now().timestamp();
    Token::bearer(secret.reveal().to_owned(), scope.to_owned(), created_at)
}

/// Another address, where the first had a typing error.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Resend {
    #[serde(deserialize_with = "lenient::opt_word")]
    email: Option<String>,
}

async fn resend(
    app: web::Data<App>,
    caller: Caller,
    Params(sent): Params<Resend>,
) -> Result<HttpResponse, ApiError> {
    let who = caller.signed_in()?;
    match &sent.email {
        Some(email) => confirm_email::change_address(&app, who, email).await?,
        None => confirm_email::resend(&app, who).await?,
    }
    Ok(HttpResponse::Ok().json(Empty {}))
}

/// A bare `true` or `false`.
async fn check_confirmation(caller: Caller) -> Result<HttpResponse, ApiError> {
    let user = &caller.signed_in()?.user;
    let confirmed = user.email_confirmed_at.is_some() || user.approved_at.is_some();
    Ok(HttpResponse::Ok().json(confirmed))
}

/// A question as apps show it.
#[derive(Serialize)]
pub(super) struct QuestionEntity {
    id: String,
    kind: &'static str,
    label: String,
    help: String,
    required: bool,
    choices: Vec<String>,
    max_characters: i32,
}

impl QuestionEntity {
    pub(super) fn new(question: &QuestionVersion, locale: &str) -> QuestionEntity {
        QuestionEntity {
            id: question.id.to_string(),
            kind: question.kind.as_str(),
            label: question.label(locale),
            help: question.help(locale),
            required: question.required,
            choices: question.choice_list(),
            max_characters: question.max_length,
        }
    }
}

/// In which language the questions are wanted; else in what the client accepts.
#[derive(Deserialize, Default)]
#[serde(default)]
struct FormWish {
    #[serde(deserialize_with = "lenient::opt_word")]
    locale: Option<String>,
}

async fn registration_form(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    Params(wish): Params<FormWish>,
) -> Result<HttpResponse, ApiError> {
    let view = form::fetch(&app, Some(caller.address())).await?;
    let locale = wish.locale.unwrap_or_else(|| language::locale(&req));
    let questions: Vec<QuestionEntity> = view
        .questions
        .iter()
        .map(|q| QuestionEntity::new(q, &locale))
        .collect();
    let rules: Vec<Value> = app
        .instance()
        .await?
        .rules
        .iter()
        .map(|rule| json!({ "id": rule.number.to_string(), "text": rule.text, "hint": rule.hint }))
        .collect();
    let mut answer = HttpResponse::Ok();
    let answer = answer.insert_header((header::VARY, "Accept-Language"));
    Ok(answer.json(json!({
        "form_token": view.token,
        "proof": { "bits": view.bits, "challenge": proof::challenge(&view.token) },
        "questions": questions,
        "rules": rules,
        "email_required": view.email_needed,
        "in_line": view.in_line,
        "enabled": view.mode.takes_applications(),
        "effective_mode": view.mode.mode,
        "reason": view.mode.reason,
        "message": view.mode.closed_because(),
    })))
}

async fn registration_history(app: web::Data<App>) -> Result<HttpResponse, ApiError> {
    let rows: Vec<Value> = mode::history(&app)
        .await?
        .iter()
        .map(|change| {
            json!({
                "at": wire::format_time(change.at),
                "from": change.from_mode,
                "to": change.to_mode,
                "reason": change.reason,
            })
        })
        .collect();
    Ok(HttpResponse::Ok().json(rows))
}
