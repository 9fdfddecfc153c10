//! Which passwords are refused.
//!
//! Length counts, not the kinds of characters. Refused besides: the person's own name or
//! address, plain runs such as `12345678`, and what everybody tries first. A list of the
//! commonest words is compared after the usual disguises are taken off (`P@ssw0rd2026!`
//! is `password`), so a short list covers many thousand strings.

/// The least length, in characters. Apps check the same figure before they send.
pub const MIN_CHARACTERS: usize = 8;
/// The greatest length, in bytes: long enough for a sentence, short enough to hash.
pub const MAX_BYTES: usize = 128;
/// Digits at the end that count as a disguise; more of them may be a real secret.
const TAIL_DIGITS: usize = 4;

static COMMON: &str = include_str!("common_words.txt");

/// Why a password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// Fewer than [`MIN_CHARACTERS`] characters.
    TooShort,
    /// More than [`MAX_BYTES`] bytes.
    TooLong,
    /// The user name or the email address.
    YourName,
    /// On everybody's list, or a plain run of characters.
    Common,
}

impl Weakness {
    /// The word for apps, as Mastodon's `details` have it.
    pub fn code(self) -> &'static str {
        match self {
            Weakness::TooShort => "ERR_TOO_SHORT",
            Weakness::TooLong => "ERR_TOO_LONG",
            Weakness::YourName | Weakness::Common => "ERR_INVALID",
        }
    }

    /// What to do, without the field's name in front.
    pub fn sentence(self) -> &'static str {
        match self {
            Weakness::TooShort => "is too short (minimum is 8 characters)",
            Weakness::TooLong => "is too long (maximum is 128 bytes)",
            Weakness::YourName => "must not be your name or address",
            Weakness::Common => {
                "is one that many people use; three or four random words are better"
            }
        }
    }
}

/// Whether a new password will do, for a user of this name and address (either may be empty).
pub fn check(password: &str, username: &str, email: &str) -> Result<(), Weakness> {
    if password.chars().count() < MIN_CHARACTERS {
        return Err(Weakness::TooShort);
    }
    if password.len() > MAX_BYTES {
        return Err(Weakness::TooLong);
    }
    let lower = password.to_lowercase();
    let email = email.to_lowercase();
    let local_part = email.split('@').next().unwrap_or_default();
    let bare = without_tail(&lower);
    for own in [&username.to_lowercase(), &email, local_part] {
        if !own.is_empty() && (lower == *own || bare == own) {
            return Err(Weakness::YourName);
        }
    }
    if is_run(&lower) || is_common(&lower) {
        return Err(Weakness::Common);
    }
    Ok(())
}

/// One short piece repeated, or neighbours of the alphabet, the digits or the keyboard.
fn is_run(lower: &str) -> bool {
    let chars: Vec<char> = lower.chars().collect();
    let repeats = (1..=3).any(|n| chars.iter().skip(n).zip(&chars).all(|(a, b)| a == b));
    let steps = |by: i64| {
        chars
            .windows(2)
            .all(|w| i64::from(u32::from(w[1])) - i64::from(u32::from(w[0])) == by)
    };
    const ROWS: [&str; 6] = [
        "qwertyuiopasdfghjklzxcvbnm",
        "qwertzuiopasdfghjklyxcvbnm",
        "azertyuiopqsdfghjklmwxcvbn",
        "12345678901234567890",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
        "1q2w3e4r5t6y7u8i9o0p",
    ];
    repeats
        || steps(1)
        || steps(-1)
        || ROWS.iter().any(|row| {
            let back: String = row.chars().rev().collect();
            row.contains(lower) || back.contains(lower)
        })
}

/// On the list, as it is or once the disguises are off.
fn is_common(lower: &str) -> bool {
    let bare = without_tail(lower);
    let plain = undisguised(bare);
    let whole = undisguised(lower);
    COMMON.lines().any(|word| {
        !word.is_empty()
            && (word == lower
                || word == bare
                || word == plain
                || word == whole
                // twice the same word
                || (plain.len() == 2 * word.len()
                    && plain.starts_with(word)
                    && plain.ends_with(word)))
    })
}

/// Cuts punctuation and up to four digits off the end: `dragon2024!` becomes `dragon`.
fn without_tail(word: &str) -> &str {
    let punctuation = |c: char| c.is_ascii_punctuation();
    let head = word.trim_end_matches(punctuation);
    let stem = head.trim_end_matches(|c: char| c.is_ascii_digit());
    let cut = if head.len() - stem.len() <= TAIL_DIGITS {
        stem
    } else {
        head
    };
    cut.trim_end_matches(punctuation)
}

/// Letters back for the digits and signs that stand for them.
fn undisguised(word: &str) -> String {
    word.chars()
        .map(|c| match c {
            '0' => 'o',
            '1' | '!' | '|' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' | '+' => 't',
            '8' => 'b',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(password: &str, why: Weakness) {
        assert_eq!(
            check(password, "annabelle", "bell@example.org"),
            Err(why),
            "{password}"
        );
    }

    #[test]
    fn length_is_counted_in_characters_below_and_in_bytes_above() {
        refused("sieben7", Weakness::TooShort);
        refused("ééé", Weakness::TooShort);
        refused(&"ö".repeat(65), Weakness::TooLong);
        assert_eq!(check("grünkohl", "", ""), Ok(()));
    }

    #[test]
    fn ones_own_name_and_address_are_refused() {
        for own in [
            "Annabelle",
            "annabelle1",
            "bell@example.org",
            "bell1234",
            "BELL2024!",
        ] {
            refused(own, Weakness::YourName);
        }
    }

    #[test]
    fn what_everybody_uses_is_refused_in_disguise_too() {
        for common in [
            "password",
            "P@ssw0rd",
            "Passw0rd2026!",
            "12345678",
            "87654321",
            "aaaaaaaa",
            "abcabcabc",
            "abcdefgh",
            "qwertyuiop",
            "1q2w3e4r",
            "zxcvbnm,",
            "iloveyou",
            "Sunshine99",
            "dragon2024!",
            "letmein123",
            "monkeymonkey",
            "trustno1!",
            "porchlight",
        ] {
            refused(common, Weakness::Common);
        }
    }

    #[test]
    fn ordinary_good_ones_pass() {
        for good in [
            "correct horse battery staple",
            "dragonfly pond at dusk",
            "vK7!pq2Zr0",
            "monkey83920174",
            "ночной автобус",
        ] {
            assert_eq!(check(good, "ann", "ann@example.org"), Ok(()), "{good}");
        }
    }
}
