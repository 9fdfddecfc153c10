//! What holds for every answer, whatever door it comes from.

use reqwest::Method;
use serde_json::json;

use crate::support::api::Api;
use crate::support::browser::Browser;
use crate::support::place::{http, run};
use crate::support::process::{Server, Way};

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
    // X2
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

#[test]
fn neither_errors_nor_logs_hold_secrets_or_words_of_people() {
    // X6
    run(async |place| {
        let ann = place.member("ann").await;
        let way = Way {
            logs: "debug",
            ..Way::alone()
        };
        let server = Server::start_like(place, way).await;
        let token = ann.api.token.clone().expect("a token");
        let from = "81.2.3.4".to_owned();
        let app =
            |token: Option<String>| Api::new(http(), server.origin.clone(), token, from.clone());
        let (known, nobody) = (app(Some(token.clone())), app(None));
        let browser = Browser::new(http(), server.origin.clone(), from.clone());
        let words = [
            token.as_str(),
            "tokenthatnobodyhas",
            "guessofapassword",
            "wordsfornobody",
            "linktoanewpassword",
        ];
        let mut told = String::new();
        for path in [
            format!("/api/v1/timelines/home?access_token={token}"),
            "/api/v1/timelines/home?access_token=tokenthatnobodyhas".to_owned(),
            "/oauth/authorize?client_id=x&client_secret=tokenthatnobodyhas".to_owned(),
        ] {
            told.push_str(&nobody.get(&path).await.text());
        }
        told.push_str(
            &app(Some("tokenthatnobodyhas".into()))
                .get("/api/v1/markers")
                .await
                .text(),
        );
        browser.visit("/password/linktoanewpassword").await;
        let page = browser.open("/sign-in").await;
        let form = page.form("/sign-in");
        let form = form.set("login", "ann").set("password", "guessofapassword");
        told.push_str(&browser.post(&form).await.text());
        // What breaks in the middle says so, and no more.
        let broken = "ALTER TABLE statuses RENAME TO away";
        place.try_sql(broken).await.expect("it is away");
        let post = json!({ "status": "wordsfornobody" });
        let answer = known.post("/api/v1/statuses", post).await;
        assert_eq!(answer.status, 500, "{}", answer.shown());
        told.push_str(&answer.text());
        let answer = known.get("/api/v1/timelines/public").await;
        assert_eq!(answer.status, 500, "{}", answer.shown());
        told.push_str(&answer.text());
        let mended = "ALTER TABLE away RENAME TO statuses";
        place.try_sql(mended).await.expect("it is back");
        let log = server.words();
        assert!(log.contains("DEBUG") && log.contains("statuses"), "{log}");
        assert!(!told.contains("relation"), "{told}");
        for word in words {
            assert!(!told.contains(word), "{word} in an answer: {told}");
            let line = log.lines().find(|line| line.contains(word));
            assert_eq!(line, None, "{word} in the log");
        }
    });
}
