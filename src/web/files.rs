//! Files as they are: style, script and pictures of ours, and public media.

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use super::error::WebError;
use crate::app::App;
use crate::domain::Error;
use crate::door::{Access, Caching, Pending, Rate, Route};
use crate::files::{MediaPath, Place};

macro_rules! file {
    ($path:literal, $kind:literal) => {
        (
            $path,
            $kind,
            include_bytes!(concat!("../../static/", $path)).as_slice(),
        )
    };
}

/// Compiled in: path below `/static/`, type, bytes.
const STATIC: &[(&str, &str, &[u8])] = &[
    file!("css/porchlight.css", "text/css; charset=utf-8"),
    file!("js/desk.js", "text/javascript; charset=utf-8"),
    file!("js/passkey.js", "text/javascript; charset=utf-8"),
    file!("js/porchlight.js", "text/javascript; charset=utf-8"),
    file!("js/proof-worker.js", "text/javascript; charset=utf-8"),
    file!("js/proof.js", "text/javascript; charset=utf-8"),
    file!("img/light-on.svg", "image/svg+xml"),
    file!("img/light-off.svg", "image/svg+xml"),
    file!("img/avatar-default.png", "image/png"),
    file!("img/header-default.png", "image/png"),
    file!("img/favicon.png", "image/png"),
    file!("img/touch-icon.png", "image/png"),
];

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/static/{path:.*}",
        access: Access::Open,
        pending: Pending::AnyStanding,
        rate: Rate::Free,
        caching: Caching::Immutable,
        handler: || web::to(ours),
    },
    Route {
        method: "GET",
        path: "/favicon.ico",
        access: Access::Open,
        pending: Pending::AnyStanding,
        rate: Rate::Free,
        caching: Caching::Public(86_400),
        handler: || web::to(favicon),
    },
    Route {
        method: "GET",
        path: "/media/{path:.*}",
        access: Access::Open,
        pending: Pending::AnyStanding,
        rate: Rate::Free,
        caching: Caching::Immutable,
        handler: || web::to(media),
    },
];

async fn ours(path: web::Path<String>) -> Result<HttpResponse, WebError> {
    named(&path)
}

async fn favicon() -> Result<HttpResponse, WebError> {
    named("img/favicon.png")
}

fn named(path: &str) -> Result<HttpResponse, WebError> {
    let (_, kind, bytes) = STATIC
        .iter()
        .find(|(name, ..)| *name == path)
        .ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok().content_type(*kind).body(*bytes))
}

/// A picture of the media store, by its random path. Private ones are not here (F5), and
/// nothing served from here may run (F3).
async fn media(app: web::Data<App>, path: web::Path<String>) -> Result<HttpResponse, WebError> {
    let path = MediaPath::parse(&format!("media/{path}")).ok_or(Error::NotFound)?;
    if path.place() != Place::Public {
        return Err(Error::NotFound.into());
    }
    let stored = app.storage.open(&path).await?;
    Ok(HttpResponse::Ok()
        .content_type(stored.content_type)
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .no_chunking(stored.size)
        .streaming(stored.stream))
}
