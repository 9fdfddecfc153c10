//! Which sessions and tokens were in use lately, until a timer writes it down.
//!
//! A request must not write for having been made: it notes the use here, and one statement
//! a minute brings all of them to Postgres. What is lost with the process is some dates.

use std::collections::HashMap;
use std::sync::Mutex;

use chrono::{DateTime, Utc};

/// Sessions and tokens that are held, each; those beyond are noted at their next use.
const MOST: usize = 1000;

/// What was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Used {
    /// `sessions.id`.
    Session(i64),
    /// `tokens.id`.
    Token(i64),
}

/// Uses not written down yet.
#[derive(Debug, Default)]
pub struct LastSeen(Mutex<Seen>);

/// What [`LastSeen::drain`] gives: ids with the time of their last use.
#[derive(Debug, Default, PartialEq)]
pub struct Seen {
    /// `sessions.id`.
    pub sessions: HashMap<i64, DateTime<Utc>>,
    /// `tokens.id`.
    pub tokens: HashMap<i64, DateTime<Utc>>,
}

impl LastSeen {
    /// Notes one use.
    pub fn note(&self, used: Used, at: DateTime<Utc>) {
        let mut seen = self.0.lock().unwrap_or_else(|broken| broken.into_inner());
        let (map, id) = match used {
            Used::Session(id) => (&mut seen.sessions, id),
            Used::Token(id) => (&mut seen.tokens, id),
        };
        if map.len() < MOST || map.contains_key(&id) {
            map.insert(id, at);
        }
    }

    /// Takes all of them out; 1,000 of each at the most.
    pub fn drain(&self) -> Seen {
        let mut seen = self.0.lock().unwrap_or_else(|broken| broken.into_inner());
        std::mem::take(&mut *seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_use_is_kept_and_the_number_is_bounded() {
        let last = LastSeen::default();
        let at = |s| DateTime::from_timestamp(s, 0).unwrap();
        last.note(Used::Session(1), at(1));
        last.note(Used::Session(1), at(2));
        for id in 0..2 * MOST as i64 {
            last.note(Used::Token(id), at(3));
        }
        let seen = last.drain();
        assert_eq!(seen.sessions, HashMap::from([(1, at(2))]));
        assert_eq!(seen.tokens.len(), MOST);
        assert_eq!(last.drain(), Seen::default());
    }
}
