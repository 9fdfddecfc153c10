//! The Mastodon API, as apps use it.

mod accounts;
mod admin_accounts;
mod bodies;
mod language;
mod limits;
mod pagination;
mod statuses;
mod table;
