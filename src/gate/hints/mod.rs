//! What a reviewer may like to know about an application, said in words. Hints, never verdicts:
//! nothing is refused, sorted or decided by one.
//!
//! Each file is one hint and judges [`Facts`] alone, which [`of`] gathers in a few statements.
//! Where three traits of two applications agree they are of one [`cluster`].

mod address_blocked;
mod again;
mod answers_alike;
pub mod cluster;
mod drafts;
mod event;
mod facts;
mod invited;
mod mail_domain;
mod mail_host;
pub mod marks;
mod name;
mod network;
mod returned;
mod same_answer;
mod speed;
mod staff_name;
pub(in crate::gate) mod trap;
mod vouched;

pub use again::{hashes_of, remember_answers, remember_many};
pub use facts::Facts;

use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::gate::who::Reviewer;
use crate::store::{self, Conn};

/// Which way a hint leans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leaning {
    /// Machines and troublemakers often look like this; so do people.
    Doubt,
    /// Good to know.
    Neutral,
    /// People look like this.
    Trust,
}

/// One hint.
#[derive(Debug, Clone, PartialEq)]
pub struct Hint {
    /// A short name for charts: `network`, `same_answer`.
    pub kind: &'static str,
    /// Which way it leans.
    pub leaning: Leaning,
    /// What there is to know: a whole sentence, plain text.
    pub sentence: String,
    /// It tells something of the address or the network: for moderators, not for reviewers
    /// below them (C6). [`of`] leaves out what its reader may not know.
    pub private: bool,
}

impl Hint {
    fn new(kind: &'static str, leaning: Leaning, sentence: impl Into<String>) -> Hint {
        Hint {
            kind,
            leaning,
            sentence: sentence.into(),
            private: false,
        }
    }

    fn private(self) -> Hint {
        Hint {
            private: true,
            ..self
        }
    }
}

/// Every hint about one application that this reviewer may know, what speaks against it first.
/// Eight statements or so; marks that an edit left behind are made anew. Those of an application
/// that `waits` are noted.
///
/// # Errors
/// `NotFound` when there is no such application.
pub async fn of(
    app: &App,
    conn: &mut Conn,
    who: &Reviewer,
    id: Id,
    waits: bool,
) -> Result<Vec<Hint>> {
    let facts = facts::gather(app, conn, id).await?;
    let mut hints = all(&facts);
    if waits {
        note(conn, id, &hints).await?;
    }
    hints.retain(|hint| !hint.private || who.user().role.manages_reports());
    Ok(hints)
}

/// For the charts: what stood there when it was decided, whoever decides.
async fn note(conn: &mut Conn, id: Id, hints: &[Hint]) -> Result<()> {
    let mut kinds: Vec<String> = hints.iter().map(|hint| hint.kind.to_owned()).collect();
    kinds.sort_unstable();
    store::door_days::note_hints(conn, id, kinds).await
}

/// The same for an application that is about to be decided by an app, without its card: one
/// statement where the card was opened before.
pub(in crate::gate) async fn note_unread(app: &App, id: Id) -> Result<()> {
    let mut conn = app.desk.get().await?;
    if store::door_days::has_hints(&mut conn, id).await? {
        return Ok(());
    }
    let facts = match facts::gather(app, &mut conn, id).await {
        Err(Error::NotFound) => return Ok(()),
        found => found?,
    };
    note(&mut conn, id, &all(&facts)).await
}

/// What these facts come to.
pub fn all(facts: &Facts) -> Vec<Hint> {
    let each: [fn(&Facts) -> Option<Hint>; 18] = [
        again::hint,
        trap::hint,
        address_blocked::hint,
        staff_name::hint,
        same_answer::hint,
        answers_alike::hint,
        network::hint,
        mail_domain::hint,
        speed::hint,
        name::hint,
        name::of_address,
        mail_host::hint,
        event::hint,
        drafts::hint,
        returned::hint,
        invited::hint,
        vouched::hint,
        vouched::unknown,
    ];
    let mut hints: Vec<Hint> = each.iter().filter_map(|hint| hint(facts)).collect();
    hints.sort_by_key(|hint| hint.leaning);
    hints
}

/// `1 other application`, `5 other applications`.
fn others(count: usize) -> String {
    match count {
        1 => "1 other application".to_owned(),
        n => format!("{n} other applications"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_application_has_nothing_against_it() {
        let hints = all(&Facts::example());
        assert!(
            hints.iter().all(|h| h.leaning != Leaning::Doubt),
            "{hints:?}"
        );
    }

    #[test]
    fn doubts_come_first_and_every_hint_is_a_sentence() {
        let mut facts = Facts::example();
        facts.trap_filled = true;
        facts.drafts = 2;
        facts.username = "xkqzvbtr83920".into();
        let hints = all(&facts);
        assert!(hints.len() >= 3 && hints.is_sorted_by_key(|h| h.leaning));
        for hint in hints {
            assert!(hint.sentence.ends_with('.'), "{}", hint.sentence);
        }
    }
}
