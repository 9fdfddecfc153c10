//! `/settings/zone`: on whose clock times are shown.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::Error;
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::zone;
use crate::web::error::WebError;
use crate::web::form::Form as Sent;
use crate::web::frame::{self, see_other_with};
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};

/// Posts to itself: `time_zone`, empty for that of the place.
#[derive(Template)]
#[template(path = "settings/zone.html")]
pub struct ZonePage {
    /// The frame.
    pub page: Page,
    /// What holds, or was typed.
    pub form: Form,
    /// The zone of the place.
    pub of_place: &'static str,
    /// Names that a browser may offer.
    pub names: Vec<&'static str>,
}

/// What differs is named by each row below.
const ROW: Route = Route {
    method: "GET",
    path: "/settings/zone",
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
        rate: Rate::Write,
        handler: || web::to(save),
        ..ROW
    },
];

#[derive(Debug, Deserialize)]
struct Chosen {
    #[serde(default, deserialize_with = "lenient::string")]
    time_zone: String,
}

async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    let chosen = caller.member()?.user().time_zone.clone();
    let form = Form::new().with("time_zone", chosen.unwrap_or_default());
    page(&req, &app, &caller, form).await
}

async fn page(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    form: Form,
) -> Result<HttpResponse, WebError> {
    let mut page = frame::page(req, Some(caller), "Time zone").await?;
    page.here = Here::Settings;
    page.has_errors = form.has_errors();
    let shown = ZonePage {
        page,
        form,
        of_place: zone::of_place(app).await?.name(),
        names: zone::NAMES.to_vec(),
    };
    frame::render(req, &shown)
}

async fn save(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Chosen>,
) -> Result<HttpResponse, WebError> {
    let typed = &sent.fields.time_zone;
    match zone::choose(&app, &caller.member()?, typed).await {
        Ok(()) => Ok(see_other_with(
            "/settings/zone",
            &Flash::done("Times are shown so from now on, where they have a clock."),
        )),
        Err(Error::Invalid(invalid)) => {
            let form = Form::new()
                .with("time_zone", typed.clone())
                .refused(&invalid);
            Ok(frame::refused(page(&req, &app, &caller, form).await?))
        }
        Err(error) => Err(error.into()),
    }
}
