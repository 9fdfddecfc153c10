//! Aliases: other accounts that a member says are their own. Another server lets its account
//! move here only where the account here names it.

use crate::activitypub::{actors, addresses};
use crate::app::App;
use crate::app::federation::Network;
use crate::domain::{Error, Id, Result};
use crate::gate::Member;
use crate::model::account::Account;
use crate::social::resolve::{self, Resolved};
use crate::store;
use crate::store::remote_accounts;

/// Aliases of one account.
pub const MOST: usize = 10;

/// An alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// The address of the other account.
    pub uri: String,
    /// Its handle with the domain, without the first `@`; `None` where it is not known here any
    /// more.
    pub handle: Option<String>,
}

/// What a member said of other accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// In the order in which they were added.
    pub aliases: Vec<Alias>,
    /// Where the account has moved to: its handle with the domain.
    pub moved_to: Option<String>,
}

/// The member's aliases, and where they moved to.
///
/// # Errors
/// When the database cannot be asked.
pub async fn standing(app: &App, who: &Member) -> Result<Standing> {
    let mut conn = app.pool.get().await?;
    let account = remote_accounts::by_id(&mut conn, who.account_id())
        .await?
        .ok_or(Error::NotFound)?;
    let mut aliases = Vec::with_capacity(account.also_known_as.len());
    for uri in account.also_known_as {
        let known = actors::find(app, &mut conn, &uri).await?;
        aliases.push(Alias {
            handle: known.map(|account| handle(app, &account)),
            uri,
        });
    }
    let moved_to = match account.moved_to_id {
        Some(id) => remote_accounts::by_id(&mut conn, id).await?,
        None => None,
    };
    Ok(Standing {
        aliases,
        moved_to: moved_to.map(|account| handle(app, &account)),
    })
}

/// Adds the account of a handle; one that is named already is no error.
///
/// # Errors
/// `Invalid` on `alias` for nobody, oneself, or beyond [`MOST`]; `TooMany` for who asks too
/// often.
pub async fn add(network: &Network, who: &Member, typed: &str) -> Result<()> {
    let app = network.app();
    let refuse = |code, why: &str| Err(Error::field("alias", code, why));
    let Some(other) = find(network, who, typed).await? else {
        return refuse("ERR_INVALID", "leads to nobody that we could find");
    };
    if other.id == who.account_id() {
        return refuse("ERR_INVALID", "is this very account");
    }
    let uri = address(app, &other);
    let mut aliases = current(app, who.account_id()).await?;
    if aliases.contains(&uri) {
        return Ok(());
    }
    if aliases.len() >= MOST {
        return refuse(
            "ERR_TOO_MANY",
            "is one more than fit: take another one out first",
        );
    }
    aliases.push(uri);
    set(app, who, aliases).await
}

/// Takes an alias out; one that is not there is no error.
///
/// # Errors
/// When the database cannot be asked.
pub async fn remove(app: &App, who: &Member, uri: &str) -> Result<()> {
    let mut aliases = current(app, who.account_id()).await?;
    aliases.retain(|alias| alias != uri);
    set(app, who, aliases).await
}

async fn current(app: &App, account: Id) -> Result<Vec<String>> {
    let mut conn = app.pool.get().await?;
    let account = remote_accounts::by_id(&mut conn, account).await?;
    Ok(account.ok_or(Error::NotFound)?.also_known_as)
}

async fn set(app: &App, who: &Member, aliases: Vec<String>) -> Result<()> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    if store::moves::set_aliases(&mut conn, who.account_id(), aliases, now).await? {
        app.wake_relay();
    }
    Ok(())
}

/// The account, here or elsewhere, that a handle or an address leads to.
pub(super) async fn find(network: &Network, who: &Member, typed: &str) -> Result<Option<Account>> {
    let app = network.app();
    // A bare name is somebody here.
    let id = match resolve::typed(network, who, typed, true).await? {
        Some(Resolved::Account(id)) => Some(id),
        Some(Resolved::Status(_)) => None,
        None => super::read::id_of(app, typed).await?,
    };
    let Some(id) = id else {
        return Ok(None);
    };
    let mut conn = app.pool.get().await?;
    let found = remote_accounts::by_id(&mut conn, id).await?;
    Ok(found.filter(|account| !account.is_suspended()))
}

/// The address of an account, here or elsewhere.
pub(super) fn address(app: &App, account: &Account) -> String {
    let own = || addresses::actor(&app.origin(), account.id);
    account.uri.clone().unwrap_or_else(own)
}

fn handle(app: &App, account: &Account) -> String {
    match account.is_local() {
        true => format!("{}@{}", account.username, app.config.server.handle_domain),
        false => account.acct(),
    }
}
