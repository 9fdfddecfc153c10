//! Hashtags that members follow.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use super::search::FoundTag;
use crate::domain::{Id, Page, Result};

/// Hashtags that one member may follow: each is asked for when a feed is built anew.
pub const MOST: i64 = 200;

// Somebody may follow what nobody has used yet, or what somebody makes at this moment: then the
// empty update gives its id.
const FOLLOW: &str = "\
    WITH p AS (SELECT ?::bigint AS account, ?::text AS name, ?::text AS display, ?::timestamptz AS at, ?::bigint AS most), \
    t AS (INSERT INTO tags (name, display, created_at) SELECT p.name, p.display, p.at FROM p \
        ON CONFLICT (name) DO UPDATE SET name = EXCLUDED.name RETURNING id), \
    did AS (INSERT INTO tag_follows (account_id, tag_id, id) SELECT p.account, t.id, next_id(p.at) FROM p CROSS JOIN t \
        WHERE (SELECT count(*) FROM tag_follows f WHERE f.account_id = p.account) < p.most \
        ON CONFLICT DO NOTHING RETURNING id) \
    SELECT EXISTS (SELECT 1 FROM did) OR EXISTS (SELECT 1 FROM p CROSS JOIN t JOIN tag_follows f \
        ON f.account_id = p.account AND f.tag_id = t.id)";

/// Follows a hashtag by its normalised name; again is no error. `false` beyond [`MOST`].
pub async fn follow(
    conn: &mut Conn,
    account: Id,
    name: &str,
    display: &str,
    at: DateTime<Utc>,
) -> Result<bool> {
    let (holds,): (bool,) = raw::<(Bool,)>(FOLLOW)
        .bind::<BigInt, _>(account)
        .bind::<Text, _>(name.to_owned())
        .bind::<Text, _>(display.to_owned())
        .bind::<Timestamptz, _>(at)
        .bind::<BigInt, _>(MOST)
        .get_result(conn)
        .await?;
    Ok(holds)
}

/// Follows it no longer; whether it was followed.
pub async fn unfollow(conn: &mut Conn, account: Id, name: &str) -> Result<bool> {
    let gone = raw::<()>(
        "DELETE FROM tag_follows f USING tags g \
         WHERE f.account_id = ? AND g.name = ? AND f.tag_id = g.id",
    )
    .bind::<BigInt, _>(account)
    .bind::<Text, _>(name.to_owned())
    .execute(conn)
    .await?;
    Ok(gone > 0)
}

/// Which of some hashtags somebody follows.
pub async fn followed_of(conn: &mut Conn, account: Id, tags: Vec<i64>) -> Result<HashSet<i64>> {
    let rows: Vec<(i64,)> = raw::<(BigInt,)>(
        "SELECT tag_id FROM tag_follows WHERE account_id = ? AND tag_id = ANY (?)",
    )
    .bind::<BigInt, _>(account)
    .bind::<Array<BigInt>, _>(tags)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Which of some normalised names somebody follows.
pub async fn named(conn: &mut Conn, account: Id, names: Vec<String>) -> Result<HashSet<String>> {
    let rows: Vec<(String,)> = raw::<(Text,)>(
        "SELECT g.name FROM tag_follows f JOIN tags g ON g.id = f.tag_id \
         WHERE f.account_id = ? AND g.name = ANY (?)",
    )
    .bind::<BigInt, _>(account)
    .bind::<Array<Text>, _>(names)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

macro_rules! list {
    ($direction:literal) => {
        concat!(
            "WITH p AS (SELECT ?::bigint AS account, ?::bigint AS below, ?::bigint AS above, ?::bigint AS amount) ",
            "SELECT f.id, g.id, g.name, g.display FROM p JOIN tag_follows f ON f.account_id = p.account ",
            "JOIN tags g ON g.id = f.tag_id ",
            "WHERE (p.below IS NULL OR f.id < p.below) AND (p.above IS NULL OR f.id > p.above) ORDER BY f.id ",
            $direction,
            " LIMIT (SELECT amount FROM p)"
        )
    };
}

/// A page of what somebody follows, as (id of the follow, hashtag), newest first.
pub async fn list(conn: &mut Conn, account: Id, page: &Page) -> Result<Vec<(Id, FoundTag)>> {
    let sql = match page.ascends() {
        true => list!("ASC"),
        false => list!("DESC"),
    };
    let rows: Vec<(Id, i64, String, String)> = raw::<(BigInt, BigInt, Text, Text)>(sql)
        .bind::<BigInt, _>(account)
        .bind::<Nullable<BigInt>, _>(page.max_id)
        .bind::<Nullable<BigInt>, _>(page.above())
        .bind::<BigInt, _>(page.limit)
        .load(conn)
        .await?;
    let mut found: Vec<(Id, FoundTag)> = rows
        .into_iter()
        .map(|(follow, id, name, display)| (follow, FoundTag { id, name, display }))
        .collect();
    if page.ascends() {
        found.reverse();
    }
    Ok(found)
}
