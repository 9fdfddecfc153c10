//! What is wrong with somebody who is reported.

use super::smallint::smallint_enum;

smallint_enum! {
    /// What is wrong, in Mastodon's words.
    #[derive(Default)]
    pub enum ReportCategory {
        /// Something else.
        #[default]
        Other = 0 => "other",
        /// Unwanted advertising.
        Spam = 1 => "spam",
        /// Against the rules of the house.
        Violation = 2 => "violation",
        /// Against the law.
        Legal = 3 => "legal",
    }
}
