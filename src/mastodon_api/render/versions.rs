//! The versions of a status.

use std::sync::Arc;

use super::{Urls, media, plain};
use crate::mastodon_api::entities::{PollEdit, PollEditOption, StatusEdit};
use crate::social::statuses::edit::History;

/// Oldest first.
pub fn all(urls: &Urls<'_>, history: History) -> Vec<StatusEdit> {
    let shown = &history.shown;
    let author = shown
        .row
        .boosted
        .as_ref()
        .map_or(&shown.row.author, |b| &b.author);
    let account = Arc::new(plain::account(urls, &shown.author, &author.counters));
    history
        .versions
        .into_iter()
        .map(|version| StatusEdit {
            account: account.clone(),
            content: version.html,
            spoiler_text: version.spoiler_text,
            sensitive: version.sensitive,
            created_at: version.at,
            media_attachments: version
                .media
                .iter()
                .map(|m| media::attachment(urls, m))
                .collect(),
            emojis: Vec::new(),
            poll: (!version.options.is_empty()).then(|| PollEdit {
                options: version
                    .options
                    .into_iter()
                    .map(|title| PollEditOption { title })
                    .collect(),
            }),
        })
        .collect()
}
