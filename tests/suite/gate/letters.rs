//! Each step of an application has its mail, and nobody gets one who should not.

use chrono::TimeDelta;
use porchlight::gate::applications::expire;

use super::waiting::refuse;
use crate::support::browser::Browser;
use crate::support::mail::Mail;
use crate::support::people::{PASSWORD, Person};
use crate::support::place::{Place, run};

async fn card_path(place: &Place, person: &Person) -> String {
    format!("/desk/applications/{}", place.application_of(person).await)
}

async fn submit(browser: &Browser, path: &str, action: &str, fields: &[(&str, &str)]) {
    let page = browser.open(path).await;
    let mut form = page.form(&format!("{path}/{action}"));
    for (name, value) in fields {
        form = form.set(name, value);
    }
    let page = browser.submit(form).await;
    assert!(page.status() < 400, "{}", page.answer.shown());
}

/// What time did, now.
async fn time_passes(place: &Place, by: TimeDelta) {
    place.advance(by + TimeDelta::minutes(1));
    for _ in 0..2 {
        expire::run(&place.app).await.expect("it runs");
    }
    place.settle().await;
}

async fn subjects(place: &Place, address: &str) -> Vec<String> {
    place.settle().await;
    let mails: Vec<Mail> = place.mails();
    mails
        .into_iter()
        .filter(|mail| mail.to == address)
        .map(|mail| mail.subject)
        .collect()
}

#[test]
fn who_waits_in_vain_is_told_at_each_step_once() {
    run(async |place| {
        let hana = place.applicant("hana").await;
        let mail = place.mail_to(&hana.email).await;
        assert!(mail.subject.contains("has arrived"), "{}", mail.subject);
        assert!(mail.text.contains("no machine does"), "{}", mail.text);
        time_passes(place, TimeDelta::days(21)).await;
        time_passes(place, TimeDelta::days(3)).await;
        time_passes(place, TimeDelta::days(3)).await;
        let mail = place.mail_to(&hana.email).await;
        assert!(mail.text.contains("nobody has decided"), "{}", mail.text);
        time_passes(place, TimeDelta::days(1)).await;
        time_passes(place, TimeDelta::days(2)).await;
        let mail = place.mail_to(&hana.email).await;
        assert!(
            mail.text.contains("That was not your doing"),
            "{}",
            mail.text
        );
        let told = subjects(place, &hana.email).await;
        let told: Vec<&str> = told
            .iter()
            .map(|subject| {
                subject
                    .rsplit("Porchlight")
                    .next()
                    .unwrap_or_default()
                    .trim()
            })
            .collect();
        let steps = [
            "",
            "has arrived",
            "still waits",
            "ends in 3 days",
            "has ended",
        ];
        assert_eq!(told, steps);
    });
}

#[test]
fn who_does_not_answer_is_warned_before_it_ends() {
    run(async |place| {
        let olive = place.owner().await;
        let hana = place.applicant("hana").await;
        place.settle().await;
        let browser = place.signed_in(&olive).await;
        let card = card_path(place, &hana).await;
        submit(&browser, &card, "ask", &[("message", "Which lane?")]).await;
        time_passes(place, TimeDelta::days(11)).await;
        let mail = place.mail_to(&hana.email).await;
        assert!(mail.subject.contains("ends in 3 days"), "{}", mail.subject);
        assert!(mail.text.contains("waits for your answer"), "{}", mail.text);
        time_passes(place, TimeDelta::days(3)).await;
        let mail = place.mail_to(&hana.email).await;
        assert!(mail.text.contains("None came"), "{}", mail.text);
        let told = subjects(place, &hana.email).await;
        assert_eq!(told.len(), 5, "{told:?}");
    });
}

#[test]
fn an_answer_and_an_appeal_are_told_to_both_sides() {
    run(async |place| {
        let olive = place.owner().await;
        let hana = place.applicant("hana").await;
        place.settle().await;
        place.advance(TimeDelta::hours(2));
        // The news of the application are on their way before those of the answer come.
        place.settle().await;
        let browser = place.signed_in(&olive).await;
        let card = card_path(place, &hana).await;
        submit(&browser, &card, "ask", &[("message", "Which lane?")]).await;
        let theirs = place.signed_in(&hana).await;
        let page = theirs.open("/waiting").await;
        theirs
            .submit(page.form("/waiting/answer").set("reply", "The long one."))
            .await;
        place.settle().await;
        place.advance(TimeDelta::hours(2));
        let mail = place.mail_to(&olive.email).await;
        assert_eq!(mail.subject, "hana has answered");
        assert!(!mail.text.contains("long one"), "no answers in mails (H10)");
        assert!(mail.html.is_empty(), "plain text to staff");
        submit(&browser, &card, "reject", &[("message", "Not now.")]).await;
        let mail = place.mail_to(&hana.email).await;
        assert!(mail.text.contains("You may ask us once"), "{}", mail.text);
        let theirs = place.signed_in(&hana).await;
        let page = theirs.open("/waiting").await;
        let form = page
            .form("/waiting/appeal")
            .set("appeal", "Please look again.");
        theirs.submit(form).await;
        let mail = place.mail_to(&hana.email).await;
        assert!(mail.subject.starts_with("We look at"), "{}", mail.subject);
        place.advance(TimeDelta::hours(2));
        let mail = place.mail_to(&olive.email).await;
        assert_eq!(mail.subject, "hana asks for a second look");
        submit(&browser, &card, "reject", &[("message", "Still not.")]).await;
        let mail = place.mail_to(&hana.email).await;
        assert!(mail.text.contains("the last one"), "{}", mail.text);
    });
}

#[test]
fn who_withdraws_gets_a_receipt_and_nothing_of_them_is_left() {
    run(async |place| {
        for (person, confirmed) in [
            (place.applicant("hana").await, true),
            (place.unconfirmed("ravi").await, false),
        ] {
            place.settle().await;
            let before = subjects(place, &person.email).await.len();
            let browser = place.signed_in(&person).await;
            let page = browser.open("/waiting/withdraw").await;
            browser.submit(page.form("/waiting/withdraw")).await;
            let told = subjects(place, &person.email).await;
            // Nobody is written to at an address that may be somebody else's (H5).
            assert_eq!(told.len() - before, usize::from(confirmed), "{told:?}");
        }
        let last = place.mails().pop().expect("a mail");
        assert!(last.subject.contains("is withdrawn"), "{}", last.subject);
        assert!(last.text.starts_with("Hello hana,"), "{}", last.text);
        let left = "SELECT (SELECT count(*) FROM parting_addresses) + (SELECT count(*) FROM jobs) \
                    + (SELECT count(*) FROM users)";
        assert_eq!(place.number(left).await, 0);
    });
}

#[test]
fn both_addresses_hear_of_another_address() {
    run(async |place| {
        let ann = place.member("ann").await;
        let browser = place.signed_in(&ann).await;
        let page = browser.open("/settings/account").await;
        let form = page
            .form("/settings/email")
            .set("email", "new@new.example")
            .set("email_password", PASSWORD);
        browser.submit(form).await;
        let mail = place.mail_to("new@new.example").await;
        assert!(
            mail.subject.contains("your new address"),
            "{}",
            mail.subject
        );
        assert!(!mail.text.contains("asked to join"), "{}", mail.text);
        let page = browser.open(&mail.link("/settings/email/")).await;
        browser.submit(page.form("/settings/email/")).await;
        let mail = place.mail_to("new@new.example").await;
        assert!(
            mail.subject.contains("Your new address"),
            "{}",
            mail.subject
        );
        let mail = place.mail_to(&ann.email).await;
        assert!(mail.subject.contains("was changed"), "{}", mail.subject);
        assert!(!mail.text.contains("new.example"), "{}", mail.text);
        assert_eq!(
            place.number("SELECT count(*) FROM parting_addresses").await,
            0
        );
    });
}

#[test]
fn who_was_refused_without_a_word_gets_the_same_receipt() {
    run(async |place| {
        let olive = place.owner().await;
        let ravi = place.unconfirmed("ravi").await;
        let link = place.mail_to(&ravi.email).await.link("/confirm");
        refuse(place, &olive, &ravi, false, "").await;
        assert_eq!(subjects(place, &ravi.email).await.len(), 1, "no word");
        place.advance(TimeDelta::minutes(3));
        let theirs = place.browser();
        let page = theirs.open(&link).await;
        theirs.submit(page.form("/confirm")).await;
        let mail = place.mail_to(&ravi.email).await;
        assert!(mail.subject.contains("has arrived"), "{}", mail.subject);
    });
}
