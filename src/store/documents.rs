//! What the documents for other servers are made of: one statement for any number of actors,
//! notes or boosts. Only things of local accounts; who may have them is not asked here.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::sql_types::{
    Array, BigInt, Bool, Integer, Jsonb, Nullable, SmallInt, Text, Timestamptz,
};
use diesel_async::{AsyncConnectionCore, RunQueryDsl};
use serde_json::Value;

use super::Conn;
use super::raw::raw;
use crate::domain::visibility::Visibility;
use crate::domain::{Id, Result};
use crate::model::account::Account;
use crate::model::document_rows::{ActorRows, Addressed, BoostRows, Counts, NoteRows};

const KEYS: &str = "\
    SELECT a.id, k.public_key_pem, m.id, m.uri \
      FROM accounts a JOIN actor_keys k ON k.account_id = a.id \
      LEFT JOIN accounts m ON m.id = a.moved_to_id \
     WHERE a.id = ANY (?) AND a.host_id IS NULL";

/// The local accounts of those ids as actors, in no order; suspended ones too.
pub async fn actors(conn: &mut Conn, ids: Vec<Id>) -> Result<Vec<ActorRows>> {
    type Columns = (BigInt, Text, Nullable<BigInt>, Nullable<Text>);
    type Row = (Id, String, Option<Id>, Option<String>);
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let accounts: Vec<Account> = super::accounts_shown::load(conn, ids.clone()).await?;
    let rows: Vec<Row> = raw::<Columns>(KEYS)
        .bind::<Array<BigInt>, _>(ids)
        .load(conn)
        .await?;
    let mut accounts: HashMap<Id, Account> = accounts.into_iter().map(|a| (a.id, a)).collect();
    Ok(rows
        .into_iter()
        .filter_map(|(id, public_key_pem, moved_id, moved_uri)| {
            Some(ActorRows {
                account: accounts.remove(&id)?,
                public_key_pem,
                moved_to: moved_id.map(|id| Addressed { id, uri: moved_uri }),
            })
        })
        .collect())
}

/// One of [`actors`].
pub async fn actor(conn: &mut Conn, id: Id) -> Result<Option<ActorRows>> {
    Ok(actors(conn, vec![id]).await?.pop())
}

const NOTES: &str = "\
    SELECT s.id, s.uri, s.version, a.id, a.uri, a.username, \
           s.visibility, s.local_only, s.sensitive OR (a.flags & 32) <> 0, s.spoiler_text, s.html, s.language, \
           s.created_at, s.edited_at, par.id, par.uri, c.id, \
           (SELECT jsonb_agg(jsonb_build_object('id', m.id, 'uri', m.uri, 'username', m.username, \
                   'domain', m.handle_domain, 'mentioned', sa.mentioned) ORDER BY m.id) \
              FROM status_audience sa JOIN accounts m ON m.id = sa.account_id \
             WHERE sa.status_id = s.id), \
           (SELECT jsonb_agg(jsonb_build_object('name', t.name, 'display', t.display) ORDER BY t.name) \
              FROM status_tags st JOIN tags t ON t.id = st.tag_id WHERE st.status_id = s.id), \
           CASE WHEN (s.flags & 1) <> 0 THEN \
           (SELECT jsonb_agg(jsonb_build_object('kind', md.kind, 'path', md.path, 'mime', md.mime, \
                   'width', md.width, 'height', md.height, 'blurhash', md.blurhash, \
                   'focus_x', md.focus_x, 'focus_y', md.focus_y, \
                   'description', md.description) ORDER BY md.position, md.id) \
              FROM media md WHERE md.status_id = s.id) END, \
           CASE WHEN (s.flags & 2) <> 0 THEN \
           (SELECT jsonb_build_object('multiple', q.multiple, 'ends_at', q.ends_at, 'closed', q.closed, \
                   'hide_totals', q.hide_totals, 'voters', q.voters, \
                   'options', coalesce((SELECT jsonb_agg(jsonb_build_object('title', o.title, \
                       'votes', o.votes) ORDER BY o.position) \
                      FROM poll_options o WHERE o.status_id = q.status_id), '[]')) \
              FROM polls q WHERE q.status_id = s.id) END, \
           coalesce(st.replies_count, 0), \
           GREATEST(coalesce(st.reblogs_count, 0), coalesce(st.remote_reblogs_count, 0)), \
           GREATEST(coalesce(st.favourites_count, 0), coalesce(st.remote_favourites_count, 0)) \
      FROM statuses s JOIN accounts a ON a.id = s.account_id \
      LEFT JOIN statuses par ON par.id = s.in_reply_to_id \
      LEFT JOIN conversations c ON c.id = s.conversation_id AND c.uri_hash IS NULL \
      LEFT JOIN status_stats st ON st.status_id = s.id \
     WHERE s.id = ANY (?) AND s.reblog_of_id IS NULL AND a.host_id IS NULL";

type NoteColumns = (
    (
        BigInt,
        Nullable<Text>,
        Integer,
        BigInt,
        Nullable<Text>,
        Text,
    ),
    (SmallInt, Bool, Bool, Text, Text, Nullable<Text>),
    (
        Timestamptz,
        Nullable<Timestamptz>,
        Nullable<BigInt>,
        Nullable<Text>,
        Nullable<BigInt>,
    ),
    (
        Nullable<Jsonb>,
        Nullable<Jsonb>,
        Nullable<Jsonb>,
        Nullable<Jsonb>,
    ),
    (BigInt, BigInt, BigInt),
);
type NoteRow = (
    (Id, Option<String>, i32, Id, Option<String>, String),
    (Visibility, bool, bool, String, String, Option<String>),
    (
        DateTime<Utc>,
        Option<DateTime<Utc>>,
        Option<Id>,
        Option<String>,
        Option<Id>,
    ),
    (Option<Value>, Option<Value>, Option<Value>, Option<Value>),
    (i64, i64, i64),
);

/// The local statuses of those ids, in no order; boosts and remote ones are left out.
pub async fn notes<C>(conn: &mut C, ids: Vec<Id>) -> Result<Vec<NoteRows>>
where
    C: AsyncConnectionCore<Backend = Pg>,
{
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<NoteRow> = raw::<NoteColumns>(NOTES)
        .bind::<Array<BigInt>, _>(ids)
        .load(conn)
        .await?;
    rows.into_iter().map(note_rows).collect()
}

/// One of [`notes`].
pub async fn note<C>(conn: &mut C, id: Id) -> Result<Option<NoteRows>>
where
    C: AsyncConnectionCore<Backend = Pg>,
{
    Ok(notes(conn, vec![id]).await?.pop())
}

fn note_rows(row: NoteRow) -> Result<NoteRows> {
    let (
        (id, uri, version, author_id, author_uri, author_name),
        (visibility, local_only, sensitive, spoiler_text, html, language),
        (created_at, edited_at, parent_id, parent_uri, conversation),
        (audience, tags, media, poll),
        (replies, boosts, favourites),
    ) = row;
    Ok(NoteRows {
        note: Addressed { id, uri },
        version,
        author: Addressed {
            id: author_id,
            uri: author_uri,
        },
        author_name,
        visibility,
        local_only,
        sensitive,
        spoiler_text,
        html,
        language,
        created_at,
        edited_at,
        in_reply_to: parent_id.map(|id| Addressed {
            id,
            uri: parent_uri,
        }),
        conversation,
        audience: list(audience)?,
        tags: list(tags)?,
        media: list(media)?,
        poll: poll.map(serde_json::from_value).transpose()?,
        counts: Counts {
            replies,
            boosts,
            favourites,
        },
    })
}

fn list<T: serde::de::DeserializeOwned>(found: Option<Value>) -> Result<Vec<T>> {
    Ok(found
        .map(serde_json::from_value)
        .transpose()?
        .unwrap_or_default())
}

const BOOSTS: &str = "\
    SELECT b.id, a.id, a.uri, b.visibility, b.created_at, t.id, t.uri, ta.id, ta.uri, \
           b.local_only OR t.local_only \
      FROM statuses b JOIN accounts a ON a.id = b.account_id \
      JOIN statuses t ON t.id = b.reblog_of_id JOIN accounts ta ON ta.id = t.account_id \
     WHERE b.id = ANY (?) AND a.host_id IS NULL";

/// The boosts of those ids that local accounts made, in no order.
pub async fn boosts<C>(conn: &mut C, ids: Vec<Id>) -> Result<Vec<BoostRows>>
where
    C: AsyncConnectionCore<Backend = Pg>,
{
    type Columns = (
        (BigInt, BigInt, Nullable<Text>),
        (SmallInt, Timestamptz),
        (BigInt, Nullable<Text>),
        (BigInt, Nullable<Text>),
        Bool,
    );
    type Row = (
        (Id, Id, Option<String>),
        (Visibility, DateTime<Utc>),
        (Id, Option<String>),
        (Id, Option<String>),
        bool,
    );
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = raw::<Columns>(BOOSTS)
        .bind::<Array<BigInt>, _>(ids)
        .load(conn)
        .await?;
    let addressed = |(id, uri)| Addressed { id, uri };
    Ok(rows
        .into_iter()
        .map(
            |((id, booster, uri), (visibility, created_at), boosted, author, local_only)| {
                BoostRows {
                    id,
                    booster: addressed((booster, uri)),
                    visibility,
                    created_at,
                    boosted: addressed(boosted),
                    author: addressed(author),
                    local_only,
                }
            },
        )
        .collect())
}

/// One of [`boosts`].
pub async fn boost<C>(conn: &mut C, id: Id) -> Result<Option<BoostRows>>
where
    C: AsyncConnectionCore<Backend = Pg>,
{
    Ok(boosts(conn, vec![id]).await?.pop())
}
