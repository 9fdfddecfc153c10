//! Who reviews applications and nothing else sees applications and nothing else (C6).

use porchlight::domain::role::Role;

use crate::support::place::run;

/// What is for moderators: pages, and what is posted.
const PAGES: [&str; 6] = [
    "/desk/reports",
    "/desk/blocks",
    "/desk/events",
    "/desk/held-posts",
    "/desk/known",
    "/desk/policies",
];
const POSTS: [&str; 4] = [
    "/desk/reports/1/close",
    "/desk/held-posts/release",
    "/desk/held-posts/release-all",
    "/desk/known/word",
];

#[test]
fn a_greeter_finds_nothing_where_moderators_work() {
    run(async |place| {
        place.owner().await;
        let greta = place.staff("greta", Role::Reviewer).await;
        let mo = place.staff("mo", Role::Moderator).await;
        let (hers, his) = (place.signed_in(&greta).await, place.signed_in(&mo).await);
        for path in PAGES {
            assert_eq!(his.visit(path).await.status(), 200, "{path}");
            let page = hers.visit(path).await;
            assert_eq!(page.status(), 404, "{path}");
        }
        let page = hers.open("/desk").await;
        let links = page.all("a");
        for path in PAGES {
            assert!(links.iter().all(|a| a.get("href") != path), "{path}");
        }
        let form = page.form("/desk/check-in");
        for path in POSTS {
            let answer = hers.post(&form.clone().aim(path)).await;
            assert_eq!(answer.status, 404, "{path}: {}", answer.shown());
        }
        // What is for greeters opens.
        for path in [
            "/desk/questions",
            "/desk/door",
            "/desk/switch",
            "/desk/held",
        ] {
            assert_eq!(hers.visit(path).await.status(), 200, "{path}");
        }
    });
}
