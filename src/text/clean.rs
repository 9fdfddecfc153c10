//! What members type, made fit to be stored and shown.
//!
//! Control characters go, invisible ones go unless a script or an emoji needs them, and
//! direction marks cannot leak out of their line (they could re-order what stands around).

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};
use unicode_segmentation::UnicodeSegmentation;

/// Direction marks open at once in a line; deeper ones are dropped.
const MAX_OPEN: usize = 8;

/// Text of several lines (statuses, bios, answers, reports): LF line ends, no control
/// characters but LF and tab, no invisible characters, balanced direction marks, NFC. White
/// space is left as typed.
pub fn text(raw: &str) -> String {
    if raw.bytes().all(|b| matches!(b, b' '..=b'~' | b'\n')) {
        return raw.to_owned();
    }
    let unix = without_carriage_returns(raw);
    let mut out = String::with_capacity(unix.len());
    for (i, line) in unix.split('\n').enumerate() {
        if i > 0 {
            out.push('\n');
        }
        push_line(&mut out, line);
    }
    nfc(out)
}

/// One line (titles, labels, spoilers): as [`text`], with every run of white space as one
/// space, none at the ends.
pub fn single_line(raw: &str) -> String {
    let clean = text(raw);
    let mut out = String::with_capacity(clean.len());
    for word in clean.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// One line without any direction mark, cut to `max` grapheme clusters with an ellipsis: fit
/// for a mail subject or a header. Holds no CR, LF or other control character.
pub fn header_line(raw: &str, max: usize) -> String {
    let line: String = single_line(raw)
        .chars()
        .filter(|&c| !is_direction_mark(c))
        .collect();
    excerpt(&single_line(&line), max)
}

/// At most `max` grapheme clusters; what is longer is cut, between words if one ends in the
/// last third, and ends with an ellipsis (counted).
pub fn excerpt(text: &str, max: usize) -> String {
    let Some((limit, _)) = text.grapheme_indices(true).nth(max) else {
        return text.to_owned();
    };
    if max == 0 {
        return String::new();
    }
    let hard = text[..limit]
        .grapheme_indices(true)
        .next_back()
        .map_or(0, |(offset, _)| offset);
    let soft = text[..limit]
        .rfind(char::is_whitespace)
        .filter(|&offset| offset <= hard && offset >= hard / 3 * 2);
    format!("{}…", text[..soft.unwrap_or(hard)].trim_end())
}

/// CR LF and single CR as LF.
pub fn without_carriage_returns(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Drops every invisible, control and direction character, joiners included except where
/// letters or emoji need them. For names; see [`super::names`].
pub(super) fn visible_only(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    push_line(&mut out, raw);
    nfc(out.chars().filter(|&c| !is_direction_mark(c)).collect())
}

fn nfc(text: String) -> String {
    if is_nfc(&text) {
        text
    } else {
        text.nfc().collect()
    }
}

fn push_line(out: &mut String, line: &str) {
    let start = out.len();
    let mut open = [' '; MAX_OPEN];
    let mut depth = 0;
    let mut flag = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_ascii() {
            if !c.is_ascii_control() || c == '\t' {
                out.push(c);
            }
            flag = false;
            continue;
        }
        // Tag characters spell the flags of regions after a black flag, and hide text elsewhere.
        if matches!(c, '\u{e0020}'..='\u{e007f}') {
            if flag {
                out.push(c);
            }
            continue;
        }
        flag = c == '\u{1f3f4}';
        match c {
            '\u{202a}' | '\u{202b}' | '\u{2066}'..='\u{2068}' => {
                if depth < MAX_OPEN {
                    open[depth] = if c < '\u{2066}' {
                        '\u{202c}'
                    } else {
                        '\u{2069}'
                    };
                    depth += 1;
                    out.push(c);
                }
            }
            '\u{202c}' | '\u{2069}' => {
                if depth > 0 && open[depth - 1] == c {
                    depth -= 1;
                    out.push(c);
                }
            }
            // Joiners: some scripts and joined emoji need them, between two characters.
            '\u{200c}' | '\u{200d}' => {
                let after = chars.peek().is_some_and(|&next| joins(next));
                if after && out[start..].chars().next_back().is_some_and(joins) {
                    out.push(c);
                }
            }
            _ if is_invisible(c) => {}
            _ => out.push(c),
        }
    }
    while depth > 0 {
        depth -= 1;
        out.push(open[depth]);
    }
}

fn joins(c: char) -> bool {
    !c.is_ascii()
        && !c.is_whitespace()
        && !is_invisible(c)
        && !is_direction_mark(c)
        && !matches!(c, '\u{200c}' | '\u{200d}' | '\u{e0020}'..='\u{e007f}')
}

/// Characters nobody sees and nobody needs; overrides (which turn text around) among them.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            | '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{202d}' | '\u{202e}' | '\u{2060}'..='\u{2065}'
            | '\u{206a}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e001f}' | '\u{e0080}'..='\u{e0fff}')
        // Not characters at all.
        || (c as u32 & 0xfffe) == 0xfffe
        || matches!(c, '\u{fdd0}'..='\u{fdef}')
}

fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_and_controls() {
        assert_eq!(text("a\r\nb\rc\0\u{7}\td\u{85}"), "a\nb\nc\td");
        assert_eq!(text("e\u{301}"), "é");
        assert_eq!(single_line("  a\r\n\t b \u{a0} c "), "a b c");
    }

    #[test]
    fn invisible_ones_go_needed_ones_stay() {
        assert_eq!(text("a\u{200b}d\u{2060}m\u{ad}in\u{feff}"), "admin");
        assert_eq!(text("a\u{200d}b"), "ab");
        for needed in [
            "👨‍👩‍👧",
            "می\u{200c}خواهم",
            "🏴\u{e0067}\u{e0062}\u{e007f}",
            "❤\u{fe0f}",
        ] {
            assert_eq!(text(needed), needed);
        }
        assert_eq!(text("a\u{e0041}b"), "ab");
    }

    #[test]
    fn direction_marks_stay_in_their_line() {
        assert_eq!(text("a\u{202e}b"), "ab");
        assert_eq!(text("a\u{2067}b\nc\u{2069}"), "a\u{2067}b\u{2069}\nc");
        assert_eq!(visible_only("a\u{2067}b\u{200f}"), "ab");
    }

    #[test]
    fn headers_and_excerpts() {
        // X5
        assert_eq!(
            header_line("Hi\r\nBcc: x@y.example\u{202e}", 40),
            "Hi Bcc: x@y.example"
        );
        assert_eq!(header_line(&"word ".repeat(100), 12), "word word…");
        assert_eq!(excerpt("abcdefgh", 4), "abc…");
        assert_eq!(excerpt("abcd", 4), "abcd");
        assert_eq!(excerpt("abcd", 0), "");
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(raw in "[\\x00-\\x7fé\u{200b}-\u{206f}👍م\u{feff}]{0,40}") {
            let once = text(&raw);
            prop_assert_eq!(text(&once), once.clone());
            let bad = ['\0', '\r', '\u{202e}', '\u{feff}'];
            prop_assert!(!once.contains(bad));
        }

        #[test]
        fn excerpts_keep_the_limit(raw in "\\PC{0,60}", max in 0usize..30) {
            prop_assert!(crate::text::length::graphemes(&excerpt(&raw, max)) <= max);
            prop_assert!(!header_line(&raw, max).chars().any(char::is_control));
        }
    }
}
