//! Email addresses: strict grammar, canonical form, mask.
//!
//! The grammar is narrower than the standard's on purpose. What mail servers read differently
//! from us (comments, quotes, `%` and `!` routing, address literals, look-alike letters) could
//! pass a domain rule and arrive elsewhere, so it is refused.

use std::fmt;

/// Longest address in bytes.
const MAX_BYTES: usize = 254;
/// Longest part before the `@`, in bytes.
const MAX_LOCAL: usize = 64;

/// Providers that ignore dots before the `@`.
const DOTLESS: &[&str] = &["gmail.com", "googlemail.com"];
/// Different names of one provider: (name, the one it is counted as).
const SAME: &[(&str, &str)] = &[
    ("googlemail.com", "gmail.com"),
    ("pm.me", "proton.me"),
    ("protonmail.com", "proton.me"),
    ("protonmail.ch", "proton.me"),
    ("ya.ru", "yandex.ru"),
    ("yandex.com", "yandex.ru"),
    ("me.com", "icloud.com"),
    ("mac.com", "icloud.com"),
];

/// A well-formed address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address {
    local: String,
    domain: String,
}

/// Why a text is no address we accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailError {
    /// Nothing there.
    Blank,
    /// Longer than any address.
    TooLong,
    /// Not of the form `name@domain`, or with characters that are not accepted.
    Invalid,
}

impl Address {
    /// Reads an address; white space around it is forgiven. The domain may be international
    /// and is kept in ASCII; the local part keeps its case.
    pub fn parse(raw: &str) -> Result<Address, EmailError> {
        let raw = raw.trim();
        if raw.is_empty() {
            return Err(EmailError::Blank);
        }
        if raw.len() > MAX_BYTES {
            return Err(EmailError::TooLong);
        }
        let (local, domain) = raw.split_once('@').ok_or(EmailError::Invalid)?;
        let domain = domain_of(domain).ok_or(EmailError::Invalid)?;
        if !is_local(local) {
            return Err(EmailError::Invalid);
        }
        if local.len() > MAX_LOCAL || local.len() + 1 + domain.len() > MAX_BYTES {
            return Err(EmailError::TooLong);
        }
        Ok(Address {
            local: local.to_owned(),
            domain,
        })
    }

    /// The part before the `@`, in its own case.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// The domain, lower-case, in ASCII (punycode).
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The form by which duplicates are found: lower-case, without `+tag`, without dots where
    /// the provider ignores them, one domain for a provider with several. Never write to it.
    pub fn canonical(&self) -> String {
        let domain = SAME
            .iter()
            .find(|(name, _)| *name == self.domain)
            .map_or(self.domain.as_str(), |(_, counted_as)| counted_as);
        let lower = self.local.to_ascii_lowercase();
        let bare = match lower.split_once('+') {
            // "+tag@" has nothing in front: the tag is the name.
            Some(("", _)) | None => lower.as_str(),
            Some((name, _)) => name,
        };
        if DOTLESS.contains(&domain) {
            format!("{}@{domain}", bare.replace('.', ""))
        } else {
            format!("{bare}@{domain}")
        }
    }

    /// Enough for its owner to recognise: `a•••@example.org`.
    pub fn mask(&self) -> String {
        // The local part is ASCII and never empty.
        format!("{}•••@{}", &self.local[..1], self.domain)
    }

    /// The domain and all domains above it that a rule may name: `a.b.example` gives
    /// `a.b.example`, `b.example`, `example`.
    pub fn domain_and_parents(&self) -> impl Iterator<Item = &str> {
        let domain = self.domain.as_str();
        std::iter::successors(Some(domain), |name| {
            name.split_once('.').map(|(_, rest)| rest)
        })
    }
}

/// A text with every address in it masked, such as an answer of a mail server.
pub fn mask_all(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "@.!#$%&'*+/=?^_`{|}~-".contains(c);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let word = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let (piece, more) = rest.split_at(word);
        match piece.trim_end_matches('.').parse::<Address>() {
            Ok(address) => out.push_str(&address.mask()),
            Err(_) if piece.contains('@') => out.push_str("•••"),
            Err(_) => out.push_str(piece),
        }
        let gap = more.find(is_part).unwrap_or(more.len());
        out.push_str(&more[..gap]);
        rest = &more[gap..];
    }
    out
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

impl std::str::FromStr for Address {
    type Err = EmailError;

    fn from_str(raw: &str) -> Result<Address, EmailError> {
        Address::parse(raw)
    }
}

impl fmt::Display for EmailError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            EmailError::Blank => "can't be blank",
            EmailError::TooLong => "is too long for an email address",
            EmailError::Invalid => "does not look like an email address we can write to",
        })
    }
}

impl std::error::Error for EmailError {}

/// A domain fit to receive mail, in ASCII: dots inside, an ending of letters.
fn domain_of(raw: &str) -> Option<String> {
    // Mixed look-alikes such as full-width letters change when they are normalised: refuse
    // what is not already the form it is read as.
    let domain = super::mentions::normalised_domain(raw)?;
    if !raw.is_ascii() {
        let (read_as, ok) = idna::domain_to_unicode(&domain);
        if ok.is_err() || read_as != raw.to_lowercase() {
            return None;
        }
    }
    let top = domain.rsplit('.').next()?;
    (top.len() >= 2).then_some(domain)
}

/// Letters, digits and `._+-` (and `=` for bounce-style names), dots only inside and single.
fn is_local(local: &str) -> bool {
    !local.is_empty()
        && local.bytes().all(|b| {
            b.is_ascii_alphanumeric()
                || matches!(b, b'.' | b'_' | b'+' | b'-' | b'=' | b'~' | b'&' | b'\'')
        })
        && !local.starts_with(['.', '-', '\''])
        && !local.ends_with('.')
        && !local.contains("..")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn canonical(raw: &str) -> String {
        Address::parse(raw).expect(raw).canonical()
    }

    #[test]
    fn reads_what_can_be_written_to() {
        let address = Address::parse(" Alice.B+x@Example.ORG ").unwrap();
        assert_eq!(
            (address.local(), address.domain()),
            ("Alice.B+x", "example.org")
        );
        assert_eq!(address.to_string(), "Alice.B+x@example.org");
        assert_eq!(address.mask(), "A•••@example.org");
        assert_eq!(
            Address::parse("a@bücher.example").unwrap().domain(),
            "xn--bcher-kva.example"
        );
        assert_eq!(
            Address::parse("a@b.c.example")
                .unwrap()
                .domain_and_parents()
                .collect::<Vec<_>>(),
            ["b.c.example", "c.example", "example"]
        );
    }

    #[test]
    fn what_a_mail_server_says_is_masked() {
        for (said, masked) in [
            (
                "550 5.1.1 <ann@example.org>: no such user",
                "550 5.1.1 <a•••@example.org>: no such user",
            ),
            (
                "ann@example.org and bob@example.org.",
                "a•••@example.org and b•••@example.org",
            ),
            ("odd @@ or a@b@c", "odd ••• or •••"),
            ("grüße, ann@example.org!", "grüße, •••"),
            ("", ""),
        ] {
            assert_eq!(mask_all(said), masked);
        }
    }

    #[test]
    fn refuses_what_others_read_differently() {
        for raw in [
            "a",
            "@",
            "a@",
            "@b.example",
            "a@b",
            "a@good.example(.evil.example)",
            "\"a b\"@c.example",
            "a%evil.example@good.example",
            "evil.example!a@good.example",
            "a@b@c.example",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "а@example.org",
            "a@ｅxample.org",
            "a..b@c.example",
            ".a@c.example",
            "a.@c.example",
            "a@c.example.",
            "a@-c.example",
            "a b@c.example",
            "a@c.example\r\nBcc: d@e.example",
            "a,b@c.example",
            "<a@c.example>",
            "a@c_d.example",
            "a\u{200b}@c.example",
            "a@ex\u{ad}ample.org",
            "a@c.e",
            "-a@c.example",
            "a;b@c.example",
            "a@c.example,d@e.example",
            "a/b@c.example",
            "a|b@c.example",
        ] {
            assert_eq!(Address::parse(raw), Err(EmailError::Invalid), "{raw}");
        }
        assert_eq!(Address::parse("  "), Err(EmailError::Blank));
        assert_eq!(
            Address::parse(&format!("{}@c.example", "a".repeat(65))),
            Err(EmailError::TooLong)
        );
    }

    #[test]
    fn duplicates_have_one_form() {
        assert_eq!(canonical("A.l.ice+1@GoogleMail.com"), "alice@gmail.com");
        assert_eq!(canonical("Al.Ice+news@example.org"), "al.ice@example.org");
        assert_eq!(canonical("x@pm.me"), "x@proton.me");
        assert_eq!(canonical("+x@example.org"), "+x@example.org");
    }

    proptest! {
        #[test]
        fn what_passes_is_ascii_and_stable(raw in "\\PC{0,30}|[a-zA-Z.+_-]{1,9}@[a-zA-Zé.-]{1,9}\\.[a-z]{1,4}") {
            if let Ok(address) = Address::parse(&raw) {
                let text = address.to_string();
                prop_assert!(text.is_ascii() && !text.contains(char::is_whitespace));
                prop_assert_eq!(text.matches('@').count(), 1);
                prop_assert_eq!(Address::parse(&text), Ok(address.clone()));
                let canonical = address.canonical();
                prop_assert!(canonical.len() <= text.len() + 4);
                let _ = address.mask();
            }
        }
    }
}
