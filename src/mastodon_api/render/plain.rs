//! The serde entities of the same things that [`super::writer`] splices.

use std::sync::Arc;

use super::{Urls, account as account_fragment, status as status_fragment};
use crate::mastodon_api::entities::{Account, Status, ViewerFlags};
use crate::model;
use crate::model::status_parts::StatusParts;
use crate::social::page::{AccountCounters, Bits, Counters};

/// An account with its counters.
pub fn account(
    urls: &Urls<'_>,
    row: &model::account::Account,
    counters: &AccountCounters,
) -> Account {
    let body = account_fragment::body(urls, row);
    Account {
        id: body.id,
        username: body.username,
        acct: body.acct,
        display_name: body.display_name,
        locked: body.locked,
        bot: body.bot,
        discoverable: body.discoverable,
        indexable: body.indexable,
        group: body.group,
        created_at: body.created_at,
        note: body.note,
        url: body.url,
        uri: body.uri,
        avatar: body.avatar,
        avatar_static: body.avatar_static,
        avatar_description: body.avatar_description,
        header: body.header,
        header_static: body.header_static,
        header_description: body.header_description,
        followers_count: counters.followers,
        following_count: counters.following,
        statuses_count: counters.statuses,
        last_status_at: counters.last_status_at.map(|at| at.date_naive()),
        hide_collections: body.hide_collections,
        show_media: body.show_media,
        show_media_replies: body.show_media_replies,
        show_featured: body.show_featured,
        moved: None,
        emojis: body.emojis,
        suspended: body.suspended,
        limited: body.limited,
        noindex: body.noindex,
        memorial: false,
        feature_approval: body.feature_approval,
        roles: body.roles,
        fields: body.fields,
    }
}

/// What stands beside the fragment of a status.
pub struct Around {
    /// Who wrote it, or boosted.
    pub account: Arc<Account>,
    /// How often it was answered, boosted, favourited.
    pub counters: Counters,
    /// What the viewer did with it; `None` for strangers.
    pub bits: Option<Bits>,
    /// What a boost shows.
    pub reblog: Option<Box<Status>>,
}

/// A status with what stands around it.
pub fn status(urls: &Urls<'_>, parts: &StatusParts, around: Around) -> Status {
    let body = status_fragment::body(urls, parts);
    Status {
        id: body.id,
        created_at: body.created_at,
        in_reply_to_id: body.in_reply_to_id,
        in_reply_to_account_id: body.in_reply_to_account_id,
        sensitive: body.sensitive,
        spoiler_text: body.spoiler_text,
        visibility: body.visibility,
        language: body.language,
        uri: body.uri,
        url: body.url,
        replies_count: around.counters.replies,
        reblogs_count: around.counters.reblogs,
        favourites_count: around.counters.favourites,
        quotes_count: 0,
        edited_at: body.edited_at,
        viewer: around.bits.map(|bits| ViewerFlags {
            favourited: bits.favourited,
            reblogged: bits.reblogged,
            muted: bits.muted,
            bookmarked: bits.bookmarked,
            pinned: bits.pinned,
            filtered: [],
            held: bits.held.map(Into::into),
        }),
        content: Some(body.content),
        text: None,
        reblog: around.reblog,
        application: body.application,
        account: around.account,
        media_attachments: body.media_attachments,
        mentions: body.mentions,
        tags: body.tags,
        emojis: body.emojis,
        tagged_collections: [],
        quote: (),
        card: (),
        poll: None,
        quote_approval: body.quote_approval,
        draft: false,
    }
}
