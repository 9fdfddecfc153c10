//! Statuses, accounts, timelines, notifications: what members do.

pub mod accounts;
pub mod media;
pub mod menu;
pub mod page;
pub mod statuses;
