//! What other servers tell us, and what becomes of it.

use porchlight::incoming::Handled;
use serde_json::{Value, json};

use super::elsewhere::{PUBLIC, Stranger, actor, note_uri, uri, uri_of};
use crate::support::api::id;
use crate::support::people::Person;
use crate::support::place::{Place, run};

fn done(handled: Handled) {
    assert_eq!(handled, Handled::Done);
}

fn ignored(handled: Handled) {
    assert!(matches!(handled, Handled::Ignored(_)), "{handled:?}");
}

/// `who`, here, follows `whom`, elsewhere, who said yes.
async fn follows(place: &Place, who: &Person, whom: &Stranger) {
    who.api
        .act(&format!("/api/v1/accounts/{}/follow", whom.id))
        .await
        .ok();
    place.settle().await;
    let follow = json!({"type": "Follow", "actor": uri_of(place, who), "object": whom.uri});
    done(place.hears(whom, whom.does("Accept", follow)).await);
}

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
fn a_mention_reaches_whom_it_names_and_a_direct_post_nobody_else() {
    run(async |place| {
        let ann = place.member("ann").await;
        let eve = place.member("eve").await;
        let bob = place.stranger_at("far.example", "bob").await;
        let named = json!([{"type": "Mention", "href": uri_of(place, &ann), "name": "@ann"}]);
        let secret = bob.note(
            1,
            json!({"to": [uri_of(place, &ann)], "cc": [], "tag": named}),
        );
        done(place.hears(&bob, bob.says(secret)).await);
        let told = ann.api.get("/api/v1/notifications").await.ok();
        assert_eq!(told[0]["type"], "mention", "{told}");
        assert_eq!(told[0]["status"]["visibility"], "direct");
        let path = format!("/api/v1/statuses/{}", id(&told[0]["status"]));
        ann.api.get(&path).await.ok();
        eve.api.get(&path).await.error(404);
        place.stranger().get(&path).await.error(404);
    });
}

#[test]
fn nothing_is_kept_that_nobody_here_wants() {
    run(async |place| {
        let bob = place.stranger_at("far.example", "bob").await;
        ignored(place.hears(&bob, bob.says(bob.note(1, json!({})))).await);
        assert_eq!(place.rows("statuses").await, 0);
        ignored(
            place
                .hears(
                    &bob,
                    bob.does("Announce", json!("https://far.example/notes/9")),
                )
                .await,
        );
        ignored(
            place
                .hears(&bob, bob.does("Like", json!("https://far.example/notes/9")))
                .await,
        );
        ignored(place.hears(&bob, bob.does("Dance", json!("x"))).await);
    });
}

#[test]
fn nobody_speaks_for_somebody_else() {
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        let eve = place.stranger_at("evil.example", "eve").await;
        let dan = place.stranger_at("far.example", "dan").await;
        follows(place, &ann, &bob).await;
        // In Bob's name; with Bob's post; with a post on Bob's server (I6, I8, I23).
        let note = bob.note(1, json!({}));
        ignored(place.hears(&eve, bob.says(note.clone())).await);
        for liar in [&eve, &dan] {
            let told = place.tries(liar, liar.says(note.clone())).await;
            assert!(!matches!(told, Ok(Handled::Done)), "{told:?}");
            let named_elsewhere = liar.note(
                1,
                json!({"id": "https://far.example/notes/77", "attributedTo": bob.uri}),
            );
            let told = place.tries(liar, liar.says(named_elsewhere)).await;
            assert!(!matches!(told, Ok(Handled::Done)), "{told:?}");
        }
        let foreign_name = eve.note(1, json!({"id": "https://far.example/notes/78"}));
        let told = place.tries(&eve, eve.says(foreign_name)).await;
        assert!(!matches!(told, Ok(Handled::Done)), "{told:?}");
        assert_eq!(place.rows("statuses").await, 0);

        done(place.hears(&bob, bob.says(note.clone())).await);
        // Another, even of the same server, changes and deletes nothing (I13, I14).
        let changed = bob.note(
            1,
            json!({"content": "hacked", "updated": "2026-01-01T00:00:00Z"}),
        );
        let stolen = dan.note(1, json!({"content": "hacked"}));
        for liar in [&eve, &dan] {
            let _ = place
                .tries(liar, liar.does("Update", changed.clone()))
                .await;
            let _ = place.tries(liar, liar.does("Update", stolen.clone())).await;
            ignored(
                place
                    .hears(liar, liar.does("Delete", json!(uri(&note))))
                    .await,
            );
            ignored(place.hears(liar, liar.does("Delete", json!(bob.uri))).await);
        }
        // Nor does its owner give it to another, or take another's.
        let given = bob.note(
            1,
            json!({"content": "given", "attributedTo": dan.uri, "updated": "2026-01-02T00:00:00Z"}),
        );
        for giver in [&bob, &dan] {
            let told = place
                .tries(giver, giver.does("Update", given.clone()))
                .await;
            assert!(!matches!(told, Ok(Handled::Done)), "{told:?}");
        }
        let owned = format!("statuses WHERE account_id = {}", bob.id);
        assert_eq!(place.rows(&owned).await, 1);
        let like = bob.does("Like", json!(uri(&note)));
        done(place.hears(&bob, like.clone()).await);
        ignored(place.hears(&eve, eve.does("Undo", like.clone())).await);
        ignored(place.hears(&eve, eve.does("Undo", json!(like["id"]))).await);
        assert_eq!(place.rows("statuses WHERE html = '<p>Post 1</p>'").await, 1);
        assert_eq!(place.rows("reactions").await, 1);
    });
}

#[test]
fn an_edit_shows_and_keeps_what_was_and_an_old_one_does_not_count() {
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        follows(place, &ann, &bob).await;
        let at = |hour: u32| json!(format!("2026-01-01T{hour:02}:00:00Z"));
        done(
            place
                .hears(&bob, bob.says(bob.note(1, json!({"published": at(1)}))))
                .await,
        );
        let edit = |hour, text: &str| {
            bob.note(1, json!({"published": at(1), "updated": at(hour), "content": text,
            "tag": [{"type": "Hashtag", "name": "#Lamp"}],
            "attachment": [{"type": "Image", "mediaType": "image/png", "url": "https://far.example/lamp.png", "name": "a lamp"}]}))
        };
        done(
            place
                .hears(&bob, bob.does("Update", edit(5, "<p>five #Lamp</p>")))
                .await,
        );
        ignored(
            place
                .hears(&bob, bob.does("Update", edit(3, "<p>three</p>")))
                .await,
        );
        ignored(
            place
                .hears(&bob, bob.does("Update", edit(5, "<p>five #Lamp</p>")))
                .await,
        );
        let home = ann.api.get("/api/v1/timelines/home").await.ok();
        let post = &home[0];
        assert_eq!(post["content"], "<p>five #Lamp</p>", "{home}");
        assert_eq!(post["tags"][0]["name"], "lamp");
        assert_eq!(post["media_attachments"][0]["description"], "a lamp");
        assert_eq!(post["edited_at"], "2026-01-01T05:00:00.000Z");
        let path = format!("/api/v1/statuses/{}/history", id(post));
        let history = ann.api.get(&path).await.ok();
        assert_eq!(history.as_array().map(Vec::len), Some(2), "{history}");
        assert_eq!(history[0]["content"], "<p>Post 1</p>");
    });
}

#[test]
fn what_was_deleted_does_not_come_back() {
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        follows(place, &ann, &bob).await;
        let note = bob.note(1, json!({}));
        done(place.hears(&bob, bob.says(note.clone())).await);
        let stone = json!({"type": "Tombstone", "id": uri(&note)});
        done(place.hears(&bob, bob.does("Delete", stone.clone())).await);
        ignored(place.hears(&bob, bob.does("Delete", stone)).await);
        ignored(place.hears(&bob, bob.says(note.clone())).await);
        ignored(place.hears(&bob, bob.does("Update", note.clone())).await);
        let announced = place
            .tries(&bob, bob.does("Announce", json!(uri(&note))))
            .await;
        assert!(!matches!(announced, Ok(Handled::Done)));
        // Deleted before it came.
        let late = bob.note(2, json!({}));
        ignored(
            place
                .hears(&bob, bob.does("Delete", json!(uri(&late))))
                .await,
        );
        ignored(place.hears(&bob, bob.says(late)).await);
        assert_eq!(place.rows("statuses").await, 0);
        let home = ann.api.get("/api/v1/timelines/home").await.ok();
        assert_eq!(home, json!([]));
    });
}

#[test]
fn who_was_suspended_or_has_gone_stays_so() {
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        follows(place, &ann, &bob).await;
        done(place.hears(&bob, bob.says(bob.note(1, json!({})))).await);
        place
            .sql("UPDATE accounts SET flags = 2 WHERE id = $1", &[&bob.id])
            .await;
        ignored(place.hears(&bob, bob.says(bob.note(2, json!({})))).await);
        let mut back = actor("FAR.example.", "bob");
        back["publicKey"]["publicKeyPem"] =
            json!("-----BEGIN PUBLIC KEY-----\nnew\n-----END PUBLIC KEY-----\n");
        let again = place.known(back).await;
        assert_eq!(again.id, bob.id);
        assert_eq!(place.rows("accounts WHERE flags = 2").await, 1);
        ignored(
            place
                .hears(&bob, bob.does("Update", actor("far.example", "bob")))
                .await,
        );
        ignored(place.hears(&bob, bob.does("Delete", json!(bob.uri))).await);

        // Nor by what others do with their posts.
        let eve = place.stranger_at("near.example", "eve").await;
        follows(place, &ann, &eve).await;
        let boosted = json!("https://far.example/notes/1");
        ignored(place.hears(&eve, eve.does("Announce", boosted)).await);
        let home = ann.api.get("/api/v1/timelines/home").await.ok();
        assert_eq!(home, json!([]));

        let dan = place.stranger_at("far.example", "dan").await;
        follows(place, &ann, &dan).await;
        done(place.hears(&dan, dan.says(dan.note(3, json!({})))).await);
        done(place.hears(&dan, dan.does("Delete", json!(dan.uri))).await);
        assert_eq!(place.rows("statuses WHERE html LIKE '%Post 3%'").await, 0);
        let me = ann
            .api
            .get("/api/v1/accounts/verify_credentials")
            .await
            .ok();
        assert_eq!(me["following_count"], 2, "Bob and Eve are left: {me}");
        let fed = place.federation();
        let back = porchlight::activitypub::actors::store(&fed, &actor("far.example", "dan")).await;
        assert!(back.is_err());
    });
}

#[test]
fn boosts_and_favourites_count_once_and_can_be_taken_back() {
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        let post = ann.api.toot("hello").await;
        place.settle().await;
        let address = note_uri(place, &id(&post));
        let boost = bob.does("Announce", json!(address));
        let like = bob.does("Like", json!(address));
        for _ in 0..2 {
            place.hears(&bob, boost.clone()).await;
            place.hears(&bob, like.clone()).await;
        }
        let path = format!("/api/v1/statuses/{}", id(&post));
        let shown = ann.api.get(&path).await.ok();
        assert_eq!(
            (&shown["reblogs_count"], &shown["favourites_count"]),
            (&json!(1), &json!(1))
        );
        let told = ann.api.get("/api/v1/notifications").await.ok();
        assert_eq!(told.as_array().map(Vec::len), Some(2), "{told}");
        // By what it was done to, and by its own address.
        let unlike = json!({"type": "Like", "actor": bob.uri, "object": address});
        done(place.hears(&bob, bob.does("Undo", unlike)).await);
        done(
            place
                .hears(&bob, bob.does("Undo", json!(boost["id"])))
                .await,
        );
        let shown = ann.api.get(&path).await.ok();
        assert_eq!(
            (&shown["reblogs_count"], &shown["favourites_count"]),
            (&json!(0), &json!(0))
        );
        assert_eq!(ann.api.get("/api/v1/notifications").await.ok(), json!([]));
    });
}

#[test]
fn what_is_not_for_everybody_is_not_passed_on() {
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        done(
            place
                .hears(&bob, bob.does("Follow", json!(uri_of(place, &ann))))
                .await,
        );
        let mut addresses = Vec::new();
        for visibility in ["private", "direct"] {
            let post = ann.api.toot_to(visibility, "secret").await;
            addresses.push(note_uri(place, &post));
        }
        place.settle().await;
        for address in &addresses {
            ignored(
                place
                    .hears(&bob, bob.does("Announce", json!(address)))
                    .await,
            );
        }
        // Bob follows, so the private one he may like; the direct one he never saw.
        done(
            place
                .hears(&bob, bob.does("Like", json!(addresses[0])))
                .await,
        );
        ignored(
            place
                .hears(&bob, bob.does("Like", json!(addresses[1])))
                .await,
        );
        assert_eq!(
            place.rows("statuses WHERE reblog_of_id IS NOT NULL").await,
            0
        );
    });
}

#[test]
fn who_is_blocked_here_reaches_nobody() {
    run(async |place| {
        let ann = place.member("ann").await;
        let eve = place.member("eve").await;
        let bob = place.stranger_at("far.example", "bob").await;
        let post = ann.api.toot("hello").await;
        ann.api
            .act(&format!("/api/v1/accounts/{}/block", bob.id))
            .await
            .ok();
        place.settle().await;
        let address = note_uri(place, &id(&post));
        let named = json!([{"type": "Mention", "href": uri_of(place, &ann)}]);
        ignored(place.hears(&bob, bob.does("Like", json!(address))).await);
        ignored(
            place
                .hears(&bob, bob.does("Announce", json!(address)))
                .await,
        );
        ignored(
            place
                .hears(&bob, bob.does("Follow", json!(uri_of(place, &ann))))
                .await,
        );
        ignored(
            place
                .hears(&bob, bob.says(bob.note(1, json!({"inReplyTo": address}))))
                .await,
        );
        ignored(
            place
                .hears(&bob, bob.says(bob.note(2, json!({"tag": named}))))
                .await,
        );
        // Somebody else may be named beside her; she hears nothing of it.
        let both = json!([{"type": "Mention", "href": uri_of(place, &ann)}, {"type": "Mention", "href": uri_of(place, &eve)}]);
        done(
            place
                .hears(&bob, bob.says(bob.note(3, json!({"tag": both}))))
                .await,
        );
        assert_eq!(ann.api.get("/api/v1/notifications").await.ok(), json!([]));
        let told = eve.api.get("/api/v1/notifications").await.ok();
        assert_eq!(told.as_array().map(Vec::len), Some(1), "{told}");
        let context = eve
            .api
            .get(&format!("/api/v1/statuses/{}/context", id(&post)))
            .await
            .ok();
        assert_eq!(context["descendants"], json!([]));
    });
}

#[test]
fn who_is_blocked_here_votes_quotes_and_reports_and_nobody_hears_of_it() {
    run(async |place| {
        let ann = place.member("ann").await;
        let eve = place.member("eve").await;
        let bob = place.stranger_at("far.example", "bob").await;
        follows(place, &eve, &bob).await;
        let poll =
            json!({"status": "Which?", "poll": {"options": ["Red", "Green"], "expires_in": 3600}});
        let asked = id(&ann.api.post("/api/v1/statuses", poll).await.ok());
        ann.api
            .act(&format!("/api/v1/accounts/{}/block", bob.id))
            .await
            .ok();
        place.settle().await;
        let address = note_uri(place, &asked);
        let mut vote = bob.note(
            1,
            json!({"inReplyTo": address, "name": "Red", "to": [uri_of(place, &ann)], "cc": []}),
        );
        vote.as_object_mut().expect("an object").remove("content");
        ignored(place.hears(&bob, bob.says(vote)).await);
        assert_eq!(place.rows("poll_votes").await, 0);
        // The quote is a post like any other for those who follow him, and nothing to her.
        let quote = bob.note(2, json!({"quoteUrl": address, "quote": address}));
        done(place.hears(&bob, bob.says(quote)).await);
        // What he reports is for staff to judge.
        done(
            place
                .hears(&bob, bob.does("Flag", json!([uri_of(place, &ann)])))
                .await,
        );
        assert_eq!(ann.api.get("/api/v1/notifications").await.ok(), json!([]));
        let context = format!("/api/v1/statuses/{asked}/context");
        assert_eq!(eve.api.get(&context).await.ok()["descendants"], json!([]));
        let shown = ann.api.get(&format!("/api/v1/statuses/{asked}")).await.ok();
        assert_eq!(
            (&shown["poll"]["votes_count"], &shown["replies_count"]),
            (&json!(0), &json!(0))
        );
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

#[test]
fn a_report_reveals_nothing_and_comes_once_a_day() {
    run(async |place| {
        let ann = place.member("ann").await;
        let eve = place.member("eve").await;
        let bob = place.stranger_at("far.example", "reports").await;
        let public = ann.api.toot_to("public", "rude").await;
        let private = ann.api.toot_to("private", "secret").await;
        let others = eve.api.toot_to("public", "kind").await;
        place.settle().await;
        let objects: Vec<Value> = [&public, &private, &others]
            .iter()
            .map(|post| json!(note_uri(place, post)))
            .chain([
                json!(uri_of(place, &ann)),
                json!("https://far.example/notes/1"),
            ])
            .collect();
        let mut flag = bob.does("Flag", json!(objects));
        flag["content"] = json!("Look at <script>alert(1)</script>this\r\nBcc: x");
        done(place.hears(&bob, flag.clone()).await);
        for copy in 0..500 {
            flag["id"] = json!(format!("https://far.example/activities/copy-{copy}"));
            ignored(place.hears(&bob, flag.clone()).await);
        }
        assert_eq!(place.rows("reports").await, 1);
        let row = place
            .sql("SELECT status_ids, comment, posts::text FROM reports", &[])
            .await
            .remove(0);
        let kept: Vec<i64> = row.get(0);
        assert_eq!(kept, [public.parse::<i64>().expect("an id")]);
        let comment: String = row.get(1);
        assert!(
            !comment.contains("script") && !comment.contains('\r'),
            "{comment}"
        );
        assert!(!row.get::<_, String>(2).contains("secret"));
    });
}

#[test]
fn pins_are_the_actors_own() {
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        follows(place, &ann, &bob).await;
        let note = bob.note(1, json!({}));
        done(place.hears(&bob, bob.says(note.clone())).await);
        let mut add = bob.does("Add", json!(uri(&note)));
        add["target"] = json!("https://far.example/users/dan/featured");
        ignored(place.hears(&bob, add.clone()).await);
        add["target"] = json!(format!("{}/featured", bob.uri));
        done(place.hears(&bob, add.clone()).await);
        let path = format!("/api/v1/accounts/{}/statuses?pinned=true", bob.id);
        let pinned = ann.api.get(&path).await.ok();
        assert_eq!(pinned.as_array().map(Vec::len), Some(1), "{pinned}");
        add["type"] = json!("Remove");
        done(place.hears(&bob, add).await);
        assert_eq!(ann.api.get(&path).await.ok(), json!([]));
    });
}

#[test]
fn a_profile_changes_by_its_owner_alone() {
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        let eve = place.stranger_at("far.example", "eve").await;
        let mut new = actor("far.example", "bob");
        new["name"] = json!("Bob :cat: <img src=x onerror=alert(1)>");
        new["summary"] = json!("<p onclick=x>hi</p><script>alert(1)</script>");
        new["tag"] = json!([{"type": "Emoji", "name": ":cat:", "icon": {"url": "https://far.example/cat.png"}}]);
        let forged = place.tries(&eve, eve.does("Update", new.clone())).await;
        assert!(!matches!(forged, Ok(Handled::Done)), "{forged:?}");
        done(place.hears(&bob, bob.does("Update", new)).await);
        let shown = ann
            .api
            .get(&format!("/api/v1/accounts/{}", bob.id))
            .await
            .entity("Account");
        assert_eq!(shown["display_name"], "Bob :cat:");
        assert_eq!(shown["note"], "<p>hi</p>");
        assert_eq!(shown["emojis"][0]["shortcode"], "cat", "{shown}");
    });
}

#[test]
fn threads_join_whatever_order_their_posts_come_in() {
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        follows(place, &ann, &bob).await;
        let first = bob.note(1, json!({}));
        let second = bob.note(2, json!({"inReplyTo": uri(&first)}));
        // What it answers cannot be had: it stands alone until that comes.
        done(place.hears(&bob, bob.says(second)).await);
        done(place.hears(&bob, bob.says(first)).await);
        let home = ann.api.get("/api/v1/timelines/home").await.ok();
        let posts = home.as_array().expect("a list");
        let answer = posts
            .iter()
            .find(|p| p["content"] == "<p>Post 2</p>")
            .expect("the answer");
        let root = posts
            .iter()
            .find(|p| p["content"] == "<p>Post 1</p>")
            .expect("the root");
        assert_eq!(answer["in_reply_to_id"], root["id"], "{home}");
        assert_eq!(answer["in_reply_to_account_id"], json!(bob.id.to_string()));
    });
}

#[test]
fn a_post_stands_where_it_was_written_unless_it_comes_late() {
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        follows(place, &ann, &bob).await;
        let now = place.app.clock.now();
        let written =
            |minutes: i64| json!((now - chrono::TimeDelta::minutes(minutes)).to_rfc3339());
        let mark = ann.api.toot("a mark").await;
        for (number, minutes) in [(1, 10), (2, 600), (3, -600)] {
            let note = bob.note(
                number,
                json!({"published": written(minutes), "to": [PUBLIC]}),
            );
            done(place.hears(&bob, bob.says(note)).await);
        }
        let home = ann.api.get("/api/v1/timelines/home").await.ok();
        let order: Vec<&str> = home
            .as_array()
            .expect("a list")
            .iter()
            .map(|post| post["content"].as_str().expect("text"))
            .collect();
        // Late or from the future: as they arrived, after the mark. In time: where it was.
        assert_eq!(
            order,
            [
                "<p>Post 3</p>",
                "<p>Post 2</p>",
                "<p>a mark</p>",
                "<p>Post 1</p>"
            ],
            "{}",
            id(&mark)
        );
    });
}

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
fn votes_from_elsewhere_are_checked() {
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

#[test]
fn an_answer_names_whom_it_answers_elsewhere() {
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        follows(place, &ann, &bob).await;
        done(place.hears(&bob, bob.says(bob.note(1, json!({})))).await);
        let home = ann.api.get("/api/v1/timelines/home").await.ok();
        let answer = ann
            .api
            .post("/api/v1/statuses", json!({"status": "@Bob@FAR.example hello @nobody@far.example", "in_reply_to_id": id(&home[0])}))
            .await
            .ok();
        assert_eq!(answer["mentions"][0]["acct"], "bob@far.example", "{answer}");
        assert_eq!(answer["mentions"].as_array().map(Vec::len), Some(1));
        assert!(
            answer["content"].as_str().expect("text").contains(&bob.uri),
            "{answer}"
        );
        assert_eq!(answer["in_reply_to_account_id"], json!(bob.id.to_string()));
    });
}

#[test]
fn what_members_and_servers_report_waits_at_the_desk() {
    run(async |place| {
        let olive = place.owner().await;
        let ann = place.member("ann").await;
        let eve = place.member("eve").await;
        let bob = place.stranger_at("far.example", "bob").await;
        let rude = eve.api.toot("very rude").await;
        let secret = eve.api.toot_to("direct", "for nobody").await;
        place.settle().await;
        let report = json!({"account_id": eve.id, "status_ids": [id(&rude), secret], "comment": "Look.", "category": "spam"});
        let made = ann
            .api
            .post("/api/v1/reports", report)
            .await
            .entity("Report");
        assert_eq!(made["status_ids"], json!([id(&rude)]), "{made}");
        assert_eq!(made["category"], "spam");
        ann.api
            .post("/api/v1/reports", json!({"account_id": ann.id}))
            .await
            .error(422);
        ann.api
            .post("/api/v1/reports", json!({"account_id": "1"}))
            .await
            .error(404);
        let mut flag = bob.does("Flag", json!([uri_of(place, &ann)]));
        flag["content"] = json!("Far words");
        done(place.hears(&bob, flag).await);

        let desk = place.signed_in(&olive).await;
        let page = desk.open("/desk/reports").await;
        page.says("Far words")
            .says("far.example")
            .says("very rude")
            .says("Look.");
        let number = made["id"].as_str().expect("an id").to_owned();
        let closed = page.form(&format!("/desk/reports/{number}/close"));
        desk.submit(closed).await.hides("Look.").says("Far words");
        place
            .signed_in(&ann)
            .await
            .visit("/desk/reports")
            .await
            .hides("Far words");
    });
}

#[test]
fn a_file_of_no_shown_kind_is_a_link_with_its_words_on_our_pages() {
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        follows(place, &ann, &bob).await;
        let attached = json!([{"type": "Document", "mediaType": "application/pdf", "url": "https://far.example/lamp.pdf",
            "name": "a lamp <script>alert(1)</script>"}]);
        done(
            place
                .hears(&bob, bob.says(bob.note(1, json!({"attachment": attached}))))
                .await,
        );
        let browser = place.signed_in(&ann).await;
        let page = browser.open("/home").await;
        page.says("File at far.example").says("a lamp");
        assert!(!browser.visit_raw("/home").await.contains("<script>alert"));
    });
}
