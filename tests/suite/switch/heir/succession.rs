//! The notice has run out: the heir becomes owner, once.

use std::time::Duration;

use chrono::TimeDelta;
use porchlight::domain::role::Role;
use porchlight::gate::away::heir;
use porchlight::gate::switch::lift::{self, Lifted};
use porchlight::identity::roles::{self, By};

use super::super::standing_still::admin_of;
use super::{mails, named, opened, quiet, role, run_down, watch};
use crate::support::place::{Place, Setup, run};
use crate::support::process::Server;

const OWNER: i64 = Role::Owner as i64;

/// How often it was written down.
async fn successions(place: &Place) -> i64 {
    place
        .number("SELECT count(*) FROM audit_log WHERE act = 'heir.succeed'")
        .await
}

#[test]
fn after_the_notice_the_heir_becomes_owner_once_and_lifts_the_switch_alone() {
    run(async |place| {
        let owner = place.owner().await;
        let mona = place.staff("mona", Role::Moderator).await;
        let [bea, cyd] = [place.member("bea").await, place.member("cyd").await];
        let code = named(place, &owner, &bea).await;
        quiet(place).await;
        opened(place, &bea, &code).await;
        run_down(place, 13, TimeDelta::days(13)).await;
        watch(place).await;
        assert_eq!(role(place, &bea).await, 0, "a day is left");
        run_down(place, 1, TimeDelta::days(14)).await;
        let watches = (0..8).map(|_| heir::watch(&place.app));
        for done in futures::future::join_all(watches).await {
            done.expect("looked at");
        }
        watch(place).await;
        place.settle().await;
        assert_eq!(role(place, &bea).await, OWNER);
        assert_eq!(
            role(place, &owner).await,
            OWNER,
            "who was owner is it still"
        );
        assert_eq!(successions(place).await, 1);
        for person in [&owner, &mona, &bea] {
            assert_eq!(
                mails(place, person, "has a new owner"),
                1,
                "{}",
                person.name
            );
        }
        assert_eq!(mails(place, &cyd, "has a new owner"), 0);
        let signs = format!(
            "SELECT count(*) FROM signs_of_life WHERE user_id = {}",
            bea.user
        );
        assert_eq!(place.number(&signs).await, 0, "they did nothing yet");
        let stranger = place.browser();
        stranger
            .open("/door")
            .await
            .says("the place went to an heir");
        // The letter has done what it was for.
        let browser = place.signed_in(&bea).await;
        assert_eq!(browser.visit("/heir").await.status(), 404);
        let page = browser.open("/desk/away").await;
        page.says("I am back").hides("another admin");

        // Another young role needs a second one; the heir does not.
        let admin = admin_of(place, &bea).await;
        roles::set_role(&place.app, By::Admin(&admin), cyd.user, Role::Admin)
            .await
            .expect("named");
        place.awaken(cyd.user).await;
        let young = admin_of(place, &cyd).await;
        let wished = lift::to_calm(&place.app, &young).await.expect("noted");
        assert_eq!(wished, Lifted::Wished);
        place.sql("DELETE FROM lift_wishes", &[]).await;
        let lifted = lift::to_calm(&place.app, &admin).await.expect("lifted");
        assert_eq!(lifted, Lifted::Done);
    });
}

#[test]
fn a_server_that_was_off_hands_nothing_over_before_a_week_of_the_notice_was_lived() {
    run(async |place| {
        let owner = place.owner().await;
        let bea = place.member("bea").await;
        let code = named(place, &owner, &bea).await;
        quiet(place).await;
        opened(place, &bea, &code).await;
        run_down(place, 20, TimeDelta::zero()).await;
        watch(place).await;
        assert_eq!(role(place, &bea).await, 0);
        // The ticks count what is lived, and not the leap before.
        place.advance(TimeDelta::days(3));
        place.live(TimeDelta::days(7) - TimeDelta::hours(3)).await;
        watch(place).await;
        assert_eq!(role(place, &bea).await, 0, "not yet");
        place.live(TimeDelta::hours(4)).await;
        watch(place).await;
        assert_eq!(role(place, &bea).await, OWNER);
    });
}

#[test]
fn a_suspended_heir_and_a_lifted_switch_hand_nothing_over() {
    run(async |place| {
        let owner = place.owner().await;
        let bea = place.member("bea").await;
        place.member("cyd").await;
        let code = named(place, &owner, &bea).await;
        quiet(place).await;
        opened(place, &bea, &code).await;
        run_down(place, 14, TimeDelta::days(14)).await;
        let off = "UPDATE users SET disabled_at = now() WHERE id = $1";
        place.sql(off, &[&bea.user]).await;
        watch(place).await;
        assert_eq!(role(place, &bea).await, 0);
        assert_eq!(successions(place).await, 0);
        place.settle().await;
        assert_eq!(mails(place, &owner, "stays in its hands"), 1);
        let on = "UPDATE users SET disabled_at = NULL WHERE id = $1";
        place.sql(on, &[&bea.user]).await;
        let browser = place.signed_in(&bea).await;
        assert_eq!(browser.visit("/heir").await.status(), 404, "void for good");

        let code = named(place, &owner, &bea).await;
        super::age(place, 61).await;
        opened(place, &bea, &code).await;
        run_down(place, 14, TimeDelta::days(14)).await;
        // Somebody with a shell lifts it, a moment before the tick.
        lift::by_host(&place.app, "olive").await.expect("lifted");
        watch(place).await;
        assert_eq!(role(place, &bea).await, 0);
        assert_eq!(successions(place).await, 0);
    });
}

#[test]
fn processes_that_are_killed_hand_it_over_once_and_leave_nobody_untold() {
    Setup::default().without_jobs().run(async |place| {
        let owner = place.owner().await;
        let [bea, cyd] = [place.member("bea").await, place.member("cyd").await];
        let code = named(place, &owner, &bea).await;
        place.start_jobs();
        quiet(place).await;
        place.stop_jobs().await;
        let browser = place.signed_in(&bea).await;
        super::open(&browser, &code).await.says("It is open");
        let chaos = async || {
            for pause in [0, 150, 300] {
                let one = Server::start(place).await;
                let other = Server::start(place).await;
                tokio::time::sleep(Duration::from_millis(pause)).await;
                one.kill();
                other.kill();
            }
            // Whoever comes next finishes it, once what the dead held is given up.
            place.advance(TimeDelta::minutes(10));
            place.start_jobs();
            watch(place).await;
            // What somebody dead tried is tried again, later each time.
            let left = "SELECT count(*) FROM jobs WHERE payload->>'mail' LIKE 'heir%' OR payload->>'errand' = 'tell_heir'";
            place.settle().await;
            while place.number(left).await > 0 {
                place.advance(TimeDelta::minutes(10));
                place.settle().await;
            }
            place.stop_jobs().await;
        };
        chaos().await;
        for person in [&owner, &bea, &cyd] {
            // A process that dies after the mail left and before it could note it sends it again.
            let told = mails(place, person, "goes to a new owner");
            assert!((1..=2).contains(&told), "{}: {told}", person.name);
        }
        run_down(place, 14, TimeDelta::days(14)).await;
        chaos().await;
        assert_eq!(role(place, &bea).await, OWNER);
        assert_eq!(successions(place).await, 1);
        for person in [&owner, &bea] {
            let told = mails(place, person, "has a new owner");
            assert!((1..=2).contains(&told), "{}: {told}", person.name);
        }
    });
}
