//! Errors as pages: one mapping for the whole door.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, ResponseError};

use super::form::STALE;
use super::public::trouble::TroublePage;
use super::{frame, kept};
use crate::domain::Error;
use crate::domain::error::BUSY_FOR;
use crate::door::{Caller, status};
use crate::gate::who::ASLEEP;

/// A use case's error on its way to a page. Handlers return it by `?`.
#[derive(Debug)]
pub struct WebError(pub Error);

impl<E: Into<Error>> From<E> for WebError {
    fn from(error: E) -> WebError {
        WebError(error.into())
    }
}

impl std::fmt::Display for WebError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.sentence())
    }
}

impl ResponseError for WebError {
    fn status_code(&self) -> StatusCode {
        status::of(&self.0)
    }

    /// Plain words; [`as_pages`] puts the frame around them, which needs the request.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status_code())
            .content_type("text/plain; charset=utf-8")
            .body(self.0.sentence())
    }
}

/// Middleware: turns a [`WebError`] into a page in the house's frame, and a missing sign-in
/// into the way there.
pub async fn as_pages<B: MessageBody + 'static>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let response = next.call(req).await?;
    let failed = response
        .response()
        .error()
        .and_then(|e| e.as_error::<WebError>())
        .is_some();
    if !failed {
        return Ok(response.map_into_left_body());
    }
    let (req, response) = response.into_parts();
    let page = match response.error().and_then(|e| e.as_error::<WebError>()) {
        Some(error) => page_for(&req, &error.0).await,
        None => HttpResponse::InternalServerError().finish(),
    };
    Ok(ServiceResponse::new(req, page).map_into_right_body())
}

/// The page for an error, or where to go instead of it.
pub async fn page_for(req: &HttpRequest, error: &Error) -> HttpResponse {
    if let Error::SignIn(_) = error {
        return frame::see_other(&sign_in_path(req));
    }
    if let Error::Closed(closed) = error
        && closed.application.is_some()
    {
        return frame::see_other("/waiting");
    }
    if let Error::Broken(cause) = error {
        tracing::error!(
            cause = format!("{cause:#}"),
            path = req.path(),
            "a page broke"
        );
    }
    let status = status::of(error);
    if let Error::Busy = error {
        // A frame asks the database for more, which is what there is too much of.
        return HttpResponse::build(status)
            .insert_header((header::RETRY_AFTER, BUSY_FOR))
            .content_type("text/plain; charset=utf-8")
            .body(error.sentence());
    }
    let caller = req.extensions().get::<Caller>().cloned();
    let framed = frame::page(req, caller.as_ref(), title_of(error)).await;
    let rendered = match framed {
        Ok(mut page) => {
            page.noindex = true;
            let trouble = TroublePage {
                page,
                status: status.as_u16(),
                sentence: words_of(error),
                onward: onward(req, error),
                kept: kept::shown(req),
            };
            frame::render(req, &trouble).ok()
        }
        Err(_) => None,
    };
    match rendered {
        Some(mut response) => {
            *response.status_mut() = status;
            say_when(&mut response, error);
            response
        }
        // Not even the frame could be made: the database is away, say.
        None => HttpResponse::build(status)
            .content_type("text/plain; charset=utf-8")
            .body(bare(req, error)),
    }
}

/// Without a frame: the sentence, and what was typed below it.
fn bare(req: &HttpRequest, error: &Error) -> String {
    let mut words = error.sentence();
    for kept in kept::shown(req) {
        words.push_str(&format!("\n\n{}:\n{}", kept.label, kept.text));
    }
    words
}

/// Says when to come again, where the error knows.
pub fn say_when(response: &mut HttpResponse, error: &Error) {
    if let Error::TooMany { retry_at, .. } = error
        && let Ok(value) =
            header::HeaderValue::from_str(&retry_at.format("%a, %d %b %Y %H:%M:%S GMT").to_string())
    {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
}

/// Where to go from an error that has a way out.
fn onward(req: &HttpRequest, error: &Error) -> Option<(String, String)> {
    match error {
        Error::Closed(closed) if closed.code == ASLEEP => Some((
            "/settings/second-factor".to_owned(),
            "Set a second factor".to_owned(),
        )),
        Error::Denied(words) if words == STALE && has_page(req) => {
            Some((req.path().to_owned(), "Load the page again".to_owned()))
        }
        _ if req.path().starts_with("/waiting/") => {
            Some(("/waiting".to_owned(), "Back to the porch".to_owned()))
        }
        _ => None,
    }
}

/// Whether there is something to look at where this was sent to.
fn has_page(req: &HttpRequest) -> bool {
    let sent_to = req.match_pattern();
    super::ROUTES
        .iter()
        .flat_map(|file| file.iter())
        .any(|route| route.method == "GET" && Some(route.path) == sent_to.as_deref())
}

fn title_of(error: &Error) -> &'static str {
    match error {
        Error::Closed(closed) if closed.code == ASLEEP => "Your staff rights sleep",
        Error::NotFound | Error::Gone => "There is nothing here",
        Error::SignIn(_) => "Please sign in",
        Error::Denied(words) if words == STALE => "Please send it once more",
        Error::Denied(_) => "That is not for you",
        Error::Closed(_) => "The door is closed",
        Error::Invalid(_) | Error::BadRequest(_) => "That did not work",
        Error::Conflict(_) => "Somebody was faster",
        Error::TooLarge(_) => "That is too large",
        Error::TooMany { .. } => "One moment, please",
        Error::Busy => "One moment, please",
        Error::Broken(_) => "Something broke",
    }
}

fn words_of(error: &Error) -> String {
    match error {
        Error::NotFound | Error::Gone => {
            "The address is wrong, or what was here is gone, or it is not \
                            meant for you."
                .to_owned()
        }
        other => other.sentence(),
    }
}

/// The sign-in page, with the way back for what was only looked at.
fn sign_in_path(req: &HttpRequest) -> String {
    if req.method().is_safe() {
        let here = req.uri().path_and_query().map_or("/", |p| p.as_str());
        let back = percent_encoding::utf8_percent_encode(here, percent_encoding::NON_ALPHANUMERIC);
        format!("/sign-in?return_to={back}")
    } else {
        "/sign-in".to_owned()
    }
}
