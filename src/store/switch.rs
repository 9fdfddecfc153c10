//! What the dead-man switch writes down: the clock, and episodes (registration.md C1).
//!
//! Transitions are written under [`super::door::lock`]; compare-and-set on the version is the
//! second lock on the same door.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Integer, Nullable, Timestamptz};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;

use super::{Conn, raw};
use crate::domain::switch::{Cause, Stage};
use crate::domain::{Id, Result};
use crate::model::schema::episodes;
use crate::model::switch::{Episode, SwitchState};

const TICK: &str = "\
    WITH p AS (SELECT ?::timestamptz AS high, ?::timestamptz AS at, ?::bigint AS behind, \
                      ?::bigint AS wait, ?::bigint AS uptime, ?::bigint AS ahead, ?::timestamptz AS ahead_from), \
    lived AS (UPDATE episodes e SET uptime_millis = e.uptime_millis + p.uptime \
              FROM p WHERE e.ended_at IS NULL AND p.uptime > 0), \
    noticed AS (UPDATE heir_notices n SET uptime_millis = n.uptime_millis + p.uptime \
              FROM p WHERE n.ended_at IS NULL AND p.uptime > 0) \
    INSERT INTO switch_state (high_water, ticked_at, behind_millis, jump_wait_millis, ahead_millis, ahead_from) \
    SELECT high, at, behind, wait, ahead, ahead_from FROM p \
    ON CONFLICT (one) DO UPDATE SET high_water = EXCLUDED.high_water, ticked_at = EXCLUDED.ticked_at, \
        behind_millis = EXCLUDED.behind_millis, jump_wait_millis = EXCLUDED.jump_wait_millis, \
        ahead_millis = EXCLUDED.ahead_millis, ahead_from = EXCLUDED.ahead_from, \
        off_from = CASE WHEN EXCLUDED.ticked_at - switch_state.ticked_at >= interval '2 hours' \
            THEN switch_state.ticked_at ELSE switch_state.off_from END, \
        off_until = CASE WHEN EXCLUDED.ticked_at - switch_state.ticked_at >= interval '2 hours' \
            THEN EXCLUDED.ticked_at ELSE switch_state.off_until END";

/// Keeps the clock, and adds `uptime` milliseconds to the episode that is open, and to the notice
/// of an heir that runs. One statement.
pub async fn keep(conn: &mut Conn, state: SwitchState, uptime: i64) -> Result<()> {
    raw::<()>(TICK)
        .bind::<Timestamptz, _>(state.high_water)
        .bind::<Timestamptz, _>(state.ticked_at)
        .bind::<BigInt, _>(state.behind_millis)
        .bind::<BigInt, _>(state.jump_wait_millis)
        .bind::<BigInt, _>(uptime)
        .bind::<BigInt, _>(state.ahead_millis)
        .bind::<Nullable<Timestamptz>, _>(state.ahead_from)
        .execute(conn)
        .await?;
    Ok(())
}

/// From when to when nothing ticked for two hours or more, the last time: the server was off.
pub async fn last_off(conn: &mut Conn) -> Result<Option<(DateTime<Utc>, DateTime<Utc>)>> {
    type Row = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);
    let row: Option<Row> = raw::<(Nullable<Timestamptz>, Nullable<Timestamptz>)>(
        "SELECT off_from, off_until FROM switch_state",
    )
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.and_then(|(from, until)| from.zip(until)))
}

/// The episode that is open.
pub async fn open_episode(conn: &mut Conn) -> Result<Option<Episode>> {
    Ok(episodes::table
        .filter(episodes::ended_at.is_null())
        .select(Episode::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// An episode, open or not.
pub async fn episode(conn: &mut Conn, id: Id) -> Result<Option<Episode>> {
    Ok(episodes::table
        .filter(episodes::id.eq(id))
        .select(Episode::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The latest episodes, newest first.
pub async fn episodes(conn: &mut Conn, limit: i64) -> Result<Vec<Episode>> {
    Ok(episodes::table
        .order(episodes::id.desc())
        .select(Episode::as_select())
        .limit(limit)
        .load(conn)
        .await?)
}

/// The latest episodes in which the door was guarded, newest first.
pub async fn guarded(conn: &mut Conn, limit: i64) -> Result<Vec<Episode>> {
    Ok(episodes::table
        .filter(episodes::guarded_at.is_not_null())
        .order(episodes::id.desc())
        .select(Episode::as_select())
        .limit(limit)
        .load(conn)
        .await?)
}

/// Opens an episode in that stage; gives its id. `None` while another one is open.
pub async fn begin(
    conn: &mut Conn,
    cause: Cause,
    stage: Stage,
    since: DateTime<Utc>,
) -> Result<Option<Id>> {
    let guarded = (stage >= Stage::Guarded).then_some(since);
    Ok(diesel::insert_into(episodes::table)
        .values((
            episodes::kind.eq(cause),
            episodes::stage.eq(stage),
            episodes::since.eq(since),
            episodes::stage_since.eq(since),
            episodes::guarded_at.eq(guarded),
        ))
        .on_conflict_do_nothing()
        .returning(episodes::id)
        .get_result(conn)
        .await
        .optional()?)
}

const MOVE: &str = "\
    WITH p AS (SELECT ?::bigint AS id, ?::integer AS version, ?::smallint AS stage, ?::timestamptz AS at) \
    UPDATE episodes e SET stage = p.stage, version = e.version + 1, stage_since = p.at, uptime_millis = 0, \
        guarded_at = coalesce(e.guarded_at, CASE WHEN p.stage >= 2 THEN p.at END), \
        sealed_at = coalesce(e.sealed_at, CASE WHEN p.stage >= 3 THEN p.at END), \
        distress_at = coalesce(e.distress_at, CASE WHEN p.stage >= 4 THEN p.at END) \
    FROM p WHERE e.id = p.id AND e.version = p.version AND e.ended_at IS NULL";

/// Brings the episode into another stage (1 to 4), up or down, if it is still at that version;
/// whether it was. Uptime begins anew.
pub async fn advance(
    conn: &mut Conn,
    id: Id,
    version: i32,
    stage: Stage,
    at: DateTime<Utc>,
) -> Result<bool> {
    use diesel::sql_types::SmallInt;
    let moved = raw::<()>(MOVE)
        .bind::<BigInt, _>(id)
        .bind::<Integer, _>(version)
        .bind::<SmallInt, _>(stage)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(moved > 0)
}

/// Notes that this many warnings were given.
pub async fn warned(conn: &mut Conn, id: Id, version: i32, warnings: i16) -> Result<bool> {
    let row = episodes::table
        .filter(episodes::id.eq(id))
        .filter(episodes::version.eq(version))
        .filter(episodes::warned.lt(warnings))
        .filter(episodes::ended_at.is_null());
    let noted = diesel::update(row)
        .set(episodes::warned.eq(warnings))
        .execute(conn)
        .await?;
    Ok(noted > 0)
}

const END: &str = "\
    WITH p AS (SELECT ?::bigint AS id, ?::integer AS version, ?::bigint AS by, ?::timestamptz AS at) \
    UPDATE episodes e SET version = e.version + 1, ended_at = p.at, ended_by = p.by \
    FROM p WHERE e.id = p.id AND e.version = p.version AND e.ended_at IS NULL";

/// Ends the episode if it is still at that version; whether it was. `by` is who lifted it.
pub async fn end(
    conn: &mut Conn,
    id: Id,
    version: i32,
    by: Option<Id>,
    at: DateTime<Utc>,
) -> Result<bool> {
    let ended = raw::<()>(END)
        .bind::<BigInt, _>(id)
        .bind::<Integer, _>(version)
        .bind::<Nullable<BigInt>, _>(by)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(ended > 0)
}

/// The same moment by the clock that is believed now.
macro_rules! brought {
    ($at:literal) => {
        concat!(
            "CASE WHEN ",
            $at,
            " > p.home THEN CASE WHEN ",
            $at,
            " - p.by > p.now THEN p.now ELSE ",
            $at,
            " - p.by END WHEN ",
            $at,
            " - p.rest > p.now THEN p.now ELSE ",
            $at,
            " - p.rest END"
        )
    };
}

/// A time that may be from before or after the clock was set back stays.
macro_rules! moved {
    ($at:literal) => {
        concat!(
            "CASE WHEN ",
            $at,
            " > p.reached AND ",
            $at,
            " <= p.now THEN ",
            $at,
            " ELSE ",
            brought!($at),
            " END"
        )
    };
}

const BRING_BACK: &str = concat!(
    "WITH p AS (SELECT ?::bigint * interval '1 second' AS by, ?::bigint * interval '1 second' AS rest, \
        coalesce(?::timestamptz, 'infinity') AS home, ?::timestamptz AS reached, ?::timestamptz AS now), \
    seen AS (UPDATE signs_of_life s SET at = ",
    brought!("s.at"),
    " FROM p), \
    held AS (UPDATE users u SET role_since = least(",
    moved!("u.role_since"),
    ", p.reached) FROM p WHERE u.role > 0), \
    waits AS (UPDATE applications a SET submitted_at = ",
    moved!("a.submitted_at"),
    ", confirmed_at = ",
    moved!("a.confirmed_at"),
    ", appealed_at = ",
    moved!("a.appealed_at"),
    ", response_from = ",
    moved!("a.response_from"),
    ", waits_from = ",
    moved!("a.waits_from"),
    ", decided_at = ",
    moved!("a.decided_at"),
    // They give 14 days each.
    ", put_off_until = interval '14 days' + ",
    moved!("(a.put_off_until - interval '14 days')"),
    " FROM p WHERE a.state IN (1, 2) OR a.submitted_at > p.now OR a.decided_at > p.now - interval '7 days'), \
    said AS (UPDATE application_messages m SET created_at = ",
    moved!("m.created_at"),
    " FROM p WHERE m.created_at > p.now OR EXISTS \
        (SELECT 1 FROM applications a WHERE a.id = m.application_id AND a.state IN (1, 2))), \
    reported AS (UPDATE reports r SET created_at = ",
    moved!("r.created_at"),
    ", closed_at = ",
    moved!("r.closed_at"),
    " FROM p WHERE r.closed_at IS NULL OR r.closed_at > p.now - interval '7 days') \
    UPDATE episodes e SET since = ",
    brought!("e.since"),
    ", stage_since = ",
    brought!("e.stage_since"),
    " FROM p WHERE e.ended_at IS NULL"
);

/// The clock was set back by so much to `reached`, and is believed now. What was noted until then is
/// brought to the same moment by this clock, so that no deadline gets longer (E5): signs of life,
/// roles, the episode, and what both clocks of the switch look at in applications and reports.
/// Where the clock had been ahead since `home`, what is older than that is only so much older:
/// a clock that was a year ahead and comes back ages nobody by a year (E4).
///
/// Signs of life are noted at the high-water mark meanwhile ([`super::signs_of_life::insert`]), so
/// that all of them are from before; of the rest, a time since `reached` stays as it is.
pub async fn bring_back(
    conn: &mut Conn,
    by: chrono::TimeDelta,
    home: Option<(DateTime<Utc>, chrono::TimeDelta)>,
    reached: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    let (home, rest) = home.map_or((None, by), |(home, rest)| (Some(home), rest));
    raw::<()>(BRING_BACK)
        .bind::<BigInt, _>(by.num_seconds())
        .bind::<BigInt, _>(rest.num_seconds())
        .bind::<Nullable<Timestamptz>, _>(home)
        .bind::<Timestamptz, _>(reached)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}
