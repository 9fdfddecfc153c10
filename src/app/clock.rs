//! The one clock: the database's.
//!
//! All processes of a place share one Postgres, so its clock is the one that ids, orders
//! and decisions can agree on. Reading it costs a round trip; so a process keeps the
//! difference to its own clock ([`Clock::observe`], at start and once a minute) and
//! [`Clock::now`] adds it. The gate, which must not be fooled by a skew, reads the
//! database's clock itself, once per decision ([`Clock::decide`]). Tests move time by
//! [`Clock::advance`] (and set it by [`Clock::jump`]), and by nothing else.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

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
    /// What a test added to the monotonic clock, microseconds.
    lived: AtomicI64,
    /// The two clocks when [`Clock::gap`] looked last.
    looked: Mutex<Option<(DateTime<Utc>, Instant, i64)>>,
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

    /// How far the wall clock (given) and this machine's monotonic one went since this was asked
    /// last by this process; `None` the first time. They part where somebody sets a clock.
    pub fn gap(&self, wall: DateTime<Utc>) -> Option<(TimeDelta, TimeDelta)> {
        let (here, lived) = (Instant::now(), self.0.lived.load(Ordering::Relaxed));
        let mut looked = self.0.looked.lock().unwrap_or_else(|e| e.into_inner());
        let before = looked.replace((wall, here, lived));
        before.map(|(wall_then, then, lived_then)| {
            let passed = here.saturating_duration_since(then);
            let passed = TimeDelta::from_std(passed).unwrap_or(TimeDelta::MAX);
            (
                wall - wall_then,
                passed + TimeDelta::microseconds(lived - lived_then),
            )
        })
    }

    /// For tests: time passes. Processes of one place must be moved alike.
    pub fn advance(&self, by: TimeDelta) {
        let micros = by.num_microseconds().unwrap_or(0);
        self.0.lived.fetch_add(micros, Ordering::Relaxed);
        self.jump(by);
    }

    /// For tests: somebody sets the wall clock, either way.
    pub fn jump(&self, by: TimeDelta) {
        let micros = by.num_microseconds().unwrap_or(0);
        self.0.offset.fetch_add(micros, Ordering::Relaxed);
    }
}

/// Postgres keeps microseconds; so do we, that a time read back equals the one written.
fn whole_micros(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(at.timestamp_micros()).unwrap_or(at)
}
