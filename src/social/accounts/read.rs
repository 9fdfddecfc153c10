//! Accounts as everybody sees them, and the member's own.

use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::gate::Member;
use crate::model::account::Account;
use crate::social::page::{self, AccountCounters, AccountItem, Renderer};
use crate::store::{self, Conn};
use crate::text::mentions;

/// Accounts that may be asked for at once.
pub const MOST: usize = 40;
/// Requests to follow that are counted; more are this many.
const COUNTED_REQUESTS: i64 = 40;

/// The accounts of those ids that exist, in that order. Suspended ones are there, blank.
///
/// # Errors
/// `Invalid` beyond [`MOST`].
pub async fn by_ids(app: &App, ids: Vec<Id>, renderer: &impl Renderer) -> Result<Vec<AccountItem>> {
    if ids.len() > MOST {
        return Err(Error::invalid(format!(
            "At most {MOST} accounts can be asked for at once."
        )));
    }
    let mut conn = app.pool.get().await?;
    let facts = store::accounts_shown::facts(&mut conn, ids).await?;
    page::accounts(app, &conn, facts, renderer).await
}

/// One account.
///
/// # Errors
/// `NotFound`.
pub async fn by_id(app: &App, id: Id, renderer: &impl Renderer) -> Result<AccountItem> {
    by_ids(app, vec![id], renderer)
        .await?
        .pop()
        .ok_or(Error::NotFound)
}

/// The account of a handle: `ann`, `@ann`, or with a domain, ours among them (quirk 15).
/// Nobody else's server is asked.
///
/// # Errors
/// `NotFound`.
pub async fn by_handle(app: &App, handle: &str, renderer: &impl Renderer) -> Result<AccountItem> {
    let id = id_of(app, handle).await?.ok_or(Error::NotFound)?;
    by_id(app, id, renderer).await
}

/// The id behind a handle; see [`by_handle`].
pub async fn id_of(app: &App, handle: &str) -> Result<Option<Id>> {
    let handle = handle.trim().trim_start_matches('@');
    let (name, domain) = match handle.split_once('@') {
        Some((name, domain)) => (name, Some(domain)),
        None => (handle, None),
    };
    // Longer than any name is: no need to ask.
    if name.is_empty() || name.len() > 200 {
        return Ok(None);
    }
    let server = &app.config.server;
    let is_ours = |domain: &str| {
        [
            server.handle_domain.as_str(),
            server.domain.as_str(),
            server.domain_without_port(),
        ]
        .iter()
        .any(|own| own.eq_ignore_ascii_case(domain))
    };
    let mut conn = app.pool.get().await?;
    match domain {
        None => store::profiles::find_local(&mut conn, name).await,
        Some(domain) if is_ours(domain) => store::profiles::find_local(&mut conn, name).await,
        Some(domain) => match mentions::normalised_domain(domain) {
            Some(domain) => store::remote_accounts::by_handle(&mut conn, name, &domain)
                .await
                .map(|found| found.map(|account| account.id)),
            None => Ok(None),
        },
    }
}

/// The member's own account, with what only they see.
#[derive(Debug, Clone)]
pub struct Own {
    /// The row.
    pub account: Account,
    /// Beside it.
    pub counters: AccountCounters,
    /// Requests to follow that wait, up to 40.
    pub follow_requests: i64,
    /// The settings as they are now.
    pub settings: serde_json::Value,
    /// Where the account moved to, while that can be seen.
    pub moved: Option<(Account, AccountCounters)>,
}

/// The member's own account.
pub async fn own(app: &App, who: &Member) -> Result<Own> {
    let mut conn = app.pool.get().await?;
    let id = who.account_id();
    let account = store::profiles::find(&mut conn, id)
        .await?
        .ok_or(Error::NotFound)?;
    around(&mut conn, account, who.user().settings.clone()).await
}

/// Puts counters and requests beside an own account; two more statements for one that moved.
pub(super) async fn around(
    conn: &mut Conn,
    account: Account,
    settings: serde_json::Value,
) -> Result<Own> {
    let facts = store::accounts_shown::facts(conn, vec![account.id])
        .await?
        .pop()
        .ok_or(Error::NotFound)?;
    let follow_requests = match account.locked {
        true => store::follows::count_requests(conn, account.id, COUNTED_REQUESTS).await?,
        false => 0,
    };
    let moved = match account.moved_to_id {
        Some(other) => moved_to(conn, other).await?,
        None => None,
    };
    Ok(Own {
        account,
        counters: facts.counters,
        follow_requests,
        settings,
        moved,
    })
}

async fn moved_to(conn: &mut Conn, other: Id) -> Result<Option<(Account, AccountCounters)>> {
    let account = store::accounts_shown::load(conn, vec![other]).await?.pop();
    let facts = store::accounts_shown::facts(conn, vec![other]).await?.pop();
    Ok(account
        .zip(facts.map(|facts| facts.counters))
        .filter(|(account, _)| !account.is_suspended()))
}
