//! Search (quirk 130): accounts and hashtags, and whatever lies at an address that was pasted.
//! The words of statuses are not searched on this server yet.

use actix_web::{HttpRequest, web};
use serde::Deserialize;

use super::answer::{self, Answer, urls};
use super::paging::defaults;
use super::render::writer;
use super::tags::tag_entity;
use super::{BaseUrl, Params};
use crate::app::federation::Network;
use crate::domain::{Error, Page};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::social::accounts::read;
use crate::social::reading;
use crate::social::resolve::{self, Resolved};
use crate::social::search::{self, Query};

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/api/v2/search",
        access: Access::Anyone("read:search"),
        pending: Pending::AsVisitor,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(everything),
    },
    Route {
        method: "GET",
        path: "/api/v1/accounts/search",
        access: Access::User("read:accounts"),
        pending: Pending::Refused,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(accounts),
    },
];

/// The farthest that an offset reaches.
const MAX_OFFSET: i64 = 1_000;

#[derive(Deserialize)]
struct SearchForm {
    #[serde(default, deserialize_with = "lenient::opt_word")]
    q: Option<String>,
    #[serde(default, rename = "type", deserialize_with = "lenient::opt_word")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    resolve: bool,
    #[serde(default, deserialize_with = "lenient::boolean")]
    following: bool,
    #[serde(default, deserialize_with = "lenient::soft_i64")]
    limit: Option<i64>,
    #[serde(default, deserialize_with = "lenient::soft_i64")]
    offset: Option<i64>,
}

async fn everything(
    req: HttpRequest,
    network: web::Data<Network>,
    caller: Caller,
    Params(form): Params<SearchForm>,
) -> Answer {
    let app = network.app();
    let Some(text) = form.q else {
        return Err(Error::BadRequest("param is missing or the value is empty: q".into()).into());
    };
    let viewer = caller.viewer();
    if viewer.is_none() && form.resolve {
        return Err(Error::SignIn(
            "Search queries that resolve remote resources are not supported without authentication",
        )
        .into());
    }
    if viewer.is_none() && form.offset.is_some_and(|n| n > 0) {
        return Err(Error::SignIn(
            "Search queries pagination is not supported without authentication",
        )
        .into());
    }
    // Apps page through one kind only.
    let offset = form
        .offset
        .filter(|_| form.kind.is_some())
        .unwrap_or(0)
        .clamp(0, MAX_OFFSET);
    let limit = Page::clamp(form.limit, defaults::SEARCH);
    let wants = |kind: &str| form.kind.as_deref().is_none_or(|asked| asked == kind);
    let query = Query {
        text,
        following: form.following,
        limit,
        offset,
    };
    let base = BaseUrl::of(&req);
    let urls = urls(&base);
    let named = match caller.maybe_member().filter(|_| offset == 0) {
        Some(who) => resolve::typed(&network, &who, &query.text, form.resolve).await?,
        None => None,
    };
    let mut found = match wants("accounts") && !query.text.starts_with('#') {
        true => search::accounts(app, &query, viewer, &urls).await?,
        false => Vec::new(),
    };
    if let Some(Resolved::Account(id)) = named
        && wants("accounts")
        && !found.iter().any(|account| account.id == id)
    {
        found.insert(0, read::by_id(app, id, &urls).await?);
    }
    let statuses = match named {
        Some(Resolved::Status(id)) if wants("statuses") => {
            reading::statuses(app, vec![id], viewer, &urls).await?
        }
        _ => Vec::new(),
    };
    let tags = match wants("hashtags") && !query.text.starts_with('@') {
        true => search::tags(app, &query, viewer).await?,
        false => Vec::new(),
    };
    let tags: Vec<_> = tags.iter().map(|tag| tag_entity(&urls, tag)).collect();
    let mut out = b"{\"accounts\":".to_vec();
    out.extend(writer::accounts(
        found.iter().map(|a| (a.fragment.as_ref(), &a.counters)),
    ));
    out.extend_from_slice(b",\"statuses\":");
    out.extend(writer::statuses(&statuses, viewer.is_some()));
    out.extend_from_slice(b",\"collections\":[],\"hashtags\":");
    out.extend(serde_json::to_vec(&tags).map_err(Error::from)?);
    out.push(b'}');
    Ok(answer::json(out))
}

async fn accounts(
    req: HttpRequest,
    network: web::Data<Network>,
    caller: Caller,
    Params(form): Params<SearchForm>,
) -> Answer {
    let (app, member) = (network.app(), caller.member()?);
    let base = BaseUrl::of(&req);
    let query = Query {
        text: form.q.unwrap_or_default(),
        following: form.following,
        limit: Page::clamp(form.limit, defaults::ACCOUNTS),
        offset: form.offset.unwrap_or(0).clamp(0, MAX_OFFSET),
    };
    let urls = urls(&base);
    let viewer = Some(member.account_id());
    let mut found = search::accounts(app, &query, viewer, &urls).await?;
    // Who follows them is told by the list alone.
    if query.offset == 0
        && !query.following
        && let Some(Resolved::Account(id)) =
            resolve::typed(&network, &member, &query.text, form.resolve).await?
        && !found.iter().any(|account| account.id == id)
    {
        found.insert(0, read::by_id(app, id, &urls).await?);
    }
    Ok(answer::json(answer::accounts(&found)))
}
