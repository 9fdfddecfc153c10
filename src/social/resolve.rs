//! From what a member typed to somebody or something on another server: `@ann@elsewhere.example`,
//! or an address that was pasted.
//!
//! Nothing found is no error: servers are away, addresses are mistyped. A member's questions
//! are counted, so that nobody makes us knock at doors all day.

use url::Url;

use crate::activitypub::webfinger::Handle;
use crate::activitypub::{actors, addresses, handles, notes, read as documents, uri};
use crate::app::App;
use crate::app::federation::{Federation, Network};
use crate::cache::buckets::Rate;
use crate::domain::{Error, Id, Result, ids};
use crate::gate::Member;
use crate::social::accounts::read;

/// Questions of one member.
const MEMBER: Rate = Rate {
    burst: 30,
    per_minute: 20.0,
};

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolved {
    /// `accounts.id`
    Account(Id),
    /// `statuses.id`; whether the member may see it must be asked.
    Status(Id),
}

/// What a handle or an address leads to; another server is asked only where `ask`.
///
/// # Errors
/// `TooMany` for a member who asks too often; `Broken`.
pub async fn typed(
    network: &Network,
    who: &Member,
    text: &str,
    ask: bool,
) -> Result<Option<Resolved>> {
    let text = text.trim();
    let app = network.app();
    if text.starts_with("https://") || text.starts_with("http://") {
        return match ask {
            true => address(&network.federation(), who, text).await,
            false => known(app, text).await,
        };
    }
    let found = match read::id_of(app, text).await? {
        Some(known) if text.trim_start_matches('@').contains('@') => Some(known),
        _ if ask => handle(&network.federation(), who, text).await?,
        _ => None,
    };
    Ok(found.map(Resolved::Account))
}

/// Whoever has this handle on another server, known or asked for.
///
/// # Errors
/// `TooMany` for a member who asks too often; `Broken`.
pub async fn handle(fed: &Federation, who: &Member, typed: &str) -> Result<Option<Id>> {
    let Some(handle) = Handle::read(typed.trim()) else {
        return Ok(None);
    };
    let server = &fed.config.server;
    if [&server.handle_domain, &server.domain].contains(&&handle.domain) {
        return Ok(None);
    }
    count(fed, who)?;
    let found = nothing_is_no_error(handles::find_or_fetch(fed, &handle).await)?;
    Ok(found
        .filter(|a| !a.is_suspended())
        .map(|account| account.id))
}

/// What lies at an address, here or on another server, known or asked for.
///
/// # Errors
/// As [`handle`].
pub async fn address(fed: &Federation, who: &Member, typed: &str) -> Result<Option<Resolved>> {
    let Some(address) = uri::canonical(typed.trim()) else {
        return Ok(None);
    };
    if let Some(found) = known(fed, &address).await? {
        return Ok(Some(found));
    }
    if actors::is_ours(fed, &address) {
        return Ok(None);
    }
    count(fed, who)?;
    nothing_is_no_error(fetch(fed, &address).await)
}

/// What lies at an address, as far as it is known here.
async fn known(app: &App, typed: &str) -> Result<Option<Resolved>> {
    let Some(address) = uri::canonical(typed) else {
        return Ok(None);
    };
    if let Some(status) = our_page(app, &address) {
        return Ok(Some(Resolved::Status(status)));
    }
    let mut conn = app.pool.get().await?;
    let account = actors::find(app, &mut conn, &address).await?;
    if let Some(account) = account.filter(|account| !account.is_suspended()) {
        return Ok(Some(Resolved::Account(account.id)));
    }
    let status = notes::find(app, &mut conn, &address).await?;
    Ok(status.map(|status| Resolved::Status(status.id)))
}

/// Asks once what it is, and then for what belongs to it.
async fn fetch(fed: &Federation, address: &str) -> Result<Resolved> {
    actors::refuse_blocked(fed, address).await?;
    let url = Url::parse(address).map_err(|_| Error::NotFound)?;
    let document = fed.document::<documents::Document>(&url).await?.object.0;
    // Kept under the address that it gives itself, which is where it was found.
    if documents::note::is_one(&document) {
        return Ok(Resolved::Status(notes::found(fed, &document).await?.id));
    }
    let account = actors::store(fed, &document).await?;
    Ok(Resolved::Account(account.id))
}

/// The status behind `https://this.place/@name/ID` and its address in ActivityPub.
fn our_page(app: &App, address: &str) -> Option<Id> {
    let origin = app.origin();
    if let Some(addresses::Local::Note(id) | addresses::Local::Boost(id)) =
        addresses::local(&origin, address)
    {
        return Some(id);
    }
    let path = address.strip_prefix(&origin)?.strip_prefix("/@")?;
    ids::parse(path.split_once('/')?.1)
}

/// Counts one question of a member.
///
/// # Errors
/// `TooMany` for one too many.
pub(super) fn count(fed: &Federation, who: &Member) -> Result<()> {
    let now = fed.clock.now();
    let name = who.account_id().to_string();
    let taken = fed.wishes.members.take(&name, MEMBER, now);
    taken.map_err(|wait| Error::TooMany {
        message: "Too many questions to other servers. Try again in a minute.".into(),
        retry_at: now + wait,
    })
}

fn nothing_is_no_error<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error @ (Error::Broken(_) | Error::Busy)) => Err(error),
        Err(error) => {
            tracing::debug!(?error, "what a member looks for could not be had");
            Ok(None)
        }
    }
}
