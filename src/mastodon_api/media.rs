//! Uploads, until a status or a draft has them. Pictures are ready at once.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path};
use serde::Deserialize;

use super::answer::{Answer, id, urls};
use super::credentials::bytes;
use super::entities::Empty;
use super::forms::lenient;
use super::render::media::attachment;
use super::rows::{deed, own};
use super::{BaseUrl, Params, ParamsWithFiles, pending_media};
use crate::app::App;
use crate::domain::Error;
use crate::door::{Caller, Pending, Rate, Route};
use crate::gate::draft_pictures;
use crate::social::media::{self, Upload};

/// What this file offers.
pub const ROUTES: &[Route] = &[
    deed("/api/v2/media", "write:media", || web::to(upload))
        .at_rate(Rate::Upload)
        .sandboxed(),
    deed("/api/v1/media", "write:media", || web::to(upload))
        .at_rate(Rate::Upload)
        .sandboxed(),
    own(
        "/api/v1/media/{id}",
        "write:media",
        Pending::Allowed,
        || web::to(show),
    ),
    deed("/api/v1/media/{id}", "write:media", || web::to(describe))
        .by("PUT")
        .sandboxed(),
    deed("/api/v1/media/{id}", "write:media", || web::to(describe))
        .by("PATCH")
        .sandboxed(),
    deed("/api/v1/media/{id}", "write:media", || web::to(delete))
        .by("DELETE")
        .sandboxed(),
];

#[derive(Deserialize)]
struct MediaForm {
    #[serde(default, deserialize_with = "lenient::opt_string")]
    description: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    focus: Option<String>,
}

async fn upload(
    app: Data<App>,
    base: Data<BaseUrl>,
    caller: Caller,
    params: ParamsWithFiles<MediaForm>,
) -> Answer {
    let mut files = params.files;
    let file = bytes(files.take("file"))
        .await?
        .ok_or_else(|| Error::field("file", "ERR_BLANK", "can't be blank"))?;
    let MediaForm { description, focus } = params.form;
    if caller.is_waiting() {
        let upload = draft_pictures::Upload {
            file,
            description,
            focus,
        };
        let kept = pending_media::upload(&app, &caller.applicant()?, upload).await?;
        return Ok(HttpResponse::Ok().json(kept));
    }
    let upload = Upload {
        file,
        description,
        focus,
    };
    let kept = media::upload(&app, &caller.member()?, upload).await?;
    Ok(HttpResponse::Ok().json(attachment(&urls(&base), &kept)))
}

async fn show(app: Data<App>, base: Data<BaseUrl>, caller: Caller, path: Path<String>) -> Answer {
    let medium = id(&path)?;
    if caller.is_waiting() {
        let found = pending_media::show(&app, &caller.applicant()?, medium).await?;
        return Ok(HttpResponse::Ok().json(found));
    }
    let found = media::find(&app, &caller.member()?, medium).await?;
    Ok(HttpResponse::Ok().json(attachment(&urls(&base), &found)))
}

async fn describe(
    app: Data<App>,
    base: Data<BaseUrl>,
    caller: Caller,
    path: Path<String>,
    form: Params<MediaForm>,
) -> Answer {
    let medium = id(&path)?;
    let MediaForm { description, focus } = form.0;
    if caller.is_waiting() {
        let words = draft_pictures::NewWords {
            id: medium,
            description,
            focus,
        };
        let found = pending_media::describe(&app, &caller.applicant()?, words).await?;
        return Ok(HttpResponse::Ok().json(found));
    }
    let who = caller.member()?;
    let found = media::describe(&app, &who, medium, description, focus).await?;
    Ok(HttpResponse::Ok().json(attachment(&urls(&base), &found)))
}

async fn delete(app: Data<App>, caller: Caller, path: Path<String>) -> Answer {
    let medium = id(&path)?;
    match caller.is_waiting() {
        true => draft_pictures::delete(&app, &caller.applicant()?, medium).await?,
        false => media::delete(&app, &caller.member()?, medium).await?,
    }
    Ok(HttpResponse::Ok().json(Empty {}))
}
