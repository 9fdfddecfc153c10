//! Statuses, accounts, timelines, notifications: what members do.

pub mod menu;
pub mod page;
