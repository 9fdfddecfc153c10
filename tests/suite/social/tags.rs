//! Hashtags that are followed: what of them arrives at home, and what does not.

use serde_json::json;

use crate::support::api::{id, ids};
use crate::support::people::Person;
use crate::support::place::{Setup, run};

async fn home(person: &Person) -> Vec<String> {
    let found = person.api.get("/api/v1/timelines/home?limit=20").await;
    ids(&found.entity("[Status]"))
}

async fn turn(person: &Person, name: &str, deed: &str) -> serde_json::Value {
    let path = format!("/api/v1/tags/{name}/{deed}");
    person.api.post(&path, json!({})).await.entity("Tag")
}

#[test]
fn public_posts_with_a_followed_hashtag_arrive_at_home() {
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let before = id(&ann.api.toot("Yesterday's #bread").await);
        place.settle().await;
        assert_eq!(home(&ben).await, Vec::<String>::new());
        assert_eq!(turn(&ben, "Bread", "follow").await["following"], true);
        // What there is at once, what comes when it comes.
        assert_eq!(home(&ben).await, std::slice::from_ref(&before));
        let fresh = id(&ann.api.toot("Fresh #BREAD and #butter").await);
        ann.api.toot_to("unlisted", "Hidden #bread").await;
        ann.api.toot_to("private", "Secret #bread").await;
        ann.api.toot("No such thing").await;
        place.settle().await;
        assert_eq!(home(&ben).await, [fresh.clone(), before.clone()]);
        // Who follows both, or two tags of one post, has it once.
        turn(&ben, "butter", "follow").await;
        ben.follow(&ann).await;
        let both = id(&ann.api.toot("More #bread and #butter").await);
        place.settle().await;
        let found = home(&ben).await;
        assert_eq!(found.iter().filter(|one| **one == both).count(), 1);
        ben.api.act(&format!("{}/unfollow", ann.path())).await.ok();
        assert_eq!(turn(&ben, "bread", "unfollow").await["following"], false);
        assert_eq!(home(&ben).await, [both, fresh]);
    });
}

#[test]
fn nobody_meets_by_a_hashtag_whom_they_do_not_want_to_meet() {
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let (cleo, dan) = (place.member("cleo").await, place.member("dan").await);
        turn(&ben, "bread", "follow").await;
        ben.block(&ann).await;
        ben.api.act(&format!("{}/mute", cleo.path())).await.ok();
        let limit = "UPDATE accounts SET flags = flags | 1 WHERE username = 'dan'";
        place.sql(limit, &[]).await;
        for person in [&ann, &cleo, &dan] {
            person.api.toot("My #bread").await;
        }
        place.settle().await;
        assert_eq!(home(&ben).await, Vec::<String>::new());
    });
}

#[test]
fn followed_hashtags_are_listed_and_have_a_limit() {
    Setup::default().without_jobs().run(async |place| {
        let ben = place.member("ben").await;
        turn(&ben, "rye", "follow").await;
        turn(&ben, "rye", "follow").await;
        turn(&ben, "Tea", "follow").await;
        let listed = ben.api.get("/api/v1/followed_tags?limit=1").await;
        let next = listed.link("next").expect("a next page");
        let first = listed.entity("[Tag]");
        assert_eq!((&first[0]["name"], &first[0]["following"]), (&json!("Tea"), &json!(true)));
        let second = ben.api.get(&next).await.entity("[Tag]");
        assert_eq!((second[0]["name"].as_str(), second.as_array().map(Vec::len)), (Some("rye"), Some(1)));
        let tag = ben.api.get("/api/v1/tags/tea").await.entity("Tag");
        assert_eq!(tag["following"], true);
        ben.api.post("/api/v1/tags/%20/follow", json!({})).await.error(404);
        place
            .sql(
                "WITH made AS (INSERT INTO tags (name, display, created_at) SELECT 't' || n, 't' || n, '2026-01-01' \
                 FROM generate_series(1, 198) n RETURNING id) INSERT INTO tag_follows (account_id, tag_id, id) \
                 SELECT $1, id, next_id('2026-01-01') FROM made",
                &[&ben.id.parse::<i64>().expect("an id")],
            )
            .await;
        let beyond = ben.api.post("/api/v1/tags/beyond/follow", json!({})).await;
        assert!(beyond.error(422)["error"].as_str().expect("words").contains("more than 200"));
        // Again is no error.
        turn(&ben, "tea", "follow").await;
    });
}

#[test]
fn a_button_on_the_page_of_a_tag_follows_it() {
    run(async |place| {
        let ben = place.member("ben").await;
        let browser = place.signed_in(&ben).await;
        let page = browser.open("/tags/%D1%85%D0%BB%D0%B5%D0%B1").await;
        let page = browser
            .submit(page.form("/tags/%D1%85%D0%BB%D0%B5%D0%B1/follow"))
            .await;
        page.says("#хлеб");
        let listed = browser.open("/tags").await;
        listed.says("#хлеб");
        let page = browser
            .submit(listed.form("/tags/%D1%85%D0%BB%D0%B5%D0%B1/unfollow"))
            .await;
        page.says("None yet");
        place
            .browser()
            .open("/tags/%D1%85%D0%BB%D0%B5%D0%B1")
            .await
            .hides("Unfollow");
    });
}
