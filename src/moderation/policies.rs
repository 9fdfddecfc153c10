//! Laying, changing and lifting policies: limit, suspend, refuse media or reports.
//!
//! A domain has one policy of staff (or of a list) at the most; rules for emergencies may lay
//! their own beside it. The strictest of all wins, and it holds for everything under the domain.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;
use serde_json::json;

use super::{By, changed, note, told};
use crate::activitypub::uri;
use crate::app::App;
use crate::domain::policy::{PolicyKind, PolicySource};
use crate::domain::severance::SeveranceKind;
use crate::domain::{Error, Id, Page, Result};
use crate::gate::budget::{self, About};
use crate::gate::who::Moderator;
pub use crate::store::domain_policies::{Policy, Terms};
use crate::store::severances::Severance;
use crate::store::{self, Conn};
use crate::text::clean;

/// Policies on a page of them.
pub const PAGE: i64 = 50;
/// Characters of each comment.
const MAX_COMMENT: usize = 5_000;

/// How Mastodon names what a policy does to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing; media or reports may be refused all the same.
    Noop,
    /// Limited.
    Silence,
    /// Suspended.
    Suspend,
}

impl Severity {
    /// `noop`, `silence`, `suspend`.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Noop => "noop",
            Severity::Silence => "silence",
            Severity::Suspend => "suspend",
        }
    }

    /// The reverse; `limit` and `limited`, `suspended` and `none` are understood too.
    pub fn from_name(name: &str) -> Option<Severity> {
        match name.trim().to_ascii_lowercase().as_str() {
            "noop" | "none" => Some(Severity::Noop),
            "silence" | "limit" | "limited" => Some(Severity::Silence),
            "suspend" | "suspended" => Some(Severity::Suspend),
            _ => None,
        }
    }

    /// Of a policy.
    pub fn of(terms: &Terms) -> Severity {
        match terms.kind {
            PolicyKind::Suspended => Severity::Suspend,
            PolicyKind::Limited => Severity::Silence,
            PolicyKind::NoMedia | PolicyKind::Held | PolicyKind::Noted => Severity::Noop,
        }
    }

    /// The kind of policy that does it.
    pub fn kind(self, reject_media: bool) -> PolicyKind {
        match self {
            Severity::Suspend => PolicyKind::Suspended,
            Severity::Silence => PolicyKind::Limited,
            Severity::Noop if reject_media => PolicyKind::NoMedia,
            Severity::Noop => PolicyKind::Noted,
        }
    }
}

/// Whether pictures and other media of a policy's server are kept out, whatever says so.
pub fn rejects_media(terms: &Terms) -> bool {
    terms.reject_media || terms.kind == PolicyKind::NoMedia
}

/// The canonical name of a server that somebody typed: an address or a handle will do.
///
/// # Errors
/// `Invalid` for what is no name of a server, for a whole top-level domain, and for this place
/// or what lies above it.
pub fn server_name(app: &App, typed: &str) -> Result<String> {
    let typed = typed.trim();
    let typed = typed.split_once("://").map_or(typed, |(_, rest)| rest);
    let typed = typed.split('/').next().unwrap_or(typed);
    let typed = typed.rsplit('@').next().unwrap_or(typed);
    let domain = uri::domain(typed)
        .filter(|domain| domain.contains('.') && !domain.contains('*'))
        .ok_or_else(|| Error::invalid("That is no name of a server, such as elsewhere.example"))?;
    let server = &app.config.server;
    for own in [&server.domain, &server.handle_domain] {
        let own = own.split(':').next().unwrap_or(own);
        let bare = domain.split(':').next().unwrap_or(&domain);
        if own == bare || own.ends_with(&format!(".{bare}")) {
            return Err(Error::invalid(
                "That is this place itself; it cannot keep itself out",
            ));
        }
    }
    Ok(domain)
}

/// Terms as they may be written.
///
/// # Errors
/// `Invalid` for comments that are too long, or an end that is past.
pub fn checked(terms: Terms, now: DateTime<Utc>) -> Result<Terms> {
    let comment = |text: &str| clean::text(text).trim().to_owned();
    let terms = Terms {
        public_comment: comment(&terms.public_comment),
        private_comment: comment(&terms.private_comment),
        ..terms
    };
    for text in [&terms.public_comment, &terms.private_comment] {
        if text.chars().count() > MAX_COMMENT {
            return Err(Error::invalid(format!(
                "A comment has {MAX_COMMENT} characters at the most"
            )));
        }
    }
    match terms.until {
        Some(until) if until <= now => Err(Error::invalid("The end lies in the past")),
        _ => Ok(terms),
    }
}

/// What became of the wish to lay one.
#[derive(Debug, Clone, PartialEq)]
pub enum Laid {
    /// It holds.
    New(Policy),
    /// There is one of that domain already; nothing was changed.
    Exists(Policy),
}

/// Lays a policy on a server. A suspension ends all follows with it, a batch at a time.
///
/// # Errors
/// `Invalid`, as [`server_name`] and [`checked`] say.
pub async fn lay(
    app: &App,
    by: By<'_>,
    domain: &str,
    source: PolicySource,
    terms: Terms,
) -> Result<Laid> {
    let domain = server_name(app, domain)?;
    let mut conn = app.desk.get().await?;
    let now = app.clock.decide(&mut conn).await?;
    let terms = checked(terms, now)?;
    drop(conn);
    suspends(app, by, "policy.lay", &domain, &terms, None).await?;
    let mut conn = app.desk.get().await?;
    let laid = conn
        .transaction(async |conn| {
            let before =
                store::domain_policies::of_domains(conn, vec![domain.clone()], now).await?;
            if let Some(policy) = before.into_iter().find(is_of_people) {
                return Ok(Laid::Exists(policy));
            }
            let detail = told(&domain, &terms);
            let new = vec![(domain.clone(), terms)];
            let policy = insert_all(conn, source, new, now).await?.pop();
            let policy = policy.ok_or(Error::NotFound)?;
            let inverse = json!({ "act": "policy.lift", "policy": policy.id });
            note(
                conn,
                by,
                "policy.lay",
                Some(policy.host),
                detail,
                inverse,
                now,
            )
            .await?;
            Ok::<_, Error>(Laid::New(policy))
        })
        .await?;
    changed(app);
    Ok(laid)
}

/// A suspension is counted among what one person may destroy in an hour.
async fn suspends(
    app: &App,
    by: By<'_>,
    act: &'static str,
    domain: &str,
    terms: &Terms,
    policy: Option<i64>,
) -> Result<()> {
    let By::Admin(admin) = by else {
        return Ok(());
    };
    if terms.kind != PolicyKind::Suspended {
        return Ok(());
    }
    let mut wish = told(domain, terms);
    wish["policy"] = json!(policy);
    budget::spend(app, admin, act, &wish, About::Server(domain)).await
}

/// One that people laid, and not a rule; what is held is another matter.
pub(super) fn is_of_people(policy: &Policy) -> bool {
    policy.source != PolicySource::Rule && policy.terms.kind != PolicyKind::Held
}

/// The rows of new policies, one for a domain at the most; the caller notes the acts. A handful
/// of statements, and two for each that cuts follows.
pub(super) async fn insert_all(
    conn: &mut Conn,
    source: PolicySource,
    new: Vec<(String, Terms)>,
    now: DateTime<Utc>,
) -> Result<Vec<Policy>> {
    let domains = new.iter().map(|(domain, _)| domain.clone()).collect();
    let hosts = store::hosts::find_or_insert_all(conn, domains, now).await?;
    let hosts: HashMap<String, Id> = hosts.into_iter().collect();
    let mut rows = Vec::with_capacity(new.len());
    for (domain, terms) in &new {
        let host = hosts.get(domain).ok_or(Error::NotFound)?;
        rows.push((*host, terms.clone()));
    }
    let ids = store::domain_policies::add_all(conn, source, rows, now).await?;
    let policies: Vec<Policy> = new
        .into_iter()
        .zip(ids)
        .map(|((domain, terms), id)| Policy {
            id,
            host: hosts.get(&domain).copied().unwrap_or_default(),
            domain,
            source,
            since: now,
            terms,
        })
        .collect();
    sever(conn, policies.iter(), now).await?;
    Ok(policies)
}

/// Suspensions cut: what each cuts is kept under one act. Without any follow there is none.
async fn sever(
    conn: &mut Conn,
    new: impl Iterator<Item = &Policy>,
    now: DateTime<Utc>,
) -> Result<()> {
    let new: Vec<&Policy> = new
        .filter(|policy| policy.terms.kind == PolicyKind::Suspended)
        .collect();
    let domains = new.iter().map(|policy| policy.domain.clone()).collect();
    let cutting = store::policy_cuts::cutting(conn, domains).await?;
    let kind = SeveranceKind::DomainBlock;
    for policy in new {
        if cutting.contains(&policy.domain) {
            let (domain, id) = (&policy.domain, Some(policy.id));
            let act = store::severances::insert(conn, kind, domain, None, id, now).await?;
            store::policy_cuts::sever(conn, policy.host, act, now).await?;
        }
    }
    Ok(())
}

/// Changes what a policy says.
///
/// # Errors
/// `NotFound` when it does not hold (any more); `Invalid` as [`checked`] says.
pub async fn change(app: &App, by: By<'_>, id: i64, terms: Terms) -> Result<Policy> {
    let mut conn = app.desk.get().await?;
    let now = app.clock.decide(&mut conn).await?;
    let terms = checked(terms, now)?;
    let before = store::domain_policies::find(&mut conn, id, now).await?;
    drop(conn);
    if let Some(before) = before.filter(|p| p.terms.kind != PolicyKind::Suspended) {
        suspends(app, by, "policy.change", &before.domain, &terms, Some(id)).await?;
    }
    let mut conn = app.desk.get().await?;
    let policy = conn
        .transaction(async |conn| change_in(conn, by, id, terms, now).await)
        .await?;
    changed(app);
    Ok(policy)
}

/// [`change`] as a part of another transaction, for terms that suspend nobody anew. The caller
/// says [`changed`] afterwards.
pub(super) async fn change_in(
    conn: &mut Conn,
    by: By<'_>,
    id: i64,
    terms: Terms,
    now: DateTime<Utc>,
) -> Result<Policy> {
    let before = store::domain_policies::find(conn, id, now).await?;
    let before = before.ok_or(Error::NotFound)?;
    let policy = rewrite_all(conn, vec![(before.clone(), terms)], now).await?;
    let policy = policy.into_iter().next().ok_or(Error::NotFound)?;
    let inverse = json!({ "act": "policy.change", "policy": id, "terms": told(&before.domain, &before.terms) });
    let detail = told(&policy.domain, &policy.terms);
    note(
        conn,
        by,
        "policy.change",
        Some(policy.host),
        detail,
        inverse,
        now,
    )
    .await?;
    Ok(policy)
}

/// Changes what policies say; gives those that still held, as they are now. A handful of
/// statements, and two for each that begins to cut follows.
pub(super) async fn rewrite_all(
    conn: &mut Conn,
    changes: Vec<(Policy, Terms)>,
    now: DateTime<Utc>,
) -> Result<Vec<Policy>> {
    let rows = changes
        .iter()
        .map(|(before, terms)| (before.id, terms.clone()));
    let held = store::domain_policies::change_all(conn, rows.collect(), now).await?;
    let changed: Vec<(PolicyKind, Policy)> = changes
        .into_iter()
        .filter(|(before, _)| held.contains(&before.id))
        .map(|(before, terms)| (before.terms.kind, Policy { terms, ..before }))
        .collect();
    let no_longer_out = changed
        .iter()
        .filter(|(before, policy)| {
            *before == PolicyKind::Suspended && policy.terms.kind != PolicyKind::Suspended
        })
        .map(|(_, policy)| policy.id)
        .collect();
    store::severances::part_of(conn, no_longer_out, now).await?;
    let newly_out = changed
        .iter()
        .filter(|(before, _)| *before != PolicyKind::Suspended)
        .map(|(_, policy)| policy);
    sever(conn, newly_out, now).await?;
    Ok(changed.into_iter().map(|(_, policy)| policy).collect())
}

/// What lifting one left behind.
#[derive(Debug, Clone, PartialEq)]
pub struct Lifted {
    /// Whose it was.
    pub domain: String,
    /// Its follows come back.
    pub restoring: bool,
    /// They stay ended, and other servers are told so.
    pub parting: bool,
}

/// Lifts a policy. `restore`: the follows that it ended come back, as far as they can; else
/// their servers, which were told nothing so far, hear that they are over. Neither while another
/// policy keeps the server out.
///
/// # Errors
/// `NotFound` when it does not hold (any more).
pub async fn lift(app: &App, by: By<'_>, id: i64, restore: bool) -> Result<Lifted> {
    let mut conn = app.desk.get().await?;
    let now = app.clock.decide(&mut conn).await?;
    let lifted = conn
        .transaction(async |conn| {
            let before = store::domain_policies::find(conn, id, now).await?;
            let before = before.ok_or(Error::NotFound)?;
            if !store::domain_policies::lift(conn, id, by.user(), now).await? {
                return Err(Error::NotFound);
            }
            let act = store::severances::of_policy(conn, id).await?;
            let restoring = match act {
                Some(act) if restore && !is_out(conn, &before.domain).await? => {
                    store::severances::ask_back(conn, act.id, now).await?
                }
                _ => false,
            };
            let parting = !restore && store::severances::part_of(conn, vec![id], now).await?;
            let detail = json!({ "domain": before.domain, "policy": id, "restore": restoring });
            let inverse =
                json!({ "act": "policy.lay", "terms": told(&before.domain, &before.terms) });
            note(
                conn,
                by,
                "policy.lift",
                Some(before.host),
                detail,
                inverse,
                now,
            )
            .await?;
            Ok(Lifted {
                domain: before.domain,
                restoring,
                parting,
            })
        })
        .await?;
    changed(app);
    Ok(lifted)
}

async fn is_out(conn: &mut Conn, domain: &str) -> Result<bool> {
    let host = store::hosts::find(conn, domain).await?;
    Ok(host.is_some_and(|host| crate::model::host::is_suspended(host.flags)))
}

/// Brings back the follows that an earlier block of a server ended.
///
/// # Errors
/// `NotFound` for no such act; `Conflict` while the server is blocked, or when they were
/// brought back already.
pub async fn restore(app: &App, by: By<'_>, domain: &str, severance: Id) -> Result<()> {
    let mut conn = app.desk.get().await?;
    let now = app.clock.decide(&mut conn).await?;
    conn.transaction(async |conn| {
        let acts = store::severances::of_domain(conn, domain).await?;
        let act = acts.into_iter().find(|act| act.id == severance);
        let act = act.ok_or(Error::NotFound)?;
        if is_out(conn, domain).await? {
            return Err(Error::Conflict(
                "The server is blocked. Lift that first.".into(),
            ));
        }
        if !store::severances::ask_back(conn, act.id, now).await? {
            return Err(Error::Conflict("They were brought back already.".into()));
        }
        let detail = json!({ "domain": domain, "severance": severance.to_string() });
        let host = store::hosts::find(conn, domain).await?.map(|host| host.id);
        // Follows that came back are nobody's to be cut again but by a policy.
        let inverse = serde_json::Value::Null;
        note(conn, by, "policy.restore", host, detail, inverse, now).await
    })
    .await?;
    changed(app);
    Ok(())
}

/// A page of what is in force, by domain.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// [`PAGE`] at the most.
    pub rows: Vec<Policy>,
    /// There are more behind the last one.
    pub more: bool,
    /// How many there are in all.
    pub all: i64,
}

/// Policies whose domain holds `part`, behind the one `after` (a domain and an id).
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(app: &App, _who: &Moderator, part: &str, after: (&str, i64)) -> Result<Listed> {
    let mut conn = app.desk.get().await?;
    let now = app.clock.now();
    let part = part.trim().to_lowercase();
    let mut rows = store::domain_policies::list(&mut conn, &part, after, PAGE + 1, now).await?;
    let more = rows.len() as i64 > PAGE;
    rows.truncate(PAGE as usize);
    Ok(Listed {
        rows,
        more,
        all: store::domain_policies::count(&mut conn, now).await?,
    })
}

/// One that is in force.
///
/// # Errors
/// `NotFound`.
pub async fn find(app: &App, _who: &Moderator, id: i64) -> Result<Policy> {
    let mut conn = app.desk.get().await?;
    let now = app.clock.now();
    let found = store::domain_policies::find(&mut conn, id, now).await?;
    found.ok_or(Error::NotFound)
}

/// What people decided about a domain, for whoever has a shell on the server.
///
/// # Errors
/// `Invalid` for what is no name of a server; `NotFound` when nothing holds.
pub async fn of_domain(app: &App, domain: &str) -> Result<Policy> {
    let domain = server_name(app, domain)?;
    let mut conn = app.desk.get().await?;
    let now = app.clock.now();
    let found = store::domain_policies::of_domains(&mut conn, vec![domain], now).await?;
    found.into_iter().find(is_of_people).ok_or(Error::NotFound)
}

/// How far what follows from a policy is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Progress {
    /// Accounts of the server itself that wait to be looked at; `None`: all were.
    pub left: Option<i64>,
    /// What was cut, newest first; ten at the most.
    pub acts: Vec<Severance>,
}

/// How far it is.
///
/// # Errors
/// When the database cannot be asked.
pub async fn progress(app: &App, _who: &Moderator, policy: &Policy) -> Result<Progress> {
    let mut conn = app.desk.get().await?;
    Ok(Progress {
        left: store::host_sweeps::left(&mut conn, policy.host, 100_000).await?,
        acts: store::severances::of_domain(&mut conn, &policy.domain).await?,
    })
}

/// A page of what is in force, newest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn latest(app: &App, _who: &Moderator, page: &Page) -> Result<Vec<Policy>> {
    let mut conn = app.desk.get().await?;
    let now = app.clock.now();
    let (above, below) = (page.above().unwrap_or(0), page.max_id.unwrap_or(i64::MAX));
    store::domain_policies::latest(&mut conn, above, below, page.limit, now).await
}

/// What blocks of a domain ended, newest first; ten at the most.
///
/// # Errors
/// When the database cannot be asked.
pub async fn acts(app: &App, _who: &Moderator, domain: &str) -> Result<Vec<Severance>> {
    let mut conn = app.desk.get().await?;
    store::severances::of_domain(&mut conn, domain).await
}
