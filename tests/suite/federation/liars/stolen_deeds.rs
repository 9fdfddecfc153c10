//! Nobody likes, boosts, follows or takes back in another's name, and reports reveal nothing.

use serde_json::{Value, json};

use super::super::elsewhere::note_uri;
use super::{Scene, scene};
use crate::support::actor::Actor;
use crate::support::api::id;

#[test]
fn nobody_does_or_undoes_in_the_name_of_another() {
    // I23
    scene(async |s| {
        let post = id(&s.ann.api.toot("hello").await);
        let address = json!(note_uri(s.place, &post));
        // Bob's deeds, signed by others.
        for liar in [&s.dan, &s.eve] {
            for (kind, object) in [
                ("Like", &address),
                ("Announce", &address),
                ("Follow", &s.ann_uri()),
            ] {
                let deed = s.bob.activity(s.alpha, kind, object.clone());
                assert!(!s.tries(liar, &deed).await, "{kind}");
            }
        }
        let counts = async || {
            let shown = s.own_post(&post).await;
            let me = "/api/v1/accounts/verify_credentials";
            let me = s.ann.api.get(me).await.ok();
            let count = |of: &Value| of.as_i64().expect("a number");
            [
                count(&shown["favourites_count"]),
                count(&shown["reblogs_count"]),
                count(&me["followers_count"]),
            ]
        };
        assert_eq!(counts().await, [0, 0, 0]);
        let deeds = [
            s.does(&s.bob, "Like", address.clone()).await,
            s.does(&s.bob, "Announce", address.clone()).await,
            s.does(&s.bob, "Follow", s.ann_uri()).await,
        ];
        assert_eq!(counts().await, [1, 1, 1]);
        for liar in [&s.dan, &s.eve] {
            for deed in &deeds {
                let mut own = deed.clone();
                own["actor"] = json!(liar.id);
                for object in [deed.clone(), deed["id"].clone(), own] {
                    let undo = liar.activity(s.peer(liar), "Undo", object.clone());
                    s.tries(liar, &undo).await;
                    let in_his_name = s.bob.activity(s.alpha, "Undo", object);
                    assert!(!s.tries(liar, &in_his_name).await);
                }
            }
        }
        assert_eq!(counts().await, [1, 1, 1]);
        for deed in deeds {
            s.does(&s.bob, "Undo", deed).await;
        }
        assert_eq!(counts().await, [0, 0, 0]);
    });
}

/// A report by an actor of posts and people.
fn flag(s: &Scene<'_>, by: &Actor, objects: &[Value]) -> Value {
    let mut flag = by.activity(s.peer(by), "Flag", json!(objects));
    flag["content"] = json!("Look <script>alert(1)</script>");
    flag
}

#[test]
fn a_report_from_elsewhere_keeps_what_its_server_may_see_and_comes_once_a_day() {
    // I25
    scene(async |s| {
        let carol = s.place.member("carol").await;
        let rude = s.ann.api.toot_to("public", "rude").await;
        let secret = s.ann.api.toot_to("private", "secret").await;
        let kind = carol.api.toot_to("public", "kind").await;
        s.place.settle().await;
        let objects = [
            json!(format!("{}/ap/notes/1", s.place.origin)),
            json!(s.bob.path("/notes/1")),
            json!(note_uri(s.place, &secret)),
            json!(note_uri(s.place, &kind)),
            json!(note_uri(s.place, &rude)),
            s.ann_uri(),
        ];
        // Servers report as themselves; somebody else's server is not theirs to speak for.
        let instance = s.alpha.actor("instance");
        let mut document = instance.document();
        document["type"] = json!("Application");
        s.alpha.publish(document);
        assert!(!s.tries(&s.eve, &flag(s, &instance, &objects)).await);
        assert_eq!(s.place.rows("reports").await, 0);

        let mut taken = 0;
        for _ in 0..500 {
            let copy = flag(s, &instance, &objects);
            let status = instance.send(s.place, &copy).await.status;
            assert!([202, 429].contains(&status), "{status}");
            taken += usize::from(status == 202);
        }
        s.place.settle().await;
        assert!(taken > 0);
        let rows = s
            .place
            .sql("SELECT status_ids, comment, posts::text FROM reports", &[])
            .await;
        assert_eq!(rows.len(), 1);
        let posts: Vec<i64> = rows[0].get(0);
        assert_eq!(posts, [rude.parse::<i64>().expect("an id")]);
        let (comment, copies): (String, String) = (rows[0].get(1), rows[0].get(2));
        assert!(!comment.contains("script"), "{comment}");
        assert!(
            !copies.contains("secret") && !copies.contains("kind"),
            "{copies}"
        );
    });
}
