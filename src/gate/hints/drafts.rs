//! Somebody wrote while waiting.

use super::{Facts, Hint, Leaning};

pub(super) fn hint(facts: &Facts) -> Option<Hint> {
    let sentence = match facts.drafts {
        ..=0 => return None,
        1 => "Kept a draft while waiting.".to_owned(),
        n => format!("Kept {n} drafts while waiting."),
    };
    Some(Hint::new("drafts", Leaning::Trust, sentence))
}
