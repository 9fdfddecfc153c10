//! Yes and no.

use askama::Template;

use super::super::message::{Kind, Message, clean_text, one_line};
use super::Place;
use crate::domain::Result;

/// The longest message of a moderator in a mail, in bytes.
const MAX_WORDS: usize = 4000;

#[derive(Template)]
#[template(path = "mail/approved.txt")]
struct Approved<'a> {
    place: &'a Place,
    title: String,
    username: String,
    words: String,
    drafts: u64,
    link: &'a str,
}

/// The decision is yes. `words` are the moderator's, empty for none; `drafts` is how many
/// wait to be published by their writer.
pub fn approved(
    place: &Place,
    to: &str,
    username: &str,
    words: &str,
    drafts: u64,
    link: &str,
) -> Result<Message> {
    let body = Approved {
        place,
        title: place.title(),
        username: one_line(username, 60),
        words: quoted(words),
        drafts,
        link,
    }
    .render()?;
    let subject = format!("Welcome to {}", place.title());
    Message::new(Kind::Approved, to, &subject, &body)
}

#[derive(Template)]
#[template(path = "mail/rejected.txt")]
struct Rejected<'a> {
    place: &'a Place,
    title: String,
    username: String,
    words: String,
    link: &'a str,
    days: u64,
}

/// The decision is no. `words` are the moderator's, empty for none; for so many `days` the
/// page at `link` still gives the application out before it is erased.
pub fn rejected(
    place: &Place,
    to: &str,
    username: &str,
    words: &str,
    link: &str,
    days: u64,
) -> Result<Message> {
    let body = Rejected {
        place,
        title: place.title(),
        username: one_line(username, 60),
        words: quoted(words),
        link,
        days,
    }
    .render()?;
    let subject = format!("About your application to {}", place.title());
    Message::new(Kind::Rejected, to, &subject, &body)
}

/// A person's words, set off from ours by `> ` on each line.
pub(super) fn quoted(words: &str) -> String {
    clean_text(words, MAX_WORDS)
        .trim()
        .lines()
        .map(|line| format!("> {line}").trim_end().to_owned())
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::super::tests_place;
    use super::*;

    #[test]
    fn a_yes_carries_the_words_and_the_drafts() {
        let mail = |words, drafts| {
            approved(
                &tests_place(),
                "ann@example.org",
                "ann",
                words,
                drafts,
                "https://porch.example/welcome",
            )
            .unwrap()
        };
        let message = mail("Nice to meet you.\nSit down.", 2);
        assert!(
            message
                .body()
                .contains("\n> Nice to meet you.\n> Sit down.\n")
        );
        assert!(message.body().contains("2 drafts"));
        assert!(mail("", 1).body().contains("draft is"));
        assert!(!mail("", 0).body().contains("draft"));
        assert!(!mail("", 0).body().contains("\n\n\n"));
    }

    #[test]
    fn a_no_is_kind_with_and_without_words() {
        let mail = |words| {
            let link = "https://porch.example/waiting";
            rejected(&tests_place(), "ann@example.org", "ann", words, link, 14).unwrap()
        };
        assert!(mail("We are full.").body().contains("\n> We are full.\n"));
        assert!(!mail(" ").body().contains('>'));
        assert!(mail("").body().contains("14 days"));
    }
}
