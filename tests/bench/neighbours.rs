//! Other servers of all kinds, in this process on loopback: one that takes everything and notes
//! when, and those that refuse, swallow or never answer.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// What a post must say to be noted: this and a number.
pub const WORDS: &str = "outbound number ";
/// The longest request.
const LONGEST: usize = 1 << 20;

/// When each host had each post, by the number of the post.
type Arrivals = Arc<Mutex<HashMap<u32, HashMap<String, Instant>>>>;

/// All of them. Hosts are told apart by their names alone: `*.alive.test` is one listener.
pub struct Neighbours {
    arrivals: Arrivals,
    peers: Vec<(&'static str, SocketAddr)>,
    /// What keeps the black hole full.
    _stuck: Vec<TcpStream>,
    _hole: tokio::net::TcpListener,
}

impl Neighbours {
    /// Starts them.
    pub async fn start() -> Result<Neighbours> {
        let arrivals = Arrivals::default();
        let alive = listen()?;
        let silent = listen()?;
        let mut peers = vec![
            ("*.alive.test", alive.local_addr()?),
            ("*.silent.test", silent.local_addr()?),
        ];
        tokio::spawn(take_all(alive, arrivals.clone()));
        tokio::spawn(hold_all(silent));
        // A port that was free a moment ago and is not listened on.
        let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        peers.extend([("*.refused.test", closed), ("*.dead.test", closed)]);
        // Whose queue is full: the kernel answers no further greeting.
        let hole = TcpSocket::new_v4()?;
        hole.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let hole = hole.listen(1)?;
        let address = hole.local_addr()?;
        let mut stuck = Vec::new();
        while let Ok(Ok(one)) =
            tokio::time::timeout(Duration::from_millis(300), TcpStream::connect(address)).await
        {
            stuck.push(one);
        }
        peers.push(("*.hole.test", address));
        Ok(Neighbours {
            arrivals,
            peers,
            _stuck: stuck,
            _hole: hole,
        })
    }

    /// Where they are, as a line of the settings.
    pub fn setting(&self) -> String {
        let one = |(pattern, address): &(&str, SocketAddr)| format!("'{pattern}={address}'");
        let all: Vec<String> = self.peers.iter().map(one).collect();
        format!("dev_peers = [{}]\n", all.join(", "))
    }

    /// Waits until so many living hosts have a post; how long after `since` each of them had
    /// it, in order.
    pub async fn wait_for(
        &self,
        number: u32,
        many: usize,
        since: Instant,
        patience: Duration,
    ) -> Result<Vec<Duration>> {
        loop {
            {
                let arrivals = lock(&self.arrivals);
                let came = arrivals.get(&number);
                if let Some(came) = came.filter(|came| came.len() >= many) {
                    let mut times: Vec<Duration> = came.values().map(|at| *at - since).collect();
                    times.sort_unstable();
                    return Ok(times);
                }
                if since.elapsed() > patience {
                    let some = came.map_or(0, HashMap::len);
                    bail!("{some} of {many} hosts have post {number} after {patience:?}");
                }
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

fn listen() -> Result<tokio::net::TcpListener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    Ok(tokio::net::TcpListener::from_std(listener)?)
}

async fn hold_all(listener: tokio::net::TcpListener) {
    let mut held = Vec::new();
    while let Ok((stream, _)) = listener.accept().await {
        held.push(stream);
    }
}

async fn take_all(listener: tokio::net::TcpListener, arrivals: Arrivals) {
    while let Ok((stream, _)) = listener.accept().await {
        let arrivals = arrivals.clone();
        // One that breaks off is not noted, and so missed.
        tokio::spawn(async move { take(stream, &arrivals).await });
    }
}

async fn take(mut stream: TcpStream, arrivals: &Arrivals) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer: Vec<u8> = Vec::with_capacity(16 * 1024);
    loop {
        let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else {
            if buffer.len() > LONGEST || stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
            continue;
        };
        let head = std::str::from_utf8(&buffer[..at])?;
        let header = |name: &str| {
            head.lines().find_map(|line| {
                let (known, value) = line.split_once(':')?;
                known.eq_ignore_ascii_case(name).then(|| value.trim())
            })
        };
        let host = header("host").context("a host")?.to_owned();
        let length: usize = header("content-length").unwrap_or("0").parse()?;
        let end = at + 4 + length;
        while buffer.len() < end {
            if buffer.len() > LONGEST || stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        }
        let body = String::from_utf8_lossy(&buffer[at + 4..end]);
        if let Some((_, after)) = body.split_once(WORDS) {
            let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
            let mut arrivals = lock(arrivals);
            let came = arrivals.entry(digits.parse()?).or_default();
            came.entry(host).or_insert_with(Instant::now);
        }
        buffer.drain(..end);
        stream
            .write_all(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n")
            .await?;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
