//! People one by one, as staff see them: who waits, who lives here, who is known from elsewhere;
//! limiting and suspending them, and letting go of it.
//!
//! What lies on an account is a row with its cause (D15); nobody restrains somebody of the staff
//! whose role is not below their own (T14). A suspended member of this place cannot sign in, and
//! is shown blank everywhere, also on servers that know of them; all of it comes back when it is
//! lifted.

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;
use serde_json::json;

use crate::activitypub::{addresses, uri};
use crate::app::App;
use crate::domain::application::ApplicationState;
use crate::domain::event::Event;
use crate::domain::{Error, Id, Page, Result};
use crate::gate::budget::{self, About};
use crate::gate::who::{Admin, Moderator, Reviewer};
use crate::gate::{reads, signs};
use crate::model::account::Account;
use crate::model::application::{ApplicantProfile, Application};
use crate::model::user::User;
use crate::store::audit::NewLine;
pub use crate::store::people::{Standing, Wanted};
pub use crate::store::status_page::AccountCounters;
use crate::store::{self, Conn, departures, restraints, taken_back};
use crate::text::clean;

/// The word of a deletion, as audit lines and acts that wait have it.
pub const DELETE: &str = "account.delete";
/// The longest reason, in characters.
const MAX_REASON: usize = 2000;

/// Somebody.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// The account's id, or the one that is reserved.
    pub id: Id,
    /// The account; `None` for those who wait.
    pub account: Option<(Account, AccountCounters)>,
    /// Their server; `None` for here.
    pub domain: Option<String>,
    /// The login; `None` for elsewhere. Without the address for reviewers below moderator.
    pub user: Option<User>,
    /// What is not an account yet.
    pub profile: Option<ApplicantProfile>,
    /// Their application. Without the network for reviewers below moderator.
    pub application: Option<Application>,
    /// What they wrote, in one text.
    pub reason: Option<String>,
    /// The account that invited them.
    pub invited_by: Option<Id>,
    /// Where they were seen, the latest first; for moderators.
    pub networks: Vec<(ipnet::IpNet, DateTime<Utc>)>,
}

/// A page of people, newest first. Reviewers below moderator see only who waits.
///
/// # Errors
/// `Denied` where they ask for others.
pub async fn list(app: &App, who: &Reviewer, wanted: &Wanted, page: &Page) -> Result<Vec<Person>> {
    let mut wanted = wanted.clone();
    if !who.user().role.manages_reports() {
        if wanted.standing.is_some_and(|s| s != Standing::Pending) {
            return Err(Error::denied("Only moderators may do that"));
        }
        wanted.standing = Some(Standing::Pending);
        (wanted.email, wanted.network) = (String::new(), None);
    }
    let mut conn = app.desk.get().await?;
    let ids = store::people::list(&mut conn, &wanted, page).await?;
    let seen: Vec<String> = ids.iter().map(Id::to_string).collect();
    if who.user().role.manages_reports() && !seen.is_empty() {
        let detail = json!({ "accounts": seen });
        reads::note(app, &mut conn, who, reads::ADDRESS, ("list", None), detail).await?;
    }
    load(&mut conn, who, ids).await
}

/// One of them.
///
/// # Errors
/// `NotFound`; `Denied` for reviewers below moderator where nobody waits under that id.
pub async fn find(app: &App, who: &Reviewer, id: Id) -> Result<Person> {
    let mut conn = app.desk.get().await?;
    let person = load(&mut conn, who, vec![id]).await?.pop();
    let person = person.ok_or(Error::NotFound)?;
    let applied = person.user.is_some() && person.application.is_some();
    if !who.user().role.manages_reports() && !applied {
        return Err(Error::denied("Only moderators may do that"));
    }
    if who.user().role.manages_reports() && person.user.is_some() {
        let about = ("account", Some(id));
        reads::note(app, &mut conn, who, reads::ADDRESS, about, json!({})).await?;
    }
    Ok(person)
}

/// The application behind an account's id.
///
/// # Errors
/// `NotFound`.
pub async fn application_of(app: &App, _who: &Reviewer, id: Id) -> Result<Id> {
    let mut conn = app.desk.get().await?;
    let users = store::people::users(&mut conn, &[id]).await?;
    let found = store::people::applications(&mut conn, &users).await?;
    found.first().copied().ok_or(Error::NotFound)
}

async fn load(conn: &mut Conn, who: &Reviewer, ids: Vec<Id>) -> Result<Vec<Person>> {
    let moderates = who.user().role.manages_reports();
    let mut accounts = store::accounts_shown::load(conn, ids.clone()).await?;
    let counters = store::accounts_shown::facts(conn, ids.clone()).await?;
    let domains = store::people::domains(conn, &ids).await?;
    let users = store::people::users(conn, &ids).await?;
    let mut logins = store::users::find_many(conn, &users).await?;
    let latest = store::people::applications(conn, &users).await?;
    let answers = store::applications::answers_of(conn, &latest).await?;
    let mut applied = store::desk_queue::load(conn, &latest).await?;
    let networks = match moderates {
        true => store::people::networks(conn, &users).await?,
        false => Vec::new(),
    };
    let inviters = store::invite_tree::inviters(conn, &users).await?;
    let mut people = Vec::with_capacity(ids.len());
    for id in ids {
        let account = take(&mut accounts, |a| a.id == id);
        let account = account.map(|account| {
            let of = counters.iter().find(|c| c.id == id);
            (account, of.map(|c| c.counters).unwrap_or_default())
        });
        let mut user = take(&mut logins, |user| user.account_id == id);
        if account.is_none() && user.is_none() {
            continue;
        }
        let of = user.as_ref().map(|user| user.id);
        let (mut application, profile) = match take(&mut applied, |(_, u, _)| Some(u.id) == of) {
            Some((application, _, profile)) => (Some(application), profile),
            None => (None, None),
        };
        let reason = application.as_ref().and_then(|application| {
            let theirs = answers.iter().filter(|(id, _)| *id == application.id);
            let mut texts: Vec<String> = theirs.map(|(_, answer)| answer.value.clone()).collect();
            texts.extend(application.remark.clone());
            texts.retain(|text| !text.is_empty());
            Some(texts.join("\n\n")).filter(|text| !text.is_empty())
        });
        if !moderates {
            user = user.map(|user| User {
                email: None,
                email_canonical: None,
                ..user
            });
            application = application.map(|application| Application {
                network: None,
                ..application
            });
        }
        people.push(Person {
            id,
            domain: domains
                .iter()
                .find(|(account, _)| *account == id)
                .map(|(_, domain)| domain.clone()),
            networks: networks
                .iter()
                .filter(|(user, ..)| Some(*user) == of)
                .map(|(_, network, at)| (*network, *at))
                .collect(),
            invited_by: inviters
                .iter()
                .find(|(user, _)| Some(*user) == of)
                .map(|(_, account)| *account),
            account,
            user,
            profile,
            application,
            reason,
        });
    }
    Ok(people)
}

fn take<T>(from: &mut Vec<T>, is_it: impl Fn(&T) -> bool) -> Option<T> {
    let at = from.iter().position(is_it)?;
    Some(from.swap_remove(at))
}

impl Person {
    /// Whether somebody let them in, or nobody had to.
    pub fn is_approved(&self) -> Option<bool> {
        self.user.as_ref().map(|user| user.approved_at.is_some())
    }

    /// Whether the address is confirmed, as far as one is needed.
    pub fn is_confirmed(&self) -> Option<bool> {
        let user = self.user.as_ref()?;
        let waits = self.application.as_ref().map(|a| a.state);
        Some(waits != Some(ApplicationState::Unconfirmed) && user.email_confirmed_at.is_some())
    }
}

/// What can be laid on an account, or taken off it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Limits it: shown to its followers only.
    Limit,
    /// Lets go of that.
    Unlimit,
    /// Suspends it: shown to nobody.
    Suspend,
    /// Lets go of that.
    Unsuspend,
    /// Hides the pictures of its posts at first.
    Sensitize,
    /// Lets go of that.
    Unsensitize,
    /// Switches the login off.
    Disable,
    /// Switches it on again.
    Enable,
}

impl Act {
    fn word(self) -> &'static str {
        match self {
            Act::Limit => "account.limit",
            Act::Unlimit => "account.unlimit",
            Act::Suspend => "account.suspend",
            Act::Unsuspend => "account.unsuspend",
            Act::Sensitize => "account.mark_sensitive",
            Act::Unsensitize => "account.unmark_sensitive",
            Act::Disable => "account.disable",
            Act::Enable => "account.enable",
        }
    }

    /// The act of that word, as audit lines have it.
    pub fn from_word(word: &str) -> Option<Act> {
        [
            Act::Limit,
            Act::Unlimit,
            Act::Suspend,
            Act::Unsuspend,
            Act::Sensitize,
            Act::Unsensitize,
            Act::Disable,
            Act::Enable,
        ]
        .into_iter()
        .find(|act| act.word() == word)
    }

    fn inverse(self) -> Act {
        match self {
            Act::Limit => Act::Unlimit,
            Act::Unlimit => Act::Limit,
            Act::Suspend => Act::Unsuspend,
            Act::Unsuspend => Act::Suspend,
            Act::Sensitize => Act::Unsensitize,
            Act::Unsensitize => Act::Sensitize,
            Act::Disable => Act::Enable,
            Act::Enable => Act::Disable,
        }
    }
}

/// Does something to an account; doing it twice changes nothing and writes nothing.
///
/// # Errors
/// `NotFound`; `Denied` for oneself, for staff whose role is not below one's own, and as
/// [`budget::spend`] says; `Invalid` for the login of somebody elsewhere.
pub async fn act(app: &App, who: &Moderator, id: Id, act: Act, reason: &str) -> Result<()> {
    let reason: String = clean::text(reason)
        .trim()
        .chars()
        .take(MAX_REASON)
        .collect();
    let by = who.user().id;
    if matches!(act, Act::Suspend | Act::Disable) {
        let wish = json!({ "account": id.to_string(), "reason": reason });
        budget::spend(app, who, act.word(), &wish, About::Account(id)).await?;
    }
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let there = store::profiles::lock(conn, id).await?.is_some();
        if !there || departures::closed_at(conn, id).await?.is_some() {
            return Err(Error::NotFound);
        }
        let login = store::people::role_of(conn, id).await?;
        if login.is_some_and(|(_, role)| role >= who.user().role) {
            return Err(Error::denied(
                "Nobody does that to staff of their own rank or above.",
            ));
        }
        let user = login.map(|(user, _)| user);
        if !apply(conn, id, user, by, act, &reason, now).await? {
            return Ok(());
        }
        let line = NewLine {
            actor: Some(by),
            act: act.word(),
            subject_kind: "account",
            subject: Some(id),
            detail: json!({ "reason": reason }),
            inverse: Some(json!({ "act": act.inverse().word(), "account": id.to_string() })),
        };
        store::audit::append(conn, line, now).await?;
        signs::act(conn, who, now).await?;
        if user.is_some() && matches!(act, Act::Suspend | Act::Unsuspend) {
            store::events::insert(conn, &Event::suspension_of(id), now).await?;
        }
        Ok(())
    })
    .await?;
    app.wake_relay();
    Ok(())
}

/// Deletes a member whom staff have suspended: like one who deletes their own account, with
/// everything they left, for good.
///
/// # Errors
/// `NotFound`, also for who is deleted already; `Denied` for who is not suspended, who lives
/// elsewhere, staff whose role is not below one's own, and as [`budget::spend`] says.
pub async fn delete(app: &App, who: &Admin, id: Id) -> Result<()> {
    let wish = json!({ "account": id.to_string() });
    let mut conn = app.desk.get().await?;
    deletable(&mut conn, who, id).await?;
    drop(conn);
    budget::spend(app, who, DELETE, &wish, About::Account(id)).await?;
    let mut conn = app.desk.get().await?;
    let name = conn
        .transaction(async |conn| {
            let now = app.clock.decide(conn).await?;
            store::profiles::lock(conn, id).await?;
            let (account, user) = deletable(conn, who, id).await?;
            let address = account
                .uri
                .unwrap_or_else(|| addresses::actor(&app.origin(), id));
            let line = NewLine {
                actor: Some(who.user().id),
                act: DELETE,
                subject_kind: "account",
                subject: Some(id),
                detail: json!({ "name": account.username }),
                inverse: None,
            };
            store::audit::append(conn, line, now).await?;
            signs::act(conn, who, now).await?;
            departures::close(conn, user, id, uri::hash(&address), true, now).await?;
            Ok::<_, Error>(account.username)
        })
        .await?;
    app.known.note_name(&name, None);
    app.wake_relay();
    Ok(())
}

/// A member of this place who is suspended, and their login.
async fn deletable(conn: &mut Conn, who: &Admin, id: Id) -> Result<(Account, Id)> {
    let account = store::accounts_shown::load(&mut *conn, vec![id])
        .await?
        .pop();
    let account = account.ok_or(Error::NotFound)?;
    let Some((user, role)) = store::people::role_of(conn, id).await? else {
        return match account.is_local() {
            true => Err(Error::NotFound),
            false => Err(Error::denied(
                "They live on another server, and are deleted there.",
            )),
        };
    };
    if role >= who.user().role {
        return Err(Error::denied(
            "Nobody does that to staff of their own rank or above.",
        ));
    }
    if !account.is_suspended() {
        return Err(Error::denied("Only who is suspended can be deleted."));
    }
    match departures::closed_at(conn, id).await? {
        Some(_) => Err(Error::NotFound),
        None => Ok((account, user)),
    }
}

async fn apply(
    conn: &mut Conn,
    account: Id,
    user: Option<Id>,
    by: Id,
    act: Act,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let (limited, suspended) = (restraints::LIMITED, restraints::SUSPENDED);
    match act {
        Act::Limit => restraints::lay(conn, account, limited, reason, now).await,
        Act::Unlimit => restraints::lift(conn, account, limited, by, now).await,
        Act::Sensitize => restraints::lay(conn, account, restraints::SENSITIVE, reason, now).await,
        Act::Unsensitize => restraints::lift(conn, account, restraints::SENSITIVE, by, now).await,
        Act::Suspend => {
            let laid = restraints::lay(conn, account, suspended, reason, now).await?;
            if let (true, Some(user)) = (laid, user) {
                taken_back::set_disabled(conn, user, Some(now)).await?;
                store::sessions::delete_all(conn, user, None).await?;
            }
            Ok(laid)
        }
        Act::Unsuspend => {
            let lifted = restraints::lift(conn, account, suspended, by, now).await?;
            if let (true, Some(user)) = (lifted, user) {
                taken_back::set_disabled(conn, user, None).await?;
            }
            Ok(lifted)
        }
        Act::Disable | Act::Enable => {
            let user = user.ok_or_else(|| Error::invalid("They do not sign in here."))?;
            let found = store::users::find(conn, user)
                .await?
                .ok_or(Error::NotFound)?;
            let off = act == Act::Disable;
            if found.disabled_at.is_some() == off {
                return Ok(false);
            }
            taken_back::set_disabled(conn, user, off.then_some(now)).await?;
            if off {
                store::sessions::delete_all(conn, user, None).await?;
            }
            Ok(true)
        }
    }
}
