//! The section `[registration]`.

use crate::domain::registration_mode::RegistrationMode;

use super::{Error, settings::Settings};

/// The door of a new place.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The configured mode at first start; afterwards the settings page rules.
    pub mode: RegistrationMode,
    /// Confirmed applications that wait at most; 100 to 100,000.
    pub max_waiting: i64,
}

impl Registration {
    pub(super) fn read(settings: &Settings) -> Result<Self, Error> {
        let mode = match settings.text("registration", "mode") {
            "open" => RegistrationMode::Open,
            "approval" => RegistrationMode::Approval,
            "invite" => RegistrationMode::Invite,
            "closed" => RegistrationMode::Closed,
            _ => {
                let what = "must be open, approval, invite or closed";
                return Err(settings.bad("registration", "mode", what));
            }
        };
        let max_waiting = settings.whole("registration", "max_waiting", 100..=100_000)?;
        Ok(Self { mode, max_waiting })
    }
}
