//! Counters, feeds and notifications against the rows that they sum up, after anything.

use std::collections::BTreeSet;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::json;

use crate::support::api::{id, ids};
use crate::support::people::Person;
use crate::support::place::{Place, Setup, run};
use crate::support::recount;

const PEOPLE: usize = 4;

/// One random act; the answer does not matter, only that the server has one.
async fn act(place: &Place, dice: &mut StdRng, people: &[Person], posts: &mut Vec<String>) {
    let who = &people[dice.random_range(0..people.len())];
    let other = &people[dice.random_range(0..people.len())];
    let post = (!posts.is_empty()).then(|| posts[dice.random_range(0..posts.len())].clone());
    let api = &who.api;
    let answer = match (dice.random_range(0..14), post) {
        (0..=2, _) => {
            let visibility = ["public", "unlisted", "private", "direct"][dice.random_range(0..4)];
            let body = json!({ "status": format!("@{} hello #tag", other.name), "visibility": visibility });
            let answer = api.post("/api/v1/statuses", body).await;
            posts.push(id(&answer.clone().entity("Status")));
            answer
        }
        (3, Some(post)) => {
            let body = json!({ "status": "re", "in_reply_to_id": post });
            let answer = api.post("/api/v1/statuses", body).await;
            if answer.status == 200 {
                posts.push(id(&answer.json()));
            }
            answer
        }
        (4 | 5, Some(post)) => api.act(&format!("/api/v1/statuses/{post}/favourite")).await,
        (6, Some(post)) => {
            api.act(&format!("/api/v1/statuses/{post}/unfavourite"))
                .await
        }
        (7, Some(post)) => api.act(&format!("/api/v1/statuses/{post}/reblog")).await,
        (8, Some(post)) => api.act(&format!("/api/v1/statuses/{post}/unreblog")).await,
        (9, Some(post)) => api.delete(&format!("/api/v1/statuses/{post}")).await,
        (10 | 11, _) => api.act(&format!("{}/follow", other.path())).await,
        (12, _) => api.act(&format!("{}/unfollow", other.path())).await,
        // Seldom and for good: what a block took back, no end of it brings again.
        (13, _) if dice.random_ratio(1, 6) => api.act(&format!("{}/block", other.path())).await,
        _ => return,
    };
    assert!(
        answer.status < 500 && answer.status != 429,
        "{}",
        answer.shown()
    );
    if dice.random_ratio(1, 20) {
        place.settle().await;
    }
}

#[test]
fn after_random_acts_all_sums_are_those_of_the_rows() {
    run(async |place| {
        let seed: u64 = rand::random();
        // Shown where the test fails.
        println!("seed {seed}");
        let mut dice = StdRng::seed_from_u64(seed);
        let mut people = Vec::new();
        for n in 0..PEOPLE {
            people.push(place.member(&format!("p{n}")).await);
        }
        let mut posts = Vec::new();
        for _ in 0..200 {
            act(place, &mut dice, &people, &mut posts).await;
        }
        place.settle().await;
        recount::assert_exact(place, &people).await;
    });
}

#[test]
fn many_at_once_on_one_post_are_counted_once_each() {
    run(async |place| {
        let ann = place.member("ann").await;
        let post = id(&ann.api.toot("Everybody likes this").await);
        let mut others = Vec::new();
        for n in 0..8 {
            others.push(place.member(&format!("p{n}")).await);
        }
        // Each of them three times at the same moment.
        let mut running = Vec::new();
        for other in others.iter().cycle().take(24) {
            let (api, post) = (other.api.clone(), post.clone());
            running.push(tokio::spawn(async move {
                api.act(&format!("/api/v1/statuses/{post}/favourite"))
                    .await
                    .ok();
                api.act(&format!("/api/v1/statuses/{post}/reblog"))
                    .await
                    .ok();
            }));
        }
        for one in running {
            one.await.expect("no panic");
        }
        place.settle().await;
        let seen = ann
            .api
            .get(&format!("/api/v1/statuses/{post}"))
            .await
            .entity("Status");
        assert_eq!(
            (&seen["favourites_count"], &seen["reblogs_count"]),
            (&json!(8), &json!(8))
        );
        let notices = ann
            .api
            .get("/api/v1/notifications?limit=80")
            .await
            .entity("[Notification]");
        assert_eq!(
            notices.as_array().map(Vec::len),
            Some(16),
            "one of each kind from each"
        );
        let mut all = others.clone();
        all.push(ann);
        recount::assert_exact(place, &all).await;
    });
}

#[test]
fn what_happens_while_no_relay_runs_is_told_when_one_does() {
    Setup::default().without_jobs().run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        ben.follow(&ann).await;
        let post = id(&ann.api.toot("Anybody?").await);
        ben.api
            .act(&format!("/api/v1/statuses/{post}/favourite"))
            .await
            .ok();
        let own = ann
            .api
            .get("/api/v1/timelines/home")
            .await
            .entity("[Status]");
        assert_eq!(
            ids(&own),
            std::slice::from_ref(&post),
            "one's own post is there at once, relay or not"
        );
        assert!(
            place.number("SELECT count(*) FROM events").await >= 3,
            "nothing is lost"
        );
        place.start_jobs();
        place.settle().await;
        assert_eq!(
            ids(&ben.api.get("/api/v1/timelines/home").await.ok()),
            [post]
        );
        let kinds: BTreeSet<String> = ann
            .api
            .get("/api/v1/notifications")
            .await
            .ok()
            .as_array()
            .expect("a list")
            .iter()
            .map(|n| n["type"].as_str().expect("a type").to_owned())
            .collect();
        assert_eq!(
            kinds,
            BTreeSet::from(["favourite".to_owned(), "follow".to_owned()])
        );
        recount::assert_exact(place, &[ann, ben]).await;
    });
}
