//! Weekly opening hours, in the time zone of the place.
//!
//! Whether the door is open is asked of the wall clock there: a span is what people read on
//! it, on the days when clocks are changed too.

use chrono::{
    DateTime, Datelike, Days, LocalResult, NaiveDate, TimeDelta, TimeZone, Timelike, Utc,
};
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::domain::registration_mode::{ModeReason, RegistrationMode};
use crate::gate::effective_mode::Ceiling;

/// `instance_settings.key`: `{"zone": "Europe/Berlin", "outside": "closed", "days":
/// [["09:00-12:00", "14:00-18:00"], …]}`, Monday first. Absent or null: always open.
pub const SETTING: &str = "registration.hours";
/// Minutes of a day.
const DAY: u16 = 24 * 60;
/// Spans of one day.
pub const MOST_SPANS: usize = 4;

/// Part of a day: from a minute on, up to another one and without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Minutes since midnight, below 1,440.
    pub from: u16,
    /// Above `from`, at most 1,440.
    pub to: u16,
}

/// When the door is open, week by week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningHours {
    /// Whose clock.
    pub zone: Tz,
    /// What holds outside: `closed`, or `invite`.
    pub outside: RegistrationMode,
    /// Monday to Sunday; sorted, without overlaps. At least one span in all.
    pub days: [Vec<Span>; 7],
}

/// What will not do, in words for the field it was typed into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// No zone of that name; perhaps another one was meant.
    Zone(Option<&'static str>),
    /// This day (0 is Monday) cannot be read.
    Day(usize, &'static str),
    /// Not open at any time.
    Never,
}

impl OpeningHours {
    /// Reads what an admin typed: seven lines such as `9-12, 14:00-18:30`, empty for a day on
    /// which the door stays shut.
    pub fn parse(
        zone: &str,
        outside: RegistrationMode,
        lines: &[String; 7],
    ) -> Result<OpeningHours, Fault> {
        let zone = zone.trim();
        let zone = chrono_tz::TZ_VARIANTS
            .iter()
            .find(|known| known.name().eq_ignore_ascii_case(zone))
            .copied()
            .ok_or_else(|| Fault::Zone(nearest(zone)))?;
        let mut days: [Vec<Span>; 7] = Default::default();
        for (day, line) in lines.iter().enumerate() {
            days[day] = spans(line).map_err(|what| Fault::Day(day, what))?;
        }
        if days.iter().all(Vec::is_empty) {
            return Err(Fault::Never);
        }
        Ok(OpeningHours {
            zone,
            outside,
            days,
        })
    }

    /// Reads the setting. What cannot be read (written by a later version, say) is no hours at
    /// all: the other ceilings hold.
    pub fn read(value: &Value) -> Option<OpeningHours> {
        let days = value["days"].as_array()?;
        let mut lines: [String; 7] = Default::default();
        for (line, day) in lines.iter_mut().zip(days) {
            let spans: Vec<&str> = day.as_array()?.iter().filter_map(Value::as_str).collect();
            *line = spans.join(",");
        }
        let outside = RegistrationMode::from_name(value["outside"].as_str()?)?;
        OpeningHours::parse(value["zone"].as_str()?, outside, &lines).ok()
    }

    /// As the setting.
    pub fn value(&self) -> Value {
        let days: Vec<Vec<String>> = self
            .days
            .iter()
            .map(|spans| spans.iter().map(Span::to_string).collect())
            .collect();
        json!({ "zone": self.zone.name(), "outside": self.outside.as_str(), "days": days })
    }

    /// A day as it is typed and shown: `09:00-12:00, 14:00-18:00`; empty when it is shut.
    pub fn line(&self, day: usize) -> String {
        let spans: Vec<String> = self.days[day].iter().map(Span::to_string).collect();
        spans.join(", ")
    }

    /// Whether the door is open by these hours.
    pub fn is_open(&self, at: DateTime<Utc>) -> bool {
        let local = at.with_timezone(&self.zone);
        let day = local.weekday().num_days_from_monday() as usize;
        let minute = (local.hour() * 60 + local.minute()) as u16;
        self.days[day]
            .iter()
            .any(|span| span.from <= minute && minute < span.to)
    }

    /// Since when it has been as it is at `now`, and when that ends. `None` where the hours
    /// never change anything: open all the week.
    pub fn around(&self, now: DateTime<Utc>) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let is_open = self.is_open(now);
        let today = now.with_timezone(&self.zone).date_naive();
        let mut edges: Vec<DateTime<Utc>> = Vec::new();
        let first = today.checked_sub_days(Days::new(8))?;
        for date in first.iter_days().take(17) {
            let spans = &self.days[date.weekday().num_days_from_monday() as usize];
            edges.extend(
                spans
                    .iter()
                    .flat_map(|s| [s.from, s.to])
                    .filter_map(|m| self.instant(date, m)),
            );
        }
        edges.sort_unstable();
        let before = |at: DateTime<Utc>| self.is_open(at - TimeDelta::seconds(1));
        let since = edges
            .iter()
            .rev()
            .find(|at| **at <= now && before(**at) != is_open)?;
        let until = edges
            .iter()
            .find(|at| **at > now && self.is_open(**at) != is_open)?;
        Some((*since, *until))
    }

    /// A minute of a local day as an instant. Of an hour that comes twice, the first; one that
    /// is left out is its end.
    fn instant(&self, date: NaiveDate, minute: u16) -> Option<DateTime<Utc>> {
        let midnight = date.and_hms_opt(0, 0, 0)?;
        let mut local = midnight + TimeDelta::minutes(minute.into());
        for _ in 0..4 {
            match self.zone.from_local_datetime(&local) {
                LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => {
                    return Some(at.with_timezone(&Utc));
                }
                LocalResult::None => local += TimeDelta::minutes(30),
            }
        }
        None
    }

    /// The ceiling outside of them.
    pub fn ceiling(&self, now: DateTime<Utc>) -> Option<Ceiling> {
        (!self.is_open(now)).then(|| Ceiling {
            mode: self.outside,
            bypass: true,
            reason: ModeReason::Schedule,
            since: self.around(now).map(|(since, _)| since),
        })
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        write!(f, "{}-{}", clock(self.from), clock(self.to))
    }
}

/// `9-12, 14:00-18:30` as spans in order.
fn spans(line: &str) -> Result<Vec<Span>, &'static str> {
    let mut spans = Vec::new();
    for part in line
        .split([',', ';'])
        .map(str::trim)
        .filter(|p| !p.is_empty())
    {
        let (from, to) = part
            .split_once(['-', '–'])
            .ok_or("needs hours such as 9:00-17:00")?;
        let from = minute(from).ok_or("needs hours such as 9:00-17:00")?;
        let to = minute(to).ok_or("needs hours such as 9:00-17:00")?;
        if from >= to {
            return Err(
                "ends before it begins; what goes past midnight belongs to both days, up to 24:00 and from 0:00",
            );
        }
        spans.push(Span { from, to });
    }
    if spans.len() > MOST_SPANS {
        return Err("has more than four spans");
    }
    spans.sort_unstable_by_key(|span| span.from);
    if spans.windows(2).any(|two| two[1].from < two[0].to) {
        return Err("has spans that overlap");
    }
    Ok(spans)
}

/// `9`, `9:30`, `09.30`, `24:00` in minutes.
fn minute(text: &str) -> Option<u16> {
    let text = text.trim();
    let (hours, minutes) = text.split_once([':', '.']).unwrap_or((text, "0"));
    let number = |text: &str| -> Option<u16> {
        let digits =
            !text.is_empty() && text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse().ok()).flatten()
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let all = hours * 60 + minutes;
    (minutes < 60 && all <= DAY).then_some(all)
}

/// The zone whose name is nearest to what was typed, where one is near.
fn nearest(typed: &str) -> Option<&'static str> {
    let typed: String = typed.to_lowercase().chars().take(60).collect();
    chrono_tz::TZ_VARIANTS
        .iter()
        .map(|zone| {
            let name = zone.name().to_lowercase();
            let city = name.rsplit('/').next().unwrap_or_default();
            let near = strsim::jaro_winkler(&name, &typed).max(strsim::jaro_winkler(city, &typed));
            (near, zone.name())
        })
        .filter(|(near, _)| *near > 0.84)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn weekdays(zone: &str) -> OpeningHours {
        let mut lines: [String; 7] = Default::default();
        for line in lines.iter_mut().take(5) {
            *line = "9-12, 14:00-18:30".into();
        }
        OpeningHours::parse(zone, RegistrationMode::Closed, &lines).unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn the_clock_on_the_wall_there_decides() {
        let hours = weekdays("europe/berlin");
        assert_eq!(hours.line(0), "09:00-12:00, 14:00-18:30");
        // Monday 23 November 2026: 8:59 and 9:00 in Berlin.
        assert!(!hours.is_open(at("2026-11-23T07:59:59Z")));
        assert!(hours.is_open(at("2026-11-23T08:00:00Z")));
        assert!(!hours.is_open(at("2026-11-23T11:00:00Z")));
        // In summer the same clock is another instant.
        assert!(hours.is_open(at("2026-07-06T07:00:00Z")));
        // Sunday.
        assert!(!hours.is_open(at("2026-11-22T10:00:00Z")));
    }

    #[test]
    fn it_is_known_since_when_and_until_when() {
        let hours = weekdays("Europe/Berlin");
        let (since, until) = hours.around(at("2026-11-22T10:00:00Z")).unwrap();
        assert_eq!(since, at("2026-11-20T17:30:00Z"), "Friday evening");
        assert_eq!(until, at("2026-11-23T08:00:00Z"), "Monday morning");
        let held = hours.ceiling(at("2026-11-22T10:00:00Z")).unwrap();
        assert_eq!(
            (held.mode, held.since),
            (RegistrationMode::Closed, Some(since))
        );
        assert_eq!(hours.ceiling(at("2026-11-23T08:00:00Z")), None);
    }

    #[test]
    fn days_that_meet_at_midnight_are_one_span() {
        let mut lines: [String; 7] = Default::default();
        lines[0] = "20:00-24:00".into();
        lines[1] = "0-2".into();
        let hours = OpeningHours::parse("UTC", RegistrationMode::Invite, &lines).unwrap();
        let (since, until) = hours.around(at("2026-11-24T01:00:00Z")).unwrap();
        assert_eq!(
            (since, until),
            (at("2026-11-23T20:00:00Z"), at("2026-11-24T02:00:00Z"))
        );
        let always: [String; 7] = std::array::from_fn(|_| "0-24".into());
        let always = OpeningHours::parse("UTC", RegistrationMode::Invite, &always).unwrap();
        assert_eq!(always.around(at("2026-11-24T01:00:00Z")), None);
    }

    #[test]
    fn an_hour_that_is_left_out_still_ends_a_span() {
        let mut lines: [String; 7] = Default::default();
        lines[6] = "2:30-4".into();
        let hours = OpeningHours::parse("Europe/Berlin", RegistrationMode::Closed, &lines).unwrap();
        // 29 March 2026: from 2:00 the clock goes to 3:00.
        assert!(!hours.is_open(at("2026-03-29T00:59:59Z")));
        assert!(hours.is_open(at("2026-03-29T01:00:00Z")));
        let (_, until) = hours.around(at("2026-03-29T00:30:00Z")).unwrap();
        assert_eq!(until, at("2026-03-29T01:00:00Z"));
    }

    #[test]
    fn what_cannot_be_read_says_where() {
        let parse = |line: &str| {
            let mut lines: [String; 7] = Default::default();
            lines[2] = line.into();
            OpeningHours::parse("UTC", RegistrationMode::Closed, &lines)
        };
        for bad in [
            "9",
            "9-25",
            "12-9",
            "9:60-10",
            "-",
            "9-10, 9:30-11",
            "1-2,3-4,5-6,7-8,9-10",
        ] {
            assert!(
                matches!(parse(bad), Err(Fault::Day(2, _))),
                "{bad}: {:?}",
                parse(bad)
            );
        }
        assert_eq!(parse(" "), Err(Fault::Never));
        let lines = std::array::from_fn(|_| "9-17".into());
        let zone = |name: &str| OpeningHours::parse(name, RegistrationMode::Closed, &lines);
        assert_eq!(
            zone("Berlin").unwrap_err(),
            Fault::Zone(Some("Europe/Berlin"))
        );
        assert_eq!(zone("xxxxx").unwrap_err(), Fault::Zone(None));
    }

    proptest! {
        #[test]
        fn the_setting_gives_back_what_was_chosen(from in 0..1439u16, length in 1..1440u16, day in 0..7usize) {
            let mut hours = weekdays("America/St_Johns");
            hours.days[day] = vec![Span { from, to: (from + length).min(1440) }];
            prop_assert_eq!(OpeningHours::read(&hours.value()), Some(hours));
        }

        #[test]
        fn the_present_state_lies_between_its_edges(seconds in 0..40_000_000i64) {
            let hours = weekdays("America/St_Johns");
            let now = at("2026-01-01T00:00:00Z") + TimeDelta::seconds(seconds);
            let (since, until) = hours.around(now).unwrap();
            prop_assert!(since <= now && now < until);
            prop_assert_eq!(hours.is_open(since), hours.is_open(now));
            prop_assert_ne!(hours.is_open(until), hours.is_open(now));
        }

        #[test]
        fn no_line_makes_the_reader_stumble(line in "[0-9:;,. –-]{0,30}") {
            let _ = spans(&line);
        }
    }
}
