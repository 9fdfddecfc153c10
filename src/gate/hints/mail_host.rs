//! Whose server takes the mail of a domain of somebody's own.

use super::{Facts, Hint, Leaning, others};
use crate::gate::mail_providers::whose;
use crate::store::likeness::Kin;

/// Whether the mail of these two goes to one server, under different domains.
pub(super) fn same(facts: &Facts, other: &Kin) -> bool {
    facts.own_host().is_some()
        && facts.own_host() == other.mail_host.as_deref()
        && facts.mail_domain != other.mail_domain
}

pub(super) fn hint(facts: &Facts) -> Option<Hint> {
    let host = facts.mail_host.as_deref()?;
    let domain = facts.own_domain()?;
    let like = facts.kin.iter().filter(|kin| same(facts, kin)).count();
    let sentence = match (whose(host), like) {
        (Some(whose), _) => format!("The mail of {domain} is handled by {whose}."),
        (None, 0) => return None,
        (None, n) => format!(
            "The mail of {domain} goes to {host}, as that of {} from other domains does.",
            others(n)
        ),
    };
    Some(Hint::new("mail_host", Leaning::Neutral, sentence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_named_and_a_shared_server_too() {
        let mut facts = Facts::example();
        assert_eq!(hint(&facts), None);
        facts.mail_host = Some("aspmx.l.google.com".into());
        assert!(hint(&facts).expect("a hint").sentence.contains("Google"));
        facts.mail_host = Some("mx.other.example".into());
        facts.kin = vec![Facts::stranger(2)];
        assert!(
            hint(&facts)
                .expect("a hint")
                .sentence
                .contains("mx.other.example")
        );
    }
}
