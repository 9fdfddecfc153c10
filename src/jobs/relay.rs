//! The relay: takes events, 500 at a time, and does what [`super::routing`] says.
//!
//! One works at a time, by a lease that it prolongs in each batch's own transaction, and in
//! between where nothing happens; when it dies, another takes over within [`LEASE`]. A batch is
//! grouped by listener, so 500 favourites of one status are one count and one insert. Feeds are
//! written before the commit that deletes the events: a crash in between writes them again,
//! which changes nothing. Counters and notifications commit with the events: exactly once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncConnection;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::routing::{Listener, listeners};
use super::{errands, heir_notices, mailing, switch_notices};
use crate::app::App;
use crate::cache::bus::{self, Live};
use crate::cache::feeds;
use crate::delivery;
use crate::domain::door_count::DoorCount;
use crate::domain::event::{EventKind, Lane};
use crate::domain::switch::Stage;
use crate::domain::{Id, Result};
use crate::gate::away::letters;
use crate::gate::outreach;
use crate::moderation::webhooks::{self, HookEvent};
use crate::store::event_log::{self, Taken};
use crate::store::jobs::{FIRST, MAIL, THEN};
use crate::store::notify::{About, New, Undone};
use crate::store::stats::Posted;
use crate::store::{self, Conn};

/// The lease's name.
const NAME: &str = "relay";
/// After this without a sign, another process takes over.
const LEASE: TimeDelta = TimeDelta::seconds(5);
/// So long after it was prolonged last it is prolonged where nothing happens, too: a place where
/// nobody is up writes little.
const PROLONG: TimeDelta = TimeDelta::seconds(2);
/// How often it looks without being woken: for events of other processes.
const LOOK: Duration = Duration::from_millis(500);
/// After it was woken it waits so long for more of the same: one batch of ten costs little
/// more than one of one, and nobody sees the delay.
const GATHER: Duration = Duration::from_millis(40);
/// How long it rests after a failure.
const REST: Duration = Duration::from_secs(1);
/// How often it looks at the whole log, not only at its end: ids commit out of order.
const SWEEP: Duration = Duration::from_secs(15);
/// How far below the last one taken it looks in between.
const MARGIN: i64 = 10_000;
/// Mail to staff waits so long for more of the same kind.
const STAFF_PAUSE: TimeDelta = TimeDelta::seconds(5);
/// Between two mails to one of the staff about applications.
const STAFF_DIGEST: TimeDelta = TimeDelta::hours(1);
/// How often it asks which run of Redis answers.
const ASK_REDIS: Duration = Duration::from_millis(900);

/// Runs until `stop`, then finishes the batch and gives the lease back.
pub async fn run(app: Arc<App>, stop: CancellationToken) {
    let mut relay = Relay::new(app.clone());
    loop {
        let wait = match relay.pass().await {
            // No lane was cut short, and what is committed from now on rings.
            Ok(taken) if taken < event_log::SMALLEST_SLICE => LOOK,
            Ok(_) => Duration::ZERO,
            Err(error) => {
                tracing::error!(?error, "the relay could not work; it tries again");
                REST
            }
        };
        if stop.is_cancelled() {
            break;
        }
        if wait > Duration::ZERO {
            tokio::select! {
                () = stop.cancelled() => {}
                () = app.wake.notified() => tokio::time::sleep(GATHER).await,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }
    relay.let_go().await;
}

/// One who takes events. Tests drive it by [`Relay::pass`].
pub struct Relay {
    app: Arc<App>,
    holder: Uuid,
    /// Ids up to this were taken; see [`MARGIN`].
    taken_to: i64,
    swept: Option<Instant>,
    asked: Option<Instant>,
    /// The run of Redis that holds the feeds.
    run: Option<String>,
    generation: i64,
    holds: bool,
    /// When the lease was prolonged last.
    prolonged: DateTime<Utc>,
    /// No notification was made after it; the next ones are.
    told: DateTime<Utc>,
    /// This batch has something for other servers.
    outbound: bool,
}

impl Relay {
    /// One that has done nothing yet.
    pub fn new(app: Arc<App>) -> Relay {
        Relay {
            app,
            holder: Uuid::new_v4(),
            taken_to: 0,
            swept: None,
            asked: None,
            run: None,
            generation: 0,
            holds: false,
            prolonged: DateTime::UNIX_EPOCH,
            told: DateTime::UNIX_EPOCH,
            outbound: false,
        }
    }

    /// Takes one batch, if this one holds the lease; gives how many events it was.
    pub async fn pass(&mut self) -> Result<usize> {
        let app = self.app.clone();
        let mut conn = app.pool.get().await?;
        let now = app.clock.now();
        if !self.holds {
            self.holds = store::leases::hold(&mut conn, NAME, self.holder, now, LEASE).await?;
            if !self.holds {
                return Ok(0);
            }
            (self.generation, self.run) = store::feeds::generation(&mut *conn).await?;
            app.known.note_feeds_generation(self.generation);
            self.told = store::notify::newest(&mut conn).await?;
            self.asked = None;
        }
        self.mind_redis(&mut conn).await?;
        let sweep = self.swept.is_none_or(|at| at.elapsed() >= SWEEP);
        let above = if sweep { 0 } else { self.taken_to - MARGIN };
        let idle = !sweep && now - self.prolonged < PROLONG;
        if idle && !event_log::has_some(&mut conn, above).await? {
            return Ok(0);
        }
        let batch = conn
            .transaction(async |conn| self.batch(conn, above, now).await)
            .await;
        // After the commit: before it there is nothing to be found.
        if batch.is_ok() && std::mem::take(&mut self.outbound) {
            app.outbound.notify_one();
        }
        let Some(taken) = batch.inspect_err(|_| self.holds = false)? else {
            self.holds = false;
            return Ok(0);
        };
        self.prolonged = now;
        if sweep && taken.len() < 400 {
            self.swept = Some(Instant::now());
        }
        if !taken.is_empty() {
            self.told = self.told.max(now);
        }
        self.taken_to = taken
            .last()
            .map_or(self.taken_to, |last| self.taken_to.max(last.id));
        Ok(taken.len())
    }

    /// Everything a batch does; `None` when the lease is somebody else's by now.
    async fn batch(
        &mut self,
        conn: &mut Conn,
        above: i64,
        now: DateTime<Utc>,
    ) -> Result<Option<Vec<Taken>>> {
        if !store::leases::hold(conn, NAME, self.holder, now, LEASE).await? {
            return Ok(None);
        }
        let events = event_log::take(conn, above).await?;
        if events.is_empty() {
            return Ok(Some(events));
        }
        let heard = Heard(&events);
        let mut looked_at = heard.subjects(Listener::CountPosts);
        looked_at.extend(heard.subjects(Listener::NotifyOfPost));
        let mut posted = store::stats::posted(conn, distinct(looked_at)).await?;
        judge(&self.app, conn, &heard, &mut posted, now).await?;
        let_out(conn, &heard, now).await?;
        count(conn, &heard, &posted, now).await?;
        take_back(conn, &heard).await?;
        let told = tell(conn, &heard, &posted, self.told, now).await?;
        mail(conn, &heard, now).await?;
        freeze(conn, &heard).await?;
        errands(conn, &heard, now).await?;
        hooks(conn, &heard, now).await?;
        switch_notices::plan(conn, heard.of(Listener::TellKeepers), now).await?;
        heir_notices::plan(conn, heard.of(Listener::TellOfHeir), now).await?;
        self.outbound =
            delivery::plan(&self.app, conn, heard.of(Listener::Deliver), now).await? > 0;
        if self.feeds(conn, &heard).await?.is_none() {
            self.raise(conn, None).await?;
        }
        say(&self.app, &heard, &told).await;
        Ok(Some(events))
    }

    /// `None`: Redis did not answer, so the feeds are wrong.
    async fn feeds(&self, conn: &mut Conn, heard: &Heard<'_>) -> Result<Option<()>> {
        let (cache, generation) = (&self.app.cache, self.generation);
        let mut drop: Vec<Id> = heard.of(Listener::DropFeed).map(|e| e.actor).collect();
        drop.extend(
            heard
                .of(Listener::DropBothFeeds)
                .flat_map(|e| [e.actor, e.subject]),
        );
        if !drop.is_empty()
            && feeds::forget(cache, generation, &distinct(drop))
                .await
                .is_none()
        {
            return Ok(None);
        }
        let new: Vec<Id> = heard.of(Listener::FillFeeds).map(|e| e.subject).collect();
        let pairs = store::feeds::readers(conn, new).await?;
        if !pairs.is_empty() && feeds::add(cache, generation, &pairs).await.is_none() {
            return Ok(None);
        }
        let gone: Vec<(Id, Id)> = heard
            .of(Listener::ClearFeeds)
            .map(|e| (e.actor, e.subject))
            .collect();
        let authors = distinct(gone.iter().map(|(author, _)| *author).collect());
        let followers = store::feeds::local_followers(conn, authors).await?;
        let mut pairs = gone.clone();
        for (author, reader) in followers {
            pairs.extend(
                gone.iter()
                    .filter(|(by, _)| *by == author)
                    .map(|(_, status)| (reader, *status)),
            );
        }
        if !pairs.is_empty() && feeds::remove(cache, generation, &pairs).await.is_none() {
            return Ok(None);
        }
        Ok(Some(()))
    }

    /// All feeds become bad; they are built anew when somebody reads them.
    async fn raise(&mut self, conn: &mut Conn, run: Option<&str>) -> Result<()> {
        self.generation = store::feeds::raise_generation(conn, run, self.app.clock.now()).await?;
        self.run = run.map(str::to_owned);
        self.app.known.note_feeds_generation(self.generation);
        tracing::info!(generation = self.generation, "feeds will be built anew");
        Ok(())
    }

    /// After a restart Redis may hold feeds as they were on its disk: those are bad too.
    async fn mind_redis(&mut self, conn: &mut Conn) -> Result<()> {
        if self.asked.is_some_and(|at| at.elapsed() < ASK_REDIS) {
            return Ok(());
        }
        self.asked = Some(Instant::now());
        match feeds::run_of_redis(&self.app.cache).await {
            Some(run) if self.run.as_ref() != Some(&run) => self.raise(conn, Some(&run)).await,
            _ => Ok(()),
        }
    }

    /// Gives the lease back.
    pub async fn let_go(&mut self) {
        if !self.holds {
            return;
        }
        if let Ok(mut conn) = self.app.pool.get().await {
            // If this fails, the lease ends by itself.
            let _ = store::leases::release(&mut conn, NAME, self.holder).await;
        }
        self.holds = false;
    }
}

/// A batch, by listener.
struct Heard<'a>(&'a [Taken]);

impl<'a> Heard<'a> {
    fn of(&self, listener: Listener) -> impl Iterator<Item = &'a Taken> + use<'a> {
        self.0
            .iter()
            .filter(move |event| listeners(event.kind).contains(&listener))
    }

    fn subjects(&self, listener: Listener) -> Vec<Id> {
        distinct(self.of(listener).map(|e| e.subject).collect())
    }

    fn extras(&self, listener: Listener) -> Vec<Id> {
        distinct(self.of(listener).filter_map(|e| e.extra).collect())
    }

    /// Two lists of the same length, without doubles.
    fn pairs(&self, listener: Listener, of: impl Fn(&Taken) -> (Id, Id)) -> (Vec<Id>, Vec<Id>) {
        self.of(listener)
            .map(of)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .unzip()
    }
}

/// What of new posts and edits by people here must wait, waits before anybody is told.
async fn judge(
    app: &App,
    conn: &mut Conn,
    heard: &Heard<'_>,
    posted: &mut Posted,
    now: DateTime<Utc>,
) -> Result<()> {
    let (mut new, mut edited) = (Vec::new(), Vec::new());
    for event in heard.of(Listener::Judge).filter(|e| e.lane == Lane::People) {
        match event.kind {
            EventKind::StatusPosted => new.push(event.subject),
            _ => edited.push(event.subject),
        }
    }
    posted.to_judge.retain(|id| new.contains(id));
    if posted.to_judge.is_empty() && edited.is_empty() {
        return Ok(());
    }
    edited.retain(|id| !new.contains(id));
    outreach::judge(app, conn, &posted.to_judge, &distinct(edited), now).await
}

/// What a yes lets out.
async fn let_out(conn: &mut Conn, heard: &Heard<'_>, now: DateTime<Utc>) -> Result<()> {
    let applications = heard.subjects(Listener::LetOut);
    let accounts = store::holds::of_applications(conn, applications).await?;
    store::holds::release_of(conn, accounts, now).await?;
    Ok(())
}

fn distinct(mut ids: Vec<Id>) -> Vec<Id> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// What an event counts as at the door.
fn counted_as(kind: EventKind) -> Option<DoorCount> {
    Some(match kind {
        EventKind::Applied => DoorCount::Applied,
        EventKind::ApplicationConfirmed => DoorCount::Queued,
        EventKind::ApplicationApproved => DoorCount::Approved,
        EventKind::ApplicationRejected => DoorCount::Rejected,
        EventKind::ApplicationExpired => DoorCount::Expired,
        EventKind::ApplicationWithdrawn => DoorCount::Withdrawn,
        EventKind::DecisionUndone => DoorCount::TakenBack,
        _ => return None,
    })
}

async fn count(
    conn: &mut Conn,
    heard: &Heard<'_>,
    posted: &Posted,
    now: DateTime<Utc>,
) -> Result<()> {
    let gone = heard.subjects(Listener::CountDeleted);
    let counters = [
        Listener::CountPosts,
        Listener::CountDeleted,
        Listener::CountBoosts,
    ];
    let mut authors: Vec<Id> = counters
        .into_iter()
        .flat_map(|l| heard.of(l))
        .map(|e| e.actor)
        .collect();
    authors.extend(store::stats::boosters_of_gone(conn, gone.clone()).await?);
    store::stats::recount_posts(conn, authors).await?;

    let mut statuses = heard.subjects(Listener::CountFavourites);
    statuses.extend(heard.extras(Listener::CountBoosts));
    statuses.extend(&posted.parents);
    statuses.extend(store::stats::parents_of_gone(conn, gone).await?);
    store::stats::recount_statuses(conn, statuses).await?;
    store::poll_upkeep::recount(conn, heard.subjects(Listener::CountVotes), now).await?;

    let door: Vec<(Id, DoorCount)> = heard
        .of(Listener::CountDoor)
        .filter_map(|e| Some((e.subject, counted_as(e.kind)?)))
        .collect();
    let late: Vec<Id> = heard
        .of(Listener::CountDoor)
        .filter(|e| e.kind == EventKind::ApplicationAnswered && e.extra.is_some())
        .map(|e| e.subject)
        .collect();
    store::door_days::count(conn, now.date_naive(), &door, &late).await?;

    let both = heard
        .of(Listener::CountFollows)
        .flat_map(|e| [e.subject, e.actor]);
    store::stats::recount_follows(conn, both.collect()).await
}

async fn take_back(conn: &mut Conn, heard: &Heard<'_>) -> Result<()> {
    let actor_of = |e: &Taken| (e.subject, e.actor);
    let boosted = |e: &Taken| (e.extra.unwrap_or_default(), e.actor);
    for (what, (ids, others)) in [
        (
            Undone::Favourites,
            heard.pairs(Listener::TakeBackFavourite, actor_of),
        ),
        (
            Undone::Boosts,
            heard.pairs(Listener::TakeBackBoost, boosted),
        ),
        (
            Undone::Follows,
            heard.pairs(Listener::TakeBackFollow, actor_of),
        ),
        (
            Undone::Blocked,
            heard.pairs(Listener::TakeBackAllBetween, actor_of),
        ),
    ] {
        store::notify::take_back(conn, what, ids, others).await?;
    }
    Ok(())
}

async fn tell(
    conn: &mut Conn,
    heard: &Heard<'_>,
    posted: &Posted,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<New>> {
    let mut told = Vec::new();
    // What was only fetched was counted, but is told to nobody.
    let to_tell = heard.subjects(Listener::NotifyOfPost);
    let told_of = |id: &Id| to_tell.binary_search(id).is_ok();
    let of_those = |ids: &[Id]| ids.iter().copied().filter(told_of).collect();
    let (favoured, by) = heard.pairs(Listener::NotifyOfFavourite, |e| (e.subject, e.actor));
    for (about, ids, others) in [
        (About::Mentions, of_those(&posted.naming), Vec::new()),
        (About::Posts, of_those(&posted.awaited), Vec::new()),
        (
            About::Boosts,
            heard.subjects(Listener::NotifyOfBoost),
            Vec::new(),
        ),
        (About::Favourites, favoured, by),
        (
            About::Requests,
            heard.extras(Listener::NotifyOfRequest),
            Vec::new(),
        ),
        (
            About::Follows,
            heard.extras(Listener::NotifyOfFollow),
            Vec::new(),
        ),
        (
            About::Ends,
            heard.subjects(Listener::NotifyOfEnd),
            Vec::new(),
        ),
        (
            About::SignUps,
            heard.subjects(Listener::NotifyOfSignUp),
            Vec::new(),
        ),
        (
            About::Arrivals,
            heard.subjects(Listener::NotifyGreeter),
            Vec::new(),
        ),
    ] {
        told.extend(store::notify::tell(conn, about, ids, others, since, now).await?);
    }
    let (targets, followers) = heard.pairs(Listener::NotifyOfFollow, |e| (e.subject, e.actor));
    store::notify::take_back(conn, Undone::Answered, targets, followers).await?;
    Ok(told)
}

async fn errands(conn: &mut Conn, heard: &Heard<'_>, now: DateTime<Utc>) -> Result<()> {
    let mut jobs = Vec::new();
    for (listener, errand) in [
        (Listener::LeadFollowers, errands::MOVE),
        (Listener::Erase, errands::ERASE),
    ] {
        jobs.extend(heard.subjects(listener).into_iter().map(|id| {
            (
                format!("{errand}:{id}"),
                json!({ "errand": errand, "id": id }),
            )
        }));
    }
    jobs.extend(heard.of(Listener::TellOfAbsence).filter_map(|event| {
        let episode = event.subject;
        let errand = match event.extra? {
            stage if stage == Stage::Sealed as i64 => letters::WAITING,
            stage if stage == Stage::Distress as i64 => letters::MEMBERS,
            _ => return None,
        };
        let job = json!({ "errand": errand, "id": episode });
        Some((format!("{errand}:{episode}"), job))
    }));
    store::jobs::insert(conn, store::jobs::ERRANDS, jobs, now).await
}

/// From stage 3 on time stands still at the door; below it goes on (C1). In the order in which
/// it happened: a batch may hold both.
async fn freeze(conn: &mut Conn, heard: &Heard<'_>) -> Result<()> {
    for event in heard.of(Listener::Freeze) {
        match event.extra.unwrap_or_default() >= Stage::Sealed as i64 {
            true => store::seals::begin(conn, event.at).await?,
            false => {
                store::seals::end(conn, event.at).await?;
            }
        }
    }
    Ok(())
}

/// One job for each webhook that listens; none where nobody does.
async fn hooks(conn: &mut Conn, heard: &Heard<'_>, now: DateTime<Utc>) -> Result<()> {
    for (listener, event) in [
        (Listener::HookReceived, HookEvent::Received),
        (Listener::HookDecided, HookEvent::Decided),
        (Listener::HookDoor, HookEvent::DoorChanged),
        (Listener::HookReport, HookEvent::ReportMade),
    ] {
        let subjects = heard.subjects(listener);
        if subjects.is_empty() {
            continue;
        }
        let hooks = store::webhooks::listening(conn, event.bit()).await?;
        let jobs = hooks.iter().flat_map(|hook| {
            let job = |subject: &Id| webhooks::job(*hook, event, *subject, now);
            subjects.iter().map(job).collect::<Vec<_>>()
        });
        store::jobs::insert(conn, store::jobs::HOOKS, jobs.collect(), now).await?;
    }
    Ok(())
}

async fn mail(conn: &mut Conn, heard: &Heard<'_>, now: DateTime<Utc>) -> Result<()> {
    let mut jobs = Vec::new();
    for (listener, what) in [
        (Listener::MailLink, "link"),
        (Listener::MailReceived, "received"),
        (Listener::MailDecision, "decision"),
        (Listener::MailOverdue, "overdue"),
        (Listener::MailQuestion, "question"),
        (Listener::MailPutOff, "put_off"),
        (Listener::MailPasswordChanged, "password_changed"),
        (Listener::MailEndNear, "end_near"),
        (Listener::MailAppeal, "appeal"),
        (Listener::MailAddressChanged, "address_changed"),
    ] {
        jobs.extend(
            heard
                .subjects(listener)
                .into_iter()
                .map(|id| (format!("{what}:{id}"), json!({ "mail": what, "id": id }))),
        );
    }
    // What is gone with its row was kept for one last mail.
    for (listener, what) in [
        (Listener::MailWithdrawn, "withdrawn"),
        (Listener::MailAddressChanged, "address_left"),
    ] {
        jobs.extend(heard.of(listener).filter_map(|event| {
            let id = event.extra?;
            Some((format!("{what}:{id}"), json!({ "mail": what, "id": id })))
        }));
    }
    jobs.extend(heard.of(Listener::MailEnded).map(|event| {
        let (id, was) = (event.subject, event.extra);
        let job = json!({ "mail": "ended", "id": id, "was": was });
        (format!("ended:{id}"), job)
    }));
    // Only who was told of the decision is told that it was taken back.
    jobs.extend(heard.of(Listener::MailUndone).filter_map(|event| {
        let (id, was) = (event.subject, event.extra?);
        Some((
            format!("undone:{id}:{was}"),
            json!({ "mail": "undone", "id": id, "was": was }),
        ))
    }));
    jobs.extend(heard.of(Listener::MailFactorChanged).filter_map(|event| {
        let (id, was) = (event.subject, event.extra?);
        Some((
            format!("factor:{id}:{was}"),
            json!({ "mail": "factor", "id": id, "was": was }),
        ))
    }));
    // One mail an author; of several authors who woke, one a moderator.
    jobs.extend(heard.of(Listener::MailPostHeld).map(|event| {
        let (id, author) = (event.subject, event.actor);
        let job = json!({ "mail": "post_held", "id": id });
        (format!("post_held:{author}"), job)
    }));
    if let Some(woke) = heard.of(Listener::MailWoke).last() {
        let staff = store::users::staff(conn).await?;
        let moderators = staff.iter().filter(|user| user.role.manages_reports());
        jobs.extend(moderators.map(|user| {
            let (id, to) = (woke.subject, user.id);
            let job = json!({ "mail": "woke", "id": id, "to": to });
            (format!("woke:{to}"), job)
        }));
    }
    let held = heard.subjects(Listener::MailHeld);
    if let Some(newest) = held.iter().max() {
        // One mail a person, however many wait.
        let staff = store::users::staff(conn).await?;
        jobs.extend(staff.iter().map(|user| {
            let to = user.id;
            let job = json!({ "mail": "held", "id": newest, "to": to });
            (format!("held:{to}"), job)
        }));
    }
    let links = heard.subjects(Listener::MailLink);
    let purposes = match links.is_empty() {
        true => Vec::new(),
        false => store::links::purposes(conn, &links).await?,
    };
    let purpose = |id: i64| {
        purposes
            .iter()
            .find(|(link, _)| *link == id)
            .map(|(_, p)| *p)
    };
    let (first, then): (Vec<_>, Vec<_>) = jobs.into_iter().partition(|(_, job)| {
        let what = job["mail"].as_str().unwrap_or_default();
        mailing::rank(what, job["id"].as_i64().and_then(purpose)) == FIRST
    });
    for (rank, jobs) in [(FIRST, first), (THEN, then)] {
        store::jobs::insert_ranked(conn, MAIL, rank, jobs, now).await?;
    }
    // The first at once, or almost: one mail a person, however many applied within the pause. What
    // comes within the hour waits for one digest.
    let waiting = store::upkeep::staff_for(conn, heard.subjects(Listener::MailStaff)).await?;
    for (to, application, told) in waiting {
        let job = (
            format!("waiting:{to}"),
            json!({ "mail": "waiting", "id": application, "to": to }),
        );
        let hour = told.map_or(now, |told| told + STAFF_DIGEST);
        let at = hour.max(now + STAFF_PAUSE);
        store::jobs::insert(conn, MAIL, vec![job], at).await?;
    }
    Ok(())
}

async fn say(app: &App, heard: &Heard<'_>, told: &[New]) {
    let mut messages: Vec<Live> = heard
        .of(Listener::SayPosted)
        .map(|e| Live::Posted(e.subject, e.actor))
        .collect();
    messages.extend(
        heard
            .of(Listener::SayEdited)
            .map(|e| Live::Edited(e.subject, e.actor)),
    );
    messages.extend(
        heard
            .of(Listener::SayDeleted)
            .map(|e| Live::Deleted(e.subject, e.actor)),
    );
    messages.extend(told.iter().map(|(id, whose)| Live::Notified(*id, *whose)));
    bus::publish(&app.cache, &messages).await;
}
