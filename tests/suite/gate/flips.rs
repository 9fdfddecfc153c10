//! However the door is turned, and whatever turns it: who waits goes on waiting until somebody
//! decides (registration.md C0, C7; E13, E14).

use chrono::TimeDelta;
use porchlight::gate::mode;
use porchlight::jobs::timers;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::door::crowd;
use crate::support::people::Person;
use crate::support::place::{Place, Setup};

/// Histories that are tried.
const HISTORIES: usize = 12;

/// What turns the door, or may be thought to.
#[derive(Debug, Clone)]
enum Step {
    /// An admin says so.
    Mode(&'static str),
    /// Hours are kept in which nobody is let in, or none are kept.
    Hours(bool),
    /// People come, beyond the room of the queue at times.
    Come(i64),
    /// So many hours pass; after some days nobody seems to be home.
    Pass(i64),
    /// Staff are there again.
    StaffLook,
    /// Redis forgets all.
    Forget,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => prop::sample::select(vec!["open", "approval", "closed"]).prop_map(Step::Mode),
        2 => any::<bool>().prop_map(Step::Hours),
        1 => (1_i64..4).prop_map(Step::Come),
        3 => (1_i64..60).prop_map(Step::Pass),
        2 => Just(Step::StaffLook),
        1 => Just(Step::Forget),
    ]
}

async fn set(place: &Place, key: &str, value: &str) {
    place
        .sql(
            "INSERT INTO instance_settings (key, value, updated_at) VALUES ($1, ($2::text)::jsonb, to_timestamp(0)) \
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            &[&key, &value],
        )
        .await;
}

async fn take(place: &Place, owner: &Person, step: &Step) {
    match step {
        Step::Mode(mode) => {
            let value = format!(r#"{{"mode": "{mode}"}}"#);
            set(place, "registration.mode", &value).await;
        }
        Step::Hours(true) => {
            let value =
                r#"{"zone": "UTC", "outside": "closed", "days": [[], [], [], [], [], [], []]}"#;
            set(place, "registration.hours", value).await;
        }
        Step::Hours(false) => set(place, "registration.hours", "null").await,
        Step::Come(many) => crowd(place, *many, "10.9.8.7").await,
        Step::Pass(hours) => place.live(TimeDelta::hours(*hours)).await,
        Step::StaffLook => {
            place.awaken(owner.user).await;
            owner.api.get("/api/v1/timelines/home").await;
        }
        Step::Forget => mode::forget(&place.app).await,
    }
    mode::watch(&place.app).await.expect("a watch");
    timers::tick(&place.app).await;
}

#[test]
fn whatever_turns_the_door_lets_in_nobody_who_waits() {
    Setup::default().run(async |place| {
        let owner = place.owner().await;
        let let_in = "SELECT count(*) FROM applications WHERE state = 3";
        let here = "SELECT count(*) FROM accounts WHERE host_id IS NULL";
        let approved = "SELECT count(*) FROM users WHERE approved_at IS NOT NULL";
        let count = async || {
            [
                place.number(let_in).await,
                place.number(here).await,
                place.number(approved).await,
            ]
        };
        let before = count().await;
        let (mut runner, mut modes) = (TestRunner::default(), std::collections::BTreeSet::new());
        for _ in 0..HISTORIES {
            let history = prop::collection::vec(step(), 4..12);
            // Some in each lane; those of long ago may be erased by now.
            crowd(place, 4, "10.9.8.7").await;
            let lanes = "UPDATE applications SET lane = id % 4 WHERE state = 1";
            place.sql(lanes, &[]).await;
            let history = history.new_tree(&mut runner).expect("a history").current();
            for step in &history {
                take(place, &owner, step).await;
                assert_eq!(count().await, before, "by {step:?} in {history:?}");
                let mut conn = place.app.pool.get().await.expect("a connection");
                let held = mode::current(&place.app, &mut conn, place.app.clock.now()).await;
                modes.insert(format!("{:?}", held.expect("a mode").mode));
            }
        }
        // Or it would say nothing.
        assert!(modes.len() >= 2, "{modes:?}");
    });
}
