//! `/desk/absence`: away for a while, and said so beforehand.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::Deserialize;

use crate::app::App;
use crate::domain::Error;
use crate::domain::registration_mode::RegistrationMode;
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::away::absence::{self, Wanted};
use crate::gate::away::deputies;
use crate::gate::ceilings::absence::{Absence, LONGEST};
use crate::gate::zone;
use crate::web::error::WebError;
use crate::web::form::{Form as Sent, Nothing};
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::render::door as words;

/// Posts to `/desk/absence` (`from`, `to`, `mode`) and `/desk/absence/end`.
#[derive(Template)]
#[template(path = "review/absence.html")]
pub struct AbsencePage {
    /// The frame.
    pub page: Page,
    /// May change it.
    pub admin: bool,
    /// The one that is planned, or lasts.
    pub planned: Option<Planned>,
    /// What is typed.
    pub form: Form,
    /// Modes with what they mean: value, name, sentence.
    pub modes: Vec<(&'static str, &'static str, &'static str)>,
    /// Deputies who may act from the first day: id and name; for admins.
    pub deputies: Vec<(String, String)>,
    /// How long it may last, and whose clock the days are of.
    pub help: String,
}

/// An absence in words.
#[derive(Debug, Clone)]
pub struct Planned {
    /// It lasts now.
    pub lasts: bool,
    /// The first day away: `Thursday, 24 December 2026`.
    pub from: String,
    /// The first day back.
    pub to: String,
    /// The mode, in a word or two.
    pub mode: &'static str,
    /// Who stands in from the first day; for admins.
    pub deputy: Option<String>,
}

/// What differs is named by each row below.
const ROW: Route = Route {
    method: "GET",
    path: "/desk/absence",
    access: Access::Desk,
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
        access: Access::Admin,
        rate: Rate::Write,
        handler: || web::to(plan),
        ..ROW
    },
    Route {
        method: "POST",
        path: "/desk/absence/end",
        access: Access::Admin,
        rate: Rate::Write,
        handler: || web::to(end),
        ..ROW
    },
];

/// The modes with what they mean while nobody is there.
pub const MODES: [(&str, &str, &str); 3] = [
    (
        "approval",
        "Applications may come",
        "They wait until somebody reads them.",
    ),
    (
        "invite",
        "By invitation",
        "Only the invited may apply, and they wait to be read too.",
    ),
    ("closed", "Closed", "Nobody may apply."),
];

/// GET `/desk/absence`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    page(&req, &app, &caller, Form::new().with("mode", "closed")).await
}

async fn page(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    form: Form,
) -> Result<HttpResponse, WebError> {
    let reviewer = caller.reviewer()?;
    let zone = zone::of(app, reviewer.user()).await?;
    let now = app.clock.now();
    let found = absence::look(app, &reviewer).await?;
    let deputies = match caller.admin() {
        Ok(admin) => deputies::list(app, &admin).await?,
        Err(_) => Vec::new(),
    };
    let mut page = frame::page(req, Some(caller), "Away for a while").await?;
    page.here = Here::Desk;
    page.has_errors = form.has_errors();
    let shown = AbsencePage {
        admin: caller.admin().is_ok(),
        planned: found.map(|away| {
            let deputy = deputies.iter().find(|one| Some(one.user) == away.deputy);
            let deputy = deputy.map(|one| one.name.clone());
            Planned {
                deputy,
                ..in_words(&away, now, zone)
            }
        }),
        deputies: deputies
            .iter()
            .map(|one| (one.user.to_string(), one.name.clone()))
            .collect(),
        form,
        modes: MODES.to_vec(),
        help: format!(
            "{} days later at the most. Days begin at midnight in {}.",
            LONGEST.num_days(),
            zone.name()
        ),
        page,
    };
    let failed = shown.page.has_errors;
    let answer = frame::render(req, &shown)?;
    Ok(match failed {
        true => frame::refused(answer),
        false => answer,
    })
}

fn in_words(away: &Absence, now: DateTime<Utc>, zone: Tz) -> Planned {
    let day = |at: DateTime<Utc>| {
        let there = at.with_timezone(&zone);
        there.format("%A, %-d %B %Y").to_string()
    };
    Planned {
        lasts: away.lasts(now),
        from: day(away.from),
        // The clocks may have been changed in between: the day, whatever its first minute was.
        to: day(away.to + TimeDelta::minutes(1)),
        mode: words::short(away.mode),
        deputy: None,
    }
}

#[derive(Deserialize)]
struct Typed {
    #[serde(default, deserialize_with = "lenient::string")]
    from: String,
    #[serde(default, deserialize_with = "lenient::string")]
    to: String,
    #[serde(default, deserialize_with = "lenient::string")]
    mode: String,
    #[serde(default, deserialize_with = "lenient::opt_i64")]
    deputy: Option<i64>,
}

/// POST `/desk/absence`.
async fn plan(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Typed>,
) -> Result<HttpResponse, WebError> {
    let admin = caller.admin()?;
    let typed = sent.fields;
    let mode = RegistrationMode::from_name(&typed.mode)
        .ok_or_else(|| Error::BadRequest("Nobody offered that mode.".into()))?;
    let wanted = Wanted {
        from: typed.from.clone(),
        to: typed.to.clone(),
        mode,
        deputy: typed.deputy,
    };
    match absence::plan(&app, &admin, &wanted).await {
        Ok(away) => {
            let zone = zone::of(&app, admin.user()).await?;
            let planned = in_words(&away, app.clock.now(), zone);
            let said = match planned.lasts {
                true => format!(
                    "Noted, from now on. Have a good time; see you on {}.",
                    planned.to
                ),
                false => format!("Noted: away from {}, back on {}.", planned.from, planned.to),
            };
            Ok(frame::see_other_with("/desk/absence", &Flash::done(said)))
        }
        Err(Error::Invalid(invalid)) => {
            let form = Form::new()
                .with("from", typed.from)
                .with("to", typed.to)
                .with("mode", typed.mode)
                .with(
                    "deputy",
                    typed.deputy.map(|id| id.to_string()).unwrap_or_default(),
                )
                .refused_as(&invalid, |field| match field {
                    "from" => "The first day away",
                    "to" => "The first day back",
                    "deputy" => "Who was chosen as deputy",
                    _ => "The door",
                });
            page(&req, &app, &caller, form).await
        }
        Err(error) => Err(error.into()),
    }
}

/// POST `/desk/absence/end`.
async fn end(
    app: web::Data<App>,
    caller: Caller,
    _sent: Sent<Nothing>,
) -> Result<HttpResponse, WebError> {
    absence::end(&app, &caller.admin()?).await?;
    let said = "It is over. The door is as it was before, as far as nothing else holds it.";
    Ok(frame::see_other_with("/desk/absence", &Flash::done(said)))
}
