//! The field that nobody sees was filled in.

use super::{Facts, Hint, Leaning};

pub(super) fn hint(facts: &Facts) -> Option<Hint> {
    facts.trap_filled.then(|| {
        let sentence = "A field that people do not see was filled in, as programs do.";
        Hint::new("trap", Leaning::Doubt, sentence)
    })
}
