//! The heir opens the letter: from then on everybody knows.

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncConnection;
use serde_json::json;

use super::{NOTICE, SHOWN, TRIES, afresh, is_fresh, line, opens, own};
use crate::app::App;
use crate::domain::event::{Event, EventKind};
use crate::domain::{Error, Result};
use crate::gate::switch;
use crate::gate::who::Proven;
use crate::secrets::letter;
use crate::store;

/// Opens it with the code: the notice begins. Gives when the place is theirs, at the earliest.
///
/// # Errors
/// `NotFound` for who is no heir; `Denied` without a fresh sign-in; `Conflict` before its time
/// (no code is looked at), and where a notice runs; `TooMany` after [`TRIES`] wrong codes in a
/// day; `Invalid` on `code` for a wrong one.
pub async fn open(app: &App, who: &Proven, typed: &str) -> Result<DateTime<Utc>> {
    let mut conn = app.desk.get().await?;
    let until = conn
        .transaction(async |conn| {
            store::door::lock(conn).await?;
            let now = app.clock.decide(conn).await?;
            let heir = own(conn, who, now).await?;
            let kept = heir.letter.as_deref().ok_or(Error::NotFound)?;
            if !is_fresh(conn, who, &heir, now).await? {
                return Err(afresh());
            }
            let standing = switch::standing(app, conn, now).await?;
            let sign = store::heirs::last_sign(conn, heir.user).await?;
            let episode = standing.episode.filter(|_| opens(&standing, sign));
            let episode = episode.ok_or_else(|| {
                Error::Conflict("It is not yet time: the letter stays sealed.".into())
            })?;
            if let Some(from) = heir.tried_from
                && heir.tries >= TRIES
                && from + TimeDelta::days(1) > now
            {
                return Err(Error::TooMany {
                    message: "That were too many wrong codes for a day. Please come back tomorrow."
                        .into(),
                    retry_at: from + TimeDelta::days(1),
                });
            }
            if letter::digest(typed).is_none_or(|digest| digest != kept) {
                // Counted although nothing else is done: so the answer waits for the commit.
                store::heirs::tried(conn, heir.id, now).await?;
                return Ok(None);
            }
            let until = standing.now + NOTICE;
            let begun = store::heirs::begin_notice(conn, heir.id, episode.id, now, until).await?;
            let notice = begun.ok_or_else(|| {
                Error::Conflict("The letter is open already, and all are being told.".into())
            })?;
            let event = Event::by_people(EventKind::HeirNoticeBegun, notice, 0);
            store::events::insert(conn, &event, now).await?;
            let detail = json!({ "until": until.to_rfc3339() });
            line(conn, "heir.open", heir.user, None, detail, now).await?;
            Ok(Some(until))
        })
        .await?;
    drop(conn);
    app.memory.forget(SHOWN).await;
    app.wake_relay();
    until.ok_or_else(|| Error::field("code", "ERR_INVALID", "is not the one of the letter"))
}
