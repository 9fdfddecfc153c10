//! Media types of answers: what counts as an ActivityPub document, in the spellings of the
//! wild, and what never does (I10).

use http::header::{self, HeaderMap};

/// What an ActivityPub document is called, and what we call it when we ask.
pub const ACTIVITY: &str = "application/activity+json";
/// What we accept as one.
pub const ACCEPT_ACTIVITY: &str = "application/activity+json, \
     application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";

const LD: &str = "application/ld+json";
const PROFILE: &str = "https://www.w3.org/ns/activitystreams";

/// The type without its parameters, lower case; empty where there is none.
pub fn essence(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE);
    let value = value.and_then(|value| value.to_str().ok()).unwrap_or("");
    let essence = value.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Whether the answer calls itself an ActivityPub document: `application/activity+json`, or
/// JSON-LD with the profile. Plain JSON and text are somebody's upload, not a document.
pub fn is_activity(headers: &HeaderMap) -> bool {
    match essence(headers).as_str() {
        ACTIVITY => true,
        LD => headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(has_profile),
        _ => false,
    }
}

/// Whether one of the parameters is `profile` and names ActivityStreams, perhaps among others.
fn has_profile(value: &str) -> bool {
    value.split(';').skip(1).any(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or_default();
        name.trim().eq_ignore_ascii_case("profile")
            && value
                .trim()
                .trim_matches('"')
                .split_ascii_whitespace()
                .any(|profile| profile == PROFILE)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(value: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, value.parse().expect(value));
        is_activity(&headers)
    }

    #[test]
    fn documents_are_told_by_their_type() {
        for value in [
            "application/activity+json",
            "application/activity+json; charset=utf-8",
            "application/activity+json;charset=UTF-8",
            "Application/Activity+JSON",
            "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
            "application/ld+json;profile=https://www.w3.org/ns/activitystreams",
            "application/ld+json; charset=utf-8; profile=\"https://www.w3.org/ns/activitystreams\"",
            "application/ld+json; profile=\"https://example.org/x https://www.w3.org/ns/activitystreams\"",
        ] {
            assert!(judged(value), "{value}");
        }
    }

    #[test]
    fn uploads_and_pages_are_no_documents() {
        for value in [
            "application/json",
            "application/json; profile=\"https://www.w3.org/ns/activitystreams\"",
            "application/ld+json",
            "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams.evil\"",
            "application/ld+json; not-profile=\"https://www.w3.org/ns/activitystreams\"",
            "text/plain",
            "text/html; charset=utf-8",
            "image/png",
            "application/octet-stream",
            "application/activity+jsonp",
        ] {
            assert!(!judged(value), "{value}");
        }
        assert!(!is_activity(&HeaderMap::new()));
    }
}
