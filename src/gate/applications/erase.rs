//! Erasing users who never became members: rows first, then their private files.

use chrono::{DateTime, TimeDelta, Utc};

use crate::app::App;
use crate::domain::{Id, Result};
use crate::files::MediaPath;
use crate::store::{self, Conn};

/// How long a name rests after its applicant was erased (D6).
const NAME_RESTS: TimeDelta = TimeDelta::days(7);

/// Erases the rows and lets go of the names; gives the files to be deleted after the commit.
pub(super) async fn rows(conn: &mut Conn, users: &[Id], now: DateTime<Utc>) -> Result<Vec<String>> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let files = store::applicants::private_files(conn, users).await?;
    store::names::free(conn, users, now + NAME_RESTS).await?;
    store::applicants::erase(conn, users).await?;
    Ok(files)
}

/// Deletes private files whose rows are gone. What fails is logged: no row knows the file any
/// more, and nobody can reach it.
pub(super) async fn files(app: &App, paths: &[String]) {
    let paths: Vec<MediaPath> = paths.iter().filter_map(|p| MediaPath::parse(p)).collect();
    if let Err(error) = app.storage.delete_all(&paths).await {
        tracing::warn!(
            ?error,
            "private files of an erased applicant were left behind"
        );
    }
}
