//! Somebody like this was refused before: the address, the network, or the words.
//!
//! What is remembered of a refusal are keyed hashes, for 90 days: nothing can be read from
//! them, and only the same again is found.

use chrono::{DateTime, TimeDelta, Utc};

use super::marks::WORDS;
use super::{Facts, Hint, Leaning};
use crate::app::App;
use crate::domain::{Id, Result};
use crate::model::application::Application;
use crate::model::user::User;
use crate::store::memory::{self, NewMemory, Remembered};
use crate::store::{self, Conn};

/// Bands of two texts that must be equal for them to count as alike.
pub(super) const BANDS_ALIKE: i64 = 4;

pub(super) fn hint(facts: &Facts) -> Option<Hint> {
    let Remembered {
        address,
        network,
        answers,
    } = facts.remembered;
    let sentence = match (address, network, answers) {
        (0, 0, 0) => return None,
        (1.., _, 1..) => {
            "Somebody with this address was refused within the last 90 days, with answers like these."
        }
        (1.., _, 0) => "Somebody with this address was refused within the last 90 days.",
        (_, 1.., 1..) => {
            "Somebody from this network was refused within the last 90 days, with answers like these."
        }
        (_, 1.., 0) => "Somebody from this network was refused within the last 90 days.",
        _ => "Answers like these were refused within the last 90 days.",
    };
    let hint = Hint::new("again", Leaning::Doubt, sentence);
    Some(match (address, network) {
        (0, 0) => hint,
        _ => hint.private(),
    })
}

/// What is remembered of this address, network and answers.
pub(super) async fn look(
    app: &App,
    conn: &mut Conn,
    application: &Application,
    user: &User,
    marks: &[(i16, i64)],
    now: DateTime<Utc>,
) -> Result<Remembered> {
    let mut hashes = Vec::new();
    let mut ask = |kind: i16, name: &str, value: &str| {
        let all = app.keys.decisions.all(name, value);
        hashes.extend(all.into_iter().map(|keyed| (kind, keyed.hash.to_vec())));
    };
    if let Some(address) = &user.email_canonical {
        ask(memory::ADDRESS, "email", address);
    }
    if let Some(network) = application.network {
        ask(memory::NETWORK, "network", &network.to_string());
    }
    for value in bands(marks) {
        ask(memory::BAND, "band", &value);
    }
    memory::look(conn, &hashes, BANDS_ALIKE, now).await
}

/// Remembers the answers of somebody who is refused, until `until`; `decision` is the number
/// of the application's state.
pub async fn remember_answers(
    app: &App,
    conn: &mut Conn,
    application: Id,
    decision: i16,
    (now, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<()> {
    debug_assert!(until - now <= TimeDelta::days(90));
    let marks = store::likeness::marks(conn, application).await?;
    let hashes: Vec<NewMemory> = bands(&marks)
        .map(|value| {
            let keyed = app.keys.decisions.hash("band", &value);
            NewMemory {
                key_id: keyed.key_id,
                kind: memory::BAND,
                keyed: keyed.hash.to_vec(),
            }
        })
        .collect();
    memory::insert(conn, &hashes, decision, now, until).await
}

/// The same of many at once, in two statements.
pub async fn remember_many(
    app: &App,
    conn: &mut Conn,
    applications: &[Id],
    decision: i16,
    (now, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<()> {
    let hashes = hashes_of(app, conn, applications).await?;
    memory::insert(conn, &hashes, decision, now, until).await
}

/// What [`remember_many`] remembers of these, to be forgotten when it is taken back.
pub async fn hashes_of(app: &App, conn: &mut Conn, applications: &[Id]) -> Result<Vec<NewMemory>> {
    let marks = store::likeness::marks_of_many(conn, applications).await?;
    let marks: Vec<(i16, i64)> = marks
        .into_iter()
        .map(|(_, mark, hash)| (mark, hash))
        .collect();
    let hashes = bands(&marks).map(|value| {
        let keyed = app.keys.decisions.hash("band", &value);
        NewMemory {
            key_id: keyed.key_id,
            kind: memory::BAND,
            keyed: keyed.hash.to_vec(),
        }
    });
    Ok(hashes.collect())
}

fn bands(marks: &[(i16, i64)]) -> impl Iterator<Item = String> {
    let bands = marks.iter().filter(|(mark, _)| *mark < WORDS);
    bands.map(|(mark, hash)| format!("{mark}:{hash}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_of_an_address_or_a_network_is_for_moderators() {
        let mut facts = Facts::example();
        assert_eq!(hint(&facts), None);
        facts.remembered.answers = 1;
        assert!(!hint(&facts).expect("a hint").private);
        facts.remembered.network = 1;
        assert!(hint(&facts).expect("a hint").private);
        facts.remembered.address = 2;
        let said = hint(&facts).expect("a hint").sentence;
        assert!(said.contains("this address") && said.contains("answers like these"));
    }
}
