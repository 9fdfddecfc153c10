//! Keys of other servers' actors, parsed, in memory.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use moka::sync::Cache as Moka;
use tokio::sync::Semaphore;

use crate::cache::buckets::Buckets;
use crate::domain::Id;
use crate::secrets::signature::PublicKey;

/// Keys that are kept; about 3 kB each once used.
const MOST: u64 = 8_192;
/// After so long a key is read from Postgres again.
const FRESH: Duration = Duration::from_secs(600);
/// Keys that were looked for in vain and are remembered.
const MOST_REFUSED: u64 = 20_000;
/// For so long.
const REFUSED: Duration = Duration::from_secs(300);
/// Hosts that were heard from and are remembered.
const MOST_HEARD: u64 = 20_000;
/// For so long.
const HEARD: Duration = Duration::from_secs(600);
/// Actors that are fetched at one time because of strangers' signatures.
const AT_ONCE: usize = 32;

/// A key and whose it is.
#[derive(Debug, Clone)]
pub struct KnownKey {
    /// `accounts.id` of the owner.
    pub account: Id,
    /// `accounts.uri` of them.
    pub actor: String,
    /// Their host.
    pub host: Id,
    /// When anybody here first heard of that host.
    pub host_since: DateTime<Utc>,
    /// To verify with.
    pub key: PublicKey,
}

/// One per process; `activitypub::keys` fills it.
pub struct Signers {
    /// By the canonical address of the key.
    pub known: Moka<String, Arc<KnownKey>>,
    /// Keys and actors that do not list them, a blank between.
    pub refused: Moka<String, ()>,
    /// The same of those that were read from their owner's server lately: what such a key does
    /// not fit is wrong, and not merely out of date.
    pub read: Moka<String, ()>,
    /// Hosts whose signature under a question was noted as a sign of life lately.
    pub heard: Moka<Id, ()>,
    /// How often we go and look, by who makes us.
    pub fetches: Buckets,
    /// How many look at one time.
    pub turns: Semaphore,
}

impl Default for Signers {
    fn default() -> Signers {
        Signers {
            known: Moka::builder()
                .max_capacity(MOST)
                .time_to_live(FRESH)
                .build(),
            refused: Moka::builder()
                .max_capacity(MOST_REFUSED)
                .time_to_live(REFUSED)
                .build(),
            read: Moka::builder()
                .max_capacity(MOST)
                .time_to_live(REFUSED)
                .build(),
            heard: Moka::builder()
                .max_capacity(MOST_HEARD)
                .time_to_live(HEARD)
                .build(),
            fetches: Buckets::default(),
            turns: Semaphore::new(AT_ONCE),
        }
    }
}
