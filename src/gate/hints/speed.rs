//! Filled in faster than anybody types.

use super::{Facts, Hint, Leaning};

/// Letters in a second that hardly anybody types for long.
const PER_SECOND: usize = 12;
/// A form takes as long as this in any case.
const LEAST: i32 = 8;

/// Whether the form came back faster than a person fills it in.
pub(super) fn is_fast(seconds: Option<i32>, letters: usize) -> bool {
    seconds.is_some_and(|seconds| {
        seconds < LEAST || letters > usize::try_from(seconds).unwrap_or(0) * PER_SECOND
    })
}

pub(super) fn hint(facts: &Facts) -> Option<Hint> {
    let seconds = facts.fill_seconds?;
    is_fast(facts.fill_seconds, facts.letters).then(|| {
        let sentence = match seconds {
            1 => "The form came back after a second.".to_owned(),
            n => format!("The form came back after {n} seconds, faster than people type."),
        };
        Hint::new("speed", Leaning::Doubt, sentence)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_takes_time() {
        assert!(is_fast(Some(4), 10));
        assert!(is_fast(Some(20), 600), "it was pasted");
        assert!(!is_fast(Some(60), 300));
        assert!(!is_fast(None, 300), "apps have no form");
    }
}
