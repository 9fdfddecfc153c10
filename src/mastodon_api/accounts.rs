//! Accounts: reading them, and how the member stands to them.

use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::answer::{self, Answer, id, urls};
use super::entities::Relationship;
use super::forms::lenient;
use super::paging::{PageParams, defaults};
use super::render::relationship::relationship;
use super::rows::{deed, own, public};
use super::{BaseUrl, Params};
use crate::app::App;
use crate::app::federation::Network;
use crate::domain::{Error, Id};
use crate::door::{Caller, Pending, Rate, Route};
use crate::social::accounts::follow::Wishes;
use crate::social::accounts::lists::List;
use crate::social::accounts::{block, follow, lists, mute, read, relationships};
use crate::social::{backfill, resolve};

/// What this file offers; `credentials.rs` has the member's own account.
pub const ROUTES: &[Route] = &[
    public("/api/v1/accounts", "read:accounts", || web::to(several)),
    public("/api/v1/accounts/lookup", "read:accounts", || {
        web::to(lookup)
    }),
    own(
        "/api/v1/accounts/relationships",
        "read:follows",
        Pending::Refused,
        || web::to(related),
    ),
    own(
        "/api/v1/accounts/familiar_followers",
        "read:follows",
        Pending::Refused,
        || web::to(familiar),
    ),
    public("/api/v1/accounts/{id}", "read:accounts", || web::to(show)),
    public("/api/v1/accounts/{id}/followers", "read:accounts", || {
        web::to(followers)
    }),
    public("/api/v1/accounts/{id}/following", "read:accounts", || {
        web::to(following)
    }),
    deed("/api/v1/accounts/{id}/follow", "write:follows", || {
        web::to(follow_them)
    })
    .at_rate(Rate::Follow),
    deed("/api/v1/accounts/{id}/unfollow", "write:follows", || {
        web::to(unfollow)
    }),
    deed(
        "/api/v1/accounts/{id}/remove_from_followers",
        "write:follows",
        || web::to(remove_follower),
    ),
    deed("/api/v1/accounts/{id}/block", "write:blocks", || {
        web::to(block_them)
    }),
    deed("/api/v1/accounts/{id}/unblock", "write:blocks", || {
        web::to(unblock)
    }),
    deed("/api/v1/accounts/{id}/mute", "write:mutes", || {
        web::to(mute_them)
    }),
    deed("/api/v1/accounts/{id}/unmute", "write:mutes", || {
        web::to(unmute)
    }),
];

#[derive(Deserialize)]
struct IdsForm {
    #[serde(default, deserialize_with = "lenient::ids", alias = "ids")]
    id: Vec<Id>,
}

async fn several(app: Data<App>, base: Data<BaseUrl>, form: Params<IdsForm>) -> Answer {
    let items = read::by_ids(&app, form.0.id, &urls(&base)).await?;
    Ok(answer::json(answer::accounts(&items)))
}

async fn show(app: Data<App>, base: Data<BaseUrl>, caller: Caller, path: Path<String>) -> Answer {
    let item = read::by_id(&app, id(&path)?, &urls(&base)).await?;
    if let Some(who) = caller.maybe_member() {
        backfill::opened_profile(&app, &who, item.id);
    }
    Ok(answer::account(&item))
}

#[derive(Deserialize)]
struct LookupForm {
    #[serde(default, deserialize_with = "lenient::string")]
    acct: String,
    #[serde(default, deserialize_with = "lenient::boolean")]
    resolve: bool,
}

async fn lookup(
    network: Data<Network>,
    base: Data<BaseUrl>,
    caller: Caller,
    form: Params<LookupForm>,
) -> Answer {
    let (app, handle) = (network.app(), &form.0.acct);
    // Only for members, and only where they ask for it: others get what is known.
    if let Some(who) = caller.maybe_member().filter(|_| form.0.resolve) {
        resolve::handle(&network.federation(), &who, handle).await?;
    }
    let item = read::by_handle(app, handle, &urls(&base)).await?;
    Ok(answer::account(&item))
}

async fn related(app: Data<App>, caller: Caller, form: Params<IdsForm>) -> Answer {
    let list = relationships::list(&app, &caller.member()?, form.0.id).await?;
    let list: Vec<Relationship> = list.into_iter().map(relationship).collect();
    Ok(HttpResponse::Ok().json(list))
}

async fn familiar(
    app: Data<App>,
    base: Data<BaseUrl>,
    caller: Caller,
    form: Params<IdsForm>,
) -> Answer {
    let who = caller.member()?;
    let list = lists::familiar(&app, &who, form.0.id, &urls(&base)).await?;
    let mut out = b"[".to_vec();
    for (index, (target, followers)) in list.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        out.extend_from_slice(format!("{{\"id\":\"{target}\",\"accounts\":").as_bytes());
        out.extend_from_slice(&answer::accounts(followers));
        out.push(b'}');
    }
    out.push(b']');
    Ok(answer::json(out))
}

async fn followers(
    req: HttpRequest,
    app: Data<App>,
    base: Data<BaseUrl>,
    caller: Caller,
    path: Path<String>,
    form: Params<PageParams>,
) -> Answer {
    listed(&req, &app, &base, &caller, &path, form.0, List::Followers).await
}

async fn following(
    req: HttpRequest,
    app: Data<App>,
    base: Data<BaseUrl>,
    caller: Caller,
    path: Path<String>,
    form: Params<PageParams>,
) -> Answer {
    listed(&req, &app, &base, &caller, &path, form.0, List::Following).await
}

async fn listed(
    req: &HttpRequest,
    app: &App,
    base: &BaseUrl,
    caller: &Caller,
    path: &str,
    form: PageParams,
    list: List,
) -> Answer {
    let page = form.page(defaults::ACCOUNTS);
    let viewer = caller.viewer();
    let found = lists::public(app, viewer, id(path)?, list, &page, &urls(base)).await?;
    Ok(answer::listed(req, &found, &page))
}

#[derive(Deserialize)]
struct FollowForm {
    #[serde(default, deserialize_with = "lenient::opt_bool")]
    reblogs: Option<bool>,
    #[serde(default, deserialize_with = "lenient::opt_bool")]
    notify: Option<bool>,
    #[serde(default, deserialize_with = "lenient::opt_strings")]
    languages: Option<Vec<String>>,
}

async fn follow_them(
    app: Data<App>,
    caller: Caller,
    path: Path<String>,
    form: Params<FollowForm>,
) -> Answer {
    let wishes = Wishes {
        reblogs: form.0.reblogs,
        notify: form.0.notify,
        languages: form.0.languages,
    };
    told(follow::follow(&app, &caller.member()?, id(&path)?, wishes).await)
}

async fn unfollow(app: Data<App>, caller: Caller, path: Path<String>) -> Answer {
    told(follow::unfollow(&app, &caller.member()?, id(&path)?).await)
}

async fn remove_follower(app: Data<App>, caller: Caller, path: Path<String>) -> Answer {
    told(follow::remove_follower(&app, &caller.member()?, id(&path)?).await)
}

async fn block_them(app: Data<App>, caller: Caller, path: Path<String>) -> Answer {
    told(block::block(&app, &caller.member()?, id(&path)?).await)
}

async fn unblock(app: Data<App>, caller: Caller, path: Path<String>) -> Answer {
    told(block::unblock(&app, &caller.member()?, id(&path)?).await)
}

#[derive(Deserialize)]
struct MuteForm {
    #[serde(default, deserialize_with = "lenient::opt_bool")]
    notifications: Option<bool>,
    #[serde(default, deserialize_with = "lenient::opt_i64")]
    duration: Option<i64>,
}

async fn mute_them(
    app: Data<App>,
    caller: Caller,
    path: Path<String>,
    form: Params<MuteForm>,
) -> Answer {
    let notifications = form.0.notifications.unwrap_or(true);
    let seconds = form.0.duration.unwrap_or(0);
    told(mute::mute(&app, &caller.member()?, id(&path)?, notifications, seconds).await)
}

async fn unmute(app: Data<App>, caller: Caller, path: Path<String>) -> Answer {
    told(mute::unmute(&app, &caller.member()?, id(&path)?).await)
}

/// The relationship after a deed.
pub(super) fn told(done: Result<relationships::Relationship, Error>) -> Answer {
    Ok(HttpResponse::Ok().json(relationship(done?)))
}
