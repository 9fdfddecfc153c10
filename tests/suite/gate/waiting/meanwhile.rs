//! What is told, corrected and taken along meanwhile.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::{MINE, ask_back, home};
use crate::support::picture;
use crate::support::place::run;

#[test]
fn a_putting_off_is_told_everywhere() {
    run(async |place| {
        place.owner().await;
        let hana = place.applicant("hana").await;
        let until = place.app.clock.now() + TimeDelta::days(14);
        let at = until.timestamp() as f64;
        place
            .sql(
                "UPDATE applications SET put_offs = 1, put_off_until = to_timestamp($1::float8)",
                &[&at],
            )
            .await;
        let words = until.format("%-d %B %Y").to_string();
        place
            .signed_in(&hana)
            .await
            .open("/waiting")
            .await
            .says("It was put off until");
        let notice = home(&hana).await[0]["content"]
            .as_str()
            .expect("text")
            .to_owned();
        assert!(notice.contains(&words), "{notice}");
        let told = hana.api.get(MINE).await.ok()["put_off_until"]
            .as_str()
            .expect("a time")
            .to_owned();
        assert!(
            told.starts_with(&until.format("%Y-%m-%d").to_string()),
            "{told}"
        );
        // It is over.
        place.advance(TimeDelta::days(15));
        place
            .signed_in(&hana)
            .await
            .open("/waiting")
            .await
            .hides("put off");
        assert_eq!(hana.api.get(MINE).await.ok()["put_off_until"], Value::Null);
    });
}

#[test]
fn the_address_is_corrected_while_waiting_and_the_old_one_holds_until_then() {
    run(async |place| {
        place.owner().await;
        let hana = place.applicant("hana").await;
        let browser = place.signed_in(&hana).await;
        let page = browser.open("/settings/account").await;
        let form = page
            .form("/settings/email")
            .set("email", "hana@right.example")
            .set("email_password", crate::support::people::PASSWORD);
        browser.submit(form).await;
        browser
            .open("/waiting")
            .await
            .says("hana@right.example")
            .says("hana@hana.example");
        let link = place
            .mail_to("hana@right.example")
            .await
            .link("/settings/email");
        let path = link.strip_prefix(&place.origin).unwrap_or(&link).to_owned();
        let page = browser.open(&path).await;
        assert_eq!(
            place
                .number("SELECT count(*) FROM users WHERE email = 'hana@hana.example'")
                .await,
            1,
            "a link that is opened changes nothing"
        );
        browser.submit(page.form("/settings/email")).await;
        assert_eq!(
            place
                .number("SELECT count(*) FROM users WHERE email = 'hana@right.example'")
                .await,
            1
        );
        assert_eq!(
            place
                .number("SELECT count(*) FROM applications WHERE mail_domain = 'right.example'")
                .await,
            1,
            "staff see the domain that it is now"
        );
    });
}

#[test]
fn one_archive_holds_all_that_an_applicant_gave() {
    // H10
    run(async |place| {
        place.owner().await;
        let hana = place.applicant("hana").await;
        let part = reqwest::multipart::Part::bytes(picture::png(60, 60))
            .file_name("a.png")
            .mime_str("image/png")
            .expect("a type");
        let form = reqwest::multipart::Form::new()
            .part("avatar", part)
            .text("note", "I bake");
        let request = hana
            .api
            .request(Method::PATCH, "/api/v1/accounts/update_credentials")
            .multipart(form);
        hana.api.send(request).await.entity("CredentialAccount");
        hana.api
            .post("/api/v1/statuses", json!({ "status": "A first loaf" }))
            .await
            .entity("Status");
        ask_back(place, &hana, "Which oven?").await;
        hana.api
            .post(
                &format!("{MINE}/answer"),
                json!({ "text": "The stone one" }),
            )
            .await
            .ok();
        place
            .sql(
                "INSERT INTO application_messages (application_id, kind, body, created_at) \
                  SELECT id, 2, 'smells of yeast', submitted_at FROM applications",
                &[],
            )
            .await;
        let answer = hana.api.get(&format!("{MINE}/export")).await.expect(200);
        assert_eq!(answer.header("content-type"), "application/zip");
        let bytes = answer.body.clone();
        let text = String::from_utf8_lossy(&bytes);
        for there in [
            "application.json",
            "I am hana",
            "I bake",
            "A first loaf",
            "Which oven?",
            "The stone one",
            "hana@hana.example",
        ] {
            assert!(text.contains(there), "{there}");
        }
        assert!(!text.contains("smells of yeast"), "notes are staff's");
        assert_eq!(text.matches("PK\u{3}\u{4}pictures/").count(), 0);
        assert!(text.contains("pictures/"), "the avatar is in it");
        let browser = place.signed_in(&hana).await;
        let page = browser
            .fetch(Method::GET, "/waiting/export")
            .await
            .expect(200);
        assert!(
            page.header("content-disposition")
                .contains("application.zip")
        );
        // A member's is another.
        let ann = place.member("ann").await;
        ann.api.get(&format!("{MINE}/export")).await.error(404);
    });
}
