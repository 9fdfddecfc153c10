//! Applications that are of one kind: where three traits of two of them agree.
//!
//! Stored when an application reaches the queue, among the 300 newest that share something
//! with it. A cluster is called by its oldest application; one that joins two makes them one,
//! as far as they are seen.

use super::facts::{self, Facts};
use super::mail_domain::is_fleeting;
use super::{answers_alike, mail_host, name, network, speed};
use crate::domain::{Error, Id, Result};
use crate::store::likeness::Kin;
use crate::store::{self, Conn};

/// Traits that must agree.
const AGREE: usize = 3;
/// Others of its kind that a card names.
const LIKE: usize = 20;
/// Sent within this of each other, in minutes.
const TOGETHER: i64 = 10;

/// How many traits of the two agree.
pub fn agreement(facts: &Facts, other: &Kin) -> usize {
    let ours = (facts.mail_domain.as_deref(), facts.mail_host.as_deref());
    let theirs = (other.mail_domain.as_deref(), other.mail_host.as_deref());
    let shape = name::shape(&facts.username);
    let apart = (facts.submitted_at - other.submitted_at).num_minutes();
    let same_domain = facts.own_domain().is_some() && ours.0 == theirs.0;
    let both_fleeting = is_fleeting(ours.0, ours.1) && is_fleeting(theirs.0, theirs.1);
    [
        // The same text is one trait, in whichever way it is found.
        other.same_words || answers_alike::alike(facts, other),
        network::same(facts, other) || network::beside(facts, other),
        same_domain || mail_host::same(facts, other) || both_fleeting,
        shape.is_some() && shape == name::shape(&other.username),
        speed::is_fast(facts.fill_seconds, facts.letters) && speed::is_fast(other.fill_seconds, 0),
        facts.trap_filled && other.trap_filled,
        apart.abs() < TOGETHER,
    ]
    .into_iter()
    .filter(|agrees| *agrees)
    .count()
}

/// Whether the two are of one kind: they came to one event, or three traits agree.
pub fn belong_together(facts: &Facts, other: &Kin) -> bool {
    let event = facts.event.as_ref().map(|(id, _)| *id);
    (event.is_some() && event == other.event) || agreement(facts, other) >= AGREE
}

/// Finds the cluster of an application that reached the queue, and writes it down for it and
/// for those of its kind.
///
/// # Errors
/// `NotFound` when it is gone.
pub async fn place(conn: &mut Conn, id: Id) -> Result<()> {
    match chosen(&known(conn, id).await?) {
        Some((cluster, members)) => store::likeness::set_cluster(conn, &members, cluster).await,
        None => Ok(()),
    }
}

/// Others of its kind, newest first, whatever became of them: once somebody was suspended, those
/// who were let in are looked at, too. [`LIKE`] at the most.
///
/// # Errors
/// `NotFound` when it is gone.
pub async fn others_like(conn: &mut Conn, id: Id) -> Result<Vec<Kin>> {
    let mut facts = known(conn, id).await?;
    let kin = std::mem::take(&mut facts.kin);
    let alike = kin.into_iter().filter(|kin| belong_together(&facts, kin));
    Ok(alike.take(LIKE).collect())
}

/// What its own rows say, and who shares something of it.
async fn known(conn: &mut Conn, id: Id) -> Result<Facts> {
    let (application, user) = store::applications::find_card(conn, id)
        .await?
        .ok_or(Error::NotFound)?;
    let mut facts = facts::own(conn, &application, &user.username, user.email.as_deref()).await?;
    let marks = store::likeness::marks(conn, id).await?;
    facts.kin = store::likeness::near(conn, &facts.around(&marks)).await?;
    Ok(facts)
}

/// The name of its cluster, and who belongs to it.
fn chosen(facts: &Facts) -> Option<(Id, Vec<Id>)> {
    let of_kind: Vec<&Kin> = facts
        .kin
        .iter()
        .filter(|kin| belong_together(facts, kin))
        .collect();
    let oldest = of_kind
        .iter()
        .map(|kin| kin.cluster.unwrap_or(kin.id))
        .min()?;
    let members = of_kind.iter().map(|kin| kin.id).chain([facts.id]);
    Some((oldest.min(facts.id), members.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn like(facts: &Facts, id: Id) -> Kin {
        Kin {
            network: facts.network,
            submitted_at: facts.submitted_at - TimeDelta::minutes(2),
            same_words: true,
            ..Facts::stranger(id)
        }
    }

    #[test]
    fn three_traits_make_a_cluster_and_two_do_not() {
        let facts = Facts::example();
        let mut other = like(&facts, 7);
        assert_eq!(agreement(&facts, &other), 3);
        assert!(belong_together(&facts, &other));
        other.same_words = false;
        assert!(!belong_together(&facts, &other));
        assert_eq!(agreement(&facts, &Facts::stranger(8)), 0);
    }

    #[test]
    fn a_workshop_is_one_cluster_whatever_its_people_write() {
        let mut facts = Facts::example();
        facts.event = Some((5, None));
        let mut other = Facts::stranger(9);
        other.event = Some(5);
        assert!(belong_together(&facts, &other));
    }

    #[test]
    fn a_cluster_is_called_by_its_oldest() {
        let mut facts = Facts::example();
        facts.id = 50;
        assert_eq!(chosen(&facts), None);
        let (mut one, two) = (like(&facts, 20), like(&facts, 30));
        one.cluster = Some(10);
        facts.kin = vec![two, one, Facts::stranger(40)];
        assert_eq!(chosen(&facts), Some((10, vec![30, 20, 50])));
    }
}
