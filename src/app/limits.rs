//! Limits that guard a door or a password: counted for all processes together.
//!
//! In Redis; in Postgres while Redis is away, and what was counted there still counts once
//! Redis is back. Each process counts for itself besides, so that a Redis that came back
//! empty does not begin from nothing. A place that reaches neither has those counts alone.

use chrono::{DateTime, Utc};

use super::App;
use crate::cache::rate_limit::{self, Counted, Limit, Taken};
use crate::domain::Result;
use crate::store;

/// Counts one against each limit, and says where each stands, in their order.
pub async fn take(app: &App, limits: &[Limit], now: DateTime<Utc>) -> Vec<Taken> {
    count(app, limits, 1, now).await
}

/// Takes back what [`take`] counted: it was none of those that are limited.
pub async fn give_back(app: &App, limits: &[Limit], now: DateTime<Utc>) {
    count(app, limits, -1, now).await;
}

/// Where each limit stands, counting nothing.
pub async fn look(app: &App, limits: &[Limit], now: DateTime<Utc>) -> Vec<Taken> {
    count(app, limits, 0, now).await
}

/// One call to Redis; one statement instead while it is away, one besides when it was away
/// within the last day. Takes a connection of its own: callers hold none.
async fn count(app: &App, limits: &[Limit], by: i32, now: DateTime<Utc>) -> Vec<Taken> {
    if limits.is_empty() {
        return Vec::new();
    }
    let mut counted = rate_limit::count(&app.cache, limits, by, now).await;
    let add = if counted.shared { 0 } else { by };
    if !counted.shared || app.cache.was_away_within(rate_limit::MAX_WINDOW) {
        match in_rows(app, &counted, add).await {
            Ok(rows) => counted.join(&rows),
            Err(error) => tracing::warn!(?error, "limits are counted in this process alone"),
        }
    }
    counted.standing(limits, by)
}

async fn in_rows(app: &App, counted: &Counted, by: i32) -> Result<Vec<i64>> {
    let mut conn = app.pool.get().await?;
    store::limit_counts::add(&mut conn, &counted.windows, by).await
}
