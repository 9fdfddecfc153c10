//! What is fetched and what is sent of it at the same moment: a post that we went for is still
//! being written when its author's server sends it, or says that it is gone.

use std::time::{Duration, Instant};

use porchlight::activitypub::keys::Signer;
use porchlight::activitypub::notes::{self, Arrival};
use porchlight::activitypub::read::Announce;
use porchlight::activitypub::{actors, uri};
use porchlight::domain::Error;
use porchlight::incoming::{self, Handled};
use porchlight::model::account::Account;
use porchlight::social::statuses::receive_deeds::{self, Boost};
use serde_json::{Value, json};

use crate::support::actor::{Actor, PUBLIC};
use crate::support::api::{id, ids};
use crate::support::people::Person;
use crate::support::place::{Place, Setup};

/// Whoever waits at the gate waits for this lock, which the test has.
const GATE: i64 = 77;
/// How long somebody may take to come to where they wait.
const PATIENCE: Duration = Duration::from_secs(20);

/// Shuts a gate behind a table's new rows of which `condition` is true: they are there, and not
/// committed.
async fn shut(place: &Place, table: &str, condition: &str) {
    place
        .try_sql(&format!(
            "CREATE FUNCTION wait_at_the_gate() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN PERFORM pg_advisory_xact_lock_shared({GATE}); RETURN NEW; END $$; \
             CREATE TRIGGER gate AFTER INSERT ON {table} FOR EACH ROW WHEN ({condition}) \
             EXECUTE FUNCTION wait_at_the_gate(); \
             SELECT pg_advisory_lock({GATE})"
        ))
        .await
        .expect("it is shut");
}

async fn open(place: &Place) {
    let statement = format!("SELECT pg_advisory_unlock({GATE})");
    place.sql(&statement, &[]).await;
}

/// Waits until somebody waits for a lock of that kind.
async fn somebody_waits(place: &Place, kind: &str) {
    let waiting = format!(
        "SELECT count(*) FROM pg_locks WHERE locktype = '{kind}' AND NOT granted \
         AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())"
    );
    let began = Instant::now();
    while place.number(&waiting).await == 0 {
        assert!(began.elapsed() < PATIENCE, "nobody waits for {kind}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Olive, who follows somebody on a peer.
async fn olive_follows(place: &Place, actor: &Actor) -> (Person, Account) {
    let olive = place.member("olive").await;
    let known = actors::find_or_fetch(&place.federation(), &actor.id)
        .await
        .expect("the actor is found");
    place
        .sql(
            "INSERT INTO follows (id, account_id, target_id, state, created_at) \
             SELECT next_id(now()), a.id, $1, 1, now() FROM accounts a WHERE a.username = 'olive' AND a.host_id IS NULL",
            &[&known.id],
        )
        .await;
    (olive, known)
}

/// Does what was sent by somebody, as the receiver does.
async fn hear(place: &Place, account: &Account, activity: &Value) -> Handled {
    let signer = Signer {
        account: account.id,
        actor: account.uri.clone().expect("an address"),
    };
    let handled = incoming::handle(&place.federation(), activity, &signer).await;
    handled.unwrap_or_else(|error| panic!("{activity}: {error:?}"))
}

fn naming(place: &Place, olive: &Person) -> Value {
    let address = format!("{}/ap/actors/{}", place.origin, olive.id);
    json!({ "tag": [{ "type": "Mention", "href": address }], "cc": [address] })
}

fn address(note: &Value) -> String {
    uri::canonical(note["id"].as_str().expect("an id")).expect("an address")
}

#[test]
fn a_post_that_is_sent_while_it_is_being_fetched_is_news() {
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        let ann = alpha.actor("ann");
        let (olive, account) = olive_follows(place, &ann).await;
        let note = ann.note_with(alpha, place.app.clock.now(), naming(place, &olive));
        alpha.publish(note.clone());
        shut(place, "statuses", "(NEW.flags & 16) <> 0").await;

        let (fed, address) = (place.federation(), address(&note));
        let sent = async {
            somebody_waits(place, "advisory").await;
            let create = ann.create(alpha, &note);
            let opened = async {
                somebody_waits(place, "transactionid").await;
                open(place).await;
            };
            tokio::join!(hear(place, &account, &create), opened).0
        };
        let (found, handled) = tokio::join!(notes::find_or_fetch(&fed, &address), sent);
        found.expect("it is fetched");
        assert_eq!(handled, Handled::Done);
        place.settle().await;
        let fetched = "SELECT count(*) FROM statuses WHERE uri IS NOT NULL AND (flags & 16) <> 0";
        assert_eq!(place.number(fetched).await, 0);
        let home = olive.api.get("/api/v1/timelines/home").await.ok();
        assert_eq!(ids(&home).len(), 1, "{home}");
        let told = olive.api.get("/api/v1/notifications").await.ok();
        assert_eq!(ids(&told).len(), 1, "{told}");

        // Once more is not news.
        let again = hear(place, &account, &ann.create(alpha, &note)).await;
        assert!(matches!(again, Handled::Ignored(_)), "{again:?}");
    });
}

/// Ann boosts what Ben posted and we know: her `Announce`, and the same as it is fetched, which
/// will wait at the gate.
async fn a_boost_by(place: &Place, ann: &Actor) -> (Value, Boost) {
    let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
    let ben = beta.actor("ben");
    let note = ben.note(beta, place.app.clock.now(), "<p>Boosted</p>");
    beta.publish(note.clone());
    notes::find_or_fetch(&place.federation(), &address(&note))
        .await
        .expect("it is fetched");
    shut(place, "statuses", "(NEW.flags & 16) <> 0").await;
    let mut announce = ann.activity(alpha, "Announce", note["id"].clone());
    announce["to"] = json!([PUBLIC]);
    let boost = Boost {
        address: announce["id"].as_str().expect("an id").to_owned(),
        says: Announce::read(&announce).expect("a boost"),
        arrival: Arrival::Fetched,
    };
    (announce, boost)
}

#[test]
fn a_boost_that_is_sent_while_it_is_being_fetched_is_news() {
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        let ann = alpha.actor("ann");
        let (olive, account) = olive_follows(place, &ann).await;
        let (announce, boost) = a_boost_by(place, &ann).await;
        let fed = place.federation();
        let sent = async {
            somebody_waits(place, "advisory").await;
            let opened = async {
                somebody_waits(place, "transactionid").await;
                open(place).await;
            };
            tokio::join!(hear(place, &account, &announce), opened).0
        };
        let (fetched, handled) = tokio::join!(receive_deeds::boost(&fed, &account, boost), sent);
        fetched.expect("it is kept");
        assert_eq!(handled, Handled::Done);
        place.settle().await;
        let home = olive.api.get("/api/v1/timelines/home").await.ok();
        assert_eq!(ids(&home).len(), 1, "{home}");
        assert_eq!(home[0]["reblog"]["content"], "<p>Boosted</p>");
    });
}

#[test]
fn a_boost_that_is_taken_back_while_it_is_being_fetched_is_gone_until_it_is_sent_again() {
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        let ann = alpha.actor("ann");
        let (olive, account) = olive_follows(place, &ann).await;
        let (announce, boost) = a_boost_by(place, &ann).await;
        let fed = place.federation();
        let undo = ann.activity(alpha, "Undo", announce.clone());
        let undone = async {
            somebody_waits(place, "advisory").await;
            hear(place, &account, &undo).await;
            open(place).await;
        };
        let again = boost.clone();
        let (fetched, ()) = tokio::join!(receive_deeds::boost(&fed, &account, boost), undone);
        fetched.expect("it is handled");
        place.settle().await;
        let boosts = "SELECT count(*) FROM statuses WHERE reblog_of_id IS NOT NULL";
        assert_eq!(place.number(boosts).await, 0);
        // An old page that still has it brings nothing back; whoever boosts again does.
        receive_deeds::boost(&fed, &account, again)
            .await
            .expect("it is handled");
        assert_eq!(place.number(boosts).await, 0);
        assert_eq!(hear(place, &account, &announce).await, Handled::Done);
        place.settle().await;
        let home = olive.api.get("/api/v1/timelines/home").await.ok();
        assert_eq!(ids(&home).len(), 1, "{home}");
    });
}

/// A place where Olive's post has no answer, and Ann's answer is gone for good.
async fn nothing_is_left(place: &Place, olive: &Person, root: &str, address: &str) {
    place.settle().await;
    let left = "SELECT count(*) FROM statuses WHERE uri IS NOT NULL";
    assert_eq!(place.number(left).await, 0);
    let path = format!("/api/v1/statuses/{root}");
    let status = olive.api.get(&path).await.ok();
    assert_eq!(status["replies_count"], 0, "{status}");
    let context = olive.api.get(&format!("{path}/context")).await.ok();
    assert_eq!(context["descendants"], json!([]));
    // It does not come back.
    let again = notes::find_or_fetch(&place.federation(), address).await;
    assert!(matches!(again, Err(Error::NotFound)), "{again:?}");
    assert_eq!(place.number(left).await, 0);
}

#[test]
fn a_post_that_is_deleted_while_it_is_being_fetched_stays_deleted() {
    // I14
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        let ann = alpha.actor("ann");
        let (olive, account) = olive_follows(place, &ann).await;
        let root = olive.api.toot("Root").await;
        let answers = json!({ "inReplyTo": root["uri"] });
        let note = ann.note_with(alpha, place.app.clock.now(), answers);
        alpha.publish(note.clone());
        shut(place, "statuses", "(NEW.flags & 16) <> 0").await;

        let (fed, address) = (place.federation(), address(&note));
        let deleted = async {
            somebody_waits(place, "advisory").await;
            let delete = ann.activity(alpha, "Delete", note["id"].clone());
            let handled = hear(place, &account, &delete).await;
            open(place).await;
            handled
        };
        let (found, handled) = tokio::join!(notes::find_or_fetch(&fed, &address), deleted);
        assert!(matches!(handled, Handled::Ignored(_)), "{handled:?}");
        assert!(matches!(found, Err(Error::NotFound)), "{found:?}");
        nothing_is_left(place, &olive, &id(&root), &address).await;
    });
}

#[test]
fn a_post_that_is_fetched_while_it_is_being_deleted_stays_deleted() {
    // I14
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        let ann = alpha.actor("ann");
        let (olive, account) = olive_follows(place, &ann).await;
        let root = olive.api.toot("Root").await;
        let answers = json!({ "inReplyTo": root["uri"] });
        let note = ann.note_with(alpha, place.app.clock.now(), answers);
        alpha.publish(note.clone());
        // Who deletes has looked for the post, and not yet buried it.
        shut(place, "tombstones", "NEW.subject_id = 0").await;

        let (fed, address) = (place.federation(), address(&note));
        let delete = ann.activity(alpha, "Delete", note["id"].clone());
        let fetched = async {
            somebody_waits(place, "advisory").await;
            notes::find_or_fetch(&fed, &address)
                .await
                .expect("it is fetched");
            open(place).await;
        };
        let (handled, ()) = tokio::join!(hear(place, &account, &delete), fetched);
        assert_eq!(handled, Handled::Done);
        nothing_is_left(place, &olive, &id(&root), &address).await;
    });
}
