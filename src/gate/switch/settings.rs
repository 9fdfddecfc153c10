//! What an admin chooses of the switch. Each choice is an act, and so a sign of life (E22).

use diesel_async::AsyncConnection;
use serde_json::json;

use super::stage;
use crate::app::App;
use crate::domain::registration_mode::RegistrationMode;
use crate::domain::{Error, Result};
use crate::gate::ceilings::deadman;
use crate::gate::who::Admin;
use crate::gate::{mode, signs};
use crate::store;
use crate::store::audit::NewLine;

/// What can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// Days without a sign of life until the door is guarded: 2 to 14.
    pub presence_days: i64,
    /// The mode of a guarded door: not `open`.
    pub guarded: RegistrationMode,
}

/// Writes the choice down.
///
/// # Errors
/// `Invalid` beyond the range, and for an open door.
pub async fn choose(app: &App, who: &Admin, choice: Choice) -> Result<()> {
    let Choice {
        presence_days,
        guarded,
    } = choice;
    if !stage::PRESENCE_RANGE.contains(&presence_days) {
        return Err(Error::field(
            "presence_days",
            "ERR_INVALID",
            "must be between 2 and 14",
        ));
    }
    if guarded == RegistrationMode::Open {
        return Err(Error::field(
            "guarded",
            "ERR_INVALID",
            "must not be open: nobody would be there to look",
        ));
    }
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        store::door::lock(conn).await?;
        let now = app.clock.decide(conn).await?;
        let before = mode::weighed(app, conn, now).await?;
        let days = json!(presence_days);
        store::settings::set(conn, super::PRESENCE, &days, now).await?;
        let word = json!(guarded.as_str());
        store::settings::set(conn, deadman::SETTING, &word, now).await?;
        let user = who.user().id;
        signs::act(conn, who, now).await?;
        let line = NewLine {
            actor: Some(user),
            act: "switch.configure",
            subject_kind: "registration",
            subject: None,
            detail: json!({ "presence_days": presence_days, "guarded": guarded.as_str() }),
            inverse: Some(json!({
                "presence_days": before.presence_days,
                "guarded": before.guarded_mode.as_str(),
            })),
        };
        store::audit::append(conn, line, now).await?;
        let told = mode::weighed(app, conn, now).await?.told;
        mode::note(conn, &told, now).await
    })
    .await?;
    mode::forget(app).await;
    Ok(())
}
