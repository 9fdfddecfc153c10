//! Posts are changed and taken back by who wrote them, and what is gone stays away.

use serde_json::json;

use super::{path_of, scene};
use crate::support::actor::change;
use crate::support::peer::Page;

#[test]
fn an_edit_by_another_changes_nothing_though_its_server_can_be_asked() {
    // I13
    scene(async |s| {
        let note = s.posts(&s.bob, "<p>true</p>").await;
        s.alpha.forget_asked();
        for liar in [&s.dan, &s.eve] {
            for author in [&s.bob.id, &liar.id] {
                let mut forged = note.clone();
                let says = json!({ "content": "<p>hacked</p>", "updated": "2099-01-01T00:00:00Z", "attributedTo": author });
                change(&mut forged, says);
                s.does(liar, "Update", forged).await;
            }
            s.does(liar, "Update", note["id"].clone()).await;
        }
        let asked = s.alpha.times_asked(&path_of(&note));
        assert!(asked > 0, "its server was there to be asked");
        assert_eq!(s.home().await, ["<p>true</p>"]);
        assert_eq!(s.place.rows("status_edits").await, 0);

        // Its own server would give it to somebody else: whoever says so, and if it is asked.
        let mut given = note.clone();
        let to_dan = json!({ "content": "<p>given</p>", "updated": "2099-01-02T00:00:00Z", "attributedTo": s.dan.id });
        change(&mut given, to_dan);
        s.alpha.publish(given.clone());
        for giver in [&s.bob, &s.dan, &s.eve] {
            s.does(giver, "Update", given.clone()).await;
            s.does(giver, "Update", note["id"].clone()).await;
        }
        assert_eq!(s.home().await, ["<p>true</p>"]);
        assert_eq!(s.place.rows("status_edits").await, 0);

        // So it was not that edits do not work at all.
        let mut newer = note.clone();
        change(
            &mut newer,
            json!({ "content": "<p>newer</p>", "updated": "2099-01-03T00:00:00Z" }),
        );
        s.alpha.publish(newer.clone());
        s.does(&s.bob, "Update", note["id"].clone()).await;
        assert_eq!(s.home().await, ["<p>newer</p>"]);
    });
}

#[test]
fn nobody_takes_back_what_another_wrote() {
    // I14
    scene(async |s| {
        let note = s.posts(&s.bob, "<p>true</p>").await;
        // Gone at home, even: that is for Bob to say, or for whoever passes his word on.
        s.alpha.serve(&path_of(&note), Page::status(410));
        for liar in [&s.dan, &s.eve] {
            s.does(liar, "Delete", note["id"].clone()).await;
            let tombstone = json!({ "type": "Tombstone", "id": note["id"] });
            s.does(liar, "Delete", tombstone).await;
            s.does(liar, "Delete", json!(s.bob.id)).await;
        }
        assert_eq!(s.home().await, ["<p>true</p>"]);
        // Nor beforehand.
        let later = s.bob.note(s.alpha, s.place.app.clock.now(), "<p>later</p>");
        for liar in [&s.dan, &s.eve] {
            s.does(liar, "Delete", later["id"].clone()).await;
        }
        s.says(&s.bob, &s.bob.create(s.alpha, &later)).await;
        assert_eq!(s.home().await, ["<p>later</p>", "<p>true</p>"]);
    });
}

#[test]
fn what_its_author_took_back_stays_away_though_its_server_still_has_it() {
    // I14
    scene(async |s| {
        s.follows(&s.eve).await;
        let note = s.posts(&s.bob, "<p>true</p>").await;
        let tombstone = json!({ "type": "Tombstone", "id": note["id"] });
        s.does(&s.bob, "Delete", tombstone).await;
        assert_eq!(s.home().await.len(), 0);

        s.says(&s.bob, &s.bob.create(s.alpha, &note)).await;
        let mut newer = note.clone();
        newer["updated"] = json!("2099-01-03T00:00:00Z");
        s.does(&s.bob, "Update", newer).await;
        s.does(&s.eve, "Announce", note["id"].clone()).await;
        s.does(&s.bob, "Announce", note["id"].clone()).await;
        assert_eq!(s.pasted(&note["id"]).await, json!([]));
        // An answer to it is an answer to nothing.
        let now = s.place.app.clock.now();
        let answer = json!({ "content": "<p>answer</p>", "inReplyTo": note["id"] });
        let answer = s.eve.note_with(s.beta, now, answer);
        s.says(&s.eve, &s.eve.create(s.beta, &answer)).await;
        assert_eq!(
            s.pasted(&answer["id"]).await[0]["in_reply_to_id"],
            json!(null)
        );
        assert_eq!(s.place.rows("statuses WHERE html = '<p>true</p>'").await, 0);
    });
}
