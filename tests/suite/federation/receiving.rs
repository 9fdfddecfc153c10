//! What becomes of activities that were kept: lanes by host, tries, holds.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use porchlight::domain::policy::{PolicyKind, PolicySource};
use porchlight::jobs::receive::Receiver;
use porchlight::jobs::timers;
use porchlight::model::host::flags;
use porchlight::store;
use porchlight::store::domain_policies::{NewPolicy, Terms};
use porchlight::store::restraints;
use serde_json::{Value, json};
use tokio::task::LocalSet;

use crate::support::actor::Actor;
use crate::support::peer::{Page, Peer};
use crate::support::place::{Place, Setup};

/// An actor of a peer that somebody here follows.
async fn somebody(place: &Place, peer: &Peer, name: &str) -> Actor {
    let actor = peer.actor(name);
    let known = porchlight::activitypub::actors::find_or_fetch(&place.federation(), &actor.id)
        .await
        .expect("the actor is found");
    place
        .sql(
            "INSERT INTO follows (id, account_id, target_id, state, created_at) \
             SELECT next_id(now()), a.id, $1, 1, now() FROM accounts a WHERE a.username = 'reader' AND a.host_id IS NULL",
            &[&known.id],
        )
        .await;
    actor
}

async fn say(place: &Place, peer: &Peer, actor: &Actor, html: &str) -> Value {
    let note = actor.note(peer, place.app.clock.now(), html);
    actor
        .send(place, &actor.create(peer, &note))
        .await
        .expect(202);
    note
}

async fn posts(place: &Place) -> i64 {
    place
        .number("SELECT count(*) FROM statuses WHERE uri IS NOT NULL")
        .await
}

async fn waiting(place: &Place) -> i64 {
    place.number("SELECT count(*) FROM inbox").await
}

/// Runs the receiver's turns until nothing is due.
async fn work(place: &Place) {
    let work = async {
        let mut receiver = Receiver::new(place.outside.clone());
        while receiver.pass().await.expect("it works") > 0 {}
        receiver.let_go().await;
    };
    LocalSet::new().run_until(work).await;
}

fn without_jobs(test: impl AsyncFnOnce(&Place)) {
    Setup::federated().without_jobs().run(async |place| {
        place.member("reader").await;
        test(place).await;
    });
}

#[test]
fn what_was_kept_is_done_in_the_order_it_came() {
    without_jobs(async |place| {
        let peer = place.peer("alpha");
        let ann = somebody(place, peer, "ann").await;
        for n in 0..40 {
            let note = say(place, peer, &ann, &format!("<p>{n}</p>")).await;
            if n % 2 == 0 {
                let delete = ann.activity(peer, "Delete", note["id"].clone());
                ann.send(place, &delete).await.expect(202);
            }
        }
        assert_eq!(waiting(place).await, 60);
        assert_eq!(posts(place).await, 0);
        work(place).await;
        assert_eq!(waiting(place).await, 0);
        assert_eq!(posts(place).await, 20);
        let html: Vec<String> = place
            .sql(
                "SELECT html FROM statuses WHERE uri IS NOT NULL ORDER BY id",
                &[],
            )
            .await
            .iter()
            .map(|row| row.get(0))
            .collect();
        assert!(html[0].contains('1') && html[19].contains("39"), "{html:?}");
    });
}

#[test]
fn what_was_kept_survives_the_end_of_the_workers() {
    Setup::federated().run(async |place| {
        place.member("reader").await;
        let peer = place.peer("alpha");
        let ann = somebody(place, peer, "ann").await;
        say(place, peer, &ann, "<p>before</p>").await;
        place.settle().await;
        place.stop_jobs().await;
        for n in 0..30 {
            say(place, peer, &ann, &format!("<p>{n}</p>")).await;
        }
        // One that dies in the middle: its lease runs out, nothing else is known of it.
        let dying = async {
            let mut receiver = Receiver::new(place.outside.clone());
            receiver.pass().await.unwrap();
        };
        LocalSet::new().run_until(dying).await;
        assert_eq!(waiting(place).await, 14, "a turn has sixteen");
        place.advance(TimeDelta::seconds(11));
        place.start_jobs();
        place.settle().await;
        assert_eq!(posts(place).await, 31);
    });
}

#[test]
fn a_host_that_hangs_keeps_no_other_waiting() {
    Setup::federated().run(async |place| {
        place.member("reader").await;
        let (slow, quick, hanging) = (place.peer("alpha"), place.peer("beta"), place.peer("gamma"));
        let ann = somebody(place, slow, "ann").await;
        let ben = somebody(place, quick, "ben").await;
        hanging.answer("/", |_| Page::silence());
        for n in 0..3 {
            let boost = ann.activity(slow, "Announce", json!(hanging.url(&format!("/notes/{n}"))));
            ann.send(place, &boost).await.expect(202);
        }
        let began = Instant::now();
        say(place, quick, &ben, "<p>quick</p>").await;
        while posts(place).await == 0 {
            assert!(
                began.elapsed() < Duration::from_secs(8),
                "it waits for the other"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(waiting(place).await > 0, "nothing hangs at all");
        // So that the place can close.
        place.stop_jobs().await;
        place.sql("DELETE FROM inbox", &[]).await;
    });
}

#[test]
fn what_cannot_be_done_now_comes_again_without_holding_up_its_lane() {
    without_jobs(async |place| {
        let (peer, other) = (place.peer("alpha"), place.peer("beta"));
        let ann = somebody(place, peer, "ann").await;
        let ben = somebody(place, other, "ben").await;
        let note = ben.note(other, place.app.clock.now(), "<p>boosted</p>");
        let path = note["id"]
            .as_str()
            .unwrap()
            .strip_prefix(&other.origin())
            .unwrap()
            .to_owned();
        other.serve(&path, Page::status(503));
        let mut boost = ann.activity(peer, "Announce", note["id"].clone());
        boost["to"] = json!(["https://www.w3.org/ns/activitystreams#Public"]);
        ann.send(place, &boost).await.expect(202);
        say(place, peer, &ann, "<p>later</p>").await;
        work(place).await;
        assert_eq!(posts(place).await, 1, "what came after it is done");
        let row = place
            .sql(
                "SELECT attempts, last_error, failed_at IS NULL FROM inbox",
                &[],
            )
            .await
            .remove(0);
        assert_eq!(row.get::<_, i16>(0), 1);
        assert!(row.get::<_, Option<String>>(1).is_some());
        assert!(row.get::<_, bool>(2));
        work(place).await;
        assert_eq!(waiting(place).await, 1, "not before its time");
        other.publish(note);
        place.advance(TimeDelta::minutes(2));
        work(place).await;
        assert_eq!(waiting(place).await, 0);
        assert_eq!(posts(place).await, 3);
    });
}

/// A follow of the reader, sent.
async fn ask(place: &Place, peer: &Peer, actor: &Actor) -> Value {
    let reader = "SELECT id FROM accounts WHERE username = 'reader' AND host_id IS NULL";
    let reader = place.number(reader).await;
    let address = format!("{}/ap/actors/{reader}", place.origin);
    let follow = actor.activity(peer, "Follow", json!(address));
    actor.send(place, &follow).await.expect(202);
    follow
}

/// What was sent last by who follows.
async fn followed_by(place: &Place) -> Vec<String> {
    let rows = place.sql("SELECT uri FROM follows", &[]).await;
    rows.iter().map(|row| row.get(0)).collect()
}

async fn tries(place: &Place) -> Vec<i16> {
    let rows = place.sql("SELECT attempts FROM inbox ORDER BY id", &[]);
    rows.await.iter().map(|row| row.get(0)).collect()
}

/// No follow can be ended: our own fault.
const BREAK: &str = "\
    CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'it is broken'; END $$; \
    CREATE TRIGGER broken BEFORE DELETE ON follows FOR EACH ROW EXECUTE FUNCTION broken()";
const MEND: &str = "DROP TRIGGER broken ON follows";

#[test]
fn a_lane_rests_by_our_own_fault_and_keeps_its_order() {
    without_jobs(async |place| {
        let peer = place.peer("alpha");
        let ann = peer.actor("ann");
        let first = ask(place, peer, &ann).await;
        work(place).await;
        place.try_sql(BREAK).await.unwrap();
        let undo = ann.activity(peer, "Undo", first.clone());
        ann.send(place, &undo).await.expect(202);
        let second = ask(place, peer, &ann).await;
        let work = async {
            let mut receiver = Receiver::new(place.outside.clone());
            assert_eq!(receiver.pass().await.unwrap(), 1);
            assert_eq!(tries(place).await, [1, 0]);
            assert_eq!(receiver.pass().await.unwrap(), 0, "it rests");
            place.advance(TimeDelta::seconds(2));
            assert_eq!(receiver.pass().await.unwrap(), 1);
            assert_eq!(tries(place).await, [2, 0]);
            assert_eq!(followed_by(place).await, [first["id"].as_str().unwrap()]);
            place.try_sql(MEND).await.unwrap();
            place.advance(TimeDelta::seconds(3));
            assert_eq!(receiver.pass().await.unwrap(), 1);
            receiver.let_go().await;
        };
        LocalSet::new().run_until(work).await;
        assert_eq!(waiting(place).await, 0);
        assert_eq!(followed_by(place).await, [second["id"].as_str().unwrap()]);
    });
}

#[test]
fn what_keeps_failing_is_put_aside_alone_and_undoes_nothing_that_came_later() {
    without_jobs(async |place| {
        let peer = place.peer("alpha");
        let ann = peer.actor("ann");
        let first = ask(place, peer, &ann).await;
        work(place).await;
        place.try_sql(BREAK).await.unwrap();
        let undo = ann.activity(peer, "Undo", first);
        ann.send(place, &undo).await.expect(202);
        let second = ask(place, peer, &ann).await;
        let second = [second["id"].as_str().unwrap()];
        let work_on = async {
            let mut receiver = Receiver::new(place.outside.clone());
            for tried in 1..=5 {
                assert_eq!(receiver.pass().await.unwrap(), 1);
                assert_eq!(tries(place).await, [tried, 0]);
                place.advance(TimeDelta::seconds(17));
            }
            assert_eq!(receiver.pass().await.unwrap(), 1);
            assert_eq!(tries(place).await, [6], "the lane went on");
            receiver.let_go().await;
        };
        LocalSet::new().run_until(work_on).await;
        assert_eq!(followed_by(place).await, second);
        place.try_sql(MEND).await.unwrap();
        place.advance(TimeDelta::hours(1));
        work(place).await;
        assert_eq!(waiting(place).await, 0);
        assert_eq!(followed_by(place).await, second);
        // By whom they follow alone, where no address is said, or one that was made up.
        let mut bare = ann.activity(peer, "Follow", json!(null));
        let reader = "SELECT id FROM accounts WHERE username = 'reader' AND host_id IS NULL";
        let reader = place.number(reader).await;
        bare["object"] = json!(format!("{}/ap/actors/{reader}", place.origin));
        let undo = ann.activity(peer, "Undo", bare.clone());
        ann.send(place, &undo).await.expect(202);
        work(place).await;
        assert_eq!(followed_by(place).await, Vec::<String>::new());
        ask(place, peer, &ann).await;
        work(place).await;
        assert_eq!(followed_by(place).await.len(), 1);
        bare.as_object_mut().unwrap().remove("id");
        let undo = ann.activity(peer, "Undo", bare);
        ann.send(place, &undo).await.expect(202);
        work(place).await;
        assert_eq!(followed_by(place).await, Vec::<String>::new());
    });
}

#[test]
fn what_never_succeeds_is_given_up_and_forgotten_in_the_end() {
    without_jobs(async |place| {
        let (peer, other) = (place.peer("alpha"), place.peer("beta"));
        let ann = somebody(place, peer, "ann").await;
        other.answer("/notes", |_| Page::status(503));
        let boost = ann.activity(peer, "Announce", json!(other.url("/notes/1")));
        ann.send(place, &boost).await.expect(202);
        for _ in 0..12 {
            work(place).await;
            place.advance(TimeDelta::hours(4));
        }
        let row = place
            .sql("SELECT attempts, failed_at IS NOT NULL FROM inbox", &[])
            .await
            .remove(0);
        assert_eq!(row.get::<_, i16>(0), 10);
        assert!(row.get::<_, bool>(1));
        place.advance(TimeDelta::days(31));
        timers::tick(&place.app).await;
        assert_eq!(waiting(place).await, 0);
    });
}

async fn lay(place: &Place, domain: &str, kind: PolicyKind, for_hours: Option<i64>) {
    let mut conn = place.app.pool.get().await.unwrap();
    let now = place.app.clock.now();
    let host = store::hosts::find_or_insert(&mut conn, domain, now)
        .await
        .unwrap();
    let new = NewPolicy {
        host: host.id,
        source: PolicySource::Staff,
        terms: Terms {
            until: for_hours.map(|hours| now + TimeDelta::hours(hours)),
            ..Terms::of(kind)
        },
    };
    store::domain_policies::add(&mut conn, new, now)
        .await
        .unwrap();
    place.app.policies.forget();
}

#[test]
fn what_a_held_host_sends_is_kept_unread_and_received_when_the_hold_ends() {
    without_jobs(async |place| {
        let (peer, other) = (place.peer("alpha"), place.peer("beta"));
        let ann = somebody(place, peer, "ann").await;
        let ben = somebody(place, other, "ben").await;
        lay(place, "alpha.test", PolicyKind::Held, Some(6)).await;
        for n in 0..3 {
            say(place, peer, &ann, &format!("<p>held {n}</p>")).await;
        }
        say(place, other, &ben, "<p>free</p>").await;
        work(place).await;
        assert_eq!(posts(place).await, 1);
        assert_eq!(waiting(place).await, 0);
        let held = "SELECT count(*) FROM held_activities";
        assert_eq!(place.number(held).await, 3);
        // The same once more changes nothing.
        timers::tick(&place.app).await;
        assert_eq!(place.number(held).await, 3);
        place.advance(TimeDelta::hours(7));
        timers::tick(&place.app).await;
        assert_eq!(place.number(held).await, 0);
        let host_flags = place
            .number("SELECT flags::bigint FROM hosts WHERE domain = 'alpha.test'")
            .await;
        assert_eq!(host_flags & i64::from(flags::HELD), 0);
        assert_eq!(waiting(place).await, 3);
        work(place).await;
        assert_eq!(posts(place).await, 4);
    });
}

#[test]
fn what_a_held_author_sends_is_kept_unread_and_received_when_nothing_holds_them() {
    without_jobs(async |place| {
        let peer = place.peer("alpha");
        let ann = somebody(place, peer, "ann").await;
        let ben = somebody(place, peer, "ben").await;
        let mut conn = place.app.pool.get().await.expect("a connection");
        let known = store::remote_accounts::by_handle(&mut conn, "ann", "alpha.test").await;
        let id = known.expect("looked up").expect("known").id;
        let now = place.app.clock.now();
        let laid = restraints::lay(&mut conn, id, restraints::HELD, "", now).await;
        assert!(laid.expect("laid"));
        for n in 0..2 {
            say(place, peer, &ann, &format!("<p>held {n}</p>")).await;
        }
        say(place, peer, &ben, "<p>free</p>").await;
        work(place).await;
        assert_eq!((posts(place).await, waiting(place).await), (1, 0));
        timers::tick(&place.app).await;
        let held = "SELECT count(*) FROM held_activities WHERE reason = 1";
        assert_eq!(place.number(held).await, 2);
        let lifted = restraints::lift(&mut conn, id, restraints::HELD, 0, now).await;
        assert!(lifted.expect("lifted"));
        place.advance(TimeDelta::hours(1));
        timers::tick(&place.app).await;
        assert_eq!((place.number(held).await, waiting(place).await), (0, 2));
        work(place).await;
        assert_eq!(posts(place).await, 3);
    });
}

#[test]
fn what_was_kept_of_a_host_that_is_blocked_since_is_dropped() {
    without_jobs(async |place| {
        let peer = place.peer("alpha");
        let ann = somebody(place, peer, "ann").await;
        say(place, peer, &ann, "<p>too late</p>").await;
        lay(place, "alpha.test", PolicyKind::Suspended, None).await;
        work(place).await;
        assert_eq!(waiting(place).await, 0);
        assert_eq!(posts(place).await, 0);
    });
}

#[test]
fn policies_add_up_and_lifting_one_leaves_the_rest() {
    without_jobs(async |place| {
        let all = async || {
            place
                .number("SELECT flags::bigint FROM hosts WHERE domain = 'alpha.test'")
                .await
        };
        lay(place, "alpha.test", PolicyKind::Limited, None).await;
        lay(place, "alpha.test", PolicyKind::NoMedia, None).await;
        lay(place, "alpha.test", PolicyKind::Limited, Some(1)).await;
        assert_eq!(all().await, 5);
        let mut conn = place.app.pool.get().await.unwrap();
        let now = place.app.clock.now();
        let list = store::domain_policies::list(&mut conn, "", ("", 0), 10, now)
            .await
            .unwrap();
        assert_eq!(list.len(), 3);
        let first = list[0].id;
        for (expected, id) in [(true, first), (false, first)] {
            let lifted = store::domain_policies::lift(&mut conn, id, None, now).await;
            assert_eq!(lifted.unwrap(), expected);
        }
        assert_eq!(all().await, 5, "the other one still limits it");
        place.advance(TimeDelta::hours(2));
        let now = place.app.clock.now();
        let ended = store::domain_policies::expire(&mut conn, now)
            .await
            .unwrap();
        assert_eq!(ended.len(), 1);
        assert_eq!(all().await, 4);
        drop(conn);
        assert_eq!(place.app.host_flags("sub.alpha.test").await.unwrap(), 4);
        assert_eq!(place.app.host_flags("beta.test").await.unwrap(), 0);
    });
}
