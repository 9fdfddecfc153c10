//! Uploads that nothing has: kept for a while, then swept.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;

use crate::support::api::id;
use crate::support::people::Person;
use crate::support::picture;
use crate::support::place::{Place, run};

async fn upload(person: &Person) -> String {
    let part = reqwest::multipart::Part::bytes(picture::png(40, 30))
        .file_name("a.png")
        .mime_str("image/png")
        .expect("a type");
    let form = reqwest::multipart::Form::new().part("file", part);
    let request = person.api.request(Method::POST, "/api/v2/media");
    id(&person
        .api
        .send(request.multipart(form))
        .await
        .entity("MediaAttachment"))
}

async fn swept(place: &Place) -> usize {
    porchlight::social::media::sweep(&place.app)
        .await
        .expect("a sweep")
}

#[test]
fn uploads_that_no_post_has_go_after_a_day_and_no_others() {
    run(async |place| {
        let ann = place.member("ann").await;
        let (loose, posted) = (upload(&ann).await, upload(&ann).await);
        let body = json!({ "status": "With a picture", "media_ids": [posted] });
        let post = id(&ann
            .api
            .post("/api/v1/statuses", body)
            .await
            .entity("Status"));
        assert_eq!(swept(place).await, 0, "too fresh");
        place.advance(TimeDelta::days(3));
        assert_eq!(swept(place).await, 1);
        ann.api
            .get(&format!("/api/v1/media/{loose}"))
            .await
            .error(404);
        let seen = ann
            .api
            .get(&format!("/api/v1/statuses/{post}"))
            .await
            .entity("Status");
        let url = seen["media_attachments"][0]["url"]
            .as_str()
            .expect("an address")
            .to_owned();
        place.stranger().get(&url).await.expect(200);

        // Deleted to be written anew: the picture is there for another day.
        ann.api
            .delete(&format!("/api/v1/statuses/{post}"))
            .await
            .ok();
        assert_eq!(swept(place).await, 0);
        let body = json!({ "status": "Better words", "media_ids": [posted] });
        let post = id(&ann
            .api
            .post("/api/v1/statuses", body)
            .await
            .entity("Status"));
        place.advance(TimeDelta::days(3));
        assert_eq!(swept(place).await, 0, "it has a post again");
        ann.api
            .delete(&format!("/api/v1/statuses/{post}"))
            .await
            .ok();
        assert_eq!(swept(place).await, 0);
        place.advance(TimeDelta::days(3));
        assert_eq!(swept(place).await, 1);
        place.stranger().get(&url).await.expect(404);
        place.settle().await;
    });
}

#[test]
fn a_restrained_account_uploads_so_much_a_day_and_hears_it() {
    // H12
    run(async |place| {
        // Somebody is home: otherwise all who are new here are held to it.
        place.owner().await;
        let ann = place.member("ann").await;
        upload(&ann).await;
        let all = "UPDATE media SET uploaded = 20 * 1024 * 1024";
        place.sql(all, &[]).await;
        upload(&ann).await;
        let attempt = async || {
            let part = reqwest::multipart::Part::bytes(picture::png(40, 30))
                .file_name("a.png")
                .mime_str("image/png")
                .expect("a type");
            let form = reqwest::multipart::Form::new().part("file", part);
            let request = ann.api.request(Method::POST, "/api/v2/media");
            ann.api.send(request.multipart(form)).await
        };
        // Limited, on probation, held.
        for flag in [1, 4, 64] {
            let restrain = format!("UPDATE accounts SET flags = {flag} WHERE username = 'ann'");
            place.sql(&restrain, &[]).await;
            let refused = attempt().await.error(422);
            let said = refused["error"].as_str().expect("a sentence");
            assert!(said.contains("can upload 20 MB a day"), "{said}");
        }
        assert_eq!(place.number("SELECT count(*) FROM media").await, 2);
        place.advance(TimeDelta::hours(25));
        attempt().await.entity("MediaAttachment");
    });
}
