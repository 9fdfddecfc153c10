//! What time does to it: each process looks at each tick, one writes.

use diesel_async::AsyncConnection;
use serde_json::json;

use super::{Heir, NoticeEnding, OFFER, SHOWN, UPTIME, close, line, stop};
use crate::app::App;
use crate::domain::heir::HeirEnding;
use crate::domain::role::Role;
use crate::domain::switch::Stage;
use crate::domain::{Error, Result};
use crate::gate::{mode, switch};
use crate::store::{self, Conn};

/// Lets an offer lapse, voids what is not good any more, ends a notice when somebody is back, and
/// hands the place over when it has run out. Where nobody is asked or named, one probe of an
/// index.
///
/// # Errors
/// When the database cannot be asked; the next tick does it.
pub async fn watch(app: &App) -> Result<()> {
    let mut conn = app.desk.get().await?;
    if store::heirs::open(&mut conn).await?.is_none() {
        return Ok(());
    }
    let changed = conn
        .transaction(async |conn| {
            if !store::door::try_lock(conn).await? {
                return Ok(false);
            }
            let Some(heir) = store::heirs::open(conn).await? else {
                return Ok(false);
            };
            judge(app, conn, &heir).await
        })
        .await?;
    drop(conn);
    if changed {
        app.memory.forget(SHOWN).await;
        // Who keeps the light on may be another question now.
        mode::forget(app).await;
        app.wake_relay();
    }
    Ok(())
}

async fn judge(app: &App, conn: &mut Conn, heir: &Heir) -> Result<bool> {
    let wall = app.clock.decide(conn).await?;
    if !heir.good {
        let done = close(conn, heir, HeirEnding::Void, NoticeEnding::Void, wall).await?;
        line(conn, "heir.void", None, None, json!({}), wall).await?;
        return Ok(done);
    }
    if heir.accepted_at.is_none() {
        return match heir.offered_at + OFFER <= wall {
            true => close(conn, heir, HeirEnding::Lapsed, NoticeEnding::Void, wall).await,
            false => Ok(false),
        };
    }
    let Some(notice) = store::heirs::running(conn).await? else {
        return Ok(false);
    };
    let standing = switch::standing(app, conn, wall).await?;
    let same = standing.episode.map(|open| open.id) == Some(notice.episode);
    let sign = store::heirs::last_sign(conn, heir.user).await?;
    let back = sign.is_some_and(|at| at > notice.begun_at);
    if !same || standing.stage < Stage::Distress || back {
        return stop(conn, notice.id, NoticeEnding::Back, wall).await;
    }
    if notice.until > standing.now || notice.uptime < UPTIME {
        return Ok(false);
    }
    let Some(user) = heir.user else {
        return Ok(false);
    };
    let before = store::users::find(conn, user).await?;
    let before = before.ok_or(Error::NotFound)?.role;
    let (ending, of_notice) = (HeirEnding::Succeeded, NoticeEnding::Succeeded);
    if !close(conn, heir, ending, of_notice, wall).await? {
        return Ok(false);
    }
    store::users::lock_owners(conn).await?;
    store::users::set_role(conn, user, Role::Owner, wall).await?;
    let detail = json!({ "from": before.as_str(), "to": Role::Owner.as_str() });
    line(conn, "heir.succeed", None, Some(user), detail, wall).await?;
    Ok(true)
}
