//! Everybody is written to in their language: mails, and the notice in the app.

use serde_json::json;

use crate::support::browser::Browser;
use crate::support::people::PASSWORD;
use crate::support::place::{Place, run};
use crate::support::routes;

use super::applying::fill;

/// Somebody who applied from an app that speaks `locale`; gives the token.
async fn applied_in(place: &Place, name: &str, locale: &str) -> String {
    let app = place.api(routes::app_token(place).await);
    let body = json!({
        "username": name, "email": format!("{name}@{name}.example"), "password": PASSWORD,
        "agreement": true, "locale": locale, "reason": "I like porches.",
    });
    let answer = app.post("/api/v1/accounts", body).await.entity("Token");
    answer["access_token"].as_str().expect("a token").to_owned()
}

async fn ask_for_a_password(place: &Place, browser: &Browser, address: &str) -> String {
    let page = browser.open("/password").await;
    let form = page.form("/password").set("email", address);
    browser.submit(form).await;
    place.mail_to(address).await.subject
}

#[test]
fn an_applicant_is_written_to_in_the_language_they_applied_in() {
    run(async |place| {
        for (name, locale, subject, lang) in [
            ("hana", "de-AT", "Bestätige deine Adresse", "de"),
            ("ravi", "en-GB", "Confirm your address", "en"),
            ("rosa", "pt-BR", "Confirm your address", "en"),
        ] {
            let token = applied_in(place, name, locale).await;
            let mail = place.mail_to(&format!("{name}@{name}.example")).await;
            assert!(mail.subject.starts_with(subject), "{}", mail.subject);
            let both = format!("<html lang=\"{lang}\">");
            assert!(mail.html.contains(&both), "{}", mail.html);
            let link = mail.link("/confirm");
            let browser = place.browser();
            let page = browser.open(&link).await;
            place.advance(chrono::TimeDelta::minutes(3));
            browser.submit(page.form("/confirm")).await;
            let home = place.api(token).get("/api/v1/timelines/home").await.ok();
            assert_eq!(home[0]["language"], lang, "{home}");
            let content = home[0]["content"].as_str().expect("words");
            assert_eq!(
                content.contains("Du bist auf der Veranda"),
                lang == "de",
                "{content}"
            );
        }
    });
}

#[test]
fn the_language_of_our_mails_is_chosen_in_the_settings() {
    run(async |place| {
        let olive = place.owner().await;
        let hana = place.applicant("hana").await;
        for person in [&olive, &hana] {
            let browser = place.signed_in(person).await;
            let page = browser.open("/settings/account").await;
            let form = page.form("/settings/language");
            assert_eq!(form.value("language"), "en");
            let wrong = browser.post(&form.clone().forge("language", "tlh")).await;
            assert_eq!(wrong.status, 422, "{}", wrong.shown());
            let page = browser.submit(form.set("language", "de")).await;
            assert_eq!(page.form("/settings/language").value("language"), "de");
            let told = ask_for_a_password(place, &place.browser(), &person.email).await;
            assert!(told.starts_with("Ein neues Passwort"), "{told}");
        }
        let home = hana.api.get("/api/v1/timelines/home").await.ok();
        assert_eq!(home[0]["language"], "de");
        // Whose own language meets the chosen one keeps it: posts and questions are in that.
        let set = "UPDATE users SET locale = 'de-AT' WHERE id = $1";
        place.sql(set, &[&olive.user]).await;
        let browser = place.signed_in(&olive).await;
        let page = browser.open("/settings/account").await;
        browser.submit(page.form("/settings/language")).await;
        let kept = "SELECT locale FROM users WHERE id = $1";
        let kept: String = place.sql(kept, &[&olive.user]).await[0].get(0);
        assert_eq!(kept, "de-AT");
    });
}

#[test]
fn the_form_its_errors_and_its_mail_are_in_a_language_that_the_browser_asks_for() {
    run(async |place| {
        place.owner().await;
        for (name, accepted) in [
            ("hana", "de-AT,de;q=0.9,en;q=0.8"),
            ("rosa", "fr, de;q=0.5"),
        ] {
            let mut browser = place.browser();
            browser.speaks = accepted.to_owned();
            let page = browser.open("/apply").await;
            page.says("Was führt dich her?")
                .hides("What brings you here?");
            place.advance(chrono::TimeDelta::seconds(30));
            let form = fill(&page, name, &format!("{name}@{name}.example"));
            let names = form.names();
            let asked = names.iter().find(|n| n.starts_with("answer_"));
            let asked = (*asked.expect("a question")).to_owned();
            let page = browser.submit(form.set(&asked, " ")).await;
            assert_eq!(page.status(), 422, "{}", page.answer.shown());
            page.says("“Was führt dich her?”")
                .hides("What brings you here?");
            place.advance(chrono::TimeDelta::seconds(30));
            let form = page.form("/apply").set("password", PASSWORD);
            browser.submit(form.set(&asked, "Brot.")).await;
            let mail = place.mail_to(&format!("{name}@{name}.example")).await;
            let subject = "Bestätige deine Adresse";
            assert!(mail.subject.starts_with(subject), "{}", mail.subject);
        }
        let kept = "SELECT locale FROM users WHERE username IN ('hana', 'rosa') ORDER BY username";
        let kept: Vec<String> = place
            .sql(kept, &[])
            .await
            .iter()
            .map(|r| r.get(0))
            .collect();
        assert_eq!(kept, ["de-AT", "de"]);
        // Apps that send no wish in words; on the instance stand the words of all languages.
        let stranger = place.stranger();
        let path = "/api/v1/instance/registration_form";
        let request = stranger.request(reqwest::Method::GET, path);
        let answer = stranger.send(request.header("Accept-Language", "de")).await;
        assert!(answer.header("vary").contains("Accept-Language"));
        for said in [answer, stranger.get("/api/v2/instance").await] {
            let said = said.ok().to_string();
            assert!(said.contains("Was führt dich her?"), "{said}");
        }
    });
}
