//! `/notifications`

use askama::Template;

use crate::web::parts::account::AccountChip;
use crate::web::parts::layout::Page;
use crate::web::parts::moment::Moment;
use crate::web::parts::pager::Pager;
use crate::web::parts::status::StatusCard;

/// One page of what others did, newest first, and open requests to follow.
#[derive(Template)]
#[template(path = "home/notifications.html")]
pub struct NotificationsPage {
    /// The frame.
    pub page: Page,
    /// People who ask to follow, 40 at most. Forms: `/follow-requests/ID/accept`, `…/reject`.
    pub requests: Vec<FollowRequestRow>,
    /// What happened.
    pub notices: Vec<Notice>,
    /// Newer and older.
    pub pager: Pager,
}

/// Somebody who asks to follow.
#[derive(Debug, Clone)]
pub struct FollowRequestRow {
    /// The account's id, as text.
    pub id: String,
    /// Who.
    pub account: AccountChip,
}

/// One notification.
#[derive(Debug, Clone)]
pub struct Notice {
    /// What sort.
    pub kind: NoticeKind,
    /// Who did it.
    pub account: AccountChip,
    /// When.
    pub at: Moment,
    /// Newer than the marker.
    pub new: bool,
    /// What it is about. A mention is shown whole, with its buttons; others in short.
    pub status: Option<StatusCard>,
}

/// Sorts of [`Notice`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// Mentioned or answered the viewer.
    Mention,
    /// Favourited a status of the viewer.
    Favourite,
    /// Boosted a status of the viewer.
    Boost,
    /// Follows the viewer.
    Follow,
    /// Asked to follow the viewer.
    FollowRequest,
    /// Somebody followed with notifications posted.
    Post,
    /// A boosted status was edited.
    Edit,
    /// For staff: somebody joined.
    Joined,
    /// For staff: somebody applied.
    Applied,
}

impl NoticeKind {
    /// What the person did, after their name.
    pub fn words(self) -> &'static str {
        match self {
            NoticeKind::Mention => "wrote to you",
            NoticeKind::Favourite => "favourited your post",
            NoticeKind::Boost => "boosted your post",
            NoticeKind::Follow => "follows you now",
            NoticeKind::FollowRequest => "asks to follow you",
            NoticeKind::Post => "posted",
            NoticeKind::Edit => "edited a post that you boosted",
            NoticeKind::Joined => "moved in",
            NoticeKind::Applied => "is at the door",
        }
    }

    /// Name of the icon.
    pub fn icon(self) -> &'static str {
        match self {
            NoticeKind::Mention => "reply",
            NoticeKind::Favourite => "star",
            NoticeKind::Boost => "boost",
            NoticeKind::Follow | NoticeKind::FollowRequest => "person",
            NoticeKind::Post | NoticeKind::Edit => "write",
            NoticeKind::Joined | NoticeKind::Applied => "door",
        }
    }

    /// The status is shown whole.
    pub fn whole(self) -> bool {
        matches!(self, NoticeKind::Mention | NoticeKind::Post)
    }
}
