//! Mail at the desk: the budget of an hour, what was refused, a test, a place without.

use std::time::{Duration, Instant};

use chrono::TimeDelta;

use crate::support::place::{Place, Setup, run};
use crate::support::smtp::MailServer;

/// Waits for something that happens within seconds.
async fn until(what: &str, happened: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !happened().await {
        assert!(began.elapsed() < Duration::from_secs(30), "never: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn ask_for_a_password(place: &Place, address: &str) {
    let browser = place.browser();
    let page = browser.open("/password").await;
    let form = page.form("/password").set("email", address);
    browser.submit(form).await;
}

#[test]
fn beyond_an_hours_budget_mails_wait_and_passwords_go_first() {
    let server = MailServer::start();
    Setup::default()
        .with("PORCHLIGHT_MAIL__SMTP_URL", server.url.clone())
        .with("PORCHLIGHT_MAIL__HOURLY", "10")
        .run(async |place| {
            let olive = place.owner().await;
            for n in 0..12 {
                place.unconfirmed(&format!("friend{n}")).await;
            }
            let sent = || server.all().len();
            until("what may go", async || sent() == 8).await;
            until("the rest waits", async || {
                place.number("SELECT count(*) FROM jobs").await == 4
            })
            .await;
            ask_for_a_password(place, &olive.email).await;
            until("a password goes first", async || {
                server.received(&olive.email).len() == 1
            })
            .await;
            assert_eq!(sent(), 9, "a fifth is kept for what goes first");
            let browser = place.signed_in(&olive).await;
            browser
                .open("/desk/mail")
                .await
                .says("9 of 10")
                .says("4 mails, the next one first");
            place.advance(TimeDelta::minutes(75));
            until("the next hour", async || sent() == 13).await;
            until("nothing left", async || {
                place.number("SELECT count(*) FROM jobs").await == 0
            })
            .await;
            browser.open("/desk/mail").await.says("Nothing waits.");
        });
}

#[test]
fn what_was_refused_is_seen_masked_and_can_be_tried_again_or_dropped() {
    let server = MailServer::start();
    for name in ["gone", "full"] {
        let address = format!("{name}@{name}.example");
        server.answer(&address, &["550 nobody here, says full@full.example"]);
    }
    Setup::default()
        .with("PORCHLIGHT_MAIL__SMTP_URL", server.url.clone())
        .run(async |place| {
            let olive = place.owner().await;
            for name in ["gone", "full"] {
                let person = place.member(name).await;
                ask_for_a_password(place, &person.email).await;
            }
            until("two are given up", async || {
                place
                    .number("SELECT count(*) FROM jobs WHERE failed_at IS NOT NULL")
                    .await
                    == 2
            })
            .await;
            let browser = place.signed_in(&olive).await;
            let page = browser.open("/desk/mail").await;
            page.says("g•••@gone.example")
                .says("nobody here, says f•••@full.example")
                .says("A new password")
                .hides("gone@gone.example")
                .hides("full@full.example");
            // The latest stands first: drop that one, then try the other one again.
            let page = browser
                .submit(page.form("/desk/mail/retry").press("Drop"))
                .await;
            page.says("Dropped").hides("f•••@full.example:");
            browser
                .submit(page.form("/desk/mail/retry").press("Try again"))
                .await;
            until("it arrives", async || {
                server.received("gone@gone.example").len() == 1
            })
            .await;
            assert!(server.received("full@full.example").is_empty());
            until("none is left", async || {
                place.number("SELECT count(*) FROM jobs").await == 0
            })
            .await;
            let page = browser.open("/desk/mail").await;
            page.says("None within 30 days.");
            let lines = "SELECT count(*) FROM audit_log WHERE act IN ('mail.retry', 'mail.drop')";
            assert_eq!(place.number(lines).await, 2);
        });
}

#[test]
fn a_test_mail_tells_in_words_how_it_ended() {
    let server = MailServer::start();
    Setup::default()
        .with("PORCHLIGHT_MAIL__SMTP_URL", server.url.clone())
        .run(async |place| {
            let olive = place.owner().await;
            let answers = ["550 no such user <olive@olive.example>", "451 busy"];
            server.answer(&olive.email, &answers);
            let browser = place.signed_in(&olive).await;
            for said in [
                "refused the test. It said:",
                "could not be sent now:",
                "took a test for o•••@olive.example",
            ] {
                let page = browser.open("/desk/mail").await;
                let page = browser.submit(page.form("/desk/mail/test")).await;
                page.says(said).hides("olive@olive.example");
            }
            assert_eq!(server.received(&olive.email).len(), 1);
        });
}

#[test]
fn a_place_without_mail_says_what_that_means() {
    run(async |place| {
        let olive = place.owner().await;
        let browser = place.signed_in(&olive).await;
        let page = browser.open("/desk/mail").await;
        page.says("There is no mail server")
            .says("An address is optional");
        let page = browser.submit(page.form("/desk/mail/test")).await;
        page.says("lies as a file");
        let mail = place.mail_to(&olive.email).await;
        assert!(mail.subject.starts_with("A test from"), "{}", mail.subject);
        // Whoever only reads applications has no business there.
        let rob = place
            .staff("rob", porchlight::domain::role::Role::Moderator)
            .await;
        let browser = place.signed_in(&rob).await;
        assert!(browser.visit("/desk/mail").await.status() >= 400);
    });
}
