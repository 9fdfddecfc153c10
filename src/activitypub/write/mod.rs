//! Documents out: from loaded rows to JSON. Pure; strict in what is written, whatever others
//! send.
//!
//! The rows come from `store/documents.rs`; each function here gives a structure, and
//! [`text`] makes the JSON of it, with the context in front. Delivery and the doors share it,
//! so what is fetched and what is sent cannot part.

pub mod activity;
pub mod actor;
pub mod audience;
pub mod collection;
pub mod context;
pub mod note;
#[cfg(test)]
mod tests;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use super::addresses;
use crate::app::App;
use crate::domain::Id;
use crate::model::document_rows::Addressed;

pub use activity::Activity;
pub use actor::Actor;
pub use note::Note;

/// Everybody.
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Where we are, as documents name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Here {
    /// Scheme and host, no slash at the end.
    pub origin: String,
    /// What stands after the @ in our names.
    pub handle_domain: String,
}

impl Here {
    /// This place.
    pub fn of(app: &App) -> Here {
        Here {
            origin: app.origin(),
            handle_domain: app.config.server.handle_domain.clone(),
        }
    }

    /// The address of an account, ours or not.
    pub fn actor(&self, account: &Addressed) -> String {
        let own = || addresses::actor(&self.origin, account.id);
        account.uri.clone().unwrap_or_else(own)
    }

    /// The address of a status that is no boost, ours or not.
    pub fn note(&self, status: &Addressed) -> String {
        let own = || addresses::note(&self.origin, status.id);
        status.uri.clone().unwrap_or_else(own)
    }

    /// The server's own actor.
    pub fn instance(&self) -> String {
        format!("{}{}", self.origin, addresses::INSTANCE_ACTOR)
    }

    /// The profile page of a local account.
    pub fn profile(&self, name: &str) -> String {
        format!("{}/@{name}", self.origin)
    }

    /// The page of a local account's status.
    pub fn page(&self, name: &str, status: Id) -> String {
        format!("{}/@{name}/{status}", self.origin)
    }

    /// A stored file, by the path in its row.
    pub fn file(&self, path: &str) -> String {
        format!("{}/{path}", self.origin)
    }

    /// The page of a hashtag, by its normalised name.
    pub fn tag(&self, name: &str) -> String {
        let name = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
        format!("{}/tags/{name}", self.origin)
    }
}

/// A document as it is sent: compact JSON, `@context` first.
pub fn text(document: &impl Serialize) -> String {
    // These structures hold texts, numbers and lists only: writing them cannot fail.
    let body = serde_json::to_string(document).unwrap_or_default();
    let inside = body.strip_prefix('{').unwrap_or("}");
    let comma = if inside == "}" { "" } else { "," };
    format!("{{\"@context\":{}{comma}{inside}", context::JSON)
}

/// A time as documents say it: milliseconds, UTC.
pub(super) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod text_tests {
    use super::*;

    #[test]
    fn the_context_comes_first_and_the_rest_is_unchanged() {
        #[derive(Serialize)]
        struct Thing {
            id: &'static str,
        }
        let text = text(&Thing { id: "x" });
        assert!(text.starts_with("{\"@context\":[\"https://www.w3.org/ns/activitystreams\""));
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["id"], "x");
        assert_eq!(read.as_object().unwrap().len(), 2);
    }

    #[test]
    fn nothing_is_still_a_document() {
        #[derive(Serialize)]
        struct Nothing {}
        let read: serde_json::Value = serde_json::from_str(&text(&Nothing {})).unwrap();
        assert_eq!(read.as_object().unwrap().len(), 1);
    }
}
