//! The address belongs to the applicant: a link, shown as a button, spent by POST alone,
//! because mail scanners follow links (E16).
//!
//! Who has given no proof of work yet gives it here, or has waited for two minutes since
//! applying: everybody passes one of the two before the queue (C3).
//!
//! Approval is decided here a second time, with the stricter of what held at the sign-up and
//! what holds now. A door that closed meanwhile loses nobody: the application is kept,
//! pending (C0, E13).

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;

use super::reject::ERASED_AFTER;
use super::{apply, approve, fields, line, pace};
use crate::app::App;
use crate::domain::application::{ApplicationState, Proof};
use crate::domain::block_severity::BlockSeverity;
use crate::domain::event::{Event, EventKind};
use crate::domain::lane::Lane;
use crate::domain::link_purpose::LinkPurpose;
use crate::domain::{Error, Id, Result};
use crate::gate::blocks::judge;
use crate::gate::who::{SignedIn, Standing};
use crate::gate::{proof, vouches};
use crate::model::application::Application;
use crate::model::user::User;
use crate::secrets::link;
use crate::store::applications::Confirm;
use crate::store::likeness::Seen;
use crate::store::{self, Conn};
use crate::text::email::Address;

/// A link that would work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Good {
    /// Bits of the proof of work on its token that are still to be given; 0 for none.
    pub bits: u8,
    /// From when on it works without.
    pub waits_until: DateTime<Utc>,
}

/// What is to be done for a link, if it would work. Changes nothing.
pub async fn look(app: &App, token: &str) -> Result<Option<Good>> {
    let Some(digest) = link::digest_of(token) else {
        return Ok(None);
    };
    let mut conn = app.desk.get().await?;
    let found = store::links::find_by_digest(&mut conn, &digest).await?;
    let now = app.clock.now();
    let found = found.filter(|l| l.purpose == LinkPurpose::ConfirmAddress && l.is_good(now));
    let Some(user) = found.and_then(|link| link.user_id) else {
        return Ok(None);
    };
    let application = store::applications::find_latest(&mut conn, user).await?;
    Ok(application.map(|application| Good {
        bits: match application.proof {
            Proof::Missing => asked_bits(app),
            _ => 0,
        },
        waits_until: application.submitted_at + proof::WAIT,
    }))
}

fn asked_bits(app: &App) -> u8 {
    proof::bits(app.config.registration.proof_bits, 0)
}

/// An address was confirmed.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirmed {
    /// Whose.
    pub user: Id,
    /// Whether that made them a member at once: the door is, and was, open, or an invite lets
    /// them in.
    pub member: bool,
}

/// Spends the link: unconfirmed becomes pending. `work` is the proof of work on the token, for
/// those who have given none.
///
/// # Errors
/// `NotFound` for a link that never was, was spent, is too old, or belongs to an application
/// that is over; `TooMany` when neither work nor time was given: the link stays good.
pub async fn confirm(app: &App, token: &str, work: Option<&str>) -> Result<Confirmed> {
    let digest = link::digest_of(token).ok_or(Error::NotFound)?;
    let bits = asked_bits(app);
    let worked = work.is_some_and(|number| proof::holds(token, bits, number));
    let mut conn = app.desk.get().await?;
    let (user, application) = conn
        .transaction(async |conn| {
            let now = app.clock.decide(conn).await?;
            spend(conn, &digest, (bits, worked), now).await
        })
        .await?;
    drop(conn);
    app.wake_relay();
    super::arrived(app, application).await;
    let member = approve::welcome_at_once(app, application).await?;
    Ok(Confirmed { user, member })
}

async fn spend(
    conn: &mut Conn,
    digest: &[u8; 32],
    (bits, worked): (u8, bool),
    now: DateTime<Utc>,
) -> Result<(Id, Id)> {
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
    let proof = given(&application, bits, worked, now)?;
    store::applicants::confirm_address(conn, user.id, now).await?;
    into_queue(conn, &application, silenced, proof, now).await?;
    // The same receipt for who was refused without a word meanwhile.
    let event = Event::by_people(EventKind::AddressConfirmed, application.id, user.id);
    store::events::insert(conn, &event, now).await?;
    Ok((user.id, application.id))
}

/// What the applicant's machine has given by now: work, or time.
fn given(application: &Application, bits: u8, worked: bool, now: DateTime<Utc>) -> Result<Proof> {
    let until = application.submitted_at + proof::WAIT;
    match application.proof {
        Proof::Missing if worked => Ok(Proof::Worked),
        Proof::Missing if bits == 0 => Ok(Proof::Exempt),
        Proof::Missing if now >= until => Ok(Proof::Waited),
        Proof::Missing => Err(Error::TooMany {
            message: "Two minutes have to pass from the moment you applied. Please press the \
                      button again a little later: the link stays good, and nothing is lost."
                .into(),
            retry_at: until,
        }),
        given => Ok(given),
    }
}

/// Unconfirmed becomes pending, or `needs_info` where an app left questions open.
async fn into_queue(
    conn: &mut Conn,
    application: &Application,
    silenced: bool,
    proof: Proof,
    now: DateTime<Utc>,
) -> Result<()> {
    // An app that knew no questions leaves some open: they are asked for next, unless nobody is
    // asked them any more. What was added since is asked of those who come now.
    let open = store::questions::left_open(conn, application.id).await?;
    let state = match open.is_empty() {
        false => ApplicationState::NeedsInfo,
        true => ApplicationState::Pending,
    };
    if silenced {
        // It was refused without a word meanwhile: for the applicant it goes on.
        let (id, erase_at) = (application.id, now + ERASED_AFTER);
        return store::waiting::confirm_silenced(conn, id, state, now, erase_at).await;
    }
    let lane = standing_lane(conn, application, now).await?;
    let to = Confirm {
        state,
        lane: line::lane(conn, lane, now).await?,
        proof,
    };
    let moved =
        store::applications::confirm(conn, application.id, application.version, to, now).await?;
    if !moved {
        return Err(Error::NotFound);
    }
    vouches::ask(conn, application.id, now).await?;
    let kind = EventKind::ApplicationConfirmed;
    let event = Event::by_people(kind, application.id, application.user_id);
    store::events::insert(conn, &event, now).await
}

/// Its lane as far as an invite goes: one that was revoked meanwhile, or whose maker is in good
/// standing no more, is none.
async fn standing_lane(
    conn: &mut Conn,
    application: &Application,
    now: DateTime<Utc>,
) -> Result<Lane> {
    if application.lane != Lane::Vouched {
        return Ok(application.lane);
    }
    let brought = store::invite_tree::brought(conn, application.user_id, now).await?;
    Ok(match brought.is_some_and(|brought| brought.holds) {
        true => Lane::Vouched,
        false => Lane::Waiting,
    })
}

/// Applications that are let in at a time.
const BATCH: i64 = 100;

/// Where no mail reaches people, there is no link: who gave no proof of work is in the queue
/// once two minutes have passed since they applied. For the timers, and for the page that they
/// look at meanwhile; gives how many, 100 at the most.
pub async fn let_in_waited(app: &App) -> Result<usize> {
    if super::mail_reaches_people(app) {
        return Ok(0);
    }
    let mut conn = app.desk.get().await?;
    let moved = conn
        .transaction(async |conn| {
            let now = app.clock.decide(conn).await?;
            let state = ApplicationState::Unconfirmed;
            let until = now - proof::WAIT;
            let rows = store::applications::lock_older(conn, state, until, BATCH).await?;
            let mut moved = Vec::new();
            for (id, _) in rows {
                let Some(application) = store::applications::find(conn, id).await? else {
                    continue;
                };
                let proof = given(&application, asked_bits(app), false, now)?;
                into_queue(conn, &application, false, proof, now).await?;
                moved.push(id);
            }
            Ok::<_, Error>(moved)
        })
        .await?;
    drop(conn);
    if !moved.is_empty() {
        app.wake_relay();
    }
    for id in &moved {
        super::arrived(app, *id).await;
        approve::welcome_at_once(app, *id).await?;
    }
    Ok(moved.len())
}

/// Sends the confirmation again; the earlier link ceases to work. Says the same whether or
/// not a mail went out.
///
/// # Errors
/// `Denied` when there is nothing to confirm; `TooMany` for who asked often today.
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
    let seen = match &to {
        Some(address) => Some(judge_address(app, address).await?),
        None => None,
    };
    pace::mail_again(app, who.user.id).await?;
    let may_mail = pace::may_mail(app, &target.canonical(), app.clock.now()).await;
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let application = unconfirmed(conn, who.user.id).await?;
        if let Some(address) = &to {
            set_address(conn, &who.user, &application, address).await?;
            if let Some(seen) = &seen {
                let host = seen.mail_host.as_deref();
                store::likeness::set_mail(conn, application.id, seen.mail_state, host).await?;
            }
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

/// Another address meets the same blocks as the first did; one that only puts aside is seen at
/// the desk.
async fn judge_address(app: &App, address: &Address) -> Result<Seen> {
    let mut conn = app.desk.get().await?;
    let met = judge::address(&mut conn, address).await?;
    drop(conn);
    let (seen, by_host) = judge::mail_hosts(app, address).await?;
    if [met, by_host].contains(&Some(BlockSeverity::Refuse)) {
        return Err(Error::field(
            "email",
            "ERR_BLOCKED",
            fields::ADDRESS_REFUSED,
        ));
    }
    Ok(seen)
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
