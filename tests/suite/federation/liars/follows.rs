//! Follows are answered by who was asked, and moved by who was followed.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Scene, scene};
use crate::support::actor::{Actor, PUBLIC};

async fn following(s: &Scene<'_>, whom: &Actor) -> (bool, bool) {
    let told = s.relationship(whom).await;
    (told["following"] == true, told["requested"] == true)
}

#[test]
fn a_yes_counts_from_who_was_asked_alone() {
    // I19
    scene(async |s| {
        // Never asked.
        let never = json!({ "type": "Follow", "actor": s.ann_uri(), "object": s.eve.id });
        s.does(&s.eve, "Accept", never).await;
        assert_eq!(following(s, &s.eve).await, (false, false));
        // For a relay: the place itself follows nobody.
        let instance = format!("{}/ap/actor", s.place.origin);
        for object in [json!(s.eve.id), json!(PUBLIC)] {
            let relay = json!({ "type": "Follow", "actor": instance, "object": object });
            s.does(&s.eve, "Accept", relay).await;
        }
        // Asked of Dan; said by others, of his server too.
        let asked = s.asks(&s.dan).await;
        assert!(asked["id"].is_string(), "{asked}");
        for liar in [&s.bob, &s.eve] {
            let mut own = asked.clone();
            own["object"] = json!(liar.id);
            for object in [asked.clone(), asked["id"].clone(), own] {
                s.does(liar, "Accept", object.clone()).await;
                s.does(liar, "Reject", object).await;
            }
        }
        assert_eq!(following(s, &s.dan).await, (false, true));
        assert_eq!(following(s, &s.eve).await, (false, false));
        s.does(&s.dan, "Accept", asked["id"].clone()).await;
        assert_eq!(following(s, &s.dan).await, (true, false));
        let yes = "follows WHERE state = 1";
        assert_eq!(
            s.place.rows(yes).await,
            1,
            "Bob sent a Reject that was not about Dan"
        );
    });
}

/// A post for followers alone.
async fn whispers(s: &Scene<'_>, who: &Actor, html: &str) -> Value {
    let peer = s.peer(who);
    let quiet = json!({ "content": html, "to": [who.path("/followers")], "cc": [] });
    let note = who.note_with(peer, s.place.app.clock.now(), quiet);
    s.says(who, &who.create(peer, &note)).await;
    note
}

#[test]
fn behind_a_lock_nothing_is_seen_before_the_yes_and_after_the_no() {
    // I20
    scene(async |s| {
        let mut locked = s.dan.document();
        locked["manuallyApprovesFollowers"] = json!(true);
        s.alpha.publish(locked);
        let asked = s.asks(&s.dan).await;
        let early = whispers(s, &s.dan, "<p>early</p>").await;
        s.posts(&s.dan, "<p>aloud</p>").await;
        assert_eq!(s.home().await.len(), 0);
        assert_eq!(s.pasted(&early["id"]).await, json!([]));
        s.does(&s.dan, "Accept", asked.clone()).await;
        let kept = whispers(s, &s.dan, "<p>between</p>").await;
        assert_eq!(s.home().await, ["<p>between</p>"]);
        assert_eq!(s.pasted(&kept["id"]).await[0]["content"], "<p>between</p>");
        // The no that comes later.
        s.does(&s.dan, "Reject", asked).await;
        assert_eq!(following(s, &s.dan).await, (false, false));
        let late = whispers(s, &s.dan, "<p>late</p>").await;
        assert_eq!(s.pasted(&late["id"]).await, json!([]));
        assert_eq!(
            s.pasted(&kept["id"]).await,
            json!([]),
            "no longer hers to read"
        );
        assert!(!s.home().await.contains(&"<p>late</p>".to_owned()));
    });
}

#[test]
fn a_move_asks_anew_for_those_who_followed_and_is_believed_once_a_while() {
    // I18
    scene(async |s| {
        let carl = s.beta.actor("carl");
        let moves = |from: &Actor, to: &Actor| {
            let mut gone = from.activity(s.peer(from), "Move", json!(s.bob.id));
            gone["target"] = json!(to.id);
            gone
        };
        let knows_bob = |who: &Actor| {
            let mut document = who.document();
            document["alsoKnownAs"] = json!([s.bob.id]);
            s.peer(who).publish(document);
        };
        // Somebody else's move of him; his own to somebody who does not say so.
        knows_bob(&carl);
        s.says(&s.eve, &moves(&s.eve, &carl)).await;
        s.says(&s.dan, &moves(&s.dan, &carl)).await;
        s.says(&s.bob, &moves(&s.bob, &s.eve)).await;
        assert_eq!(following(s, &s.bob).await, (true, false));
        assert_eq!(s.beta.received_of("Follow").len(), 0);

        s.says(&s.bob, &moves(&s.bob, &carl)).await;
        assert_eq!(following(s, &s.bob).await, (false, false));
        assert_eq!(
            following(s, &carl).await,
            (false, true),
            "asked, not copied"
        );
        let asked = s.beta.wait_for("Follow").await;
        assert_eq!(
            (&asked["actor"], &asked["object"]),
            (&s.ann_uri(), &json!(carl.id))
        );
        let undone = s.alpha.wait_for("Undo").await;
        assert_eq!(undone["object"]["object"], json!(s.bob.id), "{undone}");
        s.does(&carl, "Accept", asked).await;
        assert_eq!(following(s, &carl).await, (true, false));

        // Sold on to the next within the month.
        s.follows(&s.bob).await;
        knows_bob(&s.eve);
        s.place.advance(TimeDelta::days(5));
        s.says(&s.bob, &moves(&s.bob, &s.eve)).await;
        assert_eq!(following(s, &s.eve).await, (false, false));
        assert_eq!(following(s, &s.bob).await, (true, false));
    });
}
