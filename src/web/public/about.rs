//! `/about`: who runs this place, its rules, how the door stands, how to connect an app.

use askama::Template;

use crate::web::parts::account::AccountRow;
use crate::web::parts::layout::Page;

/// What anybody may know about the place.
#[derive(Template)]
#[template(path = "public/about.html")]
pub struct AboutPage {
    /// The frame.
    pub page: Page,
    /// The owner's words, one paragraph each; may be empty.
    pub paragraphs: Vec<String>,
    /// House rules, one sentence each; may be empty.
    pub rules: Vec<String>,
    /// Staff who are named in public.
    pub staff: Vec<AccountRow>,
    /// Where to write to; may be empty.
    pub contact: String,
    /// How the door stands, one sentence with its reason.
    pub door: String,
    /// Accounts that live here.
    pub members: i64,
}
