//! Home: fresh when a deed is answered, and full where it can be.

use serde_json::Value;

use crate::support::api::{id, ids};
use crate::support::people::Person;
use crate::support::place::{Setup, run};

async fn home(person: &Person, query: &str) -> Vec<String> {
    let path = format!("/api/v1/timelines/home?{query}");
    ids(&person.api.get(&path).await.entity("[Status]"))
}

#[test]
fn home_is_another_one_as_soon_as_a_follow_is_answered() {
    // The relay does not run: nothing but the deed itself can have made it so.
    Setup::default().without_jobs().run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let post = id(&ann.api.toot("Hello").await);
        let own = id(&ben.api.toot("Mine").await);
        // Twice, so that it is read from a feed.
        for _ in 0..2 {
            assert_eq!(home(&ben, "limit=5").await, std::slice::from_ref(&own));
        }
        ben.follow(&ann).await;
        assert_eq!(home(&ben, "limit=5").await, [own.clone(), post.clone()]);
        ben.api.act(&format!("{}/unfollow", ann.path())).await.ok();
        assert_eq!(home(&ben, "limit=5").await, std::slice::from_ref(&own));
        ben.follow(&ann).await;
        ann.block(&ben).await;
        assert_eq!(home(&ben, "limit=5").await, std::slice::from_ref(&own));

        // One who says yes makes it so for the other.
        let cleo = place.member("cleo").await;
        let locked = cleo
            .api
            .patch(
                "/api/v1/accounts/update_credentials",
                serde_json::json!({ "locked": true }),
            )
            .await
            .ok();
        assert_eq!(locked["locked"], Value::Bool(true));
        let post = cleo.api.toot_to("private", "For few").await;
        ben.api.act(&format!("{}/follow", cleo.path())).await.ok();
        assert_eq!(home(&ben, "limit=5").await, std::slice::from_ref(&own));
        cleo.api
            .act(&format!("/api/v1/follow_requests/{}/authorize", ben.id))
            .await
            .ok();
        assert_eq!(home(&ben, "limit=5").await, [post, own]);
    });
}

#[test]
fn boosts_of_what_was_deleted_do_not_shorten_pages() {
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let (cleo, dan) = (place.member("cleo").await, place.member("dan").await);
        ben.follow(&ann).await;
        ben.follow(&cleo).await;
        let mut left = Vec::new();
        for n in 0..12 {
            left.insert(0, id(&ann.api.toot(&format!("Stays {n}")).await));
        }
        let mut gone = Vec::new();
        for n in 0..12 {
            let post = id(&dan.api.toot(&format!("Goes {n}")).await);
            let boost = cleo
                .api
                .act(&format!("/api/v1/statuses/{post}/reblog"))
                .await
                .ok();
            gone.push((post, id(&boost)));
        }
        place.settle().await;
        // Read twice: from a feed that has them all.
        for _ in 0..2 {
            assert_eq!(home(&ben, "limit=20").await.len(), 20);
        }
        for (post, _) in &gone {
            dan.api
                .delete(&format!("/api/v1/statuses/{post}"))
                .await
                .ok();
        }
        place.settle().await;
        assert_eq!(home(&ben, "limit=10").await, left[..10]);
        // Page by page, down and up again, nothing is missing and nothing comes twice.
        let (mut all, mut next) = (Vec::new(), Some("limit=5".to_owned()));
        while let Some(query) = next {
            let path = format!("/api/v1/timelines/home?{query}");
            let answer = ben.api.get(&path).await;
            next = answer
                .link("next")
                .map(|link| link.split_once('?').expect("a query").1.to_owned());
            all.extend(ids(&answer.entity("[Status]")));
        }
        assert_eq!(all, left);
        let lowest = left.last().expect("one");
        let up = home(&ben, &format!("limit=5&min_id={lowest}")).await;
        assert_eq!(up, left[6..11]);
    });
}
