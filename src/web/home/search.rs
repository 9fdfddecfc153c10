//! `/search?q=…`: accounts and tags.

use askama::Template;

use crate::web::parts::account::AccountRow;
use crate::web::parts::layout::Page;
use crate::web::parts::status::StatusCard;

/// The box and what was found. A GET form with the field `q`.
#[derive(Template)]
#[template(path = "home/search.html")]
pub struct SearchPage {
    /// The frame.
    pub page: Page,
    /// What was asked; empty shows the box alone.
    pub query: String,
    /// Accounts, 20 at most.
    pub accounts: Vec<AccountRow>,
    /// Tags without `#`, 20 at most.
    pub tags: Vec<String>,
    /// Statuses, 20 at most (a status whose address was pasted).
    pub statuses: Vec<StatusCard>,
}

impl SearchPage {
    /// Asked, and nothing found.
    pub fn nothing(&self) -> bool {
        !self.query.is_empty()
            && self.accounts.is_empty()
            && self.tags.is_empty()
            && self.statuses.is_empty()
    }
}
