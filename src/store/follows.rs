//! Follows and requests to follow (D20): each deed one statement, with its events.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use super::visibility::welcome_to;
use crate::domain::event::{EventKind, Lane};
use crate::domain::{Id, Page, Result};

/// Most accounts that one account may follow or have asked to follow.
pub const MOST: i64 = 7_500;

/// How somebody wants to follow. `None` keeps what holds, or takes the default of a new follow.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wishes {
    /// Boosts are shown at home; the default is yes.
    pub reblogs: Option<bool>,
    /// Each new post notifies; the default is no.
    pub notify: Option<bool>,
    /// Only these languages at home; an empty list is all of them, the default.
    pub languages: Option<Vec<String>>,
}

/// What became of the wish to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It holds, or waits for a yes, now or since earlier.
    Done {
        /// Whether this request began it.
        is_new: bool,
        /// Whether it waits for a yes.
        is_request: bool,
    },
    /// There is no such account.
    NoAccount,
    /// One of the two blocks the other.
    Blocked,
    /// The follower follows [`MOST`] already.
    TooMany,
}

// `xmax = 0` tells an inserted row from an updated one.
const FOLLOW: &str = "\
    WITH p AS (SELECT ?::bigint AS account, ?::bigint AS target, ?::boolean AS reblogs, \
    ?::boolean AS notify, ?::text[] AS languages, ?::timestamptz AS at, ?::bigint AS most, \
    ?::smallint AS asked, ?::smallint AS accepted), \
    t AS (SELECT a.id, a.locked OR a.host_id IS NOT NULL OR EXISTS (SELECT 1 FROM accounts o \
            WHERE o.id = p.account AND (o.flags & 1) <> 0) AS asks, \
        EXISTS (SELECT 1 FROM blocks b WHERE (b.account_id = a.id AND b.target_id = p.account) \
            OR (b.account_id = p.account AND b.target_id = a.id)) AS blocked, \
        (SELECT count(*) FROM follows n WHERE n.account_id = p.account) >= p.most AND NOT EXISTS \
            (SELECT 1 FROM follows n WHERE n.account_id = p.account AND n.target_id = a.id) AS full_up \
        FROM p JOIN accounts a ON a.id = p.target WHERE (a.flags & 2) = 0), \
    did AS (INSERT INTO follows AS f (id, account_id, target_id, state, flags, languages, created_at) \
        SELECT next_id(p.at), p.account, t.id, CASE WHEN t.asks THEN 0 ELSE 1 END, \
        (CASE WHEN coalesce(p.reblogs, true) THEN 1 ELSE 0 END) | (CASE WHEN p.notify THEN 2 ELSE 0 END), \
        nullif(p.languages, '{}'), p.at \
        FROM t CROSS JOIN p WHERE NOT t.blocked AND NOT t.full_up \
        ON CONFLICT (account_id, target_id) DO UPDATE SET \
        flags = (CASE WHEN (SELECT reblogs FROM p) IS NULL THEN f.flags & 1 ELSE excluded.flags & 1 END) \
              | (CASE WHEN (SELECT notify FROM p) IS NULL THEN f.flags & 2 ELSE excluded.flags & 2 END), \
        languages = CASE WHEN (SELECT languages FROM p) IS NULL THEN f.languages ELSE excluded.languages END \
        RETURNING f.id, f.state, f.xmax = 0 AS is_new), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
        SELECT 0, CASE WHEN did.state = 0 THEN p.asked ELSE p.accepted END, p.target, p.account, did.id, p.at \
        FROM did CROSS JOIN p WHERE did.is_new) \
    SELECT t.blocked, t.full_up, did.state, did.is_new FROM t LEFT JOIN did ON true";

/// Follows or asks to, depending on the target (who lives elsewhere is always asked, I20); an earlier follow gets the new wishes.
pub async fn follow(
    conn: &mut Conn,
    account: Id,
    target: Id,
    wishes: Wishes,
    at: DateTime<Utc>,
) -> Result<Outcome> {
    type Row = (bool, bool, Option<i16>, Option<bool>);
    let row: Option<Row> = raw::<(Bool, Bool, Nullable<SmallInt>, Nullable<Bool>)>(FOLLOW)
        .bind::<BigInt, _>(account)
        .bind::<BigInt, _>(target)
        .bind::<Nullable<Bool>, _>(wishes.reblogs)
        .bind::<Nullable<Bool>, _>(wishes.notify)
        .bind::<Nullable<Array<Text>>, _>(wishes.languages)
        .bind::<Timestamptz, _>(at)
        .bind::<BigInt, _>(MOST)
        .bind::<SmallInt, _>(EventKind::FollowRequested as i16)
        .bind::<SmallInt, _>(EventKind::FollowAccepted as i16)
        .get_result(conn)
        .await
        .optional()?;
    Ok(match row {
        None => Outcome::NoAccount,
        Some((true, ..)) => Outcome::Blocked,
        Some((_, _, Some(state), Some(is_new))) => Outcome::Done {
            is_new,
            is_request: state == 0,
        },
        Some(_) => Outcome::TooMany,
    })
}

/// Which ends of a follow are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Asked, not answered.
    Requested,
    /// In force.
    Accepted,
    /// Either.
    Any,
}

const END: &str = "\
    WITH p AS (SELECT ?::bigint AS account, ?::bigint AS target, ?::smallint AS state, \
    ?::timestamptz AS at, ?::smallint AS event), \
    did AS (DELETE FROM follows f USING p WHERE f.account_id = p.account AND f.target_id = p.target \
        AND (p.state IS NULL OR f.state = p.state) RETURNING f.id, f.uri), \
    kept AS (INSERT INTO ended_follows (id, uri, at) SELECT did.id, did.uri, p.at FROM did CROSS JOIN p \
        WHERE did.uri IS NOT NULL), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
        SELECT 0, p.event, p.target, p.account, did.id, p.at FROM did CROSS JOIN p) \
    SELECT id FROM did";

/// Ends a follow or a request, whoever of the two wants it; `false` when there was none.
pub async fn end(
    conn: &mut Conn,
    account: Id,
    target: Id,
    state: State,
    at: DateTime<Utc>,
) -> Result<bool> {
    let state = match state {
        State::Requested => Some(0),
        State::Accepted => Some(1),
        State::Any => None,
    };
    let row: Option<(Id,)> = raw::<(BigInt,)>(END)
        .bind::<BigInt, _>(account)
        .bind::<BigInt, _>(target)
        .bind::<Nullable<SmallInt>, _>(state)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(EventKind::FollowEnded as i16)
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.is_some())
}

const ACCEPT: &str = "\
    WITH p AS (SELECT ?::bigint AS target, ?::bigint AS account, ?::timestamptz AS at, ?::smallint AS event), \
    did AS (UPDATE follows f SET state = 1 FROM p WHERE f.target_id = p.target AND f.state = 0 \
        AND (p.account IS NULL OR f.account_id = p.account) RETURNING f.id, f.account_id), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
        SELECT 0, p.event, p.target, did.account_id, did.id, p.at FROM did CROSS JOIN p ORDER BY did.id) \
    SELECT count(*) FROM did";

/// Says yes to a request of `follower` to follow `target`, or to all of them (`None`); gives
/// how many there were.
pub async fn accept(
    conn: &mut Conn,
    target: Id,
    follower: Option<Id>,
    at: DateTime<Utc>,
) -> Result<i64> {
    let (count,): (i64,) = raw::<(BigInt,)>(ACCEPT)
        .bind::<BigInt, _>(target)
        .bind::<Nullable<BigInt>, _>(follower)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(EventKind::FollowAccepted as i16)
        .get_result(conn)
        .await?;
    Ok(count)
}

const REFUSE: &str = "\
    WITH p AS (SELECT ?::bigint AS target, ?::bigint AS account, ?::text AS uri, ?::timestamptz AS at, \
    ?::smallint AS lane, ?::smallint AS event), \
    kept AS (INSERT INTO ended_follows (id, uri, at) SELECT next_id(p.at), p.uri, p.at FROM p RETURNING id) \
    INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
    SELECT p.lane, p.event, p.target, p.account, kept.id, p.at FROM p CROSS JOIN kept";

/// Says no to a `Follow` from elsewhere that became no row; `uri` is its address.
pub async fn refuse(
    conn: &mut Conn,
    target: Id,
    follower: Id,
    uri: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    raw::<()>(REFUSE)
        .bind::<BigInt, _>(target)
        .bind::<BigInt, _>(follower)
        .bind::<Text, _>(uri.to_owned())
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(Lane::Inbound as i16)
        .bind::<SmallInt, _>(EventKind::FollowRefused as i16)
        .execute(conn)
        .await?;
    Ok(())
}

/// How many ask to follow `target`, up to `limit`.
pub async fn count_requests(conn: &mut Conn, target: Id, limit: i64) -> Result<i64> {
    let (count,): (i64,) = raw::<(BigInt,)>(
        "SELECT count(*) FROM (SELECT 1 FROM follows WHERE target_id = ? AND state = 0 LIMIT ?) r",
    )
    .bind::<BigInt, _>(target)
    .bind::<BigInt, _>(limit)
    .get_result(conn)
    .await?;
    Ok(count)
}

/// Which list of follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Those who follow the account.
    Followers,
    /// Those whom the account follows.
    Following,
    /// Those who ask to follow the account.
    Requests,
}

// `$own` is the side of the account, `$other` the side that is listed.
macro_rules! list {
    ($own:literal, $other:literal, $state:literal, $direction:literal) => {
        concat!(
            "WITH p AS (SELECT ?::bigint AS account, ?::bigint AS viewer, ?::timestamptz AS at, ",
            "?::bigint AS below, ?::bigint AS above, ?::bigint AS amount) ",
            "SELECT f.id, f.",
            $other,
            " FROM p JOIN follows f ON f.",
            $own,
            " = p.account AND f.state = ",
            $state,
            " JOIN accounts a ON a.id = f.",
            $other,
            " WHERE (p.below IS NULL OR f.id < p.below) AND (p.above IS NULL OR f.id > p.above) ",
            "AND (a.flags & 2) = 0 AND (p.viewer IS NULL OR (",
            welcome_to!("a.id"),
            ")) ORDER BY f.id ",
            $direction,
            " LIMIT (SELECT amount FROM p)"
        )
    };
}

const FOLLOWERS: &str = list!("target_id", "account_id", "1", "DESC");
const FOLLOWERS_UP: &str = list!("target_id", "account_id", "1", "ASC");
const FOLLOWING: &str = list!("account_id", "target_id", "1", "DESC");
const FOLLOWING_UP: &str = list!("account_id", "target_id", "1", "ASC");
const REQUESTS: &str = list!("target_id", "account_id", "0", "DESC");
const REQUESTS_UP: &str = list!("target_id", "account_id", "0", "ASC");

/// A page of a list as (id of the follow, account), newest first. With a viewer those whom
/// they block or mute are left out.
pub async fn list(
    conn: &mut Conn,
    list: List,
    account: Id,
    viewer: Option<Id>,
    page: &Page,
    at: DateTime<Utc>,
) -> Result<Vec<(Id, Id)>> {
    let statement = match (list, page.ascends()) {
        (List::Followers, false) => FOLLOWERS,
        (List::Followers, true) => FOLLOWERS_UP,
        (List::Following, false) => FOLLOWING,
        (List::Following, true) => FOLLOWING_UP,
        (List::Requests, false) => REQUESTS,
        (List::Requests, true) => REQUESTS_UP,
    };
    let mut rows: Vec<(Id, Id)> = raw::<(BigInt, BigInt)>(statement)
        .bind::<BigInt, _>(account)
        .bind::<Nullable<BigInt>, _>(viewer)
        .bind::<Timestamptz, _>(at)
        .bind::<Nullable<BigInt>, _>(page.max_id)
        .bind::<Nullable<BigInt>, _>(page.above())
        .bind::<BigInt, _>(page.limit)
        .load(conn)
        .await?;
    if page.ascends() {
        rows.reverse();
    }
    Ok(rows)
}

/// Of those whom `viewer` follows, who follows each of `targets`: pairs (target, follower),
/// at most `each` a target. Targets that hide their followers have none.
pub async fn familiar(
    conn: &mut Conn,
    viewer: Id,
    targets: Vec<Id>,
    each: i32,
) -> Result<Vec<(Id, Id)>> {
    Ok(raw::<(BigInt, BigInt)>(
        "WITH p AS (SELECT ?::bigint AS viewer, ?::bigint[] AS targets, ?::integer AS each) \
         SELECT t.id, k.account_id FROM p CROSS JOIN LATERAL unnest(p.targets) AS w (id) \
         JOIN accounts t ON t.id = w.id AND NOT t.hide_collections AND (t.flags & 2) = 0 \
         CROSS JOIN LATERAL (SELECT f.account_id FROM follows o \
             JOIN follows f ON f.account_id = o.target_id AND f.target_id = t.id AND f.state = 1 \
             JOIN accounts a ON a.id = f.account_id AND (a.flags & 2) = 0 \
             WHERE o.account_id = p.viewer AND o.state = 1 \
             ORDER BY f.id DESC LIMIT (SELECT each FROM p)) k",
    )
    .bind::<BigInt, _>(viewer)
    .bind::<Array<BigInt>, _>(targets)
    .bind::<Integer, _>(each)
    .load(conn)
    .await?)
}
