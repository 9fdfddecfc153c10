//! `/settings/sessions`: where you are signed in.

use askama::Template;

use crate::web::parts::layout::Page;
use crate::web::parts::moment::Moment;

/// Forms: `/settings/sessions/ID/revoke`, `/settings/sessions/revoke-others`.
#[derive(Template)]
#[template(path = "settings/sessions.html")]
pub struct SessionsPage {
    /// The frame.
    pub page: Page,
    /// The sessions, the current one first.
    pub sessions: Vec<SessionRow>,
}

/// One browser.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// Its id (not its secret), as text.
    pub id: String,
    /// Browser and system in words: `Firefox on Linux`; `Unknown browser` otherwise.
    pub browser: String,
    /// The address it last came from.
    pub address: String,
    /// When it signed in.
    pub created_at: Moment,
    /// When it was last seen.
    pub seen_at: Moment,
    /// The one that looks at this page.
    pub current: bool,
}
