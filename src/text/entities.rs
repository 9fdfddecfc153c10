//! Entities of HTML: `&amp;`, `&#8217;`, and the names that people's editors write.

/// Bytes looked at for the closing semicolon; the longest number there is has ten.
const LONGEST: usize = 12;

/// The character of the entity at the start of `text`, and the entity's length in bytes.
/// `None`: what stands there is none that we know, or a control character.
pub fn first(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(LONGEST).position(|b| b == b';')?;
    let name = text.get(1..end)?;
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "hellip" => '…',
        "ndash" => '–',
        "mdash" => '—',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "laquo" => '«',
        "raquo" => '»',
        "middot" => '·',
        "copy" => '©',
        "euro" => '€',
        "times" => '×',
        "auml" => 'ä',
        "ouml" => 'ö',
        "uuml" => 'ü',
        "Auml" => 'Ä',
        "Ouml" => 'Ö',
        "Uuml" => 'Ü',
        "szlig" => 'ß',
        "eacute" => 'é',
        "egrave" => 'è',
        "agrave" => 'à',
        "ccedil" => 'ç',
        "ntilde" => 'ñ',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| !c.is_control() || *c == '\n')?
        }
    };
    Some((c, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_read_and_the_rest_is_left_alone() {
        assert_eq!(first("&amp;b"), Some(('&', 5)));
        assert_eq!(first("&#8217;s"), Some(('’', 7)));
        assert_eq!(first("&#x1F3E0;"), Some(('🏠', 9)));
        for not in [
            "& b;",
            "&;",
            "&nosuch;",
            "&#0;",
            "&#xD800;",
            "&#99999999;",
            "&amp",
            "&#;",
            "&#-1;",
        ] {
            assert_eq!(first(not), None, "{not}");
        }
    }

    #[test]
    fn what_is_cut_in_the_middle_of_a_character_is_no_entity() {
        assert_eq!(first("&äöüäöü;"), None);
    }
}
