//! Accounts: one's own, others', and what lies between.

use reqwest::Method;
use serde_json::json;

use crate::support::api::{id, ids};
use crate::support::picture;
use crate::support::place::run;

#[test]
fn an_account_is_found_by_id_by_name_and_by_search() {
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("Ben_2").await);
        let domain = place.app.config.server.handle_domain.clone();
        let stranger = place.stranger();
        let by_id = stranger.get(&ann.path()).await.entity("Account");
        assert_eq!(
            (&by_id["username"], &by_id["acct"]),
            (&json!("ann"), &json!("ann"))
        );
        assert_eq!(by_id["url"], json!(format!("{}/@ann", place.origin)));
        assert!(
            by_id["avatar"]
                .as_str()
                .expect("an address")
                .starts_with(&place.origin)
        );
        assert!(
            by_id["created_at"]
                .as_str()
                .expect("a time")
                .ends_with("T00:00:00.000Z")
        );
        for acct in [
            "ann",
            "@ann",
            "ANN",
            &format!("ann@{domain}"),
            &format!("@ann@{domain}"),
        ] {
            let found = stranger
                .get(&format!(
                    "/api/v1/accounts/lookup?acct={}",
                    acct.replace('@', "%40")
                ))
                .await;
            assert_eq!(found.entity("Account")["id"], json!(ann.id), "{acct}");
        }
        stranger
            .get("/api/v1/accounts/lookup?acct=nobody")
            .await
            .error(404);
        stranger.get("/api/v1/accounts/1").await.error(404);
        stranger.get("/api/v1/accounts/abc").await.error(404);
        let found = ann
            .api
            .get("/api/v1/accounts/search?q=ben")
            .await
            .entity("[Account]");
        assert_eq!(ids(&found), std::slice::from_ref(&ben.id));
        let found = ann.api.get("/api/v2/search?q=ben").await.entity("Search");
        assert_eq!(ids(&found["accounts"]), std::slice::from_ref(&ben.id));
        assert!(found["statuses"].is_array() && found["hashtags"].is_array());
    });
}

#[test]
fn a_follow_works_at_once_and_a_locked_account_is_asked() {
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let relation = ann
            .api
            .act(&format!("{}/follow", ben.path()))
            .await
            .entity("Relationship");
        assert_eq!(
            (&relation["following"], &relation["requested"]),
            (&json!(true), &json!(false))
        );
        let relation = ann
            .api
            .act(&format!("{}/unfollow", ben.path()))
            .await
            .entity("Relationship");
        assert_eq!(relation["following"], false);
        ann.api
            .act(&format!("{}/unfollow", ben.path()))
            .await
            .entity("Relationship");

        ben.api
            .patch(
                "/api/v1/accounts/update_credentials",
                json!({ "locked": true }),
            )
            .await
            .ok();
        let relation = ann
            .api
            .act(&format!("{}/follow", ben.path()))
            .await
            .entity("Relationship");
        assert_eq!(
            (&relation["following"], &relation["requested"]),
            (&json!(false), &json!(true))
        );
        place.settle().await;
        let asks = ben
            .api
            .get("/api/v1/follow_requests")
            .await
            .entity("[Account]");
        assert_eq!(ids(&asks), std::slice::from_ref(&ann.id));
        let notices = ben
            .api
            .get("/api/v1/notifications")
            .await
            .entity("[Notification]");
        assert!(notices.to_string().contains("follow_request"), "{notices}");
        let relation = ben
            .api
            .act(&format!("/api/v1/follow_requests/{}/authorize", ann.id))
            .await
            .entity("Relationship");
        assert_eq!(relation["followed_by"], true);
        place.settle().await;
        assert_eq!(
            ids(&ann
                .api
                .get(&format!("{}/following", ann.path()))
                .await
                .entity("[Account]")),
            std::slice::from_ref(&ben.id)
        );
        assert_eq!(ben.api.get("/api/v1/follow_requests").await.ok(), json!([]));
        // And declined.
        let cem = place.member("cem").await;
        cem.api
            .act(&format!("{}/follow", ben.path()))
            .await
            .entity("Relationship");
        let relation = ben
            .api
            .act(&format!("/api/v1/follow_requests/{}/reject", cem.id))
            .await
            .entity("Relationship");
        assert_eq!(relation["followed_by"], false);
        let relation = cem
            .api
            .get(&format!("/api/v1/accounts/relationships?id[]={}", ben.id))
            .await
            .ok();
        assert_eq!(
            (&relation[0]["following"], &relation[0]["requested"]),
            (&json!(false), &json!(false))
        );
        // Nobody follows themselves.
        let own = ann.api.act(&format!("{}/follow", ann.path())).await;
        assert!((400..500).contains(&own.status), "{}", own.shown());
    });
}

#[test]
fn a_block_ends_everything_between_two() {
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        ann.follow(&ben).await;
        ben.follow(&ann).await;
        place.settle().await;
        let post = id(&ann.api.toot("Before").await);
        place.settle().await;
        ann.block(&ben).await;
        place.settle().await;
        let relation = ann
            .api
            .get(&format!("/api/v1/accounts/relationships?id[]={}", ben.id))
            .await
            .entity("[Relationship]");
        assert_eq!(
            (
                &relation[0]["following"],
                &relation[0]["followed_by"],
                &relation[0]["blocking"]
            ),
            (&json!(false), &json!(false), &json!(true))
        );
        assert_eq!(place.number("SELECT count(*) FROM follows").await, 0);
        ben.api
            .get(&format!("/api/v1/statuses/{post}"))
            .await
            .error(404);
        assert_eq!(
            ids(&ben.api.get("/api/v1/timelines/home").await.ok()),
            [""; 0],
            "it left the feed"
        );
        for act in ["favourite", "reblog", "bookmark"] {
            ben.api
                .act(&format!("/api/v1/statuses/{post}/{act}"))
                .await
                .error(404);
        }
        let follow = ben.api.act(&format!("{}/follow", ann.path())).await;
        assert!((400..500).contains(&follow.status), "{}", follow.shown());
        ben.api.toot("@ann do you hear me?").await;
        place.settle().await;
        let notices = ann
            .api
            .get("/api/v1/notifications?types[]=mention")
            .await
            .ok();
        assert_eq!(notices, json!([]), "no word from whom one blocks");
        let relation = ann
            .api
            .act(&format!("{}/unblock", ben.path()))
            .await
            .entity("Relationship");
        assert_eq!(relation["blocking"], false);
        ben.api
            .get(&format!("/api/v1/statuses/{post}"))
            .await
            .entity("Status");
    });
}

#[test]
fn pictures_are_made_new_and_tell_nothing_of_their_maker() {
    // F1, F3, F4
    run(async |place| {
        let ann = place.member("ann").await;
        let upload = async |bytes: Vec<u8>, name: &str, kind: &str| {
            let part = reqwest::multipart::Part::bytes(bytes)
                .file_name(name.to_owned())
                .mime_str(kind)
                .expect("a type");
            let form = reqwest::multipart::Form::new().part("avatar", part);
            let request = ann
                .api
                .request(Method::PATCH, "/api/v1/accounts/update_credentials")
                .multipart(form);
            ann.api.send(request).await
        };
        let me = upload(picture::jpeg_with_gps(), "me.jpg", "image/jpeg")
            .await
            .entity("CredentialAccount");
        let avatar = me["avatar"].as_str().expect("an address").to_owned();
        let file = place.stranger().get(&avatar).await.expect(200);
        assert!(
            file.header("content-type").starts_with("image/"),
            "{}",
            file.header("content-type")
        );
        assert!(
            file.header("content-security-policy")
                .contains("default-src 'none'")
        );
        assert_eq!(file.header("x-content-type-options"), "nosniff");
        for trace in [
            &b"Exif"[..],
            b"GPS",
            b"http://ns.adobe.com",
            picture::SECRET.as_bytes(),
        ] {
            assert!(
                !file.body.windows(trace.len()).any(|w| w == trace),
                "{:?} stays",
                String::from_utf8_lossy(trace)
            );
        }
        // It is what its bytes say, or nothing.
        let svg =
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec();
        upload(svg.clone(), "x.svg", "image/svg+xml")
            .await
            .error(422);
        upload(svg, "x.png", "image/png").await.error(422);
        upload(
            b"<html><script>alert(1)</script>".to_vec(),
            "x.gif",
            "image/gif",
        )
        .await
        .error(422);
        upload(picture::bomb(), "x.png", "image/png")
            .await
            .error(422);
        let me = ann
            .api
            .get("/api/v1/accounts/verify_credentials")
            .await
            .entity("CredentialAccount");
        assert_eq!(me["avatar"], json!(avatar), "what was there stays");
        // Names and paths of others are not to be guessed.
        for path in [
            "/media/../../etc/passwd",
            "/media/..%2f..%2fetc%2fpasswd",
            "/media/",
            "/media/aa/bb.png",
        ] {
            let answer = place.stranger().get(path).await;
            assert!(matches!(answer.status, 400 | 404), "{}", answer.shown());
        }
    });
}

#[test]
fn a_profile_that_is_too_long_is_refused_field_by_field() {
    // T15
    run(async |place| {
        let ann = place.member("ann").await;
        let path = "/api/v1/accounts/update_credentials";
        let long = json!({ "display_name": "x".repeat(200), "note": "y".repeat(10_000) });
        let error = ann.api.patch(path, long).await.error(422);
        assert!(
            error["details"]["display_name"].is_array() && error["details"]["note"].is_array(),
            "{error}"
        );
        let many: Vec<_> = (0..50)
            .map(|n| json!({ "name": n.to_string(), "value": "x" }))
            .collect();
        ann.api
            .patch(path, json!({ "fields_attributes": many }))
            .await
            .error(422);
        // X5: a line break in a name goes nowhere.
        let me = ann
            .api
            .patch(
                path,
                json!({ "display_name": "Ann\r\nBcc: x@y.example\u{202e}evil" }),
            )
            .await;
        let name = me.entity("CredentialAccount")["display_name"]
            .as_str()
            .expect("a name")
            .to_owned();
        assert!(!name.contains(['\r', '\n', '\u{202e}']), "{name:?}");
    });
}
