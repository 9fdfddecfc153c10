//! `/confirm?token=…`: a button. Only its POST confirms, because mail scanners follow links.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::TimeDelta;
use serde::Deserialize;

use crate::app::App;
use crate::domain::Error;
use crate::door::Caller;
use crate::gate::applications::confirm_email;
use crate::text::time_words;
use crate::web::apply::form::Work;
use crate::web::error::WebError;
use crate::web::form::Form;
use crate::web::frame;
use crate::web::parts::layout::Flash;

use crate::web::parts::layout::Page;

/// Posts `token`, `csrf` and `proof` (filled in by script) to `/confirm`.
#[derive(Template)]
#[template(path = "apply/confirm.html")]
pub struct ConfirmPage {
    /// The frame.
    pub page: Page,
    /// The token of the mailed link.
    pub token: String,
    /// The work that script does; `None` where it was done, or none is asked for.
    pub work: Option<Work>,
    /// How long those have to wait who have no script, in words; `None` once that is over.
    pub wait: Option<String>,
}

/// The mailed token, and the proof of work on it.
#[derive(Deserialize)]
pub struct Token {
    /// As it stands in the link.
    #[serde(default)]
    token: String,
    /// A number.
    #[serde(default)]
    proof: String,
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
    let Some(good) = confirm_email::look(&app, &query.token).await? else {
        return Ok(frame::see_other_with(onward(&caller), &Flash::note(OVER)));
    };
    let mut page = frame::page(&req, Some(&caller), "Confirm your address").await?;
    page.noindex = true;
    let token = query.into_inner().token;
    let left = good.waits_until - app.clock.now();
    let shown = ConfirmPage {
        page,
        work: Work::on(&token, good.bits),
        wait: (good.bits > 0 && left > TimeDelta::zero()).then(|| time_words::span(left)),
        token,
    };
    frame::render(&req, &shown)
}

/// POST `/confirm`.
pub async fn send(
    app: web::Data<App>,
    caller: Caller,
    form: Form<Token>,
) -> Result<HttpResponse, WebError> {
    let Token { token, proof } = &form.fields;
    let confirmed = match confirm_email::confirm(&app, token, Some(proof)).await {
        Ok(confirmed) => confirmed,
        // Neither work nor time: the same page, where it goes on.
        Err(Error::TooMany { message, .. }) => {
            let path = format!("/confirm?token={token}");
            return Ok(frame::see_other_with(&path, &Flash::note(message)));
        }
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
