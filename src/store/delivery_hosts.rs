//! How hosts take what is sent to them: looked at, cut, wakened.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::deliveries::{FRESH, MOST, PATIENCE};
use super::raw::raw;
use crate::domain::activity::ActivityKind;
use crate::domain::{Id, Result};

/// A host that talks to us but fails to take what we send is tried no sooner than so long
/// after the last time.
const PAUSE: TimeDelta = TimeDelta::minutes(10);

/// Deletes all that waits for these hosts, which are dead.
pub(super) async fn empty(conn: &mut Conn, hosts: Vec<i64>) -> Result<()> {
    if hosts.is_empty() {
        return Ok(());
    }
    raw::<()>(
        "WITH p AS (SELECT ?::bigint[] AS hosts), \
         gone AS (DELETE FROM deliveries d USING p WHERE d.host_id = ANY (p.hosts) RETURNING d.activity_id), \
         n AS (SELECT activity_id, count(*)::integer AS n FROM gone GROUP BY activity_id), \
         held AS MATERIALIZED (SELECT id FROM activities WHERE id IN (SELECT activity_id FROM n) ORDER BY id FOR UPDATE), \
         counted AS (UPDATE activities a SET dropped = a.dropped + n.n FROM n JOIN held ON held.id = n.activity_id \
             WHERE a.id = n.activity_id) \
         UPDATE delivery_hosts h SET waiting = 0, due_at = NULL FROM p WHERE h.host_id = ANY (p.hosts)",
    )
    .bind::<Array<BigInt>, _>(hosts)
    .execute(conn)
    .await?;
    Ok(())
}

// What can be missed goes first, the oldest of it; a deletion goes last. What is young stays.
const TRIM: &str = "\
    WITH p AS (SELECT ?::bigint[] AS hosts, ?::smallint[] AS expendable, ?::integer AS most, ?::timestamptz AS before), \
    ranked AS (SELECT d.host_id, d.activity_id, d.inbox_id, a.created_at, \
        row_number() OVER (PARTITION BY d.host_id ORDER BY a.kind = ANY (p.expendable), d.activity_id DESC) AS place \
        FROM p JOIN deliveries d ON d.host_id = ANY (p.hosts) JOIN activities a ON a.id = d.activity_id), \
    gone AS (DELETE FROM deliveries d USING ranked r, p WHERE r.place > p.most AND r.created_at < p.before AND d.host_id = r.host_id \
        AND d.activity_id = r.activity_id AND d.inbox_id = r.inbox_id RETURNING d.host_id, d.activity_id), \
    n AS (SELECT activity_id, count(*)::integer AS n FROM gone GROUP BY activity_id), \
    held AS MATERIALIZED (SELECT id FROM activities WHERE id IN (SELECT activity_id FROM n) ORDER BY id FOR UPDATE), \
    counted AS (UPDATE activities a SET dropped = a.dropped + n.n FROM n JOIN held ON held.id = n.activity_id \
        WHERE a.id = n.activity_id) \
    UPDATE delivery_hosts h SET waiting = greatest(h.waiting - w.n, 0) \
    FROM (SELECT host_id, count(*)::integer AS n FROM gone GROUP BY host_id) w WHERE h.host_id = w.host_id";

/// Cuts what waits for these hosts to [`MOST`] rows each, of what is older than [`FRESH`]. Hold
/// their rows.
pub(super) async fn trim(conn: &mut Conn, hosts: Vec<i64>, now: DateTime<Utc>) -> Result<()> {
    if hosts.is_empty() {
        return Ok(());
    }
    let expendable: Vec<i16> = ActivityKind::EXPENDABLE.iter().map(|k| *k as i16).collect();
    raw::<()>(TRIM)
        .bind::<Array<BigInt>, _>(hosts)
        .bind::<Array<SmallInt>, _>(expendable)
        .bind::<Integer, _>(MOST)
        .bind::<Timestamptz, _>(now - FRESH)
        .execute(conn)
        .await?;
    Ok(())
}

// Hosts whose oldest row is young have nothing to be cut.
const FULL: &str = "\
    WITH p AS (SELECT ?::integer AS most, ?::timestamptz AS before) \
    SELECT host_id FROM delivery_hosts WHERE fails > 0 AND waiting > (SELECT most FROM p) \
    AND failing_since < (SELECT before FROM p) ORDER BY host_id LIMIT 100 FOR UPDATE";

/// Cuts hosts that have failed for longer than [`FRESH`] and have more than [`MOST`] waiting; a
/// hundred at the most. Call it in a transaction. Gives how many there were.
pub async fn trim_full(conn: &mut Conn, now: DateTime<Utc>) -> Result<usize> {
    let rows: Vec<(i64,)> = raw::<(BigInt,)>(FULL)
        .bind::<Integer, _>(MOST)
        .bind::<Timestamptz, _>(now - FRESH)
        .load(conn)
        .await?;
    let hosts: Vec<i64> = rows.into_iter().map(|(host,)| host).collect();
    let count = hosts.len();
    trim(conn, hosts, now).await?;
    Ok(count)
}

const LATE: &str = "\
    WITH p AS (SELECT ?::timestamptz AS before), \
    late AS MATERIALIZED (SELECT d.host_id, d.activity_id, d.inbox_id FROM p \
        JOIN activities a ON a.created_at < p.before JOIN deliveries d ON d.activity_id = a.id LIMIT 5000), \
    hosts AS MATERIALIZED (SELECT h.host_id FROM delivery_hosts h WHERE h.host_id IN (SELECT host_id FROM late) \
        ORDER BY h.host_id FOR UPDATE), \
    gone AS (DELETE FROM deliveries d USING late l, hosts h WHERE d.host_id = l.host_id AND h.host_id = l.host_id \
        AND d.activity_id = l.activity_id AND d.inbox_id = l.inbox_id RETURNING d.host_id, d.activity_id), \
    n AS (SELECT activity_id, count(*)::integer AS n FROM gone GROUP BY activity_id), \
    held AS MATERIALIZED (SELECT id FROM activities WHERE id IN (SELECT activity_id FROM n) ORDER BY id FOR UPDATE), \
    counted AS (UPDATE activities a SET dropped = a.dropped + n.n FROM n JOIN held ON held.id = n.activity_id \
        WHERE a.id = n.activity_id) \
    UPDATE delivery_hosts h SET waiting = greatest(h.waiting - w.n, 0) \
    FROM (SELECT host_id, count(*)::integer AS n FROM gone GROUP BY host_id) w WHERE h.host_id = w.host_id";

/// Deletes rows older than [`PATIENCE`]; 5,000 at the most.
pub async fn drop_late(conn: &mut Conn, now: DateTime<Utc>) -> Result<usize> {
    Ok(raw::<()>(LATE)
        .bind::<Timestamptz, _>(now - PATIENCE)
        .execute(conn)
        .await?)
}

const HEARD: &str = "\
    WITH p AS (SELECT ?::bigint[] AS hosts, ?::timestamptz AS at, ?::timestamptz AS tried_before), \
    w AS MATERIALIZED (SELECT h.host_id FROM delivery_hosts h, p WHERE h.host_id = ANY (p.hosts) AND h.fails > 0 \
        AND h.tried_at < p.tried_before ORDER BY h.host_id FOR UPDATE) \
    UPDATE delivery_hosts h SET fails = 1, \
        revived_at = CASE WHEN h.dead_since IS NOT NULL THEN coalesce(h.revived_at, p.at) ELSE h.revived_at END, \
        due_at = CASE WHEN h.due_at IS NOT NULL AND h.holder IS NULL THEN least(h.due_at, p.at) ELSE h.due_at END \
    FROM w, p WHERE h.host_id = w.host_id";

/// These hosts said something that was verified: those that failed are tried again soon, and
/// the dead are not dead. Cheap where nobody failed; to be called for batches, not for each
/// request.
pub async fn sign_of_life(conn: &mut Conn, hosts: Vec<i64>, at: DateTime<Utc>) -> Result<usize> {
    if hosts.is_empty() {
        return Ok(0);
    }
    Ok(raw::<()>(HEARD)
        .bind::<Array<BigInt>, _>(hosts)
        .bind::<Timestamptz, _>(at)
        .bind::<Timestamptz, _>(at - PAUSE)
        .execute(conn)
        .await?)
}

/// A host that was dead and is not any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revived {
    /// The host.
    pub host: i64,
    /// Since when it heard nothing for sure.
    pub since: DateTime<Utc>,
}

const REVIVE: &str = "\
    WITH w AS MATERIALIZED (SELECT host_id, failing_since, dead_since FROM delivery_hosts WHERE revived_at IS NOT NULL \
        ORDER BY host_id LIMIT ? FOR UPDATE SKIP LOCKED) \
    UPDATE delivery_hosts h SET revived_at = NULL, dead_since = NULL, failing_since = NULL, fails = least(h.fails, 1) \
    FROM w WHERE h.host_id = w.host_id RETURNING h.host_id, coalesce(w.failing_since, w.dead_since)";

/// Takes hosts that came back to life, `most` of them; since when they heard nothing is NULL
/// where nobody knows any more.
pub async fn revive(conn: &mut Conn, most: i64, now: DateTime<Utc>) -> Result<Vec<Revived>> {
    let rows: Vec<(i64, Option<DateTime<Utc>>)> = raw::<(BigInt, Nullable<Timestamptz>)>(REVIVE)
        .bind::<BigInt, _>(most)
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(host, since)| Revived {
            host,
            since: since.unwrap_or(now),
        })
        .collect())
}

/// How a host stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The host.
    pub host: i64,
    /// Its canonical name.
    pub domain: String,
    /// What it runs, where known.
    pub software: Option<String>,
    /// Rows that wait.
    pub waiting: i32,
    /// When it is tried; for one that is being sent to the end of its lease.
    pub due_at: Option<DateTime<Utc>>,
    /// How often it failed in a row.
    pub fails: i32,
    /// Since when.
    pub failing_since: Option<DateTime<Utc>>,
    /// Since when it is given up.
    pub dead_since: Option<DateTime<Utc>>,
    /// When it was last tried.
    pub tried_at: Option<DateTime<Utc>>,
    /// When it last took something.
    pub delivered_at: Option<DateTime<Utc>>,
    /// How much it took in all.
    pub delivered: i64,
    /// The dialect it takes: 0 draft-cavage, 1 RFC 9421.
    pub signature: i16,
    /// Why it last failed.
    pub last_error: Option<String>,
}

/// Which hosts are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Which {
    /// All that we ever sent to.
    #[default]
    All,
    /// Those that have something waiting.
    Waiting,
    /// Those that fail, but are not given up.
    Failing,
    /// Those that are given up.
    Dead,
}

type Columns = (
    BigInt,
    Text,
    Nullable<Text>,
    Integer,
    Nullable<Timestamptz>,
    Integer,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
    BigInt,
    SmallInt,
    Nullable<Text>,
);
type Row = (
    i64,
    String,
    Option<String>,
    i32,
    Option<DateTime<Utc>>,
    i32,
    Option<DateTime<Utc>>,
    Option<DateTime<Utc>>,
    Option<DateTime<Utc>>,
    Option<DateTime<Utc>>,
    i64,
    i16,
    Option<String>,
);

fn standing(row: Row) -> Standing {
    #[rustfmt::skip]
    let (host, domain, software, waiting, due_at, fails, failing_since, dead_since, tried_at,
        delivered_at, delivered, signature, last_error) = row;
    Standing {
        host,
        domain,
        software,
        waiting,
        due_at,
        fails,
        failing_since,
        dead_since,
        tried_at,
        delivered_at,
        delivered,
        signature,
        last_error,
    }
}

macro_rules! standings {
    ($rest:literal) => {
        concat!(
            "WITH p AS (SELECT ?::text AS q, ?::text AS after, ?::smallint AS which, ?::bigint AS most) ",
            "SELECT h.id, h.domain, h.software || coalesce(' ' || h.version, ''), coalesce(d.waiting, 0), d.due_at, ",
            "coalesce(d.fails, 0), d.failing_since, d.dead_since, d.tried_at, d.delivered_at, coalesce(d.delivered, 0), ",
            "coalesce(d.signature, 0::smallint), d.last_error ",
            "FROM p CROSS JOIN hosts h LEFT JOIN delivery_hosts d ON d.host_id = h.id WHERE ",
            $rest
        )
    };
}

const LIST: &str = standings!(
    "(p.q = '' OR strpos(h.domain, p.q) > 0) AND h.domain > p.after \
     AND (d.host_id IS NOT NULL OR p.q <> '') AND (p.which = 0 \
     OR (p.which = 1 AND d.waiting > 0) OR (p.which = 2 AND d.failing_since IS NOT NULL AND d.dead_since IS NULL) \
     OR (p.which = 3 AND d.dead_since IS NOT NULL)) ORDER BY h.domain LIMIT (SELECT most FROM p)"
);
const ONE: &str = standings!("h.domain = p.q");

async fn standings(
    conn: &mut Conn,
    sql: &'static str,
    q: &str,
    after: &str,
    which: Which,
    most: i64,
) -> Result<Vec<Standing>> {
    let which: i16 = match which {
        Which::All => 0,
        Which::Waiting => 1,
        Which::Failing => 2,
        Which::Dead => 3,
    };
    let rows: Vec<Row> = raw::<Columns>(sql)
        .bind::<Text, _>(q.to_owned())
        .bind::<Text, _>(after.to_owned())
        .bind::<SmallInt, _>(which)
        .bind::<BigInt, _>(most)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(standing).collect())
}

/// Hosts whose names hold `q` and come after `after`, by name; where `q` is empty, all that
/// something was ever sent to.
pub async fn list(
    conn: &mut Conn,
    which: Which,
    q: &str,
    after: &str,
    most: i64,
) -> Result<Vec<Standing>> {
    standings(conn, LIST, q, after, which, most).await
}

/// The host of that canonical name, if it was ever heard of.
pub async fn find(conn: &mut Conn, domain: &str) -> Result<Option<Standing>> {
    Ok(standings(conn, ONE, domain, "", Which::All, 1).await?.pop())
}

/// How many hosts stand how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// All that we ever sent to.
    pub all: i64,
    /// Those that have something waiting.
    pub waiting: i64,
    /// Those that fail, but are not given up.
    pub failing: i64,
    /// Those that are given up.
    pub dead: i64,
    /// Rows that wait, for all of them.
    pub rows: i64,
}

/// Counts them.
pub async fn sums(conn: &mut Conn) -> Result<Sums> {
    let (all, waiting, failing, dead, rows): (i64, i64, i64, i64, i64) =
        raw::<(BigInt, BigInt, BigInt, BigInt, BigInt)>(
            "SELECT count(*), count(*) FILTER (WHERE waiting > 0), \
             count(*) FILTER (WHERE failing_since IS NOT NULL AND dead_since IS NULL), \
             count(*) FILTER (WHERE dead_since IS NOT NULL), coalesce(sum(waiting), 0)::bigint FROM delivery_hosts",
        )
        .get_result(conn)
        .await?;
    Ok(Sums {
        all,
        waiting,
        failing,
        dead,
        rows,
    })
}

/// One row that waits, or one that was refused.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The activity.
    pub activity: i64,
    /// What it says.
    pub kind: ActivityKind,
    /// The status or account that it is about.
    pub subject: Id,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// The host.
    pub domain: String,
    /// Where to.
    pub inbox: String,
    /// Tries that were refused; of a refusal its status.
    pub number: i16,
    /// Not before; of a refusal when that was.
    pub when: Option<DateTime<Utc>>,
}

macro_rules! lines {
    ($table:literal, $number:literal, $when:literal, $rest:literal) => {
        concat!(
            "SELECT a.id, a.kind, a.subject_id, a.created_at, h.domain, i.url, d.",
            $number,
            ", d.",
            $when,
            " FROM ",
            $table,
            " d JOIN activities a ON a.id = d.activity_id JOIN hosts h ON h.id = d.host_id ",
            "JOIN inboxes i ON i.id = d.inbox_id WHERE ",
            $rest
        )
    };
}

const WAITING_AT: &str = lines!(
    "deliveries",
    "attempts",
    "retry_at",
    "d.host_id = ? ORDER BY d.activity_id, d.inbox_id LIMIT 50"
);
const REFUSED_AT: &str = lines!(
    "delivery_refusals",
    "status",
    "at",
    "d.host_id = ? ORDER BY d.activity_id DESC, d.inbox_id LIMIT 50"
);
const WAITING_FOR: &str = lines!(
    "deliveries",
    "attempts",
    "retry_at",
    "a.subject_id = ? ORDER BY d.activity_id DESC, h.domain LIMIT 200"
);
const REFUSED_FOR: &str = lines!(
    "delivery_refusals",
    "status",
    "at",
    "a.subject_id = ? ORDER BY d.activity_id DESC, h.domain LIMIT 200"
);

async fn lines(conn: &mut Conn, sql: &'static str, of: i64) -> Result<Vec<Line>> {
    type Columns = (
        BigInt,
        SmallInt,
        BigInt,
        Timestamptz,
        Text,
        Text,
        SmallInt,
        Nullable<Timestamptz>,
    );
    type Row = (
        i64,
        ActivityKind,
        Id,
        DateTime<Utc>,
        String,
        String,
        i16,
        Option<DateTime<Utc>>,
    );
    let rows: Vec<Row> = raw::<Columns>(sql).bind::<BigInt, _>(of).load(conn).await?;
    Ok(rows
        .into_iter()
        .map(
            |(activity, kind, subject, at, domain, inbox, number, when)| Line {
                activity,
                kind,
                subject,
                at,
                domain,
                inbox,
                number,
                when,
            },
        )
        .collect())
}

/// What waits for a host, in its order; 50 at the most.
pub async fn waiting_at(conn: &mut Conn, host: i64) -> Result<Vec<Line>> {
    lines(conn, WAITING_AT, host).await
}

/// What a host refused, newest first; 50 at the most.
pub async fn refused_at(conn: &mut Conn, host: i64) -> Result<Vec<Line>> {
    lines(conn, REFUSED_AT, host).await
}

/// Where what is about a status or account still waits, newest first; 200 at the most.
pub async fn waiting_for(conn: &mut Conn, subject: Id) -> Result<Vec<Line>> {
    lines(conn, WAITING_FOR, subject).await
}

/// Where it was refused, newest first; 200 at the most.
pub async fn refused_for(conn: &mut Conn, subject: Id) -> Result<Vec<Line>> {
    lines(conn, REFUSED_FOR, subject).await
}

const RETRY: &str = "\
    WITH p AS (SELECT ?::bigint AS host, ?::timestamptz AS at) \
    UPDATE delivery_hosts h SET \
        due_at = CASE WHEN h.waiting > 0 AND h.holder IS NULL THEN p.at ELSE h.due_at END, \
        revived_at = CASE WHEN h.dead_since IS NOT NULL THEN coalesce(h.revived_at, p.at) ELSE h.revived_at END \
    FROM p WHERE h.host_id = p.host AND (h.waiting > 0 OR h.dead_since IS NOT NULL)";

/// Tries a host now, whatever it did before; `false` when there is nothing to try.
pub async fn retry(conn: &mut Conn, host: i64, now: DateTime<Utc>) -> Result<bool> {
    let touched = raw::<()>(RETRY)
        .bind::<BigInt, _>(host)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(touched > 0)
}

/// The account of that status, if both are there; to say whose post it is.
pub async fn author_of(conn: &mut Conn, status: Id) -> Result<Option<String>> {
    let row: Option<(String,)> = raw::<(Text,)>(
        "SELECT a.username FROM statuses s JOIN accounts a ON a.id = s.account_id WHERE s.id = ?",
    )
    .bind::<BigInt, _>(status)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(|(name,)| name))
}
