//! What deputies may do to others while nobody is home (registration.md C1): suspend somebody of
//! this place who is not established, limit an account that two people reported, hold or limit an
//! account of elsewhere or a server. For a fortnight at the most, and over when somebody is back who does not keep it.

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncConnection;
use serde_json::json;

use super::policies::{self, Laid};
use super::{By, changed};
use crate::app::App;
use crate::domain::event::Event;
use crate::domain::policy::{PolicyKind, PolicySource};
use crate::domain::{Error, Id, Result};
use crate::gate::away::deputies as called;
use crate::gate::signs;
use crate::gate::who::{Deputy, Moderator};
use crate::model::account::Account;
use crate::store::audit::NewLine;
use crate::store::deputies::{self, Act};
use crate::store::domain_policies::Terms;
use crate::store::restraints::{HELD, LIMITED, SUSPENDED};
use crate::store::{self, Conn, restraints, taken_back};

/// How long what they do holds at the most.
pub const HOLDS: TimeDelta = TimeDelta::days(14);
/// Acts of one deputy in an hour.
pub const AN_HOUR: i64 = 25;
/// So many people have to have reported somebody whom a deputy limits.
const REPORTERS: i64 = 2;
/// Why, in the row.
const WHY: &str = "By a deputy, while nobody of the staff was there.";
/// Reported accounts, and acts, on a page.
const SHOWN: i64 = 50;
/// Acts that one go ends.
const AT_ONCE: i64 = 200;

/// Somebody about whom there are open reports.
#[derive(Debug, Clone, PartialEq)]
pub struct Reported {
    /// Who.
    pub account: Account,
    /// How many people reported them.
    pub reporters: i64,
    /// A deputy may suspend them.
    pub may_suspend: bool,
    /// A deputy may limit them.
    pub may_limit: bool,
}

/// Those about whom there are open reports. Who reported, and what they wrote, is not told.
pub async fn reported(app: &App, _who: &Deputy) -> Result<Vec<Reported>> {
    let mut conn = app.desk.get().await?;
    let rows = deputies::reported(&mut conn, SHOWN).await?;
    let ids = rows.iter().map(|(id, _)| *id).collect();
    let accounts = store::accounts_shown::load(&mut *conn, ids).await?;
    let mut found = Vec::new();
    for (id, reporters) in rows {
        let Some(account) = accounts.iter().find(|account| account.id == id) else {
            continue;
        };
        let Some(target) = deputies::target(&mut conn, id).await? else {
            continue;
        };
        found.push(Reported {
            account: account.clone(),
            reporters,
            may_suspend: why_not(&target, SUSPENDED).is_none(),
            may_limit: why_not(&target, LIMITED).is_none(),
        });
    }
    Ok(found)
}

fn why_not(target: &deputies::Target, kind: i16) -> Option<&'static str> {
    match kind {
        _ if target.is_staff => Some("Nobody does that to staff."),
        SUSPENDED if target.user.is_none() => {
            Some("Deputies suspend nobody elsewhere. Limit or hold the account.")
        }
        HELD if target.user.is_some() => {
            Some("Nobody of this place is held. Limit the account, or suspend it.")
        }
        SUSPENDED if target.is_established => {
            Some("They are known here: deputies suspend nobody who is. Limit the account instead.")
        }
        LIMITED if target.user.is_some() && target.reporters < REPORTERS => {
            Some("Deputies limit somebody of this place only where two people reported them.")
        }
        _ => None,
    }
}

/// Suspends somebody of this place who is not established.
///
/// # Errors
/// `NotFound`; `Denied` where a deputy may not, for oneself, and beyond [`AN_HOUR`].
pub async fn suspend(app: &App, who: &Deputy, account: Id) -> Result<()> {
    restrain(app, who, account, SUSPENDED).await
}

/// Limits an account: of this place where two people reported it, of elsewhere any.
///
/// # Errors
/// As [`suspend`].
pub async fn limit(app: &App, who: &Deputy, account: Id) -> Result<()> {
    restrain(app, who, account, LIMITED).await
}

/// What happens to an account of another server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Elsewhere {
    /// Only who follows it sees it.
    Limited,
    /// What it sends waits, unread.
    Held,
}

/// Limits or holds an account of another server by its handle, `bob@elsewhere.example`, where it
/// is known here.
///
/// # Errors
/// `Invalid` for what is no such handle, or not known here; those of [`limit`].
pub async fn restrain_elsewhere(
    app: &App,
    who: &Deputy,
    handle: &str,
    what: Elsewhere,
) -> Result<()> {
    let unknown = || {
        Error::invalid("Nobody of that handle is known here. Write it like @bob@elsewhere.example.")
    };
    let (name, domain) = handle
        .trim()
        .trim_start_matches('@')
        .split_once('@')
        .ok_or_else(unknown)?;
    let mut conn = app.desk.get().await?;
    let found = store::remote_accounts::by_handle(&mut conn, name, &domain.to_lowercase()).await?;
    drop(conn);
    let kind = match what {
        Elsewhere::Limited => LIMITED,
        Elsewhere::Held => HELD,
    };
    restrain(app, who, found.ok_or_else(unknown)?.id, kind).await
}

async fn restrain(app: &App, who: &Deputy, account: Id, kind: i16) -> Result<()> {
    let by = who.user().id;
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        within_budget(conn, by, now).await?;
        if store::profiles::lock(conn, account).await?.is_none() {
            return Err(Error::NotFound);
        }
        if who.account_id() == account {
            return Err(Error::denied("Nobody does that to themselves."));
        }
        let target = deputies::target(conn, account).await?;
        let target = target.ok_or(Error::NotFound)?;
        if let Some(why) = why_not(&target, kind) {
            return Err(Error::denied(why));
        }
        if !restraints::lay(conn, account, kind, WHY, now).await? {
            return Ok(());
        }
        if let (SUSPENDED, Some(user)) = (kind, target.user) {
            taken_back::set_disabled(conn, user, Some(now)).await?;
            store::sessions::delete_all(conn, user, None).await?;
        }
        let over = (now, now + HOLDS);
        deputies::insert_act(conn, by, (Some(kind), Some(account)), None, over).await?;
        let (act, inverse) = match kind {
            SUSPENDED => ("deputy.suspend", Some("account.unsuspend")),
            // Over by itself, or taken back where it is listed.
            HELD => ("deputy.hold", None),
            _ => ("deputy.limit", Some("account.unlimit")),
        };
        let line = NewLine {
            actor: Some(by),
            act,
            subject_kind: "account",
            subject: Some(account),
            detail: json!({ "until": over.1.to_rfc3339() }),
            inverse: inverse.map(|act| json!({ "act": act, "account": account.to_string() })),
        };
        store::audit::append(conn, line, now).await?;
        if kind == SUSPENDED {
            store::events::insert(conn, &Event::suspension_of(account), now).await?;
        }
        Ok(())
    })
    .await?;
    app.wake_relay();
    Ok(())
}

/// Holds what a server sends, or limits its people.
///
/// # Errors
/// `Invalid` for what is no server; `Conflict` where staff said something about it already;
/// `Denied` beyond [`AN_HOUR`].
pub async fn lay(app: &App, who: &Deputy, domain: &str, kind: PolicyKind) -> Result<()> {
    if !matches!(kind, PolicyKind::Held | PolicyKind::Limited) {
        return Err(Error::denied(
            "Deputies hold or limit a server, nothing else.",
        ));
    }
    let by = who.user().id;
    let mut conn = app.desk.get().await?;
    let now = app.clock.decide(&mut conn).await?;
    within_budget(&mut conn, by, now).await?;
    drop(conn);
    let until = now + HOLDS;
    let terms = Terms {
        kind,
        reject_media: false,
        reject_reports: false,
        public_comment: String::new(),
        private_comment: WHY.to_owned(),
        obfuscate: false,
        until: Some(until),
    };
    match policies::lay(app, By::Deputy(who), domain, PolicySource::Staff, terms).await? {
        Laid::New(policy) => {
            let mut conn = app.desk.get().await?;
            deputies::insert_act(&mut conn, by, (None, None), Some(policy.id), (now, until)).await
        }
        Laid::Exists(_) => Err(Error::Conflict(
            "The staff said something about that server already, and it holds.".into(),
        )),
    }
}

async fn within_budget(conn: &mut Conn, by: Id, now: DateTime<Utc>) -> Result<()> {
    match deputies::count_acts(conn, by, now - TimeDelta::hours(1)).await? < AN_HOUR {
        true => Ok(()),
        false => Err(Error::denied(format!(
            "That is more than {AN_HOUR} such acts in an hour. Please go on a little later."
        ))),
    }
}

/// Something that a deputy did and that holds, for staff who are back.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// The row.
    pub act: Act,
    /// Whom it lies on: a handle, or a server.
    pub whom: String,
    /// What it is, in a word: `suspended`, `limited`, `held`.
    pub what: &'static str,
}

/// What deputies did and what still holds, oldest first.
pub async fn done(app: &App, _who: &Moderator) -> Result<Vec<Done>> {
    let mut conn = app.desk.get().await?;
    let acts = deputies::acts(&mut conn, None, SHOWN).await?;
    let ids = acts.iter().filter_map(|act| act.account).collect();
    let accounts = store::accounts_shown::load(&mut *conn, ids).await?;
    let now = app.clock.now();
    let mut found = Vec::new();
    for act in acts {
        let (whom, what) = match (act.account, act.policy) {
            (Some(id), _) => {
                let account = accounts.iter().find(|account| account.id == id);
                let what = match act.kind {
                    Some(SUSPENDED) => "suspended",
                    Some(HELD) => "held",
                    _ => "limited",
                };
                (account.map(|a| format!("@{}", a.acct())), what)
            }
            (None, Some(policy)) => {
                let policy = store::domain_policies::find(&mut conn, policy, now).await?;
                let what = match policy.as_ref().map(|p| p.terms.kind) {
                    Some(PolicyKind::Held) => "held",
                    _ => "limited",
                };
                (policy.map(|p| p.domain), what)
            }
            (None, None) => (None, "limited"),
        };
        if let Some(whom) = whom {
            found.push(Done { act, whom, what });
        }
    }
    Ok(found)
}

/// Makes what a deputy did one's own: it holds until somebody lifts it. An account that was held is
/// limited from then on: what it sends is read again.
///
/// # Errors
/// `NotFound` where it is over, or kept already; `Denied` about a server, for who is no admin.
pub async fn keep(app: &App, who: &Moderator, id: i64) -> Result<()> {
    let mut conn = app.desk.get().await?;
    let now = app.clock.decide(&mut conn).await?;
    let act = find(&mut conn, id).await?;
    if act.policy.is_some() {
        // About other servers admins decide.
        who.as_admin()?;
    }
    // All of it or nothing: a policy without end whose act still runs would be lifted with it.
    conn.transaction(async |conn| {
        if !deputies::end_act(conn, id, Some(who.user().id), now).await? {
            return Err(Error::NotFound);
        }
        if let Some(policy) = act.policy {
            let before = store::domain_policies::find(conn, policy, now).await?;
            let terms = Terms {
                until: None,
                ..before.ok_or(Error::NotFound)?.terms
            };
            let admin = who.as_admin()?;
            policies::change_in(conn, By::Admin(&admin), policy, terms, now).await?;
        }
        if let (Some(account), Some(HELD)) = (act.account, act.kind) {
            restraints::lift(conn, account, HELD, who.user().id, now).await?;
            restraints::lay(conn, account, LIMITED, WHY, now).await?;
        }
        note(conn, who, "deputy.keep", &act, now).await
    })
    .await?;
    changed(app);
    Ok(())
}

/// Takes back what a deputy did.
///
/// # Errors
/// `NotFound` where it is over, or kept; `Denied` about a server, for who is no admin.
pub async fn take_back(app: &App, who: &Moderator, id: i64) -> Result<()> {
    let mut conn = app.desk.get().await?;
    let now = app.clock.decide(&mut conn).await?;
    let act = find(&mut conn, id).await?;
    if act.policy.is_some() {
        // About other servers admins decide.
        who.as_admin()?;
    }
    conn.transaction(async |conn| {
        end(conn, &act, who.user().id, now).await?;
        note(conn, who, "deputy.take_back", &act, now).await
    })
    .await?;
    changed(app);
    Ok(())
}

async fn find(conn: &mut Conn, id: i64) -> Result<Act> {
    let acts = deputies::acts(conn, None, SHOWN).await?;
    let act = acts.into_iter().find(|act| act.id == id);
    act.ok_or(Error::NotFound)
}

async fn note(
    conn: &mut Conn,
    who: &Moderator,
    act: &'static str,
    of: &Act,
    now: DateTime<Utc>,
) -> Result<()> {
    let by = who.user().id;
    let line = NewLine {
        actor: Some(by),
        act,
        subject_kind: "account",
        subject: of.account,
        detail: json!({ "deputy": of.by, "policy": of.policy }),
        inverse: None,
    };
    store::audit::append(conn, line, now).await?;
    signs::act(conn, who, now).await
}

/// Lets go of it, unless somebody did before. `by` is 0 for the clock.
async fn end(conn: &mut Conn, act: &Act, by: Id, now: DateTime<Utc>) -> Result<bool> {
    if !deputies::end_act(conn, act.id, None, now).await? {
        return Ok(false);
    }
    if let Some(policy) = act.policy {
        let by = Some(by).filter(|by| *by != 0);
        store::domain_policies::lift(conn, policy, by, now).await?;
    }
    if let (Some(account), Some(kind)) = (act.account, act.kind)
        && deputies::still_lies(conn, account, kind, act.at).await?
    {
        restraints::lift(conn, account, kind, by, now).await?;
        let target = deputies::target(conn, account).await?;
        if let (SUSPENDED, Some(user)) = (kind, target.and_then(|target| target.user)) {
            taken_back::set_disabled(conn, user, None).await?;
            store::events::insert(conn, &Event::suspension_of(account), now).await?;
        }
    }
    Ok(true)
}

/// Ends what is over: after [`HOLDS`], or because somebody is home again. For the timers.
pub async fn end_due(app: &App) -> Result<()> {
    let mut conn = app.desk.get().await?;
    let now = app.clock.now();
    let over = called::are_over(app, &mut conn, now).await?;
    let due = (!over).then_some(now);
    let mut ended = false;
    for act in deputies::acts(&mut conn, due, AT_ONCE).await? {
        ended |= conn
            .transaction(async |conn| end(conn, &act, 0, now).await)
            .await?;
    }
    if ended {
        changed(app);
    }
    Ok(())
}
