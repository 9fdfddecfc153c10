//! Uploads: pictures, decoded and encoded anew, ready when the answer is given.

use bytes::Bytes;

use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::files::image::{Encoded, Purpose};
use crate::files::{MediaPath, Place};
use crate::gate::Member;
use crate::model::status_parts::Attached;
use crate::store;
use crate::store::media::{MOST_LOOSE, NewPicture, Removed};
use crate::text::{clean, length};

/// Longest alternative text, in grapheme clusters.
pub const MAX_DESCRIPTION: usize = 1_500;

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
/// `TooMany` when many are waiting.
pub async fn upload(app: &App, who: &Member, upload: Upload) -> Result<Attached> {
    let description = described(upload.description)?.unwrap_or_default();
    let focus = upload.focus.as_deref().map(focus).transpose()?.flatten();
    let now = app.clock.now();
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
    let description = described(description)?;
    let point = point.as_deref().map(focus).transpose()?.flatten();
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

/// Alternative text as it is stored.
pub(super) fn described(words: Option<String>) -> Result<Option<String>> {
    let Some(words) = words else {
        return Ok(None);
    };
    let words = clean::text(&words).trim().to_owned();
    // Clusters for people; characters, that the column holds them.
    if length::graphemes(&words) > MAX_DESCRIPTION || words.chars().count() > 10_000 {
        return Err(Error::field(
            "description",
            "ERR_TOO_LONG",
            format!("is too long (maximum is {MAX_DESCRIPTION} characters)"),
        ));
    }
    Ok(Some(words))
}

/// `x,y` as numbers within -1 and 1; blank is none.
pub(super) fn focus(text: &str) -> Result<Option<(f32, f32)>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let read = |part: &str| {
        part.trim()
            .parse::<f32>()
            .ok()
            .filter(|n| n.is_finite())
            .map(|n| n.clamp(-1.0, 1.0))
    };
    text.split_once(',')
        .and_then(|(x, y)| Some((read(x)?, read(y)?)))
        .map(Some)
        .ok_or_else(|| {
            Error::field(
                "focus",
                "ERR_INVALID",
                "must be two numbers, as in 0.5,-0.2",
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_focus_is_two_numbers() {
        assert_eq!(focus("0.5, -0.25").unwrap(), Some((0.5, -0.25)));
        assert_eq!(focus("7,-7").unwrap(), Some((1.0, -1.0)));
        assert_eq!(focus(" ").unwrap(), None);
        for bad in ["1", "a,b", "NaN,0", "1,2,3", "inf,0"] {
            assert!(focus(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn descriptions_have_a_limit() {
        assert_eq!(described(None).unwrap(), None);
        assert_eq!(
            described(Some(" a\r\nb ".into())).unwrap().as_deref(),
            Some("a\nb")
        );
        assert!(described(Some("x".repeat(MAX_DESCRIPTION + 1))).is_err());
    }
}
