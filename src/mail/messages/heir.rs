//! To whom the place goes when nobody comes back: the question, the notice to all, what came of
//! it.

use super::super::letter::{Letter, Place, Reader};
use super::super::message::{Kind, Message};
use crate::domain::Result;
use crate::text::catalogue::Value;

/// Asks a member to be the heir: `who` asks, and the question stands until `day`.
pub fn offered(place: &Place, to: Reader<'_>, who: &str, day: &str, link: &str) -> Result<Message> {
    Letter::to(Kind::HeirOffered, place, to)
        .subject("heir-offered-subject", [])
        .say("heir-offered-told", [("who", at(who))])
        .say("heir-offered-means", [])
        .say("heir-offered-quiet", [("day", day.to_owned().into())])
        .link("heir-offered-link", link)
        .message()
}

/// Whom a notice is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// A member.
    Lives,
    /// An owner or admin: they end it by being there.
    Runs,
    /// Others of the staff.
    Helps,
    /// The heir, who knows.
    Heir,
    /// The contact address.
    Contact,
}

/// A notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notice<'a> {
    /// Who becomes owner.
    pub who: &'a str,
    /// When.
    pub day: &'a str,
    /// Whom it is told.
    pub whom: Whom,
    /// Where one sees who that is.
    pub profile: &'a str,
    /// Where staff see what happened; for the heir, their own page.
    pub away: &'a str,
    /// Where to take one's things along.
    pub export: &'a str,
    /// Where to move away.
    pub moving: &'a str,
}

/// Tells that the heir opened the letter, and what comes of it.
pub fn notice(place: &Place, to: Reader<'_>, told: &Notice<'_>) -> Result<Message> {
    let facts = || [("who", at(told.who)), ("day", told.day.to_owned().into())];
    let letter = Letter::to(Kind::HeirNotice, place, to)
        .subject("heir-notice-subject", [("day", told.day.to_owned().into())]);
    match told.whom {
        Whom::Heir => letter
            .say("heir-notice-yours", facts())
            .say("heir-notice-yours-then", [])
            .link("heir-notice-own", told.away),
        Whom::Lives => letter
            .say("heir-notice-told", facts())
            .say("heir-notice-works", [])
            .say("heir-notice-stops", [])
            .link("heir-notice-profile", told.profile)
            .say("heir-notice-leave", [])
            .link("distress-export", told.export)
            .link("distress-move", told.moving),
        Whom::Runs => letter
            .say("heir-notice-told", facts())
            .say("heir-notice-runs", [])
            .link("heir-notice-away", told.away),
        Whom::Helps => letter
            .say("heir-notice-told", facts())
            .say("heir-notice-helps", [])
            .link("heir-notice-away", told.away),
        Whom::Contact => letter
            .say("heir-notice-told", facts())
            .say("heir-notice-contact", [])
            .link("heir-notice-away", told.away),
    }
    .message()
}

/// Why a notice is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Somebody is back.
    Back,
    /// An owner took it back.
    TakenBack,
    /// The heir is none any more.
    Void,
}

/// Tells staff and the heir that it does not come to that.
pub fn stopped(place: &Place, to: Reader<'_>, who: &str, why: Why, door: &str) -> Result<Message> {
    let letter = Letter::to(Kind::HeirStopped, place, to)
        .subject("heir-stopped-subject", [])
        .say("heir-stopped-told", [("who", at(who))]);
    match why {
        Why::Back => letter
            .say("heir-stopped-back", [])
            .say("heir-stopped-stays", []),
        Why::TakenBack => letter.say("heir-stopped-taken", []),
        Why::Void => letter.say("heir-stopped-void", [("who", at(who))]),
    }
    .link("heir-stopped-link", door)
    .message()
}

/// Tells staff and the heir (`mine`) that the place has a new owner.
pub fn succeeded(
    place: &Place,
    to: Reader<'_>,
    who: &str,
    mine: bool,
    away: &str,
) -> Result<Message> {
    let letter = Letter::to(Kind::HeirSucceeded, place, to).subject("heir-succeeded-subject", []);
    match mine {
        true => letter
            .say("heir-succeeded-yours", [])
            .say("heir-succeeded-factor", []),
        false => letter.say("heir-succeeded-told", [("who", at(who))]),
    }
    .say("heir-succeeded-roles", [])
    .link("heir-notice-away", away)
    .message()
}

fn at(name: &str) -> Value<'static> {
    format!("@{name}").into()
}
