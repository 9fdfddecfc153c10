//! Processes that die while the stages change: one transition, one mail each.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use porchlight::domain::role::Role;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};

use crate::support::mail::Mail;
use crate::support::place::{Place, Setup};
use crate::support::process::{Server, Worker};

/// How often two servers and a worker are killed, for each stage.
const KILLS: usize = 3;
/// How long a worker may take to do what is due, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// One of those that are killed.
enum Process {
    Server(Server),
    Worker(Worker),
}

/// Makes everything as old as if nobody had been there for so many days, with the server up.
pub(super) async fn age(place: &Place, days: i64) {
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
                let mut living = [
                    Process::Server(Server::start(place).await),
                    Process::Worker(Worker::start(place).await),
                    Process::Server(Server::start(place).await),
                ];
                living.shuffle(&mut random);
                for process in living {
                    let pause = random.random_range(0..200);
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                    match process {
                        Process::Server(server) => drop(server.kill()),
                        Process::Worker(worker) => worker.kill(),
                    }
                }
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

#[test]
fn a_worker_alone_writes_down_what_became_true_and_tells_it() {
    Setup::default().without_jobs().run(async |place| {
        let olive = place.owner().await;
        place.member("bea").await;
        place.tick().await;
        age(place, 8).await;
        let worker = Worker::start(place).await;
        let said = "SELECT count(*) FROM switch_notices n JOIN episodes e ON e.id = n.episode_id \
                    WHERE e.stage = 2 AND n.sent_at IS NOT NULL AND n.channel = 0";
        let began = Instant::now();
        while place.number(said).await == 0 {
            assert!(began.elapsed() < PATIENCE, "it tells nothing");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        worker.stop();
        let written = "SELECT count(*) FROM episodes WHERE stage = 2 AND ended_at IS NULL";
        assert_eq!(place.number(written).await, 1);
        let sent = place.mails();
        let told = |mail: &&Mail| mail.to == olive.email && mail.file.contains("door-guarded");
        assert_eq!(sent.iter().filter(told).count(), 1);
    });
}
