//! While nobody is home, and when somebody is back: to those who wait, to members, to staff.

use super::super::letter::{Letter, Place, Reader};
use super::super::message::{Kind, Message};
use crate::domain::Result;

/// Tells an applicant that nobody looks after the door, and that their time stands still.
pub fn sealed(place: &Place, to: Reader<'_>, link: &str) -> Result<Message> {
    Letter::to(Kind::Sealed, place, to)
        .subject("sealed-subject", [])
        .say("sealed-told", [])
        .say("sealed-kept", [])
        .link("sealed-link", link)
        .message()
}

/// Tells a member that nobody has looked after the place for a long time, and how to take one's
/// things along, or to leave.
pub fn distress(place: &Place, to: Reader<'_>, links: &OfDistress<'_>) -> Result<Message> {
    let letter = Letter::to(Kind::Distress, place, to)
        .subject("distress-subject", [])
        .say("distress-told", [])
        .say("distress-works", [])
        .say("distress-leave", [])
        .link("distress-export", links.export)
        .link("distress-move", links.moving);
    match links.away {
        Some(away) => letter
            .say("distress-yours", [])
            .link("switch-away-link", away),
        None => letter
            .say("distress-contact", [])
            .link("distress-about", links.about),
    }
    .message()
}

/// The pages that a mail of distress leads to.
#[derive(Debug, Clone, Copy)]
pub struct OfDistress<'a> {
    /// What is yours, to take along.
    pub export: &'a str,
    /// Moving to another server.
    pub moving: &'a str,
    /// Who looks after this place.
    pub about: &'a str,
    /// For those who do: what happened while they were away.
    pub away: Option<&'a str>,
}

/// Tells an applicant that somebody is back, and until when there is an answer.
pub fn back(place: &Place, to: Reader<'_>, days: i64, link: &str) -> Result<Message> {
    Letter::to(Kind::Back, place, to)
        .subject("back-subject", [])
        .say("back-told", [("days", days.into())])
        .link("back-link", link)
        .message()
}

/// Tells staff that the absence they planned is over in a day.
pub fn absence_ends(place: &Place, to: Reader<'_>, day: &str, link: &str) -> Result<Message> {
    Letter::to(Kind::AbsenceEnds, place, to)
        .subject("absence-ends-subject", [])
        .say("absence-ends-told", [("day", day.to_owned().into())])
        .say("absence-ends-then", [])
        .link("absence-ends-link", link)
        .message()
}

/// Tells a member that they may be called to stand in.
pub fn deputy_named(place: &Place, to: Reader<'_>, link: &str) -> Result<Message> {
    Letter::to(Kind::DeputyNamed, place, to)
        .subject("deputy-named-subject", [])
        .say("deputy-named-told", [])
        .say("deputy-named-quiet", [])
        .link("deputy-named-link", link)
        .message()
}

/// Calls a deputy.
pub fn deputy_called(place: &Place, to: Reader<'_>, link: &str) -> Result<Message> {
    Letter::to(Kind::DeputyCalled, place, to)
        .subject("deputy-called-subject", [])
        .say("deputy-called-told", [])
        .say("deputy-called-may", [])
        .link("deputy-called-link", link)
        .message()
}
