//! One appeal against a no that was told: pending again, and marked for staff.

use diesel_async::AsyncConnection;

use super::answer::MAX_REPLY;
use crate::app::App;
use crate::domain::application::{ApplicationState, MessageKind};
use crate::domain::event::{Event, EventKind};
use crate::domain::{Error, Result};
use crate::gate::who::SignedIn;
use crate::store;
use crate::text::clean;
use crate::text::length::graphemes;

/// Asks to look again. The application waits once more, with what was written before and
/// `text` beside it; a second no is the last.
///
/// # Errors
/// `Invalid` on `appeal` for no text or too much of it; `Denied` where there is nothing to
/// appeal against, or not any more.
pub async fn appeal(app: &App, who: &SignedIn, text: &str) -> Result<()> {
    let text = clean::text(text).trim().to_owned();
    if text.is_empty() {
        return Err(Error::field("appeal", "ERR_BLANK", "can't be blank"));
    }
    if graphemes(&text) > MAX_REPLY || text.chars().count() > 5000 {
        let words = format!("is too long (maximum is {MAX_REPLY} characters)");
        return Err(Error::field("appeal", "ERR_TOO_LONG", words));
    }
    let nothing = || Error::denied("There is no decision that could be looked at again.");
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let application = store::applications::lock_latest(conn, who.user.id)
            .await?
            .filter(|a| a.state == ApplicationState::Rejected && a.told)
            .filter(|a| a.appealed_at.is_none() && a.erase_at.is_none_or(|at| at > now))
            .ok_or_else(nothing)?;
        let (id, user) = (application.id, who.user.id);
        store::application_messages::insert(conn, id, MessageKind::Appeal, user, &text, now)
            .await?;
        if !store::waiting::appeal(conn, id, application.version, now).await? {
            return Err(nothing());
        }
        let event = Event::by_people(EventKind::ApplicationAppealed, id, user);
        store::events::insert(conn, &event, now).await
    })
    .await?;
    drop(conn);
    app.wake_relay();
    Ok(())
}
