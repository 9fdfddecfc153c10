//! What a search found.

use serde::Serialize;

use super::{Account, Status, Tag};

/// All four lists, always.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Search {
    /// Accounts.
    pub accounts: Vec<Account>,
    /// Statuses.
    pub statuses: Vec<Status>,
    /// Hashtags.
    pub hashtags: Vec<Tag>,
    /// Collections: this server has none.
    pub collections: [(); 0],
}
