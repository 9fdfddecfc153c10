//! What somebody passes on of another's: only its own server is believed (I6).

use serde_json::{Value, json};

use crate::support::actor::Actor;
use crate::support::peer::{Page, Peer};
use crate::support::place::{Place, Setup};

/// Ann here follows Carl at beta, whose post is known here; Bob at alpha answers it.
struct Thread {
    carl: Actor,
    bob: Actor,
    root: Value,
}

async fn thread(place: &Place) -> Thread {
    let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
    let (bob, carl) = (alpha.actor("bob"), beta.actor("carl"));
    let olive = place.owner().await.api;
    let root = carl.note(beta, place.app.clock.now(), "<p>Root</p>");
    let path = format!(
        "/api/v2/search?resolve=true&q={}",
        root["id"].as_str().expect("an id")
    );
    let found = olive.get(&path).await.ok();
    assert_eq!(found["statuses"][0]["content"], "<p>Root</p>", "{found}");
    place.settle().await;
    Thread { carl, bob, root }
}

fn path(peer: &Peer, note: &Value) -> String {
    note["id"].as_str().expect("an id")[peer.origin().len()..].to_owned()
}

/// Carl's server passes on what somebody else did.
async fn pass_on(place: &Place, by: &Actor, activity: &Value) -> u16 {
    let status = by.send(place, activity).await.status;
    place.settle().await;
    status
}

async fn posts(place: &Place) -> Vec<String> {
    let rows = place
        .sql("SELECT html FROM statuses ORDER BY id", &[])
        .await;
    rows.iter().map(|row| row.get(0)).collect()
}

#[test]
fn a_reply_that_is_passed_on_is_what_its_own_server_says() {
    // I6, I8
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        let Thread { carl, bob, root } = thread(place).await;
        let now = place.app.clock.now();
        let answer = json!({ "content": "<p>Answer</p>", "inReplyTo": root["id"] });
        let reply = bob.note_with(alpha, now, answer);
        let mut forged = bob.create(alpha, &reply);
        forged["object"]["content"] = json!("<p>Forged</p>");
        assert_eq!(pass_on(place, &carl, &forged).await, 202);
        assert_eq!(posts(place).await, ["<p>Root</p>", "<p>Answer</p>"]);
        assert_eq!(alpha.times_asked(&path(alpha, &reply)), 1);

        // Edited: asked again.
        let mut newer = reply.clone();
        newer["content"] = json!("<p>Better</p>");
        newer["updated"] = json!("2099-01-01T00:00:00Z");
        alpha.publish(newer.clone());
        let update = bob.activity(alpha, "Update", forged["object"].clone());
        assert_eq!(pass_on(place, &carl, &update).await, 202);
        assert_eq!(posts(place).await, ["<p>Root</p>", "<p>Better</p>"]);

        // What the author says themselves is no repetition of it.
        let waiting = "SELECT (SELECT count(*) FROM received_activities_a) + (SELECT count(*) FROM received_activities_b)";
        let before = place.number(waiting).await;
        let create = bob.create(alpha, &reply);
        assert_eq!(pass_on(place, &carl, &create).await, 202);
        assert_eq!(bob.send(place, &create).await.status, 202);
        place.settle().await;
        assert_eq!(place.number(waiting).await, before + 1, "the author's own");
    });
}

#[test]
fn a_deletion_that_is_passed_on_counts_when_the_post_is_gone_at_home() {
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        let Thread { carl, bob, root } = thread(place).await;
        let now = place.app.clock.now();
        let answer = json!({ "content": "<p>Answer</p>", "inReplyTo": root["id"] });
        let reply = bob.note_with(alpha, now, answer);
        pass_on(place, &carl, &bob.create(alpha, &reply)).await;
        assert_eq!(posts(place).await.len(), 2);
        let delete = || {
            bob.activity(
                alpha,
                "Delete",
                json!({ "type": "Tombstone", "id": reply["id"] }),
            )
        };
        assert_eq!(pass_on(place, &carl, &delete()).await, 202);
        assert_eq!(posts(place).await.len(), 2, "its server still has it");
        // Not for everybody: that its server shows it to nobody says nothing.
        alpha.serve(&path(alpha, &reply), Page::status(404));
        let audience = "UPDATE statuses SET visibility = $1 WHERE html = '<p>Answer</p>'";
        place.sql(audience, &[&2_i16]).await;
        assert_eq!(pass_on(place, &carl, &delete()).await, 202);
        assert_eq!(posts(place).await.len(), 2);
        place.sql(audience, &[&0_i16]).await;
        alpha.serve(&path(alpha, &reply), Page::status(410));
        assert_eq!(pass_on(place, &carl, &delete()).await, 202);
        assert_eq!(posts(place).await, ["<p>Root</p>"]);
        // It does not come back, not even from home.
        alpha.publish(reply.clone());
        assert_eq!(pass_on(place, &carl, &bob.create(alpha, &reply)).await, 202);
        assert_eq!(posts(place).await, ["<p>Root</p>"]);
    });
}

#[test]
fn what_is_of_no_concern_here_makes_nobody_ask_and_deeds_are_not_passed_on() {
    // I6, I23
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        let Thread { carl, bob, root } = thread(place).await;
        let now = place.app.clock.now();
        alpha.forget_asked();
        let strange = bob.note_with(alpha, now, json!({ "inReplyTo": "http://gamma.test/notes/9" }));
        assert_eq!(pass_on(place, &carl, &bob.create(alpha, &strange)).await, 202);
        let own = bob.note(alpha, now, "<p>Own</p>");
        assert_eq!(pass_on(place, &carl, &bob.create(alpha, &own)).await, 202);
        let gone = bob.activity(alpha, "Delete", own["id"].clone());
        assert_eq!(pass_on(place, &carl, &gone).await, 202);
        assert_eq!(place.number("SELECT (SELECT count(*) FROM received_activities_a) + (SELECT count(*) FROM received_activities_b)").await, 0);
        for kind in ["Like", "Announce", "Follow", "Undo", "Block"] {
            let deed = bob.activity(alpha, kind, root["id"].clone());
            assert_eq!(pass_on(place, &carl, &deed).await, 401, "{kind}");
        }
        let everything = bob.activity(alpha, "Delete", json!(bob.id));
        assert_eq!(pass_on(place, &carl, &everything).await, 401);
        assert_eq!(alpha.asked().len(), 0, "{:?}", alpha.asked());
        assert_eq!(posts(place).await, ["<p>Root</p>"]);
    });
}

#[test]
fn whoever_passes_on_has_a_budget() {
    Setup::federated().without_jobs().run(async |place| {
        let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
        let (bob, carl) = (alpha.actor("bob"), beta.actor("carl"));
        let olive = place.owner().await.api;
        let root = carl.note(beta, place.app.clock.now(), "<p>Root</p>");
        let path = format!(
            "/api/v2/search?resolve=true&q={}",
            root["id"].as_str().expect("an id")
        );
        olive.get(&path).await.ok();
        let mut answers = Vec::new();
        for n in 0..70 {
            let answer = json!({
                "id": alpha.url(&format!("/notes/{n}")), "type": "Note",
                "attributedTo": bob.id, "inReplyTo": root["id"],
            });
            let mut create = bob.activity(alpha, "Create", answer);
            create["actor"] = json!(bob.id);
            answers.push(carl.send(place, &create).await.status);
        }
        assert_eq!(answers.iter().filter(|status| **status == 202).count(), 60);
        assert_eq!(answers.iter().filter(|status| **status == 429).count(), 10);
    });
}
