//! The Mastodon API, as apps use it.

mod accounts;
mod bodies;
mod limits;
mod pagination;
mod statuses;
mod table;
