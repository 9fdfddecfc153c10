//! `/compose` and `/compose?in_reply_to=ID`: the page for writing.

use askama::Template;

use crate::web::parts::compose::ComposeForm;
use crate::web::parts::layout::Page;

/// A post, or a reply with what it answers above it.
#[derive(Template)]
#[template(path = "home/compose.html")]
pub struct ComposePage {
    /// The frame.
    pub page: Page,
    /// The box.
    pub compose: ComposeForm,
}
