//! `/apply/sent`: the receipt. The same whether or not the address was known here.

use askama::Template;

use crate::web::parts::layout::Page;

/// "Look into your mailbox."
#[derive(Template)]
#[template(path = "apply/sent.html")]
pub struct SentPage {
    /// The frame.
    pub page: Page,
    /// The address as it was typed; `None` where the place works without mail.
    pub email: Option<String>,
    /// Hours until an unconfirmed application is forgotten.
    pub confirm_hours: i64,
}
