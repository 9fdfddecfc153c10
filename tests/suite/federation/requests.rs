//! The request box: floods, and those whom somebody's policy keeps waiting (I26).

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::elsewhere::{PUBLIC, Stranger, uri_of};
use crate::support::api::id;
use crate::support::people::Person;
use crate::support::place::{Place, run};

/// A post that names somebody here.
fn naming(place: &Place, by: &Stranger, whom: &Person, number: u32, changes: Value) -> Value {
    let named = json!([{"type": "Mention", "href": uri_of(place, whom), "name": "@ann"}]);
    let mut note = by.note(
        number,
        json!({ "tag": named, "to": [PUBLIC, uri_of(place, whom)] }),
    );
    for (name, value) in changes.as_object().expect("an object") {
        note[name] = value.clone();
    }
    note
}

async fn mentions(place: &Place, by: &Stranger, whom: &Person, number: u32) {
    let note = naming(place, by, whom, number, json!({}));
    place.hears(by, by.says(note)).await;
}

async fn told(who: &Person) -> usize {
    let list = who.api.get("/api/v1/notifications?limit=80").await;
    list.entity("[Notification]")
        .as_array()
        .expect("a list")
        .len()
}

async fn waiting(who: &Person) -> Vec<Value> {
    let list = who.api.get("/api/v1/notifications/requests").await;
    let list = list.entity("[NotificationRequest]");
    list.as_array().expect("a list").clone()
}

#[test]
fn strangers_of_a_new_server_fill_the_request_box_and_not_the_notices() {
    // I26
    run(async |place| {
        let ann = place.member("ann").await;
        for number in 0..13 {
            let who = place
                .stranger_at("fresh.example", &format!("n{number}"))
                .await;
            mentions(place, &who, &ann, number).await;
        }
        assert_eq!(told(&ann).await, 10);
        let wait = waiting(&ann).await;
        assert_eq!(wait.len(), 3, "{wait:?}");
        assert_eq!(wait[0]["account"]["acct"], "n12@fresh.example");
        assert_eq!(wait[0]["notifications_count"], "1");
        assert_eq!(wait[0]["last_status"]["content"], "<p>Post 12</p>");
        let count = ann.api.get("/api/v1/notifications/unread_count").await.ok();
        assert_eq!(count["count"], 10);
        let all = ann
            .api
            .get("/api/v1/notifications?limit=80&include_filtered=true")
            .await
            .ok();
        assert_eq!(all.as_array().map(Vec::len), Some(13));
        assert_eq!(all[0]["filtered"], true, "{all}");
        assert!(all[12].get("filtered").is_none());

        // Whom she follows, and everybody else elsewhere, reaches her.
        let far = place.stranger_at("far.example", "bob").await;
        mentions(place, &far, &ann, 50).await;
        assert_eq!(told(&ann).await, 11);
        let eve = place.stranger_at("fresh.example", "eve").await;
        ann.api
            .act(&format!("/api/v1/accounts/{}/follow", eve.id))
            .await
            .ok();
        place.settle().await;
        let follow = json!({"type": "Follow", "actor": uri_of(place, &ann), "object": eve.uri});
        place.hears(&eve, eve.does("Accept", follow)).await;
        mentions(place, &eve, &ann, 51).await;
        assert_eq!(told(&ann).await, 12);

        // Let in: what waited comes, and what follows comes at once.
        let path = |request: &Value, verb: &str| {
            format!("/api/v1/notifications/requests/{}/{verb}", id(request))
        };
        let one = ann
            .api
            .get(&format!("/api/v1/notifications/requests/{}", id(&wait[0])))
            .await;
        assert_eq!(one.entity("NotificationRequest")["id"], wait[0]["id"]);
        ann.api.act(&path(&wait[0], "accept")).await.ok();
        ann.api.act(&path(&wait[0], "accept")).await.error(404);
        assert_eq!(told(&ann).await, 13);
        let n12 = place.stranger_at("fresh.example", "n12").await;
        mentions(place, &n12, &ann, 52).await;
        assert_eq!(told(&ann).await, 14);
        let merged = ann
            .api
            .get("/api/v1/notifications/requests/merged")
            .await
            .ok();
        assert_eq!(merged["merged"], true);
        // Sent away: it is gone; they may ask again.
        let body = json!({ "id": [wait[1]["id"], wait[2]["id"]] });
        ann.api
            .post("/api/v1/notifications/requests/dismiss", body)
            .await
            .ok();
        assert_eq!(waiting(&ann).await.len(), 0);
        assert_eq!(place.rows("notifications WHERE filtered").await, 0);
        let n11 = place.stranger_at("fresh.example", "n11").await;
        mentions(place, &n11, &ann, 53).await;
        assert_eq!(waiting(&ann).await.len(), 1);

        // A day later the server is none that nobody knows.
        place
            .sql(
                "UPDATE hosts SET first_seen_at = first_seen_at - interval '25 hours'",
                &[],
            )
            .await;
        let late = place.stranger_at("fresh.example", "late").await;
        mentions(place, &late, &ann, 54).await;
        assert_eq!(told(&ann).await, 15);
    });
}

#[test]
fn while_a_server_floods_its_people_wait_and_then_no_more() {
    // I26
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        let soon = place.app.clock.now().timestamp() + 3600;
        let flood = "UPDATE hosts SET flooding_until = to_timestamp($1::bigint)";
        place.sql(flood, &[&soon]).await;
        mentions(place, &bob, &ann, 1).await;
        mentions(place, &bob, &ann, 2).await;
        place
            .hears(&bob, bob.does("Follow", json!(uri_of(place, &ann))))
            .await;
        assert_eq!(told(&ann).await, 0);
        let wait = waiting(&ann).await;
        assert_eq!(wait.len(), 1);
        assert_eq!(wait[0]["notifications_count"], "3");
        assert_eq!(
            place.rows("follows WHERE state = 1").await,
            1,
            "the follow itself holds"
        );
        // What is undone waits no more.
        place
            .hears(
                &bob,
                bob.does("Delete", json!("https://far.example/notes/2")),
            )
            .await;
        assert_eq!(waiting(&ann).await[0]["notifications_count"], "2");
        place.advance(TimeDelta::minutes(61));
        mentions(place, &bob, &ann, 3).await;
        assert_eq!(told(&ann).await, 1);
        let policy = ann.api.get("/api/v2/notifications/policy").await.ok();
        assert_eq!(policy["summary"]["pending_requests_count"], 1, "{policy}");
        assert_eq!(policy["summary"]["pending_notifications_count"], 2);
    });
}

#[test]
fn a_policy_decides_who_comes_at_once_who_waits_and_who_is_not_heard() {
    run(async |place| {
        let (ann, eve) = (place.member("ann").await, place.member("eve").await);
        let bob = place.stranger_at("far.example", "bob").await;
        let path = "/api/v2/notifications/policy";
        let at_first = ann.api.get(path).await.entity("NotificationPolicy");
        assert_eq!(at_first["for_not_following"], "accept");
        assert_eq!(at_first["for_limited_accounts"], "filter");
        let set = async |body: Value| ann.api.patch(path, body).await.entity("NotificationPolicy");

        // Direct and unasked for waits; an answer to her own does not.
        let changed = set(json!({ "for_private_mentions": "filter" })).await;
        assert_eq!(changed["for_private_mentions"], "filter");
        assert_eq!(changed["for_bots"], "accept", "what is left out stays");
        let own = ann.api.toot_to("unlisted", "Ask me").await;
        let alone = json!({ "to": [uri_of(place, &ann)], "cc": [] });
        place
            .hears(&bob, bob.says(naming(place, &bob, &ann, 1, alone.clone())))
            .await;
        assert_eq!((told(&ann).await, waiting(&ann).await.len()), (0, 1));
        let mut answer = alone.clone();
        answer["inReplyTo"] = json!(super::elsewhere::note_uri(place, &own));
        place
            .hears(&bob, bob.says(naming(place, &bob, &ann, 2, answer)))
            .await;
        assert_eq!(told(&ann).await, 1);

        // Limited by the staff: filtered from the start.
        place
            .sql("UPDATE accounts SET flags = 1 WHERE id = $1", &[&bob.id])
            .await;
        mentions(place, &bob, &ann, 3).await;
        assert_eq!(told(&ann).await, 1);
        place
            .sql("UPDATE accounts SET flags = 0 WHERE id = $1", &[&bob.id])
            .await;

        // Nobody whom she does not follow; local people neither.
        set(json!({ "for_not_following": "drop" })).await;
        eve.api.toot("@ann hello").await;
        mentions(place, &bob, &ann, 4).await;
        assert_eq!(told(&ann).await, 1);
        ann.follow(&eve).await;
        place.settle().await;
        eve.api.toot("@ann again").await;
        place.settle().await;
        assert_eq!(told(&ann).await, 2);

        let put = ann
            .api
            .put(path, json!({ "for_not_following": "accept" }))
            .await;
        assert_eq!(
            put.entity("NotificationPolicy")["for_not_following"],
            "accept"
        );
        ann.api
            .patch(path, json!({ "for_bots": "maybe" }))
            .await
            .error(422);
        // Somebody else's box is nobody's business.
        let request = id(&waiting(&ann).await[0]);
        let other = format!("/api/v1/notifications/requests/{request}");
        eve.api.get(&other).await.error(404);
        eve.api.act(&format!("{other}/accept")).await.error(404);
    });
}

#[test]
fn the_request_box_has_a_page() {
    run(async |place| {
        let ann = place.member("ann").await;
        let (bob, dan) = (
            place.stranger_at("far.example", "bob").await,
            place.stranger_at("far.example", "dan").await,
        );
        let browser = place.signed_in(&ann).await;
        browser
            .visit("/notifications/requests")
            .await
            .says("Nobody waits");
        let page = browser.visit("/notifications/requests").await;
        let chosen = page
            .form("/notifications/policy")
            .set("for_not_following", "filter");
        browser.submit(chosen).await.says("Saved");
        mentions(place, &bob, &ann, 1).await;
        mentions(place, &dan, &ann, 2).await;
        browser
            .visit("/notifications")
            .await
            .says("2 people whom you do not know");
        let page = browser.visit("/notifications/requests").await;
        page.says("Post 1").says("1 notification,");
        let request = |name: &'static str| {
            let place = &place;
            async move {
                let row = place.sql(
                    "SELECT r.id FROM notification_requests r JOIN accounts a ON a.id = r.from_account_id WHERE a.username = $1",
                    &[&name],
                ).await;
                row[0].get::<_, i64>(0)
            }
        };
        let accept = format!("/notifications/requests/{}/accept", request("bob").await);
        browser.submit(page.form(&accept)).await.says("from now on");
        let page = browser.visit("/notifications/requests").await;
        let dismiss = format!("/notifications/requests/{}/dismiss", request("dan").await);
        browser
            .submit(page.form(&dismiss))
            .await
            .says("They are not told");
        browser
            .visit("/notifications")
            .await
            .says("Post 1")
            .hides("people whom you do not know");
        assert_eq!(place.rows("notification_requests").await, 0);
    });
}
