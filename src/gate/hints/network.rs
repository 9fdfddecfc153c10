//! Others from the same network.

use super::{Facts, Hint, Leaning, others};
use crate::gate::applications::pace;
use crate::store::likeness::Kin;

/// Whether these two came from one address or household.
pub(super) fn same(facts: &Facts, other: &Kin) -> bool {
    facts.network.is_some() && facts.network == other.network
}

/// Whether these two came from networks that lie side by side.
pub(super) fn beside(facts: &Facts, other: &Kin) -> bool {
    let theirs = other.network.map(|net| pace::wide(net.addr()));
    facts.wide().is_some() && facts.wide() == theirs
}

pub(super) fn hint(facts: &Facts) -> Option<Hint> {
    let count = |is: fn(&Facts, &Kin) -> bool| facts.kin.iter().filter(|k| is(facts, k)).count();
    let sentence = match (count(same), count(beside)) {
        (_, 0) => return None,
        (0, wide) => format!("{} came from networks beside this one.", others(wide)),
        (near, _) => format!("{} came from the same network.", others(near)),
    };
    // A household, a school, a library: by itself it says little.
    let hint = Hint::new("network", Leaning::Neutral, sentence);
    Some(hint.private())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearer_others_are_named() {
        let mut facts = Facts::example();
        facts.kin = vec![Facts::stranger(2)];
        assert_eq!(hint(&facts), None);
        facts.kin[0].network = "192.0.2.200/32".parse().ok();
        assert!(hint(&facts).expect("a hint").sentence.contains("beside"));
        facts.kin[0].network = facts.network;
        let found = hint(&facts).expect("a hint");
        assert_eq!(
            found.sentence,
            "1 other application came from the same network."
        );
        assert!(found.private);
    }
}
