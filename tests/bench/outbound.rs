//! What is sent: one post to hosts of which a fifth are dead or hang, and what ten thousand
//! dead hosts cost.

use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};
use porchlight::domain::Id;
use porchlight::secrets::actor_key;
use tokio_postgres::Client;

use super::client::{Http, post};
use super::federation::{Amount, DOING};
use super::neighbours::{Neighbours, WORDS};
use super::people::{Member, People};
use super::place::Place;
use super::process;
use super::report::{Report, Row, megabytes, milliseconds, plain, seconds};
use super::server::Server;

/// How long an idle server is watched.
const WATCHED: Duration = Duration::from_secs(5);
/// How long the living may take, in seconds.
const PROMISED: f64 = 10.0;

/// A server that only sends, and those it sends to.
struct Bench<'a> {
    server: Server,
    neighbours: Neighbours,
    sql: Client,
    report: &'a mut Report,
    /// Number of the next post.
    next: u32,
}

/// Runs both.
pub async fn run(
    place: &Place,
    people: &People,
    amount: Amount,
    report: &mut Report,
) -> Result<()> {
    let neighbours = Neighbours::start().await?;
    let settings = format!(
        "dev = true\ndomain = 'porch.test'\n{}",
        neighbours.setting()
    );
    let mut bench = Bench {
        server: Server::start_with(place, &settings).await?,
        neighbours,
        sql: place.sql().await?,
        report,
        next: 0,
    };
    let (hermit, other) = (people.hermit(), &people.members[2]);
    for author in [hermit, other] {
        bench.give_key(author.account).await?;
    }
    bench.one_post(hermit, amount.hosts).await?;
    bench.dead(other, amount.dead).await?;
    bench.server.stop().await
}

impl Bench<'_> {
    async fn one_post(&mut self, author: &Member, hosts: usize) -> Result<()> {
        let dead = hosts / 5;
        let living = hosts - dead;
        self.report
            .section(&format!("One post to {hosts} hosts, {dead} of them dead"));
        self.settle("alive", living, author.account).await?;
        // The hosts become known, and so do the connections.
        self.say(author, living).await?;
        let alone = self.say(author, living).await?;
        for kind in ["refused", "silent", "hole"] {
            self.settle(kind, dead / 3, author.account).await?;
        }
        let first = self.say(author, living).await?;
        let second = self.say(author, living).await?;
        let last = |times: &[Duration]| times.last().copied().unwrap_or_default();
        let half = |times: &[Duration]| times.get(times.len() / 2).copied().unwrap_or_default();
        let alone_took = ("the living alone", seconds(last(&alone)));
        self.report.row(Row::new(
            "half of the living have it within",
            milliseconds(half(&first)),
        ));
        self.report.row(
            Row::new("all of the living have it within", seconds(last(&first)))
                .beside(alone_took.0, alone_took.1)
                .at_most(PROMISED),
        );
        self.report.row(
            Row::new("the next post, at once", seconds(last(&second)))
                .beside("the first", seconds(last(&first)))
                .at_most_more(1.0),
        );
        let noticed = "SELECT count(*) FROM delivery_hosts WHERE fails > 0";
        self.until(noticed, (dead / 3 * 3) as i64).await?;
        let third = self.say(author, living).await?;
        self.report.row(
            Row::new("a post once they are noticed", seconds(last(&third)))
                .beside(alone_took.0, alone_took.1)
                .at_most_more(1.0),
        );
        Ok(())
    }

    async fn dead(&mut self, author: &Member, hosts: usize) -> Result<()> {
        self.report.section(&format!("{hosts} dead hosts"));
        let (before, idle) = (self.memory()?, self.idle().await?);
        self.settle("dead", hosts, author.account).await?;
        let of_them =
            "delivery_hosts d JOIN hosts h ON h.id = d.host_id WHERE h.domain LIKE '%.dead.test'";
        let (began, cpu) = (Instant::now(), process::cpu(self.server.pid())?);
        self.post(author).await?;
        let tried = format!("SELECT count(*) FROM {of_them} AND d.fails > 0");
        self.until(&tried, hosts as i64).await?;
        let spent = process::cpu(self.server.pid())? - cpu;
        let each = |time: Duration| plain((time.as_secs_f64() * 1e6 / hosts as f64).round());
        self.report
            .row(Row::new("all tried within", seconds(began.elapsed())));
        self.report
            .row(Row::new("CPU for each, in microseconds", each(spent)));
        // While they are left alone, more is said.
        for _ in 0..2 {
            self.post(author).await?;
        }
        let waiting = "SELECT count(*) FROM deliveries v JOIN hosts h ON h.id = v.host_id WHERE h.domain LIKE '%.dead.test'";
        self.until(waiting, 3 * hosts as i64).await?;
        self.report.row(
            Row::new("memory while they fail", megabytes(self.memory()?))
                .beside("before", megabytes(before))
                .at_most_more(16.0),
        );
        let failing = self.idle().await?;
        self.report.row(
            Row::new("CPU while they fail, a second", milliseconds(failing))
                .beside("before", milliseconds(idle))
                .at_most_more(20.0),
        );
        // Eight days later they are tried for the last time.
        let cpu = process::cpu(self.server.pid())?;
        self.sql
            .execute(
                "UPDATE delivery_hosts d SET failing_since = failing_since - interval '8 days', due_at = now() \
                 FROM hosts h WHERE h.id = d.host_id AND h.domain LIKE '%.dead.test' AND d.holder IS NULL",
                &[],
            )
            .await?;
        let given_up = format!("SELECT count(*) FROM {of_them} AND d.dead_since IS NOT NULL");
        self.until(&given_up, hosts as i64).await?;
        let spent = process::cpu(self.server.pid())? - cpu;
        self.report.row(Row::new(
            "CPU to give each up, in microseconds",
            each(spent),
        ));
        self.post(author).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let rows = self.number(waiting).await?;
        self.report
            .row(Row::new("deliveries that wait for them", plain(rows as f64)).at_most(0.0));
        let state = self
            .number(&format!("SELECT count(*) FROM {of_them}"))
            .await?;
        self.report.row(
            Row::new(
                "rows that a dead host keeps",
                plain(state as f64 / hosts as f64),
            )
            .at_most(1.0),
        );
        self.report.row(
            Row::new("memory with them dead", megabytes(self.memory()?))
                .beside("before", megabytes(before))
                .at_most_more(16.0),
        );
        let idle_now = self.idle().await?;
        self.report.row(
            Row::new("CPU with them dead, a second", milliseconds(idle_now))
                .beside("before", milliseconds(idle))
                .at_most_more(20.0),
        );
        Ok(())
    }

    /// Members of the bench are made without keys; who sends needs one.
    async fn give_key(&self, account: Id) -> Result<()> {
        let pair = actor_key::generate().map_err(|e| anyhow!("{e:?}"))?;
        self.sql
            .execute(
                "INSERT INTO actor_keys (account_id, public_key_pem, private_key, created_at) VALUES ($1, $2, $3, now()) \
                 ON CONFLICT DO NOTHING",
                &[&account, &pair.public_pem, &&pair.private_der[..]],
            )
            .await?;
        Ok(())
    }

    /// Hosts under `*.{kind}.test`, with a follower of the account on each.
    async fn settle(&self, kind: &str, many: usize, follows: Id) -> Result<()> {
        let (domain, many) = (format!(".{kind}.test"), many as i32);
        self.sql
            .execute(
                "INSERT INTO hosts (domain, first_seen_at) SELECT 'h' || n || $1::text, now() FROM generate_series(1, $2::int) n",
                &[&domain, &many],
            )
            .await?;
        self.sql
            .execute(
                "WITH a AS (INSERT INTO accounts (id, host_id, username, handle_domain, uri, uri_hash, created_at, updated_at, fetched_at) \
                     SELECT next_id(now()), h.id, 'ann', h.domain, 'http://' || h.domain || '/users/ann', \
                     encode(substring(sha256(convert_to('http://' || h.domain || '/users/ann', 'UTF8')) FROM 1 FOR 16), 'hex')::uuid, \
                     now(), now(), now() FROM hosts h WHERE h.domain LIKE '%' || $1::text RETURNING id, uri, handle_domain), \
                 s AS (INSERT INTO account_stats (account_id) SELECT id FROM a) \
                 INSERT INTO actor_endpoints (account_id, inbox, shared_inbox, followers) \
                 SELECT id, uri || '/inbox', 'http://' || handle_domain || '/inbox', uri || '/followers' FROM a",
                &[&domain],
            )
            .await?;
        self.sql
            .execute(
                "INSERT INTO follows (id, account_id, target_id, state, created_at) \
                 SELECT next_id(now()), a.id, $2, 1, now() FROM accounts a WHERE a.handle_domain LIKE '%' || $1::text",
                &[&domain, &follows],
            )
            .await?;
        self.sql.batch_execute("ANALYZE").await?;
        Ok(())
    }

    /// Posts; gives the number and the moment.
    async fn post(&mut self, author: &Member) -> Result<(u32, Instant)> {
        let number = self.next;
        self.next += 1;
        let words = format!("{WORDS}{number}");
        let request = post(&author.token, &words, &words);
        let mut http = Http::open(self.server.address).await?;
        let began = Instant::now();
        http.ask(&request).await?.checked()?;
        Ok((number, began))
    }

    /// Posts, and waits until all of the living have it; when each had it, in order.
    async fn say(&mut self, author: &Member, living: usize) -> Result<Vec<Duration>> {
        let (number, began) = self.post(author).await?;
        self.neighbours
            .wait_for(number, living, began, Duration::from_secs(60))
            .await
    }

    fn memory(&self) -> Result<u64> {
        Ok(process::memory(self.server.pid())?.resident)
    }

    /// What an idle server spends in a second.
    async fn idle(&self) -> Result<Duration> {
        let before = process::cpu(self.server.pid())?;
        tokio::time::sleep(WATCHED).await;
        Ok((process::cpu(self.server.pid())? - before) / WATCHED.as_secs() as u32)
    }

    async fn number(&self, statement: &str) -> Result<i64> {
        Ok(self.sql.query_one(statement, &[]).await?.get(0))
    }

    async fn until(&self, statement: &str, reached: i64) -> Result<()> {
        let began = Instant::now();
        loop {
            let now = self.number(statement).await?;
            if now >= reached {
                return Ok(());
            }
            ensure!(
                began.elapsed() < DOING,
                "{now} of {reached} after {DOING:?}: {statement}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
