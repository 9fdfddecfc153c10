//! A decision is taken back, within a day.
//!
//! - A yes: as long as no other server saw anything of the account, the user waits again, with
//!   the words of their profile, and what they posted is in their drafts, pictures too. Once another server
//!   did, an account cannot be unmade: it is suspended.
//! - A no: the application waits again, and tokens that ended with the decision live again.
//!
//! Who was told of the decision by mail is told of this too.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncConnection;
use serde_json::{Value, json};

use super::words::note_act;
use super::{conflict, mail_reaches_people, reject};
use crate::app::App;
use crate::domain::application::ApplicationState;
use crate::domain::event::{Event, EventKind};
use crate::domain::role::Role;
use crate::domain::{Error, Id, Result};
use crate::files::{MediaPath, Place};
use crate::gate::who::Reviewer;
use crate::gate::{drafts, hints};
use crate::model::application::Application;
use crate::store::draft_media::NewDraftPicture;
use crate::store::taken_back::{Redrafted, TakenBack};
use crate::store::{self, Conn, departures, taken_back};

/// How long a decision can be taken back.
pub const WITHIN: TimeDelta = TimeDelta::hours(24);
/// How long the stones of posts lie that went with an account nobody elsewhere saw.
const STONES: TimeDelta = TimeDelta::days(30);

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undone {
    /// It waits again.
    Waits,
    /// Other servers know the account: it is suspended.
    Suspended,
}

/// What the audit log says would undo a decision.
pub(super) fn inverse(id: Id) -> Value {
    json!({ "act": "application.undo", "application": id.to_string() })
}

/// Until when a decision can be taken back; `None` for what is no decision.
pub fn until(application: &Application) -> Option<DateTime<Utc>> {
    match application.state {
        ApplicationState::Approved | ApplicationState::Rejected => {
            application.decided_at.map(|at| at + WITHIN)
        }
        _ => None,
    }
}

/// Takes the decision about an application back.
///
/// # Errors
/// `NotFound`; `Conflict` where there is none, or it is older than a day, or the member is of
/// the staff by now; `Denied` as [`conflict::check`] says.
pub async fn undo(app: &App, who: &Reviewer, id: Id) -> Result<Undone> {
    let by = who.user().id;
    let mail = mail_reaches_people(app);
    let notes = app.url("/ap/notes/");
    let mut conn = app.desk.get().await?;
    let mut copies = Vec::new();
    let done = conn
        .transaction(async |conn| {
            let now = app.clock.decide(conn).await?;
            let application = store::applications::lock(conn, id)
                .await?
                .ok_or(Error::NotFound)?;
            if until(&application).is_none_or(|until| until <= now) {
                return Err(Error::Conflict(
                    "There is no decision of the last 24 hours to be taken back.".into(),
                ));
            }
            let bonds = conflict::check(conn, who, id, now).await?;
            let told = application.told && mail;
            let (undone, files) = match application.state {
                ApplicationState::Rejected => {
                    noes(app, conn, &[id], now).await?;
                    (Undone::Waits, Vec::new())
                }
                _ => yes(app, conn, &application, &notes, &mut copies, now).await?,
            };
            let to = match undone {
                Undone::Waits => "pending",
                Undone::Suspended => "suspended",
            };
            let detail = json!({ "from": application.state.as_str(), "to": to });
            let detail = bonds.noted(id, detail);
            note_act(conn, who, "application.undo", id, detail, None, now).await?;
            let mut event = Event::by_people(EventKind::DecisionUndone, id, by);
            if told && undone == Undone::Waits {
                event = event.with(application.state as i64);
            }
            store::events::insert(conn, &event, now).await?;
            Ok((undone, files))
        })
        .await;
    drop(conn);
    match done {
        Ok((undone, files)) => {
            app.wake_relay();
            delete(app, &files).await;
            Ok(undone)
        }
        Err(error) => {
            delete(app, &copies).await;
            Err(error)
        }
    }
}

/// Takes back noes of the last day, in sets; gives them.
pub(super) async fn noes(
    app: &App,
    conn: &mut Conn,
    ids: &[Id],
    now: DateTime<Utc>,
) -> Result<Vec<TakenBack>> {
    let back = taken_back::noes(conn, ids, now - WITHIN, mail_reaches_people(app)).await?;
    let open: Vec<Id> = back.iter().map(|b| b.application).collect();
    let rows = store::applications::lock_many(conn, &open).await?;
    let known = rows
        .iter()
        .flat_map(|(application, user)| reject::hashes(app, application, user));
    let answers = hints::hashes_of(app, conn, &open).await?;
    let hashes: Vec<Vec<u8>> = known.chain(answers).map(|hash| hash.keyed).collect();
    let times: Vec<DateTime<Utc>> = back.iter().map(|b| b.decided_at).collect();
    store::memory::take_back(conn, &hashes, &times).await?;
    Ok(back)
}

/// Takes a yes back; gives public files that nobody needs any more. `copies` are the private
/// ones made of them, which nobody needs should it come to nothing.
async fn yes(
    app: &App,
    conn: &mut Conn,
    application: &Application,
    notes: &str,
    copies: &mut Vec<String>,
    now: DateTime<Utc>,
) -> Result<(Undone, Vec<String>)> {
    let user = store::users::find(conn, application.user_id)
        .await?
        .ok_or(Error::NotFound)?;
    if user.role > Role::Member {
        return Err(Error::Conflict(
            "They are of the staff by now. An admin can change that first.".into(),
        ));
    }
    if user.disabled_at.is_some() {
        return Err(Error::Conflict("This account is closed already.".into()));
    }
    let account = user.account_id;
    if store::restraints::was_reached(conn, account).await? {
        let why = "The decision to let them in was taken back.";
        let kind = store::restraints::SUSPENDED;
        store::restraints::lay(conn, account, kind, why, now).await?;
        taken_back::set_disabled(conn, user.id, Some(now)).await?;
        store::events::insert(conn, &Event::suspension_of(account), now).await?;
        return Ok((Undone::Suspended, Vec::new()));
    }
    let back = taken_back::posts_to_drafts(conn, user.id, account, drafts::MOST, now).await?;
    take_pictures_back(app, conn, user.id, &back, copies, now).await?;
    let mut files = Vec::new();
    loop {
        let (ids, paths) = departures::some_media(conn, account).await?;
        if ids.is_empty() {
            break;
        }
        departures::forget_media(conn, ids).await?;
        files.extend(paths);
    }
    while departures::erase_statuses(conn, account, notes.to_owned(), now + STONES, now).await? {}
    while departures::erase_bonds(conn, account, now).await? {}
    let id = application.id;
    files.extend(taken_back::close_account(conn, id, user.id, account).await?);
    Ok((Undone::Waits, files))
}

/// Gives drafts the pictures of the posts they were, from new private paths: the public ones were
/// known (D7).
async fn take_pictures_back(
    app: &App,
    conn: &mut Conn,
    user: Id,
    back: &[Redrafted],
    copies: &mut Vec<String>,
    now: DateTime<Utc>,
) -> Result<()> {
    let statuses: Vec<Id> = back.iter().map(|one| one.status).collect();
    let mut places: HashMap<Id, i16> = HashMap::new();
    for (status, picture) in taken_back::pictures(conn, &statuses).await? {
        let of = back.iter().find(|one| one.status == status);
        let (Some(of), Some(from)) = (of, MediaPath::parse(&picture.path)) else {
            continue;
        };
        let copy = match app.storage.copy_to(&from, Place::Private).await {
            Ok(copy) => copy.as_str().to_owned(),
            // Lost before: nothing to be taken back.
            Err(Error::NotFound) => continue,
            Err(error) => return Err(error),
        };
        copies.push(copy.clone());
        let new = NewDraftPicture {
            path: copy,
            ..picture
        };
        let made = store::draft_media::insert(conn, user, &new, now).await?;
        let place = places.entry(of.draft).or_default();
        store::draft_media::attach(conn, user, of.draft, made.id, *place).await?;
        *place += 1;
    }
    Ok(())
}

async fn delete(app: &App, files: &[String]) {
    let paths: Vec<MediaPath> = files.iter().filter_map(|f| MediaPath::parse(f)).collect();
    if let Err(error) = app.storage.delete_all(&paths).await {
        tracing::warn!(
            ?error,
            "files of an account that was taken back were left behind"
        );
    }
}
