//! A yes: the account comes into being.
//!
//! What is slow is done before the transaction: the keypair is made, the pictures are copied
//! to new random public paths. Then one transaction: application, account under the reserved
//! id, keys, counters, name, audit line, sign of life, event. A crash leaves two public
//! files that nobody knows of, and nothing else.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use diesel_async::AsyncConnection;
use serde_json::json;

use super::review::{self, hold};
use super::words::note_act;
use super::{conflict, snapshot};
use crate::app::App;
use crate::domain::application::ApplicationState;
use crate::domain::event::{Event, EventKind};
use crate::domain::lane::Lane;
use crate::domain::registration_mode::RegistrationMode;
use crate::domain::{Error, Id, Result};
use crate::files::{MediaPath, Place};
use crate::gate::switch::lift;
use crate::gate::who::Reviewer;
use crate::gate::{hints, mode, zone};
use crate::model::application::{ApplicantProfile, Application};
use crate::secrets::actor_key::NewActorKey;
use crate::store::accounts::NewLocalAccount;
use crate::store::applications::Decision;
use crate::store::{self, Conn};
use crate::text::{clean, html};

/// The longest message of a reviewer, in characters: canned words, and their own behind them.
pub(super) const MAX_MESSAGE: usize = 4002;

/// Approves an application. `seen` is the hash of the card; `None` decides on what is there.
/// `message` goes into the welcome mail.
///
/// # Errors
/// `NotFound`, or `Conflict` as in [`review::hold`]; `Denied` as [`conflict::check`] says.
pub async fn approve(
    app: &App,
    who: &Reviewer,
    id: Id,
    seen: Option<&str>,
    message: Option<&str>,
) -> Result<()> {
    let message = message_of(message)?;
    let zone = zone::of(app, who.user()).await?;
    hints::note_unread(app, id).await?;
    let prepared = prepare(app, id).await?;
    let mut conn = app.desk.get().await?;
    let done = conn
        .transaction(async |conn| {
            let now = app.clock.decide(conn).await?;
            let lifted = lift::answering(app, conn, who, &[id], now).await?;
            let may = ApplicationState::is_waiting;
            let (application, there) = hold(conn, id, seen, may, zone).await?;
            let bonds = conflict::check(conn, who, id, now).await?;
            let by = who.user().id;
            let decision = Decision {
                state: ApplicationState::Approved,
                by: Some(by),
                message: message.clone(),
                told: true,
                erase_at: None,
                snapshot: Some(snapshot::bytes(&there.hash)),
            };
            review::write(conn, &application, &decision, now, zone).await?;
            store::application_views::forget(conn, &[id]).await?;
            open(conn, &application, there.profile.as_ref(), &prepared, now).await?;
            let detail = json!({ "user": application.user_id.to_string() });
            let detail = bonds.noted(id, detail);
            let inverse = Some(super::undo::inverse(id));
            note_act(conn, who, "application.approve", id, detail, inverse, now).await?;
            let event = Event::by_people(EventKind::ApplicationApproved, id, by);
            store::events::insert(conn, &event, now).await?;
            Ok::<_, Error>(lifted)
        })
        .await;
    drop(conn);
    match &done {
        Ok(lifted) => {
            if *lifted {
                mode::forget(app).await;
            }
            app.wake_relay();
        }
        Err(_) => prepared.forget(app).await,
    }
    done.map(|_| ())
}

/// Lets somebody in whom nobody has to read: in `open` whoever confirmed, and whoever an invite
/// lets in, each only when it held at the sign-up *and* holds now (an open door in between, too), and nobody decided meanwhile.
/// Says whether they are in. Everybody else stays pending, whatever the mode becomes later (E12
/// to E14).
pub(super) async fn welcome_at_once(app: &App, id: Id) -> Result<bool> {
    let mut conn = app.desk.get().await?;
    let application = store::applications::find(&mut conn, id).await?;
    let now = app.clock.decide(&mut conn).await?;
    let welcome = match application {
        Some(application) => may_come_in(app, &mut conn, &application, now).await?,
        None => false,
    };
    drop(conn);
    if !welcome {
        return Ok(false);
    }
    let prepared = prepare(app, id).await?;
    let mut conn = app.desk.get().await?;
    let done = conn
        .transaction(async |conn| {
            let now = app.clock.decide(conn).await?;
            let Some(application) = store::applications::lock(conn, id).await? else {
                return Ok(false);
            };
            if !may_come_in(app, conn, &application, now).await? {
                return Ok(false);
            }
            let decision = Decision {
                state: ApplicationState::Approved,
                by: None,
                message: None,
                told: true,
                erase_at: None,
                snapshot: None,
            };
            review::write(conn, &application, &decision, now, Tz::UTC).await?;
            let profile = store::applicants::find_profile(conn, application.user_id).await?;
            open(conn, &application, profile.as_ref(), &prepared, now).await?;
            let event = Event::by_people(EventKind::ApplicationApproved, id, 0);
            store::events::insert(conn, &event, now).await?;
            Ok(true)
        })
        .await;
    drop(conn);
    match &done {
        Ok(true) => app.wake_relay(),
        _ => prepared.forget(app).await,
    }
    done
}

/// Whether nobody has to read this one: no statement for most, the mode for the others, and how
/// the invite stands for who brought one.
async fn may_come_in(
    app: &App,
    conn: &mut Conn,
    application: &Application,
    now: DateTime<Utc>,
) -> Result<bool> {
    let was_open = application.mode == RegistrationMode::Open;
    if !may_be_welcomed(application) || !(was_open || application.lane == Lane::Vouched) {
        return Ok(false);
    }
    let effective = mode::current(app, conn, now).await?;
    // Open then, open now, and never anything tighter in between (E13).
    if was_open
        && effective.mode == RegistrationMode::Open
        && !store::door::was_tighter_since(conn, application.submitted_at).await?
    {
        return Ok(true);
    }
    if application.lane != Lane::Vouched || !effective.invites_approve() {
        return Ok(false);
    }
    let brought = store::invite_tree::brought(conn, application.user_id, now).await?;
    Ok(brought.is_some_and(|brought| brought.bypass && brought.holds))
}

/// What was put aside is looked at by a person, however open the door.
fn may_be_welcomed(application: &Application) -> bool {
    application.state == ApplicationState::Pending && application.lane != Lane::LikelyAutomated
}

/// A reviewer's words as they are kept; `None` for none.
pub(super) fn message_of(raw: Option<&str>) -> Result<Option<String>> {
    let text = clean::text(raw.unwrap_or_default()).trim().to_owned();
    if text.chars().count() > MAX_MESSAGE {
        return Err(Error::field(
            "message",
            "ERR_TOO_LONG",
            format!("is too long (maximum is {MAX_MESSAGE} characters)"),
        ));
    }
    Ok(Some(text).filter(|t| !t.is_empty()))
}

/// What is made before the transaction.
struct Prepared {
    key: NewActorKey,
    /// Private path and its public copy.
    avatar: Option<(String, MediaPath)>,
    header: Option<(String, MediaPath)>,
}

impl Prepared {
    /// The public path, if the picture is still the one that was copied.
    fn public(
        copy: &Option<(String, MediaPath)>,
        now_there: Option<&String>,
    ) -> Result<Option<String>> {
        match (copy, now_there) {
            (Some((from, to)), Some(there)) if from == there => Ok(Some(to.as_str().to_owned())),
            (_, None) => Ok(None),
            _ => Err(Error::Conflict(
                "The applicant changed a picture at this very moment. Please look at it once more."
                    .into(),
            )),
        }
    }

    async fn forget(&self, app: &App) {
        let copies: Vec<MediaPath> = [&self.avatar, &self.header]
            .into_iter()
            .flatten()
            .map(|(_, to)| to.clone())
            .collect();
        if let Err(error) = app.storage.delete_all(&copies).await {
            tracing::warn!(?error, "copies of pictures were left behind");
        }
    }
}

async fn prepare(app: &App, id: Id) -> Result<Prepared> {
    let mut conn = app.desk.get().await?;
    let application = store::applications::find(&mut conn, id)
        .await?
        .ok_or(Error::NotFound)?;
    let profile = store::applicants::find_profile(&mut conn, application.user_id).await?;
    drop(conn);
    let key = app.actor_keys.generate().await?;
    let copied = |path: Option<String>| async move {
        match path.as_deref().and_then(MediaPath::parse) {
            Some(from) => {
                let to = app.storage.copy_to(&from, Place::Public).await?;
                Ok::<_, Error>(Some((from.as_str().to_owned(), to)))
            }
            None => Ok(None),
        }
    };
    let (avatar, header) = match profile {
        Some(profile) => (
            copied(profile.avatar_path).await?,
            copied(profile.header_path).await?,
        ),
        None => (None, None),
    };
    Ok(Prepared {
        key,
        avatar,
        header,
    })
}

/// Writes the account and what goes with it.
async fn open(
    conn: &mut Conn,
    application: &Application,
    profile: Option<&ApplicantProfile>,
    prepared: &Prepared,
    now: DateTime<Utc>,
) -> Result<()> {
    let user = store::users::find(conn, application.user_id)
        .await?
        .ok_or(Error::NotFound)?;
    if !store::names::settle(conn, &user.username, user.id).await? {
        return Err(Error::Conflict(
            "The name of this application is not theirs any more.".into(),
        ));
    }
    let note = profile.map(|p| p.note.clone()).unwrap_or_default();
    let new = NewLocalAccount {
        id: user.account_id,
        username: user.username.clone(),
        display_name: profile.map(|p| p.display_name.clone()).unwrap_or_default(),
        note_html: html::note_html(&note, false),
        note_source: note,
        fields: profile.map(|p| p.fields.clone()).unwrap_or_default(),
        locked: profile.is_some_and(|p| p.locked),
        avatar_path: Prepared::public(
            &prepared.avatar,
            profile.and_then(|p| p.avatar_path.as_ref()),
        )?,
        header_path: Prepared::public(
            &prepared.header,
            profile.and_then(|p| p.header_path.as_ref()),
        )?,
        public_key_pem: prepared.key.public_pem.clone(),
        private_key: prepared.key.private_der.clone(),
    };
    store::accounts::insert_local(conn, &new, now).await?;
    store::applicants::set_approved(conn, user.id, now).await
}
