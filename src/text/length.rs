//! How long a status is, as apps count: so they can tell before they send.

use unicode_segmentation::UnicodeSegmentation;

use super::tokens::{Token, tokens};

/// Longest status, spoiler and text together, as [`status_length`] counts.
pub const MAX_STATUS: usize = 500;
/// What each link counts, whatever its length (`characters_reserved_per_url`).
pub const LINK_CHARS: usize = 23;

/// Grapheme clusters of spoiler and text together; a link counts [`LINK_CHARS`], a mention
/// only its user name, without the domain.
pub fn status_length(spoiler: &str, text: &str) -> usize {
    counted(spoiler) + counted(text)
}

/// Grapheme clusters of any text, as a reader counts characters.
pub fn graphemes(text: &str) -> usize {
    if text.is_ascii() && !text.contains('\r') {
        return text.len();
    }
    text.graphemes(true).count()
}

fn counted(text: &str) -> usize {
    let mut length = 0;
    let mut done = 0;
    for token in tokens(text) {
        let counts = match &token {
            Token::Link(_) => LINK_CHARS,
            Token::Mention(mention) => 1 + mention.user.len(),
            Token::Hashtag(_) => continue,
        };
        length += graphemes(&text[done..token.start()]) + counts;
        done = token.end();
    }
    length + graphemes(&text[done..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn counts_as_apps_do() {
        assert_eq!(status_length("", "hello"), 5);
        assert_eq!(status_length("cw", "hello"), 7);
        assert_eq!(status_length("", "👨‍👩‍👧‍👦 e\u{301}"), 3);
        assert_eq!(
            status_length("", "see https://example.org/a/very/long/path?of=things."),
            28
        );
        assert_eq!(
            status_length("", "@bob@example.org hi @al #tag"),
            4 + 4 + 3 + 5
        );
        assert_eq!(status_length("", "a\r\nb"), 3);
    }

    #[test]
    fn a_megabyte_is_counted() {
        assert!(status_length("", &"é\u{301}".repeat(250_000)) > 100_000);
    }

    proptest! {
        #[test]
        fn words_count_as_graphemes(text in "[a-zé 👍]{0,60}") {
            prop_assert_eq!(status_length("", &text), text.graphemes(true).count());
        }
    }
}
