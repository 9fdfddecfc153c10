//! One decision about many: a group of those that are alike, or what was ticked.
//!
//! Each pick carries what was seen of it; one that changed meanwhile is left out and named, and
//! so is one that somebody else decided. Noes and putting off are done in sets, in one
//! transaction of some twenty statements, however many there are. A yes makes a key, which
//! takes a tenth of a second and more of a core: those are made by a job, some at a time, and
//! a page tells how far it is. All of it can be taken back for a day.

use std::collections::HashMap;

use diesel_async::AsyncConnection;
use serde_json::{Value, json};

use super::conflict::{self, Bonds};
use super::reject::{self, REMEMBERED};
use super::snapshot::{self, Seen};
use super::undo::{self, WITHIN};
use super::{approve, put_off, review};
use crate::app::App;
use crate::domain::application::{ApplicationState, BulkAct};
use crate::domain::event::EventKind;
use crate::domain::{Error, Id, Result};
use crate::gate::budget::{self, About};
use crate::gate::switch::lift;
use crate::gate::who::{self, Reviewer, SignedIn, Via};
use crate::gate::{hints, mode, signs, zone};
use crate::model::application::{Application, BulkDecision};
use crate::model::user::User;
use crate::store::applications::{Decision, OneOfMany};
use crate::store::audit::NewLine;
use crate::store::bulk_decisions::NewBulk;
use crate::store::memory;
use crate::store::{self, Conn};

/// Applications of one act.
pub const MOST: usize = 500;
/// Above this many, the number has to be typed.
pub const TYPED_ABOVE: usize = 10;
/// Approvals of one turn of the job: others get theirs in between.
const TURN: usize = 20;
/// The word of the job.
pub const ERRAND: &str = "bulk";

/// What is to be done to many.
#[derive(Debug, Clone, PartialEq)]
pub struct Many {
    /// What.
    pub act: BulkAct,
    /// Applications, each with the hash of what was seen: [`review::picks`].
    pub picks: Vec<(Id, String)>,
    /// Words for all of them.
    pub message: Option<String>,
    /// Whether those turned down are told; `None` leaves it to each of them, as
    /// [`reject::told_by_default`] says.
    pub told: Option<bool>,
    /// The number that was typed, where one was asked for.
    pub typed: Option<usize>,
}

/// One that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Which.
    pub id: Id,
    /// The name it is for; empty where it is gone.
    pub name: String,
    /// Why, in a sentence.
    pub why: String,
}

/// How far an act is.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// The act itself.
    pub bulk: BulkDecision,
    /// Decided (or, once it is taken back, waiting again).
    pub done: usize,
    /// Still to do.
    pub to_do: usize,
    /// Left out, with why.
    pub left_out: Vec<LeftOut>,
    /// Whether it can be taken back now.
    pub undoable: bool,
}

/// Decides. Gives the act's id: its page tells what was done, and what was left out.
///
/// # Errors
/// `Invalid` for none or too many, or where another number was typed; `Denied` as
/// [`budget::spend`] says: many noes are one act.
pub async fn decide(app: &App, who: &Reviewer, many: Many) -> Result<Id> {
    let count = many.picks.len();
    if count == 0 {
        return Err(Error::invalid("Nothing was ticked."));
    }
    if count > MOST {
        return Err(Error::invalid(format!(
            "That is more than {MOST} at once. Take some of them."
        )));
    }
    if count > TYPED_ABOVE && many.typed != Some(count) {
        return Err(Error::field(
            "number",
            "ERR_INVALID",
            format!("must be {count}: the number of people this is about"),
        ));
    }
    let message = approve::message_of(many.message.as_deref())?;
    if many.act == BulkAct::Reject {
        let wish = json!({ "picks": many.picks, "message": message, "told": many.told });
        let about = About::Applications(count);
        budget::spend(app, who, "application.reject_many", &wish, about).await?;
    }
    let new = NewBulk {
        actor: who.user().id,
        act: many.act,
        message,
        // What each was told stands with each.
        told: many.told.unwrap_or(many.act == BulkAct::Reject),
        picks: json!([]),
        total: count as i32,
        done: json!([]),
        left_out: json!([]),
        finished: true,
    };
    let id = match many.act {
        BulkAct::Approve => begin(app, who, &many.picks, new).await?,
        BulkAct::Reject | BulkAct::PutOff => {
            at_once(app, who, (&many.picks, many.told), new).await?
        }
    };
    app.wake_relay();
    Ok(id)
}

/// Who was told, for the log.
fn told_words(told: Option<bool>) -> Value {
    told.map_or_else(|| json!("as usual"), |told| json!(told))
}

/// Turns down, in silence, those of these who still wait, as they are now: 500 an act, each as
/// [`decide`] does it, with its budget, its conflicts of interest and its way back. Gives the acts.
///
/// # Errors
/// `Denied` as [`budget::spend`] says; what was done before stays done.
pub(in crate::gate) async fn turn_down_in_silence(
    app: &App,
    who: &Reviewer,
    applications: &[Id],
) -> Result<Vec<Id>> {
    let mut acts = Vec::new();
    for ids in applications.chunks(MOST) {
        let mut conn = app.desk.get().await?;
        let found = store::desk_queue::load(&mut conn, ids).await?;
        let open: Vec<&Application> = found.iter().map(|(a, ..)| a).collect();
        let seen = snapshot::read_many(&mut conn, &open).await?;
        drop(conn);
        let picks: Vec<(Id, String)> = seen.into_iter().map(|(id, s)| (id, s.hash)).collect();
        if picks.is_empty() {
            continue;
        }
        let many = Many {
            act: BulkAct::Reject,
            message: None,
            told: Some(false),
            // Its number stood on the button.
            typed: Some(picks.len()),
            picks,
        };
        acts.push(decide(app, who, many).await?);
    }
    Ok(acts)
}

/// Writes down what the job has to do.
async fn begin(app: &App, who: &Reviewer, picks: &[(Id, String)], new: NewBulk) -> Result<Id> {
    let by = who.user().id;
    let picks: Vec<[String; 2]> = picks
        .iter()
        .map(|(id, hash)| [id.to_string(), hash.clone()])
        .collect();
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let ids: Vec<&String> = picks.iter().map(|[id, _]| id).collect();
        let detail = json!({ "applications": ids });
        let new = NewBulk {
            picks: json!(picks),
            finished: false,
            ..new
        };
        let id = store::bulk_decisions::insert(conn, &new, now).await?;
        line(conn, by, "application.approve_many", id, detail, now).await?;
        signs::act(conn, who, now).await?;
        queue_job(conn, id, now).await?;
        Ok(id)
    })
    .await
}

async fn queue_job(conn: &mut Conn, id: Id, now: chrono::DateTime<chrono::Utc>) -> Result<()> {
    let job = (
        format!("{ERRAND}:{id}"),
        json!({ "errand": ERRAND, "id": id }),
    );
    store::jobs::insert(conn, store::jobs::ERRANDS, vec![job], now).await
}

/// Noes and putting off, in sets.
async fn at_once(
    app: &App,
    who: &Reviewer,
    (picks, told): (&[(Id, String)], Option<bool>),
    new: NewBulk,
) -> Result<Id> {
    let by = who.user().id;
    let zone = zone::of(app, who.user()).await?;
    let mut conn = app.desk.get().await?;
    let (id, lifted) = conn
        .transaction(async |conn| {
            let now = app.clock.decide(conn).await?;
            // Putting somebody off answers nobody.
            let answered: Vec<Id> = match new.act {
                BulkAct::PutOff => Vec::new(),
                _ => picks.iter().map(|(id, _)| *id).collect(),
            };
            let lifted = lift::answering(app, conn, who, &answered, now).await?;
            let sifted = sift(conn, who, picks, new.act, zone, now).await?;
            let ids: Vec<Id> = sifted.chosen.iter().map(|(a, ..)| a.id).collect();
            let kind = match new.act {
                BulkAct::Reject => {
                    turn_down(app, conn, &sifted.chosen, (&new, told), now).await?;
                    EventKind::ApplicationRejected
                }
                _ => {
                    store::applications::put_off(conn, &ids, now + put_off::RESTS).await?;
                    EventKind::ApplicationPutOff
                }
            };
            let done: Vec<String> = ids.iter().map(Id::to_string).collect();
            let detail = json!({ "applications": done, "told": told_words(told) });
            let detail = sifted.bonds.noted_all(&ids, detail);
            let act = match new.act {
                BulkAct::Reject => "application.reject_many",
                _ => "application.put_off_many",
            };
            let new = NewBulk {
                done: json!(done),
                left_out: as_value(&sifted.left_out),
                ..new
            };
            let id = store::bulk_decisions::insert(conn, &new, now).await?;
            line(conn, by, act, id, detail, now).await?;
            signs::act(conn, who, now).await?;
            store::events::insert_many(conn, kind, &ids, by, None, now).await?;
            Ok::<_, Error>((id, lifted))
        })
        .await?;
    if lifted {
        mode::forget(app).await;
    }
    Ok(id)
}

async fn turn_down(
    app: &App,
    conn: &mut Conn,
    chosen: &[(Application, User, Seen)],
    (new, told): (&NewBulk, Option<bool>),
    now: chrono::DateTime<chrono::Utc>,
) -> Result<()> {
    let ids: Vec<Id> = chosen.iter().map(|(a, ..)| a.id).collect();
    let users: Vec<Id> = chosen.iter().map(|(a, ..)| a.user_id).collect();
    let each: Vec<OneOfMany> = chosen
        .iter()
        .map(|(application, _, seen)| OneOfMany {
            id: application.id,
            snapshot: snapshot::bytes(&seen.hash),
            told: reject::is_told(told, application),
            erase_at: reject::erased_at(application, now),
        })
        .collect();
    let decision = Decision {
        state: ApplicationState::Rejected,
        by: Some(new.actor),
        message: new.message.clone(),
        told: new.told,
        erase_at: None,
        snapshot: None,
    };
    store::applications::decide_many(conn, &each, &decision, now).await?;
    store::application_views::forget(conn, &ids).await?;
    store::applicants::end_tokens(conn, &users, now).await?;
    let hashes: Vec<_> = chosen
        .iter()
        .flat_map(|(application, user, _)| reject::hashes_now(app, application, user))
        .collect();
    let state = ApplicationState::Rejected as i16;
    memory::insert(conn, &hashes, state, now, now + REMEMBERED).await?;
    hints::remember_many(app, conn, &ids, state, (now, now + REMEMBERED)).await
}

/// Turns down all who wait in a branch of invites that is cut, in the transaction of the cut. Gives
/// the acts, and how many people they are about.
pub(in crate::gate) async fn turn_down_a_branch(
    app: &App,
    conn: &mut Conn,
    by: Id,
    applications: &[Id],
    told: bool,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(Vec<Id>, usize)> {
    let (mut acts, mut count) = (Vec::new(), 0);
    for ids in applications.chunks(MOST) {
        let rows = store::applications::lock_many(conn, ids).await?;
        let rows: Vec<(Application, User)> = rows
            .into_iter()
            .filter(|(application, _)| reject::may_be_rejected(application.state))
            .collect();
        let open: Vec<&Application> = rows.iter().map(|(a, _)| a).collect();
        let mut seen: HashMap<Id, Seen> = snapshot::read_many(conn, &open)
            .await?
            .into_iter()
            .collect();
        let chosen: Vec<(Application, User, Seen)> = rows
            .into_iter()
            .filter_map(|(application, user)| {
                let there = seen.remove(&application.id)?;
                Some((application, user, there))
            })
            .collect();
        if chosen.is_empty() {
            continue;
        }
        let ids: Vec<Id> = chosen.iter().map(|(a, ..)| a.id).collect();
        let done: Vec<String> = ids.iter().map(Id::to_string).collect();
        let new = NewBulk {
            actor: by,
            act: BulkAct::Reject,
            message: None,
            told,
            picks: json!([]),
            total: ids.len() as i32,
            done: json!(done),
            left_out: json!([]),
            finished: true,
        };
        turn_down(app, conn, &chosen, (&new, Some(told)), now).await?;
        let detail = json!({ "applications": done, "told": told });
        let id = store::bulk_decisions::insert(conn, &new, now).await?;
        line(conn, by, "application.reject_many", id, detail, now).await?;
        let kind = EventKind::ApplicationRejected;
        store::events::insert_many(conn, kind, &ids, by, None, now).await?;
        acts.push(id);
        count += ids.len();
    }
    Ok((acts, count))
}

/// Takes such an act back, in the transaction that mends the branch; gives how many it was too
/// late for.
pub(in crate::gate) async fn take_back_of_a_branch(
    app: &App,
    conn: &mut Conn,
    by: Id,
    id: Id,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<usize> {
    let Some(bulk) = store::bulk_decisions::lock(conn, id).await? else {
        return Ok(0);
    };
    if can_be_taken_back(&bulk, now) {
        undo_all(app, conn, by, &bulk, &ids_of(&bulk.done), now).await?;
        return Ok(0);
    }
    Ok(match bulk.undone_at {
        Some(_) => 0,
        None => ids_of(&bulk.done).len(),
    })
}

struct Sifted {
    chosen: Vec<(Application, User, Seen)>,
    left_out: Vec<LeftOut>,
    bonds: Bonds,
}

/// Holds the picks, and leaves out what cannot be decided or is not what was seen.
async fn sift(
    conn: &mut Conn,
    who: &Reviewer,
    picks: &[(Id, String)],
    act: BulkAct,
    zone: chrono_tz::Tz,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Sifted> {
    let ids: Vec<Id> = picks.iter().map(|(id, _)| *id).collect();
    let rows = store::applications::lock_many(conn, &ids).await?;
    let applications: Vec<&Application> = rows.iter().map(|(a, _)| a).collect();
    let mut seen: HashMap<Id, Seen> = snapshot::read_many(conn, &applications)
        .await?
        .into_iter()
        .collect();
    let deciders: Vec<Id> = rows.iter().filter_map(|(a, _)| a.decided_by).collect();
    let deciders = store::users::find_many(conn, &deciders).await?;
    let mut rows: HashMap<Id, (Application, User)> =
        rows.into_iter().map(|row| (row.0.id, row)).collect();
    // Putting somebody off decides nothing.
    let bonds = match act {
        BulkAct::PutOff => Bonds::default(),
        _ => conflict::of(conn, who, &ids, now).await?,
    };
    let (mut chosen, mut left_out) = (Vec::new(), Vec::new());
    for (id, hash) in picks {
        let Some((application, user)) = rows.remove(id) else {
            left_out.push(LeftOut {
                id: *id,
                name: String::new(),
                why: "It is gone: withdrawn, or erased.".to_owned(),
            });
            continue;
        };
        let Some(there) = seen.remove(id) else {
            continue;
        };
        let decider = deciders
            .iter()
            .find(|d| Some(d.id) == application.decided_by);
        let decider = decider.map(|d| d.username.as_str());
        let why = match act {
            BulkAct::PutOff if !application.state.is_waiting() => {
                Some(review::handled(&application, decider, zone))
            }
            BulkAct::PutOff if application.put_off_until.is_some_and(|until| until > now) => {
                Some("It is put off already.".to_owned())
            }
            BulkAct::PutOff => {
                put_off::why_not(application.state, application.put_offs).map(str::to_owned)
            }
            _ if !reject::may_be_rejected(application.state) => {
                Some(review::handled(&application, decider, zone))
            }
            _ => bonds.bars(*id),
        };
        let why = why.or_else(|| {
            let changed = "It changed after you opened the page. Please look at it once more.";
            (!review::is_of(hash, &there)).then(|| changed.to_owned())
        });
        match why {
            None => chosen.push((application, user, there)),
            Some(why) => left_out.push(LeftOut {
                id: *id,
                name: user.username,
                why,
            }),
        }
    }
    Ok(Sifted {
        chosen,
        left_out,
        bonds,
    })
}

/// What an act did so far.
///
/// # Errors
/// `NotFound`, also 30 days after it.
pub async fn progress(app: &App, _who: &Reviewer, id: Id) -> Result<Progress> {
    let mut conn = app.desk.get().await?;
    let bulk = store::bulk_decisions::find(&mut conn, id)
        .await?
        .ok_or(Error::NotFound)?;
    let now = app.clock.now();
    let done = ids_of(&bulk.done).len();
    Ok(Progress {
        done,
        to_do: picks_of(&bulk.picks).len(),
        left_out: left_out_of(&bulk.left_out),
        undoable: done > 0
            && bulk.undone_at.is_none()
            && bulk.finished_at.is_some()
            && bulk.created_at + WITHIN > now,
        bulk,
    })
}

/// Takes all of an act back, within a day. What was decided anew meanwhile stays.
///
/// # Errors
/// `NotFound`; `Conflict` where it is too late, under way, or done already.
pub async fn take_back(app: &App, who: &Reviewer, id: Id) -> Result<()> {
    let by = who.user().id;
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let bulk = store::bulk_decisions::lock(conn, id)
            .await?
            .ok_or(Error::NotFound)?;
        if !can_be_taken_back(&bulk, now) {
            return Err(Error::Conflict(
                "This cannot be taken back: it is under way, taken back already, or older than \
                 24 hours."
                    .into(),
            ));
        }
        let mut ids = ids_of(&bulk.done);
        if bulk.act == BulkAct::Reject {
            // Whom they may not decide about stays as somebody else left it.
            let bonds = conflict::of(conn, who, &ids, now).await?;
            ids.retain(|id| bonds.bars(*id).is_none());
        }
        undo_all(app, conn, by, &bulk, &ids, now).await?;
        signs::act(conn, who, now).await
    })
    .await?;
    drop(conn);
    app.wake_relay();
    Ok(())
}

fn can_be_taken_back(bulk: &BulkDecision, now: chrono::DateTime<chrono::Utc>) -> bool {
    bulk.undone_at.is_none() && bulk.finished_at.is_some() && bulk.created_at + WITHIN > now
}

async fn undo_all(
    app: &App,
    conn: &mut Conn,
    by: Id,
    bulk: &BulkDecision,
    ids: &[Id],
    now: chrono::DateTime<chrono::Utc>,
) -> Result<()> {
    let id = bulk.id;
    store::bulk_decisions::set_undone(conn, id, by, now).await?;
    let mut waits: Vec<Id> = Vec::new();
    match bulk.act {
        BulkAct::Reject => {
            let back = undo::noes(app, conn, ids, now).await?;
            waits.extend(back.iter().map(|b| b.application));
            let kind = EventKind::DecisionUndone;
            let was = Some(ApplicationState::Rejected as i64);
            for (told, was) in [(true, was), (false, None)] {
                let of = |b: &&store::taken_back::TakenBack| b.told == told;
                let of: Vec<Id> = back.iter().filter(of).map(|b| b.application).collect();
                store::events::insert_many(conn, kind, &of, by, was, now).await?;
            }
        }
        BulkAct::PutOff => {
            let rows = store::applications::lock_many(conn, ids).await?;
            let rests = rows.iter().map(|(a, _)| a).filter(|a| {
                a.state == ApplicationState::Pending
                    && a.put_off_until == Some(bulk.created_at + put_off::RESTS)
            });
            waits.extend(rests.map(|a| a.id));
            store::applications::take_up_again(conn, &waits).await?;
        }
        BulkAct::Approve => {
            let picks: Vec<[String; 2]> = ids
                .iter()
                .map(|id| [id.to_string(), String::new()])
                .collect();
            let (done, left) = (json!([]), &bulk.left_out);
            store::bulk_decisions::note(conn, id, &json!(picks), &done, left, None).await?;
            queue_job(conn, id, now).await?;
        }
    }
    let waits: Vec<String> = waits.iter().map(Id::to_string).collect();
    let detail = json!({ "applications": waits });
    line(conn, by, "application.undo_many", id, detail, now).await
}

/// The job: approves some more, or takes some more approvals back; `false` when all is done.
/// Whoever decided must still be of the staff.
///
/// # Errors
/// When the database cannot be asked; doing it again goes on where it was.
pub async fn go_on(app: &App, id: Id) -> Result<bool> {
    let mut conn = app.desk.get().await?;
    let Some(bulk) = store::bulk_decisions::find(&mut conn, id).await? else {
        return Ok(false);
    };
    let actor = bulk.undone_by.or(bulk.actor_id);
    let actor = match actor {
        Some(actor) => store::users::find(&mut conn, actor).await?,
        None => None,
    };
    drop(conn);
    let reviewer = actor.and_then(|user| reviewer_of(user, app.clock.now()));
    let (mut done, mut left) = (ids_of(&bulk.done), left_out_of(&bulk.left_out));
    let mut picks = picks_of(&bulk.picks);
    let mut turns = 0;
    while let Some((application, hash)) = picks.first().cloned() {
        if turns == TURN {
            return Ok(true);
        }
        turns += 1;
        let did = match &reviewer {
            None => Err(Error::denied(
                "Whoever began this is not of the staff any more.",
            )),
            Some(who) if bulk.undone_at.is_some() => {
                undo::undo(app, who, application).await.map(|_| ())
            }
            Some(who) => {
                let message = bulk.message.as_deref();
                approve::approve(app, who, application, Some(&hash), message).await
            }
        };
        let mut conn = app.desk.get().await?;
        match did {
            Ok(()) => done.push(application),
            Err(error @ (Error::Broken(_) | Error::Busy)) => return Err(error),
            Err(error) => {
                let found = store::applications::find_card(&mut conn, application).await?;
                // Done by the turn before, which did not come to say so.
                let mine = found.as_ref().is_some_and(|(a, _)| {
                    a.state == ApplicationState::Approved
                        && a.decided_by == bulk.actor_id
                        && a.decided_at.is_some_and(|at| at >= bulk.created_at)
                });
                match mine && bulk.undone_at.is_none() {
                    true => done.push(application),
                    false => left.push(LeftOut {
                        id: application,
                        name: found.map(|(_, user)| user.username).unwrap_or_default(),
                        why: error.sentence(),
                    }),
                }
            }
        }
        picks.remove(0);
        let finished = picks.is_empty().then(|| app.clock.now());
        let to_do: Vec<[String; 2]> = picks
            .iter()
            .map(|(id, hash)| [id.to_string(), hash.clone()])
            .collect();
        let said: Vec<String> = done.iter().map(Id::to_string).collect();
        let (said, left) = (json!(said), as_value(&left));
        store::bulk_decisions::note(&mut conn, id, &json!(to_do), &said, &left, finished).await?;
    }
    Ok(false)
}

/// The role is asked again: what somebody began ends with their role (E30).
fn reviewer_of(user: User, now: chrono::DateTime<chrono::Utc>) -> Option<Reviewer> {
    who::reviewer(&SignedIn {
        user,
        application: None,
        via: Via::CommandLine,
        at: now,
    })
    .ok()
}

async fn line(
    conn: &mut Conn,
    by: Id,
    act: &'static str,
    bulk: Id,
    detail: Value,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<()> {
    let inverse = json!({ "act": "application.undo_many", "bulk": bulk.to_string() });
    let line = NewLine {
        actor: Some(by),
        act,
        subject_kind: "bulk",
        subject: Some(bulk),
        detail,
        inverse: (act != "application.undo_many").then_some(inverse),
    };
    store::audit::append(conn, line, now).await
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn ids_of(value: &Value) -> Vec<Id> {
    let ids = list(value).iter().filter_map(Value::as_str);
    ids.filter_map(crate::domain::ids::parse).collect()
}

fn picks_of(value: &Value) -> Vec<(Id, String)> {
    list(value)
        .iter()
        .filter_map(|pick| {
            let id = crate::domain::ids::parse(pick[0].as_str()?)?;
            Some((id, pick[1].as_str()?.to_owned()))
        })
        .collect()
}

fn as_value(left_out: &[LeftOut]) -> Value {
    let rows: Vec<[String; 3]> = left_out
        .iter()
        .map(|left| [left.id.to_string(), left.name.clone(), left.why.clone()])
        .collect();
    json!(rows)
}

fn left_out_of(value: &Value) -> Vec<LeftOut> {
    list(value)
        .iter()
        .filter_map(|left| {
            Some(LeftOut {
                id: crate::domain::ids::parse(left[0].as_str()?)?,
                name: left[1].as_str()?.to_owned(),
                why: left[2].as_str()?.to_owned(),
            })
        })
        .collect()
}
