//! Porchlight: a federated microblog server with a door that somebody answers.
//!
//! # The map
//!
//! One street, one order: a module imports only modules listed *below* it
//! (`tests/house.rs` reads this very list). The blank lines keep the formatter from sorting it.
//!
//! ```text
//! a request ─> server::guard ─> a door (web, mastodon_api) ─> one use case (social, identity, gate)
//!                                                                   │ rows + one event, one commit
//!                                             store (Postgres) <────┘
//!                                                   │ event
//!                                             jobs::relay ─> counters, notifications, feeds, mail
//!                                                   └────────> delivery ─> jobs::sending ─> other servers
//!
//! other servers ─> federation_api::inbox ─> incoming::sift ─> jobs::receive ─> incoming ─> social
//! ```
//!
//! # What must stay true
//!
//! - A pending user has no row in `accounts`: what reads accounts cannot leak one.
//! - Only [`gate::who`] makes a `Member`, a `Reviewer`, an `Admin`; use cases ask for them, so
//!   a forgotten check, of the role or of the second factor, does not compile.
//! - A use case updates no row that strangers share: counters are the relay's.
//! - Postgres holds the truth. Redis may vanish at any moment and costs only speed.
//! - Time is read in [`app::clock`] alone; who may see what is said in `store/visibility.rs`.
//! - Every route is a row of [`server::table`]; what the row says is enforced before its handler.
//! - Only a signature can reach the network: what may fetch takes `&Federation`, all else `&App`.
//!
//! Whether anybody is home is judged by `gate/switch` (its `stage.rs` is the law in one function);
//! what counts as a sign of life is in `gate/signs`, what happens while nobody is and when somebody
//! comes back in `gate/away`, who is known and whose words wait in `gate/established.rs` and
//! `gate/outreach.rs`.
//!
//! What staff decide about applications is in `gate`, about servers and people in `moderation`;
//! reports are in `social/report.rs`. The audit log is written by `store/audit.rs`, read by
//! `moderation/audit.rs`; `jobs/acts` takes a line of it back, and does what waited.

/// The command line: up, serve, worker, migrate, check-config, doctor, accounts, audit, gate,
/// hosts, media, demo.
pub mod cli;

/// Builds the `App`, binds, routes, stops gently; headers, limits, telemetry.
pub mod server;

/// Server-rendered pages; each file has its template at the same path under `templates/`.
pub mod web;

/// The Mastodon client API: extractor, entities, rendering, one file per method page.
pub mod mastodon_api;

/// What other servers ask of us: documents, discovery, the inbox.
pub mod federation_api;

/// What every door shares: the route table's shape, and who is asking.
pub mod door;

/// What happens after a deed: routing (read first), the relay, timers, mailing, acts of staff
/// taken back or done when their time has come.
pub mod jobs;

/// What other servers tell us: one file per activity.
pub mod incoming;

/// What we tell other servers: who hears of it, what is sent, and when again.
pub mod delivery;

/// What staff decide about other servers and about people, and who else is told of it: webhooks,
/// mail as the desk sees it.
pub mod moderation;

/// Statuses, accounts, timelines, notifications: what members do.
pub mod social;

/// Sign in, the second factor, sessions, passwords, email, OAuth.
pub mod identity;

/// Who gets in, how far, and what shuts the door.
pub mod gate;

/// ActivityPub: addresses, documents in and out, how a remote actor or note is found.
pub mod activitypub;

/// `App`: handles only (pools, config, clock, mail, files).
pub mod app;

/// Transport and messages; whose servers take the mail of a domain.
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

/// Mentions, hashtags, links, HTML, length, the catalogue of what is said to people: pure.
pub mod text;

/// Ids, errors, events, enumerations: the words of the house.
pub mod domain;
