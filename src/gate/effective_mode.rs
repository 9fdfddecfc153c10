//! How far the door is open: the strictest of all ceilings in force. Pure.
//!
//! A ceiling is what one cause still allows. Strictest is taken part by part: the tightest
//! mode, and the bypass (an invite may approve) only where every ceiling grants it. Nothing
//! here is stored; a process that died cannot hold the door open (registration.md C0).

use chrono::{DateTime, Utc};

use crate::domain::registration_mode::{ModeReason, RegistrationMode};

/// What one cause still allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ceiling {
    /// The loosest mode that it allows.
    pub mode: RegistrationMode,
    /// Whether an invite may approve under it.
    pub bypass: bool,
    /// The cause.
    pub reason: ModeReason,
    /// When it became true, where that is known.
    pub since: Option<DateTime<Utc>>,
}

/// What holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectiveMode {
    /// The tightest mode of all ceilings.
    pub mode: RegistrationMode,
    /// Whether an invite may approve: only where every ceiling grants it.
    pub bypass: bool,
    /// What to name as the cause: of the tightest ceilings, the one that is no choice.
    pub reason: ModeReason,
    /// Since when that cause holds.
    pub since: Option<DateTime<Utc>>,
    /// Every ceiling, tightest first: for the desk.
    pub ceilings: Vec<Ceiling>,
}

/// To somebody with an invite while nobody is home (E11).
const INVITES_KEEP: &str = "Nobody of the people who answer this door was seen for a while, so it \
     is closed. Your invite keeps: its time stands still until somebody is back.";

/// The strictest of these, whatever their order. Without any, the door is closed: nobody
/// said that it may be open.
pub fn strictest(ceilings: impl IntoIterator<Item = Ceiling>) -> EffectiveMode {
    let mut ceilings: Vec<Ceiling> = ceilings.into_iter().collect();
    // A total order, so that the same facts in another order are told the same way: tightest
    // mode, then without bypass, then the reason (the admin's choice is the last of equals),
    // then the earliest.
    ceilings.sort_by_key(|c| {
        (
            std::cmp::Reverse(c.mode),
            c.bypass,
            std::cmp::Reverse(c.reason),
            c.since.is_none(),
            c.since,
        )
    });
    let first = ceilings.first().copied();
    EffectiveMode {
        mode: first.map_or(RegistrationMode::Closed, |c| c.mode),
        bypass: !ceilings.is_empty() && ceilings.iter().all(|c| c.bypass),
        reason: first.map_or(ModeReason::Setup, |c| c.reason),
        since: first.and_then(|c| c.since),
        ceilings,
    }
}

impl EffectiveMode {
    /// Whether the form may be sent by anybody who comes.
    pub fn takes_applications(&self) -> bool {
        matches!(
            self.mode,
            RegistrationMode::Open | RegistrationMode::Approval
        )
    }

    /// Whether this cause is one of those in force.
    pub fn is_held_by(&self, reason: ModeReason) -> bool {
        self.ceilings.iter().any(|ceiling| ceiling.reason == reason)
    }

    /// Whether a person decides.
    pub fn needs_approval(&self) -> bool {
        self.mode != RegistrationMode::Open
    }

    /// The same sentence for somebody with an invite that works: they may apply while only the
    /// invited may, and never while the door is closed.
    pub fn closed_to_the_invited(&self) -> Option<&'static str> {
        match (self.mode, self.reason) {
            (RegistrationMode::Closed, ModeReason::Deadman) => Some(INVITES_KEEP),
            (RegistrationMode::Closed, _) => self.closed_because(),
            _ => None,
        }
    }

    /// Whether an invite lets somebody in without being read.
    pub fn invites_approve(&self) -> bool {
        self.bypass && self.mode != RegistrationMode::Closed
    }

    /// One sentence for somebody at the door; `None` while applications are taken.
    pub fn closed_because(&self) -> Option<&'static str> {
        match (self.mode, self.reason) {
            (RegistrationMode::Open | RegistrationMode::Approval, _) => None,
            (RegistrationMode::Invite, _) => {
                Some("At the moment people come in here by invitation only.")
            }
            (RegistrationMode::Closed, ModeReason::Schedule) => {
                Some("The door is closed at this hour, as planned. Please come back later.")
            }
            (RegistrationMode::Closed, ModeReason::Capacity) => {
                Some("More people are waiting than can be read. Please come back in a few weeks.")
            }
            (RegistrationMode::Closed, ModeReason::Deadman) => Some(
                "Nobody of the people who answer this door was seen for a while, so it is closed. \
                 Please come back later.",
            ),
            (RegistrationMode::Closed, _) => {
                Some("The door is closed: nobody is taken in at the moment.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ceiling() -> impl Strategy<Value = Ceiling> {
        (
            0..4i16,
            any::<bool>(),
            0..7i16,
            proptest::option::of(0..1000i64),
        )
            .prop_map(|(mode, bypass, reason, since)| Ceiling {
                mode: RegistrationMode::from_number(mode).unwrap(),
                bypass,
                reason: ModeReason::from_number(reason).unwrap(),
                since: since.and_then(|s| DateTime::from_timestamp(s, 0)),
            })
    }

    proptest! {
        #[test]
        fn another_ceiling_never_loosens(some in proptest::collection::vec(ceiling(), 1..8), more in ceiling()) {
            let before = strictest(some.clone());
            let after = strictest(some.into_iter().chain([more]));
            prop_assert!(after.mode >= before.mode && after.mode >= more.mode);
            prop_assert!(!after.bypass || (before.bypass && more.bypass));
        }

        #[test]
        fn the_order_does_not_matter(some in proptest::collection::vec(ceiling(), 0..8), turn in 0..8usize) {
            let mut turned = some.clone();
            if !turned.is_empty() {
                let by = turn % turned.len();
                turned.rotate_left(by);
                turned.reverse();
            }
            prop_assert_eq!(strictest(some), strictest(turned));
        }

        #[test]
        fn the_mode_and_its_reason_are_some_ceilings_own(some in proptest::collection::vec(ceiling(), 1..8)) {
            let effective = strictest(some.clone());
            prop_assert!(some.iter().any(|c| c.mode == effective.mode && c.reason == effective.reason));
        }
    }

    #[test]
    fn the_admins_choice_is_named_last_of_equals() {
        let admin = Ceiling {
            mode: RegistrationMode::Approval,
            bypass: false,
            reason: ModeReason::Admin,
            since: None,
        };
        let setup = Ceiling {
            reason: ModeReason::Setup,
            ..admin
        };
        assert_eq!(strictest([admin, setup]).reason, ModeReason::Setup);
        let closed = Ceiling {
            mode: RegistrationMode::Closed,
            ..admin
        };
        let effective = strictest([setup, closed]);
        assert_eq!(
            (effective.mode, effective.reason),
            (RegistrationMode::Closed, ModeReason::Admin)
        );
    }

    #[test]
    fn a_full_line_stays_full_whatever_else_holds_and_the_rest_lies_underneath() {
        // E10
        let full = Ceiling {
            mode: RegistrationMode::Closed,
            bypass: false,
            reason: ModeReason::Capacity,
            since: None,
        };
        let guarded = Ceiling {
            mode: RegistrationMode::Approval,
            reason: ModeReason::Deadman,
            ..full
        };
        let both = strictest([full, guarded]);
        assert_eq!(
            (both.mode, both.reason),
            (RegistrationMode::Closed, ModeReason::Capacity)
        );
        assert_eq!(strictest([guarded]).mode, RegistrationMode::Approval);
    }

    #[test]
    fn without_any_ceiling_nobody_comes_in() {
        let none = strictest([]);
        assert_eq!((none.mode, none.bypass), (RegistrationMode::Closed, false));
    }
}
