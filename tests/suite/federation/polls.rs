//! Polls of members and people elsewhere: the question goes out, votes come in, and all who
//! have it hear how it stands.

use chrono::TimeDelta;
use porchlight::jobs::timers;
use serde_json::{Value, json};

use crate::support::actor::Actor;
use crate::support::api::id;
use crate::support::peer::Peer;
use crate::support::people::Person;
use crate::support::place::{Place, Setup};

/// Somebody on a peer who follows `whom`.
async fn follower(place: &Place, peer: &Peer, name: &str, whom: &Person) -> Actor {
    let actor = peer.actor(name);
    let target = format!("{}/ap/actors/{}", place.origin, whom.id);
    let follow = actor.activity(peer, "Follow", json!(target));
    actor.send(place, &follow).await.expect(202);
    place.settle().await;
    peer.forget_asked();
    actor
}

async fn ask(who: &Person, more: Value) -> String {
    let mut poll = json!({ "options": ["Oil", "Gas"], "expires_in": 3600 });
    let mut body = json!({ "status": "Which lamp?" });
    for (name, value) in more.as_object().expect("an object") {
        let of = if name == "visibility" {
            &mut body
        } else {
            &mut poll
        };
        of[name] = value.clone();
    }
    body["poll"] = poll;
    id(&who
        .api
        .post("/api/v1/statuses", body)
        .await
        .entity("Status"))
}

/// Sends a vote, and lets it be counted.
async fn vote(place: &Place, peer: &Peer, who: &Actor, poll: &str, title: &str) {
    let vote = json!({
        "id": who.path(&format!("/votes/{}", peer.number())),
        "type": "Note",
        "name": title,
        "attributedTo": who.id,
        "inReplyTo": format!("{}/ap/notes/{poll}", place.origin),
        "to": [place.origin.clone()],
    });
    let create = who.activity(peer, "Create", vote);
    who.send(place, &create).await.expect(202);
    place.settle().await;
}

async fn votes(place: &Place) -> Vec<i64> {
    let rows = place
        .sql("SELECT votes FROM poll_options ORDER BY position", &[])
        .await;
    rows.iter().map(|row| row.get(0)).collect()
}

/// A while later the timers have run.
async fn later(place: &Place, by: TimeDelta) {
    place.advance(by);
    timers::tick(&place.app).await;
    place.settle().await;
}

#[test]
fn a_question_goes_out_votes_come_in_and_counts_are_told_seldom_and_at_the_end() {
    Setup::federated().run(async |place| {
        let ann = place.member("ann").await;
        let ben = place.member("ben").await;
        let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
        let ada = follower(place, alpha, "ada", &ann).await;
        let abe = follower(place, alpha, "abe", &ann).await;
        let bea = beta.actor("bea");
        let poll = ask(&ann, json!({})).await;
        let create = alpha.wait_for("Create").await;
        let question = &create["object"];
        assert_eq!(question["type"], "Question");
        assert_eq!(question["oneOf"][1]["name"], "Gas");
        assert_eq!(question["oneOf"][1]["replies"]["totalItems"], 0);
        assert!(question["endTime"].is_string() && question.get("closed").is_none());

        // bea does not follow; she found it and votes: she hears how it stands.
        vote(place, alpha, &ada, &poll, "Gas").await;
        vote(place, beta, &bea, &poll, "Gas").await;
        assert_eq!(votes(place).await, [0, 2]);
        later(place, TimeDelta::seconds(20)).await;
        for peer in [alpha, beta] {
            let said = peer.received_of("Update");
            assert_eq!(said.len(), 1, "{}", peer.host);
            let asks = &said[0]["object"];
            assert_eq!(asks["oneOf"][1]["replies"]["totalItems"], 2);
            assert_eq!(asks["votersCount"], 2);
            assert!(asks.get("updated").is_none(), "it is no edit");
        }
        // More votes within minutes are told together.
        vote(place, alpha, &abe, &poll, "Oil").await;
        later(place, TimeDelta::seconds(20)).await;
        assert_eq!(alpha.received_of("Update").len(), 1, "not again so soon");
        let path = format!("/api/v1/polls/{poll}/votes");
        ben.api.post(&path, json!({ "choices": [0] })).await.ok();
        place.settle().await;
        later(place, TimeDelta::minutes(3)).await;
        let said = alpha.received_of("Update");
        assert_eq!(said.len(), 2);
        assert_eq!(said[1]["object"]["votersCount"], 4);
        assert_ne!(
            said[0]["id"], said[1]["id"],
            "each is an activity of its own"
        );
        later(place, TimeDelta::minutes(10)).await;
        assert_eq!(alpha.received_of("Update").len(), 2, "nothing new");

        later(place, TimeDelta::hours(1)).await;
        let said = alpha.received_of("Update");
        assert_eq!(said.len(), 3);
        assert_eq!(said[2]["object"]["closed"], said[2]["object"]["endTime"]);
        vote(place, beta, &bea, &poll, "Oil").await;
        let bob = beta.actor("bob");
        vote(place, beta, &bob, &poll, "Oil").await;
        assert_eq!(votes(place).await, [2, 2], "it is over");
        later(place, TimeDelta::minutes(10)).await;
        assert_eq!(alpha.received_of("Update").len(), 3);
    });
}

#[test]
fn votes_from_elsewhere_count_by_the_rules_and_not_without_end() {
    // I22
    Setup::federated().run(async |place| {
        let ann = place.member("ann").await;
        let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
        let ada = follower(place, alpha, "ada", &ann).await;
        let bea = beta.actor("bea");
        let one = ask(&ann, json!({ "visibility": "private" })).await;
        for title in ["Moon", "", "gas", "Gas", "Oil", "Gas"] {
            vote(place, alpha, &ada, &one, title).await;
        }
        // Nobody follows from there: it is not for them.
        vote(place, beta, &bea, &one, "Oil").await;
        assert_eq!(votes(place).await, [0, 1]);
        ann.api.delete(&format!("/api/v1/statuses/{one}")).await.ok();

        let many = ask(&ann, json!({ "multiple": true })).await;
        for title in ["Oil", "Gas", "Gas"] {
            vote(place, beta, &bea, &many, title).await;
        }
        assert_eq!(votes(place).await, [1, 1]);
        assert_eq!(place.number("SELECT voters FROM polls").await, 1);
        // A server of which 500 have voted has no more votes here.
        let status: i64 = many.parse().expect("an id");
        place
            .sql(
                "WITH new AS (INSERT INTO accounts (id, host_id, username, handle_domain, uri, uri_hash, created_at, updated_at) \
                 SELECT n, b.host_id, 'v' || n, b.handle_domain, b.uri || n, gen_random_uuid(), b.created_at, b.updated_at \
                 FROM accounts b CROSS JOIN generate_series(1, 499) n WHERE b.username = 'bea' RETURNING id, created_at) \
                 INSERT INTO poll_votes (status_id, account_id, position, id, created_at) \
                 SELECT $1, id, 0, id, created_at FROM new",
                &[&status],
            )
            .await;
        let bob = beta.actor("bob");
        vote(place, beta, &bob, &many, "Oil").await;
        vote(place, alpha, &ada, &many, "Oil").await;
        assert_eq!(votes(place).await, [501, 1]);
        assert_eq!(place.number("SELECT voters FROM polls").await, 501);
        let posts = "SELECT count(*) FROM statuses WHERE html LIKE '%Oil%' OR html LIKE '%Gas%'";
        assert_eq!(place.number(posts).await, 0, "a vote is no post");
    });
}

#[test]
fn the_end_of_a_poll_elsewhere_is_told_to_who_voted_here() {
    Setup::federated().run(async |place| {
        let ann = place.member("ann").await;
        let ben = place.member("ben").await;
        let beta = place.peer("beta");
        let bea = beta.actor("bea");
        let option = |name: &str| json!({ "type": "Note", "name": name, "replies": { "type": "Collection", "totalItems": 7 } });
        let now = place.app.clock.now();
        let ends = (now + TimeDelta::hours(1)).format("%Y-%m-%dT%H:%M:%SZ");
        let changes = json!({ "type": "Question", "oneOf": [option("a"), option("b")], "endTime": ends.to_string() });
        let question = bea.note_with(beta, now, changes);
        let address = question["id"].as_str().expect("an id");
        let found = porchlight::activitypub::notes::find_or_fetch(&place.federation(), address).await;
        let poll = found.expect("the question is found").id;
        let vote = json!({ "choices": [1] });
        let voted = ann.api.post(&format!("/api/v1/polls/{poll}/votes"), vote).await.entity("Poll");
        assert_eq!(voted["options"][1]["votes_count"], 7, "its server's numbers are the truth");
        place.settle().await;
        later(place, TimeDelta::hours(2)).await;
        let told = ann.api.get("/api/v1/notifications?types[]=poll").await.ok();
        assert_eq!(told[0]["account"]["acct"], "bea@beta.test", "{told}");
        let told = ben.api.get("/api/v1/notifications?types[]=poll").await.ok();
        assert_eq!(told, json!([]));
    });
}
