//! A poll as pages show it (`templates/parts/poll.html`), and the fields that ask one
//! (`templates/parts/poll_fields.html`).

use super::form::Form;
use crate::domain::error::Invalid;
use crate::text::poll::{MAX_OPTIONS, Poll};

/// What a status asks.
#[derive(Debug, Clone)]
pub struct PollView {
    /// In order.
    pub options: Vec<OptionView>,
    /// More than one may be chosen.
    pub multiple: bool,
    /// The viewer may still vote.
    pub open: bool,
    /// The numbers of the options are hidden until it ends.
    pub hidden: bool,
    /// `7 votes · ended`.
    pub summary: String,
}

/// What can be chosen.
#[derive(Debug, Clone)]
pub struct OptionView {
    /// From 0.
    pub position: usize,
    /// Text.
    pub title: String,
    /// The same as HTML: escaped, with its custom emoji as pictures.
    pub title_html: String,
    /// How many chose it.
    pub votes: i64,
    /// Of all who voted, in percent.
    pub share: i64,
    /// The viewer chose it.
    pub chosen: bool,
}

impl OptionView {
    /// `1 vote`.
    pub fn counted(&self) -> String {
        match self.votes {
            1 => "1 vote".to_owned(),
            n => format!("{n} votes"),
        }
    }
}

/// How long a poll may last, as the pages offer it: seconds and words.
pub const DURATIONS: &[(&str, &str)] = &[
    ("300", "5 minutes"),
    ("1800", "30 minutes"),
    ("3600", "an hour"),
    ("21600", "6 hours"),
    ("43200", "12 hours"),
    ("86400", "a day"),
    ("259200", "3 days"),
    ("604800", "a week"),
];
/// What is chosen where nobody chose.
const USUAL: &str = "86400";

/// The field of an option, from 1.
pub fn option(place: &usize) -> String {
    format!("poll_option_{place}")
}

/// The poll that the fields `poll_option_1` … `poll_option_4`, `poll_expires_in`,
/// `poll_multiple` and `poll_hide_totals` ask; `None` where no option is filled in.
pub fn wanted<'f>(field: impl Fn(&str) -> &'f str) -> Option<Poll> {
    let options: Vec<String> = (1..=MAX_OPTIONS)
        .map(|place| field(&option(&place)).to_owned())
        .filter(|title| !title.trim().is_empty())
        .collect();
    (!options.is_empty()).then(|| Poll {
        options,
        expires_in: field("poll_expires_in").parse().ok(),
        multiple: field("poll_multiple") == "1",
        hide_totals: field("poll_hide_totals") == "1",
    })
}

/// A form whose fields say what `poll` asks; without one, that it would last a day.
pub fn filled(form: Form, poll: Option<&Poll>) -> Form {
    let seconds = poll.and_then(|poll| poll.expires_in);
    let tick = |on: Option<bool>| if on == Some(true) { "1" } else { "" };
    let form = form
        .with(
            "poll_expires_in",
            seconds.map_or(USUAL.to_owned(), |seconds| seconds.to_string()),
        )
        .with("poll_multiple", tick(poll.map(|poll| poll.multiple)))
        .with("poll_hide_totals", tick(poll.map(|poll| poll.hide_totals)));
    let options = poll.map(|poll| poll.options.as_slice()).unwrap_or_default();
    (1..).zip(options).fold(form, |form, (place, title)| {
        form.with(option(&place), title)
    })
}

/// The trouble of a poll in a whole sentence, where that is what is wrong.
pub fn trouble(invalid: &Invalid) -> Option<String> {
    let field = invalid.fields.first().filter(|f| f.field == "poll")?;
    Some(format!("The poll {}.", field.description))
}

/// Whether one of the fields is filled in or wrong: then their fold is open.
pub fn is_open(form: &Form) -> bool {
    form.error_of("poll_option_1").is_some()
        || (1..=MAX_OPTIONS).any(|place| !form.value(option(&place)).is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_wanted_again() {
        let poll = Poll {
            options: vec!["Tea".into(), "Coffee".into()],
            expires_in: Some(3600),
            multiple: true,
            hide_totals: false,
        };
        let form = filled(Form::new(), Some(&poll));
        assert!(is_open(&form));
        assert_eq!(wanted(|name| form.value(name)), Some(poll));
        let blank = filled(Form::new(), None);
        assert!(!is_open(&blank));
        assert_eq!(wanted(|name| blank.value(name)), None);
        assert!(DURATIONS.iter().any(|(seconds, _)| *seconds == USUAL));
    }
}
