//! Who hears of what: everything once, nothing twice, nothing that is none of their business.

use serde_json::{Value, json};

use crate::support::api::{Api, id};
use crate::support::place::{Place, run};

async fn kinds(place: &Place, api: &Api) -> Vec<String> {
    place.settle().await;
    let list = api
        .get("/api/v1/notifications?limit=80")
        .await
        .entity("[Notification]");
    list.as_array()
        .expect("a list")
        .iter()
        .map(|n| n["type"].as_str().expect("a type").to_owned())
        .collect()
}

#[test]
fn each_deed_is_told_once_and_taken_back_when_undone() {
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let post = id(&ann.api.toot("Hello").await);
        let path = format!("/api/v1/statuses/{post}");
        assert_eq!(
            kinds(place, &ann.api).await,
            [""; 0],
            "nobody is told of what they did"
        );
        ben.follow(&ann).await;
        assert_eq!(kinds(place, &ann.api).await, ["follow"]);
        ben.api.act(&format!("{path}/favourite")).await.ok();
        assert_eq!(kinds(place, &ann.api).await, ["favourite", "follow"]);
        ben.api.act(&format!("{path}/reblog")).await.ok();
        assert_eq!(
            kinds(place, &ann.api).await,
            ["reblog", "favourite", "follow"]
        );
        let reply = json!({ "status": "@ann @ann hello!", "in_reply_to_id": post });
        let reply = id(&ben
            .api
            .post("/api/v1/statuses", reply)
            .await
            .entity("Status"));
        assert_eq!(
            kinds(place, &ann.api).await,
            ["mention", "reblog", "favourite", "follow"],
            "named twice, told once"
        );
        // Back again.
        ben.api.act(&format!("{path}/unfavourite")).await.ok();
        ben.api.act(&format!("{path}/favourite")).await.ok();
        assert_eq!(kinds(place, &ann.api).await.len(), 4, "still once");
        ben.api
            .delete(&format!("/api/v1/statuses/{reply}"))
            .await
            .ok();
        ben.api.act(&format!("{path}/unreblog")).await.ok();
        let left = kinds(place, &ann.api).await;
        assert!(
            !left.contains(&"mention".to_owned()) && !left.contains(&"reblog".to_owned()),
            "{left:?}"
        );
        ann.api.delete(&path).await.ok();
        assert_eq!(kinds(place, &ann.api).await, ["follow"]);
    });
}

#[test]
fn nobody_is_told_of_what_they_may_not_see_or_do_not_want() {
    run(async |place| {
        let (ann, ben, cem) = (
            place.member("ann").await,
            place.member("ben").await,
            place.member("cem").await,
        );
        ann.block(&ben).await;
        place.settle().await;
        let post = id(&cem.api.toot("Open to all").await);
        ben.api.toot("@ann hey").await;
        // Answering cem where ann is named, too.
        let reply = json!({ "status": "@ann look", "in_reply_to_id": post });
        ben.api
            .post("/api/v1/statuses", reply)
            .await
            .entity("Status");
        assert_eq!(kinds(place, &ann.api).await, [""; 0]);
        // A mute with notices, and one without.
        let mute = json!({ "notifications": true });
        cem.api
            .post(&format!("{}/mute", ben.path()), mute)
            .await
            .entity("Relationship");
        place.settle().await;
        let before = kinds(place, &cem.api).await.len();
        ben.api
            .act(&format!("/api/v1/statuses/{post}/favourite"))
            .await
            .ok();
        assert_eq!(kinds(place, &cem.api).await.len(), before);
    });
}

#[test]
fn notices_are_filtered_read_dismissed_and_cleared() {
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let post = id(&ann.api.toot("Hello").await);
        ben.follow(&ann).await;
        ben.api
            .act(&format!("/api/v1/statuses/{post}/favourite"))
            .await
            .ok();
        ben.api.toot("@ann hi").await;
        assert_eq!(
            kinds(place, &ann.api).await,
            ["mention", "favourite", "follow"]
        );
        let get = async |query: &str| -> Vec<String> {
            let list = ann
                .api
                .get(&format!("/api/v1/notifications?{query}"))
                .await
                .entity("[Notification]");
            list.as_array()
                .expect("a list")
                .iter()
                .map(|n| n["type"].as_str().unwrap_or("").to_owned())
                .collect()
        };
        assert_eq!(
            get("types[]=favourite&types[]=follow&types[]=no_such").await,
            ["favourite", "follow"]
        );
        assert_eq!(
            get("exclude_types[]=mention").await,
            ["favourite", "follow"]
        );
        assert_eq!(get(&format!("account_id={}", ben.id)).await.len(), 3);
        assert_eq!(get("account_id=1").await.len(), 0);
        let list: Value = ann.api.get("/api/v1/notifications").await.ok();
        assert!(
            list[0]["status"].is_object() && list[2].get("status").is_none_or(Value::is_null),
            "{list}"
        );
        assert!(list[0]["group_key"].is_string());
        let one = id(&list[0]);
        ann.api
            .get(&format!("/api/v1/notifications/{one}"))
            .await
            .entity("Notification");
        ben.api
            .get(&format!("/api/v1/notifications/{one}"))
            .await
            .error(404);
        ben.api
            .act(&format!("/api/v1/notifications/{one}/dismiss"))
            .await;
        assert_eq!(
            kinds(place, &ann.api).await.len(),
            3,
            "nobody dismisses for another"
        );
        assert_eq!(
            ann.api
                .act(&format!("/api/v1/notifications/{one}/dismiss"))
                .await
                .ok(),
            json!({})
        );
        assert_eq!(kinds(place, &ann.api).await, ["favourite", "follow"]);
        assert_eq!(
            ann.api.act("/api/v1/notifications/clear").await.ok(),
            json!({})
        );
        assert_eq!(kinds(place, &ann.api).await, [""; 0]);
        // Where one has read to.
        let marker =
            json!({ "notifications": { "last_read_id": one }, "home": { "last_read_id": post } });
        let markers = ann.api.post("/api/v1/markers", marker).await.ok();
        assert_eq!(markers["notifications"]["last_read_id"], json!(one));
        let markers = ann
            .api
            .get("/api/v1/markers?timeline[]=home&timeline[]=notifications")
            .await
            .ok();
        assert_eq!(markers["home"]["last_read_id"], json!(post));
    });
}
