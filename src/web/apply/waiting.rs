//! `/waiting`: where an application stands and what to do meanwhile.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::lane::Lane;
use crate::domain::{Error, Id, Result};
use crate::door::Caller;
use crate::gate::applications::confirm_email;
use crate::gate::applications::mail_reaches_people;
use crate::gate::who::Standing;
use crate::gate::{drafts, mode, sandbox};
use crate::model::draft::{DraftPicture, FullDraft};
use crate::text::length::MAX_STATUS;
use crate::web::error::WebError;
use crate::web::form::{self as sent_form, Nothing};
use crate::web::frame;
use crate::web::parts::layout::{Flash, Here};

use crate::web::parts::form::Form;
use crate::web::parts::layout::Page;
use crate::web::parts::moment::Moment;
use crate::web::parts::status::MediaView;

/// The page of an unconfirmed, pending or rejected user.
///
/// Forms: `/waiting/resend` (csrf), `/waiting/email` (`email`), `/drafts` (`text`,
/// `spoiler_text`, `visibility`). Links: `/waiting/profile`, `/waiting/export`,
/// `/waiting/withdraw`, `/drafts/ID`.
#[derive(Template)]
#[template(path = "apply/waiting.html")]
pub struct WaitingPage {
    /// The frame.
    pub page: Page,
    /// How far it is.
    pub step: Step,
    /// When it was sent.
    pub submitted_at: Moment,
    /// The address; `None` without mail.
    pub email: Option<String>,
    /// The address as typed into the correction form, and what was wrong with it.
    pub email_form: Form,
    /// More people came than can be read: in line behind the queue.
    pub in_line: bool,
    /// Who reads it; may be empty.
    pub readers: Vec<String>,
    /// How long it usually takes, in words.
    pub usual_wait: Option<String>,
    /// The last time anybody's application was decided here.
    pub last_decision: Option<Moment>,
    /// What was answered, with the words of the question.
    pub answers: Vec<Answer>,
    /// The applicant's drafts, newest first.
    pub drafts: Vec<DraftView>,
    /// How many there may be.
    pub drafts_max: i64,
    /// The new draft as typed, and what was wrong with it.
    pub draft_form: Form,
    /// Longest draft, in characters.
    pub max_chars: i64,
    /// The decision, for a rejected applicant who was told.
    pub decision: Option<Rejection>,
}

/// Where an application stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The address is not confirmed yet.
    Unconfirmed,
    /// A reviewer will read it.
    Waiting,
    /// A reviewer said no, and the applicant was told.
    Rejected,
}

/// One question and its answer, as sent.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The wording at the time.
    pub asked: String,
    /// What was answered; may be empty.
    pub given: String,
}

/// A no that was told.
#[derive(Debug, Clone)]
pub struct Rejection {
    /// The reviewer's words; may be empty.
    pub message: String,
    /// When it was decided.
    pub decided_at: Moment,
    /// When everything is erased.
    pub erased_at: Moment,
}

/// A draft in a list.
#[derive(Debug, Clone)]
pub struct DraftView {
    /// Its id, as text.
    pub id: String,
    /// Its plain text.
    pub text: String,
    /// Its content warning; empty for none.
    pub spoiler: String,
    /// Whom it is meant for, in a word (`Public`).
    pub audience: String,
    /// When it was last saved.
    pub updated_at: Moment,
    /// Its pictures.
    pub media: Vec<MediaView>,
    /// The options of its poll; empty without one.
    pub options: Vec<String>,
}

impl WaitingPage {
    /// No draft more can be saved.
    pub fn drafts_full(&self) -> bool {
        self.drafts.len() as i64 >= self.drafts_max
    }

    /// The address waits for its confirmation.
    pub fn is_unconfirmed(&self) -> bool {
        self.step == Step::Unconfirmed
    }

    /// In the sandbox: drafts and profile are open.
    pub fn is_waiting(&self) -> bool {
        self.step == Step::Waiting
    }
}

/// GET `/waiting`. Members have nothing to wait for.
pub async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    page(&req, &app, &caller, Form::new(), Form::new()).await
}

/// The page with what was typed into its forms.
pub async fn page(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    email_form: Form,
    draft_form: Form,
) -> Result<HttpResponse, WebError> {
    let who = caller.signed_in()?;
    let standing = who.standing();
    if standing == Standing::Member {
        let path = match who.user.welcomed_at {
            None if who.application.is_some() => "/welcome",
            _ => "/home",
        };
        return Ok(frame::see_other(path));
    }
    let (application, answers) = match sandbox::own_application(app, who).await {
        Ok(found) => found,
        Err(Error::NotFound) => return Err(Error::denied("This login is switched off").into()),
        Err(error) => return Err(error.into()),
    };
    let now = app.clock.now();
    let readers = mode::readers(app).await?;
    let drafts = match caller.applicant() {
        Ok(applicant) => drafts::list(app, &applicant).await?,
        Err(_) => Vec::new(),
    };
    // Who was not told goes on waiting, as far as this page says.
    let told = standing == Standing::Refused && application.told;
    let step = match standing {
        Standing::Unconfirmed => Step::Unconfirmed,
        Standing::Refused if told => Step::Rejected,
        _ => Step::Waiting,
    };
    let title = match step {
        Step::Unconfirmed => "One step is left",
        Step::Waiting => "You are on the porch",
        Step::Rejected => "We said no this time",
    };
    let mut page = frame::page(req, Some(caller), title).await?;
    page.here = Here::Waiting;
    page.noindex = true;
    page.has_errors = email_form.has_errors() || draft_form.has_errors();
    let decision = application.decided_at.filter(|_| told).map(|at| Rejection {
        message: application.decision_message.clone().unwrap_or_default(),
        decided_at: Moment::new(at, now),
        erased_at: Moment::new(application.erase_at.unwrap_or(at), now),
    });
    let failed = page.has_errors;
    let shown = WaitingPage {
        page,
        step,
        submitted_at: Moment::new(application.submitted_at, now),
        email: who.user.email.clone().filter(|_| mail_reaches_people(app)),
        email_form,
        in_line: application.lane == Lane::InLine,
        usual_wait: readers.usual_wait(),
        readers: readers.names,
        last_decision: readers.last_decision.map(|at| Moment::new(at, now)),
        answers: answers
            .into_iter()
            .map(|a| Answer {
                asked: a.wording,
                given: a.value,
            })
            .collect(),
        drafts: drafts.iter().map(|d| DraftView::new(app, d, now)).collect(),
        drafts_max: drafts::MOST,
        draft_form,
        max_chars: MAX_STATUS as i64,
        decision,
    };
    let mut response = frame::render(req, &shown)?;
    if failed {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

impl DraftView {
    /// A draft as lists show it.
    pub fn new(app: &App, draft: &FullDraft, now: chrono::DateTime<chrono::Utc>) -> DraftView {
        DraftView {
            id: draft.id.to_string(),
            text: draft.text.clone(),
            spoiler: draft.spoiler_text.clone(),
            audience: match draft.visibility.as_str() {
                "public" => "Public",
                "unlisted" => "Quiet public",
                "private" => "Followers",
                _ => "Only those mentioned",
            }
            .to_owned(),
            updated_at: Moment::new(draft.updated_at, now),
            media: draft
                .pictures
                .iter()
                .map(|p| picture_view(app, draft.user_id, p))
                .collect(),
            options: draft.asks().map(|asks| asks.options).unwrap_or_default(),
        }
    }
}

/// A private picture as its owner and reviewers see it; the address is good for an hour.
pub fn picture_view(app: &App, user: Id, picture: &DraftPicture) -> MediaView {
    let url = sandbox::private_url(app, &picture.path, user);
    MediaView {
        preview_url: url.clone(),
        url,
        alt: picture.description.clone(),
        width: picture.width.unwrap_or_default().into(),
        height: picture.height.unwrap_or_default().into(),
        focus: "",
    }
}

/// POST `/waiting/resend`.
pub async fn resend(
    app: web::Data<App>,
    caller: Caller,
    _form: sent_form::Form<Nothing>,
) -> Result<HttpResponse, WebError> {
    confirm_email::resend(&app, caller.signed_in()?).await?;
    let said = "The letter is on its way once more. Only the link in the newest one works.";
    Ok(frame::see_other_with("/waiting", &Flash::done(said)))
}

/// Another address.
#[derive(Deserialize)]
pub struct NewAddress {
    #[serde(default)]
    email: String,
}

/// POST `/waiting/email`.
pub async fn change_address(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    form: sent_form::Form<NewAddress>,
) -> Result<HttpResponse, WebError> {
    let email = form.fields.email;
    match confirm_email::change_address(&app, caller.signed_in()?, &email).await {
        Ok(()) => {
            let said =
                "We wrote to the new address. The link in that letter is the one that works.";
            Ok(frame::see_other_with("/waiting", &Flash::done(said)))
        }
        Err(Error::Invalid(invalid)) => {
            let typed = Form::new().with("email", email).refused(&invalid);
            page(&req, &app, &caller, typed, Form::new()).await
        }
        Err(error) => Err(error.into()),
    }
}
