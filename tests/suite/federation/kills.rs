//! Two servers, each a process of its own, whose people talk to each other while what they
//! stand on is killed: at the end each has what the other has, once, without anybody's help.
//!
//! Nothing of the clock is waited for: what waits in the databases is moved nearer
//! ([`Pair::let_time_pass`]), which is what a later hour would do.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use reqwest::Method;
use serde_json::{Value, json};
use tokio_postgres::Row;

use crate::crash::answer;
use crate::support::cluster::{OwnRedis, connect};
use crate::support::namespace::Namespace;
use crate::support::people::Person;
use crate::support::place::{Place, Setup, run_two_idle};
use crate::support::process::{Server, Way};
use crate::support::wire::Wire;

/// How long something that must come may take.
const PATIENCE: Duration = Duration::from_secs(180);
/// How often something is killed.
const KILLS: usize = 14;
/// A host that we send to and that does not answer is noticed within that.
const NOTICED: Duration = Duration::from_secs(30);

/// One of the two.
struct Side<'a> {
    place: &'a Place,
    people: Vec<Person>,
    server: Option<Server>,
    way: Way,
}

impl<'a> Side<'a> {
    async fn open(place: &'a Place, names: [&str; 2], way: Way) -> Side<'a> {
        let mut people = Vec::new();
        for name in names {
            people.push(place.member(name).await);
        }
        Side {
            place,
            people,
            server: Some(Server::start_like(place, way.clone()).await),
            way,
        }
    }

    fn domain(&self) -> &str {
        &self.place.app.config.server.domain
    }

    /// `kill -9`.
    fn kill(&mut self) {
        self.server.take().expect("it runs").kill();
    }

    async fn start(&mut self) {
        self.server = Some(Server::start_like(self.place, self.way.clone()).await);
    }

    /// Rows of its database, on a connection that nothing has cut.
    async fn rows(&self, statement: &str) -> Vec<Row> {
        let client = connect(&self.place.database_url()).await;
        let found = client.query(statement, &[]).await;
        found.unwrap_or_else(|error| panic!("{statement}: {error}"))
    }

    async fn number(&self, statement: &str) -> i64 {
        self.rows(statement).await[0].get(0)
    }

    /// Lines of text.
    async fn texts(&self, statement: &str) -> Vec<String> {
        let rows = self.rows(statement).await;
        rows.iter().map(|row| row.get(0)).collect()
    }

    fn redis(&self) -> &'a OwnRedis {
        self.place.redis.as_ref().expect("one of its own")
    }

    fn voice(&self, who: usize) -> Voice {
        Voice {
            client: client(self.domain(), &self.way),
            origin: format!("http://{}", self.domain()),
            token: self.people[who].api.token.clone().expect("a token"),
        }
    }
}

/// Somebody's app. What broke off is sent again, as apps do.
struct Voice {
    client: reqwest::Client,
    origin: String,
    token: String,
}

impl Voice {
    async fn ask(&self, method: Method, path: &str, body: Option<(Value, String)>) -> Value {
        let began = Instant::now();
        loop {
            let mut request = self
                .client
                .request(method.clone(), format!("{}{path}", self.origin))
                .bearer_auth(&self.token);
            if let Some((body, key)) = &body {
                request = request.header("Idempotency-Key", key).json(body);
            }
            if let Some(answer) = answer(request).await {
                return answer;
            }
            assert!(began.elapsed() < PATIENCE, "no answer: {path}");
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    async fn get(&self, path: &str) -> Value {
        self.ask(Method::GET, path, None).await
    }

    async fn act(&self, path: &str) -> Value {
        self.ask(Method::POST, path, None).await
    }

    /// Posts; the text is the key.
    async fn post(&self, text: &str) -> String {
        let body = json!({ "status": text });
        let posted = self.ask(
            Method::POST,
            "/api/v1/statuses",
            Some((body, text.to_owned())),
        );
        posted.await["id"].as_str().expect("an id").to_owned()
    }

    /// The id here of somebody elsewhere.
    async fn find(&self, handle: &str) -> String {
        let path = format!("/api/v2/search?q={handle}&resolve=true&type=accounts");
        let began = Instant::now();
        loop {
            let found = self.get(&path).await;
            if let Some(id) = found["accounts"][0]["id"].as_str() {
                return id.to_owned();
            }
            assert!(began.elapsed() < PATIENCE, "{handle} is not found");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

fn client(domain: &str, way: &Way) -> reqwest::Client {
    reqwest::Client::builder()
        .resolve(domain, way.asked)
        .local_address(way.from)
        .timeout(Duration::from_secs(20))
        .no_proxy()
        .build()
        .expect("a client")
}

/// Both.
struct Pair<'a>([Side<'a>; 2]);

impl<'a> Pair<'a> {
    /// Everybody follows everybody on the other side, and is let in.
    async fn acquaint(&self) {
        for (one, other) in self.both_ways() {
            for who in 0..2 {
                let voice = one.voice(who);
                for person in &other.people {
                    let handle = format!("@{}@{}", person.name, other.domain());
                    let id = voice.find(&handle).await;
                    voice.act(&format!("/api/v1/accounts/{id}/follow")).await;
                }
            }
        }
        until("everybody follows everybody", PATIENCE, async || {
            let mut all = 0;
            for side in &self.0 {
                all += side
                    .number("SELECT count(*) FROM follows WHERE state = 1")
                    .await;
            }
            all == 16
        })
        .await;
        for side in &self.0 {
            // Of old: a stranger's budget is not what this is about.
            side.rows(
                "UPDATE hosts SET first_seen_at = first_seen_at - interval '60 days' RETURNING 1",
            )
            .await;
        }
    }

    fn both_ways(&self) -> [(&Side<'a>, &Side<'a>); 2] {
        let [one, other] = &self.0;
        [(one, other), (other, one)]
    }

    /// What waits for a later moment waits an hour less.
    async fn let_time_pass(&self) {
        for side in &self.0 {
            for statement in [
                "UPDATE delivery_hosts SET due_at = due_at - interval '1 hour' WHERE due_at IS NOT NULL RETURNING 1",
                "UPDATE deliveries SET retry_at = retry_at - interval '1 hour' WHERE retry_at IS NOT NULL RETURNING 1",
                "UPDATE inbox SET run_at = run_at - interval '1 hour' RETURNING 1",
            ] {
                side.rows(statement).await;
            }
        }
    }

    /// What is left to do on a side, in words; empty when nothing is.
    async fn left(side: &Side<'_>) -> String {
        let left = "SELECT concat_ws(', ', \
             (SELECT nullif(count(*), 0) || ' events' FROM events), \
             (SELECT nullif(count(*), 0) || ' received' FROM inbox), \
             (SELECT nullif(count(*), 0) || ' to be sent' FROM deliveries), \
             (SELECT nullif(count(*), 0) || ' hosts in trouble' FROM delivery_hosts \
              WHERE fails > 0 OR dead_since IS NOT NULL OR due_at IS NOT NULL))";
        side.texts(left).await.remove(0)
    }

    /// Nobody helps; time passes, and everything that was begun is done.
    async fn recover(&self) {
        let began = Instant::now();
        let mut calm = 0;
        while calm < 2 {
            let left = [Self::left(&self.0[0]).await, Self::left(&self.0[1]).await];
            match left.iter().all(String::is_empty) {
                true => calm += 1,
                false => calm = 0,
            }
            assert!(began.elapsed() < PATIENCE, "it does not recover: {left:?}");
            if calm == 0 {
                self.let_time_pass().await;
            }
            tokio::time::sleep(Duration::from_millis(400)).await;
        }
    }

    /// What may have been lost on the way, and how.
    async fn print_losses(&self) {
        for (home, away) in self.both_ways() {
            for statement in [
                "SELECT 'dropped ' || id || ' kind ' || kind || ': ' || dropped || ' of ' || recipients FROM activities WHERE dropped > 0",
                "SELECT 'refused ' || activity_id || ': ' || status FROM delivery_refusals",
                "SELECT 'received ' || id || ' tries ' || attempts || ': ' || coalesce(last_error, '') FROM inbox",
            ] {
                for line in home.texts(statement).await {
                    println!("{}: {line}", home.domain());
                }
            }
            let fetched = "SELECT uri FROM statuses WHERE uri IS NOT NULL AND (flags & 16) <> 0";
            println!(
                "fetched by {}: {:?}",
                away.domain(),
                away.texts(fetched).await
            );
        }
    }

    /// Of whom somebody followed all the time, everything is in their home and nothing counts as
    /// fetched: the second of each side, who is followed by the second of the other.
    async fn assert_all_was_news(&self) {
        for (home, away) in self.both_ways() {
            let author = &home.people[1].name;
            let theirs = |columns: &str| {
                format!(
                    "SELECT {columns} FROM statuses s JOIN accounts a ON a.id = s.account_id \
                     WHERE a.username = '{author}' AND a.host_id IS NOT NULL AND s.reblog_of_id IS NULL"
                )
            };
            let fetched = format!("{} AND (s.flags & 16) <> 0", theirs("s.uri"));
            assert_eq!(away.texts(&fetched).await, Vec::<String>::new());
            let mut seen = BTreeSet::new();
            let mut path = "/api/v1/timelines/home?limit=40".to_owned();
            loop {
                let page = away.voice(1).get(&path).await;
                let page = page.as_array().expect("a list").clone();
                let ids = page.iter().map(|s| s["id"].as_str().expect("an id"));
                seen.extend(ids.map(str::to_owned));
                let Some(last) = page.last() else { break };
                let last = last["id"].as_str().expect("an id");
                path = format!("/api/v1/timelines/home?limit=40&max_id={last}");
            }
            for id in away.texts(&theirs("s.id::text")).await {
                assert!(seen.contains(&id), "{id} by {author} is not in the home");
            }
        }
    }

    /// Each side has of the other what the other has of itself.
    async fn assert_the_same(&self) {
        for (home, away) in self.both_ways() {
            let (here, there) = (home.domain(), away.domain());
            let origin = format!("http://{here}");
            let own = home
                .texts(&format!(
                    "SELECT '{origin}/ap/notes/' || id || ' ' || html FROM statuses WHERE uri IS NULL ORDER BY id"
                ))
                .await;
            let taken = away
                .texts("SELECT uri || ' ' || html FROM statuses WHERE uri IS NOT NULL ORDER BY uri")
                .await;
            // The html of mentions differs by who shows it: the address and the number count.
            let numbers = |all: &[String]| -> Vec<String> {
                let first = |line: &String| {
                    let (uri, html) = line.split_once(' ').expect("two words");
                    let number = html.split("Number ").nth(1).unwrap_or_default();
                    let number: String = number.chars().take_while(char::is_ascii_digit).collect();
                    format!("{uri} {number}")
                };
                all.iter().map(first).collect()
            };
            let (mut own, mut taken) = (numbers(&own), numbers(&taken));
            own.sort();
            taken.sort();
            assert_eq!(own, taken, "posts of {here} and what {there} has of them");

            let liked = home
                .texts(
                    "SELECT coalesce(s.uri, s.id::text) || ' by ' || a.username FROM reactions r JOIN statuses s ON s.id = r.status_id \
                     JOIN accounts a ON a.id = r.account_id WHERE a.host_id IS NULL AND s.uri IS NOT NULL ORDER BY 1",
                )
                .await;
            let heard = away
                .texts(&format!(
                    "SELECT 'http://{there}/ap/notes/' || s.id || ' by ' || a.username FROM reactions r JOIN statuses s ON s.id = r.status_id \
                     JOIN accounts a ON a.id = r.account_id WHERE a.host_id IS NOT NULL AND s.uri IS NULL ORDER BY 1"
                ))
                .await;
            let sorted = |mut all: Vec<String>| {
                all.sort();
                all
            };
            assert_eq!(
                sorted(liked),
                sorted(heard),
                "favourites of {here} at {there}"
            );

            let tie = |local: &str| {
                format!(
                    "SELECT a.username || ' of ' || b.username || ' ' || f.state FROM follows f \
                     JOIN accounts a ON a.id = f.account_id JOIN accounts b ON b.id = f.target_id WHERE {local} ORDER BY 1"
                )
            };
            let ours = home
                .texts(&tie("a.host_id IS NULL AND b.host_id IS NOT NULL"))
                .await;
            let theirs = away
                .texts(&tie("a.host_id IS NOT NULL AND b.host_id IS NULL"))
                .await;
            assert_eq!(ours, theirs, "whom people of {here} follow at {there}");

            // Told of each mention and each favourite, once.
            let told = away
                .texts(
                    "SELECT n.kind || ' ' || n.account_id || ' ' || n.status_id FROM notifications n \
                     JOIN accounts a ON a.id = n.from_account_id WHERE a.host_id IS NOT NULL AND n.status_id IS NOT NULL ORDER BY 1",
                )
                .await;
            let due = away
                .number(
                    "SELECT (SELECT count(*) FROM status_audience u JOIN statuses s ON s.id = u.status_id JOIN accounts a ON a.id = u.account_id \
                       WHERE u.mentioned AND s.uri IS NOT NULL AND a.host_id IS NULL) \
                     + (SELECT count(*) FROM reactions r JOIN statuses s ON s.id = r.status_id JOIN accounts a ON a.id = r.account_id \
                       WHERE s.uri IS NULL AND a.host_id IS NOT NULL)",
                )
                .await;
            let once: BTreeSet<&String> = told.iter().collect();
            assert_eq!((told.len(), told.len()), (once.len(), due as usize));
            // Nothing was refused or given up on the way.
            for nothing in [
                "SELECT count(*) FROM delivery_refusals",
                "SELECT count(*) FROM activities WHERE dropped > 0 OR delivered <> recipients",
                "SELECT count(*) FROM inbox",
                "SELECT count(*) FROM delivery_hosts WHERE waiting <> 0",
            ] {
                assert_eq!(home.number(nothing).await, 0, "{here}: {nothing}");
            }
        }
    }
}

async fn until(what: &str, patience: Duration, is_so: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < patience, "it never comes: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Posts, favours and takes back, until `stop`. One of two names the other; the other follows
/// and unfollows: who is followed anew is read anew, and what comes by that is told to nobody.
async fn talk(
    voice: Voice,
    name: String,
    other: String,
    names: bool,
    stop: Arc<AtomicBool>,
    said: Arc<AtomicUsize>,
) {
    let acquaintance = voice.find(&format!("@{other}")).await;
    let mut n = 0;
    while !stop.load(Ordering::Relaxed) {
        n += 1;
        let to = if names && n % 3 == 0 {
            format!(" @{other}")
        } else {
            String::new()
        };
        let id = voice.post(&format!("Number {n} of {name}{to}")).await;
        said.fetch_add(1, Ordering::Relaxed);
        if n % 5 == 0 {
            let path = format!("/api/v1/statuses/{id}");
            // A deletion that broke off may have been done.
            let _ = voice
                .client
                .delete(format!("{}{path}", voice.origin))
                .bearer_auth(&voice.token)
                .send()
                .await;
        }
        if n % 4 == 0 {
            let home = voice.get("/api/v1/timelines/home?limit=10").await;
            let theirs = home.as_array().expect("a list").iter();
            let theirs = theirs.filter(|s| s["account"]["acct"] == other.as_str());
            for status in theirs.take(1) {
                let id = status["id"].as_str().expect("an id");
                // It may be gone by now.
                let _ = voice
                    .client
                    .post(format!("{}/api/v1/statuses/{id}/favourite", voice.origin))
                    .bearer_auth(&voice.token)
                    .send()
                    .await;
            }
        }
        if !names && n % 7 == 0 {
            let deed = if n % 2 == 0 { "follow" } else { "unfollow" };
            let path = format!("/api/v1/accounts/{acquaintance}/{deed}");
            voice.act(&path).await;
        }
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    // What was not followed would not be told.
    let path = format!("/api/v1/accounts/{acquaintance}/follow");
    voice.act(&path).await;
}

/// A way for each of two servers on this machine.
fn ways(lines: impl FnOnce([SocketAddr; 2]) -> [SocketAddr; 2]) -> [Way; 2] {
    let [mut porch, mut stoop] = [Way::alone(), Way::alone()];
    let [to_porch, to_stoop] = lines([porch.asked, stoop.asked]);
    porch.peers = format!("stoop.test={to_stoop}");
    stoop.peers = format!("porch.test={to_porch}");
    [porch, stoop]
}

fn all_their_own() -> [Setup; 2] {
    [
        Setup::federated().own_postgres().own_redis(),
        Setup::federated().own_redis(),
    ]
}

#[test]
fn whatever_is_killed_while_two_places_talk_nothing_is_lost_or_doubled() {
    run_two_idle(all_their_own(), async |porch, stoop| {
        let seed = rand::random();
        // Shown where the test fails.
        println!("seed {seed}");
        let mut dice = StdRng::seed_from_u64(seed);
        let [one, other] = ways(|direct| direct);
        let mut pair = Pair([
            Side::open(porch, ["ann", "abe"], one).await,
            Side::open(stoop, ["ben", "bea"], other).await,
        ]);
        pair.acquaint().await;

        let (stop, said) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicUsize::new(0)),
        );
        let mut talks = Vec::new();
        for (home, away) in pair.both_ways() {
            for who in 0..2 {
                let other = format!("{}@{}", away.people[who].name, away.domain());
                let (voice, name) = (home.voice(who), home.people[who].name.clone());
                talks.push(tokio::spawn(talk(
                    voice,
                    name,
                    other,
                    who == 1,
                    stop.clone(),
                    said.clone(),
                )));
            }
        }
        let began = Instant::now();
        for round in 0..KILLS {
            let before = said.load(Ordering::Relaxed);
            until("somebody talks", PATIENCE, async || {
                said.load(Ordering::Relaxed) > before + 2
            })
            .await;
            tokio::time::sleep(Duration::from_millis(dice.random_range(0..250))).await;
            let away = Duration::from_millis(dice.random_range(0..400));
            let [porch, stoop] = &mut pair.0;
            match round % 7 {
                0 => porch.kill(),
                1 => stoop.kill(),
                2 => porch.redis().kill(),
                3 | 6 => {
                    let postgres = porch.place.postgres.as_ref().expect("one of its own");
                    postgres.restart(round % 7 == 3).await;
                }
                4 => stoop.redis().empty().await,
                _ => {
                    porch.kill();
                    stoop.kill();
                }
            }
            tokio::time::sleep(away).await;
            for side in [porch, stoop] {
                if side.server.is_none() {
                    side.start().await;
                }
            }
            // What broke off is sent on the way, so that no backlog outgrows what may wait.
            if round % 3 == 2 {
                pair.let_time_pass().await;
            }
        }
        let lasted = began.elapsed();
        stop.store(true, Ordering::Relaxed);
        for talk in talks {
            talk.await.expect("somebody who was answered");
        }
        pair.recover().await;
        // Shown where the test fails.
        println!("{KILLS} kills within {lasted:?}");
        pair.print_losses().await;
        assert!(said.load(Ordering::Relaxed) > 3 * KILLS);
        pair.assert_the_same().await;
        pair.assert_all_was_news().await;
    });
}

/// Both talk over a line that is cut in the middle, and is whole again later.
async fn talk_over_a_cut(pair: &Pair<'_>, cut: impl FnOnce(), mend: impl FnOnce()) {
    pair.acquaint().await;
    let say = async |numbers: std::ops::Range<usize>| {
        for n in numbers {
            for (home, away) in pair.both_ways() {
                let (name, other) = (&home.people[0].name, &away.people[0].name);
                let text = format!("Number {n} of {name} @{other}@{}", away.domain());
                home.voice(0).post(&text).await;
            }
        }
    };
    let remote = "SELECT count(*) FROM statuses WHERE uri IS NOT NULL";
    let arrived = async |many: i64| {
        pair.0[0].number(remote).await == many && pair.0[1].number(remote).await == many
    };
    say(0..3).await;
    until("the first three arrive", PATIENCE, async || {
        arrived(3).await
    })
    .await;
    cut();
    say(3..8).await;
    for (home, away) in pair.both_ways() {
        let voice = home.voice(1);
        let home_of = voice.get("/api/v1/timelines/home?limit=20").await;
        let theirs = home_of.as_array().expect("a list").iter();
        for status in theirs.filter(|s| s["account"]["acct"] != s["account"]["username"]) {
            let id = status["id"].as_str().expect("an id");
            voice.act(&format!("/api/v1/statuses/{id}/favourite")).await;
        }
        let handle = format!("@{}@{}", away.people[1].name, away.domain());
        let id = voice.find(&handle).await;
        voice.act(&format!("/api/v1/accounts/{id}/unfollow")).await;
    }
    until("both notice", NOTICED, async || {
        let failing = "SELECT count(*) FROM delivery_hosts WHERE fails > 0";
        pair.0[0].number(failing).await == 1 && pair.0[1].number(failing).await == 1
    })
    .await;
    assert!(arrived(3).await, "the line is cut");
    // Later than that it is dead for a minute; nobody runs against the wall meanwhile.
    say(8..10).await;
    mend();
    pair.recover().await;
    assert!(arrived(10).await);
    pair.assert_the_same().await;
    // In the order in which they were said.
    for side in &pair.0 {
        let order = "SELECT html FROM statuses WHERE uri IS NOT NULL ORDER BY id";
        let numbers: Vec<usize> = side
            .texts(order)
            .await
            .iter()
            .map(|html| {
                let number = html.split("Number ").nth(1).expect("a number");
                let number = number.split(' ').next().expect("a word");
                number.parse().expect("a number")
            })
            .collect();
        assert!(numbers.is_sorted(), "{numbers:?}");
    }
}

#[test]
fn a_line_that_is_cut_and_mended_loses_nothing() {
    let setups = [Setup::federated(), Setup::federated()];
    run_two_idle(setups, async |porch, stoop| {
        let mut lines = Vec::new();
        let [one, other] = ways(|ends| {
            ends.map(|end| {
                lines.push(Wire::to(end));
                lines[lines.len() - 1].address
            })
        });
        let pair = Pair([
            Side::open(porch, ["ann", "abe"], one).await,
            Side::open(stoop, ["ben", "bea"], other).await,
        ]);
        let cut = || lines.iter().for_each(Wire::cut);
        let mend = || lines.iter().for_each(Wire::mend);
        talk_over_a_cut(&pair, cut, mend).await;
    });
}

#[test]
fn two_networks_that_lose_each_other_lose_nothing_as_root_in_namespaces() {
    let setups = [Setup::federated(), Setup::federated()];
    run_two_idle(setups, async |porch, stoop| {
        let namespace = Namespace::new();
        let [mut one, mut other] = [Way::alone(), Way::alone()];
        let everywhere = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), port);
        let [port, other_port] = [&one, &other].map(|way| way.listen.port());
        let [our_window, their_window] = namespace.window();
        one.listen = everywhere(port);
        other.listen = everywhere(other_port);
        other.asked = SocketAddr::new(their_window, other_port);
        other.from = Some(our_window);
        other.through = namespace.way_in();
        let out = Wire::to(SocketAddr::new(namespace.there(), other_port));
        let back = namespace.line_to(SocketAddr::new(namespace.here(), port));
        one.peers = format!("stoop.test={}", out.address);
        other.peers = format!("porch.test={back}");
        let pair = Pair([
            Side::open(porch, ["ann", "abe"], one).await,
            Side::open(stoop, ["ben", "bea"], other).await,
        ]);
        talk_over_a_cut(&pair, || namespace.cut(), || namespace.mend()).await;
    });
}
