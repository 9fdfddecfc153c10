//! What can hold for another server (D15).

use super::smallint::smallint_enum;

smallint_enum! {
    /// What a policy does.
    pub enum PolicyKind {
        /// Its people are shown only to those who follow them.
        Limited = 0 => "limited",
        /// Nothing is taken from it, nothing sent to it.
        Suspended = 1 => "suspended",
        /// Its pictures and other media are not shown.
        NoMedia = 2 => "no_media",
        /// What it sends is kept unread until somebody decides.
        Held = 3 => "held",
        /// Nothing by itself: its marks may refuse media or reports, or only note something.
        Noted = 4 => "noted",
    }
}

smallint_enum! {
    /// Who wanted it.
    pub enum PolicySource {
        /// Somebody of the staff.
        Staff = 0 => "staff",
        /// A list that was imported or is subscribed to.
        List = 1 => "list",
        /// A rule for emergencies.
        Rule = 2 => "rule",
    }
}
