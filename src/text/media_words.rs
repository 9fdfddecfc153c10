//! What is said beside a picture: its alternative text, and the point to keep in view.

use super::{clean, length};
use crate::domain::{Error, Result};

/// Longest alternative text, in grapheme clusters.
pub const MAX_DESCRIPTION: usize = 1_500;

/// Alternative text as it is stored in a column that holds `column` characters (of which a
/// cluster may have several); `None` stays none.
///
/// # Errors
/// `Invalid` on `description` when it is too long.
pub fn description(words: Option<String>, column: usize) -> Result<Option<String>> {
    let Some(words) = words else {
        return Ok(None);
    };
    let words = clean::text(&words).trim().to_owned();
    if length::graphemes(&words) > MAX_DESCRIPTION || words.chars().count() > column {
        return Err(Error::field(
            "description",
            "ERR_TOO_LONG",
            format!("is too long (maximum is {MAX_DESCRIPTION} characters)"),
        ));
    }
    Ok(Some(words))
}

/// `x,y` as numbers within -1 and 1; blank is none.
///
/// # Errors
/// `Invalid` on `focus` for anything else.
pub fn focus(text: &str) -> Result<Option<(f32, f32)>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let read = |part: &str| {
        part.trim()
            .parse::<f32>()
            .ok()
            .filter(|n| n.is_finite())
            .map(|n| n.clamp(-1.0, 1.0))
    };
    text.split_once(',')
        .and_then(|(x, y)| Some((read(x)?, read(y)?)))
        .map(Some)
        .ok_or_else(|| {
            Error::field(
                "focus",
                "ERR_INVALID",
                "must be two numbers, as in 0.5,-0.2",
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_focus_is_two_numbers() {
        assert_eq!(focus("0.5, -0.25").unwrap(), Some((0.5, -0.25)));
        assert_eq!(focus("7,-7").unwrap(), Some((1.0, -1.0)));
        assert_eq!(focus(" ").unwrap(), None);
        for bad in ["1", "a,b", "NaN,0", "1,2,3", "inf,0"] {
            assert!(focus(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn descriptions_have_a_limit() {
        assert_eq!(description(None, 10_000).unwrap(), None);
        let kept = description(Some(" a\r\nb ".into()), 10_000).unwrap();
        assert_eq!(kept.as_deref(), Some("a\nb"));
        let long = Some("x".repeat(MAX_DESCRIPTION + 1));
        assert!(description(long, 10_000).is_err());
        // Few clusters, many characters: no column shall have to refuse it.
        let flags = Some("🏳️‍🌈".repeat(MAX_DESCRIPTION));
        assert!(description(flags.clone(), 10_000).is_ok());
        assert!(description(flags, 1_500).is_err());
    }
}
