//! `/heir`: somebody is asked to be the heir, or is. For everybody else it is the 404.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::{ClientAddress, Error};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::Proven;
use crate::gate::away::heir::{self, NOTICE, OFFER, QUIET};
use crate::gate::zone;
use crate::identity::password;
use crate::secrets::Secret;
use crate::web::error::WebError;
use crate::web::form::Form as Sent;
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Page};
use crate::web::parts::moment::Moment;

/// Posts to `/heir/accept`, `/heir/decline`, `/heir/leave` (`password`) and `/heir/open`
/// (`code`, `password`).
#[derive(Template)]
#[template(path = "home/heir.html")]
pub struct HeirPage {
    /// The frame.
    pub page: Page,
    /// The owner who asked; may be empty.
    pub by: String,
    /// Until when the question stands; `None` for who said yes.
    pub asked_until: Option<Moment>,
    /// They have to sign in once more before they say yes, or open it.
    pub afresh: bool,
    /// The letter opens now.
    pub opens: bool,
    /// When it opens, in distress.
    pub opens_at: Option<Moment>,
    /// When the notice that runs is over.
    pub until: Option<Moment>,
    /// Days: all are away, all are told.
    pub days: (i64, i64),
    /// What is typed.
    pub form: Form,
}

/// The letter, shown once: the answer to the yes.
#[derive(Template)]
#[template(path = "home/heir_letter.html")]
pub struct LetterPage {
    /// The frame.
    pub page: Page,
    /// Who holds it.
    pub name: String,
    /// The owner who asked; may be empty.
    pub by: String,
    /// The day.
    pub day: String,
    /// The code, in groups.
    pub code: Vec<String>,
    /// Where it is opened.
    pub address: String,
    /// Days: all are away, all are told.
    pub days: (i64, i64),
}

/// What differs is named by each row below.
const ROW: Route = Route {
    method: "GET",
    path: "/heir",
    access: Access::Session,
    pending: Pending::Refused,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: || web::to(show),
};

const DEED: Route = Route {
    method: "POST",
    rate: Rate::SignIn,
    ..ROW
};

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    ROW,
    Route {
        path: "/heir/accept",
        handler: || web::to(accept),
        ..DEED
    },
    Route {
        path: "/heir/decline",
        handler: || web::to(decline),
        ..DEED
    },
    Route {
        path: "/heir/leave",
        handler: || web::to(leave),
        ..DEED
    },
    Route {
        path: "/heir/open",
        handler: || web::to(open),
        ..DEED
    },
];

/// GET `/heir`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    page(&req, &app, &caller, Form::new()).await
}

async fn page(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    form: Form,
) -> Result<HttpResponse, WebError> {
    let who = caller.signed_in()?;
    let mine = heir::mine(app, who).await?;
    let (now, zone) = (app.clock.now(), zone::of(app, &who.user).await?);
    let moment = |at| Moment::new(at, now).in_zone(zone);
    let mut page = frame::page(req, Some(caller), "The heir").await?;
    // The page says it itself.
    page.heir_asked = false;
    page.has_errors = form.has_errors();
    let failed = page.has_errors;
    let shown = HeirPage {
        page,
        asked_until: match mine.heir.accepted_at {
            None => Some(moment(mine.heir.offered_at + OFFER)),
            Some(_) => None,
        },
        by: mine.heir.by,
        afresh: !mine.fresh,
        opens: mine.opens,
        opens_at: mine.opens_at.map(moment),
        until: mine.notice.map(|notice| moment(notice.until)),
        days: (QUIET.num_days(), NOTICE.num_days()),
        form,
    };
    let answer = frame::render(req, &shown)?;
    Ok(match failed {
        true => frame::refused(answer),
        false => answer,
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    #[serde(deserialize_with = "lenient::string")]
    code: String,
    #[serde(deserialize_with = "lenient::string")]
    password: String,
}

/// The heir, who typed the password just now. Everybody else gets the 404 before any password
/// is looked at.
async fn proven(app: &App, caller: &Caller, password: &str) -> Result<Proven, Error> {
    let who = caller.signed_in()?;
    heir::mine(app, who).await?;
    let from = ClientAddress(caller.address());
    password::prove(app, who, &Secret::new(password), from).await
}

/// What went wrong, on the page itself.
async fn trouble(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    error: Error,
) -> Result<HttpResponse, WebError> {
    match error {
        Error::Invalid(invalid) => {
            let called = |field: &str| match field {
                "code" => "The code",
                _ => "The password",
            };
            let form = Form::new().refused_as(&invalid, called);
            page(req, app, caller, form).await
        }
        error @ (Error::Conflict(_) | Error::Denied(_) | Error::TooMany { .. }) => Ok(
            frame::see_other_with("/heir", &Flash::trouble(error.sentence())),
        ),
        error => Err(error.into()),
    }
}

/// POST `/heir/accept`: the answer is the letter.
async fn accept(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Typed>,
) -> Result<HttpResponse, WebError> {
    let said = async {
        let sure = proven(&app, &caller, &sent.fields.password).await?;
        heir::accept(&app, &sure).await
    };
    let code = match said.await {
        Ok(code) => code,
        Err(error) => return trouble(&req, &app, &caller, error).await,
    };
    let who = caller.signed_in()?;
    let mine = heir::mine(&app, who).await?;
    let there = app
        .clock
        .now()
        .with_timezone(&zone::of(&app, &who.user).await?);
    let mut page = frame::page(&req, Some(&caller), "The sealed letter").await?;
    page.heir_asked = false;
    let letter = LetterPage {
        page,
        name: who.user.username.clone(),
        by: mine.heir.by,
        day: there.format("%-d %B %Y").to_string(),
        code: code.reveal().split('-').map(str::to_owned).collect(),
        address: app.url("/heir"),
        days: (QUIET.num_days(), NOTICE.num_days()),
    };
    frame::render(&req, &letter)
}

/// POST `/heir/decline`.
async fn decline(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Typed>,
) -> Result<HttpResponse, WebError> {
    let said = async {
        let sure = proven(&app, &caller, &sent.fields.password).await?;
        heir::decline(&app, &sure).await
    };
    match said.await {
        Ok(()) => Ok(frame::see_other_with(
            "/home",
            &Flash::done("You said no. That is all."),
        )),
        Err(error) => trouble(&req, &app, &caller, error).await,
    }
}

/// POST `/heir/leave`.
async fn leave(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Typed>,
) -> Result<HttpResponse, WebError> {
    let left = async {
        let sure = proven(&app, &caller, &sent.fields.password).await?;
        heir::give_up(&app, &sure).await
    };
    match left.await {
        Ok(()) => Ok(frame::see_other_with(
            "/home",
            &Flash::done("You gave it up. The letter is void: you can throw it away."),
        )),
        Err(error) => trouble(&req, &app, &caller, error).await,
    }
}

/// POST `/heir/open`.
async fn open(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Typed>,
) -> Result<HttpResponse, WebError> {
    let Typed { code, password } = sent.fields;
    let opened = async {
        let sure = proven(&app, &caller, &password).await?;
        heir::open(&app, &sure, &code).await
    };
    match opened.await {
        Ok(_) => Ok(frame::see_other_with(
            "/heir",
            &Flash::done("It is open. Everybody is being told."),
        )),
        Err(error) => trouble(&req, &app, &caller, error).await,
    }
}
