//! What somebody would like to get: a document, or the page for people. Pure.

use actix_web::http::header::{self, HeaderMap};

/// The only types that are documents of ours; the second needs this profile, or none.
const ACTIVITY: &str = "application/activity+json";
const LINKED: &str = "application/ld+json";
const PROFILE: &str = "https://www.w3.org/ns/activitystreams";
/// Ranges of one `Accept` that are read.
const MAX_RANGES: usize = 32;

/// Whether `Accept` asks for a document at least as much as for a page. Whoever takes
/// anything gets the page.
pub fn wants_document(headers: &HeaderMap) -> bool {
    let wish = Wish::of(headers);
    wish.document > 0 && wish.document >= wish.page
}

/// Whether `Accept` asks for a page, and for no document: a browser.
pub fn wants_page(headers: &HeaderMap) -> bool {
    let wish = Wish::of(headers);
    wish.page > 0 && wish.page > wish.document
}

/// How much of each, in thousandths.
#[derive(Default)]
struct Wish {
    document: u32,
    page: u32,
}

impl Wish {
    fn of(headers: &HeaderMap) -> Wish {
        let mut wish = Wish::default();
        let lines = headers.get_all(header::ACCEPT);
        let ranges = lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(','))
            .take(MAX_RANGES);
        for range in ranges {
            let mut parts = range.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default().to_ascii_lowercase();
            let mut weight = 1000;
            let mut profile = None;
            for part in parts {
                let (key, value) = part.split_once('=').unwrap_or((part, ""));
                match key.trim().to_ascii_lowercase().as_str() {
                    "q" => weight = thousandths(value.trim()),
                    "profile" => profile = Some(value.trim().trim_matches('"').to_owned()),
                    _ => {}
                }
            }
            let known = |profile: &String| profile.split(' ').any(|one| one == PROFILE);
            match name.as_str() {
                ACTIVITY => wish.document = wish.document.max(weight),
                LINKED if profile.as_ref().is_none_or(known) => {
                    wish.document = wish.document.max(weight);
                }
                "text/html" | "application/xhtml+xml" => wish.page = wish.page.max(weight),
                _ => {}
            }
        }
        wish
    }
}

/// A weight from 0 to 1; nonsense is none.
fn thousandths(text: &str) -> u32 {
    match text.parse::<f32>() {
        Ok(weight) if (0.0..=1.0).contains(&weight) => (weight * 1000.0) as u32,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn headers(accept: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_str(accept).unwrap());
        headers
    }

    #[test]
    fn servers_get_documents() {
        for accept in [
            "application/activity+json",
            "application/activity+json, application/ld+json",
            "Application/Activity+JSON; q=0.9, */*;q=0.1",
            "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
            "application/ld+json;profile=\"https://www.w3.org/ns/activitystreams https://w3id.org/x\"",
            "application/activity+json, text/html;q=0.1",
            "text/html, application/activity+json",
        ] {
            assert!(wants_document(&headers(accept)), "{accept}");
            assert!(!wants_page(&headers(accept)), "{accept}");
        }
    }

    #[test]
    fn everybody_else_gets_pages() {
        for accept in [
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "text/html, application/activity+json;q=0.5",
        ] {
            assert!(!wants_document(&headers(accept)), "{accept}");
            assert!(wants_page(&headers(accept)), "{accept}");
        }
        for accept in [
            "*/*",
            "",
            "application/json",
            "image/*",
            "application/activity+json;q=0",
            "application/activity+json;q=x",
            "application/ld+json; profile=\"https://schema.example\"",
        ] {
            assert!(!wants_document(&headers(accept)), "{accept}");
            assert!(!wants_page(&headers(accept)), "{accept}");
        }
        assert!(!wants_document(&HeaderMap::new()));
    }
}
