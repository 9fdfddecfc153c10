//! What changed from one text to another, word by word: pure, bounded.

/// Words of each side that are compared; longer texts are shown whole, as they were and are.
const MOST: usize = 1200;

/// What became of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// In both.
    Same,
    /// Only in the older one.
    Gone,
    /// Only in the newer one.
    New,
}

/// A run of words with the white space around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What became of it.
    pub fate: Fate,
    /// Never empty.
    pub text: String,
}

/// The pieces of both texts, in order: those that are not `New` make up `old`, those that are
/// not `Gone` make up `new`. By the longest common run of words; texts of more than 1,200
/// words are taken for wholly different.
pub fn words(old: &str, new: &str) -> Vec<Piece> {
    if old == new {
        return joined([(Fate::Same, old)]);
    }
    let (a, b) = (split(old), split(new));
    if a.len() > MOST || b.len() > MOST {
        return joined([(Fate::Gone, old), (Fate::New, new)]);
    }
    // common[i][j]: how many words a[i..] and b[j..] have in common, in one row after another.
    let width = b.len() + 1;
    let mut common = vec![0u16; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i * width + j] = match a[i] == b[j] {
                true => common[(i + 1) * width + j + 1] + 1,
                false => common[(i + 1) * width + j].max(common[i * width + j + 1]),
            };
        }
    }
    let (mut i, mut j, mut pieces) = (0, 0, Vec::new());
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            pieces.push((Fate::Same, a[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == b.len()
            || (i < a.len() && common[(i + 1) * width + j] >= common[i * width + j + 1])
        {
            pieces.push((Fate::Gone, a[i]));
            i += 1;
        } else {
            pieces.push((Fate::New, b[j]));
            j += 1;
        }
    }
    joined(pieces)
}

/// Words, each with the white space behind it.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut in_space) = (0, false);
    for (at, letter) in text.char_indices() {
        if in_space && !letter.is_whitespace() {
            parts.push(&text[start..at]);
            start = at;
        }
        in_space = letter.is_whitespace();
    }
    if start < text.len() {
        parts.push(&text[start..]);
    }
    parts
}

fn joined<'a>(parts: impl IntoIterator<Item = (Fate, &'a str)>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for (fate, text) in parts {
        match pieces.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.fate == fate => last.text.push_str(text),
            _ => pieces.push(Piece {
                fate,
                text: text.to_owned(),
            }),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(old: &str, new: &str) -> String {
        let mark = |piece: &Piece| match piece.fate {
            Fate::Same => piece.text.clone(),
            Fate::Gone => format!("[-{}-]", piece.text),
            Fate::New => format!("{{+{}+}}", piece.text),
        };
        words(old, new).iter().map(mark).collect()
    }

    #[test]
    fn what_changed_is_marked_and_the_rest_stands() {
        assert_eq!(
            shown("I like tea and trains.", "I like coffee and trains."),
            "I like [-tea -]{+coffee +}and trains."
        );
        assert_eq!(shown("", "hello"), "{+hello+}");
        assert_eq!(shown("hello", ""), "[-hello-]");
        assert_eq!(shown("same", "same"), "same");
        assert_eq!(shown("", ""), "");
    }

    #[test]
    fn both_texts_can_be_read_out_of_the_pieces() {
        for (old, new) in [
            ("a b c d", "b  c\nx d e"),
            ("  lead", "lead  "),
            ("żółw 🐢 x", "🐢 żółw y"),
        ] {
            let pieces = words(old, new);
            let without = |fate| -> String {
                let kept = pieces.iter().filter(|p| p.fate != fate);
                kept.map(|p| p.text.as_str()).collect()
            };
            assert_eq!(without(Fate::New), old);
            assert_eq!(without(Fate::Gone), new);
        }
    }

    #[test]
    fn very_long_texts_cost_little() {
        let (old, new) = ("x ".repeat(50_000), "y ".repeat(50_000));
        assert_eq!(words(&old, &new).len(), 2);
    }
}
