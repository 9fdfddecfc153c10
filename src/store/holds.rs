//! Statuses that are live here and wait to go out (D14).

use chrono::{DateTime, TimeDelta, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::event::EventKind;
use crate::domain::hold_reason::HoldReason;
use crate::domain::{Id, Result};

/// Statuses that one go releases.
pub const MOST: i64 = 2_000;
/// An author hears again that something waits after so long.
const TOLD_FOR: TimeDelta = TimeDelta::days(30);

/// A status to be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewHold {
    /// Which.
    pub status: Id,
    /// Its author.
    pub account: Id,
    /// Why.
    pub reason: HoldReason,
    /// It went out before: an edit of it waits.
    pub sent: bool,
    /// When it goes by itself; `None` = never.
    pub until: Option<DateTime<Utc>>,
}

// What is there when the statement begins says whether staff know of this account.
const HOLD: &str = "\
    WITH p AS (SELECT ?::bigint[] AS ids, ?::bigint[] AS accounts, ?::smallint[] AS reasons, ?::boolean[] AS sents, \
        ?::timestamptz[] AS untils, ?::timestamptz AS at, ?::timestamptz AS told_before, ?::smallint AS waking, \
        ?::smallint AS held, ?::smallint AS woke), \
    did AS (INSERT INTO outbound_holds (status_id, account_id, reason, sent, until, since) \
        SELECT w.status, w.account, w.reason, w.sent, w.until, p.at FROM p CROSS JOIN LATERAL \
            unnest(p.ids, p.accounts, p.reasons, p.sents, p.untils) AS w (status, account, reason, sent, until) \
        ORDER BY w.status ON CONFLICT DO NOTHING RETURNING status_id, account_id, reason), \
    told AS (INSERT INTO author_standing AS e (account_id, told_at) \
        SELECT DISTINCT did.account_id, p.at FROM did CROSS JOIN p ORDER BY 1 \
        ON CONFLICT (account_id) DO UPDATE SET told_at = excluded.told_at \
        WHERE e.told_at IS NULL OR e.told_at < (SELECT told_before FROM p) RETURNING account_id) \
    INSERT INTO events (lane, kind, subject_id, actor_id, created_at) \
    SELECT 0, n.kind, n.status, n.account, p.at FROM p CROSS JOIN ( \
        SELECT (SELECT held FROM p) AS kind, min(did.status_id) AS status, did.account_id AS account \
        FROM did JOIN told ON told.account_id = did.account_id GROUP BY did.account_id \
        UNION ALL \
        SELECT (SELECT woke FROM p), min(did.status_id), did.account_id FROM did \
        WHERE did.reason = (SELECT waking FROM p) AND NOT EXISTS (SELECT 1 FROM outbound_holds o \
            WHERE o.account_id = did.account_id AND o.reason = (SELECT waking FROM p)) \
        GROUP BY did.account_id) n ORDER BY n.status, n.kind";

/// Holds statuses, each with its reason; one that is held already stays as it is. An author who
/// was not told for 30 days gets the event that tells; for the first of an account that
/// [woke](HoldReason::Waking), staff do.
pub async fn hold(conn: &mut Conn, holds: &[NewHold], at: DateTime<Utc>) -> Result<()> {
    if holds.is_empty() {
        return Ok(());
    }
    let ids = |of: fn(&NewHold) -> Id| holds.iter().map(of).collect::<Vec<Id>>();
    raw::<()>(HOLD)
        .bind::<Array<BigInt>, _>(ids(|h| h.status))
        .bind::<Array<BigInt>, _>(ids(|h| h.account))
        .bind::<Array<SmallInt>, _>(holds.iter().map(|h| h.reason as i16).collect::<Vec<_>>())
        .bind::<Array<Bool>, _>(holds.iter().map(|h| h.sent).collect::<Vec<_>>())
        .bind::<Array<Nullable<Timestamptz>>, _>(holds.iter().map(|h| h.until).collect::<Vec<_>>())
        .bind::<Timestamptz, _>(at)
        .bind::<Timestamptz, _>(at - TOLD_FOR)
        .bind::<SmallInt, _>(HoldReason::Waking)
        .bind::<SmallInt, _>(EventKind::PostHeld as i16)
        .bind::<SmallInt, _>(EventKind::AuthorWoke as i16)
        .execute(conn)
        .await?;
    Ok(())
}

// What went out before is told of as an edit. Boosts of what was held could not go either.
macro_rules! release {
    ($asked:literal, $which:literal) => {
        concat!(
            "WITH p AS (SELECT ",
            $asked,
            " ?::timestamptz AS at, ?::smallint AS event, ?::smallint AS edited, ?::smallint AS boosted), ",
            "did AS (DELETE FROM outbound_holds h USING p, statuses s WHERE s.id = h.status_id AND ",
            $which,
            " RETURNING s.id, s.account_id, h.sent), ",
            "boosts AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) ",
            "SELECT 0, p.boosted, b.id, b.account_id, did.id, p.at FROM did CROSS JOIN p ",
            "JOIN statuses b ON b.reblog_of_id = did.id AND b.uri IS NULL WHERE NOT did.sent ORDER BY b.id), ",
            "told AS (INSERT INTO events (lane, kind, subject_id, actor_id, created_at) ",
            "SELECT 0, CASE WHEN did.sent THEN p.edited ELSE p.event END, did.id, did.account_id, p.at ",
            "FROM did CROSS JOIN p ORDER BY did.id) ",
            "SELECT did.id FROM did"
        )
    };
}

const RELEASE: &str = release!("?::bigint AS status,", "h.status_id = p.status");

const RELEASE_OF: &str = release!(
    "?::bigint[] AS accounts, ?::bigint AS most,",
    "h.status_id IN (SELECT o.status_id FROM outbound_holds o \
     WHERE o.account_id = ANY ((SELECT accounts FROM p)::bigint[]) ORDER BY o.status_id LIMIT (SELECT most FROM p))"
);

const RELEASE_DUE: &str = release!(
    "?::boolean AS guarded,",
    "h.status_id IN (SELECT o.status_id FROM outbound_holds o WHERE o.until <= p.at \
     AND (NOT p.guarded OR EXISTS (SELECT 1 FROM author_standing e WHERE e.account_id = o.account_id \
     AND e.established_at IS NOT NULL)) ORDER BY o.until LIMIT 500)"
);

const RELEASE_GROWN: &str = release!(
    "?::smallint AS reason, ?::timestamptz AS since, ?::boolean AS guarded,",
    "h.status_id IN (SELECT o.status_id FROM outbound_holds o JOIN users u ON u.account_id = o.account_id \
     JOIN author_standing e ON e.account_id = o.account_id AND e.known_here_at IS NOT NULL \
     WHERE NOT p.guarded AND o.reason = p.reason AND coalesce(u.approved_at, u.created_at) <= p.since \
     ORDER BY o.status_id LIMIT 500)"
);

fn told<Row>(statement: super::raw::Raw<Row>, at: DateTime<Utc>) -> super::raw::Raw<Row> {
    statement
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(EventKind::HoldReleased as i16)
        .bind::<SmallInt, _>(EventKind::StatusEdited as i16)
        .bind::<SmallInt, _>(EventKind::BoostReleased as i16)
}

/// Lets a status go out, with its event; `false` when it is not held.
pub async fn release(conn: &mut Conn, status: Id, at: DateTime<Utc>) -> Result<bool> {
    let statement = raw::<(BigInt,)>(RELEASE).bind::<BigInt, _>(status);
    let done: Vec<(Id,)> = told(statement, at).load(conn).await?;
    Ok(!done.is_empty())
}

/// The same for what waits of these accounts, the oldest [`MOST`]; gives how many there were.
pub async fn release_of(conn: &mut Conn, accounts: Vec<Id>, at: DateTime<Utc>) -> Result<usize> {
    if accounts.is_empty() {
        return Ok(0);
    }
    let statement = raw::<(BigInt,)>(RELEASE_OF)
        .bind::<Array<BigInt>, _>(accounts)
        .bind::<BigInt, _>(MOST);
    let done: Vec<(Id,)> = told(statement, at).load(conn).await?;
    Ok(done.len())
}

/// The same for all whose time is over, 500 at the most; gives how many there were. While the
/// place is `guarded`, time lets out nothing of who is not established.
pub async fn release_due(conn: &mut Conn, guarded: bool, now: DateTime<Utc>) -> Result<usize> {
    let statement = raw::<(BigInt,)>(RELEASE_DUE).bind::<Bool, _>(guarded);
    let done: Vec<(Id,)> = told(statement, now).load(conn).await?;
    Ok(done.len())
}

/// The same for what newcomers sent who are none any more: in since `since` at the latest, and
/// known here.
pub async fn release_grown(
    conn: &mut Conn,
    since: DateTime<Utc>,
    guarded: bool,
    now: DateTime<Utc>,
) -> Result<usize> {
    let statement = raw::<(BigInt,)>(RELEASE_GROWN)
        .bind::<SmallInt, _>(HoldReason::FirstWeek)
        .bind::<Timestamptz, _>(since)
        .bind::<Bool, _>(guarded);
    let done: Vec<(Id,)> = told(statement, now).load(conn).await?;
    Ok(done.len())
}

const OF_APPLICATIONS: &str = "\
    SELECT DISTINCT u.account_id FROM applications ap JOIN users u ON u.id = ap.user_id \
    WHERE ap.id = ANY (?) AND EXISTS (SELECT 1 FROM outbound_holds h WHERE h.account_id = u.account_id)";

/// The accounts of those applications of whom something waits.
pub async fn of_applications(conn: &mut Conn, applications: Vec<Id>) -> Result<Vec<Id>> {
    if applications.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(OF_APPLICATIONS)
        .bind::<Array<BigInt>, _>(applications)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// One that waits.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// The status.
    pub status: Id,
    /// Its author.
    pub account: Id,
    /// The author's name.
    pub username: String,
    /// Why.
    pub reason: HoldReason,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it goes by itself.
    pub until: Option<DateTime<Utc>>,
    /// An edit waits; what it said before went out.
    pub sent: bool,
    /// Strangers whom it names or answers, as it was counted.
    pub strangers: i64,
}

const LIST: &str = "\
    WITH p AS (SELECT ?::bigint AS account, ?::bigint AS below, ?::bigint AS most) \
    SELECT h.status_id, h.account_id, a.username, h.reason, h.since, h.until, h.sent, \
        (SELECT count(DISTINCT o.stranger_id) FROM outreach o WHERE o.status_id = h.status_id) \
    FROM p JOIN outbound_holds h ON h.status_id < p.below AND (p.account IS NULL OR h.account_id = p.account) \
    JOIN accounts a ON a.id = h.account_id ORDER BY h.status_id DESC LIMIT (SELECT most FROM p)";

/// A page of what waits below an id, newest first; of one account, or of all.
pub async fn list(
    conn: &mut Conn,
    account: Option<Id>,
    below: Option<Id>,
    most: i64,
) -> Result<Vec<Held>> {
    type Columns = (
        BigInt,
        BigInt,
        Text,
        SmallInt,
        Timestamptz,
        Nullable<Timestamptz>,
        Bool,
        BigInt,
    );
    type Row = (
        Id,
        Id,
        String,
        HoldReason,
        DateTime<Utc>,
        Option<DateTime<Utc>>,
        bool,
        i64,
    );
    let rows: Vec<Row> = raw::<Columns>(LIST)
        .bind::<Nullable<BigInt>, _>(account)
        .bind::<BigInt, _>(below.unwrap_or(Id::MAX))
        .bind::<BigInt, _>(most)
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(
            |(status, account, username, reason, since, until, sent, strangers)| Held {
                status,
                account,
                username,
                reason,
                since,
                until,
                sent,
                strangers,
            },
        )
        .collect())
}

/// How many posts wait, by author: 100 authors at the most, who has most of them first.
pub async fn by_author(conn: &mut Conn) -> Result<Vec<(Id, String, i64)>> {
    Ok(raw::<(BigInt, Text, BigInt)>(
        "SELECT h.account_id, a.username, count(*) FROM outbound_holds h JOIN accounts a ON a.id = h.account_id \
         GROUP BY h.account_id, a.username ORDER BY count(*) DESC, h.account_id LIMIT 100",
    )
    .load(conn)
    .await?)
}

/// Whose status it is, and why it waits; `None` where it does not.
pub async fn find(conn: &mut Conn, status: Id) -> Result<Option<(Id, HoldReason)>> {
    use diesel::OptionalExtension;
    Ok(raw::<(BigInt, SmallInt)>(
        "SELECT account_id, reason FROM outbound_holds WHERE status_id = ?",
    )
    .bind::<BigInt, _>(status)
    .get_result(conn)
    .await
    .optional()?)
}
