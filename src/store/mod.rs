//! Postgres: all queries, no decisions.
//!
//! Free functions over `&mut Conn`: `insert find list_page set_… delete`. No policy, no
//! event is thought up here, no clock: time is a parameter.

pub mod access;
pub mod accounts;
pub mod accounts_shown;
pub mod applicants;
pub mod applications;
pub mod apps;
pub mod audit;
pub mod blocks;
pub mod bookmarks;
pub mod boosts;
pub mod clock;
pub mod context;
pub mod conversation_mutes;
pub mod counts;
pub mod documents;
pub mod door;
pub mod draft_media;
pub mod drafts;
pub mod edits;
pub mod event_log;
pub mod events;
pub mod feeds;
pub mod follows;
pub mod hosts;
pub mod jobs;
pub mod leases;
pub mod limit_counts;
pub mod links;
pub mod markers;
pub mod media;
pub mod memory;
pub mod menu;
pub mod migrations;
pub mod mutes;
pub mod names;
pub mod notifications;
pub mod notify;
pub mod pins;
pub mod pool;
pub mod profiles;
pub mod questions;
pub mod raw;
pub mod reactions;
pub mod relationships;
pub mod remote_accounts;
pub mod residents;
pub mod search;
pub mod sessions;
pub mod settings;
pub mod stats;
pub mod status_page;
pub mod status_parts;
pub mod statuses;
pub mod timelines;
pub mod tokens;
pub mod upkeep;
pub mod usage;
pub mod users;
pub mod visibility;

pub use pool::{Conn, Pool};
pub use raw::raw;
