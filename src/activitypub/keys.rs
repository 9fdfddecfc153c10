//! Who signed: from a signature's claim to an account.
//!
//! A key is believed when the actor that it is said to belong to lists it, in a document that
//! its own server gave us (I1). So what is fetched is never the key but the actor; and key
//! and actor must be on the same server. A signature that does not fit any more may mean a new
//! key: the actor is then read again, once, and not often.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use url::Url;

use super::read::Document;
use super::{actors, uri};
use crate::app::App;
use crate::app::federation::{Federation, FetchError};
use crate::app::signers::KnownKey;
use crate::cache::buckets::Rate;
use crate::domain::{Error, Id, Result};
use crate::secrets::signature::{Claim, PublicKey, Refused};
use crate::store;
use crate::store::signers::Signer as Row;

/// How often actors of one server are fetched because somebody says to be one.
const FETCHES_OF_HOST: Rate = Rate {
    burst: 60,
    per_minute: 30.0,
};
/// How often one actor is: for a key that changed, or that it does not list.
const FETCHES_OF_ACTOR: Rate = Rate {
    burst: 2,
    per_minute: 0.2,
};
/// How long somebody waits whose key could not be read.
const LATER: TimeDelta = TimeDelta::seconds(60);

/// Who signed something, as it is handed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// `accounts.id`, of another server.
    pub account: Id,
    /// `accounts.uri` of it, canonical.
    pub actor: String,
}

/// Why nobody is believed to have signed.
#[derive(Debug)]
pub enum Disbelief {
    /// The signature itself.
    Refused(Refused),
    /// The key is nobody's; why.
    NoKey(&'static str),
    /// The owner's server cannot be asked now; when to try again.
    Later(DateTime<Utc>),
    /// Our fault.
    Broken(Error),
}

impl From<Error> for Disbelief {
    fn from(error: Error) -> Disbelief {
        Disbelief::Broken(error)
    }
}

impl From<Refused> for Disbelief {
    fn from(refused: Refused) -> Disbelief {
        Disbelief::Refused(refused)
    }
}

/// The canonical address of a claim's key.
///
/// # Errors
/// `NoKey` for what is no address on the web, as `acct:` or a mere fragment (I2).
pub fn address(claim: &Claim) -> Result<String, Disbelief> {
    uri::canonical(&claim.key_id).ok_or(Disbelief::NoKey("The keyId is not an address of a key"))
}

/// The key of that address, if it is known to be `actor`'s. Memory, then Postgres; no fetch.
pub async fn find(app: &App, key_id: &str, actor: &str) -> Result<Option<Arc<KnownKey>>> {
    if let Some(known) = app.signers.known.get(key_id) {
        return Ok((known.actor == actor).then_some(known));
    }
    let mut conn = app.pool.get().await?;
    let row = store::signers::of_actor(&mut conn, actor, uri::hash(actor)).await?;
    Ok(row.and_then(|row| keep(app, key_id, row)))
}

/// Who signed a request with a body, which says to come from `actor` (canonical). Fetches the
/// actor when they or their key are not known.
///
/// # Errors
/// Any [`Disbelief`].
pub async fn believe(
    fed: &Federation,
    claim: &Claim,
    actor: &str,
    body: &[u8],
) -> Result<Arc<KnownKey>, Disbelief> {
    let key_id = address(claim)?;
    if !uri::same_authority(&key_id, actor) {
        return Err(Disbelief::NoKey(
            "The key is on another server than the actor",
        ));
    }
    if let Some(known) = find(fed, &key_id, actor).await? {
        match claim.verify(&known.key, Some(body)) {
            Err(Refused::Wrong) => {}
            verdict => return verdict.map(|()| known).map_err(Disbelief::Refused),
        }
        // A new key under the old address, perhaps.
        match fetch(fed, &key_id, actor).await {
            Ok(known) => {
                claim.verify(&known.key, Some(body))?;
                return Ok(known);
            }
            Err(why) => return Err(wrong_or_later(fed, &key_id, actor, why)),
        }
    }
    let known = fetch(fed, &key_id, actor).await?;
    claim.verify(&known.key, Some(body))?;
    Ok(known)
}

/// Who signed a request that names nobody but its key: one without a body, or with a `body`
/// that is somebody else's.
///
/// # Errors
/// Any [`Disbelief`].
pub async fn believe_anybody(
    fed: &Federation,
    claim: &Claim,
    body: Option<&[u8]>,
) -> Result<Arc<KnownKey>, Disbelief> {
    let key_id = address(claim)?;
    let known = match fed.signers.known.get(&key_id) {
        Some(known) => Some(known),
        None => {
            let mut conn = fed.pool.get().await?;
            let row = store::signers::of_key(&mut conn, &key_id).await?;
            row.and_then(|row| keep(fed, &key_id, row))
        }
    };
    if let Some(known) = known {
        match claim.verify(&known.key, body) {
            Err(Refused::Wrong) => {}
            verdict => return verdict.map(|()| known).map_err(Disbelief::Refused),
        }
        return match fetch(fed, &key_id, &known.actor).await {
            Ok(known) => {
                claim.verify(&known.key, body)?;
                Ok(known)
            }
            Err(why) => Err(wrong_or_later(fed, &key_id, &known.actor, why)),
        };
    }
    let owner = owner(fed, &key_id).await?;
    let known = fetch(fed, &key_id, &owner).await?;
    claim.verify(&known.key, body)?;
    Ok(known)
}

/// What a signature is that does not fit the key which is known, where the key could not be
/// read anew: wrong where its owner has no such key or it was read lately; else nobody knows yet.
fn wrong_or_later(app: &App, key_id: &str, actor: &str, why: Disbelief) -> Disbelief {
    match why {
        Disbelief::NoKey(_) => Disbelief::Refused(Refused::Wrong),
        Disbelief::Later(_) if app.signers.read.contains_key(&pair(key_id, actor)) => {
            Disbelief::Refused(Refused::Wrong)
        }
        other => other,
    }
}

/// Whom a key says to belong to: the actor it is a part of, or its `owner`.
async fn owner(fed: &Federation, key_id: &str) -> Result<String, Disbelief> {
    may_fetch(fed, key_id, key_id)?;
    let url = Url::parse(key_id).map_err(|_| NO_ACTOR)?;
    let document = document(fed, &url, key_id, key_id).await?;
    let field = |name: &str| document.get(name).and_then(Value::as_str);
    let owner = field("owner")
        .or_else(|| field("id"))
        .and_then(uri::canonical)
        .filter(|owner| uri::same_authority(owner, key_id));
    owner.ok_or(NO_ACTOR)
}

const NO_ACTOR: Disbelief = Disbelief::NoKey("The key has no owner that lists it");

/// Reads an actor from its server; gives its key if it is the one of that address.
async fn fetch(fed: &Federation, key_id: &str, actor: &str) -> Result<Arc<KnownKey>, Disbelief> {
    may_fetch(fed, key_id, actor)?;
    let turn = fed.signers.turns.try_acquire();
    let _turn = turn.map_err(|_| Disbelief::Later(fed.clock.now() + LATER))?;
    let url = Url::parse(actor).map_err(|_| NO_ACTOR)?;
    let document = document(fed, &url, key_id, actor).await?;
    match actors::store(fed, &document).await {
        Ok(_) => {}
        Err(broken @ (Error::Broken(_) | Error::Busy)) => return Err(Disbelief::Broken(broken)),
        Err(_) => return Err(refuse(fed, key_id, actor)),
    }
    fed.signers.known.invalidate(key_id);
    let mut conn = fed.pool.get().await?;
    let row = store::signers::of_actor(&mut conn, actor, uri::hash(actor)).await?;
    let known = row.and_then(|row| keep(fed, key_id, row));
    if known.is_some() {
        fed.signers.read.insert(pair(key_id, actor), ());
    }
    known.ok_or_else(|| refuse(fed, key_id, actor))
}

async fn document(fed: &Federation, url: &Url, key_id: &str, of: &str) -> Result<Value, Disbelief> {
    match fed.document::<Document>(url).await {
        Ok(fetched) => Ok(fetched.object.0),
        // A server that does not want us today may have trouble with our own key: there are
        // peers that forget for good what they were answered 401 to.
        Err(error) if error.may_pass() || matches!(error, FetchError::Denied(_)) => {
            Err(Disbelief::Later(fed.clock.now() + LATER))
        }
        Err(FetchError::NotFederating) => Err(NO_ACTOR),
        Err(_) => Err(refuse(fed, key_id, of)),
    }
}

/// Counts a fetch before it is made: whoever names a key makes us go somewhere.
fn may_fetch(fed: &Federation, key_id: &str, of: &str) -> Result<(), Disbelief> {
    if fed.signers.refused.contains_key(&pair(key_id, of)) || actors::is_ours(fed, of) {
        return Err(NO_ACTOR);
    }
    let now = fed.clock.now();
    let host = uri::authority(of).ok_or(NO_ACTOR)?;
    let buckets = &fed.signers.fetches;
    buckets
        .take(&format!("actor:{of}"), FETCHES_OF_ACTOR, now)
        .and_then(|()| buckets.take(&format!("host:{host}"), FETCHES_OF_HOST, now))
        .map_err(|wait| Disbelief::Later(now + wait))
}

/// Remembers that this key is not this one's. Of the pair: who names another's key in vain
/// must not spoil it for its owner.
fn refuse(fed: &Federation, key_id: &str, of: &str) -> Disbelief {
    fed.signers.refused.insert(pair(key_id, of), ());
    NO_ACTOR
}

fn pair(key_id: &str, of: &str) -> String {
    format!("{key_id} {of}")
}

/// Remembers a key if it is the one of that address and can be read.
fn keep(app: &App, key_id: &str, row: Row) -> Option<Arc<KnownKey>> {
    let listed = row.key_uri.as_deref().and_then(uri::canonical);
    if listed.as_deref() != Some(key_id) {
        return None;
    }
    let known = Arc::new(KnownKey {
        key: PublicKey::from_pem(&row.pem)?,
        account: row.account,
        actor: row.actor,
        host: row.host,
        host_since: row.host_since,
    });
    app.signers.known.insert(key_id.to_owned(), known.clone());
    Some(known)
}
