//! `/desk/applications/ID`: one application, whole.

use askama::Template;

use crate::web::apply::waiting::{Answer, DraftView};
use crate::web::parts::form::Form;
use crate::web::parts::layout::Page;
use crate::web::parts::moment::Moment;
use crate::web::public::profile::ProfileView;

/// The card. Forms: `/desk/applications/ID/approve` and `/desk/applications/ID/reject`, with
/// `csrf`, `version` (of what was seen), `message` and `send_mail` ("1").
#[derive(Template)]
#[template(path = "review/application.html")]
pub struct ApplicationPage {
    /// The frame.
    pub page: Page,
    /// Its id, as text.
    pub id: String,
    /// The version that is shown: a decision on an older one is a conflict.
    pub version: i64,
    /// Where it stands, in words.
    pub state: String,
    /// It can be decided now, by this viewer.
    pub decidable: bool,
    /// Why this viewer may not decide it; `None` otherwise.
    pub not_by_you: Option<String>,
    /// When it was sent.
    pub submitted_at: Moment,
    /// Questions with the wording as asked, and answers.
    pub answers: Vec<Answer>,
    /// The profile as it will look.
    pub profile: ProfileView,
    /// The drafts.
    pub drafts: Vec<DraftView>,
    /// Where it came from: label and value, as much of it as this role sees
    /// (`Mail domain`, `Address`, `Network`, `Time to fill in`, `App`).
    pub origin: Vec<(String, String)>,
    /// Hints in whole words; never verdicts.
    pub hints: Vec<String>,
    /// `message` as typed, and what was wrong.
    pub form: Form,
    /// A message can be mailed.
    pub mail_works: bool,
    /// What happened so far, oldest first.
    pub history: Vec<HistoryLine>,
    /// The next one in the queue: its path.
    pub next: Option<String>,
}

/// One line of an application's history.
#[derive(Debug, Clone)]
pub struct HistoryLine {
    /// When.
    pub at: Moment,
    /// What, in a sentence: `Ann approved it.`
    pub sentence: String,
    /// Words that came with it; may be empty.
    pub words: String,
}
