//! Custom emoji: pictures that a text names as `:shortcode:`.

use serde_json::Value;

use super::value;
use crate::activitypub::uri;

/// Emoji of one object; more are left out (N7).
pub const MAX: usize = 100;
/// Bytes of a shortcode.
const MAX_SHORTCODE: usize = 64;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emoji {
    /// Without colons: letters, digits, `_`, `+`, `-`.
    pub shortcode: String,
    /// Where the picture lies.
    pub url: String,
}

/// Those among `tag` that are whole, each shortcode once.
pub fn read(object: &Value) -> Vec<Emoji> {
    let mut found: Vec<Emoji> = Vec::new();
    for tag in value::list(object, "tag", 1_000) {
        if found.len() >= MAX || value::kind(tag) != Some("Emoji") {
            continue;
        }
        if let Some(emoji) = one(tag)
            && !found.iter().any(|e| e.shortcode == emoji.shortcode)
        {
            found.push(emoji);
        }
    }
    found
}

/// A single `Emoji` object.
pub fn one(tag: &Value) -> Option<Emoji> {
    let shortcode = value::text(tag, "name")?.trim_matches(':');
    let url = uri::canonical(value::link(tag.get("icon")?)?)?;
    is_shortcode(shortcode).then(|| Emoji {
        shortcode: shortcode.to_owned(),
        url,
    })
}

/// Whether a text can stand between colons.
pub fn is_shortcode(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MAX_SHORTCODE
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'+' | b'-'))
}

/// As kept in `emojis` columns: `[{"shortcode", "url"}]`; `None` for none. What no text of
/// `texts` names is left out.
pub fn to_json(emoji: &[Emoji], texts: &[&str]) -> Option<Value> {
    let named: Vec<Value> = emoji
        .iter()
        .filter(|e| {
            let mark = format!(":{}:", e.shortcode);
            texts.iter().any(|text| text.contains(&mark))
        })
        .map(|e| serde_json::json!({ "shortcode": e.shortcode, "url": e.url }))
        .collect();
    (!named.is_empty()).then_some(Value::Array(named))
}

/// Whether an emoji in a name could be taken for a mark that the server gives (X3).
pub fn pretends(shortcode: &str) -> bool {
    let code = shortcode.to_ascii_lowercase();
    ["verif", "check", "official", "admin", "staff", "moderator"]
        .iter()
        .any(|word| code.contains(word))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whole_ones_are_read_once_each() {
        let note = json!({"tag": [
            {"type": "Emoji", "name": ":blob_cat:", "icon": {"type": "Image", "url": "https://a.example/e.png"}},
            {"type": "Emoji", "name": ":blob_cat:", "icon": {"type": "Image", "url": "https://a.example/f.png"}},
            {"type": "Emoji", "name": "bare", "icon": {"url": [{"type": "Link", "href": "https://a.example/g.png"}]}},
            {"type": "Emoji", "name": ":x\" onerror=:", "icon": {"url": "https://a.example/h.png"}},
            {"type": "Emoji", "name": ":js:", "icon": {"url": "javascript:alert(1)"}},
            {"type": "Emoji", "name": ":none:"},
            {"type": "Mention", "name": ":no:", "icon": {"url": "https://a.example/i.png"}},
        ]});
        let read = read(&note);
        let codes: Vec<&str> = read.iter().map(|e| e.shortcode.as_str()).collect();
        assert_eq!(codes, ["blob_cat", "bare"]);
        assert_eq!(
            to_json(&read, &["hi :blob_cat:"]),
            Some(json!([{"shortcode": "blob_cat", "url": "https://a.example/e.png"}]))
        );
        assert_eq!(to_json(&read, &["hi"]), None);
        assert!(pretends("Verified_Blue"));
    }

    #[test]
    fn a_hundred_thousand_are_a_hundred() {
        let tags: Vec<Value> = (0..5_000)
            .map(|n| json!({"type": "Emoji", "name": format!(":e{n}:"), "icon": {"url": "https://a.example/e.png"}}))
            .collect();
        assert_eq!(read(&json!({ "tag": tags })).len(), MAX);
    }
}
