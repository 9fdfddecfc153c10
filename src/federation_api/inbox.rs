//! `POST /ap/inbox` and each actor's own: what other servers tell us.
//!
//! 202 and nothing in it, once it is kept. 400 for what can be read in two ways, 401 for what
//! nobody is believed to have said, 403 for servers that are blocked, 413, 415, 429 with
//! `Retry-After` over the host's budget, 503 with `Retry-After` when we have too much to do
//! or something of ours does not work: that passes, and is sent again.

use std::time::Duration;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use bytes::BytesMut;
use chrono::{DateTime, Utc};
use futures::StreamExt;
use serde_json::json;

use super::wire;
use crate::app::App;
use crate::domain::error::BUSY_FOR;
use crate::domain::{ClientAddress, Error};
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::incoming::inbox::{Inbox, MAX_BODY};
use crate::incoming::sift::Refusal;
use crate::secrets::signature::Request;

/// How long a body may take to come.
const PATIENCE: Duration = Duration::from_secs(20);
/// When to come again where something of ours does not work, in seconds.
const BROKEN_FOR: &str = "60";
/// Bodies up to this length are read past when they are refused, in bytes.
const SMALL: usize = 64 * 1024;

/// The routes. Not counted by network: budgets go by the server that signed.
pub const ROUTES: &[Route] = &[post("/ap/inbox"), post("/ap/actors/{id}/inbox")];

const fn post(path: &'static str) -> Route {
    Route {
        method: "POST",
        path,
        access: Access::Open,
        pending: Pending::AsVisitor,
        rate: Rate::Free,
        caching: Caching::Private,
        handler: || web::to(receive),
    }
}

/// Takes it or refuses it, and counts which.
async fn receive(
    req: HttpRequest,
    payload: web::Payload,
    caller: Caller,
    app: web::Data<App>,
    inbox: web::Data<Inbox>,
) -> Result<HttpResponse, Refused> {
    let counts = app.metrics.clone();
    let taken = take(req, payload, caller, app, inbox).await;
    counts.inbox.add_word(match &taken {
        Ok(_) => "accepted",
        Err(refused) => refused.why.word(),
    });
    taken
}

async fn take(
    req: HttpRequest,
    payload: web::Payload,
    caller: Caller,
    app: web::Data<App>,
    inbox: web::Data<Inbox>,
) -> Result<HttpResponse, Refused> {
    let at = app.clock.now();
    let refused = |why| Refused { why, at };
    if !app.config.server.federates() {
        return Ok(HttpResponse::NotFound().finish());
    }
    let length = announced(&req).unwrap_or(MAX_BODY);
    if !is_activity(&req) {
        pass_over(payload, length).await;
        return Err(refused(Refusal::AnotherType));
    }
    let (origin, headers) = (app.origin(), wire::headers(&req));
    let request = Request {
        method: "POST",
        origin: &origin,
        target: wire::target(&req),
        headers: &headers,
        has_body: true,
    };
    let from = ClientAddress(caller.address()).network().to_string();
    let knock = match inbox.knock(&request, length, from).await {
        Ok(knock) => knock,
        Err(why) => {
            pass_over(payload, length).await;
            return Err(refused(why));
        }
    };
    let body = read(payload, length.min(MAX_BODY)).await.map_err(refused)?;
    inbox.receive(knock, &body).await.map_err(refused)?;
    Ok(HttpResponse::Accepted().finish())
}

fn is_activity(req: &HttpRequest) -> bool {
    let kind = req
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim();
    ["application/activity+json", "application/ld+json"]
        .iter()
        .any(|known| kind.eq_ignore_ascii_case(known))
}

fn announced(req: &HttpRequest) -> Option<usize> {
    let length = req.headers().get(header::CONTENT_LENGTH)?;
    length.to_str().ok()?.parse().ok()
}

/// The whole body, up to `limit` bytes, if it comes within [`PATIENCE`].
async fn read(mut payload: web::Payload, limit: usize) -> Result<BytesMut, Refusal> {
    let whole = async {
        let mut body = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| Refusal::Malformed("The body broke off"))?;
            if body.len() + chunk.len() > limit {
                return Err(Refusal::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    };
    match tokio::time::timeout(PATIENCE, whole).await {
        Ok(read) => read,
        Err(_) => Err(Refusal::Malformed("The body came too slowly")),
    }
}

/// Reads past a small body that nobody wants: a connection that is closed in the middle of one
/// looks to a proxy like a server that fell over, and the next request needs a new one.
async fn pass_over(mut payload: web::Payload, length: usize) {
    if length <= SMALL {
        let rest = async { while let Some(Ok(_)) = payload.next().await {} };
        // Who is too slow is cut off.
        let _ = tokio::time::timeout(PATIENCE, rest).await;
    }
}

/// A refusal on its way out, with the moment it was made.
#[derive(Debug)]
struct Refused {
    why: Refusal,
    at: DateTime<Utc>,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match &self.why {
            Refusal::Malformed(what) | Refusal::Unbelieved(what) => what,
            Refusal::Blocked => "This server takes nothing from yours",
            Refusal::TooLarge => "An activity has a megabyte at the most",
            Refusal::AnotherType => "An activity is application/activity+json",
            Refusal::TooMany(_) => "Your server sent too much; please wait",
            Refusal::Later(_) | Refusal::Broken(Error::Busy) => "Not now; please try again",
            Refusal::Broken(_) => "Something went wrong on our side. It has been logged.",
        })
    }
}

impl ResponseError for Refused {
    fn status_code(&self) -> StatusCode {
        match &self.why {
            Refusal::Malformed(_) => StatusCode::BAD_REQUEST,
            Refusal::Unbelieved(_) => StatusCode::UNAUTHORIZED,
            Refusal::Blocked => StatusCode::FORBIDDEN,
            Refusal::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Refusal::AnotherType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Refusal::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            // A 500 would be taken for a refusal, and what was sent be lost.
            Refusal::Later(_) | Refusal::Broken(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status_code());
        match &self.why {
            Refusal::Broken(Error::Busy) => {
                answer.insert_header((header::RETRY_AFTER, BUSY_FOR));
            }
            Refusal::Broken(cause) => {
                tracing::error!(?cause, "an activity could not be received");
                answer.insert_header((header::RETRY_AFTER, BROKEN_FOR));
            }
            _ => {}
        }
        if let Refusal::TooMany(at) | Refusal::Later(at) = &self.why {
            let seconds = (*at - self.at).num_seconds().clamp(1, 86_400);
            answer.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        answer.json(json!({ "error": self.to_string() }))
    }
}
