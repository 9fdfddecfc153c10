//! `/drafts`: a member's drafts.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde_json::Value;

use crate::app::App;
use crate::domain::Error;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::drafts;
use crate::web::apply::waiting;
use crate::web::error::WebError;
use crate::web::form as sent_form;
use crate::web::frame;
use crate::web::home::draft_form::{self, DraftFields};
use crate::web::parts::layout::{Flash, Here};

use crate::web::apply::waiting::DraftView;
use crate::web::parts::layout::Page;

/// All drafts, newest first: their number is limited, so there are no pages.
#[derive(Template)]
#[template(path = "home/drafts.html")]
pub struct DraftsPage {
    /// The frame.
    pub page: Page,
    /// The drafts.
    pub drafts: Vec<DraftView>,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/drafts",
        access: Access::Session,
        pending: Pending::Allowed,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/drafts",
        access: Access::Session,
        pending: Pending::Allowed,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(create),
    },
];

/// GET `/drafts`. On the porch they stand on the waiting page.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    let applicant = caller.applicant()?;
    if applicant.is_waiting() {
        return Ok(frame::see_other("/waiting#drafts"));
    }
    let now = app.clock.now();
    let list = drafts::list(&app, &applicant).await?;
    let mut page = frame::page(&req, Some(&caller), "Drafts").await?;
    page.here = Here::Drafts;
    let drafts = list.iter().map(|d| DraftView::new(&app, d, now)).collect();
    frame::render(&req, &DraftsPage { page, drafts })
}

/// POST `/drafts`: saves a new one.
async fn create(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: sent_form::Form<BTreeMap<String, Value>>,
) -> Result<HttpResponse, WebError> {
    let applicant = caller.applicant()?;
    let (fields, mut files) = (DraftFields::read(sent.fields), sent.files);
    let saved = async {
        let save = draft_form::save_of(&app, &applicant, None, &fields, &mut files).await?;
        drafts::create(&app, &applicant, save, None).await
    };
    match saved.await {
        Ok(draft) if applicant.is_waiting() => {
            let said = "Saved. Only you and the people who read your application can see it.";
            let at = format!("/waiting#draft-{}", draft.id);
            Ok(frame::see_other_with(&at, &Flash::done(said)))
        }
        Ok(draft) => {
            let at = format!("/drafts/{}", draft.id);
            Ok(frame::see_other_with(
                &at,
                &Flash::done("The draft is saved."),
            ))
        }
        Err(Error::Invalid(invalid)) if applicant.is_waiting() => {
            let typed = draft_form::refused(fields.typed(), &invalid);
            let typed = waiting::Typed {
                draft: typed,
                ..waiting::Typed::default()
            };
            waiting::page(&req, &app, &caller, typed).await
        }
        Err(error) => Err(error.into()),
    }
}
