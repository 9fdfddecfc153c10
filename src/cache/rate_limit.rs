//! How often something may happen, counted for all processes together.
//!
//! Fixed windows that begin at multiples of their length, so that the moment of the reset
//! follows from the time alone. One script for several limits: one call. Callers go through
//! `app/limits`, which counts in Postgres while Redis is away.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use redis::Script;

use super::Cache;

/// Counters that one process holds beside Redis; beyond, the least used go.
const MAX_COUNTERS: u64 = 50_000;
/// The longest window; what lies idle in the process is dropped after it.
pub const MAX_WINDOW: TimeDelta = TimeDelta::days(1);

static COUNT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local counts = {} \
         for i, key in ipairs(KEYS) do \
           local by = tonumber(ARGV[2 * i - 1]) \
           local count = redis.call('INCRBY', key, by) \
           if count == by then redis.call('PEXPIRE', key, ARGV[2 * i]) end \
           counts[i] = count \
         end \
         return counts",
    )
});

/// So many of something in so long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// What is counted, and for whom: `sign-in:net:192.0.2.1/32`. Never a secret.
    pub key: String,
    /// How many in one window.
    pub most: u32,
    /// Its length: whole seconds, a day at the most.
    pub window: TimeDelta,
}

/// Where somebody stands after being counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// The size of the budget.
    pub limit: u32,
    /// What is left of it.
    pub remaining: u32,
    /// When it is full again.
    pub reset: DateTime<Utc>,
    /// Whether this one was too many.
    pub exceeded: bool,
}

/// What [`count`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Name and end of each counter, in the order of the limits.
    pub windows: Vec<(String, DateTime<Utc>)>,
    /// Where each stands.
    pub counts: Vec<i64>,
    /// Whether all processes are in it: Redis answered.
    pub shared: bool,
}

impl Counted {
    /// Joins what was counted elsewhere while Redis was away, in the same order: added to
    /// what Redis knows, or instead of what this process alone knows, where that is less.
    pub fn join(&mut self, elsewhere: &[i64]) {
        for (count, there) in self.counts.iter_mut().zip(elsewhere) {
            *count = match self.shared {
                true => *count + there,
                false => (*count).max(*there),
            };
        }
    }

    /// Where each limit stands, after `by` was counted.
    pub fn standing(&self, limits: &[Limit], by: i32) -> Vec<Taken> {
        let counted = self.windows.iter().zip(&self.counts);
        limits
            .iter()
            .zip(counted)
            .map(|(limit, ((_, reset), count))| {
                let count = u32::try_from((*count).max(0)).unwrap_or(u32::MAX);
                Taken {
                    limit: limit.most,
                    remaining: limit.most.saturating_sub(count),
                    reset: *reset,
                    // A look asks whether one more would pass.
                    exceeded: match by {
                        0 => count >= limit.most,
                        _ => count > limit.most,
                    },
                }
            })
            .collect()
    }
}

/// The first limit that was exceeded, if any: the one that takes longest.
pub fn exceeded(taken: &[Taken]) -> Option<Taken> {
    taken
        .iter()
        .filter(|t| t.exceeded)
        .max_by_key(|t| t.reset)
        .copied()
}

/// Counts `by` against each limit: 1 takes, -1 gives back, 0 looks. One call.
pub async fn count(cache: &Cache, limits: &[Limit], by: i32, now: DateTime<Utc>) -> Counted {
    let windows: Vec<(String, DateTime<Utc>)> = limits.iter().map(|l| window(l, now)).collect();
    let mut call = COUNT.prepare_invoke();
    for (name, reset) in &windows {
        let left = (*reset - now).num_milliseconds().max(1);
        call.key(cache.key(name)).arg(by).arg(left);
    }
    // Counted here in any case, so that a moment without Redis does not begin from nothing.
    let own = cache.counters();
    let here: Vec<i64> = windows
        .iter()
        .map(|(name, _)| own.add(name, i64::from(by)))
        .collect();
    let there: Option<Vec<i64>> = cache.invoke(&call).await;
    let shared = there.is_some();
    let counts = match there {
        Some(all) => all
            .iter()
            .zip(&here)
            .map(|(all, own)| *all.max(own))
            .collect(),
        None => here,
    };
    Counted {
        windows,
        counts,
        shared,
    }
}

/// The counter's name in the window of `now`, and when that ends.
fn window(limit: &Limit, now: DateTime<Utc>) -> (String, DateTime<Utc>) {
    let length = limit.window.min(MAX_WINDOW).num_seconds().max(1);
    let index = now.timestamp().div_euclid(length);
    let end = DateTime::from_timestamp((index + 1) * length, 0).unwrap_or(now + limit.window);
    (format!("rate:{}:{length}:{index}", limit.key), end)
}

/// The counts of this process: what holds when Redis does not answer.
#[derive(Clone)]
pub(super) struct Counters(moka::sync::Cache<String, Arc<AtomicI64>>);

impl Default for Counters {
    fn default() -> Counters {
        Counters(
            moka::sync::Cache::builder()
                .max_capacity(MAX_COUNTERS)
                .time_to_live(Duration::from_secs(MAX_WINDOW.num_seconds() as u64))
                .build(),
        )
    }
}

impl Counters {
    fn add(&self, name: &str, by: i64) -> i64 {
        let counter = self.0.get_with_by_ref(name, Arc::default);
        counter.fetch_add(by, Ordering::Relaxed) + by
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::CacheSettings;

    fn without_redis() -> Cache {
        Cache::new(CacheSettings {
            url: "unix:///nowhere/redis.sock".into(),
            prefix: "t:".into(),
        })
        .unwrap()
    }

    fn limit(key: &str, most: u32) -> Limit {
        Limit {
            key: key.into(),
            most,
            window: TimeDelta::seconds(60),
        }
    }

    async fn taken(cache: &Cache, limits: &[Limit], by: i32, now: DateTime<Utc>) -> Vec<Taken> {
        count(cache, limits, by, now).await.standing(limits, by)
    }

    #[tokio::test]
    async fn without_redis_a_budget_is_still_a_budget() {
        let cache = without_redis();
        let now = DateTime::from_timestamp(630, 0).unwrap();
        let limits = [limit("a", 2), limit("b", 5)];
        assert!(!cache.was_away_within(MAX_WINDOW));
        let first = taken(&cache, &limits, 1, now).await;
        assert_eq!(first[0].remaining, 1);
        assert_eq!(first[1].remaining, 4);
        assert_eq!(first[0].reset.timestamp(), 660);
        assert!(cache.was_away_within(MAX_WINDOW));
        assert!(!taken(&cache, &limits, 0, now).await[0].exceeded);
        assert!(exceeded(&taken(&cache, &limits, 1, now).await).is_none());
        assert!(taken(&cache, &limits, 0, now).await[0].exceeded);
        let third = taken(&cache, &limits, 1, now).await;
        assert!(third[0].exceeded && !third[1].exceeded);
        assert_eq!(exceeded(&third), Some(third[0]));
        let later = taken(&cache, &limits, 1, now + TimeDelta::seconds(30)).await;
        assert!(!later[0].exceeded);
    }

    #[test]
    fn what_was_counted_without_redis_is_added_to_what_redis_knows() {
        let counted = |shared| Counted {
            windows: Vec::new(),
            counts: vec![3, 5],
            shared,
        };
        let mut back = counted(true);
        back.join(&[4, 0]);
        assert_eq!(back.counts, [7, 5]);
        let mut away = counted(false);
        away.join(&[4, 0]);
        assert_eq!(away.counts, [4, 5]);
    }
}
