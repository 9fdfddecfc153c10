//! The section `[redis]`.

use super::{Error, Secret, settings::Settings};

/// The beginnings that the driver understands without TLS support compiled in.
const SCHEMES: [&str; 3] = ["redis://", "redis+unix://", "unix://"];

/// Which Redis.
#[derive(Debug, Clone)]
pub struct Redis {
    /// The address; `None` until `porchlight up` has started a private one.
    pub url: Option<Secret>,
}

impl Redis {
    pub(super) fn read(settings: &Settings) -> Result<Self, Error> {
        let url = settings.some_text("redis", "url");
        if url.is_some_and(|url| !SCHEMES.iter().any(|scheme| url.starts_with(scheme))) {
            return Err(settings.bad("redis", "url", "must begin with redis:// or redis+unix://"));
        }
        Ok(Self {
            url: url.map(Secret::new),
        })
    }
}
