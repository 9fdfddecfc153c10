//! `/confirm?token=…`: a button. Only its POST confirms, because mail scanners follow links.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::Error;
use crate::door::Caller;
use crate::gate::applications::confirm_email;
use crate::web::error::WebError;
use crate::web::form::Form;
use crate::web::frame;
use crate::web::parts::layout::Flash;

use crate::web::parts::layout::Page;

/// Posts `token` and `csrf` to `/confirm`.
#[derive(Template)]
#[template(path = "apply/confirm.html")]
pub struct ConfirmPage {
    /// The frame.
    pub page: Page,
    /// The token of the mailed link.
    pub token: String,
}

/// The mailed token.
#[derive(Deserialize)]
pub struct Token {
    /// As it stands in the link.
    #[serde(default)]
    token: String,
}

const OVER: &str = "This link was used already, or is too old. Sign in to see where your \
                    application stands; a fresh link can be had there.";

/// GET `/confirm?token=…`. Changes nothing.
pub async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    query: web::Query<Token>,
) -> Result<HttpResponse, WebError> {
    if !confirm_email::is_good(&app, &query.token).await? {
        return Ok(frame::see_other_with(onward(&caller), &Flash::note(OVER)));
    }
    let mut page = frame::page(&req, Some(&caller), "Confirm your address").await?;
    page.noindex = true;
    let token = query.into_inner().token;
    frame::render(&req, &ConfirmPage { page, token })
}

/// POST `/confirm`.
pub async fn send(
    app: web::Data<App>,
    caller: Caller,
    form: Form<Token>,
) -> Result<HttpResponse, WebError> {
    let confirmed = match confirm_email::confirm(&app, &form.fields.token).await {
        Ok(confirmed) => confirmed,
        Err(Error::NotFound) => {
            return Ok(frame::see_other_with(onward(&caller), &Flash::note(OVER)));
        }
        Err(error) => return Err(error.into()),
    };
    let own = caller.user().is_some_and(|u| u.user.id == confirmed.user);
    let (path, said) = match (own, confirmed.member) {
        (true, true) => ("/welcome", "Your address is confirmed, and you are in."),
        (true, false) => (
            "/waiting",
            "Your address is confirmed. Now a person reads what you wrote.",
        ),
        (false, _) => (
            "/sign-in",
            "The address is confirmed. Sign in to see where the application stands.",
        ),
    };
    Ok(frame::see_other_with(path, &Flash::done(said)))
}

fn onward(caller: &Caller) -> &'static str {
    match caller.user() {
        Some(_) => "/waiting",
        None => "/sign-in",
    }
}
