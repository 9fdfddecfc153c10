//! Cheap refusals first: before a fetch, before a row, most of them before the body.
//!
//! What is asked here costs no round trip: flags and budgets are in memory. A budget is
//! looked at before the signature and drawn on after it, or anybody could spend another's.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::activitypub::keys::Disbelief;
use crate::activitypub::uri;
use crate::cache::buckets::{Buckets, Rate};
use crate::domain::Error;
use crate::secrets::signature::{BodyDigest, Refused};

/// What a host may send that is known for [`STRANGE_FOR`]: 20 a second for as long as it likes.
const KNOWN: Rate = Rate {
    burst: 2_000,
    per_minute: 1_200.0,
};
/// What a host may send before.
const STRANGE: Rate = Rate {
    burst: 300,
    per_minute: 60.0,
};
/// How often one network may make us look for actors that nobody here knows.
const ASKING: Rate = Rate {
    burst: 300,
    per_minute: 60.0,
};
/// What one host may pass on of others', which makes us ask those.
const PASSING_ON: Rate = Rate {
    burst: 60,
    per_minute: 30.0,
};
/// So long a host is a stranger.
const STRANGE_FOR: TimeDelta = TimeDelta::days(1);

/// Why something is not taken.
#[derive(Debug)]
pub enum Refusal {
    /// It cannot be read, or can be read in two ways (400).
    Malformed(&'static str),
    /// Nobody is believed to have said it (401).
    Unbelieved(&'static str),
    /// Nothing is taken from that server (403).
    Blocked,
    /// It is larger than a megabyte (413).
    TooLarge,
    /// It is no activity by its media type (415).
    AnotherType,
    /// Its server sent too much, or somebody made us look too often (429).
    TooMany(DateTime<Utc>),
    /// We have too much to do, or cannot reach who could say (503).
    Later(DateTime<Utc>),
    /// Our fault (500).
    Broken(Error),
}

impl Refusal {
    /// A word for it, for who counts.
    pub fn word(&self) -> &'static str {
        match self {
            Refusal::Malformed(_) => "malformed",
            Refusal::Unbelieved(_) => "unbelieved",
            Refusal::Blocked => "blocked",
            Refusal::TooLarge => "too_large",
            Refusal::AnotherType => "another_type",
            Refusal::TooMany(_) => "too_many",
            Refusal::Later(_) => "later",
            Refusal::Broken(_) => "broken",
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        Refusal::Broken(error)
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Refusal {
        match refused.is_malformed() {
            true => Refusal::Malformed(refused.sentence()),
            false => Refusal::Unbelieved(refused.sentence()),
        }
    }
}

impl From<Disbelief> for Refusal {
    fn from(why: Disbelief) -> Refusal {
        match why {
            Disbelief::Refused(refused) => refused.into(),
            Disbelief::NoKey(why) => Refusal::Unbelieved(why),
            Disbelief::Later(at) => Refusal::Later(at),
            Disbelief::Broken(error) => Refusal::Broken(error),
        }
    }
}

/// What an activity says about itself; nothing of it is believed yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// Whose deed it says to be, canonical.
    pub actor: String,
    /// What it is told apart by.
    pub hash: Uuid,
    /// Whether it takes something away.
    pub is_delete: bool,
}

/// The address of what a `Create` makes.
fn id_of_made(activity: &Value, kind: &str) -> Option<String> {
    match kind {
        "Create" => id(activity.get("object")).and_then(uri::canonical),
        _ => None,
    }
}

impl Head {
    /// Reads it.
    ///
    /// # Errors
    /// `Malformed` without a type or an actor; `Unbelieved` for an id on another server than
    /// its actor's (I7).
    pub fn read(activity: &Value, body: &[u8]) -> Result<Head, Refusal> {
        let kind = first(activity.get("type")).and_then(Value::as_str);
        let kind = kind.ok_or(Refusal::Malformed("The activity has no type"))?;
        let actor = id(activity.get("actor"))
            .and_then(uri::canonical)
            .ok_or(Refusal::Malformed("The activity has no actor"))?;
        let hash = match activity.get("id") {
            Some(Value::String(id)) => {
                let id = uri::canonical(id)
                    .ok_or(Refusal::Malformed("The activity's id is no address"))?;
                if !uri::same_authority(&id, &actor) {
                    return Err(Refusal::Unbelieved(
                        "The activity's id is on another server than its actor",
                    ));
                }
                // GoToSocial names all votes of somebody in a poll alike: what is made counts too.
                match id_of_made(activity, kind) {
                    Some(made) => uri::hash(&format!("{id} {made}")),
                    None => uri::hash(&id),
                }
            }
            // Some old servers name no id in an Accept: then it is what it says.
            None | Some(Value::Null) => {
                uri::hash(&format!("{actor} {}", BodyDigest::of(body).as_digest()))
            }
            Some(_) => return Err(Refusal::Malformed("The activity's id is no address")),
        };
        Ok(Head {
            actor,
            hash,
            is_delete: kind == "Delete",
        })
    }
}

fn first(value: Option<&Value>) -> Option<&Value> {
    match value {
        Some(Value::Array(several)) => several.first(),
        one => one,
    }
}

/// The address of something that is named, or put in whole.
fn id(value: Option<&Value>) -> Option<&str> {
    match first(value)? {
        Value::String(id) => Some(id),
        Value::Object(whole) => whole.get("id")?.as_str(),
        _ => None,
    }
}

/// What each host may still send.
#[derive(Default)]
pub struct Budgets(Buckets);

impl Budgets {
    /// Whether a host has spent all of it; costs nothing. `authority`: whom the key id names,
    /// not to be believed yet.
    ///
    /// # Errors
    /// `TooMany` when it has.
    pub fn look(&self, authority: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
        // By the smaller one: who is known has a bucket that was filled as such.
        for (class, rate) in [("known", KNOWN), ("strange", STRANGE)] {
            self.0
                .look(&format!("{class}:{authority}"), rate, now)
                .map_err(|wait| Refusal::TooMany(now + wait))?;
        }
        Ok(())
    }

    /// Counts that somebody of a network makes us look for an actor.
    ///
    /// # Errors
    /// `TooMany` when they did so too often.
    pub fn ask(&self, network: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.0
            .take(&format!("net:{network}"), ASKING, now)
            .map_err(|wait| Refusal::TooMany(now + wait))
    }

    /// Draws on what a host that signed may pass on.
    ///
    /// # Errors
    /// `TooMany` when nothing is left.
    pub fn pass_on(&self, authority: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.0
            .take(&format!("passes:{authority}"), PASSING_ON, now)
            .map_err(|wait| Refusal::TooMany(now + wait))
    }

    /// Draws on the budget of a host that signed.
    ///
    /// # Errors
    /// `TooMany` when nothing is left.
    pub fn take(
        &self,
        authority: &str,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        let (class, rate) = match now - since >= STRANGE_FOR {
            true => ("known", KNOWN),
            false => ("strange", STRANGE),
        };
        self.0
            .take(&format!("{class}:{authority}"), rate, now)
            .map_err(|wait| Refusal::TooMany(now + wait))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(activity: Value) -> Result<Head, Refusal> {
        Head::read(&activity, activity.to_string().as_bytes())
    }

    #[test]
    fn a_head_is_read_from_the_shapes_of_the_wild() {
        let plain = read(json!({
            "id": "https://A.example/1", "type": "Create", "actor": "https://a.example/users/ann",
        }))
        .unwrap();
        assert_eq!(plain.actor, "https://a.example/users/ann");
        assert_eq!(plain.hash, uri::hash("https://a.example/1"));
        assert!(!plain.is_delete);
        let odd = read(json!({
            "id": "https://a.example/1#delete", "type": ["Delete"],
            "actor": [{ "id": "https://a.example/users/ann" }],
        }))
        .unwrap();
        assert!(odd.is_delete);
        assert_eq!(odd.actor, plain.actor);
        let nameless = json!({ "type": "Accept", "actor": "https://a.example/users/ann", "n": 1 });
        let other = json!({ "type": "Accept", "actor": "https://a.example/users/ann", "n": 2 });
        assert_eq!(
            read(nameless.clone()).unwrap().hash,
            read(nameless.clone()).unwrap().hash
        );
        assert_ne!(read(nameless).unwrap().hash, read(other).unwrap().hash);
    }

    #[test]
    fn what_is_made_tells_activities_of_one_id_apart() {
        let vote = |on: &str| {
            read(json!({
                "id": "https://a.example/users/ann/activity#vote0", "type": "Create",
                "actor": "https://a.example/users/ann", "object": { "id": format!("https://a.example/votes/{on}") },
            }))
            .unwrap()
            .hash
        };
        assert_ne!(vote("1"), vote("2"));
        assert_eq!(vote("1"), vote("1"), "the same again is a repetition");
    }

    #[test]
    fn an_id_on_another_server_is_not_its_actors() {
        let refused = read(json!({
            "id": "https://b.example/1", "type": "Create", "actor": "https://a.example/users/ann",
        }));
        assert!(matches!(refused, Err(Refusal::Unbelieved(_))));
        for malformed in [
            json!({ "id": "https://a.example/1", "actor": "https://a.example/users/ann" }),
            json!({ "id": "https://a.example/1", "type": "Create" }),
            json!({ "id": "https://a.example/1", "type": "Create", "actor": "acct:ann@a.example" }),
            json!({ "id": 1, "type": "Create", "actor": "https://a.example/users/ann" }),
            json!({ "id": "urn:x", "type": "Create", "actor": "https://a.example/users/ann" }),
        ] {
            assert!(matches!(read(malformed), Err(Refusal::Malformed(_))));
        }
    }

    #[test]
    fn a_fresh_host_has_a_small_budget_and_nobody_spends_anothers() {
        let budgets = Budgets::default();
        let now = DateTime::from_timestamp(1_000_000, 0).unwrap();
        for _ in 0..300 {
            budgets.look("new.example", now).unwrap();
            budgets.take("new.example", now, now).unwrap();
        }
        let refused = budgets.take("new.example", now, now);
        assert!(matches!(refused, Err(Refusal::TooMany(at)) if at > now));
        assert!(budgets.look("new.example", now).is_err());
        budgets.look("old.example", now).unwrap();
        for _ in 0..301 {
            budgets.take("old.example", now - STRANGE_FOR, now).unwrap();
        }
        assert!(
            budgets
                .look("new.example", now + TimeDelta::seconds(1))
                .is_ok()
        );
    }
}
