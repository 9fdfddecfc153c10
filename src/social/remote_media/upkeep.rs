//! What goes from the cache: what nothing shows any more, what is refused, and what was not used
//! for the longest time when it is full.
//!
//! A row is marked first, then its files are removed, then the row: whatever is interrupted goes
//! on at the next run, and nothing is served meanwhile.

use chrono::TimeDelta;

use crate::app::App;
use crate::domain::{Error, Result};
use crate::files::MediaPath;
use crate::gate::Reviewer;
use crate::store;
use crate::store::cached_media_room::MARKED_AT_ONCE;
pub use crate::store::cached_media_room::Usage;

/// Sets of rows that one run works through.
const ROUNDS: usize = 20;
/// Failures whose time came so long ago are forgotten; so are fetches that were lost.
const FORGOTTEN: TimeDelta = TimeDelta::days(7);
/// Servers that are named where most is kept.
const LARGEST: i64 = 10;

/// How full the cache is, and how full it may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fill {
    /// What is in it.
    pub usage: Usage,
    /// Bytes that it may have.
    pub quota: i64,
}

/// How full it is, for the desk.
///
/// # Errors
/// When the database cannot be asked.
pub async fn fill(app: &App, _who: &Reviewer) -> Result<Fill> {
    look(app).await
}

/// The same for whoever has a shell on the server.
///
/// # Errors
/// As [`fill`].
pub async fn look(app: &App) -> Result<Fill> {
    let mut conn = app.desk.get().await?;
    Ok(Fill {
        usage: store::cached_media_room::usage(&mut conn).await?,
        quota: app.config.media.remote_cache_bytes,
    })
}

/// Bytes that are kept of what the people of one server show; 0 for one that was never heard of.
///
/// # Errors
/// When the database cannot be asked.
pub async fn bytes_of(app: &App, _who: &Reviewer, domain: &str) -> Result<i64> {
    let mut conn = app.desk.get().await?;
    match store::hosts::find(&mut conn, domain).await? {
        Some(host) => store::cached_media_room::bytes_of(&mut conn, host.id).await,
        None => Ok(0),
    }
}

/// The servers of whose people most is kept: name, bytes, files; ten at the most.
///
/// # Errors
/// When the database cannot be asked.
pub async fn largest(app: &App) -> Result<Vec<(String, i64, i64)>> {
    let mut conn = app.desk.get().await?;
    store::cached_media_room::largest(&mut conn, LARGEST).await
}

/// For the timers: forgets what nothing shows, then makes room. 10,000 files a run at the most.
///
/// # Errors
/// When the database cannot be asked.
pub async fn sweep(app: &App) -> Result<()> {
    let long_ago = app.clock.now() - FORGOTTEN;
    let mut conn = app.pool.get().await?;
    for _ in 0..ROUNDS {
        if is_last(store::cached_media_room::delete_loose(&mut conn).await?) {
            break;
        }
    }
    drop(conn);
    for _ in 0..ROUNDS {
        let mut conn = app.pool.get().await?;
        let marked = store::cached_media_room::unwanted(&mut conn, long_ago).await?
            + store::cached_media_room::too_many_failed(&mut conn).await?;
        drop(conn);
        remove_going(app).await?;
        if is_last(marked) {
            break;
        }
    }
    let mut conn = app.pool.get().await?;
    let usage = store::cached_media_room::usage(&mut conn).await?;
    drop(conn);
    app.remote_media.set_size(usage.bytes);
    make_room(app).await
}

/// Empties the cache; gives what was in it. What is looked at is fetched again.
///
/// # Errors
/// When the database cannot be asked.
pub async fn prune(app: &App) -> Result<Usage> {
    let before = look(app).await?.usage;
    loop {
        let mut conn = app.pool.get().await?;
        let marked = store::cached_media_room::all(&mut conn).await?;
        drop(conn);
        remove_going(app).await?;
        if marked == 0 {
            return Ok(before);
        }
    }
}

/// Whether another file may be fetched: the quota may be passed by a tenth while room is made.
pub(super) async fn has_room(app: &App) -> Result<bool> {
    let quota = app.config.media.remote_cache_bytes;
    let most = quota.saturating_add(quota / 10);
    if size(app).await? <= most {
        return Ok(true);
    }
    make_room(app).await?;
    Ok(size(app).await? <= most)
}

/// Where there is more than the quota: lets go of what was unused for the longest time, until
/// there is a twentieth to spare. One at a time in a process; others go on without.
pub(super) async fn make_room(app: &App) -> Result<()> {
    let quota = app.config.media.remote_cache_bytes;
    if size(app).await? <= quota {
        return Ok(());
    }
    let Ok(_turn) = app.remote_media.making_room.try_lock() else {
        return Ok(());
    };
    let mut conn = app.pool.get().await?;
    let usage = store::cached_media_room::usage(&mut conn).await?;
    drop(conn);
    app.remote_media.set_size(usage.bytes);
    let mut excess = match usage.bytes > quota {
        true => usage.bytes - quota + quota / 20,
        false => 0,
    };
    for _ in 0..ROUNDS {
        if excess <= 0 {
            break;
        }
        let mut conn = app.pool.get().await?;
        let marked = store::cached_media_room::evict(&mut conn, excess).await?;
        drop(conn);
        excess -= remove_going(app).await?;
        if marked == 0 {
            break;
        }
    }
    Ok(())
}

/// Bytes in the cache, counted anew where nobody knows.
async fn size(app: &App) -> Result<i64> {
    if let Some(known) = app.remote_media.size() {
        return Ok(known);
    }
    let mut conn = app.pool.get().await?;
    let usage = store::cached_media_room::usage(&mut conn).await?;
    app.remote_media.set_size(usage.bytes);
    Ok(usage.bytes)
}

fn is_last(marked: usize) -> bool {
    i64::try_from(marked).is_ok_and(|marked| marked < MARKED_AT_ONCE)
}

/// Removes the files of rows that are marked, then the rows; gives how many bytes went. A file
/// that cannot be removed keeps its row, for the next time.
async fn remove_going(app: &App) -> Result<i64> {
    let mut conn = app.pool.get().await?;
    let going = store::cached_media_room::going(&mut conn).await?;
    drop(conn);
    let mut gone = Vec::with_capacity(going.len());
    let mut bytes = 0;
    for row in going {
        let files: Vec<MediaPath> = row
            .files
            .iter()
            .filter_map(|f| MediaPath::parse(f))
            .collect();
        match app.storage.delete_all(&files).await {
            Ok(()) => {
                bytes += row.bytes;
                gone.push(row.id);
            }
            Err(Error::Broken(cause)) => {
                tracing::warn!(?files, ?cause, "files of the cache cannot be removed");
            }
            Err(other) => return Err(other),
        }
    }
    let mut conn = app.pool.get().await?;
    store::cached_media_room::delete(&mut conn, gone).await?;
    app.remote_media.add_size(-bytes);
    Ok(bytes)
}
