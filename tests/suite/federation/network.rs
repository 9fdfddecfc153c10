//! The guarded client against servers that lie (abuse cases N1 to N8, I10, I11).

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::HeaderMap;
use porchlight::activitypub::collections::{self, Entry};
use porchlight::activitypub::webfinger::{self, Handle};
use porchlight::activitypub::{actors, nodeinfo, notes};
use porchlight::app::federation::{Federation, FetchError, Network, Want};
use porchlight::app::http::names::Names;
use porchlight::secrets::actor_key;
use serde_json::{Value, json};
use url::Url;

use crate::support::peer::{ACTIVITY_JSON, Page, Peer};
use crate::support::place::{Place, Setup, run};

/// A page of a collection that must come soon.
const SOON: Want = Want {
    patience: Duration::from_millis(400),
    ..Want::PAGE
};

fn url(text: &str) -> Url {
    Url::parse(text).expect(text)
}

async fn document(fed: &Federation, address: &str) -> Result<Value, FetchError> {
    let found = fed.document::<Value>(&url(address)).await;
    found.map(|found| found.object)
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, FetchError>, why: &str) {
    match result {
        Err(FetchError::Refused(said)) if said.contains(why) => {}
        other => panic!("not refused because {why:?}: {other:?}"),
    }
}

#[track_caller]
fn nonsense<T: std::fmt::Debug>(result: Result<T, FetchError>) {
    assert!(matches!(result, Err(FetchError::Nonsense(_))), "{result:?}");
}

/// Publishes `{"id": …}` at a path.
fn thing(peer: &Peer, path: &str) -> Value {
    peer.publish(json!({ "id": peer.url(path), "type": "Note" }))
}

/// Answers lookups in turn; the last answer for good.
struct Lying {
    answers: Vec<Vec<IpAddr>>,
    asked: AtomicUsize,
}

impl Lying {
    fn new(answers: &[&[&str]]) -> Arc<Lying> {
        let read = |ips: &&[&str]| ips.iter().map(|ip| ip.parse().expect(ip)).collect();
        Arc::new(Lying {
            answers: answers.iter().map(read).collect(),
            asked: AtomicUsize::new(0),
        })
    }
}

impl Names for Lying {
    fn look_up(&self, _host: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let turn = self.asked.fetch_add(1, Ordering::Relaxed);
        let answer = self.answers[turn.min(self.answers.len() - 1)].clone();
        Box::pin(async move { Ok(answer) })
    }
}

/// A place that is none of development: https on port 443 alone.
fn in_earnest(test: impl AsyncFnOnce(&Place)) {
    Setup::default()
        .with("PORCHLIGHT_SERVER__DOMAIN", "porch.example.org")
        .run(test);
}

async fn through(place: &Place, names: &Arc<Lying>) -> Federation {
    let network = Network::open_with(&place.app, names.clone()).await;
    network.expect("a network").federation()
}

#[test]
fn a_name_that_leads_into_a_private_network_is_refused() {
    // N1
    in_earnest(async |place| {
        for ip in [
            "127.0.0.1",
            "10.1.2.3",
            "172.20.0.1",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "::1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "fd00::1",
            "fe80::1",
        ] {
            let names = Lying::new(&[&[ip]]);
            let fed = through(place, &names).await;
            let asked = fed
                .get(&url("https://rogue.example.org/x"), Want::PAGE)
                .await;
            refused(asked, ip);
            assert_eq!(names.asked.load(Ordering::Relaxed), 1);
        }
    });
}

#[test]
fn whatever_is_asked_for_passes_the_same_guard() {
    // N3
    in_earnest(async |place| {
        let names = Lying::new(&[&["169.254.169.254"]]);
        let fed = through(place, &names).await;
        let host = "https://rogue.example.org";
        let (actor, note) = (format!("{host}/users/ann"), format!("{host}/notes/1"));
        let handle = Handle::read("ann@rogue.example.org").expect("a handle");
        let collection = format!("{host}/replies");
        let picture = Want {
            signed: false,
            types: &[],
            ..Want::PAGE
        };
        let mut asked = 0;
        let mut looked_up = |what: &str, is_refused: bool| {
            let so_far = names.asked.load(Ordering::Relaxed);
            assert!(is_refused && so_far > asked, "{what}");
            asked = so_far;
        };
        looked_up("actor", actors::find_or_fetch(&fed, &actor).await.is_err());
        looked_up("note", notes::find_or_fetch(&fed, &note).await.is_err());
        looked_up("handle", webfinger::find(&fed, &handle).await.is_err());
        looked_up(
            "nodeinfo",
            nodeinfo::ask(&fed, "rogue.example.org").await.is_err(),
        );
        let read = collections::read(&fed, &collection, "rogue.example.org", 1, |_| Entry::Counts);
        looked_up("collection", read.await.is_err());
        let file = url(&format!("{host}/lamp.png"));
        looked_up(
            "media",
            matches!(
                fed.stream(&file, picture).await,
                Err(FetchError::Refused(_))
            ),
        );
        let inbox = url(&format!("{host}/inbox"));
        let posted = fed.post(&inbox, HeaderMap::new(), Bytes::new()).await;
        looked_up("delivery", matches!(posted, Err(FetchError::Refused(_))));
    });
}

#[test]
fn a_name_with_one_private_address_among_public_ones_is_refused() {
    // N2
    in_earnest(async |place| {
        let names = Lying::new(&[&["2000::1", "::1"]]);
        let fed = through(place, &names).await;
        let asked = fed
            .get(&url("https://rogue.example.org/x"), Want::PAGE)
            .await;
        refused(asked, "::1");
    });
}

#[test]
fn the_address_that_was_vetted_is_the_one_that_is_dialled() {
    // N2
    in_earnest(async |place| {
        // Nobody lives at the first one; whoever looked a second time would find us.
        let names = Lying::new(&[&["2000::1"], &["127.0.0.1"]]);
        let fed = through(place, &names).await;
        let there = url("https://rogue.example.org/x");
        let first = fed.get(&there, SOON).await;
        assert!(
            matches!(first, Err(FetchError::Unreachable(_))),
            "{first:?}"
        );
        assert_eq!(names.asked.load(Ordering::Relaxed), 1, "looked up once");
        refused(fed.get(&there, SOON).await, "127.0.0.1");
    });
}

#[test]
fn numbers_ports_and_other_schemes_are_refused_before_anything_is_looked_up() {
    // N1, N3
    in_earnest(async |place| {
        let names = Lying::new(&[&["2000::1"]]);
        let fed = through(place, &names).await;
        for address in [
            "https://127.0.0.1/x",
            "https://2130706433/x",
            "https://0x7f.0.0.1/x",
            "https://[::1]/x",
            "https://rogue.example.org:8443/x",
            "http://rogue.example.org/x",
            "http://rogue.example.org:443/x",
            "ftp://rogue.example.org/x",
            "https://me:secret@rogue.example.org/x",
            "https://localhost/x",
            "https://router.local/x",
            "https://porch.example.org/x",
        ] {
            refused(fed.get(&url(address), Want::PAGE).await, "");
            refused(fed.document::<Value>(&url(address)).await, "");
            let posted = fed
                .post(&url(address), HeaderMap::new(), Bytes::new())
                .await;
            refused(posted, "");
        }
        assert_eq!(names.asked.load(Ordering::Relaxed), 0);
    });
}

#[test]
fn every_hop_is_vetted_again() {
    // N3, I11
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        let port = place.peer("beta").address.port();
        for to in [
            format!("http://127.0.0.1:{port}/x"),
            "http://elsewhere.test/x".to_owned(),
            format!("{}/x", place.origin),
            "file:///etc/passwd".to_owned(),
        ] {
            alpha.serve("/x", Page::redirect(&to));
            refused(document(&place.federation(), &alpha.url("/x")).await, "");
            refused(
                place
                    .federation()
                    .get(&url(&alpha.url("/x")), Want::PAGE)
                    .await,
                "",
            );
        }
        assert!(place.peer("beta").asked().is_empty());
    });
}

#[test]
fn three_redirects_are_followed_and_not_a_fourth() {
    // N4
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        thing(alpha, "/end");
        for (from, to) in [("/4", "/3"), ("/3", "/2"), ("/2", "/1"), ("/1", "/end")] {
            // Relative, as many servers write them.
            alpha.serve(from, Page::redirect(to));
        }
        let found = document(&place.federation(), &alpha.url("/3")).await;
        assert_eq!(found.expect("found")["id"], alpha.url("/end"));
        refused(
            document(&place.federation(), &alpha.url("/4")).await,
            "too far",
        );
    });
}

#[test]
fn circles_are_left_at_once_whatever_they_are_made_of() {
    // N4
    Setup::federated().run(async |place| {
        let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
        alpha.serve("/self", Page::redirect(&alpha.url("/self")));
        refused(
            document(&place.federation(), &alpha.url("/self")).await,
            "circle",
        );

        alpha.serve("/there", Page::redirect(&beta.url("/back")));
        beta.serve("/back", Page::redirect(&alpha.url("/there")));
        refused(
            document(&place.federation(), &alpha.url("/there")).await,
            "circle",
        );

        // Two documents that each name the other one.
        let naming = |path| Page::document(&json!({ "id": alpha.url(path), "type": "Note" }));
        alpha.serve("/tick", naming("/tock"));
        alpha.serve("/tock", naming("/tick"));
        refused(
            document(&place.federation(), &alpha.url("/tick")).await,
            "circle",
        );

        // Each names a new one.
        alpha.answer("/run/", {
            let origin = alpha.origin();
            move |asked| Page::document(&json!({ "id": format!("{origin}{}x", asked.path) }))
        });
        let before = alpha.asked().len();
        refused(
            document(&place.federation(), &alpha.url("/run/")).await,
            "too far",
        );
        assert_eq!(alpha.asked().len() - before, 4);
    });
}

#[test]
fn who_drips_or_says_nothing_is_left_when_the_time_is_over() {
    // N5
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        let document = json!({ "id": alpha.url("/drip"), "content": "a".repeat(10_000) });
        alpha.serve("/drip", Page::drip(&document, Duration::from_millis(20)));
        alpha.serve("/silence", Page::silence());
        for path in ["/drip", "/silence"] {
            let began = Instant::now();
            let asked = place.federation().get(&url(&alpha.url(path)), SOON).await;
            assert!(
                matches!(asked, Err(FetchError::Unreachable(_))),
                "{asked:?}"
            );
            assert!(began.elapsed() < Duration::from_secs(3), "{path}");
        }
        // Several hops share one deadline.
        alpha.serve("/slow", Page::redirect("/drip"));
        let began = Instant::now();
        let asked = place
            .federation()
            .get(&url(&alpha.url("/slow")), SOON)
            .await;
        assert!(
            matches!(asked, Err(FetchError::Unreachable(_))),
            "{asked:?}"
        );
        assert!(began.elapsed() < Duration::from_secs(3));
    });
}

#[test]
fn headers_without_an_end_are_not_read_to_the_end() {
    // N5
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        alpha.serve("/head", Page::endless_head());
        let asked = document(&place.federation(), &alpha.url("/head")).await;
        assert!(
            matches!(asked, Err(FetchError::Unreachable(_))),
            "{asked:?}"
        );
    });
}

#[test]
fn bodies_count_as_they_are_unpacked() {
    // N6
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        alpha.serve("/bomb", Page::bomb(50 << 20));
        alpha.serve("/endless", Page::endless());
        let long = json!({ "id": alpha.url("/long"), "content": "a".repeat(1 << 20) });
        alpha.publish(long);
        for path in ["/bomb", "/endless", "/long"] {
            let asked = document(&place.federation(), &alpha.url(path)).await;
            assert_eq!(asked, Err(FetchError::TooLarge), "{path}");
            let asked = place
                .federation()
                .get(&url(&alpha.url(path)), Want::PAGE)
                .await;
            assert_eq!(asked.map(|_| ()), Err(FetchError::TooLarge), "{path}");
        }
        let page = Page::typed("application/jrd+json", "a".repeat((64 << 10) + 1));
        alpha.serve("/webfinger", page);
        let there = url(&alpha.url("/webfinger"));
        let asked = place.federation().get(&there, Want::WEBFINGER).await;
        assert_eq!(asked.map(|_| ()), Err(FetchError::TooLarge));
    });
}

#[test]
fn a_document_ten_thousand_deep_is_nonsense() {
    // N7
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        let id = alpha.url("/deep");
        let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
        let text = format!("{{\"id\":\"{id}\",\"x\":{deep}}}");
        alpha.serve("/deep", Page::typed(ACTIVITY_JSON, text));
        nonsense(document(&place.federation(), &id).await);
    });
}

#[test]
fn one_piece_of_work_makes_twenty_requests_and_no_more() {
    // N8
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        alpha.answer("/pages/", {
            let origin = alpha.origin();
            move |asked| {
                let id = format!("{origin}{}", asked.path);
                Page::document(&json!({ "id": id, "next": format!("{id}1") }))
            }
        });
        let fed = place.federation();
        let mut next = alpha.url("/pages/");
        let error = loop {
            // Whatever kind of question, and whoever holds a clone.
            match document(&fed.clone(), &next).await {
                Ok(page) => next = page["next"].as_str().expect("a page").to_owned(),
                Err(error) => break error,
            }
            let _ = fed
                .get(&url(&alpha.url("/nodeinfo/2.0")), Want::NODEINFO)
                .await;
        };
        assert_eq!(error, FetchError::Budget);
        assert_eq!(alpha.asked().len(), 20);
    });
}

#[test]
fn what_does_not_call_itself_a_document_is_none() {
    // I10
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        let id = alpha.url("/upload");
        let text = json!({ "id": id, "type": "Note" }).to_string();
        for media_type in [
            "text/plain",
            "text/html",
            "application/json",
            "application/ld+json",
            "application/octet-stream",
            "image/png",
        ] {
            alpha.serve("/upload", Page::typed(media_type, text.clone()));
            nonsense(document(&place.federation(), &id).await);
            nonsense(place.federation().get(&url(&id), Want::PAGE).await);
        }
        for media_type in [
            "application/activity+json",
            "application/activity+json;charset=UTF-8",
            "application/ld+json;profile=\"https://www.w3.org/ns/activitystreams\"; charset=utf-8",
        ] {
            alpha.serve("/upload", Page::typed(media_type, text.clone()));
            let found = document(&place.federation(), &id).await;
            assert_eq!(found.expect(media_type)["id"], id.as_str());
        }
    });
}

#[test]
fn a_document_belongs_to_the_host_where_it_was_found() {
    // I8, I9, I11
    Setup::federated().run(async |place| {
        let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
        // Somebody else's word about alpha's note.
        beta.serve(
            "/forged",
            Page::document(&json!({ "id": alpha.url("/note") })),
        );
        nonsense(document(&place.federation(), &beta.url("/forged")).await);
        // A redirect makes it no truer.
        alpha.serve("/note", Page::redirect(&beta.url("/forged")));
        nonsense(document(&place.federation(), &alpha.url("/note")).await);
        // No id at all, two ids.
        beta.serve("/none", Page::document(&json!({ "type": "Note" })));
        nonsense(document(&place.federation(), &beta.url("/none")).await);
        let (one, two) = (beta.url("/two"), alpha.url("/two"));
        let text = format!("{{\"id\":\"{one}\",\"id\":\"{two}\"}}");
        beta.serve("/two", Page::typed(ACTIVITY_JSON, text));
        nonsense(document(&place.federation(), &one).await);
        // Moved on the same host: asked for where it says that it is.
        thing(alpha, "/new");
        alpha.serve("/old", Page::document(&json!({ "id": alpha.url("/new") })));
        let found = document(&place.federation(), &alpha.url("/old#part")).await;
        assert_eq!(found.expect("found")["id"], alpha.url("/new"));
    });
}

#[test]
fn errors_of_other_servers_keep_their_meaning() {
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        let too_many = |wait| FetchError::TooMany { retry_after: wait };
        for (page, error) in [
            (Page::status(404), FetchError::NotFound),
            (Page::status(410), FetchError::Gone),
            (Page::status(401), FetchError::Denied(401)),
            (Page::status(403), FetchError::Denied(403)),
            (Page::status(500), FetchError::Busy(500)),
            (Page::status(503), FetchError::Busy(503)),
            (Page::status(429), too_many(None)),
            (
                Page::status(429).with("retry-after", "90"),
                too_many(Some(Duration::from_secs(90))),
            ),
            (
                Page::status(429).with("retry-after", "99999999"),
                too_many(Some(Duration::from_secs(86_400))),
            ),
        ] {
            alpha.serve("/x", page);
            let asked = document(&place.federation(), &alpha.url("/x")).await;
            assert_eq!(asked, Err(error));
        }
        alpha.serve("/x", Page::typed(ACTIVITY_JSON, "{"));
        nonsense(document(&place.federation(), &alpha.url("/x")).await);
        let nowhere = Page::status(302);
        alpha.serve("/x", nowhere);
        nonsense(document(&place.federation(), &alpha.url("/x")).await);
    });
}

#[test]
fn we_say_who_we_are_and_sign_what_we_ask() {
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        thing(alpha, "/note?a=b");
        let found = document(&place.federation(), &alpha.url("/note?a=b")).await;
        found.expect("found");
        let asked = alpha.asked().remove(0);
        let version = env!("CARGO_PKG_VERSION");
        let agent = format!("Porchlight/{version} (+http://porch.test/)");
        assert_eq!(asked.header("user-agent"), agent);
        assert_eq!(asked.header("host"), "alpha.test");
        assert!(asked.header("accept").contains("application/activity+json"));

        let signature = asked.header("signature");
        let part = |name: &str| {
            let start = signature.find(&format!("{name}=\"")).expect(name) + name.len() + 2;
            signature[start..].split('"').next().expect(name)
        };
        assert_eq!(part("keyId"), "http://porch.test/ap/actor#main-key");
        let signed = format!(
            "(request-target): get /note?a=b\nhost: alpha.test\ndate: {}",
            asked.header("date")
        );
        assert_eq!(part("headers"), "(request-target) host date");
        let key = place.app.instance_key().await.expect("a key");
        let bytes = base64::Engine::decode(
            &base64::engine::general_purpose::STANDARD,
            part("signature"),
        );
        let bytes = bytes.expect("base64");
        assert!(actor_key::verify(
            &key.public_pem,
            signed.as_bytes(),
            &bytes
        ));
    });
}

#[test]
fn a_place_without_a_domain_asks_nobody() {
    run(async |place| {
        let fed = place.federation();
        let there = url("https://other.example.org/x");
        let not = Err(FetchError::NotFederating);
        assert_eq!(document(&fed, there.as_str()).await, not);
        let got = fed.get(&there, Want::PAGE).await;
        assert_eq!(got.map(|_| Value::Null), not);
        let posted = fed.post(&there, HeaderMap::new(), Bytes::new()).await;
        assert_eq!(posted.map(|_| Value::Null), not);
    });
}

#[test]
fn an_inbox_may_say_what_it_likes() {
    Setup::federated().run(async |place| {
        let alpha = place.peer("alpha");
        let inbox = url(&alpha.url("/inbox"));
        let fed = place.federation();
        for page in [
            Page::status(202),
            Page::status(410),
            Page::status(503).with("retry-after", "5"),
            // A redirect is an answer, and followed by nobody.
            Page::redirect(&place.peer("beta").url("/inbox")),
        ] {
            alpha.inbox_answers(page.clone());
            let posted = fed
                .post(&inbox, HeaderMap::new(), Bytes::from_static(b"{}"))
                .await;
            let reply = posted.expect("a reply");
            assert!(page.is(reply.status.as_u16()), "{reply:?}");
        }
        alpha.inbox_answers(Page::endless());
        let posted = fed
            .post(&inbox, HeaderMap::new(), Bytes::from_static(b"{}"))
            .await;
        assert!(posted.expect("a reply").body.is_empty());
        assert_eq!(alpha.received().len(), 5);
        assert!(place.peer("beta").asked().is_empty());
        assert_eq!(fed.budget_left(), 20, "deliveries are not counted");
    });
}
