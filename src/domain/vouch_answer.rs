//! What a member says who was asked about an applicant (registration.md C3).

use super::smallint::smallint_enum;

smallint_enum! {
    /// Said in private: the applicant never learns it.
    pub enum VouchAnswer {
        /// They know them.
        Yes = 0 => "yes",
        /// They do not.
        No = 1 => "no",
        /// They keep it to themselves.
        RatherNotSay = 2 => "rather_not_say",
    }
}
