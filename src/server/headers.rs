//! The headers that every response carries, and the id that names a request in the log.

use std::borrow::Cow;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};
use tracing::Instrument;
use uuid::Uuid;

use crate::app::App;
use crate::web::content_policy;

/// The API is data: nothing in it may run or be framed.
const API_POLICY: &str = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/// On every response as they are, but where the handler set its own.
const ALWAYS: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    (
        "permissions-policy",
        "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), \
         microphone=(), payment=(), usb=()",
    ),
];

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Behind these stands what only one person may know, sent to them by mail or handed to them.
const BEFORE_SECRETS: &[&str] = &[
    "/check-in/",
    "/invite/",
    "/owner/",
    "/password/",
    "/settings/email/",
];

/// A path as it may stand in a log: without the secret at its end.
fn for_the_log(path: &str) -> Cow<'_, str> {
    match BEFORE_SECRETS
        .iter()
        .find(|start| path.starts_with(**start))
    {
        Some(start) => Cow::Owned(format!("{start}…")),
        None => Cow::Borrowed(path),
    }
}

/// The name of a request in the log and in `X-Request-Id`; in the request's extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub String);

/// Middleware, the outermost: names the request, and adds the headers of safety.
///
/// What a handler set itself stays: a page that needs another policy (the consent page)
/// sends its own.
pub async fn finish<B: MessageBody>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    // Ours always: one from outside could be any text, and the same for many requests.
    let id = Uuid::new_v4().simple().to_string();
    req.extensions_mut().insert(RequestId(id.clone()));
    let is_api = is_api(req.path());
    let has_token = req.headers().contains_key(header::AUTHORIZATION)
        || req.query_string().contains("access_token=")
        || req.query_string().contains("bearer_token=");
    let has_cookie = req.headers().contains_key(header::COOKIE);

    // At the error level, so that no filter takes the id from an error.
    let path = for_the_log(req.path());
    let span = tracing::error_span!("request", id = %id, method = %req.method(), path = %path);
    let mut response = next.call(req).instrument(span).await?;

    let asked = response.request();
    if let Some(app) = asked.app_data::<web::Data<App>>() {
        let status = response.status().as_u16();
        app.metrics.answered(asked.path(), is_api, status);
    }

    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        set_default(headers, HeaderName::from_static(name), value);
    }
    let policy = if is_api {
        API_POLICY
    } else {
        content_policy::PAGE
    };
    set_default(headers, header::CONTENT_SECURITY_POLICY, policy);
    if is_api {
        headers.append(
            header::VARY,
            HeaderValue::from_static("Authorization, Origin"),
        );
        if has_token {
            // Whatever the handler thought: this answer is one person's.
            headers.insert(
                header::CACHE_CONTROL,
                HeaderValue::from_static("private, no-store"),
            );
        } else {
            // What no row of the table answered: errors, mostly.
            set_default(headers, header::CACHE_CONTROL, "no-cache");
        }
    } else {
        let cache = if has_cookie {
            "private, no-store"
        } else {
            "no-cache"
        };
        set_default(headers, header::CACHE_CONTROL, cache);
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, value);
    }
    Ok(response)
}

/// Middleware: HEAD works wherever GET does. The protocol below leaves the body away, since
/// it goes by what came over the wire.
pub async fn head_as_get<B: MessageBody>(
    mut req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    if req.method() == Method::HEAD {
        req.head_mut().method = Method::GET;
    }
    next.call(req).await
}

fn is_api(path: &str) -> bool {
    path.starts_with("/api/")
        || matches!(path, "/oauth/token" | "/oauth/revoke" | "/oauth/userinfo")
}

fn set_default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    if !headers.contains_key(&name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::middleware::{NormalizePath, from_fn};
    use actix_web::{App, HttpRequest, HttpResponse, test, web};

    async fn page(req: HttpRequest) -> HttpResponse {
        let id = req.extensions().get::<RequestId>().cloned().unwrap();
        HttpResponse::Ok()
            .insert_header(("x-seen", id.0))
            .body("hello")
    }

    async fn consent() -> HttpResponse {
        HttpResponse::Ok()
            .insert_header((header::CONTENT_SECURITY_POLICY, content_policy::CONSENT))
            .finish()
    }

    async fn answer(request: test::TestRequest) -> ServiceResponse {
        let app = test::init_service(
            App::new()
                .wrap(from_fn(head_as_get))
                .wrap(NormalizePath::trim())
                .wrap(from_fn(finish))
                .route("/consent", web::get().to(consent))
                .route("/api/v1/instance", web::get().to(page))
                .route("/home", web::get().to(page)),
        )
        .await;
        test::call_service(&app, request.to_request())
            .await
            .map_into_boxed_body()
    }

    fn header<'r>(response: &'r ServiceResponse, name: &str) -> &'r str {
        response
            .headers()
            .get(name)
            .map_or("", |v| v.to_str().unwrap())
    }

    #[actix_web::test]
    async fn what_a_path_keeps_secret_is_not_logged() {
        let routes = super::super::table::ROUTES.iter().filter(|route| {
            ["{token}", "{code}"]
                .iter()
                .any(|secret| route.path.contains(secret))
        });
        let mut seen = 0;
        for route in routes {
            seen += 1;
            let path = route
                .path
                .replace("{token}", "key")
                .replace("{code}", "key");
            assert!(!for_the_log(&path).contains("key"), "{path}");
        }
        assert!(seen >= 5, "{seen}");
        assert_eq!(for_the_log("/@ann/5"), "/@ann/5");
    }

    #[actix_web::test]
    async fn pages_are_fenced_in() {
        let response = answer(test::TestRequest::get().uri("/home")).await;
        assert_eq!(
            header(&response, "content-security-policy"),
            content_policy::PAGE
        );
        assert!(content_policy::PAGE.contains("form-action 'self'"));
        assert_eq!(header(&response, "x-content-type-options"), "nosniff");
        assert_eq!(header(&response, "referrer-policy"), "same-origin");
        assert_eq!(header(&response, "cache-control"), "no-cache");
        let id = header(&response, "x-request-id");
        assert!(id.len() == 32 && id == header(&response, "x-seen"));
        let signed_in = test::TestRequest::get()
            .uri("/home")
            .insert_header(("cookie", "a=b"));
        let response = answer(signed_in).await;
        assert_eq!(header(&response, "cache-control"), "private, no-store");
    }

    #[actix_web::test]
    async fn the_consent_page_keeps_its_own_policy() {
        let response = answer(test::TestRequest::get().uri("/consent")).await;
        assert!(!header(&response, "content-security-policy").contains("form-action"));
    }

    #[actix_web::test]
    async fn a_token_makes_an_answer_private() {
        let request = test::TestRequest::get().uri("/api/v1/instance");
        let response = answer(request.insert_header(("authorization", "Bearer x"))).await;
        assert_eq!(header(&response, "cache-control"), "private, no-store");
        assert_eq!(header(&response, "vary"), "Authorization, Origin");
        let response = answer(test::TestRequest::get().uri("/api/v1/instance")).await;
        assert_eq!(header(&response, "cache-control"), "no-cache");
    }

    #[actix_web::test]
    async fn slashes_at_the_end_and_head_are_fine() {
        let response = answer(test::TestRequest::get().uri("/api/v1/instance/")).await;
        assert_eq!(response.status(), 200);
        let head = test::TestRequest::with_uri("/home").method(Method::HEAD);
        assert_eq!(answer(head).await.status(), 200);
        assert_eq!(
            answer(test::TestRequest::get().uri("/none")).await.status(),
            404
        );
    }

    /// Over a real connection, since leaving the body away is the protocol's part.
    #[actix_web::test]
    async fn head_sends_the_length_and_no_body() {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};

        let server = actix_web::HttpServer::new(|| {
            App::new()
                .wrap(from_fn(head_as_get))
                .wrap(from_fn(finish))
                .route("/home", web::get().to(page))
        })
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
        let address = server.addrs()[0];
        let server = server.run();
        let handle = server.handle();
        let running = actix_web::rt::spawn(server);

        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let request = "HEAD /home HTTP/1.1\r\nHost: x.test\r\nConnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(
            answer
                .to_ascii_lowercase()
                .contains("content-length: 5\r\n"),
            "{answer}"
        );
        assert!(answer.ends_with("\r\n\r\n"), "{answer}");

        handle.stop(false).await;
        running.await.unwrap().unwrap();
    }
}
