//! Writing statuses: what must be known before, the one statement that posts, the one that
//! deletes.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::OptionalExtension;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{
    Array, BigInt, Bool, Integer, Jsonb, Nullable, SmallInt, Text, Timestamptz,
};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use super::Conn;
use super::raw::raw;
use super::visibility::visible_to;
use crate::domain::event::EventKind;
use crate::domain::visibility::Visibility;
use crate::domain::{Error, Id, Result};
use crate::model::status_parts::{Attached, Mentioned, PostedWith};

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
    /// The accounts of those names that exist, by id. Suspended ones are not found.
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
    "?::text[] AS names, ?::bigint[] AS media, ?::timestamptz AS at) ",
    "SELECT (SELECT k.result_id FROM idempotency_keys k WHERE k.user_id = p.user_id ",
    "AND k.key = p.key AND k.created_at > p.at - interval '1 hour'), ",
    "par.id, par.account_id, par.conversation_id, ",
    "(SELECT jsonb_agg(jsonb_build_object('id', m.id, 'username', m.username, ",
    "'domain', NULL, 'url', NULL) ORDER BY m.id) FROM accounts m ",
    "WHERE lower(m.username) = ANY (p.names) AND coalesce(m.host_id, 0) = 0 AND (m.flags & 2) = 0), ",
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
    let (made_before, parent, parent_account, conversation, mentions, media): Row =
        raw::<Columns>(PREPARE)
            .bind::<BigInt, _>(asked.account)
            .bind::<BigInt, _>(asked.user)
            .bind::<Nullable<Text>, _>(asked.key)
            .bind::<Nullable<BigInt>, _>(asked.parent)
            .bind::<Array<Text>, _>(asked.names)
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

/// A local status to be written.
#[derive(Debug, Clone)]
pub struct NewStatus {
    /// The author.
    pub account: Id,
    /// The author's login.
    pub user: Id,
    /// When; the id is made from it.
    pub at: DateTime<Utc>,
    /// What it answers.
    pub parent: Option<Parent>,
    /// Who it is for.
    pub visibility: Visibility,
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
    /// The app it is posted with.
    pub app: Option<Id>,
    /// The key of a request that may be a repetition.
    pub key: Option<String>,
    /// Accounts named in the text; each once.
    pub mentions: Vec<Id>,
    /// Hashtags: normalised name and display case; each name once.
    pub tags: Vec<(String, String)>,
    /// Media to attach, in order; each once.
    pub media: Vec<Id>,
}

/// What became of a new status.
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    /// It is there.
    Posted {
        /// Its id.
        id: Id,
        /// The app as statuses show it.
        app: Option<PostedWith>,
    },
    /// Nothing was written: a twin under the same key was first, or a medium is used already.
    Nothing,
}

// One statement, one commit. The order is made by who reads whom: media, then the key (which
// waits for a parallel twin), then all that needs both. A tag row is touched only by its
// first use; after that it is found in the snapshot, so no two posts meet on it.
const POST: &str = "\
    WITH p AS (SELECT ?::bigint AS account, ?::bigint AS user_id, ?::timestamptz AS at, \
    ?::bigint AS parent, ?::bigint AS parent_account, ?::bigint AS conversation, \
    ?::smallint AS visibility, ?::boolean AS sensitive, ?::text AS spoiler, ?::text AS html, \
    ?::text AS source, ?::integer AS length, ?::text AS language, ?::bigint AS app, \
    ?::text AS key, ?::bigint[] AS mentions, ?::text[] AS tag_names, ?::text[] AS tag_displays, \
    ?::bigint[] AS media, ?::smallint AS event), \
    fresh AS MATERIALIZED (SELECT next_id(p.at) AS id FROM p), \
    attached AS (UPDATE media m SET status_id = fresh.id, position = (w.place - 1)::smallint \
        FROM p CROSS JOIN fresh CROSS JOIN LATERAL unnest(p.media) WITH ORDINALITY AS w (id, place) \
        WHERE m.id = w.id AND m.account_id = p.account AND m.status_id IS NULL AND m.state = 1 \
        RETURNING m.id), \
    ready AS (SELECT p.*, fresh.id FROM p CROSS JOIN fresh \
        WHERE (SELECT count(*) FROM attached) = cardinality(p.media)), \
    keyed AS (INSERT INTO idempotency_keys AS k (user_id, key, result_id, created_at) \
        SELECT user_id, key, id, at FROM ready WHERE key IS NOT NULL \
        ON CONFLICT (user_id, key) DO UPDATE \
            SET result_id = excluded.result_id, created_at = excluded.created_at \
            WHERE k.created_at <= excluded.created_at - interval '1 hour' \
        RETURNING k.result_id), \
    go AS (SELECT * FROM ready WHERE key IS NULL OR EXISTS (SELECT 1 FROM keyed)), \
    talk AS (INSERT INTO conversations (id) SELECT id FROM go WHERE conversation IS NULL), \
    written AS (INSERT INTO statuses (id, account_id, in_reply_to_id, in_reply_to_account_id, \
        conversation_id, visibility, sensitive, spoiler_text, html, source, length, language, \
        app_id, flags, created_at) \
        SELECT id, account, parent, parent_account, coalesce(conversation, id), visibility, \
        sensitive, spoiler, html, source, length, language, app, \
        CASE WHEN cardinality(media) > 0 THEN 1 ELSE 0 END, at FROM go \
        RETURNING id, app_id), \
    heard AS (INSERT INTO status_audience (status_id, account_id, mentioned) \
        SELECT go.id, m.id, true FROM go CROSS JOIN LATERAL unnest(go.mentions) AS m (id)), \
    known AS (SELECT t.id, t.name FROM go JOIN tags t ON t.name = ANY (go.tag_names)), \
    coined AS (INSERT INTO tags AS t (name, display, created_at) \
        SELECT n.name, n.display, go.at FROM go \
        CROSS JOIN LATERAL unnest(go.tag_names, go.tag_displays) AS n (name, display) \
        WHERE NOT EXISTS (SELECT 1 FROM known WHERE known.name = n.name) ORDER BY n.name \
        ON CONFLICT (name) DO UPDATE SET display = t.display RETURNING t.id), \
    tagged AS (INSERT INTO status_tags (status_id, tag_id) SELECT go.id, t.id FROM go \
        CROSS JOIN (SELECT id FROM known UNION ALL SELECT id FROM coined) t), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, created_at) \
        SELECT 0, event, id, account, at FROM go) \
    SELECT written.id, app.name, app.website FROM written \
    LEFT JOIN apps app ON app.id = written.app_id";

/// Posts: the status, whom it names, its hashtags, its thread, its media, the key and the
/// event.
///
/// # Errors
/// `NotFound` when the parent was deleted meanwhile.
pub async fn post(conn: &mut Conn, new: NewStatus) -> Result<Written> {
    type Row = (Id, Option<String>, Option<String>);
    let (names, displays): (Vec<String>, Vec<String>) = new.tags.into_iter().unzip();
    let parent = new.parent.as_ref();
    let written: Result<Option<Row>, DieselError> =
        raw::<(BigInt, Nullable<Text>, Nullable<Text>)>(POST)
            .bind::<BigInt, _>(new.account)
            .bind::<BigInt, _>(new.user)
            .bind::<Timestamptz, _>(new.at)
            .bind::<Nullable<BigInt>, _>(parent.map(|p| p.id))
            .bind::<Nullable<BigInt>, _>(parent.map(|p| p.account))
            .bind::<Nullable<BigInt>, _>(parent.and_then(|p| p.conversation))
            .bind::<SmallInt, _>(new.visibility)
            .bind::<Bool, _>(new.sensitive)
            .bind::<Text, _>(new.spoiler_text)
            .bind::<Text, _>(new.html)
            .bind::<Text, _>(new.source)
            .bind::<Integer, _>(new.length)
            .bind::<Nullable<Text>, _>(new.language)
            .bind::<Nullable<BigInt>, _>(new.app)
            .bind::<Nullable<Text>, _>(new.key)
            .bind::<Array<BigInt>, _>(new.mentions)
            .bind::<Array<Text>, _>(names)
            .bind::<Array<Text>, _>(displays)
            .bind::<Array<BigInt>, _>(new.media)
            .bind::<SmallInt, _>(EventKind::StatusPosted as i16)
            .get_result(conn)
            .await
            .optional();
    match written {
        Ok(Some((id, name, website))) => Ok(Written::Posted {
            id,
            app: name.map(|name| PostedWith { name, website }),
        }),
        Ok(None) => Ok(Written::Nothing),
        Err(cause) => match broken_reference(&cause) {
            // A medium was attached, but the status was not written: a twin was first.
            Some("media_status_id_fkey") => Ok(Written::Nothing),
            Some("statuses_in_reply_to_id_fkey") => Err(Error::NotFound),
            _ => Err(cause.into()),
        },
    }
}

/// The foreign key that an error is about.
fn broken_reference(cause: &DieselError) -> Option<&str> {
    match cause {
        DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, about) => {
            about.constraint_name()
        }
        _ => None,
    }
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
// parent any more, hence its new version.
const DELETE: &str = "\
    WITH p AS (SELECT ?::bigint AS id, ?::bigint AS account, ?::text AS notes, \
    ?::timestamptz AS at, ?::timestamptz AS grave_until, ?::timestamptz AS stone_until, \
    ?::smallint AS event), \
    gone AS (DELETE FROM statuses s USING p WHERE s.id = p.id AND s.account_id = p.account \
        AND s.reblog_of_id IS NULL RETURNING s.*), \
    said AS (SELECT gone.id, jsonb_build_object('visibility', gone.visibility, \
        'local_only', gone.local_only, 'in_reply_to_id', gone.in_reply_to_id, \
        'in_reply_to_account_id', gone.in_reply_to_account_id, \
        'mentioned', coalesce((SELECT jsonb_agg(sa.account_id) FROM status_audience sa \
            WHERE sa.status_id = gone.id), '[]'), \
        'boosted_by', coalesce((SELECT jsonb_agg(b.account_id) FROM statuses b \
            WHERE b.reblog_of_id = gone.id), '[]')) AS audience FROM gone), \
    stone AS (INSERT INTO tombstones (uri_hash, kind, actor_id, subject_id, audience, created_at, until) \
        SELECT coalesce(gone.uri_hash, encode(substring(sha256(convert_to(p.notes || gone.id, 'UTF8')) \
            FROM 1 FOR 16), 'hex')::uuid), \
        0, gone.account_id, gone.id, said.audience, p.at, p.stone_until \
        FROM gone CROSS JOIN p JOIN said ON said.id = gone.id ON CONFLICT DO NOTHING), \
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
