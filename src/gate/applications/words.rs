//! What the acts at the desk share: words of reviewers, the line in the log, the sign of life.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::domain::application::MessageKind;
use crate::domain::{Error, Id, Result};
use crate::gate::signs;
use crate::gate::who::Member;
use crate::store::audit::NewLine;
use crate::store::{self, Conn};
use crate::text::clean;

/// The longest question or note, in characters.
pub const MAX_NOTE: usize = 2000;

/// A question or a note as it is kept.
pub(super) fn note_of(raw: &str) -> Result<String> {
    let text = clean::text(raw).trim().to_owned();
    if text.is_empty() {
        return Err(Error::field("message", "ERR_BLANK", "can't be blank"));
    }
    if text.chars().count() > MAX_NOTE {
        return Err(Error::field(
            "message",
            "ERR_TOO_LONG",
            format!("is too long (maximum is {MAX_NOTE} characters)"),
        ));
    }
    Ok(text)
}

/// Keeps a message, as long as there is room for one more; gives its id.
pub(super) async fn record(
    conn: &mut Conn,
    application: Id,
    kind: MessageKind,
    by: Id,
    text: &str,
    now: DateTime<Utc>,
) -> Result<i64> {
    let said = store::application_messages::list(conn, application).await?;
    // The last places are the applicant's: for an answer and for an appeal.
    if said.len() as i64 >= store::application_messages::MOST - 2 {
        return Err(Error::invalid(
            "So much was said about this application that there is no room for more.",
        ));
    }
    store::application_messages::insert(conn, application, kind, by, text, now).await
}

/// Writes what was done into the audit log, and that somebody is there.
pub(super) async fn note_act(
    conn: &mut Conn,
    who: &Member,
    act: &'static str,
    application: Id,
    detail: Value,
    inverse: Option<Value>,
    now: DateTime<Utc>,
) -> Result<()> {
    let line = NewLine {
        actor: Some(who.user().id),
        act,
        subject_kind: "application",
        subject: Some(application),
        detail,
        inverse,
    };
    store::audit::append(conn, line, now).await?;
    signs::act(conn, who, now).await
}
