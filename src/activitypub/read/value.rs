//! Lenient looks into JSON. All give `None` or nothing for what is not there or not so.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::activitypub::uri;

/// The address that means everybody, in its three spellings.
pub fn is_public(address: &str) -> bool {
    matches!(
        address,
        "https://www.w3.org/ns/activitystreams#Public" | "as:Public" | "Public"
    )
}

/// A property, when it is text.
pub fn text<'v>(of: &'v Value, name: &str) -> Option<&'v str> {
    of.get(name)?.as_str()
}

/// A property, when it says yes; `"true"` counts.
pub fn flag(of: &Value, name: &str) -> Option<bool> {
    match of.get(name)? {
        Value::Bool(yes) => Some(*yes),
        Value::String(text) => match text.as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A whole number from 0, when it is one.
pub fn number(of: &Value, name: &str) -> Option<i64> {
    let value = of.get(name)?;
    let whole = value.as_i64().or_else(|| {
        let float = value.as_f64()?;
        (float.is_finite() && float.abs() < 1e15).then_some(float as i64)
    })?;
    (whole >= 0).then_some(whole)
}

/// What a property holds, one or many: at most `most`.
pub fn list<'v>(of: &'v Value, name: &str, most: usize) -> Vec<&'v Value> {
    many(of.get(name), most)
}

/// One or many: at most `most`.
pub fn many(value: Option<&Value>, most: usize) -> Vec<&Value> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(values)) => values.iter().take(most).collect(),
        Some(one) => vec![one],
    }
}

/// The address of what `value` is or points at, canonical: a string, an object's `id`, or the
/// first of several.
pub fn id_of(value: &Value) -> Option<String> {
    uri::canonical(raw_id(value)?)
}

/// As [`id_of`], as it was written.
pub fn raw_id(value: &Value) -> Option<&str> {
    match value {
        Value::String(id) => Some(id),
        Value::Object(object) => object.get("id")?.as_str(),
        Value::Array(values) => match values.first()? {
            Value::Array(_) => None,
            first => raw_id(first),
        },
        _ => None,
    }
}

/// The address of what a property points at.
pub fn id(of: &Value, name: &str) -> Option<String> {
    id_of(of.get(name)?)
}

/// The addresses of all that a property points at: at most `most`, each once, canonical; the
/// public collection is kept as it was written.
pub fn ids(of: &Value, name: &str, most: usize) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for value in list(of, name, most) {
        let Some(raw) = raw_id(value) else { continue };
        let address = match is_public(raw) {
            true => Some(raw.to_owned()),
            false => uri::canonical(raw),
        };
        if let Some(address) = address
            && !found.contains(&address)
        {
            found.push(address);
        }
    }
    found
}

/// The kind of an object, without the `as:` that some write. The first where there are
/// several.
pub fn kind(of: &Value) -> Option<&str> {
    let kind = match of.get("type")? {
        Value::String(kind) => kind,
        Value::Array(kinds) => kinds.iter().find_map(Value::as_str)?,
        _ => return None,
    };
    Some(kind.strip_prefix("as:").unwrap_or(kind))
}

/// A web page that people can open: a string, a `Link`, or the first of several that is HTML
/// or says nothing of its type.
pub fn page(of: &Value, name: &str) -> Option<String> {
    let candidates = list(of, name, 20);
    let is_page = |value: &&&Value| match value.get("mediaType").and_then(Value::as_str) {
        Some(kind) => kind.starts_with("text/html"),
        None => true,
    };
    let chosen = candidates
        .iter()
        .find(is_page)
        .or_else(|| candidates.first())?;
    uri::canonical(link(chosen)?)
}

/// Where something lies: a string, `href` or `url` of an object, the first of several.
pub fn link(value: &Value) -> Option<&str> {
    match value {
        Value::String(address) => Some(address),
        Value::Object(object) => match object.get("href").or_else(|| object.get("url"))? {
            Value::Array(inner) => inner.first().and_then(flat_link),
            inner => flat_link(inner),
        },
        Value::Array(values) => values.first().and_then(flat_link),
        _ => None,
    }
}

fn flat_link(value: &Value) -> Option<&str> {
    match value {
        Value::String(address) => Some(address),
        Value::Object(object) => object.get("href")?.as_str(),
        _ => None,
    }
}

/// A moment, in any of the forms seen in the wild.
pub fn moment(of: &Value, name: &str) -> Option<DateTime<Utc>> {
    let text = text(of, name)?;
    if text.len() > 64 {
        return None;
    }
    let parsed = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_rfc3339(&format!("{text}Z")))
        .ok()?;
    let at = DateTime::from_timestamp_micros(parsed.timestamp_micros())?;
    // What Postgres and four-digit years can hold, and no nonsense before computers.
    (at.timestamp() > 0 && at.timestamp() < 7_000_000_000).then_some(at)
}

/// Text with its language: `nameMap: {"de": "…"}` when it has exactly one, else `name`.
pub fn in_language<'v>(of: &'v Value, name: &str) -> (Option<&'v str>, Option<&'v str>) {
    let map = of.get(format!("{name}Map")).and_then(Value::as_object);
    let plain = text(of, name);
    let said = map.and_then(|map| {
        let mut texts = map
            .iter()
            .filter_map(|(code, t)| Some((code.as_str(), t.as_str()?)));
        match plain {
            // Which of the translations is the one that is shown.
            Some(plain) => texts.find(|(_, t)| *t == plain).or_else(|| only(map)),
            None => texts.next(),
        }
    });
    match (plain, said) {
        (Some(plain), said) => (Some(plain), said.map(|(code, _)| code)),
        (None, Some((code, text))) => (Some(text), Some(code)),
        (None, None) => (None, None),
    }
}

fn only(map: &serde_json::Map<String, Value>) -> Option<(&str, &str)> {
    match map.len() {
        1 => map
            .iter()
            .next()
            .and_then(|(code, t)| Some((code.as_str(), t.as_str()?))),
        _ => None,
    }
}

/// At most `most` characters of `text`.
pub fn cut(text: &str, most: usize) -> &str {
    match text.char_indices().nth(most) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_or_many_a_string_or_an_object() {
        let note = json!({
            "attributedTo": [{"id": "https://A.example/ann"}, "https://a.example/b"],
            "to": "as:Public",
            "cc": ["https://a.example/f", {"id": "https://a.example/f"}, 7],
            "url": [
                {"type": "Link", "mediaType": "application/x-mpegURL", "href": "https://a.example/v"},
                {"type": "Link", "mediaType": "text/html", "href": "https://a.example/w"},
            ],
            "type": ["as:Note", "x"],
        });
        assert_eq!(
            id(&note, "attributedTo").as_deref(),
            Some("https://a.example/ann")
        );
        assert_eq!(ids(&note, "to", 9), ["as:Public"]);
        assert_eq!(ids(&note, "cc", 9), ["https://a.example/f"]);
        assert_eq!(page(&note, "url").as_deref(), Some("https://a.example/w"));
        assert_eq!(kind(&note), Some("Note"));
    }

    #[test]
    fn moments_of_the_wild() {
        for (written, seconds) in [
            ("2026-11-22T10:00:00Z", 1_795_341_600),
            ("2026-11-22T10:00:00.123456789Z", 1_795_341_600),
            ("2026-11-22T12:00:00+02:00", 1_795_341_600),
            ("2026-11-22T10:00:00", 1_795_341_600),
        ] {
            let at = moment(&json!({ "published": written }), "published");
            assert_eq!(at.map(|at| at.timestamp()), Some(seconds), "{written}");
        }
        for bad in ["yesterday", "0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z"] {
            assert_eq!(
                moment(&json!({ "published": bad }), "published"),
                None,
                "{bad}"
            );
        }
    }

    #[test]
    fn the_language_is_that_of_the_text_shown() {
        let both = json!({"content": "hallo", "contentMap": {"en": "hello", "de": "hallo"}});
        assert_eq!(in_language(&both, "content"), (Some("hallo"), Some("de")));
        let map_alone = json!({"contentMap": {"en": "hello"}});
        assert_eq!(
            in_language(&map_alone, "content"),
            (Some("hello"), Some("en"))
        );
        let plain = json!({"content": "hello"});
        assert_eq!(in_language(&plain, "content"), (Some("hello"), None));
    }
}
