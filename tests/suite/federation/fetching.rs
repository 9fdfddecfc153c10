//! What an activity only points at is asked of the server that answers for it, and of no more
//! servers than that.

use porchlight::activitypub::{actors, notes};
use porchlight::domain::Error;
use porchlight::incoming::Handled;
use serde_json::{Value, json};

use super::elsewhere::{Stranger, uri_of};
use crate::support::actor::Actor;
use crate::support::peer::{Page, Peer};
use crate::support::people::Person;
use crate::support::place::{Place, Setup};

/// An actor of a peer, known here.
async fn known(place: &Place, actor: &Actor) -> Stranger {
    let account = actors::find_or_fetch(&place.federation(), &actor.id)
        .await
        .unwrap_or_else(|error| panic!("{}: {error:?}", actor.id));
    Stranger {
        uri: actor.id.clone(),
        id: account.id,
    }
}

async fn follows(place: &Place, who: &Person, whom: &Stranger) {
    who.api
        .act(&format!("/api/v1/accounts/{}/follow", whom.id))
        .await
        .ok();
    let follow = json!({"type": "Follow", "actor": uri_of(place, who), "object": whom.uri});
    let accepted = place.tries(whom, whom.does("Accept", follow)).await;
    assert!(matches!(accepted, Ok(Handled::Done)), "{accepted:?}");
}

/// Somebody here, and two strangers of two servers of whom she follows the first.
struct World<'p> {
    ann: Person,
    alpha: &'p Peer,
    beta: &'p Peer,
    bob: Actor,
    bob_here: Stranger,
    eve: Actor,
}

async fn world(place: &Place) -> World<'_> {
    let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
    let (bob, eve) = (alpha.actor("bob"), beta.actor("eve"));
    let ann = place.member("ann").await;
    let bob_here = known(place, &bob).await;
    follows(place, &ann, &bob_here).await;
    World {
        ann,
        alpha,
        beta,
        bob,
        bob_here,
        eve,
    }
}

fn id(value: &Value) -> String {
    value["id"].as_str().expect("an id").to_owned()
}

#[test]
fn a_boost_brings_what_it_points_at_from_its_own_server() {
    // I8
    Setup::federated().run(async |place| {
        let world = world(place).await;
        let now = place.app.clock.now();
        let root = world.eve.note(world.beta, now, "<p>root</p>");
        let answer = world.eve.note_with(
            world.beta,
            now,
            json!({"content": "<p>answer</p>", "inReplyTo": id(&root)}),
        );
        // What the boost says of it is not believed.
        let mut forged = answer.clone();
        forged["content"] = json!("<p>forged</p>");
        let boost = world.bob.activity(world.alpha, "Announce", forged);
        let handled = place.tries(&world.bob_here, boost).await;
        assert!(matches!(handled, Ok(Handled::Done)), "{handled:?}");
        assert_eq!(
            place
                .rows("statuses WHERE html = '<p>answer</p>' AND in_reply_to_id IS NOT NULL")
                .await,
            1
        );
        assert_eq!(place.rows("statuses WHERE html = '<p>root</p>'").await, 1);
        assert_eq!(place.rows("statuses WHERE html LIKE '%forged%'").await, 0);
        place.settle().await;
        let home = world.ann.api.get("/api/v1/timelines/home").await.ok();
        assert_eq!(
            home.as_array().map(Vec::len),
            Some(1),
            "the boost alone: {home}"
        );
        assert_eq!(home[0]["reblog"]["account"]["acct"], "eve@beta.test");
    });
}

#[test]
fn what_is_not_for_everybody_is_not_kept_when_it_is_fetched() {
    // I21
    Setup::federated().run(async |place| {
        let world = world(place).await;
        let now = place.app.clock.now();
        let secret = world.eve.note_with(
            world.beta,
            now,
            json!({"to": [world.eve.path("/followers")], "cc": []}),
        );
        let boost = world
            .bob
            .activity(world.alpha, "Announce", json!(id(&secret)));
        let handled = place.tries(&world.bob_here, boost).await;
        assert!(!matches!(handled, Ok(Handled::Done)), "{handled:?}");
        assert_eq!(place.rows("statuses").await, 0);
    });
}

#[test]
fn a_post_of_another_server_is_asked_for_there_and_its_author_speaks_for_it() {
    // I8
    Setup::federated().run(async |place| {
        let world = world(place).await;
        let now = place.app.clock.now();
        // Bob sends Eve's post as it never was.
        let mut note = world.eve.note(world.beta, now, "<p>true</p>");
        note["content"] = json!("<p>forged</p>");
        note["attributedTo"] = json!(world.bob.id);
        let told = place
            .tries(&world.bob_here, world.bob.create(world.alpha, &note))
            .await;
        assert!(!matches!(told, Ok(Handled::Done)), "{told:?}");
        assert_eq!(place.rows("statuses").await, 0);
        // A server that gives out a post in another server's name.
        let stolen = world.beta.publish(json!({
            "id": world.beta.url("/stolen"), "type": "Note", "content": "stolen",
            "attributedTo": world.bob.id, "to": ["as:Public"],
        }));
        let boost = world
            .bob
            .activity(world.alpha, "Announce", json!(id(&stolen)));
        let told = place.tries(&world.bob_here, boost).await;
        assert!(matches!(told, Err(Error::Invalid(_))), "{told:?}");
        // His own by its address alone.
        let own = world.bob.note(world.alpha, now, "<p>own</p>");
        let mut create = world.bob.create(world.alpha, &own);
        create["object"] = json!(id(&own));
        let told = place.tries(&world.bob_here, create).await;
        assert!(matches!(told, Ok(Handled::Done)), "{told:?}");
        assert_eq!(place.rows("statuses WHERE html = '<p>own</p>'").await, 1);
    });
}

#[test]
fn an_endless_thread_is_climbed_a_few_steps() {
    // N8
    Setup::federated().run(async |place| {
        let world = world(place).await;
        let (eve, origin) = (world.eve.id.clone(), world.beta.origin());
        world.beta.answer("/endless/", move |asked| {
            let number: u64 = asked
                .path
                .rsplit('/')
                .next()
                .and_then(|n| n.parse().ok())
                .unwrap_or(0);
            Page::document(&json!({
                "id": format!("{origin}/endless/{number}"), "type": "Note", "content": "x",
                "attributedTo": eve, "to": ["as:Public"],
                "inReplyTo": format!("{origin}/endless/{}", number + 1),
            }))
        });
        world.beta.forget_asked();
        let boost =
            world
                .bob
                .activity(world.alpha, "Announce", json!(world.beta.url("/endless/1")));
        let told = place.tries(&world.bob_here, boost).await;
        assert!(matches!(told, Ok(Handled::Done)), "{told:?}");
        assert!(world.beta.times_asked("/endless/") <= 5);
        assert!(place.rows("statuses").await <= 6);
        // One that answers itself.
        let ring = world.beta.url("/ring");
        world.beta.publish(
            json!({"id": ring, "type": "Note", "content": "x", "attributedTo": world.eve.id,
            "to": ["as:Public"], "inReplyTo": ring}),
        );
        let found = notes::find_or_fetch(&place.federation(), &ring).await;
        assert!(found.is_ok(), "{found:?}");
        assert_eq!(world.beta.times_asked("/ring"), 1);
    });
}

#[test]
fn what_cannot_be_had_now_is_tried_again_and_what_is_blocked_never() {
    Setup::federated().run(async |place| {
        let world = world(place).await;
        let address = world.beta.url("/notes/1");
        let boost = world.bob.activity(world.alpha, "Announce", json!(address));
        world.beta.serve("/notes/1", Page::status(503));
        let told = place.tries(&world.bob_here, boost.clone()).await;
        assert!(matches!(told, Err(Error::TooMany { .. })), "{told:?}");
        world.beta.serve("/notes/1", Page::status(404));
        let told = place.tries(&world.bob_here, boost.clone()).await;
        assert!(matches!(told, Err(Error::NotFound)), "{told:?}");
        place
            .sql("INSERT INTO hosts (domain, flags, first_seen_at) VALUES ('beta.test', 2, '2026-01-01') \
                  ON CONFLICT (domain) DO UPDATE SET flags = 2", &[])
            .await;
        place.app.policies.forget();
        world.beta.forget_asked();
        let told = place.tries(&world.bob_here, boost).await;
        assert!(matches!(told, Err(Error::Denied(_))), "{told:?}");
        assert_eq!(world.beta.asked().len(), 0, "a blocked server is not asked");
    });
}

#[test]
fn a_move_is_believed_when_both_say_so_now() {
    // I18
    Setup::federated().run(async |place| {
        let world = world(place).await;
        // Known from before, without the other name.
        let eve = known(place, &world.eve).await;
        let mut gone = world.bob.activity(world.alpha, "Move", json!(world.bob.id));
        gone["target"] = json!(world.eve.id);
        let told = place.tries(&world.bob_here, gone.clone()).await;
        assert!(matches!(told, Ok(Handled::Ignored(_))), "{told:?}");
        let mut document = world.eve.document();
        document["alsoKnownAs"] = json!([world.bob.id]);
        world.beta.publish(document);
        let told = place.tries(&world.bob_here, gone).await;
        assert!(matches!(told, Ok(Handled::Done)), "{told:?}");
        // Asked for, never copied.
        assert_eq!(
            place
                .rows(&format!(
                    "follows WHERE target_id = {} AND state = 0",
                    eve.id
                ))
                .await,
            1
        );
        assert_eq!(
            place
                .rows(&format!("follows WHERE target_id = {}", world.bob_here.id))
                .await,
            0
        );
        let shown = world
            .ann
            .api
            .get(&format!("/api/v1/accounts/{}", world.bob_here.id))
            .await
            .ok();
        assert_eq!(shown["acct"], "bob@alpha.test");
    });
}

#[test]
fn nobody_is_led_to_somebody_who_is_shut_out() {
    // I18
    Setup::federated().run(async |place| {
        let world = world(place).await;
        let eve = known(place, &world.eve).await;
        let mut document = world.eve.document();
        document["alsoKnownAs"] = json!([world.bob.id]);
        world.beta.publish(document);
        let mut gone = world.bob.activity(world.alpha, "Move", json!(world.bob.id));
        gone["target"] = json!(world.eve.id);
        // Suspended by staff, then with her whole server.
        place
            .sql(
                "UPDATE accounts SET flags = flags | 2 WHERE id = $1",
                &[&eve.id],
            )
            .await;
        let told = place.tries(&world.bob_here, gone.clone()).await;
        assert!(matches!(told, Ok(Handled::Ignored(_))), "{told:?}");
        place
            .sql("UPDATE accounts SET flags = 0 WHERE id = $1", &[&eve.id])
            .await;
        place
            .sql("UPDATE hosts SET flags = 2 WHERE domain = 'beta.test'", &[])
            .await;
        place.app.policies.forget();
        let told = place.tries(&world.bob_here, gone).await;
        assert!(!matches!(told, Ok(Handled::Done)), "{told:?}");
        assert_eq!(
            place
                .rows(&format!("follows WHERE target_id = {}", eve.id))
                .await,
            0
        );
        assert_eq!(
            place
                .rows(&format!("follows WHERE target_id = {}", world.bob_here.id))
                .await,
            1
        );
    });
}

#[test]
fn votes_and_forwarded_reports_reach_the_server_they_are_for() {
    Setup::federated().run(async |place| {
        let world = world(place).await;
        let now = place.app.clock.now();
        let option = |name: &str| json!({"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": 0}});
        let question = world.bob.note_with(world.alpha, now, json!({"type": "Question", "content": "<p>Which?</p>",
            "endTime": (now + chrono::TimeDelta::days(1)).to_rfc3339(), "oneOf": [option("Red"), option("Green")]}));
        let told = place.tries(&world.bob_here, world.bob.create(world.alpha, &question)).await;
        assert!(matches!(told, Ok(Handled::Done)), "{told:?}");
        place.settle().await;
        let home = world.ann.api.get("/api/v1/timelines/home").await.ok();
        let poll = home[0]["poll"]["id"].as_str().expect("a poll").to_owned();
        world.ann.api.post(&format!("/api/v1/polls/{poll}/votes"), json!({"choices": [1]})).await.ok();
        let vote = world.alpha.wait_for("Create").await;
        assert_eq!(vote["object"]["name"], "Green", "{vote}");
        assert_eq!(vote["object"]["inReplyTo"], question["id"], "{vote}");

        let report = json!({"account_id": world.bob_here.id.to_string(), "status_ids": [poll], "comment": "rude", "forward": true});
        world.ann.api.post("/api/v1/reports", report).await.ok();
        let flag = world.alpha.wait_for("Flag").await;
        assert_eq!(flag["actor"], json!(format!("{}/ap/actor", place.origin)), "{flag}");
        assert_eq!(flag["object"], json!([world.bob.id, question["id"]]), "{flag}");
        assert!(!flag.to_string().contains(&uri_of(place, &world.ann)), "{flag}");
    });
}
