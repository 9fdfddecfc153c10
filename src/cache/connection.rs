//! One multiplexed connection that comes back by itself, and is asked nothing while away.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{FromRedisValue, Pipeline, RedisError, ScriptInvocation};

use super::last_seen::LastSeen;
use super::rate_limit::Counters;
use crate::domain::{Error, Result};
use crate::store::here::{self, Own};

/// An answer that takes longer counts as none: Postgres is as fast.
const ANSWER: Duration = Duration::from_millis(500);
/// After a failure nobody waits for Redis for so long; then one call tries again.
const REST: Duration = Duration::from_secs(1);

/// What a cache is made of.
#[derive(Debug, Clone)]
pub struct CacheSettings {
    /// `redis://…`, or `unix:///path/to/socket`.
    pub url: String,
    /// In front of every key, so that several places may share one Redis.
    pub prefix: String,
}

thread_local! {
    static OWN: Own<ConnectionManager> = const { Own::new(Vec::new()) };
}

/// Cheap to clone; a thread that serves requests has a connection of its own. Every method gives `None` when Redis did not answer: callers must have
/// another way.
#[derive(Clone)]
pub struct Cache(Arc<Inner>);

struct Inner {
    name: usize,
    client: redis::Client,
    config: ConnectionManagerConfig,
    /// For all that is no request.
    main: ConnectionManager,
    prefix: String,
    calls: AtomicU64,
    /// Milliseconds after `born` until which Redis is left alone.
    resting_until: AtomicI64,
    /// Milliseconds after `born` when Redis last failed to answer; -1 when it never did.
    failed_at: AtomicI64,
    born: Instant,
    /// Counts of this process while Redis is away.
    counters: Counters,
    last_seen: LastSeen,
}

impl Cache {
    /// Connects at first use, on the runtime that calls this.
    pub fn new(settings: CacheSettings) -> Result<Cache> {
        let client = redis::Client::open(settings.url.as_str())
            .map_err(|e| Error::broken(format!("redis.url: {e}")))?;
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_max_delay(Duration::from_millis(500))
            .set_connection_timeout(Some(Duration::from_secs(1)))
            .set_response_timeout(Some(ANSWER));
        let main = ConnectionManager::new_lazy_with_config(client.clone(), config.clone())?;
        Ok(Cache(Arc::new(Inner {
            name: here::fresh_name(),
            client,
            config,
            main,
            prefix: settings.prefix,
            calls: AtomicU64::new(0),
            resting_until: AtomicI64::new(0),
            failed_at: AtomicI64::new(-1),
            born: Instant::now(),
            counters: Counters::default(),
            last_seen: LastSeen::default(),
        })))
    }

    /// A key of this place.
    pub fn key(&self, name: &str) -> String {
        format!("{}{name}", self.0.prefix)
    }

    pub(super) fn counters(&self) -> &Counters {
        &self.0.counters
    }

    /// Which sessions and tokens were in use and not written down yet (this process).
    pub fn last_seen(&self) -> &LastSeen {
        &self.0.last_seen
    }

    /// Calls made so far: what tests count.
    pub fn calls(&self) -> u64 {
        self.0.calls.load(Ordering::Relaxed)
    }

    /// Whether the last call failed and Redis is left alone for the moment.
    pub fn is_resting(&self) -> bool {
        self.elapsed() < self.0.resting_until.load(Ordering::Relaxed)
    }

    /// Whether a call of this process failed so lately.
    pub fn was_away_within(&self, time: TimeDelta) -> bool {
        let failed_at = self.0.failed_at.load(Ordering::Relaxed);
        failed_at >= 0 && self.elapsed() - failed_at <= time.num_milliseconds()
    }

    /// Runs one pipeline: one call, one round trip.
    pub async fn run<T: FromRedisValue>(&self, pipeline: &Pipeline) -> Option<T> {
        if !self.may_ask() {
            return None;
        }
        let mut conn = self.manager();
        self.noted(pipeline.query_async(&mut conn).await)
    }

    /// Runs one script: one call, or two when Redis does not know it yet.
    pub async fn invoke<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Option<T> {
        if !self.may_ask() {
            return None;
        }
        let mut conn = self.manager();
        self.noted(script.invoke_async(&mut conn).await)
    }

    fn manager(&self) -> ConnectionManager {
        if here::serving().is_none() {
            return self.0.main.clone();
        }
        let make = || {
            let (client, config) = (self.0.client.clone(), self.0.config.clone());
            ConnectionManager::new_lazy_with_config(client, config)
        };
        OWN.with(|own| here::own(own, self.0.name, make))
            .unwrap_or_else(|_| self.0.main.clone())
    }

    fn may_ask(&self) -> bool {
        let free = !self.is_resting();
        if free {
            self.0.calls.fetch_add(1, Ordering::Relaxed);
        }
        free
    }

    fn noted<T>(&self, answer: std::result::Result<T, RedisError>) -> Option<T> {
        match answer {
            Ok(value) => Some(value),
            Err(error) => {
                let now = self.elapsed();
                let until = now + REST.as_millis() as i64;
                self.0.failed_at.store(now, Ordering::Relaxed);
                self.0.resting_until.store(until, Ordering::Relaxed);
                tracing::warn!(%error, "Redis did not answer; going on without it");
                None
            }
        }
    }

    fn elapsed(&self) -> i64 {
        self.0.born.elapsed().as_millis() as i64
    }
}
