//! Newer and older: pages, not an endless feed.

/// Links under a list. Ready paths with their query, such as `/home?max_id=113…`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pager {
    /// The page of newer entries; `None` on the first page.
    pub newer: Option<String>,
    /// The page of older entries; `None` on the last page.
    pub older: Option<String>,
}
