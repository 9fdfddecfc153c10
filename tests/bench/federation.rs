//! `bin/bench federation`: signed activities from 200 hosts, beside verification alone;
//! refusals; what a flood leaves of the members' home (`flood.rs`); what is sent to hosts that
//! live, hang or are dead (`outbound.rs`).
//!
//! Everything that comes in is signed before the clock runs. The keys are known, as they are of
//! hosts that one hears from each day.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};
use chrono::{DateTime, Utc};
use porchlight::secrets::actor_key;
use porchlight::secrets::actor_key::SigningKey;
use porchlight::secrets::signature::{self, BodyDigest, PublicKey, Request};
use serde_json::json;
use tokio_postgres::Client;
use url::Url;

use super::client::{Requests, Until, load, load_expecting};
use super::people::People;
use super::place::Place;
use super::report::{Report, Row, megabytes, milliseconds, per_second, plain};
use super::scale::Scale;
use super::server::Server;
use super::{fill, flood, outbound, process};

/// The settings of a server that talks to others.
const SETTINGS: &str = "dev = true\ndomain = 'porch.test'\n";
const ORIGIN: &str = "http://porch.test";
const INBOX: &str = "http://porch.test/ap/inbox";
/// Hosts that are known for long.
const HOSTS: usize = 200;
/// Hosts that nobody heard of before today.
pub const STRANGERS: usize = 50;
/// Keypairs in use; making one takes as long as signing two hundred times.
const PAIRS: usize = 8;
/// How long the receiver may take for everything.
pub const DOING: Duration = Duration::from_secs(300);

/// How much of it.
#[derive(Debug, Clone, Copy)]
pub struct Amount {
    /// Activities of known hosts.
    accepted: usize,
    /// Refusals of each kind.
    refused: u64,
    /// Activities of the flood, no two the same.
    pub flood: usize,
    /// Hosts of the followers of one account; a fifth of them dead.
    pub hosts: usize,
    /// Dead hosts of the followers of another.
    pub dead: usize,
}

/// Keypairs: the private half, and the public one in PEM.
pub struct Keys(Vec<(SigningKey, String)>);

/// What the letters of a kind have in common.
#[derive(Debug, Clone)]
pub struct Kind {
    /// Begins the hosts' names.
    pub prefix: &'static str,
    /// How many hosts there are of it.
    pub hosts: usize,
    /// The account that is mentioned.
    pub mentions: Option<i64>,
    /// Begins the text.
    pub words: &'static str,
}

/// Runs all of it.
pub async fn run(scale: Scale) -> Result<()> {
    let amount = match scale.name {
        "full" => Amount {
            accepted: 12_000,
            refused: 20_000,
            flood: 100_000,
            hosts: 750,
            dead: 10_000,
        },
        _ => Amount {
            accepted: 400,
            refused: 400,
            flood: 2_000,
            hosts: 75,
            dead: 200,
        },
    };
    let began = Instant::now();
    let place = Place::open().await?;
    let mut report = Report::begin(&place, "federation", scale).await?;
    let people = fill::fill(&place, Scale::QUICK).await?;
    let sql = place.sql().await?;
    let keys = Arc::new(make_keys().await?);
    settle_hosts(&sql, &people, &keys).await?;
    let server = Server::start_with(&place, SETTINGS).await?;

    let letters = accepted(&place, &server, &keys, amount, &mut report).await?;
    refusals(&place, &server, letters, amount, &mut report).await?;
    flood::over_budget(&server, &keys, amount.refused, &mut report).await?;
    flood::run(&server, &people, &keys, amount, &mut report).await?;

    report.section("Memory after all that");
    let memory = process::memory(server.pid())?;
    report.row(Row::new("server, at its peak", megabytes(memory.peak)).at_most(160.0));
    server.stop().await?;

    outbound::run(&place, &people, amount, &mut report).await?;
    place.close().await;
    report.end(began.elapsed())
}

async fn make_keys() -> Result<Keys> {
    let make = || -> Result<Keys> {
        let mut keys = Vec::new();
        for _ in 0..PAIRS {
            let pair = actor_key::generate().map_err(|e| anyhow!("{e:?}"))?;
            let key = SigningKey::from_der(&pair.private_der).map_err(|e| anyhow!("{e:?}"))?;
            keys.push((key, pair.public_pem));
        }
        Ok(Keys(keys))
    };
    tokio::task::spawn_blocking(make).await?
}

/// Hosts with an actor each; the first member follows those that are known.
async fn settle_hosts(sql: &Client, people: &People, keys: &Keys) -> Result<()> {
    let pems: Vec<&str> = keys.0.iter().map(|(_, pem)| pem.as_str()).collect();
    let (known, strange) = (HOSTS as i32, STRANGERS as i32);
    sql.execute(
        "INSERT INTO hosts (domain, first_seen_at) \
         SELECT 'h' || n || '.test', now() - interval '60 days' FROM generate_series(0, $1 - 1) n \
         UNION ALL SELECT 's' || n || '.test', now() FROM generate_series(0, $2 - 1) n \
         UNION ALL SELECT 'o0.test', now()",
        &[&known, &strange],
    )
    .await?;
    sql.batch_execute(
        "INSERT INTO accounts (id, host_id, username, handle_domain, uri, uri_hash, created_at, updated_at, fetched_at) \
         SELECT next_id(now()), h.id, 'ann', h.domain, 'http://' || h.domain || '/users/ann', \
         encode(substring(sha256(convert_to('http://' || h.domain || '/users/ann', 'UTF8')) FROM 1 FOR 16), 'hex')::uuid, \
         now(), now(), now() FROM hosts h; \
         INSERT INTO account_stats (account_id) SELECT id FROM accounts WHERE host_id IS NOT NULL; \
         INSERT INTO actor_endpoints (account_id, inbox, shared_inbox, followers) \
         SELECT id, uri || '/inbox', 'http://' || handle_domain || '/inbox', uri || '/followers' \
         FROM accounts WHERE host_id IS NOT NULL",
    )
    .await?;
    sql.execute(
        "INSERT INTO actor_keys (account_id, key_uri, public_key_pem, created_at, fetched_at) \
         SELECT id, uri || '#main-key', ($1::text[])[1 + substring(handle_domain FROM 2 FOR position('.' IN handle_domain) - 2)::int % $2], \
         now(), now() FROM accounts WHERE host_id IS NOT NULL",
        &[&pems, &(PAIRS as i32)],
    )
    .await?;
    sql.execute(
        "INSERT INTO follows (id, account_id, target_id, state, created_at) \
         SELECT next_id(now()), $1, a.id, 1, now() FROM accounts a WHERE a.handle_domain LIKE 'h%'",
        &[&people.star().account],
    )
    .await?;
    for after in ["VACUUM ANALYZE", "CHECKPOINT"] {
        sql.batch_execute(after).await?;
    }
    Ok(())
}

/// The Create of a note by the actor of a host, as it comes over the wire.
fn letter(keys: &Keys, kind: &Kind, n: usize, at: DateTime<Utc>) -> Result<Vec<u8>> {
    let (key, words) = (n % kind.hosts, kind.words);
    let host = format!("{}{key}.test", kind.prefix);
    let named = kind.mentions.map(|id| format!("{ORIGIN}/ap/actors/{id}"));
    let tag: Vec<_> = named
        .iter()
        .map(|href| json!({ "type": "Mention", "href": href, "name": "@person0@porch.test" }))
        .collect();
    let actor = format!("http://{host}/users/ann");
    let note = format!("{actor}/notes/{n}");
    let (to, cc) = (
        json!(["https://www.w3.org/ns/activitystreams#Public"]),
        json!(
            [Some(format!("{actor}/followers")), named]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
        ),
    );
    let published = at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let body = json!({
        "@context": ["https://www.w3.org/ns/activitystreams", { "sensitive": "as:sensitive" }],
        "id": format!("{note}/activity"), "type": "Create", "actor": actor,
        "published": published, "to": to, "cc": cc,
        "object": {
            "id": note, "type": "Note", "attributedTo": actor, "published": published, "to": to, "cc": cc,
            "url": format!("http://{host}/@ann/{n}"), "summary": null, "sensitive": false, "inReplyTo": null,
            "content": format!("<p>{words} {n}: the kettle is on, and somebody brought a cake to the porch.</p>"),
            "contentMap": { "en": format!("<p>{words} {n}: the kettle is on, and somebody brought a cake to the porch.</p>") },
            "attachment": [], "tag": tag,
        },
    })
    .to_string();
    let url = Url::parse(INBOX)?;
    let headers = signature::sign_cavage(
        &keys.0[key % PAIRS].0,
        &format!("{actor}#main-key"),
        "POST",
        &url,
        at,
        Some(&BodyDigest::of(body.as_bytes())),
    )
    .map_err(|e| anyhow!("{e:?}"))?;
    let mut request = String::from("POST /ap/inbox HTTP/1.1\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
    Ok(request.into_bytes())
}

/// Letters of a kind under these numbers, in turn from each of the hosts; signed on all cores.
pub async fn letters(
    keys: &Arc<Keys>,
    kind: Kind,
    numbers: std::ops::Range<usize>,
) -> Result<Vec<Vec<u8>>> {
    let cores = std::thread::available_parallelism()?.get();
    let at = Utc::now();
    let mut parts = Vec::new();
    for core in 0..cores {
        let (keys, kind) = (keys.clone(), kind.clone());
        let mine = numbers.clone().skip(core).step_by(cores);
        parts.push(tokio::task::spawn_blocking(move || {
            mine.map(|n| letter(&keys, &kind, n, at))
                .collect::<Result<VecDeque<_>>>()
        }));
    }
    let mut signed = Vec::new();
    for part in parts {
        signed.push(part.await??);
    }
    // Back into their order.
    let mut all = Vec::with_capacity(numbers.len());
    for n in 0..numbers.len() {
        all.extend(signed[n % cores].pop_front());
    }
    Ok(all)
}

/// The n-th request is the n-th letter; from the first again after the last.
pub fn in_order(letters: &Arc<Vec<Vec<u8>>>) -> Requests {
    let letters = letters.clone();
    Arc::new(move |n| letters[n as usize % letters.len()].clone())
}

async fn accepted(
    place: &Place,
    server: &Server,
    keys: &Arc<Keys>,
    amount: Amount,
    report: &mut Report,
) -> Result<Arc<Vec<Vec<u8>>>> {
    report.section("Inbox: signed Creates from 200 hosts");
    let kind = Kind {
        prefix: "h",
        hosts: HOSTS,
        mentions: None,
        words: "Number",
    };
    let first = Arc::new(letters(keys, kind.clone(), 0..HOSTS).await?);
    let numbers = HOSTS..HOSTS + amount.accepted;
    let signing = Instant::now();
    let many = Arc::new(letters(keys, kind, numbers).await?);
    let signed = many.len() as f64 / signing.elapsed().as_secs_f64();
    report.row(Row::new("signed beforehand, all cores", per_second(signed)));
    // The keys become known.
    let once = Until::Count(HOSTS as u64, DOING);
    load(server.address, Scale::CLIENTS, once, in_order(&first)).await?;
    done(place).await?;

    let alone = verify_alone(&many, keys)?;
    let cpu = process::cpu(server.pid())?;
    let began = Instant::now();
    let all = Until::Count(many.len() as u64, DOING);
    let taken = load(server.address, 2 * Scale::CLIENTS, all, in_order(&many)).await?;
    ensure!(taken.count == many.len() as u64, "taking it takes too long");
    done(place).await?;
    let through = many.len() as f64 / began.elapsed().as_secs_f64();
    let spent = (process::cpu(server.pid())? - cpu).as_secs_f64();

    report.row(
        Row::new("accepted (202, kept)", per_second(taken.per_second()))
            .beside("verification alone, one core", per_second(alone))
            .reaching(1_000.0),
    );
    report.row(Row::new(
        "99 % accepted within",
        milliseconds(taken.percentile(99)),
    ));
    report.row(Row::new("accepted and done", per_second(through)).reaching(400.0));
    report.row(Row::new(
        "server's CPU for each, in microseconds",
        plain((spent * 1e6 / many.len() as f64).round()),
    ));
    let sql = place.sql().await?;
    let notes: i64 = sql
        .query_one(
            "SELECT count(*) FROM statuses s JOIN accounts a ON a.id = s.account_id WHERE a.host_id IS NOT NULL",
            &[],
        )
        .await?
        .get(0);
    ensure!(
        notes as usize == many.len() + HOSTS,
        "{notes} posts came of {} activities",
        many.len() + HOSTS
    );
    Ok(many)
}

/// Reads and verifies the same requests here, on one core; how many a second.
fn verify_alone(letters: &[Vec<u8>], keys: &Keys) -> Result<f64> {
    let parsed: Vec<PublicKey> = keys
        .0
        .iter()
        .filter_map(|(_, pem)| PublicKey::from_pem(pem))
        .collect();
    let began = Instant::now();
    let count = letters.len().min(5_000);
    for (n, letter) in letters.iter().take(count).enumerate() {
        let end = letter.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.ok_or_else(|| anyhow!("a head"))?;
        let head = std::str::from_utf8(&letter[..end])?;
        let headers: Vec<(&str, &[u8])> = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name, value.as_bytes()))
            .collect();
        let request = Request {
            method: "POST",
            origin: ORIGIN,
            target: "/ap/inbox",
            headers: &headers,
            has_body: true,
        };
        let claim = signature::read(&request, Utc::now()).map_err(|e| anyhow!("{e:?}"))?;
        let key = &parsed[(n % HOSTS) % PAIRS];
        claim
            .verify(key, Some(&letter[end + 4..]))
            .map_err(|e| anyhow!("{e:?}"))?;
    }
    Ok(count as f64 / began.elapsed().as_secs_f64())
}

/// Waits until nothing is left in the inbox.
async fn done(place: &Place) -> Result<()> {
    let began = Instant::now();
    let sql = place.sql().await?;
    loop {
        let row = sql
            .query_one(
                "SELECT EXISTS (SELECT FROM inbox), EXISTS (SELECT FROM inbox WHERE attempts > 0)",
                &[],
            )
            .await?;
        ensure!(!row.get::<_, bool>(1), "an activity failed");
        if !row.get::<_, bool>(0) {
            return Ok(());
        }
        ensure!(
            began.elapsed() < DOING,
            "the receiver does not come to an end"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn refusals(
    place: &Place,
    server: &Server,
    letters: Arc<Vec<Vec<u8>>>,
    amount: Amount,
    report: &mut Report,
) -> Result<()> {
    report.section("Refusals");
    let sql = place.sql().await?;
    let until = Until::Count(amount.refused, DOING);
    let accepted = Arc::new(letters);
    let again = load(
        server.address,
        2 * Scale::CLIENTS,
        until,
        in_order(&accepted),
    )
    .await?;
    report.row(
        Row::new(
            "the same once more (202, nothing kept)",
            per_second(again.per_second()),
        )
        .reaching(5_000.0),
    );
    let before: i64 = sql
        .query_one("SELECT count(*) FROM inbox", &[])
        .await?
        .get(0);
    ensure!(before == 0, "something was kept twice");

    sql.batch_execute(
        "INSERT INTO domain_policies (host_id, kind, source, since) SELECT id, 1, 0, now() FROM hosts WHERE domain LIKE 'h1%'; \
         UPDATE hosts SET flags = 2 WHERE domain LIKE 'h1%'",
    )
    .await?;
    // What is kept in mind is two seconds old at the most.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let blocked: Vec<Vec<u8>> = accepted
        .iter()
        .filter(|letter| {
            letter
                .windows(16)
                .any(|w| w.starts_with(b"keyId=\"http://h1"))
        })
        .cloned()
        .collect();
    let blocked = Arc::new(blocked);
    let refused = load_expecting(
        server.address,
        2 * Scale::CLIENTS,
        until,
        in_order(&blocked),
        403,
    )
    .await?;
    report.row(Row::new("blocked host (403)", per_second(refused.per_second())).reaching(5_000.0));
    Ok(())
}
