//! Posting, one after the other and by 16 clients, beside bare commits of the same cluster.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::client::{Done, Requests, Until, load, post};
use super::commits::Commits;
use super::in_turn;
use super::people::People;
use super::place::Place;
use super::report::{Report, Row, milliseconds, per_second, seconds, times};
use super::scale::Scale;
use super::server::Server;

/// One account may ask so often in five minutes; a round by one account ends before that.
const BUDGET: u64 = 1_400;
/// How long the relay may take to tell of everything.
const TELLING: Duration = Duration::from_secs(60);
/// Words of a post.
const WORDS: &str = "The porch light is on, and somebody is sitting under it with a kettle. Number";

static KEYS: AtomicU64 = AtomicU64::new(0);

/// A post by somebody under a key that was never used.
pub fn fresh_post(token: &str) -> Vec<u8> {
    let n = KEYS.fetch_add(1, Ordering::Relaxed);
    post(token, &format!("{WORDS} {n}"), &format!("bench-{n}"))
}

/// Measures posting.
pub async fn run(
    place: &Place,
    server: &Server,
    people: &People,
    scale: Scale,
    report: &mut Report,
) -> Result<()> {
    report.section("Posting");
    let commits = Commits::open(place).await?;
    let crowd = people.clone();
    // Not the first, whose every post goes to a thousand.
    let by_many: Requests = Arc::new(move |n| fresh_post(&in_turn(&crowd, n + 1).token));
    let until = Until::Time(scale.each);
    let mut sums: [Done; 5] = Default::default();
    let [bare_1, bare_16, posts_1, posts_16, posts_one] = &mut sums;
    let mut told = Duration::ZERO;
    for round in 0..scale.rounds {
        bare_1.add(commits.run(1, scale.each).await?);
        posts_1.add(load(server.address, 1, until, Arc::clone(&by_many)).await?);
        settle(place).await?;
        bare_16.add(commits.run(Scale::CLIENTS, scale.each).await?);
        posts_16.add(load(server.address, Scale::CLIENTS, until, Arc::clone(&by_many)).await?);
        told = told.max(settle(place).await?);
        // Another account in each round, for its budget.
        let one = people.members[people.members.len() - 1 - round]
            .token
            .clone();
        let by_one: Requests = Arc::new(move |_| fresh_post(&one));
        let within = Until::Count(BUDGET, scale.each);
        posts_one.add(load(server.address, Scale::CLIENTS, within, by_one).await?);
        settle(place).await?;
    }

    let median = |done: &Done| milliseconds(done.percentile(50));
    let (bare, one) = (median(bare_1), median(posts_1));
    report.row(
        Row::new("median time, one after the other", one)
            .beside("bare commit", bare)
            .at_most_more(1.0),
    );
    report.row(
        Row::new("99 % within", milliseconds(posts_1.percentile(99)))
            .beside("bare commit", milliseconds(bare_1.percentile(99))),
    );
    let rate = |done: &Done| per_second(done.per_second());
    report.row(Row::new("one after the other", rate(posts_1)).beside("bare commits", rate(bare_1)));
    report.row(
        Row::new("16 clients, many accounts", rate(posts_16)).beside("bare commits", rate(bare_16)),
    );
    report.row(
        Row::new("16 clients, one account", rate(posts_one)).beside("bare commits", rate(bare_16)),
    );
    let factor = |many: &Done, one: &Done| times(many.per_second() / one.per_second());
    let bare = factor(bare_16, bare_1);
    for (what, done) in [("many accounts", &*posts_16), ("one account", &*posts_one)] {
        report.row(
            Row::new(
                format!("16 clients are faster by, {what}"),
                factor(done, posts_1),
            )
            .beside("bare commits", bare)
            .at_least(0.7),
        );
    }
    report.row(
        Row::new("median time, 16 clients", median(posts_16))
            .beside("bare commit", median(bare_16)),
    );
    report.row(Row::new("all of it told after at most", seconds(told)));
    Ok(())
}

/// Waits until the relay has told everything; gives how long that took.
pub async fn settle(place: &Place) -> Result<Duration> {
    let began = Instant::now();
    let sql = place.sql().await?;
    loop {
        let left: bool = sql
            .query_one("SELECT EXISTS (SELECT FROM events)", &[])
            .await?
            .get(0);
        if !left {
            return Ok(began.elapsed());
        }
        ensure!(
            began.elapsed() < TELLING,
            "the relay does not come to an end"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
