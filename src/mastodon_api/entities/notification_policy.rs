//! What the viewer does with notifications (quirk 139).

use serde::Serialize;

use crate::social::notification_requests::{self as requests, Verdict, Waiting};

/// `accept`, `filter` or `drop` for each sort of people.
#[derive(Debug, Clone, Serialize)]
pub struct NotificationPolicy {
    /// Whom the viewer does not follow.
    pub for_not_following: Verdict,
    /// Who does not follow the viewer.
    pub for_not_followers: Verdict,
    /// Whose account is young.
    pub for_new_accounts: Verdict,
    /// Who writes to the viewer alone.
    pub for_private_mentions: Verdict,
    /// Whom the place has limited.
    pub for_limited_accounts: Verdict,
    /// Machines.
    pub for_bots: Verdict,
    /// What waits.
    pub summary: NotificationPolicySummary,
}

/// How much waits in the request box.
#[derive(Debug, Clone, Serialize)]
pub struct NotificationPolicySummary {
    /// Senders.
    pub pending_requests_count: i64,
    /// Their notifications.
    pub pending_notifications_count: i64,
}

impl NotificationPolicy {
    /// As apps read it.
    pub fn of(policy: requests::NotificationPolicy, waiting: Waiting) -> NotificationPolicy {
        NotificationPolicy {
            for_not_following: policy.not_following,
            for_not_followers: policy.not_followers,
            for_new_accounts: policy.new_accounts,
            for_private_mentions: policy.private_mentions,
            for_limited_accounts: policy.limited_accounts,
            for_bots: policy.bots,
            summary: NotificationPolicySummary {
                pending_requests_count: waiting.requests,
                pending_notifications_count: waiting.notifications,
            },
        }
    }
}
