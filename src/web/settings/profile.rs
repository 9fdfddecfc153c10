//! `/settings/profile` (and `/settings`, which leads here)

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bytes::Bytes;
use serde::Deserialize;

use crate::app::App;
use crate::domain::{Error, Result};
use crate::door::forms::{Uploads, lenient};
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::files::image::MAX_UPLOAD_BYTES;
use crate::gate::{Standing, welcome};
use crate::model::account::Account;
use crate::social::accounts::profile::{self, Picture, UpdateProfile};
use crate::social::accounts::read;
use crate::text::names::{MAX_DISPLAY_NAME, MAX_FIELDS, MAX_NOTE};
use crate::web::error::WebError;
use crate::web::form::Form as Sent;
use crate::web::frame::{self, see_other, see_other_with};
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::profile_form::ProfileForm;
use crate::web::render::account;

/// Posts to `/settings/profile`.
#[derive(Template)]
#[template(path = "settings/profile.html")]
pub struct ProfileSettingsPage {
    /// The frame.
    pub page: Page,
    /// The form; `switches` is true here.
    pub profile: ProfileForm,
    /// The welcome page was not put away yet.
    pub moving_in: bool,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/settings",
        access: Access::Session,
        pending: Pending::Allowed,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(front),
    },
    Route {
        method: "GET",
        path: "/settings/profile",
        access: Access::Session,
        pending: Pending::Refused,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/settings/profile",
        access: Access::Session,
        pending: Pending::Refused,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(save),
    },
];

/// The first page of the settings: a pending user's profile is on the porch.
async fn front(caller: Caller) -> Result<HttpResponse, WebError> {
    Ok(match caller.signed_in()?.standing() {
        Standing::Member => see_other("/settings/profile"),
        _ => see_other("/settings/account"),
    })
}

/// The profile's form. A box that is not ticked sends nothing.
#[derive(Deserialize)]
struct Typed {
    #[serde(default, deserialize_with = "lenient::string")]
    display_name: String,
    #[serde(default, deserialize_with = "lenient::string")]
    note: String,
    #[serde(default, deserialize_with = "lenient::string")]
    field_name_1: String,
    #[serde(default, deserialize_with = "lenient::string")]
    field_value_1: String,
    #[serde(default, deserialize_with = "lenient::string")]
    field_name_2: String,
    #[serde(default, deserialize_with = "lenient::string")]
    field_value_2: String,
    #[serde(default, deserialize_with = "lenient::string")]
    field_name_3: String,
    #[serde(default, deserialize_with = "lenient::string")]
    field_value_3: String,
    #[serde(default, deserialize_with = "lenient::string")]
    field_name_4: String,
    #[serde(default, deserialize_with = "lenient::string")]
    field_value_4: String,
    #[serde(default, deserialize_with = "lenient::boolean")]
    locked: bool,
    #[serde(default, deserialize_with = "lenient::boolean")]
    discoverable: bool,
    #[serde(default, deserialize_with = "lenient::boolean")]
    bot: bool,
}

impl Typed {
    fn pairs(&self) -> Vec<(String, String)> {
        [
            (&self.field_name_1, &self.field_value_1),
            (&self.field_name_2, &self.field_value_2),
            (&self.field_name_3, &self.field_value_3),
            (&self.field_name_4, &self.field_value_4),
        ]
        .into_iter()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
    }

    fn form(&self) -> Form {
        form(
            &self.display_name,
            &self.note,
            &self.pairs(),
            (self.locked, self.discoverable, self.bot),
        )
    }
}

async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    let own = read::own(&app, &caller.member()?).await?.account;
    let pairs: Vec<(String, String)> = own
        .profile_fields()
        .into_iter()
        .map(|field| (field.name, field.value))
        .collect();
    let chip = account::chip(&own, &app.remote_media.addresses);
    let note = own.note_source.clone().unwrap_or_default();
    let switches = (own.locked, own.discoverable, chip.bot);
    let form = form(&own.display_name, &note, &pairs, switches);
    page_with(&req, &app, &caller, &own, form).await
}

fn form(
    display_name: &str,
    note: &str,
    pairs: &[(String, String)],
    (locked, discoverable, bot): (bool, bool, bool),
) -> Form {
    let tick = |on: bool| if on { "1" } else { "" };
    let mut form = Form::new()
        .with("display_name", display_name)
        .with("note", note)
        .with("locked", tick(locked))
        .with("discoverable", tick(discoverable))
        .with("bot", tick(bot));
    for (n, (name, value)) in pairs.iter().enumerate().take(MAX_FIELDS) {
        form = form
            .with(format!("field_name_{}", n + 1), name)
            .with(format!("field_value_{}", n + 1), value);
    }
    form
}

async fn page_with(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    own: &Account,
    form: Form,
) -> Result<HttpResponse, WebError> {
    let mut page = frame::page(req, Some(caller), "Profile").await?;
    page.here = Here::Settings;
    page.has_errors = form.has_errors();
    let status = match page.has_errors {
        true => StatusCode::UNPROCESSABLE_ENTITY,
        false => StatusCode::OK,
    };
    let template = ProfileSettingsPage {
        page,
        moving_in: welcome::is_open(caller.signed_in()?),
        profile: ProfileForm {
            form,
            action: "/settings/profile".into(),
            avatar_url: account::avatar(own, &app.remote_media.addresses),
            header_url: own.header_path.as_ref().map(|path| format!("/{path}")),
            name_max: MAX_DISPLAY_NAME as i64,
            note_max: MAX_NOTE as i64,
            fields: MAX_FIELDS as i64,
            picture_max: format!("{} MB", MAX_UPLOAD_BYTES / (1024 * 1024)),
            switches: true,
        },
    };
    let mut response = frame::render(req, &template)?;
    *response.status_mut() = status;
    Ok(response)
}

async fn save(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    mut sent: Sent<Typed>,
) -> Result<HttpResponse, WebError> {
    let who = caller.member()?;
    let typed = &sent.fields;
    let cmd = UpdateProfile {
        display_name: Some(typed.display_name.clone()),
        note: Some(typed.note.clone()),
        fields: Some(typed.pairs()),
        locked: Some(typed.locked),
        discoverable: Some(typed.discoverable),
        bot: Some(typed.bot),
        avatar: picture(&mut sent.files, "avatar").await?,
        header: picture(&mut sent.files, "header").await?,
        ..UpdateProfile::default()
    };
    match profile::update(&app, &who, cmd).await {
        Ok(_) => Ok(see_other_with(
            &account::path(&who.user().username),
            &Flash::done("Your profile is saved."),
        )),
        Err(error) => {
            let form = match &error {
                Error::Invalid(invalid) => sent.fields.form().refused(invalid),
                Error::TooLarge(_) | Error::TooMany { .. } => {
                    sent.fields.form().error("", error.sentence())
                }
                _ => return Err(error.into()),
            };
            let own = read::own(&app, &who).await?.account;
            page_with(&req, &app, &caller, &own, form).await
        }
    }
}

/// A picture that came along; an empty file input sends an empty one.
async fn picture(files: &mut Uploads, name: &str) -> Result<Option<Picture>> {
    match files.take(name).filter(|upload| upload.size > 0) {
        Some(upload) => {
            let bytes = tokio::fs::read(upload.path()).await?;
            Ok(Some(Picture::Upload(Bytes::from(bytes))))
        }
        None => Ok(None),
    }
}
