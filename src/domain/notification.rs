//! What people are told of.

use super::smallint::smallint_enum;

smallint_enum! {
    /// Mastodon's words for the kinds.
    pub enum NotificationKind {
        /// Named in a status.
        Mention = 0 => "mention",
        /// Somebody one asked to hear of posted.
        Status = 1 => "status",
        /// One's status was boosted.
        Reblog = 2 => "reblog",
        /// Followed.
        Follow = 3 => "follow",
        /// Asked to be followed.
        FollowRequest = 4 => "follow_request",
        /// One's status was favourited.
        Favourite = 5 => "favourite",
        /// A status one boosted or answered was edited.
        Update = 6 => "update",
        /// Staff: somebody new was let in.
        SignUp = 7 => "admin.sign_up",
        /// A poll that one asked, or voted in, is over.
        Poll = 10 => "poll",
        /// A block of a server ended follows of one's own.
        Severed = 12 => "severed_relationships",
        /// For who greets: a newcomer looks around. A word of ours, beside Mastodon's.
        Arrival = 13 => "arrival",
    }
}
