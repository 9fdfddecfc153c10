//! Accounts as staff see them: pending ones to be decided, members and remote ones to be looked
//! after. This API knows no hash of what was seen: it decides on what is there.

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::app::App;
use crate::domain::{Error, Id};
use crate::door::{Caller, Pending, Route};
use crate::gate::applications::approve;
use crate::gate::applications::reject::{self, Rejection};
use crate::mastodon_api::answer::urls;
use crate::mastodon_api::answer::{Answer, id};
use crate::mastodon_api::entities::{AdminAccount, AdminIp, Empty};
use crate::mastodon_api::forms::lenient;
use crate::mastodon_api::paging::{Links, PageParams, Previous};
use crate::mastodon_api::render::credentials::role;
use crate::mastodon_api::render::plain;
use crate::mastodon_api::rows::{deed, own};
use crate::mastodon_api::{BaseUrl, Params, pending};
use crate::moderation::people::{self, Act, Person, Standing, Wanted};

/// People on a page; twice as many at the most.
const PAGE: i64 = 100;
const PATH: &str = "/api/v1/admin/accounts";
const READ: &str = "admin:read:accounts";
const WRITE: &str = "admin:write:accounts";

/// What this file offers.
pub const ROUTES: &[Route] = &[
    own(PATH, READ, Pending::Refused, || web::to(list)),
    own("/api/v2/admin/accounts", READ, Pending::Refused, || {
        web::to(list_v2)
    }),
    own(
        "/api/v1/admin/accounts/{id}",
        READ,
        Pending::Refused,
        || web::to(one),
    ),
    deed("/api/v1/admin/accounts/{id}", WRITE, || web::to(delete)).by("DELETE"),
    deed("/api/v1/admin/accounts/{id}/approve", WRITE, || {
        web::to(let_in)
    }),
    deed("/api/v1/admin/accounts/{id}/reject", WRITE, || {
        web::to(turn_down)
    }),
    deed("/api/v1/admin/accounts/{id}/action", WRITE, || {
        web::to(action)
    }),
    deed("/api/v1/admin/accounts/{id}/enable", WRITE, || {
        web::to(enable)
    }),
    deed("/api/v1/admin/accounts/{id}/unsilence", WRITE, || {
        web::to(unsilence)
    }),
    deed("/api/v1/admin/accounts/{id}/unsuspend", WRITE, || {
        web::to(unsuspend)
    }),
    deed("/api/v1/admin/accounts/{id}/unsensitive", WRITE, || {
        web::to(unsensitive)
    }),
];

#[derive(Deserialize)]
struct ListForm {
    #[serde(default, deserialize_with = "lenient::boolean")]
    local: bool,
    #[serde(default, deserialize_with = "lenient::boolean")]
    remote: bool,
    #[serde(default, deserialize_with = "lenient::boolean")]
    active: bool,
    #[serde(default, deserialize_with = "lenient::boolean")]
    pending: bool,
    #[serde(default, deserialize_with = "lenient::boolean")]
    disabled: bool,
    #[serde(default, deserialize_with = "lenient::boolean")]
    silenced: bool,
    #[serde(default, deserialize_with = "lenient::boolean")]
    suspended: bool,
    #[serde(default, deserialize_with = "lenient::boolean")]
    staff: bool,
    /// v2: `local`, `remote`.
    #[serde(default, deserialize_with = "lenient::string")]
    origin: String,
    /// v2: `active`, `pending`, `disabled`, `silenced`, `suspended`.
    #[serde(default, deserialize_with = "lenient::string")]
    status: String,
    /// v2: `staff`.
    #[serde(default, deserialize_with = "lenient::string")]
    permissions: String,
    #[serde(default, deserialize_with = "lenient::string")]
    username: String,
    #[serde(default, deserialize_with = "lenient::string")]
    display_name: String,
    #[serde(default, deserialize_with = "lenient::string")]
    by_domain: String,
    #[serde(default, deserialize_with = "lenient::string")]
    email: String,
    #[serde(default, deserialize_with = "lenient::string")]
    ip: String,
    #[serde(flatten)]
    page: PageParams,
}

impl ListForm {
    fn wanted(&self) -> Result<Wanted, Error> {
        let standing = match self.status.as_str() {
            "" => [
                (self.pending, Standing::Pending),
                (self.disabled, Standing::Disabled),
                (self.silenced, Standing::Silenced),
                (self.suspended, Standing::Suspended),
                (self.active, Standing::Active),
            ]
            .into_iter()
            .find_map(|(asked, standing)| asked.then_some(standing)),
            "active" => Some(Standing::Active),
            "pending" => Some(Standing::Pending),
            "disabled" => Some(Standing::Disabled),
            "silenced" => Some(Standing::Silenced),
            "suspended" => Some(Standing::Suspended),
            _ => return Err(Error::BadRequest("Unknown status".into())),
        };
        let local = match self.origin.as_str() {
            "local" => Some(true),
            "remote" => Some(false),
            "" if self.local != self.remote => Some(self.local),
            "" => None,
            _ => return Err(Error::BadRequest("Unknown origin".into())),
        };
        let network = match self.ip.trim() {
            "" => None,
            typed => {
                let one = |address: std::net::IpAddr| ipnet::IpNet::from(address);
                let read = typed.parse().ok().or_else(|| typed.parse().ok().map(one));
                Some(read.ok_or_else(|| Error::BadRequest("ip is no address".into()))?)
            }
        };
        Ok(Wanted {
            local,
            standing,
            staff: self.staff || self.permissions == "staff",
            username: self.username.trim_start_matches('@').to_owned(),
            display_name: self.display_name.clone(),
            domain: self.by_domain.trim().to_owned(),
            email: self.email.clone(),
            network,
        })
    }
}

fn entity(app: &App, base: &BaseUrl, person: &Person) -> AdminAccount {
    let user = person.user.as_ref();
    let row = person.account.as_ref().map(|(account, _)| account);
    let account = match (&person.account, user) {
        (Some((row, counters)), _) => plain::account(&urls(base), row, counters),
        (None, Some(user)) => pending::account_of(app, user, person.profile.as_ref()),
        (None, None) => pending::nobody(app),
    };
    let here = person.networks.iter().map(|(network, at)| AdminIp {
        ip: network.addr().to_string(),
        used_at: *at,
    });
    let mut ips: Vec<AdminIp> = here.collect();
    if let Some(application) = &person.application
        && let Some(network) = application.network
    {
        ips.push(AdminIp {
            ip: network.addr().to_string(),
            used_at: application.submitted_at,
        });
    }
    AdminAccount {
        id: person.id,
        username: account.username.clone(),
        domain: person.domain.clone(),
        created_at: user.map_or(account.created_at, |user| user.created_at),
        email: user.and_then(|user| user.email.clone()),
        ip: ips.first().map(|ip| ip.ip.clone()),
        ips: user.map(|_| ips),
        locale: user.map(|user| user.locale.clone()),
        invite_request: person.reason.clone(),
        role: user.map(|user| role(user.role)),
        confirmed: person.is_confirmed(),
        approved: person.is_approved(),
        disabled: user.map(|user| user.disabled_at.is_some()),
        sensitized: row.is_some_and(|row| row.is_sensitive()),
        silenced: row.is_some_and(|row| row.is_limited()),
        suspended: row.is_some_and(|row| row.is_suspended()),
        account,
        invited_by_account_id: person.invited_by,
    }
}

async fn list(
    req: HttpRequest,
    app: Data<App>,
    caller: Caller,
    Params(form): Params<ListForm>,
) -> Answer {
    let page = form.page.page(PAGE);
    let found = people::list(&app, &caller.reviewer()?, &form.wanted()?, &page).await?;
    let base = BaseUrl::of(&req);
    let cursors: Vec<Id> = found.iter().map(|person| person.id).collect();
    let entities: Vec<AdminAccount> = found.iter().map(|p| entity(&app, &base, p)).collect();
    Ok(Links::list(&cursors, &page, Previous::MinId).respond(&req, &entities))
}

async fn list_v2(
    req: HttpRequest,
    app: Data<App>,
    caller: Caller,
    params: Params<ListForm>,
) -> Answer {
    list(req, app, caller, params).await
}

async fn one(req: HttpRequest, app: Data<App>, caller: Caller, path: web::Path<String>) -> Answer {
    show(&req, &app, &caller, id(&path)?).await
}

async fn show(req: &HttpRequest, app: &App, caller: &Caller, id: Id) -> Answer {
    let found = people::find(app, &caller.reviewer()?, id).await?;
    Ok(HttpResponse::Ok().json(entity(app, &BaseUrl::of(req), &found)))
}

/// Mastodon knows no conflict here: what cannot be decided any more may not be decided.
fn forbidden(error: Error) -> Error {
    match error {
        Error::Conflict(sentence) => Error::Denied(sentence),
        other => other,
    }
}

async fn let_in(
    req: HttpRequest,
    app: Data<App>,
    caller: Caller,
    path: web::Path<String>,
) -> Answer {
    let (account, reviewer) = (id(&path)?, caller.reviewer()?);
    let application = people::application_of(&app, &reviewer, account).await?;
    let done = approve::approve(&app, &reviewer, application, None, None).await;
    done.map_err(forbidden)?;
    show(&req, &app, &caller, account).await
}

async fn turn_down(
    req: HttpRequest,
    app: Data<App>,
    caller: Caller,
    path: web::Path<String>,
) -> Answer {
    let (account, reviewer) = (id(&path)?, caller.reviewer()?);
    let application = people::application_of(&app, &reviewer, account).await?;
    // An app has no box to tick.
    let no = Rejection {
        message: None,
        told: None,
    };
    let done = reject::reject(&app, &reviewer, application, None, no).await;
    done.map_err(forbidden)?;
    show(&req, &app, &caller, account).await
}

#[derive(Deserialize)]
struct ActionForm {
    #[serde(default, rename = "type", deserialize_with = "lenient::string")]
    kind: String,
    #[serde(default, deserialize_with = "lenient::string")]
    text: String,
    #[serde(default, deserialize_with = "lenient::opt_id")]
    report_id: Option<Id>,
}

async fn action(
    app: Data<App>,
    caller: Caller,
    path: web::Path<String>,
    Params(form): Params<ActionForm>,
) -> Answer {
    let (account, moderator) = (id(&path)?, caller.moderator()?);
    let act = match form.kind.as_str() {
        "none" => None,
        "disable" => Some(Act::Disable),
        "silence" => Some(Act::Limit),
        "suspend" => Some(Act::Suspend),
        "sensitive" => Some(Act::Sensitize),
        _ => {
            return Err(
                Error::invalid("Validation failed: Type is not included in the list").into(),
            );
        }
    };
    match act {
        Some(act) => people::act(&app, &moderator, account, act, &form.text).await?,
        None => {
            people::find(&app, &caller.reviewer()?, account).await?;
        }
    }
    if let Some(report) = form.report_id {
        crate::social::report::close(&app, &moderator, report).await?;
    }
    Ok(HttpResponse::Ok().json(Empty {}))
}

/// The account as it stands now, suspended and without its login; what it left goes bit by bit.
async fn delete(
    req: HttpRequest,
    app: Data<App>,
    caller: Caller,
    path: web::Path<String>,
) -> Answer {
    let account = id(&path)?;
    people::delete(&app, &caller.admin()?, account).await?;
    show(&req, &app, &caller, account).await
}

async fn lift(req: &HttpRequest, app: &App, caller: &Caller, path: &str, act: Act) -> Answer {
    let (account, moderator) = (id(path)?, caller.moderator()?);
    people::act(app, &moderator, account, act, "").await?;
    show(req, app, caller, account).await
}

async fn enable(
    req: HttpRequest,
    app: Data<App>,
    caller: Caller,
    path: web::Path<String>,
) -> Answer {
    lift(&req, &app, &caller, &path, Act::Enable).await
}

async fn unsilence(
    req: HttpRequest,
    app: Data<App>,
    caller: Caller,
    path: web::Path<String>,
) -> Answer {
    lift(&req, &app, &caller, &path, Act::Unlimit).await
}

async fn unsuspend(
    req: HttpRequest,
    app: Data<App>,
    caller: Caller,
    path: web::Path<String>,
) -> Answer {
    lift(&req, &app, &caller, &path, Act::Unsuspend).await
}

async fn unsensitive(
    req: HttpRequest,
    app: Data<App>,
    caller: Caller,
    path: web::Path<String>,
) -> Answer {
    lift(&req, &app, &caller, &path, Act::Unsensitize).await
}
