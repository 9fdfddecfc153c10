//! Statuses, accounts, timelines, notifications: what members do.
