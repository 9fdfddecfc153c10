//! The proof of work: something small that a machine does for each application, so that
//! thousands of them cost something (registration.md C3).
//!
//! A number is looked for with which the SHA-256 of `CHALLENGE:NUMBER` begins with so many zero
//! bits. The challenge comes from the form's token, or from the mailed link's, both of which
//! are spent once. A browser without script, and an app, wait instead ([`WAIT`]).

use chrono::TimeDelta;
use sha2::{Digest, Sha256};

/// The most that is ever asked: some 20 s on a slow phone, where [`usual`] takes two.
pub const MOST_BITS: u8 = 21;
/// How long those wait who give no proof, from the moment they applied.
pub const WAIT: TimeDelta = TimeDelta::minutes(2);
/// The longest number: what a browser counts to without losing its place.
const MAX_DIGITS: usize = 16;

/// How many bits are asked for: `usual` of the configuration, and `extra` by rules that hold
/// at the moment. 0 asks for nothing, whatever rules say.
pub fn bits(usual: u8, extra: u8) -> u8 {
    match usual {
        0 => 0,
        usual => usual.saturating_add(extra).min(MOST_BITS),
    }
}

/// What the work for a token is done on: 32 hexadecimal digits.
pub fn challenge(token: &str) -> String {
    let digest = Sha256::digest(token.as_bytes());
    digest[..16].iter().map(|b| format!("{b:02x}")).collect()
}

/// Whether this number was worth `bits` bits of work on the token.
pub fn holds(token: &str, bits: u8, number: &str) -> bool {
    let plain =
        (1..=MAX_DIGITS).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    plain && zero_bits(&challenge(token), number) >= u32::from(bits)
}

/// Does the work as a browser would: for tests, and for programs that apply by themselves.
pub fn work(token: &str, bits: u8) -> String {
    let challenge = challenge(token);
    (0u64..)
        .map(|number| number.to_string())
        .find(|number| zero_bits(&challenge, number) >= u32::from(bits))
        .unwrap_or_default()
}

fn zero_bits(challenge: &str, number: &str) -> u32 {
    let mut hash = Sha256::new();
    hash.update(challenge.as_bytes());
    hash.update(b":");
    hash.update(number.as_bytes());
    let digest = hash.finalize();
    let mut zero = 0;
    for byte in digest {
        zero += byte.leading_zeros();
        if byte != 0 {
            break;
        }
    }
    zero
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rules_make_it_harder_up_to_a_limit_and_never_ask_where_nothing_is_asked() {
        assert_eq!((bits(18, 0), bits(18, 2)), (18, 20));
        assert_eq!((bits(18, 9), bits(255, 255)), (MOST_BITS, MOST_BITS));
        assert_eq!(bits(0, 3), 0);
    }

    #[test]
    fn what_is_no_number_proves_nothing() {
        for number in ["", "x", "-1", "1e3", " 1", "99999999999999999"] {
            assert!(!holds("token", 0, number), "{number}");
        }
        // As the browser computes it: SHA-256 of "CHALLENGE:NUMBER".
        assert_eq!(challenge("token"), "3c469e9d6c5875d37a43f353d4f88e61");
        assert!(holds("token", 0, "7"));
    }

    proptest! {
        #[test]
        fn work_proves_itself_for_its_token_alone(token in "[a-z]{8}", bits in 0u8..10) {
            let number = work(&token, bits);
            prop_assert!(holds(&token, bits, &number));
            let others = (0..9).map(|n| format!("{token}{n}"));
            let other = others.filter(|other| holds(other, 10, &number)).count();
            prop_assert!(other < 4);
        }

        #[test]
        fn no_number_is_too_strange(number in "\\PC{0,40}") {
            let _ = holds("token", 8, &number);
        }
    }
}
