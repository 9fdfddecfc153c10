//! What a mail domain says of whoever has an address there: lists as data, and nothing else.

use std::sync::LazyLock;

/// Providers with so many customers that their domain says nothing; sorted, one a line.
static LARGE: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!("large_providers.txt").lines().collect());

/// Addresses for an hour; what is below counts too. Sorted, one a line.
static DISPOSABLE: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!("hints/disposable.txt").lines().collect());

/// Mail servers by the end of their names, with whose they are.
const HOSTS: &[(&str, &str)] = &[
    ("fastmail.com", "Fastmail"),
    ("gandi.net", "Gandi"),
    ("gmx.net", "GMX"),
    ("google.com", "Google"),
    ("googlemail.com", "Google"),
    ("icloud.com", "Apple"),
    ("improvmx.com", "ImprovMX, which forwards"),
    ("infomaniak.ch", "Infomaniak"),
    ("ionos.com", "IONOS"),
    ("kundenserver.de", "IONOS"),
    ("mailbox.org", "mailbox.org"),
    ("messagingengine.com", "Fastmail"),
    ("migadu.com", "Migadu"),
    ("mxrouting.net", "MXroute"),
    ("outlook.com", "Microsoft"),
    ("ovh.net", "OVH"),
    ("posteo.de", "Posteo"),
    ("protonmail.ch", "Proton"),
    ("simplelogin.co", "SimpleLogin, which forwards"),
    ("anonaddy.me", "addy.io, which forwards"),
    ("yandex.net", "Yandex"),
    ("zoho.com", "Zoho"),
    ("zoho.eu", "Zoho"),
];

/// Where the mail of domains that are for sale goes.
const PARKED: &[&str] = &[
    "above.com",
    "bodis.com",
    "dan.com",
    "h-email.net",
    "hugedomains.com",
    "mail-fwd.net",
    "nickstel.com",
    "parkingcrew.net",
    "parklogic.com",
    "sedoparking.com",
    "voodoo.com",
];

/// Whether a domain has so many customers that it says nothing about one of them.
pub fn is_large(domain: &str) -> bool {
    LARGE.binary_search(&domain).is_ok()
}

/// Whether addresses of this domain are made to be thrown away.
pub fn is_disposable(domain: &str) -> bool {
    upward(domain).any(|name| DISPOSABLE.binary_search(&name).is_ok())
}

/// Whose mail server this is, where many domains have theirs.
pub fn whose(host: &str) -> Option<&'static str> {
    upward(host).find_map(|name| {
        let found = HOSTS.iter().find(|(end, _)| *end == name);
        found.map(|(_, whose)| *whose)
    })
}

/// Whether this server takes the mail of domains that nobody uses.
pub fn is_parked(host: &str) -> bool {
    upward(host).any(|name| PARKED.contains(&name))
}

/// A name and all names above it.
pub fn upward(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |name| {
        name.split_once('.').map(|(_, rest)| rest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_and_found() {
        assert!(LARGE.is_sorted() && DISPOSABLE.is_sorted());
        assert!(is_large("gmail.com") && !is_large("ann.example"));
        assert!(is_disposable("mailinator.com") && is_disposable("a.b.mailinator.com"));
        assert!(!is_disposable("notmailinator.com"));
        assert_eq!(whose("alt1.aspmx.l.google.com"), Some("Google"));
        assert_eq!(whose("mx.ann.example"), None);
        assert!(is_parked("mx1.parkingcrew.net"));
        let all: Vec<&str> = upward("a.b.example").collect();
        assert_eq!(all, ["a.b.example", "b.example", "example"]);
    }
}
