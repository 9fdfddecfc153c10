//! Notifications as their page shows them: those alike about one status stand together.

use super::status::Eyes;
use crate::domain::Id;
use crate::domain::notification::NotificationKind;
use crate::domain::severance::SeveranceKind;
use crate::social::page::Severance;
use crate::social::shown::ShownNotice;
use crate::web::home::notifications::{Notice, NoticeKind, SeveredNote};
use crate::web::parts::moment::Moment;

/// People that one entry names or counts.
const MOST_IN_A_GROUP: usize = 20;

/// Entries in the order of their latest one. `seen` is the marker.
pub fn grouped<'n>(
    items: impl Iterator<Item = &'n ShownNotice>,
    seen: Id,
    eyes: &Eyes<'_>,
) -> Vec<Notice> {
    let mut entries: Vec<(&str, Notice)> = Vec::new();
    for item in items {
        let key = item.row.key.as_str();
        let same = entries.iter_mut().find(|(of, group)| {
            !key.is_empty() && *of == key && group.others.len() < MOST_IN_A_GROUP
        });
        match same {
            Some((_, group)) => {
                let chip = eyes.chip(&item.account);
                if chip.path != group.account.path
                    && !group.others.iter().any(|o| o.path == chip.path)
                {
                    group.others.push(chip);
                }
            }
            None => entries.push((key, notice(item, seen, eyes))),
        }
    }
    entries.into_iter().map(|(_, notice)| notice).collect()
}

fn notice(item: &ShownNotice, seen: Id, eyes: &Eyes<'_>) -> Notice {
    Notice {
        kind: kind(item.row.kind),
        account: eyes.chip(&item.account),
        others: Vec::new(),
        at: Moment::new(item.row.created_at, eyes.now),
        new: item.row.id > seen,
        status: item.status.as_ref().map(|status| eyes.card(status)),
        severed: item.severance.as_ref().map(severed),
    }
}

/// `The moderators blocked elsewhere.example: you follow 2 people less, and lost 1 follower`.
fn severed(act: &Severance) -> SeveredNote {
    let who = match act.kind {
        SeveranceKind::UserDomainBlock => "You blocked",
        SeveranceKind::DomainBlock | SeveranceKind::AccountSuspension => "The moderators blocked",
    };
    SeveredNote {
        words: format!(
            "{who} {}. Follows that ended: {} of yours, {} of your followers",
            act.domain, act.following, act.followers
        ),
        path: format!("/severed/{}", act.id),
    }
}

fn kind(of: NotificationKind) -> NoticeKind {
    match of {
        NotificationKind::Mention => NoticeKind::Mention,
        NotificationKind::Status => NoticeKind::Post,
        NotificationKind::Reblog => NoticeKind::Boost,
        NotificationKind::Follow => NoticeKind::Follow,
        NotificationKind::FollowRequest => NoticeKind::FollowRequest,
        NotificationKind::Favourite => NoticeKind::Favourite,
        NotificationKind::Update => NoticeKind::Edit,
        NotificationKind::Poll => NoticeKind::Poll,
        NotificationKind::SignUp => NoticeKind::Joined,
        NotificationKind::Severed => NoticeKind::Severed,
        NotificationKind::Arrival => NoticeKind::Arrived,
    }
}
