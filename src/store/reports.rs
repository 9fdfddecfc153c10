//! Reports: what somebody here or a server elsewhere finds wrong with an account.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Date, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::Conn;
use super::raw::raw;
use super::visibility::visible_to;
use crate::domain::{Id, Result};

/// A report from another server.
#[derive(Debug, Clone)]
pub struct RemoteReport {
    /// The hash of its address.
    pub uri_hash: Uuid,
    /// Who signed it: often an actor that stands for the whole server.
    pub account: Id,
    /// Whom it is about; somebody here.
    pub target: Id,
    /// What is wrong, plain.
    pub comment: String,
    /// Posts that it names.
    pub statuses: Vec<Id>,
    /// The day, for one report a day.
    pub on: NaiveDate,
}

// Posts of the target alone, and of those only what the reporter can see: a report reveals
// nothing (I25). A copy is kept as it stands.
const INSERT: &str = concat!(
    "WITH p AS (SELECT ?::uuid AS hash, ?::bigint AS viewer, ?::bigint AS target, ?::text AS comment, ",
    "?::bigint[] AS statuses, ?::date AS day, ?::timestamptz AS at, ?::bigint AS most), ",
    "posts AS (SELECT s.* FROM p JOIN statuses s ON s.id = ANY (p.statuses) AND s.account_id = p.target ",
    "AND NOT s.local_only JOIN accounts a ON a.id = s.account_id WHERE ",
    visible_to!("s", "a"),
    " ORDER BY s.id LIMIT 100), ",
    "did AS (INSERT INTO reports (id, uri_hash, account_id, host_id, target_id, comment, status_ids, posts, reported_on, created_at) ",
    "SELECT next_id(p.at), p.hash, p.viewer, o.host_id, a.id, p.comment, ",
    "coalesce((SELECT array_agg(posts.id) FROM posts), '{}'), ",
    "coalesce((SELECT jsonb_agg(jsonb_build_object('id', posts.id, 'html', posts.html, ",
    "'spoiler_text', posts.spoiler_text, 'created_at', posts.created_at)) FROM posts), '[]'), p.day, p.at ",
    "FROM p JOIN accounts o ON o.id = p.viewer JOIN accounts a ON a.id = p.target AND a.host_id IS NULL ",
    "WHERE (SELECT count(*) FROM reports r WHERE r.host_id = o.host_id AND r.reported_on = p.day) < p.most ",
    "ON CONFLICT DO NOTHING RETURNING id) ",
    "SELECT EXISTS (SELECT 1 FROM did)"
);

/// Writes a report of another server; `false` when its server reported the same account
/// today, or has used up its `most` reports of a day.
pub async fn insert_remote(
    conn: &mut Conn,
    report: RemoteReport,
    most: i64,
    at: DateTime<Utc>,
) -> Result<bool> {
    let (did,): (bool,) = raw::<(Bool,)>(INSERT)
        .bind::<SqlUuid, _>(report.uri_hash)
        .bind::<BigInt, _>(report.account)
        .bind::<BigInt, _>(report.target)
        .bind::<Text, _>(report.comment)
        .bind::<Array<BigInt>, _>(report.statuses)
        .bind::<Date, _>(report.on)
        .bind::<Timestamptz, _>(at)
        .bind::<BigInt, _>(most)
        .get_result(conn)
        .await?;
    Ok(did)
}
