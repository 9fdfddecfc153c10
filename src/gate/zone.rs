//! Whose clock a time is shown on (E20): what somebody chose for themselves, else that of the
//! place. Stored is UTC, always; shown is the zone's name beside the time.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use super::ceilings::opening_hours::{self, OpeningHours};
use super::who::Member;
use crate::app::App;
use crate::domain::{Error, Result};
use crate::model::user::User;
use crate::store;

/// Its name in the app's memory.
const PLACE: &str = "the zone of the place";

/// Names that a form may offer: one for each clock that many people live by.
pub const NAMES: &[&str] = &[
    "Africa/Cairo",
    "Africa/Johannesburg",
    "Africa/Lagos",
    "Africa/Nairobi",
    "America/Argentina/Buenos_Aires",
    "America/Bogota",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Toronto",
    "Asia/Bangkok",
    "Asia/Dhaka",
    "Asia/Dubai",
    "Asia/Hong_Kong",
    "Asia/Jakarta",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Manila",
    "Asia/Seoul",
    "Asia/Shanghai",
    "Asia/Tehran",
    "Asia/Tokyo",
    "Australia/Melbourne",
    "Australia/Sydney",
    "Europe/Amsterdam",
    "Europe/Athens",
    "Europe/Berlin",
    "Europe/Istanbul",
    "Europe/Kyiv",
    "Europe/Lisbon",
    "Europe/London",
    "Europe/Madrid",
    "Europe/Moscow",
    "Europe/Paris",
    "Europe/Rome",
    "Europe/Vienna",
    "Europe/Warsaw",
    "Europe/Zurich",
    "Pacific/Auckland",
    "UTC",
];

/// The zone of the place: that of its opening hours, UTC where it keeps none. 30 s old at the
/// most.
pub async fn of_place(app: &App) -> Result<Tz> {
    let zone = app.memory.get(PLACE, async {
        let mut conn = app.desk.get().await?;
        let hours = store::settings::find(&mut conn, opening_hours::SETTING).await?;
        let hours = hours.as_ref().and_then(OpeningHours::read);
        Ok(hours.map_or(Tz::UTC, |hours| hours.zone))
    });
    Ok(*zone.await?)
}

tokio::task_local! {
    /// On whose clock the answer to this request shows times.
    static SHOWN: Tz;
}

/// Answers a request with this zone as that of [`shown`].
pub async fn showing<F: Future>(zone: Tz, answer: F) -> F::Output {
    SHOWN.scope(zone, answer).await
}

/// The zone in which the page that is being made shows times; UTC outside of one.
pub fn shown() -> Tz {
    SHOWN.try_with(|zone| *zone).unwrap_or(Tz::UTC)
}

/// The zone of a user.
pub async fn of(app: &App, user: &User) -> Result<Tz> {
    match user.time_zone.as_deref().and_then(named) {
        Some(zone) => Ok(zone),
        None => of_place(app).await,
    }
}

/// Chooses a zone by its name, such as `Europe/Berlin`; empty for that of the place.
///
/// # Errors
/// `Invalid` where there is none of that name.
pub async fn choose(app: &App, who: &Member, name: &str) -> Result<()> {
    let zone = match name.trim() {
        "" => None,
        name => Some(named(name).ok_or_else(|| {
            let least = "is not known: it needs a name such as Europe/Berlin";
            Error::field("time_zone", "ERR_INVALID", least)
        })?),
    };
    let mut conn = app.pool.get().await?;
    store::users::set_time_zone(&mut conn, who.user().id, zone.map(|zone| zone.name())).await
}

fn named(name: &str) -> Option<Tz> {
    chrono_tz::TZ_VARIANTS
        .iter()
        .find(|known| known.name().eq_ignore_ascii_case(name))
        .copied()
}

/// `10:32 on 21 November (Europe/Berlin)`.
pub fn words(at: DateTime<Utc>, zone: Tz) -> String {
    let local = at.with_timezone(&zone).format("%H:%M on %-d %B");
    format!("{local} ({})", zone.name())
}

/// When a day begins on that clock; an hour later where the clocks are put forward just then.
pub fn begin_of_day(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    let found = zone.from_local_datetime(&midnight).earliest();
    let found = found.or_else(|| {
        let later = midnight + TimeDelta::hours(1);
        zone.from_local_datetime(&later).earliest()
    });
    found.map_or(midnight.and_utc(), |at| at.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_on_the_clock_of_whoever_asks() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day");
        let berlin = begin_of_day(day, chrono_tz::Europe::Berlin);
        assert_eq!(berlin.to_rfc3339(), "2026-11-21T23:00:00+00:00");
        // Midnight is left out where the clocks go forward at midnight.
        let day = NaiveDate::from_ymd_opt(2026, 9, 6).expect("a day");
        let santiago = begin_of_day(day, chrono_tz::America::Santiago);
        assert_eq!(santiago.to_rfc3339(), "2026-09-06T04:00:00+00:00");
    }

    #[test]
    fn a_time_is_said_with_the_name_of_its_zone() {
        let at = DateTime::from_timestamp(1_795_343_520, 0).unwrap();
        assert_eq!(words(at, Tz::UTC), "10:32 on 22 November (UTC)");
        assert_eq!(
            words(at, Tz::Europe__Berlin),
            "11:32 on 22 November (Europe/Berlin)"
        );
        assert_eq!(named("europe/berlin"), Some(Tz::Europe__Berlin));
        assert_eq!(named("Mars/Olympus"), None);
        for name in NAMES {
            assert!(named(name).is_some(), "{name}");
        }
    }
}
