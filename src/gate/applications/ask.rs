//! A question to the applicant: `pending -> needs_info`. They read it in a mail, on the waiting
//! page and in the app, and answer there.

use diesel_async::AsyncConnection;
use serde_json::json;

use super::review;
use super::words::{note_of, record};
use crate::app::App;
use crate::domain::application::{ApplicationState, MessageKind};
use crate::domain::event::{Event, EventKind};
use crate::domain::{Error, Id, Result};
use crate::gate::switch::lift;
use crate::gate::who::Reviewer;
use crate::gate::{mode, zone};
use crate::store;

/// Asks the applicant something, up to 2,000 characters. A second question may follow before
/// the first is answered.
///
/// # Errors
/// `Invalid` for no or too many words, or too many messages; `NotFound`; `Conflict` when it is
/// decided already.
pub async fn ask(app: &App, who: &Reviewer, id: Id, question: &str) -> Result<()> {
    let question = note_of(question)?;
    let zone = zone::of(app, who.user()).await?;
    let by = who.user().id;
    let mut conn = app.desk.get().await?;
    let lifted = conn
        .transaction(async |conn| {
            let now = app.clock.decide(conn).await?;
            let lifted = lift::answering(app, conn, who, &[id], now).await?;
            let may = ApplicationState::is_waiting;
            let (application, _) = review::hold(conn, id, None, may, zone).await?;
            record(conn, id, MessageKind::Question, by, &question, now).await?;
            let state = ApplicationState::NeedsInfo;
            if !store::applications::set_state(conn, id, application.version, state).await? {
                return Err(Error::broken("a row that is held was changed"));
            }
            store::applications::set_read(conn, id, by, now).await?;
            super::words::note_act(
                conn,
                who,
                "application.ask",
                id,
                json!({ "user": application.user_id.to_string() }),
                None,
                now,
            )
            .await?;
            let event = Event::by_people(EventKind::ApplicationAsked, id, by);
            store::events::insert(conn, &event, now).await?;
            Ok::<_, Error>(lifted)
        })
        .await?;
    drop(conn);
    if lifted {
        mode::forget(app).await;
    }
    app.wake_relay();
    Ok(())
}
