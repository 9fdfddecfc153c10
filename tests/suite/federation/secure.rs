//! Other servers as they are out there: behind TLS, over HTTP/2, with certificates that somebody
//! vouches for, or that nobody does (N5, I11).
//!
//! The server is a process of its own, which believes an authority of the suite's own.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use porchlight::secrets::actor_key;
use serde_json::{Value, json};

use crate::support::actor::digest;
use crate::support::api::{Api, id};
use crate::support::peer::{Asked, Page, Peer};
use crate::support::people::Person;
use crate::support::place::{Place, Setup, http};
use crate::support::process::{Server, Way};
use crate::support::secure::{Authority, Mute, Showing};

/// A server beside peers, who are found under these names; it runs until it is dropped.
async fn start(
    place: &Place,
    authority: &Authority,
    peers: &[(&str, std::net::SocketAddr)],
) -> Server {
    let file = place.data.join("authority.pem");
    authority.publish(&file);
    let peers: Vec<String> = peers
        .iter()
        .map(|(host, address)| format!("{host}={address}"))
        .collect();
    let way = Way {
        peers: peers.join(","),
        believes: Some(file),
        ..Way::alone()
    };
    Server::start_like(place, way).await
}

fn app(server: &Server, who: &Person) -> Api {
    Api::new(
        http(),
        server.origin.clone(),
        who.api.token.clone(),
        "81.2.3.4".to_owned(),
    )
}

/// What a member finds by an address or a handle.
async fn search(api: &Api, what: &str) -> Value {
    let path = format!("/api/v2/search?resolve=true&q={what}");
    api.get(&path).await.entity("Search")
}

/// Whether the signature of a request holds, as the one who was asked sees it: the host is what
/// `:authority` says.
fn is_signed(asked: &Asked, pem: &str) -> bool {
    let signature = asked.header("signature");
    let part = |name: &str| {
        let start = signature.find(&format!("{name}=\"")).expect(name) + name.len() + 2;
        signature[start..].split('"').next().expect(name)
    };
    let lines: Vec<String> = part("headers")
        .split(' ')
        .map(|name| match name {
            "(request-target)" => {
                format!("{name}: {} {}", asked.method.to_lowercase(), asked.path)
            }
            "host" => format!("host: {}", asked.header(":authority")),
            _ => format!("{name}: {}", asked.header(name)),
        })
        .collect();
    let bytes = STANDARD.decode(part("signature")).expect("base64");
    actor_key::verify(pem, lines.join("\n").as_bytes(), &bytes)
}

async fn until(what: &str, met: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !met().await {
        assert!(began.elapsed() < Duration::from_secs(30), "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[test]
fn a_peer_over_http_2_is_asked_and_told_with_signatures_that_hold() {
    Setup::federated().without_jobs().run(async |place| {
        let authority = Authority::new();
        let ann = place.member("ann").await;
        for speaks in [&["h2", "http/1.1"][..], &["http/1.1"]] {
            let over_h2 = speaks[0] == "h2";
            let settings = authority.settings(&Showing {
                name: "safe.test",
                expired: false,
                speaks,
            });
            let peer = Peer::start_secure("safe.test", settings);
            let name = if over_h2 { "bea" } else { "carl" };
            let bea = peer.actor(name);
            let server = start(place, &authority, &[("safe.test", peer.address)]).await;
            let api = app(&server, &ann);
            let found = search(&api, &format!("@{}", bea.handle)).await;
            assert_eq!(found["accounts"][0]["acct"], bea.handle, "{found}");
            let note = bea.note(&peer, place.app.clock.now(), "<p>Behind TLS.</p>");
            let found = search(&api, note["id"].as_str().expect("an id")).await;
            assert_eq!(found["statuses"][0]["content"], "<p>Behind TLS.</p>");
            // Fetched once, signed as the place, the host said once.
            let key = place.app.instance_key().await.expect("a key");
            let note_path = &note["id"].as_str().expect("an id")["https://safe.test".len()..];
            let fetched = peer.asked().into_iter().find(|a| a.path == note_path);
            let mut fetched = fetched.expect("it was asked for");
            assert_eq!(fetched.header("host").is_empty(), over_h2, "{fetched:?}");
            if !over_h2 {
                let host = fetched.header("host").to_owned();
                fetched.headers.push((":authority".to_owned(), host));
            }
            assert_eq!(fetched.header(":authority"), "safe.test");
            assert!(is_signed(&fetched, &key.public_pem), "{fetched:?}");
            // Told: a follow, signed by its author, with a digest of what came.
            let account = id(&found["statuses"][0]["account"]);
            api.act(&format!("/api/v1/accounts/{account}/follow"))
                .await
                .ok();
            until("the follow came", async || {
                !peer.received_of("Follow").is_empty()
            })
            .await;
            let mut told = peer.received().remove(0);
            if !over_h2 {
                let host = told.header("host").to_owned();
                told.headers.push((":authority".to_owned(), host));
            }
            assert_eq!(told.header("digest"), digest(&told.body));
            let number: i64 = ann.id.parse().expect("an id");
            let pem = "SELECT public_key_pem FROM actor_keys WHERE account_id = $1";
            let pem: String = place.sql(pem, &[&number]).await[0].get(0);
            assert!(is_signed(&told, &pem), "{told:?}");
            server.stop();
        }
    });
}

#[test]
fn who_shows_no_certificate_that_holds_is_asked_nothing() {
    // N5, I11
    Setup::federated().without_jobs().run(async |place| {
        let (authority, stranger) = (Authority::new(), Authority::new());
        let ann = place.member("ann").await;
        let show = |by: &Authority, name: &str, expired: bool| {
            by.settings(&Showing {
                name,
                expired,
                speaks: &["h2", "http/1.1"],
            })
        };
        let liars = [
            ("other.test", show(&authority, "safe.test", false)),
            ("unknown.test", show(&stranger, "unknown.test", false)),
            ("expired.test", show(&authority, "expired.test", true)),
        ];
        let mut peers: Vec<Peer> = liars
            .into_iter()
            .map(|(host, settings)| Peer::start_secure(host, settings))
            .collect();
        peers.push(Peer::start_secure(
            "safe.test",
            show(&authority, "safe.test", false),
        ));
        let mute = Mute::open();
        let mut found: Vec<(&str, std::net::SocketAddr)> = peers
            .iter()
            .map(|peer| (peer.host.as_str(), peer.address))
            .collect();
        found.push(("mute.test", mute.address));
        // Without TLS, beside the safe one: where a redirect would lead down.
        let plain = &place.peers[0];
        found.push((plain.host.as_str(), plain.address));
        let server = start(place, &authority, &found).await;
        let api = app(&server, &ann);
        let now = place.app.clock.now();
        for peer in &peers[..3] {
            let actor = peer.actor("ann");
            let note = actor.note(peer, now, "<p>x</p>");
            for what in [
                note["id"].as_str().expect("an id"),
                &actor.id,
                &format!("@{}", actor.handle),
            ] {
                let found = search(&api, what).await;
                assert_eq!(
                    (&found["statuses"], &found["accounts"]),
                    (&json!([]), &json!([])),
                    "{what}"
                );
            }
            assert!(peer.asked().is_empty(), "{}: {:?}", peer.host, peer.asked());
        }
        // A handshake that never comes has an end.
        let began = Instant::now();
        let found = search(&api, "https://mute.test/users/ann").await;
        assert_eq!(found["accounts"], json!([]));
        assert!(began.elapsed() < Duration::from_secs(20));
        // Nobody is led from TLS to a line without.
        let safe = &peers[3];
        let down = plain.actor("dan");
        let note = down.note(plain, now, "<p>x</p>");
        safe.serve("/down", Page::redirect(note["id"].as_str().expect("an id")));
        plain.forget_asked();
        let found = search(&api, &safe.url("/down")).await;
        assert_eq!(found["statuses"], json!([]));
        assert_eq!(safe.times_asked("/down"), 1);
        assert!(plain.asked().is_empty(), "{:?}", plain.asked());
        // The honest one beside them is found.
        let bea = safe.actor("bea");
        let found = search(&api, &format!("@{}", bea.handle)).await;
        assert_eq!(found["accounts"][0]["acct"], bea.handle);
        server.stop();
    });
}
