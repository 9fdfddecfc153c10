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
        record(conn, id, MessageKind::Note, by, &text, now).await?;
        note_act(conn, who, "application.note", id, json!({}), None, now).await
    })
    .await
}
