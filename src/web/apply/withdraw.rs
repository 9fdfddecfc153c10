//! `/waiting/withdraw`: takes an application back, with everything that came with it.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde_json::json;

use crate::app::App;
use crate::domain::Error;
use crate::door::Caller;
use crate::gate::applications::withdraw;
use crate::gate::who::Standing;
use crate::gate::{drafts, sandbox};
use crate::model::account::fields_from_json;
use crate::web::error::WebError;
use crate::web::form::{Form, Nothing};
use crate::web::frame;
use crate::web::parts::layout::Flash;

use crate::web::parts::layout::Page;

/// Posts `csrf` to `/waiting/withdraw`.
#[derive(Template)]
#[template(path = "apply/withdraw.html")]
pub struct WithdrawPage {
    /// The frame.
    pub page: Page,
    /// How many drafts would go.
    pub drafts: i64,
}

/// GET `/waiting/withdraw`: asks once more.
pub async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    if caller.signed_in()?.standing() == Standing::Member {
        return Err(Error::NotFound.into());
    }
    let drafts = match caller.applicant() {
        Ok(applicant) => drafts::list(&app, &applicant).await?.len() as i64,
        Err(_) => 0,
    };
    let page = frame::page(&req, Some(&caller), "Withdraw the application").await?;
    frame::render(&req, &WithdrawPage { page, drafts })
}

/// POST `/waiting/withdraw`.
pub async fn send(
    app: web::Data<App>,
    caller: Caller,
    _form: Form<Nothing>,
) -> Result<HttpResponse, WebError> {
    withdraw::withdraw(&app, caller.signed_in()?).await?;
    let said = "Your application and everything that came with it is erased. Take care!";
    Ok(frame::see_other_with("/", &Flash::done(said)))
}

/// GET `/waiting/export`: everything that an applicant gave us, as JSON.
pub async fn export(app: web::Data<App>, caller: Caller) -> Result<HttpResponse, WebError> {
    let who = caller.signed_in()?;
    let (application, answers) = sandbox::own_application(&app, who).await?;
    let (profile, drafts) = match caller.applicant() {
        Ok(applicant) if applicant.is_waiting() => (
            Some(sandbox::profile(&app, &applicant).await?),
            drafts::list(&app, &applicant).await?,
        ),
        _ => (None, Vec::new()),
    };
    let body = json!({
        "name": who.user.username,
        "email": who.user.email,
        "applied_at": application.submitted_at.to_rfc3339(),
        "remark": application.remark,
        "answers": answers
            .iter()
            .map(|a| json!({ "question": a.wording, "answer": a.value }))
            .collect::<Vec<_>>(),
        "profile": profile.map(|p| json!({
            "display_name": p.display_name,
            "note": p.note,
            "fields": fields_from_json(&p.fields)
                .into_iter()
                .map(|f| json!({ "name": f.name, "value": f.value }))
                .collect::<Vec<_>>(),
        })),
        "drafts": drafts
            .iter()
            .map(|d| json!({
                "text": d.text,
                "content_warning": d.spoiler_text,
                "poll": d.poll,
                "saved_at": d.updated_at.to_rfc3339(),
            }))
            .collect::<Vec<_>>(),
    });
    Ok(HttpResponse::Ok()
        .insert_header((
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"application.json\"",
        ))
        .json(body))
}
