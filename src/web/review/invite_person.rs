//! `/desk/invites/people/NAME`: one member as far as invites go.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::Error;
use crate::domain::role::Role;
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::applications::mail_reaches_people;
use crate::gate::invites::allowance::{self, Allowance};
use crate::gate::invites::{rest, tree};
use crate::web::error::WebError;
use crate::web::form::{Form as Sent, Nothing};
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;

/// Posts to `/desk/invites/people/NAME/allow` (`live`, `uses`, `as_role`), `…/rest`, `…/wake`.
#[derive(Template)]
#[template(path = "review/invite_person.html")]
pub struct PersonPage {
    /// The frame.
    pub page: Page,
    /// Their name.
    pub name: String,
    /// Their place in the tree: its path.
    pub branch: Option<String>,
    /// What they may, in words.
    pub may: String,
    /// An admin said so for them alone.
    pub is_own: bool,
    /// Their invites rest.
    pub rests: bool,
    /// This viewer may put them to rest and take them up again.
    pub can_rest: bool,
    /// This viewer may make a link for a new password.
    pub can_link: bool,
    /// This viewer may say what they may.
    pub admin: bool,
    /// What was typed, and what is to be mended.
    pub form: Form,
    /// Their invites: used, uses, state, end.
    pub rows: Vec<(i32, i32, &'static str, Moment)>,
}

const GET: Route = Route {
    method: "GET",
    path: "/desk/invites/people/{name}",
    access: Access::Moderation,
    pending: Pending::Refused,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: || web::to(show),
};

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    GET,
    Route {
        method: "POST",
        path: "/desk/invites/people/{name}/allow",
        access: Access::Admin,
        rate: Rate::Write,
        handler: || web::to(allow),
        ..GET
    },
    Route {
        method: "POST",
        path: "/desk/invites/people/{name}/rest",
        rate: Rate::Write,
        handler: || web::to(put_to_rest),
        ..GET
    },
    Route {
        method: "POST",
        path: "/desk/invites/people/{name}/wake",
        rate: Rate::Write,
        handler: || web::to(wake),
        ..GET
    },
];

/// GET `/desk/invites/people/NAME`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    name: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    page(&req, &app, &caller, &name, None).await
}

async fn page(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    name: &str,
    typed: Option<Form>,
) -> Result<HttpResponse, WebError> {
    let who = caller.moderator()?;
    let person = tree::person(app, &who, name).await?;
    let now = app.clock.now();
    let title = format!("Invites of @{}", person.user.username);
    let mut page = frame::page(req, Some(caller), title).await?;
    page.here = Here::Desk;
    let Allowance { live, uses } = person.allowance;
    let form = typed.unwrap_or_else(|| {
        Form::new()
            .with("live", live.to_string())
            .with("uses", uses.to_string())
    });
    page.has_errors = form.has_errors();
    let failed = page.has_errors;
    let shown = PersonPage {
        page,
        branch: person
            .node
            .map(|node| format!("/desk/invites/branches/{node}")),
        may: match live {
            0 => "They may invite nobody.".to_owned(),
            1 => format!("They may have one invite at a time, for up to {uses}."),
            _ => format!("They may have {live} invites at a time, each for up to {uses}."),
        },
        is_own: person.is_own,
        rests: person.rests,
        can_rest: person.user.role < who.user().role && person.user.role <= Role::Admin,
        can_link: person.user.role < who.user().role && !mail_reaches_people(app),
        admin: caller.admin().is_ok(),
        form,
        rows: person
            .invites
            .iter()
            .map(|invite| {
                let state = match () {
                    () if invite.revoked_at.is_some() => "revoked",
                    () if invite.used >= invite.uses => "used up",
                    () if invite.expires_at <= now => "over",
                    () => "works",
                };
                let ends = Moment::new(invite.expires_at, now);
                (invite.used, invite.uses, state, ends)
            })
            .collect(),
        name: person.user.username,
    };
    let answer = frame::render(req, &shown)?;
    Ok(match failed {
        true => frame::refused(answer),
        false => answer,
    })
}

/// What somebody may, as it is typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    #[serde(deserialize_with = "lenient::string")]
    live: String,
    #[serde(deserialize_with = "lenient::string")]
    uses: String,
    #[serde(deserialize_with = "lenient::string")]
    as_role: String,
}

/// POST `…/allow`.
async fn allow(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    name: web::Path<String>,
    sent: Sent<Typed>,
) -> Result<HttpResponse, WebError> {
    let typed = sent.fields;
    let person = tree::person(&app, &caller.moderator()?, &name).await?;
    let wanted = typed.as_role.is_empty().then(|| Allowance {
        live: typed.live.trim().parse().unwrap_or(-1),
        uses: typed.uses.trim().parse().unwrap_or(-1),
    });
    match allowance::set_own(&app, &caller.admin()?, person.user.id, wanted).await {
        Ok(()) => Ok(back(&name, "That holds from now on.")),
        Err(Error::Invalid(invalid)) => {
            let form = Form::new()
                .with("live", typed.live)
                .with("uses", typed.uses);
            let form = form.refused_as(&invalid, |field| match field {
                "live" => "Invites at a time: it",
                _ => "People for each: it",
            });
            page(&req, &app, &caller, &name, Some(form)).await
        }
        Err(error) => Err(error.into()),
    }
}

fn back(name: &str, said: &str) -> HttpResponse {
    let name = name.trim_start_matches('@');
    frame::see_other_with(&format!("/desk/invites/people/{name}"), &Flash::done(said))
}

/// POST `…/rest`.
async fn put_to_rest(
    app: web::Data<App>,
    caller: Caller,
    name: web::Path<String>,
    _sent: Sent<Nothing>,
) -> Result<HttpResponse, WebError> {
    let who = caller.moderator()?;
    let person = tree::person(&app, &who, &name).await?;
    rest::set(&app, &who, person.user.id, true).await?;
    Ok(back(&name, "Their invites rest. Nobody comes by them."))
}

/// POST `…/wake`.
async fn wake(
    app: web::Data<App>,
    caller: Caller,
    name: web::Path<String>,
    _sent: Sent<Nothing>,
) -> Result<HttpResponse, WebError> {
    let who = caller.moderator()?;
    let person = tree::person(&app, &who, &name).await?;
    rest::set(&app, &who, person.user.id, false).await?;
    Ok(back(&name, "Their invites work again."))
}
