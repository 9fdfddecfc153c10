//! From the first form to the desk.

use askama::Template;
use chrono::TimeDelta;

use super::super::message::{Kind, Message, one_line};
use super::{Place, in_words};
use crate::domain::Result;

#[derive(Template)]
#[template(path = "mail/confirm_address.txt")]
struct ConfirmAddress<'a> {
    place: &'a Place,
    title: String,
    username: String,
    link: &'a str,
    good_for: String,
    needs_review: bool,
}

/// Asks a newcomer to confirm the address. With `needs_review`, says that a person reads the
/// application next.
pub fn confirm_address(
    place: &Place,
    to: &str,
    username: &str,
    link: &str,
    good_for: TimeDelta,
    needs_review: bool,
) -> Result<Message> {
    let body = ConfirmAddress {
        place,
        title: place.title(),
        username: one_line(username, 60),
        link,
        good_for: in_words(good_for),
        needs_review,
    }
    .render()?;
    let subject = format!("Confirm your address for {}", place.title());
    Message::new(Kind::ConfirmAddress, to, &subject, &body)
}

#[derive(Template)]
#[template(path = "mail/address_taken.txt")]
struct AddressTaken<'a> {
    place: &'a Place,
    title: String,
    sign_in: &'a str,
    reset: &'a str,
}

/// Tells the owner of an address that somebody tried to join with it: the form itself gave
/// the same answer as always (T1). Names nobody.
pub fn address_taken(place: &Place, to: &str, sign_in: &str, reset: &str) -> Result<Message> {
    let body = AddressTaken {
        place,
        title: place.title(),
        sign_in,
        reset,
    }
    .render()?;
    let subject = format!("You already have a place at {}", place.title());
    Message::new(Kind::AddressTaken, to, &subject, &body)
}

#[derive(Template)]
#[template(path = "mail/application_received.txt")]
struct ApplicationReceived<'a> {
    place: &'a Place,
    title: String,
    newest: String,
    waiting: u64,
    desk: &'a str,
}

/// Tells staff that somebody waits: the newest name and how many in all. No answers: they
/// stay on the server, where they can be erased (H10).
pub fn application_received(
    place: &Place,
    to: &str,
    newest_username: &str,
    waiting: u64,
    desk: &str,
) -> Result<Message> {
    let newest = one_line(newest_username, 60);
    let subject = format!("{newest} would like to join {}", place.title());
    let body = ApplicationReceived {
        place,
        title: place.title(),
        newest,
        waiting,
        desk,
    }
    .render()?;
    Message::new(Kind::ApplicationReceived, to, &subject, &body)
}

#[derive(Template)]
#[template(path = "mail/still_waiting.txt")]
struct StillWaiting<'a> {
    place: &'a Place,
    title: String,
    username: String,
    link: &'a str,
    weeks: i64,
    days: i64,
}

/// Tells an applicant that nobody decided for so many `weeks`, and that the application ends
/// by itself in so many `days`.
pub fn still_waiting(
    place: &Place,
    to: &str,
    username: &str,
    link: &str,
    weeks: i64,
    days: i64,
) -> Result<Message> {
    let body = StillWaiting {
        place,
        title: place.title(),
        username: one_line(username, 60),
        link,
        weeks,
        days,
    }
    .render()?;
    let subject = format!("Your application to {} still waits", place.title());
    Message::new(Kind::StillWaiting, to, &subject, &body)
}

#[cfg(test)]
mod tests {
    use super::super::tests_place;
    use super::*;

    #[test]
    fn the_confirmation_says_what_comes_next() {
        let mail = |review| {
            confirm_address(
                &tests_place(),
                "ann@example.org",
                "ann",
                "https://porch.example/confirm/abc&d",
                TimeDelta::hours(48),
                review,
            )
            .unwrap()
        };
        let message = mail(true);
        assert_eq!(
            message.subject(),
            "Confirm your address for The Porch & Sons"
        );
        assert!(
            message
                .body()
                .contains("\nhttps://porch.example/confirm/abc&d\n")
        );
        assert!(message.body().contains("48 hours"));
        assert!(message.body().contains("reads your application"));
        assert!(!mail(false).body().contains("reads your application"));
    }

    #[test]
    fn staff_hears_a_name_and_a_number() {
        let mail = |waiting| {
            application_received(
                &tests_place(),
                "mod@example.org",
                "ann\r\nBcc: x",
                waiting,
                "https://porch.example/desk",
            )
            .unwrap()
        };
        assert_eq!(
            mail(1).subject(),
            "ann Bcc: x would like to join The Porch & Sons"
        );
        assert!(mail(1).body().contains("one person waits"));
        assert!(mail(7).body().contains("7 people wait"));
    }

    #[test]
    fn a_taken_address_names_nobody() {
        let message = address_taken(
            &tests_place(),
            "ann@example.org",
            "https://porch.example/sign_in",
            "https://porch.example/password",
        )
        .unwrap();
        assert!(message.body().contains("https://porch.example/password\n"));
    }
}
