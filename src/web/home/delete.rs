//! `/statuses/ID/delete`: asks once more. Its POST deletes.

use askama::Template;

use crate::web::parts::layout::Page;
use crate::web::parts::status::StatusCard;

/// Posts `csrf` and `return_to` to `/statuses/ID/delete`.
#[derive(Template)]
#[template(path = "home/delete.html")]
pub struct DeletePage {
    /// The frame.
    pub page: Page,
    /// What would go.
    pub status: StatusCard,
    /// Where to go afterwards, and on *Keep it*: a path of ours.
    pub return_to: String,
}
