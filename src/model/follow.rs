//! Follows: who reads whom.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::{Queryable, Selectable};

use super::schema::follows;

/// `follows.state`: asked, not answered yet.
pub const REQUESTED: i16 = 0;
/// `follows.state`: in force.
pub const ACCEPTED: i16 = 1;

/// `follows.flags`: boosts are shown at home.
pub const SHOWS_BOOSTS: i32 = 1;
/// `follows.flags`: each new post notifies.
pub const NOTIFIES: i32 = 2;

/// A row of `follows`.
#[derive(Debug, Clone, PartialEq, Default, Queryable, Selectable)]
#[diesel(table_name = follows, check_for_backend(Pg))]
pub struct Follow {
    pub id: i64,
    pub account_id: i64,
    pub target_id: i64,
    pub state: i16,
    pub uri: Option<String>,
    pub flags: i32,
    pub languages: Option<Vec<String>>,
    pub created_at: DateTime<Utc>,
}

impl Follow {
    /// Whether the target said yes, or never had to.
    pub fn is_accepted(&self) -> bool {
        self.state == ACCEPTED
    }

    /// Whether boosts are wanted at home.
    pub fn shows_boosts(&self) -> bool {
        self.flags & SHOWS_BOOSTS != 0
    }

    /// Whether each new post notifies.
    pub fn notifies(&self) -> bool {
        self.flags & NOTIFIES != 0
    }
}
