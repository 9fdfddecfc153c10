//! To those who keep the light on, and to the contact address: how the dead-man switch moves,
//! and what was seen of somebody in a week.

use chrono::TimeDelta;

use super::super::letter::{Letter, Place, Reader};
use super::super::message::{Kind, Message};
use crate::domain::Result;
use crate::domain::switch_notice::SwitchNotice;

/// The link that checks somebody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Here<'a> {
    /// The whole address.
    pub url: &'a str,
    /// How long it works.
    pub good_for: TimeDelta,
    /// It asks for signing in.
    pub must_sign_in: bool,
}

/// How the switch moved: `told` in paragraphs, the link that checks in (none for the contact
/// address), and where at the desk staff see more of it.
pub fn notice(
    place: &Place,
    to: Reader<'_>,
    what: SwitchNotice,
    told: &[String],
    here: Option<Here<'_>>,
    desk: &str,
) -> Result<Message> {
    let kind = match what {
        SwitchNotice::FirstWarning | SwitchNotice::SecondWarning => Kind::StillThere,
        SwitchNotice::Guarded => Kind::DoorGuarded,
        SwitchNotice::Sealed => Kind::DoorSealed,
        SwitchNotice::Over => Kind::SwitchOver,
    };
    let early = matches!(
        what,
        SwitchNotice::FirstWarning | SwitchNotice::SecondWarning
    );
    let mut letter = Letter::to(kind, place, to)
        .plain()
        .subject(what.subject(), [])
        .paragraphs(told);
    if let Some(here) = here {
        let words = to.words;
        letter = letter
            .say("switch-here-told", [])
            .link("switch-here-link", here.url)
            .say(
                match here.must_sign_in {
                    true => "switch-here-sign-in",
                    false => "switch-here-good-for",
                },
                [("span", words.span(here.good_for).into())],
            )
            .when(early, |letter| letter.say("switch-other-ways", []));
    }
    let over = what == SwitchNotice::Over;
    let letter = match (early, over) {
        (true, _) if here.is_some() => letter,
        (true, _) | (_, true) => letter.link("switch-desk-link", desk),
        _ => letter
            .when(here.is_some(), |letter| letter.say("switch-stays", []))
            .link("switch-away-link", desk),
    };
    letter
        .when(to.name.is_empty(), |letter| {
            letter.say("switch-contact", [])
        })
        .message()
}

/// What counted as seen of somebody within a week; each a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seen {
    /// Acts at the desk.
    pub acts: u64,
    /// Acts by an app.
    pub by_app: u64,
    /// Check-ins.
    pub check_ins: u64,
    /// Visits.
    pub visits: u64,
}

/// Tells somebody of the staff what was seen of them in the last week, the latest at `last`: so
/// that a stolen session is noticed (E17).
pub fn seen(
    place: &Place,
    to: Reader<'_>,
    seen: &Seen,
    last: &str,
    sessions: &str,
) -> Result<Message> {
    let letter = Letter::to(Kind::Seen, place, to).plain();
    let lines: Vec<String> = [
        ("seen-acts", seen.acts),
        ("seen-by-app", seen.by_app),
        ("seen-check-ins", seen.check_ins),
        ("seen-visits", seen.visits),
    ]
    .into_iter()
    .filter(|(_, count)| *count > 0)
    .map(|(key, count)| letter.words(key, [("count", count.into())]))
    .collect();
    letter
        .subject("seen-subject", [])
        .say("seen-told", [])
        .list(&lines)
        .say("seen-last", [("last", last.to_owned().into())])
        .say("seen-not-you", [])
        .link("seen-link", sessions)
        .message()
}
