//! It came with the code of an event.

use super::{Facts, Hint, Leaning};

pub(super) fn hint(facts: &Facts) -> Option<Hint> {
    let (_, title) = facts.event.as_ref()?;
    let sentence = match title {
        Some(title) => format!("It came with the code of “{title}”."),
        None => "It came with the code of an event that is gone.".to_owned(),
    };
    Some(Hint::new("event", Leaning::Trust, sentence))
}
