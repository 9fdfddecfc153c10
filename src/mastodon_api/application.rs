//! An applicant's own application, for apps: ours, under `/api/porchlight/v1/`.
//!
//! `GET application` (`read:accounts`): where it stands. `PUT application/answers`, `POST
//! application/answer`, `POST application/withdraw` (`write:accounts`). `GET application/export`
//! (`read:accounts`): a ZIP archive. An appeal is made on the page: every token ends with a no.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Params;
use super::answer::Answer;
use super::entities::{Empty, wire};
use super::registration::{self, AnswerParam, QuestionEntity};
use crate::app::App;
use crate::domain::application::MessageKind;
use crate::domain::{Error, Result};
use crate::door::forms::lenient;
use crate::door::{Caller, Pending, Rate, Route};
use crate::gate::applications::answer::{self, EditAnswers, Reply};
use crate::gate::applications::progress::{self, Progress};
use crate::gate::applications::{export, withdraw};

use super::rows::{deed, own};

/// Reads of one's own.
const READ: &str = "read:accounts";
/// Writes of one's own.
const WRITE: &str = "write:accounts";

/// What this file offers. An unconfirmed applicant may withdraw, and nothing else of it
/// (registration.md C2).
pub const ROUTES: &[Route] = &[
    own(
        "/api/porchlight/v1/application",
        READ,
        Pending::Allowed,
        || web::to(show),
    ),
    deed("/api/porchlight/v1/application/answers", WRITE, || {
        web::to(edit)
    })
    .by("PUT")
    .sandboxed(),
    deed("/api/porchlight/v1/application/answer", WRITE, || {
        web::to(reply)
    })
    .sandboxed(),
    Route {
        pending: Pending::AnyStanding,
        ..deed("/api/porchlight/v1/application/withdraw", WRITE, || {
            web::to(take_back)
        })
    },
    own(
        "/api/porchlight/v1/application/export",
        READ,
        Pending::Allowed,
        || web::to(archive),
    )
    .at_rate(Rate::Upload),
];

async fn show(app: web::Data<App>, caller: Caller) -> Answer {
    let progress = progress::read(&app, caller.signed_in()?).await?;
    Ok(HttpResponse::Ok().json(entity(&app, &progress)))
}

fn entity(app: &App, progress: &Progress) -> Value {
    let application = &progress.application;
    let time = wire::format_time;
    let locale = &application.locale;
    let open: Vec<i64> = progress.left_open().iter().map(|q| q.id).collect();
    json!({
        "id": application.id.to_string(),
        "state": application.state.as_str(),
        "step": progress.step.as_str(),
        "since": time(progress.since),
        "submitted_at": time(application.submitted_at),
        "time_stands_still": progress.stands,
        "put_off_until": progress.put_off(app.clock.now()).map(time),
        "elsewhere": application.elsewhere,
        "remark": application.remark,
        "answers": progress.answers.iter().map(|a| json!({
            "id": a.question_version_id.to_string(),
            "question": a.wording,
            "value": a.value,
        })).collect::<Vec<_>>(),
        "may_edit": progress.may_edit(),
        "questions": progress.questions.iter().map(|q| {
            let mut question = json!(QuestionEntity::new(q, locale));
            question["open"] = json!(open.contains(&q.id));
            question
        }).collect::<Vec<_>>(),
        "question": progress.asked().map(|m| m.body.clone()),
        "messages": progress.messages.iter().map(|m| json!({
            "id": m.id.to_string(),
            "kind": m.kind.as_str(),
            "own": matches!(m.kind, MessageKind::Answer | MessageKind::Appeal),
            "text": m.body,
            "created_at": time(m.created_at),
        })).collect::<Vec<_>>(),
        "readers": progress.readers.names,
        "usual_wait": progress.readers.usual_wait(),
        "review_time": progress.readers.review_time(),
        "last_decision_at": progress.readers.last_decision.map(time),
        "url": app.url("/waiting"),
    })
}

/// All answers of the form, anew.
#[derive(Deserialize, Default)]
#[serde(default)]
struct EditForm {
    #[serde(deserialize_with = "lenient::list")]
    answers: Vec<AnswerParam>,
    #[serde(deserialize_with = "lenient::opt_string")]
    elsewhere: Option<String>,
}

async fn edit(app: web::Data<App>, caller: Caller, Params(sent): Params<EditForm>) -> Answer {
    waiting(&caller)?;
    let who = caller.signed_in()?;
    let new = EditAnswers {
        given: registration::given(sent.answers),
        elsewhere: sent.elsewhere,
    };
    answer::edit(&app, who, new).await?;
    let progress = progress::read(&app, who).await?;
    Ok(HttpResponse::Ok().json(entity(&app, &progress)))
}

/// An answer to what was asked back.
#[derive(Deserialize, Default)]
#[serde(default)]
struct ReplyForm {
    #[serde(deserialize_with = "lenient::string")]
    text: String,
    #[serde(deserialize_with = "lenient::list")]
    answers: Vec<AnswerParam>,
}

async fn reply(app: web::Data<App>, caller: Caller, Params(sent): Params<ReplyForm>) -> Answer {
    waiting(&caller)?;
    let who = caller.signed_in()?;
    let said = Reply {
        text: sent.text,
        given: registration::given(sent.answers),
    };
    answer::reply(&app, who, said).await?;
    let progress = progress::read(&app, who).await?;
    Ok(HttpResponse::Ok().json(entity(&app, &progress)))
}

async fn take_back(app: web::Data<App>, caller: Caller) -> Answer {
    withdraw::withdraw(&app, caller.signed_in()?).await?;
    Ok(HttpResponse::Ok().json(Empty {}))
}

async fn archive(app: web::Data<App>, caller: Caller) -> Answer {
    let zip = export::export(&app, caller.signed_in()?).await?;
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"application.zip\"",
        ))
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .body(zip))
}

/// Members have nothing to answer any more.
fn waiting(caller: &Caller) -> Result<()> {
    match caller.is_waiting() {
        true => Ok(()),
        false => Err(Error::NotFound),
    }
}
