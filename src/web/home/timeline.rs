//! `/home`: the box for writing and the home timeline, in pages.

use askama::Template;

use crate::web::parts::compose::ComposeForm;
use crate::web::parts::layout::Page;
use crate::web::parts::moment::Moment;
use crate::web::parts::pager::Pager;
use crate::web::parts::status::StatusCard;

/// The home timeline.
#[derive(Template)]
#[template(path = "home/timeline.html")]
pub struct HomePage {
    /// The frame.
    pub page: Page,
    /// The box; `None` on older pages.
    pub compose: Option<ComposeForm>,
    /// One page of statuses, newest first.
    pub statuses: Vec<StatusCard>,
    /// How far the viewer had read.
    pub seen: Option<Seen>,
    /// Newer and older.
    pub pager: Pager,
    /// Drafts that were written on the porch and are still unpublished: a link to `/welcome`.
    pub drafts_waiting: i64,
}

/// The line between new and seen (the home marker).
#[derive(Debug, Clone)]
pub struct Seen {
    /// How many of this page's statuses, from the top, are new; 0 shows nothing.
    pub new: usize,
    /// When the newest status seen before was written.
    pub at: Moment,
}
