//! Who may speak, and for whom: forged words, suspended and blocked authors, profiles and pins.

use porchlight::incoming::Handled;
use serde_json::json;

use super::super::elsewhere::{actor, note_uri, uri, uri_of};
use super::{done, follows, ignored};
use crate::support::api::id;
use crate::support::place::run;

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
fn what_another_of_the_server_calls_gone_may_come_all_the_same() {
    // I14
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        let dan = place.stranger_at("far.example", "dan").await;
        follows(place, &ann, &bob).await;
        let note = bob.note(1, json!({}));
        let lies = [
            dan.does("Delete", json!(uri(&note))),
            dan.does("Delete", json!(bob.uri)),
        ];
        for lie in lies {
            ignored(place.hears(&dan, lie).await);
        }
        done(place.hears(&bob, bob.says(note.clone())).await);
        let mut named = actor("far.example", "bob");
        named["name"] = json!("Bob of the lamps");
        done(place.hears(&bob, bob.does("Update", named)).await);
        let lamps = "accounts WHERE display_name = 'Bob of the lamps'";
        assert_eq!(place.rows(lamps).await, 1);
        // A boost whose address another took back.
        let boost = bob.does("Announce", json!(uri(&note)));
        let lie = dan.does(
            "Undo",
            json!({"type": "Announce", "id": boost["id"], "actor": dan.uri, "object": uri(&note)}),
        );
        ignored(place.hears(&dan, lie).await);
        done(place.hears(&bob, boost).await);
        // The author's own word counts, whoever said so before them.
        done(
            place
                .hears(&bob, bob.does("Delete", json!(uri(&note))))
                .await,
        );
        let stones = format!("tombstones WHERE actor_id = {} AND subject_id <> 0", bob.id);
        assert_eq!(place.rows(&stones).await, 1);
        let late = bob.note(2, json!({}));
        for sayer in [&dan, &bob] {
            let gone = sayer.does("Delete", json!(uri(&late)));
            ignored(place.hears(sayer, gone).await);
        }
        ignored(place.hears(&bob, bob.says(late)).await);
        assert_eq!(place.rows("statuses").await, 0);
    });
}

#[test]
fn who_was_suspended_or_has_gone_stays_so() {
    // I15
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
        // By Update, a new post, another spelling of the host, somebody's boost, somebody's move.
        for said in [
            dan.does("Update", actor("far.example", "dan")),
            dan.says(dan.note(4, json!({}))),
        ] {
            let told = place.tries(&dan, said).await;
            assert!(!matches!(told, Ok(Handled::Done)), "{told:?}");
        }
        for host in ["far.example", "FAR.example."] {
            let back = porchlight::activitypub::actors::store(&fed, &actor(host, "dan")).await;
            assert!(back.is_err(), "{host}: {back:?}");
        }
        let boosted = json!("https://far.example/notes/3");
        let mut moved = eve.does("Move", json!(eve.uri));
        moved["target"] = json!(dan.uri);
        for said in [eve.does("Announce", boosted), moved] {
            let told = place.tries(&eve, said).await;
            assert!(!matches!(told, Ok(Handled::Done)), "{told:?}");
        }
        assert_eq!(place.rows("accounts WHERE username = 'dan'").await, 0);
        let theirs = "statuses WHERE html LIKE '%Post 3%' OR html LIKE '%Post 4%'";
        assert_eq!(place.rows(theirs).await, 0);
    });
}

#[test]
fn who_is_blocked_here_reaches_nobody() {
    // I24
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
    // I24
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
    // I13
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
