//! A point in time as pages show it: a `<time>` element.

use std::fmt;

use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Tz;

use crate::gate::zone;

/// An instant and the instant of looking at it. Displays as a `<time>` element with a short
/// text ("3 min ago", "yesterday" is never said: "1 d ago", then the date) and the full
/// date in the title, so a template writes `{{ it }}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// When it happened (or will).
    pub at: DateTime<Utc>,
    /// When the page is made.
    pub now: DateTime<Utc>,
    /// On whose clock it is shown.
    pub zone: Tz,
}

impl Moment {
    /// `at`, as seen at `now`, on the clock of whoever the page is for (E20).
    pub fn new(at: DateTime<Utc>, now: DateTime<Utc>) -> Moment {
        Moment {
            at,
            now,
            zone: zone::shown(),
        }
    }

    /// The same on another clock (E20).
    pub fn in_zone(self, zone: Tz) -> Moment {
        Moment { zone, ..self }
    }

    /// RFC 3339 with seconds, UTC: the `datetime` attribute.
    pub fn iso(&self) -> String {
        self.at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// `Sat 21 Nov 2026, 18:40 UTC`; elsewhere with the name of the zone behind it, such as
    /// `19:40 (Europe/Berlin)`.
    pub fn full(&self) -> String {
        let local = self.local();
        let said = local.format("%a %-d %b %Y, %H:%M");
        match self.zone {
            Tz::UTC => format!("{said} UTC"),
            zone => format!("{said} ({})", zone.name()),
        }
    }

    /// The short text: up to six days relative, else the date.
    pub fn short(&self) -> String {
        let gone = self.now - self.at;
        if gone.num_seconds() < 0 {
            return self.ahead();
        }
        match gone.num_minutes() {
            0 => "just now".into(),
            minutes @ 1..60 => format!("{minutes} min ago"),
            minutes @ 60..1440 => format!("{} h ago", minutes / 60),
            minutes @ 1440..10080 => format!("{} d ago", minutes / 1440),
            _ if self.local().year() == self.now.with_timezone(&self.zone).year() => {
                self.local().format("%-d %b").to_string()
            }
            _ => self.local().format("%-d %b %Y").to_string(),
        }
    }

    /// `21 November 2026`.
    pub fn day(&self) -> String {
        self.local().format("%-d %B %Y").to_string()
    }

    /// `21 November, 18:40 UTC`; elsewhere with the name of the zone behind it.
    pub fn hour(&self) -> String {
        let said = self.local().format("%-d %B, %H:%M");
        match self.zone {
            Tz::UTC => format!("{said} UTC"),
            zone => format!("{said} ({})", zone.name()),
        }
    }

    fn local(&self) -> DateTime<Tz> {
        self.at.with_timezone(&self.zone)
    }

    fn ahead(&self) -> String {
        let left = self.at - self.now;
        match left.num_minutes() {
            0 => "in a moment".into(),
            minutes @ 1..60 => format!("in {minutes} min"),
            minutes @ 60..1440 => format!("in {} h", minutes / 60),
            minutes @ 1440..10080 => format!("in {} d", minutes / 1440),
            _ => self.local().format("%-d %b %Y").to_string(),
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            r#"<time datetime="{}" title="{}">{}</time>"#,
            self.iso(),
            self.full(),
            self.short()
        )
    }
}

// Digits, ASCII letters, names of zones and fixed words only: nothing in it comes from a person.
impl askama::filters::HtmlSafe for Moment {}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Duration, TimeZone};

    #[test]
    fn near_is_relative_and_far_is_a_date() {
        let now = Utc.with_ymd_and_hms(2026, 11, 21, 18, 40, 0).unwrap();
        let said = |ago: Duration| Moment::new(now - ago, now).short();
        assert_eq!(said(Duration::seconds(59)), "just now");
        assert_eq!(said(Duration::minutes(5)), "5 min ago");
        assert_eq!(said(Duration::hours(23)), "23 h ago");
        assert_eq!(said(Duration::days(6)), "6 d ago");
        assert_eq!(said(Duration::days(7)), "14 Nov");
        assert_eq!(said(Duration::days(400)), "17 Oct 2025");
        assert_eq!(said(Duration::hours(-3)), "in 3 h");
    }

    #[test]
    fn the_full_date_names_its_zone() {
        let at = Utc.with_ymd_and_hms(2026, 11, 21, 23, 40, 0).unwrap();
        let moment = Moment::new(at, at);
        assert_eq!(moment.full(), "Sat 21 Nov 2026, 23:40 UTC");
        let there = moment.in_zone(Tz::Europe__Berlin);
        assert_eq!(there.full(), "Sun 22 Nov 2026, 00:40 (Europe/Berlin)");
    }
}
