//! Statuses with their mentions, hashtags, media and app: one statement for any number.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::sql_types::{
    Array, BigInt, Bool, Integer, Jsonb, Nullable, SmallInt, Text, Timestamptz,
};
use diesel_async::{AsyncConnectionCore, RunQueryDsl};
use serde_json::Value;

use super::raw::raw;
use crate::domain::visibility::Visibility;
use crate::domain::{Id, Result};
use crate::model::emoji;
use crate::model::status_parts::{PostedWith, StatusParts};

type Columns = (
    (
        BigInt,
        Integer,
        BigInt,
        Text,
        Nullable<Text>,
        Nullable<Text>,
        Nullable<Text>,
    ),
    (Nullable<BigInt>, Nullable<BigInt>, Nullable<BigInt>),
    (
        SmallInt,
        Bool,
        Text,
        Text,
        Nullable<Text>,
        Timestamptz,
        Nullable<Timestamptz>,
    ),
    (Nullable<Jsonb>, Nullable<Array<Text>>, Nullable<Jsonb>),
    (Nullable<Text>, Nullable<Text>, Nullable<Jsonb>),
);
type Row = (
    (
        Id,
        i32,
        Id,
        String,
        Option<String>,
        Option<String>,
        Option<String>,
    ),
    (Option<Id>, Option<Id>, Option<Id>),
    (
        Visibility,
        bool,
        String,
        String,
        Option<String>,
        DateTime<Utc>,
        Option<DateTime<Utc>>,
    ),
    (Option<Value>, Option<Vec<String>>, Option<Value>),
    (Option<String>, Option<String>, Option<Value>),
);

// Of people whose media is kept out there is none; their posts then have the versions of other
// posts, below zero, so that nothing rendered with pictures is found again. Those of people whose
// pictures are hidden at first have versions from 2^30 on, for the same reason.
const LOAD: &str = "\
    SELECT s.id, CASE WHEN (a.flags & 16) = 0 THEN s.version ELSE -s.version END + (a.flags & 32) * 33554432, s.account_id, a.username, a.handle_domain, s.uri, s.url, \
           s.reblog_of_id, s.in_reply_to_id, s.in_reply_to_account_id, \
           s.visibility, s.sensitive OR (a.flags & 32) <> 0, s.spoiler_text, s.html, s.language, s.created_at, s.edited_at, \
           (SELECT jsonb_agg(jsonb_build_object('id', m.id, 'username', m.username, \
                   'domain', m.handle_domain, 'url', m.url) ORDER BY m.id) \
              FROM status_audience sa JOIN accounts m ON m.id = sa.account_id \
             WHERE sa.status_id = s.id AND sa.mentioned), \
           (SELECT array_agg(t.name ORDER BY t.name) \
              FROM status_tags st JOIN tags t ON t.id = st.tag_id WHERE st.status_id = s.id), \
           CASE WHEN (s.flags & 1) <> 0 AND (a.flags & 16) = 0 THEN \
           (SELECT jsonb_agg(jsonb_build_object('id', md.id, 'kind', md.kind, 'path', md.path, \
                   'preview_path', md.preview_path, 'remote_url', md.remote_url, \
                   'width', md.width, 'height', md.height, 'blurhash', md.blurhash, \
                   'focus_x', md.focus_x, 'focus_y', md.focus_y, \
                   'description', md.description) ORDER BY md.position, md.id) \
              FROM media md WHERE md.status_id = s.id) END, \
           app.name, app.website, CASE WHEN (a.flags & 16) = 0 THEN s.emojis END \
      FROM statuses s JOIN accounts a ON a.id = s.account_id \
      LEFT JOIN apps app ON app.id = s.app_id \
     WHERE s.id = ANY (?)";

/// The statuses of those ids that exist, in no order. Nothing is checked: ask the page
/// statement first whether the viewer may see them.
pub async fn load<C>(conn: &mut C, ids: Vec<Id>) -> Result<Vec<StatusParts>>
where
    C: AsyncConnectionCore<Backend = Pg>,
{
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = raw::<Columns>(LOAD)
        .bind::<Array<BigInt>, _>(ids)
        .load(conn)
        .await?;
    rows.into_iter().map(parts).collect()
}

fn parts(row: Row) -> Result<StatusParts> {
    let (
        (id, version, account_id, author, author_domain, uri, url),
        (reblog_of_id, in_reply_to_id, in_reply_to_account_id),
        (visibility, sensitive, spoiler_text, html, language, created_at, edited_at),
        (mentions, tags, media),
        (app_name, app_website, emojis),
    ) = row;
    Ok(StatusParts {
        id,
        version,
        account_id,
        author,
        author_domain,
        uri,
        url,
        reblog_of_id,
        in_reply_to_id,
        in_reply_to_account_id,
        visibility,
        sensitive,
        spoiler_text,
        html,
        language,
        created_at,
        edited_at,
        mentions: mentions
            .map(serde_json::from_value)
            .transpose()?
            .unwrap_or_default(),
        tags: tags.unwrap_or_default(),
        media: media
            .map(serde_json::from_value)
            .transpose()?
            .unwrap_or_default(),
        emojis: emoji::from_json(emojis.as_ref()),
        app: app_name.map(|name| PostedWith {
            name,
            website: app_website,
        }),
    })
}
