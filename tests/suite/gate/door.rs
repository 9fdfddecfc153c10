//! The door's modes: what holds it, who turns it, what everybody is told.

use chrono::{DateTime, TimeDelta, Utc};
use porchlight::domain::role::Role;
use porchlight::gate::applications::expire;
use porchlight::gate::mode;
use serde_json::{Value, json};

use crate::support::people::Person;
use crate::support::place::{Place, Setup, run};

/// Moves the clock to a moment ahead, and a little further: the database's clock, which decides, and ours
/// differ by what a busy machine makes of measuring it.
fn move_to(place: &Place, to: &str) {
    let to: DateTime<Utc> = to.parse().expect("a time");
    let to = to + TimeDelta::seconds(3);
    let by = to - place.app.clock.now();
    assert!(by > TimeDelta::zero(), "{to} is over");
    place.advance(by);
}

/// Looked at the door since the last move of the clock, by this call or by the place's own
/// timer: who finds another at it leaves it to them, and they may have read the clock before.
async fn watched(place: &Place) {
    for _ in 0..2 {
        mode::watch(&place.app).await.expect("a watch");
        let waited = "SELECT pg_advisory_xact_lock(483127905131)::text";
        place.sql(waited, &[]).await;
    }
}

/// What everybody is told, after half a minute: apps, other servers, pages.
pub async fn told(place: &Place) -> Value {
    mode::forget(&place.app).await;
    place.app.memory.forget("nodeinfo").await;
    let stranger = place.stranger();
    let v1 = stranger.get("/api/v1/instance").await.entity("V1_Instance");
    let v2 = stranger.get("/api/v2/instance").await.entity("Instance");
    let node = stranger.get("/nodeinfo/2.1").await.ok();
    let form = stranger
        .get("/api/v1/instance/registration_form")
        .await
        .ok();
    let (v2, metadata) = (&v2["registrations"], &node["metadata"]["registrations"]);
    assert_eq!(v1["registrations"], v2["enabled"]);
    assert_eq!(v1["approval_required"], v2["approval_required"]);
    assert_eq!(v2["enabled"], form["enabled"]);
    // Whatever the instance says of the door, NodeInfo says too.
    for (field, value) in v2.as_object().expect("an object") {
        assert_eq!(metadata.get(field), Some(value), "{field}");
    }
    for field in ["effective_mode", "reason"] {
        assert_eq!(v2[field], form[field], "{field}");
    }
    assert_eq!(node["openRegistrations"], v2["effective_mode"] == "open");
    json!([v2["effective_mode"], v2["reason"], v2["enabled"]])
}

async fn set_mode(place: &Place, who: &Person, mode: &str) -> crate::support::browser::Page {
    let browser = place.signed_in(who).await;
    let page = browser.open("/desk/door").await;
    browser
        .submit(page.form("/desk/door").set("mode", mode))
        .await
}

/// Confirmed applications of people who are no more than rows.
pub async fn crowd(place: &Place, many: i64, network: &str) {
    place
        .sql(
            "WITH new AS (
                INSERT INTO users (id, account_id, username, role_since, created_at)
                SELECT n, n, 'crowd' || n, now(), now()
                FROM (SELECT greatest((SELECT max(greatest(id, account_id)) FROM users), (SELECT max(id) FROM applications)) + g AS n FROM generate_series(1, $1::bigint) g) x
                RETURNING id)
             INSERT INTO applications (id, user_id, state, lane, network, submitted_at, confirmed_at)
             SELECT id, id, 1, 1, $2::text::inet, now(), now() FROM new",
            &[&many, &network],
        )
        .await;
}

#[test]
fn every_surface_tells_the_same_mode() {
    run(async |place| {
        let owner = place.owner().await;
        assert_eq!(told(place).await, json!(["approval", "admin", true]));
        set_mode(place, &owner, "invite").await.says("invited only");
        assert_eq!(told(place).await, json!(["invite", "admin", false]));
        place
            .browser()
            .open("/door")
            .await
            .says("The door opens to the invited only");
        place
            .browser()
            .open("/about")
            .await
            .says("by invitation only");
        set_mode(place, &owner, "closed").await;
        assert_eq!(told(place).await, json!(["closed", "admin", false]));
        let history = place
            .stranger()
            .get("/api/v1/instance/registration_history")
            .await
            .ok();
        let modes: Vec<&str> = history
            .as_array()
            .expect("a list")
            .iter()
            .map(|row| row["to"].as_str().expect("a mode"))
            .collect();
        assert_eq!(modes[..2], ["closed", "invite"], "{history}");
        assert!(!history.to_string().contains(&owner.name), "never names");
        let changes = "SELECT count(*) FROM audit_log WHERE act = 'registration.configure' AND inverse IS NOT NULL";
        assert_eq!(place.number(changes).await, 2);
    });
}

#[test]
fn an_open_door_has_a_price_that_is_read_first() {
    run(async |place| {
        let owner = place.owner().await;
        let hana = place.applicant("hana").await;
        let browser = place.signed_in(&owner).await;
        let page = browser.open("/desk/door").await;
        let price = browser
            .submit(page.form("/desk/door").set("mode", "open"))
            .await;
        price
            .says("What an open door costs")
            .says("One application waits");
        assert_eq!(told(place).await[0], "approval", "nothing happened yet");
        // Whoever leaves the box out is asked again.
        let form = price.form("/desk/door").forge("understood", "");
        browser.submit(form).await.says("What an open door costs");
        let opened = browser
            .submit(price.form("/desk/door").set("understood", "1"))
            .await;
        opened
            .says("The door is open")
            .says("One application still waits");
        assert_eq!(told(place).await, json!(["open", "admin", true]));
        // A flip decides nobody (E14).
        let waiting = place
            .number("SELECT count(*) FROM applications WHERE state = 1")
            .await;
        assert_eq!(waiting, 1);
        hana.api.get("/api/v1/timelines/public").await.expect(200);
        hana.api.get("/api/v1/follow_requests").await.expect(200);
        set_mode(place, &owner, "approval")
            .await
            .says("One application still waits");
        assert_eq!(told(place).await, json!(["approval", "admin", true]));
    });
}

#[test]
fn the_price_says_who_can_decide_and_counts_those_who_were_erased() {
    run(async |place| {
        let owner = place.owner().await;
        let browser = place.signed_in(&owner).await;
        let price = browser.open("/desk/door/open").await;
        price
            .says("One person can decide now.")
            .says("nobody decided an application")
            .says("No report was closed in that time.");
        place.staff("greeter", Role::Reviewer).await;
        let people = [
            (place.applicant("hana").await, "approve"),
            (place.applicant("ravi").await, "reject"),
        ];
        place.advance(TimeDelta::hours(5));
        for (person, act) in &people {
            let card = format!("/desk/applications/{}", place.application_of(person).await);
            let page = browser.open(&card).await;
            browser.submit(page.form(&format!("{card}/{act}"))).await;
        }
        place.settle().await;
        place.advance(TimeDelta::days(15));
        expire::run(&place.app).await.expect("it runs");
        let left = "SELECT count(*) FROM applications";
        assert_eq!(place.number(left).await, 1, "the refused one is erased");
        let price = browser.open("/desk/door/open").await;
        price
            .says("2 people can decide now.")
            .says("half waited 6 hours at most")
            .says("2 people applied")
            .says("1 whom you refused");
    });
}

#[test]
fn nobody_opens_the_door_before_somebody_of_the_staff_was_there() {
    run(async |place| {
        let owner = place.owner().await;
        let browser = place.signed_in(&owner).await;
        let price = browser.open("/desk/door/open").await;
        place.sql("DELETE FROM signs_of_life", &[]).await;
        let refused = browser
            .submit(price.form("/desk/door").set("understood", "1"))
            .await;
        assert_eq!(refused.status(), 403);
        refused.says("once somebody of the staff has done something here");
        let changes = "SELECT count(*) FROM audit_log WHERE act = 'registration.configure'";
        assert_eq!(place.number(changes).await, 0);
        // Any act of theirs is one.
        set_mode(place, &owner, "approval").await;
        let price = browser.open("/desk/door/open").await;
        browser
            .submit(price.form("/desk/door").set("understood", "1"))
            .await;
        assert_eq!(place.number(changes).await, 2);
    });
}

#[test]
fn only_an_admin_turns_the_door_and_reviewers_may_look() {
    run(async |place| {
        place.owner().await;
        let greeter = place.staff("greeter", Role::Reviewer).await;
        let browser = place.signed_in(&greeter).await;
        let page = browser.open("/desk/door").await;
        page.says("What holds it").hides("How far it may open");
        assert!(!page.has_form("/desk/door") && !page.has_form("/desk/door/hours"));
        let admin = place.staff("adele", Role::Admin).await;
        let form = place
            .signed_in(&admin)
            .await
            .open("/desk/door")
            .await
            .form("/desk/door");
        let csrf = browser
            .open("/settings/account")
            .await
            .form("/settings/password")
            .value("csrf")
            .to_owned();
        let forged = form.set("mode", "closed").forge("csrf", &csrf);
        assert_eq!(browser.post(&forged).await.status, 404);
        let member = place.member("ann").await;
        let page = place.signed_in(&member).await.visit("/desk/door").await;
        assert_eq!(page.status(), 404);
        assert_eq!(told(place).await[0], "approval");
    });
}

#[test]
fn opening_hours_shut_the_form_and_open_it_again() {
    run(async |place| {
        let owner = place.owner().await;
        let browser = place.signed_in(&owner).await;
        let page = browser.open("/desk/door").await;
        // What cannot be read comes back with everything typed, beside its field.
        let typed = page
            .form("/desk/door/hours")
            .set("keep", "1")
            .set("zone", "Berlin")
            .set("monday", "9-12, 14-18:30");
        let again = browser.submit(typed).await;
        again.says("Perhaps Europe/Berlin?");
        let form = again.form("/desk/door/hours");
        assert_eq!(form.value("monday"), "9-12, 14-18:30");
        let kept = browser.submit(form.set("zone", "Europe/Berlin")).await;
        kept.says("The hours are kept").says("Europe/Berlin");
        // 4 January 2027 is a Monday; half past eight, Berlin time, is too early.
        move_to(place, "2027-01-04T07:30:00Z");
        watched(place).await;
        assert_eq!(told(place).await, json!(["closed", "schedule", false]));
        let shut = place.browser().visit("/apply").await;
        shut.says("closed at this hour");
        assert!(!shut.has_form("/apply"));
        let app = place.api(crate::support::routes::app_token(place).await);
        let knock = json!({
            "username": "early", "email": "early@early.example", "password": "a porch light at night", "agreement": true,
            "locale": "en", "reason": "up early",
        });
        app.post("/api/v1/accounts", knock.clone()).await.error(403);
        move_to(place, "2027-01-04T08:00:00Z");
        watched(place).await;
        assert_eq!(told(place).await, json!(["approval", "admin", true]));
        app.post("/api/v1/accounts", knock).await.expect(200);
        // Each change was written down once, with the moment at which it was true.
        let rows = place
            .sql(
                "SELECT to_mode, reason FROM door_history ORDER BY id DESC LIMIT 2",
                &[],
            )
            .await;
        let rows: Vec<(i16, i16)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        assert_eq!(rows, [(1, 0), (3, 4)]);
        place
            .browser()
            .open("/door")
            .await
            .says("made by the opening hours");
        // Given up, the night is as good as the day.
        let browser = place.signed_in(&owner).await;
        let page = browser.open("/desk/door").await;
        let form = page.form("/desk/door/hours").untick("keep");
        browser.submit(form).await.says("No hours are kept");
        move_to(place, "2027-01-05T03:00:00Z");
        assert_eq!(told(place).await[0], "approval");
    });
}

#[test]
fn beyond_its_room_the_queue_has_a_line_that_is_drawn_in_turn() {
    run(async |place| {
        let owner = place.owner().await;
        crowd(place, 80, "192.0.2.0/32").await;
        let cleo = place.applicant("cleo").await;
        let lane = async |name: &str| -> i16 {
            let lane = "SELECT a.lane FROM applications a JOIN users u ON u.id = a.user_id WHERE u.username = $1";
            place.sql(lane, &[&name]).await[0].get(0)
        };
        assert_eq!(lane("cleo").await, 2, "eighty strangers fill the queue");
        let browser = place.signed_in(&cleo).await;
        browser.open("/waiting").await.says("you stand in line");
        let desk = place.signed_in(&owner).await;
        desk.open("/desk")
            .await
            .says("In line (1)")
            .says("Waiting (80)");
        desk.open("/desk?state=line").await.says("cleo");
        // The form stays open.
        assert_eq!(told(place).await, json!(["approval", "admin", true]));
        crowd(place, 5, "198.51.100.7/32").await;
        place
            .sql(
                "UPDATE applications SET lane = 2 WHERE network = '198.51.100.7'",
                &[],
            )
            .await;
        place.sql("UPDATE applications SET state = 4, decided_at = now() WHERE id IN (SELECT id FROM applications WHERE lane = 1 ORDER BY id LIMIT 2)", &[]).await;
        watched(place).await;
        // Two places: one for each network, the oldest of each.
        assert_eq!(lane("cleo").await, 1);
        let drawn = "SELECT count(*) FROM applications WHERE network = '198.51.100.7' AND lane = 1";
        assert_eq!(place.number(drawn).await, 1);
        browser.open("/waiting").await.hides("you stand in line");
    });
}

#[test]
fn the_form_closes_when_as_many_wait_as_may() {
    Setup::default()
        .with("PORCHLIGHT_REGISTRATION__MAX_WAITING", "100")
        .run(async |place| {
            let owner = place.owner().await;
            crowd(place, 79, "192.0.2.0/32").await;
            assert_eq!(told(place).await, json!(["approval", "admin", true]));
            // The last fifth is for the invited.
            crowd(place, 1, "192.0.2.0/32").await;
            assert_eq!(told(place).await, json!(["invite", "capacity", false]));
            crowd(place, 20, "192.0.2.0/32").await;
            assert_eq!(told(place).await, json!(["closed", "capacity", false]));
            place.browser().visit("/apply").await.says("come back in a few weeks");
            let desk = place.signed_in(&owner).await;
            desk.open("/desk/door").await.says("Too many wait").says("100 of 100");
            place.sql("UPDATE applications SET state = 4, decided_at = now() WHERE id IN (SELECT id FROM applications ORDER BY id LIMIT 50)", &[]).await;
            assert_eq!(told(place).await[0], "approval");
        });
}

#[test]
fn who_waits_when_the_door_shuts_goes_on_waiting() {
    // E12
    run(async |place| {
        let owner = place.owner().await;
        let hana = place.applicant("hana").await;
        set_mode(place, &owner, "closed").await;
        watched(place).await;
        place.advance(TimeDelta::days(3));
        place.settle().await;
        let state = "SELECT state::bigint FROM applications";
        assert_eq!(place.number(state).await, 1, "nothing decides by itself");
        let draft = json!({ "status": "Still here" });
        let draft = hana.api.post("/api/v1/statuses", draft).await;
        assert_eq!(draft.entity("Status")["draft"], true);
        let browser = place.signed_in(&hana).await;
        browser.open("/waiting").await.says("You are on the porch");
        // People still decide.
        let card = format!("/desk/applications/{}", place.application_of(&hana).await);
        let desk = place.signed_in(&owner).await;
        let page = desk.open(&card).await;
        desk.submit(page.form(&format!("{card}/approve"))).await;
        assert_eq!(place.number(state).await, 3);
    });
}

#[test]
fn an_outdated_version_asks_a_person_until_an_admin_puts_it_off() {
    run(async |place| {
        let owner = place.owner().await;
        let browser = place.signed_in(&owner).await;
        let page = browser.open("/desk/door").await;
        assert!(
            !page.has_form("/desk/door/outdated"),
            "not before it is due"
        );
        let price = browser
            .submit(page.form("/desk/door").set("mode", "open"))
            .await;
        browser
            .submit(price.form("/desk/door").set("understood", "1"))
            .await;
        assert_eq!(told(place).await[0], "open");
        let due = porchlight::domain::release::RELEASED + chrono::Months::new(18);
        move_to(place, &format!("{due}T00:00:01Z"));
        assert_eq!(told(place).await, json!(["approval", "outdated", true]));
        let browser = place.signed_in(&owner).await;
        let page = browser.open("/desk/door").await;
        page.says("An outdated version")
            .says("older than 18 months");
        browser
            .submit(page.form("/desk/door/outdated"))
            .await
            .says("Put off by a year");
        assert_eq!(told(place).await[0], "open");
        // Once is a year, not ten.
        let page = browser.open("/desk/door").await;
        assert!(!page.has_form("/desk/door/outdated"));
        place.advance(TimeDelta::days(366));
        assert_eq!(told(place).await, json!(["approval", "outdated", true]));
    });
}

#[test]
fn the_mode_costs_one_statement() {
    run(async |place| {
        place.owner().await;
        place.settle().await;
        place.stop_jobs().await;
        let mut conn = place.app.desk.get().await.expect("a connection");
        let now = place.app.clock.now();
        mode::current(&place.app, &mut conn, now)
            .await
            .expect("a mode");
        let before = place.counted().statements;
        mode::current(&place.app, &mut conn, now)
            .await
            .expect("a mode");
        assert_eq!(place.counted().statements - before, 1);
    });
}
