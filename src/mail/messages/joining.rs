//! From the first form to the desk.

use chrono::TimeDelta;

use super::super::letter::{Letter, Place, Reader};
use super::super::message::{Kind, Message};
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

/// Tells an applicant that the application has come: who is to read it, and after how many
/// hours others had an answer, where that is known.
pub fn received(
    place: &Place,
    to: Reader<'_>,
    usual_hours: Option<f64>,
    in_line: bool,
    link: &str,
) -> Result<Message> {
    let letter = Letter::to(Kind::Received, place, to)
        .subject("received-subject", [])
        .say("received-told", [])
        .when(in_line, |letter| letter.say("received-in-line", []));
    let letter = match usual_hours.and_then(|hours| to.words.usual_wait(hours)) {
        Some(span) if !in_line => letter.say("usual-wait", [("span", span.into())]),
        _ => letter,
    };
    letter
        .say("received-then", [])
        .link("received-link", link)
        .message()
}

/// The same where questions of the form are still open, as apps leave them.
pub fn received_open(place: &Place, to: Reader<'_>, link: &str) -> Result<Message> {
    Letter::to(Kind::Received, place, to)
        .subject("received-subject", [])
        .say("received-open", [])
        .link("received-open-link", link)
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

/// Tells an applicant that the application ends by itself in so many `days`, because nobody
/// decided, or because they have not answered (`asked`).
pub fn end_near(
    place: &Place,
    to: Reader<'_>,
    asked: bool,
    days: i64,
    link: &str,
) -> Result<Message> {
    let (told, label) = match asked {
        true => ("end-near-asked", "end-near-answer"),
        false => ("end-near-pending", "end-near-link"),
    };
    Letter::to(Kind::EndNear, place, to)
        .subject("end-near-subject", [("days", days.into())])
        .say(told, [("days", days.into())])
        .link(label, link)
        .message()
}

/// Tells an applicant that time has ended the application; for so many `days` the page at
/// `link` still gives it out.
pub fn ended(place: &Place, to: Reader<'_>, asked: bool, days: i64, link: &str) -> Result<Message> {
    let told = match asked {
        true => "ended-asked",
        false => "ended-pending",
    };
    Letter::to(Kind::Ended, place, to)
        .subject("ended-subject", [])
        .say(told, [])
        .say("ended-kept", [("days", days.into())])
        .link("ended-link", link)
        .message()
}

/// The receipt for who withdrew: the last mail that this address gets. `again` is the form.
pub fn withdrawn(place: &Place, to: Reader<'_>, again: &str) -> Result<Message> {
    Letter::to(Kind::Withdrawn, place, to)
        .subject("withdrawn-subject", [])
        .say("withdrawn-told", [])
        .say("withdrawn-not-you", [])
        .link("withdrawn-link", again)
        .message()
}

/// Tells whoever appealed that somebody looks again.
pub fn appeal_received(place: &Place, to: Reader<'_>, link: &str) -> Result<Message> {
    Letter::to(Kind::AppealReceived, place, to)
        .subject("appeal-received-subject", [])
        .say("appeal-received-told", [])
        .link("appeal-received-link", link)
        .message()
}
