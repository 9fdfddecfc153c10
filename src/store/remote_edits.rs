//! Posts of other servers that change: the version that was, then the new words.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{
    Array, BigInt, Bool, Float, Integer, Jsonb, Nullable, SmallInt, Text, Timestamptz,
};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use super::Conn;
use super::raw::raw;
use super::remote_statuses::{Columns, RemotePoll, Words};
use crate::domain::event::EventKind;
use crate::domain::{Id, Result};

/// A post elsewhere as it stands here.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Safe.
    pub html: String,
    /// The content warning, or empty.
    pub spoiler_text: String,
    /// Media are hidden at first.
    pub sensitive: bool,
    /// ISO 639, where known.
    pub language: Option<String>,
    /// `[{"shortcode", "url"}]`.
    pub emojis: Option<Value>,
    /// Its media, in order.
    pub media: Vec<StandingMedium>,
    /// The titles of its poll, in order.
    pub options: Vec<String>,
    /// Of that poll more than one may be chosen.
    pub multiple: bool,
    /// When it was last edited, as far as is known.
    pub edited_at: Option<DateTime<Utc>>,
}

/// A medium of it.
#[derive(Debug, Clone, PartialEq)]
pub struct StandingMedium {
    /// Where it lies.
    pub url: String,
    /// Alternative text.
    pub description: String,
    /// -1 to 1 each.
    pub focus: Option<(f32, f32)>,
}

/// Locks an account's own post until the commit; `None` when there is none.
pub async fn lock(conn: &mut Conn, id: Id, account: Id) -> Result<Option<Standing>> {
    type Row = (
        (String, String, bool, Option<String>, Option<Value>),
        (Vec<String>, Vec<String>, Vec<Option<f32>>, Vec<Option<f32>>),
        (Vec<String>, bool, Option<DateTime<Utc>>),
    );
    let row: Option<Row> = raw::<(
        (Text, Text, Bool, Nullable<Text>, Nullable<Jsonb>),
        (
            Array<Text>,
            Array<Text>,
            Array<Nullable<Float>>,
            Array<Nullable<Float>>,
        ),
        (Array<Text>, Bool, Nullable<Timestamptz>),
    )>(
        "SELECT s.html, s.spoiler_text, s.sensitive, s.language, s.emojis, \
         coalesce(d.urls, '{}'), coalesce(d.descriptions, '{}'), coalesce(d.xs, '{}'), coalesce(d.ys, '{}'), \
         coalesce((SELECT array_agg(o.title ORDER BY o.position) FROM poll_options o WHERE o.status_id = s.id), '{}'), \
         coalesce((SELECT q.multiple FROM polls q WHERE q.status_id = s.id), false), \
         s.edited_at FROM statuses s CROSS JOIN LATERAL ( \
            SELECT array_agg(coalesce(m.remote_url, '') ORDER BY m.position, m.id) AS urls, \
            array_agg(m.description ORDER BY m.position, m.id) AS descriptions, \
            array_agg(m.focus_x ORDER BY m.position, m.id) AS xs, \
            array_agg(m.focus_y ORDER BY m.position, m.id) AS ys FROM media m WHERE m.status_id = s.id) d \
         WHERE s.id = ? AND s.account_id = ? AND s.reblog_of_id IS NULL \
         FOR UPDATE OF s",
    )
    .bind::<BigInt, _>(id)
    .bind::<BigInt, _>(account)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(|(words, media, (options, multiple, edited_at))| {
        let (html, spoiler_text, sensitive, language, emojis) = words;
        let (urls, descriptions, xs, ys) = media;
        let foci = xs.into_iter().zip(ys).map(|(x, y)| x.zip(y));
        let media = urls.into_iter().zip(descriptions).zip(foci);
        Standing {
            html,
            spoiler_text,
            sensitive,
            language,
            emojis,
            media: media
                .map(|((url, description), focus)| StandingMedium {
                    url,
                    description,
                    focus,
                })
                .collect(),
            options,
            multiple,
            edited_at,
        }
    }))
}

const EDIT: &str = "\
    WITH p AS (SELECT ?::bigint AS id, ?::timestamptz AS at, ?::timestamptz AS edited, ?::boolean AS sensitive, \
    ?::text AS spoiler, ?::text AS html, ?::integer AS length, ?::text AS language, ?::jsonb AS emojis, \
    ?::smallint AS sanitiser, ?::bigint[] AS mentions, ?::text[] AS tag_names, ?::text[] AS tag_displays, \
    ?::smallint AS event), \
    m AS (SELECT ?::smallint[] AS kinds, ?::text[] AS urls, ?::text[] AS mimes, ?::integer[] AS widths, \
    ?::integer[] AS heights, ?::text[] AS hashes, ?::real[] AS xs, ?::real[] AS ys, ?::text[] AS descriptions), \
    old AS (SELECT s.* FROM p JOIN statuses s ON s.id = p.id), \
    kept AS (INSERT INTO status_edits (status_id, snapshot, created_at) \
        SELECT old.id, jsonb_build_object('html', old.html, 'source', coalesce(old.source, ''), \
        'spoiler_text', old.spoiler_text, 'sensitive', old.sensitive, 'language', old.language, \
        'media', coalesce((SELECT jsonb_agg(jsonb_build_object('id', d.id, 'kind', d.kind, 'path', d.path, \
            'preview_path', d.preview_path, 'remote_url', d.remote_url, 'width', d.width, 'height', d.height, \
            'blurhash', d.blurhash, 'focus_x', d.focus_x, 'focus_y', d.focus_y, 'description', d.description) \
            ORDER BY d.position, d.id) FROM media d WHERE d.status_id = old.id), '[]')), \
        coalesce(old.edited_at, old.created_at) FROM old), \
    changed AS (UPDATE statuses s SET sensitive = p.sensitive, spoiler_text = p.spoiler, html = p.html, \
        length = p.length, language = p.language, emojis = p.emojis, sanitiser_version = p.sanitiser, \
        flags = (s.flags & ~1) | CASE WHEN cardinality(m.urls) > 0 THEN 1 ELSE 0 END, \
        version = s.version + 1, edited_at = p.edited FROM p CROSS JOIN m WHERE s.id = p.id \
        RETURNING s.id, s.account_id), \
    unheard AS (DELETE FROM status_audience sa USING p WHERE sa.status_id = p.id AND sa.mentioned \
        AND sa.account_id <> ALL (p.mentions)), \
    heard AS (INSERT INTO status_audience (status_id, account_id, mentioned) \
        SELECT p.id, n.id, true FROM p CROSS JOIN LATERAL unnest(p.mentions) AS n (id) \
        ON CONFLICT (status_id, account_id) DO UPDATE SET mentioned = true), \
    untagged AS (DELETE FROM status_tags st USING p, tags t WHERE st.status_id = p.id AND t.id = st.tag_id \
        AND t.name <> ALL (p.tag_names)), \
    known AS (SELECT t.id, t.name FROM p JOIN tags t ON t.name = ANY (p.tag_names)), \
    coined AS (INSERT INTO tags AS t (name, display, created_at) SELECT n.name, n.display, p.at \
        FROM p CROSS JOIN LATERAL unnest(p.tag_names, p.tag_displays) AS n (name, display) \
        WHERE NOT EXISTS (SELECT 1 FROM known WHERE known.name = n.name) ORDER BY n.name \
        ON CONFLICT (name) DO UPDATE SET display = t.display RETURNING t.id), \
    tagged AS (INSERT INTO status_tags (status_id, tag_id) SELECT p.id, t.id FROM p \
        CROSS JOIN (SELECT id FROM known UNION ALL SELECT id FROM coined) t ON CONFLICT DO NOTHING), \
    wanted AS (SELECT x.* FROM m CROSS JOIN LATERAL \
        unnest(m.kinds, m.urls, m.mimes, m.widths, m.heights, m.hashes, m.xs, m.ys, m.descriptions) \
        WITH ORDINALITY AS x (kind, url, mime, width, height, hash, fx, fy, description, place)), \
    loose AS (UPDATE media d SET status_id = NULL FROM p WHERE d.status_id = p.id \
        AND NOT EXISTS (SELECT 1 FROM wanted w WHERE w.url = d.remote_url)), \
    placed AS (UPDATE media d SET position = (w.place - 1)::smallint, description = w.description, \
        focus_x = w.fx, focus_y = w.fy FROM p CROSS JOIN wanted w \
        WHERE d.status_id = p.id AND d.remote_url = w.url), \
    added AS (INSERT INTO media (id, account_id, status_id, position, kind, state, remote_url, mime, width, height, \
        blurhash, focus_x, focus_y, description, created_at) \
        SELECT next_id(p.at), old.account_id, p.id, (w.place - 1)::smallint, w.kind, 3, w.url, w.mime, w.width, \
        w.height, w.hash, w.fx, w.fy, w.description, p.at FROM p CROSS JOIN old CROSS JOIN wanted w \
        WHERE NOT EXISTS (SELECT 1 FROM media d WHERE d.status_id = p.id AND d.remote_url = w.url)), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, created_at) \
        SELECT 1, p.event, changed.id, changed.account_id, p.at FROM changed CROSS JOIN p) \
    SELECT count(*) FROM changed";

/// Writes a new version with its event. Lock the post first.
pub async fn edit(
    conn: &mut Conn,
    id: Id,
    words: Words,
    edited_at: DateTime<Utc>,
    at: DateTime<Utc>,
) -> Result<bool> {
    let (names, displays): (Vec<String>, Vec<String>) = words.tags.into_iter().unzip();
    let media = Columns::of(&words.media);
    let (changed,): (i64,) = raw::<(BigInt,)>(EDIT)
        .bind::<BigInt, _>(id)
        .bind::<Timestamptz, _>(at)
        .bind::<Timestamptz, _>(edited_at)
        .bind::<Bool, _>(words.sensitive)
        .bind::<Text, _>(words.spoiler_text)
        .bind::<Text, _>(words.html)
        .bind::<Integer, _>(words.length)
        .bind::<Nullable<Text>, _>(words.language)
        .bind::<Nullable<Jsonb>, _>(words.emojis)
        .bind::<SmallInt, _>(words.sanitiser_version)
        .bind::<Array<BigInt>, _>(words.mentions)
        .bind::<Array<Text>, _>(names)
        .bind::<Array<Text>, _>(displays)
        .bind::<SmallInt, _>(EventKind::StatusEdited as i16)
        .bind::<Array<SmallInt>, _>(media.kinds)
        .bind::<Array<Text>, _>(media.urls)
        .bind::<Array<Nullable<Text>>, _>(media.mimes)
        .bind::<Array<Nullable<Integer>>, _>(media.widths)
        .bind::<Array<Nullable<Integer>>, _>(media.heights)
        .bind::<Array<Nullable<Text>>, _>(media.hashes)
        .bind::<Array<Nullable<Float>>, _>(media.xs)
        .bind::<Array<Nullable<Float>>, _>(media.ys)
        .bind::<Array<Text>, _>(media.descriptions)
        .get_result(conn)
        .await?;
    Ok(changed > 0)
}

const RECOUNT: &str = "\
    WITH p AS (SELECT ?::bigint AS id, ?::text[] AS titles, ?::bigint[] AS votes, ?::timestamptz AS ends, \
    ?::boolean AS closed, ?::bigint AS voters, ?::timestamptz AS at), \
    counted AS (UPDATE poll_options o SET votes = n.votes FROM p CROSS JOIN LATERAL \
        unnest(p.titles, p.votes) AS n (title, votes) WHERE o.status_id = p.id AND o.title = n.title) \
    UPDATE polls q SET ends_at = p.ends, closed = p.closed, voters = p.voters, fetched_at = p.at \
    FROM p WHERE q.status_id = p.id";

/// Takes the numbers of a poll as its server counts them now. Its options stay.
pub async fn recount_poll(
    conn: &mut Conn,
    id: Id,
    poll: RemotePoll,
    at: DateTime<Utc>,
) -> Result<()> {
    let (titles, votes): (Vec<String>, Vec<i64>) = poll.options.into_iter().unzip();
    raw::<()>(RECOUNT)
        .bind::<BigInt, _>(id)
        .bind::<Array<Text>, _>(titles)
        .bind::<Array<BigInt>, _>(votes)
        .bind::<Nullable<Timestamptz>, _>(poll.ends_at)
        .bind::<Bool, _>(poll.closed)
        .bind::<BigInt, _>(poll.voters)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(())
}

const REPLACE: &str = "\
    WITH p AS (SELECT ?::bigint AS id, ?::text[] AS titles, ?::bigint[] AS votes, ?::boolean AS multiple, \
    ?::timestamptz AS ends, ?::boolean AS closed, ?::bigint AS voters, ?::timestamptz AS at), \
    asked AS (INSERT INTO polls (status_id, multiple, ends_at, closed, voters, fetched_at) \
        SELECT p.id, p.multiple, p.ends, p.closed, p.voters, p.at FROM p WHERE cardinality(p.titles) > 0), \
    offered AS (INSERT INTO poll_options (status_id, position, title, votes) \
        SELECT p.id, (o.place - 1)::smallint, o.title, o.votes FROM p CROSS JOIN LATERAL \
        unnest(p.titles, p.votes) WITH ORDINALITY AS o (title, votes, place)) \
    UPDATE statuses s SET flags = (s.flags & ~2) | CASE WHEN cardinality(p.titles) > 0 THEN 2 ELSE 0 END \
    FROM p WHERE s.id = p.id";

/// Other options are another poll: all votes in the old one are void.
pub async fn replace_poll(
    conn: &mut Conn,
    id: Id,
    poll: Option<RemotePoll>,
    at: DateTime<Utc>,
) -> Result<()> {
    raw::<()>("DELETE FROM polls WHERE status_id = ?")
        .bind::<BigInt, _>(id)
        .execute(conn)
        .await?;
    let poll = poll.unwrap_or(RemotePoll {
        options: Vec::new(),
        multiple: false,
        ends_at: None,
        closed: false,
        voters: 0,
    });
    let (titles, votes): (Vec<String>, Vec<i64>) = poll.options.into_iter().unzip();
    raw::<()>(REPLACE)
        .bind::<BigInt, _>(id)
        .bind::<Array<Text>, _>(titles)
        .bind::<Array<BigInt>, _>(votes)
        .bind::<Bool, _>(poll.multiple)
        .bind::<Nullable<Timestamptz>, _>(poll.ends_at)
        .bind::<Bool, _>(poll.closed)
        .bind::<BigInt, _>(poll.voters)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(())
}
