//! A user's preferences for apps.

use serde::Serialize;

use crate::domain::visibility::Visibility;

/// Keys with colons, as Mastodon has them.
#[derive(Debug, Clone, Serialize)]
pub struct Preferences {
    /// Of new posts.
    #[serde(rename = "posting:default:visibility")]
    pub visibility: Visibility,
    /// Media of new posts are hidden at first.
    #[serde(rename = "posting:default:sensitive")]
    pub sensitive: bool,
    /// Of new posts; ISO 639.
    #[serde(rename = "posting:default:language")]
    pub language: Option<String>,
    /// `public`, `followers` or `nobody`.
    #[serde(rename = "posting:default:quote_policy")]
    pub quote_policy: &'static str,
    /// `default`, `show_all` or `hide_all`.
    #[serde(rename = "reading:expand:media")]
    pub expand_media: &'static str,
    /// Content warnings are opened.
    #[serde(rename = "reading:expand:spoilers")]
    pub expand_spoilers: bool,
    /// Moving pictures move by themselves.
    #[serde(rename = "reading:autoplay:gifs")]
    pub autoplay_gifs: bool,
}
