//! `/sign-in`

use askama::Template;

use crate::web::parts::form::Form;
use crate::web::parts::layout::Page;

/// Fields: `login` (email address or name), `password`, hidden `return_to`, `csrf`.
/// Posts to `/sign-in`.
#[derive(Template)]
#[template(path = "identity/sign_in.html")]
pub struct SignInPage {
    /// The frame.
    pub page: Page,
    /// `login` as typed, and what was wrong.
    pub form: Form,
    /// Where to go afterwards: a path of ours, or empty.
    pub return_to: String,
    /// The app that waits for this sign-in, by name.
    pub for_app: Option<String>,
    /// Mail can be sent: the page offers a password reset.
    pub mail_works: bool,
}
