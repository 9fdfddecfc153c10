//! How far the door is open (registration.md C0).

use super::smallint::smallint_enum;

smallint_enum! {
    /// Loosest first, so that the strictest of several is their maximum.
    pub enum RegistrationMode {
        /// Anybody who confirms an address is in.
        Open = 0 => "open",
        /// Anybody may apply; a person decides.
        Approval = 1 => "approval",
        /// Only the invited may apply.
        Invite = 2 => "invite",
        /// Nobody may apply.
        Closed = 3 => "closed",
    }
}

smallint_enum! {
    /// What holds the mode where it is; the word that public surfaces give.
    pub enum ModeReason {
        /// The admin chose it.
        Admin = 0 => "admin",
        /// Nobody of the staff was home for too long.
        Deadman = 1 => "deadman",
        /// An emergency rule is in force.
        Emergency = 2 => "emergency",
        /// More wait than this staff can read.
        Capacity = 3 => "capacity",
        /// Outside opening hours, or an absence that was planned.
        Schedule = 4 => "schedule",
        /// The release is older than 18 months.
        Outdated = 5 => "outdated",
        /// There is no owner yet.
        Setup = 6 => "setup",
    }
}
