//! Redis: feeds, rate limits, the live bus. May be lost at any time and cost only speed.

pub mod connection;

pub use connection::{Cache, CacheSettings};
