//! Charts for admins: what happened at the door, counted by day, and kept when applications are
//! erased.

use chrono::TimeDelta;
use porchlight::gate::applications::expire;

use crate::support::browser::Browser;
use crate::support::people::Person;
use crate::support::place::{Place, run};

async fn decide(place: &Place, browser: &Browser, person: &Person, action: &str) {
    let card = format!("/desk/applications/{}", place.application_of(person).await);
    let page = browser.open(&card).await;
    browser.submit(page.form(&format!("{card}/{action}"))).await;
}

#[test]
fn what_happened_is_drawn_and_outlives_the_applications() {
    run(async |place| {
        let olive = place.owner().await;
        let browser = place.signed_in(&olive).await;
        browser
            .open("/desk/charts")
            .await
            .says("Nothing to draw yet");
        let hana = place.applicant("hana").await;
        let ravi = place.applicant("ravi").await;
        let rosa = place.applicant("rosa").await;
        place.advance(TimeDelta::hours(5));
        decide(place, &browser, &hana, "approve").await;
        decide(place, &browser, &ravi, "reject").await;
        let theirs = place.signed_in(&rosa).await;
        let page = theirs.open("/waiting/withdraw").await;
        theirs.submit(page.form("/waiting/withdraw")).await;
        place.settle().await;
        let said = |page: &crate::support::browser::Page| {
            page.says("3 applied, 3 came into the queue.")
                .says("Yes: 1. No, told: 1. No, without a word: 0.")
                .says("Withdrawn: 1.")
                .says("half waited at most 6.0 hours");
        };
        said(&browser.open("/desk/charts").await);
        place.advance(TimeDelta::days(15));
        expire::run(&place.app).await.expect("it runs");
        let left = "SELECT count(*) FROM applications WHERE state <> 3";
        assert_eq!(place.number(left).await, 0, "they are erased");
        for period in ["30d", "90d", "1y"] {
            said(&browser.open(&format!("/desk/charts?period={period}")).await);
        }
    });
}

#[test]
fn a_hint_is_measured_by_what_became_of_those_who_had_it() {
    run(async |place| {
        let olive = place.owner().await;
        let browser = place.signed_in(&olive).await;
        for (name, action) in [("hana", "approve"), ("ravi", "reject")] {
            let person = place.applicant(name).await;
            let draft = serde_json::json!({ "status": "A draft" });
            person.api.post("/api/v1/statuses", draft).await.ok();
            decide(place, &browser, &person, action).await;
        }
        place.settle().await;
        let page = browser.open("/desk/charts").await;
        page.says("Kept a draft");
        let counted = "SELECT count FROM hint_days WHERE hint = 'drafts' AND approved";
        let counted: i32 = place.sql(counted, &[]).await[0].get(0);
        assert_eq!(counted, 1);
        // Whoever was let in and suspended later speaks against the hint.
        let suspend = "UPDATE accounts SET flags = flags | 2 WHERE username = 'hana'";
        place.sql(suspend, &[]).await;
        let page = browser.open("/desk/charts").await;
        let text = page.html.text();
        let row = text.split("Kept a draft").nth(1).expect("its row");
        // Two decided, half of them approved, one suspended later.
        assert!(row.starts_with("250 %1"), "{row}");
    });
}

#[test]
fn a_hint_counts_where_an_app_decides_without_the_card_too() {
    run(async |place| {
        let olive = place.owner().await;
        let api = place.api(place.token_of(olive.user, "admin:read admin:write").await);
        for (name, act) in [("hana", "approve"), ("ravi", "reject")] {
            let person = place.applicant(name).await;
            let draft = serde_json::json!({ "status": "A draft" });
            person.api.post("/api/v1/statuses", draft).await.ok();
            let path = format!("/api/v1/admin/accounts/{}/{act}", person.id);
            api.act(&path).await.expect(200);
        }
        place.settle().await;
        let counted = "SELECT sum(count) FROM hint_days WHERE hint = 'drafts'";
        assert_eq!(place.number(counted).await, 2);
    });
}

#[test]
fn the_charts_of_a_year_cost_as_much_as_those_of_a_day() {
    run(async |place| {
        let olive = place.owner().await;
        let browser = place.signed_in(&olive).await;
        // Timers ask as well, and are not what is counted.
        place.stop_jobs().await;
        let mut costs = Vec::new();
        for days in [1, 365] {
            let fill = "INSERT INTO door_days (day, what, count) SELECT to_timestamp($1)::date - d::int, w, 40 \
                        FROM generate_series(0, $2) d, generate_series(0, 7) w ON CONFLICT DO NOTHING";
            let now = place.app.clock.now().timestamp() as f64;
            place.sql(fill, &[&now, &days]).await;
            browser.open("/desk/charts?period=1y").await;
            let before = place.counted().statements;
            browser.open("/desk/charts?period=1y").await;
            costs.push(place.counted().statements - before);
        }
        assert_eq!(costs[0], costs[1]);
        assert!(costs[0] <= 16, "{costs:?}");
    });
}
