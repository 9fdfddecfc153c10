//! Nobody was home for too long, or nobody could be (registration.md C1; E7).

use serde_json::Value;

use crate::domain::registration_mode::{ModeReason, RegistrationMode};
use crate::domain::switch::{Cause, Stage};
use crate::gate::effective_mode::Ceiling;
use crate::gate::switch::stage::Standing;

/// `instance_settings.key`: the mode of a guarded door, `"approval"`, `"invite"` or `"closed"`.
pub const SETTING: &str = "switch.guarded_mode";

/// The mode of a guarded door: a person decides at least, whatever the setting says.
pub fn guarded_mode(setting: Option<&Value>) -> RegistrationMode {
    setting
        .and_then(Value::as_str)
        .and_then(RegistrationMode::from_name)
        .unwrap_or(RegistrationMode::Approval)
        .max(RegistrationMode::Approval)
}

/// The ceiling from stage 2 on: no invite approves, and none works once the door is sealed.
pub fn ceiling(standing: &Standing, guarded: RegistrationMode) -> Option<Ceiling> {
    let mode = match standing.stage {
        Stage::Calm | Stage::Warned => return None,
        Stage::Guarded => guarded,
        Stage::Sealed | Stage::Distress => RegistrationMode::Closed,
    };
    let reason = match (standing.cause, standing.stage) {
        (Cause::Nobody, Stage::Guarded) => ModeReason::Setup,
        _ => ModeReason::Deadman,
    };
    Some(Ceiling {
        mode,
        bypass: false,
        reason,
        since: standing.since,
    })
}
