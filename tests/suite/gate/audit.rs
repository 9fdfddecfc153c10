//! The audit log: read, taken along, checked, taken back (C6, D27, X5).

use chrono::TimeDelta;
use porchlight::domain::role::Role;
use porchlight::moderation::audit::{self, Verdict};
use porchlight::store;
use reqwest::Method;

use crate::support::people::Person;
use crate::support::place::{Place, Setup, run};

async fn act(place: &Place, who: &Person, target: &Person, act: &str) {
    let token = place.token_of(who.user, "admin:read admin:write").await;
    let path = format!("/api/v1/admin/accounts/{}/{act}", target.id);
    place
        .api(token)
        .post(
            &path,
            serde_json::json!({ "type": "suspend", "text": "=1+1, they sold rugs" }),
        )
        .await
        .expect(200);
}

#[test]
fn the_log_is_looked_through_and_taken_along_without_formulas() {
    // X5
    run(async |place| {
        let olive = place.owner().await;
        let (ben, cleo) = (place.member("ben").await, place.member("cleo").await);
        act(place, &olive, &ben, "action").await;
        let browser = place.signed_in(&olive).await;
        let page = browser.open("/desk/audit").await;
        page.says("@olive")
            .says("suspended an account")
            .says("@ben")
            .says("they sold rugs");
        let only = browser
            .open("/desk/audit?act=account.suspend&who=olive")
            .await;
        only.says("suspended an account").hides("made a login");
        browser.open("/desk/audit?who=cleo").await.says("Nothing.");
        browser
            .open("/desk/audit?subject=%40cleo")
            .await
            .says("made a login");
        browser
            .open("/desk/audit?until=2020-01-01")
            .await
            .says("Nothing.");
        browser
            .open("/desk/audit?from=yesterday")
            .await
            .says("has to be a day");
        let table = browser.visit_raw("/desk/audit.csv").await;
        assert!(table.starts_with("id,at,who,act"), "{table}");
        for line in table.lines() {
            for cell in line.split("\",\"") {
                let cell = cell.trim_start_matches('"');
                assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
            }
        }
        let lines = browser.visit_raw("/desk/audit.jsonl?act=account.").await;
        let all: Vec<serde_json::Value> = lines
            .lines()
            .map(|line| serde_json::from_str(line).expect("a document a line"))
            .collect();
        assert!(
            all.iter()
                .any(|line| line["detail"]["reason"] == "=1+1, they sold rugs")
        );
        // Moderators have no such page.
        let remy = place.staff("remy", Role::Moderator).await;
        let his = place.signed_in(&remy).await;
        assert_eq!(his.visit("/desk/audit").await.status(), 404);
        assert_eq!(his.visit("/desk/audit.csv").await.status(), 404);
        drop(cleo);
    });
}

#[test]
fn the_chain_is_checked_and_a_changed_line_is_named() {
    run(async |place| {
        let olive = place.owner().await;
        let ben = place.member("ben").await;
        act(place, &olive, &ben, "action").await;
        let browser = place.signed_in(&olive).await;
        let page = browser.open("/desk/audit").await;
        let check = page.form("/desk/audit/verify");
        browser.submit(check.clone()).await.says("none is missing");
        // Nobody changes a line without switching the trigger off.
        let id = place.number("SELECT max(id) FROM audit_log").await;
        for statement in [
            "ALTER TABLE audit_log DISABLE TRIGGER USER",
            "UPDATE audit_log SET detail = '{}' WHERE id = (SELECT max(id) FROM audit_log)",
            "ALTER TABLE audit_log ENABLE TRIGGER USER",
        ] {
            place.sql(statement, &[]).await;
        }
        let verdict = audit::verify(&place.app).await.expect("it is read");
        assert_eq!(verdict, Verdict::Broken(id));
        browser
            .submit(check)
            .await
            .says(&format!("Line {id} is not as it was written"));
    });
}

#[test]
fn lines_go_after_two_years_and_the_rest_stays_a_chain() {
    Setup::default().without_jobs().run(async |place| {
        place.owner().await;
        place.member("ben").await;
        let forget = async || {
            let mut conn = place.app.pool.get().await.expect("a connection");
            use diesel_async::AsyncConnection;
            let now = place.app.clock.now();
            conn.transaction(async |conn| store::audit_read::forget(conn, now).await)
                .await
                .expect("it works")
        };
        assert_eq!(forget().await, None, "too young");
        place.advance(TimeDelta::days(740));
        place.member("cleo").await;
        let before = place.number("SELECT count(*) FROM audit_log").await;
        let (_, gone) = forget().await.expect("old ones");
        let left = place.number("SELECT count(*) FROM audit_log").await;
        assert!(
            gone > 0 && left == before - gone as i64 && left > 0,
            "{gone} of {before}"
        );
        let verdict = audit::verify(&place.app).await.expect("it is read");
        assert_eq!(verdict, Verdict::Whole(left as u64));
        // There is no other way.
        for statement in [
            "DELETE FROM audit_log",
            "UPDATE audit_log SET act = 'x'",
            "TRUNCATE audit_log",
            "UPDATE audit_checkpoints SET last_id = 99999",
        ] {
            assert!(place.try_sql(statement).await.is_err(), "{statement}");
        }
        assert_eq!(place.number("SELECT count(*) FROM audit_log").await, left);
    });
}

#[test]
fn an_act_is_taken_back_from_its_line_and_that_is_a_line_too() {
    run(async |place| {
        let olive = place.owner().await;
        let ben = place.member("ben").await;
        act(place, &olive, &ben, "action").await;
        let suspended = "SELECT count(*) FROM users WHERE disabled_at IS NOT NULL";
        assert_eq!(place.number(suspended).await, 1);
        let browser = place.signed_in(&olive).await;
        let page = browser.open("/desk/audit?act=account.suspend").await;
        browser
            .submit(page.form("/desk/audit/undo"))
            .await
            .says("It is taken back.");
        assert_eq!(place.number(suspended).await, 0);
        let lines = place
            .number("SELECT count(*) FROM audit_log WHERE act = 'account.unsuspend'")
            .await;
        assert_eq!(lines, 1);
    });
}

#[test]
fn an_owner_takes_back_all_that_somebody_did_since_then() {
    run(async |place| {
        let olive = place.owner().await;
        let remy = place.staff("remy", Role::Moderator).await;
        let (ben, cleo) = (place.member("ben").await, place.member("cleo").await);
        let hana = place.applicant("hana").await;
        act(place, &remy, &ben, "action").await;
        place.advance(TimeDelta::hours(5));
        act(place, &remy, &cleo, "action").await;
        let browser = place.signed_in(&remy).await;
        let card = format!("/desk/applications/{}", place.application_of(&hana).await);
        let page = browser.open(&card).await;
        let note = page.form(&format!("{card}/note")).set("note", "Odd");
        browser.submit(note).await;
        let page = browser.open(&card).await;
        browser.submit(page.form(&format!("{card}/reject"))).await;
        let hers = place.signed_in(&olive).await;
        let page = hers.open("/desk/audit").await;
        let form = page
            .form("/desk/audit/undo-all")
            .set("who", "@remy")
            .set("hours", "2");
        let done = hers.submit(form).await;
        done.says("3 acts are taken back.");
        let notes = "SELECT count(*) FROM application_messages";
        assert_eq!(place.number(notes).await, 0, "the note is gone");
        let state: i16 = place
            .sql(
                "SELECT state FROM applications WHERE user_id = $1",
                &[&hana.user],
            )
            .await[0]
            .get(0);
        assert_eq!(state, 1, "hana waits again");
        let off = async |who: &Person| {
            place
                .sql(
                    "SELECT disabled_at IS NOT NULL FROM users WHERE id = $1",
                    &[&who.user],
                )
                .await[0]
                .get::<_, bool>(0)
        };
        assert!(
            !off(&cleo).await && off(&ben).await,
            "since then, not before"
        );
        // Admins have no such button, and nobody takes their own acts back in one go.
        let adam = place.staff("adam", Role::Admin).await;
        let his = place.signed_in(&adam).await;
        let page = his.open("/desk/audit").await;
        let csrf = page.form("/desk/audit/verify").value("csrf").to_owned();
        let fields = [("csrf", csrf.as_str()), ("who", "remy"), ("hours", "9")];
        let forged = his
            .request(Method::POST, "/desk/audit/undo-all")
            .form(&fields);
        assert_eq!(his.send(forged).await.status, 403);
    });
}
