//! The field that nobody sees was filled in.

use super::{Facts, Hint, Leaning, mail_domain, name, speed};
use crate::model::question::Answer;
use crate::store::likeness::Seen;

/// Whether an application that filled it in goes among the likely automated: one hint sorts
/// nothing, so something else that its form shows has to agree: how fast it came back, the
/// name, or an address that nobody keeps.
pub(in crate::gate) fn agrees(
    seen: &Seen,
    fill_seconds: Option<i32>,
    (username, domain): (&str, Option<&str>),
    answers: &[Answer],
) -> bool {
    let letters = answers.iter().map(|a| a.value.chars().count()).sum();
    let host = seen.mail_host.as_deref();
    seen.trap_filled
        && (speed::is_fast(fill_seconds, letters)
            || name::is_odd(username)
            || domain.is_some_and(|domain| mail_domain::is_doubtful(domain, host, seen.mail_state)))
}

pub(super) fn hint(facts: &Facts) -> Option<Hint> {
    facts.trap_filled.then(|| {
        let sentence = "A field that people do not see was filled in, as programs do.";
        Hint::new("trap", Leaning::Doubt, sentence)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sign_sorts_nothing_and_two_do() {
        let filled = Seen {
            trap_filled: true,
            ..Seen::default()
        };
        let ann = ("ann", Some("ann.example"));
        assert!(!agrees(&filled, Some(90), ann, &[]));
        assert!(agrees(&filled, Some(2), ann, &[]), "too fast");
        assert!(agrees(&filled, Some(90), ("ann83920", None), &[]));
        let fleeting = ("ann", Some("mailinator.com"));
        assert!(agrees(&filled, Some(90), fleeting, &[]));
        assert!(!agrees(&Seen::default(), Some(2), fleeting, &[]));
    }
}
