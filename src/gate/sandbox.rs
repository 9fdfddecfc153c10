//! What somebody who waits may do: a profile, private pictures, drafts ([`super::drafts`]).
//!
//! An allow list: use cases here take `&Applicant`, which [`super::who::admit_to_sandbox`]
//! alone can make, and none of them is handed the means to reach anybody. Nothing is written
//! that delivery, notifications, search or trends listen to (registration.md C2).

use bytes::Bytes;
use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;

use super::who::{Applicant, SignedIn, Standing};
use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::files::image::Purpose;
use crate::files::storage::Stored;
use crate::files::{MediaPath, Place};
use crate::model::account::fields_of_pairs;
use crate::model::application::ApplicantProfile;
use crate::secrets::signed;
use crate::store::applicants::ProfileChange;
use crate::store::{self};
use crate::text::profile::{self as profile_words, Words};

/// Edits of a profile on one day.
pub const EDITS_A_DAY: i32 = 20;

/// The private profile of somebody who waits.
///
/// # Errors
/// `NotFound` for members: theirs is an account.
pub async fn profile(app: &App, who: &Applicant) -> Result<ApplicantProfile> {
    if !who.is_waiting() {
        return Err(Error::NotFound);
    }
    let mut conn = app.desk.get().await?;
    store::applicants::find_profile(&mut conn, who.user().id)
        .await?
        .ok_or(Error::NotFound)
}

/// A picture of a profile.
#[derive(Clone)]
pub enum Picture {
    /// This one, as it was uploaded.
    Upload(Bytes),
    /// None any more.
    Remove,
}

/// An edit of the private profile; what is `None` stays.
#[derive(Clone, Default)]
pub struct EditProfile {
    /// As typed.
    pub display_name: Option<String>,
    /// As typed.
    pub note: Option<String>,
    /// Label and value, as typed.
    pub fields: Option<Vec<(String, String)>>,
    /// Whether follows will need a yes.
    pub locked: Option<bool>,
    /// A square one.
    pub avatar: Option<Picture>,
    /// A wide one.
    pub header: Option<Picture>,
}

/// Changes the private profile of somebody who waits. Links stay plain text and nothing is
/// fetched; pictures go to private storage.
///
/// # Errors
/// `Invalid` with every field that needs mending; `TooMany` after [`EDITS_A_DAY`], or when
/// too many pictures are being worked on; `TooLarge` for a large one.
pub async fn edit_profile(
    app: &App,
    who: &Applicant,
    edit: EditProfile,
) -> Result<ApplicantProfile> {
    if !who.is_waiting() {
        return Err(Error::NotFound);
    }
    let mut change = check(&edit)?;
    let user = who.user().id;
    // Look before the dear part; counted in the write.
    let mut conn = app.desk.get().await?;
    let before = store::applicants::find_profile(&mut conn, user)
        .await?
        .ok_or(Error::NotFound)?;
    drop(conn);
    let now = app.clock.now();
    if before.edits_on == Some(now.date_naive()) && before.edits >= EDITS_A_DAY {
        return Err(enough(now));
    }
    change.avatar_path = store_picture(app, edit.avatar, Purpose::Avatar).await?;
    change.header_path = store_picture(app, edit.header, Purpose::Header).await?;

    let mut conn = app.desk.get().await?;
    let edited = conn
        .transaction(async |conn| {
            store::drafts::lock_owner(conn, user).await?;
            let before = store::applicants::find_profile(conn, user).await?;
            let after =
                store::applicants::edit_profile(conn, user, &change, EDITS_A_DAY, now).await?;
            Ok::<_, Error>((before, after))
        })
        .await;
    drop(conn);
    // Files of the losing side: the new ones when nothing was written, else the old ones.
    let new = [&change.avatar_path, &change.header_path];
    let (gone, answer) = match edited {
        Ok((Some(before), Some(after))) => {
            let old = [
                change.avatar_path.is_some().then_some(before.avatar_path),
                change.header_path.is_some().then_some(before.header_path),
            ];
            (old.into_iter().flatten().flatten().collect(), Ok(after))
        }
        Ok(_) => (made(&new), Err(enough(now))),
        Err(error) => (made(&new), Err(error)),
    };
    let gone: Vec<MediaPath> = gone
        .iter()
        .filter_map(|p: &String| MediaPath::parse(p))
        .collect();
    if let Err(error) = app.storage.delete_all(&gone).await {
        tracing::warn!(?error, "a private picture was left behind");
    }
    answer
}

fn made(new: &[&Option<Option<String>>]) -> Vec<String> {
    new.iter().filter_map(|p| (*p).clone().flatten()).collect()
}

fn enough(now: DateTime<Utc>) -> Error {
    let midnight = now
        .date_naive()
        .succ_opt()
        .and_then(|d| d.and_hms_opt(0, 0, 0));
    Error::TooMany {
        message: format!(
            "A profile can be changed {EDITS_A_DAY} times a day. Tomorrow it goes on."
        )
        .into(),
        retry_at: midnight.map_or(now, |at| at.and_utc()),
    }
}

/// The texts of a profile, cleaned; every trouble at once.
fn check(edit: &EditProfile) -> Result<ProfileChange> {
    let words = profile_words::check(&Words {
        display_name: edit.display_name.clone(),
        note: edit.note.clone(),
        fields: edit.fields.clone(),
    })?;
    Ok(ProfileChange {
        display_name: words.display_name,
        note: words.note,
        fields: words.fields.map(fields_of_pairs),
        locked: edit.locked,
        ..ProfileChange::default()
    })
}

/// Re-encodes an upload into private storage; gives what to write into the row.
async fn store_picture(
    app: &App,
    picture: Option<Picture>,
    purpose: Purpose,
) -> Result<Option<Option<String>>> {
    let upload = match picture {
        None => return Ok(None),
        Some(Picture::Remove) => return Ok(Some(None)),
        Some(Picture::Upload(bytes)) => bytes,
    };
    let made = app
        .pictures
        .process_low(upload, purpose, app.clock.now())
        .await?;
    let path = MediaPath::random(Place::Private, made.picture.ending);
    app.storage.put(&path, made.picture.bytes).await?;
    Ok(Some(Some(path.as_str().to_owned())))
}

/// What stands behind the path in a link to a private picture.
#[derive(Debug, Clone, PartialEq)]
pub struct PrivateLink {
    /// For whom it was made.
    pub user: Id,
    /// Unix seconds.
    pub expires: i64,
    /// 43 characters.
    pub signature: String,
}

/// The absolute address of a private picture, good for an hour, without a sign-in.
pub fn private_url(app: &App, path: &str, user: Id) -> String {
    let until = signed::media_link_expiry(app.clock.now());
    let signature = signed::media_signature(&app.keys.private_media, path, user, until);
    let expires = until.timestamp();
    app.url(&format!("/{path}?u={user}&e={expires}&s={signature}"))
}

/// Opens a private picture: for a link that we signed, for its owner, for reviewers; to all
/// others it is not there.
///
/// # Errors
/// `NotFound`.
pub async fn open_private(
    app: &App,
    viewer: Option<&SignedIn>,
    path: &str,
    link: Option<&PrivateLink>,
) -> Result<Stored> {
    let path = MediaPath::parse(path)
        .filter(|p| p.place() == Place::Private)
        .ok_or(Error::NotFound)?;
    let by_link = link.is_some_and(|l| {
        let key = &app.keys.private_media;
        let now = app.clock.now();
        signed::media_signature_holds(key, path.as_str(), l.user, l.expires, &l.signature, now)
    });
    if !by_link && !may_see(app, viewer, &path).await? {
        return Err(Error::NotFound);
    }
    app.storage.open(&path).await
}

async fn may_see(app: &App, viewer: Option<&SignedIn>, path: &MediaPath) -> Result<bool> {
    let Some(viewer) = viewer else {
        return Ok(false);
    };
    // Rights of staff that sleep open nothing (C6).
    let reviews = viewer.standing() == Standing::Member
        && viewer.user.role.reviews_applications()
        && viewer.awake().is_ok();
    let mut conn = app.desk.get().await?;
    let owner = store::applicants::owner_of_file(&mut conn, path.as_str()).await?;
    Ok(owner.is_some_and(|owner| reviews || owner == viewer.user.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_given_stays() {
        let change = check(&EditProfile::default()).unwrap();
        assert_eq!(change, ProfileChange::default());
    }
}
