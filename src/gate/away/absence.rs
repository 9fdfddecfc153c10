//! A planned absence: said beforehand by an admin, so that nobody is alarmed.
//!
//! The door is as they wanted it from the first day on; the staff get one reminder instead of
//! alarms; the stages of the switch follow the real clock all the same, but for distress, which
//! waits for its end.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use diesel_async::AsyncConnection;
use serde_json::{Value, json};

use crate::app::App;
use crate::domain::error::Invalid;
use crate::domain::registration_mode::RegistrationMode;
use crate::domain::{Error, Id, Result};
use crate::gate::ceilings::absence::{AHEAD, Absence, LONGEST, SETTING};
use crate::gate::doorkeeper::{self, Change};
use crate::gate::mode;
use crate::gate::who::{Admin, Reviewer};
use crate::gate::zone;
use crate::store::jobs::{MAIL, THEN};
use crate::store::{self, Conn};

/// What an admin wants: days on the calendar of their own clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The first day away, `2026-12-24`.
    pub from: String,
    /// The first day back.
    pub to: String,
    /// The loosest mode meanwhile.
    pub mode: RegistrationMode,
    /// A deputy who may act from the first day.
    pub deputy: Option<Id>,
}

/// The one that is planned or lasts; `None` where there is none, or it is over.
pub async fn look(app: &App, _who: &Reviewer) -> Result<Option<Absence>> {
    let mut conn = app.desk.get().await?;
    let now = app.clock.now();
    Ok(read(&mut conn).await?.filter(|away| !away.is_over(now)))
}

/// The one that lasts at `now`.
pub async fn lasting(conn: &mut Conn, now: DateTime<Utc>) -> Result<Option<Absence>> {
    Ok(read(conn).await?.filter(|away| away.lasts(now)))
}

async fn read(conn: &mut Conn) -> Result<Option<Absence>> {
    let kept = store::settings::find(conn, SETTING).await?;
    Ok(kept.as_ref().and_then(Absence::read))
}

/// Plans one, in the place of one that was planned before.
///
/// # Errors
/// `Invalid` with the fields `from`, `to`, `mode`.
pub async fn plan(app: &App, who: &Admin, wanted: &Wanted) -> Result<Absence> {
    let zone = zone::of(app, who.user()).await?;
    let mut conn = app.desk.get().await?;
    let done = conn
        .transaction(async |conn| {
            let now = doorkeeper::begin(app, conn).await?;
            let (from, to) = check(wanted, zone, now)?;
            let planned = Absence {
                from,
                to,
                mode: wanted.mode,
                by: who.user().id,
                reminded: false,
                deputy: wanted.deputy,
            };
            if let Some(deputy) = wanted.deputy
                && !store::deputies::list(conn)
                    .await?
                    .iter()
                    .any(|one| one.user == deputy)
            {
                return Err(Error::field("deputy", "ERR_INVALID", "is none any more"));
            }
            let value = planned.value();
            let change = Change {
                setting: SETTING,
                detail: unnamed(&planned),
                value,
                act: "absence.plan",
                inverse: json!({ "absence": null }),
            };
            doorkeeper::write(app, who, conn, change, now).await?;
            Ok::<_, Error>(planned)
        })
        .await;
    mode::forget(app).await;
    done
}

/// Ends it before its time, or gives the plan up: back home.
///
/// # Errors
/// `NotFound` where none is planned, and none lasts.
pub async fn end(app: &App, who: &Admin) -> Result<()> {
    let mut conn = app.desk.get().await?;
    let done = conn
        .transaction(async |conn| {
            let now = doorkeeper::begin(app, conn).await?;
            let before = read(conn).await?.filter(|away| !away.is_over(now));
            let before = before.ok_or(Error::NotFound)?;
            let change = Change {
                setting: SETTING,
                value: Value::Null,
                act: "absence.end",
                detail: unnamed(&before),
                // Without the deputy, who stands in no log: they are named again by hand.
                inverse: json!({ "absence": unnamed(&before) }),
            };
            doorkeeper::write(app, who, conn, change, now).await?;
            Ok::<_, Error>(())
        })
        .await;
    mode::forget(app).await;
    done
}

/// Puts a plan back that was ended, as the log has it: without a deputy.
///
/// # Errors
/// `Conflict` where its days are over, or there is another one.
pub async fn put_back(app: &App, who: &Admin, kept: &Value) -> Result<()> {
    let kept = Absence::read(kept).ok_or(Error::NotFound)?;
    let mut conn = app.desk.get().await?;
    let done = conn
        .transaction(async |conn| {
            let now = doorkeeper::begin(app, conn).await?;
            if kept.is_over(now) {
                return Err(Error::Conflict("Its days are over.".into()));
            }
            if read(conn).await?.is_some_and(|away| !away.is_over(now)) {
                return Err(Error::Conflict("Another absence is planned.".into()));
            }
            let change = Change {
                setting: SETTING,
                value: kept.value(),
                act: "absence.plan",
                detail: unnamed(&kept),
                inverse: json!({ "absence": null }),
            };
            doorkeeper::write(app, who, conn, change, now).await?;
            Ok(())
        })
        .await;
    mode::forget(app).await;
    done
}

/// Reminds the staff of the end of the one that lasts, once: for the timers.
pub async fn remind(app: &App) -> Result<()> {
    let mut conn = app.desk.get().await?;
    let now = app.clock.now();
    if !read(&mut conn)
        .await?
        .is_some_and(|away| away.is_to_be_reminded(now))
    {
        return Ok(());
    }
    conn.transaction(async |conn| {
        let now = doorkeeper::begin(app, conn).await?;
        let Some(away) = read(conn).await?.filter(|away| away.is_to_be_reminded(now)) else {
            return Ok(());
        };
        let staff = store::users::staff(conn).await?;
        let jobs = staff.iter().map(|user| {
            let id = user.id;
            let job = json!({ "mail": "absence_ends", "id": id });
            (format!("absence_ends:{id}"), job)
        });
        store::jobs::insert_ranked(conn, MAIL, THEN, jobs.collect(), now).await?;
        let told = Absence {
            reminded: true,
            ..away
        };
        store::settings::set(conn, SETTING, &told.value(), now).await
    })
    .await
}

/// As the log tells it: without the deputy.
fn unnamed(absence: &Absence) -> Value {
    let without = Absence {
        deputy: None,
        ..absence.clone()
    };
    without.value()
}

/// From the beginning of the first day, or from now on, to the beginning of the first day back,
/// on their clock.
fn check(wanted: &Wanted, zone: Tz, now: DateTime<Utc>) -> Result<(DateTime<Utc>, DateTime<Utc>)> {
    let mut invalid = Invalid::new();
    let today = now.with_timezone(&zone).date_naive();
    let day = |text: &str| NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok();
    let (first, back) = (day(&wanted.from), day(&wanted.to));
    match first {
        None => invalid.add("from", "ERR_INVALID", "needs a day, such as 2026-12-24"),
        Some(first) if first < today => invalid.add("from", "ERR_INVALID", "is over already"),
        Some(first) if first > today + AHEAD => {
            invalid.add("from", "ERR_INVALID", "is more than a year ahead")
        }
        Some(_) => {}
    }
    let from = first.map(|first| start(first, zone).max(now));
    let to = back.map(|back| start(back, zone));
    match (from, to) {
        (_, None) => invalid.add("to", "ERR_INVALID", "needs a day, such as 2027-01-06"),
        (Some(from), Some(to)) if to <= from => invalid.add(
            "to",
            "ERR_INVALID",
            "must be a day after the first one away",
        ),
        (Some(from), Some(to)) if to - from > LONGEST => {
            let most = format!(
                "must be within {} days of the first one away",
                LONGEST.num_days()
            );
            invalid.add("to", "ERR_INVALID", most)
        }
        _ => {}
    }
    if wanted.mode == RegistrationMode::Open {
        invalid.add(
            "mode",
            "ERR_INVALID",
            "cannot be open while nobody is there",
        );
    }
    invalid.into_result()?;
    match (from, to) {
        (Some(from), Some(to)) => Ok((from, to)),
        _ => Err(Error::broken("a day that was checked is missing")),
    }
}

/// The first moment of a day there; where the clock leaves midnight out, the first there is.
fn start(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    (0..4)
        .filter_map(|half| {
            let local = midnight + TimeDelta::minutes(30 * half);
            zone.from_local_datetime(&local).earliest()
        })
        .next()
        .map_or_else(|| midnight.and_utc(), |at| at.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-12-01T10:00:00Z".parse().unwrap()
    }

    fn wanted(from: &str, to: &str) -> Wanted {
        Wanted {
            from: from.into(),
            to: to.into(),
            mode: RegistrationMode::Closed,
            deputy: None,
        }
    }

    #[test]
    fn days_are_those_of_the_own_clock() {
        let (from, to) = check(
            &wanted("2026-12-24", "2027-01-06"),
            Tz::Europe__Berlin,
            now(),
        )
        .unwrap();
        assert_eq!(from.to_rfc3339(), "2026-12-23T23:00:00+00:00");
        assert_eq!(to.to_rfc3339(), "2027-01-05T23:00:00+00:00");
        // From today on is from now on.
        let (from, _) = check(&wanted("2026-12-01", "2026-12-02"), Tz::UTC, now()).unwrap();
        assert_eq!(from, now());
    }

    #[test]
    fn what_will_not_do_is_said_beside_its_field() {
        let fields = |from: &str, to: &str| match check(&wanted(from, to), Tz::UTC, now()) {
            Err(Error::Invalid(invalid)) => {
                let names = invalid.fields.iter().map(|f| f.field.to_string());
                names.collect::<Vec<_>>()
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(fields("", "2027-01-01"), ["from"]);
        assert_eq!(fields("2026-11-30", "2026-12-03"), ["from"]);
        assert_eq!(fields("2026-12-10", "2026-12-10"), ["to"]);
        assert_eq!(fields("2026-12-10", "2027-01-10"), ["to"]);
        assert_eq!(fields("soon", "later"), ["from", "to"]);
        assert_eq!(fields("2028-01-01", "2028-01-02"), ["from"]);
        assert!(check(&wanted("2026-12-10", "2027-01-09"), Tz::UTC, now()).is_ok());
    }
}
