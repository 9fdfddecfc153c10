//! The address belongs to the applicant: a link, shown as a button, spent by POST alone,
//! because mail scanners follow links (E16).
//!
//! Approval is decided here a second time, with the stricter of what held at the sign-up and
//! what holds now. A door that closed meanwhile loses nobody: the application is kept,
//! pending (C0, E13).

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;

use super::reject::ERASED_AFTER;
use super::{apply, approve, line, pace};
use crate::app::App;
use crate::domain::application::ApplicationState;
use crate::domain::event::{Event, EventKind};
use crate::domain::link_purpose::LinkPurpose;
use crate::domain::{Error, Id, Result};
use crate::gate::questions;
use crate::gate::who::{SignedIn, Standing};
use crate::model::application::Application;
use crate::model::user::User;
use crate::secrets::link;
use crate::store::applications::Confirm;
use crate::store::{self, Conn};
use crate::text::email::Address;

/// Whether a link would work, for the page with the button. Changes nothing.
pub async fn is_good(app: &App, token: &str) -> Result<bool> {
    let Some(digest) = link::digest_of(token) else {
        return Ok(false);
    };
    let mut conn = app.desk.get().await?;
    let found = store::links::find_by_digest(&mut conn, &digest).await?;
    Ok(found
        .is_some_and(|l| l.purpose == LinkPurpose::ConfirmAddress && l.is_good(app.clock.now())))
}

/// An address was confirmed.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirmed {
    /// Whose.
    pub user: Id,
    /// Whether that made them a member at once: the door is, and was, open.
    pub member: bool,
}

/// Spends the link: unconfirmed becomes pending.
///
/// # Errors
/// `NotFound` for a link that never was, was spent, is too old, or belongs to an application
/// that is over.
pub async fn confirm(app: &App, token: &str) -> Result<Confirmed> {
    let digest = link::digest_of(token).ok_or(Error::NotFound)?;
    let mut conn = app.desk.get().await?;
    let (user, application) = conn
        .transaction(async |conn| {
            let now = app.clock.decide(conn).await?;
            spend(conn, &digest, now).await
        })
        .await?;
    drop(conn);
    app.wake_relay();
    let member = approve::welcome_if_open(app, application).await?;
    Ok(Confirmed { user, member })
}

async fn spend(conn: &mut Conn, digest: &[u8; 32], now: DateTime<Utc>) -> Result<(Id, Id)> {
    let spent = store::links::spend(conn, digest, LinkPurpose::ConfirmAddress, now)
        .await?
        .ok_or(Error::NotFound)?;
    let user = spent.user_id.ok_or(Error::NotFound)?;
    let user = store::users::find(conn, user)
        .await?
        .ok_or(Error::NotFound)?;
    // The address was changed after this mail, or belongs to somebody else.
    if user.email != spent.email || apply::is_decoy(&user) {
        return Err(Error::NotFound);
    }
    let application = store::applications::lock_latest(conn, user.id)
        .await?
        .ok_or(Error::NotFound)?;
    let silenced = application.is_silenced();
    let application = application.for_applicant();
    if application.state != ApplicationState::Unconfirmed {
        return Err(Error::NotFound);
    }
    let (asked, _) = questions::of_everybody(conn, now).await?;
    let answers = store::applications::answers(conn, application.id).await?;
    // An app that knew no questions leaves some open; those of everybody are asked for next.
    let knew_them = answers
        .iter()
        .any(|a| !asked.iter().any(|q| q.id == a.question_version_id));
    let state = if !knew_them && questions::unanswered(&asked, &answers) {
        ApplicationState::NeedsInfo
    } else {
        ApplicationState::Pending
    };
    store::applicants::confirm_address(conn, user.id, now).await?;
    if silenced {
        // It was refused without a word meanwhile: for the applicant it goes on.
        let (id, erase_at) = (application.id, now + ERASED_AFTER);
        store::waiting::confirm_silenced(conn, id, state, now, erase_at).await?;
        return Ok((user.id, application.id));
    }
    let to = Confirm {
        state,
        lane: line::lane(conn, application.lane, now).await?,
    };
    let moved =
        store::applications::confirm(conn, application.id, application.version, to, now).await?;
    if !moved {
        return Err(Error::NotFound);
    }
    let event = Event::by_people(EventKind::ApplicationConfirmed, application.id, user.id);
    store::events::insert(conn, &event, now).await?;
    Ok((user.id, application.id))
}

/// Sends the confirmation again; the earlier link ceases to work. Says the same whether or
/// not a mail went out.
///
/// # Errors
/// `Denied` when there is nothing to confirm.
pub async fn resend(app: &App, who: &SignedIn) -> Result<()> {
    change(app, who, None).await
}

/// Corrects the address of an application that is not confirmed yet, and sends a fresh link.
///
/// # Errors
/// `Invalid` for what is no address; `Denied` as above.
pub async fn change_address(app: &App, who: &SignedIn, email: &str) -> Result<()> {
    let address = Address::parse(email)
        .map_err(|error| Error::field("email", "ERR_INVALID", error.to_string()))?;
    change(app, who, Some(address)).await
}

async fn change(app: &App, who: &SignedIn, to: Option<Address>) -> Result<()> {
    if who.standing() != Standing::Unconfirmed {
        return Err(Error::denied("This address is confirmed already"));
    }
    let target = match &to {
        Some(address) => Some(address.clone()),
        None => who
            .user
            .email
            .as_deref()
            .and_then(|e| Address::parse(e).ok()),
    };
    let Some(target) = target else {
        return Err(Error::denied("There is no address to write to"));
    };
    let may_mail = pace::may_mail(app, &target.canonical(), app.clock.now()).await;
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let application = unconfirmed(conn, who.user.id).await?;
        if let Some(address) = &to {
            set_address(conn, &who.user, &application, address).await?;
        }
        if !may_mail {
            return Ok(());
        }
        let purpose = LinkPurpose::ConfirmAddress;
        store::links::void(conn, purpose, Some(who.user.id), now).await?;
        let new = link::fresh(
            &app.keys,
            purpose,
            Some(who.user.id),
            Some(target.to_string()),
        );
        let link = store::links::insert(conn, &new, now).await?;
        let event = Event::by_people(EventKind::LinkRequested, link.id, who.user.id);
        store::events::insert(conn, &event, now).await
    })
    .await?;
    drop(conn);
    app.wake_relay();
    Ok(())
}

async fn unconfirmed(conn: &mut Conn, user: Id) -> Result<Application> {
    store::applications::lock_latest(conn, user)
        .await?
        .map(Application::for_applicant)
        .filter(|a| a.state == ApplicationState::Unconfirmed)
        .ok_or_else(|| Error::denied("This address is confirmed already"))
}

/// Sets the address; one that is known here makes a decoy, as it does when applying.
async fn set_address(
    conn: &mut Conn,
    user: &User,
    application: &Application,
    address: &Address,
) -> Result<()> {
    let canonical = address.canonical();
    let holder = store::users::find_by_email(conn, &canonical).await?;
    let free = holder.is_none_or(|h| h.id == user.id);
    store::applicants::set_address(
        conn,
        user.id,
        &address.to_string(),
        free.then_some(canonical.as_str()),
    )
    .await?;
    store::applications::set_mail_domain(conn, application.id, address.domain()).await
}
