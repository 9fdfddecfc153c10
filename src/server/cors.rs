//! Lets web apps of other origins talk to the API (quirks 73 to 75).
//!
//! Any origin, never with cookies: the API goes by tokens alone, and the pages, which go by
//! cookies, are not among these paths. Since the answer is the same for everybody, it is on
//! every response, errors included.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse};

/// Whatever a method page of the API has.
const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
/// What a script may read; without Link no web app can page.
const EXPOSED: &str = "Link, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, \
                       X-Request-Id, Retry-After, Deprecation, Mastodon-Async-Refresh";
/// Seconds that a browser may keep the answer; most cap it near here.
const MAX_AGE: &str = "7200";

/// Middleware: answers OPTIONS and adds the headers, on the paths that are open to scripts.
pub async fn cors<B: MessageBody + 'static>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if !is_open(req.path()) {
        return Ok(next.call(req).await?.map_into_left_body());
    }
    if req.method() == Method::OPTIONS {
        let asked = req
            .headers()
            .get(header::ACCESS_CONTROL_REQUEST_HEADERS)
            .cloned();
        let mut response = HttpResponse::Ok().finish();
        let headers = response.headers_mut();
        headers.insert(header::ALLOW, HeaderValue::from_static(METHODS));
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static(METHODS),
        );
        headers.insert(
            header::ACCESS_CONTROL_MAX_AGE,
            HeaderValue::from_static(MAX_AGE),
        );
        // Named back one by one: a `*` would not cover Authorization.
        if let Some(asked) = asked {
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked);
            headers.append(
                header::VARY,
                HeaderValue::from_static("Access-Control-Request-Headers"),
            );
        }
        open(headers);
        return Ok(req.into_response(response).map_into_right_body());
    }
    let mut response = next.call(req).await?;
    open(response.headers_mut());
    Ok(response.map_into_left_body())
}

fn open(headers: &mut HeaderMap) {
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static(EXPOSED),
    );
}

/// Whether scripts of other origins may read what is at a path.
fn is_open(path: &str) -> bool {
    const TREES: &[&str] = &[
        "/api/",
        "/.well-known/",
        "/nodeinfo/",
        "/users/",
        "/ap/",
        "/@",
    ];
    const PATHS: &[&str] = &["/oauth/token", "/oauth/revoke", "/oauth/userinfo"];
    TREES.iter().any(|tree| path.starts_with(tree)) || PATHS.contains(&path.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::middleware::from_fn;
    use actix_web::{App, test, web};

    async fn refuse() -> HttpResponse {
        HttpResponse::NotFound().finish()
    }

    #[actix_web::test]
    async fn errors_are_readable_too_and_pages_are_not() {
        let app = test::init_service(
            App::new()
                .wrap(from_fn(cors))
                .default_service(web::to(refuse)),
        )
        .await;
        for (path, open) in [
            ("/api/v1/nothing", true),
            ("/oauth/token", true),
            ("/@jo", true),
            ("/oauth/authorize", false),
            ("/home", false),
            ("/desk", false),
        ] {
            let request = test::TestRequest::get()
                .uri(path)
                .insert_header(("Origin", "https://app.test"))
                .to_request();
            let response = test::call_service(&app, request).await;
            assert_eq!(response.status(), 404);
            let headers = response.headers();
            assert_eq!(
                headers.contains_key("access-control-allow-origin"),
                open,
                "{path}"
            );
            assert!(!headers.contains_key("access-control-allow-credentials"));
            if open {
                let exposed = headers.get("access-control-expose-headers").unwrap();
                assert!(exposed.to_str().unwrap().starts_with("Link, "));
            }
        }
    }

    #[actix_web::test]
    async fn a_preflight_names_what_was_asked() {
        let app = test::init_service(
            App::new()
                .wrap(from_fn(cors))
                .default_service(web::to(refuse)),
        )
        .await;
        let request = test::TestRequest::with_uri("/api/v1/statuses")
            .method(Method::OPTIONS)
            .insert_header(("Origin", "https://app.test"))
            .insert_header(("Access-Control-Request-Method", "POST"))
            .insert_header((
                "Access-Control-Request-Headers",
                "authorization,idempotency-key",
            ))
            .to_request();
        let response = test::call_service(&app, request).await;
        assert_eq!(response.status(), 200);
        let headers = response.headers();
        assert_eq!(headers.get("access-control-allow-origin").unwrap(), "*");
        assert_eq!(
            headers.get("access-control-allow-headers").unwrap(),
            "authorization,idempotency-key"
        );
        assert!(
            headers
                .get("access-control-allow-methods")
                .unwrap()
                .to_str()
                .unwrap()
                .contains("PATCH")
        );
    }
}
