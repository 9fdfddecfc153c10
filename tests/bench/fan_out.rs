//! Fan-out: one who is followed by a thousand posts. When is it in all feeds, and what does
//! that cost?

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use porchlight::domain::Id;
use redis::aio::MultiplexedConnection;

use super::client::{Http, get};
use super::people::{Member, People};
use super::place::Place;
use super::posting::{fresh_post, settle};
use super::process::{cpu, cpu_with_children};
use super::report::{Report, Row, milliseconds};
use super::scale::Scale;
use super::server::Server;

/// Posts that are followed until they are everywhere.
const WATCHED: usize = 20;
/// Followers whose home is asked for by the API, too.
const ASKED: usize = 10;
/// A post that is not everywhere after this is lost.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two posts of those whose cost is measured: each is a batch of its own.
const PAUSE: Duration = Duration::from_millis(20);

/// Measures fan-out.
pub async fn run(
    place: &Place,
    server: &Server,
    people: &People,
    scale: Scale,
    report: &mut Report,
) -> Result<()> {
    report.section(&format!("Fan-out to {} followers", people.followers.len()));
    let mut http = Http::open(server.address).await?;
    let mut feeds = Feeds::open(place, people).await?;
    let mut times = Vec::new();
    for _ in 0..WATCHED.min(scale.fan_outs) {
        let id = post_by(&mut http, people.star()).await?;
        times.push(feeds.wait_for(id).await?);
        // What the keys say, homes must say.
        for follower in people
            .members
            .iter()
            .skip(2)
            .take(people.followers.len())
            .step_by((people.followers.len() / ASKED).max(1))
        {
            let home = http
                .ask(&get(
                    "/api/v1/timelines/home?limit=1",
                    Some(&follower.token),
                ))
                .await?;
            let home: serde_json::Value = serde_json::from_slice(home.checked()?.body)?;
            ensure!(
                home[0]["id"].as_str() == Some(&id.to_string()),
                "a follower's home lacks the post: {home}"
            );
        }
    }
    times.sort_unstable();
    let (median, slowest) = (times[times.len() / 2], times[times.len() - 1]);
    report.row(Row::new("in all feeds, median", milliseconds(median)));
    report.row(Row::new("in all feeds, slowest", milliseconds(slowest)).at_most(1_000.0));

    let to_none = cost(place, server, &mut http, people.hermit(), scale).await?;
    let to_many = cost(place, server, &mut http, people.star(), scale).await?;
    let each = |cost: Duration| cost / scale.fan_outs as u32;
    let [server_none, postgres_none, redis_none] = to_none.map(each);
    let [server_many, postgres_many, redis_many] = to_many.map(each);
    let beside = |row: Row, none| row.beside("post without followers", milliseconds(none));
    let more = milliseconds(server_many.saturating_sub(server_none));
    report.row(Row::new("server's CPU for the fan-out of a post", more).at_most(20.0));
    report.row(beside(
        Row::new("server's CPU, a whole post", milliseconds(server_many)),
        server_none,
    ));
    report.row(beside(
        Row::new("Redis's CPU, a whole post", milliseconds(redis_many)),
        redis_none,
    ));
    report.row(beside(
        Row::new("Postgres's CPU, a whole post", milliseconds(postgres_many)),
        postgres_none,
    ));
    let all = |a: [Duration; 3]| a.into_iter().sum::<Duration>();
    let (many, none) = (
        all([server_many, postgres_many, redis_many]),
        all([server_none, postgres_none, redis_none]),
    );
    report.row(
        Row::new(
            "all three, for the fan-out",
            milliseconds(many.saturating_sub(none)),
        )
        .at_most(20.0),
    );
    Ok(())
}

/// CPU of server, Postgres and Redis for all posts of `who`, each told before the next.
async fn cost(
    place: &Place,
    server: &Server,
    http: &mut Http,
    who: &Member,
    scale: Scale,
) -> Result<[Duration; 3]> {
    let pids = place.pids();
    let (postgres, redis) = (pids[0], pids[1]);
    let look = || -> Result<[Duration; 3]> {
        Ok([
            cpu(server.pid())?,
            cpu_with_children(postgres)?,
            cpu(redis)?,
        ])
    };
    settle(place).await?;
    let before = look()?;
    for _ in 0..scale.fan_outs {
        post_by(http, who).await?;
        tokio::time::sleep(PAUSE).await;
    }
    settle(place).await?;
    let after = look()?;
    Ok([0, 1, 2].map(|n| after[n].saturating_sub(before[n])))
}

async fn post_by(http: &mut Http, who: &Member) -> Result<Id> {
    let answer = http.ask(&fresh_post(&who.token)).await?.checked()?;
    let status: serde_json::Value = serde_json::from_slice(answer.body)?;
    Ok(status["id"]
        .as_str()
        .context("a status has an id")?
        .parse()?)
}

/// The followers' feeds, as they lie in Redis.
struct Feeds {
    redis: MultiplexedConnection,
    keys: Vec<String>,
}

impl Feeds {
    async fn open(place: &Place, people: &People) -> Result<Feeds> {
        let sql = place.sql().await?;
        let row = sql
            .query_one(
                "SELECT encode((SELECT value FROM instance_secrets WHERE name = 'cache_prefix'), 'hex'), \
                 (SELECT (value->>'generation')::bigint FROM instance_settings WHERE key = 'feeds')",
                &[],
            )
            .await?;
        let (prefix, generation): (String, Option<i64>) = (row.get(0), row.get(1));
        let generation = generation.unwrap_or(0);
        let key = |account: &Id| format!("porch:{prefix}:feed:{generation}:{account}");
        let client = redis::Client::open(place.redis_url.as_str())?;
        Ok(Feeds {
            redis: client.get_multiplexed_async_connection().await?,
            keys: people.followers.iter().map(key).collect(),
        })
    }

    /// Waits until all feeds hold the status; gives how long that took.
    async fn wait_for(&mut self, id: Id) -> Result<Duration> {
        let began = Instant::now();
        let mut left: Vec<&String> = self.keys.iter().collect();
        loop {
            let mut pipeline = redis::pipe();
            for key in &left {
                pipeline.cmd("ZSCORE").arg(key).arg(&id.to_be_bytes()[..]);
            }
            let found: Vec<Option<f64>> = pipeline.query_async(&mut self.redis).await?;
            let elapsed = began.elapsed();
            left = left
                .iter()
                .zip(found)
                .filter(|(_, f)| f.is_none())
                .map(|(k, _)| *k)
                .collect();
            if left.is_empty() {
                return Ok(elapsed);
            }
            ensure!(elapsed < PATIENCE, "{} feeds lack the post", left.len());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
