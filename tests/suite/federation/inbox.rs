//! What other servers send: who is believed, what is refused before it costs anything, and
//! that nothing is taken twice (abuse-cases.md, I1 to I7, I12, I26 to I28).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use futures::future::join_all;
use porchlight::domain::policy::{PolicyKind, PolicySource};
use porchlight::secrets::actor_key;
use porchlight::store;
use porchlight::store::domain_policies::{NewPolicy, Terms};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::actor::{Actor, Letter, digest, http_date};
use crate::support::cluster::{cluster, connect};
use crate::support::peer::{Page, Peer};
use crate::support::place::{Place, Setup};

/// A place beside a peer with an actor; no jobs, so what is taken stays in the inbox.
fn beside_ann(test: impl AsyncFnOnce(&Place, &Peer, &Actor)) {
    Setup::federated().without_jobs().run(async |place| {
        let peer = &place.peers[0];
        let ann = peer.actor("ann");
        test(place, peer, &ann).await;
    });
}

/// Activities in the inbox.
async fn kept(place: &Place) -> i64 {
    place.number("SELECT count(*) FROM inbox").await
}

fn like(peer: &Peer, actor: &Actor) -> Value {
    actor.activity(peer, "Like", json!("http://porch.test/ap/notes/1"))
}

/// A lie about a letter.
type Lie = fn(&mut Letter);

#[test]
fn an_honest_activity_is_kept_once_however_often_it_comes() {
    // I4
    beside_ann(async |place, peer, ann| {
        let activity = like(peer, ann);
        assert_eq!(ann.send(place, &activity).await.status, 202);
        assert_eq!(peer.times_asked("/users/ann"), 1);
        let letter = ann.letter(place, &activity);
        let answers = join_all((0..20).map(|_| letter.send(place))).await;
        assert!(answers.iter().all(|answer| answer.status == 202));
        assert_eq!(kept(place).await, 1);
        // A process that has forgotten everything asks Postgres.
        let row = place
            .sql("SELECT document, account_id, host_id FROM inbox", &[])
            .await
            .remove(0);
        assert_eq!(serde_json::from_str::<Value>(row.get(0)).unwrap(), activity);
        let owner: i64 = place
            .number("SELECT id FROM accounts WHERE uri LIKE '%/users/ann'")
            .await;
        assert_eq!(row.get::<_, i64>(1), owner);
        assert_eq!(peer.times_asked("/users/ann"), 1, "the key is fetched once");
    });
}

#[test]
fn the_same_activity_twenty_times_at_once_is_one_row() {
    // I27
    beside_ann(async |place, peer, ann| {
        // The key is known, so all twenty get to the writer.
        ann.send(place, &like(peer, ann)).await;
        let letter = ann.letter(place, &like(peer, ann));
        let answers = join_all((0..20).map(|_| letter.send(place))).await;
        assert!(answers.iter().all(|answer| answer.status == 202));
        assert_eq!(kept(place).await, 2);
    });
}

#[test]
fn what_was_not_signed_or_was_changed_afterwards_is_refused() {
    // I3
    beside_ann(async |place, peer, ann| {
        let lies: &[(&str, u16, Lie)] = &[
            ("no signature", 401, |l| l.signed = false),
            ("another body", 401, |l| l.body.push(b' ')),
            ("no digest", 401, |l| l.digest = None),
            ("the digest of another body", 401, |l| {
                l.digest = Some(digest(b"{}"));
            }),
            ("a digest that nobody knows", 400, |l| {
                l.digest = Some("MD5=abc".into());
            }),
            ("digest unsigned", 401, |l| {
                l.covered.retain(|n| *n != "digest")
            }),
            ("date unsigned", 401, |l| l.covered.retain(|n| *n != "date")),
            ("host unsigned", 401, |l| l.covered.retain(|n| *n != "host")),
            ("target unsigned", 401, |l| {
                l.covered.retain(|n| *n != "(request-target)");
            }),
            ("another target", 401, |l| {
                l.path = "/ap/actors/1/inbox".into();
                l.after = vec![("signature", l.signature())];
                l.path = "/ap/inbox".into();
            }),
            ("another host", 401, |l| l.host = "other.test".into()),
            ("a date changed afterwards", 401, |l| {
                let date = l.date.replace(" GMT", " +0000");
                l.after = vec![("date", date)];
            }),
            ("a key of somebody else", 401, |l| {
                l.private_der = actor_key::generate().unwrap().private_der;
            }),
        ];
        for (what, status, lie) in lies {
            let mut letter = ann.letter(place, &like(peer, ann));
            lie(&mut letter);
            let answer = letter.send(place).await;
            assert_eq!(answer.status, *status, "{what}: {answer:?}");
        }
        assert_eq!(kept(place).await, 0);
        assert_eq!(ann.send(place, &like(peer, ann)).await.status, 202);
    });
}

#[test]
fn a_signature_of_another_hour_is_refused() {
    // I4
    beside_ann(async |place, peer, ann| {
        for (minutes, status) in [(-61, 401), (61, 401), (-59, 202), (59, 202)] {
            let mut letter = ann.letter(place, &like(peer, ann));
            letter.date = http_date(place.app.clock.now() + TimeDelta::minutes(minutes));
            assert_eq!(letter.send(place).await.status, status, "{minutes}");
        }
        let mut letter = ann.letter(place, &like(peer, ann));
        letter.date = "the day before yesterday".into();
        assert_eq!(letter.send(place).await.status, 400);
    });
}

/// A lie about what RFC 9421 signs: the names covered, `created` and `expires`, the body sent.
struct Said<'a> {
    covered: &'a [&'a str],
    created: Option<i64>,
    expires: Option<i64>,
    body: Vec<u8>,
}

/// Sends an activity signed as RFC 9421 has it, by code of the suite's own.
async fn send_9421(
    place: &Place,
    from: &Actor,
    activity: &Value,
    lie: impl FnOnce(&mut Said<'_>),
) -> u16 {
    let body = activity.to_string().into_bytes();
    let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(&body)));
    let now = place.app.clock.now().timestamp();
    let mut said = Said {
        covered: &["@method", "@target-uri", "content-digest"],
        created: Some(now),
        expires: None,
        body,
    };
    lie(&mut said);
    let names: Vec<String> = said
        .covered
        .iter()
        .map(|name| format!("\"{name}\""))
        .collect();
    let mut input = format!("({})", names.join(" "));
    for (name, at) in [("created", said.created), ("expires", said.expires)] {
        if let Some(at) = at {
            input.push_str(&format!(";{name}={at}"));
        }
    }
    input.push_str(&format!(
        ";keyid=\"{}\";alg=\"rsa-v1_5-sha256\"",
        from.key_id()
    ));
    let mut base = String::new();
    for name in said.covered {
        let value = match *name {
            "@method" => "POST".to_owned(),
            "@target-uri" => format!("{}/ap/inbox", place.origin),
            _ => digest.clone(),
        };
        base.push_str(&format!("\"{name}\": {value}\n"));
    }
    base.push_str(&format!("\"@signature-params\": {input}"));
    let key = actor_key::SigningKey::from_der(&from.key.private_der).expect("a key");
    let signature = STANDARD.encode(key.sign(base.as_bytes()).expect("a signature"));
    let stranger = place.stranger();
    let request = stranger
        .request(reqwest::Method::POST, "/ap/inbox")
        .header("Content-Type", "application/activity+json")
        .header("Content-Digest", digest)
        .header("Signature-Input", format!("sig1={input}"))
        .header("Signature", format!("sig1=:{signature}:"))
        .body(said.body);
    stranger.send(request).await.status
}

#[test]
fn the_newer_signatures_are_held_to_the_same_rules() {
    // I3, I4
    beside_ann(async |place, peer, ann| {
        let now = place.app.clock.now().timestamp();
        let send = async |lie: &dyn Fn(&mut Said<'_>)| {
            send_9421(place, ann, &like(peer, ann), |s| lie(s)).await
        };
        assert_eq!(send(&|_| {}).await, 202);
        assert_eq!(send(&|s| s.created = Some(now - 59 * 60)).await, 202);
        for (what, lie) in [
            (
                "too old",
                &(|s: &mut Said<'_>| s.created = Some(now - 61 * 60)) as &dyn Fn(&mut Said<'_>),
            ),
            ("of tomorrow", &|s| s.created = Some(now + 61 * 60)),
            ("without a time", &|s| s.created = None),
            ("run out", &|s| s.expires = Some(now - 60)),
            ("another body", &|s| s.body.push(b' ')),
            ("digest unsigned", &|s| {
                s.covered = &["@method", "@target-uri"]
            }),
            ("target unsigned", &|s| {
                s.covered = &["@method", "content-digest"]
            }),
            ("method unsigned", &|s| {
                s.covered = &["@target-uri", "content-digest"]
            }),
        ] {
            assert_eq!(send(lie).await, 401, "{what}");
        }
        assert_eq!(kept(place).await, 2);
    });
}

#[test]
fn what_can_be_read_in_two_ways_is_refused() {
    // I5, I12
    beside_ann(async |place, peer, ann| {
        let letter = ann.letter(place, &like(peer, ann));
        let twice = |name: &'static str, value: String| {
            let digest = letter.digest.clone().unwrap();
            let request = place
                .stranger()
                .request(reqwest::Method::POST, "/ap/inbox")
                .header("Host", &letter.host)
                .header("Date", &letter.date)
                .header("Content-Type", &letter.content_type)
                .header("Digest", digest)
                .header("Signature", letter.signature())
                .header(name, value)
                .body(letter.body.clone())
                .build()
                .unwrap();
            let stranger = place.stranger();
            async move { stranger.execute(request).await }
        };
        for (name, value) in [
            ("Signature", letter.signature()),
            ("Digest", letter.digest.clone().unwrap()),
            ("Date", letter.date.clone()),
        ] {
            assert_eq!(twice(name, value).await.status, 400, "{name}");
        }
        let mut doubled = ann.letter(place, &like(peer, ann));
        doubled.after = vec![("signature", format!("keyId=\"x\",{}", doubled.signature()))];
        assert_eq!(doubled.send(place).await.status, 400);
        doubled.after = vec![(
            "signature",
            format!("{},x=\"{}\"", doubled.signature(), "a".repeat(20_000)),
        )];
        assert_eq!(doubled.send(place).await.status, 400);
        doubled.after = vec![(
            "signature",
            format!("{},x=\"{}\"", doubled.signature(), "a".repeat(100_000)),
        )];
        let answer = doubled.send(place).await.status;
        assert!(matches!(answer, 400 | 431), "{answer}");
        // A document that two readers could read differently.
        let mut letter = ann.letter(place, &like(peer, ann));
        letter.body = format!(
            "{{\"id\":\"{0}/1\",\"type\":\"Like\",\"actor\":\"{0}\",\"actor\":\"{0}x\"}}",
            ann.id
        )
        .into_bytes();
        letter.digest = Some(digest(&letter.body));
        assert_eq!(letter.send(place).await.status, 400);
        assert_eq!(kept(place).await, 0);
    });
}

#[test]
fn what_is_no_activity_or_too_long_is_refused() {
    beside_ann(async |place, peer, ann| {
        let mut letter = ann.letter(place, &like(peer, ann));
        letter.content_type = "text/html".into();
        assert_eq!(letter.send(place).await.status, 415);
        let mut long = like(peer, ann);
        long["content"] = "x".repeat(1024 * 1024).into();
        assert_eq!(ann.send(place, &long).await.status, 413);
        for body in [
            &b"[]"[..],
            b"{",
            b"\xff\xfe{}",
            b"{\"type\":\"Like\"}",
            b"{}",
        ] {
            let mut letter = ann.letter(place, &json!({}));
            letter.body = body.to_vec();
            letter.digest = Some(digest(body));
            assert_eq!(letter.send(place).await.status, 400);
        }
        assert_eq!(peer.times_asked("/users/ann"), 0);
    });
}

#[test]
fn nobody_speaks_for_another() {
    // I1, I6
    beside_ann(async |place, peer, ann| {
        let evil = &place.peers[1];
        let (ben, mallory) = (peer.actor("ben"), evil.actor("mallory"));
        // Of the same server, and of another.
        for other in [&ben, &mallory] {
            let mut activity = like(peer, ann);
            activity["actor"] = json!(ann.id);
            let answer = other.send(place, &activity).await;
            assert_eq!(answer.status, 401, "{}", other.id);
        }
        // A key on Mallory's server that says to be Ann's.
        evil.publish(json!({
            "id": evil.url("/keys/1"), "owner": ann.id,
            "publicKeyPem": mallory.key.public_pem,
        }));
        let mut letter = mallory.letter(place, &like(peer, ann));
        letter.key_id = evil.url("/keys/1");
        assert_eq!(letter.send(place).await.status, 401);
        // An actor on Mallory's server that says to be Ann.
        let mut document = ann.document();
        document["publicKey"]["publicKeyPem"] = json!(mallory.key.public_pem);
        evil.serve("/users/ann", Page::document(&document));
        let mut activity = like(peer, ann);
        activity["actor"] = json!(evil.url("/users/ann"));
        activity["id"] = json!(evil.url("/activities/1"));
        let mut letter = mallory.letter(place, &activity);
        letter.key_id = evil.url("/users/ann#main-key");
        assert_eq!(letter.send(place).await.status, 401);
        // Nothing of it is believed later.
        assert_eq!(kept(place).await, 0);
        assert_eq!(ann.send(place, &like(peer, ann)).await.status, 202);
        let pem = "SELECT count(*) FROM actor_keys k JOIN accounts a ON a.id = k.account_id \
                   WHERE a.uri LIKE '%/users/ann'";
        assert_eq!(place.number(pem).await, 1);
    });
}

#[test]
fn a_key_that_its_owner_does_not_list_is_nobodys_and_is_looked_for_once() {
    // I2
    beside_ann(async |place, peer, ann| {
        peer.publish(json!({
            "id": peer.url("/keys/9"), "owner": ann.id, "publicKeyPem": ann.key.public_pem,
        }));
        for _ in 0..5 {
            let mut letter = ann.letter(place, &like(peer, ann));
            letter.key_id = peer.url("/keys/9");
            assert_eq!(letter.send(place).await.status, 401);
        }
        assert_eq!(peer.times_asked("/users/ann"), 1);
        assert_eq!(peer.times_asked("/keys/"), 0);
        for key_id in [
            "acct:ann@alpha.test",
            "data:text/plain,key",
            "#main-key",
            "ftp://alpha.test/key",
            "http://127.0.0.1/key",
            "http://porch.test/ap/actors/1#main-key",
        ] {
            let mut letter = ann.letter(place, &like(peer, ann));
            letter.key_id = key_id.into();
            assert_eq!(letter.send(place).await.status, 401, "{key_id}");
        }
        assert_eq!(kept(place).await, 0);
    });
}

#[test]
fn an_id_on_another_server_is_refused_and_closes_no_way() {
    // I7
    beside_ann(async |place, peer, ann| {
        let other = &place.peers[1];
        let olga = other.actor("olga");
        let activity = like(other, &olga);
        let mut stolen = like(peer, ann);
        stolen["id"] = activity["id"].clone();
        assert_eq!(ann.send(place, &stolen).await.status, 401);
        assert_eq!(kept(place).await, 0);
        assert_eq!(olga.send(place, &activity).await.status, 202);
        assert_eq!(kept(place).await, 1);
    });
}

#[test]
fn a_new_key_is_read_once_and_a_wrong_one_makes_nobody_run() {
    beside_ann(async |place, peer, ann| {
        assert_eq!(ann.send(place, &like(peer, ann)).await.status, 202);
        let new = actor_key::generate().unwrap();
        let mut document = ann.document();
        document["publicKey"]["publicKeyPem"] = json!(new.public_pem);
        peer.publish(document);
        for _ in 0..3 {
            let mut letter = ann.letter(place, &like(peer, ann));
            letter.private_der = new.private_der.clone();
            assert_eq!(letter.send(place).await.status, 202);
        }
        assert_eq!(peer.times_asked("/users/ann"), 2);
        // The old one, over and over.
        for _ in 0..5 {
            assert_eq!(ann.send(place, &like(peer, ann)).await.status, 401);
        }
        assert_eq!(peer.times_asked("/users/ann"), 2);
        assert_eq!(kept(place).await, 4);
        // Later it may be looked at again.
        place.advance(TimeDelta::minutes(11));
        assert_eq!(ann.send(place, &like(peer, ann)).await.status, 401);
        assert_eq!(peer.times_asked("/users/ann"), 3);
    });
}

#[test]
fn who_cannot_be_asked_now_is_sent_away_for_a_while() {
    beside_ann(async |place, peer, ann| {
        peer.serve("/users/ann", Page::status(503));
        let answer = ann.send(place, &like(peer, ann)).await;
        assert_eq!(answer.status, 503);
        assert_ne!(answer.header("retry-after"), "");
        peer.publish(ann.document());
        assert_eq!(ann.send(place, &like(peer, ann)).await.status, 202);
    });
}

#[test]
fn while_our_database_is_away_others_are_asked_to_come_again() {
    beside_ann(async |place, peer, ann| {
        assert_eq!(ann.send(place, &like(peer, ann)).await.status, 202);
        let database: String = place.sql("SELECT current_database()::text", &[]).await[0].get(0);
        let connections = |allowed: bool| {
            let name = database.replace('"', "\"\"");
            format!("ALTER DATABASE \"{name}\" WITH ALLOW_CONNECTIONS {allowed}")
        };
        // No database cuts itself off.
        let outside = connect(&cluster().database_url("postgres")).await;
        let cut_off = outside.batch_execute(&connections(false)).await;
        cut_off.expect("it is cut");
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        place.sql(cut, &[]).await;
        let answer = ann.send(place, &like(peer, ann)).await;
        let back = outside.batch_execute(&connections(true)).await;
        back.expect("it is back");
        assert_eq!(answer.status, 503);
        let seconds: u32 = answer.header("retry-after").parse().expect("seconds");
        assert!((1..=60).contains(&seconds), "{seconds}");
        assert_eq!(ann.send(place, &like(peer, ann)).await.status, 202);
        assert_eq!(kept(place).await, 2);
    });
}

#[test]
fn what_may_pass_is_503_and_what_is_wrong_for_good_401() {
    beside_ann(async |place, peer, _| {
        for (answers, said) in [
            (400, 503),
            (401, 503),
            (403, 503),
            (429, 503),
            (500, 503),
            (502, 503),
            (404, 401),
            (410, 401),
        ] {
            let somebody = peer.actor(&format!("asked{answers}"));
            let path = format!("/users/asked{answers}");
            peer.serve(&path, Page::status(answers));
            let activity = like(peer, &somebody);
            let answer = somebody.send(place, &activity).await;
            assert_eq!(answer.status, said, "{answers}");
            assert_eq!(answer.header("retry-after").is_empty(), said == 401);
            if said == 503 {
                // Nothing was remembered against them.
                peer.publish(somebody.document());
                assert_eq!(somebody.send(place, &activity).await.status, 202);
            }
        }
    });
}

#[test]
fn a_new_key_that_cannot_be_read_yet_is_no_wrong_one() {
    beside_ann(async |place, peer, ann| {
        assert_eq!(ann.send(place, &like(peer, ann)).await.status, 202);
        place.app.signers.read.invalidate_all();
        place.advance(TimeDelta::minutes(11));
        let new = actor_key::generate().unwrap();
        let mut document = ann.document();
        document["publicKey"]["publicKeyPem"] = json!(new.public_pem);
        let mut letter = ann.letter(place, &like(peer, ann));
        letter.private_der = new.private_der.clone();
        peer.serve("/users/ann", Page::status(503));
        let answer = letter.send(place).await;
        assert_eq!(answer.status, 503);
        assert_ne!(answer.header("retry-after"), "");
        peer.publish(document);
        assert_eq!(letter.send(place).await.status, 202);
    });
}

#[test]
fn the_end_of_somebody_unknown_costs_nothing() {
    beside_ann(async |place, peer, ann| {
        let delete = ann.activity(peer, "Delete", json!(ann.id));
        peer.serve("/users/ann", Page::status(410));
        assert_eq!(ann.send(place, &delete).await.status, 202);
        assert_eq!(peer.times_asked("/"), 0);
        assert_eq!(kept(place).await, 0);
        assert_eq!(place.number("SELECT count(*) FROM hosts").await, 0);
        // Somebody known is gone: that is heard of, though the key is gone with them.
        peer.publish(ann.document());
        assert_eq!(ann.send(place, &like(peer, ann)).await.status, 202);
        peer.serve("/users/ann", Page::status(410));
        let delete = ann.activity(peer, "Delete", json!(ann.id));
        assert_eq!(ann.send(place, &delete).await.status, 202);
        assert_eq!(kept(place).await, 2);
    });
}

#[test]
fn a_fresh_host_may_send_so_much_and_then_waits() {
    // I26
    beside_ann(async |place, peer, ann| {
        assert_eq!(ann.send(place, &like(peer, ann)).await.status, 202);
        let letters: Vec<Letter> = (0..310)
            .map(|_| ann.letter(place, &like(peer, ann)))
            .collect();
        let mut answers = Vec::new();
        for some in letters.chunks(31) {
            answers.extend(join_all(some.iter().map(|letter| letter.send(place))).await);
        }
        let refused: Vec<_> = answers.iter().filter(|a| a.status == 429).collect();
        assert!((1..=11).contains(&refused.len()), "{}", refused.len());
        assert!(refused.iter().all(|a| !a.header("retry-after").is_empty()));
        let floods = "SELECT count(*) FROM hosts WHERE flooding_until IS NOT NULL";
        assert_eq!(place.number(floods).await, 1);
        // Nobody else waits for it.
        let other = &place.peers[1];
        let olga = other.actor("olga");
        assert_eq!(olga.send(place, &like(other, &olga)).await.status, 202);
        place.advance(TimeDelta::seconds(5));
        assert_eq!(ann.send(place, &like(peer, ann)).await.status, 202);
    });
}

/// Lays a policy on a host, known or not.
async fn lay(place: &Place, domain: &str, kind: PolicyKind) -> i64 {
    let mut conn = place.app.pool.get().await.unwrap();
    let now = place.app.clock.now();
    let host = store::hosts::find_or_insert(&mut conn, domain, now)
        .await
        .unwrap();
    let new = NewPolicy {
        host: host.id,
        source: PolicySource::Staff,
        terms: Terms::of(kind),
    };
    let id = store::domain_policies::add(&mut conn, new, now)
        .await
        .unwrap();
    place.app.policies.forget();
    id
}

#[test]
fn a_blocked_server_is_refused_before_anything_is_asked_or_written() {
    // I28
    beside_ann(async |place, peer, ann| {
        let policy = lay(place, "alpha.test", PolicyKind::Suspended).await;
        let before = place.counted();
        for key_id in [
            ann.key_id(),
            ann.key_id().replace("alpha.test", "ALPHA.test."),
            ann.key_id().replace("alpha.test", "sub.alpha.test"),
        ] {
            let mut letter = ann.letter(place, &like(peer, ann));
            letter.key_id = key_id.clone();
            assert_eq!(letter.send(place).await.status, 403, "{key_id}");
        }
        let after = place.counted();
        assert!(after.statements - before.statements <= 1, "{after:?}");
        assert_eq!(peer.times_asked("/"), 0);
        assert_eq!(kept(place).await, 0);
        assert_eq!(place.number("SELECT count(*) FROM accounts").await, 0);
        // Others are not, and it is not for ever.
        let other = &place.peers[1];
        let olga = other.actor("olga");
        assert_eq!(olga.send(place, &like(other, &olga)).await.status, 202);
        let mut conn = place.app.pool.get().await.unwrap();
        let now = place.app.clock.now();
        let lifted = store::domain_policies::lift(&mut conn, policy, None, now).await;
        assert!(lifted.unwrap());
        drop(conn);
        place.app.policies.forget();
        assert_eq!(ann.send(place, &like(peer, ann)).await.status, 202);
    });
}

#[test]
fn a_known_key_costs_one_statement_however_many_come_at_once() {
    beside_ann(async |place, peer, ann| {
        ann.send(place, &like(peer, ann)).await;
        ann.send(place, &like(peer, ann)).await;
        let letters: Vec<Letter> = (0..32)
            .map(|_| ann.letter(place, &like(peer, ann)))
            .collect();
        let before = place.counted();
        let answers = join_all(letters.iter().map(|letter| letter.send(place))).await;
        assert!(answers.iter().all(|answer| answer.status == 202));
        let after = place.counted();
        // One for a group; and now and then a look at policies and at the inbox.
        let statements = after.statements - before.statements;
        assert!(statements <= 32 + 3, "{statements}");
        assert_eq!(after.commits, before.commits);
        assert_eq!(after.redis, before.redis);
        assert_eq!(kept(place).await, 34);
    });
}

#[test]
fn ids_are_remembered_over_the_turn_of_a_generation() {
    // I4
    beside_ann(async |place, peer, ann| {
        let turn = async || {
            let mut conn = place.app.pool.get().await.unwrap();
            let now = place.app.clock.now();
            store::inbox::turn_generation(&mut conn, now - TimeDelta::days(15), now)
                .await
                .unwrap()
        };
        assert!(!turn().await, "the first one begins");
        let (first, second) = (like(peer, ann), like(peer, ann));
        ann.send(place, &first).await;
        place.advance(TimeDelta::days(16));
        assert!(turn().await);
        assert!(!turn().await, "not twice");
        let mut conn = place.app.pool.get().await.unwrap();
        let b = store::inbox::generation(&mut conn).await.unwrap();
        assert_eq!(b, store::inbox::Generation::B);
        let take = async |conn: &mut store::Conn, generation, activity: &Value| {
            let id = activity["id"].as_str().unwrap();
            let received = store::inbox::Received {
                account: 1,
                host: 1,
                uri_hash: porchlight::activitypub::uri::hash(id),
                document: activity.to_string(),
            };
            let now = place.app.clock.now();
            store::inbox::take(conn, generation, vec![received], now)
                .await
                .unwrap()
        };
        assert_eq!(take(&mut conn, b, &first).await, 0, "it was seen before");
        assert_eq!(take(&mut conn, b, &second).await, 1);
        assert_eq!(take(&mut conn, b, &second).await, 0);
        drop(conn);
        place.advance(TimeDelta::days(16));
        assert!(turn().await);
        let mut conn = place.app.pool.get().await.unwrap();
        let a = store::inbox::generation(&mut conn).await.unwrap();
        assert_eq!(
            take(&mut conn, a, &first).await,
            1,
            "after a month it is forgotten"
        );
        assert_eq!(take(&mut conn, a, &second).await, 0);
    });
}

#[test]
fn a_place_that_federates_with_nobody_has_no_inbox() {
    Setup::default().without_jobs().run(async |place| {
        let answer = place
            .stranger()
            .post("/ap/inbox", json!({ "type": "Like" }))
            .await;
        assert_eq!(answer.status, 404);
    });
}
