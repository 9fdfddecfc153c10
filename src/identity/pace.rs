//! How often somebody may try: the limits of this module, beside those of the doors.

use chrono::{DateTime, TimeDelta, Utc};

use crate::app::{App, limits as counters};
use crate::cache::rate_limit::{self, Limit};
use crate::domain::{ClientAddress, Error, Result};
use crate::secrets::token;

/// A limit on what one client's network does.
pub(super) fn per_network(what: &str, from: ClientAddress, most: u32, window: TimeDelta) -> Limit {
    Limit {
        key: format!("{what}:net:{}", from.network()),
        most,
        window,
    }
}

/// A limit on what the wider network around a client does.
pub(super) fn per_site(what: &str, from: ClientAddress, most: u32, window: TimeDelta) -> Limit {
    Limit {
        key: format!("{what}:site:{}", from.site()),
        most,
        window,
    }
}

/// A limit on what is done about one login. What was typed is hashed: people type
/// passwords into the wrong field.
pub(super) fn per_login(what: &str, login: &str, most: u32, window: TimeDelta) -> Limit {
    Limit {
        key: format!("{what}:login:{}", hashed(login)),
        most,
        window,
    }
}

/// A limit on what one client's network does about one login.
pub(super) fn per_login_and_network(
    what: &str,
    login: &str,
    from: ClientAddress,
    most: u32,
    window: TimeDelta,
) -> Limit {
    Limit {
        key: format!("{what}:both:{}:{}", from.network(), hashed(login)),
        most,
        window,
    }
}

/// Counts one try against all limits; too many is an error with the time to come back.
pub(super) async fn keep(
    app: &App,
    limits: &[Limit],
    sentence: &'static str,
    now: DateTime<Utc>,
) -> Result<()> {
    let taken = counters::take(app, limits, now).await;
    match rate_limit::exceeded(&taken) {
        None => Ok(()),
        Some(over) => Err(Error::TooMany {
            message: sentence.into(),
            retry_at: over.reset,
        }),
    }
}

/// Takes back what [`keep`] counted, since the try was a good one.
pub(super) async fn give_back(app: &App, limits: &[Limit], now: DateTime<Utc>) {
    counters::give_back(app, limits, now).await;
}

fn hashed(login: &str) -> String {
    token::digest(login)[..12]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
