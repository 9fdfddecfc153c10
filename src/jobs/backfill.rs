//! Fulfils wishes (`app::wishes`): asks other servers for what members look at.
//!
//! A few at a time, each with a budget of requests and an end in time, and every host with a
//! budget of its own: whoever opens a thousand threads of one server makes us ask it for no more
//! things than [`HOST`] says. A thing is a post, a profile or a collection, which can take a few
//! requests (a collection of four pages, a post whose author is new); those are bounded by the
//! wish's budget. What comes is written as fetched: it enters no home feed and notifies nobody.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{fetch_profile, fetch_thread};
use crate::activitypub::uri;
use crate::app::federation::{Federation, Network};
use crate::app::wishes::Wish;
use crate::cache::buckets::{Buckets, Rate};

/// Wishes that are fulfilled at a time.
const AT_ONCE: usize = 4;
/// Requests of one wish.
const BUDGET: u32 = 60;
/// How long one wish may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Things that one host is asked for, for all wishes together.
const HOST: Rate = Rate {
    burst: 60,
    per_minute: 30.0,
};

/// One wish on its way.
pub struct Errand<'a> {
    /// Its permission.
    pub fed: Federation,
    hosts: &'a Buckets,
}

impl Errand<'_> {
    /// Whether the host of an address may be asked for one more thing.
    pub fn may_ask(&self, address: &str) -> bool {
        let now = self.fed.clock.now();
        uri::authority(address).is_some_and(|host| self.hosts.take(&host, HOST, now).is_ok())
    }
}

/// Runs until `stop`; a wish that is begun is given up then: it is made again by whoever looks.
pub async fn run(network: Network, stop: CancellationToken) {
    let app = network.app().clone();
    let Some(mut wishes) = app.wishes.take() else {
        return;
    };
    let hosts = std::sync::Arc::new(Buckets::default());
    let mut errands = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = errands.join_next() => {}
            Some(wish) = wishes.recv(), if errands.len() < AT_ONCE => {
                let (network, hosts) = (network.clone(), hosts.clone());
                errands.spawn(async move {
                    let _over = Over(&network);
                    let errand = Errand {
                        fed: network.errand(BUDGET),
                        hosts: &hosts,
                    };
                    fulfil(&errand, wish).await;
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

async fn fulfil(errand: &Errand<'_>, wish: Wish) {
    let trying = async {
        match wish {
            Wish::Thread(status) => fetch_thread::fetch(errand, status).await,
            Wish::Profile(account) => fetch_profile::fetch(errand, account).await,
        }
    };
    match tokio::time::timeout(PATIENCE, trying).await {
        Ok(Ok(())) => {}
        // Nobody waits for it.
        Ok(Err(error)) => tracing::debug!(?wish, ?error, "a wish was not fulfilled"),
        Err(_) => tracing::debug!(?wish, "a wish took too long"),
    }
}
