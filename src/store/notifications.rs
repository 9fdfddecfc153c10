//! What people were told (D21): lists, counts, removal.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, SmallInt, Text, Timestamptz};
use diesel::{ExpressionMethods, QueryDsl};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use super::status_page::{AccountCounters, AuthorFacts, account_counters};
use crate::domain::notification::NotificationKind;
use crate::domain::{Id, Page, Result};
use crate::model::schema::notifications;

/// Most that are kept for one person; the oldest go first.
pub const MOST: i64 = 10_000;

/// One notification with what its account needs beside a fragment.
#[derive(Debug, Clone, PartialEq)]
pub struct NotificationRow {
    /// Its id.
    pub id: Id,
    /// What happened.
    pub kind: NotificationKind,
    /// Who did it.
    pub from: AuthorFacts,
    /// What it is about.
    pub status_id: Option<Id>,
    /// Which act ended follows, for the kind that tells of one.
    pub severance: Option<Id>,
    /// `kind-status-halfday`; empty for those that stand alone.
    pub key: String,
    /// When it happened.
    pub created_at: DateTime<Utc>,
    /// It waits in the request box.
    pub filtered: bool,
}

impl NotificationRow {
    /// As apps read it: `ungrouped-ID` when it stands alone. Letters, digits, `-`, `.`, `_`.
    pub fn group_key(&self) -> String {
        if self.key.is_empty() {
            format!("ungrouped-{}", self.id)
        } else {
            self.key.clone()
        }
    }
}

/// Which ones are wanted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Only these; all when empty.
    pub kinds: Vec<NotificationKind>,
    /// Not these.
    pub without: Vec<NotificationKind>,
    /// Only from this account.
    pub from: Option<Id>,
    /// Also what waits in the request box.
    pub filtered: bool,
}

type Columns = (
    (
        BigInt,
        SmallInt,
        Nullable<BigInt>,
        Nullable<BigInt>,
        Text,
        Timestamptz,
        Bool,
    ),
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
    (
        Id,
        NotificationKind,
        Option<Id>,
        Option<Id>,
        String,
        DateTime<Utc>,
        bool,
    ),
    (Id, i32, i64, i64, i64, Option<DateTime<Utc>>),
);

/// From blocked, muted and suspended accounts nothing is shown, whenever it came.
macro_rules! list {
    ($order:literal, $waiting:literal) => {
        concat!(
            "WITH p AS NOT MATERIALIZED (SELECT ?::bigint AS viewer, ?::timestamptz AS at, ?::bigint AS above, ?::bigint AS below, ",
            "?::smallint[] AS kinds, ?::smallint[] AS without, ?::bigint AS author, ?::bigint AS most) ",
            "SELECT n.id, n.kind, n.status_id, n.severance_id, n.group_key, n.created_at, n.filtered, a.id, a.version, ",
            account_counters!("ac"),
            " FROM p JOIN notifications n ON n.account_id = p.viewer ", $waiting,
            " AND n.id > p.above AND n.id < p.below ",
            "JOIN accounts a ON a.id = n.from_account_id AND (a.flags & 2) <> 2 ",
            "LEFT JOIN account_stats ac ON ac.account_id = a.id ",
            "WHERE (cardinality(p.kinds) = 0 OR n.kind = ANY (p.kinds)) AND n.kind <> ALL (p.without) ",
            "AND (p.author IS NULL OR n.from_account_id = p.author) ",
            "AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = p.viewer AND b.target_id = a.id) ",
            "AND NOT EXISTS (SELECT 1 FROM account_domain_blocks d WHERE d.account_id = p.viewer AND d.domain = a.handle_domain) ",
            "AND NOT EXISTS (SELECT 1 FROM mutes m WHERE m.account_id = p.viewer AND m.target_id = a.id ",
            "AND m.notifications AND (m.until IS NULL OR m.until > p.at)) ",
            "ORDER BY n.id ", $order, " LIMIT (SELECT most FROM p)"
        )
    };
}

/// A page of somebody's notifications, newest first.
pub async fn list(
    conn: &mut Conn,
    account: Id,
    filter: &Filter,
    page: &Page,
    at: DateTime<Utc>,
) -> Result<Vec<NotificationRow>> {
    let sql = match (page.ascends(), filter.filtered) {
        (true, false) => list!("ASC", "AND NOT n.filtered"),
        (false, false) => list!("DESC", "AND NOT n.filtered"),
        (true, true) => list!("ASC", ""),
        (false, true) => list!("DESC", ""),
    };
    let numbers =
        |kinds: &[NotificationKind]| kinds.iter().map(|k| *k as i16).collect::<Vec<i16>>();
    let mut rows: Vec<Row> = raw::<Columns>(sql)
        .bind::<BigInt, _>(account)
        .bind::<Timestamptz, _>(at)
        .bind::<BigInt, _>(page.above().unwrap_or(0))
        .bind::<BigInt, _>(page.max_id.unwrap_or(Id::MAX))
        .bind::<Array<SmallInt>, _>(numbers(&filter.kinds))
        .bind::<Array<SmallInt>, _>(numbers(&filter.without))
        .bind::<Nullable<BigInt>, _>(filter.from)
        .bind::<BigInt, _>(page.limit)
        .load(conn)
        .await?;
    if page.ascends() {
        rows.reverse();
    }
    Ok(rows.into_iter().map(row).collect())
}

fn row(
    ((id, kind, status_id, severance, key, created_at, filtered), from): Row,
) -> NotificationRow {
    let (account, version, followers, following, statuses, last_status_at) = from;
    NotificationRow {
        id,
        kind,
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
        status_id,
        severance,
        key,
        created_at,
        filtered,
    }
}

/// One of somebody's own, if it may be shown.
pub async fn find(
    conn: &mut Conn,
    account: Id,
    id: Id,
    at: DateTime<Utc>,
) -> Result<Option<NotificationRow>> {
    let page = Page {
        max_id: Some(id.saturating_add(1)),
        since_id: None,
        min_id: Some(id.saturating_sub(1)),
        limit: 1,
    };
    let any = Filter {
        filtered: true,
        ..Filter::default()
    };
    Ok(list(conn, account, &any, &page, at).await?.pop())
}

/// Removes one of somebody's own; whether it was there.
pub async fn delete(conn: &mut Conn, account: Id, id: Id) -> Result<bool> {
    let own = notifications::table
        .filter(notifications::account_id.eq(account))
        .filter(notifications::id.eq(id));
    Ok(diesel::delete(own).execute(conn).await? > 0)
}

/// Removes all that somebody was told; how many those were.
pub async fn clear(conn: &mut Conn, account: Id) -> Result<usize> {
    let own = notifications::table.filter(notifications::account_id.eq(account));
    Ok(diesel::delete(own).execute(conn).await?)
}

const UNREAD: &str = "\
    WITH p AS (SELECT ?::bigint AS viewer, ?::timestamptz AS at, ?::smallint[] AS kinds, \
    ?::smallint[] AS without, ?::bigint AS author, ?::bigint AS most) \
    SELECT count(*) FROM (SELECT 1 FROM p JOIN notifications n ON n.account_id = p.viewer AND NOT n.filtered \
    AND n.id > coalesce((SELECT m.last_read_id FROM markers m JOIN users u ON u.id = m.user_id \
    WHERE u.account_id = p.viewer AND m.timeline = 1), 0) \
    JOIN accounts a ON a.id = n.from_account_id AND (a.flags & 2) <> 2 \
    WHERE (cardinality(p.kinds) = 0 OR n.kind = ANY (p.kinds)) AND n.kind <> ALL (p.without) \
    AND (p.author IS NULL OR n.from_account_id = p.author) \
    AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = p.viewer AND b.target_id = a.id) \
    AND NOT EXISTS (SELECT 1 FROM account_domain_blocks d WHERE d.account_id = p.viewer AND d.domain = a.handle_domain) \
    AND NOT EXISTS (SELECT 1 FROM mutes m WHERE m.account_id = p.viewer AND m.target_id = a.id \
    AND m.notifications AND (m.until IS NULL OR m.until > p.at)) \
    LIMIT (SELECT most FROM p)) unread";

/// How many came after the marker, counted up to `most`.
pub async fn unread(
    conn: &mut Conn,
    account: Id,
    filter: &Filter,
    most: i64,
    at: DateTime<Utc>,
) -> Result<i64> {
    let numbers =
        |kinds: &[NotificationKind]| kinds.iter().map(|k| *k as i16).collect::<Vec<i16>>();
    let (count,): (i64,) = raw::<(BigInt,)>(UNREAD)
        .bind::<BigInt, _>(account)
        .bind::<Timestamptz, _>(at)
        .bind::<Array<SmallInt>, _>(numbers(&filter.kinds))
        .bind::<Array<SmallInt>, _>(numbers(&filter.without))
        .bind::<Nullable<BigInt>, _>(filter.from)
        .bind::<BigInt, _>(most)
        .get_result(conn)
        .await?;
    Ok(count)
}

const CAP: &str = "\
    WITH p AS (SELECT ?::bigint[] AS people, ?::bigint AS most) \
    DELETE FROM notifications d USING ( \
        SELECT who.id AS account_id, (SELECT n.id FROM notifications n WHERE n.account_id = who.id \
               ORDER BY n.id DESC OFFSET (SELECT most FROM p) LIMIT 1) AS last \
          FROM (SELECT unnest(people) AS id FROM p) who) over \
    WHERE d.account_id = over.account_id AND d.id <= over.last";

/// Drops what is beyond [`MOST`] for each of `people`.
pub async fn cap(conn: &mut Conn, people: Vec<Id>) -> Result<usize> {
    Ok(raw::<()>(CAP)
        .bind::<Array<BigInt>, _>(people)
        .bind::<BigInt, _>(MOST)
        .execute(conn)
        .await?)
}

/// Everybody who has more than [`MOST`]: for the housekeeping.
pub async fn over_cap(conn: &mut Conn) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(
        "SELECT account_id FROM notifications GROUP BY account_id HAVING count(*) > ? LIMIT 1000",
    )
    .bind::<BigInt, _>(MOST)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
