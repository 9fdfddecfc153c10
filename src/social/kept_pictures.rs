//! Pictures that change sides between two tries of a form: loose ones of a post that becomes a
//! draft after all, and loose ones of a draft that is posted. What was a draft's is private until
//! then (D7); the copy on the other side is encoded anew.

use bytes::Bytes;

use super::media;
use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::files::MediaPath;
use crate::gate::draft_pictures;
use crate::gate::{Applicant, Member};
use crate::model::draft::DraftPicture;
use crate::model::status_parts::Attached;

/// Makes an upload of one of the member's loose pictures of drafts; that one is gone then.
///
/// # Errors
/// Those of [`media::upload`]; `NotFound`.
pub async fn to_upload(
    app: &App,
    who: &Member,
    same: &Applicant,
    picture: &DraftPicture,
) -> Result<Attached> {
    let upload = media::Upload {
        file: bytes_of(app, &picture.path).await?,
        description: Some(picture.description.clone()),
        focus: None,
    };
    let made = media::upload(app, who, upload).await?;
    left_behind(
        draft_pictures::delete(app, same, picture.id).await,
        picture.id,
    );
    Ok(made)
}

/// Makes a picture for drafts of one of the member's loose uploads; that one is gone then.
///
/// # Errors
/// Those of [`draft_pictures::upload`]; `NotFound`.
pub async fn to_draft(
    app: &App,
    who: &Member,
    same: &Applicant,
    upload: &Attached,
) -> Result<DraftPicture> {
    let path = upload.path.as_deref().ok_or(Error::NotFound)?;
    let picture = draft_pictures::Upload {
        file: bytes_of(app, path).await?,
        description: Some(upload.description.clone()),
        focus: None,
    };
    let made = draft_pictures::upload(app, same, picture).await?;
    left_behind(media::delete(app, who, upload.id).await, upload.id);
    Ok(made)
}

async fn bytes_of(app: &App, path: &str) -> Result<Bytes> {
    let path = MediaPath::parse(path).ok_or(Error::NotFound)?;
    app.storage.read(&path).await
}

/// What could not be deleted is swept after a day.
fn left_behind(deleted: Result<()>, picture: Id) {
    if let Err(error) = deleted {
        tracing::warn!(?error, picture, "a picture was left behind");
    }
}
