//! The small buttons below a status. Each does one thing and leads back to where it stood.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::app::App;
use crate::domain::{Error, Id, Result, ids};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::Member;
use crate::social::statuses::{bookmark, boost, favourite, mute, pin, poll};
use crate::web::error::WebError;
use crate::web::form::Form;
use crate::web::frame::{see_other, see_other_with, way_back};
use crate::web::parts::layout::Flash;

/// A button's form: where it stood.
#[derive(Deserialize)]
pub struct Back {
    /// A path of ours.
    #[serde(default, deserialize_with = "lenient::string")]
    pub return_to: String,
}

macro_rules! deed {
    ($path:literal, $handler:ident) => {
        Route {
            method: "POST",
            path: $path,
            access: Access::Session,
            pending: Pending::Refused,
            rate: Rate::Write,
            caching: Caching::Private,
            handler: || web::to($handler),
        }
    };
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    deed!("/statuses/{id}/favourite", favourite),
    deed!("/statuses/{id}/unfavourite", unfavourite),
    deed!("/statuses/{id}/reblog", reblog),
    deed!("/statuses/{id}/unreblog", unreblog),
    deed!("/statuses/{id}/bookmark", bookmark),
    deed!("/statuses/{id}/unbookmark", unbookmark),
    deed!("/statuses/{id}/pin", pin),
    deed!("/statuses/{id}/unpin", unpin),
    deed!("/statuses/{id}/mute", mute),
    deed!("/statuses/{id}/unmute", unmute),
    deed!("/statuses/{id}/vote", vote),
];

/// What every deed is handed.
type Given = (web::Data<App>, Caller, web::Path<String>);

fn read((_, caller, path): &Given) -> Result<(Member, Id)> {
    let id = ids::parse(path).ok_or(Error::NotFound)?;
    Ok((caller.member()?, id))
}

/// Back to where the button stood; to the home timeline where nobody knows.
fn back(form: &Back) -> HttpResponse {
    see_other(&way_back(&form.return_to, "/home"))
}

fn back_with(form: &Back, words: &str) -> HttpResponse {
    see_other_with(&way_back(&form.return_to, "/home"), &Flash::done(words))
}

/// Sentences instead of an error page: the button stood on a page, which says why not.
fn refused(form: &Back, error: Error) -> Result<HttpResponse, WebError> {
    match error {
        Error::Invalid(_) | Error::Denied(_) | Error::Conflict(_) => Ok(see_other_with(
            &way_back(&form.return_to, "/home"),
            &Flash::trouble(error.sentence()),
        )),
        other => Err(other.into()),
    }
}

async fn favourite(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, id) = read(&given)?;
    favourite::favourite(&given.0, &who, id).await?;
    Ok(back(&form.fields))
}

async fn unfavourite(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, id) = read(&given)?;
    favourite::unfavourite(&given.0, &who, id).await?;
    Ok(back(&form.fields))
}

async fn reblog(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, id) = read(&given)?;
    match boost::boost(&given.0, &who, id, None).await {
        Ok(_) => Ok(back(&form.fields)),
        Err(error) => refused(&form.fields, error),
    }
}

async fn unreblog(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, id) = read(&given)?;
    boost::unboost(&given.0, &who, id).await?;
    Ok(back(&form.fields))
}

async fn bookmark(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, id) = read(&given)?;
    bookmark::bookmark(&given.0, &who, id).await?;
    Ok(back(&form.fields))
}

async fn unbookmark(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, id) = read(&given)?;
    bookmark::unbookmark(&given.0, &who, id).await?;
    Ok(back(&form.fields))
}

async fn pin(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, id) = read(&given)?;
    match pin::pin(&given.0, &who, id).await {
        Ok(_) => Ok(back_with(&form.fields, "Pinned to your profile.")),
        Err(error) => refused(&form.fields, error),
    }
}

async fn unpin(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, id) = read(&given)?;
    match pin::unpin(&given.0, &who, id).await {
        Ok(_) => Ok(back_with(&form.fields, "No longer pinned.")),
        Err(error) => refused(&form.fields, error),
    }
}

async fn mute(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, id) = read(&given)?;
    match mute::set_muted(&given.0, &who, id, true).await {
        Ok(_) => Ok(back_with(
            &form.fields,
            "You hear no more of this conversation.",
        )),
        Err(error) => refused(&form.fields, error),
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
        Ok(_) => Ok(back_with(&form.fields.back, "Your vote counts.")),
        Err(error) => refused(&form.fields.back, error),
    }
}

async fn unmute(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, id) = read(&given)?;
    match mute::set_muted(&given.0, &who, id, false).await {
        Ok(_) => Ok(back_with(
            &form.fields,
            "You hear of this conversation again.",
        )),
        Err(error) => refused(&form.fields, error),
    }
}
