//! `/desk/heir`: to whom the place goes if nobody comes back. For owners.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::heir::HeirEnding;
use crate::domain::{ClientAddress, Error};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::away::heir::{self, NOTICE, OFFER, QUIET};
use crate::gate::who::{self, Owner};
use crate::gate::zone;
use crate::identity::password;
use crate::secrets::Secret;
use crate::web::error::WebError;
use crate::web::form::Form as Sent;
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;

/// Posts to `/desk/heir` (`name`, `password`) and `/desk/heir/remove`.
#[derive(Template)]
#[template(path = "review/heir.html")]
pub struct HeirPage {
    /// The frame.
    pub page: Page,
    /// Who is asked or named.
    pub heir: Option<Named>,
    /// What became of the last one, where nobody is.
    pub ended: Option<Ended>,
    /// The configuration switches the presence clock off: no letter ever opens.
    pub unwatched: bool,
    /// Days: an offer stands, all are away, all are told.
    pub days: (i64, i64, i64),
    /// What is typed.
    pub form: Form,
}

/// Who is asked, or named.
#[derive(Debug, Clone)]
pub struct Named {
    /// The local name.
    pub name: String,
    /// When it was offered.
    pub offered_at: Moment,
    /// When they said yes.
    pub accepted_at: Option<Moment>,
    /// When an offer lapses.
    pub lapses: Option<Moment>,
    /// When the notice that runs is over.
    pub until: Option<Moment>,
}

/// What became of somebody.
#[derive(Debug, Clone)]
pub struct Ended {
    /// The local name.
    pub name: String,
    /// What, behind the name.
    pub words: &'static str,
    /// When.
    pub at: Moment,
}

/// What differs is named by each row below.
const ROW: Route = Route {
    method: "GET",
    path: "/desk/heir",
    access: Access::Admin,
    pending: Pending::Refused,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: || web::to(show),
};

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    ROW,
    Route {
        method: "POST",
        rate: Rate::SignIn,
        handler: || web::to(offer),
        ..ROW
    },
    Route {
        method: "POST",
        path: "/desk/heir/remove",
        rate: Rate::Write,
        handler: || web::to(take_back),
        ..ROW
    },
];

/// An owner; for other admins there is nothing here.
fn owner(caller: &Caller) -> Result<Owner, WebError> {
    let signed_in = caller.signed_in()?;
    if !signed_in.user.role.manages_settings() {
        return Err(Error::NotFound.into());
    }
    Ok(who::owner(signed_in)?)
}

/// GET `/desk/heir`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    page(&req, &app, &caller, Form::new()).await
}

fn words(ending: HeirEnding) -> &'static str {
    match ending {
        HeirEnding::Declined => "said no",
        HeirEnding::Lapsed => "did not answer in time",
        HeirEnding::TakenBack => "was taken back",
        HeirEnding::Replaced => "was replaced",
        HeirEnding::GivenUp => "gave it up",
        HeirEnding::Void => "was suspended, has gone, or has another role now",
        HeirEnding::Succeeded => "became an owner",
    }
}

async fn page(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    form: Form,
) -> Result<HttpResponse, WebError> {
    let owner = owner(caller)?;
    let (now, zone) = (app.clock.now(), zone::of(app, owner.user()).await?);
    let moment = |at| Moment::new(at, now).in_zone(zone);
    let seen = heir::look(app, &owner).await?;
    let (mut named, mut ended) = (None, None);
    if let Some(heir) = seen.heir {
        match heir.ending {
            Some((ending, at)) => {
                ended = Some(Ended {
                    name: heir.name,
                    words: words(ending),
                    at: moment(at),
                });
            }
            None => {
                named = Some(Named {
                    name: heir.name,
                    offered_at: moment(heir.offered_at),
                    accepted_at: heir.accepted_at.map(moment),
                    lapses: seen.lapses.map(moment),
                    until: seen.notice.map(|notice| moment(notice.until)),
                });
            }
        }
    }
    let mut page = frame::page(req, Some(caller), "The heir").await?;
    page.here = Here::Desk;
    page.has_errors = form.has_errors();
    let failed = page.has_errors;
    let shown = HeirPage {
        page,
        heir: named,
        ended: ended.filter(|ended| !ended.name.is_empty()),
        unwatched: !app.config.registration.dead_man_switch,
        days: (OFFER.num_days(), QUIET.num_days(), NOTICE.num_days()),
        form,
    };
    let answer = frame::render(req, &shown)?;
    Ok(match failed {
        true => frame::refused(answer),
        false => answer,
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    #[serde(deserialize_with = "lenient::string")]
    name: String,
    #[serde(deserialize_with = "lenient::string")]
    password: String,
}

/// POST `/desk/heir`.
async fn offer(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Typed>,
) -> Result<HttpResponse, WebError> {
    let Typed { name, password } = sent.fields;
    let owner = owner(&caller)?;
    let (secret, from) = (Secret::new(password), ClientAddress(caller.address()));
    let offered = async {
        let sure = password::prove(&app, caller.signed_in()?, &secret, from).await?;
        heir::offer(&app, &owner, &sure, &name).await
    };
    match offered.await {
        Ok(()) => {
            let said = "They are asked, and get a mail. Until they say yes nothing is sealed.";
            Ok(frame::see_other_with("/desk/heir", &Flash::done(said)))
        }
        Err(Error::Invalid(invalid)) => {
            let typed: String = name.chars().take(100).collect();
            let called = |field: &str| match field {
                "password" => "The password",
                _ => "This",
            };
            let form = Form::new().with("name", typed).refused_as(&invalid, called);
            page(&req, &app, &caller, form).await
        }
        Err(error) => Err(error.into()),
    }
}

/// POST `/desk/heir/remove`.
async fn take_back(
    app: web::Data<App>,
    caller: Caller,
    _sent: Sent<Typed>,
) -> Result<HttpResponse, WebError> {
    let flash = match heir::take_back(&app, &owner(&caller)?).await {
        Ok(()) => Flash::done("It is taken back. The letter, if there was one, is void."),
        Err(Error::NotFound) => Flash::trouble("Nobody is asked or named any more."),
        Err(error) => return Err(error.into()),
    };
    Ok(frame::see_other_with("/desk/heir", &flash))
}
