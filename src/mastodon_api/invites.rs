//! `GET /invite/CODE` for apps (`Accept: application/json`): Mastodon's own app opens links of
//! invites with it. Everybody else gets the page at the same address.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::json;

use super::BaseUrl;
use super::answer::Answer;
use crate::app::App;
use crate::door::{Access, Alternative, Caching, Pending, Rate, Route};
use crate::gate::invites;

/// The row, beside the page's.
pub const ALTERNATIVES: &[Alternative] = &[Alternative {
    route: Route {
        method: "GET",
        path: "/invite/{code}",
        access: Access::Open,
        pending: Pending::AnyStanding,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    when: wants_json,
}];

/// Where an app goes on with an invite.
#[derive(Serialize)]
struct InviteResponse {
    invite_code: String,
    instance_api_url: String,
}

/// Whether plain JSON is asked for, and no page.
fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|a| a.to_str().ok());
    accept.is_some_and(|a| a.contains("application/json") && !a.contains("text/html"))
}

/// The same answer for every invite that does not work, whatever the reason.
async fn show(req: HttpRequest, app: Data<App>, code: Path<String>) -> Answer {
    Ok(match invites::look(&app, &code).await? {
        Some(invitation) => HttpResponse::Ok().json(InviteResponse {
            invite_code: invitation.code,
            instance_api_url: BaseUrl::of(&req).join("/api/v2/instance"),
        }),
        None => HttpResponse::build(StatusCode::UNAUTHORIZED)
            .json(json!({ "error": "This invite does not work" })),
    })
}
