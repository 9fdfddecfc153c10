//! Pictures of somebody who waits, as apps see them: private ones, for drafts. The doors of
//! the media methods call in here when an applicant asks.

use super::entities::{Focus, MediaAttachment, MediaMeta, MediaSize};
use crate::app::App;
use crate::domain::{Id, Result};
use crate::gate::Applicant;
use crate::gate::draft_pictures::{self, NewWords, Upload};
use crate::gate::sandbox;
use crate::model::draft::DraftPicture;

/// Keeps a picture, for a draft to come.
///
/// # Errors
/// As [`draft_pictures::upload`].
pub async fn upload(app: &App, who: &Applicant, upload: Upload) -> Result<MediaAttachment> {
    let kept = draft_pictures::upload(app, who, upload).await?;
    Ok(attachment(app, who.user().id, &kept))
}

/// A picture that no draft has.
///
/// # Errors
/// `NotFound`.
pub async fn show(app: &App, who: &Applicant, id: Id) -> Result<MediaAttachment> {
    let found = draft_pictures::find(app, who, id).await?;
    Ok(attachment(app, who.user().id, &found))
}

/// Describes one.
///
/// # Errors
/// As [`draft_pictures::describe`].
pub async fn describe(app: &App, who: &Applicant, words: NewWords) -> Result<MediaAttachment> {
    let found = draft_pictures::describe(app, who, words).await?;
    Ok(attachment(app, who.user().id, &found))
}

/// A private picture; its address is good for an hour and is new in each answer.
pub fn attachment(app: &App, user: Id, picture: &DraftPicture) -> MediaAttachment {
    let url = sandbox::private_url(app, &picture.path, user);
    let side = |pixels: Option<i32>| {
        pixels
            .and_then(|n| u32::try_from(n).ok())
            .filter(|n| *n > 0)
    };
    let original = side(picture.width)
        .zip(side(picture.height))
        .map(|(width, height)| MediaSize { width, height });
    let focus = picture.focus_x.zip(picture.focus_y).map(|(x, y)| Focus {
        x: f64::from(x),
        y: f64::from(y),
    });
    MediaAttachment {
        id: picture.id,
        kind: "image",
        preview_url: Some(url.clone()),
        url: Some(url),
        remote_url: None,
        preview_remote_url: None,
        text_url: (),
        meta: (original.is_some() || focus.is_some()).then_some(MediaMeta {
            original,
            small: None,
            focus,
        }),
        description: Some(picture.description.clone()).filter(|text| !text.is_empty()),
        blurhash: picture.blurhash.clone(),
    }
}
