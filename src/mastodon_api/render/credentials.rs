//! The member's own account, with what only they see.

use std::sync::Arc;

use super::{Urls, plain};
use crate::domain::role;
use crate::gate::Member;
use crate::mastodon_api::entities::{CredentialAccount, Role, Source, SourceField};
use crate::social::accounts::read::Own;
use crate::social::statuses::compose::Defaults;

/// Mastodon's bits for what our roles may do; apps show or hide staff pages by them.
mod bits {
    pub const ADMINISTRATOR: u32 = 1;
    pub const VIEW_AUDIT_LOG: u32 = 1 << 2;
    pub const MANAGE_REPORTS: u32 = 1 << 4;
    pub const MANAGE_SETTINGS: u32 = 1 << 6;
    pub const MANAGE_USERS: u32 = 1 << 10;
    pub const MANAGE_RULES: u32 = 1 << 12;
    pub const MANAGE_ROLES: u32 = 1 << 17;
}

/// As verify_credentials and update_credentials answer.
pub fn account(urls: &Urls<'_>, who: &Member, own: Own) -> CredentialAccount {
    let mut account = plain::account(urls, &own.account, &own.counters);
    account.moved = own
        .moved
        .as_ref()
        .map(|(other, counters)| Arc::new(plain::account(urls, other, counters)));
    let defaults = Defaults::read(&own.settings);
    CredentialAccount {
        source: Source {
            privacy: defaults.visibility,
            sensitive: defaults.sensitive,
            language: defaults.language,
            note: own.account.note_source.clone().unwrap_or_default(),
            fields: own
                .account
                .profile_fields()
                .into_iter()
                .map(|field| SourceField {
                    name: field.name,
                    value: field.value,
                    verified_at: field.verified_at,
                })
                .collect(),
            follow_requests_count: own.follow_requests,
            hide_collections: Some(own.account.hide_collections),
            discoverable: Some(own.account.discoverable),
            indexable: own.account.indexable,
            attribution_domains: Vec::new(),
            quote_policy: "nobody",
        },
        role: role(who.user().role),
        account,
    }
}

/// A role in Mastodon's words.
pub fn role(role: role::Role) -> Role {
    let reviewer = bits::MANAGE_USERS;
    let moderator = reviewer | bits::MANAGE_REPORTS | bits::VIEW_AUDIT_LOG;
    let admin = moderator | bits::MANAGE_SETTINGS | bits::MANAGE_RULES | bits::MANAGE_ROLES;
    let (name, permissions) = match role {
        role::Role::Member => ("", 0),
        role::Role::Reviewer => ("Reviewer", reviewer),
        role::Role::Moderator => ("Moderator", moderator),
        role::Role::Admin => ("Admin", admin),
        role::Role::Owner => ("Owner", admin | bits::ADMINISTRATOR),
    };
    Role {
        id: (role as i16).to_string(),
        name: name.into(),
        permissions: permissions.to_string(),
        color: String::new(),
        highlighted: false,
        collection_limit: 0,
    }
}
