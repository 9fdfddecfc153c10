//! The poll of a question.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::value;
use crate::text::sanitise;

/// Options of one poll; a question with more is shown without them (N7).
const MAX_OPTIONS: usize = 20;
/// Characters of an option.
const MAX_TITLE: usize = 500;
/// What a number of votes is cut to.
const MAX_VOTES: i64 = 1_000_000_000;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poll {
    /// In order, each title once.
    pub options: Vec<Answer>,
    /// More than one may be chosen.
    pub multiple: bool,
    /// When it ends, or ended.
    pub ends_at: Option<DateTime<Utc>>,
    /// Its server says that it has ended.
    pub closed: bool,
    /// How many voted, where its server says so.
    pub voters: Option<i64>,
}

/// One of the options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// One line.
    pub title: String,
    /// Votes as its server counts them.
    pub votes: i64,
}

impl Poll {
    /// Reads it from a `Question`; `None` where it has no options that can be chosen.
    pub fn read(question: &Value) -> Option<Poll> {
        let (options, multiple) = match question.get("anyOf") {
            Some(options) if !is_empty(options) => (options, true),
            _ => (question.get("oneOf")?, false),
        };
        let mut found: Vec<Answer> = Vec::new();
        for option in value::many(Some(options), MAX_OPTIONS + 1) {
            let title =
                sanitise::plain(value::cut(value::in_language(option, "name").0?, MAX_TITLE));
            if title.is_empty() || found.iter().any(|other| other.title == title) {
                return None;
            }
            let votes = option
                .get("replies")
                .and_then(|replies| value::number(replies, "totalItems"))
                .unwrap_or(0);
            found.push(Answer {
                title,
                votes: votes.min(MAX_VOTES),
            });
        }
        let closed_at = value::moment(question, "closed");
        (2..=MAX_OPTIONS).contains(&found.len()).then(|| Poll {
            options: found,
            multiple,
            ends_at: value::moment(question, "endTime").or(closed_at),
            closed: closed_at.is_some() || value::flag(question, "closed") == Some(true),
            voters: value::number(question, "votersCount").map(|n| n.min(MAX_VOTES)),
        })
    }
}

fn is_empty(options: &Value) -> bool {
    options.is_null() || options.as_array().is_some_and(Vec::is_empty)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn option(name: &str) -> Value {
        json!({"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": 3}})
    }

    #[test]
    fn one_of_or_any_of() {
        let one = json!({"oneOf": [option("a"), option("b")], "endTime": "2026-11-22T10:00:00Z", "votersCount": 6});
        let read = Poll::read(&one).unwrap();
        assert!(!read.multiple && !read.closed);
        assert_eq!(read.options[1].votes, 3);
        assert_eq!(read.voters, Some(6));
        let any = json!({"anyOf": [option("a"), option("b")], "oneOf": [], "closed": "2026-11-22T10:00:00Z"});
        let read = Poll::read(&any).unwrap();
        assert!(read.multiple && read.closed && read.ends_at.is_some());
    }

    #[test]
    fn what_cannot_be_chosen_from_is_no_poll() {
        let many: Vec<Value> = (0..100_000).map(|n| option(&n.to_string())).collect();
        for bad in [
            json!({}),
            json!({"oneOf": []}),
            json!({"oneOf": [option("a")]}),
            json!({"oneOf": [option("a"), option("a")]}),
            json!({"oneOf": [option("a"), option("<b></b>")]}),
            json!({ "oneOf": many }),
        ] {
            assert_eq!(Poll::read(&bad), None);
        }
    }
}
