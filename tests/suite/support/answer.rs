//! What a server answered, with what was asked, so that a failure explains itself.

use reqwest::header::HeaderMap;
use serde_json::Value;

use super::html::Html;
use super::schema;

/// How much of a body a failure shows, in characters.
const MAX_SHOWN: usize = 1500;

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// `GET /home` and who asked.
    pub asked: String,
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Reads an answer to its end.
    pub async fn read(asked: String, response: reqwest::Response) -> Answer {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = response
            .bytes()
            .await
            .unwrap_or_else(|error| panic!("{asked}: the body broke off: {error}"))
            .to_vec();
        Answer {
            asked,
            status,
            headers,
            body,
        }
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("a plain header"))
    }

    /// Fails unless the status is this one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Answer {
        assert!(
            self.status == status,
            "expected {status} from {}",
            self.shown()
        );
        self
    }

    /// The body as JSON of a 200.
    #[track_caller]
    pub fn ok(self) -> Value {
        self.expect(200).json()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        let kind = self.header("content-type");
        assert!(
            kind.starts_with("application/json"),
            "content type {kind:?} from {}",
            self.shown()
        );
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("no JSON ({error}) from {}", self.shown()),
        }
    }

    /// The body of a 200 that is an entity by the schema (`Status`, `[Account]`).
    #[track_caller]
    pub fn entity(self, name: &str) -> Value {
        let asked = self.asked.clone();
        let value = self.ok();
        if let Err(message) = schema::check(name, &value) {
            panic!("{asked}: {message}");
        }
        value
    }

    /// The error of a refusal: the status must be this one and the body Mastodon's shape.
    #[track_caller]
    pub fn error(self, status: u16) -> Value {
        let this = self.expect(status);
        let value = this.json();
        assert!(
            value["error"].is_string(),
            "no `error` from {}",
            this.shown()
        );
        value
    }

    /// The body as a page.
    #[track_caller]
    pub fn html(&self) -> Html {
        let kind = self.header("content-type");
        assert!(
            kind.starts_with("text/html"),
            "content type {kind:?} from {}",
            self.shown()
        );
        let html = Html::read(&self.text());
        assert!(
            html.mistakes.is_empty(),
            "{:?} in {}",
            html.mistakes,
            self.shown()
        );
        html
    }

    /// The address under a relation of the `Link` header.
    pub fn link(&self, relation: &str) -> Option<String> {
        self.header("link").split(", ").find_map(|part| {
            let (url, rel) = part.split_once("; ")?;
            (rel == format!("rel=\"{relation}\"")).then(|| url.trim_matches(['<', '>']).to_owned())
        })
    }

    /// All of it, for a message.
    pub fn shown(&self) -> String {
        let text = self.text();
        let short: String = text.chars().take(MAX_SHOWN).collect();
        let location = self.header("location");
        format!("{}: {} {location}\n{short}", self.asked, self.status)
    }
}
