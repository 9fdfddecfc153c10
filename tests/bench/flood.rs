//! What strangers' mentions leave of the members' home, beside the same bytes sent to nowhere;
//! and how fast those are refused who have sent too much.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::client::{Done, Requests, Until, get, load, load_sorting};
use super::federation::{Amount, DOING, Keys, Kind, STRANGERS, in_order, letters};
use super::people::People;
use super::report::{Report, Row, per_second, plain, seconds};
use super::scale::Scale;
use super::server::Server;

/// The flood and its yardstick take turns so often.
const TURNS: usize = 4;
/// What a host that is new may send at once, as `incoming/sift.rs` has it.
const BURST: usize = 300;
/// Home is asked for so long, then it is looked whether the flood is over.
const SLICE: Duration = Duration::from_millis(200);

/// Sends all of the flood, no activity twice, while members read their home.
pub async fn run(
    server: &Server,
    people: &People,
    keys: &Arc<Keys>,
    amount: Amount,
    report: &mut Report,
) -> Result<()> {
    report.section("Home while strangers flood");
    let kind = Kind {
        prefix: "s",
        hosts: STRANGERS,
        mentions: Some(people.star().account),
        words: "Dear person0, number",
    };
    let flood = Arc::new(letters(keys, kind, 0..amount.flood).await?);
    let requests: Vec<Vec<u8>> = people
        .members
        .iter()
        .map(|m| get("/api/v1/timelines/home?limit=20", Some(&m.token)))
        .collect();
    let many = requests.len() as u64;
    let home: Requests = Arc::new(move |n| requests[(n % many) as usize].clone());
    let once = Until::Count(many, DOING);
    load(server.address, Scale::CLIENTS, once, home.clone()).await?;
    let quiet = Until::Time(4 * SLICE);
    let quiet = load(server.address, Scale::CLIENTS, quiet, home.clone()).await?;

    let part = flood.len() / TURNS;
    let mut sums: [Done; 2] = Default::default();
    let [beside_nothing, under_flood] = &mut sums;
    let (mut sent, mut answers) = (Done::default(), BTreeMap::new());
    for turn in 0..TURNS {
        let from = turn * part;
        let letters = flood.clone();
        let nowhere: Requests = Arc::new(move |n| {
            let mut letter = letters[from + n as usize].clone();
            // Same length, another place.
            letter[..14].copy_from_slice(b"POST /ap/nobox");
            letter
        });
        let (home_too, came, _) = beside(server, home.clone(), nowhere, part).await?;
        ensure!(came.keys().eq([&404]), "nowhere is somewhere: {came:?}");
        beside_nothing.add(home_too);

        let letters = flood.clone();
        let inbox: Requests = Arc::new(move |n| letters[from + n as usize].clone());
        let (home_too, came, done) = beside(server, home.clone(), inbox, part).await?;
        under_flood.add(home_too);
        sent.add(done);
        for (status, count) in came {
            *answers.entry(status).or_insert(0) += count;
        }
    }
    let of = |status: u16| plain(answers.get(&status).copied().unwrap_or(0) as f64);
    report.row(Row::new(
        "home, nothing else",
        per_second(quiet.per_second()),
    ));
    report.row(Row::new(
        "different mentions sent by strangers",
        plain(sent.count as f64),
    ));
    report.row(Row::new("in a second", per_second(sent.per_second())));
    report.row(Row::new("of them taken (202)", of(202)));
    report.row(Row::new("sent away for a while (429)", of(429)));
    report.row(
        Row::new("home under the flood", per_second(under_flood.per_second()))
            .beside(
                "while it goes to a 404",
                per_second(beside_nothing.per_second()),
            )
            .at_least(0.8),
    );
    report.row(Row::new("measured for", seconds(under_flood.elapsed)));
    Ok(())
}

/// How fast a host is sent away that has sent too much; beside the other refusals.
pub async fn over_budget(
    server: &Server,
    keys: &Arc<Keys>,
    amount: u64,
    report: &mut Report,
) -> Result<()> {
    let kind = Kind {
        prefix: "o",
        hosts: 1,
        mentions: None,
        words: "Over and over, number",
    };
    let letters = Arc::new(letters(keys, kind, 0..2 * BURST).await?);
    let clients = 2 * Scale::CLIENTS;
    let all = Until::Count(letters.len() as u64, DOING);
    load_sorting(server.address, clients, all, in_order(&letters)).await?;
    // A second brings it one more.
    let until = Until::Count(amount, DOING);
    let (sent, came) = load_sorting(server.address, clients, until, in_order(&letters)).await?;
    let over = came.get(&429).copied().unwrap_or(0) as f64;
    ensure!(
        over > 0.9 * sent.count as f64,
        "it is within its budget: {came:?}"
    );
    report.row(
        Row::new(
            "over budget (429)",
            per_second(over / sent.elapsed.as_secs_f64()),
        )
        .reaching(5_000.0),
    );
    Ok(())
}

/// Sends `many` requests of one kind, and members' home for as long as that takes.
async fn beside(
    server: &Server,
    home: Requests,
    other: Requests,
    many: usize,
) -> Result<(Done, BTreeMap<u16, u64>, Done)> {
    let (to, until) = (server.address, Until::Count(many as u64, DOING));
    let sending = tokio::spawn(load_sorting(to, Scale::CLIENTS, until, other));
    let mut read = Done::default();
    while !sending.is_finished() {
        read.add(load(to, Scale::CLIENTS, Until::Time(SLICE), home.clone()).await?);
    }
    let (sent, came) = sending.await??;
    ensure!(sent.count == many as u64, "sending it takes too long");
    Ok((read, came, sent))
}
