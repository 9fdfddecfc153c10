//! The porch: profile and drafts of somebody who waits, and nothing else.

use porchlight::domain::role::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::answer::Answer;
use crate::support::api::id;
use crate::support::picture;
use crate::support::place::run;

#[test]
fn drafts_live_under_the_paths_of_posts_and_only_for_their_owner() {
    // T10
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
    // T15
    run(async |place| {
        place.owner().await;
        let hana = place.applicant("hana").await;
        let post = async |body: Value| hana.api.post("/api/v1/statuses", body).await;
        for body in [
            json!({ "status": "vote", "poll": { "options": ["a"], "expires_in": 3600 } }),
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
        // Rights of staff that sleep open nothing.
        let mia = place.staff("mia", Role::Reviewer).await;
        let hers = place.signed_in(&mia).await;
        hers.fetch(Method::GET, &bare).await.expect(200);
        place
            .sql(
                "UPDATE users SET second_factor_since = NULL WHERE id = $1",
                &[&mia.user],
            )
            .await;
        hers.fetch(Method::GET, &bare).await.expect(404);
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

/// A picture as an app uploads it.
async fn upload(api: &crate::support::api::Api, bytes: Vec<u8>, words: &str) -> Answer {
    let part = reqwest::multipart::Part::bytes(bytes)
        .file_name("a.png")
        .mime_str("image/png")
        .expect("a type");
    let form = reqwest::multipart::Form::new()
        .part("file", part)
        .text("description", words.to_owned())
        .text("focus", "0.5,-0.5");
    api.send(api.request(Method::POST, "/api/v2/media").multipart(form))
        .await
}

#[test]
fn a_draft_has_a_private_picture_that_becomes_public_with_the_post() {
    // F5, H3
    run(async |place| {
        let owner = place.owner().await;
        let (hana, other) = (
            place.applicant("hana").await,
            place.applicant("other").await,
        );
        let picture = upload(&hana.api, picture::png(120, 60), "A hill")
            .await
            .entity("MediaAttachment");
        assert_eq!(picture["description"], "A hill");
        assert_eq!(picture["meta"]["focus"]["x"], 0.5);
        assert_eq!(picture["meta"]["original"]["width"], 120);
        let url = picture["url"].as_str().expect("an address").to_owned();
        assert!(
            url.starts_with(&format!("{}/private/", place.origin)),
            "{url}"
        );
        let media = id(&picture);
        let path = format!("/api/v1/media/{media}");
        hana.api.get(&path).await.entity("MediaAttachment");
        let described = hana
            .api
            .put(&path, json!({ "description": "A green hill" }))
            .await
            .entity("MediaAttachment");
        assert_eq!(described["description"], "A green hill");
        assert_eq!(
            described["meta"]["focus"]["x"], 0.5,
            "what is not said stays"
        );
        // Nobody else's, by any way.
        let member = place.member("ann").await;
        for api in [&other.api, &member.api, &owner.api] {
            api.get(&path).await.error(404);
            api.put(&path, json!({ "description": "mine" }))
                .await
                .error(404);
            api.delete(&path).await.error(404);
            let body = json!({ "status": "theft", "media_ids": [media] });
            api.post("/api/v1/statuses", body).await.error(422);
        }
        // A picture says enough.
        let body = json!({ "status": "", "media_ids": [media] });
        let draft = hana
            .api
            .post("/api/v1/statuses", body)
            .await
            .entity("Status");
        assert_eq!(draft["media_attachments"][0]["id"], picture["id"]);
        hana.api.get(&path).await.error(404);
        // One picture each, though both are theirs and loose (C2).
        let mut loose = Vec::new();
        for _ in 0..2 {
            let one = upload(&hana.api, picture::png(20, 10), "One more").await;
            loose.push(id(&one.entity("MediaAttachment")));
        }
        let two = json!({ "status": "x", "media_ids": loose });
        let said = hana.api.post("/api/v1/statuses", two.clone()).await;
        assert!(said.error(422).to_string().contains("room for one picture"));
        let draft_path = format!("/api/v1/statuses/{}", id(&draft));
        hana.api.put(&draft_path, two).await.error(422);
        for one in loose {
            hana.api
                .delete(&format!("/api/v1/media/{one}"))
                .await
                .expect(200);
        }
        let home = hana
            .api
            .get("/api/v1/timelines/home")
            .await
            .entity("[Status]");
        assert_eq!(
            home[1]["media_attachments"][0]["description"],
            "A green hill"
        );

        // The reviewers see it; a new description is a change of what they read.
        let application = place.application_of(&hana).await;
        let desk = place.signed_in(&owner).await;
        let card = format!("/desk/applications/{application}");
        let seen = desk.open(&card).await;
        assert!(seen.answer.text().contains("A green hill"));
        let draft_path = format!("/api/v1/statuses/{}", id(&draft));
        let body = json!({ "status": "My hill", "media_ids": [media],
            "media_attributes": [{ "id": media, "description": "A blue hill" }] });
        let edited = hana.api.put(&draft_path, body).await.entity("Status");
        assert_eq!(edited["media_attachments"][0]["description"], "A blue hill");
        let stale = desk.submit(seen.form(&format!("{card}/approve"))).await;
        assert_eq!(stale.status(), 409, "{}", stale.answer.shown());
        let fresh = desk.open(&card).await;
        let page = desk.submit(fresh.form(&format!("{card}/approve"))).await;
        assert_eq!(page.status(), 200, "{}", page.answer.shown());
        place.settle().await;

        // Publishing copies it out and leaves no private file behind.
        let browser = place.signed_in(&hana).await;
        let page = browser.open(&format!("/drafts/{}", id(&draft))).await;
        let form = page
            .form(&format!("/drafts/{}", id(&draft)))
            .press("Publish");
        let page = browser.submit(form).await;
        assert_eq!(page.status(), 200, "{}", page.answer.shown());
        let posted = place
            .stranger()
            .get(&format!("/api/v1/accounts/{}/statuses", hana.id))
            .await
            .entity("[Status]");
        let public = &posted[0]["media_attachments"][0];
        assert_eq!(public["description"], "A blue hill");
        // Whoever knew the private address finds nothing by it.
        let name = |url: &str| {
            let path = url.split('?').next().unwrap_or_default();
            path.rsplit('/').next().unwrap_or_default().to_owned()
        };
        assert_ne!(
            name(public["url"].as_str().expect("an address")),
            name(&url)
        );
        assert_eq!(public["meta"]["focus"]["y"], -0.5);
        let public = public["url"].as_str().expect("an address");
        assert!(public.contains("/media/"), "{public}");
        place.stranger().get(public).await.expect(200);
        place.stranger().get(&url).await.expect(404);
        assert!(walk(&place.data.join("media").join("private")).is_empty());
    });
}

#[test]
fn pictures_of_drafts_have_a_limit_and_go_when_nobody_wants_them() {
    run(async |place| {
        place.owner().await;
        let hana = place.applicant("hana").await;
        for n in 0..10u32 {
            upload(&hana.api, picture::png(40 + n, 40), "")
                .await
                .entity("MediaAttachment");
        }
        upload(&hana.api, picture::png(20, 20), "").await.error(422);
        let private = place.data.join("media").join("private");
        assert_eq!(walk(&private).len(), 10);
        place.advance(chrono::TimeDelta::hours(23));
        assert_eq!(
            porchlight::gate::draft_pictures::sweep(&place.app)
                .await
                .expect("swept"),
            0
        );
        place.advance(chrono::TimeDelta::hours(2));
        assert_eq!(
            porchlight::gate::draft_pictures::sweep(&place.app)
                .await
                .expect("swept"),
            10
        );
        assert!(walk(&private).is_empty());

        // Room in bytes.
        let kept = upload(&hana.api, picture::png(50, 50), "")
            .await
            .entity("MediaAttachment");
        place
            .sql("UPDATE draft_media SET size = 10 * 1024 * 1024 - 10", &[])
            .await;
        upload(&hana.api, picture::png(51, 50), "").await.error(422);
        assert_eq!(walk(&private).len(), 1, "the refused one left nothing");
        // Deleting a draft leaves the picture for the next try; without it, nothing.
        let body = json!({ "status": "one", "media_ids": [id(&kept)] });
        let draft = hana.api.post("/api/v1/statuses", body.clone()).await.ok();
        let gone = hana
            .api
            .delete(&format!("/api/v1/statuses/{}", id(&draft)))
            .await
            .entity("Status");
        assert_eq!(gone["media_attachments"][0]["id"], kept["id"]);
        let draft = hana.api.post("/api/v1/statuses", body).await.ok();
        hana.api
            .delete(&format!(
                "/api/v1/statuses/{}?delete_media=true",
                id(&draft)
            ))
            .await
            .entity("Status");
        assert!(walk(&private).is_empty());
    });
}

#[test]
fn on_the_web_a_draft_takes_a_picture_too() {
    run(async |place| {
        place.owner().await;
        let hana = place.applicant("hana").await;
        let browser = place.signed_in(&hana).await;
        let page = browser.open("/waiting").await;
        let form = page.form("/drafts").set("text", "With a picture");
        browser.submit(form).await.says("With a picture");
        let draft = place.number("SELECT id FROM drafts").await;
        let path = format!("/drafts/{draft}");
        let page = browser.open(&path).await;
        let form = page.form(&path).set("alt_1", "A red door").attach(
            "media_1",
            "door.png",
            &picture::png(30, 30),
        );
        let page = browser.submit(form).await;
        assert_eq!(page.status(), 200, "{}", page.answer.shown());
        let picture = place.number("SELECT id FROM draft_media").await;
        let alt = format!("alt_{picture}");
        assert_eq!(page.form(&path).value(&alt), "A red door");
        assert!(!page.form(&path).names().contains(&"media_1"), "one is all");
        assert!(
            browser
                .open("/waiting")
                .await
                .answer
                .text()
                .contains("A red door")
        );
        // What is no picture is said, and nothing typed is lost.
        let form = page
            .form(&path)
            .set("text", "Another text")
            .set(&format!("drop_{picture}"), "1");
        let page = browser.submit(form).await;
        assert_eq!(place.number("SELECT count(*) FROM draft_media").await, 0);
        assert!(walk(&place.data.join("media").join("private")).is_empty());
        let form = page.form(&path).set("text", "A third text").attach(
            "media_1",
            "words.png",
            b"no picture at all",
        );
        let page = browser.submit(form).await;
        assert_eq!(page.status(), 422);
        assert_eq!(page.form(&path).value("text"), "A third text");
        page.says("words.png");
    });
}
