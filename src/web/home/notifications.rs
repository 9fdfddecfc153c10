//! `/notifications`: what others did, and requests to follow.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::timeline::ReadUpTo;
use crate::app::App;
use crate::domain::{Error, ids};
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::social::accounts::follow_requests;
use crate::social::notification_requests as requests;
use crate::social::shown;
use crate::web::button::Back;
use crate::web::error::WebError;
use crate::web::form::Form;
use crate::web::frame::{self, see_other, see_other_with, way_back};
use crate::web::parts::account::AccountChip;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;
use crate::web::parts::pager::Pager;
use crate::web::parts::status::StatusCard;
use crate::web::render::notice;
use crate::web::render::status::Eyes;
use crate::web::turn::Turn;

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/notifications",
        access: Access::Session,
        pending: Pending::Refused,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/notifications/seen",
        access: Access::Session,
        pending: Pending::Refused,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(note_seen),
    },
    Route {
        method: "POST",
        path: "/follow-requests/{id}/accept",
        access: Access::Session,
        pending: Pending::Refused,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(accept),
    },
    Route {
        method: "POST",
        path: "/follow-requests/{id}/reject",
        access: Access::Session,
        pending: Pending::Refused,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(reject),
    },
];

/// One page of what others did, newest first, and open requests to follow.
#[derive(Template)]
#[template(path = "home/notifications.html")]
pub struct NotificationsPage {
    /// The frame.
    pub page: Page,
    /// People who ask to follow, 40 at most. Forms: `/follow-requests/ID/accept`, `…/reject`.
    pub requests: Vec<FollowRequestRow>,
    /// How many people wait in the request box: `/notifications/requests`.
    pub waiting: i64,
    /// What happened.
    pub notices: Vec<Notice>,
    /// The newest one, as text, where it is newer than the marker: the form that moves the
    /// marker (`/notifications/seen`) sends it as `last_id`. Empty for none.
    pub newest: String,
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

/// One notification, or several alike about one status.
#[derive(Debug, Clone)]
pub struct Notice {
    /// What sort.
    pub kind: NoticeKind,
    /// Who did it; of several the latest.
    pub account: AccountChip,
    /// Who else did the same, the latest first.
    pub others: Vec<AccountChip>,
    /// When.
    pub at: Moment,
    /// Newer than the marker.
    pub new: bool,
    /// What it is about. A mention is shown whole, with its buttons; others in short.
    pub status: Option<StatusCard>,
    /// What ended follows of the viewer.
    pub severed: Option<SeveredNote>,
}

/// Follows that ended with a server.
#[derive(Debug, Clone)]
pub struct SeveredNote {
    /// What happened, a sentence without its end.
    pub words: String,
    /// The list of them.
    pub path: String,
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
    /// A block of a server ended follows of the viewer.
    Severed,
    /// A poll that the viewer asked, or voted in, is over.
    Poll,
    /// For staff: somebody joined.
    Joined,
    /// A newcomer whom the viewer greets looks around.
    Arrived,
    /// For staff: somebody applied.
    Applied,
}

impl Notice {
    /// What they did, after their names.
    pub fn words(&self) -> &'static str {
        match (self.kind, self.others.is_empty()) {
            (NoticeKind::Follow, false) => "follow you now",
            _ => self.kind.words(),
        }
    }

    /// `and 2 others`, after the first name; empty for one alone, or two, who are both named.
    pub fn and_others(&self) -> String {
        match self.others.len() {
            0 | 1 => String::new(),
            more => format!("and {more} others"),
        }
    }
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
            NoticeKind::Severed => "lost follows",
            NoticeKind::Poll => "asked this; the poll is over",
            NoticeKind::Joined => "moved in",
            NoticeKind::Arrived => "is here now, and would be glad of a hello",
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
            NoticeKind::Post | NoticeKind::Edit | NoticeKind::Poll => "write",
            NoticeKind::Severed => "person",
            NoticeKind::Joined | NoticeKind::Arrived | NoticeKind::Applied => "door",
        }
    }

    /// The status is shown whole.
    pub fn whole(self) -> bool {
        matches!(
            self,
            NoticeKind::Mention | NoticeKind::Post | NoticeKind::Poll
        )
    }
}

async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    turn: web::Query<Turn>,
) -> Result<HttpResponse, WebError> {
    let who = caller.member()?;
    let found = shown::notices(&app, &who, &turn.page()).await?;
    if let Some(path) = turn.instead("/notifications", found.cursors.len()) {
        return Ok(see_other(path));
    }
    let asks = match turn.is_first() {
        true => shown::requests(&app, &who).await?,
        false => Vec::new(),
    };
    let eyes = Eyes::of(&app, &caller);
    let (range, pager) = turn.cut("/notifications", &found.cursors);
    let cursors = &found.cursors[range];
    let newest = cursors.first().copied();
    let newest = newest.filter(|id| turn.is_first() && found.seen.is_none_or(|seen| *id > seen));
    let mut page = frame::page(&req, Some(&caller), "Notices").await?;
    page.here = Here::Notifications;
    let items = found
        .items
        .iter()
        .filter(|item| cursors.contains(&item.row.id));
    let template = NotificationsPage {
        page,
        requests: asks
            .iter()
            .map(|asking| FollowRequestRow {
                id: asking.id.to_string(),
                account: eyes.chip(asking),
            })
            .collect(),
        waiting: requests::waiting(&app, &who).await?.requests,
        notices: notice::grouped(items, found.seen.unwrap_or(0), &eyes),
        newest: newest.map(|id| id.to_string()).unwrap_or_default(),
        pager,
    };
    frame::render(&req, &template)
}

async fn note_seen(
    app: web::Data<App>,
    caller: Caller,
    form: Form<ReadUpTo>,
) -> Result<HttpResponse, WebError> {
    let id = form.fields.last_id.ok_or(Error::NotFound)?;
    shown::note_notices_seen(&app, &caller.member()?, id).await?;
    Ok(see_other("/notifications"))
}

async fn accept(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    form: Form<Back>,
) -> Result<HttpResponse, WebError> {
    let id = ids::parse(&path).ok_or(Error::NotFound)?;
    follow_requests::authorize(&app, &caller.member()?, id).await?;
    let back = way_back(&form.fields.return_to, "/notifications");
    Ok(see_other_with(
        &back,
        &Flash::done("Accepted: they follow you now."),
    ))
}

async fn reject(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    form: Form<Back>,
) -> Result<HttpResponse, WebError> {
    let id = ids::parse(&path).ok_or(Error::NotFound)?;
    follow_requests::reject(&app, &caller.member()?, id).await?;
    let back = way_back(&form.fields.return_to, "/notifications");
    Ok(see_other_with(
        &back,
        &Flash::done("Declined. They are not told."),
    ))
}
