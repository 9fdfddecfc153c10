//! Posts and what is done to them.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::api::{id, ids};
use crate::support::place::run;

#[test]
fn text_becomes_html_as_apps_expect_it() {
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let text = "Hi @ben and @nobody_here,\nsee https://www.example.org/a/long/path/that/goes/on?and=on #Tea\n\n<b>&\"'";
        let status = ann.api.toot(text).await;
        let html = status["content"].as_str().expect("text");
        let mention = format!(
            "<span class=\"h-card\" translate=\"no\"><a href=\"{}/@ben\" class=\"u-url mention\">@<span>ben</span></a></span>",
            place.origin
        );
        assert!(html.contains(&mention), "{html}");
        assert!(
            html.contains("@nobody_here") && !html.contains("@<span>nobody"),
            "{html}"
        );
        assert!(
            html.starts_with("<p>") && html.contains("<br />") && html.contains("</p><p>"),
            "{html}"
        );
        assert!(!html.contains('\n'), "{html}");
        assert!(html.contains("&lt;b&gt;&amp;"), "escaped: {html}");
        let tag = format!(
            "<a href=\"{}/tags/tea\" class=\"mention hashtag\" rel=\"tag\">#<span>Tea</span></a>",
            place.origin
        );
        assert!(html.to_lowercase().contains(&tag.to_lowercase()), "{html}");
        assert!(
            html.contains("<span class=\"invisible\">https://www.</span><span class=\"ellipsis\">"),
            "{html}"
        );
        assert!(html.contains("rel=\"nofollow noopener"), "{html}");
        assert_eq!(status["mentions"][0]["id"], json!(ben.id));
        assert_eq!(
            status["mentions"][0]["url"],
            json!(format!("{}/@ben", place.origin))
        );
        assert_eq!(status["mentions"].as_array().map(Vec::len), Some(1));
        assert_eq!(status["tags"][0]["name"], "tea");
        assert_eq!(
            status["url"],
            json!(format!("{}/@ann/{}", place.origin, id(&status)))
        );
        let source = ann
            .api
            .get(&format!("/api/v1/statuses/{}/source", id(&status)))
            .await
            .entity("StatusSource");
        assert_eq!(source["text"], text);
    });
}

#[test]
fn what_is_no_post_is_refused_with_a_sentence() {
    run(async |place| {
        let ann = place.member("ann").await;
        let post = async |body: Value| ann.api.post("/api/v1/statuses", body).await;
        post(json!({})).await.error(422);
        post(json!({ "status": "" })).await.error(422);
        post(json!({ "status": " \n \u{200b}" })).await.error(422);
        post(json!({ "status": "x".repeat(501) })).await.error(422);
        post(json!({ "status": "x".repeat(499), "spoiler_text": "yy" }))
            .await
            .error(422);
        post(json!({ "status": "hm", "visibility": "secret" }))
            .await
            .error(422);
        post(json!({ "status": "hm", "in_reply_to_id": "1" }))
            .await
            .error(404);
        post(json!({ "status": "hm", "media_ids": ["1"] }))
            .await
            .error(422);
        // A long address counts as 23.
        let link = format!("https://example.org/{}", "a".repeat(400));
        post(json!({ "status": format!("{} {link}", "x".repeat(400)) }))
            .await
            .entity("Status");
        // One letter for people is one letter, whatever it is made of.
        post(json!({ "status": "👩‍👩‍👧‍👦".repeat(500) }))
            .await
            .entity("Status");
        assert_eq!(place.number("SELECT count(*) FROM statuses").await, 2);
    });
}

#[test]
fn the_same_key_posts_once_even_at_the_same_moment() {
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let post = |api: &crate::support::api::Api, key: &str, text: &str| {
            let request = api.request(Method::POST, "/api/v1/statuses");
            let api = api.clone();
            let request = request
                .header("Idempotency-Key", key)
                .json(&json!({ "status": text }));
            async move { api.send(request).await }
        };
        let first = post(&ann.api, "one", "Once").await.entity("Status");
        let second = post(&ann.api, "one", "Once").await.entity("Status");
        assert_eq!(first["id"], second["id"]);
        // Ten twins in parallel, five times over.
        for round in 0..5 {
            let key = format!("twins {round}");
            let twins: Vec<_> = (0..10)
                .map(|_| tokio::spawn(post(&ann.api, &key, "Twins")))
                .collect();
            let mut answers = Vec::new();
            for twin in twins {
                answers.push(id(&twin.await.expect("no panic").entity("Status")));
            }
            answers.dedup();
            assert_eq!(answers.len(), 1, "one post: {answers:?}");
        }
        assert_eq!(place.number("SELECT count(*) FROM statuses").await, 6);
        // The key is of its owner; another's is another key. After an hour it is a new one.
        let other = post(&ben.api, "one", "Once").await.entity("Status");
        assert_ne!(other["id"], first["id"]);
        place.advance(chrono::TimeDelta::minutes(61));
        let later = post(&ann.api, "one", "Once").await.entity("Status");
        assert_ne!(later["id"], first["id"]);
        // What the key names is gone: no ghost comes back.
        ann.api
            .delete(&format!("/api/v1/statuses/{}", id(&later)))
            .await
            .ok();
        let again = post(&ann.api, "one", "Once").await;
        assert!(matches!(again.status, 200 | 404 | 422), "{}", again.shown());
    });
}

#[test]
fn a_thread_is_shown_in_order_above_and_below() {
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let reply = async |who: &crate::support::people::Person, to: &str, text: &str| {
            let body = json!({ "status": text, "in_reply_to_id": to });
            id(&who
                .api
                .post("/api/v1/statuses", body)
                .await
                .entity("Status"))
        };
        let root = id(&ann.api.toot("Root").await);
        let one = reply(&ben, &root, "One").await;
        let two = reply(&ann, &one, "Two").await;
        let three = reply(&ben, &two, "Three").await;
        let aside = reply(&ben, &root, "Aside").await;
        place.settle().await;
        let context = ann
            .api
            .get(&format!("/api/v1/statuses/{two}/context"))
            .await
            .entity("Context");
        assert_eq!(ids(&context["ancestors"]), [root.clone(), one.clone()]);
        assert_eq!(ids(&context["descendants"]), std::slice::from_ref(&three));
        let context = place
            .stranger()
            .get(&format!("/api/v1/statuses/{root}/context"))
            .await
            .entity("Context");
        assert_eq!(context["ancestors"], json!([]));
        let mut below = ids(&context["descendants"]);
        below.sort();
        let mut all = vec![one.clone(), two.clone(), three.clone(), aside];
        all.sort();
        assert_eq!(below, all);
        // The middle vanishes; what hung on it stays readable.
        ben.api
            .delete(&format!("/api/v1/statuses/{one}"))
            .await
            .ok();
        place.settle().await;
        ann.api
            .get(&format!("/api/v1/statuses/{one}"))
            .await
            .error(404);
        let orphan = ann
            .api
            .get(&format!("/api/v1/statuses/{two}"))
            .await
            .entity("Status");
        assert_eq!(orphan["in_reply_to_id"], Value::Null);
        let root = ann
            .api
            .get(&format!("/api/v1/statuses/{root}"))
            .await
            .entity("Status");
        assert_eq!(root["replies_count"], 1);
    });
}

#[test]
fn doing_and_undoing_twice_changes_nothing_more() {
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let post = id(&ann.api.toot("Do with me what you like").await);
        let path = format!("/api/v1/statuses/{post}");
        for (deed, undo, flag, count) in [
            (
                "favourite",
                "unfavourite",
                "favourited",
                Some("favourites_count"),
            ),
            ("reblog", "unreblog", "reblogged", Some("reblogs_count")),
            ("bookmark", "unbookmark", "bookmarked", None),
        ] {
            let act = async |act: &str| {
                let answer = ben.api.act(&format!("{path}/{act}")).await.entity("Status");
                if answer["reblog"].is_object() {
                    answer["reblog"].clone()
                } else {
                    answer
                }
            };
            let undone = act(undo).await;
            assert_eq!(undone[flag], false, "{undo} of what was not done");
            for _ in 0..2 {
                assert_eq!(act(deed).await[flag], true);
            }
            place.settle().await;
            let seen = ben.api.get(&path).await.entity("Status");
            assert_eq!(seen[flag], true);
            if let Some(count) = count {
                assert_eq!(seen[count], 1, "once: {count}");
            }
            assert_eq!(act(undo).await[flag], false);
            place.settle().await;
            let seen = ann.api.get(&path).await.entity("Status");
            if let Some(count) = count {
                assert_eq!(seen[count], 0, "{count}");
            }
        }
        assert_eq!(
            place.number("SELECT count(*) FROM statuses").await,
            1,
            "no boost stays"
        );
    });
}

#[test]
fn boosting_a_boost_boosts_the_post_and_deleting_the_post_takes_the_boosts() {
    run(async |place| {
        let (ann, ben, cem) = (
            place.member("ann").await,
            place.member("ben").await,
            place.member("cem").await,
        );
        cem.follow(&ben).await;
        place.settle().await;
        let post = id(&ann.api.toot("Pass it on").await);
        let boost = ben
            .api
            .act(&format!("/api/v1/statuses/{post}/reblog"))
            .await
            .entity("Status");
        assert_eq!(boost["reblog"]["id"], json!(post));
        assert_eq!(boost["account"]["id"], json!(ben.id));
        let again = cem
            .api
            .act(&format!("/api/v1/statuses/{}/reblog", id(&boost)))
            .await
            .entity("Status");
        assert_eq!(again["reblog"]["id"], json!(post), "the post itself");
        place.settle().await;
        let home = cem
            .api
            .get("/api/v1/timelines/home")
            .await
            .entity("[Status]");
        assert_eq!(
            ids(&home).len(),
            2,
            "one's own boost and that of whom one follows: {home}"
        );
        ann.api
            .delete(&format!("/api/v1/statuses/{post}"))
            .await
            .entity("Status");
        place.settle().await;
        assert_eq!(cem.api.get("/api/v1/timelines/home").await.ok(), json!([]));
        assert_eq!(place.number("SELECT count(*) FROM statuses").await, 0);
    });
}

#[test]
fn only_the_author_deletes_and_learns_what_it_said() {
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let body =
            json!({ "status": "Oh no #typo", "spoiler_text": "hm", "visibility": "unlisted" });
        let post = id(&ann
            .api
            .post("/api/v1/statuses", body)
            .await
            .entity("Status"));
        let path = format!("/api/v1/statuses/{post}");
        ben.api.delete(&path).await.error(404);
        place.stranger().delete(&path).await.error(401);
        let gone = ann.api.delete(&path).await.entity("Status");
        assert_eq!(gone["text"], "Oh no #typo", "delete and redraft");
        assert_eq!(gone["spoiler_text"], "hm");
        for answer in [
            ann.api.get(&path).await,
            ann.api.delete(&path).await,
            ben.api.act(&format!("{path}/favourite")).await,
        ] {
            answer.error(404);
        }
    });
}

#[test]
fn several_are_fetched_at_once_and_the_unknown_are_dropped() {
    run(async |place| {
        let ann = place.member("ann").await;
        let (one, two) = (
            id(&ann.api.toot("One").await),
            id(&ann.api.toot("Two").await),
        );
        let hidden = ann.api.toot_to("private", "Three").await;
        let list = place
            .stranger()
            .get(&format!(
                "/api/v1/statuses?id[]={one}&id[]={two}&id[]={hidden}&id[]=5&id[]=x"
            ))
            .await
            .entity("[Status]");
        let mut got = ids(&list);
        got.sort();
        assert_eq!(got, [one, two]);
    });
}

#[test]
fn markup_of_any_kind_is_inert() {
    // X1: every field that people write, on every surface that shows it.
    run(async |place| {
        let ann = place.member("ann").await;
        let evil = "<script>alert(1)</script><img src=x onerror=alert(1)><a href=\"javascript:alert(1)\">x</a>";
        let profile = json!({ "display_name": "<script>ann", "note": evil, "fields_attributes": [{ "name": "<b>x", "value": evil }] });
        ann.api
            .patch("/api/v1/accounts/update_credentials", profile)
            .await
            .entity("CredentialAccount");
        let body = json!({ "status": format!("{evil} javascript:alert(1) data:text/html,x #<script>"), "spoiler_text": evil });
        let status = ann
            .api
            .post("/api/v1/statuses", body)
            .await
            .entity("Status");
        let shown = [
            status["content"].as_str().expect("text").to_owned(),
            status["account"]["note"].as_str().expect("text").to_owned(),
            status["account"]["fields"][0]["value"]
                .as_str()
                .expect("text")
                .to_owned(),
        ];
        for html in &shown {
            assert!(
                !html.contains("<script")
                    && !html.contains("<img")
                    && !html.contains("href=\"javascript"),
                "{html}"
            );
        }
        let link = format!("/@ann/{}", id(&status));
        for path in ["/@ann", &link, "/public"] {
            let page = place.browser().open(path).await;
            for element in &page.elements {
                let ours = element.name == "script" && element.get("src").starts_with("/static/");
                assert!(element.name != "script" || ours, "{path}: a script");
                assert!(
                    element.get("src") != "x" && !element.has("onerror"),
                    "{path}: {element:?}"
                );
                assert!(
                    !element.get("href").starts_with("javascript"),
                    "{path}: {element:?}"
                );
            }
            page.says("<script>");
        }
    });
}
