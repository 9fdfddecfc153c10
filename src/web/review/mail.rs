//! `/desk/mail`: what was sent, what waits, what was refused, and a test.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::app::App;
use crate::domain::mail_kind::MailKind;
use crate::domain::{Error, ids};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::moderation::mails::{self, MailJob, Tested};
use crate::web::error::WebError;
use crate::web::form::{Form as Sent, Nothing};
use crate::web::frame;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;

/// Posts to `…/test`, and to `…/retry` and `…/drop` (`id`).
#[derive(Template)]
#[template(path = "review/mail.html")]
pub struct MailPage {
    /// The frame.
    pub page: Page,
    /// The mail server, host and port; `None` where mails are files.
    pub server: Option<String>,
    /// The sender.
    pub from: String,
    /// How many may leave in an hour.
    pub hourly: i64,
    /// How many did in the last one.
    pub last_hour: i64,
    /// What was sent.
    pub sent: Vec<SentRow>,
    /// How many wait, in words.
    pub waits: String,
    /// The first of them.
    pub waiting: Vec<JobRow>,
    /// How many failed, in words.
    pub lost: String,
    /// The latest of them.
    pub failed: Vec<JobRow>,
}

impl MailPage {
    /// The hour's budget is spent.
    pub fn is_spent(&self) -> bool {
        self.server.is_some() && self.last_hour >= self.hourly
    }
}

/// One kind of mail.
#[derive(Debug, Clone)]
pub struct SentRow {
    /// What it is about.
    pub what: &'static str,
    /// Sent within a day.
    pub day: i64,
    /// Sent within a week.
    pub week: i64,
    /// Lost within a week.
    pub failed: i64,
}

/// A mail that waits or failed.
#[derive(Debug, Clone)]
pub struct JobRow {
    /// The job's id.
    pub id: i64,
    /// What it is about.
    pub what: &'static str,
    /// The masked address, once it was tried.
    pub to: String,
    /// Why not, in the words of the mail server; empty before the first try.
    pub why: String,
    /// The next try, or when it was given up.
    pub at: Moment,
    /// How often it was tried.
    pub tries: i64,
}

impl JobRow {
    /// From a job, as it is seen at `now`.
    pub fn new(job: &MailJob, now: DateTime<Utc>) -> JobRow {
        let (to, why) = job.why.split_once(": ").unwrap_or(("", &job.why));
        JobRow {
            id: job.id,
            what: job_words(&job.what),
            to: to.to_owned(),
            why: why.to_owned(),
            at: Moment::new(job.at, now),
            tries: job.tries.into(),
        }
    }
}

/// What differs is named by each row below.
const ROW: Route = Route {
    method: "GET",
    path: "/desk/mail",
    access: Access::Admin,
    pending: Pending::Refused,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: || web::to(show),
};

/// What differs is named by each row below.
const DEED: Route = Route {
    method: "POST",
    path: "/desk/mail/test",
    rate: Rate::Write,
    handler: || web::to(test),
    ..ROW
};

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    ROW,
    DEED,
    Route {
        path: "/desk/mail/retry",
        handler: || web::to(retry),
        ..DEED
    },
    Route {
        path: "/desk/mail/drop",
        handler: || web::to(drop_one),
        ..DEED
    },
];

/// What a kind of mail is about.
pub fn kind_words(kind: MailKind) -> &'static str {
    match kind {
        MailKind::ConfirmAddress => "Please confirm your address",
        MailKind::AddressTaken => "This address has a place here already",
        MailKind::ApplicationReceived => "News for staff",
        MailKind::Approved => "Welcome",
        MailKind::Rejected => "A no",
        MailKind::StillWaiting => "It still waits",
        MailKind::Question => "A question to an applicant",
        MailKind::PutOff => "It takes a little longer",
        MailKind::TakenBack => "A decision was taken back",
        MailKind::PasswordReset => "A new password",
        MailKind::PasswordChanged => "The password was changed",
        MailKind::OwnerLink => "The key for the owner",
        MailKind::NewAddress => "Please confirm your new address",
        MailKind::AddressChanged => "The new address works",
        MailKind::AddressLeft => "The old address was left",
        MailKind::Received => "Your application has arrived",
        MailKind::EndNear => "It ends soon",
        MailKind::Ended => "It has ended",
        MailKind::Withdrawn => "Withdrawn",
        MailKind::AppealReceived => "We look again",
        MailKind::Test => "A test",
        MailKind::FactorChanged => "A second factor was changed",
        MailKind::ActHeld => "An act of staff waits",
        MailKind::Sealed => "Nobody is home, to those who wait",
        MailKind::Distress => "Nobody is home, to members",
        MailKind::Back => "Somebody is back, to those who wait",
        MailKind::AbsenceEnds => "A planned absence ends",
        MailKind::DeputyNamed | MailKind::DeputyCalled => "To a member",
        MailKind::HeirOffered => "To a member",
        MailKind::HeirNotice => "The place goes to an heir, to all",
        MailKind::HeirStopped => "The place does not go to the heir",
        MailKind::HeirSucceeded => "The place has a new owner",
        MailKind::Week => "The week at the door",
        MailKind::StillThere => "Still there?",
        MailKind::DoorGuarded => "The door is guarded",
        MailKind::DoorSealed => "The door is sealed",
        MailKind::SwitchOver => "Somebody is back",
        MailKind::Seen => "You were seen",
        MailKind::PostHeld => "A post waits for a person",
        MailKind::AuthorWoke => "Somebody woke, and writes to strangers",
    }
}

/// What a job of that name is about (`jobs/mailing.rs`).
fn job_words(job: &str) -> &'static str {
    match job {
        "link" => "A link to confirm an address or choose a password",
        "waiting" => kind_words(MailKind::ApplicationReceived),
        "post_held" => kind_words(MailKind::PostHeld),
        "woke" => kind_words(MailKind::AuthorWoke),
        "decision" => "A decision",
        "overdue" => kind_words(MailKind::StillWaiting),
        "question" => kind_words(MailKind::Question),
        "put_off" => kind_words(MailKind::PutOff),
        "undone" => kind_words(MailKind::TakenBack),
        "password_changed" => kind_words(MailKind::PasswordChanged),
        "received" => kind_words(MailKind::Received),
        "end_near" => kind_words(MailKind::EndNear),
        "ended" => kind_words(MailKind::Ended),
        "withdrawn" => kind_words(MailKind::Withdrawn),
        "appeal" => kind_words(MailKind::AppealReceived),
        "address_changed" => kind_words(MailKind::AddressChanged),
        "factor" => kind_words(MailKind::FactorChanged),
        "held" => kind_words(MailKind::ActHeld),
        "week" => kind_words(MailKind::Week),
        "switch" => "Whether somebody is home",
        "seen" => kind_words(MailKind::Seen),
        "sealed" => kind_words(MailKind::Sealed),
        "distress" => kind_words(MailKind::Distress),
        "back" => kind_words(MailKind::Back),
        "absence_ends" => kind_words(MailKind::AbsenceEnds),
        "heir_notice" => kind_words(MailKind::HeirNotice),
        "address_left" => kind_words(MailKind::AddressLeft),
        _ => "A mail",
    }
}

/// `1 mail`, `12 mails`, `10,000 or more`.
fn mails(count: i64, most: i64) -> String {
    match count {
        1 => "1 mail".to_owned(),
        n if n >= most => format!("{most} mails or more"),
        n => format!("{n} mails"),
    }
}

async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    let seen = mails::look(&app, &caller.admin()?).await?;
    let now = app.clock.now();
    let mut page = frame::page(&req, Some(&caller), "Mail").await?;
    page.here = Here::Desk;
    let shown = MailPage {
        page,
        server: seen.server,
        from: seen.from,
        hourly: seen.hourly.0,
        last_hour: seen.hourly.1,
        sent: seen
            .sent
            .iter()
            .map(|of| SentRow {
                what: kind_words(of.kind),
                day: of.sent.0,
                week: of.sent.1,
                failed: of.failed,
            })
            .collect(),
        waits: mails(seen.waits, 10_000),
        waiting: seen
            .waiting
            .iter()
            .map(|job| JobRow::new(job, now))
            .collect(),
        lost: mails(seen.lost, 1_000),
        failed: seen
            .failed
            .iter()
            .map(|job| JobRow::new(job, now))
            .collect(),
    };
    frame::render(&req, &shown)
}

async fn test(
    app: web::Data<App>,
    caller: Caller,
    _form: Sent<Nothing>,
) -> Result<HttpResponse, WebError> {
    let flash = match mails::test(&app, &caller.admin()?).await {
        Ok(Tested::Taken(to)) => Flash::done(format!(
            "The mail server took a test for {to}. If it is not there in a few minutes, look among the spam, then into the mail server’s log."
        )),
        Ok(Tested::File) => {
            Flash::done("There is no mail server. The test lies as a file in the folder for mails.")
        }
        Ok(Tested::Refused(why)) => {
            Flash::trouble(format!("The mail server refused the test. It said: {why}"))
        }
        Ok(Tested::Later(why)) => Flash::trouble(format!("The test could not be sent now: {why}")),
        Err(error @ (Error::Denied(_) | Error::TooMany { .. })) => Flash::trouble(error.sentence()),
        Err(error) => return Err(error.into()),
    };
    Ok(frame::see_other_with("/desk/mail", &flash))
}

#[derive(Debug, Deserialize)]
struct Chosen {
    #[serde(default, deserialize_with = "lenient::string")]
    id: String,
}

async fn retry(
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Chosen>,
) -> Result<HttpResponse, WebError> {
    let id = ids::parse(&sent.fields.id).ok_or(Error::NotFound)?;
    let done = mails::retry(&app, &caller.admin()?, id).await;
    back(done, "It is tried again now.")
}

async fn drop_one(
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Chosen>,
) -> Result<HttpResponse, WebError> {
    let id = ids::parse(&sent.fields.id).ok_or(Error::NotFound)?;
    let done = mails::forget(&app, &caller.admin()?, id).await;
    back(done, "Dropped: it will not be sent.")
}

fn back(done: Result<(), Error>, words: &'static str) -> Result<HttpResponse, WebError> {
    let flash = match done {
        Ok(()) => Flash::done(words),
        Err(error @ Error::Conflict(_)) => Flash::trouble(error.sentence()),
        Err(error) => return Err(error.into()),
    };
    Ok(frame::see_other_with("/desk/mail", &flash))
}
