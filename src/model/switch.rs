//! What the dead-man switch wrote down.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::{Queryable, Selectable};

use super::schema::{episodes, switch_state};
use crate::domain::switch::{Cause, Stage};

/// A row of `episodes`.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = episodes, check_for_backend(Pg))]
pub struct Episode {
    pub id: i64,
    pub kind: Cause,
    pub stage: Stage,
    pub version: i32,
    pub since: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub stage_since: DateTime<Utc>,
    /// How many of the two warnings were given.
    pub warned: i16,
    pub uptime_millis: i64,
    pub guarded_at: Option<DateTime<Utc>>,
    pub sealed_at: Option<DateTime<Utc>>,
    pub distress_at: Option<DateTime<Utc>>,
    pub ended_by: Option<i64>,
}

/// The row of `switch_state`.
#[derive(Debug, Clone, Copy, PartialEq, Queryable, Selectable)]
#[diesel(table_name = switch_state, check_for_backend(Pg))]
pub struct SwitchState {
    pub high_water: DateTime<Utc>,
    pub ticked_at: DateTime<Utc>,
    pub behind_millis: i64,
    pub jump_wait_millis: i64,
    pub ahead_millis: i64,
    pub ahead_from: Option<DateTime<Utc>>,
}
