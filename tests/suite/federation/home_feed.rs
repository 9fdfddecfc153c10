//! What of other servers' posts enters home feeds, however these are built.

use porchlight::activitypub::notes::{self, Arrival};
use porchlight::activitypub::read::Note;
use porchlight::store;
use serde_json::{Value, json};

use super::elsewhere::{Stranger, uri, uri_of};
use crate::support::people::Person;
use crate::support::place::{Place, run};
use crate::support::recount::assert_exact;

/// `who`, here, follows `whom`, elsewhere, who said yes.
async fn follows(place: &Place, who: &Person, whom: &Stranger) {
    let path = format!("/api/v1/accounts/{}/follow", whom.id);
    who.api.act(&path).await.ok();
    place.settle().await;
    let follow = json!({"type": "Follow", "actor": uri_of(place, who), "object": whom.uri});
    place.hears(whom, whom.does("Accept", follow)).await;
}

/// A post that we went for.
async fn fetch(place: &Place, by: &Stranger, note: &Value) {
    let mut conn = place.app.pool.get().await.expect("a connection");
    let author = store::remote_accounts::by_id(&mut conn, by.id)
        .await
        .expect("an answer")
        .expect("somebody known");
    let note = Note::read(note).expect("a post");
    let kept = notes::keep(&place.federation(), note, &author, Arrival::Fetched).await;
    assert!(kept.expect("it is kept").is_some());
    place.settle().await;
}

/// Home by the API after its feed was dropped: whom somebody follows has changed.
async fn home_anew(place: &Place, who: &Person, other: &Person) -> Vec<String> {
    for verb in ["follow", "unfollow"] {
        let path = format!("/api/v1/accounts/{}/{verb}", other.id);
        who.api.act(&path).await.ok();
        place.settle().await;
    }
    let home = who.api.get("/api/v1/timelines/home").await.ok();
    let posts = home.as_array().expect("a list").iter();
    posts
        .map(|post| post["content"].as_str().expect("text").to_owned())
        .collect()
}

#[test]
fn what_was_fetched_enters_no_home_feed_until_it_is_sent() {
    run(async |place| {
        let (ann, eve) = (place.member("ann").await, place.member("eve").await);
        let bob = place.stranger_at("far.example", "bob").await;
        follows(place, &ann, &bob).await;
        let named = json!([{"type": "Mention", "href": uri_of(place, &ann), "name": "@ann"}]);
        let fetched = bob.note(1, json!({ "tag": named }));
        fetch(place, &bob, &fetched).await;
        place.hears(&bob, bob.says(bob.note(2, json!({})))).await;
        assert_eq!(home_anew(place, &ann, &eve).await, ["<p>Post 2</p>"]);
        let path = format!("/api/v1/accounts/{}/statuses", bob.id);
        let profile = ann.api.get(&path).await.ok();
        assert_eq!(profile.as_array().map(Vec::len), Some(2), "{profile}");
        assert_eq!(place.rows("notifications").await, 0);

        // Somebody looked at the thread before the post itself came.
        place.hears(&bob, bob.says(fetched.clone())).await;
        place.hears(&bob, bob.says(fetched)).await;
        let home = ann.api.get("/api/v1/timelines/home").await.ok();
        assert_eq!(home.as_array().map(Vec::len), Some(2), "{home}");
        assert_eq!(home_anew(place, &ann, &eve).await.len(), 2);
        assert_eq!(
            place.rows("notifications").await,
            1,
            "the mention is news now"
        );
        assert_exact(place, &[ann]).await;
    });
}

#[test]
fn an_answer_to_what_is_not_here_is_no_post_of_its_own() {
    run(async |place| {
        let (ann, eve) = (place.member("ann").await, place.member("eve").await);
        let bob = place.stranger_at("far.example", "bob").await;
        let dan = place.stranger_at("near.example", "dan").await;
        follows(place, &ann, &bob).await;
        let question = dan.note(7, json!({}));
        let answer = bob.note(1, json!({ "inReplyTo": uri(&question) }));
        place.hears(&bob, bob.says(answer)).await;
        assert_eq!(place.rows("statuses").await, 1);
        let home = ann.api.get("/api/v1/timelines/home").await.ok();
        assert_eq!(home, json!([]), "to a stranger, perhaps");
        assert_eq!(home_anew(place, &ann, &eve).await, Vec::<String>::new());

        // Whom it answers is somebody whom Ann follows too, it turns out.
        follows(place, &ann, &dan).await;
        place.hears(&dan, dan.says(question.clone())).await;
        let home = ann.api.get("/api/v1/timelines/home").await.ok();
        assert_eq!(home.as_array().map(Vec::len), Some(2), "{home}");
        let parent = home.as_array().into_iter().flatten();
        let mut parent = parent.filter(|post| post["uri"] == uri(&question));
        assert_eq!(parent.next().expect("the question")["replies_count"], 1);
        assert_eq!(home_anew(place, &ann, &eve).await.len(), 2);
        assert_exact(place, &[ann]).await;
    });
}

#[test]
fn boosts_of_somebody_who_went_or_was_suspended_vanish() {
    run(async |place| {
        let (ann, eve) = (place.member("ann").await, place.member("eve").await);
        let bob = place.stranger_at("far.example", "bob").await;
        let dan = place.stranger_at("near.example", "dan").await;
        eve.follow(&ann).await;
        for whom in [&bob, &dan] {
            follows(place, &ann, whom).await;
        }
        follows(place, &eve, &dan).await;
        let own = ann.api.toot("Own").await;
        let own_id = own["id"].as_str().expect("an id").to_owned();
        let own_uri = super::elsewhere::note_uri(place, &own_id);
        place.hears(&bob, bob.says(bob.note(1, json!({})))).await;
        let reply = bob.note(2, json!({ "inReplyTo": own_uri }));
        place.hears(&bob, bob.says(reply)).await;
        place
            .hears(&bob, bob.does("Announce", json!(own_uri)))
            .await;
        let post = place
            .number("SELECT id FROM statuses WHERE html = '<p>Post 1</p>'")
            .await;
        let path = format!("/api/v1/statuses/{post}/reblog");
        ann.api.act(&path).await.ok();
        let announce = dan.does("Announce", json!("https://far.example/notes/1"));
        place.hears(&dan, announce).await;
        let answer = dan.note(3, json!({ "inReplyTo": "https://far.example/notes/1" }));
        place.hears(&dan, dan.says(answer)).await;
        let people = [ann, eve];
        assert_exact(place, &people).await;
        let home_of_eve = async || {
            let home = people[1]
                .api
                .get("/api/v1/timelines/home?limit=40")
                .await
                .ok();
            home.as_array().expect("a list").len()
        };
        assert_eq!(home_of_eve().await, 3, "Own, and two boosts of Post 1");

        // Suspended: hidden, and back when that ends.
        let flag = "UPDATE accounts SET flags = $1 WHERE id = $2";
        place.sql(flag, &[&2_i32, &bob.id]).await;
        assert_eq!(home_of_eve().await, 1);
        place.sql(flag, &[&0_i32, &bob.id]).await;
        assert_eq!(home_of_eve().await, 3);

        place.hears(&bob, bob.does("Delete", json!(bob.uri))).await;
        assert_eq!(
            place.rows("statuses WHERE reblog_of_id IS NOT NULL").await,
            0
        );
        assert_eq!(home_of_eve().await, 1);
        let own = people[0]
            .api
            .get(&format!("/api/v1/statuses/{own_id}"))
            .await
            .ok();
        assert_eq!(
            (&own["replies_count"], &own["reblogs_count"]),
            (&json!(0), &json!(0))
        );
        let feeds = place.app.cache.calls();
        assert_exact(place, &people).await;
        assert!(place.app.cache.calls() > feeds);
        // Not only the page leaves them out: the feeds hold them no more.
        let anew = home_anew(place, &people[1], &people[0]).await;
        assert_eq!(anew, Vec::<String>::new(), "eve follows ann no more");
    });
}
