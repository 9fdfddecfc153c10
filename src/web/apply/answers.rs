//! What an applicant answers while waiting: the form once more, the reply to what was asked
//! back, one appeal after a no.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde_json::Value;

use super::form::{Question, answers_of, text_of, trouble_of_answer};
use super::waiting::{self, Typed};
use crate::app::App;
use crate::domain::Error;
use crate::domain::error::Invalid;
use crate::door::Caller;
use crate::gate::applications::answer::{self, EditAnswers, Reply};
use crate::gate::applications::appeal;
use crate::gate::applications::progress::{self, Progress, Step};
use crate::gate::questions;
use crate::gate::who::SignedIn;
use crate::model::question::QuestionKind;
use crate::web::error::WebError;
use crate::web::form as sent_form;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::{frame, kept};

type Fields = BTreeMap<String, Value>;

/// Posts `answer_ID` and `elsewhere` to `/waiting/answers`.
#[derive(Template)]
#[template(path = "apply/answers.html")]
pub struct AnswersPage {
    /// The frame.
    pub page: Page,
    /// What is there or was typed, and what is to be mended.
    pub form: Form,
    /// The questions, in order.
    pub questions: Vec<Question>,
    /// Something was asked back.
    pub asked: bool,
}

/// GET `/waiting/answers`: as long as nobody has read them, or somebody asked back.
pub async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    let progress = progress::read(&app, caller.signed_in()?).await?;
    if !progress.may_edit() {
        let said = "Somebody has begun to read, so your answers stand as they are.";
        return Ok(frame::see_other_with("/waiting", &Flash::note(said)));
    }
    let form = filled(&progress);
    page(&req, &caller, &progress, form).await
}

/// POST `/waiting/answers`.
pub async fn send(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: sent_form::Form<Fields>,
) -> Result<HttpResponse, WebError> {
    let who = caller.signed_in()?;
    caller.applicant()?;
    let new = EditAnswers {
        given: answers_of(&sent.fields),
        elsewhere: Some(text_of(sent.fields.get("elsewhere"))),
    };
    match answer::edit(&app, who, new).await {
        Ok(()) => {
            let said = "Your answers are changed.";
            Ok(frame::see_other_with("/waiting", &Flash::done(said)))
        }
        Err(Error::Invalid(invalid)) => {
            let progress = progress::read(&app, who).await?;
            let form = refused(typed(&sent.fields), &invalid, &progress);
            Ok(frame::refused(page(&req, &caller, &progress, form).await?))
        }
        Err(error) => Err(lost(&req, &app, who, error).await),
    }
}

/// POST `/waiting/answer`: answers what was asked back.
pub async fn reply(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: sent_form::Form<Fields>,
) -> Result<HttpResponse, WebError> {
    let who = caller.signed_in()?;
    caller.applicant()?;
    let said = Reply {
        text: text_of(sent.fields.get("reply")),
        given: answers_of(&sent.fields),
    };
    match answer::reply(&app, who, said).await {
        Ok(_) => {
            let said = "Thank you. Your answer is with the people who read applications.";
            Ok(frame::see_other_with("/waiting", &Flash::done(said)))
        }
        Err(Error::Invalid(invalid)) if !invalid.fields.is_empty() => {
            let progress = progress::read(&app, who).await?;
            let reply = refused(typed(&sent.fields), &invalid, &progress);
            let typed = Typed {
                reply,
                ..Typed::default()
            };
            waiting::page(&req, &app, &caller, typed).await
        }
        Err(error) => Err(lost(&req, &app, who, error).await),
    }
}

/// POST `/waiting/appeal`: asks to look again.
pub async fn ask_again(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: sent_form::Form<Fields>,
) -> Result<HttpResponse, WebError> {
    let text = text_of(sent.fields.get("appeal"));
    match appeal::appeal(&app, caller.signed_in()?, &text).await {
        Ok(()) => {
            let said = "Your appeal is sent. A person looks at everything once more.";
            Ok(frame::see_other_with("/waiting", &Flash::done(said)))
        }
        Err(Error::Invalid(invalid)) => {
            let mut form = Form::new().with("appeal", text);
            if invalid.fields.is_empty() {
                form = form.error("", invalid.sentence());
            }
            for trouble in &invalid.fields {
                let sentence = format!("What you ask us {}.", trouble.description);
                form = form.error("appeal", sentence);
            }
            let typed = Typed {
                appeal: form,
                ..Typed::default()
            };
            waiting::page(&req, &app, &caller, typed).await
        }
        Err(error) => Err(error.into()),
    }
}

/// What cannot be sent any more goes onto the page of the error, below its questions.
async fn lost(req: &HttpRequest, app: &App, who: &SignedIn, error: Error) -> WebError {
    if let Ok(progress) = progress::read(app, who).await {
        kept::call(req, |field| {
            let asked = progress.answers.iter();
            let mut asked = asked.filter(|a| questions::field_of(a.question_version_id) == field);
            asked.next().map(|answer| answer.wording.clone())
        });
    }
    error.into()
}

async fn page(
    req: &HttpRequest,
    caller: &Caller,
    progress: &Progress,
    form: Form,
) -> Result<HttpResponse, WebError> {
    let mut page = frame::page(req, Some(caller), "Your answers").await?;
    page.here = Here::Waiting;
    page.noindex = true;
    page.has_errors = form.has_errors();
    let locale = &progress.application.locale;
    let questions = progress.questions.iter();
    let shown = AnswersPage {
        page,
        form,
        questions: questions.map(|q| Question::new(q, locale)).collect(),
        asked: progress.step == Step::AskedBack,
    };
    frame::render(req, &shown)
}

/// The form with the answers as they are.
fn filled(progress: &Progress) -> Form {
    let elsewhere = progress.application.elsewhere.clone().unwrap_or_default();
    let form = Form::new().with("elsewhere", elsewhere);
    progress.answers.iter().fold(form, |form, answer| {
        let asked = progress
            .questions
            .iter()
            .find(|q| q.id == answer.question_version_id);
        let value = match asked.map(|q| q.kind) {
            // Kept as a word, sent as a tick.
            Some(QuestionKind::Acknowledge) if !answer.value.is_empty() => "1",
            _ => answer.value.as_str(),
        };
        form.with(questions::field_of(answer.question_version_id), value)
    })
}

fn typed(fields: &Fields) -> Form {
    fields
        .iter()
        .filter(|(name, _)| *name != "csrf")
        .fold(Form::new(), |form, (name, value)| match value {
            Value::Array(list) => {
                let values: Vec<String> = list.iter().map(|v| text_of(Some(v))).collect();
                form.with_all(name.clone(), &values)
            }
            one => form.with(name.clone(), text_of(Some(one))),
        })
}

fn refused(mut form: Form, invalid: &Invalid, progress: &Progress) -> Form {
    for trouble in &invalid.fields {
        let field = trouble.field.as_ref();
        let asked = progress
            .questions
            .iter()
            .find(|q| questions::field_of(q.id) == field)
            .map(|q| q.label(&progress.application.locale));
        form = match (field, asked) {
            (_, Some(asked)) => form.error(field, trouble_of_answer(&asked, trouble)),
            ("text", _) => form.error("reply", format!("Your answer {}.", trouble.description)),
            ("elsewhere", _) => form.error(
                "elsewhere",
                format!("Your handle elsewhere {}.", trouble.description),
            ),
            (other, _) => form.error(other, trouble.description.clone()),
        };
    }
    if invalid.fields.is_empty() {
        form = form.error("", invalid.sentence());
    }
    form
}
