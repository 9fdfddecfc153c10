//! `/password` and `/password/TOKEN`: a forgotten password.

use askama::Template;

use crate::web::parts::form::Form;
use crate::web::parts::layout::Page;

/// Asks for the address. Posts `email` to `/password`; the answer is the same whether or not
/// the address is known.
#[derive(Template)]
#[template(path = "identity/password_reset.html")]
pub struct PasswordResetPage {
    /// The frame.
    pub page: Page,
    /// `email` as typed.
    pub form: Form,
    /// It was sent: shows the sentence instead of the form.
    pub sent: bool,
}

/// Sets the new one. Posts `password` to `/password/TOKEN`.
#[derive(Template)]
#[template(path = "identity/password_reset_set.html")]
pub struct PasswordSetPage {
    /// The frame.
    pub page: Page,
    /// What was wrong.
    pub form: Form,
    /// The token of the mailed link.
    pub token: String,
    /// Shortest password that is taken, in characters.
    pub password_min: i64,
}
