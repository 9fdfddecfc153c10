//! `/@NAME` and `/@NAME/with_replies`

use askama::Template;

use crate::web::parts::account::{AccountChip, Relation};
use crate::web::parts::layout::Page;
use crate::web::parts::moment::Moment;
use crate::web::parts::pager::Pager;
use crate::web::parts::status::StatusCard;

/// An account and what it posts. Forms: `/@NAME/follow`, `/unfollow`, `/block`, `/unblock`.
#[derive(Template)]
#[template(path = "public/profile.html")]
pub struct ProfilePage {
    /// The frame.
    pub page: Page,
    /// The account.
    pub profile: ProfileView,
    /// How the viewer stands to it; `None` for strangers and for the account itself.
    pub relation: Option<Relation>,
    /// It is the viewer's own.
    pub own: bool,
    /// The tab: replies are shown, too.
    pub with_replies: bool,
    /// One page, newest first.
    pub statuses: Vec<StatusCard>,
    /// Newer and older.
    pub pager: Pager,
}

/// An account as its own page (and the desk) shows it.
#[derive(Debug, Clone)]
pub struct ProfileView {
    /// Name, handle, picture.
    pub account: AccountChip,
    /// The domain to show after the handle of a local account; empty for remote ones, whose
    /// handle holds it.
    pub domain: String,
    /// The wide picture; `None` for none.
    pub header_url: Option<String>,
    /// Sanitised HTML of the note; may be empty.
    pub note_html: String,
    /// Name and value pairs: text, and sanitised HTML.
    pub fields: Vec<ProfileField>,
    /// When it came; `None` for an applicant.
    pub joined_at: Option<Moment>,
    /// Counts: statuses, following, followers.
    pub statuses: i64,
    /// Accounts it follows.
    pub following: i64,
    /// Accounts that follow it.
    pub followers: i64,
}

/// One pair of a profile.
#[derive(Debug, Clone)]
pub struct ProfileField {
    /// The label, text.
    pub name: String,
    /// The value, sanitised HTML.
    pub value_html: String,
    /// The link was proven to lead back.
    pub verified: bool,
}
