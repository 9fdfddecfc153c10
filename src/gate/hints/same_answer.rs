//! The very same answer, thrice or more often.

use super::{Facts, Hint, Leaning, others};

/// So many others give it, beside this one.
const OTHERS: usize = 2;

pub(super) fn hint(facts: &Facts) -> Option<Hint> {
    let same = facts.kin.iter().filter(|kin| kin.same_words).count();
    (same >= OTHERS).then(|| {
        let sentence = format!("One answer stands word for word in {}, too.", others(same));
        Hint::new("same_answer", Leaning::Doubt, sentence)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_is_chance_and_thrice_is_a_hint() {
        let mut facts = Facts::example();
        let mut same = Facts::stranger(2);
        same.same_words = true;
        facts.kin = vec![same.clone()];
        assert_eq!(hint(&facts), None);
        facts.kin.push(same);
        assert!(hint(&facts).is_some());
    }
}
