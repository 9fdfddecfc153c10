//! Lists of statuses: `/public` (what people here post), `/tags/NAME`, `/bookmarks`.

use askama::Template;

use crate::web::parts::layout::Page;
use crate::web::parts::pager::Pager;
use crate::web::parts::status::StatusCard;

/// One page of statuses under a heading.
#[derive(Template)]
#[template(path = "public/timeline.html")]
pub struct TimelinePage {
    /// The frame.
    pub page: Page,
    /// `Everybody here`, `#gardening`, `Bookmarks`.
    pub heading: String,
    /// One sentence below; may be empty.
    pub intro: String,
    /// One page, newest first.
    pub statuses: Vec<StatusCard>,
    /// What to say of an empty list.
    pub empty: String,
    /// Newer and older.
    pub pager: Pager,
}
