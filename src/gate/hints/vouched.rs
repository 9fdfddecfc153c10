//! Members whom they named have said whether they know them.

use super::{Facts, Hint, Leaning};
use crate::domain::vouch_answer::VouchAnswer;

/// They are known here.
pub(super) fn hint(facts: &Facts) -> Option<Hint> {
    let who = said(facts, VouchAnswer::Yes)?;
    let verb = if who.contains(" and ") {
        "know"
    } else {
        "knows"
    };
    Some(Hint::new(
        "vouched",
        Leaning::Trust,
        format!("{who} {verb} them."),
    ))
}

/// They are not, though they said so.
pub(super) fn unknown(facts: &Facts) -> Option<Hint> {
    let who = said(facts, VouchAnswer::No)?;
    let verb = if who.contains(" and ") { "do" } else { "does" };
    let sentence = format!("They named {who}, who {verb} not know them.");
    Some(Hint::new("not_vouched", Leaning::Doubt, sentence))
}

/// Who said this and is still in good standing: `ann`, `ann and ben`, `ann, ben and cleo`.
fn said(facts: &Facts, answer: VouchAnswer) -> Option<String> {
    let named = facts.named.iter();
    let who: Vec<&str> = named
        .filter(|named| named.counts && named.answer == Some(answer))
        .map(|named| named.name.as_str())
        .collect();
    match who.as_slice() {
        [] => None,
        [one] => Some((*one).to_owned()),
        [some @ .., last] => Some(format!("{} and {last}", some.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::vouches::Named;

    fn named(name: &str, answer: Option<VouchAnswer>, counts: bool) -> Named {
        Named {
            name: name.into(),
            asked: true,
            answer,
            counts,
        }
    }

    #[test]
    fn a_yes_and_a_no_are_told_and_nothing_else() {
        let mut facts = Facts::example();
        facts.named = vec![
            named("ann", Some(VouchAnswer::Yes), true),
            named("ben", Some(VouchAnswer::Yes), true),
            named("cleo", Some(VouchAnswer::No), true),
            named("dan", Some(VouchAnswer::RatherNotSay), true),
            named("eve", Some(VouchAnswer::Yes), false),
            named("fay", None, false),
        ];
        assert_eq!(hint(&facts).unwrap().sentence, "ann and ben know them.");
        let no = unknown(&facts).unwrap();
        assert_eq!(no.sentence, "They named cleo, who does not know them.");
        facts.named = vec![named("dan", Some(VouchAnswer::RatherNotSay), true)];
        assert_eq!((hint(&facts), unknown(&facts)), (None, None));
    }
}
