//! Canned words: what reviewers say often, written once by an admin.

use diesel_async::AsyncConnection;
use serde_json::{Value, json};

use crate::app::App;
use crate::domain::application::PresetKind;
use crate::domain::error::Invalid;
use crate::domain::{Error, Result};
use crate::gate::signs;
use crate::gate::who::{Admin, Reviewer};
use crate::model::application::Preset;
use crate::store;
use crate::store::audit::NewLine;
use crate::text::clean;

/// How many there may be.
pub const MOST: usize = 40;
/// The longest title, in characters.
pub const MAX_TITLE: usize = 100;
/// The longest text, in characters.
pub const MAX_BODY: usize = 2000;

/// Canned words as an admin writes them.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// What they go with.
    pub kind: PresetKind,
    /// What reviewers call them.
    pub title: String,
    /// What the applicant reads.
    pub body: String,
}

/// All of them.
pub async fn list(app: &App, _who: &Reviewer) -> Result<Vec<Preset>> {
    let mut conn = app.desk.get().await?;
    store::presets::list(&mut conn, MOST as i64).await
}

/// Canned words with a reviewer's own behind them; `None` for neither.
///
/// # Errors
/// `Invalid` when the canned words are gone.
pub async fn with_own(
    app: &App,
    _who: &Reviewer,
    preset: Option<i64>,
    own: &str,
) -> Result<Option<String>> {
    let canned = match preset {
        None => None,
        Some(id) => {
            let mut conn = app.desk.get().await?;
            let found = store::presets::find(&mut conn, id).await?;
            let gone = || Error::field("preset", "ERR_INVALID", "is gone: please choose again");
            Some(found.ok_or_else(gone)?.body)
        }
    };
    let own = Some(own.trim().to_owned()).filter(|own| !own.is_empty());
    let parts: Vec<String> = [canned, own].into_iter().flatten().collect();
    Ok(Some(parts.join("\n\n")).filter(|text| !text.is_empty()))
}

/// Writes canned words: new ones where `id` is `None`.
///
/// # Errors
/// `Invalid` with what is wrong; `NotFound` where there are none of that id.
pub async fn save(app: &App, who: &Admin, id: Option<i64>, written: Written) -> Result<()> {
    let title = clean::single_line(&written.title).trim().to_owned();
    let body = clean::text(&written.body).trim().to_owned();
    let mut invalid = Invalid::new();
    for (field, text, most) in [("title", &title, MAX_TITLE), ("body", &body, MAX_BODY)] {
        if text.is_empty() {
            invalid.add(field, "ERR_BLANK", "can't be blank");
        } else if text.chars().count() > most {
            let words = format!("is too long (maximum is {most} characters)");
            invalid.add(field, "ERR_TOO_LONG", words);
        }
    }
    invalid.into_result()?;
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        if id.is_none() && store::presets::list(conn, MOST as i64).await?.len() >= MOST {
            return Err(Error::invalid(format!(
                "There is room for {MOST} texts. Delete one first."
            )));
        }
        let before = match id {
            Some(id) => store::presets::find(conn, id).await?,
            None => None,
        };
        let saved = store::presets::save(conn, id, written.kind, &title, &body, now)
            .await?
            .ok_or(Error::NotFound)?;
        let inverse = match before {
            Some(before) => kept(&before),
            None => json!({ "delete": true }),
        };
        note(conn, who, "preset.save", saved, inverse, now).await
    })
    .await
}

/// Deletes canned words; decisions that used them keep their text.
///
/// # Errors
/// `NotFound`.
pub async fn delete(app: &App, who: &Admin, id: i64) -> Result<()> {
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let before = store::presets::find(conn, id).await?;
        let before = before.ok_or(Error::NotFound)?;
        store::presets::delete(conn, id).await?;
        note(conn, who, "preset.delete", id, kept(&before), now).await
    })
    .await
}

/// What a line of the audit log keeps of canned words.
fn kept(preset: &Preset) -> Value {
    json!({ "kind": preset.kind, "title": preset.title, "body": preset.body })
}

/// What [`kept`] told.
pub fn of_kept(kept: &Value) -> Option<Written> {
    Some(Written {
        kind: PresetKind::from_name(kept["kind"].as_str()?)?,
        title: kept["title"].as_str()?.to_owned(),
        body: kept["body"].as_str()?.to_owned(),
    })
}

async fn note(
    conn: &mut store::Conn,
    who: &Admin,
    act: &'static str,
    id: i64,
    inverse: Value,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<()> {
    let by = who.user().id;
    let line = NewLine {
        actor: Some(by),
        act,
        subject_kind: "preset",
        subject: Some(id),
        detail: json!({}),
        inverse: Some(inverse),
    };
    store::audit::append(conn, line, now).await?;
    signs::act(conn, who, now).await
}
