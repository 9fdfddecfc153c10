//! The page statement (hot-path 1): all that a page of statuses needs beside its cached
//! fragments, in one round trip whatever the page size. Never stale.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, SmallInt, Timestamptz};
use diesel_async::{AsyncConnectionCore, RunQueryDsl};

use super::polls::{self, Poll};
use super::raw::raw;
use super::visibility::{pinnable, visible_to, welcome_to};
use crate::domain::hold_reason::HoldReason;
use crate::domain::{Id, Result};

/// What is known of one status of a page, as of now.
#[derive(Debug, Clone, PartialEq)]
pub struct PageRow {
    /// Its id; for a boost the boost's own.
    pub id: Id,
    /// Part of the fragment's key; below zero where the author's media is kept out.
    pub version: i32,
    /// Who wrote it, or boosted.
    pub author: AuthorFacts,
    /// What was boosted.
    pub boosted: Option<BoostedFacts>,
    /// Of the status itself; for a boost of the boosted one.
    pub counters: Counters,
    /// What the viewer did with the status itself; for a boost with the boosted one.
    /// All false for a stranger.
    pub bits: Bits,
    /// What it asks; for a boost what the boosted one asks.
    pub poll: Option<Poll>,
    /// Which generation of feeds is good now; see `cache/feeds.rs`.
    pub feeds_generation: i64,
}

/// The account beside a status.
#[derive(Debug, Clone, PartialEq)]
pub struct AuthorFacts {
    /// The account.
    pub id: Id,
    /// Part of the fragment's key.
    pub version: i32,
    /// Its counters.
    pub counters: AccountCounters,
}

/// Counters of an account: of what is known here and what its server says, the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AccountCounters {
    /// How many follow it.
    pub followers: i64,
    /// How many it follows.
    pub following: i64,
    /// How many statuses it has.
    pub statuses: i64,
    /// When it last posted.
    pub last_status_at: Option<DateTime<Utc>>,
}

/// What a boost shows.
#[derive(Debug, Clone, PartialEq)]
pub struct BoostedFacts {
    /// The boosted status.
    pub id: Id,
    /// Part of the fragment's key.
    pub version: i32,
    /// Who wrote it.
    pub author: AuthorFacts,
}

/// Counters of a status: of what is known here and what its server says, the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// How many answer it.
    pub replies: i64,
    /// How many boosted it.
    pub reblogs: i64,
    /// How many favourited it.
    pub favourites: i64,
}

/// What the viewer did with a status, and what they alone are told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bits {
    /// Favourited it.
    pub favourited: bool,
    /// Boosted it.
    pub reblogged: bool,
    /// Bookmarked it.
    pub bookmarked: bool,
    /// Muted its conversation.
    pub muted: bool,
    /// Pinned it; `None` where the viewer could not.
    pub pinned: Option<bool>,
    /// It is the viewer's own, and waits before it goes out: why.
    pub held: Option<HoldReason>,
}

/// Which page is wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// In the order to be delivered; at most some hundreds.
    pub ids: Vec<Id>,
    /// Whose eyes; `None` is a stranger.
    pub viewer: Option<Id>,
    /// A list: leaves out whom the viewer blocks or mutes. Otherwise only what may not be
    /// seen at all is left out.
    pub as_list: bool,
    /// Now, for mutes that end.
    pub at: DateTime<Utc>,
}

type AuthorColumns = (
    BigInt,
    Integer,
    BigInt,
    BigInt,
    BigInt,
    Nullable<Timestamptz>,
);
type AuthorRow = (Id, i32, i64, i64, i64, Option<DateTime<Utc>>);
type Columns = (
    (BigInt, Integer),
    AuthorColumns,
    (Nullable<BigInt>, Nullable<Integer>),
    (
        Nullable<BigInt>,
        Nullable<Integer>,
        BigInt,
        BigInt,
        BigInt,
        Nullable<Timestamptz>,
    ),
    (BigInt, BigInt, BigInt),
    (Bool, Bool, Bool, Bool, Nullable<Bool>),
    (BigInt, Nullable<BigInt>, Nullable<SmallInt>),
);
type Row = (
    (Id, i32),
    AuthorRow,
    (Option<Id>, Option<i32>),
    (
        Option<Id>,
        Option<i32>,
        i64,
        i64,
        i64,
        Option<DateTime<Utc>>,
    ),
    (i64, i64, i64),
    (bool, bool, bool, bool, Option<bool>),
    (i64, Option<Id>, Option<HoldReason>),
);

/// `$a` accounts row, `$t` its account_stats row.
macro_rules! account_counters {
    ($t:literal) => {
        concat!(
            "GREATEST(coalesce(",
            $t,
            ".followers_count, 0), coalesce(",
            $t,
            ".remote_followers_count, 0)), ",
            "GREATEST(coalesce(",
            $t,
            ".following_count, 0), coalesce(",
            $t,
            ".remote_following_count, 0)), ",
            "GREATEST(coalesce(",
            $t,
            ".statuses_count, 0), coalesce(",
            $t,
            ".remote_statuses_count, 0)), ",
            $t,
            ".last_status_at"
        )
    };
}
pub(super) use account_counters;

/// The statement itself, for whoever wants to see its plan; binds as [`Wanted`] has them.
//
// OFFSET 0 keeps each EXISTS a look at one index entry (`visibility.rs`).
// `s` is what the page lists, `i` what a boost shows (no row otherwise), `x` the one of the
// two that has counters and bits.
pub const PAGE: &str = concat!(
    "WITH p AS (SELECT ?::bigint[] AS ids, ?::bigint AS viewer, ?::boolean AS as_list, ?::timestamptz AS at) ",
    "SELECT s.id, CASE WHEN (a.flags & 16) = 0 THEN s.version ELSE -s.version END + (a.flags & 32) * 33554432, s.account_id, a.version, ",
    account_counters!("ac"),
    ", ",
    "i.id, CASE WHEN (ia.flags & 16) = 0 THEN i.version ELSE -i.version END + (ia.flags & 32) * 33554432, i.account_id, ia.version, ",
    account_counters!("iac"),
    ", ",
    "GREATEST(coalesce(st.replies_count, 0), 0), ",
    "GREATEST(coalesce(st.reblogs_count, 0), coalesce(st.remote_reblogs_count, 0)), ",
    "GREATEST(coalesce(st.favourites_count, 0), coalesce(st.remote_favourites_count, 0)), ",
    "EXISTS (SELECT 1 FROM reactions r WHERE r.status_id = x.id AND r.account_id = p.viewer AND r.emoji = '' OFFSET 0), ",
    "EXISTS (SELECT 1 FROM statuses b WHERE b.account_id = p.viewer AND b.reblog_of_id = x.id OFFSET 0), ",
    "EXISTS (SELECT 1 FROM bookmarks k WHERE k.account_id = p.viewer AND k.status_id = x.id OFFSET 0), ",
    "EXISTS (SELECT 1 FROM conversation_mutes cm WHERE cm.account_id = p.viewer ",
    "AND cm.conversation_id = coalesce(i.conversation_id, s.conversation_id) OFFSET 0), ",
    "CASE WHEN s.account_id = p.viewer AND ",
    pinnable!("s"),
    " THEN ",
    "EXISTS (SELECT 1 FROM pins pn WHERE pn.account_id = p.viewer AND pn.status_id = s.id OFFSET 0) END, ",
    "coalesce((SELECT (g.value->>'generation')::bigint FROM instance_settings g WHERE g.key = 'feeds'), 0), ",
    "CASE WHEN (coalesce(i.flags, s.flags) & 2) <> 0 THEN x.id END, ",
    "CASE WHEN coalesce(i.account_id, s.account_id) = p.viewer THEN ",
    "(SELECT oh.reason FROM outbound_holds oh WHERE oh.status_id = x.id) END ",
    "FROM p CROSS JOIN LATERAL unnest(p.ids) WITH ORDINALITY AS w (id, place) ",
    "JOIN statuses s ON s.id = w.id JOIN accounts a ON a.id = s.account_id ",
    "LEFT JOIN account_stats ac ON ac.account_id = s.account_id ",
    "LEFT JOIN statuses i ON i.id = s.reblog_of_id LEFT JOIN accounts ia ON ia.id = i.account_id ",
    "LEFT JOIN account_stats iac ON iac.account_id = i.account_id ",
    "CROSS JOIN LATERAL (SELECT coalesce(s.reblog_of_id, s.id) AS id) x ",
    "LEFT JOIN status_stats st ON st.status_id = x.id ",
    "WHERE ",
    visible_to!("s", "a"),
    " AND (i.id IS NULL OR (",
    visible_to!("i", "ia"),
    ")) ",
    "AND (NOT p.as_list OR (",
    welcome_to!("s.account_id", each),
    " AND (i.id IS NULL OR (",
    welcome_to!("i.account_id", each),
    ")))) ",
    "ORDER BY w.place"
);

/// The page: what exists and may be seen of `wanted.ids`, in that order.
pub async fn page<C>(conn: &mut C, wanted: Wanted) -> Result<Vec<PageRow>>
where
    C: AsyncConnectionCore<Backend = Pg>,
{
    let rows: Vec<Row> = raw::<Columns>(PAGE)
        .bind::<Array<BigInt>, _>(wanted.ids)
        .bind::<Nullable<BigInt>, _>(wanted.viewer)
        .bind::<Bool, _>(wanted.as_list)
        .bind::<Timestamptz, _>(wanted.at)
        .load(conn)
        .await?;
    let asking: Vec<Id> = rows.iter().filter_map(|row| row.6.1).collect();
    // Few posts ask something: a second statement for those alone.
    let polls = polls::load(conn, asking, wanted.viewer, wanted.at).await?;
    Ok(rows.into_iter().map(|row| page_row(row, &polls)).collect())
}

fn page_row(row: Row, polls: &[Poll]) -> PageRow {
    let ((id, version), author, boosted, inner, counters, bits, (feeds_generation, asks, held)) =
        row;
    let boosted = match (boosted, inner) {
        ((Some(id), Some(version)), (Some(author), Some(author_version), a, b, c, at)) => {
            Some(BoostedFacts {
                id,
                version,
                author: author_facts((author, author_version, a, b, c, at)),
            })
        }
        _ => None,
    };
    PageRow {
        id,
        version,
        author: author_facts(author),
        boosted,
        counters: Counters {
            replies: counters.0,
            reblogs: counters.1,
            favourites: counters.2,
        },
        bits: Bits {
            favourited: bits.0,
            reblogged: bits.1,
            bookmarked: bits.2,
            muted: bits.3,
            pinned: bits.4,
            held,
        },
        poll: asks.and_then(|id| polls.iter().find(|poll| poll.status == id).cloned()),
        feeds_generation,
    }
}

fn author_facts(
    (id, version, followers, following, statuses, last_status_at): AuthorRow,
) -> AuthorFacts {
    AuthorFacts {
        id,
        version,
        counters: AccountCounters {
            followers,
            following,
            statuses,
            last_status_at,
        },
    }
}
