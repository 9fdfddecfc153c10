//! The table of edge cases (registration.md C1), as far as it is about stages and clocks.

use chrono::TimeDelta;
use porchlight::domain::Error;
use porchlight::domain::role::Role;
use porchlight::domain::switch::{Cause, Stage};
use porchlight::gate::{mode, switch};
use porchlight::identity::roles::{self, By};
use porchlight::model::audit::SignOfLife;
use porchlight::store;
use serde_json::{Value, json};

use super::{applicants, open_it, standing, told};
use crate::support::people::PASSWORD;
use crate::support::place::{Setup, run};

fn days(n: i64) -> TimeDelta {
    TimeDelta::days(n)
}

#[test]
fn e3_down_for_eight_days_and_the_first_who_knocks_finds_it_guarded() {
    run(async |place| {
        open_it(place).await;
        place.member("bea").await;
        assert_eq!(told(place).await["reason"], "admin");
        assert_eq!(told(place).await["effective_mode"], "open");
        // The workers are dead, and nothing is written down.
        place.stop_jobs().await;
        place.advance(days(8));
        let now = told(place).await;
        assert_eq!(now["effective_mode"], "approval");
        assert_eq!(now["reason"], "admin", "nobody is told when to strike");
        assert_eq!(now["attended"], json!(true));
        // What is written down later says when it became true.
        place.tick().await;
        let since = standing(place).await.since.expect("it began");
        let ago = place.app.clock.now() - since;
        assert!(
            ago > TimeDelta::hours(23) && ago < TimeDelta::hours(25),
            "{ago}"
        );
        // However long it was off: sealed only after two days of uptime.
        place.advance(days(60));
        assert_eq!(standing(place).await.stage, Stage::Guarded);
        place.live(TimeDelta::hours(46)).await;
        assert_eq!(standing(place).await.stage, Stage::Guarded);
        place.live(TimeDelta::hours(3)).await;
        assert_eq!(standing(place).await.stage, Stage::Sealed);
    });
}

#[test]
fn e4_a_clock_a_year_ahead_guards_and_nothing_more() {
    Setup::default().without_jobs().run(async |place| {
        place.owner().await;
        place.member("bea").await;
        place.live(TimeDelta::hours(2)).await;
        place.jump(days(365));
        place.live(TimeDelta::hours(20)).await;
        assert_eq!(standing(place).await.stage, Stage::Guarded);
        place.jump(days(-365));
        for _ in 0..4 {
            place.live(TimeDelta::hours(12)).await;
            assert_eq!(standing(place).await.stage, Stage::Guarded);
        }
        let further = "SELECT count(*) FROM episodes WHERE sealed_at IS NOT NULL OR distress_at IS NOT NULL";
        assert_eq!(place.number(further).await, 0);
        let logged = "SELECT count(*) FROM audit_log WHERE act IN ('switch.clock_jump', 'switch.clock_accepted')";
        assert_eq!(place.number(logged).await, 3, "ahead, back, and believed");
    });
}

#[test]
fn e5_a_clock_set_back_extends_no_deadline() {
    Setup::default().without_jobs().run(async |place| {
        place.owner().await;
        place.member("bea").await;
        place.tick().await;
        place.jump(days(-10));
        place.live(days(7) - TimeDelta::hours(2)).await;
        assert_eq!(standing(place).await.stage, Stage::Warned);
        place.live(TimeDelta::hours(3)).await;
        assert_eq!(standing(place).await.stage, Stage::Guarded);
    });
}

#[test]
fn e5_a_clock_set_back_by_less_than_the_absence_shortens_no_absence() {
    Setup::default().without_jobs().run(async |place| {
        place.owner().await;
        place.member("bea").await;
        applicants(place, ["ann"]).await;
        place.live(days(5)).await;
        let before = standing(place).await;
        place.jump(days(-3));
        place.live(TimeDelta::hours(26)).await;
        let wall = place.app.clock.now();
        let now = standing(place).await;
        assert!(
            (now.now - wall).abs() < TimeDelta::hours(1),
            "{} at {wall}",
            now.now
        );
        let set_back = |at: Option<chrono::DateTime<chrono::Utc>>| at.map(|at| at - days(3));
        let close = |was, is: Option<chrono::DateTime<chrono::Utc>>| {
            let parted = set_back(was).expect("due") - is.expect("due");
            assert!(parted.abs() < TimeDelta::minutes(5), "{was:?} {is:?}");
        };
        close(before.presence_ends, now.presence_ends);
        close(before.response_ends, now.response_ends);
        // So the sixth day and a bit is warned, the seventh guarded.
        assert_eq!(now.stage, Stage::Warned);
        place.live(TimeDelta::hours(24)).await;
        assert_eq!(standing(place).await.stage, Stage::Guarded);
    });
}

#[test]
fn e5_who_is_there_while_a_clock_set_back_is_not_believed_was_there() {
    Setup::default().without_jobs().run(async |place| {
        let owner = place.owner().await;
        place.member("bea").await;
        place.live(days(6)).await;
        assert_eq!(standing(place).await.stage, Stage::Warned);
        place.jump(days(-3));
        place.live(TimeDelta::hours(2)).await;
        let mut conn = place.app.pool.get().await.expect("a connection");
        let now = place.app.clock.now();
        let noted = store::signs_of_life::insert(&mut conn, owner.user, SignOfLife::CheckIn, now);
        noted.await.expect("it is noted");
        place.tick().await;
        assert_eq!(standing(place).await.stage, Stage::Calm);
        place.live(days(5) - TimeDelta::hours(6)).await;
        assert_eq!(
            standing(place).await.stage,
            Stage::Calm,
            "and still after it is"
        );
        place.live(TimeDelta::hours(12)).await;
        assert_eq!(standing(place).await.stage, Stage::Warned);
    });
}

#[test]
fn e5_what_came_while_the_clock_was_ahead_waits_no_longer_for_it() {
    Setup::default().without_jobs().run(async |place| {
        place.owner().await;
        let bea = place.member("bea").await;
        let cai = place.member("cai").await;
        place.live(TimeDelta::hours(2)).await;
        place.jump(days(300));
        place.tick().await;
        applicants(place, ["ann", "ben", "kim"]).await;
        let report = json!({ "account_id": bea.id, "comment": "Look at this" });
        cai.api.post("/api/v1/reports", report).await.expect(200);
        // Decided once and waiting again: all times of one row come back.
        let put_off = "UPDATE applications SET put_off_until = submitted_at + interval '14 days', \
                       decided_at = submitted_at WHERE user_id = (SELECT id FROM users WHERE username = 'ben')";
        place.sql(put_off, &[]).await;
        let decided = "UPDATE applications SET state = 3, decided_at = submitted_at, \
                       decided_by = user_id WHERE user_id = (SELECT id FROM users WHERE username = 'kim')";
        place.sql(decided, &[]).await;
        place.live(TimeDelta::hours(2)).await;
        place.jump(days(-300));
        place.live(TimeDelta::hours(20)).await;
        let now = standing(place).await;
        assert!(now.now > place.app.clock.now() + days(200), "not believed yet");
        place.live(TimeDelta::hours(8)).await;
        let now = standing(place).await;
        let wall = place.app.clock.now();
        assert!((now.now - wall).abs() < TimeDelta::hours(1), "{} at {wall}", now.now);
        // Both came more than a day ago, and are waited for no longer than others.
        let ends = now.response_ends.expect("a report waits");
        assert!(ends < wall + days(6), "{ends} at {wall}");
        let close = "UPDATE reports SET closed_at = created_at, closed_by = NULL";
        place.sql(close, &[]).await;
        let ends = standing(place).await.response_ends.expect("ann waits");
        assert!(ends < wall + days(13), "{ends} at {wall}");
        let seconds = wall.timestamp() as f64;
        let later = async |column: &str, days: i64| -> i64 {
            let sql = format!(
                "SELECT count(*) FROM applications \
                 WHERE {column} > to_timestamp($1::float8) + $2 * interval '1 day'"
            );
            let days = days as f64;
            place.sql(&sql, &[&seconds, &days]).await[0].get(0)
        };
        assert_eq!(later("put_off_until", 14).await, 0, "put off for a year");
        assert_eq!(later("put_off_until", 10).await, 1, "and for its two weeks still");
        assert_eq!(later("decided_at", 0).await, 0, "decided in a time to come");
        assert_eq!(later("submitted_at", 0).await, 0, "sent in a time to come");
    });
}

#[test]
fn e7_without_anybody_the_door_is_guarded_then_sealed_and_the_first_owner_clears_it() {
    Setup::default().without_jobs().run(async |place| {
        let now = told(place).await;
        assert_eq!(
            (&now["effective_mode"], &now["reason"]),
            (&json!("approval"), &json!("setup"))
        );
        place.live(TimeDelta::hours(23)).await;
        assert_eq!(standing(place).await.stage, Stage::Guarded);
        place.live(TimeDelta::hours(2)).await;
        assert_eq!(standing(place).await.stage, Stage::Sealed);
        place.owner().await;
        assert_eq!(standing(place).await.stage, Stage::Calm);
        place.tick().await;
        let open = "SELECT count(*) FROM episodes WHERE ended_at IS NULL";
        assert_eq!(place.number(open).await, 0);
    });
}

#[test]
fn e15_many_that_tick_at_once_write_one_transition() {
    Setup::default().without_jobs().run(async |place| {
        place.owner().await;
        place.member("bea").await;
        place.tick().await;
        for (time, stage) in [(days(5), 1), (days(2), 2)] {
            place.advance(time);
            let ticks = (0..8).map(|_| switch::tick(&place.app));
            for ticked in futures::future::join_all(ticks).await {
                ticked.expect("it ticks");
            }
            let row = place
                .sql("SELECT stage, version FROM episodes WHERE kind = 0", &[])
                .await;
            assert_eq!(row.len(), 1);
            let at: (i16, i32) = (row[0].get(0), row[0].get(1));
            assert_eq!(at, (stage, i32::from(stage)));
        }
        let told = "SELECT count(*) FROM events WHERE kind = 100 AND extra > 0";
        assert_eq!(place.number(told).await, 1);
        let warned = "SELECT count(*) FROM events WHERE kind = 101";
        assert_eq!(place.number(warned).await, 1);
    });
}

#[test]
fn e21_a_backup_of_long_ago_is_guarded_and_not_sealed() {
    run(async |place| {
        place.owner().await;
        place.member("bea").await;
        place.tick().await;
        place.stop_jobs().await;
        // What was written down is twenty days old, and the process is a new one.
        place
            .sql("UPDATE signs_of_life SET at = at - interval '20 days'", &[])
            .await;
        place
            .sql(
                "UPDATE users SET role_since = role_since - interval '20 days'",
                &[],
            )
            .await;
        place
            .sql("UPDATE switch_state SET ticked_at = ticked_at - interval '20 days', high_water = high_water - interval '20 days'", &[])
            .await;
        assert_eq!(standing(place).await.stage, Stage::Guarded);
        place.live(TimeDelta::hours(40)).await;
        assert_eq!(standing(place).await.stage, Stage::Guarded);
    });
}

#[test]
fn e22_to_shorten_the_clock_is_an_act() {
    run(async |place| {
        let browser = place.signed_in(&place.owner().await).await;
        place.member("bea").await;
        place.advance(days(3));
        let page = browser.open("/desk/switch").await;
        let form = page.form("/desk/switch").set("presence_days", "2");
        browser.submit(form).await.says("after 2 days");
        assert_eq!(standing(place).await.stage, Stage::Calm);
        place.advance(days(2));
        assert_eq!(standing(place).await.stage, Stage::Guarded);
        let page = browser.open("/desk/switch").await;
        let form = page.form("/desk/switch").set("presence_days", "1");
        browser.submit(form).await.says("must be between 2 and 14");
    });
}

#[test]
fn e23_the_last_owner_goes_only_once_another_is_named_and_without_any_it_is_as_on_the_first_day() {
    Setup::default().without_jobs().run(async |place| {
        let olive = place.owner().await;
        let bea = place.member("bea").await;
        let adam = place.staff("adam", Role::Admin).await;
        let set = async |who: i64, role| roles::set_role(&place.app, By::Host, who, role).await;
        let browser = place.signed_in(&olive).await;
        let leave = async || {
            let page = browser.open("/settings/delete").await;
            let form = page.form("/settings/delete").set("password", PASSWORD);
            browser.submit(form.set("sure", "1")).await
        };
        // Neither by herself, nor by an admin's app, nor by whoever has the machine.
        leave().await.says("You are the last owner");
        let token = place.token_of(adam.user, "read admin:read admin:write");
        let app = place.api(token.await);
        let action = format!("/api/v1/admin/accounts/{}/action", olive.id);
        app.post(&action, json!({ "type": "disable" }))
            .await
            .error(403);
        app.post(&action, json!({ "type": "suspend" }))
            .await
            .error(403);
        let refused = set(olive.user, Role::Member).await;
        assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
        set(bea.user, Role::Owner)
            .await
            .expect("the host names another");
        leave().await.says("Your account is deleted.");
        assert_eq!(standing(place).await.stage, Stage::Calm);
        // Gone all the same, by hand or with a backup: nobody is eligible, at once (E7).
        place.sql("UPDATE users SET role = 0", &[]).await;
        let now = standing(place).await;
        assert_eq!((now.stage, now.cause), (Stage::Guarded, Cause::Nobody));
        assert_eq!(told(place).await["reason"], "setup");
        set(bea.user, Role::Owner)
            .await
            .expect("the host names one");
        assert_eq!(standing(place).await.stage, Stage::Calm);
    });
}

#[test]
fn a_door_that_is_shut_and_empty_is_not_guarded_and_says_so() {
    run(async |place| {
        let browser = place.signed_in(&place.owner().await).await;
        place.member("bea").await;
        let page = browser.open("/desk/door").await;
        let form = page.form("/desk/door").set("mode", "closed");
        browser.submit(form).await;
        place.advance(days(20));
        assert_eq!(standing(place).await.stage, Stage::Calm);
        let page = browser.open("/desk/switch").await;
        page.says("there is nothing to guard");
        place.advance(days(40));
        assert_eq!(standing(place).await.stage, Stage::Warned);
    });
}

#[test]
fn the_history_names_the_cause_once_the_door_was_sealed_and_never_before() {
    Setup::default().without_jobs().run(async |place| {
        place.owner().await;
        place.member("bea").await;
        place.tick().await;
        mode::watch(&place.app).await.expect("it is noted");
        let reasons = async || -> Vec<Value> {
            let rows = place
                .stranger()
                .get("/api/v1/instance/registration_history")
                .await;
            let rows = rows.expect(200).json();
            let rows = rows.as_array().expect("a list").iter();
            rows.map(|row| row["reason"].clone()).collect()
        };
        let before = reasons().await;
        let since = told(place).await["since"].clone();
        place.live(days(8)).await;
        assert_eq!(standing(place).await.stage, Stage::Guarded);
        assert_eq!(
            reasons().await,
            before,
            "a guarded door looks like the admin's choice"
        );
        assert_eq!(
            told(place).await["since"],
            since,
            "and not even its time is seen"
        );
        place.live(days(7)).await;
        let now = told(place).await;
        assert_eq!(
            (&now["effective_mode"], &now["reason"], &now["attended"]),
            (&json!("closed"), &json!("deadman"), &json!(false))
        );
        let named = reasons().await;
        assert_eq!(named[..2], [json!("deadman"), json!("deadman")]);
        place
            .browser()
            .open("/door")
            .await
            .says("Nobody of the staff was here")
            .says("Nobody reads applications at the moment");
    });
}

#[test]
fn the_mode_with_the_switch_costs_one_statement() {
    run(async |place| {
        let owner = place.owner().await;
        place.stop_jobs().await;
        let mut conn = place.app.pool.get().await.expect("a connection");
        let now = place.app.clock.now();
        let before = place.counted();
        switch::standing(&place.app, &mut conn, now)
            .await
            .expect("it is judged");
        assert_eq!(place.counted().statements - before.statements, 1);
        let _ = owner;
    });
}

#[test]
fn three_who_are_trusted_and_wait_for_a_moderator_shorten_the_clock_and_a_crowd_does_not() {
    Setup::default().without_jobs().run(async |place| {
        place.owner().await;
        let bea = place.member("bea").await.id;
        let mut crowd = Vec::new();
        for name in ["cai", "dee", "eli", "fay"] {
            let person = place.member(name).await;
            let report = json!({ "account_id": bea, "comment": "Look at this" });
            person.api.post("/api/v1/reports", report).await.expect(200);
            crowd.push(person.id.parse::<i64>().expect("a number"));
        }
        place.advance(TimeDelta::hours(49));
        assert_eq!(standing(place).await.stage, Stage::Calm, "nobody knows them");
        for account in &crowd[..3] {
            place
                .sql(
                    "INSERT INTO author_standing (account_id, established_at) VALUES ($1, now()) \
                     ON CONFLICT (account_id) DO UPDATE SET established_at = excluded.established_at",
                    &[account],
                )
                .await;
        }
        assert_eq!(standing(place).await.stage, Stage::Guarded);
    });
}
