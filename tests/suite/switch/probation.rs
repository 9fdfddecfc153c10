//! Probation: while nobody of the staff was home for long, little of those who are not established
//! goes to strangers; nobody else notices anything.

use chrono::TimeDelta;
use porchlight::gate::established::{self, Word};
use porchlight::gate::outreach;
use porchlight::gate::who::{self, SignedIn, Via};
use serde_json::json;

use super::strangers::{held, mentions, post_to};
use crate::support::api::{id, ids};
use crate::support::people::Person;
use crate::support::place::{Place, Setup, run};

/// Says that somebody is established, as the owner.
pub async fn establish(place: &Place, owner: &Person, whom: &Person) {
    let user = {
        let mut conn = place.app.desk.get().await.expect("a connection");
        let found = porchlight::store::users::find(&mut conn, owner.user).await;
        found.expect("it is read").expect("a user")
    };
    let moderator = who::moderator(&SignedIn {
        user,
        application: None,
        via: Via::CommandLine,
        at: place.app.clock.now(),
    })
    .expect("she may");
    let said = established::say(&place.app, &moderator, &whom.name, Word::Granted).await;
    said.expect("it is said");
}

#[test]
fn on_probation_three_strangers_a_day_are_told_and_followers_all() {
    run(async |place| {
        let olive = place.owner().await;
        let (ann, eve) = (place.member("ann").await, place.member("eve").await);
        let (ben, cleo) = (place.member("ben").await, place.member("cleo").await);
        cleo.follow(&ann).await;
        establish(place, &olive, &eve).await;
        place.live(TimeDelta::days(8)).await;
        for n in 0..3 {
            let post = post_to(place, &ann, &[&ben], &format!("number {n}")).await;
            assert_eq!(held(place, post).await, None);
        }
        let fourth = post_to(place, &ann, &[&ben], "number four").await;
        assert_eq!(held(place, fourth).await.as_deref(), Some("probation"));
        assert_eq!(mentions(&ben).await.len(), 3);
        let why = ann.api.get(&format!("/api/v1/statuses/{fourth}")).await;
        assert_eq!(why.ok()["held"]["reason"], "probation");
        // Followers see that one and everything else.
        let plain = id(&ann.api.toot("For those who follow").await);
        assert_eq!(held(place, plain.parse().expect("an id")).await, None);
        let home = ids(&cleo.api.get("/api/v1/timelines/home").await.ok());
        assert!(home.contains(&plain) && home.contains(&fourth.to_string()));
        // Who is established notices nothing.
        for n in 0..5 {
            let post = post_to(place, &eve, &[&ben], &format!("word {n}")).await;
            assert_eq!(held(place, post).await, None);
        }
        assert_eq!(mentions(&ben).await.len(), 8);

        // Not by age: neither in a month, nor once somebody is home again.
        place.live(TimeDelta::days(40)).await;
        outreach::sweep(&place.app).await.expect("it is swept");
        assert_eq!(held(place, fourth).await.as_deref(), Some("probation"));
        // Being established lets it out.
        establish(place, &olive, &ann).await;
        assert_eq!(held(place, fourth).await, None);
        assert_eq!(mentions(&ben).await.len(), 9);
    });
}

#[test]
fn on_probation_a_post_with_a_large_file_waits() {
    Setup::default().run(async |place| {
        let olive = place.owner().await;
        let (ann, eve) = (place.member("ann").await, place.member("eve").await);
        establish(place, &olive, &eve).await;
        let with_a_file = async |who: &Person, bytes: i64| -> i64 {
            let part = reqwest::multipart::Part::bytes(crate::support::picture::png(40, 30))
                .file_name("a.png");
            let form = reqwest::multipart::Form::new().part("file", part);
            let request = who.api.request(reqwest::Method::POST, "/api/v2/media");
            let file = id(&who.api.send(request.multipart(form)).await.ok());
            let number: i64 = file.parse().expect("an id");
            let kept: Option<i64> = place
                .sql("SELECT uploaded FROM media WHERE id = $1", &[&number])
                .await[0]
                .get(0);
            assert!(kept.is_some_and(|n| n > 0), "it is known how large it came");
            place
                .sql(
                    "UPDATE media SET uploaded = $2 WHERE id = $1",
                    &[&number, &bytes],
                )
                .await;
            let body = json!({ "status": "A picture", "media_ids": [file] });
            let post = who.api.post("/api/v1/statuses", body).await.ok();
            id(&post).parse().expect("an id")
        };
        let large = outreach::LARGE_FILE + 1;
        let calm = with_a_file(&ann, large).await;
        assert_eq!(held(place, calm).await, None);
        place.live(TimeDelta::days(8)).await;
        let fits = with_a_file(&ann, outreach::LARGE_FILE).await;
        assert_eq!(held(place, fits).await, None);
        let waits = with_a_file(&ann, large).await;
        assert_eq!(held(place, waits).await.as_deref(), Some("large_file"));
        let known = with_a_file(&eve, large).await;
        assert_eq!(held(place, known).await, None);
    });
}

#[test]
fn an_established_author_costs_the_relay_no_statement_more() {
    Setup::default().without_jobs().run(async |place| {
        let olive = place.owner().await;
        let (ann, eve) = (place.member("ann").await, place.member("eve").await);
        let ben = place.member("ben").await;
        establish(place, &olive, &eve).await;
        let mut relay = porchlight::jobs::relay::Relay::new(place.app.clone());
        while relay.pass().await.expect("it works") > 0 {}
        let mut costs = Vec::new();
        for (who, text) in [
            (&eve, "@ben a warm up"),
            (&eve, "@eve to herself"),
            (&eve, "@ben to a stranger"),
            (&ann, "@ben to a stranger"),
        ] {
            who.api.toot(text).await;
            let before = place.app.pool.counts().statements();
            assert!(relay.pass().await.expect("it works") > 0);
            costs.push(place.app.pool.counts().statements() - before);
        }
        assert_eq!(costs[1], costs[2], "{costs:?}");
        assert!(costs[3] > costs[2], "a newcomer is looked at: {costs:?}");
        relay.let_go().await;
        place.start_jobs();
        place.settle().await;
        assert_eq!(mentions(&ben).await.len(), 3);
    });
}
