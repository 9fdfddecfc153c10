//! Those whom the member mutes. Muting itself is among the accounts' methods.

use actix_web::HttpRequest;
use actix_web::web::{self, Data};

use super::answer::{self, Answer, urls};
use super::entities::wire;
use super::paging::{Links, PageParams, Previous, defaults};
use super::render::writer;
use super::rows::own;
use super::{BaseUrl, Params};
use crate::app::App;
use crate::door::{Caller, Pending, Route};
use crate::social::accounts::lists;

/// What this file offers.
pub const ROUTES: &[Route] = &[own("/api/v1/mutes", "read:mutes", Pending::Allowed, || {
    web::to(list)
})];

async fn list(
    req: HttpRequest,
    app: Data<App>,
    base: Data<BaseUrl>,
    caller: Caller,
    form: Params<PageParams>,
) -> Answer {
    if caller.is_waiting() {
        // Without an account nobody can be muted.
        return Ok(answer::nobody());
    }
    let page = form.0.page(defaults::ACCOUNTS);
    let (found, ends) = lists::mutes(&app, &caller.member()?, &page, &urls(&base)).await?;
    let links = Links::list(&found.cursors, &page, Previous::SinceId);
    // Accounts, each with one thing more (quirk 125).
    let mut out = b"[".to_vec();
    for (index, (item, end)) in found.items.iter().zip(ends).enumerate() {
        if index > 0 {
            out.push(b',');
        }
        writer::account(&mut out, &item.fragment, &item.counters);
        out.pop();
        out.extend_from_slice(b",\"mute_expires_at\":");
        match end {
            Some(at) => out.extend_from_slice(format!("\"{}\"", wire::format_time(at)).as_bytes()),
            None => out.extend_from_slice(b"null"),
        }
        out.push(b'}');
    }
    out.push(b']');
    Ok(answer::json_page(&req, &links, out))
}
