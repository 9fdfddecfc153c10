//! What a request asks of the stores, counted instead of timed (hot-path.md, 13).

use serde_json::json;

use crate::support::api::id;
use crate::support::place::{Counted, Place, Setup};

/// What `work` asks. Nothing else runs meanwhile: the jobs are off.
async fn asked<T>(place: &Place, work: impl Future<Output = T>) -> Counted {
    let before = place.counted();
    work.await;
    let after = place.counted();
    Counted {
        statements: after.statements - before.statements,
        commits: after.commits - before.commits,
        redis: after.redis - before.redis,
    }
}

/// Two who follow each other, with a page of posts by both, all told, feeds warm.
async fn a_busy_home(
    place: &Place,
) -> (
    crate::support::people::Person,
    crate::support::people::Person,
    String,
) {
    let (ann, ben) = (place.member("ann").await, place.member("ben").await);
    ann.follow(&ben).await;
    ben.follow(&ann).await;
    let mut last = String::new();
    for n in 0..25 {
        last = id(&ann.api.toot(&format!("@ben number {n} #tag")).await);
        ben.api
            .act(&format!("/api/v1/statuses/{last}/reblog"))
            .await
            .ok();
    }
    place.start_jobs();
    place.settle().await;
    place.stop_jobs().await;
    for person in [&ann, &ben] {
        person.api.get("/api/v1/timelines/home?limit=40").await.ok();
    }
    (ann, ben, last)
}

#[test]
fn home_is_one_call_of_redis_and_two_statements_whatever_the_page() {
    Setup::default().without_jobs().run(async |place| {
        let (_, ben, last) = a_busy_home(place).await;
        for query in [
            "limit=1",
            "limit=20",
            "limit=40",
            &format!("limit=20&max_id={last}"),
        ] {
            let path = format!("/api/v1/timelines/home?{query}");
            ben.api.get(&path).await.ok();
            let cost = asked(place, ben.api.get(&path)).await;
            assert_eq!(
                cost,
                Counted {
                    statements: 2,
                    commits: 0,
                    redis: 1
                },
                "{query}"
            );
        }
    });
}

#[test]
fn posting_is_one_commit_and_four_statements_at_most() {
    Setup::default().without_jobs().run(async |place| {
        let (ann, ben, last) = a_busy_home(place).await;
        for body in [
            json!({ "status": "Plain" }),
            json!({ "status": "@ben a reply with #tags", "in_reply_to_id": last }),
        ] {
            let shown = body.to_string();
            let cost = asked(place, async {
                ann.api.post("/api/v1/statuses", body).await.ok()
            })
            .await;
            assert!(cost.statements <= 4, "{shown}: {cost:?}");
            assert!(cost.commits <= 1, "{shown}: {cost:?}");
        }
        // The other hot ones: a look at who it is, and the deed.
        let deeds = [
            format!("/api/v1/statuses/{last}/favourite"),
            format!("/api/v1/statuses/{last}/unfavourite"),
            format!("/api/v1/statuses/{last}/bookmark"),
            format!("/api/v1/statuses/{last}/unreblog"),
            format!("/api/v1/statuses/{last}/reblog"),
            format!("{}/unfollow", ann.path()),
            format!("{}/follow", ann.path()),
        ];
        for deed in deeds {
            let cost = asked(place, async { ben.api.act(&deed).await.ok() }).await;
            assert!(
                cost.statements <= 4 && cost.commits <= 1,
                "{deed}: {cost:?}"
            );
        }
    });
}

#[test]
fn a_profile_on_the_web_is_four_statements_for_a_stranger() {
    Setup::default().without_jobs().run(async |place| {
        let (ann, ben, last) = a_busy_home(place).await;
        ann.api
            .act(&format!("/api/v1/statuses/{last}/pin"))
            .await
            .ok();
        let look = async |path: &str| {
            let browser = place.browser();
            browser.open(path).await;
            asked(place, browser.open(path)).await
        };
        // The first page of each tab, one further down, and somebody with boosts alone.
        for path in [
            "/@ann".to_owned(),
            "/@ann/with_replies".to_owned(),
            "/@ann/media".to_owned(),
            format!("/@ann?max_id={last}"),
            "/@ben".to_owned(),
        ] {
            let cost = look(&path).await;
            assert!(cost.statements <= 4, "{path}: {cost:?}");
            assert_eq!((cost.commits, cost.redis), (0, 0), "{path}");
        }
        // A member's has besides: who looks, their menu, how they stand to it.
        let browser = place.signed_in(&ben).await;
        browser.open("/@ann").await;
        let cost = asked(place, browser.open("/@ann")).await;
        assert!(cost.statements <= 7, "{cost:?}");
        // A name that was remembered is looked up anew once it is somebody else's.
        place
            .sql(
                "UPDATE accounts SET username = 'anna' WHERE username = 'ann'",
                &[],
            )
            .await;
        let answer = place.browser().fetch(reqwest::Method::GET, "/@ann").await;
        assert_eq!(answer.status, 404);
    });
}

#[test]
fn pages_do_not_cost_more_when_they_show_more() {
    Setup::default().without_jobs().run(async |place| {
        let (ann, ben, last) = a_busy_home(place).await;
        for path in [
            "/api/v1/timelines/public",
            "/api/v1/timelines/tag/tag",
            &format!("{}/statuses", ann.path()),
            &format!("{}/followers", ann.path()),
            "/api/v1/notifications",
            &format!("/api/v1/statuses/{last}"),
        ] {
            let mark = if path.contains('?') { '&' } else { '?' };
            let mut costs = Vec::new();
            for limit in [20, 40] {
                let path = format!("{path}{mark}limit={limit}");
                ben.api.get(&path).await.ok();
                costs.push(asked(place, ben.api.get(&path)).await.statements);
            }
            assert_eq!(costs[0], costs[1], "{path}");
            assert!(costs[1] <= 4, "{path}: {costs:?}");
        }
    });
}
