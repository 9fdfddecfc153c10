//! Errors as apps read them: one mapping for the whole door (quirks 17 and 45 to 49).

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use chrono::SecondsFormat;
use serde_json::{Map, Value, json};

use super::BaseUrl;
use crate::domain::Error;
use crate::domain::error::{BUSY_FOR, Closed, Invalid};
use crate::door::{language, status};
use crate::text::catalogue::{Language, Words};
use crate::text::refusals;

/// Where somebody waits for an answer to their application.
const WAITING_PATH: &str = "/waiting";

/// A use case's error on its way to an app. Handlers return it by `?`.
#[derive(Debug)]
pub struct ApiError(pub Error);

impl<E: Into<Error>> From<E> for ApiError {
    fn from(error: E) -> ApiError {
        ApiError(error.into())
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.sentence())
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        status::of(&self.0)
    }

    /// Logs a broken thing with its cause; the request's id stands in the span around it.
    fn error_response(&self) -> HttpResponse {
        if let Error::Broken(cause) = &self.0 {
            tracing::error!(cause = format!("{cause:#}"), "an API request broke");
        }
        self.respond(&BaseUrl::bare(String::new()), Words(Language::English))
    }
}

impl ApiError {
    /// The answer, with absolute URLs in its body, in these words.
    pub fn respond(&self, base: &BaseUrl, words: Words) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if let Error::TooMany { retry_at, .. } = &self.0 {
            // Both are points in time, so that no clock is read here.
            response.insert_header((
                header::RETRY_AFTER,
                retry_at.format("%a, %d %b %Y %H:%M:%S GMT").to_string(),
            ));
            response.insert_header((
                "X-RateLimit-Reset",
                retry_at.to_rfc3339_opts(SecondsFormat::Micros, true),
            ));
        }
        if let Error::Busy = &self.0 {
            response.insert_header((header::RETRY_AFTER, BUSY_FOR));
        }
        response.json(self.body(base, words))
    }

    fn body(&self, base: &BaseUrl, words: Words) -> Value {
        let sentence = refusals::in_words(words, self.0.sentence());
        match &self.0 {
            Error::Invalid(invalid) if !invalid.fields.is_empty() => {
                json!({ "error": sentence, "details": details(invalid) })
            }
            Error::Closed(closed) => closed_body(&sentence, closed, base),
            _ => json!({ "error": sentence }),
        }
    }
}

/// `{field: [{error, description}]}`, several troubles of one field side by side.
fn details(invalid: &Invalid) -> Map<String, Value> {
    let mut details = Map::new();
    for trouble in &invalid.fields {
        let entry = details
            .entry(trouble.field.to_string())
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = entry {
            list.push(json!({ "error": trouble.code, "description": trouble.description }));
        }
    }
    details
}

/// The one documented 403 of the sandbox (registration.md C2).
fn closed_body(sentence: &str, closed: &Closed, base: &BaseUrl) -> Value {
    let mut body = json!({ "error": sentence, "error_code": closed.code });
    if let Some(application) = &closed.application {
        body["application"] = json!({
            "state": application.state.as_str(),
            "submitted_at": application
                .submitted_at
                .to_rfc3339_opts(SecondsFormat::Millis, true),
            "url": base.join(WAITING_PATH),
        });
    }
    body
}

/// Middleware around the API's scope: makes the URLs in error bodies absolute and says them in
/// the language of whom they are for (quirk 13), which an error alone cannot, since it knows
/// neither.
pub async fn in_full<B: MessageBody + 'static>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let response = next.call(req).await?;
    let error = response.response().error();
    let rebuilt = error
        .and_then(|error| error.as_error::<ApiError>())
        .and_then(|error| {
            let words = language::of(response.request());
            let as_it_is = words.0 == Language::English && !matches!(error.0, Error::Closed(_));
            (!as_it_is).then(|| error.respond(&BaseUrl::of(response.request()), words))
        });
    Ok(match rebuilt {
        Some(mut body) => {
            // What was said beside it, such as how much is left, still holds.
            let said: Vec<_> = body.headers().keys().cloned().collect();
            for (name, value) in response.headers() {
                if !said.contains(name) && name != header::CONTENT_LENGTH {
                    body.headers_mut().append(name.clone(), value.clone());
                }
            }
            response.into_response(body).map_into_right_body()
        }
        None => response.map_into_left_body(),
    })
}

/// The answer for every path under `/api` that nothing serves: JSON, never a page.
pub async fn not_found() -> HttpResponse {
    ApiError(Error::NotFound).error_response()
}

/// An error of the OAuth endpoints: a code for apps and a sentence for people (RFC 6749,
/// 5.2).
#[derive(Debug)]
pub enum OauthError {
    /// `invalid_request`, `invalid_grant`, `unsupported_grant_type`, `invalid_scope`, … (400).
    Bad {
        /// The standard's code.
        code: &'static str,
        /// What went wrong.
        description: String,
    },
    /// `invalid_client` (401): apps register anew on this.
    InvalidClient,
    /// Anything that the rest of the API answers alike: limits, sizes, a broken server.
    Other(ApiError),
}

impl OauthError {
    /// A 400 with one of the standard's codes.
    pub fn bad(code: &'static str, description: impl Into<String>) -> OauthError {
        OauthError::Bad {
            code,
            description: description.into(),
        }
    }
}

impl<E: Into<Error>> From<E> for OauthError {
    fn from(error: E) -> OauthError {
        match error.into() {
            Error::BadRequest(message) => OauthError::bad("invalid_request", message),
            Error::Invalid(invalid) => OauthError::bad("invalid_request", invalid.sentence()),
            other => OauthError::Other(ApiError(other)),
        }
    }
}

impl std::fmt::Display for OauthError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            OauthError::Bad { code, description } => write!(f, "{code}: {description}"),
            OauthError::InvalidClient => f.write_str("invalid_client"),
            OauthError::Other(error) => error.fmt(f),
        }
    }
}

impl ResponseError for OauthError {
    fn status_code(&self) -> StatusCode {
        match self {
            OauthError::Bad { .. } => StatusCode::BAD_REQUEST,
            OauthError::InvalidClient => StatusCode::UNAUTHORIZED,
            OauthError::Other(error) => error.status_code(),
        }
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            OauthError::Bad { code, description } => no_store(self.status_code())
                .json(json!({ "error": code, "error_description": description })),
            OauthError::InvalidClient => no_store(self.status_code())
                .insert_header((header::WWW_AUTHENTICATE, "Basic realm=\"oauth\""))
                .json(json!({
                    "error": "invalid_client",
                    "error_description": "Client authentication failed: the app is unknown here, \
                                          sent no secret, or the wrong one.",
                })),
            OauthError::Other(error) => error.error_response(),
        }
    }
}

fn no_store(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::application::ApplicationState;
    use crate::domain::error::ApplicationNotice;
    use actix_web::{App, middleware::from_fn, test, web};
    use chrono::DateTime;

    fn waiting() -> ApiError {
        ApiError(Error::Closed(Box::new(Closed {
            message: "Your application is waiting for an answer.".into(),
            code: "pending_approval",
            application: Some(ApplicationNotice {
                state: ApplicationState::Pending,
                submitted_at: DateTime::from_timestamp_millis(1_700_000_000_123).unwrap(),
            }),
        })))
    }

    #[actix_web::test]
    async fn a_closed_door_names_the_waiting_page() {
        async fn handler() -> Result<HttpResponse, ApiError> {
            Err(waiting())
        }
        let app = test::init_service(
            App::new()
                .app_data(web::Data::new(BaseUrl::bare("https://porch.test")))
                .wrap(from_fn(in_full))
                .route("/x", web::get().to(handler)),
        )
        .await;
        let response =
            test::call_service(&app, test::TestRequest::get().uri("/x").to_request()).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        let body: Value = test::read_body_json(response).await;
        assert_eq!(
            body,
            json!({
                "error": "Your application is waiting for an answer.",
                "error_code": "pending_approval",
                "application": {
                    "state": "pending",
                    "submitted_at": "2023-11-14T22:13:20.123Z",
                    "url": "https://porch.test/waiting",
                },
            })
        );
    }

    #[actix_web::test]
    async fn fields_are_told_one_by_one() {
        let mut invalid = Invalid::new();
        invalid.add("username", "ERR_TAKEN", "has already been taken");
        invalid.add("username", "ERR_TOO_LONG", "is too long");
        let body = ApiError(Error::Invalid(invalid))
            .body(&BaseUrl::bare(String::new()), Words(Language::English));
        assert_eq!(body["details"]["username"][1]["error"], "ERR_TOO_LONG");
        assert!(
            body["error"]
                .as_str()
                .unwrap()
                .starts_with("Validation failed: ")
        );
    }

    #[actix_web::test]
    async fn too_many_says_when_to_come_back() {
        let response = ApiError(Error::TooMany {
            message: "Slow down.".into(),
            retry_at: DateTime::from_timestamp(1_700_000_000, 0).unwrap(),
        })
        .error_response();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(
            response.headers().get("retry-after").unwrap(),
            "Tue, 14 Nov 2023 22:13:20 GMT"
        );
        assert_eq!(
            response.headers().get("x-ratelimit-reset").unwrap(),
            "2023-11-14T22:13:20.000000Z"
        );
    }

    #[actix_web::test]
    async fn a_cause_stays_inside() {
        let error = ApiError::from(std::io::Error::other("password=hunter2"));
        assert_eq!(error.status_code(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(
            !error
                .body(&BaseUrl::bare(String::new()), Words(Language::English))
                .to_string()
                .contains("hunter2")
        );
    }

    #[actix_web::test]
    async fn oauth_speaks_in_codes() {
        let error = OauthError::from(Error::BadRequest("no code".into()));
        assert_eq!(error.to_string(), "invalid_request: no code");
        assert_eq!(
            OauthError::InvalidClient.error_response().status(),
            StatusCode::UNAUTHORIZED
        );
    }
}
