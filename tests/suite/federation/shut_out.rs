//! Nobody gets into the thread of one who does not want them, whoever goes for what they wrote
//! (abuse-cases.md, I24).

use porchlight::activitypub::actors;
use serde_json::{Value, json};

use crate::support::actor::{Actor, PUBLIC};
use crate::support::api::{Api, id, ids};
use crate::support::peer::Peer;
use crate::support::place::{Place, Setup};

/// An answer to a post here, at its own address.
fn answer(place: &Place, peer: &Peer, actor: &Actor, root: &Value) -> Value {
    let answers = json!({ "inReplyTo": root["uri"] });
    let note = actor.note_with(peer, place.app.clock.now(), answers);
    peer.publish(note.clone());
    note
}

async fn search(api: &Api, note: &Value) -> Value {
    let address = note["id"].as_str().expect("an id");
    let path = format!("/api/v2/search?resolve=true&q={address}");
    let found = api.get(&path).await.ok();
    assert_eq!(ids(&found["statuses"]).len(), 1, "{found}");
    found["statuses"][0].clone()
}

#[test]
fn whom_an_author_blocks_is_in_no_thread_of_theirs_by_boost_or_search() {
    Setup::federated().run(async |place| {
        let (alpha, beta, gamma) = (place.peer("alpha"), place.peer("beta"), place.peer("gamma"));
        let (eve, ben, carol) = (alpha.actor("eve"), beta.actor("ben"), gamma.actor("carol"));
        let ann = place.member("ann").await;
        let reader = place.member("reader").await;
        let root = ann.api.toot("Root").await;
        for (actor, deed) in [(&eve, Some("block")), (&ben, None), (&carol, None)] {
            let known = actors::find_or_fetch(&place.federation(), &actor.id).await;
            let known = known.expect("the actor is found").id;
            if let Some(deed) = deed {
                let path = format!("/api/v1/accounts/{known}/{deed}");
                ann.api.act(&path).await.ok();
            }
        }
        let blocked = json!({ "domain": "beta.test" });
        ann.api.post("/api/v1/domain_blocks", blocked).await.ok();
        place
            .sql(
                "INSERT INTO follows (id, account_id, target_id, state, created_at) \
                 SELECT next_id(now()), a.id, c.id, 1, now() FROM accounts a, accounts c \
                 WHERE a.username = 'reader' AND a.host_id IS NULL AND c.username = 'carol'",
                &[],
            )
            .await;
        place.settle().await;

        let by_search = [
            answer(place, alpha, &eve, &root),
            answer(place, beta, &ben, &root),
        ];
        for note in &by_search {
            let status = search(&reader.api, note).await;
            assert_eq!(status["in_reply_to_id"], Value::Null, "{status}");
        }
        let by_boost = [
            answer(place, alpha, &eve, &root),
            answer(place, beta, &ben, &root),
        ];
        for note in &by_boost {
            let mut boost = carol.activity(gamma, "Announce", note["id"].clone());
            boost["to"] = json!([PUBLIC]);
            carol.send(place, &boost).await.expect(202);
        }
        place.settle().await;
        let home = reader.api.get("/api/v1/timelines/home").await.ok();
        assert_eq!(ids(&home).len(), 2, "{home}");

        let path = format!("/api/v1/statuses/{}", id(&root));
        let context = reader.api.get(&format!("{path}/context")).await.ok();
        assert_eq!(context["descendants"], json!([]));
        let status = reader.api.get(&path).await.ok();
        assert_eq!(status["replies_count"], 0, "{status}");
        let alone = "SELECT count(*) FROM statuses WHERE uri IS NOT NULL AND reblog_of_id IS NULL \
                     AND in_reply_to_id IS NULL AND in_reply_to_uri_hash IS NULL";
        assert_eq!(place.number(alone).await, 4);

        // Anybody else is.
        let welcome = answer(place, gamma, &carol, &root);
        let status = search(&reader.api, &welcome).await;
        assert_eq!(status["in_reply_to_id"], root["id"], "{status}");
    });
}
