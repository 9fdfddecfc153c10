//! An emoji of a server's own.

use serde::Serialize;

/// Stays `:shortcode:` in texts; apps put the picture in.
#[derive(Debug, Clone, Serialize)]
pub struct CustomEmoji {
    /// Without colons.
    pub shortcode: String,
    /// Absolute.
    pub url: String,
    /// Absolute; the first frame of a moving one.
    pub static_url: String,
    /// Offered when composing.
    pub visible_in_picker: bool,
    /// Left out when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
}
