//! A password forgotten, changed, set anew.
//!
//! A reset is asked for by address; the answer is the same whether or not it belongs to
//! somebody, and so is the work: a link and an event are written either way, but only a link
//! of a user is ever mailed. A new password ends every other session and every token (T5), and voids
//! what links there are (T4).

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncConnection;
use serde_json::json;

use super::pace;
use super::second_factor::step;
use super::sessions::end_all;
use super::sign_in::{self, Browser, Entered};
use crate::app::App;
use crate::domain::event::{Event, EventKind};
use crate::domain::link_purpose::LinkPurpose;
use crate::domain::{ClientAddress, Error, Id, Result};
use crate::gate::applications::mail_reaches_people;
use crate::gate::signs;
use crate::gate::who::{self, Moderator, Proven, SignedIn};
use crate::model::user::User;
use crate::secrets::{Secret, link, password_rules};
use crate::store;
use crate::store::Conn;
use crate::store::audit::NewLine;
use crate::text::email::Address;

const TOO_OFTEN: &str = "That was asked for too often. Please wait a little, then try again.";
const DEAD_LINK: &str = "This link was used already, or is too old. Ask for a new one; the newest is the one that works.";

/// Mails a link for a new password, if the address belongs to somebody. Says nothing about
/// whether it does.
///
/// # Errors
/// `Invalid` for what is no address, `TooMany`.
pub async fn request_reset(app: &App, email: &str, from: ClientAddress) -> Result<()> {
    let now = app.clock.now();
    let address = Address::parse(email)
        .map_err(|_| Error::field("email", "ERR_INVALID", "is not an email address"))?;
    let canonical = address.canonical();
    let hour = TimeDelta::hours(1);
    let limits = [
        pace::per_login("reset", &canonical, 3, hour),
        pace::per_network("reset", from, 10, hour),
        pace::per_site("reset", from, 30, hour),
    ];
    pace::keep(app, &limits, TOO_OFTEN, now).await?;

    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let known = store::access::by_login(conn, Some(&canonical), None).await?;
        let user = known
            .map(|(holder, _)| holder)
            .filter(|h| sign_in::may_return(h, now))
            .map(|h| h.user);
        request(conn, app, user, now).await
    })
    .await?;
    app.wake_relay();
    Ok(())
}

async fn request(conn: &mut Conn, app: &App, user: Option<User>, now: DateTime<Utc>) -> Result<()> {
    let id = user.as_ref().map(|u| u.id);
    store::links::void(conn, LinkPurpose::ResetPassword, id, now).await?;
    let email = user.and_then(|u| u.email);
    let new = link::fresh(&app.keys, LinkPurpose::ResetPassword, id, email);
    let stored = store::links::insert(conn, &new, now).await?;
    // A link of nobody has nobody to go to: the mail is not written.
    let event = Event::by_people(EventKind::LinkRequested, stored.id, id.unwrap_or(0));
    store::events::insert(conn, &event, now).await
}

/// A link for a new password, to be handed over by the host: the whole address, good for two
/// hours. Written into the audit log.
pub async fn reset_link(app: &App, user: Id) -> Result<String> {
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| made(conn, app, user, None, app.clock.now()).await)
        .await
}

/// Whose password a moderator may have set anew: somebody of lower rank, where there is no mail by
/// which they could do it themselves (registration.md C2).
///
/// # Errors
/// `Denied` with a sentence; `NotFound` for a name of nobody, or of who cannot sign in.
pub async fn in_need(app: &App, moderator: &Moderator, name: &str) -> Result<User> {
    if mail_reaches_people(app) {
        return Err(Error::denied(
            "Whoever forgot their password asks for a new one by mail, on the page for signing in.",
        ));
    }
    let name = name.trim_start_matches('@').to_lowercase();
    let mut conn = app.pool.get().await?;
    let user = store::users::find_by_name(&mut conn, &name)
        .await?
        .ok_or(Error::NotFound)?;
    may_make(&mut conn, moderator, user.id, app.clock.now()).await
}

/// A link as [`reset_link`] makes it, by a moderator, whose name stands in the audit log. The rank
/// is looked at once more.
///
/// # Errors
/// As [`in_need`].
pub async fn link_by(app: &App, moderator: &Moderator, user: Id) -> Result<String> {
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let user = may_make(conn, moderator, user, now).await?;
        let url = made(conn, app, user.id, Some(moderator.user().id), now).await?;
        signs::act(conn, moderator, now).await?;
        Ok(url)
    })
    .await
}

async fn may_make(
    conn: &mut Conn,
    moderator: &Moderator,
    user: Id,
    now: DateTime<Utc>,
) -> Result<User> {
    let holder = store::access::by_user(conn, user).await?;
    let user = holder
        .filter(|h| sign_in::may_return(h, now))
        .map(|h| h.user)
        .ok_or(Error::NotFound)?;
    match user.role < moderator.user().role {
        true => Ok(user),
        false => Err(Error::denied(
            "A link is made for people of a lower rank than your own. The host can make any, on \
             the command line.",
        )),
    }
}

async fn made(
    conn: &mut Conn,
    app: &App,
    user: Id,
    actor: Option<Id>,
    now: DateTime<Utc>,
) -> Result<String> {
    let new = link::fresh(&app.keys, LinkPurpose::ResetPassword, Some(user), None);
    store::links::void(conn, LinkPurpose::ResetPassword, Some(user), now).await?;
    let stored = store::links::insert(conn, &new, now).await?;
    let line = NewLine {
        actor,
        act: "password.reset_link",
        subject_kind: "user",
        subject: Some(user),
        detail: json!({}),
        inverse: None,
    };
    store::audit::append(conn, line, now).await?;
    Ok(reset_url(app, &link::token_of(&app.keys, &stored)))
}

/// Where a link for a new password leads.
pub fn reset_url(app: &App, token: &Secret) -> String {
    app.url(&format!("/password/{}", token.reveal()))
}

/// Whom a link would give a new password; looks only, so that a mail scanner uses nothing
/// up.
///
/// # Errors
/// `NotFound` for what is no link, `Conflict` for one that was used or is too old.
pub async fn look_at_reset(app: &App, token: &str) -> Result<User> {
    let (now, digest) = (
        app.clock.now(),
        link::digest_of(token).ok_or(Error::NotFound)?,
    );
    let mut conn = app.pool.get().await?;
    let stored = store::links::find_by_digest(&mut conn, &digest)
        .await?
        .filter(|l| l.purpose == LinkPurpose::ResetPassword)
        .ok_or(Error::NotFound)?;
    let (true, Some(user)) = (stored.is_good(now), stored.user_id) else {
        return Err(Error::Conflict(DEAD_LINK.into()));
    };
    let holder = store::access::by_user(&mut conn, user).await?;
    holder
        .filter(|h| sign_in::may_return(h, now))
        .map(|h| h.user)
        .ok_or_else(|| Error::Conflict(DEAD_LINK.into()))
}

/// Sets the password that a link allows, ends everything else, and signs in; a second factor is
/// asked for as always.
///
/// # Errors
/// As [`look_at_reset`]; `Invalid` on `password` when it will not do (the link stays good).
pub async fn reset(app: &App, token: &str, password: &Secret, browser: Browser) -> Result<Entered> {
    let user = look_at_reset(app, token).await?;
    accept(password, &user)?;
    let now = app.clock.now();
    let digest = link::digest_of(token).ok_or(Error::NotFound)?;
    let hash = app.passwords.hash(password.reveal(), now).await?;
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        store::links::spend(conn, &digest, LinkPurpose::ResetPassword, now)
            .await?
            .ok_or_else(|| Error::Conflict(DEAD_LINK.into()))?;
        store::users::set_password(conn, user.id, &hash, Some(now)).await?;
        end_all(conn, user.id, None, now).await?;
        changed(conn, user.id, now).await
    })
    .await?;
    drop(conn);
    app.wake_relay();
    step::enter(app, user, browser, now).await
}

/// Changes the password of somebody who knows the current one; the session that asks lives
/// on, all others and every token end.
///
/// # Errors
/// `Invalid` on `current_password` or `password`, `TooMany`.
pub async fn change(
    app: &App,
    who: &SignedIn,
    current: &Secret,
    password: &Secret,
    from: ClientAddress,
) -> Result<()> {
    let now = app.clock.now();
    if !sign_in::confirm_password(app, &who.user, current, from, now).await? {
        return Err(Error::field(
            "current_password",
            "ERR_INVALID",
            "is not right",
        ));
    }
    accept(password, &who.user)?;
    let hash = app.passwords.hash(password.reveal(), now).await?;
    let (user, keep) = (who.user.id, super::sessions::current(who));
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        store::users::set_password(conn, user, &hash, Some(now)).await?;
        end_all(conn, user, keep, now).await?;
        changed(conn, user, now).await
    })
    .await?;
    app.wake_relay();
    Ok(())
}

/// Lets a member do what asks for the password again.
///
/// # Errors
/// `Invalid` on `password` for another one, `TooMany`; the gate's for who is no member.
pub async fn prove(
    app: &App,
    who: &SignedIn,
    password: &Secret,
    from: ClientAddress,
) -> Result<Proven> {
    let member = who::admit(who)?;
    let now = app.clock.now();
    match sign_in::confirm_password(app, &who.user, password, from, now).await? {
        true => Ok(who::proven(member)),
        false => Err(Error::field("password", "ERR_INVALID", "is not right")),
    }
}

/// Its owner hears of it by mail, whoever it was.
async fn changed(conn: &mut Conn, user: Id, now: DateTime<Utc>) -> Result<()> {
    let event = Event::by_people(EventKind::PasswordChanged, user, user);
    store::events::insert(conn, &event, now).await
}

/// Whether a new password will do for this user; the trouble stands on `password`.
fn accept(password: &Secret, user: &User) -> Result<()> {
    password_rules::check(
        password.reveal(),
        &user.username,
        user.email.as_deref().unwrap_or_default(),
    )
    .map_err(|weak| Error::field("password", weak.code(), weak.sentence()))
}
