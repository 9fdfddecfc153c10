//! `/welcome`: after a yes. Offers the drafts; publishes nothing by itself.

use askama::Template;

use crate::web::apply::waiting::DraftView;
use crate::web::parts::layout::Page;

/// Forms: `/drafts/ID/publish` with `return_to=/welcome`; `/welcome/publish-all`.
#[derive(Template)]
#[template(path = "home/welcome.html")]
pub struct WelcomePage {
    /// The frame.
    pub page: Page,
    /// The drafts that are left.
    pub drafts: Vec<DraftView>,
    /// What the reviewer wrote; may be empty.
    pub message: String,
}
