//! What blocks cut: acts, and the follows that ended with them (Mastodon's severed
//! relationships).

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::host_sweeps::FOLLOWS;
use super::raw::raw;
use crate::domain::event::{EventKind, Lane};
use crate::domain::notification::NotificationKind;
use crate::domain::severance::SeveranceKind;
use crate::domain::{Id, Result};

/// People who are told in one step.
const TOLD: i64 = 500;
/// Acts of a member's own that are kept, the newest.
const OWN: i64 = 200;
/// Old acts that one step looks at.
const OLD_ACTS: i64 = 10;
/// Follows of old acts that one step forgets.
const FORGOTTEN: i64 = 5_000;

/// An act as it concerns one person, or all.
#[derive(Debug, Clone, PartialEq)]
pub struct Severance {
    /// `severances.id`.
    pub id: Id,
    /// What happened.
    pub kind: SeveranceKind,
    /// The server's name.
    pub domain: String,
    /// When it was done.
    pub created_at: DateTime<Utc>,
    /// When all was cut and told.
    pub told_at: Option<DateTime<Utc>>,
    /// When it was undone.
    pub restoring_at: Option<DateTime<Utc>>,
    /// When the follows that could come back had.
    pub restored_at: Option<DateTime<Utc>>,
    /// From when on other servers are told that its follows are over.
    pub parting_at: Option<DateTime<Utc>>,
    /// Follows by people here that ended.
    pub following: i64,
    /// Follows of people here that ended.
    pub followers: i64,
}

/// Notes an act; gives its id. `account`: the member whose own it is, of which the newest
/// [`OWN`] are kept.
pub async fn insert(
    conn: &mut Conn,
    kind: SeveranceKind,
    domain: &str,
    account: Option<Id>,
    policy: Option<i64>,
    at: DateTime<Utc>,
) -> Result<Id> {
    let (id,): (Id,) = raw::<(BigInt,)>(
        "WITH p AS (SELECT ?::timestamptz AS at) \
         INSERT INTO severances (id, kind, domain, account_id, policy_id, created_at) \
         SELECT next_id(p.at), ?, ?, ?, ?, p.at FROM p RETURNING id",
    )
    .bind::<Timestamptz, _>(at)
    .bind::<SmallInt, _>(kind)
    .bind::<Text, _>(domain.to_owned())
    .bind::<Nullable<BigInt>, _>(account)
    .bind::<Nullable<BigInt>, _>(policy)
    .get_result(conn)
    .await?;
    if let Some(account) = account {
        raw::<()>(
            "DELETE FROM severances s WHERE s.account_id = ? AND s.id NOT IN \
             (SELECT n.id FROM severances n WHERE n.account_id = ? ORDER BY n.id DESC LIMIT ?)",
        )
        .bind::<BigInt, _>(account)
        .bind::<BigInt, _>(account)
        .bind::<BigInt, _>(OWN)
        .execute(conn)
        .await?;
    }
    Ok(id)
}

// Counts go along the index that begins with the account; over all people only at the desk.
macro_rules! severances {
    ($whose:literal, $($rest:literal),+) => {
        concat!(
            "SELECT s.id, s.kind, s.domain, s.created_at, s.told_at, s.restoring_at, s.restored_at, s.parting_at, ",
            "(SELECT count(*) FROM severed_follows f WHERE f.severance_id = s.id AND f.follows", $whose, "), ",
            "(SELECT count(*) FROM severed_follows f WHERE f.severance_id = s.id AND NOT f.follows", $whose, ") ",
            "FROM severances s ", $($rest),+
        )
    };
}

type Columns = (
    BigInt,
    SmallInt,
    Text,
    Timestamptz,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
    BigInt,
    BigInt,
);
type Row = (
    Id,
    SeveranceKind,
    String,
    DateTime<Utc>,
    Option<DateTime<Utc>>,
    Option<DateTime<Utc>>,
    Option<DateTime<Utc>>,
    Option<DateTime<Utc>>,
    i64,
    i64,
);

fn severance(row: Row) -> Severance {
    let (
        id,
        kind,
        domain,
        created_at,
        told_at,
        restoring_at,
        restored_at,
        parting_at,
        following,
        followers,
    ) = row;
    Severance {
        id,
        kind,
        domain,
        created_at,
        told_at,
        restoring_at,
        restored_at,
        parting_at,
        following,
        followers,
    }
}

/// Acts that concern a member, newest first, below the id `before`.
pub async fn of_member(
    conn: &mut Conn,
    account: Id,
    before: Id,
    limit: i64,
) -> Result<Vec<Severance>> {
    let rows: Vec<Row> = raw::<Columns>(concat!(
        "WITH p AS (SELECT ?::bigint AS account, ?::bigint AS before, ?::bigint AS most), ",
        "mine AS (SELECT DISTINCT f.severance_id AS id FROM p JOIN severed_follows f ",
        "ON f.account_id = p.account AND f.severance_id < p.before) ",
        severances!(
            " AND f.account_id = p.account",
            "JOIN mine ON mine.id = s.id CROSS JOIN p ORDER BY s.id DESC LIMIT (SELECT most FROM p)"
        )
    ))
    .bind::<BigInt, _>(account)
    .bind::<BigInt, _>(before)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(severance).collect())
}

/// Those of `ids` with what they mean for a member, in no order.
pub async fn for_member(conn: &mut Conn, account: Id, ids: Vec<Id>) -> Result<Vec<Severance>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = raw::<Columns>(concat!(
        "WITH p AS (SELECT ?::bigint AS account, ?::bigint[] AS ids) ",
        severances!(
            " AND f.account_id = p.account",
            "JOIN p ON s.id = ANY (p.ids)"
        )
    ))
    .bind::<BigInt, _>(account)
    .bind::<diesel::sql_types::Array<BigInt>, _>(ids)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(severance).collect())
}

/// The latest acts about a domain that staff did, ten at the most.
pub async fn of_domain(conn: &mut Conn, domain: &str) -> Result<Vec<Severance>> {
    let rows: Vec<Row> = raw::<Columns>(severances!(
        "",
        "WHERE s.account_id IS NULL AND s.domain = ? ORDER BY s.id DESC LIMIT 10"
    ))
    .bind::<Text, _>(domain.to_owned())
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(severance).collect())
}

/// The last act of a policy.
pub async fn of_policy(conn: &mut Conn, policy: i64) -> Result<Option<Severance>> {
    let row: Option<Row> = raw::<Columns>(severances!(
        "",
        "WHERE s.policy_id = ? ORDER BY s.id DESC LIMIT 1"
    ))
    .bind::<BigInt, _>(policy)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(severance))
}

/// One follow that ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Severed {
    /// `severed_follows.id`.
    pub id: Id,
    /// Who lives elsewhere.
    pub other: Id,
    /// Their handle without the `@` in front: `bob@elsewhere.example`.
    pub handle: String,
    /// Boosts were shown.
    pub reblogs: bool,
    /// Each post notified.
    pub notify: bool,
    /// Only these languages; empty for all.
    pub languages: Vec<String>,
}

/// Follows of a member that ended with an act, above the row `after`, oldest first: whom they
/// followed (`following`), or who followed them.
pub async fn severed(
    conn: &mut Conn,
    severance: Id,
    account: Id,
    following: bool,
    after: Id,
    limit: i64,
) -> Result<Vec<Severed>> {
    type Columns = (
        BigInt,
        BigInt,
        Text,
        Bool,
        Bool,
        Nullable<diesel::sql_types::Array<Text>>,
    );
    type Row = (Id, Id, String, bool, bool, Option<Vec<String>>);
    let rows: Vec<Row> = raw::<Columns>(
        "SELECT f.id, f.other_id, a.username || '@' || a.handle_domain, (f.flags & 1) <> 0, (f.flags & 2) <> 0, f.languages \
         FROM severed_follows f JOIN accounts a ON a.id = f.other_id AND a.handle_domain IS NOT NULL \
         WHERE f.account_id = ? AND f.severance_id = ? AND f.follows = ? AND f.id > ? ORDER BY f.id LIMIT ?",
    )
    .bind::<BigInt, _>(account)
    .bind::<BigInt, _>(severance)
    .bind::<Bool, _>(following)
    .bind::<BigInt, _>(after)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(id, other, handle, reblogs, notify, languages)| Severed {
            id,
            other,
            handle,
            reblogs,
            notify,
            languages: languages.unwrap_or_default(),
        })
        .collect())
}

/// An act all of whose follows are cut and whose people are not told yet; for this
/// transaction.
pub async fn to_tell(conn: &mut Conn) -> Result<Option<Id>> {
    let row: Option<(Id,)> = raw::<(BigInt,)>(
        "SELECT s.id FROM severances s WHERE s.told_at IS NULL \
         AND NOT EXISTS (SELECT 1 FROM host_sweeps w WHERE w.severance_id = s.id) \
         ORDER BY s.id LIMIT 1 FOR UPDATE SKIP LOCKED",
    )
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(|(id,)| id))
}

const TELL: &str = "\
    WITH p AS (SELECT ?::bigint AS severance, ?::timestamptz AS at, ?::smallint AS kind, ?::bigint AS most), \
    who AS (SELECT DISTINCT f.account_id FROM p JOIN severed_follows f ON f.severance_id = p.severance \
        JOIN users u ON u.account_id = f.account_id AND u.approved_at IS NOT NULL \
        WHERE NOT EXISTS (SELECT 1 FROM notifications n WHERE n.account_id = f.account_id AND n.severance_id = p.severance) \
        LIMIT (SELECT most FROM p)) \
    INSERT INTO notifications (id, account_id, kind, from_account_id, severance_id, group_key, created_at) \
    SELECT next_id(p.at), who.account_id, p.kind, who.account_id, p.severance, '', p.at FROM p CROSS JOIN who \
    ON CONFLICT DO NOTHING RETURNING id, account_id";

/// Tells some of those concerned: new notifications and whose they are. Empty when all were.
pub async fn tell(conn: &mut Conn, severance: Id, at: DateTime<Utc>) -> Result<Vec<(Id, Id)>> {
    Ok(raw::<(BigInt, BigInt)>(TELL)
        .bind::<BigInt, _>(severance)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(NotificationKind::Severed as i16)
        .bind::<BigInt, _>(TOLD)
        .load(conn)
        .await?)
}

/// Everybody was told.
pub async fn note_told(conn: &mut Conn, severance: Id, at: DateTime<Utc>) -> Result<()> {
    raw::<()>("UPDATE severances SET told_at = ? WHERE id = ?")
        .bind::<Timestamptz, _>(at)
        .bind::<BigInt, _>(severance)
        .execute(conn)
        .await?;
    Ok(())
}

/// Asks for the follows of an act to come back; whether nobody had asked.
pub async fn ask_back(conn: &mut Conn, severance: Id, at: DateTime<Utc>) -> Result<bool> {
    let did =
        raw::<()>("UPDATE severances SET restoring_at = ? WHERE id = ? AND restoring_at IS NULL")
            .bind::<Timestamptz, _>(at)
            .bind::<BigInt, _>(severance)
            .execute(conn)
            .await?;
    Ok(did > 0)
}

/// The acts of policies that cut no more stay as they are, as far as nobody wants their follows
/// back: other servers, which were told nothing so far, are to hear of it. Whether there are any;
/// none where another policy keeps the server out.
pub async fn part_of(conn: &mut Conn, policies: Vec<i64>, at: DateTime<Utc>) -> Result<bool> {
    if policies.is_empty() {
        return Ok(false);
    }
    let did = raw::<()>(
        "UPDATE severances s SET parting_at = ? FROM domain_policies d JOIN hosts h ON h.id = d.host_id \
         WHERE d.id = ANY (?) AND s.policy_id = d.id AND (h.flags & 2) = 0 \
         AND s.restoring_at IS NULL AND s.parting_at IS NULL",
    )
    .bind::<Timestamptz, _>(at)
    .bind::<Array<BigInt>, _>(policies)
    .execute(conn)
    .await?;
    Ok(did > 0)
}

/// An act whose follows stay ended, once no server of it is walked through any more; for this
/// transaction.
pub async fn to_part(conn: &mut Conn) -> Result<Option<Id>> {
    let row: Option<(Id,)> = raw::<(BigInt,)>(
        "SELECT s.id FROM severances s WHERE s.parting_at IS NOT NULL AND s.parted_at IS NULL \
         AND s.restoring_at IS NULL AND s.told_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM severed_follows f \
             JOIN accounts a ON a.id = f.other_id JOIN host_sweeps w ON w.host_id = a.host_id \
             WHERE f.severance_id = s.id AND f.parted_at IS NULL) \
         ORDER BY s.id LIMIT 1 FOR UPDATE SKIP LOCKED",
    )
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(|(id,)| id))
}

// Said as if it ended only now: an Undo of ours, a Reject of theirs. Who follows anew meanwhile
// is not disturbed, and whom a policy still keeps out is told nothing.
const PART: &str = "\
    WITH p AS (SELECT ?::bigint AS severance, ?::timestamptz AS at, ?::bigint AS most, ?::smallint AS lane, \
    ?::smallint AS ended), \
    part AS (SELECT f.*, CASE WHEN f.follows THEN f.account_id ELSE f.other_id END AS follower, \
        CASE WHEN f.follows THEN f.other_id ELSE f.account_id END AS followed \
        FROM p JOIN severed_follows f ON f.severance_id = p.severance \
        AND f.restored_at IS NULL AND f.parted_at IS NULL ORDER BY f.id LIMIT (SELECT most FROM p)), \
    seen AS (UPDATE severed_follows f SET parted_at = p.at FROM p, part WHERE f.id = part.id), \
    good AS MATERIALIZED (SELECT s.follower, s.followed, s.follows, s.uri, coalesce(s.follow_id, next_id(p.at)) AS id \
        FROM p CROSS JOIN part s JOIN accounts o ON o.id = s.other_id AND (o.flags & 2) = 0 \
        WHERE NOT EXISTS (SELECT 1 FROM follows n WHERE n.account_id = s.follower AND n.target_id = s.followed)), \
    kept AS (INSERT INTO ended_follows (id, uri, at) SELECT g.id, g.uri, p.at FROM good g CROSS JOIN p \
        WHERE NOT g.follows AND g.uri IS NOT NULL ON CONFLICT (id) DO NOTHING), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
        SELECT p.lane, p.ended, g.followed, g.follower, g.id, p.at FROM good g CROSS JOIN p) \
    SELECT count(*) FROM part";

/// Has the servers of some follows of an act told that they are over; how many it looked at, 0
/// when none were left.
pub async fn part(conn: &mut Conn, severance: Id, at: DateTime<Utc>) -> Result<i64> {
    let (seen,): (i64,) = raw::<(BigInt,)>(PART)
        .bind::<BigInt, _>(severance)
        .bind::<Timestamptz, _>(at)
        .bind::<BigInt, _>(FOLLOWS)
        .bind::<SmallInt, _>(Lane::People as i16)
        .bind::<SmallInt, _>(EventKind::FollowEnded as i16)
        .get_result(conn)
        .await?;
    Ok(seen)
}

/// All servers were told, or are on their way to be.
pub async fn note_parted(conn: &mut Conn, severance: Id, at: DateTime<Utc>) -> Result<()> {
    raw::<()>("UPDATE severances SET parted_at = ? WHERE id = ?")
        .bind::<Timestamptz, _>(at)
        .bind::<BigInt, _>(severance)
        .execute(conn)
        .await?;
    Ok(())
}

/// An act whose follows are to come back, once no server of it is walked through any more;
/// for this transaction.
pub async fn to_restore(conn: &mut Conn) -> Result<Option<Id>> {
    let row: Option<(Id,)> = raw::<(BigInt,)>(
        "SELECT s.id FROM severances s WHERE s.restoring_at IS NOT NULL AND s.restored_at IS NULL \
         AND s.told_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM severed_follows f \
             JOIN accounts a ON a.id = f.other_id JOIN host_sweeps w ON w.host_id = a.host_id \
             WHERE f.severance_id = s.id AND f.restored_at IS NULL) \
         ORDER BY s.id LIMIT 1 FOR UPDATE SKIP LOCKED",
    )
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(|(id,)| id))
}

// Who follows from here asks again; who followed from there never heard that it had ended,
// so the follow is put back under its own address, unless it was told since. Whom one of the two
// blocks by now, or a policy still keeps out, stays away; so does who was followed anew in the
// meantime.
const RESTORE: &str = "\
    WITH p AS (SELECT ?::bigint AS severance, ?::timestamptz AS at, ?::bigint AS most, ?::smallint AS people, \
    ?::smallint AS inbound, ?::smallint AS requested, ?::smallint AS restored, ?::bigint AS most_follows), \
    part AS (SELECT f.* FROM p JOIN severed_follows f ON f.severance_id = p.severance AND f.restored_at IS NULL \
        ORDER BY f.id LIMIT (SELECT most FROM p)), \
    seen AS (UPDATE severed_follows f SET restored_at = p.at FROM p, part WHERE f.id = part.id), \
    good AS (SELECT s.* FROM p CROSS JOIN part s JOIN accounts o ON o.id = s.other_id AND (o.flags & 2) = 0 \
        JOIN accounts a ON a.id = s.account_id AND (a.flags & 2) = 0 \
        WHERE NOT EXISTS (SELECT 1 FROM blocks b WHERE (b.account_id = s.account_id AND b.target_id = s.other_id) \
            OR (b.account_id = s.other_id AND b.target_id = s.account_id)) \
        AND NOT EXISTS (SELECT 1 FROM account_domain_blocks d WHERE d.account_id = s.account_id AND d.domain = o.handle_domain) \
        AND (s.follows OR s.parted_at IS NULL) AND (NOT s.follows OR (SELECT count(*) FROM follows n WHERE n.account_id = s.account_id) < p.most_follows)), \
    back AS (INSERT INTO follows (id, account_id, target_id, state, uri, flags, languages, created_at) \
        SELECT next_id(p.at), CASE WHEN g.follows THEN g.account_id ELSE g.other_id END, \
        CASE WHEN g.follows THEN g.other_id ELSE g.account_id END, CASE WHEN g.follows THEN 0 ELSE g.state END, \
        g.uri, g.flags, g.languages, CASE WHEN g.follows THEN p.at ELSE g.followed_at END FROM good g CROSS JOIN p \
        ON CONFLICT DO NOTHING RETURNING id, account_id, target_id, follower_host_id IS NULL AS ours), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
        SELECT CASE WHEN b.ours THEN p.people ELSE p.inbound END, CASE WHEN b.ours THEN p.requested ELSE p.restored END, \
        b.target_id, b.account_id, b.id, p.at FROM back b CROSS JOIN p) \
    SELECT count(*) FROM part";

/// Brings some follows of an act back; how many it looked at, 0 when none were left.
pub async fn restore(
    conn: &mut Conn,
    severance: Id,
    most_follows: i64,
    at: DateTime<Utc>,
) -> Result<i64> {
    let (seen,): (i64,) = raw::<(BigInt,)>(RESTORE)
        .bind::<BigInt, _>(severance)
        .bind::<Timestamptz, _>(at)
        .bind::<BigInt, _>(FOLLOWS)
        .bind::<SmallInt, _>(Lane::People as i16)
        .bind::<SmallInt, _>(Lane::Inbound as i16)
        .bind::<SmallInt, _>(EventKind::FollowRequested as i16)
        .bind::<SmallInt, _>(EventKind::FollowRestored as i16)
        .bind::<BigInt, _>(most_follows)
        .get_result(conn)
        .await?;
    Ok(seen)
}

/// Forgets some of what ended `before`: follows first, then the acts that have none left.
/// `false` when there was nothing to forget. For one transaction.
pub async fn forget(conn: &mut Conn, before: DateTime<Utc>) -> Result<bool> {
    // Ids go with time, so the oldest acts come first; what is under way is let be.
    let acts: Vec<(Id,)> = raw::<(BigInt,)>(
        "SELECT s.id FROM (SELECT * FROM severances ORDER BY id LIMIT ?) s \
         WHERE s.created_at < ? AND s.told_at IS NOT NULL \
         AND (s.restoring_at IS NULL OR s.restored_at IS NOT NULL) \
         AND (s.parting_at IS NULL OR s.parted_at IS NOT NULL OR s.restoring_at IS NOT NULL) \
         AND NOT EXISTS (SELECT 1 FROM host_sweeps w WHERE w.severance_id = s.id)",
    )
    .bind::<BigInt, _>(OLD_ACTS)
    .bind::<Timestamptz, _>(before)
    .load(conn)
    .await?;
    if acts.is_empty() {
        return Ok(false);
    }
    let acts: Vec<Id> = acts.into_iter().map(|(id,)| id).collect();
    let gone = raw::<()>(
        "DELETE FROM severed_follows WHERE id IN (SELECT f.id FROM severed_follows f \
         WHERE f.severance_id = ANY (?) LIMIT ?)",
    )
    .bind::<Array<BigInt>, _>(acts.clone())
    .bind::<BigInt, _>(FORGOTTEN)
    .execute(conn)
    .await?;
    if i64::try_from(gone).is_ok_and(|gone| gone < FORGOTTEN) {
        raw::<()>("DELETE FROM severances WHERE id = ANY (?)")
            .bind::<Array<BigInt>, _>(acts)
            .execute(conn)
            .await?;
    }
    Ok(true)
}

/// All that could come back is back.
pub async fn note_restored(conn: &mut Conn, severance: Id, at: DateTime<Utc>) -> Result<()> {
    raw::<()>("UPDATE severances SET restored_at = ? WHERE id = ?")
        .bind::<Timestamptz, _>(at)
        .bind::<BigInt, _>(severance)
        .execute(conn)
        .await?;
    Ok(())
}
