//! Statuses: the fragment, without account, counters and the viewer's part.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Urls, custom_emojis, inside, media};
use crate::domain::visibility::Visibility;
use crate::mastodon_api::entities::{
    Approval, CustomEmoji, MediaAttachment, Mention, ShallowTag, StatusApplication, wire,
};
use crate::model::status_parts::{Mentioned, StatusParts};

/// What a status says that does not change without a new version. In Mastodon's words; see
/// `entities/status.rs`. Poll, card and quote will change without one, so they are not here.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Body {
    #[serde(serialize_with = "wire::id")]
    pub id: i64,
    #[serde(serialize_with = "wire::time")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "wire::opt_id")]
    pub in_reply_to_id: Option<i64>,
    #[serde(serialize_with = "wire::opt_id")]
    pub in_reply_to_account_id: Option<i64>,
    pub sensitive: bool,
    pub spoiler_text: String,
    pub visibility: Visibility,
    pub language: Option<String>,
    pub uri: String,
    pub url: Option<String>,
    #[serde(serialize_with = "wire::opt_time")]
    pub edited_at: Option<DateTime<Utc>>,
    pub content: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<StatusApplication>,
    pub media_attachments: Vec<MediaAttachment>,
    pub mentions: Vec<Mention>,
    pub tags: Vec<ShallowTag>,
    pub emojis: Vec<CustomEmoji>,
    pub tagged_collections: [(); 0],
    pub quote_approval: Approval,
}

/// The inside of the status's JSON, without account, counters and the viewer's part; see
/// [`super::writer`].
pub fn fragment(urls: &Urls<'_>, parts: &StatusParts) -> Bytes {
    inside(&body(urls, parts))
}

pub(super) fn body(urls: &Urls<'_>, parts: &StatusParts) -> Body {
    let local = parts.author_domain.is_none();
    Body {
        id: parts.id,
        created_at: parts.created_at,
        in_reply_to_id: parts.in_reply_to_id,
        in_reply_to_account_id: parts.in_reply_to_account_id,
        sensitive: parts.sensitive,
        spoiler_text: parts.spoiler_text.clone(),
        visibility: parts.visibility,
        language: parts.language.clone(),
        uri: parts.uri.clone().unwrap_or_else(|| urls.note(parts.id)),
        url: match &parts.url {
            Some(url) if !local => Some(url.clone()),
            _ if local => Some(urls.status(&parts.author, parts.id)),
            _ => parts.uri.clone(),
        },
        edited_at: parts.edited_at,
        content: parts.html.clone(),
        application: parts.app.as_ref().map(|app| StatusApplication {
            name: app.name.clone(),
            website: app.website.clone(),
        }),
        media_attachments: parts
            .media
            .iter()
            .map(|m| media::attachment(urls, m))
            .collect(),
        mentions: parts.mentions.iter().map(|m| mention(urls, m)).collect(),
        tags: parts
            .tags
            .iter()
            .map(|name| ShallowTag {
                name: name.clone(),
                url: urls.tag(name),
            })
            .collect(),
        emojis: custom_emojis(urls, parts.account_id, &parts.emojis),
        tagged_collections: [],
        quote_approval: Approval::nobody(),
    }
}

fn mention(urls: &Urls<'_>, account: &Mentioned) -> Mention {
    let acct = match &account.domain {
        None => account.username.clone(),
        Some(domain) => format!("{}@{domain}", account.username),
    };
    Mention {
        id: account.id,
        username: account.username.clone(),
        url: match &account.url {
            Some(url) if account.domain.is_some() => url.clone(),
            _ => urls.profile(&acct),
        },
        acct,
    }
}
