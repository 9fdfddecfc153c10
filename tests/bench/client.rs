//! A client that costs little, since it shares the cores with what it measures: HTTP/1.1 on
//! kept connections, all of them on one thread.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Room for an answer; it grows where that is too little.
const ROOM: usize = 128 * 1024;
/// The longest answer that is read.
const LONGEST: usize = 16 * 1024 * 1024;

/// One kept connection.
pub struct Http {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// The last answer said that no other follows.
    closes: bool,
}

/// An answer, until the next one.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The status code.
    pub status: u16,
    /// The status line and the headers.
    pub head: &'a [u8],
    /// The body.
    pub body: &'a [u8],
}

impl Answer<'_> {
    /// Refuses all but 2xx.
    pub fn checked(self) -> Result<Self> {
        if !(200..300).contains(&self.status) {
            let start = String::from_utf8_lossy(&self.body[..self.body.len().min(500)]);
            bail!("the server answered {}: {start}", self.status);
        }
        Ok(self)
    }
}

impl Http {
    /// Connects.
    pub async fn open(to: SocketAddr) -> Result<Http> {
        let stream = TcpStream::connect(to).await?;
        stream.set_nodelay(true)?;
        Ok(Http {
            stream,
            buffer: Vec::with_capacity(ROOM),
            closes: false,
        })
    }

    /// Whether the server closed it after the last answer.
    fn is_over(&self) -> bool {
        self.closes || matches!(self.stream.try_read(&mut [0]), Ok(0))
    }

    /// Sends a whole request and reads the whole answer, which must have a Content-Length.
    pub async fn ask(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let mut head = None;
        loop {
            self.buffer.reserve(ROOM / 4);
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the server closed the connection");
            }
            if head.is_none() {
                head = Head::find(&self.buffer)?;
            }
            if let Some(Head {
                status,
                begin,
                end,
                closes,
            }) = head
                && self.buffer.len() >= end
            {
                self.closes = closes;
                return Ok(Answer {
                    status,
                    head: &self.buffer[..begin],
                    body: &self.buffer[begin..end],
                });
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Head {
    status: u16,
    begin: usize,
    end: usize,
    closes: bool,
}

impl Head {
    fn find(buffer: &[u8]) -> Result<Option<Head>> {
        let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else {
            return Ok(None);
        };
        let text = std::str::from_utf8(&buffer[..at])?;
        let status: u16 = text.get(9..12).context("a status line")?.parse()?;
        let length = text.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse::<usize>())
        });
        let length = length.with_context(|| format!("no Content-Length in:\n{text}"))??;
        if length > LONGEST {
            bail!("an answer of {length} bytes");
        }
        Ok(Some(Head {
            status,
            begin: at + 4,
            end: at + 4 + length,
            closes: text
                .lines()
                .any(|line| line.eq_ignore_ascii_case("connection: close")),
        }))
    }
}

/// A GET as bytes.
pub fn get(path: &str, token: Option<&str>) -> Vec<u8> {
    let bearer = token
        .map(|t| format!("Authorization: Bearer {t}\r\n"))
        .unwrap_or_default();
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{bearer}Accept: application/json\r\n\r\n")
        .into_bytes()
}

/// A post of a status as bytes, under a key of its own, as apps send it.
pub fn post(token: &str, words: &str, key: &str) -> Vec<u8> {
    let body = serde_json::json!({ "status": words, "visibility": "public" }).to_string();
    format!(
        "POST /api/v1/statuses HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Idempotency-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// When a load ends.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    /// After so long.
    Time(Duration),
    /// After so many answers, or so long.
    Count(u64, Duration),
}

/// What a load brought.
#[derive(Debug, Clone, Default)]
pub struct Done {
    /// Answers.
    pub count: u64,
    /// How long it took.
    pub elapsed: Duration,
    /// Each answer's time in microseconds.
    pub micros: Vec<u32>,
}

impl Done {
    /// Answers a second.
    pub fn per_second(&self) -> f64 {
        self.count as f64 / self.elapsed.as_secs_f64().max(1e-9)
    }

    /// Adds another round of the same.
    pub fn add(&mut self, other: Done) {
        self.count += other.count;
        self.elapsed += other.elapsed;
        self.micros.extend(other.micros);
    }

    /// The time that so many of a hundred answers did not exceed.
    pub fn percentile(&self, of: usize) -> Duration {
        let mut sorted = self.micros.clone();
        sorted.sort_unstable();
        let at = (sorted.len() * of / 100).min(sorted.len().saturating_sub(1));
        Duration::from_micros(u64::from(sorted.get(at).copied().unwrap_or(0)))
    }
}

/// Gives the n-th request of a load.
pub type Requests = Arc<dyn Fn(u64) -> Vec<u8> + Send + Sync>;

/// So many clients ask, each one after the other, on a thread of their own. Any answer but
/// 2xx is an error.
pub async fn load(
    to: SocketAddr,
    clients: usize,
    until: Until,
    requests: Requests,
) -> Result<Done> {
    ask(to, clients, until, requests, |answer| {
        answer.checked().map(drop)
    })
    .await
}

/// The same where each answer must have this status.
pub async fn load_expecting(
    to: SocketAddr,
    clients: usize,
    until: Until,
    requests: Requests,
    status: u16,
) -> Result<Done> {
    ask(to, clients, until, requests, move |answer| {
        let came = answer.status;
        anyhow::ensure!(came == status, "the server answered {came}");
        Ok(())
    })
    .await
}

/// The same where any answer will do but a failure of the server; how many came of each
/// status.
pub async fn load_sorting(
    to: SocketAddr,
    clients: usize,
    until: Until,
    requests: Requests,
) -> Result<(Done, BTreeMap<u16, u64>)> {
    sort(to, clients, until, requests, Duration::ZERO).await
}

/// The same, so many a second; behind where the server is.
pub async fn load_paced(
    to: SocketAddr,
    clients: usize,
    until: Until,
    requests: Requests,
    each: Duration,
) -> Result<(Done, BTreeMap<u16, u64>)> {
    sort(to, clients, until, requests, each).await
}

async fn sort(
    to: SocketAddr,
    clients: usize,
    until: Until,
    requests: Requests,
    each: Duration,
) -> Result<(Done, BTreeMap<u16, u64>)> {
    let sorted = Arc::new(Mutex::new(BTreeMap::new()));
    let kept = sorted.clone();
    let done = ask_at(to, clients, until, requests, each, move |answer| {
        anyhow::ensure!(answer.status != 500, "the server answered 500");
        let mut sorted = kept.lock().unwrap_or_else(PoisonError::into_inner);
        *sorted.entry(answer.status).or_default() += 1;
        Ok(())
    })
    .await?;
    let sorted = std::mem::take(&mut *sorted.lock().unwrap_or_else(PoisonError::into_inner));
    Ok((done, sorted))
}

async fn ask(
    to: SocketAddr,
    clients: usize,
    until: Until,
    requests: Requests,
    check: impl Fn(Answer<'_>) -> Result<()> + Clone + Send + 'static,
) -> Result<Done> {
    ask_at(to, clients, until, requests, Duration::ZERO, check).await
}

async fn ask_at(
    to: SocketAddr,
    clients: usize,
    until: Until,
    requests: Requests,
    each: Duration,
    check: impl Fn(Answer<'_>) -> Result<()> + Clone + Send + 'static,
) -> Result<Done> {
    let work = move || -> Result<Done> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let local = tokio::task::LocalSet::new();
        local.block_on(&runtime, ask_all(to, clients, until, requests, each, check))
    };
    tokio::task::spawn_blocking(work).await?
}

/// `each` is the time from the beginning of one request to the beginning of the next.
async fn ask_all(
    to: SocketAddr,
    clients: usize,
    until: Until,
    requests: Requests,
    each: Duration,
    check: impl Fn(Answer<'_>) -> Result<()> + Clone + 'static,
) -> Result<Done> {
    let mut connections = Vec::new();
    for _ in 0..clients {
        connections.push(Http::open(to).await?);
    }
    let next = Rc::new(Cell::new(0_u64));
    let began = Instant::now();
    let mut tasks = Vec::new();
    for mut http in connections {
        let (next, requests, check) = (Rc::clone(&next), Arc::clone(&requests), check.clone());
        tasks.push(tokio::task::spawn_local(async move {
            let mut micros = Vec::new();
            loop {
                let n = next.get();
                let over = match until {
                    Until::Time(most) => began.elapsed() >= most,
                    Until::Count(count, most) => n >= count || began.elapsed() >= most,
                };
                if over {
                    return anyhow::Ok(micros);
                }
                next.set(n + 1);
                if !each.is_zero() {
                    let due = began + each.saturating_mul(u32::try_from(n).unwrap_or(u32::MAX));
                    tokio::time::sleep_until(due.into()).await;
                }
                let request = requests(n);
                let asked = Instant::now();
                // A refusal may end the connection before the body was read.
                if http.is_over() {
                    http = Http::open(to).await?;
                }
                check(http.ask(&request).await?)?;
                micros.push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
            }
        }));
    }
    let mut done = Done::default();
    for task in tasks {
        done.micros.extend(task.await??);
    }
    done.elapsed = began.elapsed();
    done.count = done.micros.len() as u64;
    Ok(done)
}
