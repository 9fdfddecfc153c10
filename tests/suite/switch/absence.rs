//! A planned absence: the door from the first day on, one reminder, and home again.

use chrono::{TimeDelta, Timelike};
use porchlight::domain::registration_mode::{ModeReason, RegistrationMode};
use porchlight::domain::switch::Stage;
use porchlight::gate::away::absence;
use porchlight::gate::mode;

use super::standing_still::{admin_of, stage};
use crate::gate::invites::set_mode;
use crate::support::place::{Place, run};

async fn door(place: &Place) -> (RegistrationMode, ModeReason, bool) {
    let mut conn = place.app.pool.get().await.expect("a connection");
    let now = place.app.clock.now();
    let effective = mode::current(&place.app, &mut conn, now)
        .await
        .expect("a mode");
    (effective.mode, effective.reason, effective.bypass)
}

fn day(place: &Place, ahead: i64) -> String {
    let at = place.app.clock.now() + TimeDelta::days(ahead);
    at.format("%Y-%m-%d").to_string()
}

/// Plans one by the page.
pub async fn plan(place: &Place, browser: &crate::support::browser::Browser, from: i64, to: i64) {
    let page = browser.open("/desk/absence").await;
    let form = page
        .form("/desk/absence")
        .set("from", &day(place, from))
        .set("to", &day(place, to))
        .set("mode", "invite");
    browser.submit(form).await.says("Noted");
}

#[test]
fn the_door_is_as_it_was_left_from_the_first_day_to_the_last() {
    run(async |place| {
        // Whole days are counted: it is noon, whenever this runs.
        let hour = i64::from(place.app.clock.now().hour());
        place.advance(TimeDelta::hours((36 - hour) % 24));
        let owner = place.owner().await;
        place.member("bea").await;
        set_mode(place, "approval", true).await;
        let browser = place.signed_in(&owner).await;
        // What will not do is said, and what was typed is kept.
        let page = browser.open("/desk/absence").await;
        let form = page
            .form("/desk/absence")
            .set("from", &day(place, 3))
            .set("to", &day(place, 40));
        let again = browser.submit(form).await;
        assert_eq!(again.status(), 422);
        again.says("within 30 days");
        assert_eq!(again.form("/desk/absence").value("from"), day(place, 3));

        plan(place, &browser, 3, 12).await;
        browser.open("/desk/absence").await.says("It is planned");
        let as_chosen = (RegistrationMode::Approval, ModeReason::Admin, true);
        assert_eq!(door(place).await, as_chosen);
        place.advance(TimeDelta::days(3));
        let away = (RegistrationMode::Invite, ModeReason::Schedule, false);
        assert_eq!(door(place).await, away);
        mode::forget(&place.app).await;
        let desk = place.signed_in(&owner).await;
        desk.open("/desk/absence").await.says("You are away");
        desk.open("/desk/door").await.says("A planned absence");
        // Nobody is told who is away, or until when.
        place
            .browser()
            .open("/door")
            .await
            .says("as was planned")
            .hides(&day(place, 9));

        // One reminder, on the last day; none before, and not twice.
        let reminders = |place: &Place| {
            let mails = place.mails();
            mails
                .iter()
                .filter(|m| m.subject.contains("is over soon"))
                .count()
        };
        place.advance(TimeDelta::days(7));
        absence::remind(&place.app).await.expect("looked at");
        place.settle().await;
        assert_eq!(reminders(place), 0);
        place.advance(TimeDelta::hours(30));
        for _ in 0..2 {
            absence::remind(&place.app).await.expect("looked at");
            place.settle().await;
        }
        assert_eq!(reminders(place), 1);
        place.mail_to(&owner.email).await.link("/desk");
        place.advance(TimeDelta::days(1));
        assert_eq!(stage(place).await, Stage::Guarded, "the clock ran on");
    });
}

#[test]
fn an_absence_never_loosens_and_ends_when_somebody_is_back() {
    run(async |place| {
        let owner = place.owner().await;
        place.member("bea").await;
        set_mode(place, "closed", true).await;
        let browser = place.signed_in(&owner).await;
        plan(place, &browser, 0, 5).await;
        assert_eq!(
            door(place).await.0,
            RegistrationMode::Closed,
            "closed stays closed"
        );
        set_mode(place, "approval", true).await;
        assert_eq!(door(place).await.0, RegistrationMode::Invite);
        let page = browser.open("/desk/absence").await;
        browser
            .submit(page.form("/desk/absence/end"))
            .await
            .says("It is over");
        let as_chosen = (RegistrationMode::Approval, ModeReason::Admin, true);
        assert_eq!(door(place).await, as_chosen);
        let admin = admin_of(place, &owner).await;
        absence::end(&place.app, &admin)
            .await
            .expect_err("there is none");
        // Both stand in the log; the plan is taken back from there as well.
        plan(place, &browser, 1, 5).await;
        let page = browser.open("/desk/audit?what=absence.plan").await;
        browser.submit(page.form("/desk/audit/undo")).await;
        browser.open("/desk/absence").await.hides("It is planned");
    });
}

#[test]
fn a_member_plans_nothing_and_a_reviewer_only_looks() {
    run(async |place| {
        place.owner().await;
        let rolf = place
            .staff("rolf", porchlight::domain::role::Role::Reviewer)
            .await;
        let browser = place.signed_in(&rolf).await;
        let page = browser.open("/desk/absence").await;
        assert!(!page.has_form("/desk/absence"));
        let bea = place.member("bea").await;
        let browser = place.signed_in(&bea).await;
        assert_eq!(browser.visit("/desk/absence").await.status(), 404);
    });
}

#[test]
fn distress_waits_for_the_day_on_which_somebody_said_they_are_back() {
    run(async |place| {
        let owner = place.owner().await;
        place.member("bea").await;
        let browser = place.signed_in(&owner).await;
        plan(place, &browser, 5, 34).await;
        place.live(TimeDelta::days(31)).await;
        assert_eq!(
            stage(place).await,
            Stage::Sealed,
            "stages follow the real clock, but the last"
        );
        // Nobody is alarmed who said that they would be away; and they are not missing.
        place.settle().await;
        let mails = place.mails();
        // The weekly word on what was seen of them is no alarm.
        let alarms = mails
            .iter()
            .filter(|m| m.to == owner.email && !m.subject.starts_with("You were seen"));
        let alarms: Vec<&str> = alarms.map(|m| m.subject.as_str()).collect();
        assert!(alarms.is_empty(), "{alarms:?}");
        mode::forget(&place.app).await;
        let told = place.stranger().get("/api/v2/instance").await.ok();
        assert_eq!(told["registrations"]["attended"], true);
        place.live(TimeDelta::days(4)).await;
        assert_eq!(stage(place).await, Stage::Distress);
    });
}
