//! The audit log, read by those who run the place: what is looked for, all of it to take along,
//! and whether it is whole.
//!
//! Lines say nothing that a role below admin may not see of others but ids, names and reasons;
//! no address and no network stands in one.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use diesel_async::AsyncConnection;
use serde_json::{Value, json};

use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::gate::who::Admin;
use crate::gate::{signs, zone};
use crate::model::audit::AuditLine;
use crate::store::audit::NewLine;
use crate::store::audit_read::{self, Actor, Sought};
use crate::store::{self, Conn, audit};

/// Lines on a page.
pub const PAGE: usize = 50;
/// Lines of one export; the rest follows by another one, below the last line's id.
pub const EXPORTED: usize = 10_000;
/// Lines that are read at a time.
const BATCH: i64 = 1000;

/// What was typed into the filters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// A name; `host` for the command line and the program; empty for anybody.
    pub who: String,
    /// How the act begins.
    pub act: String,
    /// A kind, or a kind and an id: `application 7`; `@name` for a user.
    pub subject: String,
    /// The first day, `2026-11-22`, as the clock of the one who asks says.
    pub from: String,
    /// The last day.
    pub until: String,
}

/// A line, and who and what it is about by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// As it is kept.
    pub line: AuditLine,
    /// Who did it: a name, or nothing for the command line and the program.
    pub actor: Option<String>,
    /// The name of the one it is about, where there is one.
    pub subject: Option<String>,
}

/// A page of lines, newest first, below an id; and whether there are more.
///
/// # Errors
/// `Invalid` by field for what cannot be looked for.
pub async fn page(
    app: &App,
    who: &Admin,
    wanted: &Wanted,
    below: Option<i64>,
) -> Result<(Vec<Line>, bool)> {
    let zone = zone::of(app, who.user()).await?;
    let mut conn = app.desk.get().await?;
    let Some(sought) = sought(&mut conn, wanted, zone).await? else {
        return Ok((Vec::new(), false));
    };
    let mut found = audit_read::page(&mut conn, &sought, below, PAGE as i64 + 1).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    Ok((named(&mut conn, found).await?, more))
}

/// All that is looked for, newest first: [`EXPORTED`] at the most.
///
/// # Errors
/// As [`page`].
pub async fn export(
    app: &App,
    who: &Admin,
    wanted: &Wanted,
    mut below: Option<i64>,
) -> Result<Vec<Line>> {
    let zone = zone::of(app, who.user()).await?;
    let mut conn = app.desk.get().await?;
    let Some(sought) = sought(&mut conn, wanted, zone).await? else {
        return Ok(Vec::new());
    };
    let mut all = Vec::new();
    while all.len() < EXPORTED {
        let found = audit_read::page(&mut conn, &sought, below, BATCH).await?;
        let done = (found.len() as i64) < BATCH;
        below = found.last().map(|line| line.id);
        all.extend(named(&mut conn, found).await?);
        if done {
            break;
        }
    }
    Ok(all)
}

/// What is looked for; `None` where a name is nobody's.
async fn sought(conn: &mut Conn, wanted: &Wanted, zone: Tz) -> Result<Option<Sought>> {
    let actor = match wanted.who.trim().trim_start_matches('@') {
        "" => None,
        "host" => Some(Actor::Host),
        name => match store::users::find_by_name(conn, name).await? {
            Some(user) => Some(Actor::User(user.id)),
            None => return Ok(None),
        },
    };
    let subject = match wanted.subject.trim() {
        "" => None,
        name if name.starts_with('@') => {
            match store::users::find_by_name(conn, name.trim_start_matches('@')).await? {
                Some(user) => Some(("user".to_owned(), user.id)),
                None => return Ok(None),
            }
        }
        words => match words.split_once(' ') {
            Some((kind, id)) => {
                let id = id.trim().parse().map_err(|_| {
                    Error::field("subject", "ERR_INVALID", "has to be such as application 7")
                })?;
                Some((kind.to_owned(), id))
            }
            None => Some((words.to_owned(), 0)),
        },
    };
    let from = day("from", &wanted.from)?;
    let until = day("until", &wanted.until)?;
    let begins = |day: NaiveDate| zone::begin_of_day(day, zone);
    Ok(Some(Sought {
        actor,
        act: wanted.act.trim().chars().take(100).collect(),
        subject,
        from: from.map(begins),
        until: until.and_then(|day| day.succ_opt()).map(begins),
    }))
}

fn day(field: &'static str, typed: &str) -> Result<Option<NaiveDate>> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    NaiveDate::parse_from_str(typed.trim(), "%Y-%m-%d")
        .map(Some)
        .map_err(|_| Error::field(field, "ERR_INVALID", "has to be a day such as 2026-11-22"))
}

/// Names for lines: of who did it, and of users, accounts and applications that it is about.
async fn named(conn: &mut Conn, lines: Vec<AuditLine>) -> Result<Vec<Line>> {
    let of = |kind: &str| -> Vec<Id> {
        let mut ids: Vec<Id> = lines
            .iter()
            .filter(|line| line.subject_kind == kind)
            .filter_map(|line| line.subject_id)
            .collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let mut users = of("user");
    users.extend(lines.iter().filter_map(|line| line.actor_user_id));
    users.sort_unstable();
    users.dedup();
    let names: HashMap<Id, String> = store::users::find_many(conn, &users)
        .await?
        .into_iter()
        .map(|user| (user.id, user.username))
        .collect();
    let applicants: HashMap<Id, String> = store::desk_queue::load(conn, &of("application"))
        .await?
        .into_iter()
        .map(|(application, user, _)| (application.id, user.username))
        .collect();
    let accounts: HashMap<Id, String> = store::accounts_shown::load(&mut *conn, of("account"))
        .await?
        .into_iter()
        .map(|account| (account.id, account.acct()))
        .collect();
    Ok(lines
        .into_iter()
        .map(|line| Line {
            actor: line.actor_user_id.map(|id| {
                names
                    .get(&id)
                    .cloned()
                    .unwrap_or_else(|| format!("user {id}"))
            }),
            subject: line.subject_id.and_then(|id| {
                match line.subject_kind.as_str() {
                    "user" => names.get(&id),
                    "application" => applicants.get(&id),
                    "account" => accounts.get(&id),
                    _ => None,
                }
                .cloned()
            }),
            line,
        })
        .collect())
}

/// What a look through the whole log found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every line is as it was written, and none is missing: how many there are.
    Whole(u64),
    /// The first line that is not as it was written, or before which one is missing.
    Broken(i64),
}

/// Checks every link of the chain, from the last cut on.
///
/// # Errors
/// When the database cannot be asked.
pub async fn verify(app: &App) -> Result<Verdict> {
    let mut conn = app.desk.get().await?;
    let cut = audit_read::cut(&mut conn).await?;
    let (mut last, mut previous) = match cut {
        Some((id, hash)) => (id, Some(hash)),
        None => (0, None),
    };
    let mut seen = 0;
    loop {
        let lines = audit_read::after(&mut conn, last, BATCH).await?;
        for line in &lines {
            if line.previous_hash != previous || audit::link_of(line) != line.hash {
                return Ok(Verdict::Broken(line.id));
            }
            previous = Some(line.hash.clone());
            last = line.id;
            seen += 1;
        }
        if (lines.len() as i64) < BATCH {
            return Ok(Verdict::Whole(seen));
        }
    }
}

/// The setting that shows acts and times to everybody.
const PUBLIC: &str = "audit.public";
/// How far back everybody sees, and how many acts.
const PUBLIC_FOR: chrono::TimeDelta = chrono::TimeDelta::days(90);
const PUBLIC_MOST: i64 = 500;

/// Whether everybody sees acts and times.
pub async fn is_public(app: &App) -> Result<bool> {
    let mut conn = app.desk.get().await?;
    let value = store::settings::find(&mut conn, PUBLIC).await?;
    Ok(value == Some(Value::Bool(true)))
}

/// Shows acts and times to everybody, or does not.
pub async fn set_public(app: &App, who: &Admin, public: bool) -> Result<()> {
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let before = store::settings::find(conn, PUBLIC).await? == Some(Value::Bool(true));
        store::settings::set(conn, PUBLIC, &Value::Bool(public), now).await?;
        let line = NewLine {
            actor: Some(who.user().id),
            act: "audit.publish",
            subject_kind: "setting",
            subject: None,
            detail: json!({ "public": public }),
            inverse: Some(json!({ "public": before })),
        };
        store::audit::append(conn, line, now).await?;
        signs::act(conn, who, now).await
    })
    .await
}

/// What everybody may see, newest first: when, and which act. No readings, no names, nothing of
/// what it was about. `None` where the place keeps it to itself.
pub async fn public(app: &App) -> Result<Option<Vec<(DateTime<Utc>, String)>>> {
    if !is_public(app).await? {
        return Ok(None);
    }
    let mut conn = app.desk.get().await?;
    let sought = Sought {
        from: Some(app.clock.now() - PUBLIC_FOR),
        ..Sought::default()
    };
    let lines = audit_read::page(&mut conn, &sought, None, PUBLIC_MOST).await?;
    let shown = lines.into_iter().filter(|line| {
        line.actor_user_id.is_some()
            && !line.act.ends_with(".read")
            && line.act != "second_factor.change"
    });
    Ok(Some(shown.map(|line| (line.at, line.act)).collect()))
}

/// Lets lines of more than two years go, a thousand at a time; a line says so.
pub async fn forget(app: &App) -> Result<usize> {
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let Some((last, gone)) = audit_read::forget(conn, now).await? else {
            return Ok(0);
        };
        let line = NewLine {
            actor: None,
            act: "audit.forget",
            subject_kind: "audit",
            subject: Some(last),
            detail: json!({ "lines": gone }),
            inverse: None,
        };
        store::audit::append(conn, line, now).await?;
        Ok(gone)
    })
    .await
}

/// An act in words: what stands behind the name of who did it.
pub fn words(act: &str) -> &str {
    match act {
        "account.create" => "made a login",
        "account.delete" => "deleted an account that was suspended",
        "account.mark_sensitive" => "hid somebody's pictures at first",
        "account.unmark_sensitive" => "hid somebody's pictures no longer",
        "account.disable" => "switched a login off",
        "account.freeze_invites" => "put somebody's invites to rest",
        "account.unfreeze_invites" => "took somebody's invites up again",
        "account.enable" => "switched a login on",
        "account.limit" => "limited an account",
        "account.suspend" => "suspended an account",
        "account.unlimit" => "lifted a limit",
        "account.unsuspend" => "lifted a suspension",
        "act.hold" => "did so much that an act waits",
        "act.stop" => "stopped an act that waited",
        "address.read" => "read an address or a network",
        "application.approve" => "let somebody in",
        "application.approve_many" => "let many in",
        "application.tell_back" => "told applicants that somebody is back",
        "switch.lift" => "lifted the dead-man switch",
        "switch.wish_to_lift" => "wished to lift the dead-man switch",
        "application.ask" => "asked an applicant",
        "application.mark_read" => "read what people wrote who were let in",
        "application.mark_unread" => "left what people wrote to be read again",
        "application.note" => "wrote a note",
        "application.take_note_away" => "took a note away",
        "application.take_up" => "took up an application that rested",
        "application.put_off" => "put an application off",
        "application.put_off_many" => "put many off",
        "application.reject" => "turned somebody down",
        "application.reject_many" => "turned many down",
        "application.undo" => "took a decision back",
        "application.undo_many" => "took many decisions back",
        "author.doubt" => "took away that somebody is established",
        "author.establish" => "said that somebody is established",
        "author.leave_to_facts" => "left to the facts whether somebody is established",
        "audit.forget" => "let lines of more than two years go",
        "audit.publish" => "changed whether the log is public",
        "block.lay" => "laid a block at the door",
        "block.bring_back" => "took people out of the likely automated again",
        "block.lift" => "lifted a block at the door",
        "block.set_aside" => "put people who wait among the likely automated",
        "instance.change" => "changed what the place says of itself",
        "event.create" => "made an event's code",
        "event.end" => "ended an event's code",
        "password.reset_link" => "made a link for a new password",
        "policy.allow" => "allowed a server",
        "policy.change" => "changed a policy",
        "policy.disallow" => "allowed a server no longer",
        "policy.lay" => "laid a policy on a server",
        "policy.lift" => "lifted a policy",
        "policy.restore" => "brought follows back",
        "post.read" => "read posts for few that wait",
        "post.release" => "let a post go out",
        "post.release_all" => "let all that waited of somebody go out",
        "preset.delete" => "deleted canned words",
        "preset.save" => "wrote canned words",
        "question.pool" => "changed how many questions of a pool are asked",
        "question.restore" => "asked a question again",
        "question.retire" => "retired a question",
        "question.save" => "changed a question",
        "question.shift" => "moved a question",
        "invites.allow" => "changed what somebody may invite",
        "invites.configure" => "changed what roles may invite",
        "invites.cut" => "cut a branch of invites",
        "invites.mend" => "took the cut of a branch back",
        "absence.end" => "ended a planned absence",
        "deputy.name" => "named a deputy",
        "deputy.remove" => "took the mark from a deputy",
        "deputy.suspend" => "suspended an account, as a deputy",
        "deputy.limit" => "limited an account, as a deputy",
        "deputy.hold" => "held what an account sends, as a deputy",
        "deputy.keep" => "kept what a deputy did",
        "deputy.take_back" => "took back what a deputy did",
        "heir.offer" => "offered somebody to be the heir",
        "heir.take_back" => "took back that somebody is asked to be, or is, the heir",
        "heir.accept" => "noted that the heir said yes",
        "heir.decline" => "noted that who was asked to be the heir said no",
        "heir.give_up" => "noted that the heir gave it up",
        "heir.void" => "noted that the heir is none any more",
        "heir.open" => "opened the letter of the heir",
        "heir.succeed" => "made the heir an owner",
        "absence.plan" => "planned an absence",
        "registration.configure" => "changed how far the door may open",
        "registration.hours" => "changed the opening hours",
        "registration.put_off_outdated" => "put the age of this version off",
        "report.close" => "closed a report",
        "report.reopen" => "opened a report again",
        "report.read" => "read reported private posts",
        "role.set" => "changed a role",
        "second_factor.change" => "changed a second factor",
        "switch.check_in" => "checked in",
        "switch.configure" => "changed the days of the switch",
        "webhook.delete" => "deleted a webhook",
        "webhook.renew_secret" => "gave a webhook another secret",
        "webhook.save" => "changed a webhook",
        "welcome.change" => "changed the welcome",
        other => other,
    }
}

/// The facts of a line in words: `from: member, to: reviewer`. 2,000 characters at the most.
pub fn facts(detail: &Value) -> String {
    let words = match detail {
        Value::Object(map) => map
            .iter()
            .filter(|(_, value)| !value.is_null() && *value != "")
            .map(|(name, value)| format!("{}: {}", name.replace('_', " "), plain(value)))
            .collect::<Vec<_>>()
            .join(", "),
        Value::Null => String::new(),
        other => plain(other),
    };
    words.chars().take(2000).collect()
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::Array(list) if list.len() > 5 => format!("{} of them", list.len()),
        Value::Array(list) => list.iter().map(plain).collect::<Vec<_>>().join(" "),
        Value::Object(_) => facts(value),
        other => other.to_string(),
    }
}

/// The lines as a table (RFC 4180). What a spreadsheet would take for a formula begins with an
/// apostrophe (X5).
pub fn as_csv(lines: &[Line]) -> String {
    let mut out = String::from("id,at,who,act,subject_kind,subject_id,subject,detail,hash\r\n");
    for one in lines {
        let line = &one.line;
        let id = line.subject_id.map(|id| id.to_string());
        let cells = [
            line.id.to_string(),
            line.at.to_rfc3339(),
            one.actor.clone().unwrap_or_default(),
            line.act.clone(),
            line.subject_kind.clone(),
            id.unwrap_or_default(),
            one.subject.clone().unwrap_or_default(),
            line.detail.to_string(),
            hex(&line.hash),
        ];
        let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out
}

/// One JSON document a line, with all that the chain is made of.
pub fn as_json_lines(lines: &[Line]) -> String {
    let mut out = String::new();
    for one in lines {
        let line = &one.line;
        let document = json!({
            "id": line.id, "at": line.at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
            "actor_user_id": line.actor_user_id.map(|id| id.to_string()), "actor": one.actor,
            "act": line.act, "subject_kind": line.subject_kind,
            "subject_id": line.subject_id.map(|id| id.to_string()), "subject": one.subject,
            "detail": line.detail, "inverse": line.inverse,
            "previous_hash": line.previous_hash.as_deref().map(hex), "hash": hex(&line.hash),
        });
        out.push_str(&document.to_string());
        out.push('\n');
    }
    out
}

fn quoted(cell: &str) -> String {
    let dangerous = cell
        .trim_start()
        .starts_with(['=', '+', '-', '@', '\t', '\r']);
    let mark = if dangerous { "'" } else { "" };
    format!("\"{mark}{}\"", cell.replace('"', "\"\""))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_holds_no_formula() {
        for evil in ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1"] {
            assert!(quoted(evil).starts_with("\"'"), "{evil}");
        }
        assert_eq!(quoted("ann, \"the\" owner"), "\"ann, \"\"the\"\" owner\"");
    }

    #[test]
    fn facts_are_said_in_words() {
        let detail =
            json!({ "from": "member", "told": true, "private_comment": "", "until": null });
        let words = facts(&detail);
        assert!(words.contains("from: member") && words.contains("told: yes"));
        assert!(!words.contains("until") && !words.contains("comment"));
        let many: Vec<i32> = (0..500).collect();
        assert_eq!(
            facts(&json!({ "applications": many })),
            "applications: 500 of them"
        );
    }
}
