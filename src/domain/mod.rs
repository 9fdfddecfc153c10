//! Ids, errors, events, enumerations: the words of the house.
//!
//! Pure: no I/O, no clock, no queries. The smallint enumerations carry their diesel
//! mapping (a value, not a query), so that a row can hold them as they are.

pub mod activity;
pub mod application;
pub mod block_severity;
pub mod client_address;
pub mod door_count;
pub mod error;
pub mod event;
pub mod factor_change;
pub mod heir;
pub mod hold_reason;
pub mod ids;
pub mod lane;
pub mod link_purpose;
pub mod mail_kind;
pub mod notification;
pub mod notification_policy;
pub mod page;
pub mod policy;
pub mod registration_mode;
pub mod release;
pub mod remote_media;
pub mod report_category;
pub mod role;
pub mod scopes;
pub mod severance;
pub(crate) mod smallint;
pub mod switch;
pub mod switch_notice;
pub mod visibility;
pub mod vouch_answer;

pub use client_address::ClientAddress;
pub use error::{Error, Result};
pub use ids::Id;
pub use page::Page;
