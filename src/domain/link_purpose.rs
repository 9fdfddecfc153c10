//! What a one-time link is for.

use chrono::TimeDelta;

use super::smallint::smallint_enum;

smallint_enum! {
    /// Each purpose has its page, its mail and its time.
    pub enum LinkPurpose {
        /// The address of an application belongs to the applicant.
        ConfirmAddress = 0 => "confirm_address",
        /// Choose a new password.
        ResetPassword = 1 => "reset_password",
        /// Make the first owner of a fresh place.
        FirstOwner = 2 => "first_owner",
        /// The new address of a user belongs to that user.
        ChangeAddress = 3 => "change_address",
    }
}

impl LinkPurpose {
    /// How long a link of this purpose works.
    pub fn good_for(self) -> TimeDelta {
        match self {
            LinkPurpose::ConfirmAddress => TimeDelta::hours(48),
            LinkPurpose::ResetPassword => TimeDelta::hours(2),
            LinkPurpose::FirstOwner => TimeDelta::days(7),
            LinkPurpose::ChangeAddress => TimeDelta::hours(24),
        }
    }
}
