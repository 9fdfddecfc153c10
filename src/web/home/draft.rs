//! `/drafts/ID`: one draft, on the porch and inside.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::visibility::Visibility;
use crate::domain::{Error, Id, ids};
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::drafts::{self, SaveDraft};
use crate::model::draft::Draft;
use crate::social;
use crate::text::length::MAX_STATUS;
use crate::web::error::WebError;
use crate::web::form::{self as sent_form, Nothing};
use crate::web::frame;
use crate::web::parts::layout::{Flash, Here};

use crate::web::parts::form::Form;
use crate::web::parts::layout::Page;
use crate::web::parts::moment::Moment;
use crate::web::parts::status::MediaView;

/// Fields: `text`, `spoiler_text`, `visibility`. Saves by POST to `/drafts/ID`, deletes by
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
    pub media: Vec<MediaView>,
    /// When it was last saved.
    pub updated_at: Moment,
    /// Longest text, in characters.
    pub max_chars: i64,
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
        handler: || web::to(publish),
        ..ROW
    },
    Route {
        path: "/drafts/{id}/delete",
        handler: || web::to(delete),
        ..ROW
    },
];

/// The fields of a draft.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct DraftFields {
    /// The text.
    pub text: String,
    /// The content warning.
    pub spoiler_text: String,
    /// `public`, `unlisted`, `private`, `direct`.
    pub visibility: String,
}

/// The command that these fields mean.
pub fn save_of(fields: &DraftFields) -> SaveDraft {
    SaveDraft {
        text: fields.text.clone(),
        spoiler_text: fields.spoiler_text.clone(),
        sensitive: false,
        visibility: Visibility::from_name(&fields.visibility),
        language: None,
    }
}

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
    let form = Form::new()
        .with("text", &draft.text)
        .with("spoiler_text", &draft.spoiler_text)
        .with("visibility", draft.visibility.as_str());
    page(&req, &app, &caller, &draft, form).await
}

/// POST `/drafts/ID`.
async fn save(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    sent: sent_form::Form<DraftFields>,
) -> Result<HttpResponse, WebError> {
    let applicant = caller.applicant()?;
    let (id, fields) = (id_of(&path)?, sent.fields);
    match drafts::update(&app, &applicant, id, save_of(&fields)).await {
        Ok(_) => {
            let at = format!("/drafts/{id}");
            Ok(frame::see_other_with(
                &at,
                &Flash::done("The draft is saved."),
            ))
        }
        Err(Error::Invalid(invalid)) => {
            let draft = drafts::find(&app, &applicant, id).await?;
            let typed = Form::new()
                .with("text", fields.text)
                .with("spoiler_text", fields.spoiler_text)
                .with("visibility", fields.visibility)
                .refused(&invalid);
            let mut response = page(&req, &app, &caller, &draft, typed).await?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

/// What comes with the button *Publish*: the draft's page sends what is typed along, the
/// welcome page sends the way back.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PublishFields {
    text: Option<String>,
    spoiler_text: String,
    visibility: String,
    return_to: String,
}

/// POST `/drafts/ID/publish`: saves what is typed, then publishes.
async fn publish(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    sent: sent_form::Form<PublishFields>,
) -> Result<HttpResponse, WebError> {
    let (member, applicant) = (caller.member()?, caller.applicant()?);
    let (id, sent) = (id_of(&path)?, sent.fields);
    let typed = sent.text.map(|text| DraftFields {
        text,
        spoiler_text: sent.spoiler_text,
        visibility: sent.visibility,
    });
    let published = async {
        if let Some(fields) = &typed {
            drafts::update(&app, &applicant, id, save_of(fields)).await?;
        }
        social::statuses::draft::publish(&app, &member, id).await
    };
    match published.await {
        Ok(_) => {
            let at = frame::way_back(&sent.return_to, "/home");
            Ok(frame::see_other_with(&at, &Flash::done("Published.")))
        }
        Err(Error::Invalid(invalid)) => {
            let draft = drafts::find(&app, &applicant, id).await?;
            let fields = typed.unwrap_or_else(|| DraftFields {
                text: draft.text.clone(),
                spoiler_text: draft.spoiler_text.clone(),
                visibility: draft.visibility.as_str().to_owned(),
            });
            let form = Form::new()
                .with("text", fields.text)
                .with("spoiler_text", fields.spoiler_text)
                .with("visibility", fields.visibility)
                .refused(&invalid);
            let mut response = page(&req, &app, &caller, &draft, form).await?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

/// POST `/drafts/ID/delete`.
async fn delete(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    _form: sent_form::Form<Nothing>,
) -> Result<HttpResponse, WebError> {
    let applicant = caller.applicant()?;
    drafts::delete(&app, &applicant, id_of(&path)?).await?;
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
    draft: &Draft,
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
        media: Vec::new(),
        updated_at: Moment::new(draft.updated_at, app.clock.now()),
        max_chars: MAX_STATUS as i64,
    };
    frame::render(req, &shown)
}
