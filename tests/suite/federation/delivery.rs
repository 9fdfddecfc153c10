//! What people here do reaches the servers of those whom it concerns: once, in order, signed;
//! and a server that does not answer keeps nobody else waiting (N10, I24).

use std::net::TcpListener;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use porchlight::activitypub::{actors, notes};
use porchlight::jobs::relay::Relay;
use porchlight::jobs::sending::Sending;
use porchlight::secrets::signature::{Dialect, PublicKey, Request, read};
use porchlight::{delivery, store};
use serde_json::{Value, json};

use crate::support::actor::Actor;
use crate::support::api::id;
use crate::support::peer::{Asked, Page, Peer};
use crate::support::people::Person;
use crate::support::place::{Place, Setup};

/// How long something that must come may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The account that we keep of somebody elsewhere.
async fn known(place: &Place, actor: &Actor) -> i64 {
    let found = actors::find_or_fetch(&place.federation(), &actor.id).await;
    found.expect("the actor is found").id
}

/// Somebody on a peer who follows `whom`.
async fn follower(place: &Place, peer: &Peer, name: &str, whom: &Person) -> (Actor, i64) {
    let actor = peer.actor(name);
    let account = known(place, &actor).await;
    let target: i64 = whom.id.parse().expect("an id");
    let uri = actor.path("/follows/1");
    place
        .sql(
            "INSERT INTO follows (id, account_id, target_id, state, uri, created_at) \
             SELECT next_id(to_timestamp($4::float8)), $1, $2, 1, $3, to_timestamp($4::float8)",
            &[
                &account,
                &target,
                &uri,
                &(place.app.clock.now().timestamp() as f64),
            ],
        )
        .await;
    (actor, account)
}

/// Kinds of what came to a peer, in order.
fn kinds(peer: &Peer) -> Vec<String> {
    let all = peer.received().into_iter();
    all.map(|a| a.json()["type"].as_str().expect("a type").to_owned())
        .collect()
}

/// Waits until `true`.
async fn until(what: &str, mut ready: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !ready().await {
        assert!(began.elapsed() < PATIENCE, "it never happened: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What we have of a host.
async fn host(place: &Place, domain: &str) -> delivery::hosts::Host {
    let found = delivery::hosts::look(&place.app, domain).await;
    found.unwrap_or_else(|error| panic!("{domain}: {error:?}"))
}

/// Whether a request that a peer got is signed by this person, in which dialect.
async fn dialect_of(place: &Place, asked: &Asked, host: &str, person: &Person) -> Dialect {
    let headers: Vec<(&str, &[u8])> = asked
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect();
    let origin = format!("http://{host}");
    let request = Request {
        method: &asked.method,
        origin: &origin,
        target: &asked.path,
        headers: &headers,
        has_body: true,
    };
    let claim = read(&request, place.app.clock.now()).expect("a signature");
    assert!(claim.key_id.ends_with(&format!("/{}#main-key", person.id)));
    let account: i64 = person.id.parse().expect("an id");
    let pem: String = place
        .sql(
            "SELECT public_key_pem FROM actor_keys WHERE account_id = $1",
            &[&account],
        )
        .await[0]
        .get(0);
    let key = PublicKey::from_pem(&pem).expect("a key");
    claim.verify(&key, Some(&asked.body)).expect("it is theirs");
    claim.dialect
}

#[test]
fn a_post_goes_once_to_each_server_in_order_and_signed() {
    Setup::federated().run(async |place| {
        let ann = place.member("ann").await;
        let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
        follower(place, alpha, "ada", &ann).await;
        follower(place, alpha, "abe", &ann).await;
        follower(place, beta, "bea", &ann).await;
        let first = id(&ann.api.toot("The first.").await);
        let second = id(&ann.api.toot("The second.").await);
        place.settle().await;
        for peer in [alpha, beta] {
            let came: Vec<Value> = peer.received().iter().map(Asked::json).collect();
            assert_eq!(kinds(peer), ["Create", "Create"], "{came:?}");
            for (activity, post) in came.iter().zip([&first, &second]) {
                let address = format!("{}/ap/notes/{post}", place.origin);
                assert_eq!(activity["object"]["id"], address);
                assert_eq!(activity["id"], format!("{address}/create"));
            }
            for asked in peer.received() {
                assert_eq!(asked.path, "/inbox", "shared");
                let dialect = dialect_of(place, &asked, &peer.host, &ann).await;
                assert_eq!(dialect, Dialect::Cavage);
            }
        }
        assert_eq!(place.number("SELECT count(*) FROM deliveries").await, 0);
        let reach = "SELECT count(*) FROM reach r JOIN hosts h ON h.id = r.host_id";
        assert_eq!(place.number(reach).await, 2);
        let post = delivery::hosts::look_at_post(&place.app, &first).await;
        let post = post.expect("it is there");
        assert_eq!((post.told[0].recipients, post.told[0].delivered), (2, 2));
        let alpha = host(place, "alpha.test").await.standing;
        assert_eq!((alpha.delivered, alpha.waiting, alpha.fails), (2, 0, 0));
    });
}

#[test]
fn where_nobody_elsewhere_is_concerned_the_relay_asks_one_more_question() {
    let cost = |setup: Setup| {
        let cost = std::cell::Cell::new(0);
        setup.without_jobs().run(async |place| {
            let ann = place.member("ann").await;
            let mut relay = Relay::new(place.app.clone());
            while relay.pass().await.expect("it works") > 0 {}
            ann.api.toot("Nobody elsewhere hears of this.").await;
            let before = place.counted().statements;
            assert_eq!(relay.pass().await.expect("it works"), 1);
            cost.set(place.counted().statements - before);
            relay.let_go().await;
        });
        cost.get()
    };
    assert_eq!(cost(Setup::federated()), cost(Setup::default()) + 1);
}

#[test]
fn every_deed_reaches_whom_it_concerns() {
    Setup::federated().run(async |place| {
        let ann = place.member("ann").await;
        let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
        follower(place, alpha, "ada", &ann).await;
        let bea = beta.actor("bea");
        let bea_id = known(place, &bea).await;
        let note = bea.note(beta, place.app.clock.now(), "<p>From beta.</p>");
        let address = note["id"].as_str().expect("an id");
        let found = notes::find_or_fetch(&place.federation(), address).await;
        let theirs = found.expect("the note is found").id;

        // Both hear of a boost, the author alone of a favourite.
        let act = async |path: String| ann.api.act(&path).await.ok();
        act(format!("/api/v1/statuses/{theirs}/favourite")).await;
        act(format!("/api/v1/statuses/{theirs}/reblog")).await;
        act(format!("/api/v1/statuses/{theirs}/unfavourite")).await;
        place.settle().await;
        act(format!("/api/v1/statuses/{theirs}/unreblog")).await;
        act(format!("/api/v1/accounts/{bea_id}/follow")).await;
        place.settle().await;
        act(format!("/api/v1/accounts/{bea_id}/unfollow")).await;
        act(format!("/api/v1/accounts/{bea_id}/block")).await;
        act(format!("/api/v1/accounts/{bea_id}/unblock")).await;
        place.settle().await;
        assert_eq!(kinds(alpha), ["Announce", "Undo"]);
        let came: Vec<Value> = beta.received().iter().map(Asked::json).collect();
        // A favourite that was taken back before it was told is not told.
        let told: Vec<String> = came
            .iter()
            .map(|a| match a["type"].as_str() {
                Some("Undo") => format!("Undo {}", a["object"]["type"].as_str().expect("a type")),
                kind => kind.expect("a type").to_owned(),
            })
            .filter(|kind| kind != "Like")
            .collect();
        assert_eq!(
            told,
            [
                "Announce",
                "Undo Like",
                "Undo Announce",
                "Follow",
                "Undo Follow",
                "Block",
                "Undo Block"
            ]
        );
        let follow = &came.iter().find(|a| a["type"] == "Follow").expect("it");
        assert_eq!(follow["object"], bea.id);
        let undone = came
            .iter()
            .find(|a| a["type"] == "Undo" && a["object"]["type"] == "Follow");
        assert_eq!(undone.expect("it")["object"]["id"], follow["id"]);

        // What was posted, changed, pinned and deleted.
        alpha.forget_asked();
        let post = id(&ann.api.toot("A draft.").await);
        place.settle().await;
        ann.api
            .put(
                &format!("/api/v1/statuses/{post}"),
                json!({ "status": "Better." }),
            )
            .await
            .ok();
        act(format!("/api/v1/statuses/{post}/pin")).await;
        ann.api
            .patch(
                "/api/v1/accounts/update_credentials",
                json!({ "display_name": "Ann" }),
            )
            .await
            .ok();
        place.settle().await;
        ann.api
            .delete(&format!("/api/v1/statuses/{post}"))
            .await
            .ok();
        place.settle().await;
        assert_eq!(
            kinds(alpha),
            ["Create", "Update", "Add", "Update", "Delete"]
        );
        let came: Vec<Value> = alpha.received().iter().map(Asked::json).collect();
        assert_eq!(came[1]["object"]["content"], "<p>Better.</p>");
        assert_eq!(came[3]["object"]["name"], "Ann");
        let note = format!("{}/ap/notes/{post}", place.origin);
        assert_eq!(came[4]["object"]["id"], note);
    });
}

#[test]
fn votes_and_reports_go_to_the_server_that_they_concern() {
    Setup::federated().run(async |place| {
        let ann = place.member("ann").await;
        let beta = place.peer("beta");
        let bea = beta.actor("bea");
        let now = place.app.clock.now();
        let option = |name: &str| json!({ "type": "Note", "name": name, "replies": { "type": "Collection", "totalItems": 0 } });
        let question = bea.note_with(
            beta,
            now,
            json!({
                "type": "Question",
                "anyOf": [option("Tea"), option("Milk"), option("Both")],
                "endTime": (now + TimeDelta::days(1)).format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            }),
        );
        let address = question["id"].as_str().expect("an id");
        let found = notes::find_or_fetch(&place.federation(), address).await;
        let poll = found.expect("the question is found").id;
        let votes = format!("/api/v1/polls/{poll}/votes");
        let chosen = json!({ "choices": ["0", "2"] });
        ann.api.post(&votes, chosen).await.ok();
        place.settle().await;
        let said: Vec<Value> = beta.received_of("Create");
        let names: Vec<&str> = said
            .iter()
            .map(|a| a["object"]["name"].as_str().expect("a name"))
            .collect();
        assert_eq!(names, ["Tea", "Both"]);
        assert!(said.iter().all(|a| a["object"]["inReplyTo"] == address));

        let (ann_id, bea_id): (i64, i64) = (ann.id.parse().expect("an id"), known(place, &bea).await);
        place
            .sql(
                "WITH r AS (INSERT INTO reports (id, account_id, target_id, comment, status_ids, forward, reported_on, created_at) \
                 VALUES (7, $1, $2, 'Spam.', ARRAY[$3::bigint], true, '2026-01-01', to_timestamp(0)) RETURNING id) \
                 INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
                 SELECT 0, 28, r.id, $1, $2, to_timestamp(0) FROM r",
                &[&ann_id, &bea_id, &poll],
            )
            .await;
        place.settle().await;
        let flag = beta.wait_for("Flag").await;
        assert_eq!(flag["actor"], format!("{}/ap/actor", place.origin));
        assert_eq!(flag["object"], json!([bea.id, address]));
        assert!(!flag.to_string().contains(&ann.id), "nobody is named");
    });
}

#[test]
fn a_follower_from_elsewhere_is_answered_by_the_address_of_their_question() {
    Setup::federated().run(async |place| {
        let ann = place.member("ann").await;
        let alpha = place.peer("alpha");
        let (ada, account) = follower(place, alpha, "ada", &ann).await;
        place
            .sql(
                "UPDATE follows SET state = 0 WHERE account_id = $1",
                &[&account],
            )
            .await;
        ann.api
            .act(&format!("/api/v1/follow_requests/{account}/authorize"))
            .await
            .ok();
        place.settle().await;
        let yes = alpha.wait_for("Accept").await;
        assert_eq!(yes["object"]["id"], ada.path("/follows/1"));
        assert_eq!(yes["object"]["actor"], ada.id);
        ann.api
            .act(&format!("/api/v1/accounts/{account}/remove_from_followers"))
            .await
            .ok();
        place.settle().await;
        let no = alpha.wait_for("Reject").await;
        assert_eq!(no["object"]["id"], ada.path("/follows/1"));
        // Answers go to the person, not to the shared inbox.
        let personal = |a: &Asked| a.path == "/users/ada/inbox";
        assert!(alpha.received().iter().all(personal));
    });
}

#[test]
fn each_post_goes_as_far_as_it_is_meant_to() {
    Setup::federated().run(async |place| {
        let ann = place.member("ann").await;
        let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
        let (_, ada) = follower(place, alpha, "ada", &ann).await;
        let bea = beta.actor("bea");
        known(place, &bea).await;
        for visibility in ["public", "unlisted", "private"] {
            ann.api.toot_to(visibility, "For followers.").await;
        }
        let direct = ann.api.toot_to("direct", "For nobody else.").await;
        let bea_id = known(place, &bea).await;
        let to_bea: i64 = direct.parse().expect("an id");
        // Told anew once it names somebody elsewhere.
        place.settle().await;
        assert_eq!(kinds(alpha), ["Create"; 3]);
        place
            .sql(
                "INSERT INTO status_audience (status_id, account_id, mentioned) VALUES ($1, $2, true)",
                &[&to_bea, &bea_id],
            )
            .await;
        ann.api
            .put(
                &format!("/api/v1/statuses/{direct}"),
                json!({ "status": "For @bea@beta.test alone." }),
            )
            .await
            .ok();
        place.settle().await;
        assert_eq!(kinds(alpha).len(), 3);
        let local = ann.api.toot("For this place.").await;
        let local: i64 = id(&local).parse().expect("an id");
        place.settle().await;
        assert_eq!(kinds(alpha).len(), 4);
        place
            .sql("UPDATE statuses SET local_only = true WHERE id = $1", &[&local])
            .await;
        ann.api
            .put(
                &format!("/api/v1/statuses/{local}"),
                json!({ "status": "It stays." }),
            )
            .await
            .ok();
        place.settle().await;
        assert_eq!(kinds(alpha).len(), 4);

        // Whom Ann blocks gets nothing any more, nor does a suspended server.
        ann.api
            .act(&format!("/api/v1/accounts/{ada}/block"))
            .await
            .ok();
        follower(place, beta, "ben", &ann).await;
        place.settle().await;
        alpha.forget_asked();
        ann.api.toot("Not for Ada.").await;
        place.settle().await;
        assert!(kinds(alpha).is_empty());
        assert_eq!(beta.received_of("Create").len(), 1);
        place
            .sql("UPDATE hosts SET flags = 2 WHERE domain = 'beta.test'", &[])
            .await;
        ann.api.toot("Not for beta.").await;
        place.settle().await;
        assert_eq!(beta.received_of("Create").len(), 1);
    });
}

#[test]
fn a_server_that_hangs_keeps_nobody_waiting() {
    // N10
    Setup::federated().run(async |place| {
        let ann = place.member("ann").await;
        let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
        follower(place, alpha, "ada", &ann).await;
        follower(place, beta, "bea", &ann).await;
        alpha.inbox_answers(Page::silence());
        for n in 0..3 {
            ann.api.toot(&format!("Number {n}.")).await;
        }
        until("beta has all", async || beta.received().len() == 3).await;
        until("alpha is noticed", async || {
            host(place, "alpha.test").await.standing.fails > 0
        })
        .await;
        let hanging = host(place, "alpha.test").await;
        assert_eq!(hanging.waiting.len(), 3);
        assert!(hanging.standing.due_at > Some(place.app.clock.now()));
        // Well again, it gets everything, in order.
        alpha.inbox_recovers();
        alpha.forget_asked();
        delivery::hosts::retry_now(&place.app, "alpha.test")
            .await
            .expect("it is known");
        until("alpha has all", async || alpha.received().len() == 3).await;
        place.settle().await;
        let said: Vec<String> = alpha
            .received()
            .iter()
            .map(|a| a.json()["object"]["content"].to_string())
            .collect();
        assert_eq!(said.len(), 3);
        assert!(said.is_sorted(), "{said:?}");
        assert_eq!(host(place, "alpha.test").await.standing.fails, 0);
    });
}

#[test]
fn a_dead_server_costs_one_row_until_it_is_heard_of() {
    Setup::federated().run(async |place| {
        let ann = place.member("ann").await;
        let alpha = place.peer("alpha");
        let (actor, ada) = follower(place, alpha, "ada", &ann).await;
        let first = id(&ann.api.toot("It had this.").await);
        place.settle().await;
        assert_eq!(kinds(alpha), ["Create"]);
        alpha.inbox_answers(Page::status(503));
        alpha.forget_asked();
        ann.api.toot("It never takes this.").await;
        place.settle().await;
        let mut tries = 0;
        while host(place, "alpha.test")
            .await
            .standing
            .dead_since
            .is_none()
        {
            tries += 1;
            assert!(tries < 40, "it never dies");
            let failed = host(place, "alpha.test").await.standing.fails;
            place.advance(TimeDelta::hours(15));
            delivery::hosts::retry_now(&place.app, "alpha.test")
                .await
                .expect("it is known");
            until("it was tried", async || {
                let now = host(place, "alpha.test").await.standing;
                now.fails > failed || now.dead_since.is_some()
            })
            .await;
        }
        let dead = host(place, "alpha.test").await.standing;
        assert_eq!((dead.waiting, dead.due_at), (0, None));
        assert_eq!(place.number("SELECT count(*) FROM deliveries").await, 0);

        // Whatever happens now makes no row and asks nobody.
        alpha.forget_asked();
        ann.api.toot("Nor this.").await;
        ann.api
            .delete(&format!("/api/v1/statuses/{first}"))
            .await
            .ok();
        place
            .sql(
                "UPDATE follows SET state = 0 WHERE account_id = $1",
                &[&ada],
            )
            .await;
        ann.api
            .act(&format!("/api/v1/follow_requests/{ada}/authorize"))
            .await
            .ok();
        place.settle().await;
        assert_eq!(place.number("SELECT count(*) FROM deliveries").await, 0);
        assert!(alpha.received().is_empty());

        // Its first sign of life brings what it must not miss, and nothing else.
        alpha.inbox_recovers();
        place.advance(TimeDelta::minutes(20));
        let like = actor.activity(alpha, "Like", json!(place.app.url("/ap/notes/1")));
        actor.send(place, &like).await.expect(202);
        until("it is told", async || alpha.received().len() >= 2).await;
        place.settle().await;
        let mut told = kinds(alpha);
        told.sort();
        assert_eq!(told[0], "Accept");
        assert!(told[1..].iter().all(|kind| kind == "Delete"), "{told:?}");
        let alive = host(place, "alpha.test").await.standing;
        assert_eq!((alive.fails, alive.dead_since), (0, None));
        alpha.forget_asked();
        ann.api.toot("But this.").await;
        place.settle().await;
        assert_eq!(kinds(alpha), ["Create"]);
    });
}

#[test]
fn a_signed_question_is_a_sign_of_life() {
    Setup::federated().run(async |place| {
        let ann = place.member("ann").await;
        let alpha = place.peer("alpha");
        let (actor, _) = follower(place, alpha, "ada", &ann).await;
        let post = id(&ann.api.toot("It had this.").await);
        place.settle().await;
        let dies = "UPDATE delivery_hosts SET fails = 20, dead_since = tried_at - interval '9 days', \
                    failing_since = tried_at - interval '9 days', tried_at = tried_at - interval '9 days'";
        place.sql(dies, &[]).await;
        let path = format!("/ap/notes/{post}");
        place.stranger().get(&path).await;
        assert!(host(place, "alpha.test").await.standing.dead_since.is_some());
        actor.fetch(place, &path).await.expect(200);
        until("it is alive", async || {
            host(place, "alpha.test").await.standing.dead_since.is_none()
        })
        .await;
        place.settle().await;
        alpha.forget_asked();
        ann.api.toot("And this.").await;
        place.settle().await;
        assert_eq!(kinds(alpha), ["Create"]);
    });
}

#[test]
fn a_crash_in_the_middle_loses_nothing_and_repeats_only_itself() {
    Setup::federated().without_jobs().run(async |place| {
        let ann = place.member("ann").await;
        let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
        follower(place, alpha, "ada", &ann).await;
        follower(place, beta, "bea", &ann).await;
        for n in 0..5 {
            ann.api.toot(&format!("Number {n}.")).await;
        }
        let mut relay = Relay::new(place.app.clone());
        while relay.pass().await.expect("it works") > 0 {}
        relay.let_go().await;
        // Sent, but nobody lives to write it down.
        let mut doomed = Sending::new(place.outside.clone());
        doomed.pass().await.expect("it works");
        until("alpha has them", async || alpha.received().len() == 5).await;
        until("beta has them", async || beta.received().len() == 5).await;
        drop(doomed);
        assert_eq!(place.number("SELECT count(*) FROM deliveries").await, 10);
        // Nobody takes them over before the lease ends.
        let mut next = Sending::new(place.outside.clone());
        next.pass().await.expect("it works");
        next.finish().await;
        assert_eq!(alpha.received().len(), 5);
        place.advance(TimeDelta::minutes(3));
        next.pass().await.expect("it works");
        next.finish().await;
        assert_eq!(place.number("SELECT count(*) FROM deliveries").await, 0);
        for peer in [alpha, beta] {
            let ids: Vec<String> = peer
                .received()
                .iter()
                .map(|a| a.json()["id"].to_string())
                .collect();
            assert_eq!(ids.len(), 10);
            assert_eq!(ids[..5], ids[5..], "the same things again");
        }
    });
}

#[test]
fn a_server_that_wants_the_other_signature_is_remembered() {
    Setup::federated().run(async |place| {
        let ann = place.member("ann").await;
        let alpha = place.peer("alpha");
        let ada = alpha.actor("ada");
        let mut document = ada.document();
        document["endpoints"]["sharedInbox"] = json!(alpha.url("/drop"));
        alpha.publish(document);
        follower_of(place, &ada, &ann).await;
        alpha.answer("/drop", |asked| match asked.header("signature-input") {
            "" => Page::status(401),
            _ => Page::status(202),
        });
        ann.api.toot("The first.").await;
        place.settle().await;
        let dropped = |alpha: &Peer| -> Vec<Asked> {
            let all = alpha.asked().into_iter();
            all.filter(|a| a.path == "/drop").collect()
        };
        let came = dropped(alpha);
        assert_eq!(came.len(), 2, "a double knock");
        assert_eq!(
            dialect_of(place, &came[1], &alpha.host, &ann).await,
            Dialect::Rfc9421
        );
        ann.api.toot("The second.").await;
        place.settle().await;
        assert_eq!(dropped(alpha).len(), 3, "no knock is needed any more");
        assert_eq!(host(place, "alpha.test").await.standing.signature, 1);
    });
}

/// Lets an actor that we fetch now follow somebody here.
async fn follower_of(place: &Place, actor: &Actor, whom: &Person) -> i64 {
    let account = known(place, actor).await;
    let target: i64 = whom.id.parse().expect("an id");
    place
        .sql(
            "INSERT INTO follows (id, account_id, target_id, state, created_at) \
             SELECT next_id(to_timestamp($3::float8)), $1, $2, 1, to_timestamp($3::float8)",
            &[
                &account,
                &target,
                &(place.app.clock.now().timestamp() as f64),
            ],
        )
        .await;
    account
}

#[test]
fn answers_decide_what_is_tried_again() {
    Setup::federated().run(async |place| {
        let ann = place.member("ann").await;
        let alpha = place.peer("alpha");
        follower(place, alpha, "ada", &ann).await;
        // Not this document: it is not tried again, and the server is fine.
        alpha.inbox_answers(Page::status(422));
        let post = id(&ann.api.toot("It chokes on this.").await);
        place.settle().await;
        assert_eq!(alpha.received().len(), 1);
        let told = delivery::hosts::look_at_post(&place.app, &post).await;
        let told = told.expect("it is there");
        assert_eq!((told.told[0].delivered, told.told[0].dropped), (0, 1));
        assert_eq!(told.refused[0].number, 422);
        assert_eq!(host(place, "alpha.test").await.standing.fails, 0);

        // Too often: it says when.
        alpha.inbox_answers(Page::status(429).with("retry-after", "600"));
        ann.api.toot("It wants to rest.").await;
        until("it was asked", async || alpha.received().len() == 2).await;
        until("it rests", async || {
            host(place, "alpha.test").await.standing.due_at
                > Some(place.app.clock.now() + TimeDelta::minutes(9))
        })
        .await;
        assert_eq!(host(place, "alpha.test").await.standing.fails, 0);
        alpha.inbox_recovers();
        place.advance(TimeDelta::minutes(13));
        until("it is rested", async || alpha.received().len() == 3).await;

        // Three times no such inbox: it is gone, and nothing is sent there.
        alpha.inbox_answers(Page::status(410));
        for _ in 0..3 {
            ann.api.toot("Is anybody there?").await;
            place.settle().await;
        }
        let before = alpha.received().len();
        ann.api.toot("Nobody is.").await;
        place.settle().await;
        assert_eq!(alpha.received().len(), before);
    });
}

#[test]
fn what_is_held_waits_here_and_goes_when_it_is_released() {
    Setup::federated().without_jobs().run(async |place| {
        let ann = place.member("ann").await;
        let alpha = place.peer("alpha");
        follower(place, alpha, "ada", &ann).await;
        let post: i64 = id(&ann.api.toot("Is it spam?").await)
            .parse()
            .expect("an id");
        place
            .sql(
                "INSERT INTO outbound_holds (status_id, reason, account_id, since) \
                 SELECT id, 0, account_id, created_at FROM statuses WHERE id = $1",
                &[&post],
            )
            .await;
        place.start_jobs();
        place.settle().await;
        assert!(alpha.received().is_empty());
        let mut conn = place.app.pool.get().await.expect("a connection");
        let now = place.app.clock.now();
        let released = store::holds::release(&mut conn, post, now).await;
        assert!(released.expect("it works"));
        drop(conn);
        place.settle().await;
        assert_eq!(kinds(alpha), ["Create"]);
    });
}

#[test]
fn staff_can_look_at_servers_and_posts_and_try_again() {
    Setup::federated().run(async |place| {
        let (olive, ann) = (place.owner().await, place.member("ann").await);
        let alpha = place.peer("alpha");
        follower(place, alpha, "ada", &ann).await;
        alpha.inbox_answers(Page::status(503));
        let post = id(&ann.api.toot("It takes a while.").await);
        place.settle().await;
        let desk = place.signed_in(&olive).await;
        let list = desk.open("/desk/hosts?state=failing").await;
        list.says("alpha.test");
        let one = desk.open("/desk/hosts/alpha.test").await;
        one.says("It answered 503.").says("A post");
        let found = desk.open(&format!("/desk/hosts/posts/{post}")).await;
        found.says("0 of 1 inbox has it, 1 will");
        alpha.inbox_recovers();
        let form = one.form("/desk/hosts/alpha.test/retry");
        assert_eq!(desk.post(&form).await.status, 303);
        until("it is there", async || {
            !alpha.received_of("Create").is_empty()
        })
        .await;
        place.settle().await;
        let found = desk.open(&format!("/desk/hosts/posts/{post}")).await;
        found.says("1 of 1 inbox has it");
        // For nobody else.
        let visitor = place.signed_in(&ann).await;
        assert_eq!(visitor.visit("/desk/hosts").await.status(), 404);
        assert_eq!(visitor.visit("/desk/hosts/alpha.test").await.status(), 404);
    });
}

/// So many servers of `*.dead.test`, with somebody on each who follows `ann`.
async fn follow_from_the_dead(place: &Place, ann: &Person, servers: i32) {
    let (account, at): (i64, f64) = (
        ann.id.parse().expect("an id"),
        place.app.clock.now().timestamp() as f64,
    );
    place
        .sql(
            "WITH h AS (INSERT INTO hosts (domain, first_seen_at) \
                 SELECT 'h' || n || '.dead.test', to_timestamp($1::float8) FROM generate_series(1, $2::int) n RETURNING id, domain), \
             a AS (INSERT INTO accounts (id, host_id, username, handle_domain, uri, uri_hash, created_at, updated_at) \
                 SELECT next_id(to_timestamp($1::float8)), id, 'ann', domain, 'http://' || domain || '/ann', \
                 md5(domain)::uuid, to_timestamp($1::float8), to_timestamp($1::float8) FROM h RETURNING id, uri, handle_domain), \
             e AS (INSERT INTO actor_endpoints (account_id, inbox, shared_inbox) \
                 SELECT id, uri || '/inbox', 'http://' || handle_domain || '/inbox' FROM a) \
             SELECT 1 FROM a",
            &[&at, &servers],
        )
        .await;
    place
        .sql(
            "INSERT INTO follows (id, account_id, target_id, state, created_at) \
             SELECT next_id(to_timestamp($2::float8)), a.id, $1, 1, to_timestamp($2::float8) \
             FROM accounts a WHERE a.handle_domain LIKE '%.dead.test'",
            &[&account, &at],
        )
        .await;
}

#[test]
fn hundreds_of_dead_servers_cost_a_row_each_and_keep_no_living_one_waiting() {
    // N10
    // A port that was free a moment ago: nobody listens there.
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let nobody = nobody.local_addr().expect("it is bound");
    let setup = Setup::federated().beside("*.dead.test", nobody);
    setup.run(async |place| {
        let ann = place.member("ann").await;
        let alpha = place.peer("alpha");
        follower(place, alpha, "ada", &ann).await;
        follow_from_the_dead(place, &ann, 300).await;
        let said = async |text: &str, so_far: usize| {
            ann.api.toot(text).await;
            until("the living one has it", async || {
                alpha.received().len() == so_far
            })
            .await;
        };
        let tries = "SELECT coalesce(sum(fails), 0)::bigint FROM delivery_hosts";
        let waiting = "SELECT count(*) FROM deliveries";
        said("The first.", 1).await;
        until("all were tried", async || place.number(tries).await == 300).await;
        // They are left alone now; what is for them waits.
        said("The second.", 2).await;
        until("it waits", async || place.number(waiting).await == 600).await;
        assert_eq!(place.number(tries).await, 300);
        let state = "SELECT count(*) FROM delivery_hosts";
        assert_eq!(place.number(state).await, 301);
    });
}

#[test]
fn the_dead_are_given_up_after_some_days_and_cost_nothing_more() {
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let nobody = nobody.local_addr().expect("it is bound");
    let setup = Setup::federated().beside("*.dead.test", nobody);
    setup.run(async |place| {
        let ann = place.member("ann").await;
        let alpha = place.peer("alpha");
        follower(place, alpha, "ada", &ann).await;
        follow_from_the_dead(place, &ann, 30).await;
        let tries = "SELECT coalesce(sum(fails), 0)::bigint FROM delivery_hosts";
        let living = "SELECT count(*) FROM delivery_hosts WHERE dead_since IS NULL";
        let waiting = "SELECT count(*) FROM deliveries";
        ann.api.toot("For everybody.").await;
        until("all were tried", async || place.number(tries).await == 30).await;
        let mut rounds = 0;
        while place.number(living).await > 1 {
            rounds += 1;
            assert!(rounds < 30, "they never die");
            place.advance(TimeDelta::hours(15));
            let due = format!(
                "{living} AND waiting > 0 AND due_at <= to_timestamp({})",
                place.app.clock.now().timestamp()
            );
            until("all that were due were tried", async || {
                place.number(&due).await == 0
            })
            .await;
        }
        assert!(rounds > 3, "given up after {rounds} rounds");
        assert_eq!(place.number(waiting).await, 0, "what waited for them goes");
        let tried = place.number(tries).await;
        alpha.forget_asked();
        ann.api.toot("For the living.").await;
        until("the living one has it", async || {
            alpha.received().len() == 1
        })
        .await;
        place.settle().await;
        assert_eq!(
            place.number(waiting).await,
            0,
            "nothing is kept for the dead"
        );
        assert_eq!(place.number(tries).await, tried, "and nobody asks them");
        assert_eq!(
            place.number("SELECT count(*) FROM delivery_hosts").await,
            31
        );
    });
}

/// Rows for a host that failed since `hours` ago, written then: 800 posts, 150 deletions and 150
/// requests to follow, mixed. The host.
async fn backlog(place: &Place, domain: &str, fails: i32, hours: i64) -> i64 {
    let now = place.app.clock.now();
    let mut conn = place.app.pool.get().await.expect("a connection");
    let host = store::hosts::find_or_insert(&mut conn, domain, now).await;
    let host = host.expect("a host").id;
    let then = (now - TimeDelta::hours(hours)).timestamp() as f64;
    let inbox = format!("https://{domain}/inbox");
    place
        .sql(
            "INSERT INTO inboxes (host_id, url) VALUES ($1, $2)",
            &[&host, &inbox],
        )
        .await;
    place
        .sql(
            "WITH a AS (INSERT INTO activities (actor_id, kind, subject_id, document, recipients, created_at) \
               SELECT 0, CASE WHEN n % 22 < 16 THEN 0 WHEN n % 22 < 19 THEN 2 ELSE 7 END, $1::bigint, '{}', 1, to_timestamp($2::float8) \
               FROM generate_series(0, 1099) n ORDER BY n RETURNING id) \
             INSERT INTO deliveries (host_id, activity_id, inbox_id) \
             SELECT $1::bigint, a.id, i.id FROM a CROSS JOIN inboxes i WHERE i.host_id = $1::bigint",
            &[&host, &then],
        )
        .await;
    place
        .sql(
            "INSERT INTO delivery_hosts (host_id, waiting, fails, failing_since) \
             VALUES ($1, 1100, $2, CASE WHEN $2::integer > 0 THEN to_timestamp($3::float8) END)",
            &[&host, &fails, &then],
        )
        .await;
    host
}

async fn sweep(place: &Place) {
    delivery::upkeep::sweep(&place.app)
        .await
        .expect("it is swept");
}

/// Rows that wait, what the host's own number says, and what was dropped.
async fn left(place: &Place, host: i64) -> [i64; 3] {
    let numbers = format!(
        "SELECT (SELECT count(*) FROM deliveries WHERE host_id = {host}), \
         (SELECT waiting FROM delivery_hosts WHERE host_id = {host})::bigint, \
         (SELECT sum(dropped) FROM activities WHERE subject_id = {host})::bigint"
    );
    let row = place.sql(&numbers, &[]).await.remove(0);
    [row.get(0), row.get(1), row.get(2)]
}

#[test]
fn of_too_much_for_a_host_that_fails_the_oldest_posts_go_and_no_deletion() {
    Setup::federated().without_jobs().run(async |place| {
        let failing = backlog(place, "failing.example", 3, 7).await;
        let draining = backlog(place, "draining.example", 0, 7).await;
        let away = backlog(place, "away.example", 3, 1).await;
        sweep(place).await;
        assert_eq!(left(place, draining).await, [1100, 1100, 0]);
        assert_eq!(left(place, away).await, [1100, 1100, 0]);
        assert_eq!(left(place, failing).await, [1000, 1000, 100]);
        let others = format!(
            "SELECT count(*) FROM activities WHERE subject_id = {failing} AND dropped > 0 AND (kind <> 0 OR dropped <> 1)"
        );
        assert_eq!(place.number(&others).await, 0);
        // No post that stays is older than one that went.
        let older = format!(
            "SELECT count(*) FROM activities a WHERE a.subject_id = {failing} AND a.kind = 0 AND a.dropped = 0 \
             AND a.id < (SELECT max(id) FROM activities WHERE subject_id = {failing} AND dropped > 0)"
        );
        assert_eq!(place.number(&older).await, 0);
        sweep(place).await;
        assert_eq!(left(place, failing).await, [1000, 1000, 100]);

        // After a week everything goes, whatever it is.
        place.advance(TimeDelta::days(6) + TimeDelta::hours(20));
        sweep(place).await;
        assert_eq!(left(place, failing).await, [0, 0, 1100]);
        assert_eq!(left(place, draining).await, [0, 0, 1100]);
        assert_eq!(left(place, away).await, [1000, 1000, 100]);
        place.advance(TimeDelta::days(1));
        sweep(place).await;
        assert_eq!(left(place, away).await, [0, 0, 1100]);
    });
}
