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
use crate::social::report;
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
    Absence(&'a Value),
    /// Whether it is open after.
    Report(Id, bool),
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
        (_, Some("report.close")) => Some(Wish::Report(line.subject_id?, false)),
        (_, Some("report.reopen")) => Some(Wish::Report(line.subject_id?, true)),
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
        ("absence.end", None) => Some(Wish::Absence(inverse.get("absence")?)),
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
        Wish::Absence(kept) => absence::put_back(app, &admin()?, kept).await?,
        Wish::Report(id, true) => report::reopen(app, &who::moderator(who)?, id).await?,
        Wish::Report(id, false) => report::close(app, &who::moderator(who)?, id).await?,
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Every act that is written with an inverse: its word, what the line tells, the inverse.
    fn acts() -> Vec<(&'static str, Value, Value)> {
        let none = || json!({});
        let network = json!({ "kind": "network", "network": "192.0.2.0/24" });
        let kept = json!({ "lay": {
            "kind": "mail", "domain": "odd.example", "hosts": false, "severity": "aside",
            "comment": "", "expires_at": null,
        } });
        let preset = json!({ "kind": "no", "title": "Full", "body": "We are full." });
        let account = |act: &str| json!({ "act": act, "account": "7" });
        vec![
            (
                "role.set",
                none(),
                json!({ "act": "role.set", "role": "member" }),
            ),
            (
                "application.approve",
                none(),
                json!({ "act": "application.undo", "application": "7" }),
            ),
            (
                "application.reject",
                none(),
                json!({ "act": "application.undo", "application": "7" }),
            ),
            (
                "application.approve_many",
                none(),
                json!({ "act": "application.undo_many", "bulk": "7" }),
            ),
            (
                "application.reject_many",
                none(),
                json!({ "act": "application.undo_many", "bulk": "7" }),
            ),
            (
                "application.put_off_many",
                none(),
                json!({ "act": "application.undo_many", "bulk": "7" }),
            ),
            ("application.note", none(), json!({ "note": "7" })),
            (
                "application.mark_read",
                none(),
                json!({ "applications": ["7"] }),
            ),
            (
                "application.mark_unread",
                none(),
                json!({ "applications": ["7"] }),
            ),
            ("account.limit", none(), account("account.unlimit")),
            ("account.unlimit", none(), account("account.limit")),
            ("account.suspend", none(), account("account.unsuspend")),
            ("account.unsuspend", none(), account("account.suspend")),
            ("deputy.suspend", none(), account("account.unsuspend")),
            (
                "account.freeze_invites",
                none(),
                account("account.unfreeze_invites"),
            ),
            (
                "account.unfreeze_invites",
                none(),
                account("account.freeze_invites"),
            ),
            (
                "policy.lay",
                none(),
                json!({ "act": "policy.lift", "policy": 7 }),
            ),
            (
                "policy.lift",
                none(),
                json!({ "act": "policy.lay", "terms": { "kind": "suspend" } }),
            ),
            (
                "policy.change",
                none(),
                json!({ "act": "policy.change", "policy": 7, "terms": {} }),
            ),
            (
                "policy.allow",
                none(),
                json!({ "act": "policy.disallow", "allow": 7 }),
            ),
            (
                "policy.disallow",
                none(),
                json!({ "act": "policy.allow", "domain": "odd.example" }),
            ),
            (
                "author.establish",
                none(),
                json!({ "act": "author.leave_to_facts", "name": "ann" }),
            ),
            (
                "author.doubt",
                none(),
                json!({ "act": "author.establish", "name": "ann" }),
            ),
            (
                "author.leave_to_facts",
                none(),
                json!({ "act": "author.doubt", "name": "ann" }),
            ),
            (
                "registration.configure",
                none(),
                json!({ "mode": "approval", "bypass": false }),
            ),
            ("registration.hours", none(), json!({ "hours": null })),
            (
                "registration.put_off_outdated",
                none(),
                json!({ "until": "2028-05-21T00:00:00+00:00" }),
            ),
            ("absence.plan", none(), json!({ "absence": null })),
            ("absence.end", none(), json!({ "absence": {} })),
            ("report.close", none(), json!({ "act": "report.reopen" })),
            ("report.reopen", none(), json!({ "act": "report.close" })),
            (
                "switch.configure",
                none(),
                json!({ "presence_days": 7, "guarded": "approval" }),
            ),
            ("question.save", none(), json!({ "retire": true })),
            ("question.save", none(), json!({ "version": 2, "pool": 0 })),
            ("question.retire", none(), json!({ "retire": false })),
            ("question.restore", none(), json!({ "retire": true })),
            ("question.shift", none(), json!({ "order": [2, 1] })),
            ("question.pool", none(), json!({ "sizes": {} })),
            ("preset.save", none(), json!({ "delete": true })),
            ("preset.save", none(), preset.clone()),
            ("preset.delete", none(), preset),
            ("block.lay", network.clone(), json!({ "lift": "7" })),
            ("block.lay", network.clone(), kept.clone()),
            ("block.lift", network.clone(), kept),
            (
                "block.set_aside",
                network,
                json!({ "lanes": [["7", 1], ["8", 2]] }),
            ),
            ("welcome.change", none(), none()),
            (
                "instance.change",
                none(),
                json!({ "instance.title": "Here" }),
            ),
            ("webhook.save", none(), json!({ "delete": true })),
            (
                "webhook.save",
                none(),
                json!({ "events": 1, "template": "{}", "enabled": true }),
            ),
            ("event.create", none(), json!({ "end": true })),
            (
                "invites.cut",
                none(),
                json!({ "act": "invites.mend", "cut": "7" }),
            ),
            (
                "invites.configure",
                none(),
                json!({ "act": "invites.configure", "value": {} }),
            ),
            (
                "invites.allow",
                none(),
                json!({ "act": "invites.allow", "user": "7", "allowance": null }),
            ),
            ("audit.publish", none(), json!({ "public": false })),
        ]
    }

    #[test]
    fn every_act_that_says_what_would_undo_it_can_be_undone() {
        for (act, detail, inverse) in acts() {
            let line = AuditLine {
                id: 1,
                at: chrono::DateTime::UNIX_EPOCH,
                actor_user_id: Some(1),
                act: act.to_owned(),
                subject_kind: String::new(),
                subject_id: Some(7),
                detail,
                inverse: Some(inverse.clone()),
                previous_hash: None,
                hash: Vec::new(),
            };
            assert!(can_be_undone(&line), "{act} by {inverse}");
            let bare = AuditLine {
                inverse: None,
                ..line
            };
            assert!(!can_be_undone(&bare), "{act}");
        }
    }
}
