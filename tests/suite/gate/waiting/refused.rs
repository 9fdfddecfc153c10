//! What a no says and does not say.

use chrono::TimeDelta;
use porchlight::gate::applications::expire;
use reqwest::Method;
use serde_json::json;

use super::{MINE, ask_back, field, refuse, staff_mail_goes, state};
use crate::support::browser::Page;
use crate::support::people::Person;
use crate::support::place::run;
use crate::support::routes;

/// Everything that a page says, without names and chance.
fn bare(page: &Page, person: &Person) -> String {
    let text = routes::without_chance(&page.answer.text());
    let person_s = [
        person.id.clone(),
        person.user.to_string(),
        person.name.clone(),
    ];
    let text = person_s
        .iter()
        .fold(text, |text, word| text.replace(word, "WHO"));
    let paths =
        regex::Regex::new(r"/private/[^\x22]*|draft-[0-9]+|/drafts/[0-9]+|datetime=\x22[^\x22]*")
            .expect("a pattern");
    paths.replace_all(&text, "PATH").into_owned()
}

#[test]
fn after_a_silent_no_nothing_tells() {
    run(async |place| {
        let owner = place.owner().await;
        let (dan, eve) = (place.applicant("dan").await, place.applicant("eve").await);
        let (two, one) = (place.signed_in(&dan).await, place.signed_in(&eve).await);
        for person in [&dan, &eve] {
            ask_back(place, person, "Which end?").await;
        }
        refuse(place, &owner, &dan, false, "A bot").await;
        place.settle().await;
        let mails = place.mails().len();
        dan.api.get(MINE).await.error(401);
        place.advance(TimeDelta::hours(1));
        // The same deeds, the same answers.
        for step in 0..6 {
            let mut told = Vec::new();
            for (browser, person) in [(&two, &dan), (&one, &eve)] {
                let page = match step {
                    0 => browser.open("/waiting").await,
                    1 => {
                        let page = browser.open("/waiting/answers").await;
                        let name = field(&page);
                        let form = page.form("/waiting/answers").set(&name, "Once more");
                        browser.submit(form).await
                    }
                    2 => {
                        let page = browser.open("/waiting").await;
                        let form = page.form("/waiting/answer").set("reply", "The upper end");
                        browser.submit(form).await
                    }
                    3 => {
                        let page = browser.open("/waiting/profile").await;
                        browser
                            .submit(page.form("/waiting/profile").set("note", "Here"))
                            .await
                    }
                    4 => {
                        let page = browser.open("/waiting").await;
                        browser
                            .submit(page.form("/drafts").set("text", "A draft"))
                            .await
                    }
                    _ => browser.open("/waiting/answers").await,
                };
                assert_eq!(page.status(), 200, "step {step}: {}", page.answer.shown());
                told.push((
                    page.path
                        .split(['#', '?'])
                        .next()
                        .unwrap_or_default()
                        .to_owned(),
                    bare(&page, person),
                ));
            }
            assert_eq!(told[0], told[1], "step {step}");
        }
        let export = two.fetch(Method::GET, "/waiting/export").await.expect(200);
        let text = String::from_utf8_lossy(&export.body).into_owned();
        assert!(
            text.contains("\"state\": \"pending\"") && text.contains("\"decided_at\": null"),
            "{text}"
        );
        assert!(!text.contains("A bot"));
        staff_mail_goes(place).await;
        assert!(place.mails()[mails..].iter().all(|m| m.to != dan.email));
        assert_eq!(
            place
                .number("SELECT count(*) FROM applications WHERE state = 4")
                .await,
            1
        );
        // A new sign-in finds the same; no app is let in.
        place
            .signed_in(&dan)
            .await
            .open("/waiting")
            .await
            .says("You are on the porch");
        // Then it is erased, and the name was never there.
        place.advance(TimeDelta::days(14));
        expire::run(&place.app).await.expect("it runs");
        assert_eq!(
            place
                .number("SELECT count(*) FROM users WHERE username = 'dan'")
                .await,
            0
        );
        let page = two.visit("/waiting").await;
        assert_eq!(page.path.split('?').next(), Some("/sign-in"));
    });
}

#[test]
fn who_is_not_confirmed_cannot_have_letters_written_to_address_after_address() {
    // T2
    run(async |place| {
        // Days are counted from midnight: none must come in between.
        let now = place.app.clock.now();
        let early = (now + TimeDelta::days(1))
            .date_naive()
            .and_hms_opt(0, 30, 0);
        place.advance(early.expect("a time").and_utc() - now);
        place.owner().await;
        let una = place.unconfirmed("una").await;
        let browser = place.signed_in(&una).await;
        let mut answers = Vec::new();
        for n in 0..14 {
            let form = browser.open("/waiting").await.form("/waiting/email");
            let form = form.set("email", &format!("una@target{n}.example"));
            answers.push(browser.post(&form).await.status);
            place.settle().await;
            place.advance(TimeDelta::minutes(10));
        }
        assert_eq!(answers[..10], [303; 10], "{answers:?}");
        assert_eq!(answers[13], 429, "{answers:?}");
        let to = |m: &&crate::support::mail::Mail| m.to.contains("@target");
        assert_eq!(place.mails().iter().filter(to).count(), 10);
        // Nor a letter to the same one again and again.
        place.advance(TimeDelta::days(1));
        for _ in 0..14 {
            let form = browser.open("/waiting").await.form("/waiting/resend");
            browser.post(&form).await;
            place.settle().await;
            place.advance(TimeDelta::minutes(10));
        }
        let to = |m: &&crate::support::mail::Mail| m.to == "una@target9.example";
        let again = place.mails().iter().filter(to).count();
        assert!((2..=6).contains(&again), "{again}");
    });
}

#[test]
fn a_silent_no_before_the_address_was_confirmed_tells_nothing_either() {
    // H5
    run(async |place| {
        let owner = place.owner().await;
        let una = place.unconfirmed("una").await;
        let link = place.mail_to(&una.email).await.link("/confirm");
        refuse(
            place,
            &owner,
            &una,
            true,
            "Not told, whatever the desk said",
        )
        .await;
        place.settle().await;
        let browser = place.signed_in(&una).await;
        let page = browser.open("/waiting").await;
        page.says("One step is left").hides("Not told");
        let mails = place.mails().len();
        place.advance(TimeDelta::minutes(30));
        browser
            .submit(page.form("/waiting/resend"))
            .await
            .says("on its way");
        place.settle().await;
        assert_eq!(place.mails().len(), mails + 1);
        let newest = place.mail_to(&una.email).await.link("/confirm");
        assert_ne!(newest, link);
        let path = newest
            .strip_prefix(&place.origin)
            .unwrap_or(&newest)
            .to_owned();
        let page = browser.open(&path).await;
        browser
            .submit(page.form("/confirm"))
            .await
            .says("You are on the porch");
        assert_eq!(state(place, &una).await, 4, "and nothing has changed");
        place.settle().await;
        assert!(
            place.mails().iter().all(|m| m.to != owner.email),
            "staff hear nothing"
        );
        // It stays as long as others after a no.
        place.advance(TimeDelta::days(13));
        expire::run(&place.app).await.expect("it runs");
        assert_eq!(state(place, &una).await, 4);

        // Who never confirms goes when they would have gone.
        let ola = place.unconfirmed("ola").await;
        refuse(place, &owner, &ola, false, "").await;
        place.advance(TimeDelta::hours(47));
        expire::run(&place.app).await.expect("it runs");
        assert_eq!(
            place
                .number("SELECT count(*) FROM users WHERE username = 'ola'")
                .await,
            1
        );
        place.advance(TimeDelta::hours(2));
        expire::run(&place.app).await.expect("it runs");
        assert_eq!(
            place
                .number("SELECT count(*) FROM users WHERE username = 'ola'")
                .await,
            0
        );
    });
}

#[test]
fn a_no_that_is_told_can_be_read_taken_along_and_appealed_once() {
    run(async |place| {
        let owner = place.owner().await;
        let hana = place.applicant("hana").await;
        let early = place.signed_in(&hana).await;
        refuse(place, &owner, &hana, true, "Too many bakers.").await;
        place.settle().await;
        hana.api.get(MINE).await.error(401);
        for browser in [early, place.signed_in(&hana).await] {
            browser
                .open("/waiting")
                .await
                .says("Too many bakers.")
                .says("We said no this time");
            for path in ["/waiting/profile", "/waiting/answers", "/drafts", "/home"] {
                let page = browser.visit(path).await;
                assert!(
                    page.path == "/waiting" || page.status() == 403,
                    "{path}: {}",
                    page.path
                );
            }
            let zip = browser
                .fetch(Method::GET, "/waiting/export")
                .await
                .expect(200);
            let text = String::from_utf8_lossy(&zip.body).into_owned();
            assert!(text.contains("Too many bakers.") && text.contains("I am hana"));
        }
        let browser = place.signed_in(&hana).await;
        let page = browser.open("/waiting").await;
        let empty = browser
            .submit(page.form("/waiting/appeal").set("appeal", " "))
            .await;
        assert_eq!(empty.status(), 422);
        place.advance(TimeDelta::days(13));
        let mails = place.mails().len();
        let page = browser
            .submit(page.form("/waiting/appeal").set("appeal", "I am no baker."))
            .await;
        page.says("You are on the porch")
            .says("I am no baker.")
            .says("with your appeal");
        assert_eq!(state(place, &hana).await, 1);
        assert_eq!(
            place.number("SELECT count(*) FROM applications WHERE appealed_at IS NOT NULL AND erase_at IS NULL").await,
            1
        );
        staff_mail_goes(place).await;
        assert!(
            place.mails()[mails..].iter().any(|m| m.to == owner.email),
            "marked, and told"
        );
        // It is not erased meanwhile, and may be written in again.
        place.advance(TimeDelta::days(3));
        expire::run(&place.app).await.expect("it runs");
        browser.open("/waiting/profile").await;
        // A second no is the last.
        refuse(place, &owner, &hana, true, "Still no.").await;
        let page = browser.open("/waiting").await;
        page.says("Still no.").says("This is where it ends");
        assert!(!page.has_form("/waiting/appeal"));
        let forged = page.form("/sign-out").forge("appeal", "Again");
        let csrf = forged.value("csrf").to_owned();
        let answer = browser
            .send(
                browser
                    .request(Method::POST, "/waiting/appeal")
                    .form(&[("csrf", csrf.as_str()), ("appeal", "Again")]),
            )
            .await;
        assert_eq!(answer.status, 403, "{}", answer.shown());
        // Erase now.
        let page = browser.open("/waiting/withdraw").await;
        browser.submit(page.form("/waiting/withdraw")).await;
        assert_eq!(
            place
                .number("SELECT count(*) FROM users WHERE username = 'hana'")
                .await,
            0
        );
        assert_eq!(
            place.number("SELECT count(*) FROM decision_memory").await,
            place
                .number("SELECT count(*) FROM decision_memory WHERE until > decided_at")
                .await
        );
        assert!(
            place.number("SELECT count(*) FROM decision_memory").await >= 2,
            "hashes stay for 90 days"
        );
    });
}

#[test]
fn after_a_silent_no_no_app_is_let_in_and_nothing_says_why() {
    // T7
    run(async |place| {
        let owner = place.owner().await;
        let hana = place.applicant("hana").await;
        let body = json!({
            "client_name": "An app", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read",
        });
        let app = place.stranger().post("/api/v1/apps", body).await.ok();
        let wish = format!(
            "/oauth/authorize?response_type=code&client_id={}&scope=read\
             &redirect_uri=urn%3Aietf%3Awg%3Aoauth%3A2.0%3Aoob",
            app["client_id"].as_str().expect("an id")
        );
        let browser = place.signed_in(&hana).await;
        let asked = browser.open(&wish).await;
        refuse(place, &owner, &hana, false, "").await;
        let answer = browser
            .post(&asked.form("/oauth/authorize").press("Allow"))
            .await;
        assert_eq!(answer.status, 403, "{}", answer.shown());
        let words = answer.text();
        assert!(
            words.contains("another day") && !words.contains("refused"),
            "{words}"
        );
        assert_eq!(place.number("SELECT count(*) FROM oauth_codes").await, 0);
    });
}
