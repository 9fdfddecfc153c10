//! Does what other servers sent: a lane for each host, in order, each in its turn, so that
//! neither a flood nor a host that hangs keeps the others waiting.
//!
//! One process works at a time, by a lease; when it dies, another takes over within [`LEASE`]
//! and does again what was not deleted yet: doing it twice changes nothing. A lane's turn ends
//! after [`EACH`] activities or [`TURN`]. Few work at one moment, but who waits for the network
//! gives its place to the next one. What waits for another server comes again later, without
//! holding up its lane. What fails by our own fault is tried again in its place, [`IN_ORDER`]
//! times within half a minute, and the lane rests meanwhile: what came later may undo it. Only
//! then it is put aside alone, so that one that can never be done keeps no lane for ever.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use futures::FutureExt;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::activitypub::keys::Signer;
use crate::activitypub::read::Document;
use crate::app::federation::Network;
use crate::domain::{Error, Id, Result};
use crate::incoming;
use crate::model::{account, host};
use crate::store;
use crate::store::held_activities::{ACTOR, HOST};
use crate::store::inbox::{Turn, Waiting};

/// The lease's name.
const NAME: &str = "receiver";
/// After this without a sign, another process takes over.
const LEASE: TimeDelta = TimeDelta::seconds(10);
/// How often the lease is prolonged.
const PROLONG: Duration = Duration::from_secs(3);
/// How often it looks without being woken: for activities of other processes, and those that
/// are tried again.
const LOOK: Duration = Duration::from_millis(1_000);
/// How long it waits for more before it looks again.
const GATHER: Duration = Duration::from_millis(15);
/// How often it notes which hosts it heard of.
const TELL: Duration = Duration::from_secs(3);
/// How far below the lowest id it looks.
const MARGIN: i64 = 10_000;
/// How often it asks anew below which id nothing waits.
const SWEEP: Duration = Duration::from_secs(15);
/// Lanes at one time: those that hang leave room for the others.
const LANES: usize = 48;
/// Lanes that work at one moment, each on a connection at the most.
const WORKING: usize = 4;
/// After so long an activity waits for the network, and another may work meanwhile.
const QUICK: Duration = Duration::from_millis(300);
/// Activities of one turn of a lane.
const EACH: i64 = 16;
/// After so long a turn ends.
const TURN: Duration = Duration::from_secs(5);
/// After so long an activity is tried again later: 20 requests of 10 s would be longer.
const PATIENCE: Duration = Duration::from_secs(60);
/// Tries before an activity is given up: with the waits of [`wait_after`] about half a day.
const TRIES: i16 = 10;
/// Tries by our own fault for which a lane rests.
const IN_ORDER: i16 = 5;

/// Runs until `stop`; activities that are begun are finished. On a [`LocalSet`]: what is called
/// was written for requests, which stay on one thread.
///
/// [`LocalSet`]: tokio::task::LocalSet
pub async fn run(network: Network, stop: CancellationToken) {
    let app = network.app().clone();
    if !app.config.server.federates() {
        return;
    }
    let mut receiver = Receiver::new(network);
    while !stop.is_cancelled() {
        if let Err(error) = receiver.begin().await {
            tracing::error!(?error, "the receiver could not work; it tries again");
        }
        tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = receiver.lanes.join_next() => {}
            () = app.wake_receiver.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
        // More may come, or end, at once: one question serves them all.
        tokio::time::sleep(GATHER).await;
        while receiver.lanes.try_join_next().is_some() {}
    }
    while receiver.lanes.join_next().await.is_some() {}
    receiver.let_go().await;
}

/// One who does what was received. Tests drive it by [`Receiver::pass`].
pub struct Receiver {
    network: Network,
    holder: Uuid,
    held: Option<Instant>,
    low: i64,
    swept: Option<Instant>,
    behind: Id,
    busy: Busy,
    resting: Resting,
    /// Hosts that were heard of and whose sign of life was not noted yet.
    heard: BTreeSet<Id>,
    told: Option<Instant>,
    lanes: JoinSet<()>,
    working: Arc<Semaphore>,
}

/// Lanes whose turn it is.
type Busy = Rc<RefCell<BTreeSet<Id>>>;

/// Lanes that rest, and until when.
type Resting = Rc<RefCell<BTreeMap<Id, DateTime<Utc>>>>;

/// A lane's turn; over when dropped, however it ended.
struct Place {
    host: Id,
    busy: Busy,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.busy.borrow_mut().remove(&self.host);
    }
}

impl Receiver {
    /// One that has done nothing yet.
    pub fn new(network: Network) -> Receiver {
        Receiver {
            network,
            holder: Uuid::new_v4(),
            held: None,
            low: 0,
            swept: None,
            behind: 0,
            busy: Busy::default(),
            resting: Resting::default(),
            heard: BTreeSet::new(),
            told: None,
            lanes: JoinSet::new(),
            working: Arc::new(Semaphore::new(WORKING)),
        }
    }

    /// Begins a turn of each lane that has something due, and waits for the ends of all;
    /// gives how many lanes it were.
    pub async fn pass(&mut self) -> Result<usize> {
        let begun = self.begin().await?;
        while self.lanes.join_next().await.is_some() {}
        Ok(begun)
    }

    /// Begins turns, if this one holds the lease and there is room; gives how many.
    async fn begin(&mut self) -> Result<usize> {
        let room = LANES.saturating_sub(self.lanes.len());
        if !self.hold().await? || room == 0 {
            return Ok(0);
        }
        let app = self.network.app().clone();
        let mut conn = app.pool.get().await?;
        if self.swept.is_none_or(|at| at.elapsed() >= SWEEP) {
            // Ids commit out of order: a little below the lowest there may be more soon.
            let lowest = store::inbox::lowest(&mut conn).await?;
            self.low = lowest.map_or(0, |id| id - MARGIN);
            self.swept = Some(Instant::now());
        }
        let now = app.clock.now();
        self.resting.borrow_mut().retain(|_, until| *until > now);
        let mut busy = self.busy.borrow().clone();
        busy.extend(self.resting.borrow().keys());
        let turn = Turn {
            low: self.low,
            busy: busy.into_iter().collect(),
            behind: self.behind,
            lanes: room as i64,
            each: EACH,
        };
        let waiting = store::inbox::lanes(&mut conn, turn, now).await?;
        self.heard.extend(waiting.iter().map(|one| one.host));
        if !self.heard.is_empty() && self.told.is_none_or(|at| at.elapsed() >= TELL) {
            // Who talks to us can be talked to.
            let heard = self.heard.iter().copied().collect();
            store::delivery_hosts::sign_of_life(&mut conn, heard, app.clock.now()).await?;
            self.heard.clear();
            self.told = Some(Instant::now());
        }
        drop(conn);
        let mut begun = 0;
        let mut waiting = waiting.into_iter().peekable();
        while let Some(first) = waiting.next() {
            let host = first.host;
            let mut lane = vec![first];
            while let Some(next) = waiting.next_if(|next| next.host == host) {
                lane.push(next);
            }
            self.behind = host;
            self.busy.borrow_mut().insert(host);
            let place = Place {
                host,
                busy: self.busy.clone(),
            };
            let (network, working) = (self.network.clone(), self.working.clone());
            let resting = self.resting.clone();
            self.lanes.spawn_local(async move {
                let _place = place;
                if let Some(until) = take_turn(network, working, lane).await {
                    resting.borrow_mut().insert(host, until);
                }
            });
            begun += 1;
        }
        Ok(begun)
    }

    async fn hold(&mut self) -> Result<bool> {
        if self.held.is_some_and(|at| at.elapsed() < PROLONG) {
            return Ok(true);
        }
        let app = self.network.app();
        let mut conn = app.pool.get().await?;
        let now = app.clock.now();
        let holds = store::leases::hold(&mut conn, NAME, self.holder, now, LEASE).await?;
        self.held = holds.then(Instant::now);
        Ok(holds)
    }

    /// Gives the lease back.
    pub async fn let_go(&mut self) {
        if self.held.take().is_none() {
            return;
        }
        if let Ok(mut conn) = self.network.app().pool.get().await {
            // If this fails, the lease ends by itself.
            let _ = store::leases::release(&mut conn, NAME, self.holder).await;
        }
    }
}

/// What became of an activity.
#[derive(Debug)]
enum Outcome {
    /// Done, or there is nothing to do about it.
    Done,
    /// It went elsewhere; its row is gone.
    Moved,
    /// Again later; why.
    Later(String),
    /// Our own fault: again soon, and nothing of its lane before it; why.
    Ours(String),
}

/// A lane's turn: its activities one after the other. Until when it rests then, if it does.
async fn take_turn(
    network: Network,
    working: Arc<Semaphore>,
    lane: Vec<Waiting>,
) -> Option<DateTime<Utc>> {
    let began = Instant::now();
    let mut rests = None;
    let mut done = Vec::with_capacity(lane.len());
    for one in &lane {
        if began.elapsed() > TURN {
            break;
        }
        let ended = in_turn(&working, one_activity(&network, one)).await;
        match ended {
            Outcome::Done => done.push(one.id),
            Outcome::Moved => {}
            Outcome::Ours(why) if one.attempts < IN_ORDER => {
                rests = Some(rest(&network, one, &why).await);
                break;
            }
            Outcome::Later(why) | Outcome::Ours(why) => {
                if let Err(error) = put_off(&network, one, &why).await {
                    tracing::error!(?error, id = one.id, "an activity could not be put off");
                    rests = Some(network.app().clock.now() + rest_after(one.attempts));
                    break;
                }
            }
        }
    }
    let app = network.app();
    if !done.is_empty() {
        app.wake_relay();
    }
    let deleted = async {
        let mut conn = app.pool.get().await?;
        store::inbox::done(&mut conn, done).await
    };
    if let Err(error) = deleted.await {
        tracing::error!(?error, "activities that are done will be done again");
    }
    rests
}

/// Counts a try of what stays where it is in its lane; until when that rests. Where not even
/// this can be written, the try was none.
async fn rest(network: &Network, one: &Waiting, why: &str) -> DateTime<Utc> {
    let app = network.app();
    let now = app.clock.now();
    tracing::error!(
        id = one.id,
        host = one.host,
        why,
        "a lane rests by our own fault"
    );
    let counted = async {
        let mut conn = app.pool.get().await?;
        store::inbox::put_off(&mut conn, one.id, now, None, why).await
    };
    if let Err(error) = counted.await {
        tracing::error!(?error, id = one.id, "a try could not be counted");
    }
    now + rest_after(one.attempts)
}

/// 1 s, then twice as long each time, up to 16 s.
fn rest_after(attempts: i16) -> TimeDelta {
    let doublings = u32::try_from(attempts).unwrap_or(0).min(4);
    TimeDelta::seconds(1i64 << doublings)
}

/// Works in one of the few places; after [`QUICK`] the place is another's.
async fn in_turn(working: &Semaphore, work: impl Future<Output = Outcome>) -> Outcome {
    let Ok(place) = working.acquire().await else {
        return Outcome::Ours("the receiver stops".into());
    };
    let mut work = std::pin::pin!(work);
    if let Ok(outcome) = tokio::time::timeout(QUICK, &mut work).await {
        return outcome;
    }
    drop(place);
    work.await
}

async fn one_activity(network: &Network, one: &Waiting) -> Outcome {
    let work = AssertUnwindSafe(receive(network, one)).catch_unwind();
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Outcome::Later("it made us panic".into()),
        Err(_) => Outcome::Later("it took too long".into()),
    }
}

async fn receive(network: &Network, one: &Waiting) -> Outcome {
    if host::is_suspended(one.host_flags) {
        return Outcome::Done;
    }
    // Whoever signed is gone by now, and what they said with them.
    let Some(actor) = one.actor.clone() else {
        return Outcome::Done;
    };
    if one.host_flags & host::flags::HELD != 0 {
        return hold(network, one, HOST).await;
    }
    if one.actor_flags & account::flags::HELD != 0 {
        return hold(network, one, ACTOR).await;
    }
    let Ok(document) = Document::parse(one.document.as_bytes()) else {
        return Outcome::Done;
    };
    let signer = Signer {
        account: one.account,
        actor,
    };
    let fed = network.federation();
    match incoming::handle(&fed, &document.0, &signer).await {
        Ok(handled) => {
            tracing::debug!(
                id = one.id,
                actor = signer.actor,
                ?handled,
                "an activity was received"
            );
            Outcome::Done
        }
        Err(error @ Error::TooMany { .. }) => Outcome::Later(format!("{error:?}")),
        Err(error @ (Error::Broken(_) | Error::Busy | Error::Conflict(_))) => {
            Outcome::Ours(format!("{error:?}"))
        }
        Err(error) => {
            tracing::debug!(
                id = one.id,
                actor = signer.actor,
                ?error,
                "an activity was dropped"
            );
            Outcome::Done
        }
    }
}

async fn hold(network: &Network, one: &Waiting, reason: i16) -> Outcome {
    let held = async {
        let mut conn = network.app().pool.get().await?;
        store::held_activities::hold(&mut conn, one.id, reason, None).await
    };
    match held.await {
        Ok(_) => Outcome::Moved,
        Err(error) => Outcome::Ours(format!("{error:?}")),
    }
}

async fn put_off(network: &Network, one: &Waiting, why: &str) -> Result<()> {
    let app = network.app();
    let now = app.clock.now();
    let tries = one.attempts.saturating_add(1);
    let failed = (tries >= TRIES).then_some(now);
    match failed {
        Some(_) => tracing::error!(id = one.id, why, "an activity was given up"),
        None => tracing::warn!(id = one.id, tries, why, "an activity comes again later"),
    }
    let mut conn = app.pool.get().await?;
    let run_at = now + wait_after(tries);
    store::inbox::put_off(&mut conn, one.id, run_at, failed, why).await
}

/// 30 s, then twice as long each time, up to 3 h.
fn wait_after(tries: i16) -> TimeDelta {
    let doublings = u32::try_from(tries.saturating_sub(1)).unwrap_or(0).min(20);
    TimeDelta::seconds(30 * (1i64 << doublings)).min(TimeDelta::hours(3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_three_hours() {
        assert_eq!(wait_after(1), TimeDelta::seconds(30));
        assert_eq!(wait_after(4), TimeDelta::minutes(4));
        assert_eq!(wait_after(i16::MAX), TimeDelta::hours(3));
        let all: TimeDelta = (1..TRIES).map(wait_after).sum();
        assert!(
            all > TimeDelta::hours(3) && all < TimeDelta::days(1),
            "{all}"
        );
    }

    #[test]
    fn a_lane_rests_for_half_a_minute_in_all() {
        let all: TimeDelta = (0..IN_ORDER).map(rest_after).sum();
        assert_eq!(all, TimeDelta::seconds(31));
        assert_eq!(rest_after(i16::MAX), TimeDelta::seconds(16));
    }

    #[tokio::test]
    async fn who_waits_for_the_network_gives_its_place_away() {
        let working = Semaphore::new(1);
        let slow = in_turn(&working, async {
            tokio::time::sleep(QUICK * 4).await;
            Outcome::Done
        });
        let quick = async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            let began = Instant::now();
            in_turn(&working, async { Outcome::Moved }).await;
            began.elapsed()
        };
        let (_, waited) = tokio::join!(slow, quick);
        assert!(waited < QUICK * 3, "{waited:?}");
        assert_eq!(working.available_permits(), 1);
    }
}
