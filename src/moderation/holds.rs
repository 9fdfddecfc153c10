//! Holding a server for a while: what it sends is kept unread, and received when the hold ends
//! (abuse-cases.md, I26). It stands beside what else holds for the server, and ends by itself.

use chrono::TimeDelta;
use diesel_async::AsyncConnection;
use serde_json::json;

use super::policies::{self, Policy, Terms, insert_all, server_name};
use super::{By, changed, note, told};
use crate::app::App;
use crate::domain::policy::{PolicyKind, PolicySource};
use crate::domain::{Error, Result};
use crate::gate::who::Reviewer;
use crate::store;

/// Hours of a hold, where nothing else is said.
pub const HOURS: u16 = 24;
/// Hours of a hold at the most: what is held is kept no longer.
pub const MOST: u16 = 7 * 24;

/// Holds a server from now on; one that is held already, so long from now.
///
/// # Errors
/// `Invalid` for what is no name of a server, and beyond 1 to [`MOST`] hours.
pub async fn hold(app: &App, by: By<'_>, domain: &str, hours: u16) -> Result<Policy> {
    if !(1..=MOST).contains(&hours) {
        return Err(Error::invalid(format!(
            "A server is held for 1 to {MOST} hours"
        )));
    }
    let domain = server_name(app, domain)?;
    let mut conn = app.desk.get().await?;
    let now = app.clock.decide(&mut conn).await?;
    let until = Some(now + TimeDelta::hours(i64::from(hours)));
    let held = store::domain_policies::of_domains(&mut conn, vec![domain.clone()], now).await?;
    if let Some(held) = held.into_iter().find(is_hold) {
        drop(conn);
        let terms = Terms {
            until,
            ..held.terms
        };
        return policies::change(app, by, held.id, terms).await;
    }
    let terms = Terms {
        until,
        ..Terms::of(PolicyKind::Held)
    };
    let policy = conn
        .transaction(async |conn| {
            let detail = told(&domain, &terms);
            let new = vec![(domain, terms)];
            let policy = insert_all(conn, PolicySource::Staff, new, now).await?.pop();
            let policy = policy.ok_or(Error::NotFound)?;
            let inverse = json!({ "act": "policy.lift", "policy": policy.id });
            let host = Some(policy.host);
            note(conn, by, "policy.lay", host, detail, inverse, now).await?;
            Ok::<_, Error>(policy)
        })
        .await?;
    changed(app);
    Ok(policy)
}

/// Ends a hold now; what was held is received.
///
/// # Errors
/// `NotFound` where none holds.
pub async fn end(app: &App, by: By<'_>, domain: &str) -> Result<()> {
    let held = of(app, domain).await?.ok_or(Error::NotFound)?;
    policies::lift(app, by, held.id, false).await?;
    Ok(())
}

/// The hold of a server, if it is held by people.
///
/// # Errors
/// When the database cannot be asked.
pub async fn look(app: &App, _who: &Reviewer, domain: &str) -> Result<Option<Policy>> {
    of(app, domain).await
}

async fn of(app: &App, domain: &str) -> Result<Option<Policy>> {
    let domain = server_name(app, domain)?;
    let mut conn = app.desk.get().await?;
    let now = app.clock.now();
    let found = store::domain_policies::of_domains(&mut conn, vec![domain], now).await?;
    Ok(found.into_iter().find(is_hold))
}

fn is_hold(policy: &Policy) -> bool {
    policy.source != PolicySource::Rule && policy.terms.kind == PolicyKind::Held
}
