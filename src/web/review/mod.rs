//! The moderators' desk.

pub mod acts;
pub mod application;
pub mod audit;
pub mod block_new;
pub mod blocks;
pub mod bulk;
pub mod charts;
pub mod door;
pub mod events;
pub mod held;
pub mod hosts;
pub mod keys;
pub mod mail;
pub mod policies;
pub mod policy_lists;
pub mod policy_new;
pub mod presets;
pub mod question;
pub mod questions;
pub mod queue;
pub mod reports;
pub mod staff;
pub mod webhooks;
pub mod welcome;
