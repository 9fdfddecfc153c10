//! Home of 20 by 16 clients, beside the same statements bare and the same bytes from memory.

use std::sync::Arc;

use anyhow::{Result, ensure};

use super::bytes::FromMemory;
use super::client::{Done, Http, Until, get, load};
use super::in_turn;
use super::people::People;
use super::place::Place;
use super::replay::{PAGE, Replay};
use super::report::{Report, Row, milliseconds, per_second, plain, seconds};
use super::scale::Scale;
use super::server::Server;

/// Measures home.
pub async fn run(
    place: &Place,
    server: &Server,
    people: &People,
    scale: Scale,
    report: &mut Report,
) -> Result<()> {
    report.section("Home of 20");
    let path = format!("/api/v1/timelines/home?limit={PAGE}");
    let requests: Vec<Vec<u8>> = people
        .members
        .iter()
        .map(|m| get(&path, Some(&m.token)))
        .collect();
    let everybody = requests.len() as u64;
    let home = Arc::new(move |n: u64| requests[(n % everybody) as usize].clone());

    // Everybody once: the feeds are built as they are for people who come back.
    let once = Until::Count(everybody, std::time::Duration::from_secs(120));
    let first = load(server.address, Scale::CLIENTS, once, home.clone()).await?;
    ensure!(
        first.count == everybody,
        "building the feeds takes too long"
    );
    report.row(Row::new(
        "everybody's first, which builds the feed",
        seconds(first.elapsed),
    ));

    let file = place.folder("bytes")?.join("home.json");
    let mut http = Http::open(server.address).await?;
    let answer = http
        .ask(&get(&path, Some(&in_turn(people, 2).token)))
        .await?
        .checked()?;
    let statuses: Vec<serde_json::Value> = serde_json::from_slice(answer.body)?;
    ensure!(
        statuses.len() == PAGE as usize,
        "a home of {} statuses",
        statuses.len()
    );
    std::fs::write(&file, answer.body)?;
    report.row(Row::new(
        "bytes of an answer",
        plain(answer.body.len() as f64),
    ));
    drop(http);

    let workers = std::thread::available_parallelism()?.get().min(4);
    let memory = FromMemory::start(&file, workers).await?;
    let replay = Replay::open(place).await?;
    let until = Until::Time(scale.each);
    let mut sums: [Done; 4] = Default::default();
    let [served, bare, with_redis, bytes] = &mut sums;
    for _ in 0..scale.rounds {
        served.add(load(server.address, Scale::CLIENTS, until, home.clone()).await?);
        bare.add(replay.run(people, scale.each, false).await?);
        with_redis.add(replay.run(people, scale.each, true).await?);
        bytes.add(load(memory.address, Scale::CLIENTS, until, home.clone()).await?);
    }
    let by_16 = || Row::new("throughput, 16 clients", per_second(served.per_second()));
    report.row(
        by_16()
            .beside("statements bare", per_second(bare.per_second()))
            .at_least(0.5),
    );
    report.row(by_16().beside("with the Redis call", per_second(with_redis.per_second())));
    report.row(
        by_16()
            .beside("bytes from memory", per_second(bytes.per_second()))
            .at_least(0.15),
    );
    let median = |done: &Done| milliseconds(done.percentile(50));
    report.row(
        Row::new("median time, 16 clients", median(served)).beside("statements bare", median(bare)),
    );
    report.row(Row::new("99 % within", milliseconds(served.percentile(99))));

    let one = load(server.address, 1, until, home.clone()).await?;
    report.row(Row::new("median time, one client", median(&one)));
    Ok(())
}
