//! `/check-in/TOKEN`: "I'm here", by a link of a mail. A button: only its POST acts, because
//! mail scanners follow links.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::domain::switch::Stage;
use crate::domain::{Error, Result};
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::signs::check_in;
use crate::gate::signs::notices::AWAY;
use crate::web::error::WebError;
use crate::web::form::{Form, Nothing};
use crate::web::frame;
use crate::web::parts::layout::{Flash, Page};

/// Posts to `/check-in/TOKEN`.
#[derive(Template)]
#[template(path = "identity/check_in.html")]
pub struct CheckInPage {
    /// The frame.
    pub page: Page,
    /// What it comes to.
    pub shown: Shown,
}

/// What the page shows.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    /// The button.
    Button {
        /// Whose link it is.
        name: String,
        /// The token of the link.
        token: String,
    },
    /// The link asks for signing in first.
    SignIn {
        /// Whose link it is.
        name: String,
        /// The way there and back.
        path: String,
    },
    /// It is said. `stays`: the door stays as it is until they looked.
    Said {
        /// Where they look at what happened.
        stays: Option<&'static str>,
    },
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/check-in/{token}",
        access: Access::Form,
        pending: Pending::AnyStanding,
        rate: Rate::SignIn,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/check-in/{token}",
        access: Access::Form,
        pending: Pending::AnyStanding,
        rate: Rate::SignIn,
        caching: Caching::Private,
        handler: || web::to(send),
    },
    Route {
        method: "POST",
        path: "/desk/check-in",
        access: Access::Desk,
        pending: Pending::Refused,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(press),
    },
];

async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    token: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let looked = check_in::look(&app, &token, caller.user()).await?;
    let token = token.into_inner();
    let shown = match looked.must_sign_in {
        false => Shown::Button {
            name: looked.name,
            token,
        },
        true => Shown::SignIn {
            name: looked.name,
            path: format!("/sign-in?return_to=/check-in/{token}"),
        },
    };
    render(&req, &caller, "Are you there?", shown).await
}

async fn send(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    token: web::Path<String>,
    _form: Form<Nothing>,
) -> Result<HttpResponse, WebError> {
    let stage = match check_in::by_link(&app, &token, caller.user()).await {
        Ok(stage) => stage,
        // The same page says what is missing.
        Err(error @ Error::Denied(_)) => {
            let path = format!("/check-in/{token}");
            return Ok(frame::see_other_with(&path, &Flash::note(error.sentence())));
        }
        Err(other) => return Err(other.into()),
    };
    let stays = (stage >= Stage::Guarded).then_some(AWAY);
    render(&req, &caller, "Good to know", Shown::Said { stays }).await
}

/// The button at the desk.
async fn press(
    app: web::Data<App>,
    caller: Caller,
    _form: Form<Nothing>,
) -> Result<HttpResponse, WebError> {
    let stage = check_in::by_button(&app, &caller.reviewer()?).await?;
    Ok(match stage >= Stage::Guarded {
        false => frame::see_other_with("/desk", &Flash::done("Good to know that you are there.")),
        true => frame::see_other_with(
            AWAY,
            &Flash::note(
                "Good to know that you are there. The clock stands; the door opens again from \
                 this page.",
            ),
        ),
    })
}

async fn render(
    req: &HttpRequest,
    caller: &Caller,
    title: &str,
    shown: Shown,
) -> Result<HttpResponse, WebError> {
    let mut page = frame::page(req, Some(caller), title).await?;
    page.noindex = true;
    frame::render(req, &CheckInPage { page, shown })
}
