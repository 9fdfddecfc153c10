//! `/waiting/withdraw`: takes an application back, with everything that came with it.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::domain::Error;
use crate::door::Caller;
use crate::gate::applications::{export, once_more, withdraw};
use crate::gate::drafts;
use crate::gate::who::Standing;
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

/// POST `/waiting/again`: erases what time ended, and leads to the form.
pub async fn again(
    app: web::Data<App>,
    caller: Caller,
    _form: Form<Nothing>,
) -> Result<HttpResponse, WebError> {
    let token = once_more::start(&app, caller.signed_in()?).await?;
    let said = "The old application is erased. Here is the form; your name is kept for you.";
    let path = format!("/apply?again={token}");
    Ok(frame::see_other_with(&path, &Flash::done(said)))
}

/// GET `/waiting/export`: everything that an applicant gave us, as a ZIP archive.
pub async fn export(app: web::Data<App>, caller: Caller) -> Result<HttpResponse, WebError> {
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
