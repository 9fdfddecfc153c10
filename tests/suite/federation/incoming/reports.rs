//! Reports from elsewhere and by members.

use serde_json::{Value, json};

use super::super::elsewhere::{note_uri, uri_of};
use super::{done, ignored};
use crate::support::api::id;
use crate::support::place::run;

#[test]
fn a_report_reveals_nothing_and_comes_once_a_day() {
    // I25
    run(async |place| {
        let ann = place.member("ann").await;
        let eve = place.member("eve").await;
        let bob = place.stranger_at("far.example", "reports").await;
        let public = ann.api.toot_to("public", "rude").await;
        let private = ann.api.toot_to("private", "secret").await;
        let others = eve.api.toot_to("public", "kind").await;
        place.settle().await;
        let objects: Vec<Value> = [&public, &private, &others]
            .iter()
            .map(|post| json!(note_uri(place, post)))
            .chain([
                json!(uri_of(place, &ann)),
                json!("https://far.example/notes/1"),
            ])
            .collect();
        let mut flag = bob.does("Flag", json!(objects));
        flag["content"] = json!("Look at <script>alert(1)</script>this\r\nBcc: x");
        done(place.hears(&bob, flag.clone()).await);
        for copy in 0..500 {
            flag["id"] = json!(format!("https://far.example/activities/copy-{copy}"));
            ignored(place.hears(&bob, flag.clone()).await);
        }
        assert_eq!(place.rows("reports").await, 1);
        let row = place
            .sql("SELECT status_ids, comment, posts::text FROM reports", &[])
            .await
            .remove(0);
        let kept: Vec<i64> = row.get(0);
        assert_eq!(kept, [public.parse::<i64>().expect("an id")]);
        let comment: String = row.get(1);
        assert!(
            !comment.contains("script") && !comment.contains('\r'),
            "{comment}"
        );
        assert!(!row.get::<_, String>(2).contains("secret"));
    });
}

#[test]
fn a_server_reports_fifty_people_a_day_and_no_more() {
    // I25
    run(async |place| {
        let bob = place.stranger_at("far.example", "reports").await;
        for n in 1..=51 {
            let who = place.member(&format!("member{n}")).await;
            let handled = place
                .hears(&bob, bob.does("Flag", json!([uri_of(place, &who)])))
                .await;
            match n {
                51 => ignored(handled),
                _ => done(handled),
            }
        }
        assert_eq!(place.rows("reports").await, 50);
        // Another server is another matter.
        let eve = place.stranger_at("other.example", "reports").await;
        let last = "SELECT id FROM accounts WHERE username = 'member51'";
        let last = format!("{}/ap/actors/{}", place.origin, place.number(last).await);
        done(place.hears(&eve, eve.does("Flag", json!([last]))).await);
        assert_eq!(place.rows("reports").await, 51);
    });
}

#[test]
fn what_members_and_servers_report_waits_at_the_desk() {
    run(async |place| {
        let olive = place.owner().await;
        let ann = place.member("ann").await;
        let eve = place.member("eve").await;
        let bob = place.stranger_at("far.example", "bob").await;
        let rude = eve.api.toot("very rude").await;
        let secret = eve.api.toot_to("direct", "for nobody").await;
        place.settle().await;
        let report = json!({"account_id": eve.id, "status_ids": [id(&rude), secret], "comment": "Look.", "category": "spam"});
        let made = ann
            .api
            .post("/api/v1/reports", report)
            .await
            .entity("Report");
        assert_eq!(made["status_ids"], json!([id(&rude)]), "{made}");
        assert_eq!(made["category"], "spam");
        ann.api
            .post("/api/v1/reports", json!({"account_id": ann.id}))
            .await
            .error(422);
        ann.api
            .post("/api/v1/reports", json!({"account_id": "1"}))
            .await
            .error(404);
        let mut flag = bob.does("Flag", json!([uri_of(place, &ann)]));
        flag["content"] = json!("Far words");
        done(place.hears(&bob, flag).await);

        let desk = place.signed_in(&olive).await;
        let page = desk.open("/desk/reports").await;
        page.says("Far words")
            .says("far.example")
            .says("very rude")
            .says("Look.");
        let number = made["id"].as_str().expect("an id").to_owned();
        let closed = page.form(&format!("/desk/reports/{number}/close"));
        desk.submit(closed).await.hides("Look.").says("Far words");
        place
            .signed_in(&ann)
            .await
            .visit("/desk/reports")
            .await
            .hides("Far words");
    });
}

#[test]
fn what_a_server_has_to_add_is_added_to_its_report_of_the_day() {
    // I25: servers report as one actor, whoever of their people it was.
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "reports").await;
        let posts = [
            ann.api.toot_to("public", "rude").await,
            ann.api.toot_to("public", "ruder").await,
            ann.api.toot_to("private", "secret").await,
        ];
        place.settle().await;
        let flag = |posts: &[String], says: &str| {
            let posts = posts.iter().map(|post| json!(note_uri(place, post)));
            let objects: Vec<Value> = [json!(uri_of(place, &ann))]
                .into_iter()
                .chain(posts)
                .collect();
            let mut flag = bob.does("Flag", json!(objects));
            flag["content"] = json!(says);
            flag
        };
        done(place.hears(&bob, flag(&posts[..1], "One says this.")).await);
        done(place.hears(&bob, flag(&posts, "Another says that.")).await);
        ignored(place.hears(&bob, flag(&posts[1..], "One says this.")).await);
        let rows = place
            .sql("SELECT status_ids, comment, posts::text FROM reports", &[])
            .await;
        assert_eq!(rows.len(), 1);
        let kept: Vec<i64> = rows[0].get(0);
        assert_eq!(kept.len(), 2, "{kept:?}");
        assert_eq!(
            rows[0].get::<_, String>(1),
            "One says this.\n\nAnother says that."
        );
        let copies: String = rows[0].get(2);
        assert!(
            copies.contains("ruder") && !copies.contains("secret"),
            "{copies}"
        );
        // It has its end.
        for n in 0..200 {
            let says = format!("{n} {}", "x".repeat(100));
            let _ = place.hears(&bob, flag(&[], &says)).await;
        }
        let longest = "SELECT max(length(comment)) FROM reports";
        assert_eq!(
            place.number(&format!("SELECT ({longest})::bigint")).await,
            5_000
        );
        place
            .sql("UPDATE reports SET closed_at = created_at", &[])
            .await;
        ignored(place.hears(&bob, flag(&posts, "Once more.")).await);
    });
}
