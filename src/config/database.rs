//! The section `[database]`.

use super::{Error, Secret, settings::Settings};

/// Which PostgreSQL, and how many connections.
#[derive(Debug, Clone)]
pub struct Database {
    /// The address; `None` until `porchlight up` has started a private cluster.
    pub url: Option<Secret>,
    /// Connections for requests and background work, 1 to 500.
    pub pool_size: usize,
    /// Connections set apart for moderators, 1 to 100.
    pub desk_pool_size: usize,
}

impl Database {
    pub(super) fn read(settings: &Settings) -> Result<Self, Error> {
        let section = "database";
        let url = settings.some_text(section, "url");
        if url
            .is_some_and(|url| !url.starts_with("postgres://") && !url.starts_with("postgresql://"))
        {
            return Err(settings.bad(section, "url", "must begin with postgres://"));
        }
        Ok(Self {
            url: url.map(Secret::new),
            pool_size: settings.whole(section, "pool_size", 1..=500)? as usize,
            desk_pool_size: settings.whole(section, "desk_pool_size", 1..=100)? as usize,
        })
    }
}
