//! Mastodon's admin API, as far as there is something behind it.

pub mod domain_allows;
pub mod domain_blocks;
