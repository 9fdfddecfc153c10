//! Invites and what hangs on them.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::{Queryable, Selectable};

use super::schema::{branch_cuts, invites};

/// A row of `invites`.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = invites, check_for_backend(Pg))]
pub struct Invite {
    pub id: i64,
    pub code: String,
    pub user_id: i64,
    pub uses: i32,
    pub used: i32,
    pub note: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Invite {
    /// Neither used up, nor over, nor revoked. Whether its maker is in good standing is another
    /// question.
    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        self.used < self.uses && self.revoked_at.is_none() && now < self.expires_at
    }
}

/// A row of `branch_cuts`.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = branch_cuts, check_for_backend(Pg))]
pub struct BranchCut {
    pub id: i64,
    pub node_id: i64,
    pub actor_id: Option<i64>,
    /// 0 only their invites rest, 1 limited, 2 suspended.
    pub kind: i16,
    pub reason: String,
    pub frozen: Vec<i64>,
    pub restrained: Vec<i64>,
    pub bulks: Vec<i64>,
    pub turned_down: i32,
    pub protected: Vec<String>,
    pub created_at: DateTime<Utc>,
    pub mended_at: Option<DateTime<Utc>>,
    pub mended_by: Option<i64>,
}
