//! `/tags`: the hashtags that a member follows, and the buttons that follow one and stop it.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::domain::Page as Wanted;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::social::tags::{self, MOST};
use crate::web::button::{Back, button};
use crate::web::error::WebError;
use crate::web::form::Form;
use crate::web::frame;
use crate::web::parts::layout::{Here, Page};
use crate::web::parts::tag::TagButton;

/// Where a button leads that does not say where it stood.
const TAGS: &str = "/tags";

/// All of them, newest first: their number is limited, so there are no pages.
#[derive(Template)]
#[template(path = "home/tags.html")]
pub struct TagsPage {
    /// The frame.
    pub page: Page,
    /// Those that are followed.
    pub tags: Vec<TagButton>,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: TAGS,
        access: Access::Session,
        pending: Pending::Refused,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    button("/tags/{name}/follow", Rate::Write, || web::to(follow)),
    button("/tags/{name}/unfollow", Rate::Write, || web::to(unfollow)),
];

async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    let (tags, _) = tags::followed(&app, &caller.member()?, &Wanted::newest(MOST)).await?;
    let mut page = frame::page(&req, Some(&caller), "Tags you follow").await?;
    page.here = Here::Tags;
    let tags = tags.iter().map(|tag| TagButton::new(&tag.name, true));
    let shown = TagsPage {
        page,
        tags: tags.collect(),
    };
    frame::render(&req, &shown)
}

async fn follow(
    app: web::Data<App>,
    caller: Caller,
    name: web::Path<String>,
    form: Form<Back>,
) -> Result<HttpResponse, WebError> {
    match tags::follow(&app, &caller.member()?, &name).await {
        Ok(_) => Ok(form.fields.to(TAGS)),
        Err(error) => form.fields.refused(TAGS, error),
    }
}

async fn unfollow(
    app: web::Data<App>,
    caller: Caller,
    name: web::Path<String>,
    form: Form<Back>,
) -> Result<HttpResponse, WebError> {
    tags::unfollow(&app, &caller.member()?, &name).await?;
    Ok(form.fields.to(TAGS))
}
