//! Polls: one by the id of its status, and voting.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path};
use serde::Deserialize;

use super::answer::{Answer, id, urls};
use super::forms::lenient;
use super::render::poll as render;
use super::rows::{deed, public};
use super::{BaseUrl, Params};
use crate::app::App;
use crate::door::{Caller, Route};
use crate::social::page::address_emoji;
use crate::social::statuses::poll;

/// What this file offers.
pub const ROUTES: &[Route] = &[
    public("/api/v1/polls/{id}", "read:statuses", || web::to(one)),
    deed("/api/v1/polls/{id}/votes", "write:statuses", || {
        web::to(vote)
    }),
];

#[derive(Deserialize)]
struct VoteForm {
    #[serde(default, deserialize_with = "lenient::strings")]
    choices: Vec<String>,
}

async fn one(app: Data<App>, base: Data<BaseUrl>, caller: Caller, path: Path<String>) -> Answer {
    let viewer = caller.viewer();
    let mut poll = poll::poll(&app, viewer, id(&path)?).await?;
    address_emoji(&mut poll, &urls(&base));
    Ok(HttpResponse::Ok().json(render::entity(&poll, viewer.is_some())))
}

async fn vote(
    app: Data<App>,
    base: Data<BaseUrl>,
    caller: Caller,
    path: Path<String>,
    Params(form): Params<VoteForm>,
) -> Answer {
    // What is no number is no choice either.
    let choices = form
        .choices
        .iter()
        .map(|choice| choice.trim().parse().unwrap_or(-1))
        .collect();
    let mut poll = poll::vote(&app, &caller.member()?, id(&path)?, choices).await?;
    address_emoji(&mut poll, &urls(&base));
    Ok(HttpResponse::Ok().json(render::entity(&poll, true)))
}
