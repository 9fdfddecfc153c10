//! Fetches that are signed: who asks decides what there is (I24, T11, T12, D17).

use porchlight::activitypub::{actors, notes};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::actor::Actor;
use crate::support::answer::Answer;
use crate::support::api::id;
use crate::support::peer::Peer;
use crate::support::people::Person;
use crate::support::place::{Place, Setup};

#[track_caller]
fn document(answer: Answer) -> Value {
    let answer = answer.expect(200);
    assert!(
        answer
            .header("content-type")
            .starts_with("application/activity+json"),
        "{}",
        answer.shown()
    );
    serde_json::from_slice(&answer.body).expect("JSON")
}

/// The account here of somebody elsewhere.
async fn known(place: &Place, actor: &Actor) -> i64 {
    let found = place
        .sql("SELECT id FROM accounts WHERE uri = $1", &[&actor.id])
        .await;
    found.first().expect("they are known here").get(0)
}

async fn unsigned(place: &Place, path: &str) -> Answer {
    let api = place.stranger();
    let request = api
        .request(Method::GET, path)
        .header("accept", "application/activity+json");
    api.send(request).await
}

async fn reached(place: &Place, person: &Person) -> Vec<String> {
    let account: i64 = person.id.parse().expect("a number");
    let sql = "SELECT h.domain FROM reach r JOIN hosts h ON h.id = r.host_id \
               WHERE r.account_id = $1 ORDER BY 1";
    let rows = place.sql(sql, &[&account]).await;
    rows.iter().map(|row| row.get(0)).collect()
}

/// What a member has to be fetched.
struct Things {
    actor: String,
    note: String,
    lists: Vec<String>,
}

async fn things(person: &Person) -> Things {
    let status = id(&person.api.toot("hello").await);
    let actor = format!("/ap/actors/{}", person.id);
    let note = format!("/ap/notes/{status}");
    let lists = ["/outbox", "/outbox?page=true", "/featured", "/followers"];
    let mut lists: Vec<String> = lists.iter().map(|list| format!("{actor}{list}")).collect();
    lists.push(format!("{note}/replies"));
    lists.push(format!("{note}/create"));
    lists.push(format!("/@{}/{status}", person.name));
    Things { actor, note, lists }
}

#[test]
fn who_signs_is_remembered_and_the_answer_is_for_them_alone() {
    // T12
    Setup::federated().run(async |place| {
        let ann = place.member("ann").await;
        let alpha = place.peer("alpha");
        let bea = alpha.actor("bea");
        let things = things(&ann).await;
        assert!(reached(place, &ann).await.is_empty());
        let answer = unsigned(place, &things.note).await.expect(200);
        assert!(answer.header("cache-control").starts_with("public"));
        assert!(reached(place, &ann).await.is_empty());
        for path in [&things.actor, &things.note]
            .into_iter()
            .chain(&things.lists)
        {
            let answer = bea.fetch(place, path).await.expect(200);
            assert_eq!(
                answer.header("cache-control"),
                "private, no-store",
                "{path}"
            );
            assert_eq!(answer.header("vary"), "Accept, Signature");
            document(answer);
        }
        assert_eq!(reached(place, &ann).await, ["alpha.test"]);
        // The key was looked for once.
        assert_eq!(alpha.times_asked("/users/bea"), 2, "key and owner");
    });
}

#[test]
fn a_follower_elsewhere_reads_what_is_for_followers_and_nobody_else_does() {
    // T11
    Setup::federated().run(async |place| {
        let ann = place.member("ann").await;
        let (bea, carl) = (
            place.peer("alpha").actor("bea"),
            place.peer("beta").actor("carl"),
        );
        let private = ann.api.toot_to("private", "for friends").await;
        let here_only = ann.api.toot_to("private", "for friends here").await;
        let number: i64 = here_only.parse().expect("a number");
        let sql = "UPDATE statuses SET local_only = true WHERE id = $1 RETURNING id";
        place.sql(sql, &[&number]).await;
        for actor in [&bea, &carl] {
            let path = format!("/ap/notes/{private}");
            actor.fetch(place, &path).await.error(404);
        }
        let account: i64 = ann.id.parse().expect("a number");
        let sql = "INSERT INTO follows (id, account_id, target_id, state, flags, created_at) \
                   SELECT 1, $1, $2, 1, 0, created_at FROM accounts WHERE id = $2 RETURNING id";
        place.sql(sql, &[&known(place, &bea).await, &account]).await;
        let note = document(bea.fetch(place, &format!("/ap/notes/{private}")).await);
        let actor = format!("{}/ap/actors/{}", place.origin, ann.id);
        assert_eq!(note["to"], json!([format!("{actor}/followers")]));
        let path = format!("/ap/actors/{}/outbox?page=true", ann.id);
        let page = document(bea.fetch(place, &path).await);
        assert_eq!(page["orderedItems"].as_array().expect("items").len(), 1);
        // What is for this place alone leaves it for nobody.
        let path = format!("/ap/notes/{here_only}");
        bea.fetch(place, &path).await.error(404);
        let path = format!("/ap/notes/{private}");
        carl.fetch(place, &path).await.error(404);
        unsigned(place, &path).await.error(404);
    });
}

#[test]
fn whom_a_member_blocks_finds_their_posts_no_more() {
    // I24
    Setup::federated().run(async |place| {
        let ann = place.member("ann").await;
        let (bea, carl) = (
            place.peer("alpha").actor("bea"),
            place.peer("alpha").actor("carl"),
        );
        let things = things(&ann).await;
        document(bea.fetch(place, &things.note).await);
        let blocked = known(place, &bea).await;
        ann.api
            .act(&format!("/api/v1/accounts/{blocked}/block"))
            .await
            .expect(200);
        let never = bea.fetch(place, "/ap/notes/1").await.expect(404);
        for path in [&things.note].into_iter().chain(&things.lists) {
            let answer = bea.fetch(place, path).await;
            assert_eq!(answer.status, 404, "{}", answer.shown());
            assert_eq!(answer.body, never.body);
        }
        // The key under the block must be found.
        document(bea.fetch(place, &things.actor).await);
        // The neighbour is not to blame.
        document(carl.fetch(place, &things.note).await);
    });
}

#[test]
fn whom_staff_shut_out_finds_nothing_at_all() {
    Setup::federated()
        .with("PORCHLIGHT_FEDERATION__AUTHORIZED_FETCH", "true")
        .run(async |place| {
            let ann = place.member("ann").await;
            let (bea, carl) = (
                place.peer("alpha").actor("bea"),
                place.peer("beta").actor("carl"),
            );
            let things = things(&ann).await;
            for actor in [&bea, &carl] {
                document(actor.fetch(place, &things.note).await);
            }
            // One account, and one server.
            let sql = "UPDATE accounts SET flags = flags | 2 WHERE id = $1 RETURNING id";
            place.sql(sql, &[&known(place, &bea).await]).await;
            let sql = "UPDATE hosts SET flags = 2 WHERE domain = 'beta.test' RETURNING id";
            place.sql(sql, &[]).await;
            place.app.policies.forget();
            place.peer("beta").forget_asked();
            let fresh = place.peer("beta").actor("dora");
            for actor in [&bea, &carl, &fresh] {
                for path in [&things.actor, &things.note]
                    .into_iter()
                    .chain(&things.lists)
                {
                    let answer = actor.fetch(place, path).await;
                    assert_eq!(answer.status, 404, "{} {}", actor.name, answer.shown());
                }
            }
            assert!(
                place.peer("beta").asked().is_empty(),
                "nobody is looked for there"
            );
        });
}

#[test]
fn where_fetches_must_be_signed_only_a_good_signature_opens() {
    Setup::federated()
        .with("PORCHLIGHT_FEDERATION__AUTHORIZED_FETCH", "true")
        .run(async |place| {
            let ann = place.member("ann").await;
            let bea = place.peer("alpha").actor("bea");
            let carl = place.peer("alpha").actor("carl");
            let things = things(&ann).await;
            unsigned(place, &things.note).await.error(401);
            let answer = bea.fetch(place, &things.note).await.expect(200);
            assert_eq!(answer.header("cache-control"), "private, no-store");
            // Another's key under one's own name; no date; another path than was signed.
            let mut letter = bea.letter(place, &Value::Null);
            letter.method = Method::GET;
            letter.path = things.note.clone();
            letter.body = Vec::new();
            letter.digest = None;
            letter.private_der = carl.key.private_der.clone();
            letter.send(place).await.error(401);
            letter.private_der = bea.key.private_der.clone();
            letter.covered = vec!["(request-target)", "host"];
            letter.send(place).await.error(401);
            letter.covered = vec!["(request-target)", "host", "date"];
            letter.send(place).await.expect(200);
            letter.path = things.actor.clone();
            letter.after = vec![("signature", letter.signature().replace("bea", "nobody"))];
            letter.send(place).await.error(401);
            unsigned(place, "/ap/actor").await.expect(200);
        });
}

#[test]
fn a_signature_that_is_not_believed_makes_a_stranger() {
    Setup::federated().run(async |place| {
        let ann = place.member("ann").await;
        let bea = place.peer("alpha").actor("bea");
        let carl = place.peer("alpha").actor("carl");
        let things = things(&ann).await;
        let private = ann.api.toot_to("private", "for friends").await;
        let mut letter = bea.letter(place, &Value::Null);
        letter.method = Method::GET;
        letter.path = things.note.clone();
        letter.body = Vec::new();
        letter.digest = None;
        letter.private_der = carl.key.private_der.clone();
        document(letter.send(place).await);
        letter.path = format!("/ap/notes/{private}");
        letter.send(place).await.error(404);
        assert!(reached(place, &ann).await.is_empty());
    });
}

#[test]
fn a_follow_a_favourite_and_a_block_are_shown_to_the_server_they_concern_alone() {
    Setup::federated().run(async |place| {
        let ann = place.member("ann").await;
        let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
        let (bea, neighbour) = (alpha.actor("bea"), alpha.actor("nell"));
        let (carl, dora) = (beta.actor("carl"), beta.actor("dora"));
        let note = bea.note(alpha, place.app.clock.now(), "<p>From alpha.</p>");
        let fed = place.federation();
        let address = note["id"].as_str().expect("an id");
        let status = notes::find_or_fetch(&fed, address).await.expect("it").id;
        let blocked = actors::find_or_fetch(&fed, &dora.id).await.expect("her").id;
        let author = known(place, &bea).await;
        for deed in [
            format!("statuses/{status}/favourite"),
            format!("accounts/{author}/follow"),
            format!("accounts/{blocked}/block"),
        ] {
            ann.api.act(&format!("/api/v1/{deed}")).await.expect(200);
        }
        place.settle().await;
        let told = |peer: &Peer, kind| peer.received_of(kind).remove(0);
        for (said, at_home, elsewhere) in [
            (told(alpha, "Like"), &bea, &carl),
            (told(alpha, "Follow"), &bea, &carl),
            (told(beta, "Block"), &carl, &neighbour),
        ] {
            let id = said["id"].as_str().expect("an id");
            let path = id.strip_prefix(&place.origin).expect("of this place");
            let shown = document(at_home.fetch(place, path).await);
            for part in ["id", "type", "actor", "object"] {
                assert_eq!(shown[part], said[part], "{path}");
            }
            elsewhere.fetch(place, path).await.error(404);
            unsigned(place, path).await.error(404);
        }
        // What was taken back is gone.
        let like = told(alpha, "Like")["id"]
            .as_str()
            .expect("an id")
            .to_owned();
        let path = format!("/api/v1/statuses/{status}/unfavourite");
        ann.api.act(&path).await.expect(200);
        let path = like.strip_prefix(&place.origin).expect("of this place");
        bea.fetch(place, path).await.error(404);
    });
}
