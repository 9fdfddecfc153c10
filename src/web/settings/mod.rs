//! What somebody sets for themselves.

pub mod account;
pub mod apps;
pub mod departure;
pub mod email_change;
pub mod export;
pub mod posting;
pub mod profile;
pub mod relocation;
pub mod second_factor;
pub mod sessions;
pub mod zone;
