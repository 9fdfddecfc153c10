//! Processes that die while the stages change: one transition, one mail each.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::TimeDelta;
use porchlight::domain::role::Role;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::support::place::{Place, Setup};
use crate::support::process::Server;

/// How often two servers are killed, for each stage.
const KILLS: usize = 3;

/// Makes everything as old as if nobody had been there for so many days, with the server up.
async fn age(place: &Place, days: i64) {
    let by = format!("{days} days");
    for statement in [
        "UPDATE signs_of_life SET at = at - $1::text::interval",
        "UPDATE users SET role_since = role_since - $1::text::interval",
        "UPDATE episodes SET stage_since = stage_since - $1::text::interval, since = since - $1::text::interval",
    ] {
        place.sql(statement, &[&by]).await;
    }
    let lived = "UPDATE episodes SET uptime_millis = uptime_millis + $1 WHERE ended_at IS NULL";
    place.sql(lived, &[&(days * 24 * 3_600_000)]).await;
}

/// Whom what kind of mail went to, and how often.
fn mails(place: &Place) -> BTreeMap<(String, String), usize> {
    let mut count = BTreeMap::new();
    for mail in place.mails() {
        *count
            .entry((mail.subject.clone(), mail.to.clone()))
            .or_insert(0) += 1;
    }
    count
}

#[test]
fn processes_that_are_killed_while_stages_change_tell_each_once() {
    Setup::default().without_jobs().run(async |place| {
        let seed: u64 = rand::rng().random();
        println!("seed {seed}");
        let mut random = StdRng::seed_from_u64(seed);
        place.owner().await;
        place.staff("mona", Role::Moderator).await;
        place.member("bea").await;
        place.tick().await;
        let before = mails(place);
        for (days, stage) in [(5, 1), (2, 2), (7, 3), (16, 4)] {
            age(place, days).await;
            for _ in 0..KILLS {
                let one = Server::start(place).await;
                let other = Server::start(place).await;
                let pause = random.random_range(0..400);
                tokio::time::sleep(Duration::from_millis(pause)).await;
                one.kill();
                other.kill();
            }
            // Whoever comes next finishes it, once what the dead held is given up.
            place.advance(TimeDelta::minutes(10));
            place.start_jobs();
            place.tick().await;
            place.settle().await;
            place.stop_jobs().await;
            let rows = place
                .sql(
                    "SELECT stage, version FROM episodes WHERE kind = 0 AND ended_at IS NULL",
                    &[],
                )
                .await;
            let found: Vec<(i16, i32)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
            assert_eq!(
                found,
                [(stage, i32::from(stage))],
                "{}",
                place.data.display()
            );
        }
        let told = mails(place);
        let new = told.iter().filter(|(key, _)| !before.contains_key(*key));
        let new: Vec<_> = new.collect();
        assert!(new.len() >= 6, "{told:?}");
        let twice: Vec<_> = new.iter().filter(|(_, times)| **times > 1).collect();
        assert!(twice.is_empty(), "{twice:?}");
    });
}
