//! The queue and the card: what reviewers read. The decisions are in [`super::approve`] and
//! [`super::reject`].

use chrono::{DateTime, Utc};

use super::snapshot::{self, Seen};
use crate::app::App;
use crate::domain::application::ApplicationState;
use crate::domain::{Error, Id, Page, Result};
use crate::gate::who::Reviewer;
use crate::model::application::{ApplicantProfile, Application};
use crate::model::audit::SignOfLife;
use crate::model::question::Answer;
use crate::model::user::User;
use crate::store::applications::Decision;
pub use crate::store::applications::{QueueFilter, QueuePart};
pub use crate::store::door::QueueCounts;
use crate::store::{self, Conn};

/// Applications on one page of the queue.
pub const PAGE: i64 = 20;

/// One line of the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// The application; network left out for reviewers below moderator.
    pub application: Application,
    /// The applicant, without the address.
    pub user: User,
    /// The private profile, while there is one.
    pub profile: Option<ApplicantProfile>,
    /// The answers.
    pub answers: Vec<Answer>,
    /// How many drafts there are.
    pub drafts: i64,
    /// Who decided, where somebody did.
    pub decided_by: Option<String>,
}

/// A page of the queue, and how many wait in all.
#[derive(Debug, Clone, PartialEq)]
pub struct Queue {
    /// In the order asked for.
    pub rows: Vec<Waiting>,
    /// How many wait where.
    pub counts: QueueCounts,
    /// Whether there are more behind this page.
    pub more: bool,
}

/// A page of the queue. Oldest first it goes on with `page.min_id`, newest first with
/// `page.max_id`. `by_hand` says that a person opened it (the browser's navigation headers):
/// that is a sign of life.
pub async fn queue(
    app: &App,
    who: &Reviewer,
    filter: &QueueFilter,
    page: Page,
    by_hand: bool,
) -> Result<Queue> {
    let mut conn = app.desk.get().await?;
    if by_hand {
        visit(app, &mut conn, who).await?;
    }
    let asked = Page {
        limit: page.limit + 1,
        ..page
    };
    let mut found = store::applications::queue(&mut conn, filter, asked).await?;
    let more = found.len() as i64 > page.limit;
    found.truncate(page.limit as usize);
    let ids: Vec<Id> = found.iter().map(|(a, ..)| a.id).collect();
    let users: Vec<Id> = found.iter().map(|(a, ..)| a.user_id).collect();
    let deciders: Vec<Id> = found.iter().filter_map(|(a, ..)| a.decided_by).collect();
    let answers = store::applications::answers_of(&mut conn, &ids).await?;
    let drafts = store::applications::draft_counts(&mut conn, &users).await?;
    let deciders = store::users::find_many(&mut conn, &deciders).await?;
    let counts = store::door::queue_counts(&mut conn).await?;
    let rows = found
        .into_iter()
        .map(|(application, user, profile)| Waiting {
            answers: answers
                .iter()
                .filter(|(id, _)| *id == application.id)
                .map(|(_, answer)| answer.clone())
                .collect(),
            drafts: drafts
                .iter()
                .find(|(id, _)| *id == user.id)
                .map_or(0, |(_, count)| *count),
            decided_by: deciders
                .iter()
                .find(|d| Some(d.id) == application.decided_by)
                .map(|d| d.username.clone()),
            application: for_eyes_of(who, application),
            user: without_address(user),
            profile,
        })
        .collect();
    Ok(Queue { rows, counts, more })
}

fn without_address(user: User) -> User {
    User {
        email: None,
        email_canonical: None,
        ..user
    }
}

/// The menu counts no further.
const COUNTED: i64 = 1000;

/// How many wait in the queue, up to 1,000: for the menu.
pub async fn count(app: &App, _who: &Reviewer) -> Result<i64> {
    let mut conn = app.desk.get().await?;
    store::door::in_queue(&mut conn, COUNTED).await
}

/// Everything about one application.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// The application; network left out for reviewers below moderator.
    pub application: Application,
    /// The applicant; address left out for reviewers below moderator.
    pub user: User,
    /// Answers, profile, drafts, and the hash that a decision carries.
    pub seen: Seen,
    /// Earlier decisions about this address or network that are remembered; for moderators.
    pub earlier: Option<i64>,
    /// Who decided, where somebody did.
    pub decided_by: Option<String>,
    /// The next one in the queue.
    pub next: Option<Id>,
}

/// One application. The first reading is noted: from then on the answers stand.
///
/// # Errors
/// `NotFound` when there is none (never was, withdrawn, erased).
pub async fn card(app: &App, who: &Reviewer, id: Id, by_hand: bool) -> Result<Card> {
    let mut conn = app.desk.get().await?;
    let (application, mut user) = store::applications::find_card(&mut conn, id)
        .await?
        .ok_or(Error::NotFound)?;
    let now = app.clock.now();
    if by_hand {
        visit(app, &mut conn, who).await?;
        if application.state.is_waiting() && application.read_at.is_none() {
            store::applications::set_read(&mut conn, id, who.user().id, now).await?;
        }
    }
    let seen = snapshot::read(&mut conn, &application).await?;
    let decided_by = match application.decided_by {
        Some(by) => store::users::find(&mut conn, by).await?.map(|u| u.username),
        None => None,
    };
    let earlier = match who.user().role.manages_reports() {
        true => {
            let hashes = super::reject::hashes(app, &application, &user);
            let keyed: Vec<Vec<u8>> = hashes.into_iter().map(|h| h.keyed).collect();
            Some(store::memory::count(&mut conn, &keyed, now).await?)
        }
        false => None,
    };
    if !who.user().role.manages_reports() {
        user = without_address(user);
    }
    let next = store::applications::next_waiting(&mut conn, id).await?;
    Ok(Card {
        application: for_eyes_of(who, application),
        user,
        seen,
        earlier,
        decided_by,
        next,
    })
}

/// Reviewers below moderator see no network (C6).
fn for_eyes_of(who: &Reviewer, mut application: Application) -> Application {
    if !who.user().role.manages_reports() {
        application.network = None;
    }
    application
}

async fn visit(app: &App, conn: &mut Conn, who: &Reviewer) -> Result<()> {
    let now = app.clock.now();
    store::door::insert_sign_of_life(conn, who.user().id, SignOfLife::Visit, now).await
}

/// Holds the application for a decision, after the checks that all decisions share.
///
/// # Errors
/// `NotFound`; `Conflict` when somebody decided already (says who and when) or the applicant
/// changed something since it was read.
pub(super) async fn hold(
    conn: &mut Conn,
    id: Id,
    seen: Option<&str>,
    may: impl Fn(ApplicationState) -> bool,
) -> Result<(Application, Seen)> {
    let application = store::applications::lock(conn, id)
        .await?
        .ok_or(Error::NotFound)?;
    if !may(application.state) {
        return Err(already(conn, &application).await?);
    }
    let now_there = snapshot::read(conn, &application).await?;
    if seen.is_some_and(|hash| hash != now_there.hash) {
        return Err(Error::Conflict(
            "The applicant changed something after you opened this page. Please look at it once more."
                .into(),
        ));
    }
    Ok((application, now_there))
}

/// Writes a decision; the loser of a race hears who won.
pub(super) async fn write(
    conn: &mut Conn,
    application: &Application,
    decision: &Decision,
    now: DateTime<Utc>,
) -> Result<()> {
    let (id, version) = (application.id, application.version);
    if store::applications::decide(conn, id, version, decision, now).await? {
        return Ok(());
    }
    Err(already(conn, application).await?)
}

/// Who was first, and when.
async fn already(conn: &mut Conn, application: &Application) -> Result<Error> {
    let what = match application.state {
        ApplicationState::Approved => "approved",
        ApplicationState::Rejected => "rejected",
        ApplicationState::Withdrawn => "withdrawn",
        ApplicationState::Expired => "closed for its age",
        ApplicationState::Unconfirmed => {
            return Ok(Error::Conflict(
                "The address of this application was not confirmed yet.".into(),
            ));
        }
        ApplicationState::Pending | ApplicationState::NeedsInfo => "handled",
    };
    let by = match application.decided_by {
        Some(by) => store::users::find(conn, by).await?.map(|u| u.username),
        None => None,
    };
    let by = by.map(|name| format!(" by {name}")).unwrap_or_default();
    let at = application
        .decided_at
        .map(|at| at.format(" at %H:%M UTC on %-d %B").to_string())
        .unwrap_or_default();
    Ok(Error::Conflict(
        format!("This application was already {what}{by}{at}.").into(),
    ))
}
