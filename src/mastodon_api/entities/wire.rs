//! How values are written: ids as text, times with exactly three digits of a second.

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, Utc};
use serde::Serializer;
use serde::ser::SerializeSeq;

use crate::domain::Id;

/// `2024-01-31T12:00:00.000Z`: the only shape that some apps can read.
pub fn format_time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A point in time.
pub fn time<S: Serializer>(at: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&format_time(*at))
}

/// A point in time or null.
pub fn opt_time<S: Serializer>(at: &Option<DateTime<Utc>>, to: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => time(at, to),
        None => to.serialize_none(),
    }
}

/// The midnight before: when accounts were made is told by the day.
pub fn midnight<S: Serializer>(at: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
    time(&at.date_naive().and_time(NaiveTime::MIN).and_utc(), to)
}

/// `2024-01-31` or null.
pub fn opt_date<S: Serializer>(day: &Option<NaiveDate>, to: S) -> Result<S::Ok, S::Error> {
    match day {
        Some(day) => to.collect_str(&day.format("%Y-%m-%d")),
        None => to.serialize_none(),
    }
}

/// An id, as text: it is beyond what a JavaScript number holds.
pub fn id<S: Serializer>(id: &Id, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(id)
}

/// An id or null.
pub fn opt_id<S: Serializer>(id: &Option<Id>, to: S) -> Result<S::Ok, S::Error> {
    match id {
        Some(id) => to.collect_str(id),
        None => to.serialize_none(),
    }
}

/// A list of ids.
pub fn ids<S: Serializer>(ids: &[Id], to: S) -> Result<S::Ok, S::Error> {
    let mut list = to.serialize_seq(Some(ids.len()))?;
    for id in ids {
        list.serialize_element(&id.to_string())?;
    }
    list.end()
}

/// A number that Mastodon sends as text.
pub fn text<S: Serializer, N: std::fmt::Display>(number: &N, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(number)
}

/// For flags that are left out when they do not apply.
pub fn is_false(flag: &bool) -> bool {
    !flag
}
