//! The section `[federation]`: how this place meets others.

use super::settings::Settings;

/// How this place meets others.
#[derive(Debug, Clone)]
pub struct Federation {
    /// Documents are only for servers that sign their request.
    pub authorized_fetch: bool,
}

impl Federation {
    pub(super) fn read(settings: &Settings) -> Self {
        Self {
            authorized_fetch: settings.flag("federation", "authorized_fetch"),
        }
    }
}
