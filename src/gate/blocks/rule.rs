//! What an admin wants to be blocked, read from what was typed.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use ipnet::IpNet;
use serde_json::{Value, json};

use crate::domain::block_severity::BlockSeverity;
use crate::domain::{Error, Result};
use crate::model::door_block::{MailBlock, NameBlock, NetworkBlock};
use crate::text::email::Address;
use crate::text::{clean, look_alike, names};

/// The widest networks that are blocked at once: a sixteenth of one of the five regions or so.
const WIDEST_V4: u8 = 8;
const WIDEST_V6: u8 = 19;
/// One household.
const NARROWEST_V6: u8 = 64;
/// The shortest part of a name.
const SHORTEST_PART: usize = 3;
/// The longest comment, in characters.
const MAX_COMMENT: usize = 1000;

/// What is blocked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// A network.
    Network(IpNet),
    /// A mail domain with what is below it.
    Mail {
        /// ASCII, lower case.
        domain: String,
        /// Mail servers there, too.
        hosts: bool,
    },
    /// A name, and what looks like it.
    Name {
        /// Lower case.
        pattern: String,
        /// The whole name; else any name that holds it.
        whole: bool,
    },
}

/// A block to be laid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// What is blocked.
    pub rule: Rule,
    /// What it does.
    pub severity: BlockSeverity,
    /// For staff, 1,000 characters at the most.
    pub comment: String,
    /// When a network's block ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
}

impl Rule {
    /// A network: `192.0.2.0/24`, `2001:db8::/32`, or one address.
    ///
    /// # Errors
    /// `Invalid` (field `network`) for what is none, or holds half of the world.
    pub fn network(typed: &str) -> Result<Rule> {
        let bad = |sentence: &'static str| Error::field("network", "ERR_INVALID", sentence);
        let typed = typed.trim();
        let net: IpNet = typed
            .parse()
            .or_else(|_| typed.parse::<IpAddr>().map(IpNet::from))
            .map_err(|_| bad("is neither an address nor a network such as 192.0.2.0/24"))?;
        let net = net.trunc();
        let (widest, narrowest) = match net {
            IpNet::V4(_) => (WIDEST_V4, 32),
            IpNet::V6(_) => (WIDEST_V6, NARROWEST_V6),
        };
        if net.prefix_len() < widest {
            return Err(bad("is so wide that it would keep half of the world away"));
        }
        let prefix = net.prefix_len().min(narrowest);
        let cut = IpNet::new(net.addr(), prefix).map_or(net, |net| net.trunc());
        Ok(Rule::Network(cut))
    }

    /// A mail domain: `example.org`, or with an `@` in front.
    ///
    /// # Errors
    /// `Invalid` (field `domain`) for what is none.
    pub fn mail(typed: &str, hosts: bool) -> Result<Rule> {
        let typed = typed.trim();
        let bare = typed.rsplit_once('@').map_or(typed, |(_, domain)| domain);
        let bare = bare.trim_start_matches("*.").trim_matches('.');
        // The same grammar as that of addresses, so that both always meet.
        let address = Address::parse(&format!("x@{bare}"));
        let domain = address.map_err(|_| {
            Error::field("domain", "ERR_INVALID", "is no domain such as example.org")
        })?;
        Ok(Rule::Mail {
            domain: domain.domain().to_owned(),
            hosts,
        })
    }

    /// A name, or a part of one.
    ///
    /// # Errors
    /// `Invalid` (field `name`) for what cannot stand in a name, or is too short a part.
    pub fn name(typed: &str, whole: bool) -> Result<Rule> {
        let bad = |sentence: &'static str| Error::field("name", "ERR_INVALID", sentence);
        let pattern = names::grammatical_username(typed)
            .map_err(|_| bad("may have letters, digits and underscores, 30 at the most"))?;
        if names::skeleton(&pattern).is_empty() {
            return Err(bad("has no letter in it"));
        }
        if !whole && pattern.len() < SHORTEST_PART {
            return Err(bad(
                "is too short for a part: it would stand in too many names",
            ));
        }
        Ok(Rule::Name { pattern, whole })
    }

    /// What it is about, as staff read it.
    pub fn words(&self) -> String {
        match self {
            Rule::Network(network) => format!("the network {network}"),
            Rule::Mail {
                domain,
                hosts: false,
            } => format!("the mail domain {domain}"),
            Rule::Mail { domain, .. } => format!("the mail domain {domain} and its servers"),
            Rule::Name {
                pattern,
                whole: true,
            } => format!("the name {pattern}"),
            Rule::Name { pattern, .. } => format!("names with “{pattern}” in them"),
        }
    }

    /// Whether a name falls under it; other rules are about no name.
    pub fn is_about_name(&self, name: &str) -> bool {
        match self {
            Rule::Name { pattern, whole } => look_alike::matches(pattern, *whole, name),
            _ => false,
        }
    }

    /// What [`Rule::detail`] told.
    fn of_detail(detail: &Value) -> Option<Rule> {
        let text = |name: &str| detail[name].as_str();
        match text("kind")? {
            "network" => Rule::network(text("network")?).ok(),
            "mail" => Rule::mail(text("domain")?, detail["hosts"].as_bool()?).ok(),
            "name" => Rule::name(text("pattern")?, detail["whole"].as_bool()?).ok(),
            _ => None,
        }
    }

    /// For the audit log.
    pub(super) fn detail(&self) -> Value {
        match self {
            Rule::Network(network) => {
                json!({ "kind": "network", "network": network.to_string() })
            }
            Rule::Mail { domain, hosts } => {
                json!({ "kind": "mail", "domain": domain, "hosts": hosts })
            }
            Rule::Name { pattern, whole } => {
                json!({ "kind": "name", "pattern": pattern, "whole": whole })
            }
        }
    }
}

impl From<NetworkBlock> for Wanted {
    fn from(block: NetworkBlock) -> Wanted {
        Wanted {
            rule: Rule::Network(block.network),
            severity: block.severity,
            comment: block.comment,
            expires_at: block.expires_at,
        }
    }
}

impl From<MailBlock> for Wanted {
    fn from(block: MailBlock) -> Wanted {
        Wanted {
            rule: Rule::Mail {
                domain: block.domain,
                hosts: block.hosts,
            },
            severity: block.severity,
            comment: block.comment,
            expires_at: None,
        }
    }
}

impl From<NameBlock> for Wanted {
    fn from(block: NameBlock) -> Wanted {
        Wanted {
            rule: Rule::Name {
                pattern: block.pattern,
                whole: block.whole,
            },
            severity: block.severity,
            comment: block.comment,
            expires_at: None,
        }
    }
}

impl Wanted {
    /// All of it, so that a line of the audit log can lay it again.
    pub(super) fn kept(&self) -> Value {
        let mut kept = self.rule.detail();
        kept["severity"] = json!(self.severity);
        kept["comment"] = json!(self.comment);
        kept["expires_at"] = json!(self.expires_at);
        kept
    }

    /// What [`Wanted::kept`] told; `None` where a line does not say all of it.
    pub fn of_kept(kept: &Value) -> Option<Wanted> {
        Some(Wanted {
            rule: Rule::of_detail(kept)?,
            severity: BlockSeverity::from_name(kept["severity"].as_str()?)?,
            comment: kept["comment"].as_str()?.to_owned(),
            expires_at: serde_json::from_value(kept["expires_at"].clone()).ok()?,
        })
    }
}

/// A comment as it is kept.
///
/// # Errors
/// `Invalid` (field `comment`) beyond 1,000 characters.
pub fn comment(typed: &str) -> Result<String> {
    let comment = clean::text(typed).trim().to_owned();
    match comment.chars().count() > MAX_COMMENT {
        true => Err(Error::field(
            "comment",
            "ERR_TOO_LONG",
            format!("is too long (maximum is {MAX_COMMENT} characters)"),
        )),
        false => Ok(comment),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_line_keeps_of_a_block_lays_it_again() {
        let until = Some(DateTime::<Utc>::UNIX_EPOCH);
        for (rule, expires_at) in [
            (Rule::network("192.0.2.0/24").unwrap(), until),
            (Rule::mail("example.org", true).unwrap(), None),
            (Rule::name("admin", false).unwrap(), None),
        ] {
            let wanted = Wanted {
                rule,
                severity: BlockSeverity::Aside,
                comment: "rugs".into(),
                expires_at,
            };
            assert_eq!(Wanted::of_kept(&wanted.kept()), Some(wanted));
        }
        assert_eq!(Wanted::of_kept(&json!({ "kind": "address" })), None);
        let old = json!({ "kind": "mail", "domain": "example.org", "hosts": false });
        assert_eq!(Wanted::of_kept(&old), None);
    }

    #[test]
    fn networks_are_cut_to_what_they_are() {
        let read = |typed: &str| match Rule::network(typed) {
            Ok(Rule::Network(net)) => net.to_string(),
            other => format!("{other:?}"),
        };
        assert_eq!(read("192.0.2.77/24"), "192.0.2.0/24");
        assert_eq!(read(" 192.0.2.77 "), "192.0.2.77/32");
        assert_eq!(read("2001:db8:1:2:3::4"), "2001:db8:1:2::/64");
        for bad in [
            "0.0.0.0/0",
            "::/0",
            "10.0.0.0/7",
            "example.org",
            "",
            "1.2.3",
        ] {
            assert!(Rule::network(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn domains_and_names_are_read_as_people_type_them() {
        let mail = |typed: &str| Rule::mail(typed, true).map(|rule| rule.words());
        let words = "the mail domain example.org and its servers";
        for typed in [
            "example.org",
            "@Example.ORG",
            "*.example.org",
            "x@example.org.",
        ] {
            assert_eq!(mail(typed).expect(typed), words);
        }
        for bad in ["", "exa mple.org", "@", "a@b@c..d"] {
            assert!(mail(bad).is_err(), "{bad}");
        }
        assert!(Rule::name("Spam", false).is_ok());
        assert!(Rule::name("ab", true).is_ok());
        for (bad, whole) in [("ab", false), ("__", true), ("a-b", true), ("", false)] {
            assert!(Rule::name(bad, whole).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_read_reads_the_same_again(typed in "\\PC{0,40}|[0-9a-f:.]{1,20}(/[0-9]{1,3})?") {
            if let Ok(Rule::Network(net)) = Rule::network(&typed) {
                prop_assert_eq!(Rule::network(&net.to_string()).ok(), Some(Rule::Network(net)));
            }
            if let Ok(Rule::Mail { domain, .. }) = Rule::mail(&typed, false) {
                prop_assert_eq!(Rule::mail(&domain, false).ok(), Some(Rule::Mail { domain, hosts: false }));
            }
            if let Ok(rule @ Rule::Name { .. }) = Rule::name(&typed, true) {
                prop_assert!(rule.is_about_name(&typed.trim().to_lowercase()));
            }
        }
    }
}
