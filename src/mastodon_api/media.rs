//! Uploads of members, until a status has them. Pictures are ready at once.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path};
use serde::Deserialize;

use super::answer::{Answer, id, urls};
use super::credentials::bytes;
use super::entities::Empty;
use super::forms::lenient;
use super::render::media::attachment;
use super::rows::{deed, own};
use super::{BaseUrl, Params, ParamsWithFiles};
use crate::app::App;
use crate::domain::Error;
use crate::door::{Caller, Pending, Rate, Route};
use crate::social::media::{self, Upload};

/// What this file offers.
pub const ROUTES: &[Route] = &[
    deed("/api/v2/media", "write:media", || web::to(upload)).at_rate(Rate::Upload),
    deed("/api/v1/media", "write:media", || web::to(upload)).at_rate(Rate::Upload),
    own(
        "/api/v1/media/{id}",
        "write:media",
        Pending::Refused,
        || web::to(show),
    ),
    deed("/api/v1/media/{id}", "write:media", || web::to(describe)).by("PUT"),
    deed("/api/v1/media/{id}", "write:media", || web::to(describe)).by("PATCH"),
    deed("/api/v1/media/{id}", "write:media", || web::to(delete)).by("DELETE"),
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
    let who = caller.member()?;
    let mut files = params.files;
    let file = bytes(files.take("file"))
        .await?
        .ok_or_else(|| Error::field("file", "ERR_BLANK", "can't be blank"))?;
    let upload = Upload {
        file,
        description: params.form.description,
        focus: params.form.focus,
    };
    let kept = media::upload(&app, &who, upload).await?;
    Ok(HttpResponse::Ok().json(attachment(&urls(&base), &kept)))
}

async fn show(app: Data<App>, base: Data<BaseUrl>, caller: Caller, path: Path<String>) -> Answer {
    let found = media::find(&app, &caller.member()?, id(&path)?).await?;
    Ok(HttpResponse::Ok().json(attachment(&urls(&base), &found)))
}

async fn describe(
    app: Data<App>,
    base: Data<BaseUrl>,
    caller: Caller,
    path: Path<String>,
    form: Params<MediaForm>,
) -> Answer {
    let (who, medium) = (caller.member()?, id(&path)?);
    let MediaForm { description, focus } = form.0;
    let found = media::describe(&app, &who, medium, description, focus).await?;
    Ok(HttpResponse::Ok().json(attachment(&urls(&base), &found)))
}

async fn delete(app: Data<App>, caller: Caller, path: Path<String>) -> Answer {
    media::delete(&app, &caller.member()?, id(&path)?).await?;
    Ok(HttpResponse::Ok().json(Empty {}))
}
