//! `bin/bench core`: the core of the place under load, each figure beside a yardstick of the
//! same run.
//!
//! It starts throw-away databases (with fsync), fills them from a fixed seed, runs the real
//! server as a process of its own, and asks it from here. It measures and judges nothing but
//! the written promises; a promise that is not met is said, and the exit code stays 0.
//!
//! ```text
//! fill ─> counts (round trips, exact) ─> start, idle memory ─> home ─> posting ─> fan-out
//!      ─> accounts by the command line ─> peak memory
//! ```
//!
//! `federation` measures what other servers send and are sent, `door` the queue of those who
//! apply, see their files. `--quick` does all
//! of it with little data, to see that it still works; its figures mean nothing.

#![allow(clippy::print_stdout, reason = "it is a report")]

mod accounts;
mod applicants;
mod bytes;
mod client;
mod commits;
mod counts;
mod door;
mod fan_out;
mod federation;
mod fill;
mod flood;
mod groups;
mod home;
mod neighbours;
mod outbound;
mod people;
mod place;
mod posting;
mod process;
mod random;
mod replay;
mod report;
mod scale;
mod server;
mod sign_ups;
mod wire;

use std::time::{Duration, Instant};

use anyhow::Result;

use people::People;
use place::Place;
use report::{Report, Row, megabytes, milliseconds, plain, seconds};
use scale::Scale;
use server::Server;

fn main() -> Result<()> {
    // `cargo bench` adds `--bench` of its own.
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| a != "--bench")
        .collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["core"] => block_on(core(Scale::FULL)),
        ["core", "--quick"] | ["--quick", "core"] => block_on(core(Scale::QUICK)),
        ["federation"] => block_on(federation::run(Scale::FULL)),
        ["federation", "--quick"] | ["--quick", "federation"] => {
            block_on(federation::run(Scale::QUICK))
        }
        ["door"] => block_on(door::run(Scale::FULL)),
        ["door", "--quick"] | ["--quick", "door"] => block_on(door::run(Scale::QUICK)),
        ["place"] => block_on(stay(Scale::FULL)),
        ["place", "--quick"] | ["--quick", "place"] => block_on(stay(Scale::QUICK)),
        // The second process of the yardstick "the same bytes from memory".
        ["bytes", file, workers] => bytes::serve(file.as_ref(), workers.parse()?),
        _ => {
            println!("bin/bench says what can be measured.");
            Ok(())
        }
    }
}

fn block_on(work: impl Future<Output = Result<()>>) -> Result<()> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(work)
}

async fn core(scale: Scale) -> Result<()> {
    let began = Instant::now();
    let place = Place::open().await?;
    let mut report = Report::begin(&place, "core", scale).await?;

    report.section("Filling");
    let filling = Instant::now();
    let people = fill::fill(&place, scale).await?;
    report.row(Row::new("people", plain(people.members.len() as f64)));
    report.row(Row::new("statuses", plain(scale.statuses as f64)));
    report.row(Row::new("time", seconds(filling.elapsed())));

    counts::run(&place, &people, &mut report).await?;
    let server = start(&place, scale, &mut report).await?;
    home::run(&place, &server, &people, scale, &mut report).await?;
    posting::run(&place, &server, &people, scale, &mut report).await?;
    fan_out::run(&place, &server, &people, scale, &mut report).await?;

    accounts::run(&place, &server, scale, &mut report).await?;

    report.section("Memory after all that");
    let memory = process::memory(server.pid())?;
    report.row(Row::new("server, at its peak", megabytes(memory.peak)).at_most(120.0));
    report.row(Row::new("server, at the end", megabytes(memory.resident)));

    server.stop().await?;
    place.close().await;
    report.end(began.elapsed())
}

/// Fills and serves until Ctrl-C.
async fn stay(scale: Scale) -> Result<()> {
    let place = Place::open().await?;
    let people = fill::fill(&place, scale).await?;
    let server = Server::start(&place).await?;
    println!(
        "server    http://{} (process {})",
        server.address,
        server.pid()
    );
    println!("database  {}", place.database_url);
    println!("redis     {}", place.redis_url);
    println!(
        "tokens    {} (followed by {}), {} (by nobody), and so on",
        people.star().token,
        people.followers.len(),
        people.hermit().token
    );
    tokio::signal::ctrl_c().await?;
    server.stop().await?;
    place.close().await;
    Ok(())
}

/// Starts the server some times over; the last one stays.
async fn start(place: &Place, scale: Scale, report: &mut Report) -> Result<Server> {
    report.section("Start");
    let mut slowest = Duration::ZERO;
    let mut server = Server::start(place).await?;
    for _ in 1..scale.starts {
        slowest = slowest.max(server.first_answer);
        server.stop().await?;
        server = Server::start(place).await?;
    }
    slowest = slowest.max(server.first_answer);
    let what = format!("first answer, slowest of {} starts", scale.starts);
    report.row(Row::new(what, milliseconds(slowest)).at_most(1_000.0));
    // The timers have had their first turn by then.
    tokio::time::sleep(scale.idle).await;
    let idle = process::memory(server.pid())?;
    report.row(Row::new("server's memory, idle", megabytes(idle.resident)).at_most(40.0));
    Ok(server)
}

/// People of the place for whoever asks one after the other, from anywhere on.
fn in_turn(people: &People, n: u64) -> &people::Member {
    &people.members[(n % people.members.len() as u64) as usize]
}
