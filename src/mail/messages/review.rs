//! While somebody waits: a question, a delay, a decision that was taken back.

use super::super::letter::{Letter, Place, Reader};
use super::super::message::{Kind, Message};
use crate::domain::Result;

/// A reviewer asks something; the answer is given on the page at `link`, within `days`.
pub fn question(
    place: &Place,
    to: Reader<'_>,
    words: &str,
    link: &str,
    days: i64,
) -> Result<Message> {
    Letter::to(Kind::Question, place, to)
        .subject("question-subject", [])
        .quote("question-asked", words)
        .say("question-how", [])
        .link("question-link", link)
        .say("question-then", [("days", days.into())])
        .message()
}

/// It takes up to so many `days` longer.
pub fn put_off(place: &Place, to: Reader<'_>, days: u64, link: &str) -> Result<Message> {
    Letter::to(Kind::PutOff, place, to)
        .subject("put-off-subject", [])
        .say("put-off-told", [("days", days.into())])
        .link("put-off-link", link)
        .message()
}

/// The decision that an earlier mail told of was taken back: the application waits again.
pub fn taken_back(place: &Place, to: Reader<'_>, was_yes: bool, link: &str) -> Result<Message> {
    Letter::to(Kind::TakenBack, place, to)
        .subject("taken-back-subject", [])
        .say("taken-back-told", [])
        .when(was_yes, |letter| letter.say("taken-back-kept", []))
        .link("taken-back-link", link)
        .message()
}
