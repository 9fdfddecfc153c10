//! Token buckets of this process: how much somebody may ask of us before we look closer. With
//! several processes each has its own, so a flood gets as many times the budget as there are
//! processes, which is still a budget.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use moka::sync::Cache as Moka;

/// Buckets held at a time, some 200 bytes each; beyond, the least used are full again.
const MOST: u64 = 20_000;
/// A bucket that nobody took from for so long is full in any case.
const IDLE: Duration = Duration::from_secs(3600);

/// How much fits, and how fast it fills. It must be full again within an hour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// What may be taken at once.
    pub burst: u32,
    /// What comes back.
    pub per_minute: f64,
}

/// Buckets by name.
pub struct Buckets(Moka<String, Arc<Mutex<Bucket>>>);

struct Bucket {
    left: f64,
    at: DateTime<Utc>,
}

impl Default for Buckets {
    fn default() -> Buckets {
        Buckets(
            Moka::builder()
                .max_capacity(MOST)
                .time_to_idle(IDLE)
                .build(),
        )
    }
}

impl Buckets {
    /// Takes one.
    ///
    /// # Errors
    /// When there is none: how long until there is.
    pub fn take(&self, name: &str, rate: Rate, now: DateTime<Utc>) -> Result<(), TimeDelta> {
        let bucket = self.0.get_with_by_ref(name, || {
            Arc::new(Mutex::new(Bucket {
                left: f64::from(rate.burst),
                at: now,
            }))
        });
        let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        bucket.fill(rate, now);
        if bucket.left < 1.0 {
            return Err(bucket.wait(rate));
        }
        bucket.left -= 1.0;
        Ok(())
    }

    /// Whether one could be taken; takes none.
    ///
    /// # Errors
    /// When there is none: how long until there is.
    pub fn look(&self, name: &str, rate: Rate, now: DateTime<Utc>) -> Result<(), TimeDelta> {
        let Some(bucket) = self.0.get(name) else {
            return Ok(());
        };
        let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        bucket.fill(rate, now);
        if bucket.left < 1.0 {
            return Err(bucket.wait(rate));
        }
        Ok(())
    }
}

impl Bucket {
    fn fill(&mut self, rate: Rate, now: DateTime<Utc>) {
        let passed = (now - self.at).num_milliseconds().max(0) as f64 / 60_000.0;
        self.left = (self.left + passed * rate.per_minute).min(f64::from(rate.burst));
        self.at = self.at.max(now);
    }

    /// A second at least.
    fn wait(&self, rate: Rate) -> TimeDelta {
        let minutes = (1.0 - self.left) / rate.per_minute.max(0.001);
        TimeDelta::milliseconds((minutes * 60_000.0) as i64).max(TimeDelta::seconds(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        burst: 2,
        per_minute: 6.0,
    };

    #[test]
    fn a_bucket_empties_and_fills() {
        let buckets = Buckets::default();
        let now = DateTime::UNIX_EPOCH;
        assert_eq!(buckets.look("a", RATE, now), Ok(()));
        assert_eq!(buckets.take("a", RATE, now), Ok(()));
        assert_eq!(buckets.take("a", RATE, now), Ok(()));
        assert_eq!(buckets.take("a", RATE, now), Err(TimeDelta::seconds(10)));
        assert_eq!(buckets.look("a", RATE, now), Err(TimeDelta::seconds(10)));
        assert_eq!(buckets.take("b", RATE, now), Ok(()));
        let later = now + TimeDelta::seconds(10);
        assert_eq!(buckets.look("a", RATE, later), Ok(()));
        assert_eq!(buckets.take("a", RATE, later), Ok(()));
        assert!(buckets.take("a", RATE, later).is_err());
        // A clock that goes back gives nothing.
        assert!(buckets.take("a", RATE, now).is_err());
    }
}
