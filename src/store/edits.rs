//! Editing statuses (D8): a full snapshot of what was, then the new words, in one statement.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{
    Array, BigInt, Bool, Float, Integer, Jsonb, Nullable, SmallInt, Text, Timestamptz,
};
use diesel_async::RunQueryDsl;
use serde::Deserialize;
use serde_json::Value;

use super::Conn;
use super::posting::NewPoll;
use super::raw::raw;
use crate::domain::event::EventKind;
use crate::domain::{Id, Result};
use crate::model::status_parts::Attached;

/// Versions that a history shows; the latest of them.
const MOST: i64 = 100;

macro_rules! medium {
    () => {
        "jsonb_build_object('id', m.id, 'kind', m.kind, 'path', m.path, \
         'preview_path', m.preview_path, 'remote_url', m.remote_url, 'width', m.width, \
         'height', m.height, 'blurhash', m.blurhash, 'focus_x', m.focus_x, \
         'focus_y', m.focus_y, 'description', m.description)"
    };
}

/// An own status as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// As it was typed.
    pub source: String,
    /// The content warning, or empty.
    pub spoiler_text: String,
    /// Media are hidden at first.
    pub sensitive: bool,
    /// ISO 639, where known.
    pub language: Option<String>,
    /// Its media, in order.
    pub media: Vec<Id>,
    /// Those of the media that were asked for which it may have: its own and the author's
    /// loose ones.
    pub may_have: Vec<Id>,
    /// What it asks.
    pub poll: Option<StandingPoll>,
}

/// The poll of an own status as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingPoll {
    /// In order.
    pub options: Vec<String>,
    /// More than one may be chosen.
    pub multiple: bool,
}

const LOCK: &str = "\
    WITH p AS (SELECT ?::bigint AS id, ?::bigint AS account, ?::bigint[] AS wanted) \
    SELECT coalesce(s.source, ''), s.spoiler_text, s.sensitive, s.language, \
    coalesce((SELECT array_agg(m.id ORDER BY m.position, m.id) FROM media m \
        WHERE m.status_id = s.id), '{}'), \
    coalesce((SELECT array_agg(m.id) FROM media m WHERE m.id = ANY (p.wanted) \
        AND m.account_id = p.account AND (m.status_id IS NULL OR m.status_id = s.id) \
        AND m.state = 1), '{}'), \
    (SELECT q.multiple FROM polls q WHERE q.status_id = s.id), \
    coalesce((SELECT array_agg(o.title ORDER BY o.position) FROM poll_options o \
        WHERE o.status_id = s.id), '{}') \
    FROM p JOIN statuses s ON s.id = p.id AND s.account_id = p.account \
    WHERE s.reblog_of_id IS NULL FOR UPDATE OF s";

/// Locks an account's own status until the commit; `None` when there is none.
pub async fn lock(
    conn: &mut Conn,
    id: Id,
    account: Id,
    wanted: Vec<Id>,
) -> Result<Option<Standing>> {
    type Columns = (
        Text,
        Text,
        Bool,
        Nullable<Text>,
        Array<BigInt>,
        Array<BigInt>,
        Nullable<Bool>,
        Array<Text>,
    );
    type Row = (
        String,
        String,
        bool,
        Option<String>,
        Vec<Id>,
        Vec<Id>,
        Option<bool>,
        Vec<String>,
    );
    let row: Option<Row> = raw::<Columns>(LOCK)
        .bind::<BigInt, _>(id)
        .bind::<BigInt, _>(account)
        .bind::<Array<BigInt>, _>(wanted)
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(
        |(source, spoiler_text, sensitive, language, media, may_have, multiple, options)| {
            Standing {
                poll: multiple.map(|multiple| StandingPoll { options, multiple }),
                source,
                spoiler_text,
                sensitive,
                language,
                media,
                may_have,
            }
        },
    ))
}

/// What an own status says from now on.
#[derive(Debug, Clone)]
pub struct NewVersion {
    /// The status.
    pub id: Id,
    /// Its author.
    pub account: Id,
    /// When.
    pub at: DateTime<Utc>,
    /// Media are hidden at first.
    pub sensitive: bool,
    /// The content warning, or empty.
    pub spoiler_text: String,
    /// Made from `source`, safe.
    pub html: String,
    /// As it was typed.
    pub source: String,
    /// As apps count it.
    pub length: i32,
    /// ISO 639, where known.
    pub language: Option<String>,
    /// Accounts named in the text; each once.
    pub mentions: Vec<Id>,
    /// Hashtags: normalised name and display case; each name once.
    pub tags: Vec<(String, String)>,
    /// All of its media, in order.
    pub media: Vec<Described>,
}

/// A medium with new words; `None` keeps what is there.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Described {
    /// The medium.
    pub id: Id,
    /// Alternative text.
    pub description: Option<String>,
    /// The point that should stay in view.
    pub focus: Option<(f32, f32)>,
}

const EDIT: &str = concat!(
    "WITH p AS (SELECT ?::bigint AS id, ?::bigint AS account, ?::timestamptz AS at, ",
    "?::boolean AS sensitive, ?::text AS spoiler, ?::text AS html, ?::text AS source, ",
    "?::integer AS length, ?::text AS language, ?::bigint[] AS mentions, ?::text[] AS tag_names, ",
    "?::text[] AS tag_displays, ?::bigint[] AS media, ?::text[] AS descriptions, ",
    "?::real[] AS xs, ?::real[] AS ys, ?::smallint AS event), ",
    "old AS (SELECT s.* FROM p JOIN statuses s ON s.id = p.id AND s.account_id = p.account ",
    "WHERE s.reblog_of_id IS NULL), ",
    "kept AS (INSERT INTO status_edits (status_id, snapshot, created_at) ",
    "SELECT old.id, jsonb_build_object('html', old.html, 'source', old.source, ",
    "'spoiler_text', old.spoiler_text, 'sensitive', old.sensitive, 'language', old.language, ",
    "'media', coalesce((SELECT jsonb_agg(",
    medium!(),
    " ORDER BY m.position, m.id) FROM media m WHERE m.status_id = old.id), '[]'), ",
    "'poll', (SELECT jsonb_agg(o.title ORDER BY o.position) FROM poll_options o WHERE o.status_id = old.id)), ",
    "coalesce(old.edited_at, old.created_at) FROM old), ",
    "changed AS (UPDATE statuses s SET sensitive = p.sensitive, spoiler_text = p.spoiler, ",
    "html = p.html, source = p.source, length = p.length, language = p.language, ",
    "flags = (s.flags & ~1) | CASE WHEN cardinality(p.media) > 0 THEN 1 ELSE 0 END, ",
    "version = s.version + 1, edited_at = p.at FROM p JOIN old ON old.id = p.id ",
    "WHERE s.id = old.id RETURNING s.id), ",
    "unheard AS (DELETE FROM status_audience sa USING p JOIN old ON old.id = p.id ",
    "WHERE sa.status_id = old.id AND sa.mentioned AND sa.account_id <> ALL (p.mentions)), ",
    "heard AS (INSERT INTO status_audience (status_id, account_id, mentioned) ",
    "SELECT old.id, n.id, true FROM p JOIN old ON old.id = p.id ",
    "CROSS JOIN LATERAL unnest(p.mentions) AS n (id) ",
    "ON CONFLICT (status_id, account_id) DO UPDATE SET mentioned = true), ",
    "untagged AS (DELETE FROM status_tags st USING p JOIN old ON old.id = p.id CROSS JOIN tags t ",
    "WHERE st.status_id = old.id AND t.id = st.tag_id AND t.name <> ALL (p.tag_names)), ",
    "known AS (SELECT t.id, t.name FROM p JOIN tags t ON t.name = ANY (p.tag_names)), ",
    "coined AS (INSERT INTO tags AS t (name, display, created_at) ",
    "SELECT n.name, n.display, p.at FROM p JOIN old ON old.id = p.id ",
    "CROSS JOIN LATERAL unnest(p.tag_names, p.tag_displays) AS n (name, display) ",
    "WHERE NOT EXISTS (SELECT 1 FROM known WHERE known.name = n.name) ORDER BY n.name ",
    "ON CONFLICT (name) DO UPDATE SET display = t.display RETURNING t.id), ",
    "tagged AS (INSERT INTO status_tags (status_id, tag_id) SELECT old.id, t.id FROM old ",
    "CROSS JOIN (SELECT id FROM known UNION ALL SELECT id FROM coined) t ON CONFLICT DO NOTHING), ",
    "placed AS (UPDATE media m SET status_id = CASE WHEN w.place IS NULL THEN NULL ELSE old.id END, ",
    "position = coalesce(w.place - 1, 0)::smallint, ",
    "description = coalesce(w.description, m.description), ",
    "focus_x = coalesce(w.x, m.focus_x), focus_y = coalesce(w.y, m.focus_y) ",
    "FROM p JOIN old ON old.id = p.id JOIN media n ON n.account_id = p.account ",
    "AND (n.status_id = p.id OR (n.status_id IS NULL AND n.id = ANY (p.media))) ",
    "LEFT JOIN LATERAL unnest(p.media, p.descriptions, p.xs, p.ys) WITH ORDINALITY ",
    "AS w (id, description, x, y, place) ON w.id = n.id WHERE m.id = n.id), ",
    "told AS (INSERT INTO events (lane, kind, subject_id, actor_id, created_at) ",
    "SELECT 0, p.event, changed.id, p.account, p.at FROM changed CROSS JOIN p) ",
    "SELECT count(*) FROM changed"
);

/// Writes a new version with its event. Lock the status first, and check its media.
pub async fn edit(conn: &mut Conn, new: NewVersion) -> Result<bool> {
    let (names, displays): (Vec<String>, Vec<String>) = new.tags.into_iter().unzip();
    let ids: Vec<Id> = new.media.iter().map(|m| m.id).collect();
    let xs: Vec<Option<f32>> = new.media.iter().map(|m| m.focus.map(|f| f.0)).collect();
    let ys: Vec<Option<f32>> = new.media.iter().map(|m| m.focus.map(|f| f.1)).collect();
    let descriptions: Vec<Option<String>> = new.media.into_iter().map(|m| m.description).collect();
    let (changed,): (i64,) = raw::<(BigInt,)>(EDIT)
        .bind::<BigInt, _>(new.id)
        .bind::<BigInt, _>(new.account)
        .bind::<Timestamptz, _>(new.at)
        .bind::<Bool, _>(new.sensitive)
        .bind::<Text, _>(new.spoiler_text)
        .bind::<Text, _>(new.html)
        .bind::<Text, _>(new.source)
        .bind::<Integer, _>(new.length)
        .bind::<Nullable<Text>, _>(new.language)
        .bind::<Array<BigInt>, _>(new.mentions)
        .bind::<Array<Text>, _>(names)
        .bind::<Array<Text>, _>(displays)
        .bind::<Array<BigInt>, _>(ids)
        .bind::<Array<Nullable<Text>>, _>(descriptions)
        .bind::<Array<Nullable<Float>>, _>(xs)
        .bind::<Array<Nullable<Float>>, _>(ys)
        .bind::<SmallInt, _>(EventKind::StatusEdited as i16)
        .get_result(conn)
        .await?;
    Ok(changed > 0)
}

// What has ended stays so, unless its options change.
const PROLONG: &str = "\
    WITH p AS (SELECT ?::bigint AS id, ?::timestamptz AS ends, ?::boolean AS hides, ?::timestamptz AS at) \
    UPDATE polls q SET ends_at = p.ends, hide_totals = p.hides, changed_at = p.at, told_at = NULL FROM p \
    WHERE q.status_id = p.id AND NOT q.closed AND q.ends_at > p.at";

/// The same options with another end; votes stand. One that has ended stays as it is.
pub async fn prolong_poll(
    conn: &mut Conn,
    id: Id,
    poll: &NewPoll,
    at: DateTime<Utc>,
) -> Result<()> {
    raw::<()>(PROLONG)
        .bind::<BigInt, _>(id)
        .bind::<Timestamptz, _>(poll.ends_at)
        .bind::<Bool, _>(poll.hide_totals)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(())
}

const ASK_ANEW: &str = "\
    WITH p AS (SELECT ?::bigint AS id, ?::text[] AS options, ?::timestamptz AS ends, ?::boolean AS multiple, ?::boolean AS hides), \
    asks AS (INSERT INTO polls (status_id, multiple, ends_at, hide_totals) \
        SELECT p.id, p.multiple, p.ends, p.hides FROM p WHERE cardinality(p.options) > 0), \
    offered AS (INSERT INTO poll_options (status_id, position, title) \
        SELECT p.id, (o.place - 1)::smallint, o.title FROM p CROSS JOIN LATERAL \
        unnest(p.options) WITH ORDINALITY AS o (title, place)) \
    UPDATE statuses s SET flags = (s.flags & ~2) | CASE WHEN cardinality(p.options) > 0 THEN 2 ELSE 0 END \
    FROM p WHERE s.id = p.id";

/// Another poll in place of the one that stands, or none: all votes in the old one are void.
/// Inside the transaction of an [`edit`], after it.
pub async fn replace_poll(conn: &mut Conn, id: Id, poll: Option<NewPoll>) -> Result<()> {
    raw::<()>("DELETE FROM polls WHERE status_id = ?")
        .bind::<BigInt, _>(id)
        .execute(conn)
        .await?;
    let poll = poll.unwrap_or(NewPoll {
        options: Vec::new(),
        ends_at: DateTime::UNIX_EPOCH,
        multiple: false,
        hide_totals: false,
    });
    raw::<()>(ASK_ANEW)
        .bind::<BigInt, _>(id)
        .bind::<Array<Text>, _>(poll.options)
        .bind::<Timestamptz, _>(poll.ends_at)
        .bind::<Bool, _>(poll.multiple)
        .bind::<Bool, _>(poll.hide_totals)
        .execute(conn)
        .await?;
    Ok(())
}

/// An earlier version, as its snapshot says.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Snapshot {
    /// Safe.
    pub html: String,
    /// The content warning, or empty.
    pub spoiler_text: String,
    /// Media were hidden at first.
    pub sensitive: bool,
    /// Its media, in order.
    #[serde(default)]
    pub media: Vec<Attached>,
    /// The options of its poll, in order.
    #[serde(default)]
    pub poll: Option<Vec<String>>,
}

/// Earlier versions of a status with the time each was made, oldest first; at most the latest
/// hundred. Who may see the status is the caller's question.
pub async fn history(conn: &mut Conn, id: Id) -> Result<Vec<(Snapshot, DateTime<Utc>)>> {
    let mut rows: Vec<(Value, DateTime<Utc>)> = raw::<(Jsonb, Timestamptz)>(
        "SELECT snapshot, created_at FROM status_edits WHERE status_id = ? \
         ORDER BY id DESC LIMIT ?",
    )
    .bind::<BigInt, _>(id)
    .bind::<BigInt, _>(MOST)
    .load(conn)
    .await?;
    rows.reverse();
    rows.into_iter()
        .map(|(snapshot, at)| Ok((serde_json::from_value(snapshot)?, at)))
        .collect()
}
