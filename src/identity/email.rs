//! The address of somebody who is in: changed by a link that goes to the new one.
//!
//! The address of an application that was not confirmed yet is the gate's business.

use chrono::TimeDelta;
use diesel_async::AsyncConnection;

use super::pace;
use super::sign_in;
use crate::app::App;
use crate::domain::event::{Event, EventKind};
use crate::domain::link_purpose::LinkPurpose;
use crate::domain::{ClientAddress, Error, Result};
use crate::gate::who::{self, SignedIn};
use crate::secrets::{Secret, link};
use crate::store;
use crate::text::email::Address;

const TOO_OFTEN: &str = "The address was changed too often. Please come back tomorrow.";
const DEAD_LINK: &str =
    "This link was used already, or is too old. Ask for a new one in the settings.";

/// Mails a link to the new address; the old one holds until it is followed. The answer is
/// the same when the address is somebody else's: then the link will not work.
///
/// # Errors
/// `Invalid` on `email` or `email_password`, `TooMany`; the gate's for those who may not.
pub async fn request_change(
    app: &App,
    who: &SignedIn,
    email: &str,
    password: &Secret,
    from: ClientAddress,
) -> Result<()> {
    who::admit_to_sandbox(who)?;
    let now = app.clock.now();
    let address = Address::parse(email)
        .map_err(|_| Error::field("email", "ERR_INVALID", "is not an email address"))?
        .to_string();
    let user = who.user.id;
    let limits = [
        pace::per_login("address", &format!("user {user}"), 5, TimeDelta::days(1)),
        pace::per_login(
            "address-to",
            &address.to_lowercase(),
            3,
            TimeDelta::hours(1),
        ),
    ];
    pace::keep(app, &limits, TOO_OFTEN, now).await?;
    if !sign_in::confirm_password(app, &who.user, password, from, now).await? {
        return Err(Error::field(
            "email_password",
            "ERR_INVALID",
            "is not right",
        ));
    }
    let new = link::fresh(
        &app.keys,
        LinkPurpose::ChangeAddress,
        Some(user),
        Some(address),
    );
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        store::links::void(conn, LinkPurpose::ChangeAddress, Some(user), now).await?;
        let stored = store::links::insert(conn, &new, now).await?;
        let event = Event::by_people(EventKind::LinkRequested, stored.id, user);
        store::events::insert(conn, &event, now).await
    })
    .await?;
    app.wake_relay();
    Ok(())
}

/// The new address that waits for its confirmation, if one does.
pub async fn waiting(app: &App, who: &SignedIn) -> Result<Option<String>> {
    let mut conn = app.pool.get().await?;
    let open = store::links::find_open(
        &mut conn,
        LinkPurpose::ChangeAddress,
        who.user.id,
        app.clock.now(),
    )
    .await?;
    Ok(open.and_then(|l| l.email))
}

/// The address that a link would make the user's; looks only.
///
/// # Errors
/// `NotFound` for what is no link, `Conflict` for one that was used or is too old.
pub async fn look_at_change(app: &App, token: &str) -> Result<String> {
    let digest = link::digest_of(token).ok_or(Error::NotFound)?;
    let mut conn = app.pool.get().await?;
    let stored = store::links::find_by_digest(&mut conn, &digest)
        .await?
        .filter(|l| l.purpose == LinkPurpose::ChangeAddress)
        .ok_or(Error::NotFound)?;
    match (stored.is_good(app.clock.now()), stored.email) {
        (true, Some(email)) => Ok(email),
        _ => Err(Error::Conflict(DEAD_LINK.into())),
    }
}

/// Makes the address the user's. Links for a new password that went to the old one die (T4).
///
/// # Errors
/// As [`look_at_change`]; `Conflict` too when somebody else has the address by now.
pub async fn confirm_change(app: &App, token: &str) -> Result<()> {
    let digest = link::digest_of(token).ok_or(Error::NotFound)?;
    let dead = || Error::Conflict(DEAD_LINK.into());
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let spent = store::links::spend(conn, &digest, LinkPurpose::ChangeAddress, now)
            .await?
            .ok_or_else(dead)?;
        let (Some(user), Some(email)) = (spent.user_id, spent.email) else {
            return Err(dead());
        };
        let address = Address::parse(&email).map_err(|_| dead())?;
        let canonical = address.canonical();
        let left = store::parting_addresses::keep(conn, user, now).await?;
        if !store::users::set_email(conn, user, &email, &canonical, now).await? {
            return Err(dead());
        }
        // Of somebody who waits, staff see the domain of the address.
        store::waiting::set_mail_domain(conn, user, address.domain()).await?;
        store::links::void(conn, LinkPurpose::ResetPassword, Some(user), now).await?;
        // Both addresses hear of it: the old one, because it may not have been its owner.
        let mut event = Event::by_people(EventKind::AddressChanged, user, user);
        event.extra = left;
        store::events::insert(conn, &event, now).await
    })
    .await?;
    app.wake_relay();
    Ok(())
}
