//! Finding accounts and hashtags by what somebody typed.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use super::visibility::met_by;
use crate::domain::{Id, Result};

const ACCOUNTS: &str = concat!(
    "WITH p AS NOT MATERIALIZED (SELECT ?::bigint AS viewer, ?::text AS exact, ?::text AS start, ?::text AS inside, ?::boolean AS followed) ",
    "SELECT a.id FROM p JOIN accounts a ON (a.flags & 2) <> 2 ",
    "AND (lower(a.username) LIKE p.start OR lower(a.display_name) LIKE p.inside) AND ",
    met_by!("a"),
    " LEFT JOIN account_stats st ON st.account_id = a.id ",
    "LEFT JOIN follows f ON f.account_id = p.viewer AND f.target_id = a.id AND f.state = 1 ",
    "WHERE (NOT p.followed OR f.id IS NOT NULL) ",
    "AND (lower(a.username) = p.exact ",
    "OR NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = p.viewer AND b.target_id = a.id)) ",
    "AND NOT EXISTS (SELECT 1 FROM account_domain_blocks d WHERE d.account_id = p.viewer AND d.domain = a.handle_domain) ",
    "AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = a.id AND b.target_id = p.viewer) ",
    "ORDER BY lower(a.username) = p.exact DESC, f.id IS NOT NULL DESC, lower(a.username) LIKE p.start DESC, ",
    "coalesce(st.followers_count, 0) DESC, a.id LIMIT ? OFFSET ?"
);

/// Accounts whose name begins with `text`, or whose display name holds it; the best first.
/// `followed`: only those the viewer follows. Whom the viewer blocks is found by the exact
/// name alone: apps that unblock look for it so. Limited accounts are found by those who
/// follow them; by others with their whole handle, which is no search.
pub async fn accounts(
    conn: &mut Conn,
    text: &str,
    viewer: Option<Id>,
    followed: bool,
    limit: i64,
    offset: i64,
) -> Result<Vec<Id>> {
    let text = text.to_lowercase();
    let escaped = escape(&text);
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(ACCOUNTS)
        .bind::<Nullable<BigInt>, _>(viewer)
        .bind::<Text, _>(text)
        .bind::<Text, _>(format!("{escaped}%"))
        .bind::<Text, _>(format!("%{escaped}%"))
        .bind::<Bool, _>(followed)
        .bind::<BigInt, _>(limit)
        .bind::<BigInt, _>(offset)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// A hashtag that exists.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundTag {
    /// Its id.
    pub id: i64,
    /// Normalised.
    pub name: String,
    /// As it is usually written.
    pub display: String,
}

// A range rather than LIKE, whose pattern a generic plan does not know.
const TAGS: &str = "SELECT id, name, display FROM tags WHERE name ~>=~ ? AND name ~<~ ? \
    ORDER BY length(name), name LIMIT ? OFFSET ?";

/// Hashtags that begin with `start` (normalised), the shortest first.
pub async fn tags(conn: &mut Conn, start: &str, limit: i64, offset: i64) -> Result<Vec<FoundTag>> {
    let rows: Vec<(i64, String, String)> = raw::<(BigInt, Text, Text)>(TAGS)
        .bind::<Text, _>(start.to_owned())
        .bind::<Text, _>(format!("{start}{}", char::MAX))
        .bind::<BigInt, _>(limit)
        .bind::<BigInt, _>(offset)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(found).collect())
}

/// The hashtag of that normalised name.
pub async fn tag(conn: &mut Conn, name: &str) -> Result<Option<FoundTag>> {
    let rows: Vec<(i64, String, String)> =
        raw::<(BigInt, Text, Text)>("SELECT id, name, display FROM tags WHERE name = ?")
            .bind::<Text, _>(name.to_owned())
            .load(conn)
            .await?;
    Ok(rows.into_iter().map(found).next())
}

fn found((id, name, display): (i64, String, String)) -> FoundTag {
    FoundTag { id, name, display }
}

/// A day's use of a hashtag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayOfUse {
    /// The hashtag.
    pub tag: i64,
    /// Midnight.
    pub day: DateTime<Utc>,
    /// How often.
    pub uses: i64,
    /// By how many.
    pub accounts: i64,
}

const HISTORY: &str = "\
    SELECT st.tag_id, date_trunc('day', s.created_at, 'UTC'), count(*), count(DISTINCT s.account_id) \
    FROM status_tags st JOIN statuses s ON s.id = st.status_id \
    WHERE st.tag_id = ANY (?) AND st.status_id >= ? AND s.created_at >= ? GROUP BY 1, 2";

/// How much hashtags were used on each day from `since` (`first`: the smallest id of then).
pub async fn history(
    conn: &mut Conn,
    tags: Vec<i64>,
    first: Id,
    since: DateTime<Utc>,
) -> Result<Vec<DayOfUse>> {
    if tags.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(i64, DateTime<Utc>, i64, i64)> =
        raw::<(BigInt, Timestamptz, BigInt, BigInt)>(HISTORY)
            .bind::<Array<BigInt>, _>(tags)
            .bind::<BigInt, _>(first)
            .bind::<Timestamptz, _>(since)
            .load(conn)
            .await?;
    Ok(rows
        .into_iter()
        .map(|(tag, day, uses, accounts)| DayOfUse {
            tag,
            day,
            uses,
            accounts,
        })
        .collect())
}

/// `%`, `_` and `\` as themselves in a LIKE.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
