//! Pictures in place of `:shortcode:`, in words of other servers.
//!
//! Only where there are words: never inside a tag, so nothing can be put into an attribute (X2).
//! What stands for the words is read out and copied as them: `alt=":shortcode:"`.

use std::collections::HashMap;

use super::html::escape;

/// Pictures that one text gets; what comes after them stays words.
const MOST: usize = 200;
/// Bytes of a shortcode.
const MAX_SHORTCODE: usize = 64;

/// Shortcodes without colons, and where their pictures lie.
#[derive(Debug, Clone, Default)]
pub struct Pictures(HashMap<String, String>);

impl FromIterator<(String, String)> for Pictures {
    /// From shortcodes with the addresses of their pictures.
    fn from_iter<T: IntoIterator<Item = (String, String)>>(pairs: T) -> Pictures {
        Pictures(pairs.into_iter().collect())
    }
}

impl Pictures {
    /// Plain text as HTML, with pictures in it.
    pub fn in_text(&self, text: &str) -> String {
        let escaped = escape(text);
        // Escaping makes no colons and takes none away.
        match self.0.is_empty() {
            true => escaped,
            false => self.draw(&escaped, false),
        }
    }

    /// Sanitised HTML with pictures in its words.
    pub fn in_html(&self, html: String) -> String {
        match self.0.is_empty() || !html.contains(':') {
            true => html,
            false => self.draw(&html, true),
        }
    }

    fn draw(&self, html: &str, has_tags: bool) -> String {
        let mut out = String::with_capacity(html.len() + 256);
        let mut drawn = 0;
        let mut rest = html;
        while let Some(at) = rest.find([':', '<']) {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            if has_tags && rest.starts_with('<') {
                let end = end_of_tag(rest);
                out.push_str(&rest[..end]);
                rest = &rest[end..];
                continue;
            }
            match self.named(rest).filter(|_| drawn < MOST) {
                Some((code, address)) => {
                    drawn += 1;
                    let (code, address) = (escape(code), escape(address));
                    out.push_str(&format!(
                        "<img class=\"emoji\" src=\"{address}\" alt=\":{code}:\" \
                         title=\":{code}:\" loading=\"lazy\">"
                    ));
                    rest = &rest[code.len() + 2..];
                }
                None => {
                    out.push_str(&rest[..1]);
                    rest = &rest[1..];
                }
            }
        }
        out.push_str(rest);
        out
    }

    /// The shortcode that `text` begins with, colons around it, and its picture.
    fn named<'t>(&self, text: &'t str) -> Option<(&'t str, &str)> {
        let inner = text.strip_prefix(':')?;
        let is_letter = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'+' | b'-');
        let length = inner
            .bytes()
            .take(MAX_SHORTCODE + 1)
            .take_while(|b| is_letter(b))
            .count();
        if inner.as_bytes().get(length) != Some(&b':') {
            return None;
        }
        let code = &inner[..length];
        Some((code, self.0.get(code)?))
    }
}

/// Where the tag ends that `html` begins with: quoted values may hold `>`.
fn end_of_tag(html: &str) -> usize {
    let mut quote = None;
    for (at, byte) in html.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    html.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAT: &str =
        "<img class=\"emoji\" src=\"/e/1\" alt=\":cat:\" title=\":cat:\" loading=\"lazy\">";

    fn pictures() -> Pictures {
        [("cat".to_owned(), "/e/1".to_owned())]
            .into_iter()
            .collect()
    }

    #[test]
    fn words_get_pictures_and_stay_escaped() {
        let drawn = |text: &str| pictures().in_text(text);
        assert_eq!(drawn("a :cat: b"), format!("a {CAT} b"));
        assert_eq!(drawn(":cat::cat:"), format!("{CAT}{CAT}"));
        assert_eq!(drawn("::cat:"), format!(":{CAT}"));
        assert_eq!(drawn("<b>:cat:</b>"), format!("&lt;b&gt;{CAT}&lt;/b&gt;"));
        for same in ["", ":", ":dog:", "12:30:15", ":cat", "cat:", ": cat :"] {
            assert_eq!(drawn(same), same);
        }
        assert_eq!(Pictures::default().in_text("<:cat:>"), "&lt;:cat:&gt;");
    }

    #[test]
    fn attributes_are_left_alone() {
        // X2
        let html =
            "<p title=\":cat:\">:cat: <a href=\"https://a.example/:cat:\" rel='x>:cat:'>x</a></p>";
        let drawn = pictures().in_html(html.to_owned());
        assert_eq!(
            drawn,
            format!(
                "<p title=\":cat:\">{CAT} <a href=\"https://a.example/:cat:\" rel='x>:cat:'>x</a></p>"
            )
        );
        // A tag that never ends is no text either.
        let open = "<a title=\":cat:".to_owned();
        assert_eq!(pictures().in_html(open.clone()), open);
    }

    #[test]
    fn one_text_gets_so_many_pictures() {
        let drawn = pictures().in_text(&":cat:".repeat(1_000));
        assert_eq!(drawn.matches("<img").count(), MOST);
    }
}
