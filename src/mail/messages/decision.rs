//! Yes and no.

use super::super::letter::{Letter, Place, Reader};
use super::super::message::{Kind, Message};
use crate::domain::Result;

/// The decision is yes. `words` are the moderator's, empty for none; `drafts` is how many
/// wait to be published by their writer.
pub fn approved(
    place: &Place,
    to: Reader<'_>,
    words: &str,
    drafts: u64,
    link: &str,
) -> Result<Message> {
    Letter::to(Kind::Approved, place, to)
        .subject("approved-subject", [])
        .say("approved-told", [])
        .quote("approved-words", words)
        .when(drafts > 0, |letter| {
            letter.say("approved-drafts", [("count", drafts.into())])
        })
        .link("approved-link", link)
        .message()
}

/// The decision is no. `words` are the moderator's, empty for none; for so many `days` the
/// page at `link` still gives the application out before it is erased, and takes one appeal,
/// unless this was the answer to it.
pub fn rejected(
    place: &Place,
    to: Reader<'_>,
    words: &str,
    link: &str,
    days: u64,
    appealed: bool,
) -> Result<Message> {
    let next = match appealed {
        true => "rejected-last",
        false => "rejected-appeal",
    };
    Letter::to(Kind::Rejected, place, to)
        .subject("rejected-subject", [])
        .say("rejected-told", [])
        .quote("rejected-words", words)
        .say("rejected-kept", [("days", days.into())])
        .link("rejected-link", link)
        .say(next, [])
        .say("rejected-others", [])
        .message()
}
