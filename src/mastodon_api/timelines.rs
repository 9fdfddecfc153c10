//! Timelines (quirks 33 to 44).

use std::cell::RefCell;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::answer::{Answer, id, json, json_page, urls};
use super::paging::{Links, PageParams, Previous, defaults};
use super::render::writer;
use super::{BaseUrl, Params, pending};
use crate::app::App;
use crate::domain::{Error, Id, Page};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::who;
use crate::identity::access::{self, Bearer};
use crate::social::backfill;
use crate::social::page::Parts;
use crate::social::timelines::{self, MarkedBy, Of, Public, Tagged};

const SCOPE: &str = "read:statuses";

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/api/v1/timelines/home",
        // Asks who it is in the round trip that reads the page.
        access: Access::Deferred(SCOPE),
        pending: Pending::Allowed,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(home),
    },
    Route {
        method: "GET",
        path: "/api/v1/timelines/public",
        access: Access::Anyone(SCOPE),
        pending: Pending::AsVisitor,
        rate: Rate::Usual,
        caching: Caching::Public(15),
        handler: || web::to(public),
    },
    Route {
        method: "GET",
        path: "/api/v1/timelines/tag/{hashtag}",
        access: Access::Anyone(SCOPE),
        pending: Pending::AsVisitor,
        rate: Rate::Usual,
        caching: Caching::Public(15),
        handler: || web::to(tag),
    },
    Route {
        method: "GET",
        path: "/api/v1/accounts/{id}/statuses",
        access: Access::Anyone(SCOPE),
        pending: Pending::AsVisitor,
        rate: Rate::Usual,
        caching: Caching::Public(15),
        handler: || web::to(of_account),
    },
    Route {
        method: "GET",
        path: "/api/v1/favourites",
        access: Access::User("read:favourites"),
        pending: Pending::Allowed,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(favourites),
    },
    Route {
        method: "GET",
        path: "/api/v1/bookmarks",
        access: Access::User("read:bookmarks"),
        pending: Pending::Allowed,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(bookmarks),
    },
];

fn timeline(req: &HttpRequest, parts: &Parts, signed_in: bool) -> HttpResponse {
    let links = Links::timeline(&parts.cursors);
    json_page(req, &links, writer::statuses(&parts.items, signed_in))
}

fn list(req: &HttpRequest, parts: &Parts, page: &Page, signed_in: bool) -> HttpResponse {
    let links = Links::list(&parts.cursors, page, Previous::MinId);
    json_page(req, &links, writer::statuses(&parts.items, signed_in))
}

async fn home(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    Params(params): Params<PageParams>,
) -> Answer {
    let digest = caller
        .bearer()
        .ok_or(Error::SignIn("The access token is invalid"))?;
    let base = BaseUrl::of(&req);
    let page = params.page(defaults::STATUSES);
    let somebody = RefCell::new(None);
    let admit = |found| match access::bearer(&app, found) {
        Bearer::App { .. } => Err(Error::invalid("This method requires an authenticated user")),
        Bearer::User(user) if !user.allows(SCOPE) => Err(Error::denied(
            "This action is outside the authorized scopes",
        )),
        Bearer::User(user) => {
            let member = who::admit(&user);
            somebody.replace(Some(user));
            member
        }
    };
    let found = timelines::home_of_bearer(&app, digest, &page, &urls(&base), admit).await;
    match (found, somebody.take()) {
        (Ok(parts), _) => Ok(timeline(&req, &parts, true)),
        (Err(Error::Closed(_)), Some(user)) => {
            let applicant = who::admit_to_sandbox(&user)?;
            let porch = pending::home(&app, &applicant, page).await?;
            let ids: Vec<Id> = porch.iter().map(|s| s.id).collect();
            Ok(json_page(
                &req,
                &Links::timeline(&ids),
                serde_json::to_vec(&porch)?,
            ))
        }
        (Err(error), _) => Err(error.into()),
    }
}

/// Where from, and whether with media only.
#[derive(Deserialize)]
struct PublicForm {
    #[serde(default, deserialize_with = "lenient::boolean")]
    local: bool,
    #[serde(default, deserialize_with = "lenient::boolean")]
    remote: bool,
    #[serde(default, deserialize_with = "lenient::boolean")]
    only_media: bool,
    #[serde(flatten)]
    page: PageParams,
}

impl PublicForm {
    /// `local` wins where both are asked for.
    fn wanted(&self) -> Public {
        Public {
            local: self.local,
            remote: self.remote && !self.local,
            only_media: self.only_media,
        }
    }
}

async fn public(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    Params(form): Params<PublicForm>,
) -> Answer {
    let (base, viewer) = (BaseUrl::of(&req), caller.viewer());
    let page = form.page.page(defaults::STATUSES);
    let parts = timelines::public(&app, form.wanted(), viewer, &page, &urls(&base)).await?;
    Ok(timeline(&req, &parts, viewer.is_some()))
}

#[derive(Deserialize)]
struct TagForm {
    #[serde(default, deserialize_with = "lenient::strings")]
    any: Vec<String>,
    #[serde(default, deserialize_with = "lenient::strings")]
    all: Vec<String>,
    #[serde(default, deserialize_with = "lenient::strings")]
    none: Vec<String>,
    #[serde(flatten)]
    of: PublicForm,
}

async fn tag(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    name: web::Path<String>,
    Params(form): Params<TagForm>,
) -> Answer {
    let (base, viewer) = (BaseUrl::of(&req), caller.viewer());
    let page = form.of.page.page(defaults::STATUSES);
    let wanted = Tagged {
        of: form.of.wanted(),
        any: std::iter::once(name.into_inner()).chain(form.any).collect(),
        all: form.all,
        none: form.none,
    };
    let parts = timelines::tagged(&app, wanted, viewer, &page, &urls(&base)).await?;
    Ok(timeline(&req, &parts, viewer.is_some()))
}

#[derive(Deserialize)]
struct OfAccountForm {
    #[serde(default, deserialize_with = "lenient::boolean")]
    exclude_replies: bool,
    #[serde(default, deserialize_with = "lenient::boolean")]
    exclude_reblogs: bool,
    #[serde(default, deserialize_with = "lenient::boolean")]
    only_media: bool,
    #[serde(default, deserialize_with = "lenient::boolean")]
    pinned: bool,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    tagged: Option<String>,
    #[serde(flatten)]
    page: PageParams,
}

async fn of_account(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    account: web::Path<String>,
    Params(form): Params<OfAccountForm>,
) -> Answer {
    let (base, viewer) = (BaseUrl::of(&req), caller.viewer());
    let account = id(&account)?;
    if let Some(who) = caller.maybe_member() {
        backfill::opened_profile(&app, &who, account);
    }
    let page = form.page.page(defaults::STATUSES);
    if form.pinned {
        let mut parts = timelines::pinned(&app, account, viewer, page.limit, &urls(&base)).await?;
        // Unpaged: no link leads anywhere.
        parts.cursors.clear();
        return Ok(list(&req, &parts, &page, viewer.is_some()));
    }
    let wanted = Of {
        account,
        exclude_replies: form.exclude_replies,
        exclude_reblogs: form.exclude_reblogs,
        only_media: form.only_media,
        tagged: form.tagged,
    };
    let parts = timelines::of_account(&app, wanted, viewer, &page, &urls(&base)).await?;
    Ok(list(&req, &parts, &page, viewer.is_some()))
}

async fn favourites(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    params: Params<PageParams>,
) -> Answer {
    own(req, app, caller, params, MarkedBy::Favourites).await
}

async fn bookmarks(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    params: Params<PageParams>,
) -> Answer {
    own(req, app, caller, params, MarkedBy::Bookmarks).await
}

async fn own(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    Params(params): Params<PageParams>,
    by: MarkedBy,
) -> Answer {
    if caller.is_waiting() {
        // Without an account there is nothing that one could have marked.
        return Ok(json(b"[]".to_vec()));
    }
    let (base, member) = (BaseUrl::of(&req), caller.member()?);
    let page = params.page(defaults::STATUSES);
    let parts = timelines::own_list(&app, &member, by, &page, &urls(&base)).await?;
    Ok(list(&req, &parts, &page, true))
}
