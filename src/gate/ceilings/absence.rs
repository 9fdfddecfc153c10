//! Nobody is home, and said so beforehand.
//!
//! From the first day on the door is as whoever leaves wanted it, which is never looser than
//! before, and no invite approves: nobody would be there to look after whom it brings.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::domain::registration_mode::{ModeReason, RegistrationMode};
use crate::domain::{Id, ids};
use crate::gate::effective_mode::Ceiling;

/// `instance_settings.key`: `{"from": "…", "to": "…", "mode": "closed", "by": "1", "reminded":
/// false, "deputy": "2"}`. Absent or null: none is planned.
pub const SETTING: &str = "registration.absence";
/// The longest.
pub const LONGEST: TimeDelta = TimeDelta::days(30);
/// How far ahead it may begin.
pub const AHEAD: TimeDelta = TimeDelta::days(365);
/// So long before its end the staff are reminded.
pub const REMINDED: TimeDelta = TimeDelta::days(1);

/// One that is planned, lasts, or is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// When it begins.
    pub from: DateTime<Utc>,
    /// When somebody is back.
    pub to: DateTime<Utc>,
    /// The loosest mode meanwhile.
    pub mode: RegistrationMode,
    /// The user who planned it.
    pub by: Id,
    /// The staff were reminded of its end.
    pub reminded: bool,
    /// The deputy who may act from the first moment; said in no log.
    pub deputy: Option<Id>,
}

impl Absence {
    /// Reads the setting. What cannot be read is no absence: the other ceilings hold.
    pub fn read(value: &Value) -> Option<Absence> {
        let time = |name: &str| value[name].as_str()?.parse::<DateTime<Utc>>().ok();
        Some(Absence {
            from: time("from")?,
            to: time("to")?,
            mode: RegistrationMode::from_name(value["mode"].as_str()?)?,
            by: ids::parse(value["by"].as_str()?)?,
            reminded: value["reminded"].as_bool().unwrap_or(false),
            deputy: value["deputy"].as_str().and_then(ids::parse),
        })
    }

    /// As the setting.
    pub fn value(&self) -> Value {
        json!({
            "from": self.from.to_rfc3339(),
            "to": self.to.to_rfc3339(),
            "mode": self.mode.as_str(),
            "by": self.by.to_string(),
            "reminded": self.reminded,
            "deputy": self.deputy.map(|id| id.to_string()),
        })
    }

    /// Whether it lasts at `now`. Never longer than [`LONGEST`], whatever was written.
    pub fn lasts(&self, now: DateTime<Utc>) -> bool {
        self.from <= now && now < self.to.min(self.from + LONGEST)
    }

    /// Whether it is over at `now`.
    pub fn is_over(&self, now: DateTime<Utc>) -> bool {
        now >= self.to.min(self.from + LONGEST)
    }

    /// Whether the staff are to be reminded at `now`: it lasts, and ends within a day.
    pub fn is_to_be_reminded(&self, now: DateTime<Utc>) -> bool {
        self.lasts(now) && !self.reminded && now >= self.to - REMINDED
    }

    /// The ceiling while it lasts.
    pub fn ceiling(&self, now: DateTime<Utc>) -> Option<Ceiling> {
        self.lasts(now).then_some(Ceiling {
            mode: self.mode.max(RegistrationMode::Approval),
            bypass: false,
            reason: ModeReason::Schedule,
            since: Some(self.from),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(day: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(day)
    }

    fn absence(from: i64, to: i64, mode: RegistrationMode) -> Absence {
        Absence {
            from: day(from),
            to: day(to),
            mode,
            by: 7,
            reminded: false,
            deputy: (from > 200).then_some(9),
        }
    }

    #[test]
    fn it_holds_from_the_first_moment_to_the_last() {
        let away = absence(10, 20, RegistrationMode::Invite);
        assert_eq!(away.ceiling(day(9)), None);
        let held = away.ceiling(day(10)).unwrap();
        assert_eq!((held.mode, held.bypass), (RegistrationMode::Invite, false));
        assert_eq!(
            (held.reason, held.since),
            (ModeReason::Schedule, Some(day(10)))
        );
        assert!(away.lasts(day(20) - TimeDelta::seconds(1)));
        assert_eq!(away.ceiling(day(20)), None);
        assert!(away.is_over(day(20)));
    }

    #[test]
    fn the_reminder_comes_once_on_the_last_day() {
        let away = absence(10, 20, RegistrationMode::Closed);
        assert!(!away.is_to_be_reminded(day(18)));
        assert!(away.is_to_be_reminded(day(19)));
        assert!(!away.is_to_be_reminded(day(20)));
        let told = Absence {
            reminded: true,
            ..away
        };
        assert!(!told.is_to_be_reminded(day(19)));
    }

    #[test]
    fn nobody_stays_away_for_longer_than_may_be() {
        let away = absence(10, 400, RegistrationMode::Closed);
        assert!(away.lasts(day(39)) && away.is_over(day(40)));
    }

    proptest! {
        #[test]
        fn what_was_planned_is_read_back(from in 0..400i64, length in 1..30i64, mode in 1..4i16) {
            let away = absence(from, from + length, RegistrationMode::from_number(mode).unwrap());
            prop_assert_eq!(Absence::read(&away.value()), Some(away));
        }

        #[test]
        fn it_never_lets_anybody_in_unread(mode in 0..4i16, at in 0..40i64) {
            let away = absence(10, 20, RegistrationMode::from_number(mode).unwrap());
            if let Some(held) = away.ceiling(day(at)) {
                prop_assert!(held.mode >= RegistrationMode::Approval && !held.bypass);
            }
        }
    }
}
