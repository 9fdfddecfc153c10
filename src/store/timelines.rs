//! Lists of statuses: ids by cursor, newest first. What is listed is filtered here already,
//! so that pages are full; the page statement filters again with what it knows.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::{Raw, raw};
use super::status_page::{AccountCounters, account_counters};
use super::visibility::{met_by, on_public_timelines, visible_to, welcome_to};
use crate::domain::{Id, Page, Result};

/// Which statuses of everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Public {
    /// Only by accounts here.
    pub local: bool,
    /// Only by accounts elsewhere.
    pub remote: bool,
    /// Only with media.
    pub only_media: bool,
}

/// Limited accounts are on public timelines for those who follow them alone; replies to others
/// for nobody.
macro_rules! public {
    ($also:literal, $order:literal) => {
        concat!(
            "WITH p AS NOT MATERIALIZED (SELECT ?::bigint AS viewer, ?::timestamptz AS at, ?::bigint AS above, ",
            "?::bigint AS below, ?::boolean AS remote, ?::boolean AS only_media) ",
            "SELECT s.id FROM p JOIN statuses s ON ", on_public_timelines!("s"), $also,
            " AND s.id > p.above AND s.id < p.below JOIN accounts a ON a.id = s.account_id AND ", met_by!("a"),
            " WHERE ", visible_to!("s", "a"), " AND ", welcome_to!("s.account_id"),
            " AND (NOT p.remote OR a.host_id IS NOT NULL) AND (NOT p.only_media OR (s.flags & 1) <> 0) ",
            "AND (s.in_reply_to_account_id IS NULL OR s.in_reply_to_account_id = s.account_id) ",
            "ORDER BY s.id ", $order, " LIMIT ?"
        )
    };
}

/// The public timeline.
pub async fn public(
    conn: &mut Conn,
    wanted: Public,
    viewer: Option<Id>,
    page: &Page,
    at: DateTime<Utc>,
) -> Result<Vec<Id>> {
    let sql = match (wanted.local, page.ascends()) {
        (false, false) => public!("", "DESC"),
        (false, true) => public!("", "ASC"),
        (true, false) => public!(" AND s.uri IS NULL", "DESC"),
        (true, true) => public!(" AND s.uri IS NULL", "ASC"),
    };
    let query = raw(sql)
        .bind::<Nullable<BigInt>, _>(viewer)
        .bind::<Timestamptz, _>(at)
        .bind::<BigInt, _>(page.above().unwrap_or(0))
        .bind::<BigInt, _>(page.max_id.unwrap_or(Id::MAX))
        .bind::<Bool, _>(wanted.remote)
        .bind::<Bool, _>(wanted.only_media)
        .bind::<BigInt, _>(page.limit);
    ids(conn, query, page).await
}

/// Which statuses with hashtags; names are normalised.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tagged {
    /// At least one of these.
    pub any: Vec<String>,
    /// All of these.
    pub all: Vec<String>,
    /// None of these.
    pub none: Vec<String>,
    /// Where from, and whether with media only.
    pub of: Public,
}

macro_rules! tagged {
    ($order:literal) => {
        concat!(
            "WITH p AS NOT MATERIALIZED (SELECT ?::bigint AS viewer, ?::timestamptz AS at, ?::bigint AS above, ",
            "?::bigint AS below, ?::boolean AS local, ?::boolean AS remote, ?::boolean AS only_media, ",
            "?::text[] AS wanted, ?::text[] AS needed, ?::text[] AS unwanted) ",
            "SELECT s.id FROM p JOIN statuses s ON ", on_public_timelines!("s"),
            " AND s.id > p.above AND s.id < p.below JOIN accounts a ON a.id = s.account_id AND ", met_by!("a"),
            " WHERE s.id IN (SELECT st.status_id FROM status_tags st JOIN tags t ON t.id = st.tag_id WHERE t.name = ANY (p.wanted)) ",
            "AND (SELECT count(*) FROM status_tags st JOIN tags t ON t.id = st.tag_id ",
            "WHERE st.status_id = s.id AND t.name = ANY (p.needed)) = cardinality(p.needed) ",
            "AND NOT EXISTS (SELECT 1 FROM status_tags st JOIN tags t ON t.id = st.tag_id ",
            "WHERE st.status_id = s.id AND t.name = ANY (p.unwanted)) ",
            "AND ", visible_to!("s", "a"), " AND ", welcome_to!("s.account_id"),
            " AND (NOT p.local OR a.host_id IS NULL) AND (NOT p.remote OR a.host_id IS NOT NULL) ",
            "AND (NOT p.only_media OR (s.flags & 1) <> 0) ORDER BY s.id ", $order, " LIMIT ?"
        )
    };
}

/// The timeline of hashtags. `wanted.all` without doubles.
pub async fn tagged(
    conn: &mut Conn,
    wanted: Tagged,
    viewer: Option<Id>,
    page: &Page,
    at: DateTime<Utc>,
) -> Result<Vec<Id>> {
    let query = raw(if page.ascends() {
        tagged!("ASC")
    } else {
        tagged!("DESC")
    })
    .bind::<Nullable<BigInt>, _>(viewer)
    .bind::<Timestamptz, _>(at)
    .bind::<BigInt, _>(page.above().unwrap_or(0))
    .bind::<BigInt, _>(page.max_id.unwrap_or(Id::MAX))
    .bind::<Bool, _>(wanted.of.local)
    .bind::<Bool, _>(wanted.of.remote)
    .bind::<Bool, _>(wanted.of.only_media)
    .bind::<Array<Text>, _>(wanted.any)
    .bind::<Array<Text>, _>(wanted.all)
    .bind::<Array<Text>, _>(wanted.none)
    .bind::<BigInt, _>(page.limit);
    ids(conn, query, page).await
}

/// Which statuses of one account.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Of {
    /// Whose.
    pub account: Id,
    /// No replies to others.
    pub exclude_replies: bool,
    /// No boosts.
    pub exclude_reblogs: bool,
    /// Only with media.
    pub only_media: bool,
    /// Only with this hashtag; normalised.
    pub tagged: Option<String>,
}

macro_rules! of_account {
    ($order:literal) => {
        concat!(
            "WITH p AS NOT MATERIALIZED (SELECT ?::bigint AS viewer, ?::bigint AS account, ?::bigint AS above, ?::bigint AS below, ",
            "?::boolean AS no_replies, ?::boolean AS no_boosts, ?::boolean AS only_media, ?::text AS tag) ",
            "SELECT s.id FROM p JOIN statuses s ON s.account_id = p.account AND s.id > p.above AND s.id < p.below ",
            "JOIN accounts a ON a.id = s.account_id LEFT JOIN statuses i ON i.id = s.reblog_of_id ",
            "LEFT JOIN accounts ia ON ia.id = i.account_id ",
            "WHERE ", visible_to!("s", "a"), " AND (i.id IS NULL OR (", visible_to!("i", "ia"), ")) ",
            "AND (NOT p.no_replies OR s.in_reply_to_account_id IS NULL OR s.in_reply_to_account_id = s.account_id) ",
            "AND (NOT p.no_boosts OR s.reblog_of_id IS NULL) AND (NOT p.only_media OR (s.flags & 1) <> 0) ",
            "AND (p.tag IS NULL OR EXISTS (SELECT 1 FROM status_tags st JOIN tags t ON t.id = st.tag_id ",
            "WHERE st.status_id = s.id AND t.name = p.tag)) ORDER BY s.id ", $order, " LIMIT ?"
        )
    };
}

/// What an account posted and boosted, as far as the viewer may see it.
pub async fn of_account(
    conn: &mut Conn,
    wanted: Of,
    viewer: Option<Id>,
    page: &Page,
) -> Result<Vec<Id>> {
    let query = raw(if page.ascends() {
        of_account!("ASC")
    } else {
        of_account!("DESC")
    })
    .bind::<Nullable<BigInt>, _>(viewer)
    .bind::<BigInt, _>(wanted.account)
    .bind::<BigInt, _>(page.above().unwrap_or(0))
    .bind::<BigInt, _>(page.max_id.unwrap_or(Id::MAX))
    .bind::<Bool, _>(wanted.exclude_replies)
    .bind::<Bool, _>(wanted.exclude_reblogs)
    .bind::<Bool, _>(wanted.only_media)
    .bind::<Nullable<Text>, _>(wanted.tagged)
    .bind::<BigInt, _>(page.limit);
    ids(conn, query, page).await
}

/// What stands around a page of an account's statuses.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileHead {
    /// Its counters.
    pub counters: AccountCounters,
    /// What it pinned, the last one first.
    pub pinned: Vec<Id>,
    /// The page, as [`of_account`] gives it.
    pub ids: Vec<Id>,
}

macro_rules! profile_head {
    ($order:literal) => {
        concat!(
            "SELECT ", account_counters!("ac"),
            ", ARRAY(SELECT pn.status_id FROM pins pn WHERE pn.account_id = o.id ORDER BY pn.id DESC LIMIT ?), ",
            "ARRAY(", of_account!($order), ") ",
            "FROM accounts o LEFT JOIN account_stats ac ON ac.account_id = o.id WHERE o.id = ?"
        )
    };
}

/// Counters, up to `pins` pinned statuses and a page of an account, in one statement; `None`
/// when there is no such account.
pub async fn profile_head(
    conn: &mut Conn,
    wanted: Of,
    viewer: Option<Id>,
    page: &Page,
    pins: i64,
) -> Result<Option<ProfileHead>> {
    type Columns = (
        BigInt,
        BigInt,
        BigInt,
        Nullable<Timestamptz>,
        Array<BigInt>,
        Array<BigInt>,
    );
    type Row = (i64, i64, i64, Option<DateTime<Utc>>, Vec<Id>, Vec<Id>);
    let row: Option<Row> = raw::<Columns>(if page.ascends() {
        profile_head!("ASC")
    } else {
        profile_head!("DESC")
    })
    .bind::<BigInt, _>(pins)
    .bind::<Nullable<BigInt>, _>(viewer)
    .bind::<BigInt, _>(wanted.account)
    .bind::<BigInt, _>(page.above().unwrap_or(0))
    .bind::<BigInt, _>(page.max_id.unwrap_or(Id::MAX))
    .bind::<Bool, _>(wanted.exclude_replies)
    .bind::<Bool, _>(wanted.exclude_reblogs)
    .bind::<Bool, _>(wanted.only_media)
    .bind::<Nullable<Text>, _>(wanted.tagged)
    .bind::<BigInt, _>(page.limit)
    .bind::<BigInt, _>(wanted.account)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(
        |(followers, following, statuses, last_status_at, pinned, mut ids)| {
            if page.ascends() {
                ids.reverse();
            }
            ProfileHead {
                counters: AccountCounters {
                    followers,
                    following,
                    statuses,
                    last_status_at,
                },
                pinned,
                ids,
            }
        },
    ))
}

/// What an account pinned, the last one first.
pub async fn pinned(conn: &mut Conn, account: Id, limit: i64) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(
        "SELECT status_id FROM pins WHERE account_id = ? ORDER BY id DESC LIMIT ?",
    )
    .bind::<BigInt, _>(account)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

async fn ids(conn: &mut Conn, query: Raw<(BigInt,)>, page: &Page) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = query.load(conn).await?;
    let mut ids: Vec<Id> = rows.into_iter().map(|(id,)| id).collect();
    if page.ascends() {
        ids.reverse();
    }
    Ok(ids)
}

/// A hidden row that pages a list, and what it points at.
pub type Marked = (Id, Id);

macro_rules! marked {
    ($rows:literal, $of:literal, $what:literal, $order:literal) => {
        concat!(
            "SELECT m.id, m.",
            $what,
            " FROM ",
            $rows,
            " m WHERE m.",
            $of,
            " = ? AND m.id > ? AND m.id < ? ",
            "ORDER BY m.id ",
            $order,
            " LIMIT ?"
        )
    };
}

/// Lists that are paged by rows of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkedBy {
    /// What an account favourited.
    Favourites,
    /// What an account bookmarked.
    Bookmarks,
    /// Who favourited a status.
    FavouritedBy,
    /// Who boosted a status, by the boosts' ids.
    RebloggedBy,
}

/// A page of such a list of `of`, newest first.
pub async fn marked(conn: &mut Conn, by: MarkedBy, of: Id, page: &Page) -> Result<Vec<Marked>> {
    let sql = match (by, page.ascends()) {
        (MarkedBy::Favourites, false) => marked!(
            "(SELECT * FROM reactions WHERE emoji = '')",
            "account_id",
            "status_id",
            "DESC"
        ),
        (MarkedBy::Favourites, true) => marked!(
            "(SELECT * FROM reactions WHERE emoji = '')",
            "account_id",
            "status_id",
            "ASC"
        ),
        (MarkedBy::Bookmarks, false) => marked!("bookmarks", "account_id", "status_id", "DESC"),
        (MarkedBy::Bookmarks, true) => marked!("bookmarks", "account_id", "status_id", "ASC"),
        (MarkedBy::FavouritedBy, false) => marked!(
            "(SELECT * FROM reactions WHERE emoji = '')",
            "status_id",
            "account_id",
            "DESC"
        ),
        (MarkedBy::FavouritedBy, true) => marked!(
            "(SELECT * FROM reactions WHERE emoji = '')",
            "status_id",
            "account_id",
            "ASC"
        ),
        (MarkedBy::RebloggedBy, false) => marked!("statuses", "reblog_of_id", "account_id", "DESC"),
        (MarkedBy::RebloggedBy, true) => marked!("statuses", "reblog_of_id", "account_id", "ASC"),
    };
    let mut rows: Vec<Marked> = raw::<(BigInt, BigInt)>(sql)
        .bind::<BigInt, _>(of)
        .bind::<BigInt, _>(page.above().unwrap_or(0))
        .bind::<BigInt, _>(page.max_id.unwrap_or(Id::MAX))
        .bind::<BigInt, _>(page.limit)
        .load(conn)
        .await?;
    if page.ascends() {
        rows.reverse();
    }
    Ok(rows)
}

const SEEN_ACCOUNTS: &str = "\
    WITH p AS (SELECT ?::bigint AS viewer, ?::bigint[] AS ids) \
    SELECT a.id FROM p CROSS JOIN LATERAL unnest(p.ids) WITH ORDINALITY AS w (id, place) \
    JOIN accounts a ON a.id = w.id AND (a.flags & 2) <> 2 \
    WHERE NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = p.viewer AND b.target_id = a.id) \
    AND NOT EXISTS (SELECT 1 FROM account_domain_blocks d WHERE d.account_id = p.viewer AND d.domain = a.handle_domain) \
    AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = a.id AND b.target_id = p.viewer) ORDER BY w.place";

/// Those of `accounts` that may be listed to the viewer, in their order.
pub async fn listable(conn: &mut Conn, accounts: Vec<Id>, viewer: Option<Id>) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(SEEN_ACCOUNTS)
        .bind::<Nullable<BigInt>, _>(viewer)
        .bind::<Array<BigInt>, _>(accounts)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
