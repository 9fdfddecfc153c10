//! Mail over SMTP: once where it is taken, again where the server is busy, never again where
//! it says no for good.

use std::time::{Duration, Instant};

use chrono::TimeDelta;

use crate::support::place::{Place, Setup};
use crate::support::smtp::MailServer;

/// Waits for something that happens within seconds.
async fn until(what: &str, happened: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !happened().await {
        assert!(began.elapsed() < Duration::from_secs(20), "never: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn jobs(place: &Place, which: &str) -> i64 {
    place
        .number(&format!("SELECT count(*) FROM jobs WHERE {which}"))
        .await
}

#[test]
fn a_mail_arrives_once_comes_again_or_is_given_up() {
    let server = MailServer::start();
    server.answer(
        "busy@busy.example",
        &["451 not now", "421 too many of you", "250 fine"],
    );
    server.answer("gone@gone.example", &["550 nobody here"]);
    Setup::default()
        .with("PORCHLIGHT_MAIL__SMTP_URL", server.url.clone())
        .run(async |place| {
            for name in ["ann", "busy", "gone"] {
                let person = place.member(name).await;
                let browser = place.browser();
                let page = browser.open("/password").await;
                let form = page.form("/password").set("email", &person.email);
                browser.submit(form).await;
            }
            until("a mail that is taken", async || {
                !server.received("ann@ann.example").is_empty()
            })
            .await;
            let mail = server.received("ann@ann.example").remove(0);
            assert!(mail.text.contains("/password/"), "{}", mail.text);
            assert!(mail.text.contains("\nTo: ann@ann.example"), "{}", mail.text);

            until("a no for good", async || {
                jobs(place, "failed_at IS NOT NULL").await == 1
            })
            .await;
            // Busy: it waits, then tries again, and again.
            for tries in 1..3 {
                until("a no for now", async || {
                    server.offered("busy@busy.example") == tries
                        && jobs(place, "failed_at IS NULL AND locked_until IS NULL").await == 1
                })
                .await;
                assert!(server.received("busy@busy.example").is_empty());
                place.advance(TimeDelta::minutes(3));
            }
            until("the last try", async || {
                !server.received("busy@busy.example").is_empty()
            })
            .await;
            until("nothing left to do", async || {
                jobs(place, "failed_at IS NULL").await == 0
            })
            .await;
            // Much later nothing came twice, and the lost one was not tried again.
            place.advance(TimeDelta::hours(7));
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            for (to, taken, offered) in [
                ("ann@ann.example", 1, 1),
                ("busy@busy.example", 1, 3),
                ("gone@gone.example", 0, 1),
            ] {
                assert_eq!(server.received(to).len(), taken, "{to}");
                assert_eq!(server.offered(to), offered, "{to}");
            }
            let why: String = place
                .sql(
                    "SELECT last_error FROM jobs WHERE failed_at IS NOT NULL",
                    &[],
                )
                .await[0]
                .get(0);
            assert!(why.contains("nobody here"), "{why}");
            // The end of a test wants no job given up; this one was to be.
            place.stop_jobs().await;
        });
}
