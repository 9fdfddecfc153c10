//! Where codes may be sent: exactly where the app said when it registered (T7, T8).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

/// "Show the code to be copied": apps without a browser of their own.
pub const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";
/// The longest URI, in bytes.
pub const MAX_URI: usize = 2000;
/// The most that one app registers.
pub const MAX_URIS: usize = 20;

/// Schemes that run or hold something in the browser instead of leading to an app.
const FORBIDDEN: &[&str] = &[
    "data",
    "vbscript",
    "javascript",
    "blob",
    "about",
    "file",
    "view-source",
];
/// What stays as it is in a query: letters, digits and `-._~`.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Whether a URI may be registered: absolute, of any scheme but those that act in the
/// browser, no fragment, no credentials, no white space. `http` and an app's own scheme
/// are fine. The error is a sentence without the field's name.
pub fn acceptable(uri: &str) -> Result<(), &'static str> {
    if uri == OUT_OF_BAND {
        return Ok(());
    }
    if uri.is_empty() {
        return Err("can't be blank");
    }
    if uri.len() > MAX_URI {
        return Err("is too long (maximum is 2000 characters)");
    }
    if uri
        .chars()
        .any(|c| c.is_whitespace() || c.is_control() || c == '\\')
    {
        return Err("must not contain white space, control characters or backslashes");
    }
    let url = Url::parse(uri).map_err(|_| "must be an absolute URI")?;
    if FORBIDDEN.contains(&url.scheme()) {
        return Err("has a forbidden scheme");
    }
    if url.fragment().is_some() {
        return Err("must not contain a fragment");
    }
    if matches!(url.scheme(), "http" | "https") {
        if url.host_str().is_none_or(str::is_empty) {
            return Err("must name a host");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must not contain a user name");
        }
    }
    Ok(())
}

/// The URIs in a text with one a line, or in a list; empty ones and doubles dropped.
pub fn split<'a>(given: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut uris: Vec<String> = Vec::new();
    for uri in given.into_iter().flat_map(str::split_whitespace) {
        if !uris.iter().any(|known| known == uri) {
            uris.push(uri.to_owned());
        }
    }
    uris
}

/// Whether the URI is one of those registered: byte for byte, no sub-path, no added query.
pub fn is_registered(registered: &[String], uri: &str) -> bool {
    registered.iter().any(|known| known == uri)
}

/// The URI with parameters behind its own query.
pub fn with_parameters(uri: &str, parameters: &[(&str, &str)]) -> String {
    let mut out = uri.to_owned();
    let mut joint = match uri.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some((_, query)) if query.ends_with('&') => "",
        Some(_) => "&",
    };
    for (name, value) in parameters {
        out.push_str(joint);
        out.extend(utf8_percent_encode(name, QUERY));
        out.push('=');
        out.extend(utf8_percent_encode(value, QUERY));
        joint = "&";
    }
    out
}

/// Where somebody goes, in words: the host, or the app's own scheme. `None` out of band.
pub fn destination(uri: &str) -> Option<String> {
    if uri == OUT_OF_BAND {
        return None;
    }
    let url = Url::parse(uri).ok()?;
    Some(match (url.scheme(), url.host_str()) {
        ("http" | "https", Some(host)) => host.to_owned(),
        (scheme, _) => format!("{scheme}:"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn apps_own_schemes_pass_and_acting_ones_do_not() {
        for good in [
            OUT_OF_BAND,
            "https://app.example/callback",
            "https://app.example/callback?x=1",
            "http://localhost:4000/",
            "icecubesapp://",
            "mastodon-android-auth://callback",
            "com.example.app:/oauth",
            "tusky://oauth",
        ] {
            assert_eq!(acceptable(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "/relative",
            "app.example/callback",
            "https://app.example/#x",
            "https://user@app.example/",
            "https:///x y",
            "https://app.example\\@evil.example/",
            "java\nscript:alert(1)",
        ] {
            assert!(acceptable(bad).is_err(), "{bad}");
        }
        assert!(acceptable(&format!("https://a.example/{}", "x".repeat(MAX_URI))).is_err());
    }

    #[test]
    fn only_the_very_same_is_registered() {
        let registered = [
            "https://app.example/cb".to_owned(),
            "https://app.example/cb?a=1".to_owned(),
        ];
        assert!(is_registered(&registered, "https://app.example/cb"));
        for other in [
            "https://app.example/cb/",
            "https://app.example/cb/x",
            "https://app.example/cb?b=1",
            "https://app.example/cb#x",
            "https://APP.example/cb",
            "http://app.example/cb",
            "https://app.example:443/cb",
            "https://app.example.evil.example/cb",
            "",
        ] {
            assert!(!is_registered(&registered, other), "{other}");
        }
    }

    #[test]
    fn parameters_go_behind_what_is_there() {
        let p = [("code", "a b"), ("state", "x&y=z")];
        let tail = "code=a%20b&state=x%26y%3Dz";
        assert_eq!(with_parameters("app://", &p), format!("app://?{tail}"));
        assert_eq!(
            with_parameters("https://a/?q", &p),
            format!("https://a/?q&{tail}")
        );
        assert_eq!(
            with_parameters("https://a/?", &p),
            format!("https://a/?{tail}")
        );
    }

    #[test]
    fn several_come_by_lines_or_as_a_list() {
        assert_eq!(split(["a://x\nb://y\r\na://x\n"]), ["a://x", "b://y"]);
        assert_eq!(split(["a://x", "b://y"]), ["a://x", "b://y"]);
        assert_eq!(split([" \n "]), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn any_change_of_one_byte_is_another_uri(at in 0usize..22, byte in 0x21u8..0x7f) {
            let uri = "https://app.example/cb".to_owned();
            let mut bytes = uri.clone().into_bytes();
            let same = bytes[at] == byte;
            bytes[at] = byte;
            let changed = String::from_utf8(bytes).unwrap();
            prop_assert_eq!(is_registered(std::slice::from_ref(&uri), &changed), same);
        }

        #[test]
        fn what_is_added_can_be_read_back(name in "[a-z_]{1,10}", value in any::<String>()) {
            let uri = with_parameters("https://app.example/cb?own=1", &[(&name, &value)]);
            let url = Url::parse(&uri).unwrap();
            let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
            prop_assert_eq!(pairs, vec![("own".to_owned(), "1".to_owned()), (name, value)]);
            prop_assert!(url.fragment().is_none());
        }

        #[test]
        fn nothing_acceptable_acts_in_the_browser(uri in "[ \\ta-zA-Z:/\\\\#?@.]{0,40}") {
            if acceptable(&uri).is_ok() {
                let url = Url::parse(&uri).unwrap();
                prop_assert!(!FORBIDDEN.contains(&url.scheme()));
                prop_assert!(url.fragment().is_none());
            }
        }
    }
}
