//! Why a post is live here, but waits before it goes out (registration.md C1 and C4).

use super::smallint::smallint_enum;

smallint_enum! {
    /// Why a post waits.
    pub enum HoldReason {
        /// Somebody of the staff holds it.
        ByHand = 0 => "by_hand",
        /// Nobody of the staff is home, and the author is not established.
        Probation = 1 => "probation",
        /// The same, and it has a large file.
        LargeFile = 2 => "large_file",
        /// More than a newcomer tells strangers in a day.
        FirstWeek = 3 => "first_week",
        /// The account slept for long, and wakes with links for strangers.
        Waking = 4 => "waking",
    }
}

impl HoldReason {
    /// What the author is told, on the post itself: one or two sentences.
    pub fn to_author(self) -> &'static str {
        match self {
            HoldReason::ByHand => {
                "This waits before it goes out: a person looks first. It is live here, and nothing \
                 is lost."
            }
            HoldReason::Probation => {
                "This waits before it goes out: a person looks first. For the time being, only a \
                 few posts a day go to people who do not follow you. It is live here, and nothing \
                 is lost."
            }
            HoldReason::LargeFile => {
                "This waits before it goes out, because of a large file: a person looks first. It \
                 is live here, and nothing is lost."
            }
            HoldReason::FirstWeek => {
                "This waits before it goes out: a person looks first. While you are new, only so \
                 much a day goes to people who do not follow you. It is live here, and nothing is \
                 lost."
            }
            HoldReason::Waking => {
                "This waits before it goes out: a person looks first. You were away for long, and \
                 it brings a link to people who do not follow you. It is live here, and nothing is \
                 lost."
            }
        }
    }

    /// Why it waits, as staff read it.
    pub fn to_staff(self) -> &'static str {
        match self {
            HoldReason::ByHand => "held by hand",
            HoldReason::Probation => "probation: many strangers",
            HoldReason::LargeFile => "probation: a large file",
            HoldReason::FirstWeek => "new here: many strangers",
            HoldReason::Waking => "slept for long, and links",
        }
    }
}
