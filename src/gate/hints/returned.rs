//! Somebody came back to look.

use chrono::TimeDelta;

use super::{Facts, Hint, Leaning};

/// Later than this is another day, wherever they live.
const ANOTHER_DAY: TimeDelta = TimeDelta::hours(20);

pub(super) fn hint(facts: &Facts) -> Option<Hint> {
    let seen = facts.last_seen?;
    (seen - facts.submitted_at >= ANOTHER_DAY).then(|| {
        let sentence = "Came back on another day to see how it stands.";
        Hint::new("returned", Leaning::Trust, sentence)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_day_begins_after_twenty_hours() {
        let mut facts = Facts::example();
        assert_eq!(hint(&facts), None);
        facts.last_seen = Some(facts.submitted_at + TimeDelta::hours(19));
        assert_eq!(hint(&facts), None);
        facts.last_seen = Some(facts.submitted_at + TimeDelta::hours(20));
        assert_eq!(hint(&facts).expect("a hint").leaning, Leaning::Trust);
    }
}
