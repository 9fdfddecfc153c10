//! Sends what webhooks are told, in its own turn: a slow address keeps no mail waiting.
//!
//! A delivery is tried six times within some hours, then forgotten; the last result stands beside
//! the webhook. One that failed twenty times in a row is switched off.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::app::federation::Network;
use crate::domain::Result;
use crate::moderation::webhooks::{self, HookEvent};
use crate::store;
use crate::store::jobs::{Claimed, HOOKS};

/// How often it looks.
const LOOK: Duration = Duration::from_secs(1);
/// Jobs claimed together.
const AT_ONCE: i64 = 10;
/// After this without an answer, a job is anybody's again.
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// Tries of one delivery; the waits between them are 1, 5, 25, 125 and 625 minutes.
const TRIES: i16 = 6;
/// Failures in a row after which a webhook is switched off.
const FAILS: i32 = 20;

/// Runs until `stop`; a delivery that is begun is finished.
pub async fn run(network: Network, stop: CancellationToken) {
    let holder = Uuid::new_v4();
    loop {
        let did = match pass(&network, holder).await {
            Ok(did) => did,
            Err(error) => {
                tracing::error!(?error, "webhooks could not be worked on; they wait");
                0
            }
        };
        if stop.is_cancelled() {
            return;
        }
        if did == 0 {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }
}

/// Sends what is due, a few at the most; gives how many.
pub async fn pass(network: &Network, holder: Uuid) -> Result<usize> {
    let app = network.app();
    let mut conn = app.pool.get().await?;
    let now = app.clock.now();
    let claimed = store::jobs::claim(
        &mut conn,
        (HOOKS, store::jobs::THEN),
        holder,
        AT_ONCE,
        LEASE,
        now,
    )
    .await?;
    drop(conn);
    for job in &claimed {
        let failed = send(network, job).await?;
        let mut conn = app.pool.get().await?;
        match failed {
            Some(why) if job.attempts < TRIES => {
                let at = app.clock.now() + wait_after(job.attempts);
                store::jobs::put_off(&mut conn, job.id, holder, at, &why).await?;
            }
            _ => store::jobs::done(&mut conn, job.id, holder).await?,
        }
    }
    Ok(claimed.len())
}

/// A minute, then five times as long each time.
fn wait_after(attempts: i16) -> TimeDelta {
    let power = u32::try_from(attempts.saturating_sub(1))
        .unwrap_or(0)
        .min(4);
    TimeDelta::minutes(5i64.pow(power))
}

/// Sends one; gives why it should be tried again.
async fn send(network: &Network, job: &Claimed) -> Result<Option<String>> {
    let Some((hook, event, subject, at)) = read(&job.payload) else {
        return Ok(None);
    };
    let app = network.app();
    let Some(delivery) = webhooks::delivery(app, hook, event, subject, at).await? else {
        return Ok(None);
    };
    let mut headers = HeaderMap::new();
    let json = HeaderValue::from_static("application/json");
    headers.insert(header::CONTENT_TYPE, json);
    for (name, value) in [
        ("x-hub-signature", delivery.signature.as_str()),
        ("x-porchlight-event", event.word()),
        ("x-porchlight-delivery", &job.id.to_string()),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value)?);
    }
    // Said once, whatever dies meanwhile.
    let once = (event == HookEvent::Switch).then_some(subject);
    if let Some(notice) = once {
        let mut conn = app.pool.get().await?;
        if !store::switch_notices::begin(&mut conn, notice, app.clock.now()).await? {
            return Ok(None);
        }
    }
    let fed = network.errand(1);
    let body = Bytes::from(delivery.body);
    let answer = fed.post(&delivery.address, headers, body).await;
    let (status, error) = match answer {
        Ok(reply) => {
            let status = reply.status.as_u16();
            let error = match status {
                200..=299 => String::new(),
                _ => format!("It answered {status}."),
            };
            (Some(status as i16), error)
        }
        Err(error) => (None, format!("{error}.")),
    };
    let mut conn = app.pool.get().await?;
    let now = app.clock.now();
    store::webhooks::note(&mut conn, hook, status, &error, FAILS, now).await?;
    match once {
        Some(notice) if error.is_empty() => {
            store::switch_notices::sent(&mut conn, notice, None, now).await?;
        }
        Some(notice) => store::switch_notices::failed(&mut conn, notice).await?,
        None => {}
    }
    // A test says what it says at once.
    Ok(Some(error).filter(|error| !error.is_empty() && event != HookEvent::Test))
}

fn read(payload: &Value) -> Option<(i64, HookEvent, i64, DateTime<Utc>)> {
    Some((
        payload["hook"].as_i64()?,
        HookEvent::from_word(payload["event"].as_str()?)?,
        payload["subject"].as_i64()?,
        DateTime::from_timestamp(payload["at"].as_i64()?, 0)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_half_a_day_at_the_most() {
        assert_eq!(wait_after(1), TimeDelta::minutes(1));
        assert_eq!(wait_after(3), TimeDelta::minutes(25));
        let all: TimeDelta = (1..TRIES).map(wait_after).sum();
        assert!(all < TimeDelta::days(1), "{all}");
    }
}
