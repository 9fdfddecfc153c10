//! What a card showed, kept for a while under the hash that its decision carries: so that a
//! decision on something that changed meanwhile can be answered with what changed.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::snapshot::{self, Seen};
use crate::domain::{Id, Result};
use crate::model::account::Account;
use crate::model::application::{ApplicantProfile, Application};
use crate::store::{self, Conn};
use crate::text::diff::{self, Fate, Piece};

/// Something that is not as it was when the card was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What: the words of a question, `Display name`, `A draft`.
    pub what: String,
    /// The text, with what went and what came.
    pub pieces: Vec<Piece>,
}

/// Keeps what is shown now.
pub(super) async fn keep(
    conn: &mut Conn,
    application: &Application,
    seen: &Seen,
    now: DateTime<Utc>,
) -> Result<()> {
    let hash = snapshot::bytes(&seen.hash);
    let content = content(application, seen);
    store::application_views::keep(conn, application.id, &hash, &content, now).await
}

/// What changed since the card with that hash was shown; `None` when it is not known any more
/// how that looked.
pub(super) async fn changes(
    conn: &mut Conn,
    application: &Application,
    hash: &str,
    now: &Seen,
) -> Result<Option<Vec<Change>>> {
    let id: Id = application.id;
    let before = store::application_views::find(conn, id, &snapshot::bytes(hash)).await?;
    Ok(before.map(|before| between(&before, &content(application, now))))
}

/// What a member's profile says by now, against what it said as they were let in (H12).
pub(super) fn since_let_in(then: &ApplicantProfile, now: &Account) -> Vec<Change> {
    let note = now.note_source.clone().unwrap_or_default();
    let (old_rows, rows) = (rows(&then.fields), rows(&now.fields));
    let mut changes: Vec<Change> = [
        ("Display name", &then.display_name, &now.display_name),
        ("What they say of themselves", &then.note, &note),
        ("The table of the profile", &old_rows, &rows),
    ]
    .into_iter()
    .filter(|(_, old, new)| old != new)
    .map(|(label, old, new)| change("", label, old, new))
    .collect();
    // The public file is a copy: whether it is the same picture cannot be told.
    for (label, old, new) in [
        ("Their picture", &then.avatar_path, &now.avatar_path),
        ("The picture on top", &then.header_path, &now.header_path),
    ] {
        let words = match (old, new) {
            (None, None) => continue,
            (Some(_), None) => one(Fate::Gone, "It was taken away."),
            (None, Some(_)) => one(Fate::New, "There is one now."),
            (Some(_), Some(_)) => one(Fate::New, "It may be another one now."),
        };
        changes.push(Change {
            what: label.to_owned(),
            pieces: words,
        });
    }
    changes
}

/// The table of a profile in lines.
fn rows(fields: &Value) -> String {
    let rows: Vec<String> = crate::model::account::fields_from_json(fields)
        .into_iter()
        .map(|field| format!("{}: {}", field.name, field.value))
        .collect();
    rows.join("\n")
}

/// Everything that is judged, as texts: `[[key, label, text], …]`.
fn content(application: &Application, seen: &Seen) -> Value {
    let mut parts: Vec<[String; 3]> = Vec::new();
    let mut part = |key: String, label: &str, text: &str| {
        parts.push([key, label.to_owned(), text.to_owned()]);
    };
    for answer in &seen.answers {
        let key = format!("answer {}", answer.question_version_id);
        part(key, &answer.wording, &answer.value);
    }
    if let Some(remark) = &application.remark {
        part("remark".into(), "A remark that came with it", remark);
    }
    if let Some(elsewhere) = &application.elsewhere {
        part("elsewhere".into(), "Where they say they live", elsewhere);
    }
    if let Some(profile) = &seen.profile {
        part("name".into(), "Display name", &profile.display_name);
        part("note".into(), "What they say of themselves", &profile.note);
        let rows = rows(&profile.fields);
        part("rows".into(), "The table of the profile", &rows);
        let path = |path: &Option<String>| path.clone().unwrap_or_default();
        part(AVATAR.into(), "Their picture", &path(&profile.avatar_path));
        part(
            HEADER.into(),
            "The picture on top",
            &path(&profile.header_path),
        );
    }
    for draft in &seen.drafts {
        let pictures = draft.pictures.iter().map(|p| match p.description.as_str() {
            "" => "[a picture]".to_owned(),
            words => format!("[a picture: {words}]"),
        });
        let mut lines = vec![draft.spoiler_text.clone(), draft.text.clone()];
        lines.extend(draft.asks().into_iter().flat_map(|poll| poll.options));
        lines.extend(pictures);
        lines.retain(|line| !line.is_empty());
        part(format!("draft {}", draft.id), "A draft", &lines.join("\n"));
    }
    json!(parts)
}

const AVATAR: &str = "avatar";
const HEADER: &str = "header";

fn between(before: &Value, now: &Value) -> Vec<Change> {
    let (before, now) = (read(before), read(now));
    let mut changes = Vec::new();
    for (key, label, text) in &now {
        let old = before.iter().find(|(other, ..)| other == key);
        let old = old.map_or("", |(.., text)| text);
        if old != *text {
            changes.push(change(key, label, old, text));
        }
    }
    for (key, label, text) in before {
        if !text.is_empty() && !now.iter().any(|(other, ..)| *other == key) {
            changes.push(change(key, label, text, ""));
        }
    }
    changes
}

fn change(key: &str, label: &str, old: &str, new: &str) -> Change {
    // The file's path says nothing to anybody.
    let pieces = match (key, old, new) {
        (AVATAR | HEADER, _, "") => one(Fate::Gone, "It was taken away."),
        (AVATAR | HEADER, "", _) => one(Fate::New, "There is one now."),
        (AVATAR | HEADER, ..) => one(Fate::New, "It is another one now."),
        _ => diff::words(old, new),
    };
    Change {
        what: label.to_owned(),
        pieces,
    }
}

fn one(fate: Fate, text: &str) -> Vec<Piece> {
    vec![Piece {
        fate,
        text: text.to_owned(),
    }]
}

fn read(content: &Value) -> Vec<(&str, &str, &str)> {
    let parts = content.as_array().map(Vec::as_slice).unwrap_or_default();
    parts
        .iter()
        .filter_map(|part| Some((part[0].as_str()?, part[1].as_str()?, part[2].as_str()?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_other_or_gone_is_named_and_paths_are_not() {
        let before = json!([
            ["answer 1", "Why here?", "For the tea"],
            ["avatar", "Their picture", "private/aa.png"],
            ["draft 7", "A draft", "hello"],
        ]);
        let now = json!([
            ["answer 1", "Why here?", "For the trains"],
            ["avatar", "Their picture", "private/bb.png"],
            ["note", "What they say of themselves", ""],
        ]);
        let changes = between(&before, &now);
        let named: Vec<&str> = changes.iter().map(|c| c.what.as_str()).collect();
        assert_eq!(named, ["Why here?", "Their picture", "A draft"]);
        let all: String = changes
            .iter()
            .flat_map(|c| &c.pieces)
            .map(|p| p.text.as_str())
            .collect();
        assert!(!all.contains("private/"), "{all}");
        assert_eq!(changes[2].pieces, one(Fate::Gone, "hello"));
        assert!(between(&now, &now).is_empty());
    }
}
