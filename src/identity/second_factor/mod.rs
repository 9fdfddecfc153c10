//! A second factor beside the password: an app that makes codes, passkeys, and ten recovery
//! codes for the day both are lost.
//!
//! Setting or removing one asks for the password again, ends every other session and every
//! token with powers of staff (T5), and mails its owner. Staff rights sleep without one
//! (registration.md C6); `users.second_factor_since` says so in one place, written in the
//! transaction that changes a factor, under a lock of the user's row.

/// An app that makes codes.
pub mod app;
/// Recovery codes.
pub mod codes;
/// Passkeys: several, named.
pub mod passkeys;
/// The step between the password and the session.
pub mod step;

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;
use serde_json::json;

use super::{sessions, sign_in};
use crate::app::App as House;
use crate::domain::event::{Event, EventKind};
use crate::domain::factor_change::FactorChange;
use crate::domain::link_purpose::LinkPurpose;
use crate::domain::role::Role;
use crate::domain::{ClientAddress, Error, Id, Result};
use crate::gate::who::SignedIn;
use crate::model::second_factor::{PasskeyRow, TotpFactor};
use crate::model::user::User;
use crate::secrets::Secret;
use crate::secrets::passkey::Passkeys;
use crate::store::audit::NewLine;
use crate::store::{self, Conn};

/// What somebody has set.
#[derive(Debug, Clone)]
pub struct Factors {
    /// The app that makes codes.
    pub app: Option<TotpFactor>,
    /// Passkeys, oldest first; 20 at the most.
    pub passkeys: Vec<PasskeyRow>,
    /// Recovery codes that are left, of ten.
    pub codes_left: i64,
}

impl Factors {
    /// Whether a sign-in asks for one.
    pub fn any(&self) -> bool {
        self.app.is_some() || !self.passkeys.is_empty()
    }
}

/// What the user has set; for their own eyes.
pub async fn of(app: &House, who: &SignedIn) -> Result<Factors> {
    let mut conn = app.pool.get().await?;
    read(&mut conn, who.user.id).await
}

async fn read(conn: &mut Conn, user: Id) -> Result<Factors> {
    Ok(Factors {
        app: store::second_factor::totp(conn, user).await?,
        passkeys: store::second_factor::list_passkeys(conn, user).await?,
        codes_left: store::second_factor::codes_left(conn, user).await?,
    })
}

/// Whose password was typed again a moment ago: what changes factors asks for it.
#[derive(Debug)]
pub struct Proof<'a> {
    who: &'a SignedIn,
    now: DateTime<Utc>,
}

/// Checks the password once more; for those who wait for a decision, too.
///
/// # Errors
/// `Invalid` on `password` for another one, `TooMany`.
pub async fn prove<'a>(
    app: &House,
    who: &'a SignedIn,
    password: &Secret,
    from: ClientAddress,
) -> Result<Proof<'a>> {
    let now = app.clock.now();
    match sign_in::confirm_password(app, &who.user, password, from, now).await? {
        true => Ok(Proof { who, now }),
        false => Err(Error::field("password", "ERR_INVALID", "is not right")),
    }
}

/// Takes every factor of somebody away: for the host, when phone and codes are lost. Their staff
/// rights sleep until there is a new one. `false` when there was none. Written into the audit
/// log.
pub async fn remove_by_host(app: &House, user: Id) -> Result<bool> {
    let mut conn = app.pool.get().await?;
    let now = app.clock.decide(&mut conn).await?;
    let had = conn
        .transaction(async |conn| {
            let user = lock(conn, user).await?;
            let had = read(conn, user.id).await?.any();
            store::second_factor::delete_all(conn, user.id).await?;
            after(conn, &user, None, None, FactorChange::AllRemoved, now).await?;
            Ok::<_, Error>(had)
        })
        .await?;
    app.wake_relay();
    Ok(had)
}

/// The user's row, locked: of two changes at once the second waits.
async fn lock(conn: &mut Conn, user: Id) -> Result<User> {
    store::users::lock(conn, user).await?.ok_or(Error::NotFound)
}

/// What follows every change, inside its transaction: whether there is a factor is written
/// down, everything else that was signed in ends, the owner hears of it.
async fn after(
    conn: &mut Conn,
    user: &User,
    actor: Option<Id>,
    keep: Option<i64>,
    change: FactorChange,
    now: DateTime<Utc>,
) -> Result<()> {
    store::second_factor::note_factors(conn, user.id, now).await?;
    store::second_factor::end_steps(conn, user.id).await?;
    store::sessions::delete_all(conn, user.id, keep).await?;
    store::tokens::revoke_all(conn, user.id, now).await?;
    for purpose in [LinkPurpose::ResetPassword, LinkPurpose::ChangeAddress] {
        store::links::void(conn, purpose, Some(user.id), now).await?;
    }
    tell(conn, user.id, change, now).await?;
    sessions::tell(conn, user.id, now).await?;
    // What members do with their own sign-in is nobody else's; of staff it is of the house.
    if actor.is_none() || user.role > Role::Member {
        let line = NewLine {
            actor,
            act: "second_factor.change",
            subject_kind: "user",
            subject: Some(user.id),
            detail: json!({ "change": change.as_str() }),
            inverse: None,
        };
        store::audit::append(conn, line, now).await?;
    }
    Ok(())
}

async fn tell(conn: &mut Conn, user: Id, change: FactorChange, now: DateTime<Utc>) -> Result<()> {
    let event = Event {
        extra: Some(change as i64),
        ..Event::by_people(EventKind::SecondFactorChanged, user, user)
    };
    store::events::insert(conn, &event, now).await
}

/// Asks and checks passkeys for this place; `None` where browsers know none.
async fn passkeys_of(app: &House) -> Result<Option<Passkeys>> {
    let name = app.instance().await?.title.clone();
    let server = &app.config.server;
    Ok(Passkeys::new(
        &app.origin(),
        server.domain_without_port(),
        &name,
    ))
}
