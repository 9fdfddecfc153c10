//! Nobody could read an application: guarded at once (E7).

use crate::domain::registration_mode::{ModeReason, RegistrationMode};
use crate::gate::effective_mode::Ceiling;

/// The ceiling while nobody's role reviews.
pub fn ceiling(somebody_eligible: bool) -> Option<Ceiling> {
    (!somebody_eligible).then_some(Ceiling {
        mode: RegistrationMode::Approval,
        bypass: false,
        reason: ModeReason::Setup,
        since: None,
    })
}
