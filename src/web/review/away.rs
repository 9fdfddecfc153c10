//! `/desk/away`: while you were away. What happened, what waits, and the way back.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::queue::{QueueRow, counted, row};
use crate::app::App;
use crate::domain::switch::{Cause, Stage};
use crate::domain::{Error, Id};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::applications::review;
use crate::gate::away::back::{self, MORE, WhileAway};
use crate::gate::switch::lift::{self, Lifted};
use crate::gate::zone;
use crate::moderation::deputies;
use crate::web::error::WebError;
use crate::web::form::{Form as Sent, Nothing};
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;

/// What is ticked is posted to `/desk/bulk` (`pick[]`), `/desk/away/tell`, or, with `question`,
/// to `/desk/away/ask`; the button below goes to `/desk/away/lift`.
#[derive(Template)]
#[template(path = "review/away.html")]
pub struct AwayPage {
    /// The frame.
    pub page: Page,
    /// What there is to tell; `None` where nobody was away, or it is lifted.
    pub told: Option<Told>,
    /// The question for those who are ticked.
    pub form: Form,
}

/// What happened.
#[derive(Debug, Clone)]
pub struct Told {
    /// How the door stands, in a sentence.
    pub door: &'static str,
    /// Why, in a sentence.
    pub why: &'static str,
    /// From when on it is told.
    pub since: Moment,
    /// Figures: what, how many, where to; the second may be empty for none.
    pub figures: Vec<(&'static str, String, &'static str)>,
    /// Newcomers by name.
    pub joined: Vec<(String, Moment)>,
    /// There are more of them than named.
    pub more_joined: bool,
    /// Old applications.
    pub old: Vec<QueueRow>,
    /// May do more than the desk: the reports are theirs to read.
    pub moderates: bool,
    /// What deputies decided, each in a sentence.
    pub decided: Vec<String>,
    /// What deputies laid on others and what still holds; for moderators.
    pub deeds: Vec<Deed>,
    /// The seal is still to be broken, by answering the oldest.
    pub sealed: bool,
    /// Why the switch cannot be lifted by the viewer now; empty where it can.
    pub not_yet: String,
    /// Who wished it already and needs a second one.
    pub wishes: Vec<String>,
    /// The viewer needs a second one.
    pub needs_second: bool,
    /// Days more that the applicants are promised.
    pub more_days: i64,
}

/// What a deputy laid on somebody.
#[derive(Debug, Clone)]
pub struct Deed {
    /// Its id.
    pub id: i64,
    /// What, in a sentence.
    pub words: String,
    /// When.
    pub at: Moment,
    /// When it ends by itself.
    pub until: Moment,
}

/// What differs is named by each row below.
const ROW: Route = Route {
    method: "GET",
    path: "/desk/away",
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
        path: "/desk/away/tell",
        rate: Rate::Write,
        handler: || web::to(tell),
        ..ROW
    },
    Route {
        method: "POST",
        path: "/desk/away/ask",
        rate: Rate::Write,
        handler: || web::to(ask),
        ..ROW
    },
    Route {
        method: "POST",
        path: "/desk/away/keep",
        access: Access::Moderation,
        rate: Rate::Write,
        handler: || web::to(keep),
        ..ROW
    },
    Route {
        method: "POST",
        path: "/desk/away/undo",
        access: Access::Moderation,
        rate: Rate::Write,
        handler: || web::to(undo),
        ..ROW
    },
    Route {
        method: "POST",
        path: "/desk/away/lift",
        access: Access::Admin,
        rate: Rate::Write,
        handler: || web::to(lift),
        ..ROW
    },
];

/// GET `/desk/away`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    page(&req, &app, &caller, Form::new()).await
}

async fn page(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    form: Form,
) -> Result<HttpResponse, WebError> {
    let reviewer = caller.reviewer()?;
    let found = back::look(app, &reviewer).await?;
    let mut page = frame::page(req, Some(caller), "While you were away").await?;
    page.here = Here::Desk;
    page.has_errors = form.has_errors();
    let told = match found {
        Some(found) => Some(in_words(app, caller, found).await?),
        None => None,
    };
    let failed = page.has_errors;
    let answer = frame::render(req, &AwayPage { page, told, form })?;
    Ok(match failed {
        true => frame::refused(answer),
        false => answer,
    })
}

async fn in_words(app: &App, caller: &Caller, found: WhileAway) -> Result<Told, WebError> {
    let reviewer = caller.reviewer()?;
    let (now, zone) = (app.clock.now(), zone::of(app, reviewer.user()).await?);
    let moment = |at| Moment::new(at, now).in_zone(zone);
    let standing = &found.standing;
    let figures = [
        ("New members", found.waits.joined, ""),
        ("Applied", found.waits.applied, ""),
        ("Waiting to be read", found.queue.waiting, "/desk"),
        (
            "In line behind them",
            found.queue.in_line,
            "/desk?state=line",
        ),
        (
            "Asked, and not answered yet",
            found.queue.asked_back,
            "/desk?state=asked",
        ),
        ("Open reports", found.waits.reports, "/desk/reports"),
        ("Members on probation", found.waits.unknown, ""),
    ];
    let moderates = reviewer.user().role.manages_reports();
    let not_yet = match () {
        () if caller.admin().is_err() => "An admin gives the door back to what it was.".to_owned(),
        () if standing.response_is_over() => "First the oldest: an applicant or a report still \
             waits for an answer."
            .to_owned(),
        () => String::new(),
    };
    let deeds = match caller.moderator() {
        Ok(moderator) => deputies::done(app, &moderator).await?,
        Err(_) => Vec::new(),
    };
    let decided = found
        .decided
        .iter()
        .map(|(name, yes, no)| format!("@{name}, a deputy, let {yes} in and turned {no} down."));
    Ok(Told {
        decided: decided.collect(),
        deeds: deeds
            .into_iter()
            .map(|done| Deed {
                id: done.act.id,
                words: match &done.act.by {
                    Some(by) => format!("{} was {} by @{by}", done.whom, done.what),
                    None => format!("{} was {}", done.whom, done.what),
                },
                at: moment(done.act.at),
                until: moment(done.act.until),
            })
            .collect(),
        door: match standing.stage {
            Stage::Distress => {
                "Nobody can come in, time stands still for those who wait, and members were told how to leave."
            }
            Stage::Sealed => "Nobody can come in, and time stands still for those who wait.",
            _ => {
                "A person decides about everybody who comes, and newer accounts reach strangers slowly."
            }
        },
        why: match standing.cause {
            Cause::Absent => "Nobody who looks after this place was seen for a while.",
            Cause::Unanswered => "Somebody waited for an answer for longer than they should.",
            Cause::Nobody => "Nobody had a role that looks after this place.",
        },
        since: moment(found.since),
        figures: figures
            .into_iter()
            .filter(|(_, count, path)| *count > 0 && (moderates || *path != "/desk/reports"))
            .map(|(what, count, path)| (what, counted(count), path))
            .collect(),
        more_joined: found.waits.joined > found.joined.len() as i64,
        joined: found
            .joined
            .into_iter()
            .map(|(name, at)| (name, moment(at)))
            .collect(),
        old: found
            .old
            .iter()
            .map(|one| row(app, one, now, zone))
            .collect(),
        moderates,
        sealed: standing.sealed(),
        not_yet,
        wishes: found.wishes,
        needs_second: found.needs_second,
        more_days: MORE.num_days(),
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ticked {
    #[serde(deserialize_with = "lenient::strings")]
    pick: Vec<String>,
    #[serde(deserialize_with = "lenient::string")]
    question: String,
}

impl Ticked {
    fn ids(&self) -> Vec<Id> {
        let picks = review::picks(&self.pick);
        picks.into_iter().map(|(id, _)| id).collect()
    }
}

/// POST `/desk/away/tell`.
async fn tell(
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Ticked>,
) -> Result<HttpResponse, WebError> {
    let flash = match back::tell(&app, &caller.reviewer()?, &sent.fields.ids()).await {
        Ok(0) => Flash::note("They were told before, once. Now they need an answer."),
        Ok(1) => Flash::done(format!(
            "One person is told that you are back. There are {} days to answer.",
            MORE.num_days()
        )),
        Ok(told) => Flash::done(format!(
            "{told} people are told that you are back. There are {} days to answer.",
            MORE.num_days()
        )),
        Err(error @ Error::Invalid(_)) => Flash::trouble(error.sentence()),
        Err(error) => return Err(error.into()),
    };
    Ok(frame::see_other_with("/desk/away", &flash))
}

/// POST `/desk/away/ask`.
async fn ask(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Ticked>,
) -> Result<HttpResponse, WebError> {
    let Ticked { question, .. } = &sent.fields;
    match back::ask_all(&app, &caller.reviewer()?, &sent.fields.ids(), question).await {
        Ok((asked, left)) => {
            let mut said = match asked {
                1 => "One person is asked.".to_owned(),
                asked => format!("{asked} people are asked."),
            };
            for one in left.iter().take(5) {
                said.push_str(&format!(" @{}: {}", one.name, one.why));
            }
            let flash = match left.is_empty() {
                true => Flash::done(said),
                false => Flash::note(said),
            };
            Ok(frame::see_other_with("/desk/away", &flash))
        }
        Err(Error::Invalid(invalid)) => {
            let form = Form::new().with("question", question.clone());
            let form = match invalid.fields.is_empty() {
                true => form.error("", invalid.sentence()),
                false => form.error("question", "Write what you would like to know."),
            };
            page(&req, &app, &caller, form).await
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
struct OfDeed {
    #[serde(default, deserialize_with = "lenient::opt_i64")]
    id: Option<i64>,
}

/// POST `/desk/away/keep`.
async fn keep(
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<OfDeed>,
) -> Result<HttpResponse, WebError> {
    let id = sent.fields.id.ok_or(Error::NotFound)?;
    let flash = match deputies::keep(&app, &caller.moderator()?, id).await {
        Ok(()) => Flash::done("It is yours now, and holds until somebody lifts it."),
        Err(error @ Error::Denied(_)) => Flash::trouble(error.sentence()),
        Err(error) => return Err(error.into()),
    };
    Ok(frame::see_other_with("/desk/away", &flash))
}

/// POST `/desk/away/undo`.
async fn undo(
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<OfDeed>,
) -> Result<HttpResponse, WebError> {
    let id = sent.fields.id.ok_or(Error::NotFound)?;
    let flash = match deputies::take_back(&app, &caller.moderator()?, id).await {
        Ok(()) => Flash::done("It is taken back."),
        Err(error @ Error::Denied(_)) => Flash::trouble(error.sentence()),
        Err(error) => return Err(error.into()),
    };
    Ok(frame::see_other_with("/desk/away", &flash))
}

/// POST `/desk/away/lift`.
async fn lift(
    app: web::Data<App>,
    caller: Caller,
    _sent: Sent<Nothing>,
) -> Result<HttpResponse, WebError> {
    let flash = match lift::to_calm(&app, &caller.admin()?).await {
        Ok(Lifted::Done) => {
            Flash::done("Welcome back. The door is what it was before, and time goes on.")
        }
        Ok(Lifted::Wished) => Flash::note(
            "Noted. Your role is less than a week old, so another admin has to press the same button.",
        ),
        Err(error @ Error::Conflict(_)) => Flash::trouble(error.sentence()),
        Err(error) => return Err(error.into()),
    };
    Ok(frame::see_other_with("/desk/away", &flash))
}
