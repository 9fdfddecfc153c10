//! How often somebody may come: the budgets of quirks 51 to 53.
//!
//! The usual ones are counted in this process: they protect it, and a call to Redis for
//! each read would cost more than the read. Those that guard a door or a password are
//! counted in Redis, for all processes together (`cache/rate_limit`).

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

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
        (Rate::Usual | Rate::Write, true) => (1500, 5),
        (Rate::Usual | Rate::Write, false) => (300, 5),
        (Rate::Documents, _) => (3000, 5),
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

/// Counts in this process.
#[derive(Clone)]
pub struct Counters(moka::sync::Cache<(Rate, String, i64), Arc<AtomicU32>>);

impl Default for Counters {
    fn default() -> Counters {
        Counters(
            moka::sync::Cache::builder()
                .max_capacity(MAX_COUNTERS)
                .time_to_live(Duration::from_secs(1800))
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
