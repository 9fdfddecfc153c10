//! Who sees a post, on every surface that could show it (T11): each pair of audience and eyes.

use serde_json::{Value, json};

use crate::support::api::{Api, id};
use crate::support::people::Person;
use crate::support::place::{Place, run};

/// Everybody whose eyes matter.
struct People {
    ann: Person,
    follower: Person,
    mentioned: Person,
    other: Person,
    blocked: Person,
    waiting: Person,
}

async fn people(place: &Place) -> People {
    let people = People {
        ann: place.member("ann").await,
        follower: place.member("follower").await,
        mentioned: place.member("mentioned").await,
        other: place.member("other").await,
        blocked: place.member("blocked").await,
        waiting: {
            place.owner().await;
            place.applicant("waiting").await
        },
    };
    people.follower.follow(&people.ann).await;
    people.ann.block(&people.blocked).await;
    place.settle().await;
    people
}

/// Whether any answer on any surface tells of the post with this word in it.
async fn traces(place: &Place, api: &Api, ann: &Person, post: &str, word: &str) -> Vec<String> {
    let surfaces = [
        format!("/api/v1/statuses/{post}"),
        format!("/api/v1/statuses/{post}/context"),
        format!("/api/v1/statuses/{post}/history"),
        format!("/api/v1/statuses/{post}/source"),
        format!("/api/v1/statuses/{post}/card"),
        format!("/api/v1/statuses/{post}/favourited_by"),
        format!("/api/v1/statuses/{post}/reblogged_by"),
        format!("/api/v1/statuses?id[]={post}"),
        format!("{}/statuses", ann.path()),
        format!(
            "{}/statuses?exclude_replies=false&exclude_reblogs=false&limit=40",
            ann.path()
        ),
        format!("{}/statuses?tagged=tag", ann.path()),
        format!("{}/statuses?pinned=true", ann.path()),
        "/api/v1/timelines/public".into(),
        "/api/v1/timelines/public?local=true".into(),
        "/api/v1/timelines/home".into(),
        "/api/v1/timelines/tag/tag".into(),
        "/api/v1/notifications".into(),
        "/api/v1/favourites".into(),
        "/api/v1/bookmarks".into(),
        format!("/api/v2/search?q={word}"),
        format!("/api/v2/search?q={word}&type=statuses"),
        format!("/api/v2/search?q={}/@ann/{post}&resolve=true", place.origin),
    ];
    let mut found = Vec::new();
    for surface in surfaces {
        let answer = api.get(&surface).await;
        assert!(answer.status < 500, "{}", answer.shown());
        let tells = answer.text().contains(word)
            || answer.header("link").contains(post)
            || (answer.status == 200 && surface.contains(&format!("/statuses/{post}")));
        if tells {
            found.push(surface);
        }
    }
    found
}

/// What writing to a post that one may not see must answer.
async fn acts(api: &Api, post: &str) -> Vec<u16> {
    let mut statuses = Vec::new();
    for act in [
        "favourite",
        "unfavourite",
        "reblog",
        "bookmark",
        "unbookmark",
        "mute",
        "unmute",
        "pin",
        "unpin",
    ] {
        statuses.push(
            api.act(&format!("/api/v1/statuses/{post}/{act}"))
                .await
                .status,
        );
    }
    let reply = json!({ "status": "Re", "in_reply_to_id": post });
    statuses.push(api.post("/api/v1/statuses", reply).await.status);
    statuses
}

#[test]
fn a_post_is_seen_by_its_audience_and_by_nobody_else_on_any_surface() {
    // T11
    run(async |place| {
        let people = people(place).await;
        for (visibility, follower, mentioned, other) in [
            ("public", true, true, true),
            ("unlisted", true, true, true),
            ("private", true, true, false),
            ("direct", false, true, false),
        ] {
            let word = format!("word{visibility}");
            let post = people
                .ann
                .api
                .toot_to(visibility, &format!("@mentioned {word} #tag"))
                .await;
            place.settle().await;
            let stranger = place.stranger();
            // A pending user gets what a stranger gets; a blocked one nothing while signed in.
            for (who, api, sees) in [
                ("follower", &people.follower.api, follower),
                ("mentioned", &people.mentioned.api, mentioned),
                ("other", &people.other.api, other),
                ("stranger", &stranger, other),
                ("waiting", &people.waiting.api, other),
                ("blocked", &people.blocked.api, false),
                ("ann", &people.ann.api, true),
            ] {
                let found = traces(place, api, &people.ann, &post, &word).await;
                assert_eq!(
                    !found.is_empty(),
                    sees,
                    "{who} and a {visibility} post: {found:?}"
                );
                if sees {
                    api.get(&format!("/api/v1/statuses/{post}"))
                        .await
                        .entity("Status");
                } else if !matches!(who, "stranger" | "waiting") {
                    let answers = acts(api, &post).await;
                    assert!(
                        answers.iter().all(|&s| s == 404),
                        "{who} acts on a {visibility} post: {answers:?}"
                    );
                }
            }
            // The web says the same.
            let page = place.browser().visit(&format!("/@ann/{post}")).await;
            assert_eq!(
                page.status(),
                if other { 200 } else { 404 },
                "a stranger's page of a {visibility} post"
            );
            let pages = ["/@ann", "/public", "/tags/tag", "/"];
            for path in pages {
                let page = place.browser().visit(path).await;
                let listed = page.answer.text().contains(&word);
                assert!(
                    !listed || (other && (visibility == "public" || path == "/@ann")),
                    "{path} shows a {visibility} post"
                );
            }
            let follower_page = place
                .signed_in(&people.follower)
                .await
                .visit(&format!("/@ann/{post}"))
                .await;
            assert_eq!(follower_page.status(), if follower { 200 } else { 404 });
        }
    });
}

#[test]
fn an_unlisted_post_is_on_no_public_timeline() {
    run(async |place| {
        let ann = place.member("ann").await;
        ann.api.toot_to("unlisted", "quietly #tag").await;
        place.settle().await;
        for path in [
            "/api/v1/timelines/public",
            "/api/v1/timelines/public?local=true",
        ] {
            assert_eq!(
                place.stranger().get(path).await.entity("[Status]"),
                json!([]),
                "{path}"
            );
            assert_eq!(
                ann.api.get(path).await.entity("[Status]"),
                json!([]),
                "{path}"
            );
        }
        let listed = place
            .stranger()
            .get(&format!("{}/statuses", ann.path()))
            .await
            .entity("[Status]");
        assert_eq!(
            listed.as_array().map(Vec::len),
            Some(1),
            "but on the profile"
        );
    });
}

#[test]
fn a_boost_never_widens_an_audience() {
    // I21
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        ben.follow(&ann).await;
        place.settle().await;
        for visibility in ["private", "direct"] {
            let post = ann.api.toot_to(visibility, "@ben between us").await;
            let answer = ben
                .api
                .act(&format!("/api/v1/statuses/{post}/reblog"))
                .await;
            assert!(
                (400..500).contains(&answer.status),
                "{visibility}: {}",
                answer.shown()
            );
        }
        // One's own, to the same audience, is fine.
        let post = ann.api.toot_to("private", "once more").await;
        let boost = ann
            .api
            .act(&format!("/api/v1/statuses/{post}/reblog"))
            .await
            .entity("Status");
        assert_eq!(boost["visibility"], "private");
        place.settle().await;
        place
            .stranger()
            .get(&format!("/api/v1/statuses/{}", id(&boost)))
            .await
            .error(404);
        assert_eq!(
            place
                .stranger()
                .get(&format!("{}/statuses", ann.path()))
                .await
                .ok(),
            json!([])
        );
    });
}

#[test]
fn a_reply_in_a_thread_that_one_may_not_see_is_not_in_it() {
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let root = id(&ann.api.toot("Root").await);
        let body =
            json!({ "status": "Only for me", "in_reply_to_id": root, "visibility": "direct" });
        ann.api
            .post("/api/v1/statuses", body)
            .await
            .entity("Status");
        place.settle().await;
        for api in [&ben.api, &place.stranger()] {
            let context = api
                .get(&format!("/api/v1/statuses/{root}/context"))
                .await
                .entity("Context");
            assert_eq!(context["descendants"], json!([]));
            let root = api
                .get(&format!("/api/v1/statuses/{root}"))
                .await
                .entity("Status");
            assert_eq!(root["replies_count"], 0, "not even as a number");
        }
        let context = ann
            .api
            .get(&format!("/api/v1/statuses/{root}/context"))
            .await
            .entity("Context");
        assert_eq!(context["descendants"].as_array().map(Vec::len), Some(1));
    });
}

#[test]
fn the_viewers_own_marks_are_there_with_a_token_only() {
    run(async |place| {
        let ann = place.member("ann").await;
        let post = id(&ann.api.toot("Marks").await);
        let path = format!("/api/v1/statuses/{post}");
        let marks = ["favourited", "reblogged", "muted", "bookmarked"];
        let own: Value = ann.api.get(&path).await.entity("Status");
        let strange: Value = place.stranger().get(&path).await.entity("Status");
        for mark in marks {
            assert_eq!(own[mark], false, "{mark}");
            assert!(strange.get(mark).is_none(), "{mark} for a stranger");
        }
        assert!(own["pinned"].is_boolean() && strange.get("pinned").is_none());
    });
}
