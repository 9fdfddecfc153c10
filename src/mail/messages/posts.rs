//! To members, about what they posted.

use super::super::letter::{Letter, Place, Reader};
use super::super::message::{Kind, Message};
use crate::domain::Result;
use crate::domain::hold_reason::HoldReason;

/// A post is live, and waits before it goes to other servers and to strangers. `link` leads to it.
pub fn held(place: &Place, to: Reader<'_>, reason: HoldReason, link: &str) -> Result<Message> {
    let why = match reason {
        HoldReason::ByHand => "post-held-by-hand",
        HoldReason::Probation => "post-held-probation",
        HoldReason::LargeFile => "post-held-large-file",
        HoldReason::FirstWeek => "post-held-first-week",
        HoldReason::Waking => "post-held-waking",
    };
    Letter::to(Kind::PostHeld, place, to)
        .subject("post-held-subject", [])
        .say("post-held-told", [])
        .say(why, [])
        .say("post-held-nothing-lost", [])
        .link("post-held-link", link)
        .message()
}
