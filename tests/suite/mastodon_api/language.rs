//! The language of error texts (quirk 13): what is asked for, else the user's, else the browser's.

use reqwest::Method;
use serde_json::Value;

use crate::support::place::run;

#[test]
fn errors_are_in_the_language_of_whom_they_are_for() {
    run(async |place| {
        let ann = place.member("ann").await;
        let said = async |path: &str| {
            let answer = ann.api.get(path).await;
            assert!(
                !answer.header("x-ratelimit-limit").is_empty(),
                "kept beside"
            );
            answer.expect(404).json()["error"].clone()
        };
        let post = "/api/v1/statuses/1";
        assert_eq!(said(post).await, "Record not found");
        assert_eq!(
            said("/api/v1/statuses/1?lang=de-CH").await,
            "Das gibt es hier nicht."
        );
        place.sql("UPDATE users SET locale = 'de'", &[]).await;
        assert_eq!(said(post).await, "Das gibt es hier nicht.");
        assert_eq!(said("/api/v1/statuses/1?lang=en").await, "Record not found");

        // Nobody: the browser is asked. Refused before any handler, too.
        let browser = place.browser();
        for (path, words) in [
            (post, "Das gibt es hier nicht."),
            (
                "/api/v1/favourites",
                "Die Anmeldung dieser App gilt nicht (mehr).",
            ),
        ] {
            let request = browser.request(Method::GET, path);
            let answer = request.header("accept-language", "de, en;q=0.5");
            let body = answer.send().await.expect("an answer").text().await;
            let body: Value = serde_json::from_str(&body.expect("text")).expect("JSON");
            assert_eq!(body["error"], words);
        }
    });
}
