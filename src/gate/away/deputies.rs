//! Deputies (registration.md C1): up to five members whom admins name in advance, told or not.
//! They can do nothing until they are called, and what they are is said nowhere before.
//!
//! They are called when the place is sealed, when three reports wait for two days at a guarded
//! door, and, for the one whom a planned absence names, on its first day. A deputy has to sign
//! in afresh after the call: a session that lay open somewhere is worth nothing.

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncConnection;
use serde_json::{Value, json};

use super::absence;
use crate::app::App;
use crate::domain::role::Role;
use crate::domain::switch::Stage;
use crate::domain::{Error, Id, Result};
use crate::gate::signs;
use crate::gate::switch;
use crate::gate::switch::stage::Standing;
use crate::gate::who::{self, Admin, Deputy, SignedIn};
use crate::store::audit::NewLine;
pub use crate::store::deputies::Deputy as Named;
use crate::store::jobs::{FIRST, MAIL};
use crate::store::{self, Conn};

/// How many there may be.
pub const MOST: i64 = 5;
/// So many reports that nobody closed call them at a guarded door.
const REPORTS: i64 = 3;
/// Once they wait for so long.
const UNRESOLVED: TimeDelta = TimeDelta::hours(48);
/// How long after signing in a deputy may act.
pub(super) const FRESH: TimeDelta = TimeDelta::hours(24);

/// Why deputies are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Nobody has been home for long.
    Sealed,
    /// Nobody reads reports.
    Reports,
    /// Whoever leaves asked for it.
    Absence,
}

/// A call that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// What for.
    pub why: Why,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// Those who are named.
pub async fn list(app: &App, _who: &Admin) -> Result<Vec<Named>> {
    let mut conn = app.desk.get().await?;
    store::deputies::list(&mut conn).await
}

/// Names a member. With `told`, they get a mail now; else they hear of it when they are called.
/// The log says that somebody was named, and not who.
///
/// # Errors
/// `Invalid` with the field `name` for nobody, for staff, and beyond [`MOST`].
pub async fn name(app: &App, who: &Admin, name: &str, told: bool) -> Result<()> {
    let wrong = |why: &'static str| Error::field("name", "ERR_INVALID", why);
    let by = who.user().id;
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let name = name.trim().trim_start_matches('@');
        let user = store::users::find_by_name(conn, name).await?;
        let user = user
            .filter(|user| user.is_member() && user.moved_at.is_none())
            .ok_or_else(|| wrong("is no member of this place"))?;
        if user.role != Role::Member {
            return Err(wrong("is of the staff already"));
        }
        store::door::lock(conn).await?;
        if !store::deputies::name(conn, user.id, by, told, MOST, now).await? {
            return Err(wrong("would be one too many: there are five at the most"));
        }
        if told {
            let job = json!({ "mail": "deputy", "id": user.id });
            let job = (format!("deputy:{}", user.id), job);
            store::jobs::insert_ranked(conn, MAIL, FIRST, vec![job], now).await?;
        }
        line(conn, who, "deputy.name", json!({ "told": told }), now).await
    })
    .await
}

/// Takes the mark from a deputy. What they did stays until its end.
///
/// # Errors
/// `NotFound` for who is none.
pub async fn remove(app: &App, who: &Admin, user: Id) -> Result<()> {
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        if !store::deputies::remove(conn, user).await? {
            return Err(Error::NotFound);
        }
        line(conn, who, "deputy.remove", json!({}), now).await
    })
    .await
}

async fn line(
    conn: &mut Conn,
    who: &Admin,
    act: &'static str,
    detail: Value,
    now: DateTime<Utc>,
) -> Result<()> {
    let line = NewLine {
        actor: Some(who.user().id),
        act,
        subject_kind: "registration",
        subject: None,
        detail,
        inverse: None,
    };
    store::audit::append(conn, line, now).await?;
    signs::act(conn, who, now).await
}

/// The call that holds for a user, whether or not they are a deputy.
async fn call(conn: &mut Conn, standing: &Standing, user: Id) -> Result<Option<Call>> {
    let now = standing.now;
    let mut calls = Vec::new();
    if standing.sealed() {
        let since = store::seals::open(conn).await?.or(standing.since);
        calls.extend(since.map(|since| Call {
            why: Why::Sealed,
            since,
        }));
    }
    if standing.stage >= Stage::Guarded
        && let Some(third) = store::deputies::reports_since(conn, REPORTS).await?
        && third + UNRESOLVED <= now
    {
        let guarded = standing.episode.map_or(now, |episode| episode.since);
        let since = (third + UNRESOLVED).max(guarded);
        calls.push(Call {
            why: Why::Reports,
            since,
        });
    }
    if let Some(away) = absence::lasting(conn, now).await?
        && away.deputy == Some(user)
    {
        calls.push(Call {
            why: Why::Absence,
            since: away.from,
        });
    }
    Ok(calls.into_iter().min_by_key(|call| call.since))
}

/// What somebody finds who knocks at the deputies' page.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// They may act.
    Ready(Box<Deputy>, Call),
    /// They have to sign in once more.
    SignInAfresh(Call),
}

/// Lets a deputy in who is called.
///
/// # Errors
/// `NotFound` for everybody else: nobody learns who is one, or whether there are any.
pub async fn admit(app: &App, who: &SignedIn) -> Result<Found> {
    let member = who::admit(who).map_err(|_| Error::NotFound)?;
    let user = member.user().id;
    let mut conn = app.desk.get().await?;
    let conn = &mut *conn;
    let deputies = store::deputies::list(conn).await?;
    if !deputies.iter().any(|deputy| deputy.user == user) {
        return Err(Error::NotFound);
    }
    let now = app.clock.now();
    let standing = switch::standing(app, conn, now).await?;
    let call = call(conn, &standing, user).await?.ok_or(Error::NotFound)?;
    let begun = super::signed_in_at(conn, &member, now).await?;
    let fresh = begun.is_some_and(|at| at >= call.since && at + FRESH > now);
    Ok(match fresh {
        true => Found::Ready(Box::new(who::deputy(member)), call),
        false => Found::SignInAfresh(call),
    })
}

/// Calls those who are to be called and were not yet: a mail for each, once a call. For the
/// timers.
pub async fn call_all(app: &App) -> Result<()> {
    let mut conn = app.desk.get().await?;
    let deputies = store::deputies::list(&mut conn).await?;
    if deputies.is_empty() {
        return Ok(());
    }
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let standing = switch::standing(app, conn, now).await?;
        let mut jobs = Vec::new();
        for Named { user, .. } in deputies {
            let Some(call) = call(conn, &standing, user).await? else {
                continue;
            };
            if store::deputies::note_called(conn, user, call.since, now).await? {
                let job = json!({ "mail": "deputy_called", "id": user });
                jobs.push((format!("deputy_called:{user}"), job));
            }
        }
        store::jobs::insert_ranked(conn, MAIL, FIRST, jobs, now).await
    })
    .await
}

/// Whether a call holds for that user, as the mail about it is written.
pub async fn is_called(app: &App, conn: &mut Conn, user: Id) -> Result<bool> {
    let standing = switch::standing(app, conn, app.clock.now()).await?;
    Ok(call(conn, &standing, user).await?.is_some())
}

/// Whether what deputies laid on others is over: somebody is home again.
pub async fn are_over(app: &App, conn: &mut Conn, now: DateTime<Utc>) -> Result<bool> {
    let standing = switch::standing(app, conn, now).await?;
    let away = absence::lasting(conn, now).await?;
    Ok(standing.stage < Stage::Guarded && away.is_none_or(|away| away.deputy.is_none()))
}
