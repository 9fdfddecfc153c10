//! `/desk/groups/ID` and `/desk/bulk`: several decided at once.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::application::{id_of, kind_words};
use super::keys::KeyMap;
use super::queue::{QueueRow, counted, row};
use crate::app::App;
use crate::domain::application::BulkAct;
use crate::domain::{Error, Result};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::applications::bulk::{self, LeftOut, MOST, Many, TYPED_ABOVE};
use crate::gate::applications::{mail_reaches_people, presets, review};
use crate::gate::zone;
use crate::model::application::BulkDecision;
use crate::web::error::WebError;
use crate::web::form::Form as Sent;
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;

/// Those that are alike, each ticked. What is ticked is posted to `/desk/bulk`.
#[derive(Template)]
#[template(path = "review/bulk_group.html")]
pub struct GroupPage {
    /// The frame.
    pub page: Page,
    /// How many, in words.
    pub count: String,
    /// There are more of them than one act takes.
    pub more: bool,
    /// Each of them.
    pub rows: Vec<QueueRow>,
    /// Which key does what.
    pub keys: KeyMap,
}

/// What is to be done to those that were ticked: the last look before it. Posts to
/// `/desk/bulk/decide`: `pick[]`, `act`, `preset`, `message`, `send_mail` (`usual`, `1` for
/// all, `0` for nobody), `number`.
#[derive(Template)]
#[template(path = "review/bulk.html")]
pub struct BulkPage {
    /// The frame.
    pub page: Page,
    /// What was ticked, as it is sent on.
    pub picks: Vec<String>,
    /// How many.
    pub count: usize,
    /// The number has to be typed.
    pub typed: bool,
    /// Canned words: id, what they go with, title, text.
    pub presets: Vec<(String, &'static str, String, String)>,
    /// A message can be mailed.
    pub mail_works: bool,
    /// What was typed, and what was wrong.
    pub form: Form,
    /// Which key does what: none does it without the button.
    pub keys: KeyMap,
}

/// What an act did. Posts to `/desk/bulk/ID/undo`.
#[derive(Template)]
#[template(path = "review/bulk_done.html")]
pub struct DonePage {
    /// The frame.
    pub page: Page,
    /// Its id, as text.
    pub id: String,
    /// What it is, in words.
    pub words: String,
    /// When.
    pub at: Moment,
    /// How many are done, of how many.
    pub done: (usize, i32),
    /// How many are still to do.
    pub to_do: usize,
    /// Who was left out: name, path, why.
    pub left_out: Vec<(String, String, String)>,
    /// It can be taken back.
    pub undoable: bool,
    /// It was taken back.
    pub undone: bool,
    /// Which key does what.
    pub keys: KeyMap,
}

/// Whoever is told by default is told.
const USUAL: &str = "usual";

/// What differs is named by each row below.
const ROW: Route = Route {
    method: "GET",
    path: "/desk/bulk/{id}",
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
        path: "/desk/groups/{id}",
        handler: || web::to(group),
        ..ROW
    },
    Route {
        method: "POST",
        path: "/desk/bulk",
        handler: || web::to(look),
        ..ROW
    },
    Route {
        method: "POST",
        path: "/desk/bulk/decide",
        rate: Rate::Write,
        handler: || web::to(decide),
        ..ROW
    },
    Route {
        method: "POST",
        path: "/desk/bulk/{id}/undo",
        rate: Rate::Write,
        handler: || web::to(undo),
        ..ROW
    },
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ticked {
    #[serde(deserialize_with = "lenient::strings")]
    pick: Vec<String>,
    #[serde(deserialize_with = "lenient::string")]
    act: String,
    #[serde(deserialize_with = "lenient::string")]
    message: String,
    #[serde(deserialize_with = "lenient::opt_i64")]
    preset: Option<i64>,
    #[serde(deserialize_with = "lenient::string")]
    send_mail: String,
    #[serde(deserialize_with = "lenient::string")]
    number: String,
}

impl Ticked {
    fn form(&self) -> Form {
        let preset = self.preset.map(|id| id.to_string());
        Form::new()
            .with("act", self.act.clone())
            .with("message", self.message.clone())
            .with("preset", preset.unwrap_or_default())
            .with("send_mail", self.send_mail.clone())
            .with("number", self.number.clone())
    }
}

/// GET `/desk/groups/ID`.
async fn group(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let reviewer = caller.reviewer()?;
    let found = review::group(&app, &reviewer, id_of(&path)?).await?;
    let (now, zone) = (app.clock.now(), zone::of(&app, reviewer.user()).await?);
    let mut page = frame::page(&req, Some(&caller), "Applications that are alike").await?;
    page.here = Here::Desk;
    let shown = GroupPage {
        page,
        count: counted(found.len() as i64),
        more: found.len() == MOST,
        rows: found.iter().map(|w| row(&app, w, now, zone)).collect(),
        keys: KeyMap::of(&caller)?,
    };
    frame::render(&req, &shown)
}

/// POST `/desk/bulk`: nothing is changed by it.
async fn look(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Ticked>,
) -> Result<HttpResponse, WebError> {
    let mut ticked = sent.fields;
    ticked.send_mail = USUAL.to_owned();
    if ticked.act.is_empty() {
        ticked.act = BulkAct::Reject.as_str().to_owned();
    }
    if review::picks(&ticked.pick).is_empty() {
        let flash = Flash::trouble("Nothing was ticked. Tick those that you mean, then go on.");
        return Ok(frame::see_other_with("/desk", &flash));
    }
    let form = ticked.form();
    confirm(&req, &app, &caller, &ticked, form).await
}

async fn confirm(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    ticked: &Ticked,
    form: Form,
) -> Result<HttpResponse, WebError> {
    let presets = presets::list(app, &caller.reviewer()?).await?;
    let picks = review::picks(&ticked.pick);
    let mut page = frame::page(req, Some(caller), "Several at once").await?;
    page.here = Here::Desk;
    page.has_errors = form.has_errors();
    let shown = BulkPage {
        page,
        count: picks.len(),
        typed: picks.len() > TYPED_ABOVE,
        picks: picks
            .into_iter()
            .map(|(id, hash)| format!("{id}-{hash}"))
            .collect(),
        presets: presets
            .into_iter()
            .map(|p| (p.id.to_string(), kind_words(p.kind), p.title, p.body))
            .collect(),
        mail_works: mail_reaches_people(app),
        form,
        keys: KeyMap::of(caller)?,
    };
    frame::render(req, &shown)
}

/// POST `/desk/bulk/decide`.
async fn decide(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Ticked>,
) -> Result<HttpResponse, WebError> {
    let reviewer = caller.reviewer()?;
    let ticked = sent.fields;
    let act = BulkAct::from_name(&ticked.act)
        .ok_or_else(|| Error::BadRequest("Nobody offered that choice.".into()))?;
    let done: Result<i64> = async {
        let own = &ticked.message;
        let many = Many {
            act,
            picks: review::picks(&ticked.pick),
            message: presets::with_own(&app, &reviewer, ticked.preset, own).await?,
            told: match ticked.send_mail.as_str() {
                // Without mail nobody is asked: a no is read on the waiting page.
                _ if !mail_reaches_people(&app) => None,
                USUAL => None,
                wished => Some(wished == "1"),
            },
            typed: ticked.number.trim().parse().ok(),
        };
        bulk::decide(&app, &reviewer, many).await
    }
    .await;
    match done {
        Ok(id) => Ok(frame::see_other(&format!("/desk/bulk/{id}"))),
        Err(Error::Invalid(invalid)) => {
            let form = ticked.form().refused(&invalid);
            let page = confirm(&req, &app, &caller, &ticked, form).await?;
            Ok(frame::refused(page))
        }
        Err(Error::Denied(sentence)) => {
            Ok(frame::see_other_with("/desk", &Flash::trouble(sentence)))
        }
        Err(error) => Err(error.into()),
    }
}

/// GET `/desk/bulk/ID`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let reviewer = caller.reviewer()?;
    let progress = bulk::progress(&app, &reviewer, id_of(&path)?).await?;
    let zone = zone::of(&app, reviewer.user()).await?;
    let mut page = frame::page(&req, Some(&caller), "Several at once").await?;
    page.here = Here::Desk;
    let bulk = &progress.bulk;
    let shown = DonePage {
        page,
        id: bulk.id.to_string(),
        words: words(bulk),
        at: Moment::new(bulk.created_at, app.clock.now()).in_zone(zone),
        done: (progress.done, bulk.total),
        to_do: progress.to_do,
        left_out: progress.left_out.into_iter().map(left).collect(),
        undoable: progress.undoable,
        undone: bulk.undone_at.is_some(),
        keys: KeyMap::of(&caller)?,
    };
    frame::render(&req, &shown)
}

fn left(left: LeftOut) -> (String, String, String) {
    let path = format!("/desk/applications/{}", left.id);
    match left.name.is_empty() {
        true => ("Somebody".to_owned(), String::new(), left.why),
        false => (format!("@{}", left.name), path, left.why),
    }
}

/// POST `/desk/bulk/ID/undo`.
async fn undo(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    _sent: Sent<crate::web::form::Nothing>,
) -> Result<HttpResponse, WebError> {
    let id = id_of(&path)?;
    let flash = match bulk::take_back(&app, &caller.reviewer()?, id).await {
        Ok(()) => Flash::done("Taken back."),
        Err(Error::Conflict(sentence)) => Flash::trouble(sentence),
        Err(error) => return Err(error.into()),
    };
    Ok(frame::see_other_with(&format!("/desk/bulk/{id}"), &flash))
}

/// What an act is, in a few words.
pub fn words(bulk: &BulkDecision) -> String {
    let deed = match bulk.act {
        BulkAct::Approve => "let in",
        BulkAct::Reject => "turned down",
        BulkAct::PutOff => "put off",
    };
    let undone = match bulk.undone_at {
        Some(_) => ", and taken back",
        None => "",
    };
    match bulk.total {
        1 => format!("One person {deed}{undone}"),
        total => format!("{total} people {deed}{undone}"),
    }
}
