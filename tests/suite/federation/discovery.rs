//! Finding people and the place: WebFinger, host-meta, NodeInfo, security.txt.

use porchlight::app::App;
use serde_json::{Value, json};

use crate::support::answer::Answer;
use crate::support::place::{Place, Setup, run};

#[track_caller]
fn descriptor(answer: Answer) -> Value {
    let answer = answer.expect(200);
    assert!(
        answer
            .header("content-type")
            .starts_with("application/jrd+json"),
        "{}",
        answer.shown()
    );
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    serde_json::from_slice(&answer.body).expect("JSON")
}

async fn finger(place: &Place, resource: &str) -> Answer {
    let resource: String = url::form_urlencoded::byte_serialize(resource.as_bytes()).collect();
    // By its address: the names of some places here are nobody's.
    let listen = place.app.config.server.listen;
    let path = format!("http://{listen}/.well-known/webfinger?resource={resource}");
    place.stranger().get(&path).await
}

/// The address under a relation.
fn link<'a>(descriptor: &'a Value, relation: &str) -> &'a str {
    descriptor["links"]
        .as_array()
        .expect("links")
        .iter()
        .find(|link| link["rel"] == relation)
        .and_then(|link| link["href"].as_str())
        .unwrap_or_else(|| panic!("no {relation} in {descriptor}"))
}

#[test]
fn a_name_leads_to_its_actor_and_back() {
    Setup::default()
        .with("PORCHLIGHT_SERVER__DOMAIN", "social.porch.test")
        .with("PORCHLIGHT_SERVER__HANDLE_DOMAIN", "porch.test")
        .with("PORCHLIGHT_SERVER__DEV", "true")
        .run(async |place| {
            let ann = place.member("ann").await;
            let origin = "http://social.porch.test";
            let actor = format!("{origin}/ap/actors/{}", ann.id);
            for resource in [
                "acct:ann@porch.test",
                "acct:Ann@Social.Porch.Test",
                "@ann@porch.test",
                &format!("{origin}/@ann"),
                &actor,
            ] {
                let found = descriptor(finger(place, resource).await);
                assert_eq!(found["subject"], "acct:ann@porch.test", "{resource}");
                assert_eq!(link(&found, "self"), actor);
                assert_eq!(
                    found["aliases"],
                    json!([format!("{origin}/@ann"), actor.clone()])
                );
            }
            let listen = place.app.config.server.listen;
            let path = format!("http://{listen}/ap/actors/{}", ann.id);
            let answer = place.stranger().get(&path).await.expect(200);
            let document: Value = serde_json::from_slice(&answer.body).expect("JSON");
            assert_eq!(document["webfinger"], "ann@porch.test");
            assert_eq!(document["id"], actor);

            let own = descriptor(finger(place, "acct:porch.test@porch.test").await);
            assert_eq!(link(&own, "self"), format!("{origin}/ap/actor"));
        });
}

#[test]
fn who_is_not_here_is_not_found_whoever_they_are() {
    run(async |place| {
        place.member("ann").await;
        let gone = place.member("gone").await;
        place.applicant("hana").await;
        let number: i64 = gone.id.parse().expect("a number");
        // As an account is left that was deleted, until every server knows.
        let sql = "WITH shut AS (UPDATE accounts SET flags = flags | 2 WHERE id = $1 RETURNING id) \
                   INSERT INTO tombstones (uri_hash, kind, actor_id, subject_id, created_at) \
                   SELECT md5('gone')::uuid, 1, id, id, to_timestamp(0) FROM shut";
        place.sql(sql, &[&number]).await;
        let domain = place.app.config.server.handle_domain.clone();
        for resource in [
            format!("acct:gone@{domain}"),
            format!("acct:hana@{domain}"),
            format!("acct:nobody@{domain}"),
            "acct:ann@elsewhere.example".to_owned(),
            format!("{}/@hana", place.origin),
            format!("{}/ap/actors/{}", place.origin, gone.id),
            "https://elsewhere.example/@ann".to_owned(),
        ] {
            let answer = finger(place, &resource).await.expect(404);
            assert_eq!(answer.header("cache-control"), "private, no-store");
            answer.error(404);
        }
        for resource in ["", "ann", "acct:"] {
            finger(place, resource).await.error(400);
        }
        let bare = place.stranger().get("/.well-known/webfinger").await;
        bare.error(400);
    });
}

#[test]
fn host_meta_leads_to_webfinger() {
    run(async |place| {
        let template = format!("{}/.well-known/webfinger?resource={{uri}}", place.origin);
        let stranger = place.stranger();
        let xml = stranger.get("/.well-known/host-meta").await.expect(200);
        assert!(
            xml.header("content-type")
                .starts_with("application/xrd+xml")
        );
        assert!(xml.text().contains(&format!("template=\"{template}\"")));
        let found = descriptor(stranger.get("/.well-known/host-meta.json").await);
        assert_eq!(found["links"][0]["template"], template);
    });
}

#[test]
fn nodeinfo_tells_the_truth_in_both_versions() {
    run(async |place| {
        place.owner().await;
        let ann = place.member("ann").await;
        place.applicant("hana").await;
        ann.api.toot("hello").await;
        place.settle().await;
        let stranger = place.stranger();
        let links = descriptor(stranger.get("/.well-known/nodeinfo").await);
        let links = links["links"].as_array().expect("links").clone();
        assert_eq!(links.len(), 2);
        let instance = stranger.get("/api/v2/instance").await.ok();
        for link in links {
            let version = link["rel"].as_str().expect("a relation").rsplit('/').next();
            let answer = stranger
                .get(link["href"].as_str().expect("an address"))
                .await
                .expect(200);
            let node = answer.json();
            assert_eq!(Some(node["version"].as_str().expect("text")), version);
            assert_eq!(node["software"]["name"], "porchlight");
            assert_eq!(
                node["software"].get("repository").is_some(),
                version == Some("2.1"),
                "the schema of 2.0 has none"
            );
            assert_eq!(node["protocols"], json!(["activitypub"]));
            assert_eq!(node["openRegistrations"], false, "somebody decides");
            assert_eq!(
                node["usage"]["users"]["total"], 2,
                "who waits is not counted"
            );
            assert_eq!(node["usage"]["localPosts"], 1);
            let told = &node["metadata"]["registrations"];
            for key in [
                "enabled",
                "approval_required",
                "effective_mode",
                "reason",
                "attended",
            ] {
                assert_eq!(told[key], instance["registrations"][key], "{key}");
            }
        }
    });
}

#[test]
fn abuse_has_an_address_in_every_place_where_one_looks() {
    Setup::default()
        .with("PORCHLIGHT_INSTANCE__CONTACT_EMAIL", "hello@porch.example")
        .with("PORCHLIGHT_INSTANCE__ABUSE_EMAIL", "abuse@porch.example")
        .run(async |place| {
            let stranger = place.stranger();
            let text = stranger.get("/.well-known/security.txt").await.expect(200);
            assert!(text.header("content-type").starts_with("text/plain"));
            let text = text.text();
            assert!(
                text.contains("Contact: mailto:abuse@porch.example\n"),
                "{text}"
            );
            let expires = text
                .lines()
                .find_map(|line| line.strip_prefix("Expires: "))
                .expect("it expires");
            let expires: chrono::DateTime<chrono::Utc> = expires.parse().expect("a time");
            let holds = expires - place.app.clock.now();
            assert!(
                holds.num_days() > 150 && holds.num_days() < 366,
                "{expires}"
            );
            let node = stranger.get("/nodeinfo/2.1").await.ok();
            assert_eq!(node["metadata"]["contact"]["abuse"], "abuse@porch.example");
            let instance = stranger.get("/api/v2/instance").await.ok();
            assert_eq!(instance["contact"]["abuse_email"], "abuse@porch.example");
            assert_eq!(instance["contact"]["email"], "hello@porch.example");
        });
    run(async |place| {
        let text = place.stranger().get("/.well-known/security.txt").await;
        let page = format!("Contact: {}/about\n", place.origin);
        assert!(text.expect(200).text().contains(&page));
    });
}

#[test]
fn the_servers_own_key_is_made_once() {
    run(async |place| {
        let first = place.app.instance_key().await.expect("a key");
        let again = App::open(place.app.config.clone()).await.expect("it opens");
        let second = again.instance_key().await.expect("the same key");
        assert_eq!(first.public_pem, second.public_pem);
        let answer = place.stranger().get("/ap/actor").await.expect(200);
        let actor: Value = serde_json::from_slice(&answer.body).expect("JSON");
        assert_eq!(
            actor["publicKey"]["publicKeyPem"],
            first.public_pem.as_str()
        );
        assert_eq!(
            actor["preferredUsername"],
            place.app.config.server.handle_domain.as_str()
        );
    });
}
