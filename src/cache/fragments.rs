//! Rendered fragments, kept in this process under versioned keys (hot-path 2 to 4).
//!
//! Nothing is ever invalidated: the version in the key comes from Postgres with each page,
//! so a changed row is asked for under a new key, and the old bytes grow cold and fall out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use moka::sync::Cache as Moka;
use tokio::sync::watch;

use crate::domain::{Id, Result};

/// All fragments together, in bytes of content.
pub const MAX_BYTES: u64 = 32 * 1024 * 1024;
/// What an entry costs beside its content: key, counters, pointers.
const OVERHEAD: usize = 150;

/// What a fragment is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Of {
    /// A status, without its account, counters and the viewer's part.
    Status,
    /// An account, without its counters.
    Account,
}

/// The key of a fragment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// What it is of.
    pub of: Of,
    /// The row's id.
    pub id: Id,
    /// The row's version.
    pub version: i32,
}

impl Key {
    /// Of a status.
    pub fn status(id: Id, version: i32) -> Key {
        Key {
            of: Of::Status,
            id,
            version,
        }
    }

    /// Of an account.
    pub fn account(id: Id, version: i32) -> Key {
        Key {
            of: Of::Account,
            id,
            version,
        }
    }
}

/// Who is making a fragment right now; others wait for the sender to be dropped.
type Flights = Mutex<HashMap<Key, watch::Receiver<()>>>;

/// The cache; cheap to clone, bounded in bytes.
#[derive(Clone)]
pub struct Fragments {
    kept: Moka<Key, Bytes>,
    flights: Arc<Flights>,
}

impl Default for Fragments {
    fn default() -> Fragments {
        Fragments::new(MAX_BYTES)
    }
}

impl Fragments {
    /// An empty cache for `max_bytes`.
    pub fn new(max_bytes: u64) -> Fragments {
        Fragments {
            kept: Moka::builder()
                .weigher(|_, value: &Bytes| {
                    u32::try_from(value.len() + OVERHEAD).unwrap_or(u32::MAX)
                })
                .max_capacity(max_bytes)
                .build(),
            flights: Arc::default(),
        }
    }

    /// The bytes, if they are here.
    pub fn get(&self, key: &Key) -> Option<Bytes> {
        self.kept.get(key)
    }

    /// The fragments of all `keys`. What is missing is made by one call of `make` for all of
    /// them, and by one caller at a time: who comes meanwhile waits for that caller.
    ///
    /// `make` gives the bytes with the key of the row as it was read, which may be a later
    /// version than the one asked for; what it does not give (the row is gone) is missing in
    /// the answer too.
    pub async fn all<Make>(&self, keys: &[Key], make: Make) -> Result<HashMap<(Of, Id), Bytes>>
    where
        Make: AsyncFn(Vec<Key>) -> Result<Vec<(Key, Bytes)>>,
    {
        let mut found = HashMap::with_capacity(keys.len());
        let mut missing = Vec::new();
        for key in keys {
            match self.kept.get(key) {
                Some(bytes) => {
                    found.insert((key.of, key.id), bytes);
                }
                None if !missing.contains(key) => missing.push(*key),
                None => {}
            }
        }
        if missing.is_empty() {
            return Ok(found);
        }
        let (flight, others) = self.take_off(missing);
        if !flight.keys.is_empty() {
            self.keep(make(flight.keys.clone()).await?, &mut found);
        }
        drop(flight);
        let mut left = Vec::new();
        for (key, mut landed) in others {
            // An error means that the sender is gone: it landed, or was given up.
            let _ = landed.changed().await;
            match self.kept.get(&key) {
                Some(bytes) => {
                    found.insert((key.of, key.id), bytes);
                }
                None => left.push(key),
            }
        }
        if !left.is_empty() {
            // The other gave up, or read a later version, or the row is gone.
            self.keep(make(left).await?, &mut found);
        }
        Ok(found)
    }

    fn keep(&self, made: Vec<(Key, Bytes)>, found: &mut HashMap<(Of, Id), Bytes>) {
        for (key, bytes) in made {
            found.insert((key.of, key.id), bytes.clone());
            self.kept.insert(key, bytes);
        }
    }

    /// Parts `missing` into what this caller makes and what others are making.
    fn take_off(&self, missing: Vec<Key>) -> (Flight<'_>, Vec<(Key, watch::Receiver<()>)>) {
        let (sender, receiver) = watch::channel(());
        let mut own = Vec::new();
        let mut others = Vec::new();
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        for key in missing {
            match flights.get(&key) {
                Some(other) => others.push((key, other.clone())),
                None => {
                    flights.insert(key, receiver.clone());
                    own.push(key);
                }
            }
        }
        drop(flights);
        (
            Flight {
                flights: &self.flights,
                keys: own,
                _sender: sender,
            },
            others,
        )
    }
}

/// Keys that this caller is making. Dropped when done, and also when the request is.
struct Flight<'a> {
    flights: &'a Flights,
    keys: Vec<Key>,
    _sender: watch::Sender<()>,
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        for key in &self.keys {
            flights.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn one_makes_and_the_others_wait() {
        let fragments = Fragments::default();
        let made = AtomicUsize::new(0);
        let keys = [Key::status(1, 1), Key::status(2, 1), Key::status(1, 1)];
        let make = async |keys: Vec<Key>| {
            made.fetch_add(keys.len(), Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok(keys
                .into_iter()
                .map(|k| (k, Bytes::from(k.id.to_string())))
                .collect())
        };
        let all = futures::future::join_all((0..8).map(|_| fragments.all(&keys, make))).await;
        for found in all {
            let found = found.unwrap();
            assert_eq!(found[&(Of::Status, 2)], Bytes::from("2"));
            assert_eq!(found.len(), 2);
        }
        assert_eq!(made.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn who_gives_up_lets_the_next_one_make() {
        let fragments = Fragments::default();
        let keys = [Key::account(1, 1)];
        let never = async |_: Vec<Key>| {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Ok(Vec::new())
        };
        let gave_up =
            tokio::time::timeout(Duration::from_millis(10), fragments.all(&keys, never)).await;
        assert!(gave_up.is_err());
        let found = fragments
            .all(&keys, async |keys| {
                Ok(keys.into_iter().map(|k| (k, Bytes::from("x"))).collect())
            })
            .await
            .unwrap();
        assert_eq!(found.len(), 1);
        assert!(fragments.get(&keys[0]).is_some());
    }

    #[tokio::test]
    async fn a_gone_row_is_missing_and_a_later_version_serves() {
        let fragments = Fragments::default();
        let keys = [Key::status(1, 1), Key::status(2, 1)];
        let make = async |_: Vec<Key>| Ok(vec![(Key::status(1, 2), Bytes::from("later"))]);
        let found = fragments.all(&keys, make).await.unwrap();
        assert_eq!(found.len(), 1);
        assert!(fragments.get(&Key::status(1, 1)).is_none());
        assert!(fragments.get(&Key::status(1, 2)).is_some());
    }
}
