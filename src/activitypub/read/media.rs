//! What is attached to a post.

use serde_json::Value;

use super::value;
use crate::activitypub::uri;
use crate::text::clean;

/// Media of one post; more are left out (N7).
pub const MAX: usize = 16;
/// Characters of an alternative text.
const MAX_DESCRIPTION: usize = 10_000;
/// Pixels of a side.
const MAX_SIDE: i64 = 100_000;

/// One of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Medium {
    /// `media.kind`: 0 image, 2 video, 3 audio, 4 unknown.
    pub kind: i16,
    /// Where it lies.
    pub url: String,
    /// What its server says of its type.
    pub mime: Option<String>,
    /// Pixels.
    pub width: Option<i32>,
    /// Pixels.
    pub height: Option<i32>,
    /// Of its colours.
    pub blurhash: Option<String>,
    /// The point that stays in view, -1 to 1 each.
    pub focus: Option<(f32, f32)>,
    /// Alternative text; may be empty.
    pub description: String,
}

/// What is attached to an object; `kind` is its `statuses.kind`.
pub fn read(object: &Value, kind: i16) -> Vec<Medium> {
    let mut found: Vec<Medium> = Vec::new();
    let attached = value::list(object, "attachment", 100);
    let own = match kind {
        // The picture or sound is the object itself; of a video its picture.
        4 | 7 => own_file(object),
        5 | 6 => picture(object),
        2 | 3 => value::list(object, "image", 1)
            .first()
            .and_then(|image| one(image)),
        _ => None,
    };
    for medium in own.into_iter().chain(attached.into_iter().filter_map(one)) {
        if found.len() < MAX && !found.iter().any(|other| other.url == medium.url) {
            found.push(medium);
        }
    }
    found
}

fn one(attached: &Value) -> Option<Medium> {
    let kind = value::kind(attached)?;
    if !matches!(kind, "Document" | "Image" | "Video" | "Audio" | "Gif") {
        return None;
    }
    let url = uri::canonical(value::link(
        attached.get("url").or_else(|| attached.get("href"))?,
    )?)?;
    let mime = value::text(attached, "mediaType")
        .or_else(|| {
            let link = value::list(attached, "url", 1);
            value::text(link.first()?, "mediaType")
        })
        .filter(|mime| mime.len() <= 100 && mime.is_ascii())
        .map(str::to_ascii_lowercase);
    let side = |name| {
        value::number(attached, name)
            .filter(|n| (1..=MAX_SIDE).contains(n))
            .and_then(|n| i32::try_from(n).ok())
    };
    let described = value::in_language(attached, "name").0;
    let described = described.or_else(|| value::in_language(attached, "summary").0);
    let described = clean::text(value::cut(described.unwrap_or_default(), MAX_DESCRIPTION));
    Some(Medium {
        kind: kind_of(kind, mime.as_deref(), &url),
        url,
        mime,
        width: side("width"),
        height: side("height"),
        blurhash: value::text(attached, "blurhash")
            .filter(|hash| is_blurhash(hash))
            .map(str::to_owned),
        focus: focus(attached),
        description: described.trim().to_owned(),
    })
}

fn own_file(object: &Value) -> Option<Medium> {
    // The type stands in the link, or in the object whose address is plain.
    let type_of = |link: &Value| -> Option<String> {
        let of = if link.is_string() { object } else { link };
        let mime = value::text(of, "mediaType")?.to_ascii_lowercase();
        (mime.starts_with("image/") || mime.starts_with("audio/")).then_some(mime)
    };
    let links = value::list(object, "url", 20).into_iter();
    let (link, mime) = links
        .filter_map(|link| Some((link, type_of(link)?)))
        .next()?;
    let url = uri::canonical(value::link(link)?)?;
    Some(Medium {
        kind: kind_of("Document", Some(&mime), &url),
        description: described(object),
        ..bare(url, Some(mime))
    })
}

fn picture(object: &Value) -> Option<Medium> {
    let pictures = value::list(object, "icon", 5);
    let picture = match pictures.last().copied() {
        Some(picture) => picture,
        None => *value::list(object, "image", 1).first()?,
    };
    let url = uri::canonical(value::link(picture)?)?;
    Some(Medium {
        description: described(object),
        ..bare(url, None)
    })
}

fn bare(url: String, mime: Option<String>) -> Medium {
    Medium {
        kind: 0,
        url,
        mime,
        width: None,
        height: None,
        blurhash: None,
        focus: None,
        description: String::new(),
    }
}

fn described(object: &Value) -> String {
    let name = value::in_language(object, "name").0.unwrap_or_default();
    clean::single_line(value::cut(name, 1_000))
}

fn kind_of(kind: &str, mime: Option<&str>, url: &str) -> i16 {
    let by_type = |mime: &str| match mime.split('/').next() {
        Some("image") => Some(0),
        Some("video") => Some(2),
        Some("audio") => Some(3),
        _ => None,
    };
    if let Some(kind) = mime.and_then(by_type) {
        return kind;
    }
    match kind {
        "Image" | "Gif" => 0,
        "Video" => 2,
        "Audio" => 3,
        _ => {
            let path = url.split(['?', '#']).next().unwrap_or_default();
            let end = path
                .rsplit('.')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase();
            match end.as_str() {
                "jpg" | "jpeg" | "png" | "gif" | "webp" | "avif" => 0,
                "mp4" | "webm" | "mov" => 2,
                "mp3" | "ogg" | "flac" | "m4a" | "opus" => 3,
                _ => 4,
            }
        }
    }
}

/// Length and letters of one; the length must be what its first letter says (F6).
fn is_blurhash(hash: &str) -> bool {
    const LETTERS: &str =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";
    let Some(size) = hash.chars().next().and_then(|c| LETTERS.find(c)) else {
        return false;
    };
    let parts = (size % 9 + 1) * (size / 9 + 1);
    hash.len() == 4 + 2 * parts && hash.len() <= 100 && hash.chars().all(|c| LETTERS.contains(c))
}

fn focus(attached: &Value) -> Option<(f32, f32)> {
    let point = attached.get("focalPoint")?.as_array()?;
    let part = |n: usize| {
        let part = point.get(n)?.as_f64()? as f32;
        (-1.0..=1.0).contains(&part).then_some(part)
    };
    (point.len() == 2).then(|| Some((part(0)?, part(1)?)))?
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn attachments_of_the_wild() {
        let note = json!({"attachment": [
            {"type": "Document", "mediaType": "image/png", "url": "https://a.example/1.png",
             "name": "a lamp", "width": 640, "height": 480, "focalPoint": [0.5, -0.25],
             "blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj"},
            {"type": "Image", "url": [{"type": "Link", "href": "https://a.example/2", "mediaType": "image/webp"}]},
            {"type": "Document", "url": "https://a.example/3.MP4?x=1"},
            {"type": "PropertyValue", "name": "x", "value": "y"},
            {"type": "Document", "mediaType": "image/png", "url": "javascript:alert(1)"},
            {"type": "Document", "mediaType": "text/html", "url": "https://a.example/4"},
        ]});
        let read = read(&note, 0);
        let kinds: Vec<i16> = read.iter().map(|m| m.kind).collect();
        assert_eq!(kinds, [0, 0, 2, 4]);
        assert_eq!(read[0].focus, Some((0.5, -0.25)));
        assert!(read[0].blurhash.is_some());
        assert_eq!(read[0].description, "a lamp");
    }

    #[test]
    fn a_picture_that_is_the_object_itself() {
        for address in [
            json!("https://a.example/1"),
            json!([{"type": "Link", "href": "https://a.example/1", "mediaType": "image/jpeg"}]),
        ] {
            let image = json!({"type": "Image", "mediaType": "image/jpeg", "url": address});
            let found = read(&image, 4);
            assert_eq!(found.len(), 1, "{image}");
            assert_eq!(found[0].url, "https://a.example/1");
        }
        let page = json!({"type": "Image", "mediaType": "text/html", "url": "https://a.example/1"});
        assert!(read(&page, 4).is_empty());
    }

    #[test]
    fn nonsense_is_dropped_not_stored() {
        // F6
        let note = json!({"attachment": {"type": "Image", "url": "https://a.example/1.png",
            "blurhash": "<script>", "focalPoint": [7, 0], "width": -1, "height": 1e30}});
        let read = &read(&note, 0)[0];
        assert_eq!((read.width, read.height), (None, None));
        assert_eq!((read.blurhash.clone(), read.focus), (None, None));
        let many: Vec<Value> = (0..10_000)
            .map(|n| json!({"type": "Image", "url": format!("https://a.example/{n}.png")}))
            .collect();
        assert_eq!(super::read(&json!({ "attachment": many }), 0).len(), MAX);
    }
}
