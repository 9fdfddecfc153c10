//! What is kept away from the door.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::{Queryable, Selectable};

use super::schema::{address_blocks, mail_blocks, name_blocks, network_blocks};
use crate::domain::block_severity::BlockSeverity;

/// A row of `network_blocks`.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = network_blocks, check_for_backend(Pg))]
pub struct NetworkBlock {
    pub id: i64,
    pub network: ipnet::IpNet,
    pub severity: BlockSeverity,
    pub comment: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
}

/// A row of `mail_blocks`.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = mail_blocks, check_for_backend(Pg))]
pub struct MailBlock {
    pub id: i64,
    pub domain: String,
    pub hosts: bool,
    pub severity: BlockSeverity,
    pub comment: String,
    pub created_at: DateTime<Utc>,
}

/// A row of `name_blocks`.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = name_blocks, check_for_backend(Pg))]
pub struct NameBlock {
    pub id: i64,
    pub pattern: String,
    pub whole: bool,
    pub severity: BlockSeverity,
    pub comment: String,
    pub created_at: DateTime<Utc>,
}

/// A row of `address_blocks`.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = address_blocks, check_for_backend(Pg))]
pub struct AddressBlock {
    pub id: i64,
    pub digest: String,
    pub created_at: DateTime<Utc>,
}
