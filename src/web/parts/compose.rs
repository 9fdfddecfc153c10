//! The box for writing (`templates/parts/compose.html`).

use super::form::Form;
use super::status::{MediaView, StatusCard};

/// Posts to `/compose`: `text`, `spoiler_text`, `visibility`, `language`, and hidden
/// `in_reply_to` (an id or empty), `idempotency_key`, `csrf`, `return_to`. The second button
/// sends `as_draft=1` as well. Multipart: files `media_1` to `media_4`, each with its `alt_1` …,
/// and `sensitive` ("1"). Pictures that a refused form brought are kept: `kept_1` … (an upload's id)
/// or `kept_private_1` … (a loose picture of drafts), `kept_alt_1` … and `drop_1` … ("1"). The fields of a poll are in [`super::poll`].
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
    /// Pictures that came with a form that was refused; four at the most.
    pub kept: Vec<KeptPicture>,
}

/// A picture that need not be chosen again.
#[derive(Debug, Clone)]
pub struct KeptPicture {
    /// Its place, from 1.
    pub place: usize,
    /// It came with a draft that could not be saved: nobody else may see it.
    pub private: bool,
    /// The id of the upload, or of the draft's picture, as text.
    pub id: String,
    /// What is seen of it.
    pub shown: MediaView,
}

impl ComposeForm {
    /// Rows for pictures to choose: as many as there is room for.
    pub fn pictures(&self) -> std::ops::RangeInclusive<usize> {
        1..=4_usize.saturating_sub(self.kept.len())
    }

    /// The name of a picture's description.
    pub fn alt(&self, picture: &usize) -> String {
        format!("alt_{picture}")
    }

    /// Open the fold of pictures at once: one of them is described or wrong.
    pub fn pictures_open(&self) -> bool {
        !self.kept.is_empty()
            || self.form.error_of("media_1").is_some()
            || self
                .pictures()
                .any(|n| !self.form.value(self.alt(&n)).is_empty())
    }

    /// Open the fold of the poll at once: it is filled in or wrong.
    pub fn poll_open(&self) -> bool {
        super::poll::is_open(&self.form)
    }

    /// Open the fold of options at once: one of them is set or wrong.
    pub fn options_open(&self) -> bool {
        !self.form.value("spoiler_text").is_empty() || self.form.error_of("spoiler_text").is_some()
    }
}
