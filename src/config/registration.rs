//! The section `[registration]`.

use std::net::SocketAddr;

use crate::domain::registration_mode::RegistrationMode;

use super::{Error, settings::Settings};

/// The door of a new place.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The configured mode at first start; afterwards the settings page rules.
    pub mode: RegistrationMode,
    /// Confirmed applications that wait at most; 100 to 100,000.
    pub max_waiting: i64,
    /// Bits of the proof of work; 0 asks for none.
    pub proof_bits: u8,
    /// Whether the door is guarded when nobody was seen for long.
    pub dead_man_switch: bool,
    /// Who is asked where the mail of a domain goes.
    pub name_server: NameServer,
}

/// Who is asked where the mail of a domain goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameServer {
    /// Nobody.
    None,
    /// Those that the machine asks.
    System,
    /// This one.
    At(SocketAddr),
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
        let proof_bits = settings.whole("registration", "proof_bits", 0..=21)? as u8;
        let dead_man_switch = settings.flag("registration", "dead_man_switch");
        let name_server = match settings.text("registration", "name_server") {
            "system" => NameServer::System,
            "none" => NameServer::None,
            other => {
                let what = "must be system, none, or an address with a port";
                let address = other.parse();
                NameServer::At(
                    address.map_err(|_| settings.bad("registration", "name_server", what))?,
                )
            }
        };
        Ok(Self {
            mode,
            max_waiting,
            proof_bits,
            dead_man_switch,
            name_server,
        })
    }
}
