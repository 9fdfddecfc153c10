//! A request as a verifier sees it.

use url::Url;

use super::Refused;

/// The longest value of a header that is put into what was signed, in bytes.
const MAX_VALUE: usize = 8 * 1024;

/// A request, as it came over the wire.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// `POST`, `GET`.
    pub method: &'a str,
    /// How this server is addressed: scheme and authority, no slash at the end.
    pub origin: &'a str,
    /// Path and query, byte for byte as they came.
    pub target: &'a str,
    /// Names in any case, values as they came; a name that came twice stands here twice.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// Whether there is a body, which then must be covered.
    pub has_body: bool,
}

impl<'a> Request<'a> {
    /// The value of a header that may come once at the most.
    pub(super) fn one(&self, name: &str) -> Result<Option<&'a str>, Refused> {
        let mut found = self.values(name);
        let Some(value) = found.next() else {
            return Ok(None);
        };
        if found.next().is_some() {
            return Err(Refused::Malformed("A header came twice"));
        }
        readable(value).map(Some)
    }

    /// All values of a header, as a signature covers them: trimmed, joined by a comma.
    pub(super) fn all(&self, name: &str) -> Result<Option<String>, Refused> {
        let mut joined: Option<String> = None;
        for value in self.values(name) {
            let value = readable(value)?;
            match &mut joined {
                None => joined = Some(value.to_owned()),
                Some(before) => {
                    before.push_str(", ");
                    before.push_str(value);
                }
            }
            if joined.as_ref().is_some_and(|all| all.len() > MAX_VALUE) {
                return Err(Refused::Malformed("A signed header is too long"));
            }
        }
        Ok(joined)
    }

    /// `Host` came once and names this server.
    pub(super) fn host_is_ours(&self) -> Result<(), Refused> {
        let host = self
            .one("host")?
            .ok_or(Refused::Malformed("There is no Host"))?;
        let host = match self.scheme() {
            "https" => host.strip_suffix(":443").unwrap_or(host),
            _ => host.strip_suffix(":80").unwrap_or(host),
        };
        if host.eq_ignore_ascii_case(self.authority()) {
            Ok(())
        } else {
            Err(Refused::Elsewhere)
        }
    }

    /// `https`, or `http` where no certificate is.
    pub(super) fn scheme(&self) -> &'a str {
        self.origin.split("://").next().unwrap_or("https")
    }

    /// Host, and port unless it is the scheme's own.
    pub(super) fn authority(&self) -> &'a str {
        self.origin
            .split_once("://")
            .map_or(self.origin, |(_, authority)| authority)
    }

    /// The target without its query.
    pub(super) fn path(&self) -> &'a str {
        self.target.split('?').next().unwrap_or(self.target)
    }

    /// The query with its question mark; a question mark alone when there is none.
    pub(super) fn query(&self) -> &'a str {
        self.target.find('?').map_or("?", |at| &self.target[at..])
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.headers
            .iter()
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| *value)
    }
}

/// Host, and port unless it is the scheme's own: what `Host` says in a request to `url`.
pub fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// Trimmed, when it is visible ASCII with blanks; else two parsers might see two things.
fn readable(value: &[u8]) -> Result<&str, Refused> {
    std::str::from_utf8(value)
        .ok()
        .map(|value| value.trim_matches([' ', '\t']))
        .filter(|value| {
            value
                .bytes()
                .all(|byte| matches!(byte, b'\t' | b' '..=b'~'))
        })
        .ok_or(Refused::Malformed("A signed header is not plain text"))
}
