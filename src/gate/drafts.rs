//! Drafts: posts that are not one yet, of pending users and members alike (D7).
//!
//! Nothing that reads statuses reads drafts; publishing is the business of
//! `social/statuses`, which takes the draft out in the transaction that posts. Their pictures
//! are [`super::draft_pictures`].

use diesel_async::AsyncConnection;

use super::draft_pictures::{self, NewWords};
use super::who::Applicant;
use crate::app::App;
use crate::domain::error::Invalid;
use crate::domain::visibility::Visibility;
use crate::domain::{Error, Id, Result};
use crate::model::draft::{Draft, FullDraft};
use crate::store::drafts::DraftText;
use crate::store::{self, Conn};
use crate::text::length::{MAX_STATUS, status_length};
use crate::text::poll::{self, Poll};
use crate::text::{clean, language};

/// Drafts of one user.
pub const MOST: i64 = 10;
/// Characters (of any kind) that the columns hold; far beyond [`MAX_STATUS`] clusters.
const COLUMN: usize = 20_000;
/// Bytes of an Idempotency-Key.
const MAX_KEY: usize = 255;

/// A draft as it comes from a form or an app.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SaveDraft {
    /// The text; together with the warning [`MAX_STATUS`] characters.
    pub text: String,
    /// The content warning, or empty.
    pub spoiler_text: String,
    /// Whether pictures start hidden; a warning implies it.
    pub sensitive: bool,
    /// The wish for when it is published; public when not said.
    pub visibility: Option<Visibility>,
    /// A language tag; nonsense is dropped.
    pub language: Option<String>,
    /// Its pictures, in order; `None` leaves those that it has.
    pub pictures: Option<Vec<Id>>,
    /// New words beside pictures that it has then; others are left out.
    pub words: Vec<NewWords>,
    /// What it asks.
    pub poll: Option<Poll>,
}

/// All drafts of a user, newest first.
pub async fn list(app: &App, who: &Applicant) -> Result<Vec<FullDraft>> {
    let mut conn = app.desk.get().await?;
    let drafts = store::drafts::list(&mut conn, who.user().id, MOST).await?;
    full(&mut conn, who.user().id, drafts).await
}

/// Drafts of one user with their pictures.
pub(super) async fn full(conn: &mut Conn, user: Id, drafts: Vec<Draft>) -> Result<Vec<FullDraft>> {
    let ids: Vec<Id> = drafts.iter().map(|draft| draft.id).collect();
    let pictures = store::draft_media::of_drafts(conn, user, &ids).await?;
    Ok(drafts
        .into_iter()
        .map(|draft| FullDraft {
            pictures: pictures
                .iter()
                .filter(|p| p.draft_id == Some(draft.id))
                .cloned()
                .collect(),
            draft,
        })
        .collect())
}

async fn full_one(conn: &mut Conn, user: Id, draft: Draft) -> Result<FullDraft> {
    let pictures = store::draft_media::of_drafts(conn, user, &[draft.id]).await?;
    Ok(FullDraft { draft, pictures })
}

/// One draft of the user's own.
///
/// # Errors
/// `NotFound`, the same for somebody else's.
pub async fn find(app: &App, who: &Applicant, id: Id) -> Result<FullDraft> {
    let mut conn = app.desk.get().await?;
    let draft = store::drafts::find(&mut conn, who.user().id, id)
        .await?
        .ok_or(Error::NotFound)?;
    full_one(&mut conn, who.user().id, draft).await
}

/// Saves a new draft. With an Idempotency-Key, a repetition within the hour gives the draft
/// of the first one.
///
/// # Errors
/// `Invalid` for neither text nor picture or too much of them, for a poll that cannot be or
/// stands beside pictures, and beyond [`MOST`] drafts.
pub async fn create(
    app: &App,
    who: &Applicant,
    save: SaveDraft,
    idempotency_key: Option<&str>,
) -> Result<FullDraft> {
    may_ask(who, &save)?;
    let has_pictures = save.pictures.as_ref().is_some_and(|p| !p.is_empty());
    let text = check(&save, has_pictures)?;
    let user = who.user().id;
    let key = idempotency_key.filter(|k| !k.is_empty() && k.len() <= MAX_KEY);
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.now();
        store::drafts::lock_owner(conn, user).await?;
        if let Some(key) = key
            && let Some(made) = store::drafts::find_key(conn, user, key, now).await?
            && let Some(draft) = store::drafts::find(conn, user, made).await?
        {
            return full_one(conn, user, draft).await;
        }
        if store::drafts::count(conn, user).await? >= MOST {
            return Err(Error::invalid(format!(
                "There is room for {MOST} drafts. Delete one first, and this one fits."
            )));
        }
        let draft = store::drafts::insert(conn, user, &text, now).await?;
        if let Some(pictures) = &save.pictures {
            draft_pictures::set(conn, who, draft.id, pictures).await?;
        }
        let draft = full_one(conn, user, draft).await?;
        let draft = reworded(conn, user, draft, &save.words).await?;
        if let Some(key) = key {
            store::drafts::insert_key(conn, user, key, draft.id, now).await?;
        }
        Ok(draft)
    })
    .await
}

/// Writes over a draft of the user's own. Pictures that it loses are gone.
///
/// # Errors
/// `NotFound`; `Invalid` as in [`create`].
pub async fn update(app: &App, who: &Applicant, id: Id, save: SaveDraft) -> Result<FullDraft> {
    may_ask(who, &save)?;
    let now = app.clock.now();
    let user = who.user().id;
    let mut conn = app.desk.get().await?;
    let (draft, lost) = conn
        .transaction(async |conn| {
            store::drafts::lock_owner(conn, user).await?;
            let lost = match &save.pictures {
                Some(_) if store::drafts::find(conn, user, id).await?.is_none() => {
                    return Err(Error::NotFound);
                }
                Some(pictures) => draft_pictures::set(conn, who, id, pictures).await?,
                None => Vec::new(),
            };
            let pictures = store::draft_media::of_drafts(conn, user, &[id]).await?;
            let text = check(&save, !pictures.is_empty())?;
            let draft = store::drafts::update(conn, user, id, &text, now)
                .await?
                .ok_or(Error::NotFound)?;
            let draft = FullDraft { draft, pictures };
            let draft = reworded(conn, user, draft, &save.words).await?;
            Ok::<_, Error>((draft, lost))
        })
        .await?;
    drop(conn);
    draft_pictures::delete_files(app, &lost).await;
    Ok(draft)
}

async fn reworded(
    conn: &mut Conn,
    user: Id,
    mut draft: FullDraft,
    words: &[NewWords],
) -> Result<FullDraft> {
    for picture in &mut draft.pictures {
        if let Some(new) = words.iter().find(|w| w.id == picture.id)
            && let Some(after) =
                draft_pictures::write_words(conn, user, picture, new.clone()).await?
        {
            *picture = after;
        }
    }
    Ok(draft)
}

/// Deletes a draft of the user's own; gives what it was. Its pictures go with it, or stay for
/// a day as uploads, for whoever wants to write it anew.
///
/// # Errors
/// `NotFound`.
pub async fn delete(app: &App, who: &Applicant, id: Id, with_pictures: bool) -> Result<FullDraft> {
    let user = who.user().id;
    let mut conn = app.desk.get().await?;
    let draft = conn
        .transaction(async |conn| {
            store::drafts::lock_owner(conn, user).await?;
            let pictures = store::draft_media::of_drafts(conn, user, &[id]).await?;
            if !with_pictures {
                store::draft_media::detach(conn, user, id).await?;
            }
            let draft = store::drafts::take(conn, user, id)
                .await?
                .ok_or(Error::NotFound)?;
            Ok::<_, Error>(FullDraft { draft, pictures })
        })
        .await?;
    drop(conn);
    if with_pictures {
        let files: Vec<String> = draft.pictures.iter().map(|p| p.path.clone()).collect();
        draft_pictures::delete_files(app, &files).await;
    }
    Ok(draft)
}

/// A draft on the porch asks nobody anything (registration.md C2).
fn may_ask(who: &Applicant, save: &SaveDraft) -> Result<()> {
    match who.is_waiting() && save.poll.is_some() {
        true => Err(Error::invalid(
            "While you wait, what you post is kept as a draft, and a draft cannot have a poll. \
             After the welcome it can.",
        )),
        false => Ok(()),
    }
}

/// The text as it is kept.
fn check(save: &SaveDraft, has_pictures: bool) -> Result<DraftText> {
    let text = clean::text(&save.text).trim_end().to_owned();
    let spoiler_text = clean::single_line(&save.spoiler_text);
    let mut invalid = Invalid::new();
    if text.trim().is_empty() && !has_pictures {
        invalid.add("text", "ERR_BLANK", "can't be blank");
    }
    if status_length(&spoiler_text, &text) > MAX_STATUS
        || text.chars().count() > COLUMN
        || spoiler_text.chars().count() > COLUMN
    {
        let sentence = format!("character limit of {MAX_STATUS} exceeded");
        invalid.add("text", "ERR_TOO_LONG", sentence);
    }
    invalid.into_result()?;
    let asks = save.poll.clone().map(poll::check).transpose()?;
    if asks.is_some() && has_pictures {
        return Err(poll::not_with_files());
    }
    Ok(DraftText {
        poll: asks.map(serde_json::to_value).transpose()?,
        sensitive: save.sensitive || !spoiler_text.is_empty(),
        visibility: save.visibility.unwrap_or(Visibility::Public),
        language: save
            .language
            .as_deref()
            .and_then(language::normalise)
            .filter(|code| code.len() <= 35),
        text,
        spoiler_text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved(text: &str, spoiler: &str) -> Result<DraftText> {
        let save = SaveDraft {
            text: text.into(),
            spoiler_text: spoiler.into(),
            ..SaveDraft::default()
        };
        check(&save, false)
    }

    #[test]
    fn drafts_have_the_length_of_posts() {
        assert!(saved(&"a".repeat(MAX_STATUS), "").is_ok());
        assert!(saved(&"a".repeat(MAX_STATUS - 2), "cw").is_ok());
        assert!(saved(&"a".repeat(MAX_STATUS), "c").is_err());
        assert!(saved(" \n\u{200b}", "").is_err());
        assert!(
            check(&SaveDraft::default(), true).is_ok(),
            "a picture says enough"
        );
    }

    #[test]
    fn a_warning_hides_pictures_and_nonsense_is_no_language() {
        let save = SaveDraft {
            text: "hello".into(),
            spoiler_text: "careful".into(),
            language: Some("not a language".into()),
            ..SaveDraft::default()
        };
        let draft = check(&save, false).unwrap();
        assert!(draft.sensitive);
        assert_eq!(draft.language, None);
        assert_eq!(draft.visibility, Visibility::Public);
    }
}
