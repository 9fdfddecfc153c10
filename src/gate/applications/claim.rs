//! Who is reading an application just now. A claim tells the others and stops nothing: not a
//! decision, not a clock.

use chrono::TimeDelta;

use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::gate::who::Reviewer;
use crate::store;

/// How long a claim lasts.
pub const LASTS: TimeDelta = TimeDelta::minutes(10);

/// Says that this reviewer reads it, also where another one said so before. The first claim is
/// the first reading: answers stand from then on.
///
/// # Errors
/// `NotFound`; `Conflict` once it is decided.
pub async fn claim(app: &App, who: &Reviewer, id: Id) -> Result<()> {
    let mut conn = app.desk.get().await?;
    let application = store::applications::find(&mut conn, id)
        .await?
        .ok_or(Error::NotFound)?;
    if !application.state.is_waiting() {
        return Err(Error::Conflict(
            "There is nothing left to decide here.".into(),
        ));
    }
    let (now, reader) = (app.clock.now(), who.user().id);
    store::applications::set_read(&mut conn, id, reader, now).await?;
    store::application_claims::take(&mut conn, id, reader, now, now + LASTS, true).await?;
    Ok(())
}

/// This reviewer leaves it to others.
pub async fn release(app: &App, who: &Reviewer, id: Id) -> Result<()> {
    let mut conn = app.desk.get().await?;
    store::application_claims::release(&mut conn, id, who.user().id).await
}
