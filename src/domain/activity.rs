//! What is said to other servers.

use super::smallint::smallint_enum;

smallint_enum! {
    /// What an activity says; the names are shown to staff.
    pub enum ActivityKind {
        /// `Create` of a note.
        Post = 0 => "post",
        /// `Update` of a note.
        Edit = 1 => "edit",
        /// `Delete` of a note.
        Deletion = 2 => "deletion",
        /// `Announce`.
        Boost = 3 => "boost",
        /// `Undo` of an `Announce`.
        BoostUndone = 4 => "boost taken back",
        /// `Like`.
        Favourite = 5 => "favourite",
        /// `Undo` of a `Like`.
        FavouriteUndone = 6 => "favourite taken back",
        /// `Follow`.
        Follow = 7 => "request to follow",
        /// `Undo` of a `Follow`.
        FollowUndone = 8 => "follow taken back",
        /// `Accept` of a `Follow`.
        Accept = 9 => "yes to a follower",
        /// `Reject` of a `Follow`.
        Reject = 10 => "no to a follower",
        /// `Block`.
        Block = 11 => "block",
        /// `Undo` of a `Block`.
        BlockUndone = 12 => "block taken back",
        /// `Update` of an actor.
        Profile = 13 => "profile",
        /// `Move`.
        Move = 14 => "move",
        /// `Add` to the pinned posts.
        Pin = 15 => "pin",
        /// `Remove` from them.
        Unpin = 16 => "pin taken back",
        /// `Create` of a vote.
        Vote = 17 => "vote",
        /// `Flag`.
        Flag = 18 => "report",
        /// `Delete` of an actor.
        Departure = 40 => "account deleted",
    }
}

impl ActivityKind {
    /// What a host that has too much waiting loses first: what it would miss, not what it
    /// would do wrong without. A lost post is a gap; a lost deletion is a broken promise.
    pub const EXPENDABLE: &'static [ActivityKind] = &[
        ActivityKind::Post,
        ActivityKind::Boost,
        ActivityKind::Favourite,
        ActivityKind::Edit,
        ActivityKind::Profile,
        ActivityKind::Pin,
        ActivityKind::Vote,
    ];
}
