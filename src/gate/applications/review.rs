//! The queue and the card: what reviewers read. The decisions are in [`super::approve`] and
//! [`super::reject`]; [`super::ask`], [`super::put_off`], [`super::notes`], [`super::claim`] and
//! [`super::undo`] are the other things that can be done; [`super::bulk`] does them to many.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use ipnet::IpNet;
use serde_json::json;

use super::claim::LASTS;
use super::conflict;
use super::snapshot::{self, Seen};
use super::undo;
use super::views::{self, Change};
use crate::app::App;
use crate::domain::application::{ApplicationState, MessageKind};
use crate::domain::lane::Lane;
use crate::domain::{Error, Id, Result};
use crate::gate::blocks::judge;
use crate::gate::hints::{self, Hint, cluster};
use crate::gate::who::Reviewer;
use crate::gate::{reads, signs, zone};
use crate::model::application::{ApplicantProfile, Application, BulkDecision};
use crate::model::user::User;
use crate::store::applications::Decision;
pub use crate::store::desk_queue::{COUNTED, Part, PartCounts, Place, Sift, Wanted};
use crate::store::desk_rows::Known;
use crate::store::desk_search::Sought;
pub use crate::store::invite_tree::Brought;
use crate::store::memory;
use crate::store::vouches::Named;
use crate::store::{self, Conn};

/// Applications, or groups of them, on one page of the queue.
pub const PAGE: usize = store::desk_queue::READ - 1;
/// How long a changed profile of somebody who was let in is flagged.
pub const FRESH: TimeDelta = TimeDelta::days(7);
/// Neighbours of a network that a card names.
const NEIGHBOURS: i64 = 10;
/// Words of a search that are looked for.
const WORDS: usize = 8;

/// Who is reading it just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// Their name.
    pub name: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// It is the one who asks.
    pub is_me: bool,
}

/// One line of the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// Its place: what the next page goes on from.
    pub key: Id,
    /// How many like it wait with it, itself among them, up to [`COUNTED`] and one.
    pub alike: i64,
    /// The application; network left out for reviewers below moderator.
    pub application: Application,
    /// The applicant, without the address.
    pub user: User,
    /// Answers, profile, drafts, and the hash that a tick carries.
    pub seen: Seen,
    /// Who decided, where somebody did.
    pub decided_by: Option<String>,
    /// Let in within the last [`FRESH`], and the profile is not the one that was judged.
    pub changed_later: bool,
    /// Who is reading it.
    pub reader: Option<Reader>,
    /// Somebody with this address was refused within the last 90 days; for moderators.
    pub refused_before: bool,
    /// What else is known of it.
    pub known: Known,
    /// Why it is among the likely automated, each a few words; empty where it is not.
    pub aside: Vec<&'static str>,
}

/// A page of the queue, and how many wait in all.
#[derive(Debug, Clone, PartialEq)]
pub struct Queue {
    /// In the order asked for.
    pub rows: Vec<Waiting>,
    /// How many wait where.
    pub counts: PartCounts,
    /// Whether there are more behind this page.
    pub more: bool,
    /// Whether there is a page before this one.
    pub back: bool,
    /// The languages in which people applied: `de`, `en`.
    pub languages: Vec<String>,
    /// What the one who asks decided last, while it can be taken back: application and name.
    pub mine: Option<(Id, String)>,
    /// What they decided about many at once in the last day.
    pub bulks: Vec<BulkDecision>,
}

/// A page of the queue. `query` finds names and mail domains by how they begin, words of answers
/// and display names, and for moderators networks. `by_hand` says that a person opened it (the
/// browser's navigation headers): that is a sign of life.
pub async fn queue(
    app: &App,
    who: &Reviewer,
    wanted: &Wanted,
    query: &str,
    by_hand: bool,
) -> Result<Queue> {
    let mut conn = app.desk.get().await?;
    if by_hand {
        signs::visit(app, &mut conn, who, app.clock.now()).await?;
    }
    let now = app.clock.now();
    let sought = sought(query, who.user().role.manages_reports());
    if let Some(network) = sought.as_ref().and_then(|sought| sought.network) {
        // What it finds tells who came from there.
        let detail = json!({ "network": network.to_string() });
        reads::note(app, &mut conn, who, reads::ADDRESS, ("list", None), detail).await?;
    }
    let (places, back, more) = match sought {
        None if !query.trim().is_empty() => (Vec::new(), false, false),
        sought => turned_to(&mut conn, sought.as_ref(), wanted, now).await?,
    };
    let ids: Vec<Id> = places.iter().map(|place| place.application).collect();
    let mut found = lines(app, &mut conn, who, &ids).await?;
    let rows = places.iter().filter_map(|place| {
        let line = found.remove(&place.application)?;
        Some(Waiting {
            key: place.key,
            alike: place.alike,
            ..line
        })
    });
    let rows = rows.collect();
    let counts = store::desk_queue::counts(&mut conn, now).await?;
    let languages = store::desk_sift::languages(&mut conn).await?;
    let since = now - undo::WITHIN;
    let mine = store::desk_queue::last_decided(&mut conn, who.user().id, since).await?;
    let mine = match mine {
        Some(id) => store::applications::find_card(&mut conn, id).await?,
        None => None,
    };
    let bulks = store::bulk_decisions::latest(&mut conn, who.user().id, since).await?;
    Ok(Queue {
        rows,
        counts,
        more,
        back,
        languages,
        mine: mine.map(|(application, user)| (application.id, user.username)),
        bulks,
    })
}

/// The places of a page, in the order asked for; whether there is a page before it, and one behind
/// it. The way back ends with the first page, whole.
async fn turned_to(
    conn: &mut Conn,
    sought: Option<&Sought>,
    wanted: &Wanted,
    now: DateTime<Utc>,
) -> Result<(Vec<Place>, bool, bool)> {
    let (mut places, over) = some_places(conn, sought, wanted, now).await?;
    match wanted.before {
        None => Ok((places, wanted.after.is_some(), over)),
        Some(_) if over => {
            places.reverse();
            Ok((places, true, true))
        }
        Some(_) => {
            let first = Wanted {
                after: None,
                before: None,
                ..wanted.clone()
            };
            let (places, over) = some_places(conn, sought, &first, now).await?;
            Ok((places, false, over))
        }
    }
}

/// A page's worth of places as they are found, and whether there are more.
async fn some_places(
    conn: &mut Conn,
    sought: Option<&Sought>,
    wanted: &Wanted,
    now: DateTime<Utc>,
) -> Result<(Vec<Place>, bool)> {
    let mut places = match sought {
        None => store::desk_queue::page(conn, wanted, now).await?,
        Some(sought) => store::desk_search::page(conn, sought, wanted, now).await?,
    };
    let over = places.len() > PAGE;
    places.truncate(PAGE);
    Ok((places, over))
}

/// Those that are alike and wait, oldest first, 500 at the most; as one act may decide them.
///
/// # Errors
/// `NotFound` where none of that group waits.
pub async fn group(app: &App, who: &Reviewer, cluster: Id) -> Result<Vec<Waiting>> {
    let mut conn = app.desk.get().await?;
    let most = super::bulk::MOST as i64;
    let ids = store::desk_queue::group(&mut conn, cluster, most).await?;
    let mut found = lines(app, &mut conn, who, &ids).await?;
    let rows: Vec<Waiting> = ids.iter().filter_map(|id| found.remove(id)).collect();
    match rows.is_empty() {
        true => Err(Error::NotFound),
        false => Ok(rows),
    }
}

/// Lines for these applications.
pub(in crate::gate) async fn lines(
    app: &App,
    conn: &mut Conn,
    who: &Reviewer,
    ids: &[Id],
) -> Result<HashMap<Id, Waiting>> {
    let now = app.clock.now();
    let found = store::desk_queue::load(conn, ids).await?;
    let applications: Vec<&Application> = found.iter().map(|(a, ..)| a).collect();
    let seen = snapshot::read_many(conn, &applications).await?;
    let claims = store::application_claims::list(conn, ids, now).await?;
    let mut people: Vec<Id> = claims.iter().map(|(_, user, _)| *user).collect();
    people.extend(found.iter().filter_map(|(a, ..)| a.decided_by));
    let people = names(conn, people).await?;
    let fresh: Vec<Id> = found
        .iter()
        .filter(|(a, ..)| is_fresh(a, now))
        .map(|(a, ..)| a.id)
        .collect();
    let changed = match fresh.is_empty() {
        true => Vec::new(),
        false => store::people::changed_since_let_in(conn, &fresh, now - FRESH).await?,
    };
    let mut known: HashMap<Id, Known> = store::desk_rows::known(conn, ids, now)
        .await?
        .into_iter()
        .collect();
    let refused = refused_before(app, conn, who, &found, now).await?;
    let aside = found.iter().any(|(a, ..)| a.lane == Lane::LikelyAutomated);
    let names = match aside {
        true => store::door_blocks::names(conn).await?,
        false => Vec::new(),
    };
    let lines = found
        .into_iter()
        .zip(seen)
        .map(|((application, user, _), (id, seen))| {
            let claim = claims.iter().find(|(claimed, ..)| *claimed == id);
            let known = known.remove(&id).unwrap_or_default();
            let sees = who.user().role.manages_reports();
            let line = Waiting {
                aside: match application.lane {
                    Lane::LikelyAutomated => {
                        let name = judge::is_name_met(&names, &user.username);
                        why_aside(&known, name, sees)
                    }
                    _ => Vec::new(),
                },
                known,
                refused_before: refused.contains(&id),
                key: id,
                alike: 1,
                decided_by: application
                    .decided_by
                    .and_then(|by| people.get(&by).cloned()),
                changed_later: changed.contains(&id),
                reader: claim.and_then(|(_, by, until)| reader(who, &people, *by, *until)),
                application: for_eyes_of(who, application),
                user: without_address(user),
                seen,
            };
            (id, line)
        });
    Ok(lines.collect())
}

/// Those whose address was refused before, where this reviewer may know: one statement.
async fn refused_before(
    app: &App,
    conn: &mut Conn,
    who: &Reviewer,
    found: &[(Application, User, Option<ApplicantProfile>)],
    now: DateTime<Utc>,
) -> Result<HashSet<Id>> {
    if !who.user().role.manages_reports() {
        return Ok(HashSet::new());
    }
    let mut whose: HashMap<Vec<u8>, Id> = HashMap::new();
    for (application, user, _) in found.iter().filter(|(a, ..)| a.state.is_waiting()) {
        if let Some(address) = &user.email_canonical {
            let all = app.keys.decisions.all("email", address);
            whose.extend(all.into_iter().map(|k| (k.hash.to_vec(), application.id)));
        }
    }
    let hashes: Vec<Vec<u8>> = whose.keys().cloned().collect();
    let known = memory::known(conn, memory::ADDRESS, hashes, now).await?;
    Ok(known
        .iter()
        .filter_map(|hash| whose.get(hash).copied())
        .collect())
}

/// What put an application among the likely automated, as far as it is known: what was noted when
/// it came, and the blocks that stand now. Of which network or address a block is, moderators may
/// know (registration.md C6).
fn why_aside(known: &Known, name_block: bool, sees_networks: bool) -> Vec<&'static str> {
    let of_network = match sees_networks {
        true => "a block of its network",
        false => "a block at the door",
    };
    let each = [
        (known.trap, "filled in a field that people do not see"),
        (known.network_block, of_network),
        (known.mail_block, "a block of its mail domain"),
        (name_block, "a block of such names"),
    ];
    let why: Vec<&'static str> = each
        .into_iter()
        .filter_map(|(holds, words)| holds.then_some(words))
        .collect();
    match why.is_empty() {
        true => vec!["put aside; why is not known any more"],
        false => why,
    }
}

/// Whether somebody was let in a short while ago.
fn is_fresh(application: &Application, now: DateTime<Utc>) -> bool {
    application.state == ApplicationState::Approved
        && application.decided_at.is_some_and(|at| at > now - FRESH)
}

/// What is another thing by now in the profile of somebody who was let in a short while ago: to
/// be let in with one profile and to live here with another is a known trick (H12).
async fn later(
    conn: &mut Conn,
    application: &Application,
    user: &User,
    seen: &Seen,
    now: DateTime<Utc>,
) -> Result<Vec<Change>> {
    let Some(then) = seen.profile.as_ref().filter(|_| is_fresh(application, now)) else {
        return Ok(Vec::new());
    };
    let ids = [application.id];
    if store::people::changed_since_let_in(conn, &ids, now - FRESH)
        .await?
        .is_empty()
    {
        return Ok(Vec::new());
    }
    let accounts = store::accounts_shown::load(&mut *conn, vec![user.account_id]).await?;
    let account = accounts.first();
    Ok(account.map_or_else(Vec::new, |account| views::since_let_in(then, account)))
}

fn reader(
    who: &Reviewer,
    people: &HashMap<Id, String>,
    by: Id,
    until: DateTime<Utc>,
) -> Option<Reader> {
    Some(Reader {
        name: people.get(&by)?.clone(),
        since: until - LASTS,
        is_me: by == who.user().id,
    })
}

async fn names(conn: &mut Conn, mut ids: Vec<Id>) -> Result<HashMap<Id, String>> {
    ids.sort_unstable();
    ids.dedup();
    let found = match ids.is_empty() {
        true => Vec::new(),
        false => store::users::find_many(conn, &ids).await?,
    };
    Ok(found.into_iter().map(|u| (u.id, u.username)).collect())
}

/// What somebody typed into the search; `None` where there is nothing to look for.
fn sought(query: &str, sees_networks: bool) -> Option<Sought> {
    let query = query.trim().to_lowercase();
    let network = sees_networks.then(|| network(&query)).flatten();
    let beginning = query.trim_start_matches('@').to_owned();
    let words: Vec<String> = query
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(WORDS)
        .map(|word| format!("{word}:*"))
        .collect();
    let words = Some(words.join(" & ")).filter(|words| !words.is_empty());
    (words.is_some() || network.is_some()).then_some(Sought {
        beginning: match beginning.contains(char::is_whitespace) {
            true => String::new(),
            false => beginning,
        },
        words,
        network,
    })
}

fn network(query: &str) -> Option<IpNet> {
    let one = |address: IpAddr| IpNet::from(address);
    query.parse().ok().or_else(|| query.parse().ok().map(one))
}

fn without_address(user: User) -> User {
    User {
        email: None,
        email_canonical: None,
        ..user
    }
}

/// How many wait in the queue, up to 1,000: for the menu.
pub async fn count(app: &App, _who: &Reviewer) -> Result<i64> {
    let mut conn = app.desk.get().await?;
    store::door::in_queue(&mut conn, COUNTED).await
}

/// Something that was said about an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What sort.
    pub kind: MessageKind,
    /// Who; `None` when they are gone.
    pub by: Option<String>,
    /// Plain text.
    pub words: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Another application from the same neighbourhood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    /// The application.
    pub id: Id,
    /// The name it is for.
    pub username: String,
    /// Where it stands.
    pub state: ApplicationState,
    /// When it was sent.
    pub submitted_at: DateTime<Utc>,
}

/// Everything about one application.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// The application; network left out for reviewers below moderator.
    pub application: Application,
    /// The applicant; address left out for reviewers below moderator.
    pub user: User,
    /// Answers, profile, drafts, and the hash that a decision carries.
    pub seen: Seen,
    /// What changed since the card that was asked about; empty where nothing did, or where it
    /// is not known how that looked.
    pub changes: Vec<Change>,
    /// What of the profile changed after they were let in, within the first [`FRESH`].
    pub later: Vec<Change>,
    /// Questions, answers, notes, appeals, in the order of time.
    pub said: Vec<Said>,
    /// Who is reading it.
    pub reader: Option<Reader>,
    /// How many are like it, itself among them; 0 for one alone.
    pub alike: i64,
    /// From the same network or one next to it; for moderators.
    pub neighbours: Vec<Neighbour>,
    /// Others of its kind, where its account is suspended: those who were let in are among them.
    pub like: Vec<Neighbour>,
    /// What there is to know about it, in words; what this reviewer may know.
    pub hints: Vec<Hint>,
    /// By whose invite they came.
    pub brought: Option<Brought>,
    /// Members whom they named, and what those said.
    pub named: Vec<Named>,
    /// Who decided, where somebody did.
    pub decided_by: Option<String>,
    /// Until when the decision can be taken back; `None` where it cannot.
    pub undo_until: Option<DateTime<Utc>>,
    /// Why this reviewer may not decide it, or take the decision back; `None` where they may.
    pub not_by_you: Option<String>,
    /// Why they may although they are bound to the applicant.
    pub by_you_alone: Option<String>,
    /// They were let in through an open door, and nobody said yet that they read this.
    pub unread: bool,
    /// The next one in the queue, or of those that are unread.
    pub next: Option<Id>,
}

/// One application. The first reading is noted: from then on the answers stand; and that this
/// reviewer reads it, unless somebody else does. `since` is the hash of a card that was shown
/// before.
///
/// # Errors
/// `NotFound` when there is none (never was, withdrawn, erased).
pub async fn card(
    app: &App,
    who: &Reviewer,
    id: Id,
    since: Option<&str>,
    by_hand: bool,
) -> Result<Card> {
    let mut conn = app.desk.get().await?;
    let conn = &mut *conn;
    let (application, mut user) = store::applications::find_card(conn, id)
        .await?
        .ok_or(Error::NotFound)?;
    let (now, me) = (app.clock.now(), who.user().id);
    let waits = application.state.is_waiting();
    if by_hand {
        signs::visit(app, conn, who, now).await?;
        if waits {
            if application.read_at.is_none() {
                store::applications::set_read(conn, id, me, now).await?;
            }
            store::application_claims::take(conn, id, me, now, now + LASTS, false).await?;
        }
    }
    let seen = snapshot::read(conn, &application).await?;
    let changes = match since.filter(|hash| *hash != seen.hash) {
        Some(hash) => views::changes(conn, &application, hash, &seen).await?,
        None => None,
    };
    if super::reject::may_be_rejected(application.state) {
        views::keep(conn, &application, &seen, now).await?;
    }
    let messages = store::application_messages::list(conn, id).await?;
    let claims = store::application_claims::list(conn, &[id], now).await?;
    let mut people: Vec<Id> = messages.iter().filter_map(|m| m.author_id).collect();
    people.extend(claims.iter().map(|(_, user, _)| *user));
    people.extend(application.decided_by);
    let people = names(conn, people).await?;
    let alike = store::desk_queue::groups_of(conn, &[id]).await?;
    let moderates = who.user().role.manages_reports();
    let mut neighbours = Vec::new();
    if moderates && (user.email.is_some() || application.network.is_some()) {
        let about = ("application", Some(id));
        reads::note(app, conn, who, reads::ADDRESS, about, json!({})).await?;
    }
    if moderates {
        neighbours = neighbours_of(conn, &application).await?;
    } else {
        user = without_address(user);
    }
    let (unread, next_unread) = match application.state {
        ApplicationState::Approved => store::let_in::unread(conn, id, now).await?,
        _ => (false, None),
    };
    let hints = match waits || unread {
        true => hints::of(app, conn, who, id, waits).await?,
        false => Vec::new(),
    };
    let like = match application.state == ApplicationState::Approved && user.disabled_at.is_some() {
        true => cluster::others_like(conn, id).await?,
        false => Vec::new(),
    };
    let like = like.into_iter().map(|kin| Neighbour {
        id: kin.id,
        username: kin.username,
        state: kin.state,
        submitted_at: kin.submitted_at,
    });
    let later = later(conn, &application, &user, &seen, now).await?;
    let brought = store::invite_tree::brought(conn, user.id, now).await?;
    let named = store::vouches::list(conn, id).await?;
    let next = match unread {
        true => next_unread,
        false => store::desk_queue::next(conn, id, now).await?,
    };
    let bonds = conflict::of(conn, who, &[id], now).await?;
    Ok(Card {
        said: messages
            .into_iter()
            .map(|m| Said {
                kind: m.kind,
                by: m.author_id.and_then(|by| people.get(&by).cloned()),
                words: m.body,
                at: m.created_at,
            })
            .collect(),
        reader: claims
            .first()
            .and_then(|(_, by, until)| reader(who, &people, *by, *until)),
        alike: alike.first().map_or(0, |(_, count)| *count),
        decided_by: application
            .decided_by
            .and_then(|by| people.get(&by).cloned()),
        undo_until: undo::until(&application).filter(|until| *until > now),
        application: for_eyes_of(who, application),
        changes: changes.unwrap_or_default(),
        later,
        user,
        seen,
        neighbours,
        like: like.collect(),
        hints,
        not_by_you: bonds.bars(id),
        by_you_alone: bonds.alone(id),
        brought,
        named,
        unread,
        next,
    })
}

/// Who else came from the same /24 or /48.
async fn neighbours_of(conn: &mut Conn, application: &Application) -> Result<Vec<Neighbour>> {
    let Some(network) = application.network else {
        return Ok(Vec::new());
    };
    let wide = match network {
        IpNet::V4(_) => 24,
        IpNet::V6(_) => 48,
    };
    let around = IpNet::new(network.addr(), wide.min(network.prefix_len()));
    let around = around.map_err(|_| Error::broken("a prefix that is too long"))?;
    let around = around.trunc();
    let ids = store::desk_queue::neighbours(conn, application.id, around, NEIGHBOURS).await?;
    let mut found = store::desk_queue::load(conn, &ids).await?;
    found.sort_by_key(|(a, ..)| std::cmp::Reverse(a.id));
    Ok(found
        .into_iter()
        .map(|(application, user, _)| Neighbour {
            id: application.id,
            username: user.username,
            state: application.state,
            submitted_at: application.submitted_at,
        })
        .collect())
}

/// Reviewers below moderator see no network (C6).
fn for_eyes_of(who: &Reviewer, mut application: Application) -> Application {
    if !who.user().role.manages_reports() {
        application.network = None;
    }
    application
}

/// Holds the application for a decision, after the checks that all decisions share.
///
/// # Errors
/// `NotFound`; `Conflict` when somebody decided already (says who and when) or the applicant
/// changed something since it was read.
pub(super) async fn hold(
    conn: &mut Conn,
    id: Id,
    seen: Option<&str>,
    may: impl Fn(ApplicationState) -> bool,
    zone: Tz,
) -> Result<(Application, Seen)> {
    let application = store::applications::lock(conn, id)
        .await?
        .ok_or(Error::NotFound)?;
    if !may(application.state) {
        return Err(already(conn, &application, zone).await?);
    }
    let now_there = snapshot::read(conn, &application).await?;
    if let Some(hash) = seen.filter(|hash| !is_of(hash, &now_there)) {
        let changes = views::changes(conn, &application, hash, &now_there).await?;
        return Err(Error::Conflict(match changes {
            Some(changes) if changes.is_empty() => OTHERS_ACTED.into(),
            _ => THEY_CHANGED.into(),
        }));
    }
    Ok((application, now_there))
}

/// Writes a decision; the loser of a race hears who won.
pub(super) async fn write(
    conn: &mut Conn,
    application: &Application,
    decision: &Decision,
    now: DateTime<Utc>,
    zone: Tz,
) -> Result<()> {
    let (id, version) = (application.id, application.version);
    if store::applications::decide(conn, id, version, decision, now).await? {
        return Ok(());
    }
    Err(already(conn, application, zone).await?)
}

/// Whether this is the hash of what is there, whole or as a tick carries it.
pub(super) fn is_of(hash: &str, there: &Seen) -> bool {
    (hash.len() == TICK || hash.len() == there.hash.len()) && there.hash.starts_with(hash)
}

const THEY_CHANGED: &str = "The applicant changed something after you opened this page. \
     Please look at it once more.";
const OTHERS_ACTED: &str = "Somebody of the staff did something here after you opened this page. \
     Please look at it once more.";

/// Who was first, and when.
async fn already(conn: &mut Conn, application: &Application, zone: Tz) -> Result<Error> {
    let by = match application.decided_by {
        Some(by) => store::users::find(conn, by).await?.map(|u| u.username),
        None => None,
    };
    Ok(Error::Conflict(
        handled(application, by.as_deref(), zone).into(),
    ))
}

/// What became of an application, by whom and when, in a sentence.
pub(super) fn handled(application: &Application, by: Option<&str>, zone: Tz) -> String {
    let what = match application.state {
        ApplicationState::Approved => "approved",
        ApplicationState::Rejected => "rejected",
        ApplicationState::Withdrawn => "withdrawn",
        ApplicationState::Expired => "closed for its age",
        ApplicationState::Unconfirmed => {
            return "The address of this application was not confirmed yet.".to_owned();
        }
        ApplicationState::Pending | ApplicationState::NeedsInfo => "handled",
    };
    let by = by.map(|name| format!(" by {name}")).unwrap_or_default();
    let at = application
        .decided_at
        .map(|at| format!(" at {}", zone::words(at, zone)))
        .unwrap_or_default();
    format!("This application was already {what}{by}{at}.")
}

/// The picks of a form: applications, each once, with the hash of what was seen.
pub fn picks(raw: &[String]) -> Vec<(Id, String)> {
    let mut known = HashSet::new();
    raw.iter()
        .filter_map(|pick| {
            let (id, hash) = pick.split_once('-')?;
            let id = crate::domain::ids::parse(id)?;
            let good = hash.len() == TICK && hash.bytes().all(|b| b.is_ascii_hexdigit());
            (good && known.insert(id)).then(|| (id, hash.to_owned()))
        })
        .collect()
}

/// Digits of a hash that a tick carries.
const TICK: usize = 24;

impl Waiting {
    /// What its tick box carries: the application, and what was seen of it.
    pub fn pick(&self) -> String {
        format!("{}-{}", self.application.id, &self.seen.hash[..TICK])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_put_it_aside_is_said_as_far_as_it_is_known() {
        let trap = Known {
            trap: true,
            ..Known::default()
        };
        let said = "filled in a field that people do not see";
        assert_eq!(why_aside(&trap, false, true), [said]);
        let network = Known {
            network_block: true,
            ..Known::default()
        };
        assert_eq!(why_aside(&network, false, true), ["a block of its network"]);
        assert_eq!(why_aside(&network, false, false), ["a block at the door"]);
        let nothing = why_aside(&Known::default(), false, true);
        assert!(nothing[0].contains("not known"), "{nothing:?}");
        assert!(!why_aside(&Known::default(), true, true).contains(&said));
    }

    #[test]
    fn a_search_is_a_beginning_words_and_a_network() {
        let found = sought("@Post.Example", true).unwrap();
        assert_eq!(found.beginning, "post.example");
        assert_eq!(found.words.as_deref(), Some("post:* & example:*"));
        assert_eq!(found.network, None);
        let found = sought("  I like tea & 'trains' ", true).unwrap();
        assert_eq!(found.beginning, "");
        assert_eq!(
            found.words.as_deref(),
            Some("i:* & like:* & tea:* & trains:*")
        );
        assert!(sought("81.2.0.0/24", true).unwrap().network.is_some());
        assert!(sought("81.2.0.7", true).unwrap().network.is_some());
        assert_eq!(sought("81.2.0.7", false).unwrap().network, None);
        assert_eq!(sought(" !? ", true), None);
    }

    #[test]
    fn a_pick_is_an_application_and_a_hash_and_counts_once() {
        let hash = "0123456789abcdef01234567";
        let raw: Vec<String> = [
            format!("7-{hash}"),
            format!("7-{hash}"),
            format!("8-{}", &hash[1..]),
            "9".to_owned(),
            format!("x-{hash}"),
        ]
        .into();
        assert_eq!(picks(&raw), [(7, hash.to_owned())]);
    }
}
