//! Nobody decides about somebody they are bound to (registration.md C6): approve, reject, in
//! bulk or by taking a decision back. Asking, noting and putting off are open to all reviewers.
//!
//! *Alone.* Where nobody else of the staff has rights that work, or all of them are bound to
//! that applicant too, the rule would shut the door for good. Then it gives way, and the audit
//! line of the decision says so (`alone`).

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::domain::{Error, Id, Result};
use crate::gate::who::{Reviewer, Rights, rights_of};
use crate::store::vouches::Nearness;
use crate::store::{self, Conn};

/// What binds a reviewer to an applicant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bond {
    /// They came from a network where the reviewer signs in: the same /24 or /64.
    Network,
    /// They came by an invite of the reviewer's.
    Invited,
    /// The reviewer said that they know them.
    Vouched,
}

impl Bond {
    /// The word in audit lines.
    fn word(self) -> &'static str {
        match self {
            Bond::Network => "network",
            Bond::Invited => "invited",
            Bond::Vouched => "vouched",
        }
    }

    /// To the reviewer.
    fn sentence(self) -> &'static str {
        match self {
            Bond::Network => "They came from a network that you sign in from.",
            Bond::Invited => "You invited them.",
            Bond::Vouched => "You said that you know them.",
        }
    }
}

/// Who may not decide what, and whether that holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bonds {
    bonds: HashMap<Id, Bond>,
    /// Those of them that nobody else may decide either.
    alone: HashSet<Id>,
}

/// Others of the staff who are asked at the most whether they are free to decide.
const OTHERS: usize = 50;

/// What binds this reviewer to these applications.
pub async fn of(
    conn: &mut Conn,
    who: &Reviewer,
    applications: &[Id],
    now: DateTime<Utc>,
) -> Result<Bonds> {
    let bonds = between(conn, who.user().id, applications, now).await?;
    let alone = match bonds.is_empty() {
        true => HashSet::new(),
        false => nobody_else(conn, who.user().id, &bonds, now).await?,
    };
    Ok(Bonds { bonds, alone })
}

/// What binds one of the staff to these applications.
async fn between(
    conn: &mut Conn,
    user: Id,
    applications: &[Id],
    now: DateTime<Utc>,
) -> Result<HashMap<Id, Bond>> {
    let mut bonds = HashMap::new();
    // One block for each kind of bond; each asks for all applications at once.
    for id in store::conflicts::of_one_network(conn, user, applications, now).await? {
        bonds.entry(id).or_insert(Bond::Network);
    }
    for (id, nearness) in store::vouches::near(conn, user, applications).await? {
        bonds.entry(id).or_insert(match nearness {
            Nearness::Invited => Bond::Invited,
            Nearness::Vouched => Bond::Vouched,
        });
    }
    Ok(bonds)
}

/// Which of them nobody else of the staff is free to decide.
async fn nobody_else(
    conn: &mut Conn,
    me: Id,
    bonds: &HashMap<Id, Bond>,
    now: DateTime<Utc>,
) -> Result<HashSet<Id>> {
    let mut left: Vec<Id> = bonds.keys().copied().collect();
    let staff = store::users::staff(conn).await?;
    let others = staff.iter().filter(|user| {
        user.id != me && matches!(rights_of(user, now), Rights::Awake | Rights::Grace(_))
    });
    for other in others.take(OTHERS) {
        if left.is_empty() {
            break;
        }
        let theirs = between(conn, other.id, &left, now).await?;
        left.retain(|application| theirs.contains_key(application));
    }
    Ok(left.into_iter().collect())
}

impl Bonds {
    /// Why the reviewer may not decide it; `None` where they may.
    pub fn bars(&self, application: Id) -> Option<String> {
        let bond = self
            .bonds
            .get(&application)
            .filter(|_| !self.alone.contains(&application))?;
        Some(format!(
            "{} Somebody else of the staff decides about them.",
            bond.sentence()
        ))
    }

    /// What a reviewer who is alone is told; `None` where nothing binds them.
    pub fn alone(&self, application: Id) -> Option<String> {
        let bond = self.bonds.get(&application);
        let bond = bond.filter(|_| self.alone.contains(&application))?;
        Some(format!(
            "{} Since nobody else of the staff can decide, you may; the audit log says so.",
            bond.sentence()
        ))
    }

    /// The facts of an audit line, with the bond of somebody who is alone.
    pub(super) fn noted(&self, application: Id, mut detail: Value) -> Value {
        let bond = self.bonds.get(&application);
        if let Some(bond) = bond.filter(|_| self.alone.contains(&application)) {
            detail["alone"] = json!(bond.word());
        }
        detail
    }

    /// The same for many.
    pub(super) fn noted_all(&self, applications: &[Id], mut detail: Value) -> Value {
        let bound = applications.iter().find(|id| self.alone.contains(id));
        if let Some(bond) = bound.and_then(|id| self.bonds.get(id)) {
            detail["alone"] = json!(bond.word());
        }
        detail
    }
}

/// Lets a reviewer decide about an application.
///
/// # Errors
/// `Denied` with a sentence for who is bound to the applicant.
pub(super) async fn check(
    conn: &mut Conn,
    who: &Reviewer,
    application: Id,
    now: DateTime<Utc>,
) -> Result<Bonds> {
    let bonds = of(conn, who, &[application], now).await?;
    match bonds.bars(application) {
        Some(why) => Err(Error::denied(why)),
        None => Ok(bonds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_alone_may_and_it_is_written_down() {
        let bonds = |alone: bool| Bonds {
            bonds: HashMap::from([(1, Bond::Network)]),
            alone: alone.then_some(1).into_iter().collect(),
        };
        assert!(bonds(false).bars(1).is_some() && bonds(false).alone(1).is_none());
        assert!(bonds(true).bars(1).is_none() && bonds(true).alone(1).is_some());
        assert_eq!(bonds(false).bars(2), None, "another one");
        assert_eq!(
            bonds(true).noted(1, json!({})),
            json!({ "alone": "network" })
        );
        assert_eq!(bonds(true).noted(2, json!({})), json!({}));
        assert_eq!(bonds(false).noted(1, json!({})), json!({}));
    }
}
