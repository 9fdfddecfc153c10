//! A yes that is taken back loses nothing that was posted meanwhile.

use porchlight::domain::role::Role;
use serde_json::{Value, json};

use crate::support::api::{Api, id};
use crate::support::picture;
use crate::support::place::run;

/// A picture as an app uploads it; gives its id.
async fn upload(api: &Api, words: &str) -> String {
    let part = reqwest::multipart::Part::bytes(picture::png(120, 60))
        .file_name("a.png")
        .mime_str("image/png")
        .expect("a type");
    let form = reqwest::multipart::Form::new()
        .part("file", part)
        .text("description", words.to_owned())
        .text("focus", "0.5,-0.5");
    let request = api.request(reqwest::Method::POST, "/api/v2/media");
    id(&api.send(request.multipart(form)).await.ok())
}

/// The path of the first picture.
fn url(status: &Value) -> String {
    let url = status["media_attachments"][0]["url"].as_str();
    url.expect("an address").to_owned()
}

#[test]
fn pictures_of_posts_come_back_with_the_drafts_and_are_private_again() {
    run(async |place| {
        let mo = place.staff("mo", Role::Moderator).await;
        let hana = place.applicant("hana").await;
        let browser = place.signed_in(&mo).await;
        let card = format!("/desk/applications/{}", place.application_of(&hana).await);
        let submit = async |act: &str| {
            let page = browser.open(&card).await;
            let page = browser.submit(page.form(&format!("{card}/{act}"))).await;
            assert_eq!(page.status(), 200, "{}", page.answer.shown());
            place.settle().await;
        };
        submit("approve").await;
        let (hill, lake) = (
            upload(&hana.api, "A hill").await,
            upload(&hana.api, "A lake").await,
        );
        let two = json!({ "status": "My walk", "media_ids": [hill, lake] });
        let walk = hana
            .api
            .post("/api/v1/statuses", two)
            .await
            .entity("Status");
        let sky = upload(&hana.api, "The sky").await;
        let bare = json!({ "status": "", "media_ids": [sky] });
        hana.api
            .post("/api/v1/statuses", bare)
            .await
            .entity("Status");
        let public = url(&walk);
        place.stranger().get(&public).await.expect(200);
        submit("undo").await;
        place.stranger().get(&public).await.expect(404);
        assert_eq!(place.number("SELECT count(*) FROM media").await, 0);
        let home = hana.api.get("/api/v1/timelines/home").await;
        let home = home.entity("[Status]");
        let words = |status: &Value| -> Vec<String> {
            let media = status["media_attachments"].as_array().expect("a list");
            media
                .iter()
                .map(|m| m["description"].as_str().expect("words").to_owned())
                .collect()
        };
        let drafts: Vec<&Value> = home
            .as_array()
            .expect("a list")
            .iter()
            .filter(|status| status["draft"] == true)
            .collect();
        let all: Vec<Vec<String>> = drafts.iter().map(|draft| words(draft)).collect();
        assert!(
            all.contains(&vec!["A hill".into(), "A lake".into()]),
            "{all:?}"
        );
        assert!(all.contains(&vec!["The sky".into()]), "{all:?}");
        let walk = drafts
            .iter()
            .find(|draft| words(draft).len() == 2)
            .expect("the walk");
        assert_eq!(walk["media_attachments"][0]["meta"]["focus"]["x"], 0.5);
        let private = url(walk);
        assert!(private.contains("/private/"), "{private}");
        place.stranger().get(&private).await.expect(200);
        let bare = private.split('?').next().expect("a path");
        place.stranger().get(bare).await.expect(404);
        // Both stay when its words change, though a draft on the porch begins with one.
        let path = format!("/api/v1/statuses/{}", id(walk));
        let source = hana.api.get(&path).await.entity("Status");
        let ids: Vec<&Value> = source["media_attachments"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|media| &media["id"])
            .collect();
        let edit = json!({ "status": "My long walk", "media_ids": ids });
        let edited = hana.api.put(&path, edit).await.entity("Status");
        assert_eq!(words(&edited), ["A hill", "A lake"]);
    });
}
