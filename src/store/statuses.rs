//! Writing statuses: what must be known before, and the one statement that deletes.
//! The one that posts is in `posting.rs`.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Jsonb, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use super::Conn;
use super::raw::raw;
use super::visibility::visible_to;
use crate::domain::event::EventKind;
use crate::domain::{Id, Result};
use crate::model::status_parts::{Attached, Mentioned};

/// How long staff may look at what was deleted.
const GRAVE_LIVES: TimeDelta = TimeDelta::days(30);
/// How long the address of a deleted status answers "gone" rather than "not found".
const TOMBSTONE_LIVES: TimeDelta = TimeDelta::days(180);

/// What to look up before a status is written. All of it is one statement.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The author.
    pub account: Id,
    /// The author's login: idempotency keys are theirs.
    pub user: Id,
    /// The key of a request that may be a repetition.
    pub key: Option<String>,
    /// What it answers.
    pub parent: Option<Id>,
    /// Names of local accounts, lower-case.
    pub names: Vec<String>,
    /// Handles of accounts elsewhere: name and domain, lower-case.
    pub handles: Vec<(String, String)>,
    /// Media to attach, in order.
    pub media: Vec<Id>,
    /// Now.
    pub at: DateTime<Utc>,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Prepared {
    /// What an earlier request under the key made, within the hour.
    pub made_before: Option<Id>,
    /// What is answered; `None` when it is not there for the author.
    pub parent: Option<Parent>,
    /// The accounts of those names and handles that are known, by id. Suspended ones are not found.
    pub mentions: Vec<Mentioned>,
    /// The author's own media that are ready and not used yet, in the order asked for.
    pub media: Vec<Attached>,
}

/// A status that is answered; for a boost the boosted one.
#[derive(Debug, Clone, PartialEq)]
pub struct Parent {
    /// Its id.
    pub id: Id,
    /// Who wrote it.
    pub account: Id,
    /// Its thread.
    pub conversation: Option<Id>,
}

const PREPARE: &str = concat!(
    "WITH p AS (SELECT ?::bigint AS viewer, ?::bigint AS user_id, ?::text AS key, ?::bigint AS parent, ",
    "?::text[] AS names, ?::text[] AS users, ?::text[] AS domains, ?::bigint[] AS media, ?::timestamptz AS at) ",
    "SELECT (SELECT k.result_id FROM idempotency_keys k WHERE k.user_id = p.user_id ",
    "AND k.key = p.key AND k.created_at > p.at - interval '1 hour'), ",
    "par.id, par.account_id, par.conversation_id, ",
    "(SELECT jsonb_agg(jsonb_build_object('id', m.id, 'username', m.username, ",
    "'domain', m.handle_domain, 'url', coalesce(m.url, m.uri)) ORDER BY m.id) FROM accounts m ",
    "WHERE (m.flags & 2) = 0 AND m.id IN (SELECT l.id FROM accounts l WHERE lower(l.username) = ANY (p.names) ",
    "AND coalesce(l.host_id, 0) = 0 UNION SELECT r.id FROM unnest(p.users, p.domains) AS h (name, domain) ",
    "JOIN accounts r ON lower(r.username) = h.name AND r.handle_domain = h.domain AND r.host_id IS NOT NULL)), ",
    "(SELECT jsonb_agg(jsonb_build_object('id', md.id, 'kind', md.kind, 'path', md.path, ",
    "'preview_path', md.preview_path, 'remote_url', md.remote_url, 'width', md.width, ",
    "'height', md.height, 'blurhash', md.blurhash, 'focus_x', md.focus_x, ",
    "'focus_y', md.focus_y, 'description', md.description) ORDER BY w.place) ",
    "FROM unnest(p.media) WITH ORDINALITY AS w (id, place) JOIN media md ON md.id = w.id ",
    "WHERE md.account_id = p.viewer AND md.status_id IS NULL AND md.state = 1) ",
    "FROM p LEFT JOIN LATERAL (SELECT t.id, t.account_id, t.conversation_id FROM statuses s ",
    "JOIN statuses t ON t.id = coalesce(s.reblog_of_id, s.id) JOIN accounts a ON a.id = t.account_id ",
    "WHERE s.id = p.parent AND ",
    visible_to!("t", "a"),
    ") par ON true"
);

/// Looks up what a new status leans on.
pub async fn prepare(conn: &mut Conn, asked: Asked) -> Result<Prepared> {
    type Columns = (
        Nullable<BigInt>,
        Nullable<BigInt>,
        Nullable<BigInt>,
        Nullable<BigInt>,
        Nullable<Jsonb>,
        Nullable<Jsonb>,
    );
    type Row = (
        Option<Id>,
        Option<Id>,
        Option<Id>,
        Option<Id>,
        Option<Value>,
        Option<Value>,
    );
    let (users, domains): (Vec<String>, Vec<String>) = asked.handles.into_iter().unzip();
    let (made_before, parent, parent_account, conversation, mentions, media): Row =
        raw::<Columns>(PREPARE)
            .bind::<BigInt, _>(asked.account)
            .bind::<BigInt, _>(asked.user)
            .bind::<Nullable<Text>, _>(asked.key)
            .bind::<Nullable<BigInt>, _>(asked.parent)
            .bind::<Array<Text>, _>(asked.names)
            .bind::<Array<Text>, _>(users)
            .bind::<Array<Text>, _>(domains)
            .bind::<Array<BigInt>, _>(asked.media)
            .bind::<Timestamptz, _>(asked.at)
            .get_result(conn)
            .await?;
    Ok(Prepared {
        made_before,
        parent: parent.zip(parent_account).map(|(id, account)| Parent {
            id,
            account,
            conversation,
        }),
        mentions: mentions
            .map(serde_json::from_value)
            .transpose()?
            .unwrap_or_default(),
        media: media
            .map(serde_json::from_value)
            .transpose()?
            .unwrap_or_default(),
    })
}

/// What the author typed, for redrafting.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Source {
    /// The text.
    pub text: String,
    /// The content warning, or empty.
    pub spoiler_text: String,
}

// The selects see what was there when the statement began; the cascade comes at its end.
// `boosted_by` is for the counters of those whose boosts go too. What answered it shows no
// parent any more, hence its new version. A stone without a subject was set before its post was
// seen here.
const DELETE: &str = "\
    WITH p AS (SELECT ?::bigint AS id, ?::bigint AS account, ?::text AS notes, \
    ?::timestamptz AS at, ?::timestamptz AS grave_until, ?::timestamptz AS stone_until, \
    ?::smallint AS event, ?::smallint AS vanished), \
    gone AS (DELETE FROM statuses s USING p WHERE s.id = p.id AND s.account_id = p.account \
        AND s.reblog_of_id IS NULL RETURNING s.*), \
    said AS (SELECT gone.id, jsonb_build_object('visibility', gone.visibility, \
        'local_only', gone.local_only, 'in_reply_to_id', gone.in_reply_to_id, \
        'in_reply_to_account_id', gone.in_reply_to_account_id, \
        'mentioned', coalesce((SELECT jsonb_agg(sa.account_id) FROM status_audience sa \
            WHERE sa.status_id = gone.id), '[]'), \
        'boosted_by', coalesce((SELECT jsonb_agg(b.account_id) FROM statuses b \
            WHERE b.reblog_of_id = gone.id), '[]')) AS audience FROM gone), \
    stone AS (INSERT INTO tombstones AS s (uri_hash, kind, actor_id, subject_id, audience, created_at, until) \
        SELECT coalesce(gone.uri_hash, encode(substring(sha256(convert_to(p.notes || gone.id, 'UTF8')) \
            FROM 1 FOR 16), 'hex')::uuid), \
        0, gone.account_id, gone.id, said.audience, p.at, p.stone_until \
        FROM gone CROSS JOIN p JOIN said ON said.id = gone.id \
        ON CONFLICT (uri_hash) DO UPDATE SET kind = excluded.kind, actor_id = excluded.actor_id, \
        subject_id = excluded.subject_id, audience = excluded.audience \
        WHERE s.subject_id = 0), \
    grave AS (INSERT INTO graveyard (kind, subject_id, actor_id, document, deleted_by, deleted_at, until) \
        SELECT 0, gone.id, gone.account_id, to_jsonb(gone) || jsonb_build_object( \
            'audience', said.audience, \
            'tags', coalesce((SELECT jsonb_agg(t.name) FROM status_tags st JOIN tags t ON t.id = st.tag_id \
                WHERE st.status_id = gone.id), '[]'), \
            'media', coalesce((SELECT jsonb_agg(jsonb_build_object('id', md.id, 'path', md.path, \
                'description', md.description)) FROM media md WHERE md.status_id = gone.id), '[]')), \
        gone.account_id, p.at, p.grave_until FROM gone CROSS JOIN p JOIN said ON said.id = gone.id), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, created_at) \
        SELECT CASE WHEN gone.uri IS NULL THEN 0 ELSE 1 END, p.event, gone.id, gone.account_id, p.at FROM gone CROSS JOIN p), \
    boosts AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
        SELECT 2, p.vanished, b.id, b.account_id, gone.id, p.at FROM gone CROSS JOIN p \
        JOIN statuses b ON b.reblog_of_id = gone.id ORDER BY b.id), \
    orphans AS (UPDATE statuses c SET version = c.version + 1 FROM gone WHERE c.in_reply_to_id = gone.id) \
    SELECT coalesce(gone.source, ''), gone.spoiler_text FROM gone";

/// Deletes an account's own status (not a boost), here or elsewhere, with tombstone, grave and
/// event. `notes` is
/// what the addresses of notes here begin with, up to the id. `None` when there is none.
pub async fn delete(
    conn: &mut Conn,
    id: Id,
    account: Id,
    notes: &str,
    at: DateTime<Utc>,
) -> Result<Option<Source>> {
    let gone: Option<(String, String)> = raw::<(Text, Text)>(DELETE)
        .bind::<BigInt, _>(id)
        .bind::<BigInt, _>(account)
        .bind::<Text, _>(notes.to_owned())
        .bind::<Timestamptz, _>(at)
        .bind::<Timestamptz, _>(at + GRAVE_LIVES)
        .bind::<Timestamptz, _>(at + TOMBSTONE_LIVES)
        .bind::<SmallInt, _>(EventKind::StatusDeleted as i16)
        .bind::<SmallInt, _>(EventKind::BoostVanished as i16)
        .get_result(conn)
        .await
        .optional()?;
    Ok(gone.map(|(text, spoiler_text)| Source { text, spoiler_text }))
}

/// What the author of a local status typed; `None` unless it is theirs.
pub async fn source(conn: &mut Conn, id: Id, account: Id) -> Result<Option<Source>> {
    let found: Option<(String, String)> = raw::<(Text, Text)>(
        "SELECT coalesce(source, ''), spoiler_text FROM statuses \
         WHERE id = ? AND account_id = ? AND reblog_of_id IS NULL",
    )
    .bind::<BigInt, _>(id)
    .bind::<BigInt, _>(account)
    .get_result(conn)
    .await
    .optional()?;
    Ok(found.map(|(text, spoiler_text)| Source { text, spoiler_text }))
}
