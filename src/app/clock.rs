//! The one clock: the database's.
//!
//! All processes of a place share one Postgres, so its clock is the one that ids, orders
//! and decisions can agree on. Reading it costs a round trip; so a process keeps the
//! difference to its own clock ([`Clock::observe`], at start and once a minute) and
//! [`Clock::now`] adds it. The gate, which must not be fooled by a skew, reads the
//! database's clock itself, once per decision ([`Clock::decide`]). Tests move time by
//! [`Clock::advance`], and by nothing else.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::Result;
use crate::store;

/// Handles are cheap to clone and share one state.
#[derive(Debug, Clone, Default)]
pub struct Clock(Arc<State>);

#[derive(Debug, Default)]
struct State {
    /// Database minus this machine, microseconds.
    skew: AtomicI64,
    /// What a test added, microseconds.
    offset: AtomicI64,
}

impl Clock {
    /// A clock that knows no skew yet.
    pub fn new() -> Clock {
        Clock::default()
    }

    /// The time, microseconds at best. No round trip.
    pub fn now(&self) -> DateTime<Utc> {
        let moved = self.0.skew.load(Ordering::Relaxed) + self.0.offset.load(Ordering::Relaxed);
        whole_micros(Utc::now()) + TimeDelta::microseconds(moved)
    }

    /// The database's time, read now: for decisions of the gate. One round trip.
    pub async fn decide(&self, conn: &mut store::Conn) -> Result<DateTime<Utc>> {
        let at = store::clock::read(conn).await?;
        Ok(at + TimeDelta::microseconds(self.0.offset.load(Ordering::Relaxed)))
    }

    /// Measures the skew again; gives it. One round trip.
    pub async fn observe(&self, conn: &mut store::Conn) -> Result<TimeDelta> {
        let before = Utc::now();
        let there = store::clock::read(conn).await?;
        let here = before + (Utc::now() - before) / 2;
        let skew = there - here;
        self.0
            .skew
            .store(skew.num_microseconds().unwrap_or(0), Ordering::Relaxed);
        Ok(skew)
    }

    /// For tests: moves this clock. Processes of one place must be moved alike.
    pub fn advance(&self, by: TimeDelta) {
        self.0
            .offset
            .fetch_add(by.num_microseconds().unwrap_or(0), Ordering::Relaxed);
    }
}

/// Postgres keeps microseconds; so do we, that a time read back equals the one written.
fn whole_micros(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(at.timestamp_micros()).unwrap_or(at)
}
