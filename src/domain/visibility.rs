//! Who a status is for. Comparing visibility is the business of `store/visibility.rs`
//! alone (D9); everybody else carries the value.

use super::smallint::smallint_enum;

smallint_enum! {
    /// Mastodon's four, widest first.
    pub enum Visibility {
        /// Anybody; on public timelines.
        Public = 0 => "public",
        /// Anybody, but on no public timeline.
        Unlisted = 1 => "unlisted",
        /// Followers and those mentioned.
        Private = 2 => "private",
        /// Those mentioned.
        Direct = 3 => "direct",
    }
}
