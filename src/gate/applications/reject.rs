//! A no, told or silent.
//!
//! Tokens end at once. Who was told may sign in on the web for 14 days, to read it and to
//! take their data along; who was not sees the waiting page go on. Then everything is erased.
//! What stays for 90 days are keyed hashes of address and network.

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncConnection;
use serde_json::json;

use super::approve::message_of;
use super::expire::UNCONFIRMED;
use super::review::{self, hold};
use super::words::note_act;
use super::{conflict, snapshot};
use crate::app::App;
use crate::domain::application::ApplicationState;
use crate::domain::event::{Event, EventKind};
use crate::domain::lane::Lane;
use crate::domain::{Error, Id, Result};
use crate::gate::budget::{self, About};
use crate::gate::switch::lift;
use crate::gate::who::Reviewer;
use crate::gate::{hints, mode, zone};
use crate::model::application::Application;
use crate::model::user::User;
use crate::store::applications::Decision;
use crate::store::memory::{self, NewMemory};
use crate::store::{self, Conn};

/// Whether a no is told where nobody says otherwise (registration.md C2): silent is only for
/// addresses that nobody confirmed, and for what a machine seems to have sent.
pub fn told_by_default(application: &Application) -> bool {
    application.state.is_waiting() && application.lane != Lane::LikelyAutomated
}

/// Whether it is told, as somebody wished or by default. Nobody is told at an address that was
/// not confirmed.
pub(super) fn is_told(wished: Option<bool>, application: &Application) -> bool {
    let told = wished.unwrap_or_else(|| told_by_default(application));
    told && application.state.is_waiting()
}

/// From a no to the erasure.
pub const ERASED_AFTER: TimeDelta = TimeDelta::days(14);
/// How long a decision is remembered by hashes.
pub(super) const REMEMBERED: TimeDelta = TimeDelta::days(90);

/// How a no is given.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rejection {
    /// Words for the applicant, 2,000 characters at the most. Not sent when not told.
    pub message: Option<String>,
    /// Whether they are told at all; `None` leaves it to [`told_by_default`]. Never where the
    /// address was not confirmed.
    pub told: Option<bool>,
}

/// Rejects an application. `seen` is the hash of the card; `None` decides on what is there.
///
/// # Errors
/// `NotFound`, or `Conflict` as in [`review::hold`]; `Denied` as [`conflict::check`]
/// and [`budget::spend`] say.
pub async fn reject(
    app: &App,
    who: &Reviewer,
    id: Id,
    seen: Option<&str>,
    no: Rejection,
) -> Result<()> {
    let message = message_of(no.message.as_deref())?;
    let wish = json!({
        "application": id.to_string(), "seen": seen, "message": message, "told": no.told,
    });
    budget::spend(
        app,
        who,
        "application.reject",
        &wish,
        About::Application(id),
    )
    .await?;
    let zone = zone::of(app, who.user()).await?;
    hints::note_unread(app, id).await?;
    let mut conn = app.desk.get().await?;
    let lifted = conn
        .transaction(async |conn| {
            let now = app.clock.decide(conn).await?;
            let lifted = lift::answering(app, conn, who, &[id], now).await?;
            let (application, there) = hold(conn, id, seen, may_be_rejected, zone).await?;
            let bonds = conflict::check(conn, who, id, now).await?;
            let told = is_told(no.told, &application);
            let by = who.user().id;
            let decision = Decision {
                state: ApplicationState::Rejected,
                by: Some(by),
                message: message.clone().filter(|_| told),
                told,
                erase_at: Some(erased_at(&application, now)),
                snapshot: Some(snapshot::bytes(&there.hash)),
            };
            review::write(conn, &application, &decision, now, zone).await?;
            store::application_views::forget(conn, &[id]).await?;
            store::applicants::end_tokens(conn, &[application.user_id], now).await?;
            if let Some(user) = store::users::find(conn, application.user_id).await? {
                remember(app, conn, &application, &user, now).await?;
            }
            let detail = json!({ "user": application.user_id.to_string(), "told": told });
            let detail = bonds.noted(id, detail);
            let inverse = Some(super::undo::inverse(id));
            note_act(conn, who, "application.reject", id, detail, inverse, now).await?;
            let event = Event::by_people(EventKind::ApplicationRejected, id, by);
            store::events::insert(conn, &event, now).await?;
            Ok::<_, Error>(lifted)
        })
        .await?;
    drop(conn);
    if lifted {
        mode::forget(app).await;
    }
    app.wake_relay();
    Ok(())
}

/// When everything goes. An application whose address nobody confirmed goes when it would
/// have gone anyway, so that nothing tells of the decision.
pub(super) fn erased_at(application: &Application, now: DateTime<Utc>) -> DateTime<Utc> {
    match application.state {
        ApplicationState::Unconfirmed => application.submitted_at + UNCONFIRMED,
        _ => now + ERASED_AFTER,
    }
}

/// Remembers somebody who is refused, by hashes of address, network and answers.
async fn remember(
    app: &App,
    conn: &mut Conn,
    application: &Application,
    user: &User,
    now: DateTime<Utc>,
) -> Result<()> {
    let (state, until) = (ApplicationState::Rejected as i16, now + REMEMBERED);
    let hashes = hashes_now(app, application, user);
    memory::insert(conn, &hashes, state, now, until).await?;
    hints::remember_answers(app, conn, application.id, state, (now, until)).await
}

/// Who waits, and who has not even confirmed the address.
pub(super) fn may_be_rejected(state: ApplicationState) -> bool {
    state.is_waiting() || state == ApplicationState::Unconfirmed
}

/// Hashes of address and network, made with the current key: to be remembered.
pub(super) fn hashes_now(app: &App, application: &Application, user: &User) -> Vec<NewMemory> {
    values(application, user)
        .into_iter()
        .map(|(kind, name, value)| {
            let keyed = app.keys.decisions.hash(name, &value);
            NewMemory {
                key_id: keyed.key_id,
                kind,
                keyed: keyed.hash.to_vec(),
            }
        })
        .collect()
}

/// The same with every key that is known: to look for.
pub(super) fn hashes(app: &App, application: &Application, user: &User) -> Vec<NewMemory> {
    values(application, user)
        .into_iter()
        .flat_map(|(kind, name, value)| {
            let all = app.keys.decisions.all(name, &value);
            all.into_iter().map(move |keyed| NewMemory {
                key_id: keyed.key_id,
                kind,
                keyed: keyed.hash.to_vec(),
            })
        })
        .collect()
}

fn values(application: &Application, user: &User) -> Vec<(i16, &'static str, String)> {
    let address = user.email_canonical.clone();
    let network = application.network.map(|net| net.to_string());
    [
        (memory::ADDRESS, "email", address),
        (memory::NETWORK, "network", network),
    ]
    .into_iter()
    .filter_map(|(kind, name, value)| Some((kind, name, value?)))
    .collect()
}
