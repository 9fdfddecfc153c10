//! Hashtags: grammar and the name by which they are looked up.
//!
//! Letters, digits and marks of any script, with `_`, middle dots and (for Persian and others)
//! the zero-width non-joiner inside; at least one character is not a digit.

use unicode_normalization::UnicodeNormalization;

use super::tokens::{Token, before, is_mark, is_word, tokens};

/// Longest hashtag in characters, without `#`; longer ones are plain text.
pub const MAX_CHARS: usize = 100;

/// One hashtag as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hashtag<'t> {
    /// Byte of the `#`.
    pub start: usize,
    /// First byte after the hashtag.
    pub end: usize,
    /// As typed, without `#`: the display case.
    pub name: &'t str,
}

/// All hashtags of a text, in order, repetitions included (at most `tokens::MAX_HASHTAGS`).
pub fn find(text: &str) -> Vec<Hashtag<'_>> {
    tokens(text)
        .into_iter()
        .filter_map(|token| match token {
            Token::Hashtag(hashtag) => Some(hashtag),
            _ => None,
        })
        .collect()
}

/// Each different hashtag once, as (normalised name, display case of its first use).
pub fn distinct(text: &str) -> Vec<(String, String)> {
    let mut seen: Vec<(String, String)> = Vec::new();
    for hashtag in find(text) {
        let name = normalise(hashtag.name);
        if !name.is_empty() && !seen.iter().any(|(other, _)| *other == name) {
            seen.push((name, hashtag.name.nfc().collect()));
        }
    }
    seen
}

/// The name by which a tag is stored and looked up: NFKC, Latin accents folded to ASCII (as
/// other servers of the network do: `#Café` and `#cafe` are one tag), lower-case, and without
/// characters that cannot stand in a tag. Empty when nothing remains. No `#` needed or kept.
pub fn normalise(name: &str) -> String {
    if name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        return name.to_ascii_lowercase();
    }
    // Dropping a character or lower-casing can bring a letter and an accent together that the
    // next round would fold; a few rounds reach the name that stays.
    const ROUNDS: usize = 4;
    let mut name = name.to_owned();
    for _ in 0..ROUNDS {
        let next: String = name
            .nfkc()
            .map(folded)
            .flat_map(char::to_lowercase)
            .filter(|&c| is_word(c) || is_separator(c))
            .nfc()
            .collect();
        if next == name {
            break;
        }
        name = next;
    }
    name
}

/// Whether `name` (without `#`) would be found as one whole hashtag in a text.
pub fn is_valid(name: &str) -> bool {
    let text = format!("#{name}");
    at(&text, 0).is_some_and(|hashtag| hashtag.end == text.len())
}

/// The hashtag whose `#` stands at byte `start`, if there is one.
pub(super) fn at(text: &str, start: usize) -> Option<Hashtag<'_>> {
    if before(text, start).is_some_and(|c| is_word(c) || matches!(c, '/' | '&' | '=')) {
        return None;
    }
    let name_start = start + 1;
    let mut end = name_start;
    let (mut has_alphanumeric, mut has_other) = (false, false);
    for (count, (offset, c)) in text[name_start..].char_indices().enumerate() {
        let separator = is_separator(c);
        if !(separator || is_word(c)) || (count == 0 && (is_mark(c) || (separator && c != '_'))) {
            break;
        }
        if count == MAX_CHARS {
            return None;
        }
        let alphanumeric = c.is_alphanumeric();
        has_alphanumeric |= alphanumeric;
        has_other |= !c.is_numeric();
        // A middle dot or joiner at the end is punctuation, not part of the name.
        if !separator || c == '_' {
            end = name_start + offset + c.len_utf8();
        }
    }
    let name = &text[name_start..end];
    // What counted as "other" may have been cut from the end.
    let valid = has_alphanumeric && has_other && name.chars().any(|c| !c.is_numeric());
    valid.then_some(Hashtag { start, end, name })
}

fn is_separator(c: char) -> bool {
    matches!(c, '_' | '\u{b7}' | '\u{30fb}' | '\u{200c}')
}

/// Latin letters up to U+017F without their accents and strokes; all others as they are.
fn folded(c: char) -> char {
    match c {
        '\0'..='\u{bf}' | '\u{180}'.. => c,
        'Ð' | 'Đ' => 'D',
        'ð' | 'đ' => 'd',
        'Ħ' => 'H',
        'ħ' => 'h',
        'ı' => 'i',
        'ĸ' => 'k',
        'Ł' => 'L',
        'ł' => 'l',
        'Ŋ' => 'N',
        'ŋ' => 'n',
        'Ø' => 'O',
        'ø' => 'o',
        'Ŧ' => 'T',
        'ŧ' => 't',
        _ => std::iter::once(c).nfd().next().unwrap_or(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(text: &str) -> Vec<&str> {
        find(text).iter().map(|hashtag| hashtag.name).collect()
    }

    #[test]
    fn tags_of_any_script() {
        assert_eq!(
            names("#Rust, (#two_words)! #日本語 #हिन्दी #ไทย #2024年"),
            ["Rust", "two_words", "日本語", "हिन्दी", "ไทย", "2024年"]
        );
        assert_eq!(
            names("#one·two #ア・イ #می\u{200c}خواهم #end· #a-b"),
            ["one·two", "ア・イ", "می\u{200c}خواهم", "end", "a"]
        );
        assert_eq!(names("#1st #a1 ##double"), ["1st", "a1", "double"]);
    }

    #[test]
    fn not_tags() {
        for text in [
            "#123",
            "#_",
            "a#b",
            "/#b",
            "&#39;",
            "# a",
            "#",
            "#️⃣",
            "#1️⃣",
            "#1·",
            "https://example.org/#top",
            "x=#y",
        ] {
            assert!(find(text).is_empty(), "{text}");
        }
        assert!(names(&format!("#{}", "a".repeat(MAX_CHARS))).len() == 1);
        assert!(names(&format!("#{}", "a".repeat(MAX_CHARS + 1))).is_empty());
    }

    #[test]
    fn lookup_names() {
        assert_eq!(normalise("Café"), "cafe");
        assert_eq!(normalise("Cafe\u{301}"), "cafe");
        assert_eq!(normalise("ＲＵＳＴ"), "rust");
        assert_eq!(normalise("Łódź"), "lodz");
        assert_eq!(normalise("İstanbul"), "istanbul");
        assert_eq!(normalise("ÑAM ÑAM!"), "namnam");
        assert_eq!(normalise("ПРИВЕТ"), "привет");
        assert_eq!(
            distinct("#Rust #rust #RUST #go"),
            [("rust".into(), "Rust".into()), ("go".into(), "go".into())]
        );
        assert!(is_valid("rust") && !is_valid("a b") && !is_valid("12") && !is_valid(""));
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing(name in "\\PC{0,20}") {
            let once = normalise(&name);
            prop_assert_eq!(normalise(&once), once);
        }

        #[test]
        fn found_tags_have_a_lookup_name(text in "(#|[a-zé1_·・ ]|\\PC){0,40}") {
            for hashtag in find(&text) {
                prop_assert!(is_valid(hashtag.name));
            }
        }
    }
}
