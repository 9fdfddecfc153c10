//! `bin/bench door`: the queue with many who wait beside the same with few, and how fast those
//! are erased who never came in.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use porchlight::app::App;
use porchlight::gate::applications::expire;
use porchlight::gate::mode;
use porchlight::secrets::token;
use porchlight::store::signs_of_life;
use tokio_postgres::Client;

use super::applicants;
use super::client::{Done, Http, Until, load};
use super::fill;
use super::groups::{self, Desk};
use super::place::Place;
use super::random::Random;
use super::report::{Report, Row, milliseconds, plain, seconds};
use super::scale::Scale;
use super::server::Server;
use super::sign_ups;

/// How many of everything.
#[derive(Debug, Clone, Copy)]
pub struct Amount {
    /// Who waits at first.
    few: usize,
    /// Who waits then.
    many: usize,
    /// Who is erased.
    erased: usize,
    /// How often a page is opened.
    looks: u64,
    /// Who else is at the form.
    flood: sign_ups::Amount,
}

impl Amount {
    fn of(scale: Scale) -> Amount {
        match scale.name {
            "full" => Amount {
                few: 500,
                many: 50_000,
                erased: 1_700,
                looks: 200,
                flood: sign_ups::Amount {
                    flood: Duration::from_secs(60),
                    honest: 50,
                },
            },
            _ => Amount {
                few: 50,
                many: 500,
                erased: 100,
                looks: 5,
                flood: sign_ups::Amount {
                    flood: Duration::from_secs(2),
                    honest: 2,
                },
            },
        }
    }
}

/// Pages of the queue: what they are, and where. Deep ones are added to them.
const PAGES: [(&str, &str); 14] = [
    ("first page", "/desk"),
    ("newest first", "/desk?order=newest"),
    ("those with drafts", "/desk?drafts=1"),
    ("those who were invited", "/desk?invited=1"),
    ("those who ask to look again", "/desk?appealed=1"),
    ("those of a language", "/desk?lang=en"),
    ("those who were vouched for", "/desk?state=vouched"),
    ("those in line", "/desk?state=line"),
    ("those likely automated", "/desk?state=automated"),
    ("those put off", "/desk?state=put-off"),
    ("search for a name", "/desk?q=early7"),
    ("search for a word of the answers", "/desk?q=porch"),
    ("one application", ""),
    ("the menu's count, on another page", "/desk/presets"),
];
/// Places in the queue of those whom nobody vouched for begin here (`store::desk_queue`).
const BEHIND: i64 = 1 << 60;
/// Those who are alike, and are decided at once.
const ALIKE: usize = 500;
/// A page, or a decision, may take so many times as long.
const AT_MOST: f64 = 3.0;
/// Sent by a browser whose user goes there by hand: a sign of life is written too.
const BY_HAND: &str = "Sec-Fetch-Mode: navigate\r\nSec-Fetch-User: ?1\r\n";
/// The longest that one load takes.
const LONGEST: Duration = Duration::from_secs(60);

/// Measures the door.
pub async fn run(scale: Scale) -> Result<()> {
    let began = Instant::now();
    let amount = Amount::of(scale);
    let place = Place::open().await?;
    let mut report = Report::begin(&place, "door", scale).await?;
    let people = fill::fill(&place, scale).await?;
    let sql = place.sql().await?;
    let staff = staff(&sql).await?;
    let mut random = Random::new(20_261_122);
    let server = Server::start(&place).await?;

    report.section("The queue");
    applicants::add(&sql, "early", amount.few, &mut random, None).await?;
    let few = look(&server, &sql, &staff, amount).await?;
    let desk = Desk {
        server: &server,
        sql: &sql,
        session: &staff[0],
    };
    let alike = ALIKE.min(amount.few);
    let decided_with_few = groups::decide(&desk, alike, "few", &mut random).await?;
    let more = amount.many - amount.few;
    applicants::add(&sql, "late", more, &mut random, None).await?;
    let many = look(&server, &sql, &staff, amount).await?;
    let decided_with_many = groups::decide(&desk, alike, "many", &mut random).await?;
    report.row(
        Row::new("who wait", plain(amount.many as f64)).beside("few", plain(amount.few as f64)),
    );
    for ((what, few), (_, many)) in few.iter().zip(&many) {
        let of = |done: &Done| milliseconds(done.percentile(50));
        report.row(
            Row::new(format!("{what}, median"), of(many))
                .beside("with few", of(few))
                .at_most_times(AT_MOST),
        );
    }
    report.row(
        Row::new(
            format!("{alike} alike turned down at once, median"),
            milliseconds(decided_with_many),
        )
        .beside("with few", milliseconds(decided_with_few))
        .at_most_times(AT_MOST),
    );
    server.stop().await?;

    report.section("Erasure");
    let app = place
        .app(&place.database_url, &place.redis_url, &[])
        .await?;
    let users = applicants::add(&sql, "gone", amount.erased, &mut random, Some(&app)).await?;
    sql.execute(
        "UPDATE applications SET state = 4, decided_at = now(), erase_at = now() WHERE user_id = ANY ($1)",
        &[&users],
    )
    .await?;
    let erasing = Instant::now();
    let done = expire::run(&app)
        .await
        .map_err(|e| anyhow::anyhow!("{e:?}"))?;
    let took = erasing.elapsed();
    ensure!(done.erased == users.len(), "erased: {done:?}");
    report.row(Row::new(
        "applicants with drafts and two pictures",
        plain(users.len() as f64),
    ));
    report.row(Row::new("erased, files too", seconds(took)).at_most(10.0));

    let mode = switch(&app, &sql, &mut report).await?;
    drop(app);

    sign_ups::alone(&place, mode, &mut report).await?;
    sign_ups::run(&place, &sql, &people, amount.flood, &mut report).await?;
    place.close().await;
    report.end(began.elapsed())
}

/// How often the mode is asked for, and how often a password is hashed.
const ASKED: usize = 200;
const HASHED: usize = 20;
/// Who keeps the light on in a large place, and for how long they did.
const KEEPERS: i32 = 50;

/// What the mode costs, which it gives, beside the dearest step of a sign-up; and a year of signs
/// of life.
async fn switch(app: &App, sql: &Client, report: &mut Report) -> Result<Duration> {
    let broken = |e| anyhow::anyhow!("{e:?}");
    report.section("The mode and the switch");
    let mut conn = app.pool.get().await.map_err(broken)?;
    let mut asked = Vec::new();
    for _ in 0..ASKED {
        let (now, begin) = (app.clock.now(), Instant::now());
        mode::current(app, &mut conn, now).await.map_err(broken)?;
        asked.push(begin.elapsed());
    }
    let mut hashed = Vec::new();
    for _ in 0..HASHED {
        let begin = Instant::now();
        app.passwords
            .hash("as long as a password", app.clock.now())
            .await
            .map_err(broken)?;
        hashed.push(begin.elapsed());
    }
    let mode = median(asked);
    report.row(
        Row::new("the mode that holds, median", milliseconds(mode))
            .beside("a password's hash", milliseconds(median(hashed))),
    );
    sql.execute(
        "INSERT INTO signs_of_life (user_id, kind, at) \
         SELECT u.id, d % 3, now() - make_interval(days => d) - make_interval(mins => (u.id % 600)::int) \
         FROM (SELECT id FROM users ORDER BY id LIMIT $1::int) u, generate_series(0, 364) d",
        &[&KEEPERS],
    )
    .await?;
    let since = app.clock.now() - chrono::TimeDelta::days(365);
    let mut looked = Vec::new();
    for _ in 0..ASKED {
        let begin = Instant::now();
        let days = signs_of_life::days(&mut conn, since, "Europe/Berlin").await;
        ensure!(!days.map_err(broken)?.is_empty(), "nobody was there");
        looked.push(begin.elapsed());
    }
    report.row(Row::new(
        "a year of signs of life of 50, median",
        milliseconds(median(looked)),
    ));
    Ok(mode)
}

/// The middle one.
pub(super) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Makes an owner, signed in, for each page: nobody asks more often than one person may. Gives
/// the sessions' cookies.
async fn staff(sql: &Client) -> Result<Vec<String>> {
    let mut cookies = Vec::new();
    // Those that are named, and the deep one.
    for n in 0..=PAGES.len() {
        let (name, session) = (format!("person{n}"), format!("bench-session-{n}"));
        let digest = token::digest(&session);
        sql.execute(
            "UPDATE users SET role = 4, second_factor_since = now() WHERE username = $1",
            &[&name],
        )
        .await?;
        let made = sql
            .execute(
                "INSERT INTO sessions (digest, user_id, created_at, last_seen_at, expires_at) \
                 SELECT $1, id, now(), now(), now() + interval '1 day' FROM users WHERE username = $2",
                &[&digest.as_slice(), &name],
            )
            .await?;
        ensure!(made == 1, "nobody is called {name}");
        cookies.push(format!("porch_session={session}"));
    }
    Ok(cookies)
}

/// Opens every page of the queue often.
async fn look(
    server: &Server,
    sql: &Client,
    staff: &[String],
    amount: Amount,
) -> Result<Vec<(String, Done)>> {
    let middle: i64 = sql
        .query_one(
            "SELECT id FROM applications WHERE state = 1 ORDER BY id \
             OFFSET (SELECT count(*) / 2 FROM applications WHERE state = 1) LIMIT 1",
            &[],
        )
        .await?
        .get(0);
    let mut pages: Vec<(&str, String)> = PAGES
        .map(|(what, path)| (what, path.to_owned()))
        .into_iter()
        .collect();
    pages.push((
        "a page in the middle",
        format!("/desk?after={}", middle + BEHIND),
    ));
    for (_, path) in pages.iter_mut().filter(|(_, path)| path.is_empty()) {
        *path = format!("/desk/applications/{middle}");
    }
    let mut done = Vec::new();
    for ((what, path), session) in pages.into_iter().zip(staff) {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {session}\r\n{BY_HAND}Accept: text/html\r\n\r\n"
        )
        .into_bytes();
        let mut http = Http::open(server.address).await?;
        let answer = http.ask(&request).await?;
        answer.checked().with_context(|| path.clone())?;
        let requests = Arc::new(move |_| request.clone());
        let until = Until::Count(amount.looks, LONGEST);
        let each = load(server.address, 1, until, requests).await?;
        done.push((what.to_owned(), each));
    }
    Ok(done)
}
