//! Counters (D12), written by the relay alone.
//!
//! They are counted anew from the rows, by index, for what a batch of events touched: a
//! replay, a cascade or an undo in the same batch cannot make them wrong, and 500 favourites
//! of one status are one count.

use diesel::sql_types::{Array, BigInt, Bool, Nullable};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use super::visibility::{counts_as_post, counts_as_reply};
use crate::domain::{Id, Result};

const POSTS: &str = concat!(
    "INSERT INTO account_stats AS st (account_id, statuses_count, last_status_at) ",
    "SELECT a.id, (SELECT count(*) FROM statuses s WHERE s.account_id = a.id AND ",
    counts_as_post!("s"),
    "), ",
    "(SELECT s.created_at FROM statuses s WHERE s.account_id = a.id AND ",
    counts_as_post!("s"),
    " ORDER BY s.id DESC LIMIT 1) ",
    "FROM accounts a WHERE a.id = ANY (?) ORDER BY a.id ",
    "ON CONFLICT (account_id) DO UPDATE SET statuses_count = EXCLUDED.statuses_count, ",
    "last_status_at = CASE WHEN EXCLUDED.statuses_count > 0 THEN EXCLUDED.last_status_at ELSE st.last_status_at END"
);

/// How many statuses these accounts have (boosts too, direct ones not), and when they last
/// posted one.
pub async fn recount_posts(conn: &mut Conn, accounts: Vec<Id>) -> Result<()> {
    run(conn, POSTS, accounts).await
}

const FOLLOWS: &str = "\
    INSERT INTO account_stats AS st (account_id, following_count, followers_count) \
    SELECT a.id, (SELECT count(*) FROM follows f WHERE f.account_id = a.id AND f.state = 1), \
           (SELECT count(*) FROM follows f WHERE f.target_id = a.id AND f.state = 1) \
      FROM accounts a WHERE a.id = ANY (?) ORDER BY a.id \
    ON CONFLICT (account_id) DO UPDATE SET following_count = EXCLUDED.following_count, \
    followers_count = EXCLUDED.followers_count";

/// How many these accounts follow, and how many follow them.
pub async fn recount_follows(conn: &mut Conn, accounts: Vec<Id>) -> Result<()> {
    run(conn, FOLLOWS, accounts).await
}

const STATUSES: &str = concat!(
    "INSERT INTO status_stats AS st (status_id, replies_count, reblogs_count, favourites_count) ",
    "SELECT t.id, (SELECT count(*) FROM statuses s WHERE s.in_reply_to_id = t.id AND ",
    counts_as_reply!("s"),
    "), ",
    "(SELECT count(*) FROM statuses b WHERE b.reblog_of_id = t.id), ",
    "(SELECT count(*) FROM reactions r WHERE r.status_id = t.id AND r.emoji = '') ",
    "FROM statuses t WHERE t.id = ANY (?) ORDER BY t.id ",
    "ON CONFLICT (status_id) DO UPDATE SET replies_count = EXCLUDED.replies_count, ",
    "reblogs_count = EXCLUDED.reblogs_count, favourites_count = EXCLUDED.favourites_count"
);

/// How often these statuses were answered in public, boosted and favourited.
pub async fn recount_statuses(conn: &mut Conn, statuses: Vec<Id>) -> Result<()> {
    run(conn, STATUSES, statuses).await
}

async fn run(conn: &mut Conn, sql: &'static str, mut ids: Vec<Id>) -> Result<()> {
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(());
    }
    raw::<()>(sql)
        .bind::<Array<BigInt>, _>(ids)
        .execute(conn)
        .await?;
    Ok(())
}

const POSTED: &str = "\
    SELECT s.id, s.in_reply_to_id, \
    EXISTS (SELECT 1 FROM status_audience sa WHERE sa.status_id = s.id AND sa.mentioned), \
    EXISTS (SELECT 1 FROM follows f WHERE f.target_id = s.account_id AND (f.flags & 2) <> 0), \
    s.uri IS NULL AND s.reblog_of_id IS NULL AND (CASE WHEN EXISTS (SELECT 1 FROM author_standing e \
        WHERE e.account_id = s.account_id AND e.established_at IS NOT NULL) \
        AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.id = s.account_id AND (a.flags & 4) <> 0) \
        THEN coalesce(s.source ~* 'http(s|)://', false) AND (s.in_reply_to_account_id <> s.account_id \
            OR EXISTS (SELECT 1 FROM status_audience sa WHERE sa.status_id = s.id AND sa.mentioned)) \
        ELSE s.in_reply_to_account_id IS DISTINCT FROM s.account_id AND s.in_reply_to_account_id IS NOT NULL \
            OR (s.flags & 1) <> 0 \
            OR EXISTS (SELECT 1 FROM status_audience sa WHERE sa.status_id = s.id AND sa.mentioned) END) \
    FROM statuses s WHERE s.id = ANY (?)";

/// What a batch of new statuses asks for; most ask for nothing.
#[derive(Debug, Default, PartialEq)]
pub struct Posted {
    /// What they answer.
    pub parents: Vec<Id>,
    /// Those that name somebody.
    pub naming: Vec<Id>,
    /// Those by authors of whose every post somebody wants to hear.
    pub awaited: Vec<Id>,
    /// Those by people here that may be more for strangers than goes out at once
    /// (`gate/outreach.rs`): none of an established author but for links.
    pub to_judge: Vec<Id>,
}

/// Looks at new statuses; what is gone by now asks for nothing.
pub async fn posted(conn: &mut Conn, statuses: Vec<Id>) -> Result<Posted> {
    let mut posted = Posted::default();
    if statuses.is_empty() {
        return Ok(posted);
    }
    let rows: Vec<(Id, Option<Id>, bool, bool, bool)> =
        raw::<(BigInt, Nullable<BigInt>, Bool, Bool, Bool)>(POSTED)
            .bind::<Array<BigInt>, _>(statuses)
            .load(conn)
            .await?;
    for (id, parent, names, is_awaited, is_to_judge) in rows {
        posted.parents.extend(parent);
        posted.naming.extend(names.then_some(id));
        posted.awaited.extend(is_awaited.then_some(id));
        posted.to_judge.extend(is_to_judge.then_some(id));
    }
    Ok(posted)
}

const PARENTS_OF_GONE: &str = "\
    SELECT (t.audience->>'in_reply_to_id')::bigint FROM tombstones t \
    WHERE t.subject_id = ANY (?) AND t.audience->>'in_reply_to_id' IS NOT NULL";

/// What deleted statuses answered, by their tombstones.
pub async fn parents_of_gone(conn: &mut Conn, statuses: Vec<Id>) -> Result<Vec<Id>> {
    ids(conn, PARENTS_OF_GONE, statuses).await
}

const BOOSTERS_OF_GONE: &str = "\
    SELECT DISTINCT b.id::bigint FROM tombstones t \
    CROSS JOIN LATERAL jsonb_array_elements_text(coalesce(t.audience->'boosted_by', '[]')) b (id) \
    WHERE t.subject_id = ANY (?)";

/// Who had boosted deleted statuses, by their tombstones: those boosts are gone too.
pub async fn boosters_of_gone(conn: &mut Conn, statuses: Vec<Id>) -> Result<Vec<Id>> {
    ids(conn, BOOSTERS_OF_GONE, statuses).await
}

async fn ids(conn: &mut Conn, sql: &'static str, of: Vec<Id>) -> Result<Vec<Id>> {
    if of.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(sql)
        .bind::<Array<BigInt>, _>(of)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
