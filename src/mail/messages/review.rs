//! While somebody waits: a question, a delay, a decision that was taken back.

use askama::Template;

use super::super::message::{Kind, Message, one_line};
use super::Place;
use super::decision::quoted;
use crate::domain::Result;

#[derive(Template)]
#[template(path = "mail/question.txt")]
struct Question<'a> {
    place: &'a Place,
    title: String,
    username: String,
    words: String,
    link: &'a str,
}

/// A reviewer asks something; the answer is given on the page at `link`.
pub fn question(
    place: &Place,
    to: &str,
    username: &str,
    words: &str,
    link: &str,
) -> Result<Message> {
    let body = Question {
        place,
        title: place.title(),
        username: one_line(username, 60),
        words: quoted(words),
        link,
    }
    .render()?;
    let subject = format!("A question about your application to {}", place.title());
    Message::new(Kind::Question, to, &subject, &body)
}

#[derive(Template)]
#[template(path = "mail/put_off.txt")]
struct PutOff<'a> {
    place: &'a Place,
    title: String,
    username: String,
    days: u64,
    link: &'a str,
}

/// It takes up to so many `days` longer.
pub fn put_off(place: &Place, to: &str, username: &str, days: u64, link: &str) -> Result<Message> {
    let body = PutOff {
        place,
        title: place.title(),
        username: one_line(username, 60),
        days,
        link,
    }
    .render()?;
    let subject = format!(
        "Your application to {} takes a little longer",
        place.title()
    );
    Message::new(Kind::PutOff, to, &subject, &body)
}

#[derive(Template)]
#[template(path = "mail/taken_back.txt")]
struct TakenBack<'a> {
    place: &'a Place,
    title: String,
    username: String,
    was_yes: bool,
    link: &'a str,
}

/// The decision that an earlier mail told of was taken back: the application waits again.
pub fn taken_back(
    place: &Place,
    to: &str,
    username: &str,
    was_yes: bool,
    link: &str,
) -> Result<Message> {
    let body = TakenBack {
        place,
        title: place.title(),
        username: one_line(username, 60),
        was_yes,
        link,
    }
    .render()?;
    let subject = format!("Your application to {} is open again", place.title());
    Message::new(Kind::TakenBack, to, &subject, &body)
}

#[cfg(test)]
mod tests {
    use super::super::tests_place;
    use super::*;

    const LINK: &str = "https://porch.example/waiting";

    #[test]
    fn a_question_stands_in_its_own_words() {
        let words = "Which trains?\r\nBcc: x@evil.example";
        let mail = question(&tests_place(), "ann@example.org", "ann", words, LINK).unwrap();
        assert!(
            mail.body()
                .contains("> Which trains?\n> Bcc: x@evil.example\n")
        );
        assert!(mail.body().contains(LINK));
        assert!(!mail.subject().contains('\n'));
    }

    #[test]
    fn a_delay_and_a_second_look_say_what_comes_next() {
        let mail = put_off(&tests_place(), "ann@example.org", "ann", 14, LINK).unwrap();
        assert!(mail.body().contains("14 days"));
        for was_yes in [true, false] {
            let to = "ann@example.org";
            let mail = taken_back(&tests_place(), to, "ann", was_yes, LINK).unwrap();
            assert_eq!(mail.body().contains("profile"), was_yes);
        }
    }
}
