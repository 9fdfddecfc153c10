//! Webhooks: what is told, to whom, how it is signed, and what never is.

use chrono::TimeDelta;
use porchlight::domain::role::Role;
use porchlight::secrets::webhook;
use serde_json::json;

use crate::support::peer::Page;
use crate::support::people::Person;
use crate::support::place::{Place, Setup, run};

/// Adds a webhook at the first peer; gives its secret.
async fn add(place: &Place, who: &Person, template: &str, events: &[&str]) -> String {
    let browser = place.signed_in(who).await;
    let mut form = browser.open("/desk/webhooks").await.form("/desk/webhooks");
    for event in events {
        form = form.tick("events[]", event);
    }
    let address = place.peer("alpha").url("/hook");
    let page = browser
        .submit(form.set("address", &address).set("template", template))
        .await;
    let at = page.answer.text();
    let at = at.split("code-out\">").nth(1).expect("a secret is shown");
    at.split('<').next().expect("it ends").to_owned()
}

#[test]
fn a_webhook_hears_of_applications_and_decisions_signed_and_without_secrets() {
    Setup::federated().run(async |place| {
        let olive = place.owner().await;
        let alpha = place.peer("alpha");
        alpha.answer("/hook", |_| Page::status(200));
        let all = ["application.received", "application.decided"];
        let secret = add(place, &olive, "", &all).await;
        let hana = place.applicant("hana").await;
        place.settle().await;
        let asked: Vec<_> = heard(place);
        assert_eq!(asked.len(), 1, "{asked:?}");
        let told = asked[0].json();
        assert_eq!(told["event"], "application.received");
        assert_eq!(told["text"], "hana would like to join.");
        let id = place.application_of(&hana).await;
        assert!(
            told["url"]
                .as_str()
                .unwrap()
                .ends_with(&format!("/desk/applications/{id}"))
        );
        let signed = webhook::signature(secret.as_bytes(), &asked[0].body);
        assert_eq!(asked[0].header("x-hub-signature"), signed);
        let text = String::from_utf8_lossy(&asked[0].body).into_owned();
        for never in [&hana.email, "I am hana", "81.", "hana.example"] {
            assert!(!text.contains(never), "{never} in {text}");
        }
        let browser = place.signed_in(&olive).await;
        let card = format!("/desk/applications/{id}");
        let form = browser.open(&card).await.form(&format!("{card}/reject"));
        browser
            .submit(form.set("message", "A word in private"))
            .await;
        place.settle().await;
        let told = heard(place)[1].json();
        assert_eq!(told["text"], "hana was turned down by olive.");
        assert!(!told.to_string().contains("private"));
        // The page says how it ended, and neither secret nor address of it stands in the log.
        browser
            .open("/desk/webhooks")
            .await
            .says("It was taken (200).");
        let log = place
            .sql(
                "SELECT coalesce(string_agg(detail::text, ' '), '') FROM audit_log",
                &[],
            )
            .await;
        let log: String = log[0].get(0);
        assert!(!log.contains("/hook") && !log.contains(&secret), "{log}");
        let kept = place.sql("SELECT secret FROM webhooks", &[]).await;
        assert_ne!(kept[0].get::<_, String>(0), secret, "sealed at rest");
    });
}

fn heard(place: &Place) -> Vec<crate::support::peer::Asked> {
    let asked = place.peer("alpha").asked();
    asked.into_iter().filter(|a| a.path == "/hook").collect()
}

#[test]
fn a_webhook_that_fails_is_tried_again_and_given_up_without_harm() {
    Setup::federated().run(async |place| {
        let olive = place.owner().await;
        place.peer("alpha").answer("/hook", |_| Page::status(503));
        add(place, &olive, "{\"text\": \"{{text}}\"}", &["report.made"]).await;
        let (ann, bob) = (place.member("ann").await, place.member("bob").await);
        let body = json!({ "account_id": bob.id, "comment": "Rude" });
        ann.api.post("/api/v1/reports", body).await.ok();
        for tries in 1..=6 {
            place.settle().await;
            assert_eq!(heard(place).len(), tries);
            place.advance(TimeDelta::minutes(626));
        }
        place.settle().await;
        assert_eq!(heard(place).len(), 6, "then it is forgotten");
        let told = heard(place)[0].json();
        assert_eq!(told, json!({ "text": "A member made a report." }));
        let browser = place.signed_in(&olive).await;
        let page = browser.open("/desk/webhooks").await;
        page.says("It answered 503.");
        // A test says at once how it ended, and is not tried again.
        place.peer("alpha").answer("/hook", |_| Page::status(204));
        browser.submit(page.form("/desk/webhooks/test")).await;
        place.settle().await;
        let page = browser.open("/desk/webhooks").await;
        browser.submit(page.form("/desk/webhooks/delete")).await;
        assert_eq!(place.number("SELECT count(*) FROM webhooks").await, 0);
    });
}

#[test]
fn webhooks_are_for_admins_and_go_where_the_guarded_client_goes() {
    // T14, N3
    run(async |place| {
        let olive = place.owner().await;
        let mo = place.staff("mo", Role::Moderator).await;
        let browser = place.signed_in(&mo).await;
        assert_eq!(browser.visit("/desk/webhooks").await.status(), 404);
        let browser = place.signed_in(&olive).await;
        let form = browser.open("/desk/webhooks").await.form("/desk/webhooks");
        let form = form.tick("events[]", "door.changed");
        for (address, template) in [
            ("ftp://chat.example/x", ""),
            ("https://user:pass@chat.example/x", ""),
            ("nonsense", ""),
            ("https://chat.example/x", "{\"text\": {{text}}}"),
            ("https://chat.example/x", "no json {{text}}"),
        ] {
            let form = form
                .clone()
                .set("address", address)
                .set("template", template);
            let answer = browser.post(&form).await;
            assert_eq!(answer.status, 422, "{address} {template}");
        }
        let form = form.set("address", "https://127.0.0.1/x");
        browser.submit(form).await;
        let page = browser.open("/desk/webhooks").await;
        browser.submit(page.form("/desk/webhooks/test")).await;
        place.settle().await;
        browser.open("/desk/webhooks").await.hides("It was taken");
    });
}
