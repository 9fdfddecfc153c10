//! Those whom the member blocks. Blocking itself is among the accounts' methods.

use actix_web::HttpRequest;
use actix_web::web::{self, Data};

use super::answer::{self, Answer, urls};
use super::paging::{PageParams, defaults};
use super::rows::own;
use super::{BaseUrl, Params};
use crate::app::App;
use crate::door::{Caller, Pending, Route};
use crate::social::accounts::lists;

/// What this file offers.
pub const ROUTES: &[Route] = &[own(
    "/api/v1/blocks",
    "read:blocks",
    Pending::Allowed,
    || web::to(list),
)];

async fn list(
    req: HttpRequest,
    app: Data<App>,
    base: Data<BaseUrl>,
    caller: Caller,
    form: Params<PageParams>,
) -> Answer {
    if caller.is_waiting() {
        // Without an account nobody can be blocked.
        return Ok(answer::nobody());
    }
    let page = form.0.page(defaults::ACCOUNTS);
    let found = lists::blocks(&app, &caller.member()?, &page, &urls(&base)).await?;
    Ok(answer::listed(&req, &found, &page))
}
