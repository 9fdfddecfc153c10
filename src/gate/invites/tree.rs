//! Who came by whom, for staff: branches, and single people in them.

use crate::app::App;
use crate::domain::application::ApplicationState;
use crate::domain::role::Role;
use crate::domain::{Error, Result};
use crate::gate::who::Moderator;
use crate::model::account::flags;
pub use crate::model::invite::Invite;
use crate::model::user::User;
pub use crate::store::invite_tree::{Node, NodeUser};
use crate::store::{self, Conn};

use super::allowance::{self, Allowance};

/// Trees of one page.
pub const ROOTS: usize = 20;
/// People of one page.
pub const DRAWN: i64 = 300;
/// Levels of one page, below where it begins.
pub const DEEP: i32 = 6;
/// Steps up that a branch names.
const ABOVE: i64 = 50;
/// Invites of a person that staff see.
const SHOWN: i64 = 50;

/// How somebody in the tree stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// In, and of the staff.
    Staff(Role),
    /// In.
    Member,
    /// Shown to their followers only.
    Limited,
    /// Shown to nobody.
    Suspended,
    /// The login is switched off.
    Off,
    /// Waits for a decision.
    Waiting,
    /// Has not confirmed the address.
    Unconfirmed,
    /// Was turned down, or it took too long.
    TurnedDown,
    /// Nothing is left but the place in the tree.
    Erased,
}

/// How somebody stands.
pub fn stand(node: &Node) -> Stand {
    let Some(user) = &node.user else {
        return Stand::Erased;
    };
    match (user.approved, user.application) {
        (true, _) if user.flags & flags::SUSPENDED != 0 => Stand::Suspended,
        (true, _) if user.disabled => Stand::Off,
        (true, _) if user.role > Role::Member => Stand::Staff(user.role),
        (true, _) if user.flags & flags::LIMITED != 0 => Stand::Limited,
        (true, _) => Stand::Member,
        (false, Some((_, ApplicationState::Unconfirmed))) => Stand::Unconfirmed,
        (false, Some((_, state))) if state.is_waiting() => Stand::Waiting,
        (false, _) => Stand::TurnedDown,
    }
}

/// A part of the tree: level by level, itself first.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The people.
    pub nodes: Vec<Node>,
    /// Above where it begins, the nearest first: node and name.
    pub above: Vec<(i64, Option<String>)>,
    /// Where the next page goes on, for a page of whole trees.
    pub next: Option<i64>,
}

/// A page of trees: those whom nobody invited, newest first, with who came by them.
pub async fn roots(app: &App, _who: &Moderator, before: Option<i64>) -> Result<Part> {
    let mut conn = app.desk.get().await?;
    let mut starts = store::invite_tree::roots(&mut conn, before, ROOTS as i64 + 1).await?;
    let more = starts.len() > ROOTS;
    starts.truncate(ROOTS);
    Ok(Part {
        nodes: store::invite_tree::walk(&mut conn, &starts, DEEP, DRAWN).await?,
        above: Vec::new(),
        next: starts.last().copied().filter(|_| more),
    })
}

/// One branch.
///
/// # Errors
/// `NotFound`.
pub async fn branch(app: &App, _who: &Moderator, node: i64) -> Result<Part> {
    let mut conn = app.desk.get().await?;
    let nodes = store::invite_tree::walk(&mut conn, &[node], DEEP, DRAWN).await?;
    if nodes.is_empty() {
        return Err(Error::NotFound);
    }
    Ok(Part {
        nodes,
        above: store::invite_tree::above(&mut conn, node, ABOVE).await?,
        next: None,
    })
}

/// A member as far as invites go.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// Who.
    pub user: User,
    /// Their place in the tree, if they have one.
    pub node: Option<i64>,
    /// What they may.
    pub allowance: Allowance,
    /// An admin said so for them alone.
    pub is_own: bool,
    /// Their invites rest.
    pub rests: bool,
    /// Their invites, newest first.
    pub invites: Vec<Invite>,
}

/// The member of that name.
///
/// # Errors
/// `NotFound`, also for who is no member.
pub async fn person(app: &App, _who: &Moderator, name: &str) -> Result<Person> {
    let mut conn = app.desk.get().await?;
    let conn: &mut Conn = &mut conn;
    let name = name.trim().trim_start_matches('@').to_lowercase();
    let found = store::users::find_by_name(conn, &name).await?;
    let member = found.filter(|user| user.approved_at.is_some());
    let user = member.ok_or(Error::NotFound)?;
    let (allowance, _) = allowance::of(conn, &user).await?;
    Ok(Person {
        node: store::invite_tree::of_user(conn, user.id).await?,
        allowance,
        is_own: store::invites::allowance(conn, user.id).await?.is_some(),
        rests: store::restraints::invites_rest(conn, user.account_id).await?,
        invites: store::invites::list(conn, user.id, SHOWN).await?,
        user,
    })
}
