//! Signing up one by one, and a flood at the form: what it leaves of the members' home, and
//! whether people who apply meanwhile come through.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use porchlight::gate::proof;
use tokio_postgres::Client;

use super::client::{Done, Http, Requests, Until, get, load, load_paced};
use super::door::median;
use super::people::People;
use super::place::Place;
use super::process;
use super::report::{Report, Row, megabytes, milliseconds, per_second, plain, seconds};
use super::scale::Scale;
use super::server::Server;

/// From one attempt to the next: 200 a second.
const EACH: Duration = Duration::from_millis(5);
/// The addresses that they come from.
const ADDRESSES: u64 = 5_000;
/// One of so many attempts has a valid proof of work.
const PROVEN: u64 = 20;
/// Forms that those without proof send again and again.
const PLAIN_FORMS: u64 = 60;
/// Connections of the flood.
const CONNECTIONS: usize = 64;
/// The flood and its yardstick take turns so often.
const TURNS: u32 = 4;
/// Home is asked for so long, then it is looked whether the flood is over.
const SLICE: Duration = Duration::from_millis(200);
/// Honest ones come through within this.
const WITHIN: Duration = Duration::from_secs(600);
/// The memory of a server that is flooded, in MB.
const MEMORY: f64 = 200.0;
/// What the server is told besides: whose headers it believes, that the domains of the made-up
/// addresses are looked up nowhere, and that there is room behind those who wait already.
const SETTINGS: &str =
    "trusted_proxies = ['127.0.0.1']\n[registration]\nname_server = 'none'\nmax_waiting = 100000\n";
/// The path of the flood's yardstick, as long as the form's.
const NOWHERE: &[u8] = b"POST /nopes ";

/// Who signs up one by one.
const ALONE: u64 = 20;
/// Nobody types faster: a form that comes back sooner is shown again.
const TYPED: Duration = Duration::from_secs(5);
/// The part of a sign-up that the mode may cost.
const PART: f64 = 0.01;

/// How long, and how many.
#[derive(Debug, Clone, Copy)]
pub struct Amount {
    /// The flood lasts so long.
    pub flood: Duration,
    /// Who applies meanwhile as people do.
    pub honest: usize,
}

/// Measures what a sign-up costs where nobody else is at the form, from the form sent to the
/// answer, and which part of it the mode is.
pub async fn alone(place: &Place, mode: Duration, report: &mut Report) -> Result<()> {
    report.section("A sign-up");
    let server = Server::start_with(place, SETTINGS).await?;
    let mut letters = Vec::new();
    for n in 0..ALONE {
        let from = format!("172.17.{n}.7");
        let form = Opened::fetch(server.address, &from).await?;
        letters.push(form.send(&from, &format!("alone{n}"), &form.work().await?));
    }
    tokio::time::sleep(TYPED).await;
    let mut took = Vec::new();
    for letter in letters {
        let mut http = Http::open(server.address).await?;
        let begin = Instant::now();
        let answer = http.ask(&letter).await?;
        took.push(begin.elapsed());
        ensure!(answer.status == 303, "a sign-up answers {}", answer.status);
    }
    server.stop().await?;
    report.row(
        Row::new("the mode that holds, median", milliseconds(mode))
            .beside("a sign-up, median", milliseconds(median(took)))
            .at_most_part(PART),
    );
    Ok(())
}

/// Measures the flood.
pub async fn run(
    place: &Place,
    sql: &Client,
    people: &People,
    amount: Amount,
    report: &mut Report,
) -> Result<()> {
    report.section("A flood at the form");
    let server = Server::start_with(place, SETTINGS).await?;
    let mails = place.folder("server")?.join("data").join("mail");
    let attempts = amount.flood.as_millis() as u64 / EACH.as_millis() as u64;
    let flood = Arc::new(attempts_of(&server, attempts).await?);
    let requests: Vec<Vec<u8>> = people
        .members
        .iter()
        .map(|m| get("/api/v1/timelines/home?limit=20", Some(&m.token)))
        .collect();
    let many = requests.len() as u64;
    let home: Requests = Arc::new(move |n| requests[(n % many) as usize].clone());
    let once = Until::Count(many, WITHIN);
    load(server.address, Scale::CLIENTS, once, home.clone()).await?;

    let honest = tokio::spawn(honest_people(server.address, mails, amount.honest));
    let part = attempts / u64::from(TURNS);
    let [mut beside_nothing, mut under_flood] = [Done::default(), Done::default()];
    let (mut sent, mut answers) = (Done::default(), BTreeMap::new());
    for turn in 0..u64::from(TURNS) {
        let letters = flood.clone();
        let form: Requests = Arc::new(move |n| letters[(turn * part + n) as usize].clone());
        let (home_too, came, done) = beside(&server, home.clone(), form, part).await?;
        under_flood.add(home_too);
        sent.add(done);
        for (status, count) in came {
            *answers.entry(status).or_insert(0) += count;
        }
        let letters = flood.clone();
        let nowhere: Requests = Arc::new(move |n| {
            let mut letter = letters[(turn * part + n) as usize].clone();
            letter[..NOWHERE.len()].copy_from_slice(NOWHERE);
            letter
        });
        let (home_too, came, _) = beside(&server, home.clone(), nowhere, part).await?;
        ensure!(came.keys().eq([&404]), "nowhere is somewhere: {came:?}");
        beside_nothing.add(home_too);
    }
    let waited = honest.await??;
    let memory = process::memory(server.pid())?;
    server.stop().await?;
    let arrived: i64 = sql
        .query_one(
            "SELECT count(*) FROM applications a JOIN users u ON u.id = a.user_id \
             WHERE a.state = 1 AND u.username LIKE 'honest%'",
            &[],
        )
        .await?
        .get(0);

    let of = |status: u16| plain(answers.get(&status).copied().unwrap_or(0) as f64);
    report.row(Row::new("attempts", plain(sent.count as f64)));
    report.row(Row::new("in a second", per_second(sent.per_second())));
    report.row(Row::new("of them taken (303)", of(303)));
    report.row(Row::new("sent away for a while (429)", of(429)));
    report.row(
        Row::new("home under the flood", per_second(under_flood.per_second()))
            .beside(
                "while it goes to a 404",
                per_second(beside_nothing.per_second()),
            )
            .at_least(0.8),
    );
    report.row(Row::new("server's memory, at its peak", megabytes(memory.peak)).at_most(MEMORY));
    report.row(
        Row::new("honest applicants in the queue", plain(arrived as f64))
            .reaching(amount.honest as f64),
    );
    let last = waited.iter().max().copied().unwrap_or_default();
    report.row(Row::new("the last of them after", seconds(last)).at_most(WITHIN.as_secs_f64()));
    Ok(())
}

/// Sends attempts at their pace, and members' home for as long as that takes.
async fn beside(
    server: &Server,
    home: Requests,
    other: Requests,
    many: u64,
) -> Result<(Done, BTreeMap<u16, u64>, Done)> {
    let (to, until) = (server.address, Until::Count(many, WITHIN));
    let sending = tokio::spawn(load_paced(to, CONNECTIONS, until, other, EACH));
    let mut read = Done::default();
    while !sending.is_finished() {
        read.add(load(to, Scale::CLIENTS, Until::Time(SLICE), home.clone()).await?);
    }
    let (sent, came) = sending.await??;
    Ok((read, came, sent))
}

/// The attempts, made before the flood begins: forms that were fetched from many networks,
/// with names and addresses of their own; one in twenty with the work done.
async fn attempts_of(server: &Server, attempts: u64) -> Result<Vec<Vec<u8>>> {
    let (mut proven, mut plain) = (Vec::new(), Vec::new());
    for n in 0..attempts / PROVEN {
        proven.push(Opened::fetch(server.address, &network(n * PROVEN)).await?);
    }
    for n in 0..PLAIN_FORMS {
        plain.push(Opened::fetch(server.address, &network(n * PROVEN + 1)).await?);
    }
    let work = move || {
        let of = |n: u64| {
            let (form, number) = match n % PROVEN {
                0 => {
                    let form = &proven[(n / PROVEN) as usize % proven.len()];
                    (form, proof::work(&form.token, form.bits))
                }
                _ => (&plain[(n % PLAIN_FORMS) as usize], "12345".to_owned()),
            };
            form.send(&network(n), &format!("machine{n}"), &number)
        };
        (0..attempts).map(of).collect()
    };
    // Forms that come back at once are shown again.
    let (made, ()) = tokio::join!(
        tokio::task::spawn_blocking(work),
        tokio::time::sleep(Duration::from_secs(4))
    );
    Ok(made?)
}

/// Where the n-th attempt comes from.
fn network(n: u64) -> String {
    let n = n % ADDRESSES;
    format!("10.{}.{}.{}", 100 + n / 1_000, n / 10 % 100, 1 + n % 10)
}

/// A form on somebody's screen.
struct Opened {
    cookie: String,
    csrf: String,
    token: String,
    bits: u8,
    question: String,
}

impl Opened {
    async fn fetch(to: SocketAddr, from: &str) -> Result<Opened> {
        let (status, head, page) = visit(to, from, "", "GET", "/apply", "").await?;
        ensure!(status == 200, "the form answers {status} to {from}");
        Opened::read(&head, &page)
    }

    fn read(head: &str, page: &str) -> Result<Opened> {
        let cookie = head
            .lines()
            .find_map(|line| {
                line.split_once(": ")
                    .filter(|(n, _)| n.eq_ignore_ascii_case("set-cookie"))
            })
            .and_then(|(_, value)| value.split(';').next())
            .context("a cookie for the form")?;
        let question = page.split("name=\"answer_").nth(1);
        Ok(Opened {
            cookie: cookie.to_owned(),
            csrf: value(page, "csrf")?,
            token: value(page, "form_token")?,
            bits: attribute(page, "data-proof-bits").map_or(Ok(0), |bits| bits.parse())?,
            question: question
                .and_then(|rest| rest.split('"').next())
                .context("a question")?
                .to_owned(),
        })
    }

    /// The number that proves the work.
    async fn work(&self) -> Result<String> {
        let (token, bits) = (self.token.clone(), self.bits);
        Ok(tokio::task::spawn_blocking(move || proof::work(&token, bits)).await?)
    }

    /// The form filled in, as bytes.
    fn send(&self, from: &str, name: &str, number: &str) -> Vec<u8> {
        let body = format!(
            "csrf={}&form_token={}&proof={number}&username={name}&email={name}%40{name}.example\
             &password=a+porch+light+at+night&agreement=1&website=&event=&answer_{}=I+am+{name}+and+like+porches",
            self.csrf, self.token, self.question
        );
        request(from, &self.cookie, "POST", "/apply", &body)
    }
}

/// The value of a hidden field.
pub(super) fn value(page: &str, name: &str) -> Result<String> {
    let field = page.split(&format!("name=\"{name}\"")).nth(1);
    let value = field.and_then(|rest| attribute(rest, "value"));
    value
        .map(str::to_owned)
        .with_context(|| format!("no field {name}"))
}

fn attribute<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    page.split(&format!("{name}=\"")).nth(1)?.split('"').next()
}

fn request(from: &str, cookie: &str, method: &str, path: &str, body: &str) -> Vec<u8> {
    let cookie = match cookie {
        "" => String::new(),
        cookie => format!("Cookie: {cookie}\r\n"),
    };
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {from}\r\n{cookie}Accept: text/html\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

async fn visit(
    to: SocketAddr,
    from: &str,
    cookie: &str,
    method: &str,
    path: &str,
    body: &str,
) -> Result<(u16, String, String)> {
    let mut http = Http::open(to).await?;
    let answer = http.ask(&request(from, cookie, method, path, body)).await?;
    Ok((
        answer.status,
        String::from_utf8_lossy(answer.head).into_owned(),
        String::from_utf8_lossy(answer.body).into_owned(),
    ))
}

/// People who apply from networks of their own, one a second; how long each of them took.
async fn honest_people(to: SocketAddr, mails: PathBuf, many: usize) -> Result<Vec<Duration>> {
    let each = (0..many).map(|n| {
        let mails = mails.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(n as u64)).await;
            let began = Instant::now();
            while began.elapsed() < WITHIN {
                match try_to_apply(to, &mails, n).await? {
                    true => return anyhow::Ok(began.elapsed()),
                    // Sent away for a while.
                    false => tokio::time::sleep(Duration::from_secs(15)).await,
                }
            }
            Ok(WITHIN)
        })
    });
    let mut waited = Vec::new();
    for person in each.collect::<Vec<_>>() {
        waited.push(person.await??);
    }
    Ok(waited)
}

/// One try, from the form to the confirmed address; `false` where the place had no room.
async fn try_to_apply(to: SocketAddr, mails: &Path, n: usize) -> Result<bool> {
    let (from, name) = (format!("172.16.{n}.7"), format!("honest{n}"));
    let (status, head, page) = visit(to, &from, "", "GET", "/apply", "").await?;
    if status == 429 || status == 503 {
        return Ok(false);
    }
    let form = Opened::read(&head, &page)?;
    let number = form.work().await?;
    tokio::time::sleep(TYPED).await;
    let mut http = Http::open(to).await?;
    let answer = http.ask(&form.send(&from, &name, &number)).await?;
    match answer.status {
        303 => {}
        429 | 503 => return Ok(false),
        other => bail!(
            "{name} is answered {other}: {}",
            String::from_utf8_lossy(answer.body)
        ),
    }
    let link = loop {
        if let Some(link) = mailed_link(mails, &name)? {
            break link;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    };
    let (status, _, page) = visit(to, &from, &form.cookie, "GET", &link, "").await?;
    ensure!(status == 200, "{link} answers {status}");
    let body = format!(
        "csrf={}&token={}&proof=",
        value(&page, "csrf")?,
        value(&page, "token")?
    );
    let (status, ..) = visit(to, &from, &form.cookie, "POST", "/confirm", &body).await?;
    ensure!(status == 303, "confirming answers {status}");
    Ok(true)
}

/// The path of the link in the mail that asks somebody to confirm.
fn mailed_link(mails: &Path, name: &str) -> Result<Option<String>> {
    let Ok(files) = std::fs::read_dir(mails) else {
        return Ok(None);
    };
    for file in files {
        let path = file?.path();
        let is_theirs = path
            .file_name()
            .is_some_and(|file| file.to_string_lossy().contains(&format!("{name}@")));
        if !is_theirs {
            continue;
        }
        // Long lines are folded by the encoding of mails.
        let text = std::fs::read_to_string(&path)?
            .replace("=\r\n", "")
            .replace("=3D", "=");
        let link = text
            .split_whitespace()
            .find_map(|word| word.find("/confirm?token=").map(|at| word[at..].to_owned()));
        if link.is_some() {
            return Ok(link);
        }
    }
    Ok(None)
}
