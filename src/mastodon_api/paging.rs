//! Cursors from the request, `Link` headers back (quirks 33 to 44).
//!
//! Apps page by the `Link` header alone where the cursor is a hidden row, and some match its
//! exact beginning: `<absolute>; rel="next", <absolute>; rel="prev"`.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use super::BaseUrl;
use super::forms::lenient;
use crate::domain::{Id, Page};

/// What a default page holds, by what is listed; twice as many at most.
pub mod defaults {
    /// Statuses on timelines and elsewhere.
    pub const STATUSES: i64 = 20;
    /// Accounts in lists of followers, blocks, mutes, favouriters.
    pub const ACCOUNTS: i64 = 40;
    /// Notifications.
    pub const NOTIFICATIONS: i64 = 40;
    /// Kinds of things found by one search.
    pub const SEARCH: i64 = 20;
}

/// Cursors and limit as apps send them; to be flattened into a form or read alone.
///
/// Nonsense is taken for absent: a list is never refused for its cursor.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct PageParams {
    #[serde(default, deserialize_with = "lenient::opt_word")]
    max_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    since_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    min_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::soft_i64")]
    limit: Option<i64>,
}

impl PageParams {
    /// The page that was asked for, `default` items long unless told otherwise.
    pub fn page(&self, default: i64) -> Page {
        Page {
            max_id: cursor(&self.max_id),
            since_id: cursor(&self.since_id),
            min_id: cursor(&self.min_id),
            limit: Page::clamp(self.limit, default),
        }
    }
}

/// Digits beyond any id (some apps start from the largest number they can write) mean the
/// largest id.
fn cursor(text: &Option<String>) -> Option<Id> {
    let text = text.as_deref()?.trim();
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(Id::MAX))
}

/// Which cursor the `prev` link carries (quirk 38).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Previous {
    /// Timelines, notifications, favourites, bookmarks, an account's statuses.
    MinId,
    /// Lists of accounts.
    SinceId,
}

impl Previous {
    fn name(self) -> &'static str {
        match self {
            Previous::MinId => "min_id",
            Previous::SinceId => "since_id",
        }
    }
}

/// The cursors of the pages beside the one being sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Links {
    /// `max_id` of the next page: the last row's id.
    pub next: Option<Id>,
    /// The cursor of the previous page: the first row's id.
    pub prev: Option<Id>,
    /// Which parameter `prev` is sent in.
    pub previous: Previous,
}

impl Links {
    /// For home, public and tag timelines: `next` on any page that is not empty (quirk 39).
    /// `ids` are the rows' cursors, newest first.
    pub fn timeline(ids: &[Id]) -> Links {
        Links {
            next: ids.last().copied(),
            prev: ids.first().copied(),
            previous: Previous::MinId,
        }
    }

    /// For other lists: `next` only when the page is full. `ids` are the cursors of the rows
    /// read, newest first, before any were filtered away.
    pub fn list(ids: &[Id], page: &Page, previous: Previous) -> Links {
        let full = ids.len() as i64 >= page.limit;
        Links {
            next: ids.last().copied().filter(|_| full),
            prev: ids.first().copied(),
            previous,
        }
    }

    /// The header's value for a request to `path` with the raw `query`; `None` for an empty
    /// page.
    ///
    /// Keeps every other parameter as it was written, lists included. Drops all cursors but
    /// the one it sets, and a token, which belongs in no header.
    pub fn header(&self, base: &BaseUrl, path: &str, query: &str) -> Option<String> {
        let kept = keep(query);
        let link = |cursor: &str, id: Id, rel: &str| {
            let path = utf8_percent_encode(path, UNSAFE);
            let between = if kept.is_empty() { "" } else { "&" };
            let path = base.join(&path.to_string());
            format!("<{path}?{kept}{between}{cursor}={id}>; rel=\"{rel}\"")
        };
        let links: Vec<String> = [
            self.next.map(|id| link("max_id", id, "next")),
            self.prev.map(|id| link(self.previous.name(), id, "prev")),
        ]
        .into_iter()
        .flatten()
        .collect();
        (!links.is_empty()).then(|| links.join(", "))
    }

    /// A 200 with `body` and these links.
    pub fn respond(&self, req: &HttpRequest, body: &impl Serialize) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        if let Some(value) = self.header(&BaseUrl::of(req), req.path(), req.query_string()) {
            response.insert_header((header::LINK, value));
        }
        response.json(body)
    }
}

/// What cannot stand in a header or between the angle brackets. `%` stays: what came
/// escaped is escaped already.
const UNSAFE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Parameters that a link sets itself, or must not repeat.
const DROPPED: &[&str] = &[
    "max_id",
    "since_id",
    "min_id",
    "access_token",
    "bearer_token",
];

fn keep(query: &str) -> String {
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .filter(|pair| {
            let name = pair.split('=').next().unwrap_or_default();
            let name = percent_decode_str(name).decode_utf8_lossy();
            !DROPPED.contains(&name.as_ref())
        })
        .collect();
    utf8_percent_encode(&kept.join("&"), UNSAFE).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn base() -> BaseUrl {
        BaseUrl::bare("https://porch.test")
    }

    #[test]
    fn the_header_is_exact() {
        let links = Links::timeline(&[30, 20, 10]);
        assert_eq!(
            links.header(&base(), "/api/v1/timelines/home", "limit=3&max_id=40"),
            Some(
                "<https://porch.test/api/v1/timelines/home?limit=3&max_id=10>; rel=\"next\", \
                 <https://porch.test/api/v1/timelines/home?limit=3&min_id=30>; rel=\"prev\""
                    .into()
            )
        );
        assert_eq!(Links::timeline(&[]).header(&base(), "/x", "limit=3"), None);
    }

    #[test]
    fn filters_stay_and_secrets_go() {
        let links = Links::timeline(&[5]);
        let header = links
            .header(
                &base(),
                "/api/v1/notifications",
                "types[]=mention&types%5B%5D=follow&access_token=s3cret&min_id=1&only_media=true&max%5fid=9",
            )
            .unwrap();
        assert!(header.starts_with(
            "<https://porch.test/api/v1/notifications?types[]=mention&types%5B%5D=follow&only_media=true&max_id=5>;"
        ), "{header}");
        assert!(!header.contains("s3cret"));
    }

    #[test]
    fn lists_have_a_next_page_only_when_full() {
        let page = Page::newest(2);
        let full = Links::list(&[4, 3], &page, Previous::SinceId);
        assert_eq!((full.next, full.prev), (Some(3), Some(4)));
        assert!(
            full.header(&base(), "/x", "")
                .unwrap()
                .ends_with("?since_id=4>; rel=\"prev\"")
        );
        let short = Links::list(&[4], &page, Previous::SinceId);
        assert_eq!((short.next, short.prev), (None, Some(4)));
    }

    #[test]
    fn cursors_are_read_softly() {
        let params: PageParams = serde_json::from_value(serde_json::json!({
            "max_id": "99999999999999999999", "since_id": "abc", "min_id": 7, "limit": "many"
        }))
        .unwrap();
        let page = params.page(20);
        assert_eq!(
            page,
            Page {
                max_id: Some(i64::MAX),
                since_id: None,
                min_id: Some(7),
                limit: 20
            }
        );
    }

    proptest! {
        #[test]
        fn any_query_makes_a_valid_header(query in "\\PC{0,80}", next in 1i64.., prev in 1i64..) {
            let links = Links { next: Some(next), prev: Some(prev), previous: Previous::MinId };
            let value = links.header(&base(), "/api/v1/timelines/tag/été", &query).unwrap();
            prop_assert!(header::HeaderValue::from_str(&value).is_ok());
            // Two links, whatever the query tried to close.
            prop_assert_eq!(value.matches('<').count(), 2);
            prop_assert_eq!(value.matches('>').count(), 2);
            let (first, second) = value.split_once(">; rel=\"next\", <").unwrap();
            prop_assert!(first.starts_with("<https://porch.test/"));
            let ends = format!("max_id={}", next);
            prop_assert!(first.ends_with(&ends));
            let ends = format!("min_id={}>; rel=\"prev\"", prev);
            prop_assert!(second.ends_with(&ends));
        }

        #[test]
        fn only_one_cursor_is_set(a in 1i64.., b in 1i64.., c in 1i64..) {
            let query = format!("max_id={a}&since_id={b}&min_id={c}&limit=5");
            let value = Links::timeline(&[a]).header(&base(), "/x", &query).unwrap();
            prop_assert_eq!(value.matches("max_id").count(), 1);
            prop_assert_eq!(value.matches("min_id").count(), 1);
            prop_assert_eq!(value.matches("since_id").count(), 0);
        }
    }
}
