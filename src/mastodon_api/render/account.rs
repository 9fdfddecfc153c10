//! Accounts: the fragment, without counters.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Urls, custom_emojis, inside, plain};
use crate::mastodon_api::entities::{
    Account as Entity, AccountRole, Approval, CustomEmoji, Field, wire,
};
use crate::model::account::Account;
use crate::model::emoji;
use crate::social::page::AccountCounters;
use crate::text;

/// What [`Account`] says that does not change without a new version. In Mastodon's words;
/// see `entities/account.rs`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Body {
    #[serde(serialize_with = "wire::id")]
    pub id: i64,
    pub username: String,
    pub acct: String,
    pub display_name: String,
    pub locked: bool,
    pub bot: bool,
    pub discoverable: Option<bool>,
    pub indexable: bool,
    pub group: bool,
    #[serde(serialize_with = "wire::midnight")]
    pub created_at: DateTime<Utc>,
    pub note: String,
    pub url: String,
    pub uri: String,
    pub avatar: String,
    pub avatar_static: String,
    pub avatar_description: String,
    pub header: String,
    pub header_static: String,
    pub header_description: String,
    pub hide_collections: Option<bool>,
    pub show_media: bool,
    pub show_media_replies: bool,
    pub show_featured: bool,
    pub emojis: Vec<CustomEmoji>,
    #[serde(skip_serializing_if = "wire::is_false")]
    pub suspended: bool,
    #[serde(skip_serializing_if = "wire::is_false")]
    pub limited: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noindex: Option<bool>,
    pub feature_approval: Approval,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<AccountRole>>,
    pub fields: Vec<Field>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved: Option<Entity>,
}

/// `accounts.kind`: 0 person, 1 service, 2 application, 3 group, 4 organisation.
const SERVICE: i16 = 1;
const APPLICATION: i16 = 2;
const GROUP: i16 = 3;

/// The inside of the account's JSON, without counters; see [`super::writer`].
///
/// `moved` is where it moved to, as that stood when this version was written.
pub fn fragment(
    urls: &Urls<'_>,
    account: &Account,
    moved: Option<(&Account, &AccountCounters)>,
) -> Bytes {
    let moved = moved.filter(|_| !account.is_suspended());
    inside(&Body {
        moved: moved.map(|(other, counters)| plain::account(urls, other, counters)),
        ..body(urls, account)
    })
}

pub(super) fn body(urls: &Urls<'_>, account: &Account) -> Body {
    let local = account.is_local();
    let suspended = account.is_suspended();
    // Of a suspended account nothing is told but that it is (quirk 30).
    let told = |text: &str| {
        if suspended {
            String::new()
        } else {
            text.to_owned()
        }
    };
    // Of another server's account a picture of ours, so that apps ask nobody else.
    let picture = |path: &Option<String>, remote: Option<String>, default: String| match path {
        _ if suspended || account.is_without_media() => default,
        Some(path) => urls.media(path),
        None => remote.unwrap_or(default),
    };
    let remote = account.avatar_remote_url.as_deref();
    let avatar = picture(
        &account.avatar_path,
        remote.and_then(|url| urls.remote(|at| at.avatar(account.id, url))),
        urls.default_avatar(),
    );
    let remote = account.header_remote_url.as_deref();
    let header = picture(
        &account.header_path,
        remote.and_then(|url| urls.remote(|at| at.header(account.id, url))),
        urls.default_header(),
    );
    Body {
        id: account.id,
        username: account.username.clone(),
        acct: account.acct(),
        display_name: told(&account.display_name),
        locked: account.locked,
        bot: matches!(account.kind, SERVICE | APPLICATION),
        discoverable: Some(account.discoverable && !suspended),
        indexable: account.indexable && !suspended,
        group: account.kind == GROUP,
        created_at: account.created_at,
        note: told(&account.note_html),
        url: match &account.url {
            Some(url) if !local => url.clone(),
            _ => urls.profile(&account.acct()),
        },
        uri: account
            .uri
            .clone()
            .unwrap_or_else(|| urls.actor(account.id)),
        avatar_static: avatar.clone(),
        avatar,
        avatar_description: told(&account.avatar_description),
        header_static: header.clone(),
        header,
        header_description: told(&account.header_description),
        hide_collections: Some(account.hide_collections),
        show_media: true,
        show_media_replies: true,
        show_featured: true,
        emojis: match suspended || account.is_without_media() {
            true => Vec::new(),
            false => {
                let emojis = emoji::from_json(account.emojis.as_ref());
                custom_emojis(urls, account.id, &emojis)
            }
        },
        suspended,
        limited: account.is_limited(),
        noindex: local.then_some(!account.indexable),
        feature_approval: Approval::nobody(),
        roles: local.then(Vec::new),
        moved: None,
        fields: if suspended {
            Vec::new()
        } else {
            fields(account)
        },
    }
}

fn fields(account: &Account) -> Vec<Field> {
    let local = account.is_local();
    account
        .profile_fields()
        .into_iter()
        .map(|field| Field {
            name: field.name,
            value: if local {
                text::html::field_html(&field.value, false)
            } else {
                field.value
            },
            verified_at: field.verified_at,
        })
        .collect()
}
