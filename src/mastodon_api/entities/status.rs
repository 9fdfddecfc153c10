//! A status, a boost of one, or a draft.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Account, Approval, CustomEmoji, MediaAttachment, Poll, wire};
use crate::domain::Id;
use crate::domain::hold_reason::HoldReason;
use crate::domain::visibility::Visibility;

/// A status. A boost is a status with `reblog`.
#[derive(Debug, Clone, Serialize)]
pub struct Status {
    /// Its id; later ones are larger.
    #[serde(serialize_with = "wire::id")]
    pub id: Id,
    /// When it was posted.
    #[serde(serialize_with = "wire::time")]
    pub created_at: DateTime<Utc>,
    /// The status it answers.
    #[serde(serialize_with = "wire::opt_id")]
    pub in_reply_to_id: Option<Id>,
    /// Whose status it answers.
    #[serde(serialize_with = "wire::opt_id")]
    pub in_reply_to_account_id: Option<Id>,
    /// Media are hidden at first.
    pub sensitive: bool,
    /// The content warning, or empty.
    pub spoiler_text: String,
    /// Who it is for.
    pub visibility: Visibility,
    /// ISO 639, where known.
    pub language: Option<String>,
    /// The ActivityPub id.
    pub uri: String,
    /// The page, absolute.
    pub url: Option<String>,
    /// How many answer it.
    pub replies_count: i64,
    /// How many boosted it.
    pub reblogs_count: i64,
    /// How many favoured it.
    pub favourites_count: i64,
    /// How many quote it.
    pub quotes_count: i64,
    /// The last edit; null until the first.
    #[serde(serialize_with = "wire::opt_time")]
    pub edited_at: Option<DateTime<Utc>>,
    /// What the viewer did with it; left out without a user.
    #[serde(flatten)]
    pub viewer: Option<ViewerFlags>,
    /// HTML; left out where `text` stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// As typed: the answer to a deletion only, to be drafted anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The boosted status.
    pub reblog: Option<Box<Status>>,
    /// The app it was posted with; left out where that is nobody's business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<StatusApplication>,
    /// Who posted it.
    pub account: Arc<Account>,
    /// At most four.
    pub media_attachments: Vec<MediaAttachment>,
    /// Who is mentioned.
    pub mentions: Vec<Mention>,
    /// Its hashtags.
    pub tags: Vec<ShallowTag>,
    /// Emoji in its text and content warning.
    pub emojis: Vec<CustomEmoji>,
    /// Collections it names: this server has none.
    pub tagged_collections: [(); 0],
    /// What it quotes.
    pub quote: (),
    /// The preview of a link.
    pub card: (),
    /// Its poll.
    pub poll: Option<Poll>,
    /// Who may quote it.
    pub quote_approval: Approval,
    /// A draft that only its author sees; left out when false. Ours, not Mastodon's.
    #[serde(skip_serializing_if = "wire::is_false")]
    pub draft: bool,
}

/// What the viewer did with a status. Present with a user's token, absent without.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ViewerFlags {
    /// Favoured it.
    pub favourited: bool,
    /// Boosted it.
    pub reblogged: bool,
    /// Muted its conversation.
    pub muted: bool,
    /// Bookmarked it.
    pub bookmarked: bool,
    /// Pinned it; only on one's own, where it could be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pinned: Option<bool>,
    /// The filters that match: this server has none yet.
    pub filtered: [(); 0],
    /// It is one's own and waits before it goes out; left out otherwise. Ours, not Mastodon's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
}

/// Why a post is live here, but waits before it goes to other servers and to strangers.
#[derive(Debug, Clone, Serialize)]
pub struct Held {
    /// A word: `probation`, `large_file`, `first_week`, `waking`, `by_hand`.
    pub reason: HoldReason,
    /// The same as its author reads it.
    pub text: &'static str,
}

impl From<HoldReason> for Held {
    fn from(reason: HoldReason) -> Held {
        Held {
            reason,
            text: reason.to_author(),
        }
    }
}

/// The app that a status was posted with.
#[derive(Debug, Clone, Serialize)]
pub struct StatusApplication {
    /// Its name.
    pub name: String,
    /// Its page.
    pub website: Option<String>,
}

/// Somebody mentioned in a status.
#[derive(Debug, Clone, Serialize)]
pub struct Mention {
    /// The account's id.
    #[serde(serialize_with = "wire::id")]
    pub id: Id,
    /// The bare name.
    pub username: String,
    /// The profile page; equals the link in the content.
    pub url: String,
    /// See [`Account::acct`].
    pub acct: String,
}

/// A hashtag in a status.
#[derive(Debug, Clone, Serialize)]
pub struct ShallowTag {
    /// Normalised, lower case, without `#`.
    pub name: String,
    /// Its page here.
    pub url: String,
}
