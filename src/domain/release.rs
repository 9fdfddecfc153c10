//! This version of the program, as it tells its age.

use chrono::NaiveDate;

/// The day of the release, in UTC: of the version, not of the build. Whoever numbers a version
/// sets it; until the first one has a number it is the day on which the work began.
pub const RELEASED: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
