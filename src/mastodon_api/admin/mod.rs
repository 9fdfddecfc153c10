//! Mastodon's admin API, as far as there is something behind it.

pub mod accounts;
pub mod canonical_email_blocks;
pub mod domain_allows;
pub mod domain_blocks;
pub mod email_domain_blocks;
pub mod ip_blocks;
