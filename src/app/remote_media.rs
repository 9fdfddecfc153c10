//! What this process holds for files of other servers: their addresses, who is fetching what,
//! and how much may be fetched.
//!
//! A fetch costs another server a request and us a connection, memory and disk, and strangers
//! choose what is linked. So besides the guarded client's own limits there are these. For this
//! process: fetches that wait or run in all, and of one server; fetches that run. For all processes
//! together: budgets for whoever asks, for the server asked, and for everybody.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::{App, limits};
use crate::cache::rate_limit::{Limit, exceeded};
use crate::domain::remote_media::Kind;
use crate::domain::{Error, Id, Result};
use crate::files::remote::Addresses;
use crate::files::{Pictures, image};
use crate::secrets::keyed::Key;

/// Fetches that wait or run.
const MOST: usize = 64;
/// The same of one server, so that a slow one leaves room for others.
const MOST_OF_A_HOST: usize = 16;
/// Fetches that run. A picture is held in memory meanwhile, 16 MiB at the most.
const RUNNING: usize = 12;
/// The same of one server.
const RUNNING_OF_A_HOST: usize = 4;
/// Pictures that wait to be worked on; the fetch before has a line of its own.
const PICTURES_WAITING: usize = RUNNING;
/// How long what is known of the cache's size counts.
const SIZE_KNOWN: Duration = Duration::from_secs(60);

/// What budgets are counted in.
const WINDOW: TimeDelta = TimeDelta::minutes(3);
/// Fetches of one member in a window.
const MEMBER: u32 = 600;
/// Fetches of one network of strangers. Apps load pictures without saying whose app it is, so
/// this must do for a page of an app.
const NETWORK: u32 = 180;
/// Fetches of all strangers together: what a crowd of addresses can make us do.
const STRANGERS: u32 = 900;
/// Fetches from one server, whoever asks.
const HOST: u32 = 360;
/// Fetches in all.
const EVERYBODY: u32 = 1_800;

/// Who may make this server fetch something. A pending user is not among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asker {
    /// A member, by `users.id`.
    Member(Id),
    /// Somebody without a session, by network.
    Stranger(String),
}

/// One original, as fetches are told apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Original {
    /// What it is.
    pub kind: Kind,
    /// `cached_media.source_id`.
    pub source: Id,
    /// Where it lies.
    pub url: String,
}

/// The handles. One per process.
pub struct RemoteMedia {
    /// Our addresses.
    pub addresses: Addresses,
    /// Pictures as pixels, in a line of their own: what strangers link never delays an upload.
    pub pictures: Pictures,
    flights: Arc<Flights>,
    running: Arc<Semaphore>,
    size: Mutex<Option<(i64, Instant)>>,
    /// Held by whoever makes room.
    pub making_room: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Flights(Mutex<Table>);

#[derive(Default)]
struct Table {
    under_way: HashMap<Original, watch::Receiver<()>>,
    hosts: HashMap<String, Host>,
}

struct Host {
    flights: usize,
    running: Arc<Semaphore>,
}

/// A fetch that is taken on. Whoever waits for it goes on when it is dropped.
pub struct Flight {
    original: Original,
    host: String,
    flights: Arc<Flights>,
    running: Arc<Semaphore>,
    _waited_for: watch::Sender<()>,
}

/// The right to fetch now.
#[expect(dead_code, reason = "held, never looked at")]
pub struct Turn {
    of_host: OwnedSemaphorePermit,
    of_all: OwnedSemaphorePermit,
}

/// What came of the wish to fetch.
pub enum Boarding {
    /// Nobody is at it: do it.
    First(Flight),
    /// Somebody of this process is at it: wait for the end of it.
    Other(watch::Receiver<()>),
    /// There are too many.
    Full,
}

impl RemoteMedia {
    /// With the key of the instance.
    pub fn new(key: Key) -> RemoteMedia {
        RemoteMedia {
            addresses: Addresses::new(key),
            pictures: Pictures::new(image::Settings {
                waiting: PICTURES_WAITING,
                ..image::Settings::default()
            }),
            flights: Arc::default(),
            running: Arc::new(Semaphore::new(RUNNING)),
            size: Mutex::default(),
            making_room: tokio::sync::Mutex::default(),
        }
    }

    /// Boards the fetch of an original that lies at `host`.
    pub fn board(&self, original: Original, host: &str) -> Boarding {
        let mut table = self.flights.table();
        if let Some(other) = table.under_way.get(&original) {
            return Boarding::Other(other.clone());
        }
        let all = table.under_way.len();
        let of_host = table.hosts.get(host).map_or(0, |known| known.flights);
        if all >= MOST || of_host >= MOST_OF_A_HOST {
            return Boarding::Full;
        }
        let known = table.hosts.entry(host.to_owned()).or_insert_with(|| Host {
            flights: 0,
            running: Arc::new(Semaphore::new(RUNNING_OF_A_HOST)),
        });
        known.flights += 1;
        let running = known.running.clone();
        let (sender, receiver) = watch::channel(());
        table.under_way.insert(original.clone(), receiver);
        Boarding::First(Flight {
            original,
            host: host.to_owned(),
            flights: self.flights.clone(),
            running,
            _waited_for: sender,
        })
    }

    /// Waits until it is a fetch's turn, among those of its server and among all. The turn ends
    /// when what is given is dropped.
    pub async fn turn(&self, flight: &Flight) -> Result<Turn> {
        let of_host = flight.running.clone().acquire_owned().await?;
        let of_all = self.running.clone().acquire_owned().await?;
        Ok(Turn { of_host, of_all })
    }

    /// The bytes in the cache, as far as they are known; other processes fill it too, so that
    /// is forgotten after a minute.
    pub fn size(&self) -> Option<i64> {
        let size = self.size.lock().unwrap_or_else(PoisonError::into_inner);
        size.filter(|(_, at)| at.elapsed() < SIZE_KNOWN)
            .map(|(bytes, _)| bytes)
    }

    /// The bytes were counted.
    pub fn set_size(&self, bytes: i64) {
        *self.size.lock().unwrap_or_else(PoisonError::into_inner) = Some((bytes, Instant::now()));
    }

    /// So many came, or went where negative.
    pub fn add_size(&self, bytes: i64) {
        let mut size = self.size.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, _)) = size.as_mut() {
            *known = known.saturating_add(bytes).max(0);
        }
    }
}

/// Takes one from the budgets of a fetch from `host`. One call to Redis, two where one is spent.
///
/// # Errors
/// `TooMany` when one of them is spent, with the time when it is not.
pub async fn spend(app: &App, asker: &Asker, host: &str, now: DateTime<Utc>) -> Result<()> {
    let budgets = budgets(asker, host);
    let taken = limits::take(app, &budgets, now).await;
    let Some(spent) = exceeded(&taken) else {
        return Ok(());
    };
    limits::give_back(app, &budgets, now).await;
    Err(busy(now, (spent.reset - now).max(TimeDelta::seconds(1))))
}

fn budgets(asker: &Asker, host: &str) -> Vec<Limit> {
    let budget = |key: String, most| Limit {
        key: format!("remote-media:{key}"),
        most,
        window: WINDOW,
    };
    let mut budgets = match asker {
        Asker::Member(id) => vec![budget(format!("member:{id}"), MEMBER)],
        Asker::Stranger(network) => vec![
            budget(format!("net:{network}"), NETWORK),
            budget("strangers".to_owned(), STRANGERS),
        ],
    };
    budgets.push(budget(format!("host:{host}"), HOST));
    budgets.push(budget("everybody".to_owned(), EVERYBODY));
    budgets
}

/// When somebody for whom there is no room may come again.
pub fn busy(now: DateTime<Utc>, wait: TimeDelta) -> Error {
    Error::TooMany {
        message:
            "Much is being fetched from other servers right now. Please try again in a moment."
                .into(),
        retry_at: now + wait,
    }
}

impl Flights {
    fn table(&self) -> std::sync::MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        let mut table = self.flights.table();
        table.under_way.remove(&self.original);
        if let Some(known) = table.hosts.get_mut(&self.host) {
            known.flights -= 1;
            if known.flights == 0 {
                table.hosts.remove(&self.host);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::keyed::{Master, Purpose};

    fn handles() -> RemoteMedia {
        RemoteMedia::new(Master::random().key(Purpose::RemoteMedia))
    }

    fn original(source: Id) -> Original {
        Original {
            kind: Kind::Avatar,
            source,
            url: "https://far.example/a.png".to_owned(),
        }
    }

    #[tokio::test]
    async fn the_second_waits_for_the_first() {
        let media = handles();
        let Boarding::First(flight) = media.board(original(1), "far.example") else {
            panic!("nobody was there");
        };
        let Boarding::Other(mut end) = media.board(original(1), "far.example") else {
            panic!("somebody is there");
        };
        drop(media.turn(&flight).await.unwrap());
        drop(flight);
        assert!(end.changed().await.is_err());
        assert!(matches!(
            media.board(original(1), "far.example"),
            Boarding::First(_)
        ));
    }

    #[test]
    fn a_server_has_so_many_and_all_have_so_many() {
        let media = handles();
        let mut flights = Vec::new();
        for source in 0.. {
            match media.board(original(source), "far.example") {
                Boarding::First(flight) => flights.push(flight),
                _ => break,
            }
        }
        assert_eq!(flights.len(), MOST_OF_A_HOST);
        for source in 1_000.. {
            match media.board(original(source), &format!("{source}.example")) {
                Boarding::First(flight) => flights.push(flight),
                _ => break,
            }
        }
        assert_eq!(flights.len(), MOST);
        drop(flights);
        assert!(media.flights.table().hosts.is_empty());
    }

    #[test]
    fn strangers_have_less_than_members_and_all_of_them_together_have_an_end() {
        let of = |asker| {
            let budgets = budgets(&asker, "far.example");
            let sizes: Vec<(String, u32)> = budgets.into_iter().map(|b| (b.key, b.most)).collect();
            sizes
        };
        let stranger = of(Asker::Stranger("192.0.2.1/32".to_owned()));
        let member = of(Asker::Member(1));
        assert!(stranger[0].1 < member[0].1);
        assert_eq!(stranger[1].0, "remote-media:strangers");
        assert_eq!(stranger[2..], member[1..]);
    }
}
