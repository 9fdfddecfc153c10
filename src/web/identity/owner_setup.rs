//! `/owner/TOKEN`: the owner's first visit, by the one-time link that the start printed.

use askama::Template;

use crate::web::parts::form::Form;
use crate::web::parts::layout::Page;

/// Posts `place`, `username`, `email`, `password` to `/owner/TOKEN`.
#[derive(Template)]
#[template(path = "identity/owner_setup.html")]
pub struct OwnerSetupPage {
    /// The frame.
    pub page: Page,
    /// What was typed, and what is wrong with it.
    pub form: Form,
    /// The token of the link.
    pub token: String,
    /// Shortest password that is taken, in characters.
    pub password_min: i64,
}
