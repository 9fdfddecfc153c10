//! Acts that waited (`gate/budget.rs`): listed, stopped, and done when their time has come.
//!
//! Exactly once: the row is locked while the act is done, and ended after it. Should this process
//! die in between, the act is tried again and finds itself done: each of them refuses, or does
//! nothing, the second time.

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;
use serde_json::Value;

use super::terms_of;
use crate::app::App;
use crate::domain::application::BulkAct;
use crate::domain::policy::PolicySource;
use crate::domain::{Error, Id, Result, ids};
use crate::gate::applications::bulk::{self, Many};
use crate::gate::applications::reject::{self, Rejection};
use crate::gate::invites::cut::{self, Cut};
use crate::gate::signs;
use crate::gate::who::{self, Admin, Reviewer, SignedIn, Via};
use crate::jobs::runner::Outcome;
use crate::model::audit::DestructiveAct;
use crate::moderation::people::{self, Act};
use crate::moderation::{By, lists, policies};
use crate::store;
use crate::store::audit::NewLine;

/// One that waits, or waited.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// As it is kept.
    pub act: DestructiveAct,
    /// Whose it is.
    pub actor: String,
    /// Who stopped it.
    pub stopped_by: Option<String>,
}

/// All of the last 30 days, newest first; 200 at the most.
pub async fn list(app: &App, _who: &Reviewer) -> Result<Vec<Held>> {
    let mut conn = app.desk.get().await?;
    let acts = store::destructive_acts::list(&mut conn).await?;
    let mut people: Vec<Id> = acts
        .iter()
        .flat_map(|act| [Some(act.actor_id), act.ended_by])
        .flatten()
        .collect();
    people.sort_unstable();
    people.dedup();
    let people = store::users::find_many(&mut conn, &people).await?;
    let name = |id: Id| {
        people
            .iter()
            .find(|u| u.id == id)
            .map(|u| u.username.clone())
    };
    Ok(acts
        .into_iter()
        .map(|act| Held {
            actor: name(act.actor_id).unwrap_or_default(),
            stopped_by: act.ended_by.and_then(name),
            act,
        })
        .collect())
}

/// Stops one before its time.
///
/// # Errors
/// `NotFound`; `Conflict` when it is over; `Denied` for one's own.
pub async fn stop(app: &App, who: &Admin, id: i64) -> Result<()> {
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let act = store::destructive_acts::lock(conn, id)
            .await?
            .ok_or(Error::NotFound)?;
        if act.ended_at.is_some() {
            return Err(Error::Conflict("It is over already.".into()));
        }
        let me = who.user().id;
        if act.actor_id == me {
            return Err(Error::denied("Another admin stops it, not who wanted it."));
        }
        store::destructive_acts::end(conn, id, Some(me), "It was stopped.", now).await?;
        let line = NewLine {
            actor: Some(me),
            act: "act.stop",
            subject_kind: "held_act",
            subject: Some(id),
            detail: serde_json::json!({ "act": act.act, "what": act.words }),
            inverse: None,
        };
        store::audit::append(conn, line, now).await?;
        signs::act(conn, who, now).await
    })
    .await
}

/// The job: does one whose time has come.
///
/// # Errors
/// When something we lean on fails; it is tried again.
pub(in crate::jobs) async fn run(app: &App, id: i64) -> Result<Outcome> {
    // Not the desk's connections: the act needs one of them.
    let mut conn = app.pool.get().await?;
    let outcome = conn
        .transaction(async |conn| {
            let now = app.clock.decide(conn).await?;
            let Some(act) = store::destructive_acts::lock(conn, id).await? else {
                return Ok::<_, Error>(Outcome::Done);
            };
            match act.due_at {
                _ if act.ended_at.is_some() => return Ok(Outcome::Done),
                Some(due) if due > now => return Ok(Outcome::Again(due)),
                _ => {}
            }
            let user = store::users::find(conn, act.actor_id).await?;
            let said = match user {
                None => "Whoever wanted it is gone.".to_owned(),
                Some(user) => {
                    let who = SignedIn {
                        user,
                        application: None,
                        via: Via::Waited,
                        at: now,
                    };
                    match perform(app, &who, &act).await {
                        Ok(()) => "It was done.".to_owned(),
                        Err(error @ (Error::Broken(_) | Error::Busy)) => return Err(error),
                        Err(error) => format!("It was not done: {}", error.sentence()),
                    }
                }
            };
            store::destructive_acts::end(conn, id, None, &said, now).await?;
            Ok(Outcome::Done)
        })
        .await?;
    Ok(outcome)
}

async fn perform(app: &App, who: &SignedIn, act: &DestructiveAct) -> Result<()> {
    let none = Value::Null;
    let wish = act.wish.as_ref().unwrap_or(&none);
    let lost = || Error::Conflict("What was wanted cannot be read any more.".into());
    let id = |name: &str| wish[name].as_str().and_then(ids::parse).ok_or_else(lost);
    let message = || wish["message"].as_str().map(str::to_owned);
    let told = wish["told"].as_bool();
    match act.act.as_str() {
        "application.reject" => {
            let no = Rejection {
                message: message(),
                told,
            };
            let seen = wish["seen"].as_str();
            reject::reject(app, &who::reviewer(who)?, id("application")?, seen, no).await
        }
        "application.reject_many" => {
            let picks: Vec<(Id, String)> =
                serde_json::from_value(wish["picks"].clone()).map_err(|_| lost())?;
            let many = Many {
                act: BulkAct::Reject,
                typed: Some(picks.len()),
                picks,
                message: message(),
                told,
            };
            bulk::decide(app, &who::reviewer(who)?, many)
                .await
                .map(|_| ())
        }
        "policy.lay" => {
            let domain = wish["domain"].as_str().ok_or_else(lost)?;
            let (admin, terms) = (who::admin(who)?, terms_of(wish)?);
            policies::lay(app, By::Admin(&admin), domain, PolicySource::Staff, terms)
                .await
                .map(|_| ())
        }
        "policy.change" => {
            let policy = wish["policy"].as_i64().ok_or_else(lost)?;
            let (admin, terms) = (who::admin(who)?, terms_of(wish)?);
            policies::change(app, By::Admin(&admin), policy, terms)
                .await
                .map(|_| ())
        }
        "policy.import" => {
            let text = wish["text"].as_str().ok_or_else(lost)?;
            let admin = who::admin(who)?;
            lists::import(app, By::Admin(&admin), text)
                .await
                .map(|_| ())
        }
        "invites.cut" => {
            let (node, wanted) = Cut::of_wish(wish).ok_or_else(lost)?;
            cut::cut(app, &who::admin(who)?, node, &wanted)
                .await
                .map(|_| ())
        }
        people::DELETE => people::delete(app, &who::admin(who)?, id("account")?).await,
        word => {
            let act = Act::from_word(word).ok_or_else(lost)?;
            let reason = wish["reason"].as_str().unwrap_or_default();
            people::act(app, &who::moderator(who)?, id("account")?, act, reason).await
        }
    }
}

/// When it is, or was, to be done.
pub fn due(held: &Held) -> DateTime<Utc> {
    held.act.due_at.unwrap_or(held.act.created_at)
}
