//! What people elsewhere do with posts and accounts: each deed one statement, with its event
//! in the inbound lane.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Bool, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::Conn;
use super::raw::raw;
use super::visibility::{boost_audience, boostable_by, visible_to};
use crate::domain::event::{EventKind, Lane};
use crate::domain::visibility::Visibility;
use crate::domain::{Id, Result};

const LIKE: &str = concat!(
    "WITH p AS (SELECT ?::bigint AS status, ?::bigint AS viewer, ?::text AS uri, ?::timestamptz AS at, ?::smallint AS event), ",
    "t AS (SELECT t.id FROM p JOIN statuses s ON s.id = p.status ",
    "JOIN statuses t ON t.id = coalesce(s.reblog_of_id, s.id) AND NOT t.local_only ",
    "JOIN accounts a ON a.id = t.account_id WHERE ",
    visible_to!("t", "a"),
    "), did AS (INSERT INTO reactions (status_id, account_id, emoji, id, uri, created_at) ",
    "SELECT t.id, p.viewer, '', next_id(p.at), p.uri, p.at FROM t CROSS JOIN p ",
    "ON CONFLICT DO NOTHING RETURNING status_id), ",
    "told AS (INSERT INTO events (lane, kind, subject_id, actor_id, created_at) ",
    "SELECT 1, p.event, did.status_id, p.viewer, p.at FROM did CROSS JOIN p) ",
    "SELECT EXISTS (SELECT 1 FROM did)"
);

/// Favourites what the account may see; `false` when it may not, or has already.
pub async fn like(
    conn: &mut Conn,
    status: Id,
    account: Id,
    uri: Option<String>,
    at: DateTime<Utc>,
) -> Result<bool> {
    let (did,): (bool,) = raw::<(Bool,)>(LIKE)
        .bind::<BigInt, _>(status)
        .bind::<BigInt, _>(account)
        .bind::<Nullable<Text>, _>(uri)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(EventKind::StatusFavourited as i16)
        .get_result(conn)
        .await?;
    Ok(did)
}

/// Which of an account's deeds is undone.
#[derive(Debug, Clone, Default)]
pub struct Which {
    /// By its own address.
    pub uri: Option<String>,
    /// By what it was done to.
    pub object: Option<Id>,
}

/// Runs a statement that undoes a deed of `account`; `false` when there was none.
async fn undo(
    conn: &mut Conn,
    sql: &'static str,
    account: Id,
    which: Which,
    event: EventKind,
    at: DateTime<Utc>,
) -> Result<bool> {
    let (did,): (bool,) = raw::<(Bool,)>(sql)
        .bind::<BigInt, _>(account)
        .bind::<Nullable<Text>, _>(which.uri)
        .bind::<Nullable<BigInt>, _>(which.object)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(event as i16)
        .get_result(conn)
        .await?;
    Ok(did)
}

const UNLIKE: &str = "\
    WITH p AS (SELECT ?::bigint AS account, ?::text AS uri, ?::bigint AS status, ?::timestamptz AS at, ?::smallint AS event), \
    did AS (DELETE FROM reactions r USING p WHERE r.account_id = p.account \
        AND (r.uri = p.uri OR r.status_id = p.status) RETURNING r.status_id, r.id), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
        SELECT 1, p.event, did.status_id, p.account, did.id, p.at FROM did CROSS JOIN p) \
    SELECT EXISTS (SELECT 1 FROM did)";

/// Takes an account's own favourite back; `false` when there is none.
pub async fn unlike(conn: &mut Conn, account: Id, which: Which, at: DateTime<Utc>) -> Result<bool> {
    undo(conn, UNLIKE, account, which, EventKind::FavouriteUndone, at).await
}

/// A boost by somebody elsewhere.
#[derive(Debug, Clone)]
pub struct RemoteBoost {
    /// What is boosted.
    pub status: Id,
    /// Who boosts.
    pub account: Id,
    /// The address of the `Announce`.
    pub uri: String,
    /// Its hash.
    pub uri_hash: Uuid,
    /// Who it is for; never more people than what it boosts.
    pub visibility: Visibility,
    /// When it was done.
    pub created_at: DateTime<Utc>,
    /// The moment of its id (D28).
    pub stands_at: DateTime<Utc>,
    /// We went for it: it enters no home and is told to nobody.
    pub fetched: bool,
}

const BOOST: &str = concat!(
    "WITH p AS (SELECT ?::bigint AS status, ?::bigint AS viewer, ?::text AS uri, ?::uuid AS hash, ",
    "?::smallint AS visibility, ?::timestamptz AS created, ?::timestamptz AS stands_at, ",
    "?::timestamptz AS at, ?::smallint AS event, ?::smallint AS lane, ?::boolean AS fetched), ",
    "t AS (SELECT t.id, ",
    boost_audience!("p.visibility", "t"),
    " AS audience FROM p JOIN statuses s ON s.id = p.status ",
    "JOIN statuses t ON t.id = coalesce(s.reblog_of_id, s.id) AND NOT t.local_only ",
    "JOIN accounts a ON a.id = t.account_id WHERE ",
    visible_to!("t", "a"),
    " AND ",
    boostable_by!("t", "p.viewer"),
    " AND NOT EXISTS (SELECT 1 FROM tombstones g WHERE g.uri_hash = p.hash ",
    "AND (p.fetched OR g.kind <> 2) AND (g.actor_id = p.viewer ",
    "OR NOT EXISTS (SELECT 1 FROM accounts o WHERE o.id = g.actor_id)))), ",
    "made AS (INSERT INTO statuses (id, account_id, uri, uri_hash, reblog_of_id, visibility, flags, created_at) ",
    "SELECT next_id(p.stands_at), p.viewer, p.uri, p.hash, t.id, t.audience, CASE WHEN p.fetched THEN 16 ELSE 0 END, ",
    "p.created FROM t CROSS JOIN p ON CONFLICT DO NOTHING RETURNING id, reblog_of_id), ",
    "sent AS (UPDATE statuses s SET flags = s.flags & ~16 FROM p CROSS JOIN t WHERE NOT p.fetched ",
    "AND s.account_id = p.viewer AND s.reblog_of_id = t.id AND (s.flags & 16) <> 0 RETURNING s.id, s.reblog_of_id), ",
    "did AS (SELECT * FROM made UNION ALL SELECT * FROM sent), ",
    "told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) ",
    "SELECT p.lane, p.event, did.id, p.viewer, did.reblog_of_id, p.at FROM did CROSS JOIN p) ",
    "SELECT EXISTS (SELECT 1 FROM did)"
);

// As `NEWS` of posts: a fetched boost that was not committed when `BOOST` began.
const BOOST_NEWS: &str = "\
    WITH p AS (SELECT ?::bigint AS status, ?::bigint AS account, ?::smallint AS event, ?::smallint AS lane, ?::timestamptz AS at), \
    t AS (SELECT coalesce(s.reblog_of_id, s.id) AS id FROM p JOIN statuses s ON s.id = p.status), \
    sent AS (UPDATE statuses s SET flags = s.flags & ~16 FROM p CROSS JOIN t WHERE s.account_id = p.account \
        AND s.reblog_of_id = t.id AND (s.flags & 16) <> 0 RETURNING s.id, s.reblog_of_id), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
        SELECT p.lane, p.event, sent.id, p.account, sent.reblog_of_id, p.at FROM sent CROSS JOIN p) \
    SELECT EXISTS (SELECT 1 FROM sent)";

/// Boosts what may be boosted by that account; `false` when it may not, or has already. One that
/// we had fetched and that is sent to us now is news from now on.
pub async fn boost(conn: &mut Conn, new: RemoteBoost, at: DateTime<Utc>) -> Result<bool> {
    let (event, lane) = match new.fetched {
        true => (EventKind::BoostFetched, Lane::Bulk),
        false => (EventKind::StatusReblogged, Lane::Inbound),
    };
    let (status, account, fetched) = (new.status, new.account, new.fetched);
    let (did,): (bool,) = raw::<(Bool,)>(BOOST)
        .bind::<BigInt, _>(status)
        .bind::<BigInt, _>(account)
        .bind::<Text, _>(new.uri)
        .bind::<SqlUuid, _>(new.uri_hash)
        .bind::<SmallInt, _>(new.visibility)
        .bind::<Timestamptz, _>(new.created_at)
        .bind::<Timestamptz, _>(new.stands_at)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(event as i16)
        .bind::<SmallInt, _>(lane as i16)
        .bind::<Bool, _>(fetched)
        .get_result(conn)
        .await?;
    if did || fetched {
        return Ok(did);
    }
    let (did,): (bool,) = raw::<(Bool,)>(BOOST_NEWS)
        .bind::<BigInt, _>(status)
        .bind::<BigInt, _>(account)
        .bind::<SmallInt, _>(event as i16)
        .bind::<SmallInt, _>(lane as i16)
        .bind::<Timestamptz, _>(at)
        .get_result(conn)
        .await?;
    Ok(did)
}

const UNBOOST: &str = "\
    WITH p AS (SELECT ?::bigint AS account, ?::uuid AS hash, ?::bigint AS status, ?::timestamptz AS at, ?::smallint AS event), \
    did AS (DELETE FROM statuses b USING p WHERE b.account_id = p.account AND b.reblog_of_id IS NOT NULL \
        AND (b.uri_hash = p.hash OR b.reblog_of_id = p.status) RETURNING b.id, b.reblog_of_id), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
        SELECT 1, p.event, did.id, p.account, did.reblog_of_id, p.at FROM did CROSS JOIN p) \
    SELECT EXISTS (SELECT 1 FROM did)";

/// Takes an account's own boost back, by the hash of its address or by what it boosts;
/// `false` when there is none.
pub async fn unboost(
    conn: &mut Conn,
    account: Id,
    hash: Option<Uuid>,
    status: Option<Id>,
    at: DateTime<Utc>,
) -> Result<bool> {
    let (did,): (bool,) = raw::<(Bool,)>(UNBOOST)
        .bind::<BigInt, _>(account)
        .bind::<Nullable<SqlUuid>, _>(hash)
        .bind::<Nullable<BigInt>, _>(status)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(EventKind::ReblogUndone as i16)
        .get_result(conn)
        .await?;
    Ok(did)
}

/// What became of a wish to follow somebody here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Followed {
    /// It holds, or waits for a yes.
    Done,
    /// One of the two blocks the other, or the asked one the other's server.
    Blocked,
    /// There is no such account here.
    NoAccount,
}

// Who asks again has not heard our answer: they are told once more.
const FOLLOW: &str = "\
    WITH p AS (SELECT ?::bigint AS account, ?::bigint AS target, ?::text AS uri, ?::timestamptz AS at, \
    ?::smallint AS asked, ?::smallint AS accepted), \
    t AS (SELECT a.id, a.locked OR (o.flags & 1) <> 0 AS asks, \
        EXISTS (SELECT 1 FROM blocks b WHERE (b.account_id = a.id AND b.target_id = p.account) \
            OR (b.account_id = p.account AND b.target_id = a.id)) \
        OR EXISTS (SELECT 1 FROM account_domain_blocks d WHERE d.account_id = a.id AND d.domain = o.handle_domain) AS blocked \
        FROM p JOIN accounts a ON a.id = p.target AND a.host_id IS NULL AND (a.flags & 2) = 0 \
        JOIN accounts o ON o.id = p.account), \
    did AS (INSERT INTO follows AS f (id, account_id, target_id, state, uri, flags, created_at) \
        SELECT next_id(p.at), p.account, t.id, CASE WHEN t.asks THEN 0 ELSE 1 END, p.uri, 1, p.at \
        FROM t CROSS JOIN p WHERE NOT t.blocked \
        ON CONFLICT (account_id, target_id) DO UPDATE SET uri = excluded.uri RETURNING f.id, f.state), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
        SELECT 1, CASE WHEN did.state = 0 THEN p.asked ELSE p.accepted END, p.target, p.account, did.id, p.at \
        FROM did CROSS JOIN p) \
    SELECT t.blocked FROM t";

/// Somebody elsewhere follows somebody here, or asks to. `uri`: the address of the `Follow`.
pub async fn follow(
    conn: &mut Conn,
    account: Id,
    target: Id,
    uri: String,
    at: DateTime<Utc>,
) -> Result<Followed> {
    let row: Option<(bool,)> = raw::<(Bool,)>(FOLLOW)
        .bind::<BigInt, _>(account)
        .bind::<BigInt, _>(target)
        .bind::<Text, _>(uri)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(EventKind::FollowRequested as i16)
        .bind::<SmallInt, _>(EventKind::FollowAccepted as i16)
        .get_result(conn)
        .await
        .optional()?;
    Ok(match row {
        None => Followed::NoAccount,
        Some((true,)) => Followed::Blocked,
        Some((false,)) => Followed::Done,
    })
}

const ACCEPT: &str = "\
    WITH p AS (SELECT ?::bigint AS target, ?::bigint AS account, ?::bigint AS follow, ?::timestamptz AS at, ?::smallint AS event), \
    did AS (UPDATE follows f SET state = 1 FROM p WHERE f.target_id = p.target AND f.state = 0 \
        AND f.follower_host_id IS NULL AND (f.id = p.follow OR f.account_id = p.account) \
        RETURNING f.id, f.account_id), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
        SELECT 1, p.event, p.target, did.account_id, did.id, p.at FROM did CROSS JOIN p) \
    SELECT EXISTS (SELECT 1 FROM did)";

/// `target`, elsewhere, says yes to somebody here, by the id of the follow or by who asked.
/// `false` when nobody asked: a yes that nobody asked for is none (I19).
pub async fn accept(
    conn: &mut Conn,
    target: Id,
    account: Option<Id>,
    follow: Option<Id>,
    at: DateTime<Utc>,
) -> Result<bool> {
    answer(
        conn,
        ACCEPT,
        (target, account, follow),
        EventKind::FollowAccepted,
        at,
    )
    .await
}

const REJECT: &str = "\
    WITH p AS (SELECT ?::bigint AS target, ?::bigint AS account, ?::bigint AS follow, ?::timestamptz AS at, ?::smallint AS event), \
    did AS (DELETE FROM follows f USING p WHERE f.target_id = p.target AND f.follower_host_id IS NULL \
        AND (f.id = p.follow OR f.account_id = p.account) RETURNING f.id, f.account_id), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
        SELECT 1, p.event, p.target, did.account_id, did.id, p.at FROM did CROSS JOIN p) \
    SELECT EXISTS (SELECT 1 FROM did)";

/// `target`, elsewhere, says no to somebody here, at once or later.
pub async fn reject(
    conn: &mut Conn,
    target: Id,
    account: Option<Id>,
    follow: Option<Id>,
    at: DateTime<Utc>,
) -> Result<bool> {
    answer(
        conn,
        REJECT,
        (target, account, follow),
        EventKind::FollowEnded,
        at,
    )
    .await
}

/// An answer to a question of somebody here: who answers, who asked, and the question.
async fn answer(
    conn: &mut Conn,
    sql: &'static str,
    (target, account, follow): (Id, Option<Id>, Option<Id>),
    event: EventKind,
    at: DateTime<Utc>,
) -> Result<bool> {
    let (did,): (bool,) = raw::<(Bool,)>(sql)
        .bind::<BigInt, _>(target)
        .bind::<Nullable<BigInt>, _>(account)
        .bind::<Nullable<BigInt>, _>(follow)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(event as i16)
        .get_result(conn)
        .await?;
    Ok(did)
}

// The row has the address that was sent last. By the pair too, since some (Lemmy) make up a new
// address for the follow that their `Undo` names; but not where that address was sent to us as a
// follow: then a later follow overtook the `Undo`.
const UNFOLLOW: &str = "\
    WITH q AS (SELECT ?::bigint AS account, ?::text AS uri, ?::bigint AS target, ?::timestamptz AS at, ?::smallint AS event), \
    p AS (SELECT q.*, encode(substr(sha256(convert_to(q.uri, 'UTF8')), 1, 16), 'hex')::uuid AS hash FROM q), \
    did AS (DELETE FROM follows f USING p WHERE f.account_id = p.account \
        AND (f.uri = p.uri OR (f.target_id = p.target AND (f.uri IS NULL OR p.uri IS NULL OR NOT ( \
            EXISTS (SELECT 1 FROM received_activities_a r WHERE r.uri_hash = p.hash) \
            OR EXISTS (SELECT 1 FROM received_activities_b r WHERE r.uri_hash = p.hash))))) RETURNING f.id, f.target_id), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
        SELECT 1, p.event, did.target_id, p.account, did.id, p.at FROM did CROSS JOIN p) \
    SELECT EXISTS (SELECT 1 FROM did)";

/// Somebody elsewhere no longer follows; `false` when they did not, or asked again since under
/// another address.
pub async fn unfollow(
    conn: &mut Conn,
    account: Id,
    which: Which,
    at: DateTime<Utc>,
) -> Result<bool> {
    undo(conn, UNFOLLOW, account, which, EventKind::FollowEnded, at).await
}

const BLOCK: &str = "\
    WITH p AS (SELECT ?::bigint AS account, ?::bigint AS target, ?::text AS uri, ?::timestamptz AS at, \
    ?::smallint AS blocked, ?::smallint AS ended), \
    t AS (SELECT a.id FROM p JOIN accounts a ON a.id = p.target AND a.host_id IS NULL), \
    did AS (INSERT INTO blocks (account_id, target_id, id, uri) \
        SELECT p.account, t.id, next_id(p.at), p.uri FROM t CROSS JOIN p ON CONFLICT DO NOTHING RETURNING id), \
    cut AS (DELETE FROM follows f USING p, t WHERE (f.account_id = p.account AND f.target_id = t.id) \
        OR (f.account_id = t.id AND f.target_id = p.account) RETURNING f.id, f.account_id, f.target_id), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
        SELECT 1, e.kind, e.subject, e.actor, e.extra, p.at FROM p CROSS JOIN ( \
            SELECT 1 AS place, p.ended AS kind, cut.target_id AS subject, cut.account_id AS actor, cut.id AS extra \
            FROM cut CROSS JOIN p \
            UNION ALL SELECT 2, p.blocked, p.target, p.account, did.id FROM did CROSS JOIN p) e ORDER BY e.place) \
    SELECT EXISTS (SELECT 1 FROM t)";

/// Somebody elsewhere blocks somebody here: follows end both ways.
pub async fn block(
    conn: &mut Conn,
    account: Id,
    target: Id,
    uri: Option<String>,
    at: DateTime<Utc>,
) -> Result<bool> {
    let (did,): (bool,) = raw::<(Bool,)>(BLOCK)
        .bind::<BigInt, _>(account)
        .bind::<BigInt, _>(target)
        .bind::<Nullable<Text>, _>(uri)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(EventKind::AccountBlocked as i16)
        .bind::<SmallInt, _>(EventKind::FollowEnded as i16)
        .get_result(conn)
        .await?;
    Ok(did)
}

const UNBLOCK: &str = "\
    WITH p AS (SELECT ?::bigint AS account, ?::text AS uri, ?::bigint AS target, ?::timestamptz AS at, ?::smallint AS event), \
    did AS (DELETE FROM blocks b USING p WHERE b.account_id = p.account \
        AND (b.uri = p.uri OR b.target_id = p.target) RETURNING b.id, b.target_id), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
        SELECT 1, p.event, did.target_id, p.account, did.id, p.at FROM did CROSS JOIN p) \
    SELECT EXISTS (SELECT 1 FROM did)";

/// Somebody elsewhere blocks no longer.
pub async fn unblock(
    conn: &mut Conn,
    account: Id,
    which: Which,
    at: DateTime<Utc>,
) -> Result<bool> {
    undo(conn, UNBLOCK, account, which, EventKind::BlockUndone, at).await
}

/// Whether one of the two blocks the other.
pub async fn is_blocked(conn: &mut Conn, one: Id, other: Id) -> Result<bool> {
    let (blocked,): (bool,) = raw::<(Bool,)>(
        "WITH p AS (SELECT ?::bigint AS one, ?::bigint AS other) \
         SELECT EXISTS (SELECT 1 FROM p JOIN blocks b ON (b.account_id = p.one AND b.target_id = p.other) \
             OR (b.account_id = p.other AND b.target_id = p.one))",
    )
    .bind::<BigInt, _>(one)
    .bind::<BigInt, _>(other)
    .get_result(conn)
    .await?;
    Ok(blocked)
}

/// Pins an account's own post, up to `most`; what may not be pinned is no error. Nobody is
/// told: profiles are read.
pub async fn pin(
    conn: &mut Conn,
    account: Id,
    status: Id,
    most: i64,
    at: DateTime<Utc>,
) -> Result<()> {
    raw::<()>(concat!(
        "WITH p AS (SELECT ?::bigint AS account, ?::bigint AS status, ?::bigint AS most, ?::timestamptz AS at) ",
        "INSERT INTO pins (account_id, status_id, id) SELECT p.account, s.id, next_id(p.at) ",
        "FROM p JOIN statuses s ON s.id = p.status AND s.account_id = p.account AND ",
        super::visibility::pinnable!("s"),
        " WHERE (SELECT count(*) FROM pins k WHERE k.account_id = p.account) < p.most ON CONFLICT DO NOTHING"
    ))
    .bind::<BigInt, _>(account)
    .bind::<BigInt, _>(status)
    .bind::<BigInt, _>(most)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes `statuses` the pins of an account elsewhere, the first one on top; those that are
/// pinned already keep their place. What is not among them is unpinned where they are `all`.
pub async fn set_pins(
    conn: &mut Conn,
    account: Id,
    statuses: Vec<Id>,
    all: bool,
    at: DateTime<Utc>,
) -> Result<()> {
    raw::<()>(concat!(
        "WITH p AS (SELECT ?::bigint AS account, ?::bigint[] AS statuses, ?::boolean AS whole, ?::timestamptz AS at), ",
        "gone AS (DELETE FROM pins k USING p WHERE k.account_id = p.account AND p.whole AND k.status_id <> ALL (p.statuses)) ",
        "INSERT INTO pins (account_id, status_id, id) SELECT w.account, w.id, next_id(w.at) FROM ( ",
        "SELECT p.account, s.id, p.at FROM p CROSS JOIN LATERAL unnest(p.statuses) WITH ORDINALITY AS u (id, place) ",
        "JOIN statuses s ON s.id = u.id AND s.account_id = p.account AND ",
        super::visibility::pinnable!("s"),
        " ORDER BY u.place DESC OFFSET 0) w ON CONFLICT (account_id, status_id) DO NOTHING"
    ))
    .bind::<BigInt, _>(account)
    .bind::<diesel::sql_types::Array<BigInt>, _>(statuses)
    .bind::<Bool, _>(all)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Unpins.
pub async fn unpin(conn: &mut Conn, account: Id, status: Id) -> Result<()> {
    raw::<()>("DELETE FROM pins WHERE account_id = ? AND status_id = ?")
        .bind::<BigInt, _>(account)
        .bind::<BigInt, _>(status)
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes that an account went to another; the same again is no second move. `false` when it
/// went to a third one after `since` (I18).
pub async fn note_move(
    conn: &mut Conn,
    account: Id,
    target: Id,
    since: DateTime<Utc>,
    at: DateTime<Utc>,
) -> Result<bool> {
    let (did,): (bool,) = raw::<(Bool,)>(
        "WITH p AS (SELECT ?::bigint AS account, ?::bigint AS target, ?::timestamptz AS since, ?::timestamptz AS at), \
         did AS (INSERT INTO account_moves AS m (account_id, target_id, at) SELECT account, target, at FROM p \
             ON CONFLICT (account_id) DO UPDATE SET target_id = excluded.target_id, \
             at = CASE WHEN m.target_id = excluded.target_id THEN m.at ELSE excluded.at END \
             WHERE m.at < (SELECT since FROM p) OR m.target_id = excluded.target_id RETURNING target_id), \
         shown AS (UPDATE accounts a SET moved_to_id = did.target_id, version = a.version + 1 \
             FROM p CROSS JOIN did WHERE a.id = p.account) \
         SELECT EXISTS (SELECT 1 FROM did)",
    )
    .bind::<BigInt, _>(account)
    .bind::<BigInt, _>(target)
    .bind::<Timestamptz, _>(since)
    .bind::<Timestamptz, _>(at)
    .get_result(conn)
    .await?;
    Ok(did)
}

/// Who here follows `account`, and how: at most `most`, by the ids of their follows.
pub async fn followers_here(
    conn: &mut Conn,
    account: Id,
    most: i64,
) -> Result<Vec<(Id, i32, Option<Vec<String>>)>> {
    use diesel::sql_types::{Array, Integer};
    Ok(raw::<(BigInt, Integer, Nullable<Array<Text>>)>(
        "SELECT f.account_id, f.flags, f.languages FROM follows f WHERE f.target_id = ? \
         AND f.follower_host_id IS NULL ORDER BY f.id LIMIT ?",
    )
    .bind::<BigInt, _>(account)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?)
}
