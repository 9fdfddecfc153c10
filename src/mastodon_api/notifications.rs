//! Notifications (quirks 133 to 140), one by one: groups are told by `group_key` alone.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use super::answer::{self, Answer, id, json_page, urls};
use super::entities::Empty;
use super::paging::{Links, PageParams, Previous, defaults};
use super::render::writer;
use super::{BaseUrl, Params};
use crate::app::App;
use crate::domain::Id;
use crate::domain::notification::NotificationKind;
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::social::notifications::{self, Filter};

const READ: Access = Access::User("read:notifications");
const WRITE: Access = Access::User("write:notifications");

const fn route(
    method: &'static str,
    path: &'static str,
    access: Access,
    handler: fn() -> actix_web::Route,
) -> Route {
    Route {
        method,
        path,
        access,
        pending: Pending::Refused,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler,
    }
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    // Nothing happened yet to somebody who waits: an empty list, not a refusal.
    route("GET", "/api/v1/notifications", READ, || web::to(list)).sandboxed(),
    route("GET", "/api/v1/notifications/unread_count", READ, || {
        web::to(unread_count)
    }),
    route("POST", "/api/v1/notifications/clear", WRITE, || {
        web::to(clear)
    }),
    route("GET", "/api/v1/notifications/{id}", READ, || web::to(one)),
    route("POST", "/api/v1/notifications/{id}/dismiss", WRITE, || {
        web::to(dismiss)
    }),
];

#[derive(Deserialize)]
struct ListForm {
    #[serde(default, deserialize_with = "lenient::strings")]
    types: Vec<String>,
    #[serde(default, deserialize_with = "lenient::strings")]
    exclude_types: Vec<String>,
    #[serde(default, deserialize_with = "lenient::opt_id")]
    account_id: Option<Id>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    include_filtered: bool,
    #[serde(flatten)]
    page: PageParams,
}

impl ListForm {
    /// `None`: only kinds were asked for that nobody here knows, so nothing fits.
    fn filter(&self) -> Option<Filter> {
        let known = |names: &[String]| {
            names
                .iter()
                .filter_map(|n| NotificationKind::from_name(n))
                .collect::<Vec<_>>()
        };
        let kinds = known(&self.types);
        let fits = !kinds.is_empty() || self.types.is_empty();
        fits.then(|| Filter {
            kinds,
            without: known(&self.exclude_types),
            from: self.account_id,
            filtered: self.include_filtered,
        })
    }
}

async fn list(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    Params(form): Params<ListForm>,
) -> Answer {
    if caller.is_waiting() {
        return Ok(answer::json(b"[]".to_vec()));
    }
    let (base, member) = (BaseUrl::of(&req), caller.member()?);
    let page = form.page.page(defaults::NOTIFICATIONS);
    let (items, cursors) = match form.filter() {
        Some(filter) => notifications::list(&app, &member, &filter, &page, &urls(&base)).await?,
        None => (Vec::new(), Vec::new()),
    };
    let links = Links::list(&cursors, &page, Previous::MinId);
    Ok(json_page(&req, &links, writer::notifications(&items)))
}

async fn unread_count(
    app: web::Data<App>,
    caller: Caller,
    Params(form): Params<CountForm>,
) -> Answer {
    let member = caller.member()?;
    let most = form
        .limit
        .filter(|n| *n > 0)
        .unwrap_or(notifications::COUNT_TO);
    let count = match form.of.filter() {
        Some(filter) => notifications::unread(&app, &member, &filter, most).await?,
        None => 0,
    };
    Ok(HttpResponse::Ok().json(json!({ "count": count })))
}

#[derive(Deserialize)]
struct CountForm {
    #[serde(default, deserialize_with = "lenient::soft_i64")]
    limit: Option<i64>,
    #[serde(flatten)]
    of: ListForm,
}

async fn one(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
) -> Answer {
    let (base, member) = (BaseUrl::of(&req), caller.member()?);
    let item = notifications::find(&app, &member, id(&path)?, &urls(&base)).await?;
    Ok(answer::json(writer::one_notification(&item)))
}

async fn dismiss(app: web::Data<App>, caller: Caller, path: web::Path<String>) -> Answer {
    notifications::dismiss(&app, &caller.member()?, id(&path)?).await?;
    Ok(HttpResponse::Ok().json(Empty {}))
}

async fn clear(app: web::Data<App>, caller: Caller) -> Answer {
    notifications::clear(&app, &caller.member()?).await?;
    Ok(HttpResponse::Ok().json(Empty {}))
}
