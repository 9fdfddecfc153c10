//! What a process may remember for as long as it lives: facts that never change, and a
//! number that is checked at each use.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use moka::sync::Cache as Moka;

use crate::domain::Id;

/// Tokens that are remembered; some hundred bytes each.
const TOKENS: u64 = 20_000;

/// Cheap to clone; all clones share one memory.
#[derive(Clone)]
pub struct Known(Arc<Inner>);

struct Inner {
    /// SHA-256 of a token: the account of its user. A token never changes hands; whether it
    /// is still good is asked each time.
    owners: Moka<[u8; 32], Id>,
    feeds_generation: AtomicI64,
}

impl Default for Known {
    fn default() -> Known {
        Known(Arc::new(Inner {
            owners: Moka::new(TOKENS),
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
