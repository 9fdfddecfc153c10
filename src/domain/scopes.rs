//! OAuth scopes as Mastodon names them; `read` covers `read:*`, and so on.

/// Every scope that an app may ask for, broad ones first. Unknown ones are refused (422).
pub const ALL: &[&str] = &[
    "read",
    "profile",
    "write",
    "follow",
    "push",
    "admin:read",
    "admin:write",
    "read:accounts",
    "read:blocks",
    "read:bookmarks",
    "read:collections",
    "read:favourites",
    "read:filters",
    "read:follows",
    "read:lists",
    "read:mutes",
    "read:notifications",
    "read:search",
    "read:statuses",
    "write:accounts",
    "write:blocks",
    "write:bookmarks",
    "write:collections",
    "write:conversations",
    "write:favourites",
    "write:filters",
    "write:follows",
    "write:lists",
    "write:media",
    "write:mutes",
    "write:notifications",
    "write:reports",
    "write:statuses",
    "admin:read:accounts",
    "admin:read:reports",
    "admin:read:domain_allows",
    "admin:read:domain_blocks",
    "admin:read:ip_blocks",
    "admin:read:email_domain_blocks",
    "admin:read:canonical_email_blocks",
    "admin:write:accounts",
    "admin:write:reports",
    "admin:write:domain_allows",
    "admin:write:domain_blocks",
    "admin:write:ip_blocks",
    "admin:write:email_domain_blocks",
    "admin:write:canonical_email_blocks",
];

/// A set of scopes, kept as the words that were granted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scopes(Vec<String>);

impl Scopes {
    /// The scopes in a space-separated list (commas and pluses occur too); doubles dropped.
    /// The first unknown word is the error.
    pub fn parse(text: &str) -> Result<Scopes, String> {
        let mut words: Vec<String> = Vec::new();
        for word in text
            .split([' ', '+', ',', '\n', '\t'])
            .filter(|w| !w.is_empty())
        {
            if !ALL.contains(&word) {
                return Err(word.to_owned());
            }
            if !words.iter().any(|w| w == word) {
                words.push(word.to_owned());
            }
        }
        Ok(Scopes(words))
    }

    /// The known scopes in a list that was stored; unknown words are left out.
    pub fn known(text: &str) -> Scopes {
        Scopes(
            text.split(' ')
                .filter(|word| ALL.contains(word))
                .map(str::to_owned)
                .collect(),
        )
    }

    /// Whether one of the granted scopes covers `wanted` (`read` covers `read:statuses`,
    /// `follow` covers the follow, block and mute families).
    pub fn allows(&self, wanted: &str) -> bool {
        self.0.iter().any(|granted| covers(granted, wanted))
    }

    /// Whether every word of `other` is covered by these.
    pub fn cover(&self, other: &Scopes) -> bool {
        other.0.iter().all(|wanted| self.allows(wanted))
    }

    /// Whether nothing was granted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The words, in the order they were given.
    pub fn words(&self) -> &[String] {
        &self.0
    }
}

impl std::fmt::Display for Scopes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

fn covers(granted: &str, wanted: &str) -> bool {
    if granted == wanted {
        return true;
    }
    if let Some(rest) = wanted.strip_prefix(granted)
        && rest.starts_with(':')
    {
        return true;
    }
    // One's own name and picture: whoever may read accounts may read that.
    if wanted == "profile" && matches!(granted, "read" | "read:accounts") {
        return true;
    }
    granted == "follow"
        && matches!(
            wanted,
            "read:follows"
                | "write:follows"
                | "read:blocks"
                | "write:blocks"
                | "read:mutes"
                | "write:mutes"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_nest() {
        let read = Scopes::parse("read follow").unwrap();
        assert!(read.allows("read:statuses"));
        assert!(read.allows("write:blocks"));
        assert!(!read.allows("write:statuses"));
        assert!(!read.allows("admin:read"));
        assert!(!Scopes::parse("read:statuses").unwrap().allows("read"));
        assert!(!Scopes::parse("admin:read").unwrap().allows("read"));
        assert!(read.allows("profile"));
        assert!(!Scopes::parse("profile").unwrap().allows("read:accounts"));
    }

    #[test]
    fn an_unknown_scope_is_named() {
        assert_eq!(Scopes::parse("read nonsense"), Err("nonsense".to_owned()));
    }
}
