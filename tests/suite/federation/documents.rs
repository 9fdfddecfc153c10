//! Actors, notes and collections, as another server fetches them (T11, T12, I10).

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::answer::Answer;
use crate::support::api::{Api, id};
use crate::support::cluster::connect;
use crate::support::picture;
use crate::support::place::{Place, Setup, run};

/// What documents are served as.
const ACTIVITY: &str = "application/activity+json; charset=utf-8";
/// What other servers ask for.
const ACCEPT: &str = "application/activity+json, application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";

/// Asks as another server does, without a signature.
async fn ask(api: &Api, path: &str) -> Answer {
    let request = api.request(Method::GET, path).header("accept", ACCEPT);
    api.send(request).await
}

#[track_caller]
fn document(answer: Answer) -> Value {
    let answer = answer.expect(200);
    assert_eq!(
        answer.header("content-type"),
        ACTIVITY,
        "{}",
        answer.shown()
    );
    serde_json::from_slice(&answer.body).expect("JSON")
}

/// Fetches what should be there.
async fn fetch(place: &Place, path: &str) -> Value {
    document(ask(&place.stranger(), path).await)
}

/// All items of a collection, page by page; fails when pages do not end.
async fn pages(place: &Place, collection: &Value) -> Vec<Value> {
    let mut items = Vec::new();
    let mut next = collection["first"].as_str().map(str::to_owned);
    let mut count = 0;
    while let Some(path) = next {
        count += 1;
        assert!(count < 20, "the pages do not end");
        let page = fetch(place, &path).await;
        assert_eq!(page["id"], path);
        assert_eq!(page["partOf"], collection["id"]);
        let found = page.get("orderedItems").or(page.get("items"));
        items.extend(found.and_then(Value::as_array).expect("items").clone());
        next = page["next"].as_str().map(str::to_owned);
    }
    items
}

#[test]
fn an_actor_says_what_another_server_needs() {
    run(async |place| {
        let ann = place.member("ann").await;
        let changes = json!({
            "display_name": "Ann", "note": "On the #porch", "locked": true, "discoverable": true,
            "fields_attributes": [{ "name": "Garden", "value": "https://garden.example" }],
        });
        ann.api
            .patch("/api/v1/accounts/update_credentials", changes)
            .await
            .expect(200);
        let address = format!("{}/ap/actors/{}", place.origin, ann.id);
        let actor = fetch(place, &address).await;
        assert_eq!(actor["id"], address);
        assert_eq!(actor["type"], "Person");
        assert_eq!(actor["preferredUsername"], "ann");
        assert_eq!(actor["name"], "Ann");
        assert_eq!(actor["manuallyApprovesFollowers"], true);
        assert_eq!(actor["discoverable"], true);
        assert_eq!(actor["url"], format!("{}/@ann", place.origin));
        assert_eq!(actor["publicKey"]["id"], format!("{address}#main-key"));
        assert_eq!(actor["publicKey"]["owner"], address);
        assert!(
            actor["publicKey"]["publicKeyPem"]
                .as_str()
                .expect("a key")
                .starts_with("-----BEGIN PUBLIC KEY-----")
        );
        assert_eq!(
            actor["endpoints"]["sharedInbox"],
            format!("{}/ap/inbox", place.origin)
        );
        assert_eq!(actor["inbox"], format!("{address}/inbox"));
        assert_eq!(actor["attachment"][0]["type"], "PropertyValue");
        assert!(
            actor["attachment"][0]["value"]
                .as_str()
                .expect("HTML")
                .contains("href=\"https://garden.example\"")
        );
        assert!(!actor.to_string().contains("PRIVATE"));
        // Each address of a collection leads to one.
        for collection in ["outbox", "followers", "following", "featured"] {
            let path = actor[collection].as_str().expect("an address");
            let found = fetch(place, path).await;
            assert_eq!(found["id"], path);
            assert_eq!(found["type"], "OrderedCollection");
            assert_eq!(found["totalItems"], 0, "{collection}");
        }
    });
}

#[test]
fn a_note_says_what_a_status_says() {
    run(async |place| {
        let ann = place.member("ann").await;
        let ben = place.member("ben").await;
        let part = reqwest::multipart::Part::bytes(picture::png(64, 48))
            .file_name("a.png")
            .mime_str("image/png")
            .expect("a type");
        let form = reqwest::multipart::Form::new()
            .part("file", part)
            .text("description", "a door")
            .text("focus", "0.5,-0.5");
        let upload = ann
            .api
            .request(Method::POST, "/api/v2/media")
            .multipart(form);
        let medium = id(&ann.api.send(upload).await.ok());
        let body = json!({
            "status": "Hello @ben, a #Door", "spoiler_text": "doors", "language": "en",
            "visibility": "unlisted", "media_ids": [medium],
        });
        let status = ann
            .api
            .post("/api/v1/statuses", body)
            .await
            .entity("Status");
        let reply = json!({ "status": "Nice", "in_reply_to_id": id(&status) });
        let reply = ben
            .api
            .post("/api/v1/statuses", reply)
            .await
            .entity("Status");
        place.settle().await;

        let address = status["uri"].as_str().expect("an address");
        let note = fetch(place, address).await;
        let actor = format!("{}/ap/actors/{}", place.origin, ann.id);
        assert_eq!(note["id"], address);
        assert_eq!(note["type"], "Note");
        assert_eq!(note["attributedTo"], actor);
        assert_eq!(note["to"], json!([format!("{actor}/followers")]));
        assert_eq!(
            note["cc"],
            json!([
                "https://www.w3.org/ns/activitystreams#Public",
                format!("{}/ap/actors/{}", place.origin, ben.id),
            ])
        );
        assert_eq!(note["content"], status["content"]);
        assert_eq!(note["contentMap"]["en"], status["content"]);
        assert_eq!(note["summary"], "doors");
        assert_eq!(note["sensitive"], true);
        assert_eq!(note["url"], status["url"]);
        assert_eq!(note["inReplyTo"], Value::Null);
        assert_eq!(note["tag"][0]["type"], "Mention");
        assert_eq!(
            note["tag"][0]["name"],
            format!("@ben@{}", place.app.config.server.handle_domain)
        );
        assert_eq!(note["tag"][1]["name"], "#Door");
        let attached = &note["attachment"][0];
        assert_eq!(attached["name"], "a door");
        assert_eq!(attached["focalPoint"], json!([0.5, -0.5]));
        assert_eq!(
            (&attached["width"], &attached["height"]),
            (&json!(64), &json!(48))
        );
        let url = attached["url"].as_str().expect("an address");
        let picture = place.stranger().get(url).await.expect(200);
        assert_eq!(picture.header("content-type"), attached["mediaType"]);

        let create = fetch(place, &format!("{address}/create")).await;
        assert_eq!(create["type"], "Create");
        assert_eq!(create["object"]["content"], note["content"]);
        let replies = fetch(place, note["replies"].as_str().expect("an address")).await;
        assert_eq!(pages(place, &replies).await, [reply["uri"].clone()]);
        let answer = fetch(place, reply["uri"].as_str().expect("an address")).await;
        assert_eq!(answer["inReplyTo"], address);
        assert_eq!(answer["conversation"], note["conversation"]);
    });
}

#[test]
fn what_asks_is_a_question_with_its_votes() {
    run(async |place| {
        let ann = place.member("ann").await;
        let ben = place.member("ben").await;
        let body = json!({
            "status": "Tea or coffee?",
            "poll": { "options": ["Tea", "Coffee"], "expires_in": 86400 },
        });
        let status = ann.api.post("/api/v1/statuses", body).await.ok();
        let vote = json!({ "choices": [1] });
        let path = format!("/api/v1/polls/{}/votes", id(&status));
        ben.api.post(&path, vote).await.entity("Poll");
        place.settle().await;
        let question = fetch(place, status["uri"].as_str().expect("an address")).await;
        assert_eq!(question["type"], "Question");
        assert_eq!(question["votersCount"], 1);
        assert!(question["endTime"].is_string());
        assert_eq!(question["oneOf"][0]["name"], "Tea");
        assert_eq!(question["oneOf"][0]["replies"]["totalItems"], 0);
        assert_eq!(question["oneOf"][1]["replies"]["totalItems"], 1);
    });
}

#[test]
fn an_edit_and_its_time_are_in_the_note() {
    run(async |place| {
        let ann = place.member("ann").await;
        let status = ann.api.toot("first").await;
        let address = status["uri"].as_str().expect("an address");
        assert!(fetch(place, address).await.get("updated").is_none());
        let path = format!("/api/v1/statuses/{}", id(&status));
        ann.api
            .put(&path, json!({ "status": "second" }))
            .await
            .expect(200);
        // What strangers get may be a second old.
        tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
        let note = fetch(place, address).await;
        assert_eq!(note["content"], "<p>second</p>");
        assert!(note["updated"].is_string());
        ann.api.delete(&path).await.expect(200);
        tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
        // Whoever could see it hears that it is gone.
        ask(&place.stranger(), address).await.error(410);
    });
}

#[test]
fn an_outbox_and_its_neighbours_hold_what_anybody_may_read() {
    // T11
    run(async |place| {
        let ann = place.member("ann").await;
        let ben = place.member("ben").await;
        let boosted = ben.api.toot("boost me").await;
        let mut public = Vec::new();
        for n in 0..23 {
            public.push(id(&ann.api.toot(&format!("post {n}")).await));
        }
        let quiet = ann.api.toot_to("unlisted", "quiet").await;
        for visibility in ["private", "direct"] {
            ann.api.toot_to(visibility, "secret @ben").await;
        }
        let here_only = id(&ann.api.toot("here only").await);
        let sql = "UPDATE statuses SET local_only = true WHERE id = $1 RETURNING id";
        let number: i64 = here_only.parse().expect("a number");
        place.sql(sql, &[&number]).await;
        ann.api
            .act(&format!("/api/v1/statuses/{}/reblog", id(&boosted)))
            .await
            .expect(200);
        ann.api
            .act(&format!("/api/v1/statuses/{}/pin", public[3]))
            .await
            .expect(200);
        ann.api
            .act(&format!("/api/v1/statuses/{here_only}/pin"))
            .await
            .expect(200);
        ben.follow(&ann).await;
        place.settle().await;

        let actor = format!("{}/ap/actors/{}", place.origin, ann.id);
        let outbox = fetch(place, &format!("{actor}/outbox")).await;
        let items = pages(place, &outbox).await;
        assert_eq!(items[0]["type"], "Announce");
        assert_eq!(items[0]["object"], boosted["uri"]);
        let announce = fetch(place, items[0]["id"].as_str().expect("an address")).await;
        assert_eq!(announce["object"], boosted["uri"]);
        let ids: Vec<String> = items[1..]
            .iter()
            .map(|item| {
                assert_eq!(item["type"], "Create", "{item}");
                let note = item["object"]["id"].as_str().expect("an address");
                note.rsplit('/').next().expect("an id").to_owned()
            })
            .collect();
        let mut wanted = vec![quiet];
        wanted.extend(public.iter().rev().cloned());
        assert_eq!(ids, wanted);
        assert!(!json!(items).to_string().contains("secret"));

        let featured = fetch(place, &format!("{actor}/featured")).await;
        assert_eq!(featured["totalItems"], 1, "{featured}");
        assert_eq!(
            featured["orderedItems"][0]["id"],
            format!("{}/ap/notes/{}", place.origin, public[3])
        );
        let followers = fetch(place, &format!("{actor}/followers")).await;
        assert_eq!(followers["totalItems"], 1);
        assert_eq!(
            followers.as_object().expect("an object").len(),
            4,
            "how many, never who: {followers}"
        );
    });
}

#[test]
fn what_is_not_for_others_is_as_if_it_never_was() {
    // T11
    run(async |place| {
        let ann = place.member("ann").await;
        let gone = place.member("gone").await;
        let hana = place.applicant("hana").await;
        let private = ann.api.toot_to("private", "for friends").await;
        let direct = ann.api.toot_to("direct", "for @ann").await;
        let here_only = id(&ann.api.toot("here only").await);
        let number: i64 = here_only.parse().expect("a number");
        let sql = "UPDATE statuses SET local_only = true WHERE id = $1 RETURNING id";
        place.sql(sql, &[&number]).await;
        let theirs = id(&gone.api.toot("before").await);
        let boost = id(&gone
            .api
            .act(&format!("/api/v1/statuses/{here_only}/reblog"))
            .await
            .ok());
        let open = id(&ann.api.toot("open").await);
        let own_boost = id(&ann
            .api
            .act(&format!("/api/v1/statuses/{open}/reblog"))
            .await
            .ok());
        let number: i64 = gone.id.parse().expect("a number");
        let sql = "UPDATE accounts SET flags = flags | 2 WHERE id = $1 RETURNING id";
        place.sql(sql, &[&number]).await;
        place.settle().await;

        let never = "1".to_owned();
        let stranger = place.stranger();
        let notes = [
            &private, &direct, &here_only, &theirs, &boost, &own_boost, &hana.id, &never,
        ];
        let mut questions = Vec::new();
        for thing in notes {
            for path in [
                "",
                "/create",
                "/replies",
                "/replies?page=true",
                "/likes",
                "/shares",
            ] {
                questions.push(format!("/ap/notes/{thing}{path}"));
            }
        }
        for thing in [&gone.id, &hana.id, &private, &never] {
            for path in [
                "",
                "/outbox",
                "/outbox?page=true",
                "/followers",
                "/following",
                "/featured",
            ] {
                // Of a suspended actor others hear that it is (`suspended.rs`).
                if thing != &gone.id || !path.is_empty() {
                    questions.push(format!("/ap/actors/{thing}{path}"));
                }
            }
        }
        for thing in [&boost, &open, &private, &never] {
            questions.push(format!("/ap/boosts/{thing}"));
        }
        for name in ["gone", "hana", "nobody", "ann@elsewhere.example"] {
            if name != "gone" {
                questions.push(format!("/@{name}"));
            }
            questions.push(format!("/@{name}/{open}"));
        }
        for thing in [&private, &direct, &here_only, &own_boost, &never] {
            questions.push(format!("/@ann/{thing}"));
        }
        questions.push("/ap/notes/x".into());
        questions.push("/ap/notes/-1".into());
        let told = |answer: &Answer| {
            let mut headers: Vec<(String, String)> = answer
                .headers
                .iter()
                .filter(|(name, _)| {
                    !matches!(
                        name.as_str(),
                        "date" | "x-request-id" | "x-ratelimit-remaining" | "x-ratelimit-reset"
                    )
                })
                .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("?").to_owned()))
                .collect();
            headers.sort();
            (answer.status, answer.text(), headers)
        };
        let like_never = told(&ask(&stranger, "/ap/notes/2").await);
        assert_eq!(like_never.0, 404);
        for path in questions {
            let answer = ask(&stranger, &path).await;
            assert_eq!(told(&answer), like_never, "{path}");
        }
        // And what is there is there.
        fetch(place, &format!("/ap/notes/{open}")).await;
        fetch(place, &format!("/ap/boosts/{own_boost}")).await;
        fetch(place, &format!("/@ann/{open}")).await;
        fetch(place, "/@ANN").await;
    });
}

#[test]
fn one_address_is_a_page_for_people_and_a_document_for_servers() {
    run(async |place| {
        let ann = place.member("ann").await;
        let status = ann.api.toot("hello").await;
        let page = format!("/@ann/{}", id(&status));
        assert_eq!(fetch(place, &page).await["id"], status["uri"]);
        assert_eq!(fetch(place, "/@ann").await["preferredUsername"], "ann");
        let browser = place.browser();
        for (path, leads_to) in [
            (page.clone(), page.clone()),
            ("/@ann".to_owned(), "/@ann".to_owned()),
            (format!("/ap/notes/{}", id(&status)), page.clone()),
            (format!("/ap/actors/{}", ann.id), "/@ann".to_owned()),
        ] {
            let request = browser
                .request(Method::GET, &path)
                .header("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
            let answer = browser.send(request).await;
            assert!(
                answer
                    .headers
                    .get_all("vary")
                    .iter()
                    .any(|v| v.to_str().expect("text").contains("Accept")),
                "{}",
                answer.shown()
            );
            if path == leads_to {
                let document = match path == page {
                    true => status["uri"].as_str().expect("an address").to_owned(),
                    false => format!("{}/ap/actors/{}", place.origin, ann.id),
                };
                let alternate = format!("type=\"application/activity+json\" href=\"{document}\"");
                answer.expect(200).html();
                let shown = browser.visit_raw(&path).await;
                assert!(shown.contains(&alternate), "{shown}");
            } else {
                assert_eq!(answer.expect(303).header("location"), leads_to);
            }
        }
        // Who takes anything gets the page there, and the document here.
        let stranger = place.stranger();
        let answer = stranger.get("/@ann").await.expect(200);
        assert!(answer.header("content-type").starts_with("text/html"));
        let answer = stranger.get(&format!("/ap/actors/{}", ann.id)).await;
        document(answer);
    });
}

#[test]
fn nothing_but_documents_is_served_as_one() {
    // I10
    run(async |place| {
        let ann = place.member("ann").await;
        let part = reqwest::multipart::Part::bytes(picture::png(40, 40))
            .file_name("a.png")
            .mime_str("image/png")
            .expect("a type");
        let form = reqwest::multipart::Form::new().part("file", part);
        let upload = ann
            .api
            .request(Method::POST, "/api/v2/media")
            .multipart(form);
        let medium = ann.api.send(upload).await.ok();
        let status = id(&ann.api.toot("hello").await);
        let stranger = place.stranger();
        for path in [
            medium["url"].as_str().expect("an address"),
            "/static/css/porchlight.css",
            "/static/img/avatar-default.png",
            "/",
            "/about",
            "/@ann/with_replies",
            "/api/v1/instance",
            &format!("/api/v1/statuses/{status}"),
            "/nodeinfo/2.1",
        ] {
            let answer = ask(&stranger, path).await.expect(200);
            let kind = answer.header("content-type");
            assert!(
                !kind.contains("activity+json") && !kind.contains("ld+json"),
                "{path} is served as {kind}"
            );
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
        }
    });
}

#[test]
fn documents_say_who_may_keep_them() {
    // T12
    run(async |place| {
        let ann = place.member("ann").await;
        let status = id(&ann.api.toot("hello").await);
        let private = ann.api.toot_to("private", "for friends").await;
        let stranger = place.stranger();
        for path in [
            format!("/ap/actors/{}", ann.id),
            format!("/ap/actors/{}/outbox?page=true", ann.id),
            format!("/ap/notes/{status}"),
            "/@ann".to_owned(),
            "/ap/actor".to_owned(),
        ] {
            let answer = ask(&stranger, &path).await.expect(200);
            let cache = answer.header("cache-control");
            assert!(cache.starts_with("public, max-age="), "{path}: {cache}");
            assert_eq!(answer.header("vary"), "Accept, Signature", "{path}");
            assert!(answer.header("set-cookie").is_empty());
        }
        for path in [format!("/ap/notes/{private}"), "/@nobody".to_owned()] {
            let answer = ask(&stranger, &path).await.expect(404);
            assert_eq!(answer.header("cache-control"), "private, no-store");
            assert_eq!(answer.header("vary"), "Accept, Signature");
        }
    });
}

#[test]
fn what_a_whole_network_asks_for_at_once_is_read_from_the_database_once() {
    // N12
    Setup::default().without_jobs().run(async |place| {
        let ann = place.member("ann").await;
        let status = id(&ann.api.toot("hello").await);
        let stranger = place.stranger();
        for path in [
            format!("/ap/notes/{status}"),
            format!("/@ann/{status}"),
            format!("/ap/actors/{}", ann.id),
        ] {
            let before = place.counted();
            let crowd = (0..200).map(|_| ask(&stranger, &path));
            for answer in futures::future::join_all(crowd).await {
                document(answer);
            }
            // Once a second; a busy machine may take some of those for two hundred.
            let statements = place.counted().statements - before.statements;
            assert!(statements <= 40, "{path}: {statements}");
        }
    });
}

#[test]
fn a_crowd_that_is_too_large_to_wait_is_sent_away_at_once_and_told_when_to_come_again() {
    // N12
    let setup = Setup::default()
        .with("PORCHLIGHT_SERVER__WORKERS", "1")
        .without_jobs();
    setup.run(async |place| {
        let stranger = place.stranger();
        let mut client = connect(&place.database_url()).await;
        let held = client.transaction().await.expect("a transaction");
        held.batch_execute("LOCK TABLE statuses IN ACCESS EXCLUSIVE MODE")
            .await
            .expect("a lock");
        // Each asks for another thing, so that no answer serves two.
        let crowd: Vec<_> = (1..=700).map(|n| format!("/ap/notes/{n}")).collect();
        let mut asked: FuturesUnordered<_> =
            crowd.iter().map(|path| ask(&stranger, path)).collect();
        let first = asked.next().await.expect("an answer").expect(503);
        assert_eq!(first.header("retry-after"), "5");
        assert_eq!(first.header("cache-control"), "private, no-store");
        // An app is told the same, in its words.
        let app = stranger.request(Method::GET, "/api/v1/statuses/1");
        let app = stranger.send(app).await.expect(503);
        assert_eq!(app.header("retry-after"), "5");
        assert!(app.json()["error"].as_str().unwrap().contains("try again"));
        held.rollback().await.expect("the lock goes");
        let mut sent_away = 1;
        while let Some(answer) = asked.next().await {
            match answer.status {
                503 => sent_away += 1,
                _ => drop(answer.expect(404)),
            }
        }
        assert!((50..=690).contains(&sent_away), "{sent_away}");
        ask(&stranger, "/ap/notes/1").await.expect(404);
    });
}

#[test]
fn where_fetches_must_be_signed_only_the_servers_own_actor_is_open() {
    Setup::default()
        .with("PORCHLIGHT_FEDERATION__AUTHORIZED_FETCH", "true")
        .run(async |place| {
            let ann = place.member("ann").await;
            let status = id(&ann.api.toot("hello").await);
            let stranger = place.stranger();
            let actor = format!("/ap/actors/{}", ann.id);
            for path in [
                actor.clone(),
                format!("{actor}/outbox"),
                format!("{actor}/followers"),
                format!("{actor}/featured"),
                format!("/ap/notes/{status}"),
                format!("/ap/notes/{status}/replies"),
                "/ap/notes/1".to_owned(),
                "/@ann".to_owned(),
                format!("/@ann/{status}"),
            ] {
                let answer = ask(&stranger, &path).await.expect(401);
                assert_eq!(answer.header("cache-control"), "private, no-store");
            }
            let instance = document(ask(&stranger, "/ap/actor").await);
            assert_eq!(instance["type"], "Application");
            document(ask(&stranger, "/ap/actor/outbox").await);
            let domain = &place.app.config.server.handle_domain;
            stranger
                .get(&format!(
                    "/.well-known/webfinger?resource=acct:ann@{domain}"
                ))
                .await
                .expect(200);
            // People see the pages as ever.
            place.browser().visit("/@ann").await;
        });
}
