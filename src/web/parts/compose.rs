//! The box for writing (`templates/parts/compose.html`).

use super::form::Form;
use super::status::StatusCard;

/// Posts to `/compose`: `text`, `spoiler_text`, `visibility`, `language`, and hidden
/// `in_reply_to` (an id or empty), `idempotency_key`, `csrf`, `return_to`. The second button
/// sends `as_draft=1` as well.
#[derive(Debug, Clone)]
pub struct ComposeForm {
    /// What is typed (or preset: `text` with mentions, `visibility`), and what is wrong.
    pub form: Form,
    /// Longest text, in characters; the warning counts, too.
    pub max_chars: i64,
    /// A fresh random word: the same form sent twice posts once.
    pub idempotency_key: String,
    /// What is answered, shown above the box on the page for writing.
    pub reply_to: Option<StatusCard>,
    /// Languages to choose from: tag and name in itself. The chosen one is in `form`.
    pub languages: Vec<(String, String)>,
    /// Where to go after posting: a path of ours.
    pub return_to: String,
}

impl ComposeForm {
    /// Open the fold of options at once: one of them is set or wrong.
    pub fn options_open(&self) -> bool {
        !self.form.value("spoiler_text").is_empty() || self.form.error_of("spoiler_text").is_some()
    }
}
