//! Porchlight: a federated microblog server with a door that somebody answers.
//!
//! # The map
//!
//! One street, one order: a module imports only modules listed *below* it
//! (`tests/house.rs` reads this very list). The blank lines keep the formatter from sorting it.

/// The command line: up, serve, worker, migrate, check-config, doctor, accounts, demo.
pub mod cli;

/// Builds the `App`, binds, routes, stops gently; headers, limits, telemetry.
pub mod server;

/// Server-rendered pages; each file has its template at the same path under `templates/`.
pub mod web;

/// The Mastodon client API: extractor, entities, rendering, one file per method page.
pub mod mastodon_api;

/// What every door shares: the route table's shape, and who is asking.
pub mod door;

/// What happens after a deed: routing (read first), the relay, timers, mailing.
pub mod jobs;

/// What staff does to accounts and reports; the audit log.
pub mod moderation;

/// Statuses, accounts, timelines, notifications: what members do.
pub mod social;

/// Sign in, sessions, passwords, email, OAuth.
pub mod identity;

/// Who gets in, how far, and what shuts the door.
pub mod gate;

/// `App`: handles only (pools, config, clock, mail, files).
pub mod app;

/// Transport and messages.
pub mod mail;

/// Storage and images.
pub mod files;

/// Passwords, tokens, keys.
pub mod secrets;

/// Redis: feeds, rate limits, the live bus; may be lost at any time.
pub mod cache;

/// Postgres: all queries, no decisions.
pub mod store;

/// Rows, one noun per file; the diesel schema.
pub mod model;

/// Load and check the configuration, one file per section.
pub mod config;

/// Mentions, hashtags, links, HTML, length: pure.
pub mod text;

/// Ids, errors, events, enumerations: the words of the house.
pub mod domain;
