//! Who read addresses, networks or reported posts is written down (C6).

use chrono::TimeDelta;
use porchlight::domain::role::Role;

use crate::support::api::id;
use crate::support::place::run;

#[test]
fn who_looks_at_an_address_is_written_down_and_a_reload_is_no_second_line() {
    run(async |place| {
        place.owner().await;
        let (mia, remy) = (
            place.staff("mia", Role::Reviewer).await,
            place.staff("remy", Role::Moderator).await,
        );
        let hana = place.applicant("hana").await;
        let card = format!("/desk/applications/{}", place.application_of(&hana).await);
        let reads = "SELECT count(*) FROM audit_log WHERE act = 'address.read'";
        // A reviewer sees neither address nor network.
        place
            .signed_in(&mia)
            .await
            .open(&card)
            .await
            .hides(&hana.email);
        assert_eq!(place.number(reads).await, 0);
        let browser = place.signed_in(&remy).await;
        browser.open(&card).await.says(&hana.email);
        browser.open(&card).await;
        assert_eq!(place.number(reads).await, 1, "one within ten minutes");
        place.advance(TimeDelta::minutes(11));
        browser.open(&card).await;
        assert_eq!(place.number(reads).await, 2);
        let api = place.api(place.token_of(remy.user, "admin:read").await);
        api.get("/api/v1/admin/accounts").await.expect(200);
        api.get("/api/v1/admin/accounts").await.expect(200);
        api.get(&format!("/api/v1/admin/accounts/{}", mia.id))
            .await
            .expect(200);
        assert_eq!(place.number(reads).await, 4, "the list, and mia");
        // Who came from a network is an address too.
        browser.open("/desk?q=81.2.0.0/24").await;
        browser.open("/desk?q=81.2.0.0/24").await;
        browser.open("/desk?q=hana").await;
        let last = "SELECT subject_kind || ' ' || (detail->>'network') FROM audit_log \
                    WHERE act = 'address.read' ORDER BY id DESC LIMIT 1";
        let last: String = place.sql(last, &[]).await[0].get(0);
        assert_eq!(last, "list 81.2.0.0/24");
        assert_eq!(place.number(reads).await, 5);
    });
}

#[test]
fn who_reads_reported_posts_is_written_down() {
    run(async |place| {
        let olive = place.owner().await;
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let post = id(&ben.api.toot("Rugs!").await);
        let token = place.token_of(ann.user, "read write").await;
        place
            .api(token)
            .post(
                "/api/v1/reports",
                serde_json::json!({ "account_id": ben.id, "status_ids": [post], "comment": "rugs" }),
            )
            .await
            .expect(200);
        let browser = place.signed_in(&olive).await;
        browser.open("/desk/reports").await.says("rugs");
        browser.open("/desk/reports").await;
        let reads = "SELECT count(*) FROM audit_log WHERE act = 'report.read'";
        assert_eq!(place.number(reads).await, 1);
    });
}

#[test]
fn everybody_sees_acts_and_times_and_no_names_where_an_admin_wants_it() {
    run(async |place| {
        let olive = place.owner().await;
        let hana = place.applicant("hana").await;
        let stranger = place.browser();
        assert_eq!(stranger.visit("/audit").await.status(), 404, "off at first");
        let browser = place.signed_in(&olive).await;
        let card = format!("/desk/applications/{}", place.application_of(&hana).await);
        let page = browser.open(&card).await;
        browser.submit(page.form(&format!("{card}/reject"))).await;
        let page = browser.open("/desk/audit").await;
        browser.submit(page.form("/desk/audit/publish")).await;
        let page = stranger.open("/audit").await;
        page.says("Somebody turned somebody down")
            .hides("hana")
            .hides("read an address");
        assert!(!page.text().contains("olive"));
        let page = browser.open("/desk/audit").await;
        browser.submit(page.form("/desk/audit/publish")).await;
        assert_eq!(stranger.visit("/audit").await.status(), 404);
    });
}

#[test]
fn staff_hear_once_a_week_who_decided_what() {
    run(async |place| {
        let olive = place.owner().await;
        let (hana, ivo) = (place.applicant("hana").await, place.applicant("ivo").await);
        let browser = place.signed_in(&olive).await;
        for (who, act) in [(&hana, "approve"), (&ivo, "reject")] {
            let card = format!("/desk/applications/{}", place.application_of(who).await);
            let page = browser.open(&card).await;
            browser.submit(page.form(&format!("{card}/{act}"))).await;
        }
        let token = place.token_of(olive.user, "admin:read admin:write").await;
        let path = format!("/api/v1/admin/accounts/{}/action", hana.id);
        place
            .api(token)
            .post(&path, serde_json::json!({ "type": "suspend" }))
            .await
            .expect(200);
        place.settle().await;
        place
            .sql("DELETE FROM leases WHERE name = 'timer.week'", &[])
            .await;
        porchlight::jobs::timers::tick(&place.app).await;
        place.settle().await;
        // The same timer mails what was seen of her.
        let mails = place.mails();
        let week = mails
            .iter()
            .rfind(|m| m.to == olive.email && m.text.contains("turned down"));
        let mail = week.expect("the week");
        let said = mail.text.replace(" \n", " ");
        assert!(
            said.contains("olive: 1 let in, 1 turned down"),
            "{}",
            mail.text
        );
        assert!(said.contains("1 suspended since"), "{}", mail.text);
    });
}
