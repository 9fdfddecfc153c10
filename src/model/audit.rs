//! The audit log and the history of the door: append-only.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::{Queryable, Selectable};

use super::schema::{audit_log, destructive_acts, door_history};
use crate::domain::registration_mode::{ModeReason, RegistrationMode};
use crate::domain::smallint::smallint_enum;

/// A row of `audit_log`.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = audit_log, check_for_backend(Pg))]
pub struct AuditLine {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub actor_user_id: Option<i64>,
    pub act: String,
    pub subject_kind: String,
    pub subject_id: Option<i64>,
    pub detail: serde_json::Value,
    pub inverse: Option<serde_json::Value>,
    pub previous_hash: Option<Vec<u8>>,
    pub hash: Vec<u8>,
}

/// A row of `destructive_acts`.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = destructive_acts, check_for_backend(Pg))]
pub struct DestructiveAct {
    pub id: i64,
    pub actor_id: i64,
    pub act: String,
    pub wish: Option<serde_json::Value>,
    pub words: Option<String>,
    pub created_at: DateTime<Utc>,
    pub due_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub ended_by: Option<i64>,
    pub outcome: Option<String>,
}

/// A row of `door_history`.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = door_history, check_for_backend(Pg))]
pub struct DoorChange {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub from_mode: Option<RegistrationMode>,
    pub to_mode: RegistrationMode,
    pub reason: ModeReason,
}

smallint_enum! {
    /// Deliberate human acts of staff (registration.md C1).
    pub enum SignOfLife {
        /// A logged act of moderation or settings.
        Act = 0 => "act",
        /// The button, the mail link, the command line.
        CheckIn = 1 => "check_in",
        /// A page of the queue, opened by hand.
        Visit = 2 => "visit",
        /// A logged act by an app's token: it answers the queue, and alone it does not show that
        /// somebody is home.
        ActByApp = 3 => "act_by_app",
    }
}
