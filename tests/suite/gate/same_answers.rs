//! Pages and apps are answered alike: who stands in line, which names and addresses are taken,
//! how many may come from one network.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::applying::{apply, form};
use super::door::crowd;
use crate::support::answer::Answer;
use crate::support::api::Api;
use crate::support::people::PASSWORD;
use crate::support::place::{Place, run};
use crate::support::routes::app_token;

/// Somebody applies by an app.
async fn sign_up(app: &Api, name: &str, email: &str) -> Answer {
    let body = json!({
        "username": name, "email": email, "password": PASSWORD, "agreement": true,
        "locale": "en", "reason": "Because of the porch.",
    });
    app.post("/api/v1/accounts", body).await
}

/// Follows the link of the newest mail to an address.
async fn confirm(place: &Place, email: &str) {
    let link = place.mail_to(email).await.link("/confirm");
    let browser = place.browser();
    let page = browser.open(&link).await;
    browser.submit(page.form("/confirm")).await;
}

#[test]
fn whoever_comes_when_the_queue_is_full_stands_in_line_by_whatever_door() {
    // C0
    run(async |place| {
        place.owner().await;
        let app = place.api(app_token(place).await);
        crowd(place, 80, "192.0.2.0/32").await;
        assert_eq!(
            apply(place, "cleo", "cleo@cleo.example").await.status(),
            200
        );
        sign_up(&app, "dora", "dora@dora.example").await.expect(200);
        for name in ["cleo", "dora"] {
            confirm(place, &format!("{name}@{name}.example")).await;
            let lane = "SELECT a.lane FROM applications a JOIN users u ON u.id = a.user_id WHERE u.username = $1";
            let lane: i16 = place.sql(lane, &[&name]).await[0].get(0);
            assert_eq!(lane, 2, "{name}");
            let browser = place.browser();
            let page = browser.open("/sign-in").await;
            let form = page.form("/sign-in").set("login", name);
            browser.post(&form.set("password", PASSWORD)).await;
            browser.open("/waiting").await.says("you stand in line");
        }
    });
}

#[test]
fn the_name_of_a_member_who_left_is_never_free_by_form_or_app() {
    // H9
    run(async |place| {
        place.owner().await;
        let ann = place.member("ann").await;
        ann.api.toot("I was here").await;
        let browser = place.signed_in(&ann).await;
        let page = browser.open("/settings/delete").await;
        let form = page.form("/settings/delete").set("password", PASSWORD);
        browser.submit(form.set("sure", "1")).await;
        place.settle().await;
        // The names of applicants are free by then.
        place.advance(TimeDelta::days(9));
        porchlight::jobs::timers::tick(&place.app).await;
        place.settle().await;
        let app = place.api(app_token(place).await);
        let mut said = Vec::new();
        for name in ["ann", "Ann", "postmaster"] {
            let email = format!("{}@other.example", name.to_lowercase());
            let page = apply(place, name, &email).await;
            assert_eq!(page.status(), 422, "{name}: {}", page.answer.shown());
            let words = page.by_id("username-error").expect("an error").text.clone();
            let error = sign_up(&app, name, &email).await.error(422);
            let trouble = &error["details"]["username"][0];
            assert_eq!(trouble["error"], "ERR_TAKEN", "{error}");
            said.push((words, trouble["description"].clone()));
        }
        said.dedup();
        assert_eq!(said.len(), 1, "{said:?}");
    });
}

#[test]
fn an_app_learns_no_more_of_a_known_address_than_of_a_new_one() {
    // T1
    run(async |place| {
        place.owner().await;
        let ann = place.member("ann").await;
        let app = place.api(app_token(place).await);
        let mut seen = Vec::new();
        for (name, email) in [
            ("newone", "newone@new.example"),
            ("second", ann.email.as_str()),
        ] {
            let answer = sign_up(&app, name, email).await;
            let status = answer.status;
            let token = answer.entity("Token");
            let keys: Vec<String> = token
                .as_object()
                .expect("an object")
                .keys()
                .cloned()
                .collect();
            let own = place.api(token["access_token"].as_str().expect("a token"));
            let plain = |answer: &Answer| {
                let mut json = answer.json();
                if let Some(at) = json.pointer_mut("/application/submitted_at") {
                    *at = Value::Null;
                }
                let text = json.to_string().replace(name, "NAME");
                (answer.status, text.replace(email, "ADDRESS"))
            };
            let me = own.get("/api/v1/accounts/verify_credentials").await;
            let home = own.get("/api/v1/timelines/home").await;
            place.settle().await;
            // Asked for again, too.
            place.advance(TimeDelta::minutes(30));
            let again = own.post("/api/v1/emails/confirmations", json!({})).await;
            seen.push((status, keys, plain(&me), plain(&home), plain(&again)));
        }
        assert_eq!(seen[0], seen[1]);
        let mail = place.mail_to(&ann.email).await;
        assert!(
            mail.text.contains("already belongs to somebody here")
                && !mail.text.contains("/confirm"),
            "{}",
            mail.text
        );
        let sent = place.mails();
        let to_ann = sent.iter().filter(|m| m.to == ann.email);
        assert!(to_ann.clone().all(|m| !m.text.contains("/confirm")));
    });
}

#[test]
fn fifteen_of_one_neighbourhood_in_half_an_hour_and_no_sixteenth() {
    // T13
    run(async |place| {
        place.owner().await;
        let come = async |n: u32, from: &str| -> u16 {
            let mut browser = place.browser();
            from.clone_into(&mut browser.from);
            let name = format!("guest{n}");
            let form = form(place, &browser, &name, &format!("{name}@{name}.example")).await;
            browser.submit(form).await.status()
        };
        for n in 0..15 {
            let from = format!("81.9.9.{}", n / 5);
            assert_eq!(come(n, &from).await, 200, "{n}");
        }
        assert_eq!(
            come(15, "81.9.9.77").await,
            429,
            "the /24 has had its share"
        );
        let mut app = place.api(app_token(place).await);
        "81.9.9.78".clone_into(&mut app.from);
        let refused = sign_up(&app, "guest16", "guest16@guest16.example").await;
        assert_ne!(refused.header("retry-after"), "");
        let refused: Value = refused.error(429);
        assert!(refused["error"].is_string(), "{refused}");
        assert_eq!(
            come(17, "81.9.10.77").await,
            200,
            "the one beside it has its own"
        );
    });
}
