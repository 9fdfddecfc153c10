//! Uploads: pictures, decoded and encoded anew, ready when the answer is given.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};

use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::files::image::{Encoded, Purpose};
use crate::files::{MediaPath, Place};
use crate::gate::{Member, outreach};
use crate::model::status_parts::Attached;
use crate::store;
use crate::store::media::{MOST_LOOSE, NewPicture, Removed};
use crate::text::media_words;

/// Characters that the column of alternative texts holds.
pub(super) const DESCRIPTION_COLUMN: usize = 10_000;
/// An upload that no status has is kept so long.
const LOOSE_KEPT: TimeDelta = TimeDelta::days(1);
/// Sets of uploads that one [`sweep`] deletes.
const SWEEPS: usize = 20;

/// Bytes that an account may upload in a day, as the files came, while staff restrain it (limited,
/// held) or it is on probation: some posts with pictures of a phone, and no store for others
/// (H12).
const RESTRAINED_BYTES: i64 = 20 * 1024 * 1024;

/// A picture to be kept.
#[derive(Debug, Clone, Default)]
pub struct Upload {
    /// The file as it came.
    pub file: Bytes,
    /// Alternative text.
    pub description: Option<String>,
    /// `x,y`, each -1 to 1.
    pub focus: Option<String>,
}

/// Stores a picture. It belongs to no status yet.
///
/// # Errors
/// `Invalid` when it is no picture of an allowed type, or the words will not do; `TooLarge`;
/// `TooMany` when many are waiting; `Invalid` beyond [`RESTRAINED_BYTES`].
pub async fn upload(app: &App, who: &Member, upload: Upload) -> Result<Attached> {
    let description =
        media_words::description(upload.description, DESCRIPTION_COLUMN)?.unwrap_or_default();
    let focus = upload.focus.as_deref().map(media_words::focus);
    let focus = focus.transpose()?.flatten();
    let now = app.clock.now();
    let uploaded = i64::try_from(upload.file.len())?;
    within_budget(app, who, uploaded, now).await?;
    let processed = app
        .pictures
        .process(upload.file, Purpose::Attachment, now)
        .await?;
    let path = store_file(app, &processed.picture).await?;
    let preview_path = match &processed.preview {
        Some(preview) => Some(store_file(app, preview).await?),
        None => None,
    };
    let files: Vec<MediaPath> = std::iter::once(path.clone())
        .chain(preview_path.clone())
        .collect();
    let new = NewPicture {
        account: who.account_id(),
        path: path.as_str().to_owned(),
        preview_path: preview_path.map(|p| p.as_str().to_owned()),
        mime: processed.picture.content_type().to_owned(),
        size: i64::try_from(processed.picture.bytes.len())?,
        uploaded: Some(uploaded),
        width: i32::try_from(processed.picture.width)?,
        height: i32::try_from(processed.picture.height)?,
        blurhash: Some(processed.blurhash),
        focus,
        description,
        sha256: Some(processed.sha256.to_vec()),
        look: Some(processed.look.cast_signed()),
    };
    let kept = async {
        let mut conn = app.pool.get().await?;
        store::media::insert(&mut conn, new, now)
            .await?
            .ok_or_else(too_many)
    };
    let kept = kept.await;
    if kept.is_err() {
        app.storage.delete_all(&files).await?;
    }
    kept
}

/// Holds a restrained account to its budget. Two uploads at the same moment may both pass: it is
/// there against a flood.
async fn within_budget(app: &App, who: &Member, more: i64, now: DateTime<Utc>) -> Result<()> {
    let mut conn = app.pool.get().await?;
    let since = now - TimeDelta::days(1);
    let used = store::media::used(&mut conn, who.account_id(), since).await?;
    if used.bytes + more <= RESTRAINED_BYTES {
        return Ok(());
    }
    let restrained =
        used.restrained || (!used.established && outreach::is_guarded(app, &mut conn, now).await?);
    match restrained {
        true => Err(Error::invalid(OVER_BUDGET)),
        false => Ok(()),
    }
}

/// Stands in the catalogue, too.
const OVER_BUDGET: &str = "This account can upload 20 MB a day at the moment, and that is used up. \
     Please try again tomorrow, or with a smaller file.";

/// One of the member's own uploads, while no status has it.
///
/// # Errors
/// `NotFound`.
pub async fn find(app: &App, who: &Member, id: Id) -> Result<Attached> {
    let mut conn = app.pool.get().await?;
    store::media::find_loose(&mut conn, id, who.account_id())
        .await?
        .ok_or(Error::NotFound)
}

/// Changes the words and the focus of one of the member's own uploads, while no status has
/// it. `None` keeps what is there.
///
/// # Errors
/// `NotFound`; `Invalid` when the words will not do.
pub async fn describe(
    app: &App,
    who: &Member,
    id: Id,
    description: Option<String>,
    point: Option<String>,
) -> Result<Attached> {
    let description = media_words::description(description, DESCRIPTION_COLUMN)?;
    let point = point.as_deref().map(media_words::focus);
    let point = point.transpose()?.flatten();
    let mut conn = app.pool.get().await?;
    store::media::describe(&mut conn, id, who.account_id(), description, point)
        .await?
        .ok_or(Error::NotFound)
}

/// Deletes one of the member's own uploads.
///
/// # Errors
/// `NotFound`; `Invalid` when a status has it.
pub async fn delete(app: &App, who: &Member, id: Id) -> Result<()> {
    let mut conn = app.pool.get().await?;
    let removed = store::media::delete_loose(&mut conn, id, who.account_id()).await?;
    drop(conn);
    match removed {
        Removed::NotThere => Err(Error::NotFound),
        Removed::InUse => Err(Error::invalid(
            "The file belongs to a post. It goes when the post does.",
        )),
        Removed::Gone(files) => {
            let files: Vec<MediaPath> = files.iter().filter_map(|f| MediaPath::parse(f)).collect();
            app.storage.delete_all(&files).await
        }
    }
}

/// Deletes uploads that no status has had for a day, 2,000 at the most; gives how many. What
/// a deleted status leaves for its next try is counted from then on. For the timers.
pub async fn sweep(app: &App) -> Result<usize> {
    let now = app.clock.now();
    let mut gone = 0;
    for _ in 0..SWEEPS {
        let mut conn = app.pool.get().await?;
        let swept = store::media::sweep(&mut conn, now, now - LOOSE_KEPT).await?;
        drop(conn);
        let files: Vec<MediaPath> = swept
            .files
            .iter()
            .filter_map(|f| MediaPath::parse(f))
            .collect();
        app.storage.delete_all(&files).await?;
        gone += swept.rows;
        if swept.rows == 0 {
            break;
        }
    }
    Ok(gone)
}

pub(super) async fn store_file(app: &App, picture: &Encoded) -> Result<MediaPath> {
    let path = MediaPath::random(Place::Public, picture.ending);
    app.storage.put(&path, picture.bytes.clone()).await?;
    Ok(path)
}

pub(super) fn too_many() -> Error {
    Error::invalid(format!(
        "There are {MOST_LOOSE} uploads of today that no post has. Post or delete some first."
    ))
}
