//! Applications: requests to join.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::{Queryable, Selectable};

use super::schema::{
    applicant_profiles, application_messages, applications, bulk_decisions, decision_presets,
};
use crate::domain::application::{ApplicationState, BulkAct, MessageKind, PresetKind, Proof};
use crate::domain::lane::Lane;
use crate::domain::registration_mode::RegistrationMode;

/// A row of `applications`.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = applications, check_for_backend(Pg))]
pub struct Application {
    pub id: i64,
    pub user_id: i64,
    pub state: ApplicationState,
    pub version: i32,
    pub snapshot_hash: Option<Vec<u8>>,
    pub mode: RegistrationMode,
    pub lane: Lane,
    pub put_off_until: Option<DateTime<Utc>>,
    pub remark: Option<String>,
    pub locale: String,
    pub network: Option<ipnet::IpNet>,
    pub mail_domain: Option<String>,
    pub fill_seconds: Option<i32>,
    pub submitted_at: DateTime<Utc>,
    pub confirmed_at: Option<DateTime<Utc>>,
    pub read_at: Option<DateTime<Utc>>,
    pub read_by: Option<i64>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decided_by: Option<i64>,
    pub decision_message: Option<String>,
    pub told: bool,
    pub erase_at: Option<DateTime<Utc>>,
    pub put_offs: i16,
    pub appealed_at: Option<DateTime<Utc>>,
    pub elsewhere: Option<String>,
    pub proof: Proof,
    pub event_code_id: Option<i64>,
    pub cluster_id: Option<i64>,
    pub shown: Option<ApplicationState>,
    pub reminded_at: Option<DateTime<Utc>>,
    pub waits_from: Option<DateTime<Utc>>,
}

impl Application {
    /// Whether it was refused without a word.
    pub fn is_silenced(&self) -> bool {
        self.state == ApplicationState::Rejected && !self.told
    }

    /// The same as its applicant may know it: after a silent no it goes on waiting, with
    /// nothing that a decision wrote.
    pub fn for_applicant(mut self) -> Application {
        if self.is_silenced() {
            self.state = self.shown.unwrap_or(ApplicationState::Pending);
            self.decided_at = None;
            self.decided_by = None;
            self.decision_message = None;
            self.snapshot_hash = None;
            self.erase_at = None;
        }
        self
    }
}

/// A row of `application_messages`: what was said about an application, plain text.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = application_messages, check_for_backend(Pg))]
pub struct ApplicationMessage {
    pub id: i64,
    pub application_id: i64,
    pub kind: MessageKind,
    pub author_id: Option<i64>,
    pub body: String,
    pub created_at: DateTime<Utc>,
}

/// A row of `applicant_profiles`: what will become the account. Plain text, private pictures.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = applicant_profiles, check_for_backend(Pg))]
pub struct ApplicantProfile {
    pub user_id: i64,
    pub display_name: String,
    pub note: String,
    pub fields: serde_json::Value,
    pub locked: bool,
    pub avatar_path: Option<String>,
    pub header_path: Option<String>,
    pub edits_on: Option<chrono::NaiveDate>,
    pub edits: i32,
    pub updated_at: DateTime<Utc>,
}

/// A row of `decision_presets`: canned words of reviewers, plain text.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = decision_presets, check_for_backend(Pg))]
pub struct Preset {
    pub id: i64,
    pub kind: PresetKind,
    pub title: String,
    pub body: String,
    pub updated_at: DateTime<Utc>,
}

/// A row of `bulk_decisions`: one decision about many applications.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = bulk_decisions, check_for_backend(Pg))]
pub struct BulkDecision {
    pub id: i64,
    pub actor_id: Option<i64>,
    pub act: BulkAct,
    pub message: Option<String>,
    pub told: bool,
    /// What is still to do: `[[application, hash], …]`, both as text.
    pub picks: serde_json::Value,
    pub total: i32,
    /// Decided by it, as text.
    pub done: serde_json::Value,
    /// `[[application, name, why], …]`.
    pub left_out: serde_json::Value,
    pub created_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    pub undone_at: Option<DateTime<Utc>>,
    pub undone_by: Option<i64>,
}
