//! `/settings/posting`: what new posts begin with, here and in apps.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::Error;
use crate::domain::visibility::Visibility;
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::social::accounts::profile::{self, UpdateProfile};
use crate::social::statuses::compose::Defaults;
use crate::web::error::WebError;
use crate::web::form::Form as Sent;
use crate::web::frame::{self, see_other_with};
use crate::web::home::compose::all_languages;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};

/// Posts to `/settings/posting`: `visibility`, `language`, `sensitive` ("1").
#[derive(Template)]
#[template(path = "settings/posting.html")]
pub struct PostingPage {
    /// The frame.
    pub page: Page,
    /// What holds (or was chosen).
    pub form: Form,
    /// Languages: tag and name in itself.
    pub languages: Vec<(String, String)>,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/settings/posting",
        access: Access::Session,
        pending: Pending::Refused,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/settings/posting",
        access: Access::Session,
        pending: Pending::Refused,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(save),
    },
];

#[derive(Deserialize)]
struct Chosen {
    #[serde(default, deserialize_with = "lenient::string")]
    visibility: String,
    #[serde(default, deserialize_with = "lenient::string")]
    language: String,
    #[serde(default, deserialize_with = "lenient::boolean")]
    sensitive: bool,
}

async fn show(req: HttpRequest, caller: Caller) -> Result<HttpResponse, WebError> {
    let who = caller.member()?;
    let defaults = Defaults::of(who.user());
    let form = Form::new()
        .with("visibility", defaults.visibility.as_str())
        .with("language", defaults.language.unwrap_or_default())
        .with("sensitive", if defaults.sensitive { "1" } else { "" });
    let mut page = frame::page(&req, Some(&caller), "New posts").await?;
    page.here = Here::Settings;
    let template = PostingPage {
        page,
        form,
        languages: all_languages(),
    };
    frame::render(&req, &template)
}

async fn save(
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Chosen>,
) -> Result<HttpResponse, WebError> {
    // Only choices of a list: whatever else comes was not sent by our form.
    let visibility = Visibility::from_name(&sent.fields.visibility)
        .ok_or_else(|| Error::BadRequest("Nobody offered that audience.".into()))?;
    let cmd = UpdateProfile {
        privacy: Some(visibility),
        sensitive: Some(sent.fields.sensitive),
        language: Some(sent.fields.language.clone()),
        ..UpdateProfile::default()
    };
    profile::update(&app, &caller.member()?, cmd).await?;
    Ok(see_other_with(
        "/settings/posting",
        &Flash::done("New posts begin with this from now on."),
    ))
}
