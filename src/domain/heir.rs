//! How it ends that somebody is named the heir, and how a notice does.

use super::smallint::smallint_enum;

smallint_enum! {
    /// What became of an offer, or of an heir.
    pub enum HeirEnding {
        /// They said no.
        Declined = 0 => "declined",
        /// They said nothing for too long.
        Lapsed = 1 => "lapsed",
        /// An owner took it back.
        TakenBack = 2 => "taken_back",
        /// An owner offered it to somebody else, or once more.
        Replaced = 3 => "replaced",
        /// They gave it up.
        GivenUp = 4 => "given_up",
        /// They are gone, suspended, or have another role.
        Void = 5 => "void",
        /// The place is theirs.
        Succeeded = 6 => "succeeded",
    }
}

smallint_enum! {
    /// How a notice ended.
    pub enum NoticeEnding {
        /// Somebody came back.
        Back = 0 => "back",
        /// An owner took it back.
        TakenBack = 1 => "taken_back",
        /// The heir is none any more.
        Void = 2 => "void",
        /// The place is theirs.
        Succeeded = 3 => "succeeded",
    }
}
