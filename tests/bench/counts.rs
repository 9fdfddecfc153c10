//! What one request asks of Postgres and Redis. These are counted, not timed: the server runs
//! in this process without the relay, behind sockets that count round trips, one request
//! after the other.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use porchlight::app::federation::Network;
use porchlight::server;
use tokio_util::sync::CancellationToken;

use super::client::{Http, get, post};
use super::people::People;
use super::place::Place;
use super::report::{Report, Row, plain};
use super::{in_turn, wire};

/// Requests of each kind.
const TIMES: u64 = 25;

/// What one request asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Asked {
    statements: u64,
    transactions: u64,
    postgres: u64,
    redis: u64,
    written: i64,
}

/// Counts, and adds the rows to the report.
pub async fn run(place: &Place, people: &People, report: &mut Report) -> Result<()> {
    let counter = place.folder("counter")?;
    let postgres = wire::count_between(
        &counter.join(".s.PGSQL.5432"),
        place.sockets.join(".s.PGSQL.5432"),
    )?;
    let redis_socket = counter.join("redis.sock");
    let redis = wire::count_between(&redis_socket, place.sockets.join("redis.sock"))?;
    let (front, after) = place
        .database_url
        .split_once('@')
        .context("an address has a host")?;
    let (_, database) = after.split_once('/').context("an address has a path")?;
    let here = counter.to_str().context("a plain path")?;
    let database_url = format!(
        "{front}@{}/{database}",
        utf8_percent_encode(here, NON_ALPHANUMERIC)
    );
    let redis_url = format!("redis+unix://{}", redis_socket.display());

    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let listen = address.to_string();
    let changes = [("PORCHLIGHT_SERVER__LISTEN", listen.as_str())];
    let app = place.app(&database_url, &redis_url, &changes).await?;
    let stop = CancellationToken::new();
    let network = Network::open(&app)
        .await
        .map_err(|error| anyhow!("{error:?}"))?;
    let running = tokio::spawn(server::run(network, listener, stop.clone()));

    let sql = place.sql().await?;
    let mut http = Http::open(address).await?;
    let mut measure = async |request: Vec<u8>| -> Result<Asked> {
        let xmax = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint";
        let written: i64 = sql.query_one(xmax, &[]).await?.get(0);
        let counts = app.pool.counts();
        let before = (
            counts.statements(),
            counts.commits(),
            postgres.count(),
            redis.count(),
        );
        http.ask(&request).await?.checked()?;
        // A word that nobody waited for may still be on its way.
        tokio::time::sleep(Duration::from_millis(2)).await;
        let after = (
            counts.statements(),
            counts.commits(),
            postgres.count(),
            redis.count(),
        );
        let written_after: i64 = sql.query_one(xmax, &[]).await?.get(0);
        Ok(Asked {
            statements: after.0 - before.0,
            transactions: after.1 - before.1,
            postgres: after.2 - before.2,
            redis: after.3 - before.3,
            written: written_after - written,
        })
    };

    report.section("What one request asks (counted on the wire)");
    for limit in [1, 20, 40] {
        let mut found = Vec::new();
        for n in 0..TIMES {
            let token = &in_turn(people, n).token;
            let home = get(
                &format!("/api/v1/timelines/home?limit={limit}"),
                Some(token),
            );
            // The first one builds the feed, the second fills the caches.
            measure(home.clone()).await?;
            measure(home.clone()).await?;
            found.push(measure(home).await?);
        }
        let usual = usual(&found)?;
        let of = format!("home of {limit}: ");
        report.row(
            Row::new(
                of.clone() + "round trips to Postgres",
                plain(usual.postgres as f64),
            )
            .at_most(1.0),
        );
        report.row(Row::new(
            of.clone() + "statements in it",
            plain(usual.statements as f64),
        ));
        report.row(Row::new(of + "calls to Redis", plain(usual.redis as f64)).at_most(1.0));
    }

    for (what, rich) in [
        ("plain post: ", false),
        ("answer with mention and tag: ", true),
    ] {
        let mut found = Vec::new();
        for n in 0..TIMES {
            let token = &in_turn(people, n).token;
            let words = match rich {
                true => format!("@person{} here is number {n} #porch", n + 7),
                false => format!("number {n}"),
            };
            let request = post(token, &words, &format!("count-{rich}-{n}"));
            found.push(measure(request).await?);
        }
        let usual = usual(&found)?;
        report.row(
            Row::new(
                format!("{what}commits that write"),
                plain(usual.written as f64),
            )
            .at_most(1.0),
        );
        report.row(
            Row::new(format!("{what}statements"), plain(usual.statements as f64)).at_most(4.0),
        );
        report.row(Row::new(
            format!("{what}explicit transactions"),
            plain(usual.transactions as f64),
        ));
        report.row(Row::new(
            format!("{what}calls to Redis"),
            plain(usual.redis as f64),
        ));
    }
    drop(http);
    stop.cancel();
    running.await??;
    Ok(())
}

/// What most of them asked. (Now and then PostgreSQL's own upkeep takes a transaction id.)
fn usual(found: &[Asked]) -> Result<Asked> {
    let mut often: BTreeMap<Asked, usize> = BTreeMap::new();
    for one in found {
        *often.entry(*one).or_default() += 1;
    }
    let (usual, times) = often
        .into_iter()
        .max_by_key(|(_, n)| *n)
        .context("something was asked")?;
    ensure!(
        times * 2 > found.len(),
        "requests of one kind ask differently: {found:?}"
    );
    Ok(usual)
}
