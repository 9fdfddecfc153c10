//! The JSON shapes that apps read, one file each; serde only.
//!
//! Always present unless a doc says "left out": compiled apps drop a whole timeline when one
//! item lacks a field they need. A field of type `()` is null for every thing this server
//! has: it stands for something that no status can have yet. `tests/schema/` holds the
//! schema that answers are checked against.

mod account;
mod admin_account;
mod application;
mod approval;
mod context;
mod credential_account;
mod custom_emoji;
mod domain_block;
mod door_block;
mod field;
mod instance;
mod instance_v1;
mod marker;
mod media_attachment;
mod notification;
mod notification_policy;
mod oauth_metadata;
mod poll;
mod preferences;
mod relationship;
mod report;
mod role;
mod rule;
mod search;
mod severance;
mod status;
mod status_edit;
mod status_source;
mod tag;
mod token;
mod user_info;
pub mod wire;

pub use account::{Account, AccountRole};
pub use admin_account::{AdminAccount, AdminIp};
pub use application::{Application, CredentialApplication};
pub use approval::Approval;
pub use context::Context;
pub use credential_account::{CredentialAccount, Source, SourceField};
pub use custom_emoji::CustomEmoji;
pub use domain_block::{
    AdminDomainAllow, AdminDomainBlock, DomainBlock, DomainBlockPreview, ExistingDomainBlock,
};
pub use door_block::{
    AdminCanonicalEmailBlock, AdminEmailDomainBlock, AdminIpBlock, DayOfAttempts,
};
pub use field::Field;
pub use instance::{
    Instance, InstanceAccounts, InstanceConfiguration, InstanceContact, InstanceFeedAccess,
    InstanceIcon, InstanceMedia, InstancePolls, InstanceRegistrations, InstanceStatuses,
    InstanceThumbnail, InstanceTimelinesAccess, InstanceTranslation, InstanceUrls, InstanceUsage,
    InstanceUsageUsers, InstanceVapid,
};
pub use instance_v1::{
    InstanceV1, InstanceV1Accounts, InstanceV1Configuration, InstanceV1Media, InstanceV1Stats,
    InstanceV1Urls,
};
pub use marker::{Marker, Markers};
pub use media_attachment::{Focus, MediaAttachment, MediaMeta, MediaSize};
pub use notification::Notification;
pub use notification_policy::{NotificationPolicy, NotificationPolicySummary};
pub use oauth_metadata::OauthMetadata;
pub use poll::{Poll, PollOption};
pub use preferences::Preferences;
pub use relationship::Relationship;
pub use report::Report;
pub use role::Role;
pub use rule::{Rule, RuleTranslation};
pub use search::Search;
pub use severance::RelationshipSeveranceEvent;
pub use status::{Held, Mention, ShallowTag, Status, StatusApplication, ViewerFlags};
pub use status_edit::{PollEdit, PollEditOption, StatusEdit};
pub use status_source::StatusSource;
pub use tag::{Tag, TagHistory};
pub use token::Token;
pub use user_info::UserInfo;

/// The answer of a success without content: `{}` (an empty body would be an error to apps).
#[derive(Debug, Clone, Copy, Default, serde::Serialize)]
pub struct Empty {}

#[cfg(test)]
mod tests;
