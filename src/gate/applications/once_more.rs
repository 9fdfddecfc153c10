//! Applying again after time ended an application: it is erased at once, and the name that rests is
//! kept for the browser that had it, by a signed token (registration.md C2: a name is freed at
//! erasure plus a delay; for everybody else it is).
//!
//! Only for whom nobody ever said no: after a no the name rests for its applicant, too.

use chrono::{DateTime, Utc};

use super::erase::NAME_RESTS;
use super::withdraw;
use crate::app::App;
use crate::domain::application::ApplicationState;
use crate::domain::error::Closed;
use crate::domain::{Error, Result};
use crate::gate::mode;
use crate::gate::who::SignedIn;
use crate::model::application::Application;
use crate::secrets::signed;
use crate::store;

/// Before the name in the token, so that it is no other token of ours.
const WHAT: &[u8] = b"again;";

/// Whether its applicant may erase it and apply again with the same name.
pub fn may(application: &Application) -> bool {
    application.state == ApplicationState::Expired && application.appealed_at.is_none()
}

/// Erases everything of an application that time ended; gives the token that keeps the name. The
/// address is free at once for everybody.
///
/// # Errors
/// `Denied` where time did not end it, or after a no; `Closed` while nobody may apply: nothing is
/// erased then.
pub async fn start(app: &App, who: &SignedIn) -> Result<String> {
    let now = app.clock.now();
    let mut conn = app.desk.get().await?;
    let ended = store::applications::find_latest(&mut conn, who.user.id).await?;
    if !ended.as_ref().is_some_and(may) {
        return Err(Error::denied(
            "Only an application that time ended is erased for a new one.",
        ));
    }
    if let Some(sentence) = mode::current(app, &mut conn, now).await?.closed_because() {
        return Err(Error::Closed(Box::new(Closed {
            message: format!("{sentence} Nothing was erased.").into(),
            code: "registrations_closed",
            application: None,
        })));
    }
    drop(conn);
    withdraw::withdraw(app, who).await?;
    let said = [WHAT, who.user.username.as_bytes()].concat();
    Ok(signed::sign(&app.keys.form, &said, now, NAME_RESTS))
}

/// The name that a token keeps; `None` for what is none, or not any more.
pub fn name_of(app: &App, token: &str, now: DateTime<Utc>) -> Option<String> {
    let said = signed::open(&app.keys.form, token, now).ok()?.payload;
    String::from_utf8(said.strip_prefix(WHAT)?.to_vec()).ok()
}
