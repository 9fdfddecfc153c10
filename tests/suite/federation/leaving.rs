//! Members who move away, or delete their account: what others are told, what is left.

use chrono::TimeDelta;
use porchlight::jobs::relay::Relay;
use porchlight::social::accounts::delete;
use serde_json::{Value, json};

use crate::support::actor::Actor;
use crate::support::api::id;
use crate::support::browser::Browser;
use crate::support::peer::Peer;
use crate::support::people::{PASSWORD, Person};
use crate::support::picture;
use crate::support::place::{Place, Setup, run};

/// Somebody on a peer who follows `whom`.
async fn follower(place: &Place, peer: &Peer, name: &str, whom: &Person) -> Actor {
    let actor = peer.actor(name);
    let follow = actor.activity(peer, "Follow", json!(uri(place, whom)));
    actor.send(place, &follow).await.expect(202);
    place.settle().await;
    peer.forget_asked();
    actor
}

fn uri(place: &Place, person: &Person) -> String {
    format!("{}/ap/actors/{}", place.origin, person.id)
}

/// An actor that says which others it is.
fn also(peer: &Peer, actor: &Actor, known_as: Value) {
    let mut document = actor.document();
    document["alsoKnownAs"] = known_as;
    peer.publish(document);
}

async fn move_to(browser: &Browser, target: &str, password: &str) -> crate::support::browser::Page {
    let page = browser.open("/settings/move").await;
    let form = page
        .form("/settings/move")
        .set("target", target)
        .set("password", password);
    browser.submit(form).await
}

async fn delete_on_the_web(place: &Place, who: &Person) {
    let browser = place.signed_in(who).await;
    let page = browser.open("/settings/delete").await;
    let form = page
        .form("/settings/delete")
        .set("password", PASSWORD)
        .set("sure", "1");
    browser.submit(form).await.says("Your account is deleted.");
}

#[test]
fn a_move_needs_the_password_and_the_others_word_and_is_told_to_followers() {
    Setup::federated().run(async |place| {
        let ann = place.member("ann").await;
        let ben = place.member("ben").await;
        ben.follow(&ann).await;
        let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
        follower(place, alpha, "ada", &ann).await;
        let anna = beta.actor("anna");
        let browser = place.signed_in(&ann).await;
        let handle = "@anna@beta.test";
        move_to(&browser, handle, "not my password")
            .await
            .says("This is not your password.");
        move_to(&browser, handle, PASSWORD)
            .await
            .says("does not name this account as its own yet");
        move_to(&browser, "@nobody@beta.test", PASSWORD)
            .await
            .says("leads to nobody");
        move_to(&browser, "ann", PASSWORD)
            .await
            .says("is this very account");
        // What it says now counts, not what it said when it was first seen.
        also(beta, &anna, json!([uri(place, &ann)]));
        move_to(&browser, handle, PASSWORD)
            .await
            .says("You have moved");
        place.settle().await;
        let told = alpha.received_of("Move");
        assert_eq!(told.len(), 1);
        assert_eq!(
            (&told[0]["object"], &told[0]["target"]),
            (&json!(uri(place, &ann)), &json!(anna.id))
        );
        let profile = &alpha.received_of("Update")[0]["object"];
        assert_eq!(
            profile["movedTo"], anna.id,
            "the profile is there before the move"
        );
        // Followers here ask, and leave.
        let asked = beta.wait_for("Follow").await;
        assert_eq!(asked["actor"], uri(place, &ben));
        let left = "SELECT count(*) FROM follows f JOIN accounts a ON a.id = f.account_id \
                    WHERE a.username = 'ben' AND f.target_id = $1";
        let number: i64 = ann.id.parse().expect("an id");
        assert_eq!(place.sql(left, &[&number]).await[0].get::<_, i64>(0), 0);
        let shown = ben.api.get(&ann.path()).await.entity("Account");
        assert_eq!(shown["moved"]["acct"], "anna@beta.test");
        place.browser().open("/@ann").await.says("has moved to");
        // She is told herself where she is now.
        let own = "/api/v1/accounts/verify_credentials";
        let me = ann.api.get(own).await.entity("CredentialAccount");
        assert_eq!(me["moved"]["acct"], "anna@beta.test");
        // Moved, she does nothing towards others, and may still tidy up.
        let post = id(&ben.api.toot("Hello?").await);
        let body = json!({ "status": "Hello!" });
        ann.api
            .post("/api/v1/statuses", body.clone())
            .await
            .error(403);
        let boost = format!("/api/v1/statuses/{post}/reblog");
        let asks = ben
            .api
            .post(
                "/api/v1/statuses",
                json!({ "status": "Well?", "poll": { "options": ["a", "b"], "expires_in": 3600 } }),
            )
            .await
            .ok();
        let vote = format!(
            "/api/v1/polls/{}/votes",
            asks["poll"]["id"].as_str().expect("an id")
        );
        ann.api.act(&boost).await.error(403);
        ann.api
            .act(&format!("/api/v1/statuses/{post}/favourite"))
            .await
            .error(403);
        ann.api
            .post(&vote, json!({ "choices": [0] }))
            .await
            .error(403);
        ann.api
            .act(&format!("{}/follow", ben.path()))
            .await
            .error(403);
        for tidy in [
            format!("/api/v1/statuses/{post}/unfavourite"),
            format!("{}/unfollow", ben.path()),
            format!("/api/v1/statuses/{post}/bookmark"),
        ] {
            ann.api.act(&tidy).await.ok();
        }
        let home = "/api/v1/timelines/home";
        ann.api.get(home).await.ok();
        // Back again, and not to a third one so soon.
        let page = browser.open("/settings/move").await;
        let stay = page.form("/settings/move/stay");
        browser.submit(stay).await.says("You live here again");
        place.settle().await;
        let updates = alpha.received_of("Update");
        let last = &updates.last().expect("one more")["object"];
        assert!(last.get("movedTo").is_none(), "{last}");
        ann.api.post("/api/v1/statuses", body).await.ok();
        ann.api
            .act(&format!("/api/v1/statuses/{post}/favourite"))
            .await
            .ok();
        let me = ann.api.get(own).await.entity("CredentialAccount");
        assert!(me.get("moved").is_none(), "{me}");
        let annette = beta.actor("annette");
        also(beta, &annette, json!([uri(place, &ann)]));
        move_to(&browser, "@annette@beta.test", PASSWORD)
            .await
            .says("within the last 30 days");
        place.advance(TimeDelta::days(31));
        let browser = place.signed_in(&ann).await;
        move_to(&browser, "@annette@beta.test", PASSWORD)
            .await
            .says("You have moved");
        place.settle().await;
    });
}

#[test]
fn an_alias_lets_an_account_elsewhere_move_here() {
    Setup::federated().run(async |place| {
        let ann = place.member("ann").await;
        let ben = place.member("ben").await;
        let beta = place.peer("beta");
        let old = beta.actor("annold");
        let browser = place.signed_in(&ann).await;
        let page = browser.open("/settings/move").await;
        page.says("Moving here");
        let form = page
            .form("/settings/move/aliases")
            .set("alias", "@annold@beta.test");
        browser.submit(form).await.says("@annold@beta.test");
        place.settle().await;
        let document = place
            .stranger()
            .request(reqwest::Method::GET, &format!("/ap/actors/{}", ann.id));
        let document = place
            .stranger()
            .send(document.header("accept", "application/activity+json"))
            .await
            .expect(200);
        let document: Value = serde_json::from_str(&document.text()).expect("JSON");
        assert_eq!(document["alsoKnownAs"], json!([old.id]));
        let found = ben
            .api
            .get("/api/v2/search?q=@annold@beta.test&resolve=true&type=accounts")
            .await
            .ok();
        let old_here = id(&found["accounts"][0]);
        ben.api
            .act(&format!("/api/v1/accounts/{old_here}/follow"))
            .await
            .ok();
        place.settle().await;
        let mut gone = old.activity(beta, "Move", json!(old.id));
        gone["target"] = json!(uri(place, &ann));
        old.send(place, &gone).await.expect(202);
        place.settle().await;
        let related = ben
            .api
            .get(&format!("/api/v1/accounts/relationships?id[]={}", ann.id))
            .await
            .ok();
        assert_eq!(related[0]["following"], true);
        let page = browser.open("/settings/move").await;
        let form = page.form("/settings/move/aliases/remove");
        browser.submit(form).await.says("No other accounts named");
    });
}

#[test]
fn a_deleted_account_leaves_nothing_but_a_name_that_nobody_gets() {
    Setup::federated().run(async |place| {
        place.owner().await;
        let ann = place.member("ann").await;
        let ben = place.member("ben").await;
        let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
        let ada = follower(place, alpha, "ada", &ann).await;
        ben.follow(&ann).await;
        ann.follow(&ben).await;
        let theirs = id(&ben.api.toot("Ben's").await);
        ann.api.act(&format!("/api/v1/statuses/{theirs}/favourite")).await.ok();
        ann.api.act(&format!("/api/v1/statuses/{theirs}/reblog")).await.ok();
        let upload = ann.api.request(reqwest::Method::POST, "/api/v2/media");
        let part = reqwest::multipart::Part::bytes(picture::png(60, 40)).file_name("a.png");
        let form = reqwest::multipart::Form::new().part("file", part);
        let media = id(&ann.api.send(upload.multipart(form)).await.ok());
        let body = json!({ "status": "A picture", "media_ids": [media] });
        let post = ann.api.post("/api/v1/statuses", body).await.ok();
        let file = post["media_attachments"][0]["url"].as_str().expect("a url").to_owned();
        // bea saw one post and does not follow: a server with reach.
        let bea = beta.actor("bea");
        let path = format!("/ap/notes/{}", id(&post));
        bea.fetch(place, &path).await.expect(200);
        place.settle().await;
        delete_on_the_web(place, &ann).await;
        // Nothing of her is to be had, at once.
        ann.api.get("/api/v1/accounts/verify_credentials").await.error(401);
        place.settle().await;
        for peer in [alpha, beta] {
            let told = peer.received_of("Delete");
            let objects: Vec<&Value> = told.iter().map(|delete| &delete["object"]).collect();
            assert_eq!(objects.len(), 1, "{}: {objects:?}", peer.host);
            assert_eq!(told[0]["object"], uri(place, &ann));
            assert_eq!(told[0]["actor"], uri(place, &ann));
        }
        assert!(alpha.received_of("Undo").is_empty(), "one word says it all");
        let gone = |path: String| {
            let request = place.stranger().request(reqwest::Method::GET, &path);
            request.header("accept", "application/activity+json")
        };
        for path in [format!("/ap/actors/{}", ann.id), path] {
            place.stranger().send(gone(path)).await.expect(410);
        }
        let answer = place.browser().fetch(reqwest::Method::GET, "/@ann").await;
        assert_eq!(answer.status, 404);
        place.stranger().get(&file).await.expect(404);
        let post = ben.api.get(&format!("/api/v1/statuses/{theirs}")).await.ok();
        assert_eq!((&post["favourites_count"], &post["reblogs_count"]), (&json!(0), &json!(0)));
        let me = ben.api.get("/api/v1/accounts/verify_credentials").await.ok();
        assert_eq!((&me["followers_count"], &me["following_count"]), (&json!(0), &json!(0)));
        for table in ["statuses WHERE account_id <> (SELECT account_id FROM users WHERE username = 'ben')", "media", "follows", "reactions", "users WHERE username = 'ann'"] {
            assert_eq!(place.number(&format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
        }
        // The key signed what was sent; it goes a month later, the name never comes back.
        let key = format!("SELECT count(*) FROM actor_keys WHERE account_id = {}", ann.id);
        assert_eq!(place.number(&key).await, 1);
        place.advance(TimeDelta::days(31));
        let account: i64 = ann.id.parse().expect("an id");
        assert_eq!(delete::erase(&place.app, account).await.expect("it works"), None);
        assert_eq!(place.number(&key).await, 0);
        let answer = place.stranger().send(gone(format!("/ap/actors/{}", ann.id))).await;
        answer.expect(410);
        assert_eq!(place.number("SELECT count(*) FROM names WHERE canonical = 'ann' AND state = 3 AND until IS NULL").await, 1);
        let _ = ada;
    });
}

#[test]
fn a_deletion_that_is_killed_in_the_middle_goes_on() {
    Setup::federated().without_jobs().run(async |place| {
        place.owner().await;
        let ann = place.member("ann").await;
        for n in 0..12 {
            ann.api.toot(&format!("Number {n}")).await;
        }
        delete_on_the_web(place, &ann).await;
        let mut relay = Relay::new(place.app.clone());
        while relay.pass().await.expect("it works") > 0 {}
        relay.let_go().await;
        // The batch that takes posts dies in its commit; the one for files before it was done.
        place
            .sql(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \
                 $$BEGIN RAISE EXCEPTION 'killed'; END$$",
                &[],
            )
            .await;
        place
            .sql(
                "CREATE TRIGGER refuse BEFORE DELETE ON statuses FOR EACH ROW EXECUTE FUNCTION refuse()",
                &[],
            )
            .await;
        let account: i64 = ann.id.parse().expect("an id");
        assert!(delete::erase(&place.app, account).await.is_err());
        assert_eq!(place.number("SELECT count(*) FROM statuses").await, 12);
        place.sql("DROP TRIGGER refuse ON statuses", &[]).await;
        place.start_jobs();
        place.settle().await;
        assert_eq!(place.number("SELECT count(*) FROM statuses").await, 0);
        assert_eq!(place.number("SELECT count(*) FROM users WHERE username = 'ann'").await, 0);
    });
}

#[test]
fn the_last_owner_stays_and_who_is_rejected_was_never_told_of() {
    // E23
    Setup::federated().run(async |place| {
        let olive = place.owner().await;
        let browser = place.signed_in(&olive).await;
        let page = browser.open("/settings/delete").await;
        let form = page.form("/settings/delete").set("password", PASSWORD);
        let page = browser.submit(form).await;
        page.says("Tick the box");
        let form = page
            .form("/settings/delete")
            .set("password", PASSWORD)
            .set("sure", "1");
        browser.submit(form).await.says("You are the last owner");
        let hana = place.applicant("hana").await;
        // Who waits has neither page.
        let waiting = place.signed_in(&hana).await;
        for path in ["/settings/move", "/settings/delete"] {
            let answer = waiting.fetch(reqwest::Method::GET, path).await;
            assert_ne!(answer.status, 200, "{path}");
        }
        let application = place.application_of(&hana).await;
        let path = format!("/desk/applications/{application}");
        let page = browser.open(&path).await;
        let form = page
            .form(&format!("{path}/approve"))
            .press("Turn them down");
        browser.post(&form).await;
        let rejected = "SELECT count(*) FROM applications WHERE decided_at IS NOT NULL";
        assert_eq!(place.number(rejected).await, 1);
        place.settle().await;
        assert_eq!(place.number("SELECT count(*) FROM activities").await, 0);
    });
}

#[test]
fn a_report_that_is_closed_leaves_one_line_in_the_audit_log() {
    run(async |place| {
        let ann = place.member("ann").await;
        let olive = place.owner().await;
        let bob = place.member("bob").await;
        let body = json!({ "account_id": bob.id, "comment": "Rude." });
        ann.api.post("/api/v1/reports", body).await.ok();
        let browser = place.signed_in(&olive).await;
        let page = browser.open("/desk/reports").await;
        let report = place.number("SELECT id FROM reports").await;
        let form = page.form(&format!("/desk/reports/{report}/close"));
        browser.post(&form).await;
        browser.post(&form).await;
        let lines = "SELECT count(*) FROM audit_log WHERE act = 'report.close'";
        assert_eq!(place.number(lines).await, 1);
    });
}
