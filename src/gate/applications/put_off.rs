//! Not now: an application rests for a fortnight, twice at the most, and the applicant is told.
//! Then it is back in the queue by itself.

use chrono::TimeDelta;
use diesel_async::AsyncConnection;
use serde_json::json;

use super::review;
use super::words::note_act;
use crate::app::App;
use crate::domain::application::ApplicationState;
use crate::domain::event::{Event, EventKind};
use crate::domain::{Error, Id, Result};
use crate::gate::who::Reviewer;
use crate::gate::zone;
use crate::store;

/// How long it rests.
pub const RESTS: TimeDelta = TimeDelta::days(14);
/// How often.
pub const MOST: i16 = 2;

/// Puts an application off. `seen` is the hash of the card.
///
/// # Errors
/// `NotFound`; `Conflict` as in [`review::hold`], while it rests, and after the second time.
pub async fn put_off(app: &App, who: &Reviewer, id: Id, seen: Option<&str>) -> Result<()> {
    let zone = zone::of(app, who.user()).await?;
    let by = who.user().id;
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let may = ApplicationState::is_waiting;
        let (application, _) = review::hold(conn, id, seen, may, zone).await?;
        if let Some(why) = why_not(application.state, application.put_offs) {
            return Err(Error::Conflict(why.into()));
        }
        if application.put_off_until.is_some_and(|until| until > now) {
            return Err(Error::Conflict("It is put off already.".into()));
        }
        store::applications::put_off(conn, &[id], now + RESTS).await?;
        note_act(
            conn,
            who,
            "application.put_off",
            id,
            json!({ "user": application.user_id.to_string(), "until": now + RESTS }),
            Some(json!({ "act": "application.take_up", "application": id.to_string() })),
            now,
        )
        .await?;
        let event = Event::by_people(EventKind::ApplicationPutOff, id, by);
        store::events::insert(conn, &event, now).await
    })
    .await?;
    drop(conn);
    app.wake_relay();
    Ok(())
}

/// Takes up what rests, before its time.
///
/// # Errors
/// `NotFound`; `Conflict` where nothing rests.
pub async fn take_up(app: &App, who: &Reviewer, id: Id) -> Result<()> {
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let application = store::applications::lock(conn, id)
            .await?
            .ok_or(Error::NotFound)?;
        if application.put_off_until.is_none_or(|until| until <= now) {
            return Err(Error::Conflict("It does not rest.".into()));
        }
        store::applications::take_up_again(conn, &[id]).await?;
        note_act(conn, who, "application.take_up", id, json!({}), None, now).await
    })
    .await
}

/// Why one cannot be put off once more.
pub(super) fn why_not(state: ApplicationState, put_offs: i16) -> Option<&'static str> {
    match state {
        ApplicationState::NeedsInfo => Some("The applicant has the word: it waits for an answer."),
        _ if put_offs >= MOST => Some("It was put off twice. Somebody should decide now."),
        _ => None,
    }
}
