//! Mentions in plain text: `@user` and `@user@domain`.
//!
//! The grammar is the fediverse's: the `@` does not follow a word character, `/` or `=` (so no
//! mention hides in an email address or a link); names are ASCII; only names at another domain
//! may hold single dots and hyphens; domains may be international.

use super::tokens::{Token, before, is_word, tokens};

/// Longest user name taken for a mention, in bytes. Ours are at most 30; others' are longer.
pub const MAX_USER: usize = 128;
/// Longest domain taken for a mention, in bytes as typed.
const MAX_DOMAIN: usize = 253;

/// One mention, as typed and as looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention<'t> {
    /// Byte of the `@`.
    pub start: usize,
    /// First byte after the mention.
    pub end: usize,
    /// The name as typed; compare without regard to case.
    pub user: &'t str,
    /// The domain, lower-case and in ASCII (punycode); `None` when none was typed.
    pub domain: Option<String>,
}

impl Mention<'_> {
    /// `user` or `user@domain`, lower-case: the same for the same person as typed.
    pub fn key(&self) -> String {
        let user = self.user.to_ascii_lowercase();
        match &self.domain {
            Some(domain) => format!("{user}@{domain}"),
            None => user,
        }
    }
}

/// All mentions of a text, in order, repetitions included (at most `tokens::MAX_MENTIONS`).
pub fn find(text: &str) -> Vec<Mention<'_>> {
    tokens(text)
        .into_iter()
        .filter_map(|token| match token {
            Token::Mention(mention) => Some(mention),
            _ => None,
        })
        .collect()
}

/// The mention whose `@` stands at byte `start`, if there is one.
pub(super) fn at(text: &str, start: usize) -> Option<Mention<'_>> {
    if before(text, start).is_some_and(|c| is_word(c) || matches!(c, '/' | '=')) {
        return None;
    }
    let bytes = text.as_bytes();
    let name_start = start + 1;
    let name_end = dotted_end(bytes, name_start);
    if name_end == name_start || name_end - name_start > MAX_USER {
        return None;
    }
    if bytes.get(name_end) == Some(&b'@') {
        let domain_start = name_end + 1;
        let domain_end = domain_end(text, domain_start)?;
        if domain_end > domain_start {
            let domain = normalised_domain(&text[domain_start..domain_end])?;
            return Some(Mention {
                start,
                end: domain_end,
                user: &text[name_start..name_end],
                domain: Some(domain),
            });
        }
    }
    let end = local_end(bytes, name_start, name_end)?;
    Some(Mention {
        start,
        end,
        user: &text[name_start..end],
        domain: None,
    })
}

/// A domain as it is stored: lower-case ASCII with at least one dot; `None` if it is none.
pub fn normalised_domain(domain: &str) -> Option<String> {
    let punycode = domain.split('.').any(|label| {
        label
            .get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case("xn--"))
    });
    let ascii = if domain.is_ascii() && !punycode {
        domain.to_ascii_lowercase()
    } else {
        idna::domain_to_ascii_strict(domain).ok()?
    };
    let well_formed = ascii.len() <= MAX_DOMAIN
        && ascii.contains('.')
        && ascii.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        });
    let top = ascii.rsplit('.').next().unwrap_or_default();
    (well_formed && !top.bytes().all(|b| b.is_ascii_digit())).then_some(ascii)
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// End of a name with dots and hyphens inside, starting and ending with a name byte.
fn dotted_end(bytes: &[u8], start: usize) -> usize {
    let mut end = start;
    for (position, &byte) in bytes.iter().enumerate().skip(start).take(MAX_USER + 1) {
        if is_name_byte(byte) {
            end = position + 1;
        } else if !(matches!(byte, b'.' | b'-') && end > start) {
            break;
        }
    }
    end
}

/// Where a mention without domain ends. A single dot or hyphen inside makes it a name that
/// cannot exist here; two and more are punctuation ("@alice...what?").
fn local_end(bytes: &[u8], start: usize, end: usize) -> Option<usize> {
    let first = (start..end).find(|&i| !is_name_byte(bytes[i]));
    match first {
        None => Some(end),
        Some(i) if !is_name_byte(bytes[i + 1]) => Some(i),
        Some(_) => None,
    }
}

/// End of the domain that starts at `start` (equal to `start` when there is none); `None` when
/// it is longer than any domain.
fn domain_end(text: &str, start: usize) -> Option<usize> {
    let mut end = start;
    for (offset, c) in text[start..].char_indices() {
        if offset > MAX_DOMAIN {
            return None;
        }
        if c != '_' && is_word(c) {
            end = start + offset + c.len_utf8();
        } else if !matches!(c, '.' | '-') {
            break;
        }
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys(text: &str) -> Vec<String> {
        find(text).iter().map(Mention::key).collect()
    }

    #[test]
    fn local_and_remote() {
        assert_eq!(
            keys("@Alice and @bob@Example.ORG!"),
            ["alice", "bob@example.org"]
        );
        assert_eq!(
            keys("(@a_1) \n@b.c-d@sub.example.org."),
            ["a_1", "b.c-d@sub.example.org"]
        );
        assert_eq!(
            keys("@aliceさん @alice's @alice: @alice, @alice."),
            ["alice"; 5]
        );
        assert_eq!(keys("@alice@ hello"), ["alice"]);
        assert_eq!(keys("@alice...what?"), ["alice"]);
    }

    #[test]
    fn international_domains() {
        assert_eq!(keys("@a@bücher.example"), ["a@xn--bcher-kva.example"]);
    }

    #[test]
    fn not_mentions() {
        for text in [
            "mail bob@example.org",
            "x=@alice",
            "/@alice",
            "é@alice",
            "@ alice",
            "@",
            "@@",
            "https://example.org/@alice",
            "@alice.smith",
            "@alice-smith",
            "@alice@localhost",
            "@alice@127.0.0.1",
            "@éa",
            "@-a",
        ] {
            assert!(find(text).is_empty(), "{text}");
        }
        assert!(find(&format!("@{}", "a".repeat(MAX_USER + 1))).is_empty());
    }

    proptest! {
        #[test]
        fn what_is_found_is_what_was_typed(user in "[a-z0-9_]{1,30}", domain in "[a-z]{1,9}\\.(org|example)") {
            let text = format!("hey @{user}@{domain}, or @{user}");
            let found = find(&text);
            prop_assert_eq!(found.len(), 2);
            prop_assert_eq!(found[0].key(), format!("{user}@{domain}"));
            prop_assert_eq!(&text[found[1].start..found[1].end], format!("@{user}"));
        }
    }
}
