//! Files of other servers under addresses of ours (`files/remote.rs`), and who may have them
//! fetched (`social/remote_media`).
//!
//! What is served has a type of our own choosing from an allow-list, may not run (F3), and is
//! never an ActivityPub document. Parts can be asked for, so that film can be wound on.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};

use super::error::WebError;
use crate::app::App;
use crate::app::federation::Network;
use crate::app::remote_media::Asker;
use crate::domain::ClientAddress;
use crate::domain::remote_media::Kind;
use crate::domain::{Error, ids};
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::files::{MediaPath, default_pictures, remote};
use crate::gate::who::Standing;
use crate::social::remote_media::{self, Shown, Wanted};

/// How long a file may be kept: its address changes when the original's does. Said for answers
/// without a body (304) as well.
const KEPT: &str = "public, max-age=31536000, immutable";
/// How long a browser may keep the stand-in for an account's picture.
const STAND_IN_KEPT: &str = "private, max-age=60";

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        path: "/media/remote/emoji/{id}/{signature}/{url}",
        handler: || web::to(emoji),
        ..ROW
    },
    Route {
        path: "/media/remote/{folder}/{id}/{signature}",
        handler: || web::to(file),
        ..ROW
    },
];

/// A session is understood, because a pending user must not have anything fetched.
const ROW: Route = Route {
    method: "GET",
    path: "",
    access: Access::Page,
    pending: Pending::AnyStanding,
    rate: Rate::Pictures,
    caching: Caching::Immutable,
    handler: web::get,
};

async fn file(
    req: HttpRequest,
    network: web::Data<Network>,
    caller: Caller,
    path: web::Path<(String, String, String)>,
) -> Result<HttpResponse, WebError> {
    let (folder, id, signature) = path.into_inner();
    let (kind, small) = match folder.as_str() {
        "files" => (Kind::Attachment, false),
        "previews" => (Kind::Attachment, true),
        "avatars" => (Kind::Avatar, false),
        "headers" => (Kind::Header, false),
        _ => return Ok(nothing(StatusCode::NOT_FOUND)),
    };
    let Some(id) = ids::parse(&id) else {
        return Ok(nothing(StatusCode::NOT_FOUND));
    };
    let wanted = Wanted {
        kind,
        id,
        url: None,
        signature,
        small,
    };
    answer(&req, &network, &caller, &wanted).await
}

async fn emoji(
    req: HttpRequest,
    network: web::Data<Network>,
    caller: Caller,
    path: web::Path<(String, String, String)>,
) -> Result<HttpResponse, WebError> {
    let (id, signature, url) = path.into_inner();
    let (Some(id), Some(url)) = (ids::parse(&id), remote::emoji_url(&url)) else {
        return Ok(nothing(StatusCode::NOT_FOUND));
    };
    let wanted = Wanted {
        kind: Kind::Emoji,
        id,
        url: Some(url),
        signature,
        small: false,
    };
    answer(&req, &network, &caller, &wanted).await
}

async fn answer(
    req: &HttpRequest,
    network: &Network,
    caller: &Caller,
    wanted: &Wanted,
) -> Result<HttpResponse, WebError> {
    let shown = match asker(caller) {
        Some(asker) => remote_media::fetched(network, &asker, wanted).await,
        None => remote_media::look(network.app(), wanted).await,
    };
    match shown {
        Ok(Shown::Here(path, size)) => serve(req, network.app(), &path, size).await,
        Ok(Shown::Missing(_) | Shown::No) => Ok(stand_in(wanted.kind)),
        Err(Error::TooMany { retry_at, .. }) => {
            let wait = (retry_at - network.app().clock.now()).num_seconds().max(1);
            let mut response = nothing(StatusCode::SERVICE_UNAVAILABLE);
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, wait.into());
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

/// On whose budget it is fetched; `None` for those who may have nothing fetched: whoever is
/// signed in and is no member (H1).
fn asker(caller: &Caller) -> Option<Asker> {
    match caller.user() {
        Some(user) if user.standing() == Standing::Member => Some(Asker::Member(user.user.id)),
        Some(_) => None,
        None => {
            let network = ClientAddress(caller.address()).network();
            Some(Asker::Stranger(network.to_string()))
        }
    }
}

/// What an account without a picture has; nothing in place of everything else, so that the
/// words stand there which the page has for it.
fn stand_in(kind: Kind) -> HttpResponse {
    let path = match kind {
        Kind::Avatar => default_pictures::AVATAR_PATH,
        Kind::Header => default_pictures::HEADER_PATH,
        Kind::Attachment | Kind::Emoji => return nothing(StatusCode::NOT_FOUND),
    };
    HttpResponse::Found()
        .insert_header((header::LOCATION, path))
        .insert_header((header::CACHE_CONTROL, STAND_IN_KEPT))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .finish()
}

fn nothing(status: StatusCode) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .finish()
}

const POLICY: &str = "default-src 'none'; sandbox";

async fn serve(
    req: &HttpRequest,
    app: &App,
    path: &MediaPath,
    size: u64,
) -> Result<HttpResponse, WebError> {
    // A file that was fetched again lies elsewhere, and may differ.
    let tag = format!("\"{}\"", name(path));
    let asked = req.headers();
    if names(asked, header::IF_NONE_MATCH, &tag) {
        return Ok(headed(StatusCode::NOT_MODIFIED, &tag).finish());
    }
    let whole = asked.contains_key(header::IF_RANGE) && !names(asked, header::IF_RANGE, &tag);
    let range = asked
        .get(header::RANGE)
        .filter(|_| !whole)
        .and_then(|value| part(value.to_str().ok()?, size));
    let (status, stored) = match range {
        None => (StatusCode::OK, app.storage.open(path).await?),
        Some(None) => {
            return Ok(headed(StatusCode::RANGE_NOT_SATISFIABLE, &tag)
                .insert_header((header::CONTENT_RANGE, format!("bytes */{size}")))
                .insert_header((header::CACHE_CONTROL, "no-store"))
                .finish());
        }
        Some(Some((from, to))) => {
            let stored = app.storage.open_part(path, from, to).await?;
            (StatusCode::PARTIAL_CONTENT, stored)
        }
    };
    let mut response = headed(status, &tag);
    response
        .content_type(stored.content_type)
        .insert_header((header::CONTENT_ENCODING, "identity"));
    if let Some(Some((from, to))) = range {
        response.insert_header((header::CONTENT_RANGE, format!("bytes {from}-{to}/{size}")));
    }
    Ok(response.no_chunking(stored.size).streaming(stored.stream))
}

fn headed(status: StatusCode, tag: &str) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((header::CACHE_CONTROL, KEPT))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::ETAG, tag));
    response
}

/// The random name of a file.
fn name(path: &MediaPath) -> &str {
    let file = path.as_str().rsplit('/').next().unwrap_or_default();
    file.split('.').next().unwrap_or_default()
}

/// Whether a header names this tag, or any.
fn names(headers: &HeaderMap, header: header::HeaderName, tag: &str) -> bool {
    headers
        .get(header)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| {
            value
                .split(',')
                .map(|one| one.trim().trim_start_matches("W/"))
                .any(|one| one == tag || one == "*")
        })
}

/// The part that is asked for, first and last byte. `None` where it is no single range of bytes,
/// which is answered by all of it; `Some(None)` where it lies outside.
fn part(range: &str, size: u64) -> Option<Option<(u64, u64)>> {
    let (first, last) = range.trim().strip_prefix("bytes=")?.split_once('-')?;
    let end = size.checked_sub(1);
    let number = |text: &str| text.trim().parse::<u64>().ok();
    if first.trim().is_empty() {
        let last = number(last)?;
        return Some(match end {
            Some(end) if last > 0 => Some((size.saturating_sub(last), end)),
            _ => None,
        });
    }
    let first = number(first)?;
    let last = match last.trim() {
        "" => None,
        last => Some(number(last)?),
    };
    if last.is_some_and(|last| last < first) {
        return None;
    }
    Some(end.filter(|end| first <= *end).map(|end| {
        let last = last.unwrap_or(end).min(end);
        (first, last)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_they_are_written() {
        for (range, expected) in [
            ("bytes=0-99", Some(Some((0, 99)))),
            ("bytes=0-", Some(Some((0, 999)))),
            ("bytes=900-5000", Some(Some((900, 999)))),
            ("bytes=-10", Some(Some((990, 999)))),
            ("bytes=-5000", Some(Some((0, 999)))),
            ("bytes=1000-", Some(None)),
            ("bytes=-0", Some(None)),
            ("bytes=5-4", None),
            ("bytes=0-1,5-6", None),
            ("bytes=a-b", None),
            ("items=0-1", None),
            ("", None),
        ] {
            assert_eq!(part(range, 1_000), expected, "{range}");
        }
        assert_eq!(part("bytes=0-", 0), Some(None));
    }
}
