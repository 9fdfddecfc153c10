//! What a poll may ask, checked: of posts and of drafts alike.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

use super::clean;
use crate::domain::error::Invalid;
use crate::domain::{Error, Result};

/// Options of one poll.
pub const MAX_OPTIONS: usize = 4;
/// Grapheme clusters of one option.
pub const MAX_OPTION: usize = 50;
/// Characters, of any kind, that the column of an option holds.
const OPTION_COLUMN: usize = 500;
/// The shortest time, in seconds.
pub const MIN_SECONDS: i64 = 300;
/// The longest time, in seconds: a twelfth of a year.
pub const MAX_SECONDS: i64 = 2_629_746;

/// A poll as somebody wants it; this is what a draft keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Poll {
    /// What can be chosen, in order.
    pub options: Vec<String>,
    /// How long it lasts from its posting, in seconds; it must be said.
    pub expires_in: Option<i64>,
    /// More than one may be chosen.
    #[serde(default)]
    pub multiple: bool,
    /// Nobody sees the numbers of the options before the end.
    #[serde(default)]
    pub hide_totals: bool,
}

impl Poll {
    /// How long it lasts.
    pub fn lasts(&self) -> TimeDelta {
        TimeDelta::seconds(self.expires_in.unwrap_or(MIN_SECONDS))
    }
}

/// The same with its options cleaned: 2 to [`MAX_OPTIONS`] of them, all different.
///
/// # Errors
/// `Invalid` on `poll`, with every trouble at once.
pub fn check(typed: Poll) -> Result<Poll> {
    let mut invalid = Invalid::new();
    let options: Vec<String> = typed
        .options
        .iter()
        // One more tells that there are too many.
        .take(MAX_OPTIONS + 1)
        .map(|option| clean::single_line(option))
        .filter(|option| !option.is_empty())
        .collect();
    if options.len() < 2 {
        invalid.add("poll", "ERR_BLANK", "needs at least two options");
    }
    if options.len() > MAX_OPTIONS {
        let sentence = format!("can have {MAX_OPTIONS} options at most");
        invalid.add("poll", "ERR_TOO_LONG", sentence);
    }
    let too_long = |option: &String| {
        option.graphemes(true).count() > MAX_OPTION || option.chars().count() > OPTION_COLUMN
    };
    if options.iter().any(too_long) {
        let sentence = format!("has an option that is longer than {MAX_OPTION} characters");
        invalid.add("poll", "ERR_TOO_LONG", sentence);
    }
    if (1..options.len()).any(|n| options[..n].contains(&options[n])) {
        invalid.add("poll", "ERR_TAKEN", "offers the same option twice");
    }
    match typed.expires_in {
        None => invalid.add("poll", "ERR_BLANK", "has no end: say how long it lasts"),
        Some(seconds) if seconds < MIN_SECONDS => {
            invalid.add("poll", "ERR_INCLUSION", "must last at least five minutes");
        }
        Some(seconds) if seconds > MAX_SECONDS => {
            invalid.add("poll", "ERR_INCLUSION", "can last a month at most");
        }
        Some(_) => {}
    }
    invalid.into_result()?;
    Ok(Poll { options, ..typed })
}

/// Why a post cannot have both.
pub fn not_with_files() -> Error {
    Error::invalid("A post can have files or a poll, not both.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poll(options: &[&str]) -> Poll {
        Poll {
            options: options.iter().map(|o| (*o).to_owned()).collect(),
            expires_in: Some(3600),
            ..Poll::default()
        }
    }

    #[test]
    fn two_to_four_different_short_options() {
        let fine = check(poll(&[" Tea\n", "Coffee"])).unwrap();
        assert_eq!(fine.options, ["Tea", "Coffee"]);
        assert!(check(poll(&["a", "b", "c", "d"])).is_ok());
        assert!(check(poll(&[&"é".repeat(MAX_OPTION), "b"])).is_ok());
        for bad in [
            poll(&[]),
            poll(&["a"]),
            poll(&["a", " \u{200b}"]),
            poll(&["a", "b", "c", "d", "e"]),
            poll(&["a", "a "]),
            poll(&["a", &"b".repeat(MAX_OPTION + 1)]),
            poll(&["a", &format!("b{}", "\u{301}".repeat(600))]),
        ] {
            assert!(check(bad.clone()).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn it_lasts_five_minutes_to_a_month() {
        let lasting = |seconds| {
            check(Poll {
                expires_in: seconds,
                ..poll(&["a", "b"])
            })
        };
        assert!(lasting(Some(MIN_SECONDS)).is_ok() && lasting(Some(MAX_SECONDS)).is_ok());
        for bad in [None, Some(-1), Some(MIN_SECONDS - 1), Some(MAX_SECONDS + 1)] {
            assert!(lasting(bad).is_err(), "{bad:?}");
        }
    }
}
