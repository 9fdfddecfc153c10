//! `/desk/invites/branches/ID/cut`: whom a cut would meet, then the cut; `/desk/invites/cuts/ID`:
//! what it did, and the way back.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::invites::{cut_words, name_of};
use crate::app::App;
use crate::domain::{Error, Id, ids};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::applications::mail_reaches_people;
use crate::gate::invites::cut::{self, Cut, Kind, Plan, TYPED_ABOVE};
use crate::web::error::WebError;
use crate::web::form::{Form as Sent, Nothing};
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;

/// Posts to `/desk/invites/branches/ID/cut`: `kind` (`rest`, `limit`, `suspend`), `top_too`,
/// `told`, `reason`, `seen`, `number`.
#[derive(Template)]
#[template(path = "review/branch_cut.html")]
pub struct CutPage {
    /// The frame.
    pub page: Page,
    /// The node.
    pub id: i64,
    /// Who it begins with.
    pub top: String,
    /// They can be met, too.
    pub top_can: bool,
    /// Names of members.
    pub members: Vec<String>,
    /// Names of those who wait.
    pub waiting: Vec<String>,
    /// Names of staff who are left alone.
    pub protected: Vec<String>,
    /// How many it is about.
    pub count: usize,
    /// The number has to be typed.
    pub typed: bool,
    /// Those who are turned down can be told by mail.
    pub mail_works: bool,
    /// What was typed, and what is to be mended.
    pub form: Form,
}

impl CutPage {
    /// Nobody is there to be met.
    pub fn is_empty(&self) -> bool {
        self.count == 0 && !self.top_can
    }
}

/// Posts to `/desk/invites/cuts/ID/mend`.
#[derive(Template)]
#[template(path = "review/branch_cut_done.html")]
pub struct CutDonePage {
    /// The frame.
    pub page: Page,
    /// Its id.
    pub id: i64,
    /// The path of the branch.
    pub branch: String,
    /// What it did, in a line.
    pub words: String,
    /// Why; may be empty.
    pub reason: String,
    /// Staff who were left alone.
    pub protected: Vec<String>,
    /// When.
    pub at: Moment,
    /// It was not taken back.
    pub can_mend: bool,
    /// The decisions about those who waited: their paths.
    pub bulks: Vec<String>,
}

const GET: Route = Route {
    method: "GET",
    path: "/desk/invites/branches/{id}/cut",
    access: Access::Admin,
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
        rate: Rate::Write,
        handler: || web::to(send),
        ..GET
    },
    Route {
        path: "/desk/invites/cuts/{id}",
        handler: || web::to(done),
        ..GET
    },
    Route {
        method: "POST",
        path: "/desk/invites/cuts/{id}/mend",
        rate: Rate::Write,
        handler: || web::to(mend),
        ..GET
    },
];

fn id_of(path: &str) -> Result<Id, Error> {
    ids::parse(path).ok_or(Error::NotFound)
}

/// GET `…/cut`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let form = Form::new().with("kind", "limit").with("top_too", "1");
    page(&req, &app, &caller, id_of(&path)?, form).await
}

async fn page(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    id: Id,
    form: Form,
) -> Result<HttpResponse, WebError> {
    let plan: Plan = cut::plan(app, &caller.admin()?, id).await?;
    let mut page = frame::page(req, Some(caller), "Cut a branch").await?;
    page.here = Here::Desk;
    page.has_errors = form.has_errors();
    let failed = page.has_errors;
    let shown = CutPage {
        page,
        id,
        top: name_of(&plan.top),
        top_can: plan.top_can_be_met(),
        members: plan.members.iter().map(name_of).collect(),
        waiting: plan.waiting.iter().map(name_of).collect(),
        count: plan.count(),
        typed: plan.count() > TYPED_ABOVE,
        protected: plan
            .protected
            .iter()
            .map(|name| format!("@{name}"))
            .collect(),
        mail_works: mail_reaches_people(app),
        form,
    };
    let answer = frame::render(req, &shown)?;
    Ok(match failed {
        true => frame::refused(answer),
        false => answer,
    })
}

/// A cut, as it is chosen.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Chosen {
    #[serde(deserialize_with = "lenient::string")]
    kind: String,
    #[serde(deserialize_with = "lenient::string")]
    top_too: String,
    #[serde(deserialize_with = "lenient::string")]
    told: String,
    #[serde(deserialize_with = "lenient::string")]
    reason: String,
    #[serde(deserialize_with = "lenient::string")]
    seen: String,
    #[serde(deserialize_with = "lenient::string")]
    number: String,
}

/// POST `…/cut`.
async fn send(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    sent: Sent<Chosen>,
) -> Result<HttpResponse, WebError> {
    let (id, chosen) = (id_of(&path)?, sent.fields);
    let kind = Kind::from_word(&chosen.kind)
        .ok_or_else(|| Error::invalid("Choose what becomes of the members."))?;
    let wanted = Cut {
        kind,
        top_too: chosen.top_too == "1",
        told: chosen.told == "1",
        reason: chosen.reason.clone(),
        seen: chosen.seen.parse().unwrap_or(usize::MAX),
        typed: chosen.number.trim().parse().ok(),
    };
    match cut::cut(&app, &caller.admin()?, id, &wanted).await {
        Ok(done) => {
            let path = format!("/desk/invites/cuts/{done}");
            Ok(frame::see_other_with(
                &path,
                &Flash::done("The branch is cut."),
            ))
        }
        Err(Error::Invalid(invalid)) => {
            let form = Form::new()
                .with("kind", chosen.kind)
                .with("top_too", chosen.top_too)
                .with("told", chosen.told)
                .with("reason", chosen.reason);
            let form = form.refused_as(&invalid, |field| match field {
                "number" => "The number",
                _ => "The reason",
            });
            page(&req, &app, &caller, id, form).await
        }
        Err(Error::Denied(sentence)) => {
            let path = format!("/desk/invites/branches/{id}/cut");
            Ok(frame::see_other_with(&path, &Flash::trouble(sentence)))
        }
        Err(error) => Err(error.into()),
    }
}

/// GET `/desk/invites/cuts/ID`.
async fn done(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let cut = cut::find(&app, &caller.admin()?, id_of(&path)?).await?;
    let mut page = frame::page(&req, Some(&caller), "A branch that was cut").await?;
    page.here = Here::Desk;
    let shown = CutDonePage {
        page,
        id: cut.id,
        branch: format!("/desk/invites/branches/{}", cut.node_id),
        words: cut_words(&cut),
        at: Moment::new(cut.created_at, app.clock.now()),
        can_mend: cut.mended_at.is_none(),
        bulks: cut
            .bulks
            .iter()
            .map(|id| format!("/desk/bulk/{id}"))
            .collect(),
        protected: cut
            .protected
            .iter()
            .map(|name| format!("@{name}"))
            .collect(),
        reason: cut.reason,
    };
    frame::render(&req, &shown)
}

/// POST `/desk/invites/cuts/ID/mend`.
async fn mend(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    _sent: Sent<Nothing>,
) -> Result<HttpResponse, WebError> {
    let id = id_of(&path)?;
    let said = match cut::mend(&app, &caller.admin()?, id).await? {
        0 => "It is taken back.".to_owned(),
        1 => "It is taken back, but for one no that is older than a day.".to_owned(),
        late => format!("It is taken back, but for {late} noes that are older than a day."),
    };
    let path = format!("/desk/invites/cuts/{id}");
    Ok(frame::see_other_with(&path, &Flash::done(said)))
}
