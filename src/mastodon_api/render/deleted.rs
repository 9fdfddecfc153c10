//! A status that was just deleted, so that it can be drafted anew (quirk 94).

use std::sync::Arc;

use super::Urls;
use super::plain::{self, Around};
use super::poll;
use crate::mastodon_api::entities::Status;
use crate::social::statuses::delete::Deleted;

/// With `text` as typed in place of `content`.
pub fn status(urls: &Urls<'_>, deleted: Deleted) -> Status {
    let shown = deleted.shown;
    let asks = shown.row.poll.as_ref().map(|poll| poll::entity(poll, true));
    // Of a boost the boosted status is shown.
    let author = shown
        .row
        .boosted
        .as_ref()
        .map_or(&shown.row.author, |b| &b.author);
    let account = plain::account(urls, &shown.author, &author.counters);
    let around = Around {
        account: Arc::new(account),
        counters: shown.row.counters,
        bits: Some(shown.row.bits),
        reblog: None,
    };
    Status {
        content: None,
        text: Some(deleted.source.text),
        poll: asks,
        ..plain::status(urls, &shown.parts, around)
    }
}
