//! The queue of deliveries: hosts are claimed, not rows; what a run of a host did is written
//! in sets.
//!
//! Whoever changes `waiting` or `due_at` holds the host's row: the relay when it adds rows,
//! [`finish`] when it takes some away. So nothing that was added is ever asleep.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::sql_types::{
    Array, BigInt, Bool, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel_async::{AsyncConnection, RunQueryDsl};
use uuid::Uuid;

use super::Conn;
use super::raw::raw;
use crate::domain::{Error, Id, Result};

/// Rows of a host that are sent in one run.
pub const RUN: i64 = 50;
/// Rows that may wait for a host that fails; beyond it goes what can best be missed, as far as
/// it is older than [`FRESH`].
pub const MOST: i32 = 1_000;
/// Nothing younger is cut: a host that is away for a while, or has much to take, misses nothing.
pub const FRESH: TimeDelta = TimeDelta::hours(6);
/// A host that failed for so long is dead; rows never get older.
pub const PATIENCE: TimeDelta = TimeDelta::days(7);

/// A host that somebody sends to now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claimed {
    /// The host.
    pub host: i64,
    /// How often it failed in a row.
    pub fails: i32,
    /// The dialect of signatures that it took last: 0 draft-cavage, 1 RFC 9421.
    pub signature: i16,
}

const CLAIM: &str = "\
    WITH p AS (SELECT ?::timestamptz AS at, ?::timestamptz AS until, ?::uuid AS me, ?::bigint AS fine, ?::bigint AS failing), \
    a AS MATERIALIZED (SELECT host_id FROM delivery_hosts WHERE due_at IS NOT NULL AND fails = 0 \
        AND due_at <= (SELECT at FROM p) ORDER BY due_at LIMIT (SELECT fine FROM p) FOR UPDATE SKIP LOCKED), \
    b AS MATERIALIZED (SELECT host_id FROM delivery_hosts WHERE due_at IS NOT NULL AND fails > 0 \
        AND due_at <= (SELECT at FROM p) ORDER BY due_at LIMIT (SELECT failing FROM p) FOR UPDATE SKIP LOCKED) \
    UPDATE delivery_hosts h SET due_at = p.until, holder = p.me \
    FROM p, (SELECT host_id FROM a UNION ALL SELECT host_id FROM b) c WHERE h.host_id = c.host_id \
    RETURNING h.host_id, h.fails, h.signature";

/// Claims hosts that are due until `until`; after that they are anybody's again. Those that
/// fail are counted apart, so that they never take all places.
pub async fn claim(
    conn: &mut Conn,
    me: Uuid,
    fine: i64,
    failing: i64,
    at: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<Claimed>> {
    let rows: Vec<(i64, i32, i16)> = raw::<(BigInt, Integer, SmallInt)>(CLAIM)
        .bind::<Timestamptz, _>(at)
        .bind::<Timestamptz, _>(until)
        .bind::<SqlUuid, _>(me)
        .bind::<BigInt, _>(fine)
        .bind::<BigInt, _>(failing)
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(host, fails, signature)| Claimed {
            host,
            fails,
            signature,
        })
        .collect())
}

/// One thing to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The host.
    pub host: i64,
    /// What.
    pub activity: i64,
    /// Whose key signs; 0 is the server's own actor.
    pub actor: Id,
    /// Where to.
    pub inbox: i64,
    /// The same as an address.
    pub url: String,
    /// How often this row was refused or broke off.
    pub attempts: i16,
}

const DUE: &str = "\
    WITH p AS (SELECT ?::bigint[] AS hosts, ?::timestamptz AS at, ?::bigint AS most) \
    SELECT d.host_id, d.activity_id, a.actor_id, d.inbox_id, i.url, d.attempts \
    FROM p CROSS JOIN LATERAL unnest(p.hosts) AS h (id) \
    CROSS JOIN LATERAL (SELECT * FROM deliveries d WHERE d.host_id = h.id \
        AND (d.retry_at IS NULL OR d.retry_at <= p.at) ORDER BY d.activity_id, d.inbox_id LIMIT (SELECT most FROM p)) d \
    JOIN inboxes i ON i.id = d.inbox_id JOIN activities a ON a.id = d.activity_id \
    ORDER BY d.host_id, d.activity_id, d.inbox_id";

/// What is due for claimed hosts: the oldest [`RUN`] of each, in their order.
pub async fn due(conn: &mut Conn, hosts: Vec<i64>, at: DateTime<Utc>) -> Result<Vec<Due>> {
    if hosts.is_empty() {
        return Ok(Vec::new());
    }
    type Columns = (BigInt, BigInt, BigInt, BigInt, Text, SmallInt);
    let rows: Vec<(i64, i64, Id, i64, String, i16)> = raw::<Columns>(DUE)
        .bind::<Array<BigInt>, _>(hosts)
        .bind::<Timestamptz, _>(at)
        .bind::<BigInt, _>(RUN)
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(host, activity, actor, inbox, url, attempts)| Due {
            host,
            activity,
            actor,
            inbox,
            url,
            attempts,
        })
        .collect())
}

/// What became of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was taken.
    Delivered,
    /// It was refused for good, with this status.
    Refused(i16),
    /// It can never be sent.
    Dropped,
    /// It is tried again at that time, or with the host where there is none.
    Again(Option<DateTime<Utc>>),
}

/// One row and its [`Fate`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// What.
    pub activity: i64,
    /// Where to.
    pub inbox: i64,
    /// What became of it.
    pub fate: Fate,
    /// The inbox said 404 or 410.
    pub missing: bool,
}

/// What one run of a host did.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// The host.
    pub host: i64,
    /// Rows that something became of; others wait on.
    pub lines: Vec<Line>,
    /// Accounts of whom something may have arrived there for the first time (D17).
    pub reached: Vec<Id>,
    /// The host answered sensibly: it lives.
    pub answered: bool,
    /// Why it failed, if it did; 500 characters at the most.
    pub error: Option<String>,
    /// Not before; `None` = as soon as anything is due.
    pub due: Option<DateTime<Utc>>,
    /// The dialect that it took.
    pub signature: i16,
}

const LOCK: &str =
    "SELECT host_id FROM delivery_hosts WHERE host_id = ANY (?) ORDER BY host_id FOR UPDATE";

// `fate` is -2 delivered, -1 dropped, or the status of a refusal.
const TAKE_AWAY: &str = "\
    WITH p AS (SELECT ?::bigint[] AS hosts, ?::bigint[] AS activities, ?::bigint[] AS inboxes, \
    ?::smallint[] AS fates, ?::timestamptz AS at), \
    l AS MATERIALIZED (SELECT w.* FROM p CROSS JOIN LATERAL \
        unnest(p.hosts, p.activities, p.inboxes, p.fates) AS w (host, activity, inbox, fate)), \
    held AS MATERIALIZED (SELECT id FROM activities WHERE id IN (SELECT activity FROM l) ORDER BY id FOR UPDATE), \
    gone AS (DELETE FROM deliveries d USING l WHERE d.host_id = l.host AND d.activity_id = l.activity \
        AND d.inbox_id = l.inbox RETURNING d.activity_id, l.fate), \
    no AS (INSERT INTO delivery_refusals (activity_id, inbox_id, host_id, status, at) \
        SELECT l.activity, l.inbox, l.host, l.fate, p.at FROM l CROSS JOIN p WHERE l.fate > 0 ON CONFLICT DO NOTHING) \
    UPDATE activities a SET delivered = a.delivered + c.yes, dropped = a.dropped + c.no \
    FROM (SELECT activity_id, count(*) FILTER (WHERE fate = -2)::integer AS yes, \
          count(*) FILTER (WHERE fate <> -2)::integer AS no FROM gone GROUP BY activity_id) c \
    JOIN held ON held.id = c.activity_id WHERE a.id = c.activity_id";

const PUT_OFF: &str = "\
    WITH p AS (SELECT ?::bigint[] AS hosts, ?::bigint[] AS activities, ?::bigint[] AS inboxes, ?::timestamptz[] AS times) \
    UPDATE deliveries d SET attempts = d.attempts + 1, retry_at = w.at \
    FROM p CROSS JOIN LATERAL unnest(p.hosts, p.activities, p.inboxes, p.times) AS w (host, activity, inbox, at) \
    WHERE d.host_id = w.host AND d.activity_id = w.activity AND d.inbox_id = w.inbox";

const REACHED: &str = "\
    WITH p AS (SELECT ?::bigint[] AS accounts, ?::bigint[] AS hosts, ?::timestamptz AS at) \
    INSERT INTO reach (account_id, host_id, first_at) SELECT DISTINCT w.account, w.host, p.at \
    FROM p CROSS JOIN LATERAL unnest(p.accounts, p.hosts) AS w (account, host) \
    ORDER BY 1, 2 ON CONFLICT DO NOTHING";

const INBOXES: &str = "\
    WITH p AS (SELECT ?::bigint[] AS ids, ?::boolean[] AS missing, ?::timestamptz AS at, ?::smallint AS most) \
    UPDATE inboxes i SET missing = CASE WHEN w.missing THEN least(i.missing + 1, 1000) ELSE 0 END, \
        gone_at = CASE WHEN w.missing AND i.missing + 1 >= p.most THEN p.at END \
    FROM p CROSS JOIN LATERAL unnest(p.ids, p.missing) AS w (id, missing) \
    WHERE i.id = w.id AND (w.missing OR i.missing > 0)";

/// An inbox that answered 404 or 410 so often in a row is gone.
const MISSING: i16 = 3;

// The rows are counted anew under the lock: the number is exact whatever happened before.
const HOSTS: &str = "\
    WITH p AS (SELECT ?::bigint[] AS hosts, ?::boolean[] AS answered, ?::text[] AS errors, ?::timestamptz[] AS dues, \
    ?::smallint[] AS signatures, ?::bigint[] AS delivered, ?::uuid AS me, ?::timestamptz AS at, ?::timestamptz AS dead_before), \
    w AS MATERIALIZED (SELECT w.*, n.waiting, n.first FROM p CROSS JOIN LATERAL \
        unnest(p.hosts, p.answered, p.errors, p.dues, p.signatures, p.delivered) AS w (host, answered, error, due, signature, delivered) \
        CROSS JOIN LATERAL (SELECT count(*)::integer AS waiting, min(coalesce(d.retry_at, p.at)) AS first \
            FROM deliveries d WHERE d.host_id = w.host) n) \
    UPDATE delivery_hosts h SET waiting = w.waiting, holder = NULL, tried_at = p.at, \
        due_at = CASE WHEN w.waiting = 0 THEN NULL ELSE greatest(w.due, w.first) END, \
        fails = CASE WHEN w.error IS NOT NULL THEN h.fails + 1 WHEN w.answered THEN 0 ELSE h.fails END, \
        failing_since = CASE WHEN w.error IS NOT NULL THEN coalesce(h.failing_since, p.at) WHEN w.answered AND h.dead_since IS NULL THEN NULL ELSE h.failing_since END, \
        dead_since = CASE WHEN w.error IS NOT NULL AND h.failing_since < p.dead_before THEN coalesce(h.dead_since, p.at) \
            ELSE h.dead_since END, \
        revived_at = CASE WHEN w.answered AND h.dead_since IS NOT NULL THEN coalesce(h.revived_at, p.at) ELSE h.revived_at END, \
        delivered = h.delivered + w.delivered, \
        delivered_at = CASE WHEN w.delivered > 0 THEN p.at ELSE h.delivered_at END, \
        signature = w.signature, last_error = coalesce(w.error, h.last_error) \
    FROM w CROSS JOIN p WHERE h.host_id = w.host AND h.holder = p.me \
    RETURNING h.host_id, h.waiting, h.dead_since IS NOT NULL, h.fails > 0";

/// Writes what runs did and gives the hosts back. A host whose lease was lost meanwhile keeps
/// its state, but what was delivered to it is delivered.
pub async fn finish(conn: &mut Conn, me: Uuid, done: &[Done], at: DateTime<Utc>) -> Result<()> {
    if done.is_empty() {
        return Ok(());
    }
    conn.transaction(async |conn| {
        let hosts: Vec<i64> = done.iter().map(|d| d.host).collect();
        raw::<(BigInt,)>(LOCK)
            .bind::<Array<BigInt>, _>(hosts.clone())
            .load::<(i64,)>(conn)
            .await?;
        take_away(conn, done, at).await?;
        put_off(conn, done).await?;
        note_reached(conn, done, at).await?;
        note_inboxes(conn, done, at).await?;
        let delivered = done.iter().map(|d| {
            let yes = d.lines.iter().filter(|l| l.fate == Fate::Delivered);
            i64::try_from(yes.count()).unwrap_or(0)
        });
        let rows: Vec<(i64, i32, bool, bool)> = raw::<(BigInt, Integer, Bool, Bool)>(HOSTS)
            .bind::<Array<BigInt>, _>(hosts)
            .bind::<Array<Bool>, _>(done.iter().map(|d| d.answered).collect::<Vec<_>>())
            .bind::<Array<Nullable<Text>>, _>(
                done.iter().map(|d| d.error.clone()).collect::<Vec<_>>(),
            )
            .bind::<Array<Nullable<Timestamptz>>, _>(done.iter().map(|d| d.due).collect::<Vec<_>>())
            .bind::<Array<SmallInt>, _>(done.iter().map(|d| d.signature).collect::<Vec<_>>())
            .bind::<Array<BigInt>, _>(delivered.collect::<Vec<i64>>())
            .bind::<SqlUuid, _>(me)
            .bind::<Timestamptz, _>(at)
            .bind::<Timestamptz, _>(at - PATIENCE)
            .load(conn)
            .await?;
        let of = |wanted: fn(&(i64, i32, bool, bool)) -> bool| {
            let rows = rows.iter().filter(|row| wanted(row));
            rows.map(|(host, ..)| *host).collect::<Vec<i64>>()
        };
        super::delivery_hosts::empty(conn, of(|(_, waiting, dead, _)| *dead && *waiting > 0))
            .await?;
        let full = of(|(_, waiting, dead, fails)| !dead && *fails && *waiting > MOST);
        super::delivery_hosts::trim(conn, full, at).await
    })
    .await
}

type Selected = (Vec<i64>, Vec<i64>, Vec<i64>);

/// Host, activity and inbox of the lines that `wanted` gives something for, and that.
fn select<T>(done: &[Done], wanted: impl Fn(&Line) -> Option<T>) -> (Selected, Vec<T>) {
    let mut out = (Selected::default(), Vec::new());
    for run in done {
        for line in &run.lines {
            if let Some(value) = wanted(line) {
                out.0.0.push(run.host);
                out.0.1.push(line.activity);
                out.0.2.push(line.inbox);
                out.1.push(value);
            }
        }
    }
    out
}

async fn take_away(conn: &mut Conn, done: &[Done], at: DateTime<Utc>) -> Result<()> {
    let ((hosts, activities, inboxes), fates) = select(done, |line| match line.fate {
        Fate::Delivered => Some(-2i16),
        Fate::Dropped => Some(-1),
        Fate::Refused(status) => Some(status.max(1)),
        Fate::Again(_) => None,
    });
    if hosts.is_empty() {
        return Ok(());
    }
    raw::<()>(TAKE_AWAY)
        .bind::<Array<BigInt>, _>(hosts)
        .bind::<Array<BigInt>, _>(activities)
        .bind::<Array<BigInt>, _>(inboxes)
        .bind::<Array<SmallInt>, _>(fates)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(())
}

async fn put_off(conn: &mut Conn, done: &[Done]) -> Result<()> {
    let ((hosts, activities, inboxes), times) = select(done, |line| match line.fate {
        Fate::Again(time) => Some(time),
        _ => None,
    });
    if hosts.is_empty() {
        return Ok(());
    }
    raw::<()>(PUT_OFF)
        .bind::<Array<BigInt>, _>(hosts)
        .bind::<Array<BigInt>, _>(activities)
        .bind::<Array<BigInt>, _>(inboxes)
        .bind::<Array<Nullable<Timestamptz>>, _>(times)
        .execute(conn)
        .await?;
    Ok(())
}

async fn note_reached(conn: &mut Conn, done: &[Done], at: DateTime<Utc>) -> Result<()> {
    let pairs = done
        .iter()
        .flat_map(|d| d.reached.iter().map(|account| (*account, d.host)));
    let (accounts, hosts): (Vec<Id>, Vec<i64>) = pairs.unzip();
    if accounts.is_empty() {
        return Ok(());
    }
    reached(conn, accounts, hosts, at).await
}

/// Notes that a host has something of an account; again is no error. Two lists of one length.
pub async fn reached(
    conn: &mut Conn,
    accounts: Vec<Id>,
    hosts: Vec<i64>,
    at: DateTime<Utc>,
) -> Result<()> {
    raw::<()>(REACHED)
        .bind::<Array<BigInt>, _>(accounts)
        .bind::<Array<BigInt>, _>(hosts)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(())
}

/// Runs of distinct hosts never share an inbox row in practice; where they do, one wins.
async fn note_inboxes(conn: &mut Conn, done: &[Done], at: DateTime<Utc>) -> Result<()> {
    let mut last = std::collections::BTreeMap::new();
    for line in done.iter().flat_map(|d| &d.lines) {
        if line.missing || line.fate == Fate::Delivered {
            last.insert(line.inbox, line.missing);
        }
    }
    if last.is_empty() {
        return Ok(());
    }
    let (ids, missing): (Vec<i64>, Vec<bool>) = last.into_iter().unzip();
    raw::<()>(INBOXES)
        .bind::<Array<BigInt>, _>(ids)
        .bind::<Array<Bool>, _>(missing)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(MISSING)
        .execute(conn)
        .await?;
    Ok(())
}

/// Gives back hosts that were claimed and not tried.
pub async fn release(conn: &mut Conn, me: Uuid, hosts: Vec<i64>, at: DateTime<Utc>) -> Result<()> {
    if hosts.is_empty() {
        return Ok(());
    }
    raw::<()>(
        "UPDATE delivery_hosts SET due_at = ?, holder = NULL WHERE holder = ? AND host_id = ANY (?)",
    )
    .bind::<Timestamptz, _>(at)
    .bind::<SqlUuid, _>(me)
    .bind::<Array<BigInt>, _>(hosts)
    .execute(conn)
    .await?;
    Ok::<_, Error>(())
}
