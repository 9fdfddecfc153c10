//! How often Postgres was spoken to: what tests assert instead of times.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use diesel::connection::{Instrumentation, InstrumentationEvent};

/// Counters of one pool, shared by its connections.
#[derive(Debug, Default)]
pub struct Counts {
    sent: AtomicU64,
    /// Those of `sent` that only begin or end a transaction.
    control: AtomicU64,
    commits: AtomicU64,
    waits: AtomicU64,
    waited_micros: AtomicU64,
}

impl Counts {
    /// Statements sent so far, without those that only begin or end a transaction.
    pub fn statements(&self) -> u64 {
        let control = self.control.load(Ordering::Relaxed);
        self.sent.load(Ordering::Relaxed).saturating_sub(control)
    }

    /// Explicit transactions committed so far. (A single statement commits by itself.)
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// How often a connection was asked for so far, and how many seconds that took in all.
    pub fn waited(&self) -> (u64, f64) {
        let micros = self.waited_micros.load(Ordering::Relaxed);
        (self.waits.load(Ordering::Relaxed), micros as f64 / 1e6)
    }

    /// A connection was waited for.
    pub(super) fn add_wait(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.waits.fetch_add(1, Ordering::Relaxed);
        self.waited_micros.fetch_add(micros, Ordering::Relaxed);
    }
}

/// Counts what one connection does.
pub(super) struct Counter(pub(super) Arc<Counts>);

impl Instrumentation for Counter {
    // Before every statement of every request: nothing here may look at its text, which would
    // be put together once more for that.
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        let counts = &self.0;
        match event {
            InstrumentationEvent::StartQuery { .. } => {
                counts.sent.fetch_add(1, Ordering::Relaxed);
            }
            InstrumentationEvent::BeginTransaction { .. }
            | InstrumentationEvent::RollbackTransaction { .. } => {
                counts.control.fetch_add(1, Ordering::Relaxed);
            }
            InstrumentationEvent::CommitTransaction { .. } => {
                counts.control.fetch_add(1, Ordering::Relaxed);
                counts.commits.fetch_add(1, Ordering::Relaxed);
            }
            _ => {}
        }
    }
}
