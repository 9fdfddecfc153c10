//! The buttons of a profile: follow, block, mute, and their undoing.

use actix_web::{HttpResponse, web};

use crate::app::App;
use crate::domain::{Error, Result};
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::Member;
use crate::model::account::Account;
use crate::social::accounts::{block, follow, mute};
use crate::social::shown;
use crate::web::error::WebError;
use crate::web::form::Form;
use crate::web::frame::{see_other, see_other_with, way_back};
use crate::web::home::deeds::Back;
use crate::web::parts::layout::Flash;
use crate::web::render::account;

macro_rules! bond {
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
    bond!("/@{name}/follow", follow),
    bond!("/@{name}/unfollow", unfollow),
    bond!("/@{name}/block", block),
    bond!("/@{name}/unblock", unblock),
    bond!("/@{name}/mute", mute),
    bond!("/@{name}/unmute", unmute),
];

type Given = (web::Data<App>, Caller, web::Path<String>);

/// Who acts, and towards whom.
async fn read((app, caller, name): &Given) -> Result<(Member, Account)> {
    let who = caller.member()?;
    let target = shown::account(app, name).await?;
    Ok((who, target))
}

/// Back to where the button stood, with a word on what was done.
fn done(form: &Form<Back>, target: &Account, words: String) -> HttpResponse {
    let profile = account::path(&target.acct());
    see_other_with(
        &way_back(&form.fields.return_to, &profile),
        &Flash::done(words),
    )
}

async fn follow(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, target) = read(&given).await?;
    let name = account::name(&target);
    let profile = account::path(&target.acct());
    let back = way_back(&form.fields.return_to, &profile);
    match follow::follow(&given.0, &who, target.id, Default::default()).await {
        Ok(_) if target.locked => Ok(done(&form, &target, format!("{name} was asked."))),
        Ok(_) => Ok(see_other(&back)),
        Err(error @ (Error::Invalid(_) | Error::Denied(_))) => {
            Ok(see_other_with(&back, &Flash::trouble(error.sentence())))
        }
        Err(error) => Err(error.into()),
    }
}

async fn unfollow(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, target) = read(&given).await?;
    follow::unfollow(&given.0, &who, target.id).await?;
    let profile = account::path(&target.acct());
    Ok(see_other(&way_back(&form.fields.return_to, &profile)))
}

async fn block(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, target) = read(&given).await?;
    block::block(&given.0, &who, target.id).await?;
    let name = account::name(&target);
    Ok(done(&form, &target, format!("{name} is blocked.")))
}

async fn unblock(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, target) = read(&given).await?;
    block::unblock(&given.0, &who, target.id).await?;
    let name = account::name(&target);
    Ok(done(
        &form,
        &target,
        format!("{name} is no longer blocked."),
    ))
}

async fn mute(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, target) = read(&given).await?;
    mute::mute(&given.0, &who, target.id, true, 0).await?;
    let name = account::name(&target);
    Ok(done(&form, &target, format!("You hear no more of {name}.")))
}

async fn unmute(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, target) = read(&given).await?;
    mute::unmute(&given.0, &who, target.id).await?;
    let name = account::name(&target);
    Ok(done(&form, &target, format!("You hear of {name} again.")))
}
