//! The list of moderated servers, for those who may read it.

use sha2::{Digest, Sha256};

use super::policies::{Severity, is_of_people};
use super::setting::{ShownTo, read};
use crate::app::App;
use crate::domain::{Error, Result};
use crate::store;
use crate::store::domain_policies::Policy;

/// Servers that the list has at the most.
const MOST: i64 = 10_000;

/// One server of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Its name; where it is obfuscated, with stars in its middle.
    pub domain: String,
    /// SHA-256 of the whole name, in hexadecimal: who knows the name can look it up.
    pub digest: String,
    /// Limited or suspended.
    pub severity: Severity,
    /// Why; empty for no word.
    pub comment: String,
}

/// Servers that are limited or suspended here, by name. `member`: a member asks.
///
/// # Errors
/// `NotFound` for whom the admin does not show it to.
pub async fn list(app: &App, member: bool) -> Result<Vec<Published>> {
    let mut conn = app.desk.get().await?;
    let shown = match read(&mut conn).await?.shown_to {
        ShownTo::Everybody => true,
        ShownTo::Members => member,
        ShownTo::Nobody => false,
    };
    if !shown {
        return Err(Error::NotFound);
    }
    let now = app.clock.now();
    let all = store::domain_policies::list(&mut conn, "", ("", 0), MOST, now).await?;
    let told = all
        .iter()
        .filter(|policy| is_of_people(policy) && Severity::of(&policy.terms) != Severity::Noop);
    Ok(told.map(published).collect())
}

/// Whether there is a list for whoever asks.
///
/// # Errors
/// When the database cannot be asked.
pub async fn is_shown(app: &App, member: bool) -> Result<bool> {
    let mut conn = app.desk.get().await?;
    Ok(match read(&mut conn).await?.shown_to {
        ShownTo::Everybody => true,
        ShownTo::Members => member,
        ShownTo::Nobody => false,
    })
}

/// SHA-256 of a name, in hexadecimal.
pub fn digest(domain: &str) -> String {
    let hash = Sha256::digest(domain.as_bytes());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn published(policy: &Policy) -> Published {
    Published {
        domain: match policy.terms.obfuscate {
            true => obfuscated(&policy.domain),
            false => policy.domain.clone(),
        },
        digest: digest(&policy.domain),
        severity: Severity::of(&policy.terms),
        comment: policy.terms.public_comment.clone(),
    }
}

/// The first and the last quarter of a name, dots, and stars for the rest.
pub fn obfuscated(domain: &str) -> String {
    let length = domain.chars().count();
    let clear = length / 4;
    let hidden = |place: usize, c: char| c != '.' && place > clear && place < length - clear;
    domain
        .chars()
        .enumerate()
        .map(|(place, c)| if hidden(place, c) { '*' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_name_keeps_its_ends_and_its_dots() {
        assert_eq!(
            obfuscated("nasty.elsewhere.example"),
            "nasty.*********.**ample"
        );
        assert_eq!(obfuscated("a.bc"), "a.*c");
        assert_eq!(
            digest("a.example"),
            "b8e7453371a024daae06f3164492c0afcde134c7747c155b3d83c20de341e855"
        );
    }
}
