//! Never an empty room: what members open elsewhere fills up in the background.

use chrono::{DateTime, TimeDelta, Utc};
use porchlight::app::wishes::Wish;
use serde_json::{Value, json};

use crate::support::actor::Actor;
use crate::support::api::{Api, id, ids};
use crate::support::peer::{Page, Peer};
use crate::support::place::{Place, Setup, run};

/// A post and, as its `replies`, a collection of these addresses on the same server.
fn with_replies(peer: &Peer, note: &Value, replies: &[&Value]) {
    let mut note = note.clone();
    let address = format!("{}/replies", note["id"].as_str().expect("an id"));
    note["replies"] = json!(address);
    let ids: Vec<&Value> = replies.iter().map(|reply| &reply["id"]).collect();
    peer.publish(json!({
        "id": address, "type": "Collection", "totalItems": ids.len(),
        "first": { "type": "CollectionPage", "partOf": address, "items": ids },
    }));
    peer.publish(note);
}

fn answering(peer: &Peer, actor: &Actor, now: DateTime<Utc>, parent: &Value, says: &str) -> Value {
    let changes = json!({ "inReplyTo": parent["id"], "content": format!("<p>{says}</p>") });
    actor.note_with(peer, now, changes)
}

/// What a member finds by pasting an address.
async fn paste(api: &Api, address: &Value) -> Value {
    let path = format!(
        "/api/v2/search?resolve=true&q={}",
        address.as_str().expect("an address")
    );
    api.get(&path).await.entity("Search")
}

async fn said(api: &Api, path: &str) -> Vec<String> {
    let list = api.get(path).await.ok();
    let list = list.get("descendants").unwrap_or(&list).clone();
    let texts = list.as_array().expect("a list").iter();
    texts
        .map(|s| s["content"].as_str().expect("text").to_owned())
        .collect()
}

/// An outbox of these posts, the newest first, and collections that count.
fn outbox(peer: &Peer, actor: &Actor, posts: &[Value], total: usize) {
    let creates: Vec<Value> = posts.iter().map(|note| actor.create(peer, note)).collect();
    let (address, page) = (actor.path("/outbox"), actor.path("/outbox?page=1"));
    peer.publish(json!({
        "id": address, "type": "OrderedCollection", "totalItems": total, "first": page,
    }));
    peer.publish(json!({
        "id": page, "type": "OrderedCollectionPage", "partOf": address, "orderedItems": creates,
        "next": actor.path("/outbox?page=2"),
    }));
    for (name, count) in [("/followers", 1234), ("/following", 56)] {
        peer.publish(json!({
            "id": actor.path(name), "type": "OrderedCollection", "totalItems": count,
        }));
    }
}

async fn quiet(place: &Place) {
    let heard = "SELECT count(*) FROM notifications";
    assert_eq!(place.number(heard).await, 0, "somebody was notified");
}

#[test]
fn a_thread_that_a_member_opens_fills_up_with_its_replies() {
    Setup::federated().run(async |place| {
        let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
        let (ann, bob) = (alpha.actor("ann"), beta.actor("bob"));
        let olive = place.owner().await.api;
        let then = place.app.clock.now() - TimeDelta::hours(30);

        let root = ann.note(alpha, then, "<p>Root</p>");
        let one = answering(beta, &bob, then, &root, "One");
        let two = answering(alpha, &ann, then, &one, "Two");
        // What somebody else put into the collection answers something else.
        let stray = bob.note(beta, then, "<p>Stray</p>");
        with_replies(beta, &one, &[&two]);
        let forged = json!({ "id": "http://gamma.test/x" });
        with_replies(alpha, &root, &[&one, &stray, &forged]);

        let found = paste(&olive, &root["id"]).await;
        let status = id(&found["statuses"][0]);
        place.settle().await;
        let path = format!("/api/v1/statuses/{status}/context");
        assert_eq!(
            said(&olive, &path).await,
            Vec::<String>::new(),
            "at once, as known"
        );
        place.settle().await;
        assert_eq!(said(&olive, &path).await, ["<p>One</p>", "<p>Two</p>"]);
        quiet(place).await;
        assert_eq!(
            said(&olive, "/api/v1/timelines/home").await,
            Vec::<String>::new()
        );

        // The same look again asks nobody.
        place.settle().await;
        let before = alpha.asked().len() + beta.asked().len();
        said(&olive, &path).await;
        place.settle().await;
        assert_eq!(alpha.asked().len() + beta.asked().len(), before);
    });
}

#[test]
fn a_post_that_is_opened_by_its_address_is_asked_for_once() {
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        let ann = alpha.actor("ann");
        let olive = place.owner().await.api;
        let now = place.app.clock.now();
        let posts = [
            ann.note(alpha, now, "<p>One</p>"),
            ann.note(alpha, now, "<p>Two</p>"),
        ];
        let path = |note: &Value| {
            note["id"].as_str().expect("an id")["http://alpha.test".len()..].to_owned()
        };
        let found = paste(&olive, &posts[0]["id"]).await;
        assert_eq!(found["statuses"][0]["content"], "<p>One</p>");
        assert_eq!(alpha.times_asked(&path(&posts[0])), 1);
        assert_eq!(
            alpha.times_asked("/"),
            2,
            "the post and its author: {:?}",
            alpha.asked()
        );
        // By the address of its page: that, and where the document says that it is (I9).
        alpha.serve("/@ann/2", Page::document(&posts[1]));
        paste(&olive, &json!(alpha.url("/@ann/2"))).await;
        assert_eq!(alpha.times_asked("/@ann/2"), 1);
        assert_eq!(alpha.times_asked(&path(&posts[1])), 1);
        let found = paste(&olive, &posts[0]["id"]).await;
        assert_eq!(alpha.times_asked("/"), 4, "{:?}", alpha.asked());
        // Its thread begins with what came just now; later it is asked for anew.
        let context = format!("/api/v1/statuses/{}/context", id(&found["statuses"][0]));
        olive.get(&context).await.ok();
        place.settle().await;
        assert_eq!(
            alpha.times_asked(&path(&posts[0])),
            1,
            "{:?}",
            alpha.asked()
        );
        place.app.wishes.forget();
        olive.get(&context).await.ok();
        place.settle().await;
        assert_eq!(alpha.times_asked(&path(&posts[0])), 2);
    });
}

#[test]
fn what_somebody_boosted_is_on_their_profile_and_no_news() {
    Setup::federated().run(async |place| {
        let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
        let (ann, bea) = (alpha.actor("ann"), beta.actor("bea"));
        let olive = place.owner().await;
        let now = place.app.clock.now();
        let ours = olive.api.toot("Ours").await;
        let ours = format!("{}/ap/notes/{}", place.origin, id(&ours));
        let theirs = bea.note(beta, now - TimeDelta::hours(3), "<p>True</p>");
        let mut forged = theirs.clone();
        forged["content"] = json!("<p>Forged</p>");
        let secret = bea.note_with(
            beta,
            now,
            json!({ "to": [bea.path("/followers")], "cc": [] }),
        );
        let own = ann.note(alpha, now - TimeDelta::hours(1), "<p>Own</p>");
        let boost = |object: Value, hours: i64| {
            let mut boost = ann.activity(alpha, "Announce", object);
            boost["to"] = json!(["https://www.w3.org/ns/activitystreams#Public"]);
            boost["published"] = json!((now - TimeDelta::hours(hours)).to_rfc3339());
            boost
        };
        let mut others = boost(theirs["id"].clone(), 2);
        others["actor"] = json!(alpha.url("/users/somebody"));
        let mut private = boost(theirs["id"].clone(), 2);
        private["to"] = json!([ann.path("/followers")]);
        let true_boost = boost(forged, 2);
        let entries = [
            json!({ "type": "Create", "actor": ann.id, "object": own }),
            true_boost.clone(),
            boost(json!(ours), 4),
            boost(secret["id"].clone(), 5),
            others,
            private,
            ann.activity(alpha, "Like", theirs["id"].clone()),
        ];
        let address = ann.path("/outbox");
        alpha.publish(json!({
            "id": address, "type": "OrderedCollection", "totalItems": 7, "orderedItems": entries,
        }));
        let found = paste(&olive.api, &json!(ann.id)).await;
        let account = id(&found["accounts"][0]);
        olive
            .api
            .act(&format!("/api/v1/accounts/{account}/follow"))
            .await
            .ok();
        place.settle().await;
        let follow = alpha.received_of("Follow").pop().expect("it came");
        ann.send(place, &ann.activity(alpha, "Accept", follow))
            .await
            .expect(202);
        place.settle().await;
        let path = format!("/api/v1/accounts/{account}/statuses");
        let list = olive.api.get(&path).await.ok();
        let shown: Vec<String> = list
            .as_array()
            .expect("a list")
            .iter()
            .map(|s| match s["reblog"].is_object() {
                true => format!(
                    "boost of {}",
                    s["reblog"]["content"].as_str().expect("text")
                ),
                false => s["content"].as_str().expect("text").to_owned(),
            })
            .collect();
        assert_eq!(
            shown,
            ["<p>Own</p>", "boost of <p>True</p>", "boost of <p>Ours</p>"]
        );
        assert_eq!(
            beta.times_asked("/users/bea/notes/"),
            2,
            "{:?}",
            beta.asked()
        );
        // Told to nobody, in no home; counted where it is ours.
        quiet(place).await;
        let home = said(&olive.api, "/api/v1/timelines/home").await;
        assert_eq!(home, ["<p>Ours</p>"]);
        let number = ours.rsplit('/').next().expect("an id");
        let counted = olive
            .api
            .get(&format!("/api/v1/statuses/{number}"))
            .await
            .ok();
        assert_eq!(counted["reblogs_count"], 1);
        // Its server sends it now: then it is news.
        ann.send(place, &true_boost).await.expect(202);
        place.settle().await;
        let home = olive.api.get("/api/v1/timelines/home").await.ok();
        let boosted: Vec<&Value> = home
            .as_array()
            .expect("a list")
            .iter()
            .filter(|s| s["reblog"].is_object())
            .collect();
        assert_eq!(boosted.len(), 1, "{home}");
        assert_eq!(boosted[0]["reblog"]["content"], "<p>True</p>");
        assert_eq!(
            place.rows("statuses WHERE reblog_of_id IS NOT NULL").await,
            2
        );
    });
}

#[test]
fn a_profile_that_a_member_opens_shows_its_last_posts_and_true_counts() {
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        let ann = alpha.actor("ann");
        let olive = place.owner().await.api;
        let now = place.app.clock.now();
        let mut posts: Vec<Value> = (0..30)
            .map(|n| {
                let then = now - TimeDelta::hours(40 + n);
                ann.note(alpha, then, &format!("<p>Post {n}</p>"))
            })
            .collect();
        // Not for everybody: nobody gave it to us.
        let private = json!({ "to": [ann.path("/followers")], "cc": [] });
        posts[3] = ann.note_with(alpha, now - TimeDelta::hours(43), private);
        outbox(alpha, &ann, &posts, 987);

        let found = olive
            .get("/api/v2/search?resolve=true&q=@ann@alpha.test")
            .await;
        let account = id(&found.entity("Search")["accounts"][0]);
        place.settle().await;
        alpha.forget_asked();

        let path = format!("/api/v1/accounts/{account}");
        let first = olive.get(&path).await.entity("Account");
        assert_eq!(first["followers_count"], 0, "at once, as known");
        // Everybody looks at the same time.
        for _ in 0..5 {
            olive.get(&format!("{path}/statuses")).await.ok();
        }
        place.settle().await;
        let then = olive.get(&path).await.entity("Account");
        assert_eq!(then["followers_count"], 1234);
        assert_eq!(then["following_count"], 56);
        assert_eq!(then["statuses_count"], 987);
        let list = olive.get(&format!("{path}/statuses?limit=40")).await.ok();
        assert_eq!(ids(&list).len(), 19);
        assert_eq!(list[0]["content"], "<p>Post 0</p>");
        assert_eq!(list[18]["content"], "<p>Post 19</p>");
        assert_eq!(alpha.times_asked("/users/ann/outbox"), 2, "one look");
        assert!(alpha.asked().len() <= 6, "{:?}", alpha.asked());
        quiet(place).await;
    });
}

#[test]
fn what_somebody_elsewhere_pinned_stands_on_top_of_their_profile() {
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        let (ann, bob) = (alpha.actor("ann"), alpha.actor("bob"));
        let olive = place.owner().await.api;
        let then = place.app.clock.now() - TimeDelta::days(90);
        let mut document = ann.document();
        document["featured"] = json!(ann.path("/featured"));
        alpha.publish(document);
        let posts: Vec<Value> = (0..12)
            .map(|n| ann.note(alpha, then, &format!("<p>Pin {n}</p>")))
            .collect();
        let others = bob.note(alpha, then, "<p>Of somebody else</p>");
        let private = json!({ "to": [ann.path("/followers")], "cc": [] });
        let private = ann.note_with(alpha, then, private);
        let pin = |entries: &[&Value]| {
            alpha.publish(json!({
                "id": ann.path("/featured"), "type": "OrderedCollection", "orderedItems": entries,
            }));
        };
        let pinned = async |account: &str| {
            let path = format!("/api/v1/accounts/{account}/statuses?pinned=true");
            said(&olive, &path).await
        };
        // Whole, by address, or in its Create, which is nowhere else; with a hashtag, with
        // another's, with one that is not for us.
        let create = json!({
            "type": "Create", "id": alpha.url("/creates/3"), "actor": ann.id, "object": posts[3],
        });
        let tag = json!({ "type": "Hashtag", "name": "#x", "href": alpha.url("/tags/x") });
        pin(&[
            &posts[2],
            &tag,
            &posts[0]["id"],
            &create,
            &others["id"],
            &private["id"],
        ]);
        let found = paste(&olive, &json!(ann.id)).await;
        let account = id(&found["accounts"][0]);
        let path = format!("/api/v1/accounts/{account}");
        olive.get(&path).await.ok();
        place.settle().await;
        let shown = ["<p>Pin 2</p>", "<p>Pin 0</p>", "<p>Pin 3</p>"];
        assert_eq!(pinned(&account).await, shown);
        place
            .browser()
            .visit("/@ann@alpha.test")
            .await
            .says("Pin 2");
        quiet(place).await;

        // Another choice, and more than anybody needs.
        let mut entries: Vec<&Value> = posts.iter().rev().collect();
        entries.retain(|post| *post != &posts[2]);
        pin(&entries);
        place.advance(TimeDelta::hours(2));
        place
            .app
            .wishes
            .make(Wish::Profile(account.parse().expect("an id")));
        place.settle().await;
        assert_eq!(
            pinned(&account).await.len(),
            3,
            "the same wish within minutes is none"
        );
        place.app.wishes.forget();
        olive.get(&path).await.ok();
        place.settle().await;
        let then = pinned(&account).await;
        assert_eq!(then.len(), 10, "{then:?}");
        assert!(!then.contains(&"<p>Pin 2</p>".to_owned()), "{then:?}");
        assert!(then.contains(&"<p>Pin 11</p>".to_owned()), "{then:?}");
    });
}

#[test]
fn following_brings_posts_to_the_profile_and_none_to_the_home_feed() {
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        let ann = alpha.actor("ann");
        let olive = place.owner().await.api;
        let now = place.app.clock.now();
        let mention = json!({ "tag": [{
            "type": "Mention", "href": format!("{}/ap/actors/{}", place.origin, own_id(&olive).await),
        }] });
        let posts = [
            ann.note(alpha, now - TimeDelta::minutes(1), "<p>New</p>"),
            ann.note_with(alpha, now - TimeDelta::minutes(2), mention),
        ];
        outbox(alpha, &ann, &posts, 2);
        let found = olive.get("/api/v2/search?resolve=true&q=ann@alpha.test").await;
        let account = id(&found.entity("Search")["accounts"][0]);
        olive.act(&format!("/api/v1/accounts/{account}/follow")).await.ok();
        place.settle().await;
        let path = format!("/api/v1/accounts/{account}/statuses");
        assert_eq!(said(&olive, &path).await.len(), 2);
        assert_eq!(said(&olive, "/api/v1/timelines/home").await, Vec::<String>::new());
        quiet(place).await;
    });
}

async fn own_id(api: &Api) -> String {
    id(&api.get("/api/v1/accounts/verify_credentials").await.ok())
}

#[test]
fn neither_an_applicant_nor_a_stranger_makes_us_ask_anybody() {
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        let ann = alpha.actor("ann");
        let olive = place.owner().await.api;
        let waiting = place.applicant("cleo").await.api;
        let note = ann.note(alpha, place.app.clock.now(), "<p>Hello</p>");
        let found = paste(&olive, &note["id"]).await;
        let status = id(&found["statuses"][0]);
        let account = id(&found["statuses"][0]["account"]);
        place.settle().await;
        alpha.forget_asked();
        for api in [&waiting, &place.stranger()] {
            for path in [
                format!("/api/v1/statuses/{status}/context"),
                format!("/api/v1/accounts/{account}"),
                format!("/api/v1/accounts/{account}/statuses"),
                "/api/v1/accounts/lookup?acct=bob@alpha.test&resolve=true".to_owned(),
                "/api/v2/search?resolve=true&q=bob@alpha.test".to_owned(),
                "/api/v1/accounts/search?resolve=true&q=bob@alpha.test".to_owned(),
            ] {
                api.get(&path).await;
            }
        }
        for page in ["/@ann@alpha.test", "/search?q=bob@alpha.test"] {
            place.browser().visit(page).await;
        }
        place.settle().await;
        assert_eq!(alpha.asked().len(), 0, "{:?}", alpha.asked());
    });
}

#[test]
fn members_find_people_elsewhere_in_every_search() {
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        for name in ["ann", "bea", "cid", "dot"] {
            alpha.actor(name);
        }
        let olive = place.owner().await.api;
        let known = "/api/v2/search?q=@ann@alpha.test";
        assert_eq!(
            olive.get(known).await.entity("Search")["accounts"],
            json!([])
        );
        let found = olive
            .get("/api/v2/search?resolve=1&q=@ann@alpha.test")
            .await;
        assert_eq!(
            found.entity("Search")["accounts"][0]["acct"],
            "ann@alpha.test"
        );
        let found = olive.get(known).await.entity("Search");
        assert_eq!(found["accounts"][0]["acct"], "ann@alpha.test");

        let found = olive
            .get("/api/v1/accounts/search?resolve=true&q=bea@alpha.test")
            .await;
        assert_eq!(found.entity("[Account]")[0]["acct"], "bea@alpha.test");
        let path = "/api/v1/accounts/lookup?acct=cid@alpha.test";
        olive.get(path).await.error(404);
        let found = olive.get(&format!("{path}&resolve=true")).await;
        assert_eq!(found.entity("Account")["acct"], "cid@alpha.test");
        // By address, of the actor or of its page.
        let found = paste(&olive, &json!(alpha.url("/users/dot"))).await;
        assert_eq!(found["accounts"][0]["acct"], "dot@alpha.test");

        for nobody in [
            "nobody@alpha.test",
            "ann@nowhere.test",
            "http://alpha.test/nothing",
            "@",
            "@@",
        ] {
            let found = olive
                .get(&format!("/api/v2/search?resolve=true&q={nobody}"))
                .await;
            assert_eq!(found.entity("Search")["accounts"], json!([]), "{nobody}");
        }
        place.settle().await;
    });
}

#[test]
fn a_collection_without_an_end_is_left() {
    // N8
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        let ann = alpha.actor("ann");
        let olive = place.owner().await.api;
        alpha.answer("/users/ann/outbox", {
            let origin = alpha.origin();
            move |asked| {
                let address = format!("{origin}{}", asked.path);
                Page::document(&json!({
                    "id": address, "type": "OrderedCollectionPage", "totalItems": 5,
                    "orderedItems": [{ "type": "Announce", "object": "http://beta.test/1" }],
                    "next": format!("{address}x"),
                }))
            }
        });
        alpha.forget("/users/ann/outbox");
        let found = paste(&olive, &json!(ann.id)).await;
        let account = id(&found["accounts"][0]);
        olive.get(&format!("/api/v1/accounts/{account}")).await.ok();
        place.settle().await;
        assert_eq!(alpha.times_asked("/users/ann/outbox"), 4);
    });
}

#[test]
fn a_thousand_threads_make_us_ask_one_server_no_more_than_its_budget() {
    Setup::federated().run(async |place| {
        let olive = place.owner().await.api;
        let alpha = place.peer("alpha");
        let ann = alpha.actor("ann");
        let origin = alpha.origin();
        // Each has a collection of pages without an end: four requests.
        alpha.answer("/replies/", move |asked| {
            let number = asked.path.len();
            let next = format!("{origin}{}x", asked.path);
            Page::document(&json!({
                "id": format!("{origin}{}", asked.path), "type": "CollectionPage",
                "totalItems": number, "items": [], "next": next,
            }))
        });
        let now = place.app.clock.now();
        let mut known = Vec::new();
        for n in 0..51 {
            let replies = json!({ "replies": alpha.url(&format!("/replies/{n}/")) });
            let note = ann.note_with(alpha, now, replies);
            let address = note["id"].as_str().expect("an id");
            let fed = place.federation();
            let found = porchlight::activitypub::notes::find_or_fetch(&fed, address).await;
            known.push(found.expect("the post is found").id);
        }
        alpha.forget_asked();
        for id in &known[..50] {
            olive
                .get(&format!("/api/v1/statuses/{id}/context"))
                .await
                .ok();
        }
        place.settle().await;
        let asked = alpha.times_asked("/");
        assert!((100..=125).contains(&asked), "{asked}");
        // A while later it is asked again.
        place.advance(TimeDelta::minutes(30));
        alpha.forget_asked();
        olive
            .get(&format!("/api/v1/statuses/{}/context", known[50]))
            .await
            .ok();
        place.settle().await;
        assert!(alpha.times_asked("/replies/") > 0);
    });
}

#[test]
fn a_place_that_federates_with_nobody_makes_no_wishes() {
    run(async |place| {
        let olive = place.owner().await;
        let account = olive.id.clone();
        olive
            .api
            .get(&format!("/api/v1/accounts/{account}"))
            .await
            .ok();
        assert_eq!(place.app.wishes.open(), 0);
    });
}
