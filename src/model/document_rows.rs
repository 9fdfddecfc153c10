//! What the documents for other servers are made of: rows of ours with all that hangs on
//! them, as read by `store/documents.rs`.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::account::Account;
use crate::domain::Id;
use crate::domain::visibility::Visibility;

/// A row that other servers can name: by its `uri` where it has one, else by an address made
/// from its id (D2).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Addressed {
    /// Its id here.
    pub id: Id,
    /// `None` for our own things.
    pub uri: Option<String>,
}

/// A local account as an actor.
#[derive(Debug, Clone, PartialEq)]
pub struct ActorRows {
    /// The account itself.
    pub account: Account,
    /// SubjectPublicKeyInfo, PEM.
    pub public_key_pem: String,
    /// Where it moved to.
    pub moved_to: Option<Addressed>,
}

/// A local status that is no boost.
#[derive(Debug, Clone, PartialEq)]
pub struct NoteRows {
    /// The status.
    pub note: Addressed,
    /// Bumped by every change that shows.
    pub version: i32,
    /// Who wrote it.
    pub author: Addressed,
    /// `accounts.username` of the author.
    pub author_name: String,
    /// Who it is for.
    pub visibility: Visibility,
    /// Not for other servers at all: never send it, whatever its visibility.
    pub local_only: bool,
    /// Media are hidden at first.
    pub sensitive: bool,
    /// The content warning, or empty.
    pub spoiler_text: String,
    /// Safe.
    pub html: String,
    /// ISO 639, where known.
    pub language: Option<String>,
    /// When it was posted.
    pub created_at: DateTime<Utc>,
    /// When it was last edited.
    pub edited_at: Option<DateTime<Utc>>,
    /// What it answers, if that is still known.
    pub in_reply_to: Option<Addressed>,
    /// Its thread, where that began here.
    pub conversation: Option<Id>,
    /// Who it is also for, by id; all that are mentioned among them.
    pub audience: Vec<Addressee>,
    /// By name.
    pub tags: Vec<TagRow>,
    /// In the author's order.
    pub media: Vec<MediaRow>,
    /// What it asks, for those that ask something.
    pub poll: Option<PollRow>,
    /// Replies, boosts, favourites, as shown here.
    pub counts: Counts,
}

/// An account in the audience of a status.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Addressee {
    /// The account.
    pub id: Id,
    /// `None` for local ones.
    pub uri: Option<String>,
    /// `accounts.username`.
    pub username: String,
    /// `None` for local ones.
    pub domain: Option<String>,
    /// Named in the text.
    pub mentioned: bool,
}

/// A hashtag of a status.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TagRow {
    /// Normalised.
    pub name: String,
    /// In the case first seen.
    pub display: String,
}

/// A medium of a status.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct MediaRow {
    /// 0 image, 1 gifv, 2 video, 3 audio, 4 unknown.
    pub kind: i16,
    /// In public storage.
    pub path: Option<String>,
    /// Its type, where known.
    pub mime: Option<String>,
    /// Pixels.
    pub width: Option<i32>,
    /// Pixels.
    pub height: Option<i32>,
    /// Of its colours.
    pub blurhash: Option<String>,
    /// -1 to 1, with `focus_y`.
    pub focus_x: Option<f32>,
    /// -1 to 1.
    pub focus_y: Option<f32>,
    /// Alternative text; may be empty.
    pub description: String,
}

/// The poll of a status.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct PollRow {
    /// More than one option may be chosen.
    pub multiple: bool,
    /// When it ends.
    pub ends_at: Option<DateTime<Utc>>,
    /// It has ended.
    pub closed: bool,
    /// Nobody sees the numbers of the options before.
    #[serde(default)]
    pub hide_totals: bool,
    /// How many voted.
    pub voters: i64,
    /// In the author's order.
    pub options: Vec<PollOption>,
}

/// What can be chosen in a poll.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PollOption {
    /// A vote names it.
    pub title: String,
    /// How often it was chosen.
    pub votes: i64,
}

/// The counters of a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Replies.
    pub replies: i64,
    /// Boosts.
    pub boosts: i64,
    /// Favourites.
    pub favourites: i64,
}

/// A boost by a local account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoostRows {
    /// The boost's own id.
    pub id: Id,
    /// Who boosts.
    pub booster: Addressed,
    /// Who it is for.
    pub visibility: Visibility,
    /// When.
    pub created_at: DateTime<Utc>,
    /// What is boosted.
    pub boosted: Addressed,
    /// Who wrote that.
    pub author: Addressed,
    /// What is boosted never leaves this server, so neither does the boost.
    pub local_only: bool,
}
