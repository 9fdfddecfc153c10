//! Addresses that are made to be thrown away, and domains that take no mail.

use super::{Facts, Hint, Leaning};
use crate::gate::mail_providers::{is_disposable, is_parked};

/// `application_traits.mail_state`: no answer, or not asked.
const NOT_KNOWN: i16 = 0;
/// `application_traits.mail_state`: no server of its own takes mail.
const NO_SERVER: i16 = 2;
/// `application_traits.mail_state`: nobody does.
const NOBODY: i16 = 3;

/// Whether the address is one for an hour.
pub(super) fn is_fleeting(domain: Option<&str>, host: Option<&str>) -> bool {
    domain.is_some_and(is_disposable) || host.is_some_and(|h| is_disposable(h) || is_parked(h))
}

/// Whether nobody keeps such an address for long, or gets mail there.
pub(super) fn is_doubtful(domain: &str, host: Option<&str>, state: i16) -> bool {
    is_fleeting(Some(domain), host) || [NO_SERVER, NOBODY].contains(&state)
}

pub(super) fn hint(facts: &Facts) -> Option<Hint> {
    let domain = facts.mail_domain.as_deref()?;
    let host = facts.mail_host.as_deref();
    let sentence = if is_disposable(domain) || host.is_some_and(is_disposable) {
        format!("Addresses at {domain} are made to be used once.")
    } else if host.is_some_and(is_parked) {
        format!("{domain} seems to be for sale: its mail goes to a parking service.")
    } else if facts.mail_state == NOBODY {
        format!("{domain} takes no mail, or does not exist.")
    } else if facts.mail_state == NO_SERVER {
        format!("{domain} names no mail server.")
    } else if facts.mail_state == NOT_KNOWN && facts.mail_is_looked_up {
        let sentence = format!("Which servers take the mail of {domain} could not be asked.");
        return Some(Hint::new("mail_unknown", Leaning::Neutral, sentence));
    } else {
        return None;
    };
    Some(Hint::new("mail_domain", Leaning::Doubt, sentence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fleeting_parked_and_dead_domains_are_named() {
        let mut facts = Facts::example();
        assert_eq!(hint(&facts), None);
        facts.mail_host = Some("mx.parkingcrew.net".into());
        assert!(hint(&facts).expect("a hint").sentence.contains("for sale"));
        facts.mail_host = None;
        facts.mail_state = NOBODY;
        assert!(hint(&facts).expect("a hint").sentence.contains("no mail"));
        facts.mail_domain = Some("mailinator.com".into());
        assert!(hint(&facts).expect("a hint").sentence.contains("once"));
        // No answer is said as what it is, and nothing is where nobody is asked.
        facts = Facts::example();
        facts.mail_state = NOT_KNOWN;
        facts.mail_host = None;
        assert_eq!(hint(&facts), None);
        facts.mail_is_looked_up = true;
        let said = hint(&facts).expect("a hint");
        assert_eq!(
            (said.kind, said.leaning),
            ("mail_unknown", Leaning::Neutral)
        );
        facts.mail_domain = None;
        assert_eq!(hint(&facts), None);
    }
}
