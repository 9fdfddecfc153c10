//! What the forms of drafts send: words, and pictures that come, go or are described.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::Value;

use crate::app::App;
use crate::domain::error::Invalid;
use crate::domain::visibility::Visibility;
use crate::domain::{Error, Id, Result, ids};
use crate::door::forms::{Upload as File, Uploads};
use crate::gate::Applicant;
use crate::gate::draft_pictures::{self, NewWords, Upload};
use crate::gate::drafts::SaveDraft;
use crate::model::draft::{DraftPicture, FullDraft};
use crate::web::parts::form::Form;
use crate::web::parts::poll;

/// The fields of a draft: `text`, `spoiler_text`, `visibility`; for pictures that it has
/// `alt_ID` and `drop_ID` ("1"); for one that comes the file `media_1` with `alt_1`; the
/// fields of a poll (`parts/poll.rs`).
#[derive(Debug, Clone, Default)]
pub struct DraftFields(BTreeMap<String, String>);

impl DraftFields {
    /// Of a form; what is no text is left out.
    pub fn read(fields: BTreeMap<String, Value>) -> DraftFields {
        let texts = fields.into_iter().filter_map(|(name, value)| match value {
            Value::String(text) => Some((name, text)),
            _ => None,
        });
        DraftFields(texts.collect())
    }

    /// One of them, or nothing.
    pub fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Whether the form had such a field.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// What was typed, to be shown again.
    pub fn typed(&self) -> Form {
        self.0
            .iter()
            .filter(|(name, _)| *name != "csrf")
            .fold(Form::new(), |form, (name, value)| form.with(name, value))
    }

    fn words(&self) -> SaveDraft {
        SaveDraft {
            text: self.text("text").to_owned(),
            spoiler_text: self.text("spoiler_text").to_owned(),
            visibility: Visibility::from_name(self.text("visibility")),
            poll: poll::wanted(|name| self.text(name)),
            ..SaveDraft::default()
        }
    }
}

/// A form that shows a draft as it is.
pub fn filled(draft: &FullDraft) -> Form {
    let form = Form::new()
        .with("text", &draft.text)
        .with("spoiler_text", &draft.spoiler_text)
        .with("visibility", draft.visibility.as_str());
    let form = poll::filled(form, draft.asks().as_ref());
    draft.pictures.iter().fold(form, |form, picture| {
        form.with(format!("alt_{}", picture.id), &picture.description)
    })
}

/// The command that the form of a draft means; a picture that came along is kept first.
///
/// # Errors
/// `Invalid` on `media_1` for what is no picture, or where there is no room.
pub async fn save_of(
    app: &App,
    who: &Applicant,
    before: Option<&FullDraft>,
    fields: &DraftFields,
    files: &mut Uploads,
) -> Result<SaveDraft> {
    let had: Vec<Id> = before
        .map(|draft| draft.pictures.iter().map(|p| p.id).collect())
        .unwrap_or_default();
    let mut pictures: Vec<Id> = had
        .iter()
        .copied()
        .filter(|id| fields.text(&format!("drop_{id}")) != "1")
        .collect();
    if let Some(file) = files.take("media_1").filter(|file| file.size > 0) {
        if pictures.len() >= draft_pictures::most(who) {
            return Err(Error::field(
                "media_1",
                "ERR_TOO_MANY",
                "There is no room for another picture: take one out first.",
            ));
        }
        pictures.push(keep(app, who, file, fields.text("alt_1")).await?.id);
    }
    let words = fields.0.iter().filter_map(|(name, text)| {
        Some(NewWords {
            id: ids::parse(name.strip_prefix("alt_")?)?,
            description: Some(text.clone()),
            focus: None,
        })
    });
    Ok(SaveDraft {
        words: words.filter(|w| had.contains(&w.id)).collect(),
        pictures: Some(pictures),
        ..fields.words()
    })
}

/// Keeps one picture that was chosen in a form.
///
/// # Errors
/// `Invalid` on `media_1`, with the file's name.
pub async fn keep(
    app: &App,
    who: &Applicant,
    file: File,
    description: &str,
) -> Result<DraftPicture> {
    let upload = Upload {
        file: Bytes::from(tokio::fs::read(file.path()).await?),
        description: Some(description.to_owned()),
        focus: None,
    };
    match draft_pictures::upload(app, who, upload).await {
        Ok(kept) => Ok(kept),
        Err(Error::Invalid(invalid)) => Err(Error::field(
            "media_1",
            "ERR_INVALID",
            format!("{}: {}", file.file_name, invalid.sentence()),
        )),
        Err(other) => Err(other),
    }
}

/// What is wrong, in the words of these pages: troubles of pictures are sentences already.
pub fn refused(form: Form, invalid: &Invalid) -> Form {
    if let Some(sentence) = poll::trouble(invalid) {
        return form.error("poll_option_1", sentence);
    }
    match invalid.fields.first() {
        Some(field) if field.field == "media_1" => form.error("media_1", &field.description),
        _ => form.refused(invalid),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_was_typed_is_shown_again() {
        let fields = serde_json::from_value(json!({
            "csrf": "secret", "text": "hello", "alt_7": "a hill", "odd": ["list"],
        }));
        let fields = DraftFields::read(fields.unwrap());
        let form = fields.typed();
        assert_eq!(form.value("text"), "hello");
        assert_eq!(form.value("alt_7"), "a hill");
        assert_eq!(form.value("csrf"), "");
        assert!(!fields.has("odd"));
    }
}
