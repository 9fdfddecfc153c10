//! `/waiting/profile`: what a pending user may make of their profile.

use std::collections::BTreeMap;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use serde_json::Value;

use crate::app::App;
use crate::domain::{Error, Result};
use crate::door::forms::Uploads;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::files::default_pictures;
use crate::gate::sandbox::{self, EditProfile, Picture, PrivateLink};
use crate::model::account::fields_from_json;
use crate::model::application::ApplicantProfile;
use crate::text::names;
use crate::web::error::WebError;
use crate::web::form as sent_form;
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here};

use crate::web::parts::layout::Page;
use crate::web::parts::profile_form::ProfileForm;

/// Posts to `/waiting/profile`.
#[derive(Template)]
#[template(path = "sandbox.html")]
pub struct SandboxProfilePage {
    /// The frame.
    pub page: Page,
    /// The form; `switches` is false here.
    pub profile: ProfileForm,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/waiting/profile",
        access: Access::Session,
        pending: Pending::Allowed,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/waiting/profile",
        access: Access::Session,
        pending: Pending::Allowed,
        rate: Rate::Upload,
        caching: Caching::Private,
        handler: || web::to(save),
    },
    Route {
        method: "GET",
        path: "/private/{path:.*}",
        access: Access::Page,
        pending: Pending::AnyStanding,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(private_file),
    },
];

/// GET `/waiting/profile`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    let applicant = caller.applicant()?;
    if !applicant.is_waiting() {
        return Ok(frame::see_other("/settings/profile"));
    }
    let profile = sandbox::profile(&app, &applicant).await?;
    let form = filled(&profile);
    page(&req, &app, &caller, &profile, form).await
}

/// POST `/waiting/profile`.
async fn save(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    mut sent: sent_form::Form<BTreeMap<String, Value>>,
) -> Result<HttpResponse, WebError> {
    let applicant = caller.applicant()?;
    let text = |name: &str| {
        let value = sent.fields.get(name).and_then(Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    let pairs = (1..=names::MAX_FIELDS)
        .map(|n| {
            (
                text(&format!("field_name_{n}")),
                text(&format!("field_value_{n}")),
            )
        })
        .collect();
    let edit = EditProfile {
        display_name: Some(text("display_name")),
        note: Some(text("note")),
        fields: Some(pairs),
        locked: None,
        avatar: picture(&mut sent.files, "avatar").await?,
        header: picture(&mut sent.files, "header").await?,
    };
    match sandbox::edit_profile(&app, &applicant, edit).await {
        Ok(_) => Ok(frame::see_other_with(
            "/waiting/profile",
            &Flash::done("Your profile is saved."),
        )),
        Err(Error::Invalid(invalid)) => {
            let mut typed = Form::new();
            for (name, value) in &sent.fields {
                if name != "csrf" {
                    typed = typed.with(name.clone(), value.as_str().unwrap_or_default());
                }
            }
            let profile = sandbox::profile(&app, &applicant).await?;
            Ok(frame::refused(
                page(&req, &app, &caller, &profile, typed.refused(&invalid)).await?,
            ))
        }
        Err(error) => Err(error.into()),
    }
}

/// A file that was chosen; browsers send an empty one where none was.
async fn picture(files: &mut Uploads, name: &str) -> Result<Option<Picture>> {
    let Some(upload) = files.take(name).filter(|u| u.size > 0) else {
        return Ok(None);
    };
    let bytes = tokio::fs::read(upload.path()).await?;
    Ok(Some(Picture::Upload(bytes.into())))
}

fn filled(profile: &ApplicantProfile) -> Form {
    let mut form = Form::new()
        .with("display_name", &profile.display_name)
        .with("note", &profile.note);
    for (index, field) in fields_from_json(&profile.fields).into_iter().enumerate() {
        form = form
            .with(format!("field_name_{}", index + 1), field.name)
            .with(format!("field_value_{}", index + 1), field.value);
    }
    form
}

async fn page(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    profile: &ApplicantProfile,
    form: Form,
) -> Result<HttpResponse, WebError> {
    let user = profile.user_id;
    let mut page = frame::page(req, Some(caller), "Your profile").await?;
    page.here = Here::Profile;
    page.has_errors = form.has_errors();
    let url = |path: &String| sandbox::private_url(app, path, user);
    let shown = SandboxProfilePage {
        page,
        profile: ProfileForm {
            form,
            action: "/waiting/profile".into(),
            avatar_url: profile
                .avatar_path
                .as_ref()
                .map_or_else(|| default_pictures::AVATAR_PATH.to_owned(), url),
            header_url: profile.header_path.as_ref().map(url),
            name_max: names::MAX_DISPLAY_NAME as i64,
            note_max: names::MAX_NOTE as i64,
            fields: names::MAX_FIELDS as i64,
            picture_max: "16 MB".into(),
            switches: false,
        },
    };
    frame::render(req, &shown)
}

/// What stands behind the path of a private picture.
#[derive(Deserialize)]
struct Link {
    u: Option<i64>,
    e: Option<i64>,
    s: Option<String>,
}

/// GET `/private/…`: for a link that we signed, its owner, or a reviewer; else the usual 404.
async fn private_file(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    link: web::Query<Link>,
) -> Result<HttpResponse, WebError> {
    let Link { u, e, s } = link.into_inner();
    let link = match (u, e, s) {
        (Some(user), Some(expires), Some(signature)) => Some(PrivateLink {
            user,
            expires,
            signature,
        }),
        _ => None,
    };
    let path = format!("private/{path}");
    let stored = sandbox::open_private(&app, caller.user(), &path, link.as_ref()).await?;
    Ok(HttpResponse::Ok()
        .content_type(stored.content_type)
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ))
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .no_chunking(stored.size)
        .streaming(stored.stream))
}
