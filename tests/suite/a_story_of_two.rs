//! The story's next chapter: another house down the street. Two Porchlights under names of
//! their own, with nothing between them but what any two servers say to each other.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::api::{Api, id, ids};
use crate::support::people::{PASSWORD, Person};
use crate::support::place::{Place, run_two};

/// How long news may take to the other house.
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn people_of_two_places_follow_talk_correct_and_take_back() {
    run_two(async |porch, stoop| {
        let ann = porch.member("ann").await;
        let ben = stoop.member("ben").await;

        let ann_there = look_up(&ben.api, "@ann@porch.test").await;
        assert_eq!(ann_there["acct"], "ann@porch.test");
        let ann_there = id(&ann_there);
        let asked = ben
            .api
            .act(&format!("/api/v1/accounts/{ann_there}/follow"))
            .await
            .ok();
        assert_eq!(
            asked["requested"].as_bool() == Some(true),
            asked["following"] == false
        );
        eventually("the follow is accepted", async || {
            let related = ben
                .api
                .get(&format!("/api/v1/accounts/relationships?id[]={ann_there}"))
                .await
                .ok();
            related[0]["following"] == true
        })
        .await;
        eventually("ann hears that she is followed", async || {
            told(&ann.api, "follow").await == ["ben@stoop.test"]
        })
        .await;

        let (post, there) = ann_speaks(&ann, &ben).await;
        ben_answers(&ann, &ben, &post, &there).await;
        ann_corrects_and_takes_back(&ann, &ben, &post, &there).await;
        a_secret_stays_between_them(porch, stoop, &ann, &ben).await;
        ben_leaves(&ann, &ben, &ann_there).await;
    });
}

/// Somebody elsewhere, by handle, as the search box of an app finds them.
async fn look_up(api: &Api, handle: &str) -> Value {
    let found = api
        .get(&format!(
            "/api/v2/search?q={handle}&resolve=true&type=accounts"
        ))
        .await
        .ok();
    let accounts = found["accounts"].as_array().expect("a list");
    assert_eq!(accounts.len(), 1, "{handle}: {found}");
    accounts[0].clone()
}

/// A post travels; gives its ids here and there.
async fn ann_speaks(ann: &Person, ben: &Person) -> (String, String) {
    let posted = ann
        .api
        .post(
            "/api/v1/statuses",
            json!({
                "status": "The kettle is on, and the #porch is swept.",
                "spoiler_text": "tea",
                "language": "en",
                "visibility": "public",
            }),
        )
        .await
        .ok();
    let there = arrival(&ben.api, "the kettle is on").await;
    assert_eq!(there["account"]["acct"], "ann@porch.test");
    assert_eq!(there["spoiler_text"], "tea");
    assert_eq!(there["language"], "en");
    assert_eq!(there["visibility"], "public");
    assert_eq!(there["tags"][0]["name"], "porch");
    assert_eq!(there["uri"], posted["uri"]);
    assert_eq!(there["url"], posted["url"]);
    (id(&posted), id(&there))
}

/// What shows up in a home timeline and says that.
async fn arrival(api: &Api, words: &str) -> Value {
    let mut found = Value::Null;
    eventually(words, async || {
        let home = api.get("/api/v1/timelines/home").await.ok();
        let says = |status: &&Value| {
            status["content"]
                .as_str()
                .is_some_and(|html| html.to_lowercase().contains(words))
        };
        match home.as_array().expect("a list").iter().find(says) {
            Some(status) => {
                found = status.clone();
                true
            }
            None => false,
        }
    })
    .await;
    found
}

/// Ben favours, boosts and answers; Ann hears of each and sees it counted.
async fn ben_answers(ann: &Person, ben: &Person, post: &str, there: &str) {
    ben.api
        .act(&format!("/api/v1/statuses/{there}/favourite"))
        .await
        .ok();
    ben.api
        .act(&format!("/api/v1/statuses/{there}/reblog"))
        .await
        .ok();
    let answer = ben
        .api
        .post(
            "/api/v1/statuses",
            json!({ "status": "@ann@porch.test I bring the cups", "in_reply_to_id": there }),
        )
        .await
        .ok();
    assert_eq!(answer["mentions"][0]["acct"], "ann@porch.test");
    for kind in ["favourite", "reblog", "mention"] {
        eventually(kind, async || {
            told(&ann.api, kind).await == ["ben@stoop.test"]
        })
        .await;
    }
    eventually("all of it is counted", async || {
        let status = ann.api.get(&format!("/api/v1/statuses/{post}")).await.ok();
        (
            &status["favourites_count"],
            &status["reblogs_count"],
            &status["replies_count"],
        ) == (&json!(1), &json!(1), &json!(1))
    })
    .await;
    let thread = ann
        .api
        .get(&format!("/api/v1/statuses/{post}/context"))
        .await
        .ok();
    assert_eq!(
        thread["descendants"][0]["account"]["acct"],
        "ben@stoop.test"
    );
}

/// An edit and a deletion arrive.
async fn ann_corrects_and_takes_back(ann: &Person, ben: &Person, post: &str, there: &str) {
    ann.api
        .put(
            &format!("/api/v1/statuses/{post}"),
            json!({ "status": "The kettle is off again.", "spoiler_text": "tea" }),
        )
        .await
        .ok();
    eventually("the edit arrives", async || {
        let status = ben.api.get(&format!("/api/v1/statuses/{there}")).await.ok();
        status["content"]
            .as_str()
            .is_some_and(|html| html.contains("off again"))
            && status["edited_at"].is_string()
    })
    .await;
    ann.api
        .delete(&format!("/api/v1/statuses/{post}"))
        .await
        .ok();
    eventually("the deletion arrives", async || {
        let answer = ben.api.get(&format!("/api/v1/statuses/{there}")).await;
        answer.status == 404
    })
    .await;
    let home = ben.api.get("/api/v1/timelines/home").await.ok();
    assert!(!ids(&home).contains(&there.to_owned()));
}

/// What is for one reader reaches that reader and nobody else over there.
async fn a_secret_stays_between_them(porch: &Place, stoop: &Place, ann: &Person, ben: &Person) {
    let cas = stoop.member("cas").await;
    look_up(&ann.api, "@ben@stoop.test").await;
    let secret = ann
        .api
        .post(
            "/api/v1/statuses",
            json!({ "status": "@ben@stoop.test the key is under the mat", "visibility": "direct" }),
        )
        .await
        .ok();
    let mut there = Value::Null;
    eventually("the secret arrives", async || {
        let told = ben
            .api
            .get("/api/v1/notifications?types[]=mention")
            .await
            .ok();
        there = told[0]["status"].clone();
        there["visibility"] == "direct"
    })
    .await;
    let there = id(&there);
    cas.api
        .get(&format!("/api/v1/statuses/{there}"))
        .await
        .error(404);
    let uri = secret["uri"].as_str().expect("an address");
    let path = uri.strip_prefix(&porch.origin).expect("of the porch");
    porch.stranger().get(path).await.error(404);
}

/// Who leaves gets nothing any more.
async fn ben_leaves(ann: &Person, ben: &Person, ann_there: &str) {
    ben.api
        .act(&format!("/api/v1/accounts/{ann_there}/unfollow"))
        .await
        .ok();
    eventually("ann has no followers", async || {
        let ann = ann
            .api
            .get("/api/v1/accounts/verify_credentials")
            .await
            .ok();
        ann["followers_count"] == 0
    })
    .await;
}

#[test]
fn a_move_takes_followers_along_and_an_end_takes_everything() {
    run_two(async |porch, stoop| {
        let ann = porch.member("ann").await;
        let cem = porch.member("cem").await;
        let ben = stoop.member("ben").await;
        let anna = stoop.member("anna").await;
        cem.follow(&ann).await;
        let ann_there = id(&look_up(&ben.api, "@ann@porch.test").await);
        follows_at_last(&ben, &ann_there).await;
        ann.api.toot("Off to the stoop.").await;
        arrival(&ben.api, "off to the stoop").await;

        // Anna says that she is Ann; only then Ann can go.
        let away = porch.signed_in(&ann).await;
        let form = |page: &crate::support::browser::Page| {
            page.form("/settings/move")
                .set("target", "@anna@stoop.test")
                .set("password", PASSWORD)
        };
        let page = away.open("/settings/move").await;
        let refused = away.submit(form(&page)).await;
        refused.says("does not name this account as its own yet");
        let here = stoop.signed_in(&anna).await;
        let page = here.open("/settings/move").await;
        let named = page
            .form("/settings/move/aliases")
            .set("alias", "@ann@porch.test");
        here.submit(named).await.says("@ann@porch.test");
        let page = away.open("/settings/move").await;
        away.submit(form(&page)).await.says("You have moved");

        let anna_here = anna.id.clone();
        eventually("ben follows anna instead", async || {
            follows(&ben, &anna_here).await && !follows(&ben, &ann_there).await
        })
        .await;
        let anna_there = id(&look_up(&cem.api, "@anna@stoop.test").await);
        eventually("cem follows anna instead", async || {
            follows(&cem, &anna_there).await && !follows(&cem, &ann.id).await
        })
        .await;
        let moved = cem.api.get(&ann.path()).await.entity("Account");
        assert_eq!(moved["moved"]["acct"], "anna@stoop.test", "{moved}");
        let moved = ben.api.get(&format!("/api/v1/accounts/{ann_there}")).await;
        assert_eq!(moved.entity("Account")["moved"]["acct"], "anna");
        let post = json!({ "status": "Still here?" });
        ann.api.post("/api/v1/statuses", post).await.error(403);

        // And then she deletes what is left.
        let page = away.open("/settings/delete").await;
        let form = page
            .form("/settings/delete")
            .set("password", PASSWORD)
            .set("sure", "1");
        away.submit(form).await.says("Your account is deleted.");
        eventually("nothing of her is left there", async || {
            let answer = ben.api.get(&format!("/api/v1/accounts/{ann_there}")).await;
            answer.status == 404
        })
        .await;
    });
}

async fn follows(who: &Person, whom: &str) -> bool {
    let related = who
        .api
        .get(&format!("/api/v1/accounts/relationships?id[]={whom}"))
        .await
        .ok();
    related[0]["following"] == true
}

async fn follows_at_last(who: &Person, whom: &str) {
    who.api
        .act(&format!("/api/v1/accounts/{whom}/follow"))
        .await
        .ok();
    eventually("the follow is accepted", async || follows(who, whom).await).await;
}

/// Who is named by the notifications of a kind, newest first.
async fn told(api: &Api, kind: &str) -> Vec<String> {
    let told = api
        .get(&format!("/api/v1/notifications?types[]={kind}"))
        .await
        .ok();
    let of = |n: &Value| n["account"]["acct"].as_str().unwrap_or_default().to_owned();
    told.as_array().expect("a list").iter().map(of).collect()
}

async fn eventually(what: &str, is_so: impl AsyncFnMut() -> bool) {
    let mut is_so = is_so;
    let began = std::time::Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < PATIENCE, "it never comes: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
