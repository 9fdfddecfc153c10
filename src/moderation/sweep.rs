//! What follows from a policy, a batch at a time: accounts get their flags, follows are cut,
//! people are told, and in the end all of it comes back, or the other servers hear that it does
//! not. Each step is one transaction that takes
//! its piece of work by a row's lock, so any number of processes may, and a kill loses nothing.

use chrono::TimeDelta;
use diesel_async::AsyncConnection;

use crate::app::App;
use crate::cache::bus::{self, Live};
use crate::domain::{Id, Result};
use crate::store::host_sweeps::FOLLOWS;
use crate::store::{self, follows};

/// So long what a block cut can be looked at and brought back.
const KEPT: TimeDelta = TimeDelta::days(365);
/// Steps of forgetting in one go; the rest waits for the next.
const FORGETTING: usize = 100;

/// Forgets what was cut long ago.
///
/// # Errors
/// When the database cannot be asked.
pub async fn forget(app: &App) -> Result<()> {
    let before = app.clock.now() - KEPT;
    let mut conn = app.pool.get().await?;
    for _ in 0..FORGETTING {
        let more = conn
            .transaction(async |conn| store::severances::forget(conn, before).await)
            .await?;
        if !more {
            break;
        }
    }
    Ok(())
}

/// Does one step: six statements at the most, whatever the number of people. `false` when there
/// is nothing to be done.
///
/// # Errors
/// When the database cannot be asked; the step is then done again.
pub async fn step(app: &App) -> Result<bool> {
    Ok(walk(app).await? || tell(app).await? || restore(app).await? || part(app).await?)
}

/// The next accounts of a server: flags, and follows where it is suspended.
async fn walk(app: &App) -> Result<bool> {
    let mut conn = app.pool.get().await?;
    let now = app.clock.now();
    let did = conn
        .transaction(async |conn| {
            let Some(sweep) = store::host_sweeps::take(conn).await? else {
                return Ok::<_, crate::domain::Error>(None);
            };
            let accounts = store::host_sweeps::reflag(conn, &sweep, now).await?;
            let Some((last, _)) = accounts.last().copied() else {
                store::host_sweeps::end(conn, sweep.host).await?;
                return Ok(Some(0));
            };
            let out = accounts.into_iter().filter(|(_, is_out)| *is_out);
            let out: Vec<Id> = out.map(|(account, _)| account).collect();
            let cut = match out.is_empty() {
                true => 0,
                false => store::host_sweeps::cut(conn, sweep.severance, out, now).await?,
            };
            // A full batch may have left some: the same accounts once more.
            if cut < FOLLOWS {
                store::host_sweeps::advance(conn, sweep.host, last).await?;
            }
            Ok(Some(cut))
        })
        .await?;
    if did.is_some_and(|cut| cut > 0) {
        app.wake_relay();
    }
    Ok(did.is_some())
}

/// Tells the next people what was cut.
async fn tell(app: &App) -> Result<bool> {
    let mut conn = app.pool.get().await?;
    let now = app.clock.now();
    let told = conn
        .transaction(async |conn| {
            let Some(act) = store::severances::to_tell(conn).await? else {
                return Ok::<_, crate::domain::Error>(None);
            };
            let told = store::severances::tell(conn, act, now).await?;
            if told.is_empty() {
                store::severances::note_told(conn, act, now).await?;
            }
            Ok(Some(told))
        })
        .await?;
    let Some(told) = told else {
        return Ok(false);
    };
    let messages: Vec<Live> = told
        .into_iter()
        .map(|(id, whose)| Live::Notified(id, whose))
        .collect();
    bus::publish(&app.cache, &messages).await;
    Ok(true)
}

/// Brings the next follows back.
async fn restore(app: &App) -> Result<bool> {
    let mut conn = app.pool.get().await?;
    let now = app.clock.now();
    let seen = conn
        .transaction(async |conn| {
            let Some(act) = store::severances::to_restore(conn).await? else {
                return Ok::<_, crate::domain::Error>(None);
            };
            let seen = store::severances::restore(conn, act, follows::MOST, now).await?;
            if seen == 0 {
                store::severances::note_restored(conn, act, now).await?;
            }
            Ok(Some(seen))
        })
        .await?;
    if seen.is_some_and(|seen| seen > 0) {
        app.wake_relay();
    }
    Ok(seen.is_some())
}

/// Has the next servers told that follows are over.
async fn part(app: &App) -> Result<bool> {
    let mut conn = app.pool.get().await?;
    let now = app.clock.now();
    let seen = conn
        .transaction(async |conn| {
            let Some(act) = store::severances::to_part(conn).await? else {
                return Ok::<_, crate::domain::Error>(None);
            };
            let seen = store::severances::part(conn, act, now).await?;
            if seen == 0 {
                store::severances::note_parted(conn, act, now).await?;
            }
            Ok(Some(seen))
        })
        .await?;
    if seen.is_some_and(|seen| seen > 0) {
        app.wake_relay();
    }
    Ok(seen.is_some())
}
