//! Who was suspended or has gone does not come back, under whatever key or name.

use serde_json::json;

use super::{Scene, scene};
use crate::support::actor::{Actor, PUBLIC};
use crate::support::peer::Page;

/// The same address with another key, served.
async fn comes_back(s: &Scene<'_>, who: &Actor) -> Actor {
    let again = s.alpha.actor(&who.name);
    assert_ne!(again.key.public_pem, who.key.public_pem);
    let mut document = again.document();
    document["name"] = json!("Back again");
    s.alpha.publish(document);
    // A key is asked for again once in a while only.
    s.place.advance(chrono::TimeDelta::hours(2));
    again
}

/// All that a signer can do to be here again. What is taken at the door may come to nothing later.
async fn tries_everything(s: &Scene<'_>, who: &Actor) {
    let mut profile = who.document();
    profile["name"] = json!("Back again");
    let now = s.place.app.clock.now();
    let note = who.note(s.alpha, now, "<p>Here I am</p>");
    for activity in [
        who.activity(s.alpha, "Update", profile),
        who.activity(s.alpha, "Update", json!(who.id)),
        who.create(s.alpha, &note),
        who.activity(s.alpha, "Follow", s.ann_uri()),
    ] {
        s.tries(who, &activity).await;
    }
    // The same with its host in other letters.
    let loud = |text: String| text.replace("//alpha.test", "//ALPHA.test.");
    let activity = loud(who.create(s.alpha, &note).to_string());
    let activity = serde_json::from_str(&activity).expect("JSON");
    let mut letter = who.letter(s.place, &activity);
    letter.key_id = loud(letter.key_id);
    letter.send(s.place).await;
    s.place.settle().await;
    // By what others do with theirs.
    let mut boost = s.eve.activity(s.beta, "Announce", note["id"].clone());
    boost["to"] = json!([PUBLIC]);
    s.says(&s.eve, &boost).await;
    assert_eq!(s.pasted(&note["id"]).await, json!([]));
    // By who moves to them and is what they say to have been.
    let mut document = who.document();
    document["alsoKnownAs"] = json!([s.eve.id]);
    s.alpha.publish(document);
    let mut gone = s.eve.activity(s.beta, "Move", json!(s.eve.id));
    gone["target"] = json!(who.id);
    s.says(&s.eve, &gone).await;
    assert_eq!(s.relationship(&s.eve).await["following"], true);
}

#[test]
fn who_is_suspended_stays_so_under_a_new_key() {
    // I15
    scene(async |s| {
        s.follows(&s.eve).await;
        s.posts(&s.bob, "<p>before</p>").await;
        let bob = s.number_of(&s.bob).await;
        let suspend = "UPDATE accounts SET flags = flags | 2 WHERE id = $1";
        s.place.sql(suspend, &[&bob]).await;
        tries_everything(s, &s.bob).await;
        let again = comes_back(s, &s.bob).await;
        tries_everything(s, &again).await;
        let suspended =
            "accounts WHERE username = 'bob' AND flags & 2 <> 0 AND display_name <> 'Back again'";
        assert_eq!(s.place.rows(suspended).await, 1);
        assert_eq!(s.place.rows("accounts WHERE username = 'bob'").await, 1);
        let new = "statuses WHERE html = '<p>Here I am</p>'";
        assert_eq!(s.place.rows(new).await, 0);
        assert_eq!(
            s.place
                .rows(&format!("follows WHERE account_id = {bob}"))
                .await,
            0
        );
        assert_eq!(s.told().await.len(), 0);
    });
}

#[test]
fn who_has_gone_stays_gone_under_a_new_key() {
    // I15
    scene(async |s| {
        s.follows(&s.eve).await;
        s.posts(&s.bob, "<p>before</p>").await;
        s.does(&s.bob, "Delete", json!(s.bob.id)).await;
        assert_eq!(s.place.rows("accounts WHERE username = 'bob'").await, 0);
        s.alpha.serve("/users/bob", Page::status(410));
        tries_everything(s, &s.bob).await;
        let again = comes_back(s, &s.bob).await;
        tries_everything(s, &again).await;
        assert_eq!(s.place.rows("accounts WHERE username = 'bob'").await, 0);
        assert_eq!(s.place.rows("statuses").await, 0);
        assert_eq!(s.home().await.len(), 0);
    });
}
