//! Requests to follow the member.

use actix_web::HttpRequest;
use actix_web::web::{self, Data, Path};

use super::accounts::told;
use super::answer::{self, Answer, id, urls};
use super::paging::{PageParams, defaults};
use super::rows::{deed, own};
use super::{BaseUrl, Params};
use crate::app::App;
use crate::door::{Caller, Pending, Route};
use crate::social::accounts::{follow_requests, lists};

/// What this file offers.
pub const ROUTES: &[Route] = &[
    own(
        "/api/v1/follow_requests",
        "read:follows",
        Pending::Allowed,
        || web::to(list),
    ),
    deed(
        "/api/v1/follow_requests/{id}/authorize",
        "write:follows",
        || web::to(authorize),
    ),
    deed(
        "/api/v1/follow_requests/{id}/reject",
        "write:follows",
        || web::to(reject),
    ),
];

async fn list(
    req: HttpRequest,
    app: Data<App>,
    base: Data<BaseUrl>,
    caller: Caller,
    form: Params<PageParams>,
) -> Answer {
    if caller.is_waiting() {
        // Nobody can ask to follow an account that is not there.
        return Ok(answer::nobody());
    }
    let page = form.0.page(defaults::ACCOUNTS);
    let found = lists::requests(&app, &caller.member()?, &page, &urls(&base)).await?;
    Ok(answer::listed(&req, &found, &page))
}

async fn authorize(app: Data<App>, caller: Caller, path: Path<String>) -> Answer {
    told(follow_requests::authorize(&app, &caller.member()?, id(&path)?).await)
}

async fn reject(app: Data<App>, caller: Caller, path: Path<String>) -> Answer {
    told(follow_requests::reject(&app, &caller.member()?, id(&path)?).await)
}
