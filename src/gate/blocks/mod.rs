//! What is kept away from the door: networks, mail domains, names, single addresses.
//!
//! A block refuses an application, or lets it in among the likely automated ones; nobody who is
//! a member already is touched. One that is laid may be applied to those who wait ([`waiting`]).
//! [`judge`] is what an application meets.

pub mod addresses;
pub mod attempts;
pub mod judge;
pub mod rule;
pub mod waiting;

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;
use serde_json::{Value, json};

use crate::app::App;
use crate::domain::block_severity::BlockSeverity;
use crate::domain::{Error, Id, Page, Result};
use crate::gate::who::{Admin, Moderator};
pub use crate::model::door_block::{MailBlock, NameBlock, NetworkBlock};
use crate::store::audit::NewLine;
pub use crate::store::door_blocks::Kind;
use crate::store::door_blocks::{self as rows, Terms};
use crate::store::{self, Conn};
pub use rule::{Rule, Wanted};

/// Blocks of each kind that a page shows.
const SHOWN: usize = 50;

/// A page of one kind, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Part<T> {
    /// The blocks.
    pub blocks: Vec<T>,
    /// There are older ones, before this one.
    pub older: Option<Id>,
}

impl<T> Part<T> {
    /// The first of what was found, which is one more than a page where there is more.
    fn of(mut blocks: Vec<T>, id: impl Fn(&T) -> Id) -> Part<T> {
        let more = blocks.len() > SHOWN;
        blocks.truncate(SHOWN);
        let older = blocks.last().map(id).filter(|_| more);
        Part { blocks, older }
    }
}

/// From where on each kind is read; `None`: from the newest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Before {
    /// Networks older than this one.
    pub network: Option<Id>,
    /// Mail domains older than this one.
    pub mail: Option<Id>,
    /// Names older than this one.
    pub name: Option<Id>,
}

/// A page of blocks of each kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Lists {
    /// Of networks.
    pub networks: Part<NetworkBlock>,
    /// Of mail domains.
    pub mail: Part<MailBlock>,
    /// Of names.
    pub names: Part<NameBlock>,
    /// How many single addresses there are: they cannot be read.
    pub addresses: i64,
}

/// What there is.
pub async fn list(app: &App, _who: &Moderator, before: Before) -> Result<Lists> {
    let page = |max_id| Page {
        max_id,
        ..Page::newest(SHOWN as i64 + 1)
    };
    let mut conn = app.desk.get().await?;
    let networks = rows::networks(&mut conn, &page(before.network)).await?;
    let mail = rows::mail(&mut conn, &page(before.mail)).await?;
    let mut names = rows::names(&mut conn).await?;
    names.retain(|name| before.name.is_none_or(|before| name.id < before));
    Ok(Lists {
        networks: Part::of(networks, |block| block.id),
        mail: Part::of(mail, |block| block.id),
        names: Part::of(names, |block| block.id),
        addresses: rows::counts(&mut conn).await?.3,
    })
}

/// A page of blocks of networks.
pub async fn networks(app: &App, _who: &Moderator, page: &Page) -> Result<Vec<NetworkBlock>> {
    let mut conn = app.desk.get().await?;
    let mut found = rows::networks(&mut conn, page).await?;
    if page.ascends() {
        found.reverse();
    }
    Ok(found)
}

/// A page of blocks of mail domains.
pub async fn mail_domains(app: &App, _who: &Moderator, page: &Page) -> Result<Vec<MailBlock>> {
    let mut conn = app.desk.get().await?;
    let mut found = rows::mail(&mut conn, page).await?;
    if page.ascends() {
        found.reverse();
    }
    Ok(found)
}

/// One block of a network.
///
/// # Errors
/// `NotFound` when there is none.
pub async fn network(app: &App, _who: &Moderator, id: Id) -> Result<NetworkBlock> {
    let mut conn = app.desk.get().await?;
    let found = rows::find_network(&mut conn, id).await?;
    found.ok_or(Error::NotFound)
}

/// One block of a mail domain.
///
/// # Errors
/// `NotFound` when there is none.
pub async fn mail_domain(app: &App, _who: &Moderator, id: Id) -> Result<MailBlock> {
    let mut conn = app.desk.get().await?;
    rows::find_mail(&mut conn, id).await?.ok_or(Error::NotFound)
}

/// A block that was laid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Laid {
    /// Its id.
    pub id: Id,
    /// What was done to those who wait.
    pub applied: waiting::Applied,
}

/// Lays a block, or changes the one that is there. `apply`: does to those who wait what it
/// would have done to them.
///
/// # Errors
/// `Invalid` when there are too many, or when it would keep the admin's own staff names or
/// everybody away.
pub async fn lay(app: &App, who: &Admin, wanted: &Wanted, apply: bool) -> Result<Laid> {
    let mut conn = app.desk.get().await?;
    let id = conn
        .transaction(async |conn| {
            let now = app.clock.decide(conn).await?;
            room(conn, &wanted.rule).await?;
            let terms = Terms {
                severity: wanted.severity,
                comment: wanted.comment.clone(),
            };
            let before = there(conn, &wanted.rule).await?;
            let id = match &wanted.rule {
                Rule::Network(network) => {
                    let until = wanted.expires_at;
                    rows::set_network(conn, *network, &terms, until, now)
                        .await?
                        .id
                }
                Rule::Mail { domain, hosts } => {
                    rows::set_mail(conn, domain, *hosts, &terms, now).await?.id
                }
                Rule::Name { pattern, whole } => {
                    rows::set_name(conn, pattern, *whole, &terms, now).await?.id
                }
            };
            let mut detail = wanted.rule.detail();
            detail["severity"] = json!(wanted.severity);
            let inverse = match before {
                Some(before) => json!({ "lay": before.kept() }),
                None => json!({ "lift": id.to_string() }),
            };
            note(conn, who, "block.lay", id, (detail, Some(inverse)), now).await?;
            Ok::<_, Error>(id)
        })
        .await?;
    drop(conn);
    let applied = match apply {
        true => waiting::apply(app, who, id, wanted).await?,
        false => waiting::Applied::default(),
    };
    Ok(Laid { id, applied })
}

/// Lifts a block. Who was refused because of it stays so.
///
/// # Errors
/// `NotFound` when there is none.
pub async fn lift(app: &App, who: &Admin, kind: Kind, id: Id) -> Result<()> {
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let (detail, inverse) = match kind {
            // What is left of an address is its hash, and not for the log.
            Kind::Address => {
                let found = rows::find_address(conn, id).await?;
                found.ok_or(Error::NotFound)?;
                (json!({ "kind": "address" }), None)
            }
            Kind::Network => lifted(rows::find_network(conn, id).await?.map(Wanted::from)),
            Kind::Mail => lifted(rows::find_mail(conn, id).await?.map(Wanted::from)),
            Kind::Name => lifted(rows::find_name(conn, id).await?.map(Wanted::from)),
        };
        if inverse.is_none() && kind != Kind::Address {
            return Err(Error::NotFound);
        }
        if !rows::delete(conn, kind, id).await? {
            return Err(Error::NotFound);
        }
        note(conn, who, "block.lift", id, (detail, inverse), now).await
    })
    .await
}

/// What the log says of a block that is lifted, and what would lay it again.
fn lifted(before: Option<Wanted>) -> (Value, Option<Value>) {
    match before {
        Some(before) => (before.rule.detail(), Some(json!({ "lay": before.kept() }))),
        None => (Value::Null, None),
    }
}

/// The block that is there already.
async fn there(conn: &mut Conn, rule: &Rule) -> Result<Option<Wanted>> {
    Ok(match rule {
        Rule::Network(network) => {
            let found = rows::find_by_network(conn, *network).await?;
            found.map(Wanted::from)
        }
        Rule::Mail { domain, .. } => {
            let found = rows::find_by_domain(conn, domain).await?;
            found.map(Wanted::from)
        }
        Rule::Name { pattern, whole } => {
            let mut all = rows::names(conn).await?.into_iter();
            let found = all.find(|b| b.pattern == *pattern && b.whole == *whole);
            found.map(Wanted::from)
        }
    })
}

async fn room(conn: &mut Conn, rule: &Rule) -> Result<()> {
    let (networks, mail, names, _) = rows::counts(conn).await?;
    let full = match rule {
        Rule::Network(_) => networks >= rows::MOST,
        Rule::Mail { .. } => mail >= rows::MOST,
        Rule::Name { .. } => names >= rows::MOST_NAMES,
    };
    match full {
        true => Err(Error::invalid(
            "There is no room for more blocks of this kind. Lift some that are not needed any more.",
        )),
        false => Ok(()),
    }
}

/// Writes an act down: audit line, sign of life.
async fn note(
    conn: &mut Conn,
    who: &Admin,
    act: &'static str,
    id: Id,
    (detail, inverse): (Value, Option<Value>),
    at: DateTime<Utc>,
) -> Result<()> {
    let user = who.user().id;
    let line = NewLine {
        actor: Some(user),
        act,
        subject_kind: "block",
        subject: Some(id),
        detail,
        inverse,
    };
    store::audit::append(conn, line, at).await?;
    super::signs::act(conn, who, at).await
}

/// How a block weighs on an application: the heavier of two.
pub(super) fn heavier(
    one: Option<BlockSeverity>,
    other: Option<BlockSeverity>,
) -> Option<BlockSeverity> {
    match (one, other) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
