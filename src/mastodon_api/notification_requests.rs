//! Notification requests and the policy that fills them (quirks 138 to 140).

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use super::answer::{self, Answer, id, json_page, urls};
use super::entities::{Empty, NotificationPolicy};
use super::paging::{Links, PageParams, Previous, defaults};
use super::render::writer;
use super::{BaseUrl, Params};
use crate::app::App;
use crate::domain::{Error, Id};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::social::notification_requests::{self as requests, Verdict};

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

/// The routes of this file; they stand before those of one notification by its id.
pub const ROUTES: &[Route] = &[
    route("GET", "/api/v1/notifications/requests", READ, || {
        web::to(list)
    }),
    route("GET", "/api/v1/notifications/requests/merged", READ, || {
        web::to(merged)
    }),
    route(
        "POST",
        "/api/v1/notifications/requests/accept",
        WRITE,
        || web::to(accept_several),
    ),
    route(
        "POST",
        "/api/v1/notifications/requests/dismiss",
        WRITE,
        || web::to(dismiss_several),
    ),
    route("GET", "/api/v1/notifications/requests/{id}", READ, || {
        web::to(one)
    }),
    route(
        "POST",
        "/api/v1/notifications/requests/{id}/accept",
        WRITE,
        || web::to(accept),
    ),
    route(
        "POST",
        "/api/v1/notifications/requests/{id}/dismiss",
        WRITE,
        || web::to(dismiss),
    ),
    route("GET", "/api/v2/notifications/policy", READ, || {
        web::to(policy)
    }),
    route("PATCH", "/api/v2/notifications/policy", WRITE, || {
        web::to(set_policy)
    }),
    route("PUT", "/api/v2/notifications/policy", WRITE, || {
        web::to(set_policy)
    }),
];

async fn list(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    Params(form): Params<PageParams>,
) -> Answer {
    let (base, member) = (BaseUrl::of(&req), caller.member()?);
    let page = form.page(defaults::NOTIFICATIONS);
    let (items, cursors) = requests::list(&app, &member, &page, &urls(&base)).await?;
    let links = Links::list(&cursors, &page, Previous::MinId);
    Ok(json_page(&req, &links, writer::requests(&items)))
}

async fn one(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
) -> Answer {
    let (base, member) = (BaseUrl::of(&req), caller.member()?);
    let item = requests::find(&app, &member, id(&path)?, &urls(&base)).await?;
    Ok(answer::json(writer::one_request(&item)))
}

/// What was accepted is among the notifications when the answer comes: nothing is merged later.
async fn merged(caller: Caller) -> Answer {
    caller.member()?;
    Ok(HttpResponse::Ok().json(json!({ "merged": true })))
}

async fn accept(app: web::Data<App>, caller: Caller, path: web::Path<String>) -> Answer {
    requests::accept(&app, &caller.member()?, vec![id(&path)?]).await?;
    Ok(HttpResponse::Ok().json(Empty {}))
}

async fn dismiss(app: web::Data<App>, caller: Caller, path: web::Path<String>) -> Answer {
    requests::dismiss(&app, &caller.member()?, vec![id(&path)?]).await?;
    Ok(HttpResponse::Ok().json(Empty {}))
}

#[derive(Deserialize)]
struct SeveralForm {
    #[serde(default, deserialize_with = "lenient::ids", alias = "ids")]
    id: Vec<Id>,
}

async fn accept_several(
    app: web::Data<App>,
    caller: Caller,
    Params(form): Params<SeveralForm>,
) -> Answer {
    requests::accept(&app, &caller.member()?, form.id).await?;
    Ok(HttpResponse::Ok().json(Empty {}))
}

async fn dismiss_several(
    app: web::Data<App>,
    caller: Caller,
    Params(form): Params<SeveralForm>,
) -> Answer {
    requests::dismiss(&app, &caller.member()?, form.id).await?;
    Ok(HttpResponse::Ok().json(Empty {}))
}

async fn policy(app: web::Data<App>, caller: Caller) -> Answer {
    let (policy, waiting) = requests::policy(&app, &caller.member()?).await?;
    Ok(HttpResponse::Ok().json(NotificationPolicy::of(policy, waiting)))
}

/// What is left out stays.
#[derive(Deserialize)]
struct PolicyForm {
    #[serde(default, deserialize_with = "lenient::opt_word")]
    for_not_following: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    for_not_followers: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    for_new_accounts: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    for_private_mentions: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    for_limited_accounts: Option<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    for_bots: Option<String>,
}

async fn set_policy(
    app: web::Data<App>,
    caller: Caller,
    Params(form): Params<PolicyForm>,
) -> Answer {
    let member = caller.member()?;
    let read = |name: &Option<String>| {
        let verdict = name.as_deref().map(|name| {
            Verdict::from_name(name)
                .ok_or_else(|| Error::invalid("A policy is accept, filter or drop."))
        });
        verdict.transpose()
    };
    let new = [
        read(&form.for_not_following)?,
        read(&form.for_not_followers)?,
        read(&form.for_new_accounts)?,
        read(&form.for_private_mentions)?,
        read(&form.for_limited_accounts)?,
        read(&form.for_bots)?,
    ];
    let changed = requests::set_policy(&app, &member, |policy| {
        let all = [
            &mut policy.not_following,
            &mut policy.not_followers,
            &mut policy.new_accounts,
            &mut policy.private_mentions,
            &mut policy.limited_accounts,
            &mut policy.bots,
        ];
        for (now, new) in all.into_iter().zip(new) {
            *now = new.unwrap_or(*now);
        }
    });
    let (policy, waiting) = changed.await?;
    Ok(HttpResponse::Ok().json(NotificationPolicy::of(policy, waiting)))
}
