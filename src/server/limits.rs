//! How often somebody may come: the budgets of quirks 51 to 53.
//!
//! The usual ones are counted in this process: they protect it, and a call to Redis for
//! each read would cost more than the read. Those that guard a door or a password are
//! counted in Redis, for all processes together (`cache/rate_limit`).

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

use crate::config::Limits;
use crate::door::Rate;

/// Counters held at a time, about 100 bytes each; beyond, the least used go.
const MAX_COUNTERS: u64 = 50_000;

/// So many in so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Requests in a window.
    pub limit: u32,
    /// The window's length in seconds; windows begin at multiples of it.
    pub seconds: i64,
}

/// Where a caller stands in a budget, for the `X-RateLimit-*` headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The budget's size.
    pub limit: u32,
    /// What is left of it.
    pub remaining: u32,
    /// When it is full again.
    pub reset: DateTime<Utc>,
    /// Whether this request is one too many.
    pub exceeded: bool,
}

/// The budget of a stranger (by network) or of a user.
pub fn budget(rate: Rate, is_user: bool) -> Option<Budget> {
    let (limit, minutes) = match (rate, is_user) {
        (Rate::Free, _) => return None,
        (Rate::Usual | Rate::Write | Rate::Post | Rate::Follow, true) => (1500, 5),
        (Rate::Usual | Rate::Write | Rate::Post | Rate::Follow, false) => (300, 5),
        (Rate::Documents, _) => (3000, 5),
        (Rate::Pictures, _) => (6000, 5),
        (Rate::Paged, _) => (300, 15),
        (Rate::Upload | Rate::Delete, _) => (30, 30),
        (Rate::Apps, _) => (5, 10),
        (Rate::Door, _) => (50, 30),
        (Rate::SignIn, _) => (25, 5),
    };
    Some(Budget {
        limit,
        seconds: minutes * 60,
    })
}

/// The budget that a kind of act has besides (quirk 52); `None` where it has none, or where
/// the host took it away.
pub fn family(rate: Rate, limits: &Limits) -> Option<Budget> {
    let (limit, seconds) = match rate {
        Rate::Post => (limits.posts, 3 * 3600),
        Rate::Follow => (limits.follows, 24 * 3600),
        _ => return None,
    };
    (limit > 0).then_some(Budget { limit, seconds })
}

/// Drops a counter when its window is over for certain.
struct WhenOver;

impl moka::Expiry<(Rate, String, i64), Arc<AtomicU32>> for WhenOver {
    fn expire_after_create(
        &self,
        (rate, ..): &(Rate, String, i64),
        _: &Arc<AtomicU32>,
        _: Instant,
    ) -> Option<Duration> {
        Some(Duration::from_secs(match rate {
            Rate::Post => 3 * 3600,
            Rate::Follow => 24 * 3600,
            _ => 1800,
        }))
    }
}

/// Counts in this process.
#[derive(Clone)]
pub struct Counters(moka::sync::Cache<(Rate, String, i64), Arc<AtomicU32>>);

impl Default for Counters {
    fn default() -> Counters {
        Counters(
            moka::sync::Cache::builder()
                .max_capacity(MAX_COUNTERS)
                .expire_after(WhenOver)
                .build(),
        )
    }
}

impl Counters {
    /// Counts one request of `who` (`user:1`, `net:192.0.2.1/32`) against `budget`.
    pub fn count(&self, rate: Rate, who: &str, budget: Budget, now: DateTime<Utc>) -> Standing {
        let window = now.timestamp().div_euclid(budget.seconds);
        let counter = self
            .0
            .get_with((rate, who.to_owned(), window), Arc::default);
        let used = counter.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        let reset = DateTime::from_timestamp((window + 1) * budget.seconds, 0)
            .unwrap_or(now + TimeDelta::seconds(budget.seconds));
        Standing {
            limit: budget.limit,
            remaining: budget.limit.saturating_sub(used),
            reset,
            exceeded: used > budget.limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn posting_has_a_budget_besides_that_the_host_may_take_away() {
        let limits = |posts| Limits { posts, follows: 4 };
        let three_hours = Budget {
            limit: 300,
            seconds: 10_800,
        };
        assert_eq!(family(Rate::Post, &limits(300)), Some(three_hours));
        assert_eq!(family(Rate::Post, &limits(0)), None);
        assert_eq!(family(Rate::Write, &limits(300)), None);
        assert_eq!(family(Rate::Follow, &limits(0)).unwrap().seconds, 86_400);
    }

    #[test]
    fn the_one_after_the_last_is_too_many_and_the_next_window_is_fresh() {
        let counters = Counters::default();
        let budget = Budget {
            limit: 2,
            seconds: 60,
        };
        let now = DateTime::from_timestamp(600, 0).unwrap();
        assert_eq!(
            counters.count(Rate::Usual, "net:a", budget, now).remaining,
            1
        );
        assert!(!counters.count(Rate::Usual, "net:a", budget, now).exceeded);
        let over = counters.count(Rate::Usual, "net:a", budget, now);
        assert!(over.exceeded && over.reset.timestamp() == 660);
        assert!(!counters.count(Rate::Usual, "net:b", budget, now).exceeded);
        assert!(
            !counters
                .count(Rate::Usual, "net:a", budget, now + TimeDelta::seconds(60))
                .exceeded
        );
    }
}
