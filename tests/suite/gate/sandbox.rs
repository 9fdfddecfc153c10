//! The porch: profile and drafts of somebody who waits, and nothing else.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::api::id;
use crate::support::picture;
use crate::support::place::run;

#[test]
fn drafts_live_under_the_paths_of_posts_and_only_for_their_owner() {
    run(async |place| {
        place.owner().await;
        let (hana, other) = (
            place.applicant("hana").await,
            place.applicant("other").await,
        );
        let body =
            json!({ "status": "First #try", "visibility": "unlisted", "spoiler_text": "hm" });
        let draft = hana
            .api
            .post("/api/v1/statuses", body)
            .await
            .entity("Status");
        assert_eq!(draft["draft"], true);
        assert_eq!(draft["visibility"], "direct");
        assert_eq!(
            (
                &draft["mentions"],
                &draft["card"],
                &draft["poll"],
                &draft["application"]
            ),
            (&json!([]), &Value::Null, &Value::Null, &Value::Null)
        );
        assert_eq!(
            (
                &draft["replies_count"],
                &draft["reblogs_count"],
                &draft["favourites_count"]
            ),
            (&json!(0), &json!(0), &json!(0))
        );
        let path = format!("/api/v1/statuses/{}", id(&draft));
        assert_eq!(
            draft["url"],
            json!(format!("{}/drafts/{}", place.origin, id(&draft)))
        );
        hana.api.get(&path).await.entity("Status");
        let source = hana
            .api
            .get(&format!("{path}/source"))
            .await
            .entity("StatusSource");
        assert_eq!(
            (&source["text"], &source["spoiler_text"]),
            (&json!("First #try"), &json!("hm"))
        );
        let edited = hana
            .api
            .put(&path, json!({ "status": "Second try" }))
            .await
            .entity("Status");
        assert!(
            edited["content"]
                .as_str()
                .expect("text")
                .contains("Second try")
        );
        assert_eq!(edited["id"], draft["id"]);
        let member = place.member("ann").await;
        for api in [&other.api, &member.api, &place.stranger()] {
            for (method, tail) in [
                ("GET", ""),
                ("GET", "/source"),
                ("GET", "/context"),
                ("DELETE", ""),
            ] {
                let method = Method::from_bytes(method.as_bytes()).expect("a method");
                let answer = api
                    .send(api.request(method, &format!("{path}{tail}")))
                    .await;
                assert!(matches!(answer.status, 404 | 401), "{}", answer.shown());
            }
            let answer = api.put(&path, json!({ "status": "Mine now" })).await;
            assert!(
                matches!(answer.status, 404 | 401 | 405),
                "{}",
                answer.shown()
            );
        }
        let gone = hana.api.delete(&path).await.entity("Status");
        assert_eq!(gone["text"], "Second try");
        hana.api.get(&path).await.error(404);
    });
}

#[test]
fn what_no_draft_can_be_is_said_and_there_is_room_for_ten() {
    run(async |place| {
        place.owner().await;
        let hana = place.applicant("hana").await;
        let post = async |body: Value| hana.api.post("/api/v1/statuses", body).await;
        for body in [
            json!({ "status": "vote", "poll": { "options": ["a", "b"], "expires_in": 3600 } }),
            json!({ "status": "later", "scheduled_at": "2030-01-01T00:00:00.000Z" }),
            json!({ "status": "re", "in_reply_to_id": "1" }),
            json!({ "status": "quote", "quoted_status_id": "1" }),
            json!({ "status": "" }),
            json!({ "status": "x".repeat(501) }),
        ] {
            post(body).await.error(422);
        }
        let key = |n: u32| {
            let request = hana
                .api
                .request(Method::POST, "/api/v1/statuses")
                .header("Idempotency-Key", format!("key {n}"));
            request.json(&json!({ "status": format!("Draft {n}") }))
        };
        let first = hana.api.send(key(0)).await.entity("Status");
        assert_eq!(
            hana.api.send(key(0)).await.entity("Status")["id"],
            first["id"],
            "the key holds"
        );
        for n in 1..10 {
            hana.api.send(key(n)).await.entity("Status");
        }
        hana.api.send(key(10)).await.error(422);
        assert_eq!(place.number("SELECT count(*) FROM drafts").await, 10);
        let home = hana
            .api
            .get("/api/v1/timelines/home?limit=40")
            .await
            .entity("[Status]");
        assert_eq!(
            home.as_array().map(Vec::len),
            Some(11),
            "the notice, and the drafts"
        );
        assert!(
            home[0]["draft"].is_null() || home[0]["draft"] == false,
            "the notice comes first: {}",
            home[0]
        );
    });
}

#[test]
fn pictures_of_somebody_who_waits_are_theirs_and_the_readers() {
    // F5
    run(async |place| {
        let owner = place.owner().await;
        let (hana, ann) = (place.applicant("hana").await, place.member("ann").await);
        let part = reqwest::multipart::Part::bytes(picture::png(200, 100))
            .file_name("a.png")
            .mime_str("image/png")
            .expect("a type");
        let form = reqwest::multipart::Form::new().part("avatar", part);
        let request = hana
            .api
            .request(Method::PATCH, "/api/v1/accounts/update_credentials")
            .multipart(form);
        let me = hana.api.send(request).await.entity("CredentialAccount");
        let shown = me["avatar"].as_str().expect("an address").to_owned();
        place.stranger().get(&shown).await.expect(200);
        let bare = shown
            .split('?')
            .next()
            .expect("a path")
            .strip_prefix(&place.origin)
            .expect("ours")
            .to_owned();
        assert!(bare.starts_with("/private/"), "{bare}");
        for browser in [place.browser(), place.signed_in(&ann).await] {
            assert_eq!(browser.fetch(Method::GET, &bare).await.status, 404);
        }
        for browser in [place.signed_in(&hana).await, place.signed_in(&owner).await] {
            let answer = browser.fetch(Method::GET, &bare).await.expect(200);
            assert_eq!(answer.header("cache-control"), "private, no-store");
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
        }
        // The link is for an hour, and for this picture.
        place
            .stranger()
            .get(&shown.replace("s=", "s=A"))
            .await
            .expect(404);
        place.advance(chrono::TimeDelta::hours(3));
        place.stranger().get(&shown).await.expect(404);
        // The public tree has no such file.
        let public = bare.replacen("/private/", "/media/", 1);
        place.stranger().get(&public).await.expect(404);
    });
}

#[test]
fn a_profile_changes_twenty_times_a_day() {
    run(async |place| {
        place.owner().await;
        let hana = place.applicant("hana").await;
        let edit = async |n: u32| {
            let body = json!({ "note": format!("Number {n}") });
            hana.api
                .patch("/api/v1/accounts/update_credentials", body)
                .await
                .status
        };
        for n in 0..20 {
            assert_eq!(edit(n).await, 200, "number {n}");
        }
        assert_eq!(edit(20).await, 429);
        place.advance(chrono::TimeDelta::hours(25));
        assert_eq!(edit(21).await, 200);
    });
}

#[test]
fn who_withdraws_leaves_nothing_behind() {
    run(async |place| {
        place.owner().await;
        let hana = place.applicant("hana").await;
        hana.api
            .post("/api/v1/statuses", json!({ "status": "Mine" }))
            .await
            .entity("Status");
        let part = reqwest::multipart::Part::bytes(picture::png(50, 50))
            .file_name("a.png")
            .mime_str("image/png")
            .expect("a type");
        let form = reqwest::multipart::Form::new().part("avatar", part);
        let request = hana
            .api
            .request(Method::PATCH, "/api/v1/accounts/update_credentials")
            .multipart(form);
        hana.api.send(request).await.entity("CredentialAccount");
        let browser = place.signed_in(&hana).await;
        let export = browser.visit_raw("/waiting/export").await;
        assert!(
            export.contains("I am hana") && export.contains("Mine"),
            "{export}"
        );
        let page = browser.open("/waiting/withdraw").await;
        let page = browser.submit(page.form("/waiting/withdraw")).await;
        assert_eq!(page.status(), 200, "{}", page.answer.shown());
        place.settle().await;
        hana.api
            .get("/api/v1/accounts/verify_credentials")
            .await
            .error(401);
        let left = place
            .number(
                "SELECT (SELECT count(*) FROM users WHERE username = 'hana') + (SELECT count(*) FROM applications) + (SELECT count(*) FROM drafts) \
                 + (SELECT count(*) FROM applicant_profiles) + (SELECT count(*) FROM application_answers)",
            )
            .await;
        assert_eq!(left, 0);
        let private = place.data.join("media").join("private");
        let files = walk(&private);
        assert!(files.is_empty(), "{files:?}");
        // The session is over.
        let page = browser.visit("/waiting").await;
        assert_eq!(page.path.split('?').next(), Some("/sign-in"));
    });
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    entries
        .filter_map(|e| Some(e.ok()?.path()))
        .flat_map(|path| {
            if path.is_dir() {
                walk(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

#[test]
fn on_the_web_the_porch_is_all_there_is() {
    run(async |place| {
        place.owner().await;
        let hana = place.applicant("hana").await;
        let browser = place.signed_in(&hana).await;
        for path in [
            "/home",
            "/notifications",
            "/compose",
            "/bookmarks",
            "/search",
            "/welcome",
        ] {
            let page = browser.visit(path).await;
            assert!(
                page.path == "/waiting" || page.status() == 403 || page.status() == 404,
                "{path} leads to {}",
                page.path
            );
        }
        browser.open("/public").await;
        let page = browser.open("/waiting").await;
        let form = page.form("/drafts").set("text", "A draft from the web");
        browser.submit(form).await.says("A draft from the web");
        assert_eq!(place.number("SELECT count(*) FROM drafts").await, 1);
        assert_eq!(place.number("SELECT count(*) FROM statuses").await, 0);
    });
}
