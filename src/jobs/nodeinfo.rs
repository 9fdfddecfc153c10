//! Asks other servers what they run, for the desk: lazily, each once in a while, a few at a time.

use std::time::Duration;

use chrono::TimeDelta;
use futures::future::join_all;
use tokio_util::sync::CancellationToken;

use crate::activitypub::nodeinfo;
use crate::app::federation::Network;
use crate::domain::Result;
use crate::store;
use crate::store::hosts::Asked;

/// How often it looks whom to ask; also how long it waits at the start.
const LOOK: Duration = Duration::from_secs(10 * 60);
/// Servers of one look.
const MOST: i64 = 20;
/// Of these at one time.
const AT_ONCE: usize = 4;
/// Requests for one of them.
const BUDGET: u32 = 6;
/// A server is asked once in that time.
const EACH: TimeDelta = TimeDelta::days(7);
/// One that did not answer is asked again after that.
const AGAIN: TimeDelta = TimeDelta::days(1);
/// Only those that were heard of in that time.
const HEARD: TimeDelta = TimeDelta::days(30);

/// Runs until `stop`; whom it is asking then is asked another time.
pub async fn run(network: Network, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        tokio::select! {
            () = stop.cancelled() => return,
            asked = pass(&network) => {
                if let Err(error) = asked {
                    tracing::warn!(?error, "nobody could be asked what they run");
                }
            }
        }
    }
}

/// Asks those whose turn it is; gives how many.
///
/// # Errors
/// When the database cannot be asked.
pub async fn pass(network: &Network) -> Result<usize> {
    let app = network.app();
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let due = store::hosts::to_ask(&mut conn, now - EACH, now - HEARD, MOST, now).await?;
    drop(conn);
    for some in due.chunks(AT_ONCE) {
        for asked in join_all(some.iter().map(|host| ask(network, host))).await {
            asked?;
        }
    }
    Ok(due.len())
}

async fn ask(network: &Network, host: &Asked) -> Result<()> {
    let app = network.app();
    let answer = nodeinfo::ask(&network.errand(BUDGET), &host.domain).await;
    let mut conn = app.pool.get().await?;
    match answer {
        Ok(software) => {
            store::hosts::runs(&mut conn, host.id, software.name, software.version).await
        }
        Err(error) => {
            tracing::debug!(host = host.domain, %error, "it does not say what it runs");
            let at = app.clock.now() - EACH + AGAIN;
            store::hosts::ask_again(&mut conn, host.id, at).await
        }
    }
}
