//! What is counted at the door.

use super::smallint::smallint_enum;

smallint_enum! {
    /// What happened to an application, as it is counted day by day.
    pub enum DoorCount {
        /// It was sent.
        Applied = 0 => "applied",
        /// It came into the queue.
        Queued = 1 => "queued",
        /// Somebody said yes.
        Approved = 2 => "approved",
        /// Somebody said no, and told.
        Rejected = 3 => "rejected",
        /// Somebody said no, without a word.
        Silenced = 4 => "silenced",
        /// Time ended it.
        Expired = 5 => "expired",
        /// The applicant took it back.
        Withdrawn = 6 => "withdrawn",
        /// A decision was taken back.
        TakenBack = 7 => "taken_back",
    }
}
