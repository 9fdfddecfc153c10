//! Pictures of the box for writing, and what becomes of them when it is refused: nobody chooses a
//! picture twice because of a word too many, whichever button was pressed.
//!
//! What came with a draft stays private until it is posted; what is neither posted nor saved is
//! swept after a day.

use bytes::Bytes;

use super::compose::Written;
use super::draft_form;
use crate::app::App;
use crate::domain::{Error, Id, Result, ids};
use crate::door::Caller;
use crate::door::forms::{Upload, Uploads};
use crate::gate::draft_pictures::{self, NewWords};
use crate::gate::{Applicant, Member};
use crate::model::draft::DraftPicture;
use crate::model::status_parts::Attached;
use crate::social::statuses::compose::MAX_MEDIA;
use crate::social::{kept_pictures, media};
use crate::web::apply::waiting::picture_view;
use crate::web::parts::compose::KeptPicture;
use crate::web::render::status;

/// A file that was chosen, and its description.
pub type Chosen = (Upload, String);

/// A picture that lies here, of no post and no draft yet.
#[derive(Debug, Clone)]
pub enum Kept {
    /// For a post.
    Upload(Attached),
    /// For a draft.
    Private(DraftPicture),
}

impl Kept {
    /// Its id.
    pub fn id(&self) -> Id {
        match self {
            Kept::Upload(upload) => upload.id,
            Kept::Private(picture) => picture.id,
        }
    }
}

/// Pictures that came along, each with its description, in the order of the form.
pub fn taken(files: &mut Uploads, written: &Written) -> Vec<Chosen> {
    (1..=MAX_MEDIA)
        .filter_map(|n| {
            let file = files.take(&format!("media_{n}"))?;
            Some((file, written.more("alt", n).to_owned()))
        })
        .filter(|(upload, _)| upload.size > 0)
        .collect()
}

/// Who writes: a member, who as such has drafts, too.
pub struct Pen<'a> {
    app: &'a App,
    who: &'a Member,
    /// The same person, as the one whose drafts they are.
    pub same: Applicant,
}

impl<'a> Pen<'a> {
    /// Of the member who calls.
    pub fn new(app: &'a App, caller: &Caller, who: &'a Member) -> Result<Pen<'a>> {
        let same = caller.applicant()?;
        Ok(Pen { app, who, same })
    }

    /// Puts into `kept` what the form says: pictures of an earlier try, and those that came now,
    /// all of them as a post or a draft has them. Whatever fails, `kept` has all that lies here.
    ///
    /// # Errors
    /// The first trouble with a picture: `Invalid` on `media_1`, with the file's name.
    pub async fn take_in(
        &self,
        written: &Written,
        pictures: Vec<Chosen>,
        kept: &mut Vec<Kept>,
    ) -> Result<()> {
        let mut troubles = Vec::new();
        for place in (1..=MAX_MEDIA).filter(|place| written.more("drop", *place) != "1") {
            match self.found(written, place).await {
                Ok(picture) => kept.extend(picture),
                // Swept meanwhile, or never theirs.
                Err(Error::NotFound) => {}
                Err(error) => troubles.push(error),
            }
        }
        for (file, description) in pictures {
            let stored = match written.as_draft {
                true => draft_form::keep(self.app, &self.same, file, &description)
                    .await
                    .map(Kept::Private),
                false => self.uploaded(file, description).await.map(Kept::Upload),
            };
            match stored {
                Ok(picture) => kept.push(picture),
                Err(error) => troubles.push(error),
            }
        }
        for picture in kept.iter_mut() {
            let moved = match (&*picture, written.as_draft) {
                (Kept::Upload(upload), true) => {
                    kept_pictures::to_draft(self.app, self.who, &self.same, upload)
                        .await
                        .map(Kept::Private)
                }
                (Kept::Private(private), false) => {
                    kept_pictures::to_upload(self.app, self.who, &self.same, private)
                        .await
                        .map(Kept::Upload)
                }
                _ => continue,
            };
            match moved {
                Ok(moved) => *picture = moved,
                Err(error) => troubles.push(error),
            }
        }
        troubles.into_iter().next().map_or(Ok(()), Err)
    }

    /// A picture of an earlier try, with the words that it has now.
    async fn found(&self, written: &Written, place: usize) -> Result<Option<Kept>> {
        let description = Some(written.more("kept_alt", place).to_owned());
        if let Some(id) = ids::parse(written.more("kept", place)) {
            let upload = media::describe(self.app, self.who, id, description, None).await?;
            return Ok(Some(Kept::Upload(upload)));
        }
        let Some(id) = ids::parse(written.more("kept_private", place)) else {
            return Ok(None);
        };
        let words = NewWords {
            id,
            description,
            focus: None,
        };
        let picture = draft_pictures::describe(self.app, &self.same, words).await?;
        Ok(Some(Kept::Private(picture)))
    }

    async fn uploaded(&self, upload: Upload, description: String) -> Result<Attached> {
        let picture = media::Upload {
            file: Bytes::from(tokio::fs::read(upload.path()).await?),
            description: Some(description),
            focus: None,
        };
        media::upload(self.app, self.who, picture)
            .await
            .map_err(|error| match error {
                Error::Invalid(invalid) => Error::field(
                    "media_1",
                    "ERR_INVALID",
                    format!("{}: {}", upload.file_name, invalid.sentence()),
                ),
                other => other,
            })
    }
}

/// What is kept, as the box shows it.
pub fn shown(app: &App, who: &Member, kept: &[Kept]) -> Vec<KeptPicture> {
    let view = |picture: &Kept| match picture {
        Kept::Upload(upload) => status::picture(upload),
        Kept::Private(picture) => Some(picture_view(app, who.user().id, picture)),
    };
    kept.iter()
        .take(MAX_MEDIA)
        .enumerate()
        .filter_map(|(index, picture)| {
            Some(KeptPicture {
                place: index + 1,
                private: matches!(picture, Kept::Private(_)),
                id: picture.id().to_string(),
                shown: view(picture)?,
            })
        })
        .collect()
}
