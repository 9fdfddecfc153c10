//! `/waiting/withdraw`: takes an application back, with everything that came with it.

use askama::Template;

use crate::web::parts::layout::Page;

/// Posts `csrf` to `/waiting/withdraw`.
#[derive(Template)]
#[template(path = "apply/withdraw.html")]
pub struct WithdrawPage {
    /// The frame.
    pub page: Page,
    /// How many drafts would go.
    pub drafts: i64,
}
