//! The single pass over a text that finds links, mentions and hashtags.
//!
//! Links win over what stands inside them, so `https://example.org/@alice#top` is one token.
//! Tokens come in order and never overlap. The scanners look at a bounded stretch or at
//! characters that are then skipped, so the pass is linear.

use super::hashtags::{self, Hashtag};
use super::links::{self, Link, Scan};
use super::mentions::{self, Mention};

/// Mentions found in one text; further ones stay plain text.
pub const MAX_MENTIONS: usize = 100;
/// Hashtags found in one text; further ones stay plain text.
pub const MAX_HASHTAGS: usize = 60;
/// Links found in one text; further ones stay plain text.
pub const MAX_LINKS: usize = 200;

/// A stretch of a text with a meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token<'t> {
    /// An `http` or `https` address.
    Link(Link<'t>),
    /// `@user` or `@user@domain`.
    Mention(Mention<'t>),
    /// `#name`.
    Hashtag(Hashtag<'t>),
}

impl Token<'_> {
    /// First byte of the token in its text.
    pub fn start(&self) -> usize {
        match self {
            Token::Link(link) => link.start,
            Token::Mention(mention) => mention.start,
            Token::Hashtag(hashtag) => hashtag.start,
        }
    }

    /// First byte after the token.
    pub fn end(&self) -> usize {
        match self {
            Token::Link(link) => link.end,
            Token::Mention(mention) => mention.end,
            Token::Hashtag(hashtag) => hashtag.end,
        }
    }
}

/// All tokens of `text`, in order, without overlap; byte positions lie on character borders.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let (mut mentions_left, mut hashtags_left, mut links_left) =
        (MAX_MENTIONS, MAX_HASHTAGS, MAX_LINKS);
    // No link starts before this byte: it belongs to one that is too long.
    let mut no_link_before = 0;
    let mut position = 0;
    while position < bytes.len() {
        // All triggers are ASCII, so looking at single bytes never splits a character.
        let token = match bytes[position] {
            b'h' | b'H' if links_left > 0 && position >= no_link_before => {
                match links::at(text, position) {
                    Scan::Found(link) => {
                        links_left -= 1;
                        Some(Token::Link(link))
                    }
                    Scan::TooLong { end } => {
                        no_link_before = end;
                        None
                    }
                    Scan::Nothing => None,
                }
            }
            b'@' if mentions_left > 0 => mentions::at(text, position).map(|mention| {
                mentions_left -= 1;
                Token::Mention(mention)
            }),
            b'#' if hashtags_left > 0 => hashtags::at(text, position).map(|hashtag| {
                hashtags_left -= 1;
                Token::Hashtag(hashtag)
            }),
            _ => None,
        };
        match token {
            Some(token) => {
                position = token.end();
                found.push(token);
            }
            None => position += 1,
        }
    }
    found
}

/// The character that ends right before `position`.
pub(super) fn before(text: &str, position: usize) -> Option<char> {
    text[..position].chars().next_back()
}

/// Letters, digits, underscore and combining marks, of any script.
pub(super) fn is_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    c.is_alphanumeric() || is_mark(c)
}

/// Combining marks that belong to letters; not the emoji variation selectors and keycaps.
pub(super) fn is_mark(c: char) -> bool {
    !matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{20e3}')
        && unicode_normalization::char::is_combining_mark(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> Vec<&str> {
        tokens(text)
            .iter()
            .map(|token| &text[token.start()..token.end()])
            .collect()
    }

    #[test]
    fn one_pass_finds_all_three() {
        assert_eq!(
            shown("hi @alice, see https://example.org/@bob#top (#Rust) and @c.d@example.org."),
            [
                "@alice",
                "https://example.org/@bob#top",
                "#Rust",
                "@c.d@example.org"
            ]
        );
    }

    #[test]
    fn limits_hold() {
        assert_eq!(tokens(&"@a ".repeat(500)).len(), MAX_MENTIONS);
        assert_eq!(tokens(&"#a ".repeat(500)).len(), MAX_HASHTAGS);
        assert_eq!(tokens(&"http://a.example ".repeat(500)).len(), MAX_LINKS);
    }

    #[test]
    fn a_megabyte_of_malice_ends() {
        for hostile in [
            "@",
            "#",
            "@a@",
            "#a#",
            "http://",
            "http://a.example/,",
            "(",
            "http://a.example/(",
            "https://a.b@",
            "h",
            "@a.",
            "@a-",
            "#_",
            "@é",
            "[http://a.example:",
            "@a@a.",
            "#\u{301}",
        ] {
            let text = hostile.repeat(1_000_000 / hostile.len());
            assert!(tokens(&text).len() <= MAX_MENTIONS + MAX_HASHTAGS + MAX_LINKS);
        }
    }

    proptest! {
        #[test]
        fn never_overlap_and_lie_on_borders(text in "[@#a-zé_.:/ 1()h\n\u{200d}さ-]{0,80}|\\PC{0,80}") {
            let mut last = 0;
            for token in tokens(&text) {
                prop_assert!(token.start() >= last && token.end() > token.start());
                prop_assert!(text.is_char_boundary(token.start()) && text.is_char_boundary(token.end()));
                last = token.end();
            }
        }

        #[test]
        fn links_among_anything(text in "(https?://[a-z]{1,5}\\.[a-z]{2,3}[/?#()@.,:é]{0,4}|@[a-z.]{1,4}|#[a-z1]{1,3}| ){0,20}") {
            let mut last = 0;
            for token in tokens(&text) {
                prop_assert!(token.start() >= last);
                last = token.end();
            }
        }
    }
}
