//! How the viewer stands to an account.

use crate::mastodon_api::entities::Relationship;
use crate::social::accounts::relationships;

/// As apps read it. Nobody can be featured and no private notes be kept yet, so those parts say
/// so.
pub fn relationship(row: relationships::Relationship) -> Relationship {
    Relationship {
        id: row.id,
        following: row.following,
        showing_reblogs: row.showing_reblogs,
        notifying: row.notifying,
        languages: row.languages,
        followed_by: row.followed_by,
        blocking: row.blocking,
        blocked_by: row.blocked_by,
        muting: row.muting,
        muting_notifications: row.muting_notifications,
        muting_expires_at: row.muting_expires_at,
        requested: row.requested,
        requested_by: row.requested_by,
        domain_blocking: row.domain_blocking,
        endorsed: false,
        note: String::new(),
    }
}
