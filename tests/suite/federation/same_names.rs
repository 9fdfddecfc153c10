//! Two actors of one server with the same name, as Lemmy has them.

use porchlight::activitypub::actors;
use serde_json::{Value, json};

use crate::support::actor::Actor;
use crate::support::peer::Peer;
use crate::support::place::{Place, Setup};

/// Somebody and a community called `rust`; WebFinger leads to the person.
fn lemmy(peer: &Peer) -> (Actor, [Value; 2]) {
    let actor = peer.actor("rust");
    let document = |kind: &str, path: &str| {
        let mut document = actor.document();
        let id = peer.url(path);
        document["id"] = json!(id);
        document["type"] = json!(kind);
        document["inbox"] = json!(format!("{id}/inbox"));
        document["publicKey"]["id"] = json!(format!("{id}#main-key"));
        document["publicKey"]["owner"] = json!(id);
        for name in ["outbox", "followers", "following", "url"] {
            document.as_object_mut().expect("an object").remove(name);
        }
        peer.publish(document)
    };
    let both = [document("Person", "/u/rust"), document("Group", "/c/rust")];
    actor.serve_webfinger(peer, &peer.url("/u/rust"));
    (actor, both)
}

async fn name(place: &Place, document: &Value) -> String {
    let address = document["id"].as_str().expect("an id");
    let found = actors::fetch_and_store(&place.federation(), address).await;
    found.expect("it is kept").username
}

async fn names(place: &Place) -> Vec<String> {
    let rows = place
        .sql(
            "SELECT username FROM accounts WHERE host_id IS NOT NULL ORDER BY uri DESC",
            &[],
        )
        .await;
    rows.iter().map(|row| row.get(0)).collect()
}

#[test]
fn webfinger_says_who_has_a_name_and_the_other_is_called_by_its_address() {
    Setup::federated().run(async |place| {
        let olive = place.owner().await.api;
        let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
        let (_, [person, group]) = lemmy(alpha);
        assert_eq!(name(place, &person).await, "rust");
        assert_eq!(name(place, &group).await, "rust.c");
        let asked = alpha.times_asked("/.well-known/webfinger");
        assert_eq!(asked, 1);
        // Known by that name, nobody is asked again, and nobody moves.
        assert_eq!(name(place, &group).await, "rust.c");
        assert_eq!(name(place, &person).await, "rust");
        assert_eq!(alpha.times_asked("/.well-known/webfinger"), asked);

        // The community came first: it gives the name up.
        let (_, [person, group]) = lemmy(beta);
        assert_eq!(name(place, &group).await, "rust");
        assert_eq!(name(place, &person).await, "rust");
        assert_eq!(names(place).await, ["rust", "rust.c", "rust", "rust.c"]);

        for (handle, kind) in [("rust@beta.test", false), ("rust.c@beta.test", true)] {
            let path = format!("/api/v1/accounts/lookup?acct={handle}");
            let found = olive.get(&path).await.entity("Account");
            assert_eq!(found["acct"], handle);
            assert_eq!(found["group"], kind, "{found}");
        }
    });
}

#[test]
fn without_webfinger_who_was_first_keeps_the_name() {
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        let (_, [person, group]) = lemmy(alpha);
        for resource in ["acct%3Arust%40alpha.test", "acct:rust@alpha.test"] {
            alpha.forget(&format!("/.well-known/webfinger?resource={resource}"));
        }
        assert_eq!(name(place, &group).await, "rust");
        assert_eq!(name(place, &person).await, "rust.u");
    });
}
