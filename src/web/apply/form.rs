//! `/apply`: the form. Posts to `/apply`.

use askama::Template;

use crate::web::parts::form::Form;
use crate::web::parts::layout::Page;

/// Fields: `username`, `email`, `password`, one `answer_ID` per question, `agreement` ("1")
/// where there are rules, and hidden: `form_token`, `csrf`, `website` (a honeypot that stays
/// empty). A refused form comes back with the same token, every answer but the password,
/// and every error at once.
#[derive(Template)]
#[template(path = "apply/form.html")]
pub struct ApplyPage {
    /// The frame; set `has_errors` when the form came back.
    pub page: Page,
    /// What was typed, and what is to be mended.
    pub form: Form,
    /// The signed token over question versions, time and nonce.
    pub form_token: String,
    /// The questions, in order; usually one.
    pub questions: Vec<Question>,
    /// House rules, one sentence each; empty for none.
    pub rules: Vec<String>,
    /// Who reads it: display names, five at most; may be empty.
    pub readers: Vec<String>,
    /// How long it usually takes, in words (`about a day`); `None` without figures.
    pub usual_wait: Option<String>,
    /// An address is needed (mail is configured); otherwise the field says that it is optional.
    pub email_needed: bool,
    /// Shortest password that is taken, in characters.
    pub password_min: i64,
    /// Beyond the capacity: applications wait in line, and the page says so.
    pub in_line: bool,
}

/// One question, in the applicant's words.
#[derive(Debug, Clone)]
pub struct Question {
    /// The id of its version: the field is `answer_{id}`.
    pub id: String,
    /// What is asked.
    pub label: String,
    /// A line below; may be empty.
    pub help: String,
    /// It must be answered.
    pub required: bool,
    /// A text area instead of a line.
    pub long: bool,
    /// Longest answer, in characters.
    pub max_chars: i64,
}

impl Question {
    /// The form's name for it, which is its `id` in the page too.
    pub fn field(&self) -> String {
        format!("answer_{}", self.id)
    }

    /// Attributes of its input.
    pub fn attrs(&self) -> &'static str {
        if self.required { "required" } else { "" }
    }
}
