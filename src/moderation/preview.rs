//! Before a block: what it would cut.

use super::policies::{is_of_people, server_name};
use crate::app::App;
use crate::domain::{Id, Result};
use crate::gate::who::Moderator;
use crate::model::account::Account;
use crate::store;
pub use crate::store::domain_policies::Policy;
pub use crate::store::policy_cuts::{COUNTED, Cut, Ends};

/// Pairs that are named in each direction.
pub const NAMED: i64 = 50;

/// Somebody here and somebody there.
#[derive(Debug, Clone)]
pub struct Pair {
    /// Who lives here.
    pub here: Account,
    /// Who lives there.
    pub there: Account,
}

/// What a suspension would cut, and what holds already.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The canonical name.
    pub domain: String,
    /// Counts, all up to [`COUNTED`].
    pub cut: Cut,
    /// The latest follows of people there, [`NAMED`] at the most.
    pub following: Vec<Pair>,
    /// The latest follows by people there, [`NAMED`] at the most.
    pub followers: Vec<Pair>,
    /// What people decided about this very domain.
    pub holds: Option<Policy>,
    /// Policies of domains above it, which hold here too.
    pub above: Vec<Policy>,
}

/// Looks; nothing is changed.
///
/// # Errors
/// `Invalid` for what is no name of a server.
pub async fn preview(app: &App, _who: &Moderator, domain: &str) -> Result<Preview> {
    look(app, domain).await
}

/// The same for whoever has a shell.
///
/// # Errors
/// As [`preview`].
pub async fn look(app: &App, domain: &str) -> Result<Preview> {
    let domain = server_name(app, domain)?;
    let now = app.clock.now();
    let mut conn = app.desk.get().await?;
    let cut = store::policy_cuts::cut(&mut conn, &domain).await?;
    let mut pairs = Vec::new();
    for following in [true, false] {
        pairs.push(store::policy_cuts::cut_names(&mut conn, &domain, following, NAMED).await?);
    }
    let mut ids: Vec<Id> = pairs.iter().flatten().flat_map(|(a, b)| [*a, *b]).collect();
    ids.sort_unstable();
    ids.dedup();
    let accounts = store::accounts_shown::load(&mut conn, ids).await?;
    let account = |id: Id| accounts.iter().find(|a| a.id == id).cloned();
    let mut named = pairs.into_iter().map(|list| {
        list.into_iter()
            .filter_map(|(here, there)| {
                Some(Pair {
                    here: account(here)?,
                    there: account(there)?,
                })
            })
            .collect::<Vec<Pair>>()
    });
    let (following, followers) = (
        named.next().unwrap_or_default(),
        named.next().unwrap_or_default(),
    );
    let all = store::domain_policies::of_domains(&mut conn, lineage(&domain), now).await?;
    let (own, above): (Vec<Policy>, Vec<Policy>) =
        all.into_iter().partition(|policy| policy.domain == domain);
    Ok(Preview {
        holds: own.into_iter().find(is_of_people),
        above,
        domain,
        cut,
        following,
        followers,
    })
}

/// `2 follows of people there and 1 follow by people there`; `None` for none at all.
pub fn follows_in_words(ends: Ends) -> Option<String> {
    let some = |n: i64, whose: &str| match n {
        0 => None,
        1 => Some(format!("1 follow {whose}")),
        n => Some(format!("{n} follows {whose}")),
    };
    let of_them = some(ends.following, "of people there");
    match (of_them, some(ends.followers, "by people there")) {
        (Some(of), Some(by)) => Some(format!("{of} and {by}")),
        (of, by) => of.or(by),
    }
}

/// A domain and those above it, as the policies of all of them hold for it.
pub(super) fn lineage(domain: &str) -> Vec<String> {
    let mut all = vec![domain.to_owned()];
    let mut rest = domain.split(':').next().unwrap_or(domain);
    if rest != domain {
        all.push(rest.to_owned());
    }
    while let Some((_, above)) = rest.split_once('.') {
        all.push(above.to_owned());
        rest = above;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_are_counted_in_words() {
        let words = |following, followers| {
            follows_in_words(Ends {
                following,
                followers,
            })
        };
        assert_eq!(words(0, 0), None);
        assert_eq!(words(2, 0).unwrap(), "2 follows of people there");
        let both = "1 follow of people there and 3 follows by people there";
        assert_eq!(words(1, 3).unwrap(), both);
    }

    #[test]
    fn a_name_has_those_above_it() {
        assert_eq!(
            lineage("a.b.example:8443"),
            ["a.b.example:8443", "a.b.example", "b.example", "example"]
        );
        assert_eq!(lineage("b.example"), ["b.example", "example"]);
    }
}
