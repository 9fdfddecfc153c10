//! `/invites`: a member's own invites.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::{Error, ids};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::invites::code::spoken;
use crate::gate::invites::make::{self, MAX_NOTE, Own, Wanted};
use crate::web::error::WebError;
use crate::web::form::{Form as Sent, Nothing};
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;

/// Posts to `/invites` (`uses`, `days`, `note`) and `/invites/ID/revoke`.
#[derive(Template)]
#[template(path = "home/invites.html")]
pub struct InvitesPage {
    /// The frame.
    pub page: Page,
    /// What was typed, and what is to be mended.
    pub form: Form,
    /// Newest first.
    pub rows: Vec<InviteRow>,
    /// Invites that work, and how many may.
    pub live: (i64, i32),
    /// The most uses and days of one, and letters of a note.
    pub most: (i32, i64, usize),
    /// Why none of them works now.
    pub rests: Option<&'static str>,
}

impl InvitesPage {
    /// Another one can be made.
    pub fn may_make(&self) -> bool {
        self.live.0 < i64::from(self.live.1)
    }
}

/// One invite.
#[derive(Debug, Clone)]
pub struct InviteRow {
    /// Its id.
    pub id: i64,
    /// The code as it is read aloud.
    pub code: String,
    /// The address to be given away.
    pub link: String,
    /// How many used it, and may.
    pub uses: (i32, i32),
    /// The maker's note; may be empty.
    pub note: String,
    /// When it ends, or ended.
    pub ends: Moment,
    /// It works.
    pub is_live: bool,
    /// What ended it, in a word.
    pub ended: &'static str,
    /// Members who came by it.
    pub came: Vec<String>,
}

impl InviteRow {
    fn new(app: &App, own: Own) -> InviteRow {
        let invite = own.invite;
        InviteRow {
            id: invite.id,
            code: spoken(&invite.code),
            link: app.url(&format!("/invite/{}", invite.code)),
            uses: (invite.used, invite.uses),
            ends: Moment::new(invite.expires_at, app.clock.now()),
            is_live: own.is_live,
            ended: match () {
                () if invite.revoked_at.is_some() => "revoked",
                () if invite.used >= invite.uses => "used up",
                () => "over",
            },
            note: invite.note,
            came: own.came,
        }
    }
}

const GET: Route = Route {
    method: "GET",
    path: "/invites",
    access: Access::Session,
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
        handler: || web::to(create),
        ..GET
    },
    Route {
        method: "POST",
        path: "/invites/{id}/revoke",
        rate: Rate::Write,
        handler: || web::to(revoke),
        ..GET
    },
];

/// GET `/invites`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    let form = Form::new().with("uses", "1").with("days", "7");
    page(&req, &app, &caller, form).await
}

async fn page(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    form: Form,
) -> Result<HttpResponse, WebError> {
    let found = make::list(app, &caller.member()?).await?;
    let mut page = frame::page(req, Some(caller), "Invites").await?;
    page.here = Here::Invites;
    page.has_errors = form.has_errors();
    let failed = page.has_errors;
    let shown = InvitesPage {
        page,
        form,
        live: (found.live, found.allowance.live),
        most: (found.allowance.uses, found.days, MAX_NOTE),
        rests: found.rests,
        rows: found
            .invites
            .into_iter()
            .map(|own| InviteRow::new(app, own))
            .collect(),
    };
    let answer = frame::render(req, &shown)?;
    Ok(match failed {
        true => frame::refused(answer),
        false => answer,
    })
}

/// An invite as it is typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Typed {
    #[serde(deserialize_with = "lenient::string")]
    uses: String,
    #[serde(deserialize_with = "lenient::string")]
    days: String,
    #[serde(deserialize_with = "lenient::string")]
    note: String,
}

/// POST `/invites`.
async fn create(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Typed>,
) -> Result<HttpResponse, WebError> {
    let typed = sent.fields;
    let wanted = Wanted {
        uses: typed.uses.trim().parse().unwrap_or_default(),
        days: typed.days.trim().parse().unwrap_or_default(),
        note: typed.note.clone(),
    };
    match make::create(&app, &caller.member()?, &wanted).await {
        Ok(invite) => {
            let said = format!("Here it is: {}. Give it away.", spoken(&invite.code));
            Ok(frame::see_other_with("/invites", &Flash::done(said)))
        }
        Err(Error::Invalid(invalid)) => {
            let form = Form::new()
                .with("uses", typed.uses)
                .with("days", typed.days)
                .with("note", typed.note);
            let form = form.refused_as(&invalid, |field| match field {
                "uses" => "For how many people: it",
                "days" => "For how many days: it",
                _ => "The note",
            });
            page(&req, &app, &caller, form).await
        }
        Err(error) => Err(error.into()),
    }
}

/// POST `/invites/ID/revoke`.
async fn revoke(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    _sent: Sent<Nothing>,
) -> Result<HttpResponse, WebError> {
    let id = ids::parse(&path).ok_or(Error::NotFound)?;
    make::revoke(&app, &caller.member()?, id).await?;
    let said = "That invite does not work any more. Who applied with it goes on waiting.";
    Ok(frame::see_other_with("/invites", &Flash::done(said)))
}
