//! Erasing users who never became members: rows first, then their private files.
//!
//! What is on the disk is written down in the transaction that takes the rows, and struck out
//! once it is gone: a crash in between leaves nothing behind, because [`sweep`] comes again.

use chrono::{DateTime, TimeDelta, Utc};

use crate::app::App;
use crate::domain::{Id, Result};
use crate::files::MediaPath;
use crate::store::{self, Conn};

/// How long a name rests after its applicant was erased (D6).
pub(super) const NAME_RESTS: TimeDelta = TimeDelta::days(7);
/// Who wrote a file down deletes it within this; then somebody else does.
const LEFT_AFTER: TimeDelta = TimeDelta::minutes(10);
/// Files that one [`sweep`] deletes at a time.
const BATCH: i64 = 1000;

/// Erases the rows and lets go of the names; gives the files to be deleted after the commit.
/// One statement a table, however many users: the timers bring 500 at a time.
pub(super) async fn rows(conn: &mut Conn, users: &[Id], now: DateTime<Utc>) -> Result<Vec<String>> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let files = store::applicants::private_files(conn, users).await?;
    store::names::free(conn, users, now + NAME_RESTS).await?;
    store::applicants::erase(conn, users).await?;
    store::doomed_files::insert(conn, &files, now).await?;
    Ok(files)
}

/// Deletes private files whose rows are gone. What fails is logged and tried again later:
/// no row knows the file any more, and nobody can reach it.
pub(super) async fn files(app: &App, paths: &[String]) {
    if let Err(error) = delete(app, paths).await {
        tracing::warn!(
            ?error,
            "private files of an erased applicant are still there"
        );
    }
}

async fn delete(app: &App, paths: &[String]) -> Result<()> {
    if paths.is_empty() {
        return Ok(());
    }
    let files: Vec<MediaPath> = paths.iter().filter_map(|p| MediaPath::parse(p)).collect();
    app.storage.delete_all(&files).await?;
    let mut conn = app.desk.get().await?;
    store::doomed_files::forget(&mut conn, paths).await
}

/// Deletes what was written down and left, a batch; gives how many files.
pub(super) async fn sweep(app: &App) -> Result<usize> {
    let mut conn = app.desk.get().await?;
    let before = app.clock.now() - LEFT_AFTER;
    let left = store::doomed_files::list(&mut conn, before, BATCH).await?;
    drop(conn);
    delete(app, &left).await?;
    Ok(left.len())
}
