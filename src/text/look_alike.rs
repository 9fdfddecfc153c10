//! Names that a block is about, and those that only look like them.
//!
//! A name is read as runs of letters, folded (`names::skeleton`): digits are the letters they
//! stand for, `rn` is an `m`, `1`, `l` and `I` are one. A run may be longer than the pattern
//! asks for, never shorter: `rooot` looks like `root`, `rot` does not.

use super::names::skeleton;

/// Whether a name is the pattern, or looks like it (`whole`), or holds it.
pub fn matches(pattern: &str, whole: bool, name: &str) -> bool {
    let (pattern, name) = (runs(pattern), runs(name));
    match whole {
        true => pattern.len() == name.len() && starts(&pattern, &name),
        // A pattern of nothing would hold everybody.
        false => {
            !pattern.is_empty()
                && name
                    .windows(pattern.len())
                    .any(|part| starts(&pattern, part))
        }
    }
}

fn starts(pattern: &[(char, usize)], name: &[(char, usize)]) -> bool {
    pattern
        .iter()
        .zip(name)
        .all(|(wanted, there)| wanted.0 == there.0 && there.1 >= wanted.1)
}

/// Letters with how often each stands there in a row.
fn runs(name: &str) -> Vec<(char, usize)> {
    let mut runs: Vec<(char, usize)> = Vec::new();
    for letter in skeleton(name).chars() {
        match runs.last_mut() {
            Some((last, count)) if *last == letter => *count += 1,
            _ => runs.push((letter, 1)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_looks_like_it_is_meant_too() {
        for name in ["root", "r00t", "_Root_", "rooot", "rroott"] {
            assert!(matches("root", true, name), "{name}");
        }
        for name in ["rot", "rooted", "boot", ""] {
            assert!(!matches("root", true, name), "{name}");
        }
        for name in ["spammer", "best_5parn", "sspamm"] {
            assert!(matches("spam", false, name), "{name}");
        }
        for name in ["basil", "passage", "glass", "as"] {
            assert_eq!(matches("ass", false, name), name.contains("ass"), "{name}");
        }
        assert!(matches("illinois", true, "1ll1n0is"));
        assert!(!matches("_", false, "anybody"));
    }

    proptest! {
        #[test]
        fn a_name_is_itself_and_holds_its_parts(a in "[a-z0-9_]{0,8}", name in "[a-z0-9]{1,8}", b in "[a-z]{0,8}") {
            prop_assert!(matches(&name, true, &name));
            prop_assert!(matches(&name, true, &name.to_uppercase()));
            let longer = format!("{a}{name}{b}");
            let _ = matches(&a, false, &longer);
        }

        #[test]
        fn more_of_a_letter_is_no_disguise(name in "[abcdeghk]{1,10}", at in 0usize..10, times in 1usize..5) {
            let at = at % name.len();
            let longer = format!("{}{}{}", &name[..at], name[at..=at].repeat(times), &name[at..]);
            prop_assert!(matches(&name, true, &longer));
            let inside = format!("zz{longer}zz");
            prop_assert!(matches(&name, false, &inside));
        }
    }
}
