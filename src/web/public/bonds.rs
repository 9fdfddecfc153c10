//! The buttons of a profile: follow, block, mute, and their undoing.

use actix_web::{HttpResponse, web};

use crate::app::App;
use crate::domain::Result;
use crate::door::{Caller, Rate, Route};
use crate::gate::Member;
use crate::model::account::Account;
use crate::social::accounts::{block, follow, mute};
use crate::social::shown;
use crate::web::button::{Back, button};
use crate::web::error::WebError;
use crate::web::form::Form;
use crate::web::render::account;

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    button("/@{name}/follow", Rate::Follow, || web::to(follow)),
    button("/@{name}/unfollow", Rate::Write, || web::to(unfollow)),
    button("/@{name}/block", Rate::Write, || web::to(block)),
    button("/@{name}/unblock", Rate::Write, || web::to(unblock)),
    button("/@{name}/mute", Rate::Write, || web::to(mute)),
    button("/@{name}/unmute", Rate::Write, || web::to(unmute)),
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
    form.fields.done(&profile, words)
}

async fn follow(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, target) = read(&given).await?;
    let name = account::name(&target);
    let profile = account::path(&target.acct());
    match follow::follow(&given.0, &who, target.id, Default::default()).await {
        Ok(_) if target.locked => Ok(done(&form, &target, format!("{name} was asked."))),
        Ok(_) => Ok(form.fields.to(&profile)),
        Err(error) => form.fields.refused(&profile, error),
    }
}

async fn unfollow(given: Given, form: Form<Back>) -> Result<HttpResponse, WebError> {
    let (who, target) = read(&given).await?;
    follow::unfollow(&given.0, &who, target.id).await?;
    Ok(form.fields.to(&account::path(&target.acct())))
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
