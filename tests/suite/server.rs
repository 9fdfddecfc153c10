//! What holds for every answer, whatever door it comes from.

use reqwest::Method;

use crate::support::place::run;

#[test]
fn a_place_that_is_well_says_so() {
    run(async |place| {
        let answer = place.stranger().get("/health").await.expect(200);
        assert_eq!(answer.text(), "ok\n");
        assert_eq!(answer.header("cache-control"), "no-store");
    });
}

#[test]
fn what_is_not_there_is_json_for_apps_and_a_page_for_people() {
    run(async |place| {
        let stranger = place.stranger();
        for path in [
            "/api/v1/nothing",
            "/api/v9/instance",
            "/api/",
            "/oauth/nothing",
        ] {
            let answer = stranger.get(path).await.error(404);
            assert_eq!(answer["error"], "Record not found", "{path}");
        }
        let page = place.browser().visit("/no/such/page").await;
        assert_eq!(page.status(), 404);
        page.says("There is nothing here");
    });
}

#[test]
fn every_answer_carries_the_headers_of_safety() {
    run(async |place| {
        let stranger = place.stranger();
        for path in [
            "/",
            "/api/v1/nothing",
            "/no/such/page",
            "/health",
            "/static/css/porchlight.css",
        ] {
            let answer = stranger.get(path).await;
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
            let policy = answer.header("content-security-policy");
            assert!(
                policy.contains("frame-ancestors 'none'"),
                "{path}: {policy}"
            );
            assert!(
                !policy.contains("unsafe-inline") && !policy.contains("unsafe-eval"),
                "{path}: {policy}"
            );
            assert_eq!(answer.header("x-request-id").len(), 32, "{path}");
            assert!(!answer.header("cache-control").is_empty(), "{path}");
        }
    });
}

#[test]
fn other_origins_may_ask_the_api_and_nothing_else() {
    run(async |place| {
        let stranger = place.stranger();
        let ask = |path: &str| {
            let request = stranger
                .request(Method::OPTIONS, path)
                .header("Origin", "https://app.example")
                .header("Access-Control-Request-Method", "POST")
                .header(
                    "Access-Control-Request-Headers",
                    "authorization,idempotency-key,content-type",
                );
            stranger.send(request)
        };
        let answer = ask("/api/v1/statuses").await.expect(200);
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(
            answer.header("access-control-allow-headers"),
            "authorization,idempotency-key,content-type"
        );
        assert!(
            answer
                .header("access-control-allow-methods")
                .contains("PATCH")
        );
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        assert_eq!(ask("/home").await.header("access-control-allow-origin"), "");
        // Errors too, or a web app cannot read why.
        let refused = stranger.get("/api/v1/timelines/home").await;
        assert_eq!(refused.status, 401);
        assert_eq!(refused.header("access-control-allow-origin"), "*");
        assert!(
            refused
                .header("access-control-expose-headers")
                .starts_with("Link, X-RateLimit-Limit")
        );
    });
}
