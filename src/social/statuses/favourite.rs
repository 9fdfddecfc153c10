//! Favourites. Doing or undoing twice is doing or undoing once (quirk 50).

use diesel_async::AsyncConnection;

use super::deed::{Count, Deed};
use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::gate::Member;
use crate::gate::signs::check_in;
use crate::store::{self, reactions::Counted};

/// Favourites a status; for a boost the boosted one.
///
/// # Errors
/// `NotFound` when the member may not see it; `Denied` when they moved away.
pub async fn favourite(app: &App, who: &Member, id: Id) -> Result<Deed> {
    who.lives_here()?;
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    if !check_in::can_answer(who) {
        let done = store::reactions::favourite(&mut conn, id, who.account_id(), now).await?;
        return finish(app, done);
    }
    // To favourite what the server asks says "I'm here".
    let done = conn
        .transaction(async |conn| {
            let done = store::reactions::favourite(conn, id, who.account_id(), now).await?;
            if let Some(done) = &done {
                check_in::by_answer(app, conn, who, done.status, now).await?;
            }
            Ok::<_, Error>(done)
        })
        .await?;
    finish(app, done)
}

/// Takes a favourite back.
///
/// # Errors
/// `NotFound` when there is no such status.
pub async fn unfavourite(app: &App, who: &Member, id: Id) -> Result<Deed> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let done = store::reactions::unfavourite(&mut conn, id, who.account_id(), now).await?;
    finish(app, done)
}

fn finish(app: &App, done: Option<Counted>) -> Result<Deed> {
    let done = done.ok_or(Error::NotFound)?;
    if done.changed {
        app.wake_relay();
    }
    Ok(Deed::counted(done.status, Count::Favourites(done.count)))
}
