//! `/drafts/ID`: one draft, on the porch and inside.

use askama::Template;

use crate::web::parts::form::Form;
use crate::web::parts::layout::Page;
use crate::web::parts::moment::Moment;
use crate::web::parts::status::MediaView;

/// Fields: `text`, `spoiler_text`, `visibility`. Saves by POST to `/drafts/ID`, deletes by
/// `/drafts/ID/delete`, publishes (members) by `/drafts/ID/publish`: the last saves what is
/// typed first.
#[derive(Template)]
#[template(path = "home/draft.html")]
pub struct DraftPage {
    /// The frame.
    pub page: Page,
    /// The draft's id, as text.
    pub id: String,
    /// What is there (or was typed), and what is wrong with it.
    pub form: Form,
    /// Its pictures.
    pub media: Vec<MediaView>,
    /// When it was last saved.
    pub updated_at: Moment,
    /// Longest text, in characters.
    pub max_chars: i64,
}
