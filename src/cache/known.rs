//! What a process may remember for as long as it lives: facts that never change, and a
//! number that is checked at each use.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use moka::sync::Cache as Moka;

use crate::domain::Id;

/// Tokens that are remembered; some hundred bytes each.
const TOKENS: u64 = 20_000;
/// Names of accounts here that are remembered; the same.
const NAMES: u64 = 10_000;
/// Handles elsewhere that were looked up, and for how long that is remembered.
const LOOKED_UP: u64 = 20_000;
/// After so long a handle that nobody had is asked for again.
const LOOKED_UP_FOR: Duration = Duration::from_secs(10 * 60);

/// Cheap to clone; all clones share one memory.
#[derive(Clone)]
pub struct Known(Arc<Inner>);

struct Inner {
    /// SHA-256 of a token: the account of its user. A token never changes hands; whether it
    /// is still good is asked each time.
    owners: Moka<[u8; 32], Id>,
    /// A lower-case local name: the account it had. Whoever uses it looks whether it still has.
    names: Moka<String, Id>,
    /// Name and domain of handles elsewhere, lower-case, found or not.
    looked_up: Moka<(String, String), ()>,
    feeds_generation: AtomicI64,
}

impl Default for Known {
    fn default() -> Known {
        Known(Arc::new(Inner {
            owners: Moka::new(TOKENS),
            names: Moka::new(NAMES),
            looked_up: Moka::builder()
                .max_capacity(LOOKED_UP)
                .time_to_live(LOOKED_UP_FOR)
                .build(),
            feeds_generation: AtomicI64::new(0),
        }))
    }
}

impl Known {
    /// The account behind a token, if it was seen before. Says nothing about its validity.
    pub fn owner(&self, digest: &[u8; 32]) -> Option<Id> {
        self.0.owners.get(digest)
    }

    /// Remembers it.
    pub fn note_owner(&self, digest: [u8; 32], account: Id) {
        self.0.owners.insert(digest, account);
    }

    /// The account that had this local name when it was last asked for.
    pub fn named(&self, name: &str) -> Option<Id> {
        self.0.names.get(&name.to_lowercase())
    }

    /// Remembers it; `None` forgets it.
    pub fn note_name(&self, name: &str, account: Option<Id>) {
        let name = name.to_lowercase();
        match account {
            Some(account) => self.0.names.insert(name, account),
            None => self.0.names.invalidate(&name),
        }
    }

    /// Whether a handle elsewhere (name and domain, lower-case) was looked up lately.
    pub fn was_looked_up(&self, handle: &(String, String)) -> bool {
        self.0.looked_up.contains_key(handle)
    }

    /// Remembers it.
    pub fn note_looked_up(&self, handle: (String, String)) {
        self.0.looked_up.insert(handle, ());
    }

    /// The generation of feeds that was good when last heard of.
    pub fn feeds_generation(&self) -> i64 {
        self.0.feeds_generation.load(Ordering::Relaxed)
    }

    /// Remembers what Postgres said.
    pub fn note_feeds_generation(&self, generation: i64) {
        self.0
            .feeds_generation
            .fetch_max(generation, Ordering::Relaxed);
    }
}
