//! Follows, both ways: asked for, answered, ended, and taken along by a move.

use serde_json::json;

use super::super::elsewhere::uri_of;
use super::{done, follows, ignored};
use crate::support::place::run;

#[test]
fn a_follow_elsewhere_waits_for_the_yes_and_then_brings_posts_home() {
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        let path = format!("/api/v1/accounts/{}/follow", bob.id);
        let asked = ann.api.act(&path).await.ok();
        // Whatever their document says of locks: only their answer counts (I20).
        assert_eq!(asked["requested"], true, "{asked}");
        assert_eq!(asked["following"], false, "{asked}");
        ignored(place.hears(&bob, bob.says(bob.note(1, json!({})))).await);

        let follow = json!({"type": "Follow", "actor": uri_of(place, &ann), "object": bob.uri});
        done(place.hears(&bob, bob.does("Accept", follow.clone())).await);
        ignored(place.hears(&bob, bob.does("Accept", follow.clone())).await);
        done(place.hears(&bob, bob.says(bob.note(2, json!({})))).await);
        let home = ann.api.get("/api/v1/timelines/home").await.ok();
        assert_eq!(home[0]["content"], "<p>Post 2</p>", "{home}");
        assert_eq!(home[0]["account"]["acct"], "bob@far.example");
        assert_eq!(home.as_array().map(Vec::len), Some(1));

        done(place.hears(&bob, bob.does("Reject", follow)).await);
        ignored(place.hears(&bob, bob.says(bob.note(3, json!({})))).await);
    });
}

#[test]
fn a_yes_that_nobody_asked_for_is_none() {
    // I19
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        let eve = place.stranger_at("evil.example", "eve").await;
        let follow = json!({"type": "Follow", "actor": uri_of(place, &ann), "object": bob.uri});
        ignored(place.hears(&bob, bob.does("Accept", follow.clone())).await);
        ann.api
            .act(&format!("/api/v1/accounts/{}/follow", bob.id))
            .await
            .ok();
        place.settle().await;
        // By somebody else, with and without their own name in it.
        ignored(place.hears(&eve, eve.does("Accept", follow.clone())).await);
        let mut forged = follow.clone();
        forged["object"] = json!(eve.uri);
        ignored(place.hears(&eve, eve.does("Accept", forged)).await);
        let number = place.number("SELECT id FROM follows").await;
        let ours = format!("{}/ap/follows/{number}", place.origin);
        ignored(place.hears(&eve, eve.does("Accept", json!(ours))).await);
        assert_eq!(place.rows("follows WHERE state = 1").await, 0);
        // By its address alone it is an answer like any other.
        done(place.hears(&bob, bob.does("Accept", json!(ours))).await);
        assert_eq!(place.rows("follows WHERE state = 1").await, 1);
    });
}

#[test]
fn who_follows_from_elsewhere_is_told_of_and_can_stop() {
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        let follow = bob.does("Follow", json!(uri_of(place, &ann)));
        done(place.hears(&bob, follow.clone()).await);
        done(place.hears(&bob, follow.clone()).await);
        let told = ann.api.get("/api/v1/notifications").await.ok();
        assert_eq!(told.as_array().map(Vec::len), Some(1), "{told}");
        assert_eq!(told[0]["type"], "follow");
        assert_eq!(told[0]["account"]["acct"], "bob@far.example");
        let me = ann
            .api
            .get("/api/v1/accounts/verify_credentials")
            .await
            .ok();
        assert_eq!(me["followers_count"], 1);

        done(
            place
                .hears(&bob, bob.does("Undo", json!(follow["id"])))
                .await,
        );
        assert_eq!(place.rows("follows").await, 0);

        // Locked: they wait.
        ann.api
            .patch(
                "/api/v1/accounts/update_credentials",
                json!({"locked": true}),
            )
            .await
            .ok();
        done(place.hears(&bob, follow.clone()).await);
        let asking = ann.api.get("/api/v1/follow_requests").await.ok();
        assert_eq!(asking.as_array().map(Vec::len), Some(1), "{asking}");
        done(place.hears(&bob, bob.does("Undo", follow)).await);
        assert_eq!(place.rows("follows").await, 0);
    });
}

#[test]
fn a_block_from_elsewhere_ends_follows_both_ways() {
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        follows(place, &ann, &bob).await;
        done(
            place
                .hears(&bob, bob.does("Follow", json!(uri_of(place, &ann))))
                .await,
        );
        let block = bob.does("Block", json!(uri_of(place, &ann)));
        done(place.hears(&bob, block.clone()).await);
        assert_eq!(place.rows("follows").await, 0);
        let path = format!("/api/v1/accounts/{}/follow", bob.id);
        ann.api.act(&path).await.error(403);
        done(place.hears(&bob, bob.does("Undo", block)).await);
        ann.api.act(&path).await.ok();
        place.settle().await;
    });
}

#[test]
fn a_move_takes_followers_along_once_and_only_to_who_agrees() {
    // I18
    run(async |place| {
        let ann = place.member("ann").await;
        let new = place.member("bobby").await;
        let bob = place.stranger_at("far.example", "bob").await;
        let eve = place.stranger_at("evil.example", "eve").await;
        follows(place, &ann, &bob).await;
        let mut gone = bob.does("Move", json!(bob.uri));
        gone["target"] = json!(uri_of(place, &new));
        ignored(place.hears(&bob, gone.clone()).await);
        let account: i64 = new.id.parse().expect("an id");
        place
            .sql(
                "UPDATE accounts SET also_known_as = ARRAY[$1] WHERE id = $2",
                &[&bob.uri, &account],
            )
            .await;
        // Somebody else sends them there.
        let mut forged = eve.does("Move", json!(bob.uri));
        forged["target"] = json!(uri_of(place, &new));
        ignored(place.hears(&eve, forged).await);
        done(place.hears(&bob, gone.clone()).await);
        done(place.hears(&bob, gone).await);
        assert_eq!(
            place
                .rows(&format!(
                    "follows WHERE target_id = {account} AND state = 1"
                ))
                .await,
            1
        );
        assert_eq!(
            place
                .rows(&format!("follows WHERE target_id = {}", bob.id))
                .await,
            0
        );
        // A second one so soon is none.
        let third = place.member("robert").await;
        let account: i64 = third.id.parse().expect("an id");
        place
            .sql(
                "UPDATE accounts SET also_known_as = ARRAY[$1] WHERE id = $2",
                &[&bob.uri, &account],
            )
            .await;
        let mut again = bob.does("Move", json!(bob.uri));
        again["target"] = json!(uri_of(place, &third));
        ignored(place.hears(&bob, again).await);
    });
}
