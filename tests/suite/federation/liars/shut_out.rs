//! Whom a member blocks gets through to them by nothing that a server can send.

use serde_json::{Value, json};

use super::super::elsewhere::note_uri;
use super::{Scene, scene};
use crate::support::api::id;

/// A post of Bob's about Ann's, sent.
async fn writes(s: &Scene<'_>, changes: Value) {
    let now = s.place.app.clock.now();
    let note = s.bob.note_with(s.alpha, now, changes);
    s.says(&s.bob, &s.bob.create(s.alpha, &note)).await;
}

#[test]
fn whom_a_member_blocks_reaches_them_by_no_activity() {
    // I24
    scene(async |s| {
        let carol = s.place.member("carol").await;
        let poll = json!({ "status": "Which?", "poll": { "options": ["Red", "Green"], "expires_in": 3600 } });
        let post = id(&s
            .ann
            .api
            .post("/api/v1/statuses", poll)
            .await
            .entity("Status"));
        let followed = s.does(&s.bob, "Follow", s.ann_uri()).await;
        assert_eq!(s.told().await, ["follow"]);
        let bob = s.number_of(&s.bob).await;
        s.ann
            .api
            .act(&format!("/api/v1/accounts/{bob}/block"))
            .await
            .ok();
        s.ann.api.act("/api/v1/notifications/clear").await.ok();
        s.place.settle().await;
        let block = s.alpha.wait_for("Block").await;
        assert_eq!(block["object"], json!(s.bob.id), "{block}");
        s.alpha.forget_asked();

        let address = json!(note_uri(s.place, &post));
        let named = json!([{ "type": "Mention", "href": s.ann_uri(), "name": "@ann" }]);
        s.says(&s.bob, &followed).await;
        for (kind, object) in [
            ("Follow", s.ann_uri()),
            ("Like", address.clone()),
            ("Announce", address.clone()),
        ] {
            s.does(&s.bob, kind, object).await;
        }
        writes(s, json!({ "inReplyTo": address })).await;
        writes(
            s,
            json!({ "inReplyTo": address, "tag": named, "to": [s.ann_uri()], "cc": [] }),
        )
        .await;
        writes(s, json!({ "tag": named })).await;
        writes(
            s,
            json!({ "quoteUrl": address, "quote": address, "tag": named }),
        )
        .await;
        writes(s, json!({ "inReplyTo": address, "name": "Red", "content": null, "to": [s.ann_uri()], "cc": [] })).await;
        let report = s
            .bob
            .activity(s.alpha, "Flag", json!([s.ann_uri(), address]));
        s.tries(&s.bob, &report).await;

        assert_eq!(s.told().await.len(), 0);
        assert_eq!(
            s.place
                .rows(&format!("follows WHERE account_id = {bob}"))
                .await,
            0
        );
        assert_eq!(s.place.rows("poll_votes").await, 0);
        let shown = s.own_post(&post).await;
        for count in ["replies_count", "favourites_count", "reblogs_count"] {
            assert_eq!(shown[count], 0, "{count}: {shown}");
        }
        let context = format!("/api/v1/statuses/{post}/context");
        assert_eq!(carol.api.get(&context).await.ok()["descendants"], json!([]));

        // What she writes is not shown to him, nor sent, though he be on a server that gets it.
        s.does(&s.dan, "Follow", s.ann_uri()).await;
        let path = format!("/ap/notes/{post}");
        assert_eq!(s.dan.fetch(s.place, &path).await.status, 200);
        assert!([403, 404].contains(&s.bob.fetch(s.place, &path).await.status));
        let quiet = json!({ "status": "for followers", "visibility": "private" });
        s.ann.api.post("/api/v1/statuses", quiet).await.ok();
        s.place.settle().await;
        let came = s.alpha.received();
        let posts = came.iter().filter(|asked| asked.json()["type"] == "Create");
        let inboxes: Vec<&str> = posts.map(|asked| asked.path.as_str()).collect();
        assert!(
            !inboxes.is_empty() && !inboxes.contains(&"/users/bob/inbox"),
            "{inboxes:?}"
        );
    });
}
