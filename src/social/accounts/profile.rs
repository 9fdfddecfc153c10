//! The member's own profile and defaults for new posts.
//!
//! Pictures are made and stored first, outside of any transaction; then one transaction
//! changes the row, the settings, and writes the event; then the files nobody needs go.

use bytes::Bytes;
use diesel_async::AsyncConnection;
use serde_json::{Map, Value};

use super::read::{self, Own};
use crate::app::App;
use crate::domain::event::{Event, EventKind};
use crate::domain::visibility::Visibility;
use crate::domain::{Error, Result};
use crate::files::MediaPath;
use crate::files::image::Purpose;
use crate::gate::Member;
use crate::model::account::{Account, Field, fields_of_pairs, fields_to_json};
use crate::social::media;
use crate::store;
use crate::store::profiles::ProfileChange;
use crate::text::profile::{self, Words};
use crate::text::{html, language, media_words};

/// `accounts.kind` of people and of what is automated.
const PERSON: i16 = 0;
const SERVICE: i16 = 1;
/// Characters, of any kind, that the columns of alternative texts hold.
const ALT_COLUMN: usize = 1_500;

/// What should change; `None` keeps what is there.
#[derive(Debug, Clone, Default)]
pub struct UpdateProfile {
    /// Plain text.
    pub display_name: Option<String>,
    /// Plain text.
    pub note: Option<String>,
    /// (name, value), all of them; blank ones are dropped.
    pub fields: Option<Vec<(String, String)>>,
    /// Follows need a yes. Unlocking says yes to all who wait.
    pub locked: Option<bool>,
    /// Marked as automated.
    pub bot: Option<bool>,
    /// May be recommended.
    pub discoverable: Option<bool>,
    /// Public posts may be searched.
    pub indexable: Option<bool>,
    /// Followers and followed are not listed.
    pub hide_collections: Option<bool>,
    /// The square picture.
    pub avatar: Option<Picture>,
    /// The wide picture.
    pub header: Option<Picture>,
    /// Alternative text.
    pub avatar_description: Option<String>,
    /// Alternative text.
    pub header_description: Option<String>,
    /// Who new posts are for.
    pub privacy: Option<Visibility>,
    /// Media of new posts are hidden at first.
    pub sensitive: Option<bool>,
    /// The language of new posts; blank for none.
    pub language: Option<String>,
}

/// What should become of a picture.
#[derive(Debug, Clone)]
pub enum Picture {
    /// This file, as it came.
    Upload(Bytes),
    /// The default one.
    Remove,
}

/// Changes the member's profile; all of it or nothing.
///
/// # Errors
/// `Invalid`, field by field; as `files::Pictures::process` for pictures.
pub async fn update(app: &App, who: &Member, cmd: UpdateProfile) -> Result<Own> {
    let settings = settings(&cmd)?;
    let words = words(&cmd)?;
    let avatar = store_picture(app, cmd.avatar, Purpose::Avatar).await?;
    let header = match store_picture(app, cmd.header, Purpose::Header).await {
        Ok(header) => header,
        Err(error) => {
            forget(app, &avatar).await;
            return Err(error);
        }
    };
    let change = ProfileChange {
        avatar_path: avatar
            .as_ref()
            .map(|p| p.as_ref().map(|p| p.as_str().to_owned())),
        header_path: header
            .as_ref()
            .map(|p| p.as_ref().map(|p| p.as_str().to_owned())),
        ..words
    };
    match write(app, who, &change, &settings).await {
        Ok((own, old)) => {
            let mut needless = Vec::new();
            if avatar.is_some() {
                needless.extend(old.avatar_path);
            }
            if header.is_some() {
                needless.extend(old.header_path);
            }
            app.wake_relay();
            remove(
                app,
                needless
                    .iter()
                    .filter_map(|p| MediaPath::parse(p))
                    .collect(),
            )
            .await;
            Ok(own)
        }
        Err(error) => {
            forget(app, &avatar).await;
            forget(app, &header).await;
            Err(error)
        }
    }
}

/// Gives the row as it was, too.
async fn write(
    app: &App,
    who: &Member,
    change: &ProfileChange,
    settings: &Value,
) -> Result<(Own, Account)> {
    let now = app.clock.now();
    let id = who.account_id();
    let mut conn = app.pool.get().await?;
    let (account, old, settings) = conn
        .transaction(async |conn| {
            let old = store::profiles::lock(conn, id)
                .await?
                .ok_or(Error::NotFound)?;
            let mut change = change.clone();
            if let Some(fields) = change.fields.take() {
                change.fields = Some(keep_verified(&old, &fields));
            }
            let account = store::profiles::update(conn, id, &change, now).await?;
            let settings = match settings.as_object().is_some_and(|patch| !patch.is_empty()) {
                true => store::profiles::merge_settings(conn, who.user().id, settings).await?,
                false => who.user().settings.clone(),
            };
            if old.locked && !account.locked {
                store::follows::accept(conn, id, None, now).await?;
            }
            let event = Event::by_people(EventKind::ProfileChanged, id, id);
            store::events::insert(conn, &event, now).await?;
            Ok::<_, Error>((account, old, settings))
        })
        .await?;
    let own = read::around(&mut conn, account, settings).await?;
    Ok((own, old))
}

/// A field that did not change stays verified.
fn keep_verified(old: &Account, fields: &Value) -> Value {
    let before = old.profile_fields();
    let fields: Vec<Field> = crate::model::account::fields_from_json(fields)
        .into_iter()
        .map(|field| Field {
            verified_at: before
                .iter()
                .find(|b| b.name == field.name && b.value == field.value)
                .and_then(|b| b.verified_at),
            ..field
        })
        .collect();
    fields_to_json(&fields)
}

async fn store_picture(
    app: &App,
    picture: Option<Picture>,
    purpose: Purpose,
) -> Result<Option<Option<MediaPath>>> {
    Ok(match picture {
        None => None,
        Some(Picture::Remove) => Some(None),
        Some(Picture::Upload(file)) => {
            let processed = app.pictures.process(file, purpose, app.clock.now()).await?;
            Some(Some(media::store_file(app, &processed.picture).await?))
        }
    })
}

async fn forget(app: &App, made: &Option<Option<MediaPath>>) {
    remove(app, made.iter().flatten().cloned().collect()).await;
}

async fn remove(app: &App, files: Vec<MediaPath>) {
    if let Err(cause) = app.storage.delete_all(&files).await {
        tracing::warn!(?cause, "pictures of a profile were left behind");
    }
}

/// The words, checked; all troubles at once.
fn words(cmd: &UpdateProfile) -> Result<ProfileChange> {
    let words = profile::check(&Words {
        display_name: cmd.display_name.clone(),
        note: cmd.note.clone(),
        fields: cmd.fields.clone(),
    })?;
    let described = |words: &Option<String>| media_words::description(words.clone(), ALT_COLUMN);
    Ok(ProfileChange {
        kind: cmd.bot.map(|bot| if bot { SERVICE } else { PERSON }),
        locked: cmd.locked,
        discoverable: cmd.discoverable,
        indexable: cmd.indexable,
        hide_collections: cmd.hide_collections,
        avatar_description: described(&cmd.avatar_description)?,
        header_description: described(&cmd.header_description)?,
        display_name: words.display_name,
        note_html: words.note.as_ref().map(|note| html::note_html(note, false)),
        note_source: words.note,
        fields: words.fields.map(fields_of_pairs),
        ..ProfileChange::default()
    })
}

/// The part that goes into the user's settings.
fn settings(cmd: &UpdateProfile) -> Result<Value> {
    let mut patch = Map::new();
    if let Some(privacy) = cmd.privacy {
        patch.insert("visibility".into(), privacy.as_str().into());
    }
    if let Some(sensitive) = cmd.sensitive {
        patch.insert("sensitive".into(), sensitive.into());
    }
    if let Some(code) = &cmd.language {
        let code = match code.trim() {
            "" => Value::Null,
            code => language::normalise(code)
                .map(Value::String)
                .ok_or_else(|| {
                    Error::field(
                        "language",
                        "ERR_INVALID",
                        "is no language that is known here",
                    )
                })?,
        };
        patch.insert("language".into(), code);
    }
    Ok(Value::Object(patch))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_said_changes_nothing() {
        assert_eq!(
            words(&UpdateProfile::default()).unwrap(),
            ProfileChange::default()
        );
        assert_eq!(
            settings(&UpdateProfile::default()).unwrap(),
            Value::Object(Map::new())
        );
    }

    #[test]
    fn the_note_becomes_safe_html() {
        let cmd = UpdateProfile {
            note: Some("<b>hi</b>\nthere".into()),
            ..UpdateProfile::default()
        };
        let change = words(&cmd).unwrap();
        assert_eq!(
            change.note_html.as_deref(),
            Some("<p>&lt;b&gt;hi&lt;/b&gt;<br />there</p>")
        );
    }

    #[test]
    fn defaults_for_posts_are_checked() {
        let cmd = UpdateProfile {
            privacy: Some(Visibility::Unlisted),
            language: Some("DE".into()),
            ..UpdateProfile::default()
        };
        assert_eq!(
            settings(&cmd).unwrap(),
            serde_json::json!({"visibility": "unlisted", "language": "de"})
        );
        let cmd = UpdateProfile {
            language: Some("no such tongue".into()),
            ..UpdateProfile::default()
        };
        assert!(settings(&cmd).is_err());
    }
}
