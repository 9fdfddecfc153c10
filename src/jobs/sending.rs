//! Sending deliveries: hosts that are due are claimed under a lease, each gets a run of its
//! own, and what runs did is written in sets.
//!
//! Any number of processes may; a host is in one hand at a time. Hosts that fail have places
//! of their own, so that those that hang never keep the living waiting. A crash sends again
//! what was not written down, after the lease, under the same address.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::{Id, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::app::App;
use crate::app::federation::Network;
use crate::delivery::revival;
use crate::delivery::run::run as run_host;
use crate::delivery::send::Sender;
use crate::domain::Result;
use crate::store::deliveries::{Claimed, Done, Due};
use crate::store::{self, Conn};

/// Hosts that are sent to at a time, by one process.
const HOSTS: usize = 256;
/// Of these, hosts that failed the last time.
const FAILING: usize = 48;
/// Hosts claimed together.
const CLAIM: usize = 64;
/// How often it looks without being woken: for rows of other processes and waits that end.
const LOOK: Duration = Duration::from_secs(1);
/// How long it rests after a failure.
const REST: Duration = Duration::from_secs(2);
/// A claim is over after that, whatever became of its process; longer than a run takes.
const LEASE: TimeDelta = TimeDelta::minutes(2);
/// Runs written together.
const TOGETHER: usize = 128;
/// How often it looks for hosts that came back to life.
const REVIVE: Duration = Duration::from_secs(5);

/// Runs until `stop`; what is under way is finished and written.
pub async fn run(network: Network, stop: CancellationToken) {
    let app = network.app().clone();
    let mut sending = Sending::new(network);
    while !stop.is_cancelled() {
        let rest = match sending.pass().await {
            Ok(()) => LOOK,
            Err(error) => {
                tracing::error!(?error, "deliveries could not be worked on; they wait");
                REST
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = sending.one_ended() => {}
            () = app.outbound.notified(), if rest == LOOK => {}
            () = tokio::time::sleep(rest) => {}
        }
    }
    sending.finish().await;
}

/// One process's part.
pub struct Sending {
    app: Arc<App>,
    sender: Arc<Sender>,
    me: Uuid,
    runs: JoinSet<Done>,
    /// Hosts with a run; whether they had failed.
    at_work: HashMap<i64, bool>,
    /// Whose run a task is.
    tasks: HashMap<Id, i64>,
    /// What ended and is not written.
    ended: Vec<Done>,
    revived: Option<Instant>,
}

impl Sending {
    /// One that has done nothing yet.
    pub fn new(network: Network) -> Sending {
        Sending {
            app: network.app().clone(),
            sender: Arc::new(Sender::new(network)),
            me: Uuid::new_v4(),
            runs: JoinSet::new(),
            at_work: HashMap::new(),
            tasks: HashMap::new(),
            ended: Vec::new(),
            revived: None,
        }
    }

    /// Writes what ended, and begins what is due.
    pub async fn pass(&mut self) -> Result<()> {
        self.collect();
        self.write().await?;
        if self.revived.is_none_or(|at| at.elapsed() >= REVIVE) {
            self.revived = Some(Instant::now());
            revival::revive(&self.app).await?;
        }
        // Until nothing more is due, or all places are taken.
        while self.claim().await? > 0 {}
        Ok(())
    }

    /// Waits until a run has ended; for ever where none is under way.
    async fn one_ended(&mut self) {
        match self.runs.join_next_with_id().await {
            Some(ended) => {
                self.note(ended);
                // Others that end in the same moment are written with it.
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            None => std::future::pending().await,
        }
    }

    fn collect(&mut self) {
        while let Some(ended) = self.runs.try_join_next_with_id() {
            self.note(ended);
        }
    }

    fn note(&mut self, ended: Result<(Id, Done), JoinError>) {
        match ended {
            Ok((task, done)) => {
                self.tasks.remove(&task);
                self.ended.push(done);
            }
            Err(error) => {
                tracing::error!(?error, "a run of deliveries broke; its lease will end");
                if let Some(host) = self.tasks.remove(&error.id()) {
                    self.at_work.remove(&host);
                }
            }
        }
    }

    async fn write(&mut self) -> Result<()> {
        while !self.ended.is_empty() {
            let many = self.ended.len().min(TOGETHER);
            let mut conn = self.app.pool.get().await?;
            let now = self.app.clock.now();
            let batch = &self.ended[..many];
            // What fails here is written later; if that is too late, it is sent again.
            store::deliveries::finish(&mut conn, self.me, batch, now).await?;
            for done in self.ended.drain(..many) {
                self.sender.note_reached(&done);
                self.at_work.remove(&done.host);
            }
        }
        Ok(())
    }

    /// Begins runs for hosts that are due; gives how many.
    async fn claim(&mut self) -> Result<usize> {
        let failing = self.at_work.values().filter(|failed| **failed).count();
        let fine = HOSTS.saturating_sub(self.at_work.len()).min(CLAIM);
        let failing = FAILING.saturating_sub(failing).min(fine);
        if fine == 0 {
            return Ok(0);
        }
        let places = |n: usize| i64::try_from(n).unwrap_or(0);
        let now = self.app.clock.now();
        let mut conn = self.app.pool.get().await?;
        let claimed = store::deliveries::claim(
            &mut conn,
            self.me,
            places(fine - failing.min(fine / 4)),
            places(failing.min(fine / 4 + 1)),
            now,
            now + LEASE,
        )
        .await?;
        if claimed.is_empty() {
            return Ok(0);
        }
        let hosts: Vec<i64> = claimed.iter().map(|c| c.host).collect();
        let begun = self.begin(&mut conn, claimed, now).await;
        if begun.is_err() {
            // If this fails too, the lease ends by itself.
            let _ = store::deliveries::release(&mut conn, self.me, hosts, now).await;
        }
        begun
    }

    async fn begin(
        &mut self,
        conn: &mut Conn,
        claimed: Vec<Claimed>,
        now: DateTime<Utc>,
    ) -> Result<usize> {
        let hosts = claimed.iter().map(|c| c.host).collect();
        let due = store::deliveries::due(conn, hosts, now).await?;
        let documents: Vec<i64> = due.iter().map(|d| d.activity).collect();
        self.sender.load(conn, &documents).await?;
        let mut rows: HashMap<i64, Vec<Due>> = HashMap::new();
        for row in due {
            rows.entry(row.host).or_default().push(row);
        }
        let count = claimed.len();
        for host in claimed {
            let rows = rows.remove(&host.host).unwrap_or_default();
            let sender = self.sender.clone();
            let run = async move { run_host(&sender, host, rows).await };
            let task = self.runs.spawn(run).id();
            self.at_work.insert(host.host, host.fails > 0);
            self.tasks.insert(task, host.host);
        }
        Ok(count)
    }

    /// Waits for all that is under way, and writes it.
    pub async fn finish(&mut self) {
        while let Some(ended) = self.runs.join_next_with_id().await {
            self.note(ended);
        }
        if let Err(error) = self.write().await {
            tracing::error!(
                ?error,
                "the last deliveries were not written; they go again"
            );
        }
    }
}
