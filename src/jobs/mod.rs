//! What happens after a deed. READ [`routing`] FIRST: which event is heard by whom.
//!
//! ```text
//! use case ─ rows + event, one commit ─> relay (one at a time) ─┬─> counters, notifications, job rows   (with the event)
//!                                                               ├─> feeds, live bus                     (before the event goes)
//!                                                               ├─> runner ─> mailing
//!                                                               └─> sending ─> other servers
//!
//! another server ─ federation_api ─ incoming::inbox, a row ─> receive (lanes by host) ─> incoming ─> use case
//! ```
//!
//! A crash at any point loses nothing: an event goes in the transaction that writes what it
//! caused, and what is done outside of it is done before, and can be done twice.

pub mod acts;
mod away_mails;
pub mod backfill;
pub mod errands;
mod fetch_pins;
mod fetch_profile;
mod fetch_thread;
mod heir_mails;
mod heir_notices;
pub mod hooks;
pub mod mailing;
pub mod nodeinfo;
pub mod policies;
pub mod receive;
pub mod relay;
pub mod routing;
pub mod runner;
pub mod sending;
mod switch_notices;
pub mod timers;

use tokio::runtime::Handle;
use tokio::task::{JoinSet, LocalSet};
use tokio_util::sync::CancellationToken;

use crate::app::federation::Network;

/// What runs beside the server, or in a process of its own.
pub struct Jobs {
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

/// Starts the relay, the runner, the sender, the receiver and the timers on the calling runtime.
/// Any number of processes may: leases say who works.
pub fn start(network: &Network) -> Jobs {
    let app = network.app().clone();
    let stop = CancellationToken::new();
    let mut tasks = JoinSet::new();
    tasks.spawn(relay::run(app.clone(), stop.clone()));
    tasks.spawn(policies::run(app.clone(), stop.clone()));
    tasks.spawn(hooks::run(network.clone(), stop.clone()));
    if app.config.server.federates() {
        tasks.spawn(sending::run(network.clone(), stop.clone()));
        tasks.spawn(backfill::run(network.clone(), stop.clone()));
        tasks.spawn(nodeinfo::run(network.clone(), stop.clone()));
    }
    // On a thread of their own: what they call was written for requests, which stay on one
    // thread, so it is not `Send`.
    let (runtime, until) = (Handle::current(), stop.clone());
    let timed = app.clone();
    tasks.spawn_blocking(move || runtime.block_on(timers::run(timed, until)));
    let (runtime, until) = (Handle::current(), stop.clone());
    tasks.spawn_blocking(move || runtime.block_on(runner::run(app, until)));
    let (runtime, until, network) = (Handle::current(), stop.clone(), network.clone());
    tasks.spawn_blocking(move || {
        runtime.block_on(LocalSet::new().run_until(receive::run(network, until)));
    });
    Jobs { stop, tasks }
}

impl Jobs {
    /// Ends them: what is begun is finished, leases are given back.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}
