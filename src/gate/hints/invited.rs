//! Somebody invited them.

use super::{Facts, Hint, Leaning};

pub(super) fn hint(facts: &Facts) -> Option<Hint> {
    let brought = facts.brought.as_ref()?;
    let (leaning, sentence) = match (&brought.by, brought.stands) {
        (Some(by), true) => (Leaning::Trust, format!("{by} invited them.")),
        (Some(by), false) => (
            Leaning::Neutral,
            format!("{by} invited them; their invites do not count any more."),
        ),
        (None, _) => (
            Leaning::Neutral,
            "Somebody invited them who is gone by now.".to_owned(),
        ),
    };
    Some(Hint::new("invited", leaning, sentence))
}
