//! Fulfils wishes (`app::wishes`): asks other servers for what members look at.
//!
//! A few at a time, each with a budget of requests and an end in time, and every host with a
//! budget of its own: whoever opens a thousand threads of one server makes us send it no more
//! requests than [`HOST`] says. What comes is written as fetched: it enters no home feed and
//! notifies nobody.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{fetch_profile, fetch_thread};
use crate::app::federation::{Federation, Network, PerHost};
use crate::app::wishes::Wish;
use crate::cache::buckets::Rate;

/// Wishes that are fulfilled at a time.
const AT_ONCE: usize = 4;
/// Requests of one wish.
const BUDGET: u32 = 60;
/// How long one wish may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Requests that one host gets for all wishes together, redirects and pages among them.
const HOST: Rate = Rate {
    burst: 120,
    per_minute: 60.0,
};

/// Runs until `stop`; a wish that is begun is given up then: it is made again by whoever looks.
pub async fn run(network: Network, stop: CancellationToken) {
    let app = network.app().clone();
    let Some(mut wishes) = app.wishes.take() else {
        return;
    };
    let hosts = Arc::new(PerHost::new(HOST, app.clock.clone()));
    let mut errands = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = errands.join_next() => {}
            Some(wish) = wishes.recv(), if errands.len() < AT_ONCE => {
                let (network, hosts) = (network.clone(), hosts.clone());
                errands.spawn(async move {
                    let _over = Over(&network);
                    fulfil(&network.errand_among(BUDGET, hosts), wish).await;
                });
            }
        }
    }
    errands.shutdown().await;
    app.wishes.give_back(wishes);
}

/// Counts a wish as over, however it ends.
struct Over<'a>(&'a Network);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.app().wishes.over();
    }
}

async fn fulfil(fed: &Federation, wish: Wish) {
    let trying = async {
        match wish {
            Wish::Thread(status) => fetch_thread::fetch(fed, status).await,
            Wish::Profile(account) => fetch_profile::fetch(fed, account).await,
        }
    };
    match tokio::time::timeout(PATIENCE, trying).await {
        Ok(Ok(())) => {}
        // Nobody waits for it.
        Ok(Err(error)) => tracing::debug!(?wish, ?error, "a wish was not fulfilled"),
        Err(_) => tracing::debug!(?wish, "a wish took too long"),
    }
}
