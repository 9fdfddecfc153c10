//! Home from Postgres: the truth behind the feeds, who hears of a status, and the
//! generation of feeds that is good.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::pg::Pg;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz};
use diesel_async::{AsyncConnectionCore, RunQueryDsl};

use super::Conn;
use super::raw::raw;
use super::visibility::{enters_home, enters_home_by_tag};
use crate::domain::{Id, Page, Result};

/// A cursor's page of each author, then the page of them all: reads at most as many entries
/// as the page has, times the authors, all by index.
macro_rules! home {
    ($order:literal) => {
        concat!(
            "WITH p AS NOT MATERIALIZED (SELECT ?::bigint AS viewer, ?::bigint AS above, ?::bigint AS below, ?::bigint AS most) ",
            "SELECT DISTINCT id FROM ( ",
            "(SELECT s.id FROM p JOIN follows f ON f.account_id = p.viewer AND f.state = 1 ",
            "CROSS JOIN LATERAL (SELECT s.id FROM statuses s WHERE s.account_id = f.target_id ",
            "AND s.id > p.above AND s.id < p.below AND ", enters_home!("f", "s"),
            " ORDER BY s.id ", $order, " LIMIT (SELECT most FROM p)) s) ",
            "UNION ALL ",
            "(SELECT s.id FROM p JOIN statuses s ON s.account_id = p.viewer AND s.id > p.above AND s.id < p.below ",
            "ORDER BY s.id ", $order, " LIMIT (SELECT most FROM p)) ",
            "UNION ALL ",
            "(SELECT s.id FROM p JOIN tag_follows f ON f.account_id = p.viewer ",
            "CROSS JOIN LATERAL (SELECT s.id FROM status_tags c JOIN statuses s ON s.id = c.status_id ",
            "WHERE c.tag_id = f.tag_id AND c.status_id > p.above AND c.status_id < p.below AND ",
            enters_home_by_tag!("s"),
            " ORDER BY c.status_id ", $order, " LIMIT (SELECT most FROM p)) s) ",
            ") home ORDER BY id ", $order, " LIMIT (SELECT most FROM p)"
        )
    };
}

/// A page of somebody's home, newest first, by membership alone: what of it may be seen is
/// for the page statement.
pub async fn home(conn: &mut Conn, viewer: Id, page: &Page) -> Result<Vec<Id>> {
    let sql = if page.ascends() {
        home!("ASC")
    } else {
        home!("DESC")
    };
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(sql)
        .bind::<BigInt, _>(viewer)
        .bind::<BigInt, _>(page.above().unwrap_or(0))
        .bind::<BigInt, _>(page.max_id.unwrap_or(Id::MAX))
        .bind::<BigInt, _>(page.limit)
        .load(conn)
        .await?;
    let mut ids: Vec<Id> = rows.into_iter().map(|(id,)| id).collect();
    if page.ascends() {
        ids.reverse();
    }
    Ok(ids)
}

// Who follows both the author and a hashtag is named once, by the follow.
const READERS: &str = concat!(
    "SELECT s.id, s.account_id, ",
    "(SELECT array_agg(f.account_id) FROM follows f JOIN users u ON u.account_id = f.account_id ",
    "WHERE f.target_id = s.account_id AND ",
    enters_home!("f", "s"),
    ") || (SELECT array_agg(DISTINCT t.account_id) FROM status_tags c JOIN tag_follows t ON t.tag_id = c.tag_id ",
    "WHERE c.status_id = s.id AND t.account_id <> s.account_id AND ",
    enters_home_by_tag!("s"),
    " AND NOT EXISTS (SELECT 1 FROM follows f WHERE f.account_id = t.account_id AND f.target_id = s.account_id AND ",
    enters_home!("f", "s"),
    ")) FROM statuses s WHERE s.id = ANY (?)"
);

/// Pairs of a reader here and a status for their feed: local followers whose follow wants
/// it, those who follow a hashtag of it, and the author. Statuses that are gone have none.
pub async fn readers(conn: &mut Conn, statuses: Vec<Id>) -> Result<Vec<(Id, Id)>> {
    if statuses.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Id, Id, Option<Vec<Id>>)> =
        raw::<(BigInt, BigInt, Nullable<Array<BigInt>>)>(READERS)
            .bind::<Array<BigInt>, _>(statuses)
            .load(conn)
            .await?;
    let pairs = rows.into_iter().flat_map(|(status, author, followers)| {
        let followers = followers.unwrap_or_default();
        std::iter::once(author)
            .chain(followers)
            .map(move |reader| (reader, status))
    });
    Ok(pairs.collect())
}

const FOLLOWERS: &str = "\
    SELECT f.target_id, f.account_id FROM follows f JOIN users u ON u.account_id = f.account_id \
    WHERE f.target_id = ANY (?) AND f.state = 1";

/// Pairs of an author and a local follower, for all of `authors`.
pub async fn local_followers(conn: &mut Conn, authors: Vec<Id>) -> Result<Vec<(Id, Id)>> {
    if authors.is_empty() {
        return Ok(Vec::new());
    }
    Ok(raw::<(BigInt, BigInt)>(FOLLOWERS)
        .bind::<Array<BigInt>, _>(authors)
        .load(conn)
        .await?)
}

const GENERATION: &str = "\
    SELECT coalesce((g.value->>'generation')::bigint, 0), g.value->>'run' \
    FROM instance_settings g WHERE g.key = 'feeds'";

/// The generation of feeds that is good, and the run of Redis that holds them.
pub async fn generation<C>(conn: &mut C) -> Result<(i64, Option<String>)>
where
    C: AsyncConnectionCore<Backend = Pg>,
{
    let found: Option<(i64, Option<String>)> = raw::<(BigInt, Nullable<Text>)>(GENERATION)
        .get_result(conn)
        .await
        .optional()?;
    Ok(found.unwrap_or((0, None)))
}

const RAISE: &str = "\
    INSERT INTO instance_settings AS g (key, value, updated_at) \
    VALUES ('feeds', jsonb_build_object('generation', 1, 'run', ?::text), ?) \
    ON CONFLICT (key) DO UPDATE SET updated_at = EXCLUDED.updated_at, value = jsonb_build_object( \
        'generation', coalesce((g.value->>'generation')::bigint, 0) + 1, 'run', EXCLUDED.value->>'run') \
    RETURNING (value->>'generation')::bigint";

/// Makes all feeds bad; gives the generation that is good from now on. `run`: the run of
/// Redis that will hold them, if it is known.
pub async fn raise_generation(
    conn: &mut Conn,
    run: Option<&str>,
    at: DateTime<Utc>,
) -> Result<i64> {
    let (generation,): (i64,) = raw::<(BigInt,)>(RAISE)
        .bind::<Nullable<Text>, _>(run.map(str::to_owned))
        .bind::<Timestamptz, _>(at)
        .get_result(conn)
        .await?;
    Ok(generation)
}
