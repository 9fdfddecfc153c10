//! What somebody sets for themselves.

pub mod account;
pub mod apps;
pub mod email_change;
pub mod posting;
pub mod profile;
pub mod sessions;
