//! What is told of the dead-man switch, and the links that check somebody in.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::{Queryable, Selectable};

use super::schema::{check_in_links, switch_notices};
use crate::domain::switch::Stage;
use crate::domain::switch_notice::{NoticeChannel, SwitchNotice};

/// A row of `switch_notices`.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = switch_notices, check_for_backend(Pg))]
pub struct Notice {
    pub id: i64,
    pub episode_id: i64,
    pub notice: SwitchNotice,
    pub channel: NoticeChannel,
    pub recipient: i64,
    pub moved_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub begun_at: Option<DateTime<Utc>>,
    pub sent_at: Option<DateTime<Utc>>,
    pub status_id: Option<i64>,
}

/// A row of `check_in_links`, without its digest.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = check_in_links, check_for_backend(Pg))]
pub struct CheckInLink {
    pub id: i64,
    pub user_id: i64,
    pub episode_id: i64,
    pub stage: Stage,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub used_at: Option<DateTime<Utc>>,
    pub signed_in: bool,
}
