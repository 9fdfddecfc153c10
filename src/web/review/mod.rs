//! The moderators' desk.

pub mod application;
pub mod queue;
