//! The Mastodon client API: extractor, entities, rendering, one file per method page.

pub mod accounts;
pub mod admin;
pub mod answer;
pub mod application;
pub mod apps;
pub mod blocks;
pub mod credentials;
pub mod domain_blocks;
pub mod entities;
pub mod error;
pub mod follow_requests;
pub mod instance;
pub mod invites;
pub mod markers;
pub mod media;
pub mod mutes;
pub mod notification_requests;
pub mod notifications;
pub mod oauth;
pub mod paging;
pub mod params;
pub mod pending;
pub mod pending_media;
pub mod pending_notice;
pub mod pending_words;
pub mod polls;
pub mod preferences;
pub mod registration;
pub mod render;
pub mod reports;
pub mod rows;
pub mod search;
pub mod statuses;
pub mod tags;
pub mod thread;
pub mod timelines;

pub use crate::door::forms;
pub use error::ApiError;
pub use params::{Params, ParamsWithFiles};

use crate::app::App;
use crate::door::{Alternative, Route};
use crate::files::remote::Addresses;

/// What this door offers, file by file.
pub const ROUTES: &[&[Route]] = &[
    accounts::ROUTES,
    admin::accounts::ROUTES,
    admin::canonical_email_blocks::ROUTES,
    admin::domain_allows::ROUTES,
    admin::domain_blocks::ROUTES,
    admin::email_domain_blocks::ROUTES,
    admin::ip_blocks::ROUTES,
    application::ROUTES,
    apps::ROUTES,
    blocks::ROUTES,
    credentials::ROUTES,
    domain_blocks::ROUTES,
    follow_requests::ROUTES,
    instance::ROUTES,
    markers::ROUTES,
    media::ROUTES,
    mutes::ROUTES,
    notification_requests::ROUTES,
    notifications::ROUTES,
    oauth::ROUTES,
    polls::ROUTES,
    preferences::ROUTES,
    registration::ROUTES,
    reports::ROUTES,
    search::ROUTES,
    statuses::ROUTES,
    tags::ROUTES,
    thread::ROUTES,
    timelines::ROUTES,
];

/// What it answers at the paths of pages.
pub const ALTERNATIVES: &[Alternative] = invites::ALTERNATIVES;

/// Where this server is reached, such as `https://porch.example`: scheme, host and port, no
/// slash at the end. The doors find it in the app data; every URL in an answer starts with it.
#[derive(Debug, Clone)]
pub struct BaseUrl(pub String, Option<Addresses>);

impl BaseUrl {
    /// This one, without addresses for what lies on other servers: they are left out.
    pub fn bare(origin: impl Into<String>) -> BaseUrl {
        BaseUrl(origin.into(), None)
    }

    /// That of a place, with its addresses for what lies on other servers.
    pub fn of_place(app: &App) -> BaseUrl {
        let addresses = app.remote_media.addresses.clone();
        BaseUrl(app.origin(), Some(addresses))
    }

    /// The URLs of the place.
    pub fn urls(&self) -> render::Urls<'_> {
        render::Urls {
            origin: &self.0,
            remote: self.1.as_ref(),
        }
    }

    /// The absolute URL of a path that begins with a slash.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// The one that the server was built with.
    ///
    /// Falls back to the address the request was sent to in applications that set none
    /// (tests of single handlers).
    pub fn of(req: &actix_web::HttpRequest) -> BaseUrl {
        match req.app_data::<actix_web::web::Data<BaseUrl>>() {
            Some(base) => base.get_ref().clone(),
            None => {
                let info = req.connection_info();
                BaseUrl::bare(format!("{}://{}", info.scheme(), info.host()))
            }
        }
    }
}
