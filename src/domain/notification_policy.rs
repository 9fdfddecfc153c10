//! What somebody does with notifications, by who causes them.

use super::smallint::smallint_enum;

smallint_enum! {
    /// Mastodon's words for it.
    pub enum Verdict {
        /// They come at once.
        Accept = 0 => "accept",
        /// They wait in the request box.
        Filter = 1 => "filter",
        /// Nobody hears of them.
        Drop = 2 => "drop",
    }
}

/// One verdict for each sort of people; of several that fit the strictest holds. Whom one
/// follows, whose request one accepted, and staff come at once in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotificationPolicy {
    /// Whom one does not follow.
    pub not_following: Verdict,
    /// Who does not follow one, or has for less than three days.
    pub not_followers: Verdict,
    /// Whose account is younger than thirty days.
    pub new_accounts: Verdict,
    /// Who writes to one alone without being asked.
    pub private_mentions: Verdict,
    /// Whom the place has limited, or whose server.
    pub limited_accounts: Verdict,
    /// Machines.
    pub bots: Verdict,
}

impl Default for NotificationPolicy {
    fn default() -> NotificationPolicy {
        NotificationPolicy {
            not_following: Verdict::Accept,
            not_followers: Verdict::Accept,
            new_accounts: Verdict::Accept,
            private_mentions: Verdict::Accept,
            limited_accounts: Verdict::Filter,
            bots: Verdict::Accept,
        }
    }
}
