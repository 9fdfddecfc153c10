//! Redis: feeds, rate limits, the live bus. May be lost at any time and cost only speed.

pub mod connection;
pub mod last_seen;
pub mod rate_limit;

pub use connection::{Cache, CacheSettings};
