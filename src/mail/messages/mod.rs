//! The words of each mail: a function per mail, plain values in, a [`Message`](super::Message)
//! out. The templates lie under `templates/mail/`.
//!
//! Mails are plain text. Somebody's words in them are shortened and cleaned; links are made
//! by the caller from the configured address, never from a request (T4).

/// Passwords and the owner's first link.
pub mod access;
/// Yes and no.
pub mod decision;
/// From the first form to the desk.
pub mod joining;
/// While somebody waits: a question, a delay, a decision taken back.
pub mod review;

use chrono::TimeDelta;

use super::message::one_line;

/// The instance, as mails name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its title.
    pub name: String,
    /// Its address, such as `https://porch.example`.
    pub url: String,
}

impl Place {
    /// The title on one line, at most 60 characters.
    fn title(&self) -> String {
        one_line(&self.name, 60)
    }
}

/// A time span in words: `30 minutes`, `an hour`, `48 hours`, `14 days`.
fn in_words(span: TimeDelta) -> String {
    match (span.num_minutes(), span.num_hours(), span.num_days()) {
        (60, _, _) => "an hour".into(),
        (minutes, hours, _) if hours < 2 => format!("{minutes} minutes"),
        (_, hours, days) if days < 3 => format!("{hours} hours"),
        (_, _, days) => format!("{days} days"),
    }
}

#[cfg(test)]
fn tests_place() -> Place {
    Place {
        name: "The Porch\n& Sons".into(),
        url: "https://porch.example".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_words() {
        for (span, words) in [
            (TimeDelta::minutes(30), "30 minutes"),
            (TimeDelta::hours(1), "an hour"),
            (TimeDelta::hours(48), "48 hours"),
            (TimeDelta::days(14), "14 days"),
        ] {
            assert_eq!(in_words(span), words);
        }
    }
}
