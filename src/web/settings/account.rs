//! `/settings/account`: address and password.

use askama::Template;

use crate::web::parts::form::Form;
use crate::web::parts::layout::Page;

/// Two forms: `/settings/email` (`email`, `email_password`) and `/settings/password`
/// (`current_password`, `password`).
#[derive(Template)]
#[template(path = "settings/account.html")]
pub struct AccountSettingsPage {
    /// The frame.
    pub page: Page,
    /// The address as it is; `None` without one.
    pub email: Option<String>,
    /// A new address that waits for its confirmation.
    pub unconfirmed_email: Option<String>,
    /// `email` as typed, and what was wrong.
    pub email_form: Form,
    /// What was wrong with the passwords.
    pub password_form: Form,
    /// Shortest password that is taken, in characters.
    pub password_min: i64,
}
