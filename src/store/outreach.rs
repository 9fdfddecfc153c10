//! What new posts are for strangers: what must be known to judge them, and what is counted.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};

/// A post of somebody here, and what is known of its author.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// The post.
    pub status: Id,
    /// Its author.
    pub account: Id,
    /// The author is of the staff.
    pub staff: bool,
    /// The author is established.
    pub established: bool,
    /// What the author sends to strangers waits anyway: a restraint.
    pub restrained: bool,
    /// Since when the author is in.
    pub member_since: DateTime<Utc>,
    /// Established people here have answered or followed.
    pub known_here: bool,
    /// Whom it names or answers, and who does not follow the author; by id.
    pub strangers: Vec<Id>,
    /// There is a link in it.
    pub link: bool,
    /// It waits already.
    pub held: bool,
    /// Strangers whom it was for when it was counted last.
    pub before: Vec<Id>,
    /// Those of them who got it with a link.
    pub before_linked: Vec<Id>,
    /// Strangers told in the last 24 hours, once for each post.
    pub told: i64,
    /// Those told with a link.
    pub told_linked: i64,
    /// When the author woke from a long sleep, if this is one of the first posts since, and no
    /// person has looked since.
    pub woke: Option<DateTime<Utc>>,
    /// Strangers for whom posts with a link were since then.
    pub woken: Vec<Id>,
    /// It has a file larger than was asked for.
    pub large_file: bool,
}

// A sleep is 30 days without a post or boost, counted from the account's beginning on; the first
// ten posts after it (boosts are none) are looked at, within the last hundred rows. Only where a
// link goes to strangers it is asked at all.
const FACTS: &str = "\
    WITH p AS (SELECT ?::bigint[] AS ids, ?::timestamptz AS at, ?::bigint AS large) \
    SELECT s.id, s.account_id, u.role > 0, e.established_at IS NOT NULL, (a.flags & 4) <> 0, \
        coalesce(u.approved_at, u.created_at), e.known_here_at IS NOT NULL, \
        x.strangers, x.link, h.status_id IS NOT NULL, \
        ARRAY(SELECT o.stranger_id FROM outreach o WHERE o.status_id = s.id), \
        ARRAY(SELECT o.stranger_id FROM outreach o WHERE o.status_id = s.id AND o.link), \
        d.told, d.linked, \
        w.at, CASE WHEN w.at IS NULL THEN '{}'::bigint[] ELSE ARRAY(SELECT DISTINCT o.stranger_id FROM outreach o \
            WHERE o.account_id = s.account_id AND o.link AND o.at >= w.at) END, \
        (s.flags & 1) <> 0 AND EXISTS (SELECT 1 FROM media md WHERE md.status_id = s.id AND md.uploaded > p.large) \
    FROM p JOIN statuses s ON s.id = ANY (p.ids) AND s.uri IS NULL AND s.reblog_of_id IS NULL \
    JOIN accounts a ON a.id = s.account_id AND a.host_id IS NULL JOIN users u ON u.account_id = a.id \
    LEFT JOIN author_standing e ON e.account_id = a.id LEFT JOIN outbound_holds h ON h.status_id = s.id \
    CROSS JOIN LATERAL (SELECT coalesce(s.source ~* 'http(s|)://', false) AS link, ARRAY(SELECT y.id FROM ( \
        SELECT sa.account_id AS id FROM status_audience sa WHERE sa.status_id = s.id AND sa.mentioned \
        UNION SELECT s.in_reply_to_account_id) y WHERE y.id <> s.account_id AND NOT EXISTS (SELECT 1 FROM follows f \
            WHERE f.account_id = y.id AND f.target_id = s.account_id AND f.state = 1) ORDER BY y.id) AS strangers) x \
    CROSS JOIN LATERAL (SELECT count(*) AS told, count(*) FILTER (WHERE o.link) AS linked FROM outreach o \
        WHERE o.account_id = s.account_id AND o.at > p.at - interval '24 hours' AND NOT o.waits) d \
    LEFT JOIN LATERAL (SELECT g.at FROM ( \
        SELECT r.at, lead(r.at, 1, coalesce(u.approved_at, u.created_at)) OVER o AS before, \
            count(*) FILTER (WHERE r.post) OVER o AS nth, row_number() OVER o AS n \
        FROM (SELECT t.id, t.created_at AS at, t.reblog_of_id IS NULL AS post FROM statuses t \
            WHERE t.account_id = s.account_id AND t.id <= s.id ORDER BY t.id DESC LIMIT 101) r \
        WINDOW o AS (ORDER BY r.id DESC)) g \
        WHERE g.nth <= 10 AND g.n <= 100 AND g.at - g.before >= interval '30 days' \
        AND (e.looked_at IS NULL OR e.looked_at < g.at) ORDER BY g.n LIMIT 1) w \
        ON x.link AND cardinality(x.strangers) > 0 \
    ORDER BY s.id";

/// What is known of these posts, in the order of their ids; those from elsewhere, boosts and
/// what is gone are left out. `large` is in bytes.
pub async fn facts(
    conn: &mut Conn,
    posts: Vec<Id>,
    large: i64,
    at: DateTime<Utc>,
) -> Result<Vec<Facts>> {
    if posts.is_empty() {
        return Ok(Vec::new());
    }
    type Columns = (
        (BigInt, BigInt),
        (Bool, Bool, Bool),
        (Timestamptz, Bool),
        (Array<BigInt>, Bool, Bool),
        (Array<BigInt>, Array<BigInt>),
        (BigInt, BigInt),
        (Nullable<Timestamptz>, Array<BigInt>, Bool),
    );
    type Row = (
        (Id, Id),
        (bool, bool, bool),
        (DateTime<Utc>, bool),
        (Vec<Id>, bool, bool),
        (Vec<Id>, Vec<Id>),
        (i64, i64),
        (Option<DateTime<Utc>>, Vec<Id>, bool),
    );
    let rows: Vec<Row> = raw::<Columns>(FACTS)
        .bind::<Array<BigInt>, _>(posts)
        .bind::<Timestamptz, _>(at)
        .bind::<BigInt, _>(large)
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(
            |(
                (status, account),
                (staff, established, restrained),
                (member_since, known_here),
                (strangers, link, held),
                (before, before_linked),
                (told, told_linked),
                (woke, woken, large_file),
            )| Facts {
                status,
                account,
                staff,
                established,
                restrained,
                member_since,
                known_here,
                strangers,
                link,
                held,
                before,
                before_linked,
                told,
                told_linked,
                woke,
                woken,
                large_file,
            },
        )
        .collect())
}

/// A post for a stranger, to be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewReach {
    /// The post.
    pub status: Id,
    /// Its author.
    pub account: Id,
    /// For whom.
    pub stranger: Id,
    /// With a link.
    pub link: bool,
    /// It is held back.
    pub waits: bool,
}

const WRITE: &str = "\
    WITH p AS (SELECT ?::bigint[] AS statuses, ?::bigint[] AS accounts, ?::bigint[] AS strangers, \
        ?::boolean[] AS links, ?::boolean[] AS waits, ?::timestamptz AS at) \
    INSERT INTO outreach (status_id, account_id, stranger_id, link, waits, at) \
    SELECT w.status, w.account, w.stranger, w.link, w.waits, p.at FROM p CROSS JOIN LATERAL \
        unnest(p.statuses, p.accounts, p.strangers, p.links, p.waits) AS w (status, account, stranger, link, waits) \
    ORDER BY 1, 3, 4 ON CONFLICT DO NOTHING";

/// Counts them; what was counted already stays as it is.
pub async fn write(conn: &mut Conn, new: &[NewReach], at: DateTime<Utc>) -> Result<()> {
    if new.is_empty() {
        return Ok(());
    }
    let ids = |of: fn(&NewReach) -> Id| new.iter().map(of).collect::<Vec<Id>>();
    raw::<()>(WRITE)
        .bind::<Array<BigInt>, _>(ids(|r| r.status))
        .bind::<Array<BigInt>, _>(ids(|r| r.account))
        .bind::<Array<BigInt>, _>(ids(|r| r.stranger))
        .bind::<Array<Bool>, _>(new.iter().map(|r| r.link).collect::<Vec<_>>())
        .bind::<Array<Bool>, _>(new.iter().map(|r| r.waits).collect::<Vec<_>>())
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets what was counted before a time, 10,000 rows at the most; gives how many.
pub async fn sweep(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize> {
    Ok(raw::<()>(
        "DELETE FROM outreach o USING (SELECT status_id, stranger_id, link FROM outreach WHERE at < ? \
         ORDER BY at LIMIT 10000) old WHERE o.status_id = old.status_id AND o.stranger_id = old.stranger_id \
         AND o.link = old.link",
    )
    .bind::<Timestamptz, _>(before)
    .execute(conn)
    .await?)
}
