//! Deleting one's account.
//!
//! 1. One commit closes it: nobody signs in or sees it any more, its name is never given again
//!    (H9), its address says that it is gone, and the event tells of it.
//! 2. A job takes what it left, in batches that can be done again: files, posts, follows,
//!    favourites, votes, the login, the profile. Killed in the middle, it goes on.
//! 3. The bare account keeps its key until every server was told that can be reached, and a
//!    while longer for those that were away ([`KEPT`]); then it goes too.

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncConnection;

use crate::activitypub::{addresses, uri};
use crate::app::App;
use crate::domain::role::Role;
use crate::domain::{Error, Id, Result};
use crate::files::MediaPath;
use crate::gate::Proven;
use crate::store;
use crate::store::departures;

/// How long the key is kept for servers that are away.
const KEPT: TimeDelta = TimeDelta::days(30);
/// When the job looks again whether all were told.
const LOOK_AGAIN: TimeDelta = TimeDelta::hours(12);
/// How long the addresses of posts say that they are gone.
const STONES_LIVE: TimeDelta = TimeDelta::days(180);

/// Deletes the member's account.
///
/// # Errors
/// `Conflict` for the last owner.
pub async fn delete(app: &App, who: &Proven) -> Result<()> {
    let (user, account) = (who.user().id, who.account_id());
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        if who.user().role == Role::Owner {
            let owners = store::users::lock_owners(conn).await?;
            if owners.iter().all(|owner| *owner == user) {
                return Err(Error::Conflict(
                    "You are the last owner of this place. Name another one first.".into(),
                ));
            }
        }
        let known = store::remote_accounts::by_id(conn, account)
            .await?
            .ok_or(Error::NotFound)?;
        let address = known
            .uri
            .unwrap_or_else(|| addresses::actor(&app.origin(), account));
        let now = app.clock.now();
        departures::close(conn, user, account, uri::hash(&address), false, now).await?;
        Ok::<_, Error>(())
    })
    .await?;
    app.known.note_name(&who.user().username, None);
    app.wake_relay();
    Ok(())
}

/// Takes what an account that was deleted has left; gives when to look again, or `None` when
/// nothing is left of it.
///
/// # Errors
/// When the database or the files cannot be reached; doing it again does the rest.
pub async fn erase(app: &App, account: Id) -> Result<Option<DateTime<Utc>>> {
    let mut conn = app.pool.get().await?;
    let Some(closed_at) = departures::closed_at(&mut conn, account).await? else {
        return Ok(None);
    };
    loop {
        let (ids, files) = departures::some_media(&mut conn, account).await?;
        if ids.is_empty() {
            break;
        }
        // First the files: a row that is left leads to them again.
        delete_files(app, &files).await?;
        departures::forget_media(&mut conn, ids).await?;
    }
    let notes = app.url("/ap/notes/");
    let until = closed_at + STONES_LIVE;
    while departures::erase_statuses(&mut conn, account, notes.clone(), until, app.clock.now())
        .await?
    {
        app.wake_relay();
    }
    while departures::erase_bonds(&mut conn, account, app.clock.now()).await? {
        app.wake_relay();
    }
    let files = departures::pictures(&mut conn, account).await?;
    delete_files(app, &files).await?;
    departures::lay_bare(&mut conn, account).await?;
    let now = app.clock.now();
    if departures::is_being_told(&mut conn, account).await? || now < closed_at + KEPT {
        return Ok(Some(now + LOOK_AGAIN));
    }
    departures::bury(&mut conn, account).await?;
    Ok(None)
}

async fn delete_files(app: &App, files: &[String]) -> Result<()> {
    let files: Vec<MediaPath> = files.iter().filter_map(|f| MediaPath::parse(f)).collect();
    app.storage.delete_all(&files).await
}
