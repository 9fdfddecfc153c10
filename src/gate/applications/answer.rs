//! What applicants say while they wait: answers changed until somebody reads them, and the
//! reply to what staff asked back.
//!
//! After a silent no both work as before, and reach nobody: see [`super::progress`].

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncConnection;

use super::progress::{self, left_open, may_edit, open_question, questions_of};
use crate::app::App;
use crate::domain::application::{ApplicationState, MessageKind};
use crate::domain::event::{Event, EventKind};
use crate::domain::{Error, Id, Result};
use crate::gate::questions::{self, Given};
use crate::gate::who::SignedIn;
use crate::model::application::{Application, ApplicationMessage};
use crate::model::question::Answer;
use crate::store::application_messages::MOST;
use crate::store::{self, Conn};
use crate::text::clean;
use crate::text::length::graphemes;

/// The longest reply, and the longest appeal, in characters.
pub const MAX_REPLY: usize = 2000;
/// The longest handle elsewhere, in characters.
pub const MAX_ELSEWHERE: usize = 320;
/// A reply that comes again within this is the one that was given.
const AGAIN: TimeDelta = TimeDelta::hours(1);

/// New answers to the form.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EditAnswers {
    /// All of them: a question that is left out is answered no more.
    pub given: Vec<Given>,
    /// Where else the applicant lives, as typed; `None` leaves it.
    pub elsewhere: Option<String>,
}

/// A handle elsewhere as it is kept: one line of text, never fetched; `None` when empty.
///
/// # Errors
/// `Invalid` on `elsewhere` when it is too long.
pub fn elsewhere_of(raw: &str) -> Result<Option<String>> {
    let text = clean::single_line(raw).trim().to_owned();
    if text.chars().count() > MAX_ELSEWHERE {
        return Err(Error::field(
            "elsewhere",
            "ERR_TOO_LONG",
            format!("is too long (maximum is {MAX_ELSEWHERE} characters)"),
        ));
    }
    Ok(Some(text).filter(|t| !t.is_empty()))
}

/// Writes new answers in the place of those that were sent, by the checks of the form. Who
/// has the card open decides on something else, and is told.
///
/// # Errors
/// `Invalid` with every field that needs mending; `Conflict` once somebody read them.
pub async fn edit(app: &App, who: &SignedIn, edit: EditAnswers) -> Result<()> {
    let elsewhere = edit.elsewhere.as_deref().map(elsewhere_of).transpose()?;
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let (application, _) = hold(conn, who).await?;
        let messages = progress::said(conn, application.id).await?;
        if !may_edit(&application, &messages) {
            return Err(stands(&application));
        }
        let now = app.clock.decide(conn).await?;
        let before = store::applications::answers(conn, application.id).await?;
        let open = store::questions::left_open(conn, application.id).await?;
        let asked = questions_of(conn, &open, &before, now).await?;
        let answers =
            questions::check(&asked, &edit.given, &application.locale).map_err(Error::Invalid)?;
        let answers = in_their_words(answers, &before);
        store::waiting::set_answers(conn, application.id, &answers).await?;
        match &elsewhere {
            Some(handle) => {
                store::waiting::set_elsewhere(conn, application.id, handle.as_deref()).await
            }
            None => store::waiting::touch(conn, application.id).await,
        }
    })
    .await
}

/// An answer keeps the words that its question was first asked with.
fn in_their_words(mut answers: Vec<Answer>, before: &[Answer]) -> Vec<Answer> {
    for answer in &mut answers {
        let asked = before
            .iter()
            .find(|b| b.question_version_id == answer.question_version_id);
        if let Some(asked) = asked {
            answer.wording.clone_from(&asked.wording);
        }
    }
    answers
}

/// What answers being asked back.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reply {
    /// To the question of staff, as typed.
    pub text: String,
    /// To required questions of the form that are open.
    pub given: Vec<Given>,
}

/// Answers what was asked back: a question of staff, required questions that an app left
/// open, or both. The application is pending again, and staff hear of it. Gives the message,
/// where one was written; the very same reply within the hour gives the first one.
///
/// # Errors
/// `Invalid` with every field that needs mending (`text`, `answer_ID`), and when nothing was
/// asked.
pub async fn reply(app: &App, who: &SignedIn, reply: Reply) -> Result<Option<ApplicationMessage>> {
    let text = clean::text(&reply.text).trim().to_owned();
    let mut conn = app.desk.get().await?;
    let said = conn
        .transaction(async |conn| {
            let (application, silenced) = hold(conn, who).await?;
            let now = app.clock.decide(conn).await?;
            let messages = progress::said(conn, application.id).await?;
            if application.state != ApplicationState::NeedsInfo {
                return match said_before(&messages, &text, now) {
                    Some(message) => Ok(Some(message)),
                    None => Err(nothing_asked(&application)),
                };
            }
            let asked = open_question(&messages).is_some();
            let before = store::applications::answers(conn, application.id).await?;
            let sent_without = store::questions::left_open(conn, application.id).await?;
            let open: Vec<_> = left_open(&sent_without, &before).cloned().collect();
            let answers = check(&open, &reply.given, &text, asked, &application)?;
            let said = store::application_messages::list(conn, application.id).await?;
            let (written, given) = (!text.is_empty(), answers.len());
            if written && said.len() as i64 >= MOST {
                return Err(Error::invalid(
                    "So much was said about this application that nothing more fits.",
                ));
            }
            if written {
                let (kind, author) = (MessageKind::Answer, who.user.id);
                store::application_messages::insert(conn, application.id, kind, author, &text, now)
                    .await?;
            }
            store::applicants::insert_answers(conn, application.id, &after(answers, &before))
                .await?;
            back_to_pending(conn, &application, silenced, who.user.id, given, now).await?;
            let messages = progress::said(conn, application.id).await?;
            Ok(messages.last().filter(|_| written).cloned())
        })
        .await?;
    drop(conn);
    app.wake_relay();
    Ok(said)
}

/// What the reply comes to: every trouble at once.
fn check(
    open: &[crate::model::question::QuestionVersion],
    given: &[Given],
    text: &str,
    asked: bool,
    application: &Application,
) -> Result<Vec<Answer>> {
    let mut invalid = crate::domain::error::Invalid::new();
    if text.is_empty() && (asked || open.is_empty()) {
        invalid.add("text", "ERR_BLANK", "can't be blank");
    }
    // Clusters are what people count; the column counts characters.
    if graphemes(text) > MAX_REPLY || text.chars().count() > 5000 {
        let words = format!("is too long (maximum is {MAX_REPLY} characters)");
        invalid.add("text", "ERR_TOO_LONG", words);
    }
    let answers = match questions::check(open, given, &application.locale) {
        Ok(answers) => answers,
        Err(troubles) => {
            invalid.fields.extend(troubles.fields);
            Vec::new()
        }
    };
    invalid.into_result()?;
    Ok(answers)
}

/// Places new answers behind those that are there.
fn after(mut answers: Vec<Answer>, before: &[Answer]) -> Vec<Answer> {
    let last = before.iter().map(|a| a.position + 1).max().unwrap_or(0);
    for answer in &mut answers {
        answer.position = answer.position.saturating_add(last);
    }
    answers
}

fn said_before(
    messages: &[ApplicationMessage],
    text: &str,
    now: DateTime<Utc>,
) -> Option<ApplicationMessage> {
    messages
        .last()
        .filter(|m| m.kind == MessageKind::Answer && m.body == text && m.created_at + AGAIN > now)
        .cloned()
}

async fn back_to_pending(
    conn: &mut Conn,
    application: &Application,
    silenced: bool,
    user: Id,
    given: usize,
    now: DateTime<Utc>,
) -> Result<()> {
    let pending = ApplicationState::Pending;
    if silenced {
        return store::waiting::set_shown(conn, application.id, pending).await;
    }
    let (id, version) = (application.id, application.version);
    if !store::applications::set_state(conn, id, version, pending).await? {
        return Err(Error::Conflict(
            "Somebody changed this application at this very moment. Please look once more.".into(),
        ));
    }
    let mut event = Event::by_people(EventKind::ApplicationAnswered, id, user);
    if given > 0 {
        event = event.with(given as Id);
    }
    store::events::insert(conn, &event, now).await
}

/// The latest application as its applicant sees it, its row held; and whether it was refused
/// without a word.
async fn hold(conn: &mut Conn, who: &SignedIn) -> Result<(Application, bool)> {
    let application = store::applications::lock_latest(conn, who.user.id)
        .await?
        .ok_or(Error::NotFound)?;
    let silenced = application.is_silenced();
    Ok((application.for_applicant(), silenced))
}

/// Why the answers stand.
fn stands(application: &Application) -> Error {
    Error::Conflict(match application.state {
        ApplicationState::Pending => {
            "Somebody has begun to read, so your answers stand as they are. If anything is \
             unclear, you will be asked."
                .into()
        }
        _ => "These answers cannot be changed now.".into(),
    })
}

fn nothing_asked(application: &Application) -> Error {
    Error::invalid(match application.state {
        ApplicationState::Pending => {
            "Nothing was asked, so there is nothing to answer. If somebody has a question, it \
             stands here."
        }
        _ => "There is nothing to answer any more.",
    })
}
