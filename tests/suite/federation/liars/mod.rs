//! Servers that lie, through the front door: each letter is signed honestly by somebody who may
//! not say what stands in it, and every server is there to be asked, so that nothing is refused
//! for want of an answer (abuse-cases.md, I13 to I25).

mod follows;
mod posts;
mod profiles;
mod shut_out;
mod stolen_deeds;

use porchlight::activitypub::actors;
use serde_json::{Value, json};

use super::elsewhere::uri_of;
use crate::support::actor::{Actor, PUBLIC};
use crate::support::peer::Peer;
use crate::support::people::Person;
use crate::support::place::{Place, Setup};

/// Ann, here, follows Bob; Dan is of his server, Eve of another.
struct Scene<'p> {
    place: &'p Place,
    ann: Person,
    alpha: &'p Peer,
    beta: &'p Peer,
    bob: Actor,
    dan: Actor,
    eve: Actor,
}

/// Runs a test on a new scene.
fn scene(test: impl AsyncFnOnce(&Scene<'_>)) {
    Setup::federated().run(async |place| {
        let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
        let scene = Scene {
            place,
            ann: place.member("ann").await,
            alpha,
            beta,
            bob: alpha.actor("bob"),
            dan: alpha.actor("dan"),
            eve: beta.actor("eve"),
        };
        scene.follows(&scene.bob).await;
        test(&scene).await;
    });
}

impl Scene<'_> {
    /// The server of an actor.
    fn peer(&self, actor: &Actor) -> &Peer {
        let peers = [self.alpha, self.beta];
        let own = |peer: &&Peer| peer.origin() == actor.origin;
        peers.into_iter().find(own).expect("one of the two")
    }

    /// The number of somebody elsewhere here.
    async fn number_of(&self, actor: &Actor) -> i64 {
        let known = actors::find_or_fetch(&self.place.federation(), &actor.id).await;
        known
            .unwrap_or_else(|error| panic!("{}: {error:?}", actor.id))
            .id
    }

    /// Ann asks to follow somebody; what she asked them.
    async fn asks(&self, whom: &Actor) -> Value {
        let number = self.number_of(whom).await;
        let path = format!("/api/v1/accounts/{number}/follow");
        let said = self.ann.api.act(&path).await.entity("Relationship");
        assert_eq!(said["requested"], true, "{said}");
        self.place.settle().await;
        let asked = self.peer(whom).received_of("Follow");
        let asked = asked.into_iter().rfind(|f| f["object"] == json!(whom.id));
        asked.expect("the Follow came")
    }

    /// Ann follows somebody who says yes.
    async fn follows(&self, whom: &Actor) {
        let asked = self.asks(whom).await;
        self.does(whom, "Accept", asked).await;
        assert!(self.relationship(whom).await["following"] == true);
    }

    /// How Ann and somebody elsewhere stand.
    async fn relationship(&self, whom: &Actor) -> Value {
        let number = self.number_of(whom).await;
        let path = format!("/api/v1/accounts/relationships?id[]={number}");
        self.ann.api.get(&path).await.ok()[0].clone()
    }

    /// Somebody posts to everybody, and their server serves it.
    async fn posts(&self, who: &Actor, html: &str) -> Value {
        let peer = self.peer(who);
        let note = who.note(peer, self.place.app.clock.now(), html);
        self.says(who, &who.create(peer, &note)).await;
        note
    }

    /// Somebody sends an activity of theirs, for everybody; it is taken, and its work is done.
    async fn does(&self, who: &Actor, kind: &str, object: Value) -> Value {
        let mut activity = who.activity(self.peer(who), kind, object);
        activity["to"] = json!([PUBLIC]);
        self.says(who, &activity).await;
        activity
    }

    /// The same with an activity as it is.
    async fn says(&self, who: &Actor, activity: &Value) {
        who.send(self.place, activity).await.expect(202);
        self.place.settle().await;
    }

    /// Sends what may be refused at the door; `true`: it was taken.
    async fn tries(&self, who: &Actor, activity: &Value) -> bool {
        let answer = who.send(self.place, activity).await;
        self.place.settle().await;
        assert!(
            [202, 401, 403, 429].contains(&answer.status),
            "{activity}: {answer:?}"
        );
        answer.status == 202
    }

    /// What Ann's home says, newest first; of a boost, what is boosted.
    async fn home(&self) -> Vec<String> {
        let home = self.ann.api.get("/api/v1/timelines/home").await.ok();
        let posts = home.as_array().expect("a list").iter();
        posts
            .map(|post| match &post["reblog"] {
                Value::Null => &post["content"],
                boosted => &boosted["content"],
            })
            .map(|html| html.as_str().expect("text").to_owned())
            .collect()
    }

    /// What stands there when Ann pastes an address into the search.
    async fn pasted(&self, address: &Value) -> Value {
        let address = address.as_str().expect("an address");
        let path = format!("/api/v2/search?resolve=true&q={address}");
        self.ann.api.get(&path).await.entity("Search")["statuses"].clone()
    }

    /// Ann's address.
    fn ann_uri(&self) -> Value {
        json!(uri_of(self.place, &self.ann))
    }

    /// A post of Ann's here, by its number.
    async fn own_post(&self, number: &str) -> Value {
        let path = format!("/api/v1/statuses/{number}");
        self.ann.api.get(&path).await.entity("Status")
    }

    /// What Ann was told of, by type.
    async fn told(&self) -> Vec<String> {
        let list = self.ann.api.get("/api/v1/notifications").await.ok();
        let list = list.as_array().expect("a list").iter();
        list.map(|n| n["type"].as_str().expect("text").to_owned())
            .collect()
    }
}

/// The path of a document on its server.
fn path_of(document: &Value) -> String {
    let id = document["id"].as_str().expect("an id");
    let after_host = id.splitn(4, '/').nth(3).expect("a path");
    format!("/{after_host}")
}
