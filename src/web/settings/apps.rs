//! `/settings/apps`: apps that may act for you.

use askama::Template;

use crate::web::parts::layout::Page;
use crate::web::parts::moment::Moment;

/// Forms: `/settings/apps/ID/revoke`.
#[derive(Template)]
#[template(path = "settings/apps.html")]
pub struct AppsPage {
    /// The frame.
    pub page: Page,
    /// The apps, last used first.
    pub apps: Vec<AppRow>,
}

/// One app with a living token.
#[derive(Debug, Clone)]
pub struct AppRow {
    /// The app's id, as text.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its website; `None` without, or where it is no http(s) address.
    pub website: Option<String>,
    /// Its scopes, separated by spaces.
    pub scopes: String,
    /// When it was allowed.
    pub created_at: Moment,
    /// When it was last used.
    pub used_at: Option<Moment>,
}
