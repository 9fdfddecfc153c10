//! What the admin chose; the configuration's word until then. No automation writes it.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::domain::registration_mode::{ModeReason, RegistrationMode};
use crate::gate::effective_mode::Ceiling;

/// `instance_settings.key`: `{"mode": "approval", "bypass": false, "since": "…"}`.
pub const SETTING: &str = "registration.mode";

/// The ceiling; `first` is the configuration's mode, for a place where nobody chose yet.
pub fn ceiling(chosen: Option<&Value>, first: RegistrationMode) -> Ceiling {
    let word = |name: &str| chosen.and_then(|c| c[name].as_str());
    Ceiling {
        mode: word("mode")
            .and_then(RegistrationMode::from_name)
            .unwrap_or(first),
        bypass: chosen.is_some_and(|c| c["bypass"].as_bool() == Some(true)),
        reason: ModeReason::Admin,
        since: word("since").and_then(|at| at.parse().ok()),
    }
}

/// The setting's value for a choice made at `now`.
pub fn value(mode: RegistrationMode, bypass: bool, now: DateTime<Utc>) -> Value {
    json!({ "mode": mode.as_str(), "bypass": bypass, "since": now.to_rfc3339() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_is_read_back() {
        let at = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let kept = value(RegistrationMode::Invite, true, at);
        let read = ceiling(Some(&kept), RegistrationMode::Open);
        assert_eq!(
            (read.mode, read.bypass, read.since),
            (RegistrationMode::Invite, true, Some(at))
        );
    }

    #[test]
    fn nonsense_is_the_first_mode_without_bypass() {
        for kept in [None, Some(json!("open")), Some(json!({"mode": "wide"}))] {
            let read = ceiling(kept.as_ref(), RegistrationMode::Approval);
            assert_eq!(
                (read.mode, read.bypass),
                (RegistrationMode::Approval, false),
                "{kept:?}"
            );
        }
    }
}
