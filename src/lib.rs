//! Porchlight: a federated microblog server with a door that somebody answers.
//!
//! # The map
//!
//! One street, one order: a module imports only modules listed *below* it
//! (`tests/house.rs` reads this very list).

/// `App`: handles only (pools, config, clock, mail, files).
pub mod app;
/// Redis: feeds, rate limits, the live bus; may be lost at any time.
pub mod cache;
/// The command line: up, serve, worker, migrate, check-config, doctor, accounts, demo.
pub mod cli;
/// Load and check the configuration, one file per section.
pub mod config;
/// Ids, errors, events, enumerations: the words of the house.
pub mod domain;
/// What every door shares: the route table's shape, and who is asking.
pub mod door;
/// Storage and images.
pub mod files;
/// Who gets in, how far, and what shuts the door.
pub mod gate;
/// Sign in, sessions, passwords, email, OAuth.
pub mod identity;
/// What happens after a deed: routing (read first), the relay, timers, mailing.
pub mod jobs;
/// Transport and messages.
pub mod mail;
/// The Mastodon client API: extractor, entities, rendering, one file per method page.
pub mod mastodon_api;
/// Rows, one noun per file; the diesel schema.
pub mod model;
/// What staff does to accounts and reports; the audit log.
pub mod moderation;
/// Passwords, tokens, keys.
pub mod secrets;
/// Builds the `App`, binds, routes, stops gently; headers, limits, telemetry.
pub mod server;
/// Statuses, accounts, timelines, notifications: what members do.
pub mod social;
/// Postgres: all queries, no decisions.
pub mod store;
/// Mentions, hashtags, links, HTML, length: pure.
pub mod text;
/// Server-rendered pages; each file has its template at the same path under `templates/`.
pub mod web;
