//! Links in plain text: `http` and `https` only.
//!
//! Brackets must balance, punctuation at the end belongs to the sentence, and an address with
//! user information (`https://bank.example@evil.example`) is no link: it is made to deceive.

use super::tokens::{Token, before, is_word, tokens};

/// Longest link in bytes; longer ones are plain text.
pub const MAX_BYTES: usize = 4096;
/// Open brackets inside a link; one more ends it.
const MAX_OPEN: usize = 16;

/// One link as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link<'t> {
    /// First byte.
    pub start: usize,
    /// First byte after the link.
    pub end: usize,
    /// The address as typed.
    pub url: &'t str,
    /// Length of the scheme with `://`, in bytes.
    pub scheme_len: usize,
    /// Where the host (with port) ends, in bytes from the start of `url`.
    pub host_end: usize,
}

/// What the scanner saw.
#[derive(Debug)]
pub(super) enum Scan<'t> {
    Found(Link<'t>),
    Nothing,
    /// A link beyond [`MAX_BYTES`]; nothing before `end` is one either.
    TooLong {
        end: usize,
    },
}

/// All links of a text, in order, repetitions included (at most `tokens::MAX_LINKS`).
pub fn find(text: &str) -> Vec<Link<'_>> {
    tokens(text)
        .into_iter()
        .filter_map(|token| match token {
            Token::Link(link) => Some(link),
            _ => None,
        })
        .collect()
}

/// The link that starts at byte `start`, if there is one.
pub(super) fn at(text: &str, start: usize) -> Scan<'_> {
    let Some(scheme_len) = scheme_len(&text.as_bytes()[start..]) else {
        return Scan::Nothing;
    };
    if before(text, start)
        .is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '@' | '$' | '#' | '_' | '-'))
    {
        return Scan::Nothing;
    }
    let host_start = start + scheme_len;
    let Some((host_end, whole)) = host_end(text, host_start) else {
        return Scan::Nothing;
    };
    let mut end = host_end;
    if whole {
        let authority_end = port_end(text.as_bytes(), host_end);
        if has_user_information(text, host_end) {
            return Scan::Nothing;
        }
        end = authority_end;
        if matches!(text.as_bytes().get(end), Some(b'/' | b'?' | b'#')) {
            end = tail_end(text, end);
        }
    }
    if end - start > MAX_BYTES {
        return Scan::TooLong { end };
    }
    let url = text[start..end].trim_end_matches(is_sentence_end);
    // Trimming never reaches the host, which ends with a letter or digit.
    Scan::Found(Link {
        start,
        end: start + url.len(),
        url,
        scheme_len,
        host_end: port_end(text.as_bytes(), host_end).min(start + url.len()) - start,
    })
}

fn scheme_len(bytes: &[u8]) -> Option<usize> {
    let starts = |scheme: &[u8]| {
        bytes.len() > scheme.len() && bytes[..scheme.len()].eq_ignore_ascii_case(scheme)
    };
    [&b"https://"[..], b"http://"]
        .into_iter()
        .find(|scheme| starts(scheme))
        .map(<[u8]>::len)
}

/// End of a believable host name, and whether what follows may still belong to the link. No
/// link when there is no dot, or when a letter-only ending is missing (addresses in numbers
/// are let through when they are complete).
fn host_end(text: &str, start: usize) -> Option<(usize, bool)> {
    const MAX_HOST: usize = 253;
    let mut end = start;
    let mut top_start = start;
    for (offset, c) in text[start..].char_indices() {
        if offset > MAX_HOST {
            return None;
        }
        if c == '.' {
            top_start = start + offset + 1;
        } else if c != '-' && (c == '_' || !is_word(c)) {
            break;
        } else if c != '-' {
            end = start + offset + c.len_utf8();
        }
    }
    if top_start > end {
        // "example.org." and the like: the ending is the label before the last dots.
        top_start = text[start..end]
            .rfind('.')
            .map_or(start, |dot| start + dot + 1);
    }
    if top_start == start {
        return None;
    }
    // "example.orgさん": endings are of one script, so the link stops where ASCII does.
    let top = &text[top_start..end];
    let ascii = top.bytes().take_while(u8::is_ascii).count();
    let mut whole = true;
    if ascii >= 2 && ascii < top.len() {
        end = top_start + ascii;
        whole = false;
    }
    let host = &text[start..end];
    let numbers = host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let valid = if numbers {
        host.parse::<std::net::Ipv4Addr>().is_ok()
    } else {
        let top = &text[top_start..end];
        top.chars().count() >= 2 && super::mentions::normalised_domain(host).is_some()
    };
    valid.then_some((end, whole))
}

fn port_end(bytes: &[u8], host_end: usize) -> usize {
    if bytes.get(host_end) != Some(&b':') {
        return host_end;
    }
    let digits = bytes[host_end + 1..]
        .iter()
        .take(6)
        .take_while(|b| b.is_ascii_digit())
        .count();
    if (1..=5).contains(&digits) {
        host_end + 1 + digits
    } else {
        host_end
    }
}

/// Whether an `@` follows in what a browser would take for the authority.
fn has_user_information(text: &str, host_end: usize) -> bool {
    const LOOK: usize = 512;
    text.as_bytes()[host_end..]
        .iter()
        .take(LOOK)
        .take_while(|b| {
            !b.is_ascii_whitespace() && !matches!(b, b'/' | b'?' | b'#' | b'\\' | b'<' | b'>')
        })
        .any(|&b| b == b'@')
}

/// End of path, query and fragment: where white space, quotes, or a bracket that was not
/// opened inside the link stands.
fn tail_end(text: &str, start: usize) -> usize {
    let mut open = [' '; MAX_OPEN];
    let mut depth = 0;
    for (offset, c) in text[start..].char_indices() {
        let stop = match c {
            '(' | '[' | '{' => {
                let full = depth == MAX_OPEN;
                if !full {
                    open[depth] = match c {
                        '(' => ')',
                        '[' => ']',
                        _ => '}',
                    };
                    depth += 1;
                }
                full
            }
            ')' | ']' | '}' => {
                let closes = depth > 0 && open[depth - 1] == c;
                if closes {
                    depth -= 1;
                }
                !closes
            }
            '<' | '>' | '"' | '`' | '\\' | '^' | '|' => true,
            _ if c.is_ascii() => c.is_ascii_whitespace() || c.is_ascii_control(),
            _ => ends_link(c),
        };
        if stop {
            return start + offset;
        }
    }
    text.len()
}

/// White space, invisible characters, and the quotes and full-width punctuation of sentences.
fn ends_link(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c,
            '\u{ab}' | '\u{bb}' | '\u{200b}'..='\u{200f}' | '\u{2018}'..='\u{201f}'
            | '\u{2026}' | '\u{2028}'..='\u{202e}' | '\u{2039}' | '\u{203a}' | '\u{2060}'..='\u{206f}'
            | '\u{3000}'..='\u{3002}' | '\u{3008}'..='\u{3011}' | '\u{feff}'
            | '\u{ff01}' | '\u{ff08}' | '\u{ff09}' | '\u{ff0c}' | '\u{ff0e}' | '\u{ff1a}'
            | '\u{ff1b}' | '\u{ff1f}' | '\u{ff62}' | '\u{ff63}')
}

fn is_sentence_end(c: char) -> bool {
    matches!(
        c,
        '.' | ',' | ':' | ';' | '!' | '?' | '\'' | '*' | '~' | '(' | '[' | '{'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn urls(text: &str) -> Vec<&str> {
        find(text).iter().map(|link| link.url).collect()
    }

    #[test]
    fn sentences_keep_their_punctuation() {
        assert_eq!(
            urls("See https://example.org. Or (http://example.org/a_(b)), ok?"),
            ["https://example.org", "http://example.org/a_(b)"]
        );
        assert_eq!(
            urls("https://example.org/?q=1&r=[2]#x! **https://a.example/b** 'https://a.example'"),
            [
                "https://example.org/?q=1&r=[2]#x",
                "https://a.example/b",
                "https://a.example"
            ]
        );
        assert_eq!(
            urls("<https://a.example/b> \"https://a.example/c\" https://a.example/d\nnext"),
            [
                "https://a.example/b",
                "https://a.example/c",
                "https://a.example/d"
            ]
        );
        assert_eq!(
            urls("https://a.example:8080/x HTTPS://A.example https://a.example:"),
            [
                "https://a.example:8080/x",
                "HTTPS://A.example",
                "https://a.example"
            ]
        );
    }

    #[test]
    fn international() {
        assert_eq!(
            urls(
                "https://bücher.example/straße 見てhttps://example.orgさん https://例え.テスト/パス、次"
            ),
            [
                "https://bücher.example/straße",
                "https://example.org",
                "https://例え.テスト/パス"
            ]
        );
    }

    #[test]
    fn not_links() {
        for text in [
            "ftp://example.org",
            "example.org",
            "http://",
            "http:// a.example",
            "https://localhost",
            "https://bank.example@evil.example",
            "https://bank.example:pw@evil.example/",
            "xhttp://example.org",
            "javascript:alert(1)",
            "http://-a.example",
            "http://a..example",
            "http://1.2.3",
            "http://a.1",
        ] {
            assert!(find(text).is_empty(), "{text}: {:?}", find(text));
        }
        assert!(find(&format!("https://example.org/{}", "a".repeat(MAX_BYTES))).is_empty());
        assert_eq!(urls("http://192.0.2.1/x"), ["http://192.0.2.1/x"]);
    }

    #[test]
    fn knows_where_the_host_ends() {
        let link = &find("https://www.example.org:81/a")[0];
        assert_eq!(
            &link.url[link.scheme_len..link.host_end],
            "www.example.org:81"
        );
    }

    proptest! {
        #[test]
        fn a_plain_address_is_found_whole(host in "[a-z]{1,9}\\.(org|example)", path in "(/[a-z0-9_%]{1,6}){0,3}") {
            let url = format!("https://{host}{path}");
            let text = format!("({url}), {url}.");
            prop_assert_eq!(urls(&text), vec![&url[..]; 2]);
        }
    }
}
