//! Redis: feeds, rate limits, the live bus. May be lost at any time and cost only speed.

pub mod buckets;
pub mod bus;
pub mod connection;
pub mod feeds;
pub mod fragments;
pub mod known;
pub mod last_seen;
pub mod once;
pub mod rate_limit;
pub mod served;

pub use connection::{Cache, CacheSettings};
