//! Accounts: actors, local and remote.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::{Queryable, Selectable};
use uuid::Uuid;

use super::schema::accounts;

/// A row of `accounts`. A pending user has none (D5).
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = accounts, check_for_backend(Pg))]
pub struct Account {
    pub id: i64,
    pub host_id: Option<i64>,
    pub username: String,
    pub handle_domain: Option<String>,
    pub uri: Option<String>,
    pub uri_hash: Option<Uuid>,
    pub url: Option<String>,
    pub display_name: String,
    pub note_html: String,
    pub note_source: Option<String>,
    pub fields: serde_json::Value,
    pub kind: i16,
    pub locked: bool,
    pub discoverable: bool,
    pub indexable: bool,
    pub hide_collections: bool,
    pub avatar_path: Option<String>,
    pub header_path: Option<String>,
    pub avatar_remote_url: Option<String>,
    pub header_remote_url: Option<String>,
    pub avatar_description: String,
    pub header_description: String,
    pub also_known_as: Vec<String>,
    pub moved_to_id: Option<i64>,
    pub flags: i32,
    pub version: i32,
    pub sanitiser_version: i16,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub fetched_at: Option<DateTime<Utc>>,
    pub emojis: Option<serde_json::Value>,
}

/// `accounts.flags`: the union of the restraints in force (D15), and of what holds for its
/// server.
pub mod flags {
    /// Shown only to followers.
    pub const LIMITED: i32 = 1;
    /// Shown to nobody.
    pub const SUSPENDED: i32 = 2;
    /// What it sends to strangers waits.
    pub const PROBATION: i32 = 4;
    /// Its invites do not work.
    pub const FROZEN_INVITES: i32 = 8;
    /// Its pictures and other media are not shown, nor those of its posts.
    pub const NO_MEDIA: i32 = 16;
    /// Pictures of its posts are hidden at first, whatever the posts say.
    pub const SENSITIVE: i32 = 32;
    /// What it sends is not read, and waits.
    pub const HELD: i32 = 64;
}

/// One pair of the profile's table, as kept in `accounts.fields` (a JSON array of these).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Field {
    /// Plain text.
    pub name: String,
    /// Source text of local accounts, HTML of remote ones.
    pub value: String,
    /// When the link was found to point back.
    pub verified_at: Option<DateTime<Utc>>,
}

impl Account {
    /// Whether it lives on this server.
    pub fn is_local(&self) -> bool {
        self.host_id.is_none()
    }

    /// Whether staff removed it from sight.
    pub fn is_suspended(&self) -> bool {
        self.flags & flags::SUSPENDED != 0
    }

    /// Whether strangers do not meet it.
    pub fn is_limited(&self) -> bool {
        self.flags & flags::LIMITED != 0
    }

    /// Whether pictures of its posts are hidden at first, as staff say.
    pub fn is_sensitive(&self) -> bool {
        self.flags & flags::SENSITIVE != 0
    }

    /// Whether its pictures and other media are kept out.
    pub fn is_without_media(&self) -> bool {
        self.flags & flags::NO_MEDIA != 0
    }

    /// The handle as apps show it: `ann`, or `ann@elsewhere.example`.
    pub fn acct(&self) -> String {
        match &self.handle_domain {
            None => self.username.clone(),
            Some(domain) => format!("{}@{domain}", self.username),
        }
    }

    /// The profile's pairs; what does not read as one is left out.
    pub fn profile_fields(&self) -> Vec<Field> {
        fields_from_json(&self.fields)
    }
}

/// Reads `[{"name", "value", "verified_at"?}, …]`.
pub fn fields_from_json(json: &serde_json::Value) -> Vec<Field> {
    let text = |v: &serde_json::Value| v.as_str().unwrap_or_default().to_owned();
    json.as_array()
        .map(|list| {
            list.iter()
                .filter(|pair| pair["name"].is_string())
                .map(|pair| Field {
                    name: text(&pair["name"]),
                    value: text(&pair["value"]),
                    verified_at: pair["verified_at"].as_str().and_then(|t| t.parse().ok()),
                })
                .collect()
        })
        .unwrap_or_default()
}

/// Label and value pairs as [`fields_from_json`] reads them, none of them verified.
pub fn fields_of_pairs(pairs: Vec<(String, String)>) -> serde_json::Value {
    let fields: Vec<Field> = pairs
        .into_iter()
        .map(|(name, value)| Field {
            name,
            value,
            verified_at: None,
        })
        .collect();
    fields_to_json(&fields)
}

/// The reverse of [`fields_from_json`].
pub fn fields_to_json(fields: &[Field]) -> serde_json::Value {
    fields
        .iter()
        .map(|f| {
            let mut pair = serde_json::json!({ "name": f.name, "value": f.value });
            if let Some(at) = f.verified_at {
                pair["verified_at"] = at.to_rfc3339().into();
            }
            pair
        })
        .collect()
}
