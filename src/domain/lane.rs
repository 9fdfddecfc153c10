//! Where an application waits (registration.md C0, C3).

use super::smallint::smallint_enum;

smallint_enum! {
    /// In the order in which reviewers come to them.
    pub enum Lane {
        /// A member spoke for them, or an invite.
        Vouched = 0 => "vouched",
        /// In the queue.
        Waiting = 1 => "waiting",
        /// Beyond what can be read: drawn into the queue as it empties.
        InLine = 2 => "in_line",
        /// A machine seems to have sent it: a folder of its own, no verdict.
        LikelyAutomated = 3 => "likely_automated",
    }
}
