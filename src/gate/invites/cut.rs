//! A branch of the tree is cut in one act: in one transaction the invites of all its members
//! are put to rest, those who wait are turned down, and members are limited or suspended, as the
//! admin chose. Staff within are left alone with everybody whom they invited, and named.
//!
//! What a cut did is kept with it, so that it can be taken back: restraints at any time, noes
//! within a day like any others.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;
use serde_json::{Value, json};

use super::tree::{self, Stand};
use crate::app::App;
use crate::domain::event::Event;
use crate::domain::role::Role;
use crate::domain::{Error, Id, Result};
use crate::gate::applications::bulk;
use crate::gate::budget::{self, About};
use crate::gate::signs;
use crate::gate::who::Admin;
pub use crate::model::invite::BranchCut;
use crate::store::audit::NewLine;
use crate::store::branch_cuts::NewCut;
use crate::store::invite_tree::Node;
use crate::store::restraints::{self, FROZEN_INVITES, LIMITED, SUSPENDED};
use crate::store::{self, Conn};
use crate::text::clean;

/// People of one cut.
pub const MOST: usize = 2000;
/// Above this many, the number has to be typed.
pub const TYPED_ABOVE: usize = 10;
/// Deeper than any tree that grew by hand.
const DEEPEST: i32 = 10_000;
/// Cuts that are listed.
const LISTED: i64 = 20;
/// The longest reason, in characters.
pub const MAX_REASON: usize = 500;

/// What becomes of the members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing but that their invites rest.
    Rest = 0,
    /// They are limited.
    Limit = 1,
    /// They are suspended.
    Suspend = 2,
}

impl Kind {
    /// The kind of a word in a form.
    pub fn from_word(word: &str) -> Option<Kind> {
        match word {
            "rest" => Some(Kind::Rest),
            "limit" => Some(Kind::Limit),
            "suspend" => Some(Kind::Suspend),
            _ => None,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Kind::Rest => "rest",
            Kind::Limit => "limit",
            Kind::Suspend => "suspend",
        }
    }

    fn restraint(self) -> Option<i16> {
        match self {
            Kind::Rest => None,
            Kind::Limit => Some(LIMITED),
            Kind::Suspend => Some(SUSPENDED),
        }
    }
}

/// Whom a cut would meet.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Where the branch begins.
    pub top: Node,
    /// Members below it; never staff.
    pub members: Vec<Node>,
    /// Those who wait, confirmed or not.
    pub waiting: Vec<Node>,
    /// Names of staff within, who stay untouched with all whom they invited.
    pub protected: Vec<String>,
}

impl Plan {
    /// How many people it is about, the one at the top aside.
    pub fn count(&self) -> usize {
        self.members.len() + self.waiting.len()
    }

    /// Whether the one at the top can be met too: a member who is not of the staff.
    pub fn top_can_be_met(&self) -> bool {
        is_open_member(&self.top)
    }
}

/// What is wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Cut {
    /// What becomes of members.
    pub kind: Kind,
    /// The one at the top too.
    pub top_too: bool,
    /// Whether those who are turned down are told.
    pub told: bool,
    /// Why; staff read it.
    pub reason: String,
    /// How many the page named.
    pub seen: usize,
    /// The number that was typed, where one was asked for.
    pub typed: Option<usize>,
}

/// Whom a cut would meet.
///
/// # Errors
/// `NotFound`; `Invalid` for more than [`MOST`] people.
pub async fn plan(app: &App, _who: &Admin, node: i64) -> Result<Plan> {
    let mut conn = app.desk.get().await?;
    planned(&mut conn, node).await
}

async fn planned(conn: &mut Conn, node: i64) -> Result<Plan> {
    let most = MOST as i64 + 1;
    let nodes = store::invite_tree::walk(conn, &[node], DEEPEST, most).await?;
    if nodes.len() > MOST {
        return Err(Error::invalid(format!(
            "More than {MOST} people are in this branch. Cut the branches in it one by one."
        )));
    }
    sort_out(nodes).ok_or(Error::NotFound)
}

/// Level by level: below staff nobody is met.
fn sort_out(nodes: Vec<Node>) -> Option<Plan> {
    let mut nodes = nodes.into_iter();
    let top = nodes.next()?;
    let mut within = HashSet::from([top.id]);
    let mut plan = Plan {
        top,
        members: Vec::new(),
        waiting: Vec::new(),
        protected: Vec::new(),
    };
    for node in nodes {
        if !node.parent.is_some_and(|parent| within.contains(&parent)) {
            continue;
        }
        if let Some(staff) = node.user.as_ref().filter(|user| user.role > Role::Member) {
            plan.protected.push(staff.name.clone());
            continue;
        }
        within.insert(node.id);
        match tree::stand(&node) {
            Stand::Waiting | Stand::Unconfirmed => plan.waiting.push(node),
            _ if is_open_member(&node) => plan.members.push(node),
            _ => {}
        }
    }
    Some(plan)
}

/// A member who is not of the staff, and not suspended already.
fn is_open_member(node: &Node) -> bool {
    let plain = node
        .user
        .as_ref()
        .is_some_and(|user| user.role == Role::Member);
    plain
        && matches!(
            tree::stand(node),
            Stand::Member | Stand::Limited | Stand::Off
        )
}

fn accounts(nodes: &[Node]) -> Vec<Id> {
    let users = nodes.iter().filter_map(|node| node.user.as_ref());
    users.map(|user| user.account).collect()
}

impl Cut {
    /// What is written down of a cut that waits for its time.
    fn wish(&self, node: i64) -> Value {
        json!({
            "node": node.to_string(),
            "kind": self.kind.word(),
            "top_too": self.top_too,
            "told": self.told,
            "reason": self.reason,
            "seen": self.seen,
        })
    }

    /// The same, read again: the branch, and what is wanted of it.
    pub fn of_wish(wish: &Value) -> Option<(i64, Cut)> {
        let seen = usize::try_from(wish["seen"].as_u64()?).ok()?;
        let cut = Cut {
            kind: Kind::from_word(wish["kind"].as_str()?)?,
            top_too: wish["top_too"].as_bool()?,
            told: wish["told"].as_bool()?,
            reason: wish["reason"].as_str()?.to_owned(),
            seen,
            typed: Some(seen),
        };
        Some((wish["node"].as_str()?.parse().ok()?, cut))
    }
}

/// Cuts the branch; gives the id of what was done. However many it meets, it is one act of the
/// hour's.
///
/// # Errors
/// `NotFound`; `Invalid` with the fields `number` and `reason`, where the branch is another one
/// than the page showed, and where there is nobody to meet; `Denied` as [`budget::spend`] says.
pub async fn cut(app: &App, who: &Admin, node: i64, wanted: &Cut) -> Result<i64> {
    let by = who.user().id;
    let reason = clean::text(&wanted.reason).trim().to_owned();
    if reason.chars().count() > MAX_REASON {
        let words = format!("is too long (maximum is {MAX_REASON} characters)");
        return Err(Error::field("reason", "ERR_TOO_LONG", words));
    }
    let mut conn = app.desk.get().await?;
    let plan = planned(&mut conn, node).await?;
    check(&plan, wanted)?;
    drop(conn);
    let top = plan.top.user.as_ref().map(|user| format!("@{}", user.name));
    let top = top.unwrap_or_else(|| "somebody who is gone".to_owned());
    let about = About::Branch(&top, plan.count());
    budget::spend(app, who, "invites.cut", &wanted.wish(node), about).await?;
    let mut conn = app.desk.get().await?;
    let done = conn
        .transaction(async |conn| {
            let now = app.clock.decide(conn).await?;
            let plan = planned(conn, node).await?;
            check(&plan, wanted)?;
            let mut met = accounts(&plan.members);
            let top = plan
                .top_can_be_met()
                .then(|| accounts(std::slice::from_ref(&plan.top)));
            let top = top.unwrap_or_default();
            // At the top the invites rest in any case: they are what the branch grew from.
            let all: Vec<Id> = met.iter().chain(&top).copied().collect();
            let why = match reason.is_empty() {
                true => "A branch of invites was cut.".to_owned(),
                false => format!("A branch of invites was cut: {reason}"),
            };
            let frozen = restraints::lay_many(conn, &all, FROZEN_INVITES, &why, now).await?;
            if wanted.top_too {
                met.extend(&top);
            }
            let restrained = match wanted.kind.restraint() {
                Some(kind) => restraints::lay_many(conn, &met, kind, &why, now).await?,
                None => Vec::new(),
            };
            if wanted.kind == Kind::Suspend {
                store::branch_cuts::switch_off(conn, &restrained, now).await?;
            }
            let waiting = plan.waiting.iter().filter_map(|node| node.user.as_ref());
            let waiting: Vec<Id> = waiting
                .filter_map(|u| u.application)
                .map(|(id, _)| id)
                .collect();
            let (bulks, turned_down) =
                bulk::turn_down_a_branch(app, conn, by, &waiting, wanted.told, now).await?;
            let text = |ids: &[Id]| ids.iter().map(Id::to_string).collect::<Vec<_>>();
            let detail = json!({
                "kind": wanted.kind as i16,
                "frozen": text(&frozen),
                "restrained": text(&restrained),
                "turned_down": turned_down,
                "protected": plan.protected,
                "reason": reason,
            });
            let told = restrained.clone();
            let new = NewCut {
                node,
                actor: by,
                kind: wanted.kind as i16,
                reason: reason.clone(),
                frozen,
                restrained,
                bulks,
                turned_down: turned_down as i32,
                protected: plan.protected,
            };
            let id = store::branch_cuts::insert(conn, &new, now).await?;
            let line = NewLine {
                actor: Some(by),
                act: "invites.cut",
                subject_kind: "branch",
                subject: Some(node),
                detail,
                inverse: Some(json!({ "act": "invites.mend", "cut": id.to_string() })),
            };
            store::audit::append(conn, line, now).await?;
            signs::act(conn, who, now).await?;
            if wanted.kind == Kind::Suspend {
                tell_suspensions(conn, &told, now).await?;
            }
            Ok::<_, Error>(id)
        })
        .await?;
    drop(conn);
    app.wake_relay();
    Ok(done)
}

/// Other servers hear how these accounts stand now.
async fn tell_suspensions(conn: &mut Conn, accounts: &[Id], now: DateTime<Utc>) -> Result<()> {
    for account in accounts {
        store::events::insert(conn, &Event::suspension_of(*account), now).await?;
    }
    Ok(())
}

fn check(plan: &Plan, wanted: &Cut) -> Result<()> {
    let count = plan.count();
    if count == 0 && !plan.top_can_be_met() {
        return Err(Error::invalid("There is nobody in this branch to be met."));
    }
    if count != wanted.seen {
        return Err(Error::invalid(
            "This branch changed after you opened the page. Please look at it once more.",
        ));
    }
    if count > TYPED_ABOVE && wanted.typed != Some(count) {
        return Err(Error::field(
            "number",
            "ERR_INVALID",
            format!("must be {count}: the number of people this is about"),
        ));
    }
    Ok(())
}

/// The latest cuts.
pub async fn list(app: &App, _who: &Admin) -> Result<Vec<BranchCut>> {
    let mut conn = app.desk.get().await?;
    store::branch_cuts::list(&mut conn, LISTED).await
}

/// What a cut did.
///
/// # Errors
/// `NotFound`.
pub async fn find(app: &App, _who: &Admin, id: i64) -> Result<BranchCut> {
    let mut conn = app.desk.get().await?;
    store::branch_cuts::find(&mut conn, id)
        .await?
        .ok_or(Error::NotFound)
}

/// Takes a cut back: restraints that it laid are lifted, logins that it switched off go on, and
/// who was turned down waits again, as far as that is not older than a day. Gives how many noes
/// it was too late for.
///
/// # Errors
/// `NotFound`; `Conflict` where it was taken back before.
pub async fn mend(app: &App, who: &Admin, id: i64) -> Result<usize> {
    let by = who.user().id;
    let mut conn = app.desk.get().await?;
    let late = conn
        .transaction(async |conn| {
            let now = app.clock.decide(conn).await?;
            let cut = store::branch_cuts::find(conn, id)
                .await?
                .ok_or(Error::NotFound)?;
            if !store::branch_cuts::set_mended(conn, id, by, now).await? {
                return Err(Error::Conflict("This was taken back already.".into()));
            }
            restraints::lift_many(conn, &cut.frozen, FROZEN_INVITES, by, now).await?;
            let kind = [Kind::Limit, Kind::Suspend]
                .into_iter()
                .find(|kind| *kind as i16 == cut.kind);
            if let Some(restraint) = kind.and_then(Kind::restraint) {
                restraints::lift_many(conn, &cut.restrained, restraint, by, now).await?;
            }
            if kind == Some(Kind::Suspend) {
                store::branch_cuts::switch_on(conn, &cut.restrained, cut.created_at).await?;
            }
            let mut late = 0;
            for bulk in &cut.bulks {
                late += bulk::take_back_of_a_branch(app, conn, by, *bulk, now).await?;
            }
            let line = NewLine {
                actor: Some(by),
                act: "invites.mend",
                subject_kind: "branch",
                subject: Some(cut.node_id),
                detail: json!({ "cut": id.to_string(), "too_late": late }),
                inverse: None,
            };
            store::audit::append(conn, line, now).await?;
            signs::act(conn, who, now).await?;
            if kind == Some(Kind::Suspend) {
                tell_suspensions(conn, &cut.restrained, now).await?;
            }
            Ok(late)
        })
        .await?;
    drop(conn);
    app.wake_relay();
    Ok(late)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::application::ApplicationState;
    use crate::store::invite_tree::NodeUser;

    fn node(id: i64, parent: Option<i64>, role: Role, approved: bool) -> Node {
        Node {
            id,
            parent,
            depth: 0,
            user: Some(NodeUser {
                id,
                account: id + 100,
                name: format!("n{id}"),
                role,
                approved,
                disabled: false,
                flags: 0,
                application: Some((id + 200, ApplicationState::Pending)),
            }),
            at: DateTime::UNIX_EPOCH,
            children: 0,
        }
    }

    #[test]
    fn staff_and_all_whom_they_invited_are_left_alone() {
        let member = Role::Member;
        let nodes = vec![
            node(1, None, member, true),
            node(2, Some(1), member, true),
            node(3, Some(1), Role::Moderator, true),
            node(4, Some(2), member, false),
            node(5, Some(3), member, true),
            node(6, Some(5), member, false),
        ];
        let plan = sort_out(nodes).unwrap();
        assert_eq!(plan.protected, ["n3"]);
        assert_eq!(accounts(&plan.members), [102]);
        assert_eq!(accounts(&plan.waiting), [104]);
        assert!(plan.top_can_be_met() && plan.count() == 2);
        let staff = sort_out(vec![node(1, None, Role::Owner, true)]).unwrap();
        assert!(!staff.top_can_be_met());
        let mut gone = node(2, Some(1), member, true);
        gone.user = None;
        let nodes = vec![
            node(1, None, member, true),
            gone,
            node(3, Some(2), member, true),
        ];
        let plan = sort_out(nodes).unwrap();
        assert_eq!(accounts(&plan.members), [103], "below who is gone, too");
    }
}
