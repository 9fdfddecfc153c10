//! Model to entity bytes; pure.
//!
//! A status is cached as a fragment (hot-path 2 to 4): the part of its JSON that is the same
//! for everybody until its version changes. A page is spliced from fragments and facts into
//! one buffer ([`writer`]); [`plain`] builds the serde entity of the same, for the few
//! answers that are not a page. A property test holds them equal.

pub mod account;
pub mod credentials;
pub mod deleted;
pub mod media;
pub mod plain;
pub mod poll;
pub mod relationship;
pub mod status;
pub mod versions;
pub mod writer;

use bytes::Bytes;

use crate::domain::Id;
use crate::files::default_pictures;
use crate::files::remote::Addresses;
use crate::mastodon_api::entities::CustomEmoji;
use crate::model::account::Account;
use crate::model::emoji::Emoji;
use crate::model::status_parts::StatusParts;
use crate::social::page::{AccountCounters, Renderer};

/// The absolute URLs of this place.
#[derive(Debug, Clone, Copy)]
pub struct Urls<'a> {
    /// `https://porch.example`, no slash at the end.
    pub origin: &'a str,
    /// Our addresses of what lies on other servers; without them it is left out.
    pub remote: Option<&'a Addresses>,
}

impl Urls<'_> {
    /// The profile page of a local account.
    pub fn profile(&self, username: &str) -> String {
        format!("{}/@{username}", self.origin)
    }

    /// The page of a local account's status.
    pub fn status(&self, username: &str, id: i64) -> String {
        format!("{}/@{username}/{id}", self.origin)
    }

    /// The page of a hashtag, by its normalised name.
    pub fn tag(&self, name: &str) -> String {
        let name = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
        format!("{}/tags/{name}", self.origin)
    }

    /// A stored file, by the path in its row.
    pub fn media(&self, path: &str) -> String {
        format!("{}/{path}", self.origin)
    }

    /// A file of another server, by way of us.
    pub fn remote(&self, address: impl FnOnce(&Addresses) -> String) -> Option<String> {
        self.remote
            .map(|addresses| format!("{}{}", self.origin, address(addresses)))
    }

    /// The ActivityPub id of a local actor.
    pub fn actor(&self, id: i64) -> String {
        format!("{}/ap/actors/{id}", self.origin)
    }

    /// The ActivityPub id of a local status.
    pub fn note(&self, id: i64) -> String {
        format!("{}/ap/notes/{id}", self.origin)
    }

    /// The picture of an account without one.
    pub fn default_avatar(&self) -> String {
        format!("{}{}", self.origin, default_pictures::AVATAR_PATH)
    }

    /// The header of an account without one.
    pub fn default_header(&self) -> String {
        format!("{}{}", self.origin, default_pictures::HEADER_PATH)
    }
}

/// What the door hands to use cases that fill the cache of fragments.
impl Renderer for Urls<'_> {
    fn status(&self, parts: &StatusParts) -> Bytes {
        status::fragment(self, parts)
    }

    fn account(&self, account: &Account, moved: Option<(&Account, &AccountCounters)>) -> Bytes {
        account::fragment(self, account, moved)
    }

    fn emoji(&self, account: Id, url: &str) -> Option<String> {
        let path = self.remote?.emoji(account, url)?;
        Some(format!("{}{path}", self.origin))
    }
}

/// The emoji of words of an account elsewhere, as apps read them. One that has no address of
/// ours is left out: apps show its shortcode.
fn custom_emojis(urls: &Urls<'_>, account: Id, emojis: &[Emoji]) -> Vec<CustomEmoji> {
    emojis
        .iter()
        .filter_map(|emoji| Some((emoji, urls.emoji(account, &emoji.url)?)))
        .map(|(emoji, url)| custom_emoji(emoji, url))
        .collect()
}

fn custom_emoji(emoji: &Emoji, url: String) -> CustomEmoji {
    CustomEmoji {
        shortcode: emoji.shortcode.clone(),
        static_url: url.clone(),
        url,
        visible_in_picker: false,
        category: None,
    }
}

/// A serde struct as the inside of a JSON object: no braces.
fn inside(body: &impl serde::Serialize) -> Bytes {
    // These structs hold texts and numbers only: writing them into memory cannot fail.
    let mut json = serde_json::to_vec(body).unwrap_or_default();
    if json.len() >= 2 {
        json.pop();
        json.remove(0);
    }
    Bytes::from(json)
}
