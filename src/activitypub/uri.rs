//! Addresses of other servers' things, in the one form that is stored and compared (D3):
//! scheme and host lower-case, the host in punycode without a dot at the end, a default port
//! left out, the rest byte for byte. So `https://Blocked.example./x` is `https://blocked.example/x`
//! and no block is slipped by a capital (I16).

use sha2::{Digest, Sha256};
use url::Url;
use uuid::Uuid;

/// Bytes of an address that is stored; longer ones are refused.
pub const MAX_BYTES: usize = 2048;

/// The canonical form; `None` for what is no address of another server: another scheme, a
/// user in it, an IP literal, white space or control characters, too long.
pub fn canonical(text: &str) -> Option<String> {
    if text.len() > MAX_BYTES || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return None;
    }
    let url = Url::parse(text).ok()?;
    if !matches!(url.scheme(), "https" | "http")
        || !url.username().is_empty()
        || url.password().is_some()
    {
        return None;
    }
    let authority = authority_of(&url)?;
    let (_, after) = text.split_once("://")?;
    let rest = after
        .find(['/', '?', '#'])
        .map_or("", |start| &after[start..]);
    let whole = format!("{}://{authority}{rest}", url.scheme());
    (whole.len() <= MAX_BYTES).then_some(whole)
}

/// Host and, where it is not the scheme's own, port: `elsewhere.example`. The key of
/// `hosts.domain`, and what "same server" means.
pub fn authority(uri: &str) -> Option<String> {
    authority_of(&Url::parse(uri).ok()?)
}

/// Whether both are on the same server.
pub fn same_authority(one: &str, other: &str) -> bool {
    authority(one).is_some_and(|host| authority(other).is_some_and(|too| host == too))
}

/// The key of `uri_hash` columns: the first 16 bytes of SHA-256. Of the canonical form.
pub fn hash(uri: &str) -> Uuid {
    let digest = Sha256::digest(uri.as_bytes());
    let mut first = [0; 16];
    first.copy_from_slice(&digest[..16]);
    Uuid::from_bytes(first)
}

/// A bare domain, as in a handle, in canonical form; `None` when it is none.
pub fn domain(text: &str) -> Option<String> {
    if text.len() > 253 || text.contains(['/', '@', '?', '#', ' ']) {
        return None;
    }
    authority(&format!("https://{text}/"))
}

fn authority_of(url: &Url) -> Option<String> {
    let host = match url.host()? {
        url::Host::Domain(host) => host.strip_suffix('.').unwrap_or(host),
        url::Host::Ipv4(_) | url::Host::Ipv6(_) => return None,
    };
    if host.is_empty() || host.ends_with('.') || host.len() > 253 {
        return None;
    }
    let whole = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    (whole.len() <= 253).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_host_has_one_form() {
        for same in [
            "https://blocked.example/users/ann",
            "HTTPS://BLOCKED.example/users/ann",
            "https://blocked.example./users/ann",
            "https://blocked.example:443/users/ann",
        ] {
            assert_eq!(
                canonical(same).as_deref(),
                Some("https://blocked.example/users/ann"),
                "{same}"
            );
        }
        assert_eq!(
            canonical("https://bücher.example/ä").as_deref(),
            Some("https://xn--bcher-kva.example/ä")
        );
        assert_eq!(
            domain("Bücher.Example.").as_deref(),
            Some("xn--bcher-kva.example")
        );
        assert_eq!(domain("a.test:3000").as_deref(), Some("a.test:3000"));
        assert_eq!(domain("a.test/x"), None);
    }

    #[test]
    fn the_rest_stays_as_it_is() {
        for kept in [
            "https://a.example/Users/Ann%2f?x=%41#Main-Key",
            "https://a.example/a/../b",
            "http://a.test:3000/x",
        ] {
            assert_eq!(canonical(kept).as_deref(), Some(kept));
        }
        assert!(same_authority(
            "https://a.example/x",
            "https://A.example./y"
        ));
        assert!(!same_authority("http://a.test:1/x", "http://a.test:2/x"));
    }

    #[test]
    fn what_names_no_server_is_refused() {
        for bad in [
            "acct:ann@a.example",
            "data:text/plain,x",
            "ftp://a.example/x",
            "https://ann@a.example/x",
            "https://127.0.0.1/x",
            "https://0x7f.1/x",
            "https://[::1]/x",
            "https://a.example/x y",
            "//a.example/x",
            "",
        ] {
            assert_eq!(canonical(bad), None, "{bad}");
        }
        assert_eq!(
            canonical(&format!("https://a.example/{}", "x".repeat(MAX_BYTES))),
            None
        );
    }

    #[test]
    fn the_hash_is_that_of_postgres() {
        assert_eq!(
            hash("https://a.example/1").to_string(),
            hash("https://a.example/1").to_string()
        );
        assert_ne!(hash("https://a.example/1"), hash("https://a.example/2"));
    }
}
