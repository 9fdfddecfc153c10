//! The proof of work, and the wait that stands in for it.

use chrono::TimeDelta;
use porchlight::gate::applications::apply::{self, Apply};
use porchlight::gate::applications::confirm_email;
use reqwest::Method;

use super::applying::{apply, form};
use crate::support::people::PASSWORD;
use crate::support::place::{Place, Setup};

fn run(test: impl AsyncFnOnce(&Place)) {
    Setup::default().proving().run(test);
}

async fn proof_of(place: &Place, name: &str) -> i64 {
    let row = place
        .sql(
            "SELECT a.proof::bigint FROM applications a JOIN users u ON u.id = a.user_id WHERE u.username = $1",
            &[&name],
        )
        .await;
    row[0].get(0)
}

#[test]
fn a_proof_given_with_the_form_is_not_asked_for_again() {
    run(async |place| {
        place.owner().await;
        apply(place, "cleo", "cleo@cleo.example").await;
        assert_eq!(proof_of(place, "cleo").await, 1);
        let link = place.mail_to("cleo@cleo.example").await.link("/confirm");
        let browser = place.browser();
        let page = browser.open(&link).await;
        assert!(page.all("form").iter().all(|f| !f.has("data-proof-bits")));
        browser.submit(page.form("/confirm")).await;
        assert_eq!(
            place
                .number("SELECT count(*) FROM applications WHERE state = 1")
                .await,
            1
        );
    });
}

#[test]
fn without_script_two_minutes_stand_in_for_the_proof() {
    run(async |place| {
        place.owner().await;
        let browser = place.browser();
        let sent = form(place, &browser, "nora", "nora@nora.example").await;
        browser
            .submit(sent.set("proof", ""))
            .await
            .says("Now look into the mailbox of");
        assert_eq!(proof_of(place, "nora").await, 0);
        let link = place.mail_to("nora@nora.example").await.link("/confirm");
        let page = browser.open(&link).await;
        assert!(
            page.html.text().contains("please wait first"),
            "{}",
            page.html.text()
        );
        // Pressed too early nothing happens, and the link stays good.
        let page = browser.submit(page.form("/confirm").set("proof", "")).await;
        page.says("the link stays good");
        let waiting = "SELECT count(*) FROM applications WHERE state = 1";
        assert_eq!(place.number(waiting).await, 0);
        place.advance(TimeDelta::minutes(2));
        browser.submit(page.form("/confirm").set("proof", "")).await;
        assert_eq!(place.number(waiting).await, 1);
        assert_eq!(proof_of(place, "nora").await, 2);
    });
}

#[test]
fn an_app_does_the_work_at_the_confirmation() {
    run(async |place| {
        place.owner().await;
        let una = place.unconfirmed("una").await;
        assert_eq!(proof_of(place, "una").await, 0);
        let link = place.mail_to(&una.email).await.link("/confirm");
        let token = link.rsplit('=').next().expect("a token").to_owned();
        let wrong = confirm_email::confirm(&place.app, &token, Some("0")).await;
        let wrong = wrong.is_err() || proof_of(place, "una").await == 1;
        assert!(wrong, "a number that proves nothing confirms nothing");
        let browser = place.browser();
        let page = browser.open(&link).await;
        if page.has_form("/confirm") {
            browser.submit(page.form("/confirm")).await;
        }
        assert_eq!(proof_of(place, "una").await, 1);
    });
}

#[test]
fn one_proof_is_good_for_one_application_however_many_come_at_once() {
    run(async |place| {
        place.owner().await;
        let browser = place.browser();
        let first = form(place, &browser, "one", "one@one.example").await;
        let twins: Vec<_> = (0..4)
            .map(|n| {
                let name = format!("twin{n}");
                let filled = first
                    .clone()
                    .set("username", &name)
                    .set("email", &format!("{name}@{name}.example"));
                let browser = browser.copy();
                async move { browser.post(&filled).await.status }
            })
            .collect();
        let answers = futures::future::join_all(twins).await;
        assert!(answers.iter().all(|status| *status == 303), "{answers:?}");
        assert_eq!(place.number("SELECT count(*) FROM applications").await, 1);
    });
}

#[test]
fn a_form_that_was_refused_keeps_the_work_that_was_done_for_it() {
    run(async |place| {
        place.owner().await;
        let browser = place.browser();
        let filled = form(place, &browser, "no good", "cleo@cleo.example").await;
        let done = filled.value("proof").to_owned();
        let page = browser.submit(filled).await;
        assert_eq!(page.status(), 422);
        assert_eq!(page.form("/apply").value("proof"), done);
        let again = page
            .form("/apply")
            .set("username", "cleo")
            .set("password", PASSWORD);
        browser
            .submit(again)
            .await
            .says("Now look into the mailbox of");
        assert_eq!(proof_of(place, "cleo").await, 1);
    });
}

#[test]
fn a_flood_without_proof_leaves_those_with_one_their_room() {
    // H7
    run(async |place| {
        place.owner().await;
        let send = async |n: usize| {
            let name = format!("bot{n}");
            let cmd = Apply {
                username: name.clone(),
                email: Some(format!("{name}@{name}.example")),
                password: PASSWORD.to_owned(),
                agreement: true,
                reason: Some("I like porches.".to_owned()),
                network: Some(place.network().parse().expect("an address")),
                ..Apply::default()
            };
            apply::apply(&place.app, cmd).await.is_ok()
        };
        // Each from a network of its own.
        let mut passed = 0;
        while passed < 40 && send(passed).await {
            passed += 1;
        }
        assert_eq!(passed, 20, "the budget of those without a proof");
        apply(place, "human", "human@human.example")
            .await
            .says("Now look into the mailbox of");
        // Within the hour that follows some pass again.
        place.advance(TimeDelta::hours(1));
        assert!(send(50).await);
    });
}

#[test]
fn the_work_is_done_by_files_of_ours_alone() {
    run(async |place| {
        place.owner().await;
        let browser = place.browser();
        let page = browser.open("/apply").await;
        assert!(
            page.answer
                .header("content-security-policy")
                .contains("worker-src 'self'")
        );
        let form = page
            .all("form")
            .into_iter()
            .find(|f| f.has("data-proof-bits"));
        let form = form.expect("the form asks for work");
        assert_eq!(form.get("data-proof-bits"), "6");
        assert_eq!(form.get("data-proof-challenge").len(), 32);
        let scripts: Vec<String> = page
            .all("script")
            .iter()
            .map(|s| s.get("src").to_owned())
            .chain([form.get("data-proof-worker").to_owned()])
            .collect();
        assert!(scripts.iter().any(|s| s.starts_with("/static/js/proof.js")));
        for script in scripts {
            let file = browser.fetch(Method::GET, &script).await.expect(200);
            assert!(
                file.header("content-type").starts_with("text/javascript"),
                "{script}"
            );
        }
        assert!(
            page.elements
                .iter()
                .any(|e| e.get("role") == "status" && e.has("data-proof-said")),
            "it is told, not shown alone"
        );
    });
}

#[test]
fn where_no_mail_goes_out_the_wait_is_over_by_itself() {
    // A place in production without a mail server.
    let setup = Setup::default().proving().without_jobs();
    setup
        .with("PORCHLIGHT_SERVER__DOMAIN", "porch.example")
        .run(async |place| {
            place.owner().await;
            let cmd = Apply {
                username: "nora".to_owned(),
                password: PASSWORD.to_owned(),
                agreement: true,
                reason: Some("I like porches.".to_owned()),
                network: Some("81.7.7.7".parse().expect("an address")),
                ..Apply::default()
            };
            let applied = apply::apply(&place.app, cmd).await.expect("it is received");
            assert!(!applied.needs_confirmation);
            let state = "SELECT state::bigint FROM applications";
            assert_eq!(place.number(state).await, 0);
            let let_in = async || {
                confirm_email::let_in_waited(&place.app)
                    .await
                    .expect("it looks")
            };
            assert_eq!(let_in().await, 0);
            place.advance(TimeDelta::minutes(2) + TimeDelta::seconds(1));
            assert_eq!(let_in().await, 1);
            assert_eq!(let_in().await, 0);
            assert_eq!(place.number(state).await, 1);
            assert_eq!(proof_of(place, "nora").await, 2);
            place.start_jobs();
        });
}
