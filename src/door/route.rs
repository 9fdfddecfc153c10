//! One row of the one table of routes.
//!
//! The router is built from the table and the guard enforces it, so what a row says and
//! what happens cannot part. A test walks it as a stranger, a pending user and a member.

use actix_web::http::header::HeaderMap;

/// One operation.
#[derive(Clone, Copy)]
pub struct Route {
    /// `GET`, `POST`, …; `GET` answers `HEAD` too.
    pub method: &'static str,
    /// As the router takes it: `/api/v1/statuses/{id}`.
    pub path: &'static str,
    /// Who may come.
    pub access: Access,
    /// What a pending user gets.
    pub pending: Pending,
    /// Which budget it draws on.
    pub rate: Rate,
    /// Who may keep the answer.
    pub caching: Caching,
    /// Makes the handler.
    pub handler: fn() -> actix_web::Route,
}

/// A row whose path is also that of a page: it answers those who ask for something else.
#[derive(Clone, Copy)]
pub struct Alternative {
    /// The row.
    pub route: Route,
    /// Whether the headers of a request ask for it.
    pub when: fn(&HeaderMap) -> bool,
}

/// Who may come, and how they show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nobody is asked who they are: static files, discovery, OAuth's own endpoints.
    Open,
    /// API: anybody; a token that is sent must be good and hold the scope.
    Anyone(&'static str),
    /// API: any token that holds the scope, an app's own too.
    App(&'static str),
    /// API: a user's token that holds the scope.
    User(&'static str),
    /// API: as `User`, but the handler does the check itself, in the round trip that reads.
    Deferred(&'static str),
    /// Web: anybody; a session cookie is understood.
    Page,
    /// Web: the same, for pages with a form for strangers: those get a cookie against forgery.
    Form,
    /// Web: a session; strangers are sent to sign in.
    Session,
    /// Web: a session of somebody who reviews applications; for all others a 404.
    Desk,
    /// Web: a session of a moderator; for all others a 404.
    Moderation,
    /// Web: a session of an admin; for all others a 404.
    Admin,
}

impl Access {
    /// Whether it is of the web: a cookie, not a token, says who comes.
    pub fn is_web(self) -> bool {
        matches!(
            self,
            Access::Page
                | Access::Form
                | Access::Session
                | Access::Desk
                | Access::Moderation
                | Access::Admin
        )
    }

    /// The scope that a token must hold.
    pub fn scope(self) -> Option<&'static str> {
        match self {
            Access::Anyone(s) | Access::App(s) | Access::User(s) | Access::Deferred(s) => Some(s),
            _ => None,
        }
    }
}

/// What a pending user gets (registration.md C2). Default deny: nothing is allowed that
/// does not say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pending {
    /// 403 and the state of the application; on the web, the waiting page.
    Refused,
    /// What an anonymous visitor gets.
    AsVisitor,
    /// The handler knows what a pending user may have here. Unconfirmed and refused ones
    /// are still refused.
    Allowed,
    /// The same, for unconfirmed and refused users too.
    AnyStanding,
}

/// Which budget a request draws on (quirks 51 to 53); per user, or per network for strangers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rate {
    /// Not counted: static files, health.
    Free,
    /// The usual: 1,500 in 5 min for a user, 300 for a token or a network.
    Usual,
    /// A page further back: 300 in 15 min.
    Paged,
    /// What other servers read: 3,000 in 5 min and network.
    Documents,
    /// Files of other servers: 6,000 in 5 min. What they cost has budgets of its own
    /// (`app::remote_media`).
    Pictures,
    /// Writing: within the usual.
    Write,
    /// Posting and boosting: within the usual, and `limits.posts` in 3 hours.
    Post,
    /// Following: within the usual, and `limits.follows` in a day.
    Follow,
    /// Uploads: 30 in 30 min.
    Upload,
    /// Deleting: 30 in 30 min.
    Delete,
    /// New apps: 5 in 10 min and network.
    Apps,
    /// Forms of the door (application, confirmation): 50 in 30 min and network.
    Door,
    /// Sign in, reset, OAuth token: 25 in 5 min and network, besides the limit per account.
    SignIn,
}

/// Who may keep the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caching {
    /// `private, no-store`, always.
    Private,
    /// Anonymous answers for so many seconds by anybody; others as `Private`.
    Public(u32),
    /// For a year: its address changes when it does.
    Immutable,
}
