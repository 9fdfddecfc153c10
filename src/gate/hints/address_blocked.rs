//! A block met it that only puts aside.

use super::{Facts, Hint, Leaning};

pub(super) fn hint(facts: &Facts) -> Option<Hint> {
    let what = facts.set_aside.as_deref()?;
    let sentence = format!("It was put aside because of a block: {what}.");
    Some(Hint::new("block", Leaning::Doubt, sentence).private())
}
