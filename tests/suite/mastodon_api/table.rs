//! The table of routes against the running server: what each row says is what happens.

use std::collections::BTreeSet;

use porchlight::door::{Access, Pending, Route};
use porchlight::server::table::ROUTES;
use reqwest::Method;

use crate::support::answer::Answer;
use crate::support::api::Api;
use crate::support::people::Person;
use crate::support::place::{Place, run};
use crate::support::routes::{self, is_api};

/// Requests that one client may make before it takes another network.
const BATCH: usize = 20;

async fn send(api: &Api, route: &Route, thing: &str) -> Answer {
    let method = Method::from_bytes(route.method.as_bytes()).expect("a method");
    api.send(api.request(method, &routes::fill(route.path, thing)))
        .await
}

/// The same client from ever new networks, so that budgets of strangers do not end the walk.
struct Walker<'a> {
    place: &'a Place,
    api: Api,
    sent: usize,
}

impl<'a> Walker<'a> {
    fn new(place: &'a Place, api: Api) -> Walker<'a> {
        Walker {
            place,
            api,
            sent: 0,
        }
    }

    async fn send(&mut self, route: &Route, thing: &str) -> Answer {
        self.sent += 1;
        if self.sent.is_multiple_of(BATCH)
            || matches!(
                route.rate,
                porchlight::door::Rate::Apps | porchlight::door::Rate::Door
            )
        {
            self.api.from = self.place.network();
        }
        send(&self.api, route, thing).await
    }
}

#[test]
fn every_row_is_served_and_a_known_path_names_its_other_methods() {
    run(async |place| {
        let paths: BTreeSet<&str> = ROUTES.iter().map(|r| r.path).collect();
        assert!(
            ROUTES.len() > 80,
            "the doors are in the table: {}",
            ROUTES.len()
        );
        let stranger = place.stranger();
        for path in paths {
            let filled = routes::fill(path, "1");
            let method = Method::from_bytes(b"PROPFIND").expect("a method");
            let answer = stranger.send(stranger.request(method, &filled)).await;
            assert_eq!(
                answer.status,
                405,
                "{path} is not served: {}",
                answer.shown()
            );
        }
        let mut seen = BTreeSet::new();
        for route in ROUTES.iter() {
            assert!(
                seen.insert((route.method, route.path)),
                "{} {} is there twice",
                route.method,
                route.path
            );
        }
    });
}

#[test]
fn what_needs_a_user_is_401_without_a_token_and_422_with_an_apps_own() {
    run(async |place| {
        let app = routes::app_token(place).await;
        let mut nobody = Walker::new(place, place.stranger());
        let mut an_app = Walker::new(place, place.api(app));
        let mut wrong = Walker::new(place, place.api("no such token"));
        for route in ROUTES.iter().filter(|r| is_api(r)) {
            let needs_user = matches!(route.access, Access::User(_) | Access::Deferred(_));
            let needs_token = needs_user || matches!(route.access, Access::App(_));
            if needs_token && route.path.starts_with("/api/") {
                let answer = nobody.send(route, "1").await;
                assert_eq!(answer.status, 401, "{}", answer.shown());
                answer.error(401);
            }
            if needs_user && route.access.scope() != Some("") && route.path.starts_with("/api/") {
                let answer = an_app.send(route, "1").await;
                assert!(
                    matches!(answer.status, 422 | 403),
                    "an app's own token: {}",
                    answer.shown()
                );
            }
            if route.path.starts_with("/api/") && route.access != Access::Open {
                let answer = wrong.send(route, "1").await;
                assert_eq!(
                    answer.status,
                    401,
                    "a wrong token is refused, not ignored: {}",
                    answer.shown()
                );
            }
        }
    });
}

#[test]
fn every_route_asks_for_its_scope() {
    run(async |place| {
        let ann = place.member("ann").await;
        // The one scope that no route of today is content with, for those that want another.
        let poor = place.token_of(ann.user, "push").await;
        let mut poor = Walker::new(place, place.api(poor));
        for route in ROUTES.iter().filter(|r| is_api(r)) {
            let Some(scope) = route
                .access
                .scope()
                .filter(|s| !s.is_empty() && *s != "push")
            else {
                continue;
            };
            let answer = poor.send(route, "1").await;
            assert_eq!(
                answer.status,
                403,
                "{} wants {scope}: {}",
                route.path,
                answer.shown()
            );
            assert!(
                answer.text().contains("outside the authorized scopes"),
                "{}",
                answer.shown()
            );
        }
        // And reading does not write, writing does not read.
        let reader = place.api(place.token_of(ann.user, "read").await);
        let writer = place.api(place.token_of(ann.user, "write").await);
        let body = serde_json::json!({ "status": "no" });
        reader
            .post("/api/v1/statuses", body.clone())
            .await
            .error(403);
        writer.post("/api/v1/statuses", body).await.entity("Status");
        writer.get("/api/v1/timelines/home").await.error(403);
        reader
            .get("/api/v1/timelines/home")
            .await
            .entity("[Status]");
        let narrow = place.api(place.token_of(ann.user, "read:accounts").await);
        narrow
            .get("/api/v1/accounts/verify_credentials")
            .await
            .entity("CredentialAccount");
        narrow.get("/api/v1/notifications").await.error(403);
    });
}

/// What registration.md C2 lets a pending user write; everything else must be refused,
/// whatever the table says.
const MAY_WRITE: &[(&str, &str)] = &[
    ("PATCH", "/api/v1/accounts/update_credentials"),
    ("PATCH", "/api/v1/profile"),
    ("DELETE", "/api/v1/profile/avatar"),
    ("DELETE", "/api/v1/profile/header"),
    ("POST", "/api/v1/markers"),
    ("POST", "/api/v1/statuses"),
    ("PUT", "/api/v1/statuses/{id}"),
    ("PATCH", "/api/v1/statuses/{id}"),
    ("PUT", "/api/v1/profile"),
    ("DELETE", "/api/v1/statuses/{id}"),
    ("POST", "/api/v1/media"),
    ("POST", "/api/v2/media"),
    ("PUT", "/api/v1/media/{id}"),
    ("PATCH", "/api/v1/media/{id}"),
    ("DELETE", "/api/v1/media/{id}"),
    ("POST", "/oauth/revoke"),
    ("POST", "/oauth/token"),
    ("POST", "/api/v1/apps"),
    ("POST", "/api/v1/emails/confirmations"),
    // Their own application.
    ("PUT", "/api/porchlight/v1/application/answers"),
    ("POST", "/api/porchlight/v1/application/answer"),
    ("POST", "/api/porchlight/v1/application/withdraw"),
    // A token of an app's own, not a user's.
    ("POST", "/api/v1/accounts"),
];

async fn a_waiting_one(place: &Place) -> Person {
    place.owner().await;
    place.applicant("hana").await
}

#[test]
fn a_pending_user_writes_nothing_outside_the_list_of_the_law() {
    // H1
    run(async |place| {
        let hana = a_waiting_one(place).await;
        let ann = place.member("ann").await;
        let post = crate::support::api::id(&ann.api.toot("Hello").await);
        place.settle().await;
        let rows = async || {
            place
                .number(
                    "SELECT (SELECT count(*) FROM statuses) + (SELECT count(*) FROM follows) + (SELECT count(*) FROM reactions) \
                     + (SELECT count(*) FROM bookmarks) + (SELECT count(*) FROM blocks) + (SELECT count(*) FROM mutes) \
                     + (SELECT count(*) FROM pins) + (SELECT count(*) FROM notifications) + (SELECT count(*) FROM events) \
                     + (SELECT count(*) FROM conversation_mutes) + (SELECT count(*) FROM media) + (SELECT count(*) FROM jobs)",
                )
                .await
        };
        let before = rows().await;
        // With every scope there is: it is the gate that refuses, not the token.
        let scopes = "read write follow push admin:read admin:write";
        let api = place.api(place.token_of(hana.user, scopes).await);
        let mut walker = Walker::new(place, api);
        let mut refused = 0;
        for route in ROUTES
            .iter()
            .filter(|r| is_api(r) && r.method != "GET" && r.access != Access::Open)
        {
            if MAY_WRITE.contains(&(route.method, route.path)) {
                continue;
            }
            for thing in [&post, &ann.id] {
                let answer = walker.send(route, thing).await;
                let error = answer.error(403);
                assert_eq!(
                    error["error_code"], "pending_approval",
                    "{} {}",
                    route.method, route.path
                );
                assert_eq!(error["error"], "Your login is currently pending approval");
                assert_eq!(error["application"]["state"], "pending");
                let sent = error["application"]["submitted_at"]
                    .as_str()
                    .expect("a time");
                assert!(sent.ends_with('Z') && sent.len() == 24, "{sent}");
                assert_eq!(
                    error["application"]["url"],
                    format!("{}/waiting", place.origin)
                );
                refused += 1;
            }
        }
        assert!(refused > 30, "the walk met the writes: {refused}");
        place.settle().await;
        assert_eq!(rows().await, before, "nothing was left behind");
    });
}

#[test]
fn what_a_pending_user_may_read_is_what_a_stranger_reads() {
    run(async |place| {
        let hana = a_waiting_one(place).await;
        let ann = place.member("ann").await;
        let post = crate::support::api::id(&ann.api.toot("Hello #tag").await);
        ann.api.toot_to("private", "Not for the porch #tag").await;
        place.settle().await;
        let (mut waiting, mut nobody) = (
            Walker::new(place, hana.api.clone()),
            Walker::new(place, place.stranger()),
        );
        for route in ROUTES
            .iter()
            .filter(|r| is_api(r) && r.pending == Pending::AsVisitor)
        {
            for thing in [post.as_str(), &ann.id, "tag"] {
                let theirs = waiting.send(route, thing).await;
                let strangers = nobody.send(route, thing).await;
                assert_eq!(theirs.status, strangers.status, "{}", theirs.shown());
                assert_eq!(
                    routes::without_chance(&theirs.text()),
                    routes::without_chance(&strangers.text()),
                    "{}",
                    theirs.asked
                );
            }
        }
        // Lists of one's own are empty, not forbidden.
        for path in [
            "/api/v1/notifications",
            "/api/v1/bookmarks",
            "/api/v1/favourites",
            "/api/v1/lists",
            "/api/v1/mutes",
            "/api/v1/blocks",
            "/api/v1/follow_requests",
            "/api/v1/conversations",
            "/api/v1/followed_tags",
            "/api/v1/scheduled_statuses",
        ] {
            let answer = hana.api.get(path).await;
            let served = ROUTES.iter().any(|r| r.path == path && r.method == "GET");
            match served {
                true => assert_eq!(answer.ok(), serde_json::json!([]), "{path}"),
                false => assert_eq!(answer.status, 404, "{path}"),
            }
        }
    });
}

#[test]
fn unconfirmed_and_refused_users_are_told_why() {
    run(async |place| {
        place.owner().await;
        let una = place.unconfirmed("una").await;
        let answer = una.api.get("/api/v1/timelines/home").await.error(403);
        assert_eq!(
            answer["error"],
            "Your login is missing a confirmed e-mail address"
        );
        let mut walker = Walker::new(place, una.api.clone());
        for route in ROUTES
            .iter()
            .filter(|r| is_api(r) && r.pending != Pending::AnyStanding)
        {
            if matches!(route.access, Access::User(_) | Access::Deferred(_)) {
                let answer = walker.send(route, "1").await;
                assert_eq!(answer.status, 403, "{}", answer.shown());
            }
        }
    });
}
