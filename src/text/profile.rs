//! What people write about themselves, checked: of members and of those who wait alike.

use super::clean;
use super::names::{self, FieldsError, MAX_DISPLAY_NAME, MAX_FIELD, MAX_FIELDS, MAX_NOTE};
use crate::domain::Result;
use crate::domain::error::Invalid;

/// Characters, of any kind, that the columns of display names and notes hold.
const NAME_COLUMN: usize = 500;
const NOTE_COLUMN: usize = 5_000;

/// The words of a profile; `None` says nothing about a part.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Words {
    /// One line of plain text.
    pub display_name: Option<String>,
    /// Plain text.
    pub note: Option<String>,
    /// Label and value, at most four.
    pub fields: Option<Vec<(String, String)>>,
}

/// Cleans what was typed.
///
/// # Errors
/// `Invalid` with every trouble at once, on `display_name`, `note` and `fields`.
pub fn check(typed: &Words) -> Result<Words> {
    let mut invalid = Invalid::new();
    let mut words = Words::default();
    let too_long = |most: usize| format!("is too long (maximum is {most} characters)");
    if let Some(raw) = &typed.display_name {
        let name = names::display_name(raw);
        if names::too_long(&name, MAX_DISPLAY_NAME) || name.chars().count() > NAME_COLUMN {
            invalid.add("display_name", "ERR_TOO_LONG", too_long(MAX_DISPLAY_NAME));
        }
        words.display_name = Some(name);
    }
    if let Some(raw) = &typed.note {
        let note = clean::text(raw).trim().to_owned();
        if names::too_long(&note, MAX_NOTE) || note.chars().count() > NOTE_COLUMN {
            invalid.add("note", "ERR_TOO_LONG", too_long(MAX_NOTE));
        }
        words.note = Some(note);
    }
    if let Some(raw) = &typed.fields {
        match names::fields(raw) {
            Ok(fields) => words.fields = Some(fields),
            Err(FieldsError::TooMany) => {
                let sentence = format!("are too many (maximum is {MAX_FIELDS})");
                invalid.add("fields", "ERR_TOO_LONG", sentence);
            }
            Err(FieldsError::TooLong) => {
                let sentence = format!("contain one that is longer than {MAX_FIELD} characters");
                invalid.add("fields", "ERR_TOO_LONG", sentence);
            }
            Err(FieldsError::Nameless) => {
                invalid.add("fields", "ERR_INVALID", "need a label for each content");
            }
        }
    }
    invalid.into_result()?;
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trouble_is_told_at_once() {
        let typed = Words {
            display_name: Some("n".repeat(MAX_DISPLAY_NAME + 1)),
            note: Some("n".repeat(MAX_NOTE + 1)),
            fields: Some(vec![("".into(), "value".into())]),
        };
        let Err(crate::domain::Error::Invalid(invalid)) = check(&typed) else {
            panic!("it was accepted");
        };
        let fields: Vec<&str> = invalid.fields.iter().map(|f| f.field.as_ref()).collect();
        assert_eq!(fields, ["display_name", "note", "fields"]);
    }

    #[test]
    fn what_is_not_said_stays_unsaid() {
        assert_eq!(check(&Words::default()).unwrap(), Words::default());
    }
}
