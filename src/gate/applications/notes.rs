//! Notes about an application, which staff alone read.

use diesel_async::AsyncConnection;
use serde_json::json;

use super::words::{note_act, note_of, record};
use crate::app::App;
use crate::domain::application::MessageKind;
use crate::domain::{Error, Id, Result};
use crate::gate::who::Reviewer;
use crate::store;

/// Writes a note, up to 2,000 characters; also about what is decided already.
///
/// # Errors
/// `Invalid` for no or too many words, or too many messages; `NotFound`.
pub async fn note(app: &App, who: &Reviewer, id: Id, text: &str) -> Result<()> {
    let text = note_of(text)?;
    let by = who.user().id;
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        store::applications::lock(conn, id)
            .await?
            .ok_or(Error::NotFound)?;
        let note = record(conn, id, MessageKind::Note, by, &text, now).await?;
        let inverse = Some(json!({ "note": note.to_string() }));
        note_act(conn, who, "application.note", id, json!({}), inverse, now).await
    })
    .await
}

/// Takes a note away.
///
/// # Errors
/// `NotFound` where it is gone with its application, or was taken away before.
pub async fn take_away(app: &App, who: &Reviewer, id: Id, note: i64) -> Result<()> {
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        if !store::application_messages::delete_note(conn, id, note).await? {
            return Err(Error::NotFound);
        }
        let act = "application.take_note_away";
        note_act(conn, who, act, id, json!({}), None, now).await
    })
    .await
}
