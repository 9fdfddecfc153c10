//! The request box: notifications that wait until their reader says that they want to hear from
//! somebody (I26). One row a sender; what waits is counted from the notifications themselves.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, SmallInt, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use super::status_page::{AccountCounters, AuthorFacts, account_counters};
use crate::domain::notification_policy::{NotificationPolicy, Verdict};
use crate::domain::{Id, Page, Result};

/// Waiting notifications that are kept for one person; the oldest go first.
const MOST_WAITING: i64 = 2_000;

/// Somebody whose notifications wait.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestRow {
    /// Pages the list.
    pub id: Id,
    /// Who.
    pub from: AuthorFacts,
    /// The newest status of theirs that is waited with.
    pub last_status: Option<Id>,
    /// How many wait.
    pub waiting: i64,
    /// When the newest came.
    pub updated_at: DateTime<Utc>,
}

type Columns = (
    (BigInt, Nullable<BigInt>, BigInt, Timestamptz),
    (
        BigInt,
        Integer,
        BigInt,
        BigInt,
        BigInt,
        Nullable<Timestamptz>,
    ),
);
type Row = (
    (Id, Option<Id>, i64, DateTime<Utc>),
    (Id, i32, i64, i64, i64, Option<DateTime<Utc>>),
);

/// Suspended, blocked and muted senders are in nobody's box.
macro_rules! requests {
    ($order:literal) => {
        concat!(
            "WITH p AS NOT MATERIALIZED (SELECT ?::bigint AS viewer, ?::timestamptz AS at, ?::bigint AS above, ",
            "?::bigint AS below, ?::bigint AS most) ",
            "SELECT r.id, r.last_status_id, w.waiting, r.updated_at, a.id, a.version, ",
            account_counters!("ac"),
            " FROM p JOIN notification_requests r ON r.account_id = p.viewer AND r.id > p.above AND r.id < p.below ",
            "JOIN accounts a ON a.id = r.from_account_id AND (a.flags & 2) <> 2 ",
            "CROSS JOIN LATERAL (SELECT count(*) AS waiting FROM notifications n WHERE n.account_id = r.account_id ",
            "AND n.from_account_id = a.id AND n.filtered) w ",
            "LEFT JOIN account_stats ac ON ac.account_id = a.id ",
            "WHERE w.waiting > 0 ",
            "AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = p.viewer AND b.target_id = a.id) ",
            "AND NOT EXISTS (SELECT 1 FROM mutes m WHERE m.account_id = p.viewer AND m.target_id = a.id ",
            "AND (m.until IS NULL OR m.until > p.at)) ",
            "ORDER BY r.id ", $order, " LIMIT (SELECT most FROM p)"
        )
    };
}

/// A page of somebody's box, by the age of the requests, newest first.
pub async fn list(
    conn: &mut Conn,
    account: Id,
    page: &Page,
    at: DateTime<Utc>,
) -> Result<Vec<RequestRow>> {
    let sql = if page.ascends() {
        requests!("ASC")
    } else {
        requests!("DESC")
    };
    let mut rows: Vec<Row> = raw::<Columns>(sql)
        .bind::<BigInt, _>(account)
        .bind::<Timestamptz, _>(at)
        .bind::<BigInt, _>(page.above().unwrap_or(0))
        .bind::<BigInt, _>(page.max_id.unwrap_or(Id::MAX))
        .bind::<BigInt, _>(page.limit)
        .load(conn)
        .await?;
    if page.ascends() {
        rows.reverse();
    }
    Ok(rows.into_iter().map(row).collect())
}

/// One of somebody's own.
pub async fn find(
    conn: &mut Conn,
    account: Id,
    id: Id,
    at: DateTime<Utc>,
) -> Result<Option<RequestRow>> {
    let page = Page {
        max_id: Some(id.saturating_add(1)),
        since_id: None,
        min_id: Some(id.saturating_sub(1)),
        limit: 1,
    };
    Ok(list(conn, account, &page, at).await?.pop())
}

fn row(((id, last_status, waiting, updated_at), from): Row) -> RequestRow {
    let (account, version, followers, following, statuses, last_status_at) = from;
    RequestRow {
        id,
        from: AuthorFacts {
            id: account,
            version,
            counters: AccountCounters {
                followers,
                following,
                statuses,
                last_status_at,
            },
        },
        last_status,
        waiting,
        updated_at,
    }
}

const ACCEPT: &str = "\
    WITH p AS (SELECT ?::bigint AS account, ?::bigint[] AS ids, ?::timestamptz AS at), \
    done AS (DELETE FROM notification_requests r USING p WHERE r.account_id = p.account AND r.id = ANY (p.ids) \
        RETURNING r.account_id, r.from_account_id), \
    let_in AS (INSERT INTO notification_permissions (account_id, from_account_id, created_at) \
        SELECT done.account_id, done.from_account_id, p.at FROM done CROSS JOIN p ON CONFLICT DO NOTHING), \
    shown AS (UPDATE notifications n SET filtered = false FROM done WHERE n.account_id = done.account_id \
        AND n.from_account_id = done.from_account_id AND n.filtered) \
    SELECT count(*) FROM done";

/// Lets these senders in: what waits of them is shown, and what comes comes at once. Gives how
/// many requests it were.
pub async fn accept(conn: &mut Conn, account: Id, ids: Vec<Id>, at: DateTime<Utc>) -> Result<i64> {
    let (done,): (i64,) = raw::<(BigInt,)>(ACCEPT)
        .bind::<BigInt, _>(account)
        .bind::<Array<BigInt>, _>(ids)
        .bind::<Timestamptz, _>(at)
        .get_result(conn)
        .await?;
    Ok(done)
}

const DISMISS: &str = "\
    WITH p AS (SELECT ?::bigint AS account, ?::bigint[] AS ids), \
    done AS (DELETE FROM notification_requests r USING p WHERE r.account_id = p.account AND r.id = ANY (p.ids) \
        RETURNING r.account_id, r.from_account_id), \
    gone AS (DELETE FROM notifications n USING done WHERE n.account_id = done.account_id \
        AND n.from_account_id = done.from_account_id AND n.filtered) \
    SELECT count(*) FROM done";

/// Takes these requests away with what waits; the next one is a new request. Gives how many it
/// were.
pub async fn dismiss(conn: &mut Conn, account: Id, ids: Vec<Id>) -> Result<i64> {
    let (done,): (i64,) = raw::<(BigInt,)>(DISMISS)
        .bind::<BigInt, _>(account)
        .bind::<Array<BigInt>, _>(ids)
        .get_result(conn)
        .await?;
    Ok(done)
}

const WAITING: &str = "\
    WITH p AS (SELECT ?::bigint AS viewer, ?::timestamptz AS at, ?::bigint AS most) \
    SELECT count(DISTINCT w.from_account_id), count(*) FROM (SELECT n.from_account_id FROM p \
    JOIN notifications n ON n.account_id = p.viewer AND n.filtered \
    JOIN accounts a ON a.id = n.from_account_id AND (a.flags & 2) <> 2 \
    WHERE EXISTS (SELECT 1 FROM notification_requests r WHERE r.account_id = p.viewer AND r.from_account_id = a.id) \
    AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = p.viewer AND b.target_id = a.id) \
    AND NOT EXISTS (SELECT 1 FROM mutes m WHERE m.account_id = p.viewer AND m.target_id = a.id \
    AND (m.until IS NULL OR m.until > p.at)) LIMIT (SELECT most FROM p)) w";

/// How many people, and how many notifications, wait for somebody.
pub async fn waiting(conn: &mut Conn, account: Id, at: DateTime<Utc>) -> Result<(i64, i64)> {
    Ok(raw::<(BigInt, BigInt)>(WAITING)
        .bind::<BigInt, _>(account)
        .bind::<Timestamptz, _>(at)
        .bind::<BigInt, _>(MOST_WAITING)
        .get_result(conn)
        .await?)
}

type PolicyColumns = (SmallInt, SmallInt, SmallInt, SmallInt, SmallInt, SmallInt);
type PolicyRow = (Verdict, Verdict, Verdict, Verdict, Verdict, Verdict);

/// What somebody does with notifications.
pub async fn policy(conn: &mut Conn, account: Id) -> Result<NotificationPolicy> {
    let found: Option<PolicyRow> = raw::<PolicyColumns>(
        "SELECT for_not_following, for_not_followers, for_new_accounts, for_private_mentions, \
         for_limited_accounts, for_bots FROM notification_policies WHERE account_id = ?",
    )
    .bind::<BigInt, _>(account)
    .get_result(conn)
    .await
    .optional()?;
    Ok(found.map_or_else(
        NotificationPolicy::default,
        |(not_following, not_followers, new_accounts, private_mentions, limited_accounts, bots)| {
            NotificationPolicy {
                not_following,
                not_followers,
                new_accounts,
                private_mentions,
                limited_accounts,
                bots,
            }
        },
    ))
}

/// Writes what somebody does with notifications from now on.
pub async fn set_policy(conn: &mut Conn, account: Id, policy: NotificationPolicy) -> Result<()> {
    raw::<()>(
        "INSERT INTO notification_policies AS np (account_id, for_not_following, for_not_followers, \
         for_new_accounts, for_private_mentions, for_limited_accounts, for_bots) VALUES (?, ?, ?, ?, ?, ?, ?) \
         ON CONFLICT (account_id) DO UPDATE SET for_not_following = excluded.for_not_following, \
         for_not_followers = excluded.for_not_followers, for_new_accounts = excluded.for_new_accounts, \
         for_private_mentions = excluded.for_private_mentions, \
         for_limited_accounts = excluded.for_limited_accounts, for_bots = excluded.for_bots",
    )
    .bind::<BigInt, _>(account)
    .bind::<SmallInt, _>(policy.not_following as i16)
    .bind::<SmallInt, _>(policy.not_followers as i16)
    .bind::<SmallInt, _>(policy.new_accounts as i16)
    .bind::<SmallInt, _>(policy.private_mentions as i16)
    .bind::<SmallInt, _>(policy.limited_accounts as i16)
    .bind::<SmallInt, _>(policy.bots as i16)
    .execute(conn)
    .await?;
    Ok(())
}

/// Drops what waits beyond [`MOST_WAITING`] for each of `people`, and requests of which nothing
/// waits any more: for the housekeeping.
pub async fn sweep(conn: &mut Conn, people: Vec<Id>) -> Result<()> {
    raw::<()>(
        "WITH p AS (SELECT ?::bigint[] AS people, ?::bigint AS most) \
         DELETE FROM notifications d USING ( \
             SELECT who.id AS account_id, (SELECT n.id FROM notifications n WHERE n.account_id = who.id AND n.filtered \
                    ORDER BY n.id DESC OFFSET (SELECT most FROM p) LIMIT 1) AS last \
               FROM (SELECT unnest(people) AS id FROM p) who) over \
         WHERE d.account_id = over.account_id AND d.filtered AND d.id <= over.last",
    )
    .bind::<Array<BigInt>, _>(people)
    .bind::<BigInt, _>(MOST_WAITING)
    .execute(conn)
    .await?;
    raw::<()>(
        "DELETE FROM notification_requests r WHERE NOT EXISTS (SELECT 1 FROM notifications n \
         WHERE n.account_id = r.account_id AND n.from_account_id = r.from_account_id AND n.filtered)",
    )
    .execute(conn)
    .await?;
    Ok(())
}
