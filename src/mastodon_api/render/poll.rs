//! Polls. They change without a new version of their status, so they are not in its fragment.

use super::custom_emoji;
use crate::mastodon_api::entities::{Poll as Entity, PollOption};
use crate::social::page::Poll;

/// A poll; `signed_in` says whether the viewer's part is there at all.
pub fn entity(poll: &Poll, signed_in: bool) -> Entity {
    Entity {
        id: poll.status,
        expires_at: poll.ends_at,
        expired: poll.expired,
        multiple: poll.multiple,
        votes_count: poll.options.iter().map(|(_, votes)| votes).sum(),
        voters_count: Some(poll.voters),
        options: poll
            .options
            .iter()
            .map(|(title, votes)| PollOption {
                title: title.clone(),
                votes_count: (!poll.hides()).then_some(*votes),
            })
            .collect(),
        // Their addresses are ours already (`social::page`).
        emojis: poll
            .emojis
            .iter()
            .map(|emoji| custom_emoji(emoji, emoji.url.clone()))
            .collect(),
        voted: signed_in.then_some(poll.is_own || !poll.own.is_empty()),
        own_votes: signed_in.then(|| poll.own.clone()),
    }
}

/// The same as JSON.
pub fn json(poll: &Poll, signed_in: bool) -> Vec<u8> {
    // Texts and numbers only: writing them into memory cannot fail.
    serde_json::to_vec(&entity(poll, signed_in)).unwrap_or_else(|_| b"null".to_vec())
}
