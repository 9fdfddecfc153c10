//! Reports: what somebody here or a server elsewhere finds wrong with an account.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{
    Array, BigInt, Bool, Date, Double, Jsonb, Nullable, SmallInt, Text, Timestamptz,
    Uuid as SqlUuid,
};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use super::Conn;
use super::raw::raw;
use super::visibility::visible_to;
use crate::domain::event::EventKind;
pub use crate::domain::report_category::ReportCategory as Category;
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
    "ON CONFLICT DO NOTHING RETURNING id), ",
    "more AS (UPDATE reports r SET status_ids = r.status_ids || n.ids, posts = r.posts || n.posts, ",
    "comment = CASE WHEN n.says THEN left(concat_ws(E'\\n\\n', nullif(r.comment, ''), p.comment), 5000) ELSE r.comment END ",
    "FROM p JOIN accounts o ON o.id = p.viewer CROSS JOIN LATERAL ",
    "(SELECT e.id, p.comment <> '' AND strpos(e.comment, p.comment) = 0 AND length(e.comment) < 5000 AS says, ",
    "coalesce(array_agg(s.id) FILTER (WHERE s.id IS NOT NULL), '{}') AS ids, ",
    "coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'html', s.html, 'spoiler_text', s.spoiler_text, ",
    "'created_at', s.created_at)) FILTER (WHERE s.id IS NOT NULL), '[]') AS posts ",
    "FROM reports e LEFT JOIN posts s ON s.id <> ALL (e.status_ids) ",
    "WHERE e.host_id = o.host_id AND e.target_id = p.target AND e.reported_on = p.day AND e.closed_at IS NULL ",
    "AND e.uri_hash IS DISTINCT FROM p.hash GROUP BY e.id, e.comment, e.status_ids) n ",
    "WHERE r.id = n.id AND cardinality(r.status_ids || n.ids) <= 100 AND (n.says OR n.ids <> '{}') RETURNING r.id) ",
    "SELECT EXISTS (SELECT 1 FROM did UNION ALL SELECT 1 FROM more)"
);

/// Writes a report of another server. Where its server reported the same account today, what is
/// new in it is added to that one, as long as it is open. `false` when there is nothing new, or
/// the server has used up its `most` reports of a day.
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

/// A report by somebody here.
#[derive(Debug, Clone)]
pub struct LocalReport {
    /// Who reports.
    pub account: Id,
    /// Whom.
    pub target: Id,
    /// Posts that it names.
    pub statuses: Vec<Id>,
    /// What is wrong, plain.
    pub comment: String,
    /// What is wrong, in a word.
    pub category: Category,
    /// The server of the target shall hear of it.
    pub forward: bool,
}

const INSERT_LOCAL: &str = concat!(
    "WITH p AS (SELECT ?::bigint AS viewer, ?::bigint AS target, ?::bigint[] AS statuses, ?::text AS comment, ",
    "?::smallint AS category, ?::boolean AS forward, ?::date AS day, ?::timestamptz AS at, ?::smallint AS event, ?::smallint AS made), ",
    "posts AS (SELECT s.* FROM p JOIN statuses s ON s.id = ANY (p.statuses) AND s.account_id = p.target ",
    "JOIN accounts a ON a.id = s.account_id WHERE ",
    visible_to!("s", "a"),
    " ORDER BY s.id LIMIT 100), ",
    "did AS (INSERT INTO reports (id, account_id, target_id, category, comment, status_ids, posts, forward, reported_on, created_at) ",
    "SELECT next_id(p.at), p.viewer, a.id, p.category, p.comment, ",
    "coalesce((SELECT array_agg(posts.id) FROM posts), '{}'), ",
    "coalesce((SELECT jsonb_agg(jsonb_build_object('id', posts.id, 'html', posts.html, ",
    "'spoiler_text', posts.spoiler_text, 'created_at', posts.created_at)) FROM posts), '[]'), ",
    "p.forward AND a.host_id IS NOT NULL, p.day, p.at FROM p JOIN accounts a ON a.id = p.target ",
    "RETURNING id, status_ids, forward), ",
    "told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) ",
    "SELECT 0, p.event, did.id, p.viewer, p.target, p.at FROM did CROSS JOIN p WHERE did.forward), ",
    "made AS (INSERT INTO events (lane, kind, subject_id, actor_id, created_at) ",
    "SELECT 0, p.made, did.id, 0, p.at FROM did CROSS JOIN p) ",
    "SELECT id, status_ids FROM did"
);

/// Writes a report of somebody here, with its event where it is to be forwarded; gives its id
/// and the posts it names that count. `None` when there is no such account.
pub async fn insert_local(
    conn: &mut Conn,
    report: LocalReport,
    at: DateTime<Utc>,
) -> Result<Option<(Id, Vec<Id>)>> {
    Ok(raw::<(BigInt, Array<BigInt>)>(INSERT_LOCAL)
        .bind::<BigInt, _>(report.account)
        .bind::<BigInt, _>(report.target)
        .bind::<Array<BigInt>, _>(report.statuses)
        .bind::<Text, _>(report.comment)
        .bind::<SmallInt, _>(report.category)
        .bind::<Bool, _>(report.forward)
        .bind::<Date, _>(at.date_naive())
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(EventKind::ReportForwarded as i16)
        .bind::<SmallInt, _>(EventKind::ReportMade as i16)
        .get_result(conn)
        .await
        .optional()?)
}

/// A report that waits for somebody.
#[derive(Debug, Clone, PartialEq)]
pub struct Open {
    /// Its id.
    pub id: Id,
    /// Who reported; of another server often its own actor.
    pub account: Option<Id>,
    /// The server it came from; `None` for one from here.
    pub domain: Option<String>,
    /// Whom it is about.
    pub target: Id,
    /// What is wrong, in a word.
    pub category: Category,
    /// What is wrong.
    pub comment: String,
    /// Posts as they stood: `[{"id", "html", "spoiler_text", "created_at"}]`.
    pub posts: Value,
    /// When it came.
    pub created_at: DateTime<Utc>,
}

/// Reports that nobody has closed, newest first.
pub async fn open(conn: &mut Conn, below: Option<Id>, limit: i64) -> Result<Vec<Open>> {
    type Row = (
        Id,
        Option<Id>,
        Option<String>,
        Id,
        Category,
        String,
        Value,
        DateTime<Utc>,
    );
    let rows: Vec<Row> = raw::<(
        BigInt,
        Nullable<BigInt>,
        Nullable<Text>,
        BigInt,
        SmallInt,
        Text,
        Jsonb,
        Timestamptz,
    )>(
        "SELECT r.id, r.account_id, h.domain, r.target_id, r.category, r.comment, r.posts, r.created_at \
         FROM reports r LEFT JOIN hosts h ON h.id = r.host_id \
         WHERE r.closed_at IS NULL AND r.id < ? ORDER BY r.id DESC LIMIT ?",
    )
    .bind::<BigInt, _>(below.unwrap_or(Id::MAX))
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(
            |(id, account, domain, target, category, comment, posts, created_at)| Open {
                id,
                account,
                domain,
                target,
                category,
                comment,
                posts,
                created_at,
            },
        )
        .collect())
}

/// Closes a report; `None` when there is none, `false` when it was closed before.
pub async fn close(conn: &mut Conn, id: Id, by: Id, at: DateTime<Utc>) -> Result<Option<bool>> {
    let row: Option<(bool,)> = raw::<(Bool,)>(
        "WITH p AS (SELECT ?::bigint AS id, ?::bigint AS by, ?::timestamptz AS at), \
         did AS (UPDATE reports r SET closed_at = p.at, closed_by = p.by FROM p \
             WHERE r.id = p.id AND r.closed_at IS NULL RETURNING r.id) \
         SELECT EXISTS (SELECT 1 FROM did) FROM p JOIN reports r ON r.id = p.id",
    )
    .bind::<BigInt, _>(id)
    .bind::<BigInt, _>(by)
    .bind::<Timestamptz, _>(at)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(|(closed,)| closed))
}

/// Hours from coming in to being closed, the middle one of those closed by a person since then;
/// `None` without any.
pub async fn median_hours(conn: &mut Conn, since: DateTime<Utc>) -> Result<Option<f64>> {
    let (hours,): (Option<f64>,) = raw::<(Nullable<Double>,)>(
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY \
            extract(epoch FROM closed_at - created_at)::float8 / 3600) \
         FROM reports WHERE closed_by IS NOT NULL AND closed_at > ?",
    )
    .bind::<Timestamptz, _>(since)
    .get_result(conn)
    .await?;
    Ok(hours)
}

/// Opens a closed report again; `false` where there is none that is closed.
pub async fn reopen(conn: &mut Conn, id: Id) -> Result<bool> {
    let changed = raw::<()>(
        "UPDATE reports SET closed_at = NULL, closed_by = NULL WHERE id = ? AND closed_at IS NOT NULL",
    )
    .bind::<BigInt, _>(id)
    .execute(conn)
    .await?;
    Ok(changed == 1)
}

/// A report as the server of the reported hears of it: without who reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forwarded {
    /// The reported account.
    pub target: Id,
    /// Addresses of the account and of the posts that still are.
    pub about: Vec<String>,
    /// In the words of who reported.
    pub comment: String,
}

/// A report that is to be forwarded; `None` when there is none, or its account is gone.
pub async fn forwarded(conn: &mut Conn, id: Id) -> Result<Option<Forwarded>> {
    let row: Option<(Id, String, Vec<String>, String)> = raw::<(BigInt, Text, Array<Text>, Text)>(
        "SELECT a.id, a.uri, coalesce((SELECT array_agg(s.uri ORDER BY s.id) FROM statuses s \
             WHERE s.id = ANY (r.status_ids) AND s.uri IS NOT NULL), '{}'), r.comment \
             FROM reports r JOIN accounts a ON a.id = r.target_id AND a.uri IS NOT NULL \
             WHERE r.id = ? AND r.forward",
    )
    .bind::<BigInt, _>(id)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(|(target, account, posts, comment)| Forwarded {
        target,
        about: std::iter::once(account).chain(posts).collect(),
        comment,
    }))
}
