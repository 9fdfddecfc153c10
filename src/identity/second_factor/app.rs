//! An app that makes codes (TOTP): offered, shown to work, set; and taken away.
//!
//! The secret of an offer is kept nowhere: it goes into the form, sealed for this user and for
//! an hour, and comes back with the first code.

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncConnection;

use super::codes::{self, Codes};
use super::{Proof, after, lock};
use crate::app::App;
use crate::domain::factor_change::FactorChange;
use crate::domain::{Error, Id, Result};
use crate::gate::who::SignedIn;
use crate::identity::sessions;
use crate::secrets::Secret;
use crate::secrets::totp::SharedSecret;
use crate::store;

/// How long an offer holds.
const HOLDS: TimeDelta = TimeDelta::hours(1);

/// A secret that an app may take over.
#[derive(Debug, Clone)]
pub struct Offer {
    /// As people type it, base32 in groups of four.
    pub to_type: String,
    /// What a QR code holds.
    pub link: String,
    /// To be sent back with the first code.
    pub sealed: String,
}

/// A new secret for this user.
pub async fn offer(app: &App, who: &SignedIn) -> Result<Offer> {
    let secret = SharedSecret::random();
    let now = app.clock.now().timestamp();
    let words = format!("{now}:{}", secret.as_text().reveal());
    let sealed = app
        .keys
        .at_rest
        .seal(&offered(who.user.id), &Secret::new(words));
    describe(app, who, &secret, sealed).await
}

/// The same offer once more, for a form that has to be mended; a new one where it is too old.
pub async fn again(app: &App, who: &SignedIn, sealed: &str) -> Result<Offer> {
    match open(app, who.user.id, sealed, app.clock.now()) {
        Some(secret) => describe(app, who, &secret, sealed.to_owned()).await,
        None => offer(app, who).await,
    }
}

async fn describe(
    app: &App,
    who: &SignedIn,
    secret: &SharedSecret,
    sealed: String,
) -> Result<Offer> {
    let place = app.instance().await?.title.clone();
    let name = format!("{}@{}", who.user.username, app.config.server.handle_domain);
    Ok(Offer {
        to_type: secret.to_type(),
        link: secret.link(&place, &name),
        sealed,
    })
}

/// Sets the app, in place of the one before. Gives the first ten recovery codes where there
/// were none.
///
/// # Errors
/// `Invalid` on `code` for another one than the app should show now, or for an old offer.
pub async fn set(app: &App, proof: Proof<'_>, sealed: &str, code: &str) -> Result<Option<Codes>> {
    let (who, now) = (proof.who, proof.now);
    let wrong = |words| Error::field("code", "ERR_INVALID", words);
    let secret = open(app, who.user.id, sealed, now)
        .ok_or_else(|| wrong("belongs to a secret that is too old; please add this new one"))?;
    let step = secret
        .step_of(code, 0, now)
        .ok_or_else(|| wrong("is not what your app should show now; is its clock right?"))?;
    let kept = app
        .keys
        .at_rest
        .seal(&context(who.user.id), &secret.as_text());
    let mut conn = app.pool.get().await?;
    let codes = conn
        .transaction(async |conn| {
            let user = lock(conn, who.user.id).await?;
            store::second_factor::set_totp(conn, user.id, &kept, step, now).await?;
            let codes = codes::make_first(conn, user.id, now).await?;
            let keep = sessions::current(who);
            after(conn, &user, Some(user.id), keep, FactorChange::AppSet, now).await?;
            Ok::<_, Error>(codes)
        })
        .await?;
    app.wake_relay();
    Ok(codes)
}

/// Takes the app away.
///
/// # Errors
/// `NotFound` where there is none.
pub async fn remove(app: &App, proof: Proof<'_>) -> Result<()> {
    let (who, now) = (proof.who, proof.now);
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let user = lock(conn, who.user.id).await?;
        if !store::second_factor::delete_totp(conn, user.id).await? {
            return Err(Error::NotFound);
        }
        let keep = sessions::current(who);
        let change = FactorChange::AppRemoved;
        after(conn, &user, Some(user.id), keep, change, now).await
    })
    .await?;
    app.wake_relay();
    Ok(())
}

/// The shared secret of a user, out of what is kept.
pub(super) fn unsealed(app: &App, user: Id, kept: &str) -> Result<SharedSecret> {
    app.keys
        .at_rest
        .open(&context(user), kept)
        .and_then(|text| SharedSecret::from_text(&text))
        .ok_or_else(|| Error::broken("a second factor cannot be unsealed"))
}

fn open(app: &App, user: Id, sealed: &str, now: DateTime<Utc>) -> Option<SharedSecret> {
    let words = app.keys.at_rest.open(&offered(user), sealed)?;
    let (made, secret) = words.reveal().split_once(':')?;
    let made = DateTime::from_timestamp(made.parse().ok()?, 0)?;
    (now - made < HOLDS).then(|| SharedSecret::from_text(&Secret::new(secret)))?
}

fn context(user: Id) -> String {
    format!("totp/{user}")
}

fn offered(user: Id) -> String {
    format!("totp-offer/{user}")
}
