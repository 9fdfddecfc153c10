//! How the door stands, in words.

use crate::domain::registration_mode::{ModeReason, RegistrationMode};
use crate::gate::effective_mode::{Ceiling, EffectiveMode};

/// One sentence: the mode with its reason.
pub fn sentence(effective: &EffectiveMode) -> String {
    format!("{}, {}.", mode(effective.mode), because(effective.reason))
}

/// The mode as the beginning of a sentence.
pub fn mode(mode: RegistrationMode) -> &'static str {
    match mode {
        RegistrationMode::Open => "The door is open to everybody who confirms an address",
        RegistrationMode::Approval => "The door takes applications; people decide",
        RegistrationMode::Invite => "The door opens to the invited only",
        RegistrationMode::Closed => "The door is closed",
    }
}

/// The mode in a word or two, for lists.
pub fn short(mode: RegistrationMode) -> &'static str {
    match mode {
        RegistrationMode::Open => "Open",
        RegistrationMode::Approval => "By application",
        RegistrationMode::Invite => "By invitation",
        RegistrationMode::Closed => "Closed",
    }
}

/// The reason as the end of a sentence.
pub fn because(reason: ModeReason) -> &'static str {
    match reason {
        ModeReason::Admin => "as the admin chose",
        ModeReason::Deadman => "because nobody of the staff was here for a while",
        ModeReason::Emergency => "because an emergency rule is in force",
        ModeReason::Capacity => "because more people wait than can be read",
        ModeReason::Schedule => "by its hours, or as was planned",
        ModeReason::Outdated => "because this version of the software is too old",
        ModeReason::Setup => "because nobody is there yet who could read applications",
    }
}

/// The cause in a few words, for lists.
pub fn cause(reason: ModeReason) -> &'static str {
    match reason {
        ModeReason::Admin => "The admin\u{2019}s choice",
        ModeReason::Deadman => "Nobody of the staff was here",
        ModeReason::Emergency => "An emergency rule",
        ModeReason::Capacity => "Too many wait, or the disk is full",
        ModeReason::Schedule => "The opening hours",
        ModeReason::Outdated => "An outdated version",
        ModeReason::Setup => "Nobody could read applications",
    }
}

/// The same of a ceiling, where more is known than its reason.
pub fn cause_of(ceiling: &Ceiling) -> &'static str {
    match is_absence(ceiling) {
        true => "A planned absence",
        false => cause(ceiling.reason),
    }
}

/// Opening hours leave invites as they were, an absence does not.
fn is_absence(ceiling: &Ceiling) -> bool {
    ceiling.reason == ModeReason::Schedule && !ceiling.bypass
}

/// What or who lifts a ceiling.
pub fn lifted_by(ceiling: &Ceiling) -> &'static str {
    match ceiling.reason {
        ModeReason::Schedule if is_absence(ceiling) => "The clock; or an admin who is back.",
        ModeReason::Admin => "An admin, below.",
        ModeReason::Deadman => "Somebody of the staff who comes back.",
        ModeReason::Emergency => "Itself, when the rush is over; or a moderator.",
        ModeReason::Capacity => "Whoever reads applications: by deciding some.",
        ModeReason::Schedule => "The clock; or an admin, by other hours.",
        ModeReason::Outdated => "A newer version; or an admin, for a year.",
        ModeReason::Setup => "An owner who gives somebody the role of a reviewer.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ceiling_says_who_lifts_it() {
        let said = |reason, bypass| {
            lifted_by(&Ceiling {
                mode: RegistrationMode::Approval,
                bypass,
                reason,
                since: None,
            })
        };
        let all = [
            (ModeReason::Admin, "An admin"),
            (ModeReason::Deadman, "comes back"),
            (ModeReason::Emergency, "Itself"),
            (ModeReason::Capacity, "by deciding some"),
            (ModeReason::Schedule, "by other hours"),
            (ModeReason::Outdated, "A newer version"),
            (ModeReason::Setup, "An owner"),
        ];
        for (reason, words) in all {
            assert!(said(reason, true).contains(words), "{reason:?}");
        }
        assert!(said(ModeReason::Schedule, false).contains("who is back"));
    }
}
