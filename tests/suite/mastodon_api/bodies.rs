//! The many ways in which apps write a request (quirks 1 to 15).

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::api::id;
use crate::support::place::run;

#[test]
fn json_forms_multipart_and_the_query_say_the_same() {
    run(async |place| {
        let ann = place.member("ann").await;
        let path = "/api/v1/statuses";
        let post = || ann.api.request(Method::POST, path);
        let multipart = reqwest::multipart::Form::new()
            .text("status", "by multipart")
            .text("visibility", "unlisted")
            .text("sensitive", "1")
            .text("spoiler_text", "tea");
        let fields = |text| {
            [
                ("status", text),
                ("visibility", "unlisted"),
                ("sensitive", "true"),
                ("spoiler_text", "tea"),
            ]
        };
        let json = json!({ "status": "by json", "visibility": "unlisted", "sensitive": true, "spoiler_text": "tea" });
        let strings = json!({ "status": "by strings", "visibility": "unlisted", "sensitive": "on", "spoiler_text": "tea" });
        for request in [
            post().json(&json),
            post().json(&strings),
            post().form(&fields("by form")),
            post().query(&fields("by query")),
            post().multipart(multipart),
            // Half here and half there: the query and the body are one.
            post()
                .query(&[("visibility", "unlisted"), ("sensitive", "t")])
                .form(&[("status", "mixed"), ("spoiler_text", "tea")]),
        ] {
            let status = ann.api.send(request).await.entity("Status");
            assert_eq!(status["visibility"], "unlisted", "{status}");
            assert_eq!(status["sensitive"], true, "{status}");
            assert_eq!(status["spoiler_text"], "tea", "{status}");
        }
    });
}

#[test]
fn lists_come_with_brackets_escaped_brackets_and_as_one_value() {
    run(async |place| {
        let (ann, ben, cem) = (
            place.member("ann").await,
            place.member("ben").await,
            place.member("cem").await,
        );
        let get = async |query: String| -> Vec<String> {
            let answer = ann
                .api
                .get(&format!("/api/v1/accounts/relationships?{query}"))
                .await;
            let list = answer.entity("[Relationship]");
            list.as_array().expect("a list").iter().map(id).collect()
        };
        let both = vec![ben.id.clone(), cem.id.clone()];
        assert_eq!(get(format!("id[]={}&id[]={}", ben.id, cem.id)).await, both);
        assert_eq!(
            get(format!("id%5B%5D={}&id%5B%5D={}", ben.id, cem.id)).await,
            both
        );
        assert_eq!(get(format!("id={}", ben.id)).await, both[..1]);
        assert_eq!(
            get(format!("id[]={}&id[]=1&id[]=x", ben.id)).await,
            both[..1],
            "unknown ones are dropped"
        );
        // A GET with a body of JSON, as Mastodon.py sends it; ids as strings or numbers.
        let number: i64 = cem.id.parse().expect("a number");
        let request = ann
            .api
            .request(Method::GET, "/api/v1/accounts/relationships")
            .json(&json!({ "id": [ben.id, number] }));
        let list = ann.api.send(request).await.entity("[Relationship]");
        assert_eq!(list.as_array().expect("a list").len(), 2);
    });
}

#[test]
fn profile_fields_come_in_three_shapes() {
    run(async |place| {
        let ann = place.member("ann").await;
        let path = "/api/v1/accounts/update_credentials";
        let patch = || ann.api.request(Method::PATCH, path);
        let indexed = [
            ("fields_attributes[0][name]", "Tea"),
            ("fields_attributes[0][value]", "green"),
            ("fields_attributes[1][name]", ""),
            ("fields_attributes[1][value]", ""),
        ];
        let object = json!({ "fields_attributes": { "0": { "name": "Tea", "value": "green" }, "1": { "name": "", "value": "" } } });
        let array = json!({ "fields_attributes": [{ "name": "Tea", "value": "green" }] });
        for request in [
            patch().form(&indexed),
            patch().json(&object),
            patch().json(&array),
        ] {
            let me = ann.api.send(request).await.entity("CredentialAccount");
            assert_eq!(
                me["source"]["fields"].as_array().expect("a list").len(),
                1,
                "blank pairs are dropped: {me}"
            );
            assert_eq!(me["source"]["fields"][0]["name"], "Tea");
            assert_eq!(me["fields"][0]["value"], "green");
        }
        let nested = [
            ("source[privacy]", "private"),
            ("source[sensitive]", "true"),
            ("source[language]", "de"),
        ];
        let me = ann
            .api
            .send(patch().form(&nested))
            .await
            .entity("CredentialAccount");
        assert_eq!(me["source"]["privacy"], "private");
        assert_eq!(me["source"]["sensitive"], true);
        let post = ann.api.toot("In the way I like it").await;
        assert_eq!(
            (&post["visibility"], &post["sensitive"]),
            (&json!("private"), &json!(true)),
            "posting defaults hold"
        );
    });
}

#[test]
fn a_slash_at_the_end_changes_nothing_and_head_is_like_get() {
    run(async |place| {
        let ann = place.member("ann").await;
        for path in [
            "/api/v1/instance/",
            "/api/v2/instance/",
            "/api/v1/timelines/public/",
        ] {
            ann.api.get(path).await.expect(200);
        }
        for path in [
            "/api/v1/instance",
            "/api/v1/timelines/home",
            "/",
            "/home",
            "/about",
        ] {
            let get = ann.api.get(path).await;
            let head = ann.api.send(ann.api.request(Method::HEAD, path)).await;
            assert_eq!(head.status, get.status, "{path}");
            assert!(head.body.is_empty(), "{path}: HEAD has no body");
            assert_eq!(
                head.header("content-type"),
                get.header("content-type"),
                "{path}"
            );
        }
    });
}

#[test]
fn what_cannot_be_read_is_refused_in_json() {
    run(async |place| {
        let ann = place.member("ann").await;
        let post = || ann.api.request(Method::POST, "/api/v1/statuses");
        let broken = post()
            .header("Content-Type", "application/json")
            .body("{\"status\": ");
        ann.api.send(broken).await.error(400);
        let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
        let request = post().header("Content-Type", "application/json").body(deep);
        let status = ann.api.send(request).await.status;
        assert!((400..500).contains(&status), "{status}");
        let many: String = (0..5000).map(|n| format!("x{n}=1&")).collect();
        let request = post()
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(many);
        let status = ann.api.send(request).await.status;
        assert!((400..500).contains(&status), "{status}");
        let long = json!({ "status": "x".repeat(3_000_000) });
        let status = ann.api.send(post().json(&long)).await.status;
        assert!((400..500).contains(&status), "{status}");
        let zero: Value = json!({ "status": "a\u{0}b" });
        let answer = ann.api.send(post().json(&zero)).await;
        assert!(
            matches!(answer.status, 200 | 400 | 422),
            "{}",
            answer.shown()
        );
        // And the server is well.
        ann.api.toot("Still here").await;
    });
}
