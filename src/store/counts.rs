//! How often Postgres was spoken to: what tests assert instead of times.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::connection::{Instrumentation, InstrumentationEvent};

/// Counters of one pool, shared by its connections.
#[derive(Debug, Default)]
pub struct Counts {
    statements: AtomicU64,
    commits: AtomicU64,
}

impl Counts {
    /// Statements sent so far, without those that only begin or end a transaction.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Explicit transactions committed so far. (A single statement commits by itself.)
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }
}

/// Counts what one connection does.
pub(super) struct Counter(pub(super) Arc<Counts>);

impl Instrumentation for Counter {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { query, .. } => {
                let text = query.to_string();
                if !["BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"]
                    .iter()
                    .any(|word| text.starts_with(word))
                {
                    self.0.statements.fetch_add(1, Ordering::Relaxed);
                }
            }
            InstrumentationEvent::CommitTransaction { .. } => {
                self.0.commits.fetch_add(1, Ordering::Relaxed);
            }
            _ => {}
        }
    }
}
