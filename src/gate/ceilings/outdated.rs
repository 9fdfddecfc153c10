//! A version that nobody mended for 18 months lets nobody in unseen.
//!
//! The date is the release's, which the version carries. An admin may put it off by a year at
//! a time: that somebody looked is what matters.

use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::domain::registration_mode::{ModeReason, RegistrationMode};
use crate::gate::effective_mode::Ceiling;

/// `instance_settings.key`: `{"until": "…"}`.
pub const SETTING: &str = "registration.outdated_put_off";
/// How old a release may be.
const AGE: Months = Months::new(18);
/// By how much it is put off.
const PUT_OFF: Months = Months::new(12);
/// From when on before it is due it can be put off.
const AHEAD: TimeDelta = TimeDelta::days(60);

/// When this release counts as outdated, put off or not.
pub fn due(released: NaiveDate, put_off: Option<&Value>) -> DateTime<Utc> {
    let midnight = |day: NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc();
    let by_age = released
        .checked_add_months(AGE)
        .map_or(DateTime::<Utc>::MAX_UTC, midnight);
    let until = put_off.and_then(|p| p["until"].as_str()?.parse().ok());
    until.map_or(by_age, |until: DateTime<Utc>| until.max(by_age))
}

/// Whether an admin may put it off now: it is outdated, or will be within two months.
pub fn may_be_put_off(due: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now >= due - AHEAD
}

/// The setting's value after it was put off at `now`: a year from now.
pub fn put_off(now: DateTime<Utc>) -> Value {
    let until = now.checked_add_months(PUT_OFF).unwrap_or(now);
    json!({ "until": until.to_rfc3339() })
}

/// The ceiling once `due` is over.
pub fn ceiling(due: DateTime<Utc>, now: DateTime<Utc>) -> Option<Ceiling> {
    (now >= due).then_some(Ceiling {
        mode: RegistrationMode::Approval,
        bypass: false,
        reason: ModeReason::Outdated,
        since: Some(due),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> DateTime<Utc> {
        format!("{text}T00:00:00Z").parse().unwrap()
    }

    #[test]
    fn after_eighteen_months_a_person_decides() {
        let released = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let due = due(released, None);
        assert_eq!(due, day("2028-05-21"));
        assert_eq!(ceiling(due, day("2028-05-20")), None);
        let held = ceiling(due, day("2028-05-21")).unwrap();
        assert_eq!(
            (held.mode, held.bypass),
            (RegistrationMode::Approval, false)
        );
    }

    #[test]
    fn it_is_put_off_by_a_year_and_not_by_ten() {
        let released = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let first = due(released, None);
        assert!(!may_be_put_off(first, day("2028-03-01")));
        assert!(may_be_put_off(first, day("2028-04-01")));
        let later = put_off(day("2028-06-01"));
        assert_eq!(due(released, Some(&later)), day("2029-06-01"));
        assert!(!may_be_put_off(
            due(released, Some(&later)),
            day("2028-06-02")
        ));
    }

    #[test]
    fn what_was_put_off_long_ago_makes_a_new_release_no_older() {
        let released = NaiveDate::from_ymd_opt(2030, 1, 1).unwrap();
        assert_eq!(
            due(released, Some(&put_off(day("2028-06-01")))),
            day("2031-07-01")
        );
    }
}
