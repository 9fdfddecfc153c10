//! `/@NAME/ID`: one status in its thread.

use askama::Template;

use crate::web::parts::compose::ComposeForm;
use crate::web::parts::layout::Page;
use crate::web::parts::status::StatusCard;

/// A thread around one status.
#[derive(Template)]
#[template(path = "public/status.html")]
pub struct ThreadPage {
    /// The frame.
    pub page: Page,
    /// What it answers, from the root down.
    pub ancestors: Vec<StatusCard>,
    /// The one this page is about; `focused` is true.
    pub status: StatusCard,
    /// What answers it, depth first.
    pub descendants: Vec<Reply>,
    /// The box for a reply; `None` for those who cannot.
    pub compose: Option<ComposeForm>,
}

/// One answer below.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: StatusCard,
    /// How deep it lies: 1 answers the status itself. Drawn up to 4.
    pub depth: i64,
}

impl Reply {
    /// The class that indents it.
    pub fn indent(&self) -> i64 {
        self.depth.clamp(1, 4)
    }
}
