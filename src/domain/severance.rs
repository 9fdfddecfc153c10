//! Why follows ended that nobody ended.

use super::smallint::smallint_enum;

smallint_enum! {
    /// Mastodon's words for the acts.
    pub enum SeveranceKind {
        /// Staff blocked a server.
        DomainBlock = 0 => "domain_block",
        /// The member blocked a server.
        UserDomainBlock = 1 => "user_domain_block",
        /// Staff suspended an account.
        AccountSuspension = 2 => "account_suspension",
    }
}
