//! The code itself: twelve letters, said in three groups of four.

use crate::secrets::token::random_bytes;

/// Letters that nobody takes for others: 32 of them.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Letters of a code: 60 bits, out of reach of guesses at any pace.
const LENGTH: usize = 12;
/// Letters of a group.
const GROUP: usize = 4;

pub(super) fn fresh() -> String {
    let bytes: [u8; LENGTH] = random_bytes();
    let letter = |byte: &u8| char::from(LETTERS[usize::from(byte % 32)]);
    bytes.iter().map(letter).collect()
}

/// A code as people type it: case, spaces and strokes aside; what cannot be one is `None`.
pub fn normalise(typed: &str) -> Option<String> {
    let code: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| c.to_ascii_uppercase())
        .take(LENGTH + 1)
        .collect();
    let plain = code.bytes().all(|b| LETTERS.contains(&b));
    (plain && code.len() == LENGTH).then_some(code)
}

/// A code as it is read aloud: `ABCD-EFGH-JKLM`.
pub fn spoken(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    let groups: Vec<String> = letters.chunks(GROUP).map(|g| g.iter().collect()).collect();
    groups.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_they_are_said() {
        let code = fresh();
        let said = spoken(&code);
        assert_eq!(said.len(), LENGTH + 2);
        assert_eq!(normalise(&format!(" {} ", said.to_lowercase())), Some(code));
        for no in [
            "",
            "abc",
            "ABCD-EFGH-JKLMN",
            "ABCD-EFGH-JKL0",
            "ÄBCD-EFGH-JKLM",
        ] {
            assert_eq!(normalise(no), None, "{no}");
        }
        assert_eq!(normalise(&"A".repeat(100_000)), None);
    }
}
