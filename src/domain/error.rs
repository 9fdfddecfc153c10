//! Errors by what the *caller* can do about them. Each door maps them once.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, by what the caller can do.
///
/// Any `std::error::Error` turns into [`Error::Broken`] by `?`: its cause is logged by the
/// door and never shown.
#[derive(Debug)]
pub enum Error {
    /// It is not there, or not for this viewer: the same answer (404).
    NotFound,
    /// It was there for everybody, and is deleted (410).
    Gone,
    /// Sign in, with the sentence to show (401).
    SignIn(&'static str),
    /// Signed in, but not allowed (403).
    Denied(Cow<'static, str>),
    /// The gate says no, with words for the applicant (403).
    Closed(Box<Closed>),
    /// Well-formed, but not acceptable; field by field where fields are to blame (422).
    Invalid(Invalid),
    /// A parameter is missing or makes no sense (400).
    BadRequest(Cow<'static, str>),
    /// Somebody else was first, or the thing changed meanwhile (409).
    Conflict(Cow<'static, str>),
    /// Too many or too busy; when to come back (429).
    TooMany {
        /// One sentence for people.
        message: Cow<'static, str>,
        /// When another try makes sense.
        retry_at: DateTime<Utc>,
    },
    /// The body is larger than the limit (413).
    TooLarge(Cow<'static, str>),
    /// We have more to do than we can just now; nothing was done. Try again after
    /// [`BUSY_FOR`] (503).
    Busy,
    /// Our fault, or that of something we lean on (500). Logged with its cause, never shown.
    Broken(anyhow::Error),
}

/// Seconds after which another try makes sense where we were too busy.
pub const BUSY_FOR: u32 = 5;

/// Why the gate said no.
#[derive(Debug, Clone, PartialEq)]
pub struct Closed {
    /// A sentence for the applicant.
    pub message: Cow<'static, str>,
    /// A stable word for apps, such as `pending_approval`.
    pub code: &'static str,
    /// The application's state, when there is one.
    pub application: Option<ApplicationNotice>,
}

/// What an app is told about the application behind a 403 (registration.md C2).
#[derive(Debug, Clone, PartialEq)]
pub struct ApplicationNotice {
    /// Its state.
    pub state: super::application::ApplicationState,
    /// When it was sent.
    pub submitted_at: DateTime<Utc>,
}

/// What is wrong with the input.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Invalid {
    /// One sentence for all of it; made from the fields when empty.
    pub message: String,
    /// Each field's trouble; all of them at once.
    pub fields: Vec<FieldError>,
}

/// One field's trouble, in Mastodon's `details` words.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldError {
    /// The parameter's name.
    pub field: Cow<'static, str>,
    /// `ERR_BLANK`, `ERR_INVALID`, `ERR_TAKEN`, `ERR_TOO_LONG`, `ERR_RESERVED`, …
    pub code: &'static str,
    /// A sentence that says what to do, without the field's name in front.
    pub description: String,
}

impl Invalid {
    /// An empty list, to be filled by [`Invalid::add`].
    pub fn new() -> Invalid {
        Invalid::default()
    }

    /// Notes one more field.
    pub fn add(&mut self, field: &'static str, code: &'static str, description: impl Into<String>) {
        self.fields.push(FieldError {
            field: field.into(),
            code,
            description: description.into(),
        });
    }

    /// `Ok` when nothing was noted.
    pub fn into_result(self) -> Result<()> {
        if self.message.is_empty() && self.fields.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(self))
        }
    }

    /// The one sentence: Mastodon's `Validation failed: …`.
    pub fn sentence(&self) -> String {
        if !self.message.is_empty() {
            return self.message.clone();
        }
        let parts: Vec<String> = self
            .fields
            .iter()
            .map(|f| {
                format!(
                    "{} {}",
                    capitalised(&f.field.replace('_', " ")),
                    f.description
                )
            })
            .collect();
        format!("Validation failed: {}", parts.join(", "))
    }
}

impl Error {
    /// Unacceptable input, one sentence (422).
    pub fn invalid(message: impl Into<String>) -> Error {
        Error::Invalid(Invalid {
            message: message.into(),
            fields: Vec::new(),
        })
    }

    /// Unacceptable input in one field (422).
    pub fn field(field: &'static str, code: &'static str, description: impl Into<String>) -> Error {
        let mut invalid = Invalid::new();
        invalid.add(field, code, description);
        Error::Invalid(invalid)
    }

    /// Not allowed, with a sentence (403).
    pub fn denied(message: impl Into<Cow<'static, str>>) -> Error {
        Error::Denied(message.into())
    }

    /// Our fault, with a sentence for the log.
    pub fn broken(message: impl Into<String>) -> Error {
        Error::Broken(anyhow::anyhow!(message.into()))
    }

    /// The sentence for people. Safe to show: a broken one names no cause.
    pub fn sentence(&self) -> String {
        match self {
            Error::NotFound => "Record not found".into(),
            Error::Gone => "It was deleted".into(),
            Error::SignIn(message) => (*message).into(),
            Error::Denied(message)
            | Error::BadRequest(message)
            | Error::Conflict(message)
            | Error::TooLarge(message)
            | Error::TooMany { message, .. } => message.to_string(),
            Error::Closed(closed) => closed.message.to_string(),
            Error::Invalid(invalid) => invalid.sentence(),
            Error::Busy => {
                "This server has more to do than it can just now. Please try again in a few seconds."
                    .into()
            }
            Error::Broken(_) => "Something went wrong on our side. It has been logged.".into(),
        }
    }
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for Error {
    fn from(cause: E) -> Error {
        Error::Broken(anyhow::Error::new(cause))
    }
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars
        .next()
        .map(|c| c.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_fields_make_one_sentence() {
        let mut invalid = Invalid::new();
        invalid.add("username", "ERR_TAKEN", "has already been taken");
        invalid.add("date_of_birth", "ERR_BLANK", "can't be blank");
        assert_eq!(
            Error::Invalid(invalid).sentence(),
            "Validation failed: Username has already been taken, Date of birth can't be blank"
        );
    }

    #[test]
    fn a_broken_thing_does_not_tell_its_cause() {
        let error: Error = std::io::Error::other("password=hunter2").into();
        assert!(!error.sentence().contains("hunter2"));
    }
}
