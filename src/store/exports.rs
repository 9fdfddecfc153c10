//! What a member takes along: follows, blocks, mutes, bookmarks, posts. Read in pieces, by id,
//! oldest first, so that no list is too long.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Jsonb, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use super::Conn;
use super::raw::raw;
use crate::domain::visibility::Visibility;
use crate::domain::{Id, Result};

/// Somebody on a list. `handle` is without the `@` in front, and always names a server.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// What the next piece goes on from.
    pub key: Id,
    /// `bob@elsewhere.example`.
    pub handle: String,
    /// Of a follow: boosts are shown. Of a mute: notifications are hidden too.
    pub first: bool,
    /// Of a follow: each post notifies.
    pub notify: bool,
    /// Of a follow: only these languages; empty for all.
    pub languages: Vec<String>,
}

/// Which list of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum People {
    /// Whom they follow; who was asked and did not answer yet is left out.
    Following,
    /// Who follows them.
    Followers,
    /// Whom they block.
    Blocked,
    /// Whom they mute, without an end or until later than now.
    Muted,
}

macro_rules! people {
    ($table:literal, $mine:literal, $theirs:literal, $facts:literal, $which:literal) => {
        concat!(
            "WITH p AS (SELECT ?::bigint AS account, ?::text AS here, ?::bigint AS after, ?::bigint AS most, ?::timestamptz AS now) \
             SELECT l.id, o.username || '@' || coalesce(o.handle_domain, p.here), ",
            $facts,
            " FROM p JOIN ",
            $table,
            " l ON l.",
            $mine,
            " = p.account JOIN accounts o ON o.id = l.",
            $theirs,
            " WHERE l.id > p.after ",
            $which,
            " ORDER BY l.id LIMIT (SELECT most FROM p)"
        )
    };
}

const FOLLOWING: &str = people!(
    "follows",
    "account_id",
    "target_id",
    "(l.flags & 1) <> 0, (l.flags & 2) <> 0, l.languages",
    "AND l.state = 1"
);
const FOLLOWERS: &str = people!(
    "follows",
    "target_id",
    "account_id",
    "false, false, NULL::text[]",
    "AND l.state = 1"
);
const BLOCKED: &str = people!(
    "blocks",
    "account_id",
    "target_id",
    "false, false, NULL::text[]",
    ""
);
const MUTED: &str = people!(
    "mutes",
    "account_id",
    "target_id",
    "l.notifications, false, NULL::text[]",
    "AND (l.until IS NULL OR l.until > p.now)"
);

/// A piece of a list of people. `here` is the domain in handles of this place.
pub async fn people(
    conn: &mut Conn,
    account: Id,
    which: People,
    here: &str,
    (after, most): (Id, i64),
    now: DateTime<Utc>,
) -> Result<Vec<Listed>> {
    type Row = (Id, String, bool, bool, Option<Vec<String>>);
    let statement = match which {
        People::Following => FOLLOWING,
        People::Followers => FOLLOWERS,
        People::Blocked => BLOCKED,
        People::Muted => MUTED,
    };
    let rows: Vec<Row> = raw::<(BigInt, Text, Bool, Bool, Nullable<Array<Text>>)>(statement)
        .bind::<BigInt, _>(account)
        .bind::<Text, _>(here.to_owned())
        .bind::<BigInt, _>(after)
        .bind::<BigInt, _>(most)
        .bind::<Timestamptz, _>(now)
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(key, handle, first, notify, languages)| Listed {
            key,
            handle,
            first,
            notify,
            languages: languages.unwrap_or_default(),
        })
        .collect())
}

/// A piece of the blocked domains.
pub async fn domains(
    conn: &mut Conn,
    account: Id,
    (after, most): (Id, i64),
) -> Result<Vec<(Id, String)>> {
    Ok(raw::<(BigInt, Text)>(
        "SELECT id, domain FROM account_domain_blocks WHERE account_id = ? AND id > ? ORDER BY id LIMIT ?",
    )
    .bind::<BigInt, _>(account)
    .bind::<BigInt, _>(after)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?)
}

/// A bookmark, as (its key, address of a post from elsewhere, id and author of one from here).
pub type Bookmark = (Id, Option<String>, Id, String);

/// A piece of the bookmarks.
pub async fn bookmarks(
    conn: &mut Conn,
    account: Id,
    (after, most): (Id, i64),
) -> Result<Vec<Bookmark>> {
    Ok(raw::<(BigInt, Nullable<Text>, BigInt, Text)>(
        "SELECT b.id, s.uri, s.id, a.username FROM bookmarks b JOIN statuses s ON s.id = b.status_id \
         JOIN accounts a ON a.id = s.account_id WHERE b.account_id = ? AND b.id > ? ORDER BY b.id LIMIT ?",
    )
    .bind::<BigInt, _>(account)
    .bind::<BigInt, _>(after)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?)
}

/// A post of one's own.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// Its id.
    pub id: Id,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it was last edited.
    pub edited_at: Option<DateTime<Utc>>,
    /// For whom.
    pub visibility: Visibility,
    /// Behind a warning, or with media that are.
    pub sensitive: bool,
    /// The warning; may be empty.
    pub spoiler_text: String,
    /// As it was typed, where that was kept.
    pub source: Option<String>,
    /// As it is shown: sanitised HTML.
    pub html: String,
    /// Its language.
    pub language: Option<String>,
    /// Address of what it answers, or `[id, author]` of a post from here.
    pub in_reply_to: Value,
    /// `[{"path", "mime", "description"}]`.
    pub media: Value,
}

/// A piece of a member's own posts; boosts are others' posts and are left out.
pub async fn posts(conn: &mut Conn, account: Id, (after, most): (Id, i64)) -> Result<Vec<Post>> {
    type Columns = (
        (BigInt, Timestamptz, Nullable<Timestamptz>, SmallInt, Bool),
        (Text, Nullable<Text>, Text, Nullable<Text>, Jsonb, Jsonb),
    );
    type Row = (
        (Id, DateTime<Utc>, Option<DateTime<Utc>>, Visibility, bool),
        (String, Option<String>, String, Option<String>, Value, Value),
    );
    let rows: Vec<Row> = raw::<Columns>(
        "SELECT s.id, s.created_at, s.edited_at, s.visibility, s.sensitive, s.spoiler_text, s.source, s.html, s.language, \
         coalesce((SELECT CASE WHEN r.uri IS NULL THEN jsonb_build_array(r.id::text, a.username) ELSE to_jsonb(r.uri) END \
             FROM statuses r JOIN accounts a ON a.id = r.account_id WHERE r.id = s.in_reply_to_id), 'null'), \
         coalesce((SELECT jsonb_agg(jsonb_build_object('path', m.path, 'mime', m.mime, 'description', m.description) ORDER BY m.position) \
             FROM media m WHERE m.status_id = s.id AND m.path IS NOT NULL), '[]') \
         FROM statuses s WHERE s.account_id = ? AND s.reblog_of_id IS NULL AND s.id > ? ORDER BY s.id LIMIT ?",
    )
    .bind::<BigInt, _>(account)
    .bind::<BigInt, _>(after)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(
            |(
                (id, created_at, edited_at, visibility, sensitive),
                (spoiler_text, source, html, language, in_reply_to, media),
            )| Post {
                id,
                created_at,
                edited_at,
                visibility,
                sensitive,
                spoiler_text,
                source,
                html,
                language,
                in_reply_to,
                media,
            },
        )
        .collect())
}
