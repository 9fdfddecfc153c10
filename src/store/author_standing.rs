//! How well authors of this place are known to it: reckoned by time, in portions; what staff say
//! beside it.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};

/// Accounts that one portion reckons.
pub const PORTION: i64 = 500;

/// Account `$x` is established, or of the staff.
macro_rules! established {
    ($x:literal) => {
        concat!(
            "(EXISTS (SELECT 1 FROM author_standing z WHERE z.account_id = ",
            $x,
            " AND z.established_at IS NOT NULL) OR EXISTS (SELECT 1 FROM users zu WHERE zu.account_id = ",
            $x,
            " AND zu.role > 0 AND zu.approved_at IS NOT NULL AND zu.disabled_at IS NULL))"
        )
    };
}

/// The accounts `u` (`account_id`, `role`, `since`, `off`) of `p` (`at`, `month`, `quarter`), with
/// what is known of them: `here`, `elsewhere`, `days`, up to as many as are asked for.
macro_rules! reckon {
    ($u:expr) => {
        concat!(
            $u,
            "k AS (SELECT u.*, e.known_here_at, e.known_elsewhere_at, e.established_at, e.word, ",
            "CASE WHEN e.known_here_at IS NOT NULL THEN 3 ELSE (SELECT count(*) FROM (",
            "SELECT f.account_id FROM follows f WHERE f.target_id = u.account_id AND f.state = 1 ",
            "AND f.follower_host_id IS NULL AND ",
            established!("f.account_id"),
            " UNION SELECT r.account_id FROM statuses r WHERE r.in_reply_to_account_id = u.account_id ",
            "AND r.account_id <> u.account_id AND r.uri IS NULL AND ",
            established!("r.account_id"),
            " LIMIT 3) q) END AS here, ",
            "CASE WHEN e.known_elsewhere_at IS NOT NULL THEN 3 ELSE (SELECT count(*) FROM (",
            "SELECT f.follower_host_id FROM follows f WHERE f.target_id = u.account_id AND f.state = 1 ",
            "AND f.follower_host_id IS NOT NULL ",
            "UNION SELECT ra.host_id FROM statuses r JOIN accounts ra ON ra.id = r.account_id ",
            "WHERE r.in_reply_to_account_id = u.account_id AND ra.host_id IS NOT NULL LIMIT 3) q) END AS elsewhere, ",
            // A step for each day: five looks at an index, however much somebody posts.
            "(WITH RECURSIVE d (n, at) AS (",
            "(SELECT 1, s.created_at FROM statuses s WHERE s.account_id = u.account_id ",
            "AND s.id >= p.quarter AND s.reblog_of_id IS NULL ORDER BY s.id LIMIT 1) ",
            "UNION ALL SELECT d.n + 1, x.created_at FROM d CROSS JOIN LATERAL (",
            "SELECT s.created_at FROM statuses s WHERE s.account_id = u.account_id AND s.reblog_of_id IS NULL AND s.id >= ",
            "floor(extract(epoch FROM date_trunc('day', d.at AT TIME ZONE 'UTC') + interval '1 day') * 1000)::bigint << 16 ",
            "ORDER BY s.id LIMIT 1) x WHERE d.n < 5) SELECT count(*) FROM d) AS days ",
            "FROM u CROSS JOIN p LEFT JOIN author_standing e ON e.account_id = u.account_id) "
        )
    };
}

const RECKON: &str = concat!(
    "WITH p AS (SELECT ?::bigint AS after, ?::timestamptz AS at, ?::timestamptz AS month, ?::bigint AS quarter, ?::bigint AS most), ",
    reckon!(
        "u AS MATERIALIZED (SELECT m.account_id, m.role, coalesce(m.approved_at, m.created_at) AS since, \
         m.disabled_at IS NOT NULL AS off FROM users m CROSS JOIN p WHERE m.account_id > p.after AND m.approved_at IS NOT NULL \
         AND EXISTS (SELECT 1 FROM accounts ma WHERE ma.id = m.account_id) \
         ORDER BY m.account_id LIMIT (SELECT most FROM p)), "
    ),
    ", v AS (SELECT k.*, p.at, (k.role > 0 OR k.word IS NOT DISTINCT FROM 1 OR (k.word IS NULL AND k.since <= p.month ",
    "AND (k.here >= 3 OR k.elsewhere >= 3) AND k.days >= 5)) AND NOT k.off AS is_so FROM k CROSS JOIN p), ",
    // What staff said in this very moment stands.
    "did AS (INSERT INTO author_standing AS e (account_id, known_here_at, known_elsewhere_at, established_at, word) ",
    "SELECT v.account_id, CASE WHEN v.here >= 3 THEN coalesce(v.known_here_at, v.at) END, ",
    "CASE WHEN v.elsewhere >= 3 THEN coalesce(v.known_elsewhere_at, v.at) END, ",
    "CASE WHEN v.is_so THEN coalesce(v.established_at, v.at) END, v.word FROM v ",
    "WHERE (v.here >= 3) <> (v.known_here_at IS NOT NULL) OR (v.elsewhere >= 3) <> (v.known_elsewhere_at IS NOT NULL) ",
    "OR v.is_so <> (v.established_at IS NOT NULL) ORDER BY v.account_id ",
    "ON CONFLICT (account_id) DO UPDATE SET known_here_at = coalesce(e.known_here_at, excluded.known_here_at), ",
    "known_elsewhere_at = coalesce(e.known_elsewhere_at, excluded.known_elsewhere_at), established_at = excluded.established_at ",
    "WHERE e.word IS NOT DISTINCT FROM excluded.word RETURNING e.account_id, e.established_at) ",
    "SELECT (SELECT max(account_id) FROM u), (SELECT count(*) FROM u), ",
    "ARRAY(SELECT did.account_id FROM did JOIN v ON v.account_id = did.account_id ",
    "WHERE did.established_at IS NOT NULL AND v.established_at IS NULL ORDER BY 1)"
);

/// What one portion found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reckoned {
    /// The last account of it; the next portion begins after it. `None` = it was the last one.
    pub next: Option<Id>,
    /// Who is established now and was not before.
    pub established: Vec<Id>,
}

fn snowflake_at(at: DateTime<Utc>) -> Id {
    at.timestamp_millis() << 16
}

/// Reckons who is known and established, [`PORTION`] accounts after an id: in for 30 days, posts on
/// 5 days of the last 90, answered or followed by 3 established people here or by people on 3
/// hosts. Being known stays, being established does not; what staff said goes before both.
pub async fn reckon(conn: &mut Conn, after: Id, at: DateTime<Utc>) -> Result<Reckoned> {
    type Columns = (Nullable<BigInt>, BigInt, Array<BigInt>);
    let (last, many, established): (Option<Id>, i64, Vec<Id>) = raw::<Columns>(RECKON)
        .bind::<BigInt, _>(after)
        .bind::<Timestamptz, _>(at)
        .bind::<Timestamptz, _>(at - TimeDelta::days(30))
        .bind::<BigInt, _>(snowflake_at(at - TimeDelta::days(90)))
        .bind::<BigInt, _>(PORTION)
        .get_result(conn)
        .await?;
    Ok(Reckoned {
        next: last.filter(|_| many >= PORTION),
        established,
    })
}

/// What there is to say of one member.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// The account.
    pub account: Id,
    /// The login.
    pub user: Id,
    /// The name.
    pub username: String,
    /// `users.role`.
    pub role: i16,
    /// Since when they are in.
    pub since: DateTime<Utc>,
    /// Established people here who answered or follow: up to 3.
    pub here: i64,
    /// Hosts from which people answered or follow: up to 3.
    pub elsewhere: i64,
    /// Days of the last 90 with posts: up to 5.
    pub days: i64,
    /// Since when they are established.
    pub established_at: Option<DateTime<Utc>>,
    /// What staff said.
    pub word: Option<bool>,
    /// Who said it.
    pub word_by: Option<String>,
    /// When.
    pub word_at: Option<DateTime<Utc>>,
}

const ONE: &str = concat!(
    "WITH p AS (SELECT ?::text AS name, ?::timestamptz AS at, ?::bigint AS quarter), ",
    reckon!(
        "u AS MATERIALIZED (SELECT m.account_id, m.role, coalesce(m.approved_at, m.created_at) AS since, \
         m.disabled_at IS NOT NULL AS off, m.id AS user_id, m.username FROM users m JOIN p ON lower(m.username) = p.name \
         WHERE m.approved_at IS NOT NULL AND EXISTS (SELECT 1 FROM accounts ma WHERE ma.id = m.account_id)), "
    ),
    "SELECT k.account_id, k.user_id, k.username, k.role, k.since, k.here, k.elsewhere, k.days, k.established_at, ",
    "k.word, by.username, e.word_at FROM k LEFT JOIN author_standing e ON e.account_id = k.account_id ",
    "LEFT JOIN users by ON by.id = e.word_by"
);

type Columns = (
    (BigInt, BigInt, Text, SmallInt, Timestamptz),
    (BigInt, BigInt, BigInt, Nullable<Timestamptz>),
    (Nullable<SmallInt>, Nullable<Text>, Nullable<Timestamptz>),
);
type Row = (
    (Id, Id, String, i16, DateTime<Utc>),
    (i64, i64, i64, Option<DateTime<Utc>>),
    (Option<i16>, Option<String>, Option<DateTime<Utc>>),
);

fn known(row: Row) -> Known {
    let (
        (account, user, username, role, since),
        (here, elsewhere, days, established_at),
        (word, word_by, word_at),
    ) = row;
    Known {
        account,
        user,
        username,
        role,
        since,
        here,
        elsewhere,
        days,
        established_at,
        word: word.map(|word| word == 1),
        word_by,
        word_at,
    }
}

/// A member by lower-case name, with the facts of this moment.
pub async fn find(conn: &mut Conn, name: &str, at: DateTime<Utc>) -> Result<Option<Known>> {
    let row: Option<Row> = raw::<Columns>(ONE)
        .bind::<Text, _>(name.to_owned())
        .bind::<Timestamptz, _>(at)
        .bind::<BigInt, _>(snowflake_at(at - TimeDelta::days(90)))
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(known))
}

/// Whether an account is established; `None` where it is no member's.
pub async fn is_established(conn: &mut Conn, account: Id) -> Result<Option<bool>> {
    let row: Option<(bool,)> = raw::<(Bool,)>(
        "SELECT u.role > 0 OR coalesce(e.established_at IS NOT NULL, false) FROM users u \
         LEFT JOIN author_standing e ON e.account_id = u.account_id \
         WHERE u.account_id = ? AND u.approved_at IS NOT NULL",
    )
    .bind::<BigInt, _>(account)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(|(is,)| is))
}

/// Somebody about whom staff said something: name, what, who said it, when.
pub type Said = (String, bool, Option<String>, Option<DateTime<Utc>>);

/// Those about whom staff said something, the newest first, 200 at the most.
pub async fn said(conn: &mut Conn) -> Result<Vec<Said>> {
    Ok(raw::<(Text, Bool, Nullable<Text>, Nullable<Timestamptz>)>(
        "SELECT u.username, e.word = 1, by.username, e.word_at FROM author_standing e \
         JOIN users u ON u.account_id = e.account_id LEFT JOIN users by ON by.id = e.word_by \
         WHERE e.word IS NOT NULL ORDER BY e.word_at DESC NULLS LAST LIMIT 200",
    )
    .load(conn)
    .await?)
}

const SAY: &str = "\
    WITH p AS (SELECT ?::bigint AS account, ?::smallint AS word, ?::bigint AS by, ?::timestamptz AS at) \
    INSERT INTO author_standing AS e (account_id, word, word_by, word_at, established_at) \
    SELECT p.account, p.word, p.by, p.at, CASE WHEN p.word = 1 THEN p.at END FROM p \
    ON CONFLICT (account_id) DO UPDATE SET word = excluded.word, word_by = excluded.word_by, word_at = excluded.word_at, \
        established_at = CASE WHEN excluded.word = 1 THEN coalesce(e.established_at, excluded.established_at) \
            WHEN excluded.word = 0 THEN NULL ELSE e.established_at END";

/// Writes down what staff say, and does it; `None` lets the facts decide, from the next
/// reckoning on.
pub async fn say(
    conn: &mut Conn,
    account: Id,
    word: Option<bool>,
    by: Id,
    at: DateTime<Utc>,
) -> Result<()> {
    raw::<()>(SAY)
        .bind::<BigInt, _>(account)
        .bind::<Nullable<SmallInt>, _>(word.map(i16::from))
        .bind::<Nullable<BigInt>, _>(word.is_some().then_some(by))
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes that a person has looked at what an account sends to strangers, and let it go.
pub async fn note_look(conn: &mut Conn, account: Id, at: DateTime<Utc>) -> Result<()> {
    raw::<()>(
        "INSERT INTO author_standing AS e (account_id, looked_at) VALUES (?, ?) \
         ON CONFLICT (account_id) DO UPDATE SET looked_at = greatest(e.looked_at, excluded.looked_at)",
    )
    .bind::<BigInt, _>(account)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}
