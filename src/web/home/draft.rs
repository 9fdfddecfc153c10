//! `/drafts/ID`: one draft, on the porch and inside.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde_json::Value;

use super::draft_form::{self, DraftFields};
use crate::app::App;
use crate::domain::{Error, Id, ids};
use crate::door::forms::Uploads;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::{Applicant, draft_pictures, drafts};
use crate::model::draft::FullDraft;
use crate::social;
use crate::text::length::MAX_STATUS;
use crate::web::apply::waiting::picture_view;
use crate::web::error::WebError;
use crate::web::form::{self as sent_form, Nothing};
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;
use crate::web::parts::poll;
use crate::web::parts::status::MediaView;

type Sent = sent_form::Form<BTreeMap<String, Value>>;

/// Fields as [`DraftFields`] has them. Saves by POST to `/drafts/ID`, deletes by
/// `/drafts/ID/delete`, publishes (members) by `/drafts/ID/publish`: the last saves what is
/// typed first.
#[derive(Template)]
#[template(path = "home/draft.html")]
pub struct DraftPage {
    /// The frame.
    pub page: Page,
    /// The draft's id, as text.
    pub id: String,
    /// What is there (or was typed), and what is wrong with it.
    pub form: Form,
    /// Its pictures.
    pub pictures: Vec<DraftPictureView>,
    /// There is room for another one.
    pub may_add: bool,
    /// When it was last saved.
    pub updated_at: Moment,
    /// Longest text, in characters.
    pub max_chars: i64,
}

impl DraftPage {
    /// Open the fold of the poll at once: it is filled in or wrong.
    pub fn poll_open(&self) -> bool {
        poll::is_open(&self.form)
    }
}

/// One picture of a draft.
#[derive(Debug, Clone)]
pub struct DraftPictureView {
    /// Its id, as text.
    pub id: String,
    /// What is seen of it.
    pub shown: MediaView,
}

impl DraftPictureView {
    /// The field of its description.
    pub fn alt(&self) -> String {
        format!("alt_{}", self.id)
    }

    /// The box that takes it out.
    pub fn drop(&self) -> String {
        format!("drop_{}", self.id)
    }
}

/// What differs is named by each row below.
const ROW: Route = Route {
    method: "POST",
    path: "/drafts/{id}",
    access: Access::Session,
    pending: Pending::Allowed,
    rate: Rate::Write,
    caching: Caching::Private,
    handler: web::post,
};

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        rate: Rate::Usual,
        handler: || web::to(show),
        ..ROW
    },
    Route {
        handler: || web::to(save),
        ..ROW
    },
    Route {
        path: "/drafts/{id}/publish",
        pending: Pending::Refused,
        rate: Rate::Post,
        handler: || web::to(publish),
        ..ROW
    },
    Route {
        path: "/drafts/{id}/delete",
        handler: || web::to(delete),
        ..ROW
    },
];

/// The id in a path; what is none is nobody's draft.
pub fn id_of(path: &str) -> Result<Id, WebError> {
    ids::parse(path).ok_or_else(|| Error::NotFound.into())
}

/// GET `/drafts/ID`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let draft = drafts::find(&app, &caller.applicant()?, id_of(&path)?).await?;
    let form = draft_form::filled(&draft);
    page(&req, &app, &caller, &draft, form).await
}

/// POST `/drafts/ID`.
async fn save(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, WebError> {
    let applicant = caller.applicant()?;
    let id = id_of(&path)?;
    let (fields, mut files) = (DraftFields::read(sent.fields), sent.files);
    match write(&app, &applicant, id, &fields, &mut files).await {
        Ok(()) => {
            let at = format!("/drafts/{id}");
            Ok(frame::see_other_with(
                &at,
                &Flash::done("The draft is saved."),
            ))
        }
        Err(Error::Invalid(invalid)) => {
            let form = draft_form::refused(fields.typed(), &invalid);
            again(&req, &app, &caller, id, form).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Writes over a draft what its form said.
async fn write(
    app: &App,
    who: &Applicant,
    id: Id,
    fields: &DraftFields,
    files: &mut Uploads,
) -> Result<(), Error> {
    let before = drafts::find(app, who, id).await?;
    let save = draft_form::save_of(app, who, Some(&before), fields, files).await?;
    drafts::update(app, who, id, save).await?;
    Ok(())
}

/// POST `/drafts/ID/publish`: the draft's page sends what is typed along, which is saved
/// first; the welcome page sends the way back.
async fn publish(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, WebError> {
    let (member, applicant) = (caller.member()?, caller.applicant()?);
    let id = id_of(&path)?;
    let (fields, mut files) = (DraftFields::read(sent.fields), sent.files);
    let published = async {
        if fields.has("text") {
            write(&app, &applicant, id, &fields, &mut files).await?;
        }
        social::statuses::draft::publish(&app, &member, id).await
    };
    match published.await {
        Ok(_) => {
            let at = frame::way_back(fields.text("return_to"), "/home");
            Ok(frame::see_other_with(&at, &Flash::done("Published.")))
        }
        Err(Error::Invalid(invalid)) => {
            let form = match fields.has("text") {
                true => fields.typed(),
                false => draft_form::filled(&drafts::find(&app, &applicant, id).await?),
            };
            again(&req, &app, &caller, id, draft_form::refused(form, &invalid)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The page once more, with what was typed and what is wrong with it.
async fn again(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    id: Id,
    form: Form,
) -> Result<HttpResponse, WebError> {
    let draft = drafts::find(app, &caller.applicant()?, id).await?;
    Ok(frame::refused(page(req, app, caller, &draft, form).await?))
}

/// POST `/drafts/ID/delete`.
async fn delete(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    _form: sent_form::Form<Nothing>,
) -> Result<HttpResponse, WebError> {
    let applicant = caller.applicant()?;
    drafts::delete(&app, &applicant, id_of(&path)?, true).await?;
    let at = if applicant.is_waiting() {
        "/waiting#drafts"
    } else {
        "/drafts"
    };
    Ok(frame::see_other_with(
        at,
        &Flash::done("The draft is gone."),
    ))
}

async fn page(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    draft: &FullDraft,
    form: Form,
) -> Result<HttpResponse, WebError> {
    let mut page = frame::page(req, Some(caller), "A draft").await?;
    page.here = Here::Drafts;
    page.noindex = true;
    page.has_errors = form.has_errors();
    let shown = DraftPage {
        page,
        id: draft.id.to_string(),
        form,
        pictures: draft
            .pictures
            .iter()
            .map(|p| DraftPictureView {
                id: p.id.to_string(),
                shown: picture_view(app, draft.user_id, p),
            })
            .collect(),
        may_add: draft.pictures.len() < draft_pictures::most(&caller.applicant()?),
        updated_at: Moment::new(draft.updated_at, app.clock.now()),
        max_chars: MAX_STATUS as i64,
    };
    frame::render(req, &shown)
}
