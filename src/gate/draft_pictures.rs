//! Private pictures for drafts: uploaded, described, attached when a draft is saved.
//!
//! They lie in private storage from the first byte on; publishing copies them out
//! (`social/statuses/draft`), and nothing else ever does (D7).

use bytes::Bytes;
use chrono::TimeDelta;
use diesel_async::AsyncConnection;

use super::who::Applicant;
use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::files::image::Purpose;
use crate::files::{MediaPath, Place};
use crate::model::draft::DraftPicture;
use crate::store::draft_media::NewDraftPicture;
use crate::store::{self, Conn};
use crate::text::media_words;

/// Bytes that all pictures of somebody who waits may have, as they are kept.
pub const ROOM: i64 = 10 * 1024 * 1024;
/// The same of a member.
const MEMBERS_ROOM: i64 = 40 * 1024 * 1024;
/// Pictures that no draft has, at a time.
const MOST_LOOSE: i64 = 10;
/// How long a picture that no draft has is kept.
const LOOSE_KEPT: TimeDelta = TimeDelta::days(1);
/// Characters that the column of descriptions holds.
const COLUMN: usize = 1_500;
/// Sets of pictures that one [`sweep`] deletes.
const SWEEPS: usize = 20;

/// Pictures of one draft: one while its author waits, as many as a post may have later.
pub fn most(who: &Applicant) -> usize {
    match who.is_waiting() {
        true => 1,
        false => 4,
    }
}

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

/// Stores a picture. It belongs to no draft yet.
///
/// # Errors
/// `Invalid` when it is no picture of an allowed type, the words will not do, or there is no
/// room; `TooLarge`; `TooMany` when many pictures are being worked on.
pub async fn upload(app: &App, who: &Applicant, upload: Upload) -> Result<DraftPicture> {
    let description = media_words::description(upload.description, COLUMN)?.unwrap_or_default();
    let focus = upload.focus.as_deref().map(media_words::focus);
    let focus = focus.transpose()?.flatten();
    let user = who.user().id;
    let now = app.clock.now();
    // Looked at before the dear part; what counts is the look in the write.
    let mut conn = app.desk.get().await?;
    room_for(&mut conn, who, 0).await?;
    drop(conn);
    let made = app
        .pictures
        .process_low(upload.file, Purpose::Attachment, now)
        .await?;
    let path = MediaPath::random(Place::Private, made.picture.ending);
    app.storage.put(&path, made.picture.bytes.clone()).await?;
    let new = NewDraftPicture {
        path: path.as_str().to_owned(),
        mime: made.picture.content_type().to_owned(),
        size: i32::try_from(made.picture.bytes.len())?,
        width: i32::try_from(made.picture.width)?,
        height: i32::try_from(made.picture.height)?,
        blurhash: made.blurhash,
        description,
        focus,
    };
    let kept = async {
        let mut conn = app.desk.get().await?;
        conn.transaction(async |conn| {
            store::drafts::lock_owner(conn, user).await?;
            room_for(conn, who, i64::from(new.size)).await?;
            store::draft_media::insert(conn, user, &new, now).await
        })
        .await
    };
    let kept = kept.await;
    if kept.is_err() {
        delete_files(app, &[new.path]).await;
    }
    kept
}

async fn room_for(conn: &mut Conn, who: &Applicant, bytes: i64) -> Result<()> {
    let (kept, loose) = store::draft_media::kept(conn, who.user().id).await?;
    if loose >= MOST_LOOSE {
        return Err(Error::invalid(format!(
            "There are {MOST_LOOSE} pictures that no draft has. Put them into drafts, or delete \
             some first."
        )));
    }
    let room = match who.is_waiting() {
        true => ROOM,
        false => MEMBERS_ROOM,
    };
    if kept + bytes > room || kept == room {
        return Err(Error::invalid(format!(
            "There is room for {} MB of pictures in drafts. Take one out first.",
            room / (1024 * 1024)
        )));
    }
    Ok(())
}

/// A picture of the user's own that no draft has.
///
/// # Errors
/// `NotFound`.
pub async fn find(app: &App, who: &Applicant, id: Id) -> Result<DraftPicture> {
    let mut conn = app.desk.get().await?;
    store::draft_media::find_loose(&mut conn, who.user().id, id)
        .await?
        .ok_or(Error::NotFound)
}

/// New words beside a picture; `None` keeps what is there.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewWords {
    /// Which.
    pub id: Id,
    /// Alternative text.
    pub description: Option<String>,
    /// `x,y`, each -1 to 1.
    pub focus: Option<String>,
}

/// Describes a picture of the user's own that no draft has.
///
/// # Errors
/// `NotFound`; `Invalid` when the words will not do.
pub async fn describe(app: &App, who: &Applicant, words: NewWords) -> Result<DraftPicture> {
    let mut conn = app.desk.get().await?;
    let picture = store::draft_media::find_loose(&mut conn, who.user().id, words.id)
        .await?
        .ok_or(Error::NotFound)?;
    write_words(&mut conn, who.user().id, &picture, words)
        .await?
        .ok_or(Error::NotFound)
}

/// Writes new words beside a picture, of a draft or loose.
pub(super) async fn write_words(
    conn: &mut Conn,
    user: Id,
    picture: &DraftPicture,
    words: NewWords,
) -> Result<Option<DraftPicture>> {
    let description = media_words::description(words.description, COLUMN)?;
    let focus = match words.focus.as_deref() {
        Some(point) => media_words::focus(point)?,
        None => picture.focus_x.zip(picture.focus_y),
    };
    let description = description.unwrap_or_else(|| picture.description.clone());
    store::draft_media::describe(
        conn,
        user,
        picture.id,
        picture.draft_id,
        &description,
        focus,
    )
    .await
}

/// Deletes a picture of the user's own that no draft has.
///
/// # Errors
/// `NotFound`.
pub async fn delete(app: &App, who: &Applicant, id: Id) -> Result<()> {
    let picture = find(app, who, id).await?;
    let mut conn = app.desk.get().await?;
    let files = store::draft_media::delete(&mut conn, who.user().id, &[picture.id]).await?;
    drop(conn);
    delete_files(app, &files).await;
    Ok(())
}

/// Gives a draft exactly these pictures, in this order; gives the files of those it loses, to
/// be deleted after the commit.
///
/// # Errors
/// `Invalid` for too many, and for what is no picture of theirs or is another draft's.
pub(super) async fn set(
    conn: &mut Conn,
    who: &Applicant,
    draft: Id,
    pictures: &[Id],
) -> Result<Vec<String>> {
    let user = who.user().id;
    let mut wanted: Vec<Id> = Vec::new();
    for id in pictures {
        if !wanted.contains(id) {
            wanted.push(*id);
        }
    }
    let most = most(who);
    let before = store::draft_media::of_drafts(conn, user, &[draft]).await?;
    // Those it has may stay, however many: of a post that became a draft again.
    let adds = wanted.iter().any(|id| before.iter().all(|p| p.id != *id));
    if wanted.len() > most && adds {
        return Err(Error::invalid(match most {
            1 => "A draft on the porch has room for one picture.".to_owned(),
            most => format!("A draft has room for {most} pictures."),
        }));
    }
    let lost: Vec<Id> = before
        .iter()
        .map(|p| p.id)
        .filter(|id| !wanted.contains(id))
        .collect();
    for (index, id) in wanted.iter().enumerate() {
        if !store::draft_media::attach(conn, user, draft, *id, i16::try_from(index)?).await? {
            return Err(Error::invalid(
                "One of the pictures is not there (any more), or belongs to another draft.",
            ));
        }
    }
    store::draft_media::delete(conn, user, &lost).await
}

/// Deletes files whose rows are gone. What fails is logged: nobody can reach the file.
pub(super) async fn delete_files(app: &App, paths: &[String]) {
    let files: Vec<MediaPath> = paths.iter().filter_map(|p| MediaPath::parse(p)).collect();
    if let Err(error) = app.storage.delete_all(&files).await {
        tracing::warn!(?error, "pictures of a draft were left behind");
    }
}

/// Deletes pictures that no draft had for a day, 2,000 at the most; gives how many. For the
/// timers.
pub async fn sweep(app: &App) -> Result<usize> {
    let mut gone = 0;
    for _ in 0..SWEEPS {
        let mut conn = app.desk.get().await?;
        let before = app.clock.now() - LOOSE_KEPT;
        let files = store::draft_media::sweep(&mut conn, before).await?;
        drop(conn);
        delete_files(app, &files).await;
        gone += files.len();
        if files.is_empty() {
            break;
        }
    }
    Ok(gone)
}
