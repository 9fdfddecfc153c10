//! `/waiting/profile`: what a pending user may make of their profile.

use askama::Template;

use crate::web::parts::layout::Page;
use crate::web::parts::profile_form::ProfileForm;

/// Posts to `/waiting/profile`.
#[derive(Template)]
#[template(path = "sandbox.html")]
pub struct SandboxProfilePage {
    /// The frame.
    pub page: Page,
    /// The form; `switches` is false here.
    pub profile: ProfileForm,
}
