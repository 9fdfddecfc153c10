//! `/settings/profile` (and `/settings`, which leads here)

use askama::Template;

use crate::web::parts::layout::Page;
use crate::web::parts::profile_form::ProfileForm;

/// Posts to `/settings/profile`.
#[derive(Template)]
#[template(path = "settings/profile.html")]
pub struct ProfileSettingsPage {
    /// The frame.
    pub page: Page,
    /// The form; `switches` is true here.
    pub profile: ProfileForm,
}
