//! This server as v1 tells it: still the first call of several apps.

use std::sync::Arc;

use serde::Serialize;

use super::instance::{InstancePolls, InstanceStatuses};
use super::{Account, Rule};

/// `GET /api/v1/instance`.
#[derive(Debug, Clone, Serialize)]
pub struct InstanceV1 {
    /// The bare domain, whatever the name says.
    pub uri: String,
    /// Its name.
    pub title: String,
    /// One paragraph of plain text.
    pub short_description: String,
    /// HTML.
    pub description: String,
    /// An address, or empty.
    pub email: String,
    /// See [`super::Instance::version`].
    pub version: String,
    /// Addresses.
    pub urls: InstanceV1Urls,
    /// How many are here.
    pub stats: InstanceV1Stats,
    /// A URL here, an object in v2.
    pub thumbnail: Option<String>,
    /// Languages spoken here; ISO 639.
    pub languages: Vec<String>,
    /// Anybody may apply or join. An object in v2.
    pub registrations: bool,
    /// Somebody decides.
    pub approval_required: bool,
    /// Invites work now.
    pub invites_enabled: bool,
    /// Limits.
    pub configuration: InstanceV1Configuration,
    /// Whom to ask.
    pub contact_account: Option<Arc<Account>>,
    /// The rules, in order.
    pub rules: Vec<Rule>,
}

/// See [`InstanceV1::urls`].
#[derive(Debug, Clone, Serialize)]
pub struct InstanceV1Urls {
    /// `wss://HOST`, without path.
    pub streaming_api: String,
}

/// See [`InstanceV1::stats`].
#[derive(Debug, Clone, Copy, Serialize)]
pub struct InstanceV1Stats {
    /// Users.
    pub user_count: i64,
    /// Statuses of users.
    pub status_count: i64,
    /// Other servers known.
    pub domain_count: i64,
}

/// See [`InstanceV1::configuration`].
#[derive(Debug, Clone, Serialize)]
pub struct InstanceV1Configuration {
    /// Limits of profiles.
    pub accounts: InstanceV1Accounts,
    /// Limits of statuses.
    pub statuses: InstanceStatuses,
    /// Limits of media.
    pub media_attachments: InstanceV1Media,
    /// Limits of polls.
    pub polls: InstancePolls,
}

/// See [`InstanceV1Configuration::accounts`].
#[derive(Debug, Clone, Copy, Serialize)]
pub struct InstanceV1Accounts {
    /// How many hashtags a profile features.
    pub max_featured_tags: i64,
    /// How many statuses may be pinned.
    pub max_pinned_statuses: i64,
}

/// See [`super::InstanceMedia`].
#[derive(Debug, Clone, Serialize)]
pub struct InstanceV1Media {
    /// What may be uploaded.
    pub supported_mime_types: Vec<&'static str>,
    /// Bytes of a picture.
    pub image_size_limit: i64,
    /// Pixels of a picture.
    pub image_matrix_limit: i64,
    /// Bytes of a film.
    pub video_size_limit: i64,
    /// Frames a second of a film.
    pub video_frame_rate_limit: i64,
    /// Pixels of a film's frame.
    pub video_matrix_limit: i64,
}
