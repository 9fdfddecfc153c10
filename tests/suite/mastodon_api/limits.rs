//! How often: the headers on every answer, and the one too many.

use serde_json::json;

use crate::support::api::id;
use crate::support::place::{Setup, run};

#[test]
fn every_answer_of_the_api_says_how_much_is_left() {
    run(async |place| {
        let ann = place.member("ann").await;
        let answer = ann.api.get("/api/v1/accounts/verify_credentials").await;
        let left = |answer: &crate::support::answer::Answer| -> (u32, u32) {
            (
                answer
                    .header("x-ratelimit-limit")
                    .parse()
                    .expect("a number"),
                answer
                    .header("x-ratelimit-remaining")
                    .parse()
                    .expect("a number"),
            )
        };
        let (limit, remaining) = left(&answer);
        assert!(limit >= 300 && remaining < limit, "{limit} {remaining}");
        let reset = answer.header("x-ratelimit-reset");
        assert!(
            reset.len() == 27 && reset.ends_with('Z') && reset.as_bytes()[19] == b'.',
            "six fraction digits: {reset}"
        );
        let again = ann.api.get("/api/v1/accounts/verify_credentials").await;
        assert_eq!(left(&again).1, remaining - 1);
        // Strangers are counted by network, and not together.
        let (one, two) = (place.stranger(), place.stranger());
        let first = left(&one.get("/api/v1/instance").await);
        assert_eq!(left(&one.get("/api/v1/instance").await).1, first.1 - 1);
        assert_eq!(left(&two.get("/api/v1/instance").await).1, first.1);
    });
}

#[test]
fn one_too_many_is_told_when_to_come_back() {
    run(async |place| {
        let stranger = place.stranger();
        let body = json!({ "client_name": "x", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob" });
        let mut refused = None;
        for _ in 0..40 {
            let answer = stranger.post("/api/v1/apps", body.clone()).await;
            if answer.status != 200 {
                refused = Some(answer);
                break;
            }
        }
        let refused = refused.expect("some registration of many is one too many");
        assert_eq!(refused.header("x-ratelimit-remaining"), "0");
        assert!(
            !refused.header("retry-after").is_empty()
                || !refused.header("x-ratelimit-reset").is_empty()
        );
        refused.error(429);
        // T13: what one says of oneself changes nothing, another network does.
        let mut liar = stranger.clone();
        liar.from = format!("198.51.100.{}, {}", 9, stranger.from);
        liar.post("/api/v1/apps", body.clone()).await.error(429);
        place
            .stranger()
            .post("/api/v1/apps", body.clone())
            .await
            .entity("CredentialApplication");
        // And the whole /64 of a customer is one.
        let mut six = place.stranger();
        let mut refused = false;
        for n in 0..40 {
            six.from = format!("2001:db8:1:2::{n:x}");
            refused |= six.post("/api/v1/apps", body.clone()).await.status == 429;
        }
        assert!(refused, "addresses of one /64 are one network");
        // In the next window it goes on.
        place.advance(chrono::TimeDelta::minutes(11));
        stranger
            .post("/api/v1/apps", body)
            .await
            .entity("CredentialApplication");
    });
}

#[test]
fn posting_and_following_have_budgets_of_their_own() {
    // Quirk 52
    Setup::default()
        .with("PORCHLIGHT_LIMITS__POSTS", "3")
        .with("PORCHLIGHT_LIMITS__FOLLOWS", "1")
        .run(async |place| {
            let (ann, ben) = (place.member("ann").await, place.member("ben").await);
            let theirs = id(&ben.api.toot("Hello").await);
            let body = json!({ "status": "One" });
            let answer = ann.api.post("/api/v1/statuses", body.clone()).await;
            assert_eq!(answer.header("x-ratelimit-limit"), "3");
            assert_eq!(answer.header("x-ratelimit-remaining"), "2");
            answer.expect(200);
            ann.api.toot("Two").await;
            // Boosts are of the same family.
            let boost = format!("/api/v1/statuses/{theirs}/reblog");
            ann.api.act(&boost).await.ok();
            let refused = ann.api.post("/api/v1/statuses", body.clone()).await;
            assert_eq!(refused.header("x-ratelimit-remaining"), "0");
            refused.error(429);
            assert_eq!(place.number("SELECT count(*) FROM statuses").await, 4);
            // On the web it is the same budget; everything else goes on.
            let browser = place.signed_in(&ann).await;
            let page = browser.open("/compose").await;
            let answer = browser
                .post(&page.form("/compose").set("text", "Four"))
                .await;
            assert_eq!(answer.status, 429, "{}", answer.shown());
            ann.api
                .act(&format!("/api/v1/statuses/{theirs}/favourite"))
                .await
                .ok();
            ann.follow(&ben).await;
            ann.api
                .act(&format!("{}/follow", ben.path()))
                .await
                .error(429);
            ben.api.toot("Others are others").await;
            place.advance(chrono::TimeDelta::hours(3));
            ann.api.toot("Three hours later").await;
        });
}
