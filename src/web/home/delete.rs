//! `/statuses/ID/delete`: asks once more. Its POST deletes.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::domain::{Error, Result, ids};
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::social::{shown, statuses};
use crate::web::button::Back;
use crate::web::error::WebError;
use crate::web::form::Form;
use crate::web::frame::{self, see_other_with, way_back};
use crate::web::parts::layout::{Flash, Page};
use crate::web::parts::status::StatusCard;
use crate::web::render::status::Eyes;

/// Posts `csrf` and `return_to` to `/statuses/ID/delete`.
#[derive(Template)]
#[template(path = "home/delete.html")]
pub struct DeletePage {
    /// The frame.
    pub page: Page,
    /// What would go.
    pub status: StatusCard,
    /// Where to go afterwards, and on *Keep it*: a path of ours.
    pub return_to: String,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/statuses/{id}/delete",
        access: Access::Session,
        pending: Pending::Refused,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(ask),
    },
    Route {
        method: "POST",
        path: "/statuses/{id}/delete",
        access: Access::Session,
        pending: Pending::Refused,
        rate: Rate::Delete,
        caching: Caching::Private,
        handler: || web::to(delete),
    },
];

async fn ask(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    back: web::Query<Back>,
) -> Result<HttpResponse, WebError> {
    let who = caller.member()?;
    let id = ids::parse(&path).ok_or(Error::NotFound)?;
    let found = shown::one(&app, Some(who.account_id()), id).await?;
    let status = Eyes::of(&app, &caller).card(&found);
    if !status.own {
        return Err(Error::NotFound.into());
    }
    let page = frame::page(&req, Some(&caller), "Delete this post?").await?;
    let return_to = way_back(&back.return_to, "/home");
    frame::render(
        &req,
        &DeletePage {
            page,
            status,
            return_to,
        },
    )
}

async fn delete(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    form: Form<Back>,
) -> Result<HttpResponse, WebError> {
    let who = caller.member()?;
    let id = ids::parse(&path).ok_or(Error::NotFound)?;
    statuses::delete::delete(&app, &who, id, true).await?;
    // The page of what was deleted is no place to go back to.
    let back = way_back(&form.fields.return_to, "/home");
    let back = match back.split(['?', '#']).next() {
        Some(path) if path.ends_with(&format!("/{id}")) => "/home".to_owned(),
        _ => back,
    };
    Ok(see_other_with(&back, &Flash::done("Deleted.")))
}
