//! Offering, accepting, and taking back: nothing of it is shown to others.

use diesel_async::AsyncConnection;
use serde_json::json;

use super::{SHOWN, afresh, close, is_fresh, own, quiet_line};
use crate::app::App;
use crate::domain::heir::{HeirEnding, NoticeEnding};
use crate::domain::role::Role;
use crate::domain::{Error, Result};
use crate::gate::signs;
use crate::gate::who::{Owner, Proven};
use crate::secrets::{Secret, letter};
use crate::store;
use crate::store::jobs::{FIRST, MAIL};

/// Offers it to a member, who hears of it by mail; what was offered before is void. The owner
/// typed the password just now.
///
/// # Errors
/// `Invalid` on `name` for nobody, for owners and for oneself.
pub async fn offer(app: &App, who: &Owner, _sure: &Proven, name: &str) -> Result<()> {
    let wrong = |why: &'static str| Error::field("name", "ERR_INVALID", why);
    let by = who.user().id;
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        store::door::lock(conn).await?;
        let now = app.clock.decide(conn).await?;
        let name = name.trim().trim_start_matches('@');
        let user = store::users::find_by_name(conn, name).await?;
        let user = user
            .filter(|user| user.is_member() && user.moved_at.is_none())
            .ok_or_else(|| wrong("is no member of this place"))?;
        if user.role == Role::Owner {
            return Err(wrong("is an owner already"));
        }
        if let Some(before) = store::heirs::open(conn).await? {
            let (ending, of_notice) = (HeirEnding::Replaced, NoticeEnding::TakenBack);
            close(conn, &before, ending, of_notice, now).await?;
        }
        let id = store::heirs::insert(conn, user.id, by, now).await?;
        let job = json!({ "mail": "heir_offered", "id": id });
        let job = (format!("heir_offered:{id}"), job);
        store::jobs::insert_ranked(conn, MAIL, FIRST, vec![job], now).await?;
        quiet_line(conn, "heir.offer", Some(by), now).await?;
        signs::act(conn, who, now).await
    })
    .await?;
    changed(app).await;
    Ok(())
}

/// Takes back the offer, or the heir: the letter is void, and a notice ends.
///
/// # Errors
/// `NotFound` where there is none.
pub async fn take_back(app: &App, who: &Owner) -> Result<()> {
    let by = who.user().id;
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        store::door::lock(conn).await?;
        let now = app.clock.decide(conn).await?;
        let heir = store::heirs::open(conn).await?.ok_or(Error::NotFound)?;
        let (ending, of_notice) = (HeirEnding::TakenBack, NoticeEnding::TakenBack);
        close(conn, &heir, ending, of_notice, now).await?;
        quiet_line(conn, "heir.take_back", Some(by), now).await?;
        signs::act(conn, who, now).await
    })
    .await?;
    changed(app).await;
    Ok(())
}

/// Says yes. Gives the code of the letter, in groups: it is shown this once.
///
/// # Errors
/// `NotFound` for who is not asked, `Conflict` for who said yes already, `Denied` without a fresh
/// sign-in.
pub async fn accept(app: &App, who: &Proven) -> Result<Secret> {
    let mut conn = app.desk.get().await?;
    let code = conn
        .transaction(async |conn| {
            store::door::lock(conn).await?;
            let now = app.clock.decide(conn).await?;
            let heir = own(conn, who, now).await?;
            if !is_fresh(conn, who, &heir, now).await? {
                return Err(afresh());
            }
            let code = letter::fresh();
            let digest = letter::digest(code.reveal())
                .ok_or_else(|| Error::broken("a code of ours cannot be read"))?;
            if !store::heirs::accept(conn, heir.id, &digest, now).await? {
                return Err(Error::Conflict(
                    "You said yes already, and the letter was shown then. If it is lost, ask the \
                     owner to offer it to you once more."
                        .into(),
                ));
            }
            quiet_line(conn, "heir.accept", None, now).await?;
            Ok(code)
        })
        .await?;
    changed(app).await;
    Ok(code)
}

/// Says no.
///
/// # Errors
/// `NotFound` for who is not asked.
pub async fn decline(app: &App, who: &Proven) -> Result<()> {
    leave(app, who, false).await
}

/// Gives it up: the letter is void, and a notice ends.
///
/// # Errors
/// `NotFound` for who is no heir.
pub async fn give_up(app: &App, who: &Proven) -> Result<()> {
    leave(app, who, true).await
}

async fn leave(app: &App, who: &Proven, accepted: bool) -> Result<()> {
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        store::door::lock(conn).await?;
        let now = app.clock.decide(conn).await?;
        let heir = own(conn, who, now).await?;
        if heir.accepted_at.is_some() != accepted {
            return Err(Error::NotFound);
        }
        let (ending, act) = match accepted {
            true => (HeirEnding::GivenUp, "heir.give_up"),
            false => (HeirEnding::Declined, "heir.decline"),
        };
        close(conn, &heir, ending, NoticeEnding::Void, now).await?;
        quiet_line(conn, act, None, now).await
    })
    .await?;
    changed(app).await;
    Ok(())
}

async fn changed(app: &App) {
    app.memory.forget(SHOWN).await;
    app.wake_relay();
}
