//! Passkeys as a second factor: several, named, removed one by one.
//!
//! What a browser is asked for is kept nowhere: what its answer is held against goes into the
//! form, sealed for this user and for an hour.

use chrono::{DateTime, TimeDelta};
use diesel_async::AsyncConnection;
use serde_json::{Value, json};

use super::codes::{self, Codes};
use super::{Proof, after, lock, passkeys_of};
use crate::app::App;
use crate::domain::factor_change::FactorChange;
use crate::domain::{Error, Id, Result};
use crate::gate::who::SignedIn;
use crate::identity::sessions;
use crate::secrets::Secret;
use crate::store;
use crate::store::second_factor::MOST_PASSKEYS;

/// How long an offer holds.
const HOLDS: TimeDelta = TimeDelta::hours(1);
/// The longest name, in characters.
pub const MAX_NAME: usize = 60;
/// The longest answer of a browser, in bytes.
const MAX_ANSWER: usize = 32 * 1024;

/// What a browser is asked to make.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The options of `navigator.credentials.create`, in JSON.
    pub options: Value,
    /// To be sent back with the answer.
    pub sealed: String,
}

/// Asks for a new passkey; `None` where browsers know none, at a bare address.
pub async fn offer(app: &App, who: &SignedIn) -> Result<Option<Offer>> {
    let Some(keys) = passkeys_of(app).await? else {
        return Ok(None);
    };
    let mut conn = app.pool.get().await?;
    let known = store::second_factor::list_passkeys(&mut conn, who.user.id).await?;
    let known: Vec<Value> = known.into_iter().map(|row| row.credential).collect();
    let ask = keys.ask_new(who.user.id, &who.user.username, &known)?;
    let words = json!({ "at": app.clock.now().timestamp(), "state": ask.state }).to_string();
    let sealed = app
        .keys
        .at_rest
        .seal(&offered(who.user.id), &Secret::new(words));
    Ok(Some(Offer {
        options: ask.options,
        sealed,
    }))
}

/// Adds the passkey that a browser made. Gives the first ten recovery codes where there were
/// none.
///
/// # Errors
/// `Invalid` on `name` or as a whole when the answer does not fit, the offer is too old, the
/// passkey is known, or there are twenty.
pub async fn add(
    app: &App,
    proof: Proof<'_>,
    sealed: &str,
    answer: &str,
    name: &str,
) -> Result<Option<Codes>> {
    let (who, now) = (proof.who, proof.now);
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > MAX_NAME {
        return Err(Error::field(
            "name",
            "ERR_INVALID",
            "has to be 1 to 60 characters, such as the device it is on",
        ));
    }
    let unfit = || Error::invalid("This did not work. Please try once more from the button on.");
    let keys = passkeys_of(app).await?.ok_or_else(unfit)?;
    let state = app
        .keys
        .at_rest
        .open(&offered(who.user.id), sealed)
        .and_then(|words| serde_json::from_str::<Value>(words.reveal()).ok())
        .filter(|words| {
            let made = words["at"]
                .as_i64()
                .and_then(|s| DateTime::from_timestamp(s, 0));
            made.is_some_and(|made| now - made < HOLDS)
        })
        .map(|words| words["state"].clone())
        .ok_or_else(unfit)?;
    if answer.len() > MAX_ANSWER {
        return Err(unfit());
    }
    let (id, credential) = keys.take_new(&state, answer).ok_or_else(unfit)?;
    let mut conn = app.pool.get().await?;
    let codes = conn
        .transaction(async |conn| {
            let user = lock(conn, who.user.id).await?;
            let known = store::second_factor::list_passkeys(conn, user.id).await?;
            if known.len() as i64 >= MOST_PASSKEYS {
                return Err(Error::invalid("Twenty passkeys are the most."));
            }
            let added =
                store::second_factor::insert_passkey(conn, user.id, &id, &credential, &name, now);
            if !added.await? {
                return Err(Error::invalid("This passkey is here already."));
            }
            let codes = codes::make_first(conn, user.id, now).await?;
            let keep = sessions::current(who);
            let change = FactorChange::PasskeyAdded;
            after(conn, &user, Some(user.id), keep, change, now).await?;
            Ok(codes)
        })
        .await?;
    app.wake_relay();
    Ok(codes)
}

/// Takes one away.
///
/// # Errors
/// `NotFound` where it is not theirs.
pub async fn remove(app: &App, proof: Proof<'_>, id: i64) -> Result<()> {
    let (who, now) = (proof.who, proof.now);
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let user = lock(conn, who.user.id).await?;
        if !store::second_factor::delete_passkey(conn, user.id, id).await? {
            return Err(Error::NotFound);
        }
        let keep = sessions::current(who);
        let change = FactorChange::PasskeyRemoved;
        after(conn, &user, Some(user.id), keep, change, now).await
    })
    .await?;
    app.wake_relay();
    Ok(())
}

fn offered(user: Id) -> String {
    format!("passkey-offer/{user}")
}
