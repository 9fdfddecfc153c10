//! The pages for what went wrong: 403, 404, 422, 429, 500 and a closed door.

use askama::Template;

use crate::web::kept::Kept;
use crate::web::parts::layout::Page;

/// A calm sentence and a way on.
#[derive(Template)]
#[template(path = "public/trouble.html")]
pub struct TroublePage {
    /// The frame; its title is the heading, too.
    pub page: Page,
    /// HTTP status of the answer.
    pub status: u16,
    /// What happened and what to do, one or two sentences; never the cause of a 500.
    pub sentence: String,
    /// A link onward: path and words.
    pub onward: Option<(String, String)>,
    /// What was typed into the form that could not be taken.
    pub kept: Vec<Kept>,
}
