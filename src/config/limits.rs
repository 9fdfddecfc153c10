//! The section `[limits]`.

use super::{Error, settings::Settings};

/// How often one person may do what reaches others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Posts and boosts in 3 hours; 0 for no such limit.
    pub posts: u32,
    /// Follows in a day; 0 for no such limit.
    pub follows: u32,
}

impl Limits {
    pub(super) fn read(settings: &Settings) -> Result<Self, Error> {
        let whole = |key| settings.whole("limits", key, 0..=1_000_000);
        Ok(Self {
            posts: whole("posts")? as u32,
            follows: whole("follows")? as u32,
        })
    }
}
