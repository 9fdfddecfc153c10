//! Custom emoji: pictures that a text names as `:shortcode:`.

use serde::Deserialize;
use serde_json::Value;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Emoji {
    /// Without colons.
    pub shortcode: String,
    /// Where the picture lies.
    pub url: String,
}

/// Reads what `emojis` columns hold; what does not read as one is left out.
pub fn from_json(json: Option<&Value>) -> Vec<Emoji> {
    json.and_then(Value::as_array)
        .map(|list| {
            list.iter()
                .filter_map(|one| serde_json::from_value(one.clone()).ok())
                .collect()
        })
        .unwrap_or_default()
}
