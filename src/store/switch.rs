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
                      ?::bigint AS wait, ?::bigint AS uptime), \
    lived AS (UPDATE episodes e SET uptime_millis = e.uptime_millis + p.uptime \
              FROM p WHERE e.ended_at IS NULL AND p.uptime > 0), \
    noticed AS (UPDATE heir_notices n SET uptime_millis = n.uptime_millis + p.uptime \
              FROM p WHERE n.ended_at IS NULL AND p.uptime > 0) \
    INSERT INTO switch_state (high_water, ticked_at, behind_millis, jump_wait_millis) \
    SELECT high, at, behind, wait FROM p \
    ON CONFLICT (one) DO UPDATE SET high_water = EXCLUDED.high_water, ticked_at = EXCLUDED.ticked_at, \
        behind_millis = EXCLUDED.behind_millis, jump_wait_millis = EXCLUDED.jump_wait_millis, \
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

const BRING_BACK: &str = "\
    WITH p AS (SELECT ?::bigint * interval '1 second' AS by, ?::timestamptz AS now), \
    seen AS (UPDATE signs_of_life s SET at = least(s.at - p.by, p.now) FROM p WHERE s.at > p.now), \
    held AS (UPDATE users u SET role_since = least(u.role_since - p.by, p.now) FROM p \
             WHERE u.role > 0 AND u.role_since > p.now), \
    waits AS (UPDATE applications a SET \
                submitted_at = CASE WHEN a.submitted_at > p.now THEN least(a.submitted_at - p.by, p.now) ELSE a.submitted_at END, \
                confirmed_at = CASE WHEN a.confirmed_at > p.now THEN least(a.confirmed_at - p.by, p.now) ELSE a.confirmed_at END, \
                appealed_at = CASE WHEN a.appealed_at > p.now THEN least(a.appealed_at - p.by, p.now) ELSE a.appealed_at END, \
                response_from = CASE WHEN a.response_from > p.now THEN least(a.response_from - p.by, p.now) ELSE a.response_from END, \
                decided_at = CASE WHEN a.decided_at > p.now THEN least(a.decided_at - p.by, p.now) ELSE a.decided_at END, \
                put_off_until = CASE WHEN a.put_off_until > p.now + interval '14 days' \
                    THEN least(a.put_off_until - p.by, p.now + interval '14 days') ELSE a.put_off_until END \
              FROM p WHERE a.submitted_at > p.now OR a.confirmed_at > p.now OR a.appealed_at > p.now \
                OR a.response_from > p.now OR a.decided_at > p.now OR a.put_off_until > p.now + interval '14 days'), \
    said AS (UPDATE application_messages m SET created_at = least(m.created_at - p.by, p.now) FROM p \
             WHERE m.created_at > p.now), \
    reported AS (UPDATE reports r SET \
                   created_at = CASE WHEN r.created_at > p.now THEN least(r.created_at - p.by, p.now) ELSE r.created_at END, \
                   closed_at = CASE WHEN r.closed_at > p.now THEN least(r.closed_at - p.by, p.now) ELSE r.closed_at END \
                 FROM p WHERE r.created_at > p.now OR r.closed_at > p.now) \
    UPDATE episodes e SET since = least(e.since - p.by, p.now), \
        stage_since = least(e.stage_since - p.by, p.now) \
    FROM p WHERE e.ended_at IS NULL AND e.stage_since > p.now";

/// The clock was set back by so much, and is believed now: what was noted in a time that comes
/// again is brought to before `now`, so that a clock that was ahead extends no deadline (E5):
/// signs of life, roles, the episode, and what both clocks of the switch look at in applications
/// and reports.
///
/// An application is put off by 14 days at the most: what ends later was put off by that clock.
pub async fn bring_back(conn: &mut Conn, by: chrono::TimeDelta, now: DateTime<Utc>) -> Result<()> {
    raw::<()>(BRING_BACK)
        .bind::<BigInt, _>(by.num_seconds())
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}
