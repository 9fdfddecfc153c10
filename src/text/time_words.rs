//! Times in words, for pages and mail. The clock is the caller's.

use chrono::{DateTime, Duration, Utc};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How far `then` is from `now`: `just now`, `5 minutes ago`, `in 2 days`.
pub fn relative(then: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let seconds = (then - now).num_seconds();
    if seconds.abs() < 45 {
        return if seconds <= 0 {
            "just now".into()
        } else {
            "in a moment".into()
        };
    }
    let words = span(Duration::seconds(seconds.saturating_abs()));
    if seconds < 0 {
        format!("{words} ago")
    } else {
        format!("in {words}")
    }
}

/// A span in its largest fitting unit, rounded: `5 minutes`, `1 hour`, `3 days`, `2 months`.
/// The sign is ignored.
pub fn span(span: Duration) -> String {
    let seconds = span.num_seconds().saturating_abs();
    let (count, unit) = if seconds < MINUTE - 15 {
        (seconds, "second")
    } else if seconds < HOUR - MINUTE / 2 {
        (rounded(seconds, MINUTE), "minute")
    } else if seconds < DAY - HOUR / 2 {
        (rounded(seconds, HOUR), "hour")
    } else if seconds < 30 * DAY {
        (rounded(seconds, DAY), "day")
    } else if seconds < 345 * DAY {
        (rounded(seconds, 30 * DAY), "month")
    } else {
        (rounded(seconds, 365 * DAY), "year")
    };
    let count = if unit == "second" {
        count
    } else {
        count.max(1)
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// The short form of timelines: `now`, `5m`, `3h`, `2d`, then the date (`7 Mar`, with the year
/// when it is another one).
pub fn short(then: DateTime<Utc>, now: DateTime<Utc>) -> String {
    use chrono::Datelike;
    let seconds = (now - then).num_seconds();
    match () {
        _ if seconds < MINUTE => "now".into(),
        _ if seconds < HOUR => format!("{}m", seconds / MINUTE),
        _ if seconds < DAY => format!("{}h", seconds / HOUR),
        _ if seconds < 7 * DAY => format!("{}d", seconds / DAY),
        _ if then.year() == now.year() => then.format("%-d %b").to_string(),
        _ => then.format("%-d %b %Y").to_string(),
    }
}

/// A point in time in full, in UTC: `7 March 2026, 14:05 UTC`.
pub fn absolute(time: DateTime<Utc>) -> String {
    time.format("%-d %B %Y, %H:%M UTC").to_string()
}

/// A day: `7 March 2026`.
pub fn day(time: DateTime<Utc>) -> String {
    time.format("%-d %B %Y").to_string()
}

/// For the `datetime` attribute of `<time>`: RFC 3339 in UTC, to the second.
pub fn machine(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// What an applicant may expect, rounded up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usual {
    /// Within so many hours, 1 to 12.
    Hours(i64),
    /// Within so many days, 1 to 6.
    Days(i64),
    /// Within so many weeks, 1 to 4.
    Weeks(i64),
    /// After more than four weeks.
    Longer,
}

/// What an applicant may expect, from the median hours of past answers. Generous: always
/// rounded up. `None` when it is not a sensible number.
pub fn usual(median_hours: f64) -> Option<Usual> {
    if !median_hours.is_finite() || median_hours < 0.0 {
        return None;
    }
    let up = |number: f64| number.ceil().max(1.0) as i64;
    let days = median_hours / 24.0;
    Some(match () {
        () if median_hours <= 12.0 => Usual::Hours(up(median_hours)),
        () if days <= 6.0 => Usual::Days(up(days)),
        () if days <= 28.0 => Usual::Weeks(up(days / 7.0)),
        () => Usual::Longer,
    })
}

/// The same in words: `usually within a day`.
pub fn usually_within(median_hours: f64) -> Option<String> {
    let (count, one, unit) = match usual(median_hours)? {
        Usual::Hours(hours) => (hours, "an hour", "hours"),
        Usual::Days(days) => (days, "a day", "days"),
        Usual::Weeks(weeks) => (weeks, "a week", "weeks"),
        Usual::Longer => return Some("often after more than four weeks".into()),
    };
    Some(match count {
        1 => format!("usually within {one}"),
        count => format!("usually within {count} {unit}"),
    })
}

fn rounded(seconds: i64, unit: i64) -> i64 {
    (seconds + unit / 2) / unit
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_780_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn words_for_distances() {
        for (seconds, words) in [
            (0, "just now"),
            (-44, "just now"),
            (10, "in a moment"),
            (-60, "1 minute ago"),
            (-5 * MINUTE, "5 minutes ago"),
            (-59 * MINUTE - 40, "1 hour ago"),
            (2 * DAY, "in 2 days"),
            (-DAY + 60, "1 day ago"),
            (-45 * DAY, "2 months ago"),
            (-344 * DAY, "11 months ago"),
            (-400 * DAY, "1 year ago"),
            (3 * HOUR, "in 3 hours"),
        ] {
            assert_eq!(relative(at(seconds), at(0)), words, "{seconds}");
        }
    }

    #[test]
    fn short_and_absolute() {
        assert_eq!(short(at(-30), at(0)), "now");
        assert_eq!(short(at(-90), at(0)), "1m");
        assert_eq!(short(at(-3 * HOUR), at(0)), "3h");
        assert_eq!(short(at(-3 * DAY), at(0)), "3d");
        let time = DateTime::from_timestamp(1_772_892_300, 0).unwrap();
        assert_eq!(absolute(time), "7 March 2026, 14:05 UTC");
        assert_eq!(day(time), "7 March 2026");
        assert_eq!(machine(time), "2026-03-07T14:05:00Z");
        assert_eq!(short(time, time + Duration::days(30)), "7 Mar");
        assert_eq!(short(time, time + Duration::days(400)), "7 Mar 2026");
    }

    #[test]
    fn waiting_times() {
        for (hours, words) in [
            (0.2, "an hour"),
            (3.4, "4 hours"),
            (20.0, "a day"),
            (30.0, "2 days"),
            (160.0, "a week"),
            (300.0, "2 weeks"),
        ] {
            assert_eq!(
                usually_within(hours).unwrap(),
                format!("usually within {words}")
            );
        }
        assert_eq!(usually_within(f64::NAN), None);
        assert_eq!(usually_within(-1.0), None);
    }

    proptest! {
        #[test]
        fn never_zero_and_never_a_panic(seconds in -4_000_000_000i64..4_000_000_000) {
            let words = relative(at(seconds), at(0));
            prop_assert!(!words.starts_with("0 ") && !words.contains("in 0"));
            let _ = short(at(seconds), at(0));
        }
    }
}
