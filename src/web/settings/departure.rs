//! `/settings/delete`: the end of an account.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::{ClientAddress, Error};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::identity::password;
use crate::secrets::Secret;
use crate::social::accounts::delete;
use crate::web::error::WebError;
use crate::web::form;
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};

/// Posts to `/settings/delete`: `password`, `sure` ("1").
#[derive(Template)]
#[template(path = "settings/departure.html")]
pub struct DeletePage {
    /// The frame.
    pub page: Page,
    /// The bare name that nobody will have again.
    pub name: String,
    /// What is wrong.
    pub form: Form,
}

/// What differs is named by the second row.
const ROW: Route = Route {
    method: "GET",
    path: "/settings/delete",
    access: Access::Session,
    pending: Pending::Refused,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: || web::to(show),
};

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    ROW,
    Route {
        method: "POST",
        rate: Rate::SignIn,
        handler: || web::to(go),
        ..ROW
    },
];

async fn show(req: HttpRequest, caller: Caller) -> Result<HttpResponse, WebError> {
    page(&req, &caller, Form::new()).await
}

#[derive(Deserialize)]
struct Sure {
    #[serde(default, deserialize_with = "lenient::string")]
    password: String,
    #[serde(default, deserialize_with = "lenient::boolean")]
    sure: bool,
}

async fn go(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: form::Form<Sure>,
) -> Result<HttpResponse, WebError> {
    if !sent.fields.sure {
        let form = Form::new().error("sure", "Tick the box to say that you are sure.");
        return Ok(frame::refused(page(&req, &caller, form).await?));
    }
    let secret = Secret::new(sent.fields.password);
    let from = ClientAddress(caller.address());
    let gone = async {
        let who = password::prove(&app, caller.signed_in()?, &secret, from).await?;
        delete::delete(&app, &who).await
    };
    let form = match gone.await {
        Ok(()) => {
            let said = Flash::done("Your account is deleted. Take care!");
            return Ok(frame::see_other_with("/", &said));
        }
        Err(Error::Invalid(_)) => Form::new()
            .with("sure", "1")
            .error("password", "This is not your password."),
        Err(error @ Error::Conflict(_)) => {
            Form::new().with("sure", "1").error("", error.sentence())
        }
        Err(other) => return Err(other.into()),
    };
    Ok(frame::refused(page(&req, &caller, form).await?))
}

async fn page(req: &HttpRequest, caller: &Caller, form: Form) -> Result<HttpResponse, WebError> {
    let name = caller.member()?.user().username.clone();
    let mut page = frame::page(req, Some(caller), "Delete your account").await?;
    page.here = Here::Settings;
    page.has_errors = form.has_errors();
    frame::render(req, &DeletePage { page, name, form })
}
