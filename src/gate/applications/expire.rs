//! What time does to applications, in sets: for the timers, each of these as often as they
//! like. Nothing here decides: an application that expires was neither approved nor rejected.
//!
//! While nobody looks after the door (stage 3, E12) no time runs against those who wait for
//! somebody to read: they neither end nor hear that they will. What is theirs to do, the link
//! in the first mail, goes on; so does erasing what was promised to be erased.

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncConnection;

use super::erase;
use super::reject::ERASED_AFTER;
use crate::app::App;
use crate::domain::application::ApplicationState;
use crate::domain::event::{Event, EventKind};
use crate::domain::{Error, Id, Result};
use crate::gate::away;
use crate::store::{self, Conn};

/// An address is confirmed within this, or forgotten.
pub const UNCONFIRMED: TimeDelta = TimeDelta::hours(48);
/// A decision comes within this, or the application ends.
pub const PENDING: TimeDelta = TimeDelta::days(30);
/// An applicant whom nobody answered is told so after this.
pub const REMINDED: TimeDelta = TimeDelta::days(21);
/// An answer to a question back comes within this.
pub const NEEDS_INFO: TimeDelta = TimeDelta::days(14);
/// So long before time ends an application, its applicant is told.
pub const NEAR: TimeDelta = TimeDelta::days(3);
/// What is kept of approved applications, and for how long.
const APPROVED_KEPT: TimeDelta = TimeDelta::days(90);
/// What was decided about many at once is kept for its page.
const BULKS_KEPT: TimeDelta = TimeDelta::days(30);
/// An invite that is over is kept for its maker to look at.
const INVITES_KEPT: TimeDelta = TimeDelta::days(365);
/// Rows in one transaction.
const BATCH: i64 = 500;
/// Transactions in one run; the next run goes on.
const BATCHES: usize = 20;

/// What one run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Expired {
    /// Unconfirmed applications that were erased.
    pub unconfirmed: usize,
    /// Pending ones that ended.
    pub ended: usize,
    /// Applicants who are told that nobody decided yet.
    pub reminded: usize,
    /// Applicants who are told that it ends soon.
    pub warned: usize,
    /// Users erased after a no or an end.
    pub erased: usize,
    /// Approved applications whose answers were dropped.
    pub forgotten: usize,
}

/// Runs everything that is due, at most 10,000 rows of each kind.
pub async fn run(app: &App) -> Result<Expired> {
    let mut done = Expired::default();
    for _ in 0..BATCHES {
        let step = step(app).await?;
        done.unconfirmed += step.unconfirmed;
        done.ended += step.ended;
        done.reminded += step.reminded;
        done.warned += step.warned;
        done.erased += step.erased;
        done.forgotten += step.forgotten;
        if step == Expired::default() {
            break;
        }
    }
    if done.reminded > 0 {
        app.wake_relay();
    }
    for _ in 0..BATCHES {
        if erase::sweep(app).await? == 0 {
            break;
        }
    }
    Ok(done)
}

async fn step(app: &App) -> Result<Expired> {
    let mut conn = app.desk.get().await?;
    let (done, files) = conn
        .transaction(async |conn| {
            let now = app.clock.decide(conn).await?;
            let mut files = Vec::new();
            let unconfirmed = erase_unconfirmed(conn, now, &mut files).await?;
            let (mut ended, mut reminded, mut warned) = (0, 0, 0);
            if !away::time_stands(app, conn, now).await? {
                for (state, after) in [
                    (ApplicationState::Pending, PENDING),
                    (ApplicationState::NeedsInfo, NEEDS_INFO),
                ] {
                    ended += end(conn, state, after, now).await?;
                }
                reminded = remind(conn, now).await?;
                warned = warn(conn, now).await?;
            }
            let erased = erase_due(conn, now, &mut files).await?;
            let before = now - APPROVED_KEPT;
            let forgotten = store::applications::forget_approved(conn, before, BATCH).await?;
            let old = store::applicants::drop_old_profiles(conn, before, BATCH).await?;
            store::doomed_files::insert(conn, &old, now).await?;
            files.extend(old);
            store::memory::forget(conn, now).await?;
            store::bulk_decisions::forget(conn, now - BULKS_KEPT).await?;
            store::invites::forget(conn, now - INVITES_KEPT, BATCH).await?;
            let done = Expired {
                unconfirmed,
                ended,
                reminded,
                warned,
                erased,
                forgotten,
            };
            Ok::<_, Error>((done, files))
        })
        .await?;
    drop(conn);
    erase::files(app, &files).await;
    Ok(done)
}

/// Addresses that nobody confirmed are somebody else's: gone at once.
async fn erase_unconfirmed(
    conn: &mut Conn,
    now: DateTime<Utc>,
    files: &mut Vec<String>,
) -> Result<usize> {
    let state = ApplicationState::Unconfirmed;
    let rows = store::applications::lock_older(conn, state, now - UNCONFIRMED, BATCH).await?;
    let users: Vec<Id> = rows.iter().map(|(_, user)| *user).collect();
    if !users.is_empty() {
        store::invite_tree::give_back(conn, &users, true).await?;
    }
    files.extend(erase::rows(conn, &users, now).await?);
    Ok(rows.len())
}

/// Ends those that waited too long; they are erased as after a no.
async fn end(
    conn: &mut Conn,
    state: ApplicationState,
    after: TimeDelta,
    now: DateTime<Utc>,
) -> Result<usize> {
    let rows = store::applications::lock_older(conn, state, now - after, BATCH).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let (ids, users): (Vec<Id>, Vec<Id>) = rows.into_iter().unzip();
    store::applications::expire(conn, &ids, now, now + ERASED_AFTER).await?;
    store::applicants::end_tokens(conn, &users, now).await?;
    let (kind, was) = (EventKind::ApplicationExpired, Some(state as Id));
    store::events::insert_many(conn, kind, &ids, 0, was, now).await?;
    Ok(ids.len())
}

/// Tells those whom nobody answered for three weeks that they are not forgotten, once.
async fn remind(conn: &mut Conn, now: DateTime<Utc>) -> Result<usize> {
    let due = store::waiting::remind(conn, now - REMINDED, now, BATCH).await?;
    for (application, user) in &due {
        let event = Event::by_people(EventKind::ApplicationOverdue, *application, *user);
        store::events::insert(conn, &event, now).await?;
    }
    Ok(due.len())
}

/// Tells those whose applications end in three days, once for each time that they wait.
async fn warn(conn: &mut Conn, now: DateTime<Utc>) -> Result<usize> {
    let mut due = Vec::new();
    for (state, after) in [
        (ApplicationState::Pending, PENDING),
        (ApplicationState::NeedsInfo, NEEDS_INFO),
    ] {
        let before = now - (after - NEAR);
        due.extend(store::waiting::warn(conn, state, before, now, BATCH).await?);
    }
    if !due.is_empty() {
        let kind = EventKind::ApplicationEndNeared;
        store::events::insert_many(conn, kind, &due, 0, None, now).await?;
    }
    Ok(due.len())
}

/// Erases those whose time has come.
async fn erase_due(conn: &mut Conn, now: DateTime<Utc>, files: &mut Vec<String>) -> Result<usize> {
    let users = store::applications::lock_to_erase(conn, now, BATCH).await?;
    files.extend(erase::rows(conn, &users, now).await?);
    Ok(users.len())
}
