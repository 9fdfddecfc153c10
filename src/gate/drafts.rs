//! Drafts: posts that are not one yet, of pending users and members alike (D7).
//!
//! Nothing that reads statuses reads drafts; publishing is the business of
//! `social/statuses`, which takes the draft ([`take`]) in the transaction that posts.

use diesel_async::AsyncConnection;

use super::who::{Applicant, Member};
use crate::app::App;
use crate::domain::error::Invalid;
use crate::domain::visibility::Visibility;
use crate::domain::{Error, Id, Result};
use crate::model::draft::Draft;
use crate::store::drafts::DraftText;
use crate::store::{self, Conn};
use crate::text::length::{MAX_STATUS, status_length};
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
}

/// All drafts of a user, newest first.
pub async fn list(app: &App, who: &Applicant) -> Result<Vec<Draft>> {
    let mut conn = app.desk.get().await?;
    store::drafts::list(&mut conn, who.user().id, MOST).await
}

/// One draft of the user's own.
///
/// # Errors
/// `NotFound`, the same for somebody else's.
pub async fn find(app: &App, who: &Applicant, id: Id) -> Result<Draft> {
    let mut conn = app.desk.get().await?;
    store::drafts::find(&mut conn, who.user().id, id)
        .await?
        .ok_or(Error::NotFound)
}

/// Saves a new draft. With an Idempotency-Key, a repetition within the hour gives the draft
/// of the first one.
///
/// # Errors
/// `Invalid` for no text or too much, and beyond [`MOST`] drafts.
pub async fn create(
    app: &App,
    who: &Applicant,
    save: SaveDraft,
    idempotency_key: Option<&str>,
) -> Result<Draft> {
    let text = check(save)?;
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
            return Ok(draft);
        }
        if store::drafts::count(conn, user).await? >= MOST {
            return Err(Error::invalid(format!(
                "There is room for {MOST} drafts. Delete one first, and this one fits."
            )));
        }
        let draft = store::drafts::insert(conn, user, &text, now).await?;
        if let Some(key) = key {
            store::drafts::insert_key(conn, user, key, draft.id, now).await?;
        }
        Ok(draft)
    })
    .await
}

/// Writes over a draft of the user's own.
///
/// # Errors
/// `NotFound`; `Invalid` as in [`create`].
pub async fn update(app: &App, who: &Applicant, id: Id, save: SaveDraft) -> Result<Draft> {
    let text = check(save)?;
    let now = app.clock.now();
    let mut conn = app.desk.get().await?;
    store::drafts::update(&mut conn, who.user().id, id, &text, now)
        .await?
        .ok_or(Error::NotFound)
}

/// Deletes a draft of the user's own; gives what it said.
///
/// # Errors
/// `NotFound`.
pub async fn delete(app: &App, who: &Applicant, id: Id) -> Result<Draft> {
    let mut conn = app.desk.get().await?;
    store::drafts::take(&mut conn, who.user().id, id)
        .await?
        .ok_or(Error::NotFound)
}

/// Takes a draft out, to be published: it exists afterwards only if the transaction fails, so
/// it is published once.
///
/// # Errors
/// `NotFound`, also for the second of two that publish at once.
pub async fn take(conn: &mut Conn, who: &Member, id: Id) -> Result<Draft> {
    store::drafts::take(conn, who.user().id, id)
        .await?
        .ok_or(Error::NotFound)
}

/// The drafts of a new member, and the reviewer's words: for the welcome page.
pub async fn welcome(app: &App, who: &Member) -> Result<(Vec<Draft>, Option<String>)> {
    let mut conn = app.desk.get().await?;
    let user = who.user().id;
    let drafts = store::drafts::list(&mut conn, user, MOST).await?;
    let application = store::applications::find_latest(&mut conn, user).await?;
    if who.user().welcomed_at.is_none() {
        store::applicants::set_welcomed(&mut conn, user, app.clock.now()).await?;
    }
    Ok((drafts, application.and_then(|a| a.decision_message)))
}

/// The text as it is kept.
fn check(save: SaveDraft) -> Result<DraftText> {
    let text = clean::text(&save.text).trim_end().to_owned();
    let spoiler_text = clean::single_line(&save.spoiler_text);
    let mut invalid = Invalid::new();
    if text.trim().is_empty() {
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
    Ok(DraftText {
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
        check(SaveDraft {
            text: text.into(),
            spoiler_text: spoiler.into(),
            ..SaveDraft::default()
        })
    }

    #[test]
    fn drafts_have_the_length_of_posts() {
        assert!(saved(&"a".repeat(MAX_STATUS), "").is_ok());
        assert!(saved(&"a".repeat(MAX_STATUS - 2), "cw").is_ok());
        assert!(saved(&"a".repeat(MAX_STATUS), "c").is_err());
        assert!(saved(" \n\u{200b}", "").is_err());
    }

    #[test]
    fn a_warning_hides_pictures_and_nonsense_is_no_language() {
        let draft = check(SaveDraft {
            text: "hello".into(),
            spoiler_text: "careful".into(),
            language: Some("not a language".into()),
            ..SaveDraft::default()
        })
        .unwrap();
        assert!(draft.sensitive);
        assert_eq!(draft.language, None);
        assert_eq!(draft.visibility, Visibility::Public);
    }
}
