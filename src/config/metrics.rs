//! The section `[metrics]`: who may read the figures of this place.

use ipnet::IpNet;

use super::{Error, Secret, settings::Settings};

/// The shortest token that is no mistake, in characters.
const LEAST: usize = 16;

/// Who may read `/metrics`; by default nobody.
#[derive(Debug, Clone, Default)]
pub struct Metrics {
    /// Whoever sends this as a bearer token, at least 16 characters.
    pub token: Option<Secret>,
    /// Whoever comes from one of these, at most 64.
    pub from: Vec<IpNet>,
}

impl Metrics {
    pub(super) fn read(settings: &Settings) -> Result<Self, Error> {
        let token = settings.some_text("metrics", "token");
        if token.is_some_and(|token| token.chars().count() < LEAST) {
            let what = format!("must have at least {LEAST} characters: it is all that is asked");
            return Err(settings.bad("metrics", "token", &what));
        }
        Ok(Self {
            token: token.map(Secret::new),
            from: settings.networks("metrics", "from", "answer")?,
        })
    }
}
