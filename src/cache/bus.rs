//! The live bus: what just happened, as ids, to every process that has somebody listening.
//!
//! One message an event on one channel, not one a reader: who is told is decided where the
//! readers are. Lossy by nature; nothing is missed that a reload would not show.

use redis::Pipeline;

use super::Cache;
use crate::domain::Id;

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Live {
    /// A status or a boost is new: its id, and who wrote it.
    Posted(Id, Id),
    /// A status was changed: its id, and who wrote it.
    Edited(Id, Id),
    /// A status or a boost is gone: its id, and who wrote it.
    Deleted(Id, Id),
    /// A notification: its id, and whose it is.
    Notified(Id, Id),
}

impl Live {
    /// `posted 1 2`: a word and two ids.
    pub fn to_text(self) -> String {
        let (word, id, account) = match self {
            Live::Posted(id, by) => ("posted", id, by),
            Live::Edited(id, by) => ("edited", id, by),
            Live::Deleted(id, by) => ("deleted", id, by),
            Live::Notified(id, whose) => ("notified", id, whose),
        };
        format!("{word} {id} {account}")
    }

    /// The reverse of [`Live::to_text`].
    pub fn parse(text: &str) -> Option<Live> {
        let mut words = text.split(' ');
        let (word, id, account) = (
            words.next()?,
            words.next()?.parse().ok()?,
            words.next()?.parse().ok()?,
        );
        match word {
            "posted" => Some(Live::Posted(id, account)),
            "edited" => Some(Live::Edited(id, account)),
            "deleted" => Some(Live::Deleted(id, account)),
            "notified" => Some(Live::Notified(id, account)),
            _ => None,
        }
    }
}

/// The channel's name without the prefix.
pub const CHANNEL: &str = "live";

/// Tells them all, in one call.
pub async fn publish(cache: &Cache, messages: &[Live]) {
    if messages.is_empty() {
        return;
    }
    let channel = cache.key(CHANNEL);
    let mut pipeline = Pipeline::new();
    for message in messages {
        pipeline
            .cmd("PUBLISH")
            .arg(&channel)
            .arg(message.to_text())
            .ignore();
    }
    let _: Option<()> = cache.run(&pipeline).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_back() {
        for message in [
            Live::Posted(1, 2),
            Live::Edited(3, 4),
            Live::Deleted(5, 6),
            Live::Notified(7, 8),
        ] {
            assert_eq!(Live::parse(&message.to_text()), Some(message));
        }
        assert_eq!(Live::parse("shouted 1 2"), None);
    }
}
