//! What somebody typed into a form, and what is wrong with it: every answer is kept and
//! every error stands beside its field (`templates/parts/field.html`).

use std::collections::BTreeMap;

use crate::domain::error::Invalid;

/// The state of one form on a page.
#[derive(Debug, Clone, Default)]
pub struct Form {
    values: BTreeMap<String, String>,
    errors: Vec<FormError>,
}

/// One thing to mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormError {
    /// The field's `name`, which is its `id` too; empty where no field is to blame.
    pub field: String,
    /// A whole sentence that says what to do.
    pub sentence: String,
}

impl Form {
    /// Nothing typed, nothing wrong.
    pub fn new() -> Form {
        Form::default()
    }

    /// Keeps an answer. Never a password: those are typed again.
    pub fn with(mut self, field: impl Into<String>, value: impl Into<String>) -> Form {
        self.values.insert(field.into(), value.into());
        self
    }

    /// Notes an error. An empty `field` means the form as a whole.
    pub fn error(mut self, field: impl Into<String>, sentence: impl Into<String>) -> Form {
        self.errors.push(FormError {
            field: field.into(),
            sentence: sentence.into(),
        });
        self
    }

    /// Notes all that a use case found. Descriptions come without the field's name
    /// ("has already been taken"), so the name is put in front of them.
    pub fn refused(mut self, invalid: &Invalid) -> Form {
        if invalid.fields.is_empty() {
            return self.error("", invalid.sentence());
        }
        for field in &invalid.fields {
            let label = field.field.replace('_', " ");
            let mut letters = label.chars();
            let label: String = letters
                .next()
                .map(|first| first.to_uppercase().chain(letters).collect())
                .unwrap_or_default();
            self = self.error(
                field.field.to_string(),
                format!("{label} {}", field.description),
            );
        }
        self
    }

    /// The same in whole sentences, where fields are called something else than their names.
    pub fn refused_as(mut self, invalid: &Invalid, called: impl Fn(&str) -> &'static str) -> Form {
        if invalid.fields.is_empty() {
            return self.error("", invalid.sentence());
        }
        for trouble in &invalid.fields {
            let sentence = format!("{} {}.", called(&trouble.field), trouble.description);
            self = self.error(trouble.field.to_string(), sentence);
        }
        self
    }

    /// What was typed, or nothing.
    pub fn value(&self, field: impl AsRef<str>) -> &str {
        self.values.get(field.as_ref()).map_or("", String::as_str)
    }

    /// Keeps several answers to one question.
    pub fn with_all(self, field: impl Into<String>, values: &[String]) -> Form {
        self.with(field, values.join("\n"))
    }

    /// Whether this is the choice, or among the choices, that were taken.
    pub fn chose(&self, field: impl AsRef<str>, value: impl AsRef<str>) -> bool {
        self.value(field)
            .split('\n')
            .any(|taken| taken == value.as_ref())
    }

    /// A box that was ticked, or the choice that was taken.
    pub fn is(&self, field: impl AsRef<str>, value: impl AsRef<str>) -> bool {
        self.value(field) == value.as_ref()
    }

    /// What is wrong with a field.
    pub fn error_of(&self, field: impl AsRef<str>) -> Option<&str> {
        self.errors
            .iter()
            .find(|e| e.field == field.as_ref())
            .map(|e| e.sentence.as_str())
    }

    /// All that is wrong, in the order in which it was noted.
    pub fn errors(&self) -> &[FormError] {
        &self.errors
    }

    /// Something is wrong: set [`super::layout::Page::has_errors`] by it.
    pub fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }
}
