//! Polls of other servers, and votes in ours.

use serde_json::json;

use super::super::elsewhere::{Stranger, note_uri, uri_of};
use super::{done, follows, ignored};
use crate::support::api::id;
use crate::support::place::run;

#[test]
fn a_poll_is_shown_voted_on_and_counted_once() {
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        follows(place, &ann, &bob).await;
        let option = |name: &str, votes: i64| json!({"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": votes}});
        let ends = (place.app.clock.now() + chrono::TimeDelta::days(1)).to_rfc3339();
        let ask = |red: i64, green: i64| {
            bob.note(
                1,
                json!({"type": "Question", "endTime": ends, "votersCount": red + green,
            "oneOf": [option("Red", red), option("Green", green)]}),
            )
        };
        done(place.hears(&bob, bob.says(ask(3, 1))).await);
        let home = ann.api.get("/api/v1/timelines/home").await.ok();
        let poll = &home[0]["poll"];
        assert_eq!(
            poll["options"][0],
            json!({"title": "Red", "votes_count": 3}),
            "{home}"
        );
        assert_eq!(
            (&poll["voted"], &poll["expired"]),
            (&json!(false), &json!(false))
        );
        let path = format!("/api/v1/polls/{}", id(&home[0]));
        ann.api.get(&path).await.entity("Poll");
        let votes = format!("{path}/votes");
        for bad in [json!([]), json!(["2"]), json!(["x"]), json!(["0", "1"])] {
            ann.api
                .post(&votes, json!({"choices": bad}))
                .await
                .error(422);
        }
        let voted = ann
            .api
            .post(&votes, json!({"choices": [1]}))
            .await
            .entity("Poll");
        assert_eq!(
            (&voted["voted"], &voted["own_votes"]),
            (&json!(true), &json!([1]))
        );
        ann.api
            .post(&votes, json!({"choices": [0]}))
            .await
            .error(422);
        // Its server counts anew: no edit, new numbers.
        done(place.hears(&bob, bob.does("Update", ask(5, 2))).await);
        let shown = ann.api.get(&path).await.ok();
        assert_eq!(shown["options"][0]["votes_count"], 5);
        assert_eq!(shown["own_votes"], json!([1]));
        assert_eq!(place.rows("status_edits").await, 0);
        place.stranger().get(&path).await.entity("Poll");
        // It ends.
        place.advance(chrono::TimeDelta::days(2));
        let late = place.member("eve").await;
        late.api
            .post(&votes, json!({"choices": [0]}))
            .await
            .error(422);
        assert_eq!(late.api.get(&path).await.ok()["expired"], true);
    });
}

#[test]
fn a_poll_that_lets_choose_more_from_now_on_is_another_poll() {
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        follows(place, &ann, &bob).await;
        let ask = |choice: &str| {
            let option =
                |name: &str| json!({"type": "Note", "name": name, "replies": {"totalItems": 0}});
            bob.note(1, json!({"type": "Question", "votersCount": 0, choice: [option("Red"), option("Green")]}))
        };
        done(place.hears(&bob, bob.says(ask("oneOf"))).await);
        let home = ann.api.get("/api/v1/timelines/home").await.ok();
        assert_eq!(home[0]["poll"]["multiple"], false, "{home}");
        let path = format!("/api/v1/polls/{}", id(&home[0]));
        let both = json!({"choices": ["0", "1"]});
        let votes = format!("{path}/votes");
        ann.api.post(&votes, both.clone()).await.error(422);
        done(place.hears(&bob, bob.does("Update", ask("anyOf"))).await);
        assert_eq!(ann.api.get(&path).await.ok()["multiple"], true);
        ann.api.post(&votes, both).await.entity("Poll");
    });
}

#[test]
fn votes_from_elsewhere_are_checked() {
    // I22
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        let eve = place.stranger_at("evil.example", "eve").await;
        let post = ann.api.toot_to("private", "Which?").await;
        let status: i64 = post.parse().expect("an id");
        place.settle().await;
        let address = note_uri(place, &post);
        place
            .sql(
                "UPDATE statuses SET flags = flags | 2, kind = 1 WHERE id = $1",
                &[&status],
            )
            .await;
        place
            .sql(
                "INSERT INTO polls (status_id, multiple) VALUES ($1, false)",
                &[&status],
            )
            .await;
        place
            .sql("INSERT INTO poll_options (status_id, position, title) VALUES ($1, 0, 'Red'), ($1, 1, 'Green')", &[&status])
            .await;
        done(
            place
                .hears(&bob, bob.does("Follow", json!(uri_of(place, &ann))))
                .await,
        );
        let vote = |who: &Stranger, number: u32, name: &str| {
            let mut vote = who.note(
                number,
                json!({"inReplyTo": address, "name": name, "to": [uri_of(place, &ann)], "cc": []}),
            );
            vote.as_object_mut().expect("an object").remove("content");
            who.says(vote)
        };
        ignored(place.hears(&bob, vote(&bob, 1, "Blue")).await);
        ignored(place.hears(&bob, vote(&bob, 2, " ")).await);
        // Who cannot see it cannot vote in it.
        ignored(place.hears(&eve, vote(&eve, 1, "Red")).await);
        done(place.hears(&bob, vote(&bob, 3, "Red")).await);
        ignored(place.hears(&bob, vote(&bob, 4, "Green")).await);
        ignored(place.hears(&bob, vote(&bob, 5, "Red")).await);
        assert_eq!(place.rows("poll_votes").await, 1);
        assert_eq!(place.rows("statuses").await, 1, "a vote is no post");
        let shown = ann.api.get(&format!("/api/v1/polls/{post}")).await.ok();
        assert_eq!(shown["options"][0]["votes_count"], 1);
        ann.api
            .post(
                &format!("/api/v1/polls/{post}/votes"),
                json!({"choices": [0]}),
            )
            .await
            .error(422);
        place.sql("UPDATE polls SET closed = true", &[]).await;
        let dan = place.stranger_at("far.example", "dan").await;
        done(
            place
                .hears(&dan, dan.does("Follow", json!(uri_of(place, &ann))))
                .await,
        );
        ignored(place.hears(&dan, vote(&dan, 9, "Red")).await);
    });
}
