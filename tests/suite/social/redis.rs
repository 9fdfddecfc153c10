//! Redis may go at any time: slower, never wrong.

use crate::support::api::{id, ids};
use crate::support::place::Setup;
use crate::support::recount;

#[test]
fn redis_killed_or_emptied_costs_time_and_nothing_else() {
    Setup::default().own_redis().run(async |place| {
        let redis = place.redis.as_ref().expect("one of its own");
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        ben.follow(&ann).await;
        place.settle().await;
        let mut posts = Vec::new();
        for n in 0..40 {
            match n {
                10 | 30 => redis.kill(),
                20 => redis.empty().await,
                _ => {}
            }
            posts.insert(0, id(&ann.api.toot(&format!("Number {n}")).await));
            let post = &posts[0];
            ben.api
                .act(&format!("/api/v1/statuses/{post}/favourite"))
                .await
                .ok();
            // One's own post is there at once, always.
            let own = ids(&ann
                .api
                .get("/api/v1/timelines/home?limit=1")
                .await
                .entity("[Status]"));
            assert_eq!(&own[0], post, "after number {n}");
        }
        place.settle().await;
        recount::assert_exact(place, &[ann.clone(), ben.clone()]).await;
        let home = ids(&ben.api.get("/api/v1/timelines/home?limit=40").await.ok());
        assert_eq!(home, posts);
        // Emptied once more, with nobody posting: what is read is the same.
        redis.empty().await;
        assert_eq!(
            ids(&ben.api.get("/api/v1/timelines/home?limit=40").await.ok()),
            posts
        );
        redis.kill();
        assert_eq!(
            ids(&ben.api.get("/api/v1/timelines/home?limit=40").await.ok()),
            posts
        );
        let page = place.signed_in(&ben).await.open("/home").await;
        page.says("Number 39");
        // Signing in, sessions and limits go on without it.
        place.stranger().get("/api/v1/instance").await.expect(200);
    });
}

#[test]
fn a_place_opens_while_redis_is_away() {
    Setup::default()
        .with("PORCHLIGHT_SERVER__WORKERS", "1")
        .run(async |place| {
            let mut config = place.app.config.clone();
            config.redis.url = Some(porchlight::config::Secret::new(
                "redis+unix:///nonexistent/redis.sock",
            ));
            let app = porchlight::app::App::open(config).await.expect("it opens");
            assert!(app.instance().await.is_ok());
        });
}
