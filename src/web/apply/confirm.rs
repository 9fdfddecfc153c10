//! `/confirm?token=…`: a button. Only its POST confirms, because mail scanners follow links.

use askama::Template;

use crate::web::parts::layout::Page;

/// Posts `token` and `csrf` to `/confirm`.
#[derive(Template)]
#[template(path = "apply/confirm.html")]
pub struct ConfirmPage {
    /// The frame.
    pub page: Page,
    /// The token of the mailed link.
    pub token: String,
}
