//! Boosts: thin rows of `statuses`; each deed one statement, with its event.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Bool, Nullable, SmallInt, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use super::visibility::{boost_audience, boostable_by, visible_to};
use crate::domain::event::EventKind;
use crate::domain::visibility::Visibility;
use crate::domain::{Id, Result};

/// What became of a boost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Boosted {
    /// The boosted status.
    pub status: Id,
    /// Whether it may be boosted by that account at all.
    pub allowed: bool,
    /// The boost's own id; `None` when not allowed, or when a parallel twin is just writing it.
    pub boost: Option<Id>,
    /// How many boosts there are now, this one included.
    pub count: i64,
    /// Whether anything changed.
    pub changed: bool,
}

// See `reactions.rs` for the count.
macro_rules! boosts {
    () => {
        "CASE WHEN coalesce(st.reblogs_count, 0) > 1000 THEN st.reblogs_count ELSE \
         (SELECT count(*) FROM statuses c WHERE c.reblog_of_id = t.id) END"
    };
}

const ADD: &str = concat!(
    "WITH p AS (SELECT ?::bigint AS status, ?::bigint AS viewer, ?::smallint AS visibility, ",
    "?::bigint AS app, ?::timestamptz AS at, ?::smallint AS event), ",
    "t AS (SELECT t.id, ",
    boost_audience!("p.visibility", "t"),
    " AS audience, ",
    boostable_by!("t", "p.viewer"),
    " AS allowed FROM p JOIN statuses s ON s.id = p.status ",
    "JOIN statuses t ON t.id = coalesce(s.reblog_of_id, s.id) JOIN accounts a ON a.id = t.account_id WHERE ",
    visible_to!("t", "a"),
    "), did AS (INSERT INTO statuses (id, account_id, reblog_of_id, visibility, app_id, created_at) ",
    "SELECT next_id(p.at), p.viewer, t.id, t.audience, p.app, p.at FROM t CROSS JOIN p WHERE t.allowed ",
    "ON CONFLICT (account_id, reblog_of_id) WHERE reblog_of_id IS NOT NULL DO NOTHING RETURNING id, reblog_of_id), ",
    "told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) ",
    "SELECT 0, p.event, did.id, p.viewer, did.reblog_of_id, p.at FROM did CROSS JOIN p) ",
    "SELECT t.id, t.allowed, coalesce((SELECT id FROM did), ",
    "(SELECT b.id FROM statuses b WHERE b.account_id = p.viewer AND b.reblog_of_id = t.id)), ",
    "GREATEST(",
    boosts!(),
    " + (SELECT count(*) FROM did), coalesce(st.remote_reblogs_count, 0)), ",
    "(SELECT count(*) FROM did) FROM t CROSS JOIN p LEFT JOIN status_stats st ON st.status_id = t.id"
);

const REMOVE: &str = concat!(
    "WITH p AS (SELECT ?::bigint AS status, ?::bigint AS viewer, ?::timestamptz AS at, ?::smallint AS event), ",
    "t AS (SELECT coalesce(s.reblog_of_id, s.id) AS id FROM p JOIN statuses s ON s.id = p.status), ",
    "did AS (DELETE FROM statuses b USING p, t WHERE b.reblog_of_id = t.id AND b.account_id = p.viewer ",
    "RETURNING b.id, b.reblog_of_id), ",
    "told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) ",
    "SELECT 0, p.event, did.id, p.viewer, did.reblog_of_id, p.at FROM did CROSS JOIN p) ",
    "SELECT t.id, true, (SELECT id FROM did), GREATEST(",
    boosts!(),
    " - (SELECT count(*) FROM did), coalesce(st.remote_reblogs_count, 0)), ",
    "(SELECT count(*) FROM did) FROM t LEFT JOIN status_stats st ON st.status_id = t.id"
);

type Columns = (BigInt, Bool, Nullable<BigInt>, BigInt, BigInt);
type Row = (Id, bool, Option<Id>, i64, i64);

/// Boosts what `account` may see and pass on; `None` when there is no such status for them.
/// The boost is never for more people than the status. Doing it again finds the first one.
pub async fn boost(
    conn: &mut Conn,
    status: Id,
    account: Id,
    visibility: Visibility,
    app: Option<Id>,
    at: DateTime<Utc>,
) -> Result<Option<Boosted>> {
    let row: Option<Row> = raw::<Columns>(ADD)
        .bind::<BigInt, _>(status)
        .bind::<BigInt, _>(account)
        .bind::<SmallInt, _>(visibility)
        .bind::<Nullable<BigInt>, _>(app)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(EventKind::StatusReblogged as i16)
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(boosted))
}

/// Takes a boost back, by the boosted status or by the boost itself; `None` when there is no
/// such status at all. Whether `account` may (still) see it is not asked.
pub async fn unboost(
    conn: &mut Conn,
    status: Id,
    account: Id,
    at: DateTime<Utc>,
) -> Result<Option<Boosted>> {
    let row: Option<Row> = raw::<Columns>(REMOVE)
        .bind::<BigInt, _>(status)
        .bind::<BigInt, _>(account)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(EventKind::ReblogUndone as i16)
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(boosted))
}

fn boosted((status, allowed, boost, count, did): Row) -> Boosted {
    Boosted {
        status,
        allowed,
        boost,
        count,
        changed: did > 0,
    }
}
