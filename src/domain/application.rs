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

smallint_enum! {
    /// What is said about an application.
    pub enum MessageKind {
        /// Staff ask the applicant something.
        Question = 0 => "question",
        /// The applicant's answer.
        Answer = 1 => "answer",
        /// A note that staff alone read.
        Note = 2 => "note",
        /// The applicant asks to look again after a no.
        Appeal = 3 => "appeal",
    }
}

smallint_enum! {
    /// What canned words of reviewers go with.
    pub enum PresetKind {
        /// A yes.
        Yes = 0 => "yes",
        /// A no.
        No = 1 => "no",
        /// A question.
        Question = 2 => "question",
    }
}

smallint_enum! {
    /// What is done to many applications at once.
    pub enum BulkAct {
        /// Let in.
        Approve = 0 => "approve",
        /// Turned down.
        Reject = 1 => "reject",
        /// Put off.
        PutOff = 2 => "put_off",
    }
}

smallint_enum! {
    /// What was asked of the applicant's machine, so that thousands of applications cost
    /// something (registration.md C3).
    pub enum Proof {
        /// Nothing was given yet.
        Missing = 0 => "missing",
        /// The proof of work.
        Worked = 1 => "worked",
        /// The wait that stands in for it.
        Waited = 2 => "waited",
        /// None was asked: an event code, a place that asks for none.
        Exempt = 3 => "exempt",
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
