//! NodeInfo, as its client: what another server runs. For staff to look at; nothing depends on
//! it, since anybody may say anything.

use bytes::Bytes;
use serde_json::Value;
use url::Url;

use super::read::{Document, value};
use super::uri;
use crate::app::federation::{Federation, FetchError, Want};
use crate::config::Place;
use crate::text::clean;

/// Links of a list of versions that are looked at.
const MAX_LINKS: usize = 20;
/// Characters of a name, as its column holds.
const MAX_NAME: usize = 100;
/// Characters of a version; columns hold twice as many.
const MAX_VERSION: usize = 100;
/// What the addresses of the versions that are read begin with.
const SCHEMA: &str = "http://nodeinfo.diaspora.software/ns/schema/";

/// What a server runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Software {
    /// One line; `mastodon`.
    pub name: String,
    /// One line, or empty; `4.5.0`.
    pub version: String,
}

/// Asks the server of that canonical domain: two requests.
///
/// # Errors
/// Any [`FetchError`]; `Nonsense` for what names no software.
pub async fn ask(fed: &Federation, domain: &str) -> Result<Software, FetchError> {
    // Peers on this machine have certificates or not.
    let schemes: &[&str] = match fed.config.server.place {
        Place::Dev => &["http", "https"],
        _ => &["https"],
    };
    let mut last = FetchError::NotFound;
    for scheme in schemes {
        let list = format!("{scheme}://{domain}/.well-known/nodeinfo");
        match get(fed, &list).await {
            Ok(list) => {
                let address = document_in(&list, domain).ok_or_else(nonsense)?;
                return read(&get(fed, &address).await?).ok_or_else(nonsense);
            }
            Err(error @ FetchError::Unreachable(_)) => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

async fn get(fed: &Federation, address: &str) -> Result<Bytes, FetchError> {
    let url = Url::parse(address).map_err(|_| nonsense())?;
    Ok(fed.get(&url, Want::NODEINFO).await?.body)
}

/// The address of the newest document that a list names on the server itself.
pub fn document_in(list: &[u8], domain: &str) -> Option<String> {
    newest(&Document::parse(list).ok()?.0, domain)
}

/// What a document says of the software.
pub fn read(document: &[u8]) -> Option<Software> {
    software(&Document::parse(document).ok()?.0)
}

fn newest(list: &Value, domain: &str) -> Option<String> {
    let links = value::list(list, "links", MAX_LINKS).into_iter();
    let known = links.filter_map(|link| {
        let version = value::text(link, "rel")?.strip_prefix(SCHEMA)?;
        let address = uri::canonical(value::text(link, "href")?)?;
        (uri::authority(&address).as_deref() == Some(domain)).then_some((version, address))
    });
    known
        .max_by(|(one, _), (other, _)| one.cmp(other))
        .map(|(_, address)| address)
}

fn software(document: &Value) -> Option<Software> {
    let software = document.get("software")?;
    let line = |name: &str, most: usize| {
        let text = clean::single_line(value::cut(
            value::text(software, name).unwrap_or_default(),
            1_000,
        ));
        value::cut(text.trim(), most).trim().to_owned()
    };
    let name = line("name", MAX_NAME);
    (!name.is_empty()).then(|| Software {
        name,
        version: line("version", MAX_VERSION),
    })
}

fn nonsense() -> FetchError {
    FetchError::Nonsense("no NodeInfo".into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_newest_version_on_the_server_itself_is_read() {
        let link = |version: &str, href: &str| json!({ "rel": format!("{SCHEMA}{version}"), "href": href });
        let list = json!({ "links": [
            link("2.0", "https://a.example/n/2.0"),
            link("2.1", "https://a.example/n/2.1"),
            link("9.9", "https://evil.example/n"),
            { "rel": "x", "href": "https://a.example/x" },
        ] });
        assert_eq!(
            newest(&list, "a.example").as_deref(),
            Some("https://a.example/n/2.1")
        );
        assert_eq!(newest(&json!({ "links": [] }), "a.example"), None);
    }

    #[test]
    fn what_it_says_is_one_short_line() {
        let read = |software: Value| software_of(software);
        fn software_of(of: Value) -> Option<Software> {
            software(&json!({ "software": of }))
        }
        let found = read(json!({ "name": "mast\nodon", "version": "4".repeat(5_000) })).unwrap();
        assert_eq!(found.version.len(), MAX_VERSION);
        assert!(!found.name.contains('\n'));
        assert_eq!(read(json!({ "name": "x" })).unwrap().version, "");
        assert_eq!(read(json!({ "name": 7 })), None);
        assert_eq!(read(json!({ "name": " " })), None);
    }
}
