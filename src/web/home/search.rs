//! `/search?q=…`: accounts and tags.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::federation::Network;
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::social::shown;
use crate::text::clean;
use crate::web::error::WebError;
use crate::web::frame;
use crate::web::parts::account::AccountRow;
use crate::web::parts::layout::{Here, Page};
use crate::web::parts::status::StatusCard;
use crate::web::render::account;
use crate::web::render::status::Eyes;

/// Characters of a question.
const MOST: usize = 200;

/// The box and what was found. A GET form with the field `q`.
#[derive(Template)]
#[template(path = "home/search.html")]
pub struct SearchPage {
    /// The frame.
    pub page: Page,
    /// What was asked; empty shows the box alone.
    pub query: String,
    /// Accounts, 20 at most.
    pub accounts: Vec<AccountRow>,
    /// Tags without `#`, 20 at most.
    pub tags: Vec<String>,
    /// Statuses, 20 at most (a status whose address was pasted).
    pub statuses: Vec<StatusCard>,
}

impl SearchPage {
    /// Asked, and nothing found.
    pub fn nothing(&self) -> bool {
        !self.query.is_empty()
            && self.accounts.is_empty()
            && self.tags.is_empty()
            && self.statuses.is_empty()
    }
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[Route {
    method: "GET",
    path: "/search",
    access: Access::Session,
    pending: Pending::Refused,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: || web::to(show),
}];

#[derive(Deserialize)]
struct Question {
    #[serde(default, deserialize_with = "lenient::string")]
    q: String,
}

async fn show(
    req: HttpRequest,
    network: web::Data<Network>,
    caller: Caller,
    asked: web::Query<Question>,
) -> Result<HttpResponse, WebError> {
    let app = network.app();
    let who = caller.member()?;
    let query = clean::excerpt(&clean::single_line(&asked.q), MOST);
    let found = shown::search(&network, &who, &query).await?;
    let mut page = frame::page(&req, Some(&caller), "Search").await?;
    page.here = Here::Search;
    let template = SearchPage {
        page,
        query,
        accounts: found
            .people
            .iter()
            .map(|person| account::row(person, &app.remote_media.addresses))
            .collect(),
        tags: found.tags,
        statuses: Eyes::of(app, &caller).cards(&found.statuses),
    };
    frame::render(&req, &template)
}
