//! `/@NAME/followers` and `/@NAME/following`

use askama::Template;

use crate::web::parts::account::{AccountChip, AccountRow};
use crate::web::parts::layout::Page;
use crate::web::parts::pager::Pager;

/// One page of accounts.
#[derive(Template)]
#[template(path = "public/follows.html")]
pub struct FollowsPage {
    /// The frame.
    pub page: Page,
    /// Whose list.
    pub account: AccountChip,
    /// `true`: those who follow; `false`: those who are followed.
    pub followers: bool,
    /// One page, newest follow first.
    pub rows: Vec<AccountRow>,
    /// Newer and older.
    pub pager: Pager,
}
