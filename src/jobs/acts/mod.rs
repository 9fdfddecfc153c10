//! Acts of staff that are done by what was written down of them: the inverse of a line of the
//! audit log. They go through the use cases, which check the role again and write lines of their
//! own.

/// What the desk itself is made of.
mod desk;
/// Acts that waited for half a day.
pub mod held;

use serde_json::Value;

use crate::app::App;
use crate::domain::policy::{PolicyKind, PolicySource};
use crate::domain::registration_mode::RegistrationMode;
use crate::domain::role::Role;
use crate::domain::{Error, Id, Result, ids};
use crate::gate::applications::{bulk, undo};
use crate::gate::away::absence;
use crate::gate::ceilings::opening_hours::OpeningHours;
use crate::gate::doorkeeper::{self, Choice};
use crate::gate::established;
use crate::gate::who::{self, Admin, Owner, SignedIn};
use crate::identity::roles;
use crate::model::audit::AuditLine;
use crate::moderation::people::{self, Act};
use crate::moderation::policies::{self, Terms};
use crate::moderation::{By, allows};
use crate::store;
use crate::store::audit_read::{Actor, Sought};

/// Lines that one go takes back.
pub const MOST: usize = 100;

/// Whether a line has an inverse that can be done from here.
pub fn can_be_undone(line: &AuditLine) -> bool {
    line.inverse.is_some() && wish(line).is_some()
}

/// Takes a line of the log back; says what was done.
///
/// # Errors
/// `NotFound`; `Conflict` for a line without an inverse; those of the use case.
pub async fn undo(app: &App, who: &SignedIn, line: i64) -> Result<()> {
    who::admin(who)?;
    let mut conn = app.desk.get().await?;
    let line = store::audit_read::find(&mut conn, line)
        .await?
        .ok_or(Error::NotFound)?;
    drop(conn);
    perform(app, who, &line).await
}

/// What a go through somebody's acts did.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TakenBack {
    /// How many were taken back.
    pub done: usize,
    /// Lines that could not be, each with why.
    pub left: Vec<(AuditLine, String)>,
    /// There are more: it can be done again.
    pub more: bool,
}

/// Takes back what somebody did since then, the newest first, as far as it can be: [`MOST`]
/// lines at the most. For owners.
///
/// # Errors
/// `Denied` for others; `NotFound` for nobody.
pub async fn undo_all_of(
    app: &App,
    who: &SignedIn,
    name: &str,
    since: chrono::DateTime<chrono::Utc>,
) -> Result<TakenBack> {
    let owner: Owner = who::owner(who)?;
    let mut conn = app.desk.get().await?;
    let user = store::users::find_by_name(&mut conn, name.trim().trim_start_matches('@'))
        .await?
        .ok_or(Error::NotFound)?;
    if user.id == owner.user().id {
        return Err(Error::Conflict(
            "Your own acts are taken back one by one.".into(),
        ));
    }
    let sought = Sought {
        actor: Some(Actor::User(user.id)),
        from: Some(since),
        ..Sought::default()
    };
    // What is only a reading, or has no inverse by its nature, is named, not counted.
    let mut taken = TakenBack::default();
    let lines = store::audit_read::page(&mut conn, &sought, None, MOST as i64 + 1).await?;
    drop(conn);
    taken.more = lines.len() > MOST;
    for line in lines.into_iter().take(MOST) {
        if line.act.ends_with(".read") {
            continue;
        }
        match perform(app, who, &line).await {
            Ok(()) => taken.done += 1,
            Err(error @ (Error::Broken(_) | Error::Busy)) => return Err(error),
            Err(error) => taken.left.push((line, error.sentence())),
        }
    }
    Ok(taken)
}

/// What would undo a line, understood.
enum Wish<'a> {
    Role(Id, Role),
    Decision(Id),
    Decisions(Id),
    Account(Id, Act),
    LiftPolicy(i64),
    LayPolicy(&'a Value),
    ChangePolicy(i64, &'a Value),
    Allow(&'a str),
    Disallow(i64),
    Mode(RegistrationMode, bool),
    Hours(&'a Value),
    Established(&'a str, established::Word),
    EndAbsence,
    Desk(desk::Wish<'a>),
}

fn wish(line: &AuditLine) -> Option<Wish<'_>> {
    let inverse = line.inverse.as_ref()?;
    if let Some(wish) = desk::wish(line) {
        return Some(Wish::Desk(wish));
    }
    let id = |name: &str| ids::parse(inverse[name].as_str()?);
    match (line.act.as_str(), inverse["act"].as_str()) {
        (_, Some("role.set")) => Some(Wish::Role(
            line.subject_id?,
            Role::from_name(inverse["role"].as_str()?)?,
        )),
        (_, Some("application.undo")) => Some(Wish::Decision(id("application")?)),
        (_, Some("application.undo_many")) => Some(Wish::Decisions(id("bulk")?)),
        (_, Some("policy.lift")) => Some(Wish::LiftPolicy(inverse["policy"].as_i64()?)),
        (_, Some("policy.lay")) => Some(Wish::LayPolicy(inverse.get("terms")?)),
        (_, Some("policy.change")) => Some(Wish::ChangePolicy(
            inverse["policy"].as_i64()?,
            inverse.get("terms")?,
        )),
        (_, Some("policy.allow")) => Some(Wish::Allow(inverse["domain"].as_str()?)),
        (_, Some("policy.disallow")) => Some(Wish::Disallow(inverse["allow"].as_i64()?)),
        (_, Some(act)) if established::Word::from_word(act).is_some() => Some(Wish::Established(
            inverse["name"].as_str()?,
            established::Word::from_word(act)?,
        )),
        (_, Some(act)) => Some(Wish::Account(id("account")?, Act::from_word(act)?)),
        ("registration.configure", None) => Some(Wish::Mode(
            RegistrationMode::from_name(inverse["mode"].as_str()?)?,
            inverse["bypass"].as_bool()?,
        )),
        ("absence.plan", None) => Some(Wish::EndAbsence),
        ("registration.hours", None) => Some(Wish::Hours(inverse.get("hours")?)),
        _ => None,
    }
}

async fn perform(app: &App, who: &SignedIn, line: &AuditLine) -> Result<()> {
    let wish =
        wish(line).ok_or_else(|| Error::Conflict("This cannot be taken back from here.".into()))?;
    let admin = || -> Result<Admin> { who::admin(who) };
    match wish {
        Wish::Role(user, role) => {
            let admin = admin()?;
            roles::set_role(app, roles::By::Admin(&admin), user, role).await?;
        }
        Wish::Decision(id) => {
            undo::undo(app, &who::reviewer(who)?, id).await?;
        }
        Wish::Decisions(id) => bulk::take_back(app, &who::reviewer(who)?, id).await?,
        Wish::Account(id, act) => {
            let why = format!("Line {} of the audit log was taken back.", line.id);
            people::act(app, &who::moderator(who)?, id, act, &why).await?;
        }
        Wish::LiftPolicy(id) => {
            policies::lift(app, By::Admin(&admin()?), id, true).await?;
        }
        Wish::LayPolicy(terms) => {
            let domain = terms["domain"].as_str().ok_or(Error::NotFound)?;
            let terms = terms_of(terms)?;
            policies::lay(
                app,
                By::Admin(&admin()?),
                domain,
                PolicySource::Staff,
                terms,
            )
            .await?;
        }
        Wish::ChangePolicy(id, terms) => {
            policies::change(app, By::Admin(&admin()?), id, terms_of(terms)?).await?;
        }
        Wish::Allow(domain) => {
            allows::allow(app, By::Admin(&admin()?), domain).await?;
        }
        Wish::Disallow(id) => allows::disallow(app, By::Admin(&admin()?), id).await?,
        Wish::Mode(mode, bypass) => {
            let choice = Choice {
                mode,
                bypass,
                understood: false,
            };
            doorkeeper::configure(app, &admin()?, choice).await?;
        }
        Wish::Established(name, word) => {
            established::say(app, &who::moderator(who)?, name, word).await?;
        }
        Wish::Hours(value) => {
            let hours = OpeningHours::read(value);
            doorkeeper::set_hours(app, &admin()?, hours.as_ref()).await?;
        }
        Wish::EndAbsence => absence::end(app, &admin()?).await?,
        Wish::Desk(wish) => desk::perform(app, who, wish).await?,
    }
    Ok(())
}

/// Terms as an audit line tells them.
fn terms_of(value: &Value) -> Result<Terms> {
    let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let is = |name: &str| value[name].as_bool().unwrap_or_default();
    let kind = PolicyKind::from_name(&text("kind")).ok_or(Error::NotFound)?;
    Ok(Terms {
        kind,
        reject_media: is("reject_media"),
        reject_reports: is("reject_reports"),
        public_comment: text("public_comment"),
        private_comment: text("private_comment"),
        obfuscate: is("obfuscate"),
        until: chrono::DateTime::parse_from_rfc3339(&text("until"))
            .ok()
            .map(|at| at.to_utc()),
    })
}
