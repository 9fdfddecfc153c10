//! Other servers: what holds for all of one.

/// `hosts.flags`: the union of the policies in force (D15).
pub mod flags {
    /// Its people are shown only to those who follow them.
    pub const LIMITED: i32 = 1;
    /// Nothing is taken from it, nothing sent to it.
    pub const SUSPENDED: i32 = 2;
    /// Its pictures and other media are not shown.
    pub const NO_MEDIA: i32 = 4;
    /// What it sends is kept unread until somebody decides (D14).
    pub const HELD: i32 = 8;
    /// Its reports are not taken.
    pub const NO_REPORTS: i32 = 16;
}

/// Whether nothing is taken from a server with these flags.
pub fn is_suspended(host_flags: i32) -> bool {
    host_flags & flags::SUSPENDED != 0
}
