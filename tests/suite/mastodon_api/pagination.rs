//! Pages: every item once, in order, whichever cursor an app walks by (quirks 33 to 44).

use serde_json::{Value, json};

use crate::support::answer::Answer;
use crate::support::api::{Api, id, ids};
use crate::support::people::Person;
use crate::support::place::{Place, run};

/// Items of a list; three pages and a rest at the limit used here.
const ITEMS: usize = 11;
const LIMIT: usize = 3;

/// Reads one page and gives its ids and the answer.
async fn page(api: &Api, path: &str) -> (Vec<String>, Answer) {
    let answer = api.get(path).await.expect(200);
    (ids(&answer.json()), answer)
}

fn with(path: &str, query: &str) -> String {
    format!(
        "{path}{}{query}",
        if path.contains('?') { '&' } else { '?' }
    )
}

/// Walks by the `next` links to the end; every link must be absolute and keep the limit.
async fn walk_next(place: &Place, api: &Api, path: &str) -> Vec<String> {
    let mut seen = Vec::new();
    let mut next = Some(with(path, &format!("limit={LIMIT}")));
    let mut pages = 0;
    while let Some(path) = next {
        let (items, answer) = page(api, &path).await;
        assert!(items.len() <= LIMIT, "{}", answer.shown());
        if items.is_empty() {
            assert_eq!(answer.header("link"), "", "an empty page has no Link");
            break;
        }
        seen.extend(items);
        next = answer.link("next");
        if let Some(next) = &next {
            assert!(
                next.starts_with(&place.origin) && next.contains(&format!("limit={LIMIT}")),
                "{next}"
            );
        }
        pages += 1;
        assert!(pages < 50, "the walk does not end");
    }
    seen
}

/// Walks back by the `prev` links from the last page to the first.
async fn walk_back(api: &Api, path: &str) -> Vec<String> {
    let mut last = page(api, &with(path, &format!("limit={LIMIT}"))).await.1;
    while let Some(next) = last.link("next") {
        let (items, answer) = page(api, &next).await;
        if items.is_empty() {
            break;
        }
        last = answer;
    }
    let mut pages = vec![ids(&last.json())];
    while let Some(prev) = last.link("prev") {
        let (items, answer) = page(api, &prev).await;
        if items.is_empty() {
            break;
        }
        pages.push(items);
        last = answer;
        assert!(pages.len() < 50, "the walk back does not end");
    }
    pages.into_iter().rev().flatten().collect()
}

/// Everything that must hold of a list whose whole content, newest first, is known.
async fn exact(place: &Place, api: &Api, path: &str, all: &[String]) {
    assert!(all.len() > 2 * LIMIT, "{path} has enough items: {all:?}");
    assert_eq!(walk_next(place, api, path).await, all, "{path} by next");
    assert_eq!(walk_back(api, path).await, all, "{path} by prev");
}

/// The same for lists whose `prev` asks for what is new (`since_id`, quirk 38): one way only.
async fn exact_forward(place: &Place, api: &Api, path: &str, all: &[String]) {
    assert!(all.len() > 2 * LIMIT, "{path} has enough items: {all:?}");
    assert_eq!(walk_next(place, api, path).await, all, "{path} by next");
    let prev = page(api, &with(path, "limit=3"))
        .await
        .1
        .link("prev")
        .expect("a way back");
    assert!(prev.contains("since_id="), "{prev}");
    assert_eq!(
        page(api, &prev).await.0,
        [""; 0],
        "{path}: nothing is newer"
    );
}

/// And of one whose cursors are the ids of its items.
async fn exact_by_id(place: &Place, api: &Api, path: &str, all: &[String]) {
    exact(place, api, path, all).await;
    let get = |query: String| async move { page(api, &with(path, &query)).await.0 };
    let middle = &all[5];
    assert_eq!(
        get(format!("limit=3&max_id={middle}")).await,
        all[6..9],
        "{path} max_id"
    );
    assert_eq!(
        get(format!("limit=3&since_id={middle}")).await,
        all[..3],
        "{path} since_id: the newest above it"
    );
    assert_eq!(
        get(format!("limit=3&min_id={middle}")).await,
        all[2..5],
        "{path} min_id: those right above it"
    );
    assert_eq!(
        get(format!("limit=3&min_id={}&since_id={}", all[8], all[1])).await,
        all[5..8],
        "{path}: min_id wins over since_id"
    );
    assert_eq!(
        get(format!("limit=40&min_id={}&max_id={}", all[8], all[3])).await,
        all[4..8],
        "{path}: min_id with max_id"
    );
    assert_eq!(
        get(format!("limit=3&max_id={}", all.last().expect("items"))).await,
        [""; 0],
        "{path} below all"
    );
    assert_eq!(
        get(format!("limit=3&min_id={}", all[0])).await,
        [""; 0],
        "{path} above all"
    );
    // A cursor that is no id of any row, and one from before time began.
    let between: u64 = all[6].parse::<u64>().expect("a number") + 1;
    assert_eq!(
        get(format!("limit=2&max_id={between}")).await,
        all[6..8],
        "{path}: a cursor need not exist"
    );
    assert_eq!(
        get("limit=40&min_id=0".to_owned()).await,
        all,
        "{path} from the beginning"
    );
    assert_eq!(
        get("limit=40&since_id=1".to_owned()).await,
        all,
        "{path} since ever"
    );
}

/// Posts of ann, newest first.
async fn posts(ann: &Person, count: usize, tail: &str) -> Vec<String> {
    let mut made = Vec::new();
    for n in 0..count {
        made.push(id(&ann.api.toot(&format!("Number {n} {tail}")).await));
    }
    made.reverse();
    made
}

#[test]
fn timelines_of_posts_give_every_post_once() {
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        ben.follow(&ann).await;
        place.settle().await;
        let all = posts(&ann, ITEMS, "#tea").await;
        place.settle().await;
        for path in [
            "/api/v1/timelines/home",
            "/api/v1/timelines/public",
            "/api/v1/timelines/public?local=true",
            "/api/v1/timelines/tag/tea",
            &format!("{}/statuses", ann.path()),
        ] {
            exact_by_id(place, &ben.api, path, &all).await;
        }
        // The author's own, and those of strangers where strangers may read.
        exact_by_id(place, &ann.api, "/api/v1/timelines/home", &all).await;
        exact(place, &place.stranger(), "/api/v1/timelines/public", &all).await;
        exact(
            place,
            &place.stranger(),
            &format!("{}/statuses", ann.path()),
            &all,
        )
        .await;
    });
}

#[test]
fn notifications_give_every_one_once() {
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        // To strangers a newcomer says less.
        ann.follow(&ben).await;
        for n in 0..ITEMS {
            ben.api.toot(&format!("@ann number {n}")).await;
        }
        place.settle().await;
        let all = ids(&ann
            .api
            .get("/api/v1/notifications?limit=80")
            .await
            .entity("[Notification]"));
        assert_eq!(all.len(), ITEMS);
        exact_by_id(place, &ann.api, "/api/v1/notifications", &all).await;
        // Other filters stay in the links.
        let answer = ann
            .api
            .get("/api/v1/notifications?limit=2&types[]=mention")
            .await;
        let next = answer.link("next").expect("there is more");
        assert!(
            next.contains("types") && next.contains("mention") && next.contains("max_id="),
            "{next}"
        );
        assert!(
            !next.contains("min_id=") && !next.contains("since_id="),
            "only one cursor: {next}"
        );
    });
}

#[test]
fn lists_with_hidden_cursors_are_walked_by_their_links() {
    run(async |place| {
        let ann = place.member("ann").await;
        let mut others = Vec::new();
        for n in 0..ITEMS {
            others.push(place.member(&format!("friend{n}")).await);
        }
        let post = id(&ann.api.toot("Like this").await);
        for other in &others {
            other.follow(&ann).await;
            ann.follow(other).await;
            other
                .api
                .act(&format!("/api/v1/statuses/{post}/favourite"))
                .await
                .ok();
            other
                .api
                .act(&format!("/api/v1/statuses/{post}/reblog"))
                .await
                .ok();
        }
        place.settle().await;
        let newest_first: Vec<String> = others.iter().rev().map(|p| p.id.clone()).collect();
        for path in [
            format!("{}/followers", ann.path()),
            format!("{}/following", ann.path()),
            format!("/api/v1/statuses/{post}/favourited_by"),
            format!("/api/v1/statuses/{post}/reblogged_by"),
        ] {
            exact_forward(place, &ann.api, &path, &newest_first).await;
            exact_forward(place, &place.stranger(), &path, &newest_first).await;
        }
        for other in others.iter().take(8) {
            ann.block(other).await;
        }
        let blocked: Vec<String> = others.iter().take(8).rev().map(|p| p.id.clone()).collect();
        exact_forward(place, &ann.api, "/api/v1/blocks", &blocked).await;
    });
}

#[test]
fn favourites_and_bookmarks_are_in_the_order_in_which_they_were_made() {
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let posts = posts(&ann, ITEMS, "").await;
        // Not in the order of the posts: every other one first.
        let order: Vec<&String> = posts
            .iter()
            .step_by(2)
            .chain(posts.iter().skip(1).step_by(2))
            .collect();
        for post in &order {
            ben.api
                .act(&format!("/api/v1/statuses/{post}/favourite"))
                .await
                .ok();
            ben.api
                .act(&format!("/api/v1/statuses/{post}/bookmark"))
                .await
                .ok();
        }
        let newest_first: Vec<String> = order.iter().rev().map(|p| (*p).clone()).collect();
        exact(place, &ben.api, "/api/v1/favourites", &newest_first).await;
        exact(place, &ben.api, "/api/v1/bookmarks", &newest_first).await;
        assert_eq!(
            ann.api.get("/api/v1/bookmarks").await.ok(),
            json!([]),
            "they are ben's alone"
        );
    });
}

#[test]
fn limits_have_defaults_and_a_most_and_nonsense_is_no_cursor() {
    run(async |place| {
        let ann = place.member("ann").await;
        posts(&ann, 45, "").await;
        place.settle().await;
        let count = async |query: &str| {
            let list = ann
                .api
                .get(&format!("/api/v1/timelines/home?{query}"))
                .await
                .entity("[Status]");
            list.as_array().map_or(0, Vec::len)
        };
        assert_eq!(count("").await, 20);
        assert_eq!(count("limit=40").await, 40);
        assert_eq!(count("limit=1000").await, 40, "clamped, not refused");
        assert_eq!(count("limit=1").await, 1);
        for odd in ["limit=", "limit=abc", "limit=-5", "max_id=", "unknown=1"] {
            assert!(count(odd).await >= 1, "{odd}");
        }
        for odd in [
            "max_id=abc",
            "min_id=-1",
            "since_id=99999999999999999999999",
        ] {
            let answer = ann.api.get(&format!("/api/v1/timelines/home?{odd}")).await;
            assert!(
                matches!(answer.status, 200 | 400 | 404 | 422),
                "{}",
                answer.shown()
            );
        }
        let first: Value = ann.api.get("/api/v1/timelines/home?limit=1").await.ok();
        assert_eq!(first.as_array().expect("a list").len(), 1);
    });
}
