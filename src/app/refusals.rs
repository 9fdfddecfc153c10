//! Refusals that hold for everybody of a kind, remembered for a moment: a flood is sent away
//! without another look at what counts it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// For so long a refusal is repeated; what is given back meanwhile is had that much later.
const KEPT: TimeDelta = TimeDelta::milliseconds(250);

/// Of this process, by what is refused. Names are constants: there are a handful.
#[derive(Debug, Default)]
pub struct Refusals(Mutex<HashMap<&'static str, Refusal>>);

#[derive(Debug, Clone, Copy)]
struct Refusal {
    at: DateTime<Utc>,
    until: DateTime<Utc>,
}

impl Refusals {
    /// Until when `what` is refused, where that was found out a moment ago.
    pub fn standing(&self, what: &'static str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.get(what)?;
        let fresh = now >= found.at && now < found.at + KEPT && now < found.until;
        fresh.then_some(found.until)
    }

    /// Remembers that it is, until then.
    pub fn note(&self, what: &'static str, until: DateTime<Utc>, now: DateTime<Utc>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(what, Refusal { at: now, until });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_repeated_for_a_moment_and_not_beyond_its_end() {
        let (refusals, now) = (Refusals::default(), DateTime::UNIX_EPOCH);
        let (hour, millis) = (now + TimeDelta::hours(1), TimeDelta::milliseconds);
        assert_eq!(refusals.standing("plain", now), None);
        refusals.note("plain", hour, now);
        assert_eq!(refusals.standing("plain", now + millis(249)), Some(hour));
        assert_eq!(refusals.standing("apps", now), None);
        assert_eq!(refusals.standing("plain", now + millis(250)), None);
        assert_eq!(refusals.standing("plain", now - millis(1)), None);
        refusals.note("plain", now + millis(5), now);
        assert_eq!(refusals.standing("plain", now + millis(5)), None);
    }
}
