//! The states of a request to join (registration.md C2).

use super::smallint::smallint_enum;

smallint_enum! {
    /// `unconfirmed -> pending <-> needs_info -> approved | rejected | withdrawn | expired`.
    pub enum ApplicationState {
        /// The address was not confirmed yet.
        Unconfirmed = 0 => "unconfirmed",
        /// Waits for a reviewer.
        Pending = 1 => "pending",
        /// A reviewer asked something back.
        NeedsInfo = 2 => "needs_info",
        /// In: an account exists under the reserved id.
        Approved = 3 => "approved",
        /// Not in.
        Rejected = 4 => "rejected",
        /// The applicant took it back.
        Withdrawn = 5 => "withdrawn",
        /// Nobody confirmed, answered or decided in time.
        Expired = 6 => "expired",
    }
}

impl ApplicationState {
    /// A "pending user" in the words of registration.md: signed in, in the sandbox.
    pub fn is_waiting(self) -> bool {
        matches!(
            self,
            ApplicationState::Pending | ApplicationState::NeedsInfo
        )
    }
}
