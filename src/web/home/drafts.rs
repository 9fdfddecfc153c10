//! `/drafts`: a member's drafts.

use askama::Template;

use crate::web::apply::waiting::DraftView;
use crate::web::parts::layout::Page;

/// All drafts, newest first: their number is limited, so there are no pages.
#[derive(Template)]
#[template(path = "home/drafts.html")]
pub struct DraftsPage {
    /// The frame.
    pub page: Page,
    /// The drafts.
    pub drafts: Vec<DraftView>,
}
