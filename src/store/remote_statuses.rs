//! Posts of other servers: one statement writes one with all that hangs on it.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{
    Array, BigInt, Bool, Float, Integer, Jsonb, Nullable, SmallInt, Text, Timestamptz,
    Uuid as SqlUuid,
};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use super::Conn;
use super::raw::raw;
use super::visibility::relayable;
use crate::domain::event::{EventKind, Lane};
use crate::domain::visibility::Visibility;
use crate::domain::{Id, Result};

/// A post to be written.
#[derive(Debug, Clone)]
pub struct RemoteStatus {
    /// Its author.
    pub account: Id,
    /// Canonical address.
    pub uri: String,
    /// Its hash.
    pub uri_hash: Uuid,
    /// The page for people.
    pub url: Option<String>,
    /// `statuses.kind`.
    pub kind: i16,
    /// What it answers, where that is known.
    pub parent: Option<super::statuses::Parent>,
    /// The hash of what it answers, where that is not known: it joins when that comes (D11).
    pub orphan_of: Option<Uuid>,
    /// The hash of its thread's name.
    pub conversation: Option<Uuid>,
    /// Who it is for.
    pub visibility: Visibility,
    /// What it says.
    pub words: Words,
    /// When it was published.
    pub created_at: DateTime<Utc>,
    /// When it was last edited.
    pub edited_at: Option<DateTime<Utc>>,
    /// The moment of its id: where it stands in timelines (D28).
    pub stands_at: DateTime<Utc>,
    /// Accounts that it is for without naming them.
    pub silent: Vec<Id>,
    /// Boosts and favourites, as its own server counts them.
    pub totals: (i64, i64),
    /// What is told of it.
    pub event: EventKind,
    /// In which lane.
    pub lane: Lane,
    /// We went for it, nobody sent it: it enters no home feed.
    pub fetched: bool,
}

/// What a post says: all that an edit may change.
#[derive(Debug, Clone)]
pub struct Words {
    /// Media are hidden at first.
    pub sensitive: bool,
    /// The content warning, or empty.
    pub spoiler_text: String,
    /// Safe.
    pub html: String,
    /// Characters of it.
    pub length: i32,
    /// ISO 639, where known.
    pub language: Option<String>,
    /// `[{"shortcode", "url"}]`.
    pub emojis: Option<Value>,
    /// Which rules made the HTML safe.
    pub sanitiser_version: i16,
    /// Accounts that its text names; each once.
    pub mentions: Vec<Id>,
    /// Hashtags: normalised name and display case; each name once, sorted.
    pub tags: Vec<(String, String)>,
    /// Its media, in order; each address once.
    pub media: Vec<RemoteMedium>,
    /// What it asks.
    pub poll: Option<RemotePoll>,
}

/// A medium that lies elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct RemoteMedium {
    /// `media.kind`.
    pub kind: i16,
    /// Where it lies.
    pub url: String,
    /// Its type, where known.
    pub mime: Option<String>,
    /// Pixels.
    pub size: (Option<i32>, Option<i32>),
    /// Of its colours.
    pub blurhash: Option<String>,
    /// -1 to 1 each.
    pub focus: Option<(f32, f32)>,
    /// Alternative text.
    pub description: String,
}

/// A poll elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemotePoll {
    /// Titles and the votes that its server counts, in order.
    pub options: Vec<(String, i64)>,
    /// More than one may be chosen.
    pub multiple: bool,
    /// When it ends.
    pub ends_at: Option<DateTime<Utc>>,
    /// It has ended.
    pub closed: bool,
    /// How many voted, as its server counts.
    pub voters: i64,
}

// A stone counts that its author set, or somebody who is not here any more; what another of
// the same server says of it keeps nothing away (I14).
const INSERT: &str = "\
    WITH p AS (SELECT ?::bigint AS account, ?::text AS uri, ?::uuid AS hash, ?::text AS url, \
    ?::smallint AS kind, ?::bigint AS parent, ?::bigint AS parent_account, ?::uuid AS orphan_of, \
    ?::bigint AS conversation, ?::uuid AS talk, ?::smallint AS visibility, ?::boolean AS sensitive, \
    ?::text AS spoiler, ?::text AS html, ?::integer AS length, ?::text AS language, ?::jsonb AS emojis, \
    ?::smallint AS sanitiser, ?::timestamptz AS created, ?::timestamptz AS edited, \
    ?::timestamptz AS stands_at, ?::timestamptz AS at, ?::bigint[] AS mentions, ?::bigint[] AS silent, \
    ?::text[] AS tag_names, ?::text[] AS tag_displays, ?::smallint AS event, ?::smallint AS lane, \
    ?::bigint AS boosts, ?::bigint AS favourites, ?::boolean AS fetched), \
    m AS (SELECT ?::smallint[] AS kinds, ?::text[] AS urls, ?::text[] AS mimes, ?::integer[] AS widths, \
    ?::integer[] AS heights, ?::text[] AS hashes, ?::real[] AS xs, ?::real[] AS ys, ?::text[] AS descriptions), \
    q AS (SELECT ?::text[] AS titles, ?::bigint[] AS votes, ?::boolean AS multiple, ?::timestamptz AS ends, \
    ?::boolean AS closed, ?::bigint AS voters), \
    go AS MATERIALIZED (SELECT p.*, next_id(p.stands_at) AS id FROM p \
        WHERE NOT EXISTS (SELECT 1 FROM tombstones s WHERE s.uri_hash = p.hash AND (s.actor_id = p.account \
            OR NOT EXISTS (SELECT 1 FROM accounts o WHERE o.id = s.actor_id))) \
        AND NOT EXISTS (SELECT 1 FROM statuses s WHERE s.uri_hash = p.hash)), \
    talk AS (INSERT INTO conversations AS c (id, uri_hash) SELECT id, talk FROM go WHERE conversation IS NULL \
        ON CONFLICT (uri_hash) DO UPDATE SET uri_hash = excluded.uri_hash RETURNING c.id), \
    written AS (INSERT INTO statuses (id, account_id, uri, uri_hash, url, kind, in_reply_to_id, \
        in_reply_to_account_id, in_reply_to_uri_hash, conversation_id, visibility, sensitive, spoiler_text, \
        html, length, language, emojis, sanitiser_version, flags, created_at, edited_at) \
        SELECT go.id, go.account, go.uri, go.hash, go.url, go.kind, go.parent, go.parent_account, go.orphan_of, \
        coalesce(go.conversation, (SELECT id FROM talk)), go.visibility, go.sensitive, go.spoiler, go.html, \
        go.length, go.language, go.emojis, go.sanitiser, \
        (CASE WHEN cardinality(m.urls) > 0 THEN 1 ELSE 0 END) | (CASE WHEN cardinality(q.titles) > 0 THEN 2 ELSE 0 END) \
        | (CASE WHEN go.fetched THEN 16 ELSE 0 END), \
        go.created, go.edited FROM go CROSS JOIN m CROSS JOIN q \
        ON CONFLICT (uri_hash) DO NOTHING RETURNING id), \
    heard AS (INSERT INTO status_audience (status_id, account_id, mentioned) \
        SELECT w.id, a.id, a.mentioned FROM written w CROSS JOIN p CROSS JOIN LATERAL ( \
            SELECT n.id, true AS mentioned FROM unnest(p.mentions) AS n (id) \
            UNION ALL SELECT n.id, false FROM unnest(p.silent) AS n (id) WHERE n.id <> ALL (p.mentions)) a), \
    known AS (SELECT t.id, t.name FROM p JOIN tags t ON t.name = ANY (p.tag_names)), \
    coined AS (INSERT INTO tags AS t (name, display, created_at) SELECT n.name, n.display, p.at \
        FROM written w CROSS JOIN p CROSS JOIN LATERAL unnest(p.tag_names, p.tag_displays) AS n (name, display) \
        WHERE NOT EXISTS (SELECT 1 FROM known WHERE known.name = n.name) ORDER BY n.name \
        ON CONFLICT (name) DO UPDATE SET display = t.display RETURNING t.id), \
    tagged AS (INSERT INTO status_tags (status_id, tag_id) SELECT w.id, t.id FROM written w \
        CROSS JOIN (SELECT id FROM known UNION ALL SELECT id FROM coined) t), \
    pictured AS (INSERT INTO media (id, account_id, status_id, position, kind, state, remote_url, mime, width, \
        height, blurhash, focus_x, focus_y, description, created_at) \
        SELECT next_id(p.at), p.account, w.id, (x.place - 1)::smallint, x.kind, 3, x.url, x.mime, x.width, \
        x.height, x.hash, x.fx, x.fy, x.description, p.at FROM written w CROSS JOIN p CROSS JOIN m \
        CROSS JOIN LATERAL unnest(m.kinds, m.urls, m.mimes, m.widths, m.heights, m.hashes, m.xs, m.ys, m.descriptions) \
        WITH ORDINALITY AS x (kind, url, mime, width, height, hash, fx, fy, description, place)), \
    asked AS (INSERT INTO polls (status_id, multiple, ends_at, closed, voters, fetched_at) \
        SELECT w.id, q.multiple, q.ends, q.closed, q.voters, p.at FROM written w CROSS JOIN p CROSS JOIN q \
        WHERE cardinality(q.titles) > 0), \
    offered AS (INSERT INTO poll_options (status_id, position, title, votes) \
        SELECT w.id, (o.place - 1)::smallint, o.title, o.votes FROM written w CROSS JOIN q \
        CROSS JOIN LATERAL unnest(q.titles, q.votes) WITH ORDINALITY AS o (title, votes, place)), \
    counted AS (INSERT INTO status_stats (status_id, remote_reblogs_count, remote_favourites_count) \
        SELECT w.id, p.boosts, p.favourites FROM written w CROSS JOIN p WHERE p.boosts > 0 OR p.favourites > 0), \
    joined AS (UPDATE statuses c SET in_reply_to_id = w.id, in_reply_to_account_id = p.account, \
        in_reply_to_uri_hash = NULL, version = c.version + 1 FROM written w CROSS JOIN p \
        WHERE c.id IN (SELECT o.id FROM statuses o JOIN p ON o.in_reply_to_uri_hash = p.hash LIMIT 1000) \
        RETURNING c.id, c.account_id), \
    sent AS (UPDATE statuses s SET flags = s.flags & ~16 FROM p WHERE NOT p.fetched AND s.uri_hash = p.hash \
        AND s.account_id = p.account AND (s.flags & 16) <> 0 RETURNING s.id), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, created_at) \
        SELECT p.lane, e.kind, e.id, e.actor, p.at FROM p CROSS JOIN ( \
            SELECT 1 AS place, p.event AS kind, w.id, p.account AS actor FROM written w CROSS JOIN p \
            UNION ALL SELECT 1, p.event, sent.id, p.account FROM sent CROSS JOIN p \
            UNION ALL SELECT 2, j.kind, joined.id, joined.account_id FROM joined \
                CROSS JOIN (SELECT ?::smallint AS kind) j) e ORDER BY e.place, e.id) \
    SELECT coalesce((SELECT id FROM written), (SELECT id FROM sent))";

// A fetched one that was not committed when `INSERT` began is not in what that sees, though it
// waited for it: this sees it.
const NEWS: &str = "\
    WITH p AS (SELECT ?::uuid AS hash, ?::bigint AS account, ?::smallint AS event, ?::smallint AS lane, ?::timestamptz AS at), \
    sent AS (UPDATE statuses s SET flags = s.flags & ~16 FROM p WHERE s.uri_hash = p.hash \
        AND s.account_id = p.account AND (s.flags & 16) <> 0 RETURNING s.id), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, created_at) \
        SELECT p.lane, p.event, sent.id, p.account, p.at FROM sent CROSS JOIN p) \
    SELECT (SELECT id FROM sent)";

/// Writes a post with its event; `None` when it is there already, or was deleted once. One
/// that we had fetched and that is sent to us now is news from now on. Replies that waited for
/// it join it, each with an event of its own. One statement where a post is new, two where one
/// that was sent is known.
pub async fn insert(conn: &mut Conn, new: RemoteStatus, at: DateTime<Utc>) -> Result<Option<Id>> {
    let words = new.words;
    let (names, displays): (Vec<String>, Vec<String>) = words.tags.into_iter().unzip();
    let parent = new.parent.as_ref();
    let media = Columns::of(&words.media);
    let poll = words.poll.unwrap_or(RemotePoll {
        options: Vec::new(),
        multiple: false,
        ends_at: None,
        closed: false,
        voters: 0,
    });
    let (titles, votes): (Vec<String>, Vec<i64>) = poll.options.into_iter().unzip();
    let (hash, account, fetched) = (new.uri_hash, new.account, new.fetched);
    let (event, lane) = (new.event as i16, new.lane as i16);
    let (id,): (Option<Id>,) = raw::<(Nullable<BigInt>,)>(INSERT)
        .bind::<BigInt, _>(new.account)
        .bind::<Text, _>(new.uri)
        .bind::<SqlUuid, _>(new.uri_hash)
        .bind::<Nullable<Text>, _>(new.url)
        .bind::<SmallInt, _>(new.kind)
        .bind::<Nullable<BigInt>, _>(parent.map(|p| p.id))
        .bind::<Nullable<BigInt>, _>(parent.map(|p| p.account))
        .bind::<Nullable<SqlUuid>, _>(new.orphan_of)
        .bind::<Nullable<BigInt>, _>(parent.and_then(|p| p.conversation))
        .bind::<Nullable<SqlUuid>, _>(new.conversation)
        .bind::<SmallInt, _>(new.visibility)
        .bind::<Bool, _>(words.sensitive)
        .bind::<Text, _>(words.spoiler_text)
        .bind::<Text, _>(words.html)
        .bind::<Integer, _>(words.length)
        .bind::<Nullable<Text>, _>(words.language)
        .bind::<Nullable<Jsonb>, _>(words.emojis)
        .bind::<SmallInt, _>(words.sanitiser_version)
        .bind::<Timestamptz, _>(new.created_at)
        .bind::<Nullable<Timestamptz>, _>(new.edited_at)
        .bind::<Timestamptz, _>(new.stands_at)
        .bind::<Timestamptz, _>(at)
        .bind::<Array<BigInt>, _>(words.mentions)
        .bind::<Array<BigInt>, _>(new.silent)
        .bind::<Array<Text>, _>(names)
        .bind::<Array<Text>, _>(displays)
        .bind::<SmallInt, _>(event)
        .bind::<SmallInt, _>(lane)
        .bind::<BigInt, _>(new.totals.0)
        .bind::<BigInt, _>(new.totals.1)
        .bind::<Bool, _>(new.fetched)
        .bind::<Array<SmallInt>, _>(media.kinds)
        .bind::<Array<Text>, _>(media.urls)
        .bind::<Array<Nullable<Text>>, _>(media.mimes)
        .bind::<Array<Nullable<Integer>>, _>(media.widths)
        .bind::<Array<Nullable<Integer>>, _>(media.heights)
        .bind::<Array<Nullable<Text>>, _>(media.hashes)
        .bind::<Array<Nullable<Float>>, _>(media.xs)
        .bind::<Array<Nullable<Float>>, _>(media.ys)
        .bind::<Array<Text>, _>(media.descriptions)
        .bind::<Array<Text>, _>(titles)
        .bind::<Array<BigInt>, _>(votes)
        .bind::<Bool, _>(poll.multiple)
        .bind::<Nullable<Timestamptz>, _>(poll.ends_at)
        .bind::<Bool, _>(poll.closed)
        .bind::<BigInt, _>(poll.voters)
        .bind::<SmallInt, _>(EventKind::ReplyJoined as i16)
        .get_result(conn)
        .await?;
    if id.is_some() || fetched {
        return Ok(id);
    }
    let (id,): (Option<Id>,) = raw::<(Nullable<BigInt>,)>(NEWS)
        .bind::<SqlUuid, _>(hash)
        .bind::<BigInt, _>(account)
        .bind::<SmallInt, _>(event)
        .bind::<SmallInt, _>(lane)
        .bind::<Timestamptz, _>(at)
        .get_result(conn)
        .await?;
    Ok(id)
}

/// Whether what `actor` had under this address is gone: they say so, or somebody said so who is
/// not here any more.
pub async fn is_buried(conn: &mut Conn, hash: Uuid, actor: Id) -> Result<bool> {
    let (buried,): (bool,) = raw::<(Bool,)>(
        "SELECT EXISTS (SELECT 1 FROM tombstones t WHERE t.uri_hash = ? AND (t.actor_id = ? \
         OR NOT EXISTS (SELECT 1 FROM accounts o WHERE o.id = t.actor_id)))",
    )
    .bind::<SqlUuid, _>(hash)
    .bind::<BigInt, _>(actor)
    .get_result(conn)
    .await?;
    Ok(buried)
}

/// Media by column, as arrays are bound.
#[derive(Default)]
pub(super) struct Columns {
    pub kinds: Vec<i16>,
    pub urls: Vec<String>,
    pub mimes: Vec<Option<String>>,
    pub widths: Vec<Option<i32>>,
    pub heights: Vec<Option<i32>>,
    pub hashes: Vec<Option<String>>,
    pub xs: Vec<Option<f32>>,
    pub ys: Vec<Option<f32>>,
    pub descriptions: Vec<String>,
}

impl Columns {
    pub fn of(media: &[RemoteMedium]) -> Columns {
        let mut columns = Columns::default();
        for medium in media {
            columns.kinds.push(medium.kind);
            columns.urls.push(medium.url.clone());
            columns.mimes.push(medium.mime.clone());
            columns.widths.push(medium.size.0);
            columns.heights.push(medium.size.1);
            columns.hashes.push(medium.blurhash.clone());
            columns.xs.push(medium.focus.map(|f| f.0));
            columns.ys.push(medium.focus.map(|f| f.1));
            columns.descriptions.push(medium.description.clone());
        }
        columns
    }
}

/// A post as far as deeds need to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// `statuses.id`.
    pub id: Id,
    /// Its author.
    pub account: Id,
    /// Whether the author lives here.
    pub local: bool,
    /// Its thread.
    pub conversation: Option<Id>,
    /// What it boosts, when it is a boost.
    pub reblog_of: Option<Id>,
    /// Whether it asks something.
    pub has_poll: bool,
}

type FoundColumns = (
    BigInt,
    BigInt,
    Bool,
    Nullable<BigInt>,
    Nullable<BigInt>,
    Integer,
);
type FoundRow = (Id, Id, bool, Option<Id>, Option<Id>, i32);

/// The post (or boost) of that address.
pub async fn by_uri(conn: &mut Conn, uri: &str, hash: Uuid) -> Result<Option<Found>> {
    let row: Option<FoundRow> = raw::<FoundColumns>(
        "SELECT s.id, s.account_id, a.host_id IS NULL, s.conversation_id, s.reblog_of_id, s.flags \
         FROM statuses s JOIN accounts a ON a.id = s.account_id WHERE s.uri_hash = ? AND s.uri = ?",
    )
    .bind::<SqlUuid, _>(hash)
    .bind::<Text, _>(uri.to_owned())
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(found))
}

/// The post of that id whose author lives here, unless it is for this place alone.
pub async fn local(conn: &mut Conn, id: Id) -> Result<Option<Found>> {
    let row: Option<FoundRow> = raw::<FoundColumns>(
        "SELECT s.id, s.account_id, true, s.conversation_id, s.reblog_of_id, s.flags \
         FROM statuses s JOIN accounts a ON a.id = s.account_id AND a.host_id IS NULL \
         WHERE s.id = ? AND NOT s.local_only",
    )
    .bind::<BigInt, _>(id)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(found))
}

fn found((id, account, local, conversation, reblog_of, flags): FoundRow) -> Found {
    Found {
        id,
        account,
        local,
        conversation,
        reblog_of,
        has_poll: flags & 2 != 0,
    }
}

/// What became of an address that is kept from coming: `tombstones.kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// A post or boost that was deleted before it was ever here.
    Deleted = 0,
    /// A boost that was taken back: being sent again, it may come.
    Undone = 2,
}

/// Keeps an address from coming, from `actor`. What was deleted is more than what was taken
/// back. Of several who say it of what was never here, the last one counts: nobody can know
/// whose it is, and the owner is asked by every delivery.
pub async fn bury(
    conn: &mut Conn,
    gone: Gone,
    hash: Uuid,
    actor: Id,
    at: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<()> {
    raw::<()>(
        "INSERT INTO tombstones (uri_hash, kind, actor_id, subject_id, created_at, until) \
         VALUES (?, ?, ?, 0, ?, ?) ON CONFLICT (uri_hash) \
         DO UPDATE SET kind = excluded.kind, actor_id = excluded.actor_id, until = excluded.until \
         WHERE tombstones.kind = 2 OR (tombstones.kind = 0 AND tombstones.subject_id = 0 \
         AND excluded.kind = 0 AND tombstones.actor_id <> excluded.actor_id)",
    )
    .bind::<SqlUuid, _>(hash)
    .bind::<SmallInt, _>(gone as i16)
    .bind::<BigInt, _>(actor)
    .bind::<Timestamptz, _>(at)
    .bind::<Timestamptz, _>(until)
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether anybody here follows the account.
pub async fn is_followed(conn: &mut Conn, account: Id) -> Result<bool> {
    let (followed,): (bool,) = raw::<(Bool,)>(
        "SELECT EXISTS (SELECT 1 FROM follows f WHERE f.target_id = ? AND f.state = 1 \
         AND f.follower_host_id IS NULL)",
    )
    .bind::<BigInt, _>(account)
    .get_result(conn)
    .await?;
    Ok(followed)
}

/// Those of `accounts` who live here and have nothing against `actor`: neither blocks them.
pub async fn who_hears(conn: &mut Conn, actor: Id, accounts: Vec<Id>) -> Result<Vec<Id>> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(
        "WITH p AS (SELECT ?::bigint AS actor, ?::bigint[] AS accounts) \
         SELECT a.id FROM p JOIN accounts a ON a.id = ANY (p.accounts) WHERE a.host_id IS NULL \
         AND (a.flags & 2) = 0 \
         AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = a.id AND b.target_id = p.actor)",
    )
    .bind::<BigInt, _>(actor)
    .bind::<Array<BigInt>, _>(accounts)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Whether somebody here wants nothing of `actor` in their threads: one blocks the other, or
/// they block the other's server (I24).
pub async fn is_shut_out(conn: &mut Conn, actor: Id, by: Id) -> Result<bool> {
    let (shut_out,): (bool,) = raw::<(Bool,)>(
        "WITH p AS (SELECT ?::bigint AS actor, ?::bigint AS me) \
         SELECT EXISTS (SELECT 1 FROM p JOIN blocks b ON (b.account_id = p.me AND b.target_id = p.actor) \
             OR (b.account_id = p.actor AND b.target_id = p.me)) \
         OR EXISTS (SELECT 1 FROM p JOIN accounts a ON a.id = p.actor \
             JOIN account_domain_blocks d ON d.account_id = p.me AND d.domain = a.handle_domain)",
    )
    .bind::<BigInt, _>(actor)
    .bind::<BigInt, _>(by)
    .get_result(conn)
    .await?;
    Ok(shut_out)
}

/// Whether a post may be passed on by anybody: of those deeds only such are kept.
pub async fn may_be_boosted(conn: &mut Conn, status: Id) -> Result<bool> {
    let (may,): (bool,) = raw::<(Bool,)>(concat!(
        "SELECT EXISTS (SELECT 1 FROM statuses s WHERE s.id = ? AND ",
        relayable!("s"),
        ")"
    ))
    .bind::<BigInt, _>(status)
    .get_result(conn)
    .await?;
    Ok(may)
}
