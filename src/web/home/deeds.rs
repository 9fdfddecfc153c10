//! The small buttons below a status. Each does one thing and leads back to where it stood.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::app::App;
use crate::domain::{Error, Id, Result, ids};
use crate::door::forms::lenient;
use crate::door::{Caller, Rate, Route};
use crate::gate::Member;
use crate::social::statuses::{bookmark, boost, favourite, mute, pin, poll};
use crate::web::button::{Back, button};
use crate::web::error::WebError;
use crate::web::form::Form;

/// Where a button leads that does not say where it stood.
const HOME: &str = "/home";

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    button("/statuses/{id}/favourite", Rate::Write, || {
        web::to(favourite)
    }),
    button("/statuses/{id}/unfavourite", Rate::Write, || {
        web::to(unfavourite)
    }),
    button("/statuses/{id}/reblog", Rate::Post, || web::to(reblog)),
    button("/statuses/{id}/unreblog", Rate::Write, || web::to(unreblog)),
    button("/statuses/{id}/bookmark", Rate::Write, || web::to(bookmark)),
    button("/statuses/{id}/unbookmark", Rate::Write, || {
        web::to(unbookmark)
    }),
    button("/statuses/{id}/pin", Rate::Write, || web::to(pin)),
    button("/statuses/{id}/unpin", Rate::Write, || web::to(unpin)),
    button("/statuses/{id}/mute", Rate::Write, || web::to(mute)),
    button("/statuses/{id}/unmute", Rate::Write, || web::to(unmute)),
    button("/statuses/{id}/vote", Rate::Write, || web::to(vote)),
];

/// What every deed is handed.
type Given = (web::Data<App>, Caller, web::Path<String>);

fn read((_, caller, path): &Given) -> Result<(Member, Id)> {
    let id = ids::parse(path).ok_or(Error::NotFound)?;
    Ok((caller.member()?, id))
}

async fn favourite(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, id) = read(&given)?;
    favourite::favourite(&given.0, &who, id).await?;
    Ok(form.fields.to(HOME))
}

async fn unfavourite(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, id) = read(&given)?;
    favourite::unfavourite(&given.0, &who, id).await?;
    Ok(form.fields.to(HOME))
}

async fn reblog(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, id) = read(&given)?;
    match boost::boost(&given.0, &who, id, None).await {
        Ok(_) => Ok(form.fields.to(HOME)),
        Err(error) => form.fields.refused(HOME, error),
    }
}

async fn unreblog(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, id) = read(&given)?;
    boost::unboost(&given.0, &who, id).await?;
    Ok(form.fields.to(HOME))
}

async fn bookmark(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, id) = read(&given)?;
    bookmark::bookmark(&given.0, &who, id).await?;
    Ok(form.fields.to(HOME))
}

async fn unbookmark(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, id) = read(&given)?;
    bookmark::unbookmark(&given.0, &who, id).await?;
    Ok(form.fields.to(HOME))
}

async fn pin(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, id) = read(&given)?;
    match pin::pin(&given.0, &who, id).await {
        Ok(_) => Ok(form.fields.done(HOME, "Pinned to your profile.")),
        Err(error) => form.fields.refused(HOME, error),
    }
}

async fn unpin(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, id) = read(&given)?;
    match pin::unpin(&given.0, &who, id).await {
        Ok(_) => Ok(form.fields.done(HOME, "No longer pinned.")),
        Err(error) => form.fields.refused(HOME, error),
    }
}

async fn mute(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, id) = read(&given)?;
    match mute::set_muted(&given.0, &who, id, true).await {
        Ok(_) => Ok(form
            .fields
            .done(HOME, "You hear no more of this conversation.")),
        Err(error) => form.fields.refused(HOME, error),
    }
}

/// The form of a poll.
#[derive(Deserialize)]
struct Choices {
    #[serde(flatten)]
    back: Back,
    #[serde(default, deserialize_with = "lenient::strings")]
    choices: Vec<String>,
}

async fn vote(given: Given, form: Form<Choices>) -> Result<HttpResponse, WebError> {
    let (who, id) = read(&given)?;
    let choices = &form.fields.choices;
    let choices = choices.iter().map(|c| c.trim().parse().unwrap_or(-1));
    match poll::vote(&given.0, &who, id, choices.collect()).await {
        Ok(_) => Ok(form.fields.back.done(HOME, "Your vote counts.")),
        Err(error) => form.fields.back.refused(HOME, error),
    }
}

async fn unmute(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, id) = read(&given)?;
    match mute::set_muted(&given.0, &who, id, false).await {
        Ok(_) => Ok(form
            .fields
            .done(HOME, "You hear of this conversation again.")),
        Err(error) => form.fields.refused(HOME, error),
    }
}
