//! `/waiting`: where an application stands and what to do meanwhile.

use std::cmp::Ordering;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::form::Question;
use super::moment;
use crate::app::App;
use crate::domain::application::{ApplicationState, MessageKind};
use crate::domain::lane::Lane;
use crate::domain::{Error, Id, Result};
use crate::door::Caller;
use crate::gate::applications::progress::{self, Progress, Step};
use crate::gate::applications::{answer, confirm_email, mail_reaches_people, once_more};
use crate::gate::who::{SignedIn, Standing};
use crate::gate::{drafts, sandbox, vouches};
use crate::identity::email;
use crate::model::draft::{DraftPicture, FullDraft};
use crate::model::question::QuestionKind;
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
/// Forms: `/waiting/resend` (csrf), `/waiting/email` (`email`), `/waiting/answer` (`reply`, and
/// `answer_ID` of what is open), `/waiting/vouch` (`vouch`), `/waiting/appeal` (`appeal`), `/waiting/again` (csrf), `/drafts` (`text`,
/// `spoiler_text`, `visibility`). Links: `/waiting/answers`, `/waiting/profile`,
/// `/waiting/export`, `/waiting/withdraw`, `/settings/account`, `/drafts/ID`.
#[derive(Template)]
#[template(path = "apply/waiting.html")]
pub struct WaitingPage {
    /// The frame.
    pub page: Page,
    /// How far it is.
    pub step: Step,
    /// The path with its five steps.
    pub path: Vec<Stone>,
    /// When it was sent.
    pub submitted_at: Moment,
    /// The address; `None` without mail.
    pub email: Option<String>,
    /// A corrected address that waits for its confirmation.
    pub email_next: Option<String>,
    /// The address as typed into the correction form, and what was wrong with it.
    pub email_form: Form,
    /// More people came than can be read: in line behind the queue.
    pub in_line: bool,
    /// Until when it was put off.
    pub put_off: Option<Moment>,
    /// Nobody looks after the door: it takes longer, and time stands still.
    pub stands: bool,
    /// It was refused once, and appealed against.
    pub appealed: bool,
    /// Who reads it; may be empty.
    pub readers: Vec<String>,
    /// How long it usually takes, in words.
    pub usual_wait: Option<String>,
    /// The last time anybody's application was decided here.
    pub last_decision: Option<Moment>,
    /// What was answered, with the words of the question.
    pub answers: Vec<Answer>,
    /// The handle elsewhere; may be empty.
    pub elsewhere: String,
    /// The answers can be changed.
    pub may_edit: bool,
    /// What was asked back and answered, oldest first.
    pub messages: Vec<Said>,
    /// What waits for an answer: the question of staff; may be empty.
    pub asked: String,
    /// Required questions of the form that are open.
    pub open: Vec<Question>,
    /// The answer as typed, and what is wrong with it.
    pub reply_form: Form,
    /// The longest answer, and the longest appeal, in characters.
    pub reply_max: i64,
    /// Members whom they named.
    pub named: Vec<String>,
    /// How many they may name.
    pub named_max: i64,
    /// A name as typed, and what was wrong with it.
    pub vouch_form: Form,
    /// The applicant's drafts, newest first.
    pub drafts: Vec<DraftView>,
    /// How many there may be.
    pub drafts_max: i64,
    /// The new draft as typed, and what was wrong with it.
    pub draft_form: Form,
    /// Longest draft, in characters.
    pub max_chars: i64,
    /// The end, for a rejected applicant who was told, and where time ended it.
    pub decision: Option<Rejection>,
}

/// One step of the drawn path.
#[derive(Debug, Clone)]
pub struct Stone {
    /// A word or two.
    pub label: &'static str,
    /// `done`, `now`, `ahead`, `skipped` for a step that may never come, `missed` for one that
    /// should have.
    pub class: &'static str,
}

impl Stone {
    /// The applicant stands here.
    pub fn is_now(&self) -> bool {
        self.class == "now"
    }

    /// What a screen reader says after the label.
    pub fn state(&self) -> &'static str {
        match self.class {
            "done" => ", done",
            "now" => ", here you are",
            "skipped" => ", only if something is unclear",
            "missed" => ", which did not happen",
            _ => ", still to come",
        }
    }
}

/// The path for somebody who is at `step`; `asked` says whether anything was ever asked back.
pub fn path(step: Step, asked: bool) -> Vec<Stone> {
    Step::ALL
        .into_iter()
        .map(|stone| Stone {
            label: match stone {
                Step::Sent => "Sent",
                Step::Confirmed => "Confirmed",
                Step::BeingRead => "Being read",
                Step::AskedBack => "Asked back",
                Step::Decided => "Decided",
            },
            class: match (stone as u8).cmp(&(step as u8)) {
                Ordering::Equal => "now",
                _ if stone == Step::AskedBack && asked => "done",
                _ if stone == Step::AskedBack => "skipped",
                Ordering::Less => "done",
                Ordering::Greater => "ahead",
            },
        })
        .collect()
}

/// The path of an application that time ended; `read` says whether anybody had opened it.
pub fn path_to_the_end(asked: bool, read: bool) -> Vec<Stone> {
    let mut stones = path(Step::Decided, asked);
    for (stone, step) in stones.iter_mut().zip(Step::ALL) {
        match step {
            Step::BeingRead if !read => stone.class = "missed",
            Step::Decided => stone.label = "Over",
            _ => {}
        }
    }
    stones
}

/// One question and its answer, as sent.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The wording at the time.
    pub asked: String,
    /// What was answered; may be empty.
    pub given: String,
}

/// Something that was said about the application.
#[derive(Debug, Clone)]
pub struct Said {
    /// `They asked`, `You answered`, `You asked to look again`.
    pub who: &'static str,
    /// The words.
    pub text: String,
    /// When.
    pub at: Moment,
}

/// An end that was told.
#[derive(Debug, Clone)]
pub struct Rejection {
    /// Nobody decided or answered in time.
    pub expired: bool,
    /// The reviewer's words; may be empty.
    pub message: String,
    /// When it was decided.
    pub decided_at: Moment,
    /// When everything is erased.
    pub erased_at: Moment,
    /// It can be erased for a new one.
    pub may_again: bool,
    /// An appeal is left.
    pub may_appeal: bool,
    /// The appeal as typed, and what is wrong with it.
    pub appeal_form: Form,
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
        self.step == Step::Sent
    }

    /// Another member can be named.
    pub fn may_name(&self) -> bool {
        (self.named.len() as i64) < self.named_max
    }

    /// Staff wait for an answer.
    pub fn is_asked(&self) -> bool {
        self.step == Step::AskedBack
    }

    /// Somebody has begun to read.
    pub fn is_read(&self) -> bool {
        self.step == Step::BeingRead
    }
}

/// What was typed into the forms of the page, and what is wrong with it.
#[derive(Default)]
pub struct Typed {
    /// Another address.
    pub email: Form,
    /// A new draft.
    pub draft: Form,
    /// The answer to what was asked back.
    pub reply: Form,
    /// The appeal.
    pub appeal: Form,
    /// A member who knows them.
    pub vouch: Form,
}

impl Typed {
    fn failed(&self) -> bool {
        let all = [
            &self.email,
            &self.draft,
            &self.reply,
            &self.appeal,
            &self.vouch,
        ];
        all.iter().any(|form| form.has_errors())
    }
}

/// GET `/waiting`. Members have nothing to wait for.
pub async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    if let Some(answer) = moment::instead(&req, &app, &caller).await? {
        return Ok(answer);
    }
    page(&req, &app, &caller, Typed::default()).await
}

/// The page with what was typed into its forms.
pub async fn page(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    typed: Typed,
) -> Result<HttpResponse, WebError> {
    let who = caller.signed_in()?;
    if who.standing() == Standing::Member {
        let path = match who.user.welcomed_at {
            None if who.application.is_some() => "/welcome",
            _ => "/home",
        };
        return Ok(frame::see_other(path));
    }
    let progress = match progress::read(app, who).await {
        Ok(found) => found,
        Err(Error::NotFound) => return Err(Error::denied("This login is switched off").into()),
        Err(error) => return Err(error.into()),
    };
    let now = app.clock.now();
    let (drafts, email_next) = match caller.applicant() {
        Ok(applicant) => (
            drafts::list(app, &applicant).await?,
            email::waiting(app, who).await?,
        ),
        Err(_) => (Vec::new(), None),
    };
    let named = vouches::named(app, who).await?;
    let title = match (progress.step, progress.application.state) {
        (Step::Sent, _) => "One step is left",
        (Step::Decided, ApplicationState::Expired) => "It took too long",
        (Step::Decided, _) => "We said no this time",
        (Step::AskedBack, _) => "A question for you",
        _ => "You are on the porch",
    };
    let mut page = frame::page(req, Some(caller), title).await?;
    page.here = Here::Waiting;
    page.noindex = true;
    page.has_errors = typed.failed();
    let failed = page.has_errors;
    let shown = filled(app, who, page, progress, &drafts, typed, now);
    let mut response = frame::render(
        req,
        &WaitingPage {
            email_next,
            named,
            ..shown
        },
    )?;
    if failed {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn filled(
    app: &App,
    who: &SignedIn,
    page: Page,
    progress: Progress,
    drafts: &[FullDraft],
    typed: Typed,
    now: DateTime<Utc>,
) -> WaitingPage {
    let application = &progress.application;
    let locale = &application.locale;
    let was_asked = progress
        .messages
        .iter()
        .any(|m| m.kind == MessageKind::Question);
    let decision = application.decided_at.map(|at| Rejection {
        expired: application.state == ApplicationState::Expired,
        message: application.decision_message.clone().unwrap_or_default(),
        decided_at: Moment::new(at, now),
        erased_at: Moment::new(application.erase_at.unwrap_or(at), now),
        may_again: once_more::may(application),
        may_appeal: progress.may_appeal(),
        appeal_form: typed.appeal,
    });
    WaitingPage {
        page,
        step: progress.step,
        path: match application.state {
            ApplicationState::Expired => {
                path_to_the_end(was_asked, was_asked || application.read_at.is_some())
            }
            _ => path(progress.step, was_asked),
        },
        submitted_at: Moment::new(application.submitted_at, now),
        email: who.user.email.clone().filter(|_| mail_reaches_people(app)),
        email_next: None,
        email_form: typed.email,
        in_line: application.lane == Lane::InLine,
        stands: progress.stands,
        put_off: progress.put_off(now).map(|until| Moment::new(until, now)),
        appealed: application.appealed_at.is_some(),
        usual_wait: progress.readers.usual_wait(),
        last_decision: progress
            .readers
            .last_decision
            .map(|at| Moment::new(at, now)),
        may_edit: progress.may_edit(),
        elsewhere: application.elsewhere.clone().unwrap_or_default(),
        asked: progress.asked().map(|m| m.body.clone()).unwrap_or_default(),
        open: progress
            .left_open()
            .into_iter()
            .map(|q| Question::new(q, locale))
            .collect(),
        named: Vec::new(),
        named_max: vouches::MOST_NAMES,
        vouch_form: typed.vouch,
        messages: progress
            .messages
            .iter()
            .filter(|m| progress.asked().is_none_or(|asked| asked.id != m.id))
            .map(|m| Said {
                who: match m.kind {
                    MessageKind::Question | MessageKind::Note => "You were asked",
                    MessageKind::Answer => "You answered",
                    MessageKind::Appeal => "You asked to look again",
                },
                text: m.body.clone(),
                at: Moment::new(m.created_at, now),
            })
            .collect(),
        reply_form: typed.reply,
        reply_max: answer::MAX_REPLY as i64,
        readers: progress.readers.names,
        answers: progress
            .answers
            .into_iter()
            .map(|a| Answer {
                asked: a.wording,
                given: a.value,
            })
            .collect(),
        drafts: drafts.iter().map(|d| DraftView::new(app, d, now)).collect(),
        drafts_max: drafts::MOST,
        draft_form: typed.draft,
        max_chars: MAX_STATUS as i64,
        decision,
    }
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

/// A member who knows the applicant.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Vouch {
    vouch: String,
}

/// POST `/waiting/vouch`. In the same words whether or not anybody has that name.
pub async fn name_member(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: sent_form::Form<Vouch>,
) -> Result<HttpResponse, WebError> {
    let typed = sent.fields.vouch;
    match vouches::name(&app, &caller.applicant()?, &typed).await {
        Ok(()) => Ok(frame::see_other_with(
            "/waiting",
            &Flash::done("The name is noted with your application."),
        )),
        Err(Error::Invalid(invalid)) => {
            let form = Form::new().with("vouch", typed);
            let form = form.refused_as(&invalid, |_| "The name");
            let typed = Typed {
                vouch: form,
                ..Typed::default()
            };
            page(&req, &app, &caller, typed).await
        }
        Err(error) => Err(error.into()),
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
            let typed = Typed {
                email: typed,
                ..Typed::default()
            };
            page(&req, &app, &caller, typed).await
        }
        Err(error) => Err(error.into()),
    }
}
