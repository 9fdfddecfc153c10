//! Accounts: reading them, the member's own profile, and how members stand to each other.

pub mod aliases;
pub mod block;
pub mod delete;
pub mod domain_block;
pub mod follow;
pub mod follow_requests;
pub mod lists;
pub mod move_out;
pub mod mute;
pub mod profile;
pub mod read;
pub mod receive;
pub mod relationships;
