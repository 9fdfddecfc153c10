//! The code of a sealed letter: 32 random bytes as people copy them from paper.
//!
//! Base 32 in Crockford's alphabet: no letter that looks like another one, and what is misread
//! all the same (O, I, L) is understood. The code itself is never stored: only its SHA-256 is.

use super::token::{Secret, random_bytes, sha256};

const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Bytes in a code.
const BYTES: usize = 32;
/// Letters that hold them.
const LENGTH: usize = (BYTES * 8).div_ceil(5);
/// Letters of a group.
const GROUP: usize = 4;

/// A new code in groups of four, `7K2M-…`, 13 of them.
pub fn fresh() -> Secret {
    let bytes: [u8; BYTES] = random_bytes();
    let letter = |at: usize| {
        let bit = at * 5;
        let pair = [bytes[bit / 8], bytes.get(bit / 8 + 1).copied().unwrap_or(0)];
        let shift = 11 - bit % 8;
        char::from(LETTERS[usize::from(u16::from_be_bytes(pair) >> shift) & 31])
    };
    let letters: Vec<char> = (0..LENGTH).map(letter).collect();
    let groups: Vec<String> = letters.chunks(GROUP).map(|g| g.iter().collect()).collect();
    Secret::new(groups.join("-"))
}

/// What is kept of a code, however it was typed; `None` for what cannot be one.
pub fn digest(typed: &str) -> Option<[u8; 32]> {
    let code: Vec<u8> = typed
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '‑'))
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .take(LENGTH + 1)
        .map_while(|c| u8::try_from(c).ok())
        .collect();
    let plain = code.iter().all(|byte| LETTERS.contains(byte));
    (plain && code.len() == LENGTH).then(|| sha256(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_understood_as_it_was_copied() {
        let code = fresh();
        let said = code.reveal();
        assert_eq!(said.len(), 64);
        let kept = digest(said).expect("a code");
        assert_eq!(digest(&said.to_lowercase().replace('-', " ")), Some(kept));
        let misread = said.replace('0', "o").replace('1', "l");
        assert_eq!(digest(&misread), Some(kept));
        let mut other = said.to_owned();
        let last = if said.starts_with('A') { "B" } else { "A" };
        other.replace_range(0..1, last);
        assert_ne!(digest(&other), Some(kept));
        assert_ne!(fresh(), code);
        for no in ["", "abc", &said[1..], &format!("{said}A"), &"ü".repeat(52)] {
            assert_eq!(digest(no), None, "{no}");
        }
    }

    #[test]
    fn every_bit_counts() {
        // The last letter holds one bit of the 256 and nothing else.
        for _ in 0..64 {
            let last = fresh().reveal().chars().last();
            assert!(matches!(last, Some('0' | 'G')), "{last:?}");
        }
    }
}
