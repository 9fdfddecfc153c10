//! Where what people here did is to be told: one statement for a batch of events, that asks
//! little where nobody elsewhere is concerned.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Integer, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use super::visibility::{for_anybody, for_followers};
use crate::domain::{Id, Result};

/// Followers of the author, as far as [`Asked::status`] is for them; the status must be there,
/// not `local_only`, not held.
pub const FOLLOWERS_OF_STATUS: i32 = 1;
/// Those in the status's audience, the author of what it boosts, and where it is for anybody
/// the author of what it answers; conditions as before.
pub const AUDIENCE: i32 = 2;
/// Who boosted, favourited or answered the status, where it is for anybody.
pub const INTERACTED: i32 = 4;
/// Of a status that is gone: those it was for, those who had boosted it, and every host that
/// ever got anything of the author (D17), as its tombstone allows.
pub const HAD_IT: i32 = 8;
/// Followers of the author.
pub const FOLLOWERS: i32 = 16;
/// Who wrote [`Asked::other`].
pub const AUTHOR_OF_OTHER: i32 = 32;
/// The account [`Asked::other`], in its own inbox.
pub const OTHER: i32 = 64;

/// Who voted in the status's poll.
pub const VOTED: i32 = 128;

/// Every server that ever got anything of the author (D17), and those of whom it follows.
pub const REACHED: i32 = 256;

/// Whom to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Its place in the list that was asked for.
    pub n: i32,
    /// The sum of the constants above.
    pub whom: i32,
    /// Who says it: nobody is found unless this account is local. 0 is the server itself.
    pub author: Id,
    /// A status, or 0.
    pub status: Id,
    /// A status or an account, or 0.
    pub other: Id,
}

/// One inbox that one of the asked goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// See [`Asked::n`].
    pub n: i32,
    /// The host behind it.
    pub host: i64,
    /// Where to; shared where the host has such a one.
    pub inbox: String,
}

// `e` is empty, and all that hangs on it, where no other server is known. What is not local
// has no author here. A blocked person's server gets nothing on their account (I24); what is
// said to one person (a block, a no) is said nevertheless.
const WHERE_TO: &str = concat!(
    "WITH p AS (SELECT ?::integer[] AS ns, ?::integer[] AS whoms, ?::bigint[] AS authors, ",
    "?::bigint[] AS statuses, ?::bigint[] AS others, ?::timestamptz AS tried_before, ?::timestamptz AS gone_before), ",
    "e AS MATERIALIZED (SELECT w.n, w.whom, w.author, w.status, w.other ",
    "FROM p CROSS JOIN LATERAL unnest(p.ns, p.whoms, p.authors, p.statuses, p.others) AS w (n, whom, author, status, other) ",
    "LEFT JOIN accounts a ON a.id = w.author ",
    "WHERE EXISTS (SELECT 1 FROM hosts) AND (w.author = 0 OR (a.id IS NOT NULL AND a.host_id IS NULL))), ",
    "st AS MATERIALIZED (SELECT e.n, e.whom, e.author, s.id, t.account_id AS boosted, s.in_reply_to_account_id AS answered, ",
    for_followers!("s.visibility"),
    " AS wide, ",
    for_anybody!("s.visibility"),
    " AS open FROM e JOIN statuses s ON s.id = e.status LEFT JOIN statuses t ON t.id = s.reblog_of_id ",
    "WHERE (e.whom & 135) <> 0 AND NOT s.local_only AND NOT coalesce(t.local_only, false) ",
    "AND NOT EXISTS (SELECT 1 FROM outbound_holds h WHERE h.status_id = s.id OR h.status_id = t.id)), ",
    "gone AS MATERIALIZED (SELECT e.n, e.author, t.audience, ",
    for_followers!("(t.audience->>'visibility')::smallint"),
    " AS wide, ",
    for_anybody!("(t.audience->>'visibility')::smallint"),
    " AS open FROM e JOIN tombstones t ON t.subject_id = e.status AND t.actor_id = e.author ",
    "WHERE (e.whom & 8) <> 0 AND NOT coalesce((t.audience->>'local_only')::boolean, false)), ",
    "r AS (",
    "SELECT w.n, w.author, f.account_id, false AS personal FROM (",
    "SELECT n, author FROM st WHERE wide AND (whom & 1) <> 0 UNION ALL SELECT n, author FROM gone WHERE wide ",
    "UNION ALL SELECT n, author FROM e WHERE (whom & 16) <> 0) w ",
    "JOIN follows f ON f.target_id = w.author AND f.state = 1 AND f.follower_host_id IS NOT NULL ",
    "UNION ALL SELECT st.n, st.author, sa.account_id, false FROM st JOIN status_audience sa ON sa.status_id = st.id WHERE (st.whom & 2) <> 0 ",
    "UNION ALL SELECT n, author, boosted, false FROM st WHERE (whom & 2) <> 0 ",
    "UNION ALL SELECT n, author, answered, false FROM st WHERE (whom & 2) <> 0 AND open ",
    "UNION ALL SELECT st.n, st.author, b.account_id, false FROM st JOIN statuses b ON b.reblog_of_id = st.id WHERE (st.whom & 4) <> 0 AND st.open ",
    "UNION ALL SELECT st.n, st.author, x.account_id, false FROM st JOIN reactions x ON x.status_id = st.id WHERE (st.whom & 4) <> 0 AND st.open ",
    "UNION ALL SELECT st.n, st.author, c.account_id, false FROM st JOIN statuses c ON c.in_reply_to_id = st.id WHERE (st.whom & 4) <> 0 AND st.open ",
    "UNION ALL SELECT st.n, st.author, v.account_id, false FROM st JOIN poll_votes v ON v.status_id = st.id WHERE (st.whom & 128) <> 0 ",
    "UNION ALL SELECT gone.n, gone.author, m.id::bigint, false FROM gone CROSS JOIN LATERAL jsonb_array_elements_text(coalesce(gone.audience->'mentioned', '[]')) m (id) ",
    "UNION ALL SELECT gone.n, gone.author, b.id::bigint, false FROM gone CROSS JOIN LATERAL jsonb_array_elements_text(coalesce(gone.audience->'boosted_by', '[]')) b (id) ",
    "UNION ALL SELECT gone.n, gone.author, (gone.audience->>'in_reply_to_account_id')::bigint, false FROM gone WHERE open ",
    "UNION ALL SELECT e.n, e.author, s.account_id, false FROM e JOIN statuses s ON s.id = e.other WHERE (e.whom & 32) <> 0 ",
    "UNION ALL SELECT n, author, other, true FROM e WHERE (whom & 64) <> 0 ",
    "UNION ALL SELECT e.n, e.author, f.target_id, false FROM e JOIN follows f ON f.account_id = e.author WHERE (e.whom & 256) <> 0), ",
    "d AS (SELECT r.n, a.host_id, CASE WHEN r.personal THEN ep.inbox ELSE coalesce(ep.shared_inbox, ep.inbox) END AS url ",
    "FROM r JOIN accounts a ON a.id = r.account_id AND a.host_id IS NOT NULL AND (a.flags & 2) = 0 ",
    "JOIN actor_endpoints ep ON ep.account_id = a.id ",
    "WHERE r.personal OR NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = r.author AND b.target_id = r.account_id) ",
    "UNION SELECT told.n, rc.host_id, coalesce(",
    "(SELECT ep.shared_inbox FROM accounts a JOIN actor_endpoints ep ON ep.account_id = a.id AND ep.shared_inbox IS NOT NULL WHERE a.host_id = rc.host_id LIMIT 1), ",
    "(SELECT i.url FROM inboxes i WHERE i.host_id = rc.host_id AND i.gone_at IS NULL ORDER BY i.id LIMIT 1), ",
    "(SELECT coalesce(ep.shared_inbox, ep.inbox) FROM accounts a JOIN actor_endpoints ep ON ep.account_id = a.id WHERE a.host_id = rc.host_id LIMIT 1)) ",
    "FROM (SELECT n, author FROM gone WHERE wide UNION ALL SELECT n, author FROM e WHERE (whom & 256) <> 0) told ",
    "JOIN reach rc ON rc.account_id = told.author) ",
    "SELECT d.n, d.host_id, d.url FROM p CROSS JOIN d JOIN hosts h ON h.id = d.host_id AND (h.flags & 2) = 0 ",
    "AND (NOT coalesce((SELECT (g.value->>'allow_list')::boolean FROM instance_settings g WHERE g.key = 'federation.policy'), false) ",
    "OR EXISTS (SELECT 1 FROM domain_allows da WHERE da.domain = h.domain)) ",
    "LEFT JOIN delivery_hosts dh ON dh.host_id = d.host_id LEFT JOIN inboxes i ON i.url = d.url ",
    "WHERE d.url IS NOT NULL AND (dh.dead_since IS NULL OR dh.tried_at < p.tried_before) ",
    "AND (i.gone_at IS NULL OR i.gone_at < p.gone_before) ORDER BY d.n, d.host_id"
);

/// The inboxes for each of the asked, none twice. Suspended hosts and people, hosts that are
/// dead and were tried after `tried_before`, and inboxes that are gone since `gone_before`
/// are left out.
pub async fn recipients(
    conn: &mut Conn,
    asked: &[Asked],
    tried_before: DateTime<Utc>,
    gone_before: DateTime<Utc>,
) -> Result<Vec<Recipient>> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let all = |of: fn(&Asked) -> Id| asked.iter().map(of).collect::<Vec<Id>>();
    let rows: Vec<(i32, i64, String)> = raw::<(Integer, BigInt, Text)>(WHERE_TO)
        .bind::<Array<Integer>, _>(asked.iter().map(|a| a.n).collect::<Vec<i32>>())
        .bind::<Array<Integer>, _>(asked.iter().map(|a| a.whom).collect::<Vec<i32>>())
        .bind::<Array<BigInt>, _>(all(|a| a.author))
        .bind::<Array<BigInt>, _>(all(|a| a.status))
        .bind::<Array<BigInt>, _>(all(|a| a.other))
        .bind::<Timestamptz, _>(tried_before)
        .bind::<Timestamptz, _>(gone_before)
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(n, host, inbox)| Recipient { n, host, inbox })
        .collect())
}
