//! The name looks like that of somebody of the staff.

use super::{Facts, Hint, Leaning};
use crate::text::look_alike;

/// Shorter names of staff stand in too many others.
const TELLING: usize = 4;

pub(super) fn hint(facts: &Facts) -> Option<Hint> {
    let like = facts
        .staff
        .iter()
        .find(|name| look_alike::matches(name, name.len() < TELLING, &facts.username))?;
    let sentence = format!("The name looks like that of @{like}, who is of the staff.");
    Some(Hint::new("staff_name", Leaning::Doubt, sentence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_staff_in_disguise_is_named() {
        let mut facts = Facts::example();
        assert_eq!(hint(&facts), None);
        for name in ["0live", "olive_support", "the_ollive"] {
            facts.username = name.into();
            assert!(hint(&facts).expect(name).sentence.contains("@olive"));
        }
    }
}
