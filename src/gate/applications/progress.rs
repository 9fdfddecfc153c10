//! Where an application stands, as its applicant is told it: the step, who reads, the usual
//! wait, what was asked and answered. One reading for the page, the app's notice and the API.
//!
//! After a silent no everything goes on as before (registration.md C2): what this gives is
//! made of what was there before the decision, by the same statements.

use chrono::{DateTime, Utc};

use crate::app::App;
use crate::domain::application::{ApplicationState, MessageKind};
use crate::domain::{Error, Id, Result};
use crate::gate::mode::{self, Readers};
use crate::gate::questions;
use crate::gate::switch;
use crate::gate::who::SignedIn;
use crate::model::application::{Application, ApplicationMessage};
use crate::model::question::{Answer, QuestionVersion};
use crate::store::{self, Conn};

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Sent; the address is not confirmed.
    Sent,
    /// Confirmed, and nobody has looked yet.
    Confirmed,
    /// Somebody has opened it.
    BeingRead,
    /// Staff asked something back.
    AskedBack,
    /// It is over, one way or the other.
    Decided,
}

impl Step {
    /// In the order of the path.
    pub const ALL: [Step; 5] = [
        Step::Sent,
        Step::Confirmed,
        Step::BeingRead,
        Step::AskedBack,
        Step::Decided,
    ];

    /// The word for apps.
    pub fn as_str(self) -> &'static str {
        match self {
            Step::Sent => "sent",
            Step::Confirmed => "confirmed",
            Step::BeingRead => "being_read",
            Step::AskedBack => "asked_back",
            Step::Decided => "decided",
        }
    }
}

/// Everything that the applicant may know.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// The application without what a silent decision wrote.
    pub application: Application,
    /// How far it is.
    pub step: Step,
    /// Since when it is in its state.
    pub since: DateTime<Utc>,
    /// What was answered, in order.
    pub answers: Vec<Answer>,
    /// What was said, oldest first; no notes of staff.
    pub messages: Vec<ApplicationMessage>,
    /// The questions of the form that may be answered (anew) now; empty when none may.
    pub questions: Vec<QuestionVersion>,
    /// Required questions that it was sent without an answer to.
    pub open: Vec<QuestionVersion>,
    /// Who reads, and how long it takes.
    pub readers: Readers,
    /// Nobody looks after the door, and the time of those who wait stands still (E12).
    pub stands: bool,
}

impl Progress {
    /// Whether the answers may be changed now: until somebody read them, and when asked back.
    pub fn may_edit(&self) -> bool {
        may_edit(&self.application, &self.messages)
    }

    /// What staff asked last, while it waits for an answer.
    pub fn asked(&self) -> Option<&ApplicationMessage> {
        (self.application.state == ApplicationState::NeedsInfo)
            .then(|| open_question(&self.messages))
            .flatten()
    }

    /// Required questions of the form that are open, while the application waits for them.
    pub fn left_open(&self) -> Vec<&QuestionVersion> {
        match self.application.state {
            ApplicationState::NeedsInfo => left_open(&self.open, &self.answers).collect(),
            _ => Vec::new(),
        }
    }

    /// One appeal is left: it was refused, told, and not appealed against before.
    pub fn may_appeal(&self) -> bool {
        let application = &self.application;
        application.state == ApplicationState::Rejected
            && application.told
            && application.appealed_at.is_none()
    }

    /// When it comes back on the desk, where it was put off and that is not over at `now`.
    pub fn put_off(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.application
            .put_off_until
            .filter(|until| *until > now && self.application.state == ApplicationState::Pending)
    }
}

/// Reads it, for whoever signed in, in any state.
///
/// # Errors
/// `NotFound` for those who never applied.
pub async fn read(app: &App, who: &SignedIn) -> Result<Progress> {
    let mut conn = app.desk.get().await?;
    let application = store::applications::find_latest(&mut conn, who.user.id)
        .await?
        .ok_or(Error::NotFound)?
        .for_applicant();
    let answers = store::applications::answers(&mut conn, application.id).await?;
    let messages = said(&mut conn, application.id).await?;
    let (mut questions, mut open) = (Vec::new(), Vec::new());
    if may_edit(&application, &messages) {
        open = store::questions::left_open(&mut conn, application.id).await?;
        questions = questions_of(&mut conn, &open, &answers, app.clock.now()).await?;
    }
    drop(conn);
    Ok(Progress {
        step: step(&application, &messages),
        since: since(&application, &messages),
        answers,
        messages,
        questions,
        open,
        readers: mode::readers(app).await?,
        stands: application.state.is_waiting() && switch::shown(app).await?.sealed(),
        application,
    })
}

/// When it came into its state: by the latest of what can have moved it there.
fn since(application: &Application, messages: &[ApplicationMessage]) -> DateTime<Utc> {
    let moved = messages
        .iter()
        .rev()
        .find(|m| matches!(m.kind, MessageKind::Question | MessageKind::Answer))
        .map(|m| m.created_at);
    [
        application.confirmed_at,
        application.appealed_at,
        application.decided_at,
        moved,
    ]
    .into_iter()
    .flatten()
    .max()
    .unwrap_or(application.submitted_at)
}

fn step(application: &Application, messages: &[ApplicationMessage]) -> Step {
    let read = was_read(application, messages);
    match application.state {
        ApplicationState::Unconfirmed => Step::Sent,
        ApplicationState::Pending if read => Step::BeingRead,
        ApplicationState::Pending => Step::Confirmed,
        ApplicationState::NeedsInfo => Step::AskedBack,
        _ => Step::Decided,
    }
}

/// Opened by hand, or asked about.
fn was_read(application: &Application, messages: &[ApplicationMessage]) -> bool {
    application.read_at.is_some() || messages.iter().any(|m| m.kind == MessageKind::Question)
}

pub(super) fn may_edit(application: &Application, messages: &[ApplicationMessage]) -> bool {
    match application.state {
        ApplicationState::Pending => !was_read(application, messages),
        ApplicationState::NeedsInfo => true,
        _ => false,
    }
}

/// What was said to the applicant and by them.
pub(super) async fn said(conn: &mut Conn, application: Id) -> Result<Vec<ApplicationMessage>> {
    let mut messages = store::application_messages::list(conn, application).await?;
    messages.retain(|m| m.kind != MessageKind::Note);
    Ok(messages)
}

/// The last question, if nothing was answered to it.
pub(super) fn open_question(messages: &[ApplicationMessage]) -> Option<&ApplicationMessage> {
    messages
        .iter()
        .rev()
        .find(|m| matches!(m.kind, MessageKind::Question | MessageKind::Answer))
        .filter(|m| m.kind == MessageKind::Question)
}

/// Required questions that it was sent without an answer to, and that have none yet.
pub(super) fn left_open<'a>(
    open: &'a [QuestionVersion],
    answers: &'a [Answer],
) -> impl Iterator<Item = &'a QuestionVersion> {
    open.iter()
        .filter(|q| !answers.iter().any(|a| a.question_version_id == q.id))
}

/// The questions of an application: those that it answers, in the words that it was asked
/// with, those that it left open, and what everybody is asked now and it was not.
pub(super) async fn questions_of(
    conn: &mut Conn,
    open: &[QuestionVersion],
    answers: &[Answer],
    now: DateTime<Utc>,
) -> Result<Vec<QuestionVersion>> {
    let ids: Vec<i64> = answers.iter().map(|a| a.question_version_id).collect();
    let mut asked = store::questions::find_versions(conn, &ids).await?;
    let (everybody, _) = questions::of_everybody(conn, now).await?;
    for question in open.iter().cloned().chain(everybody) {
        if !asked.iter().any(|q| q.question_id == question.question_id) {
            asked.push(question);
        }
    }
    Ok(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(id: i64, kind: MessageKind) -> ApplicationMessage {
        ApplicationMessage {
            id,
            application_id: 1,
            kind,
            author_id: None,
            body: String::new(),
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_question_is_open_until_it_is_answered() {
        use MessageKind::{Answer, Appeal, Question};
        let open = |kinds: &[MessageKind]| {
            let messages: Vec<_> = (1..)
                .zip(kinds)
                .map(|(id, kind)| message(id, *kind))
                .collect();
            open_question(&messages).map(|m| m.id)
        };
        assert_eq!(open(&[]), None);
        assert_eq!(open(&[Question]), Some(1));
        assert_eq!(open(&[Question, Question]), Some(2));
        assert_eq!(open(&[Question, Answer]), None);
        assert_eq!(open(&[Question, Answer, Appeal, Question]), Some(4));
    }
}
