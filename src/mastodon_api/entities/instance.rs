//! This server as v2 tells it, with what the gate adds under `registrations`.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Account, Rule, wire};
use crate::domain::registration_mode::{ModeReason, RegistrationMode};
use crate::gate::questions;

/// `GET /api/v2/instance`.
#[derive(Debug, Clone, Serialize)]
pub struct Instance {
    /// Without scheme.
    pub domain: String,
    /// Its name.
    pub title: String,
    /// Begins with the Mastodon version whose API this is; then the truth in brackets.
    pub version: String,
    /// Where its source is.
    pub source_url: String,
    /// One paragraph of plain text.
    pub description: String,
    /// How many are here.
    pub usage: InstanceUsage,
    /// The picture.
    pub thumbnail: InstanceThumbnail,
    /// App icons.
    pub icon: Vec<InstanceIcon>,
    /// Languages spoken here; ISO 639.
    pub languages: Vec<String>,
    /// Limits and addresses.
    pub configuration: InstanceConfiguration,
    /// The door.
    pub registrations: InstanceRegistrations,
    /// `mastodon` gates features in apps: only what is really served.
    pub api_versions: BTreeMap<&'static str, i64>,
    /// The year of a running look-back: none here.
    pub wrapstodon: (),
    /// Whom to ask.
    pub contact: InstanceContact,
    /// The rules, in order.
    pub rules: Vec<Rule>,
}

/// See [`Instance::usage`].
#[derive(Debug, Clone, Copy, Serialize)]
pub struct InstanceUsage {
    /// Its users.
    pub users: InstanceUsageUsers,
}

/// See [`Instance::usage`].
#[derive(Debug, Clone, Copy, Serialize)]
pub struct InstanceUsageUsers {
    /// Users seen in the last four weeks.
    pub active_month: i64,
}

/// See [`Instance::thumbnail`].
#[derive(Debug, Clone, Serialize)]
pub struct InstanceThumbnail {
    /// Absolute.
    pub url: String,
    /// The alternative text.
    pub description: Option<String>,
    /// A blurred stand-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blurhash: Option<String>,
}

/// See [`Instance::icon`].
#[derive(Debug, Clone, Serialize)]
pub struct InstanceIcon {
    /// Absolute.
    pub src: String,
    /// `WxH`.
    pub size: String,
}

/// See [`Instance::contact`].
#[derive(Debug, Clone, Serialize)]
pub struct InstanceContact {
    /// An address, or empty.
    pub email: String,
    /// Ours: where abuse is reported; may be the same, or empty.
    pub abuse_email: String,
    /// An account, where one was named.
    pub account: Option<Arc<Account>>,
}

/// See [`Instance::configuration`]. Apps block posting by these, so they must be true.
#[derive(Debug, Clone, Serialize)]
pub struct InstanceConfiguration {
    /// Addresses.
    pub urls: InstanceUrls,
    /// For push.
    pub vapid: InstanceVapid,
    /// Limits of profiles.
    pub accounts: InstanceAccounts,
    /// Limits of statuses.
    pub statuses: InstanceStatuses,
    /// Limits of media.
    pub media_attachments: InstanceMedia,
    /// Limits of polls.
    pub polls: InstancePolls,
    /// Machine translation.
    pub translation: InstanceTranslation,
    /// Who reads which timelines.
    pub timelines_access: InstanceTimelinesAccess,
    /// Talks only to servers on a list.
    pub limited_federation: bool,
}

/// See [`InstanceConfiguration::urls`].
#[derive(Debug, Clone, Serialize)]
pub struct InstanceUrls {
    /// `wss://HOST`, without path.
    pub streaming: String,
    /// A status page elsewhere.
    pub status: Option<String>,
    /// About this server.
    pub about: Option<String>,
    /// What is kept of people.
    pub privacy_policy: Option<String>,
    /// Terms.
    pub terms_of_service: Option<String>,
}

/// See [`InstanceConfiguration::vapid`].
#[derive(Debug, Clone, Serialize)]
pub struct InstanceVapid {
    /// A P-256 point in URL-safe base64; empty where push is not served.
    pub public_key: String,
}

/// See [`InstanceConfiguration::accounts`]. Lengths in characters.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct InstanceAccounts {
    /// Of a display name.
    pub max_display_name_length: i64,
    /// Of a note.
    pub max_note_length: i64,
    /// Of an avatar's text.
    pub max_avatar_description_length: i64,
    /// Of a header's text.
    pub max_header_description_length: i64,
    /// How many hashtags a profile features.
    pub max_featured_tags: i64,
    /// How many statuses may be pinned.
    pub max_pinned_statuses: i64,
    /// How many fields.
    pub max_profile_fields: i64,
    /// Of a field's label.
    pub profile_field_name_limit: i64,
    /// Of a field's text.
    pub profile_field_value_limit: i64,
}

/// See [`InstanceConfiguration::statuses`].
#[derive(Debug, Clone, Copy, Serialize)]
pub struct InstanceStatuses {
    /// Characters as people count them, with the content warning.
    pub max_characters: i64,
    /// Media of one status.
    pub max_media_attachments: i64,
    /// What any link counts.
    pub characters_reserved_per_url: i64,
}

/// See [`InstanceConfiguration::media_attachments`].
#[derive(Debug, Clone, Serialize)]
pub struct InstanceMedia {
    /// Characters of an alternative text.
    pub description_limit: i64,
    /// Pixels of a picture.
    pub image_matrix_limit: i64,
    /// Bytes of a picture.
    pub image_size_limit: i64,
    /// What may be uploaded.
    pub supported_mime_types: Vec<&'static str>,
    /// Frames a second of a film.
    pub video_frame_rate_limit: i64,
    /// Pixels of a film's frame.
    pub video_matrix_limit: i64,
    /// Bytes of a film.
    pub video_size_limit: i64,
}

/// See [`InstanceConfiguration::polls`].
#[derive(Debug, Clone, Copy, Serialize)]
pub struct InstancePolls {
    /// How many options.
    pub max_options: i64,
    /// Characters of one.
    pub max_characters_per_option: i64,
    /// Seconds at least.
    pub min_expiration: i64,
    /// Seconds at most.
    pub max_expiration: i64,
}

/// See [`InstanceConfiguration::translation`].
#[derive(Debug, Clone, Copy, Serialize)]
pub struct InstanceTranslation {
    /// Whether it is served.
    pub enabled: bool,
}

/// See [`InstanceConfiguration::timelines_access`].
#[derive(Debug, Clone, Copy, Serialize)]
pub struct InstanceTimelinesAccess {
    /// The public timelines.
    pub live_feeds: InstanceFeedAccess,
    /// Hashtags.
    pub hashtag_feeds: InstanceFeedAccess,
    /// Links that are talked of.
    pub trending_link_feeds: InstanceFeedAccess,
}

/// `public`, `authenticated` or `disabled`.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct InstanceFeedAccess {
    /// Of this server.
    pub local: &'static str,
    /// Of others.
    pub remote: &'static str,
}

/// The door, as apps know it and as the gate tells it.
#[derive(Debug, Clone, Serialize)]
pub struct InstanceRegistrations {
    /// Anybody may apply or join.
    pub enabled: bool,
    /// Somebody decides.
    pub approval_required: bool,
    /// Something has to be said; null when nobody may apply.
    pub reason_required: Option<bool>,
    /// HTML to show when nobody may.
    pub message: Option<String>,
    /// Years; null when nobody asks.
    pub min_age: Option<i64>,
    /// Where to apply in a browser.
    pub url: Option<String>,
    /// Ours: the mode in force, the strictest of all.
    pub effective_mode: RegistrationMode,
    /// Ours: what holds it there.
    pub reason: ModeReason,
    /// Ours: since when; null where it never changed.
    #[serde(serialize_with = "wire::opt_time")]
    pub since: Option<DateTime<Utc>>,
    /// Ours: whether somebody is home.
    pub attended: bool,
    /// Ours: the usual wait: `hours`, `days`, `week`, `longer`; null where none is known.
    pub review_time: Option<&'static str>,
    /// Ours: the questions that everybody is asked.
    pub questions: Vec<questions::Told>,
    /// Ours: how many are asked in all.
    pub asks: i64,
}
