//! The shape of the name and of the address: what nobody would type by hand.

use super::{Facts, Hint, Leaning};

/// Digits at the end that are more than a year of birth.
const DIGITS: usize = 5;
/// Consonants in a row that hardly any language has.
const CONSONANTS: usize = 7;

/// Why a name looks made by a machine.
fn oddity(name: &str) -> Option<&'static str> {
    let digits = name.bytes().rev().take_while(u8::is_ascii_digit).count();
    if digits >= DIGITS {
        return Some("ends in a long number");
    }
    let mut row = 0;
    for c in name.chars().map(|c| c.to_ascii_lowercase()) {
        let vowel = "aeiouy_.-0123456789".contains(c);
        row = if vowel { 0 } else { row + 1 };
        if row >= CONSONANTS {
            return Some("is hardly a word in any language");
        }
    }
    // abc1de2f: letters and digits in turn.
    let turns = name
        .as_bytes()
        .windows(2)
        .filter(|two| two[0].is_ascii_digit() != two[1].is_ascii_digit())
        .count();
    (turns >= 4).then_some("mixes letters and digits throughout")
}

/// Whether a name looks made by a machine.
pub(super) fn is_odd(name: &str) -> bool {
    oddity(name).is_some()
}

/// The shape by which made names resemble each other: `anna1984` and `otto2001` are `a4`.
/// `None` for shapes that many people's names have.
pub(super) fn shape(name: &str) -> Option<String> {
    let digits = name.bytes().rev().take_while(u8::is_ascii_digit).count();
    let letters = name.len() - digits;
    match (digits, oddity(name)) {
        (2.., _) => Some(format!("{} letters, {digits} digits", letters / 3 * 3)),
        (_, Some(odd)) => Some(odd.to_owned()),
        _ => None,
    }
}

pub(super) fn hint(facts: &Facts) -> Option<Hint> {
    let odd = oddity(&facts.username)?;
    let sentence = format!("The name {odd}.");
    Some(Hint::new("name", Leaning::Doubt, sentence))
}

/// The same of what stands before the `@`.
pub(super) fn of_address(facts: &Facts) -> Option<Hint> {
    let odd = oddity(facts.local.as_deref()?)?;
    let sentence = format!("What stands before the @ of the address {odd}.");
    Some(Hint::new("address", Leaning::Doubt, sentence).private())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_of_people_are_not_odd() {
        for name in [
            "ann",
            "bjork",
            "wrzesniewski",
            "john_smith",
            "otto1984",
            "knightsbridge",
            "m4rk",
            "christoph",
            "schwarz",
        ] {
            assert_eq!(oddity(name), None, "{name}");
        }
        for name in ["anna83920", "xkqzvbtr", "a1b2c3d4"] {
            assert!(oddity(name).is_some(), "{name}");
        }
        assert_eq!(shape("anna1984"), shape("otto2001"));
        assert_eq!(shape("ann"), None);
    }

    proptest! {
        #[test]
        fn no_name_is_too_odd_to_be_looked_at(name in "[a-z0-9_]{0,30}|\\PC{0,30}") {
            let _ = (oddity(&name), shape(&name));
        }
    }
}
