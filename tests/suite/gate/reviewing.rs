//! Reviewing: who may, who wins, what is remembered.

use chrono::TimeDelta;
use porchlight::domain::Page;
use porchlight::domain::role::Role;
use porchlight::store::audit;
use serde_json::json;

use crate::support::browser::Filled;
use crate::support::people::Person;
use crate::support::place::{Place, run};

async fn card(
    place: &Place,
    who: &Person,
    applicant: &Person,
) -> (crate::support::browser::Browser, Filled) {
    let browser = place.signed_in(who).await;
    let id = place.application_of(applicant).await;
    let page = browser.open(&format!("/desk/applications/{id}")).await;
    let form = page.form(&format!("/desk/applications/{id}/approve"));
    (browser, form)
}

async fn audit(place: &Place) -> Vec<(String, i64)> {
    let rows = place
        .sql(
            "SELECT act, actor_user_id FROM audit_log WHERE act LIKE 'application.%' ORDER BY id",
            &[],
        )
        .await;
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

#[test]
fn of_two_who_decide_at_once_one_wins_and_the_other_is_told() {
    // H4
    run(async |place| {
        let (olive, mo) = (
            place.owner().await,
            place.staff("mo", Role::Moderator).await,
        );
        for round in 0..4 {
            let hana = place.applicant(&format!("hana{round}")).await;
            let (one, approve) = card(place, &olive, &hana).await;
            let (two, reject) = card(place, &mo, &hana).await;
            let reject = reject.press("Turn them down");
            let (yes, no) = tokio::join!(one.post(&approve), two.post(&reject));
            place.settle().await;
            let approved = place
                .number(&format!(
                    "SELECT count(*) FROM accounts WHERE id = {}",
                    hana.id
                ))
                .await
                == 1;
            let (winner, loser) = if approved { (&yes, &no) } else { (&no, &yes) };
            assert!(
                (300..400).contains(&winner.status) || winner.status == 200,
                "{}",
                winner.shown()
            );
            let said = match loser.status {
                303 => {
                    let browser = if approved { &two } else { &one };
                    browser.open(loser.header("location")).await.html.text()
                }
                409 => loser.text(),
                _ => panic!("{}", loser.shown()),
            };
            let name = if approved { "olive" } else { "mo" };
            assert!(said.contains("already") && said.contains(name), "{said}");
        }
        let acts = audit(place).await;
        assert_eq!(acts.len(), 4, "one line for each decision: {acts:?}");
    });
}

#[test]
fn deciding_twice_or_after_the_applicant_left_changes_nothing() {
    run(async |place| {
        let olive = place.owner().await;
        let hana = place.applicant("hana").await;
        let (browser, form) = card(place, &olive, &hana).await;
        browser.submit(form.clone()).await;
        place.settle().await;
        let mails = place.mails().len();
        let again = browser.post(&form).await;
        assert!(again.status < 500, "{}", again.shown());
        let again = browser.post(&form.clone().press("Turn them down")).await;
        assert!(again.status < 500, "{}", again.shown());
        place.settle().await;
        assert_eq!(place.mails().len(), mails, "no second mail");
        assert_eq!(audit(place).await.len(), 1);
        hana.api
            .get("/api/v1/timelines/home")
            .await
            .entity("[Status]");
        // Withdrawn while the card was open.
        let gone = place.applicant("gone").await;
        let (browser, form) = card(place, &olive, &gone).await;
        let theirs = place.signed_in(&gone).await;
        let page = theirs.open("/waiting/withdraw").await;
        theirs.submit(page.form("/waiting/withdraw")).await;
        let answer = browser.post(&form).await;
        assert!(
            matches!(answer.status, 303 | 404 | 409),
            "{}",
            answer.shown()
        );
        place.settle().await;
        assert_eq!(
            place
                .number("SELECT count(*) FROM accounts WHERE username = 'gone'")
                .await,
            0
        );
        assert_eq!(audit(place).await.len(), 1);
    });
}

#[test]
fn a_card_that_changed_since_it_was_read_is_read_again() {
    run(async |place| {
        let olive = place.owner().await;
        let hana = place.applicant("hana").await;
        let (browser, form) = card(place, &olive, &hana).await;
        let body = serde_json::json!({ "status": "Something quite different" });
        hana.api
            .post("/api/v1/statuses", body)
            .await
            .entity("Status");
        let answer = browser.post(&form).await;
        let said = match answer.status {
            303 => browser.open(answer.header("location")).await.html.text(),
            _ => answer.text(),
        };
        assert!(said.contains("changed something"), "{said}");
        assert_eq!(
            place
                .number("SELECT count(*) FROM accounts WHERE username = 'hana'")
                .await,
            0
        );
        let (browser, form) = card(place, &olive, &hana).await;
        browser.submit(form).await;
        assert_eq!(
            place
                .number("SELECT count(*) FROM accounts WHERE username = 'hana'")
                .await,
            1
        );
    });
}

#[test]
fn the_desk_is_for_those_who_review_and_shows_greeters_less() {
    // C6, H10
    run(async |place| {
        place.owner().await;
        let (mo, greta, ann) = (
            place.staff("mo", Role::Moderator).await,
            place.staff("greta", Role::Reviewer).await,
            place.member("ann").await,
        );
        let hana = place.applicant("hana").await;
        let id = place.application_of(&hana).await;
        let path = format!("/desk/applications/{id}");
        let network: String = place
            .sql(
                "SELECT host(network) FROM applications WHERE id = $1",
                &[&id],
            )
            .await[0]
            .get(0);
        let moderator = place.signed_in(&mo).await.open(&path).await;
        moderator.says("I am hana").says(&hana.email).says(&network);
        let greeter = place.signed_in(&greta).await.open(&path).await;
        greeter.says("I am hana").says("hana.example");
        greeter.hides(&hana.email).hides(&network);
        let member = place.signed_in(&ann).await;
        for path in ["/desk", &path, "/desk?state=decided"] {
            let page = member.visit(path).await;
            assert_eq!(page.status(), 404, "{path} for a member");
            page.hides("I am hana");
            let page = place.browser().visit(path).await;
            assert_eq!(
                page.path.split('?').next(),
                Some("/sign-in"),
                "{path} for a stranger"
            );
        }
        // One who waits is not staff, whatever else they are.
        let waiting = place.signed_in(&hana).await.visit("/desk").await;
        assert!(waiting.status() == 404 || waiting.path == "/waiting");
        // And the role is asked each time: gone is gone.
        let greeter = place.signed_in(&greta).await;
        greeter.open("/desk").await;
        place
            .sql("UPDATE users SET role = 0 WHERE id = $1", &[&greta.user])
            .await;
        assert_eq!(greeter.visit("/desk").await.status(), 404);
    });
}

#[test]
fn a_no_that_is_told_is_read_and_then_erased() {
    run(async |place| {
        let olive = place.owner().await;
        let hana = place.applicant("hana").await;
        let theirs = place.signed_in(&hana).await;
        let (browser, form) = card(place, &olive, &hana).await;
        browser
            .submit(
                form.set("message", "Not this time, sorry.")
                    .press("Turn them down"),
            )
            .await;
        let mail = place.mail_to(&hana.email).await;
        assert!(
            mail.text.contains("the answer is no") && mail.text.contains("Not this time, sorry."),
            "{}",
            mail.text
        );
        theirs
            .open("/waiting")
            .await
            .says("We said no this time")
            .says("Not this time, sorry.");
        hana.api
            .get("/api/v1/accounts/verify_credentials")
            .await
            .error(401);
        let export = theirs.visit_raw("/waiting/export").await;
        assert!(export.contains("I am hana"), "{export}");
        // H2: nothing of it is seen from outside, and it sends nothing.
        place
            .stranger()
            .get("/api/v1/accounts/lookup?acct=hana")
            .await
            .error(404);
        place.advance(TimeDelta::days(15));
        porchlight::jobs::timers::tick(&place.app).await;
        place.settle().await;
        assert_eq!(
            place
                .number("SELECT count(*) FROM users WHERE username = 'hana'")
                .await,
            0
        );
        assert_eq!(
            place
                .number("SELECT count(*) FROM application_answers")
                .await,
            0
        );
        assert!(
            place.number("SELECT count(*) FROM decision_memory").await >= 1,
            "remembered by hashes"
        );
        let kept = place
            .sql(
                "SELECT coalesce(string_agg(encode(keyed, 'escape'), ''), '') FROM decision_memory",
                &[],
            )
            .await;
        assert!(!kept[0].get::<_, String>(0).contains("hana"));
    });
}

#[test]
fn a_silent_no_looks_like_waiting() {
    // H5
    run(async |place| {
        let olive = place.owner().await;
        let hana = place.applicant("hana").await;
        place.settle().await;
        let before = place.mails().iter().filter(|m| m.to == hana.email).count();
        let (browser, form) = card(place, &olive, &hana).await;
        browser
            .submit(form.untick("send_mail").press("Turn them down"))
            .await;
        place.settle().await;
        assert_eq!(
            place.mails().iter().filter(|m| m.to == hana.email).count(),
            before
        );
        let page = place.signed_in(&hana).await.open("/waiting").await;
        page.hides("We said no");
        page.says("You are on the porch");
    });
}

#[test]
fn approval_makes_a_member_with_everything_that_waited_and_publishes_nothing() {
    // H3, D5
    run(async |place| {
        let olive = place.owner().await;
        let hana = place.applicant("hana").await;
        let note = serde_json::json!({ "note": "Tea and trains", "display_name": "Hana" });
        hana.api
            .patch("/api/v1/accounts/update_credentials", note)
            .await
            .ok();
        let body = serde_json::json!({ "status": "A first word" });
        let draft = crate::support::api::id(
            &hana
                .api
                .post("/api/v1/statuses", body)
                .await
                .entity("Status"),
        );
        let (browser, form) = card(place, &olive, &hana).await;
        browser.submit(form).await;
        place.settle().await;
        let account = place.stranger().get(&hana.path()).await.entity("Account");
        assert_eq!(
            (&account["id"], &account["display_name"]),
            (&hana.id.clone().into(), &"Hana".into()),
            "the id that was reserved"
        );
        assert!(
            account["note"]
                .as_str()
                .expect("text")
                .contains("Tea and trains")
        );
        assert_eq!(account["statuses_count"], 0);
        assert_eq!(place.number("SELECT count(*) FROM statuses").await, 0);
        assert_eq!(place.number("SELECT count(*) FROM drafts").await, 1);
        place
            .stranger()
            .get(&format!("/api/v1/statuses/{draft}"))
            .await
            .error(404);
        // The same token is a member's now.
        hana.api.toot("I am in").await;
        // The chain of the log holds: each line is what was hashed, over the line before.
        let mut conn = place.app.pool.get().await.expect("a connection");
        let mut lines = audit::list_page(&mut conn, None, Page::newest(1000))
            .await
            .expect("the log");
        lines.reverse();
        assert!(lines.len() > 1, "{lines:?}");
        let mut before = None;
        for line in &lines {
            assert_eq!(line.previous_hash, before, "{line:?}");
            assert_eq!(audit::link_of(line), line.hash, "{line:?}");
            before = Some(line.hash.clone());
        }
        let mut forged = lines[0].clone();
        forged.detail = json!({ "name": "somebody else" });
        assert_ne!(audit::link_of(&forged), forged.hash);
    });
}
