//! `/@NAME`, `/@NAME/with_replies` and `/@NAME/media`; following, blocking and muting from there.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::activitypub::addresses;
use crate::app::App;
use crate::domain::Result;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::model::account::Account;
use crate::social::backfill;
use crate::social::shown::{self, Tab};
use crate::text::{clean, html};
use crate::web::error::WebError;
use crate::web::frame::{self, see_other};
use crate::web::parts::account::{AccountChip, Relation};
use crate::web::parts::layout::{Here, Page, ShareCard};
use crate::web::parts::moment::Moment;
use crate::web::parts::pager::Pager;
use crate::web::parts::status::StatusCard;
use crate::web::render::account;
use crate::web::render::status::Eyes;
use crate::web::turn::Turn;

/// Characters of text that another site may show.
const CARD_TEXT: usize = 200;

/// An account and what it posts. Forms: `/@NAME/follow`, `/unfollow`, `/block`, `/unblock`,
/// `/mute`, `/unmute`.
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
    /// Which tab is open.
    pub tab: ProfileTab,
    /// Posts that the account keeps on top; on the first page of the first tab alone.
    pub pinned: Vec<StatusCard>,
    /// Where it moved to.
    pub moved_to: Option<AccountChip>,
    /// One page, newest first.
    pub statuses: Vec<StatusCard>,
    /// Newer and older.
    pub pager: Pager,
}

/// The tabs of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProfileTab {
    /// Posts and boosts.
    Posts,
    /// The same with replies.
    Replies,
    /// Posts with pictures.
    Media,
}

impl ProfileTab {
    /// Its name.
    pub fn words(self) -> &'static str {
        match self {
            ProfileTab::Posts => "Posts",
            ProfileTab::Replies => "Posts and replies",
            ProfileTab::Media => "Pictures",
        }
    }

    /// What is added to the profile's path.
    pub fn suffix(self) -> &'static str {
        match self {
            ProfileTab::Posts => "",
            ProfileTab::Replies => "/with_replies",
            ProfileTab::Media => "/media",
        }
    }

    /// It and its neighbours, in order.
    pub fn all(&self) -> [ProfileTab; 3] {
        [ProfileTab::Posts, ProfileTab::Replies, ProfileTab::Media]
    }
}

/// An account as its own page (and the desk) shows it.
#[derive(Debug, Clone)]
pub struct ProfileView {
    /// Name, handle, picture.
    pub account: AccountChip,
    /// The domain to show after the handle of a local account; empty for remote ones, whose
    /// handle holds it.
    pub domain: String,
    /// It is shown to those who follow it, and to others only here.
    pub limited: bool,
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
    /// The same as HTML: escaped, with its custom emoji as pictures.
    pub name_html: String,
    /// The value, sanitised HTML.
    pub value_html: String,
    /// The link was proven to lead back.
    pub verified: bool,
}

macro_rules! page {
    ($path:literal, $handler:ident) => {
        Route {
            method: "GET",
            path: $path,
            access: Access::Page,
            pending: Pending::Allowed,
            rate: Rate::Usual,
            caching: Caching::Public(15),
            handler: || web::to($handler),
        }
    };
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    page!("/@{name}", posts),
    page!("/@{name}/with_replies", replies),
    page!("/@{name}/media", pictures),
];

type Given = (
    HttpRequest,
    web::Data<App>,
    Caller,
    web::Path<String>,
    web::Query<Turn>,
);

async fn posts(given: Given) -> Result<HttpResponse, WebError> {
    show(given, ProfileTab::Posts).await
}

async fn replies(given: Given) -> Result<HttpResponse, WebError> {
    show(given, ProfileTab::Replies).await
}

async fn pictures(given: Given) -> Result<HttpResponse, WebError> {
    show(given, ProfileTab::Media).await
}

async fn show(
    (req, app, caller, name, turn): Given,
    tab: ProfileTab,
) -> Result<HttpResponse, WebError> {
    let wanted = match tab {
        ProfileTab::Posts => Tab::Posts,
        ProfileTab::Replies => Tab::Replies,
        ProfileTab::Media => Tab::Media,
    };
    let found = shown::profile(&app, caller.viewer(), &name, wanted, &turn.page()).await?;
    if let Some(who) = caller.maybe_member() {
        backfill::opened_profile(&app, &who, found.account.id);
    }
    let home = account::path(&found.account.acct());
    let path = format!("{home}{}", tab.suffix());
    // One address for one profile, whatever case somebody typed.
    if *name != found.account.acct() {
        return Ok(see_other(&path));
    }
    if let Some(path) = turn.instead(&path, found.listed.cursors.len()) {
        return Ok(see_other(path));
    }
    let eyes = Eyes::of(&app, &caller);
    let (range, pager) = turn.cut(&path, &found.listed.cursors);
    let own = caller.viewer() == Some(found.account.id);
    let mut page = frame::page(&req, Some(&caller), account::name(&found.account)).await?;
    page.here = if own { Here::Profile } else { Here::Elsewhere };
    page.noindex = !found.account.discoverable || !turn.is_first() || tab != ProfileTab::Posts;
    page.canonical = Some(app.url(&home));
    // What a stranger may see, any site may; what only some may see, none.
    if caller.viewer().is_none() {
        page.card = Some(card(&app, &found.account));
        let own = found.account.is_local();
        page.document = own.then(|| addresses::actor(&app.origin(), found.account.id));
    }
    let domain = &app.config.server.handle_domain;
    let template = ProfilePage {
        page,
        profile: account::profile(&found.account, found.counters, domain, &eyes),
        relation: found.relation.as_ref().map(account::relation),
        own,
        tab,
        moved_to: found
            .moved_to
            .as_ref()
            .map(|to| account::chip(to, eyes.addresses)),
        pinned: eyes.cards(&found.pinned),
        statuses: eyes.cards(found.listed.within(&range)),
        pager,
    };
    frame::render(&req, &template)
}

/// What other sites may show of a profile.
fn card(app: &App, account: &Account) -> ShareCard {
    let note = clean::single_line(&html::html_to_text(&account.note_html));
    let handle = format!("@{}@{}", account.username, app.config.server.handle_domain);
    ShareCard {
        kind: "profile",
        title: format!("{} ({handle})", account::name(account)),
        description: match note.is_empty() {
            true => handle,
            false => clean::excerpt(&note, CARD_TEXT),
        },
        image: Some(app.url(&account::avatar(account, &app.remote_media.addresses))),
    }
}
