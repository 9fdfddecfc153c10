//! From the first form to the desk.

use chrono::TimeDelta;

use super::super::letter::{Letter, Place, Reader};
use super::super::message::{Kind, Message, one_line};
use crate::domain::Result;

/// Asks a newcomer to confirm the address. With `needs_review`, says that a person reads the
/// application next.
pub fn confirm_address(
    place: &Place,
    to: Reader<'_>,
    link: &str,
    good_for: TimeDelta,
    needs_review: bool,
) -> Result<Message> {
    let span = to.words.span(good_for);
    Letter::to(Kind::ConfirmAddress, place, to)
        .subject("confirm-address-subject", [])
        .say("confirm-address-asked", [])
        .link("confirm-address-link", link)
        .say("confirm-address-good-for", [("span", span.into())])
        .when(needs_review, |letter| {
            letter.say("confirm-address-review", [])
        })
        .say("confirm-address-not-you", [])
        .message()
}

/// Asks somebody who is in to confirm the address that they chose.
pub fn new_address(
    place: &Place,
    to: Reader<'_>,
    link: &str,
    good_for: TimeDelta,
) -> Result<Message> {
    let span = to.words.span(good_for);
    Letter::to(Kind::NewAddress, place, to)
        .subject("new-address-subject", [])
        .say("new-address-asked", [])
        .link("new-address-link", link)
        .say("new-address-good-for", [("span", span.into())])
        .say("new-address-not-you", [])
        .message()
}

/// Tells the owner of an address that somebody tried to join with it: the form itself gave
/// the same answer as always (T1). Names nobody.
pub fn address_taken(place: &Place, to: Reader<'_>, sign_in: &str, reset: &str) -> Result<Message> {
    Letter::to(Kind::AddressTaken, place, Reader { name: "", ..to })
        .subject("address-taken-subject", [])
        .say("address-taken-told", [])
        .link("address-taken-sign-in", sign_in)
        .link("address-taken-reset", reset)
        .say("address-taken-not-you", [])
        .message()
}

/// Tells staff that somebody waits: the newest name and how many in all. No answers: they
/// stay on the server, where they can be erased (H10).
pub fn application_received(
    place: &Place,
    to: Reader<'_>,
    newest_username: &str,
    waiting: u64,
    desk: &str,
) -> Result<Message> {
    let newest = one_line(newest_username, 60);
    let told = [
        ("newest", newest.clone().into()),
        ("waiting", waiting.into()),
    ];
    Letter::to(Kind::ApplicationReceived, place, Reader { name: "", ..to })
        .plain()
        .subject("application-received-subject", [("newest", newest.into())])
        .say("application-received-told", told)
        .say("application-received-desk", [])
        .link("application-received-link", desk)
        .message()
}

/// Tells an applicant that nobody decided for so many `weeks`, and that the application ends
/// by itself in so many `days`.
pub fn still_waiting(
    place: &Place,
    to: Reader<'_>,
    link: &str,
    weeks: i64,
    days: i64,
) -> Result<Message> {
    Letter::to(Kind::StillWaiting, place, to)
        .subject("still-waiting-subject", [])
        .say("still-waiting-told", [("weeks", weeks.into())])
        .say("still-waiting-ends", [("days", days.into())])
        .link("still-waiting-link", link)
        .message()
}
