//! The answers are like those of others.

use super::{Facts, Hint, Leaning, others};
use crate::store::likeness::Kin;
use crate::text::likeness::MinHash;

/// From this likeness on two texts count as alike.
const ALIKE: f64 = 0.6;

/// Whether the answers of these two are alike.
pub(super) fn alike(facts: &Facts, other: &Kin) -> bool {
    let theirs = other.minhash.as_deref().and_then(MinHash::from_bytes);
    match (&facts.minhash, theirs) {
        (Some(ours), Some(theirs)) => ours.likeness(&theirs) >= ALIKE,
        _ => false,
    }
}

pub(super) fn hint(facts: &Facts) -> Option<Hint> {
    let like = facts.kin.iter().filter(|kin| alike(facts, kin)).count();
    (like > 0).then(|| {
        let sentence = format!("The answers are much like those of {}.", others(like));
        Hint::new("answers_alike", Leaning::Doubt, sentence)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_changed_words_do_not_hide_it() {
        let mut facts = Facts::example();
        let mut like = Facts::stranger(2);
        let text = "I keep bees and would love to talk about them.";
        like.minhash = MinHash::of(text).map(|m| m.bytes());
        let mut other = Facts::stranger(3);
        other.minhash =
            MinHash::of("Trains, mostly, and the weather in the north.").map(|m| m.bytes());
        facts.kin = vec![like, other];
        let said = hint(&facts).expect("a hint").sentence;
        assert!(said.contains("1 other application."), "{said}");
    }
}
