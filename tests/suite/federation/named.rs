//! People elsewhere whom a new post names.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::api::{Api, id};
use crate::support::peer::Page;
use crate::support::place::{Counted, Place, Setup};

async fn asked<T>(place: &Place, work: impl Future<Output = T>) -> (T, Counted) {
    let before = place.counted();
    let done = work.await;
    let after = place.counted();
    let cost = Counted {
        statements: after.statements - before.statements,
        commits: after.commits - before.commits,
        redis: after.redis - before.redis,
    };
    (done, cost)
}

async fn toot(api: &Api, text: &str) -> Value {
    api.post("/api/v1/statuses", json!({ "status": text }))
        .await
        .entity("Status")
}

fn named(post: &Value) -> Vec<&str> {
    let mentions = post["mentions"].as_array().expect("a list").iter();
    mentions
        .map(|who| who["acct"].as_str().expect("a handle"))
        .collect()
}

#[test]
fn whom_a_new_post_names_is_looked_up_and_hears_of_it() {
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        for name in ["ann", "bea", "cid"] {
            alpha.actor(name);
        }
        let olive = place.owner().await;
        let post = toot(&olive.api, "Hello @ann@alpha.test and @nobody@alpha.test").await;
        assert_eq!(named(&post), ["ann@alpha.test"], "{post}");
        let html = post["content"].as_str().expect("text");
        assert!(html.contains("href=\"http://alpha.test/@ann\""), "{html}");
        assert!(html.contains("@nobody@alpha.test"), "{html}");
        let create = alpha.wait_for("Create").await;
        assert!(create["object"]["tag"].to_string().contains("@ann@alpha.test"));

        // An edit may name somebody new.
        let path = format!("/api/v1/statuses/{}", id(&post));
        let edit = json!({ "status": "Hello @ann@alpha.test, @bea@alpha.test" });
        let edited = olive.api.put(&path, edit).await.entity("Status");
        assert_eq!(named(&edited), ["ann@alpha.test", "bea@alpha.test"]);

        // The web does the same.
        let browser = place.signed_in(&olive).await;
        let page = browser.visit("/compose").await;
        let form = page.form("/compose").set("text", "And @cid@alpha.test");
        browser.submit(form).await;
        place.settle().await;
        let mentioned = "SELECT count(*) FROM status_audience sa JOIN accounts a ON a.id = sa.account_id \
                         WHERE a.username = 'cid' AND sa.mentioned";
        assert_eq!(place.number(mentioned).await, 1);
    });
}

#[test]
fn posting_costs_nothing_more_when_all_are_known_or_nobody_is_named() {
    Setup::federated().without_jobs().run(async |place| {
        let alpha = place.peer("alpha");
        alpha.actor("ann");
        let olive = place.owner().await.api;
        toot(&olive, "warm").await;
        let (_, plain) = asked(place, toot(&olive, "Nobody is named")).await;
        assert_eq!(plain.statements, 2, "{plain:?}");
        toot(&olive, "@ann@alpha.test").await;
        alpha.forget_asked();
        let (post, known) = asked(place, toot(&olive, "@ann@alpha.test again")).await;
        assert_eq!(named(&post), ["ann@alpha.test"]);
        assert_eq!(
            known.statements, 3,
            "who is named is looked up by one: {known:?}"
        );
        // What was asked for in vain is not asked for with each post.
        toot(&olive, "@nobody@alpha.test").await;
        let once = alpha.asked().len();
        let (_, again) = asked(place, toot(&olive, "@nobody@alpha.test")).await;
        assert_eq!(again.statements, 3, "{again:?}");
        assert_eq!(alpha.asked().len(), once);
    });
}

#[test]
fn a_server_that_hangs_and_a_hundred_handles_keep_nobody_from_posting() {
    Setup::federated().without_jobs().run(async |place| {
        let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
        let olive = place.owner().await.api;
        alpha.answer("/.well-known/webfinger", |_| Page::silence());
        let began = Instant::now();
        let post = toot(&olive, "@ann@alpha.test").await;
        assert_eq!(named(&post), Vec::<&str>::new());
        assert!(
            began.elapsed() < Duration::from_secs(9),
            "{:?}",
            began.elapsed()
        );
        let many: Vec<String> = (0..30).map(|n| format!("@n{n}@beta.test")).collect();
        toot(&olive, &many.join(" ")).await;
        assert!((1..=5).contains(&beta.asked().len()), "{:?}", beta.asked());
    });
}

#[test]
fn applicants_and_drafts_make_nobody_ask() {
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        alpha.actor("ann");
        let waiting = place.applicant("cleo").await.api;
        let body = json!({ "status": "Hello @ann@alpha.test" });
        waiting.post("/api/v1/statuses", body).await;
        place.settle().await;
        assert_eq!(alpha.asked().len(), 0, "{:?}", alpha.asked());
    });
}
