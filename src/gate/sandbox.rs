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
use crate::domain::error::Invalid;
use crate::domain::{Error, Id, Result};
use crate::files::image::Purpose;
use crate::files::storage::Stored;
use crate::files::{MediaPath, Place};
use crate::model::account::{Field, fields_to_json};
use crate::model::application::{ApplicantProfile, Application};
use crate::model::question::Answer;
use crate::secrets::signed;
use crate::store::applicants::ProfileChange;
use crate::store::{self};
use crate::text::clean;
use crate::text::names::{self, FieldsError};

/// Edits of a profile on one day.
pub const EDITS_A_DAY: i32 = 20;

/// The application of whoever signed in, with its answers: for their own eyes, in any state.
///
/// # Errors
/// `NotFound` for those who never applied.
pub async fn own_application(app: &App, who: &SignedIn) -> Result<(Application, Vec<Answer>)> {
    let mut conn = app.desk.get().await?;
    let application = store::applications::find_latest(&mut conn, who.user.id)
        .await?
        .ok_or(Error::NotFound)?;
    let answers = store::applications::answers(&mut conn, application.id).await?;
    Ok((application, answers))
}

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

/// The texts of a profile, cleaned; every trouble at once. Shared with whoever edits profiles.
fn check(edit: &EditProfile) -> Result<ProfileChange> {
    let mut invalid = Invalid::new();
    let mut change = ProfileChange {
        locked: edit.locked,
        ..ProfileChange::default()
    };
    if let Some(raw) = &edit.display_name {
        let name = names::display_name(raw);
        if names::too_long(&name, names::MAX_DISPLAY_NAME) {
            let most = names::MAX_DISPLAY_NAME;
            invalid.add("display_name", "ERR_TOO_LONG", too_long(most));
        }
        change.display_name = Some(name);
    }
    if let Some(raw) = &edit.note {
        let note = clean::text(raw).trim().to_owned();
        if names::too_long(&note, names::MAX_NOTE) || note.chars().count() > 5000 {
            invalid.add("note", "ERR_TOO_LONG", too_long(names::MAX_NOTE));
        }
        change.note = Some(note);
    }
    if let Some(raw) = &edit.fields {
        match names::fields(raw) {
            Ok(pairs) => {
                let fields: Vec<Field> = pairs
                    .into_iter()
                    .map(|(name, value)| Field {
                        name,
                        value,
                        verified_at: None,
                    })
                    .collect();
                change.fields = Some(fields_to_json(&fields));
            }
            Err(FieldsError::TooMany) => {
                let sentence = format!("are too many (maximum is {})", names::MAX_FIELDS);
                invalid.add("fields", "ERR_TOO_MANY", sentence);
            }
            Err(FieldsError::TooLong) => {
                invalid.add("fields", "ERR_TOO_LONG", too_long(names::MAX_FIELD));
            }
            Err(FieldsError::Nameless) => {
                invalid.add("fields", "ERR_BLANK", "need a label for each content");
            }
        }
    }
    invalid.into_result()?;
    Ok(change)
}

fn too_long(most: usize) -> String {
    format!("is too long (maximum is {most} characters)")
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
        .process(upload, purpose, app.clock.now())
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
    let reviews = viewer.standing() == Standing::Member && viewer.user.role.reviews_applications();
    let mut conn = app.desk.get().await?;
    let owner = store::applicants::owner_of_file(&mut conn, path.as_str()).await?;
    Ok(owner.is_some_and(|owner| reviews || owner == viewer.user.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trouble_of_a_profile_is_told_at_once() {
        let edit = EditProfile {
            display_name: Some("x".repeat(31)),
            note: Some("y".repeat(501)),
            fields: Some(vec![("".into(), "value".into())]),
            ..EditProfile::default()
        };
        let Err(Error::Invalid(invalid)) = check(&edit) else {
            panic!("accepted");
        };
        let fields: Vec<&str> = invalid.fields.iter().map(|f| f.field.as_ref()).collect();
        assert_eq!(fields, ["display_name", "note", "fields"]);
    }

    #[test]
    fn what_is_not_given_stays() {
        let change = check(&EditProfile::default()).unwrap();
        assert_eq!(change, ProfileChange::default());
    }
}
