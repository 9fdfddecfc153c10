//! What was told to other servers: documents, written once, and the rows that wait for them.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Integer, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::audience::Recipient;
use super::raw::raw;
use crate::domain::activity::ActivityKind;
use crate::domain::{Id, Result};

/// A document that is to go out.
#[derive(Debug, Clone, PartialEq)]
pub struct NewActivity {
    /// Which [`Recipient`]s get it.
    pub n: i32,
    /// Whose key signs; 0 is the server's own actor.
    pub actor: Id,
    /// What it says.
    pub kind: ActivityKind,
    /// The status or account that it is about.
    pub subject: Id,
    /// JSON, at most a million characters.
    pub document: String,
}

// Ids in the order of the deeds: each host gets them in that order. The hosts' rows are
// locked in the order of their ids, as the senders do it. An inbox that another relay writes at
// this moment is waited for, and counts.
const INSERT: &str = "\
    WITH p AS (SELECT ?::integer[] AS ns, ?::bigint[] AS actors, ?::smallint[] AS kinds, ?::bigint[] AS subjects, \
    ?::text[] AS documents, ?::integer[] AS tons, ?::bigint[] AS hosts, ?::text[] AS urls, ?::timestamptz AS at), \
    docs AS MATERIALIZED (SELECT w.*, nextval('activities_id_seq') AS id \
        FROM p CROSS JOIN LATERAL unnest(p.ns, p.actors, p.kinds, p.subjects, p.documents) \
        AS w (n, actor, kind, subject, document)), \
    goes AS MATERIALIZED (SELECT docs.id, w.host, w.url FROM p \
        CROSS JOIN LATERAL unnest(p.tons, p.hosts, p.urls) AS w (n, host, url) JOIN docs ON docs.n = w.n), \
    known AS (SELECT i.id, i.url FROM inboxes i WHERE i.url IN (SELECT url FROM goes)), \
    coined AS (INSERT INTO inboxes (host_id, url) SELECT DISTINCT ON (g.url) g.host, g.url FROM goes g \
        WHERE NOT EXISTS (SELECT 1 FROM known k WHERE k.url = g.url) ORDER BY g.url \
        ON CONFLICT (url) DO UPDATE SET url = excluded.url RETURNING id, url), \
    made AS (INSERT INTO activities (id, actor_id, kind, subject_id, document, recipients, created_at) \
        SELECT docs.id, docs.actor, docs.kind, docs.subject, docs.document, \
        (SELECT count(*) FROM goes g WHERE g.id = docs.id), p.at FROM docs CROSS JOIN p), \
    lines AS (INSERT INTO deliveries (host_id, activity_id, inbox_id) \
        SELECT g.host, g.id, i.id FROM goes g \
        JOIN (SELECT id, url FROM known UNION ALL SELECT id, url FROM coined) i ON i.url = g.url \
        ON CONFLICT DO NOTHING RETURNING host_id) \
    INSERT INTO delivery_hosts AS dh (host_id, waiting, due_at) \
        SELECT l.host_id, count(*), min(p.at) FROM lines l CROSS JOIN p GROUP BY l.host_id ORDER BY l.host_id \
    ON CONFLICT (host_id) DO UPDATE SET waiting = dh.waiting + EXCLUDED.waiting, \
        due_at = coalesce(dh.due_at, EXCLUDED.due_at)";

/// Writes activities in their order, a row for each inbox, and wakes the hosts behind them.
/// Gives how many hosts there are.
pub async fn insert(
    conn: &mut Conn,
    new: Vec<NewActivity>,
    to: Vec<Recipient>,
    at: DateTime<Utc>,
) -> Result<usize> {
    let ns: Vec<i32> = new.iter().map(|a| a.n).collect();
    let actors: Vec<Id> = new.iter().map(|a| a.actor).collect();
    let kinds: Vec<i16> = new.iter().map(|a| a.kind as i16).collect();
    let subjects: Vec<Id> = new.iter().map(|a| a.subject).collect();
    let documents: Vec<String> = new.into_iter().map(|a| a.document).collect();
    let tons: Vec<i32> = to.iter().map(|r| r.n).collect();
    let hosts: Vec<i64> = to.iter().map(|r| r.host).collect();
    let urls: Vec<String> = to.into_iter().map(|r| r.inbox).collect();
    Ok(raw::<()>(INSERT)
        .bind::<Array<Integer>, _>(ns)
        .bind::<Array<BigInt>, _>(actors)
        .bind::<Array<SmallInt>, _>(kinds)
        .bind::<Array<BigInt>, _>(subjects)
        .bind::<Array<Text>, _>(documents)
        .bind::<Array<Integer>, _>(tons)
        .bind::<Array<BigInt>, _>(hosts)
        .bind::<Array<Text>, _>(urls)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?)
}

/// The documents of those ids, in no order.
pub async fn documents(conn: &mut Conn, ids: Vec<i64>) -> Result<Vec<(i64, String)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(
        raw::<(BigInt, Text)>("SELECT id, document FROM activities WHERE id = ANY (?)")
            .bind::<Array<BigInt>, _>(ids)
            .load(conn)
            .await?,
    )
}

/// How far an activity got.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// Its id.
    pub id: i64,
    /// What it says.
    pub kind: ActivityKind,
    /// Inboxes it was to go to.
    pub recipients: i32,
    /// Inboxes that took it.
    pub delivered: i32,
    /// Inboxes that did not want it, or were given up.
    pub dropped: i32,
    /// When it was written.
    pub at: DateTime<Utc>,
}

const ABOUT: &str = "\
    SELECT id, kind, recipients, delivered, dropped, created_at FROM activities \
    WHERE subject_id = ? ORDER BY id DESC LIMIT 50";

/// What was said about a status or an account in the last days, newest first; 50 at the most.
pub async fn about(conn: &mut Conn, subject: Id) -> Result<Vec<Told>> {
    type Columns = (BigInt, SmallInt, Integer, Integer, Integer, Timestamptz);
    type Row = (i64, ActivityKind, i32, i32, i32, DateTime<Utc>);
    let rows: Vec<Row> = raw::<Columns>(ABOUT)
        .bind::<BigInt, _>(subject)
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, kind, recipients, delivered, dropped, at)| Told {
            id,
            kind,
            recipients,
            delivered,
            dropped,
            at,
        })
        .collect())
}

/// Deletes activities from before `before` for which nothing waits any more, with their
/// refusals; a thousand at the most.
pub async fn sweep(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize> {
    Ok(raw::<()>(
        "WITH old AS (SELECT a.id FROM activities a WHERE a.created_at < ? \
         AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.activity_id = a.id) LIMIT 1000), \
         no AS (DELETE FROM delivery_refusals r USING old WHERE r.activity_id = old.id) \
         DELETE FROM activities a USING old WHERE a.id = old.id",
    )
    .bind::<Timestamptz, _>(before)
    .execute(conn)
    .await?)
}

/// The private key of a local account and its address, where that is not made from its id.
#[derive(Debug, Clone)]
pub struct Signer {
    /// `accounts.uri`.
    pub uri: Option<String>,
    /// PKCS#8, DER.
    pub private_der: Vec<u8>,
}

/// What signs for a local account; `None` when it has no key, or is gone.
pub async fn signer(conn: &mut Conn, account: Id) -> Result<Option<Signer>> {
    use diesel::sql_types::{Binary, Nullable};
    let row: Option<(Option<String>, Vec<u8>)> = raw::<(Nullable<Text>, Binary)>(
        "SELECT a.uri, k.private_key FROM accounts a JOIN actor_keys k ON k.account_id = a.id \
         WHERE a.id = ? AND a.host_id IS NULL AND k.private_key IS NOT NULL",
    )
    .bind::<BigInt, _>(account)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(|(uri, private_der)| Signer { uri, private_der }))
}
