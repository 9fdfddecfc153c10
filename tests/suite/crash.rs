//! The server is killed at random moments under load: what was answered is there, once, and
//! all sums are exact.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::TimeDelta;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::people::Person;
use crate::support::place::{Place, Setup, http};
use crate::support::process::Server;
use crate::support::recount;

/// How often it is killed.
const KILLS: usize = 20;
/// Who posts at the same time.
const WRITERS: usize = 4;

/// What the server has promised so far: text to id, by its own answers.
#[derive(Default)]
struct Promised {
    posts: Mutex<BTreeMap<String, String>>,
    favourites: Mutex<Vec<(usize, String)>>,
    answered: AtomicUsize,
}

/// Posts and favourites without end. A request that broke off is sent again with the same
/// key, as apps do.
async fn write(
    people: Arc<Vec<Person>>,
    me: usize,
    origin: String,
    promised: Arc<Promised>,
    stop: Arc<AtomicBool>,
) {
    let client = http();
    let token = people[me].api.token.clone().expect("a token");
    let mut n = 0;
    while !stop.load(Ordering::Relaxed) {
        n += 1;
        let text = format!("Number {n} of {}", people[me].name);
        let other = &people[(me + 1) % people.len()].name;
        let id = loop {
            let request = client
                .request(Method::POST, format!("{origin}/api/v1/statuses"))
                .bearer_auth(&token)
                .header("Idempotency-Key", &text)
                .json(&json!({ "status": format!("{text} @{other}") }));
            if let Some(status) = answer(request).await {
                break status["id"].as_str().expect("an id").to_owned();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        promised.posts.lock().expect("no panic").insert(text, id);
        promised.answered.fetch_add(1, Ordering::Relaxed);
        let liked = promised
            .posts
            .lock()
            .expect("no panic")
            .values()
            .nth(n % 7)
            .cloned();
        if let Some(id) = liked {
            let request = client
                .request(
                    Method::POST,
                    format!("{origin}/api/v1/statuses/{id}/favourite"),
                )
                .bearer_auth(&token);
            if answer(request).await.is_some() {
                promised.favourites.lock().expect("no panic").push((me, id));
            }
        }
    }
}

/// The answer, if there was a whole one; refusals fail the test.
pub async fn answer(request: reqwest::RequestBuilder) -> Option<Value> {
    let response = request.send().await.ok()?;
    let status = response.status();
    let body = response.bytes().await.ok()?;
    assert!(
        status.is_success() || status.is_server_error(),
        "{status}: {}",
        String::from_utf8_lossy(&body)
    );
    if status.is_success() {
        serde_json::from_slice(&body).ok()
    } else {
        None
    }
}

async fn load_and_kill(place: &Place, seed: u64, mut between: impl AsyncFnMut(usize)) {
    // Shown where the test fails.
    println!("seed {seed}");
    let mut dice = StdRng::seed_from_u64(seed);
    place.owner().await;
    let mut people = Vec::new();
    for n in 0..WRITERS {
        people.push(place.member(&format!("p{n}")).await);
    }
    for one in &people {
        for other in people.iter().filter(|o| o.name != one.name) {
            one.follow(other).await;
        }
    }
    place.start_jobs();
    place.settle().await;
    place.stop_jobs().await;

    let people = Arc::new(people);
    let (promised, stop) = (
        Arc::new(Promised::default()),
        Arc::new(AtomicBool::new(false)),
    );
    let mut server = Server::start(place).await;
    let writers: Vec<_> = (0..WRITERS)
        .map(|me| {
            tokio::spawn(write(
                people.clone(),
                me,
                server.origin.clone(),
                promised.clone(),
                stop.clone(),
            ))
        })
        .collect();
    for round in 0..KILLS {
        // At least something was answered since the last one, and then at any moment.
        let before = promised.answered.load(Ordering::Relaxed);
        for _ in 0..1000 {
            if promised.answered.load(Ordering::Relaxed) > before {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::time::sleep(Duration::from_millis(dice.random_range(0..120))).await;
        let way = server.kill();
        between(round).await;
        server = Server::start_like(place, way).await;
    }
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.expect("a writer that was answered");
    }
    server.stop();
    // What the killed had claimed is anybody's again.
    place.advance(TimeDelta::minutes(10));
    place.start_jobs();
    place.settle().await;
    place.stop_jobs().await;

    let posts = promised.posts.lock().expect("no panic").clone();
    assert!(posts.len() >= KILLS, "{} posts", posts.len());
    for (text, id) in &posts {
        let id: i64 = id.parse().expect("an id");
        let rows = place
            .sql(
                "SELECT id FROM statuses WHERE source LIKE $1 || ' @%'",
                &[text],
            )
            .await;
        let there: Vec<i64> = rows.iter().map(|row| row.get(0)).collect();
        assert_eq!(there, [id], "seed {seed}: {text:?} is there once");
    }
    assert_eq!(
        place.number("SELECT count(*) FROM statuses").await as usize,
        posts.len(),
        "and nothing else"
    );
    let favourites = promised.favourites.lock().expect("no panic").clone();
    for (me, id) in favourites {
        let (account, status): (i64, i64) = (
            people[me].id.parse().expect("an id"),
            id.parse().expect("an id"),
        );
        let rows = place
            .sql(
                "SELECT 1 FROM reactions WHERE account_id = $1 AND status_id = $2",
                &[&account, &status],
            )
            .await;
        assert_eq!(rows.len(), 1, "seed {seed}: a favourite that was answered");
    }
    recount::assert_exact(place, &people).await;
}

#[test]
fn killed_twenty_times_under_load_nothing_answered_is_lost_or_doubled() {
    Setup::default().without_jobs().run(async |place| {
        load_and_kill(place, rand::random(), async |_| {}).await;
    });
}

#[test]
fn killed_together_with_its_redis_nothing_answered_is_lost_or_doubled() {
    Setup::default()
        .without_jobs()
        .own_redis()
        .run(async |place| {
            let redis = place.redis.as_ref().expect("one of its own");
            load_and_kill(place, rand::random(), async |round| match round % 4 {
                1 => redis.kill(),
                3 => redis.empty().await,
                _ => {}
            })
            .await;
        });
}

#[test]
fn a_server_that_is_asked_to_stop_ends_in_order() {
    Setup::default().without_jobs().run(async |place| {
        let server = Server::start(place).await;
        server.stop();
    });
}
