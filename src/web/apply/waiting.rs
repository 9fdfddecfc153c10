//! `/waiting`: where an application stands and what to do meanwhile.

use askama::Template;

use crate::web::parts::form::Form;
use crate::web::parts::layout::Page;
use crate::web::parts::moment::Moment;
use crate::web::parts::status::MediaView;

/// The page of an unconfirmed, pending or rejected user.
///
/// Forms: `/waiting/resend` (csrf), `/waiting/email` (`email`), `/drafts` (`text`,
/// `spoiler_text`, `visibility`). Links: `/waiting/profile`, `/waiting/export`,
/// `/waiting/withdraw`, `/drafts/ID`.
#[derive(Template)]
#[template(path = "apply/waiting.html")]
pub struct WaitingPage {
    /// The frame.
    pub page: Page,
    /// How far it is.
    pub step: Step,
    /// When it was sent.
    pub submitted_at: Moment,
    /// The address; `None` without mail.
    pub email: Option<String>,
    /// The address as typed into the correction form, and what was wrong with it.
    pub email_form: Form,
    /// Who reads it; may be empty.
    pub readers: Vec<String>,
    /// How long it usually takes, in words.
    pub usual_wait: Option<String>,
    /// The last time anybody's application was decided here.
    pub last_decision: Option<Moment>,
    /// What was answered, with the words of the question.
    pub answers: Vec<Answer>,
    /// The applicant's drafts, newest first.
    pub drafts: Vec<DraftView>,
    /// How many there may be.
    pub drafts_max: i64,
    /// The new draft as typed, and what was wrong with it.
    pub draft_form: Form,
    /// Longest draft, in characters.
    pub max_chars: i64,
    /// The decision, for a rejected applicant who was told.
    pub decision: Option<Rejection>,
}

/// Where an application stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The address is not confirmed yet.
    Unconfirmed,
    /// A reviewer will read it.
    Waiting,
    /// A reviewer said no, and the applicant was told.
    Rejected,
}

/// One question and its answer, as sent.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The wording at the time.
    pub asked: String,
    /// What was answered; may be empty.
    pub given: String,
}

/// A no that was told.
#[derive(Debug, Clone)]
pub struct Rejection {
    /// The reviewer's words; may be empty.
    pub message: String,
    /// When it was decided.
    pub decided_at: Moment,
    /// When everything is erased.
    pub erased_at: Moment,
}

/// A draft in a list.
#[derive(Debug, Clone)]
pub struct DraftView {
    /// Its id, as text.
    pub id: String,
    /// Its plain text.
    pub text: String,
    /// Its content warning; empty for none.
    pub spoiler: String,
    /// Whom it is meant for, in a word (`Public`).
    pub audience: String,
    /// When it was last saved.
    pub updated_at: Moment,
    /// Its pictures.
    pub media: Vec<MediaView>,
}

impl WaitingPage {
    /// No draft more can be saved.
    pub fn drafts_full(&self) -> bool {
        self.drafts.len() as i64 >= self.drafts_max
    }

    /// The address waits for its confirmation.
    pub fn is_unconfirmed(&self) -> bool {
        self.step == Step::Unconfirmed
    }

    /// In the sandbox: drafts and profile are open.
    pub fn is_waiting(&self) -> bool {
        self.step == Step::Waiting
    }
}
