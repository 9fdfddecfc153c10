//! Writes that come by cookie need a token against forgery, and looking changes nothing (T6).

use porchlight::domain::role::Role;
use porchlight::server::table::ROUTES;
use reqwest::Method;

use crate::support::api::id;
use crate::support::place::{Place, run};
use crate::support::routes;

/// Everything in the database that a person could have changed.
async fn snapshot(place: &Place) -> Vec<(String, i64, String)> {
    let tables = place
        .sql(
            // Sessions, networks of staff and the like are noted by looking, and what a card showed, so that a stale
            // decision can say what changed since; the door's history and the mails to staff by timers.
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public' \
             AND table_name NOT IN ('leases', 'application_views', 'application_hints', 'mail_counts', 'door_days', 'door_waits', 'hint_days', 'answer_days', 'sessions', 'events', 'jobs', 'signs_of_life', 'questions', 'question_versions', 'one_time_links', 'apps', 'markers', 'door_history', 'question_days', 'staff_mails', 'staff_networks') \
             ORDER BY 1",
            &[],
        )
        .await;
    let mut all = Vec::new();
    for row in tables {
        let table: String = row.get(0);
        // What is noted of a visit is not what somebody did.
        let seen = match table.as_str() {
            "tokens" => "to_jsonb(t) - 'last_used_at'",
            "users" => "to_jsonb(t) - 'welcomed_at'",
            "applications" => "to_jsonb(t) - 'read_at' - 'read_by'",
            _ => "to_jsonb(t)",
        };
        // That staff looked at an address is written down on purpose.
        let of = match table.as_str() {
            "audit_log" => "(SELECT * FROM audit_log WHERE act NOT LIKE '%.read')".to_owned(),
            name => format!("\"{name}\""),
        };
        let row = place
            .sql(&format!("SELECT count(*), coalesce(md5(string_agg(md5(({seen})::text), '' ORDER BY md5(({seen})::text))), '') FROM {of} t"), &[])
            .await;
        all.push((table, row[0].get(0), row[0].get(1)));
    }
    all
}

/// As long as a token of ours.
const LOOKS_RIGHT: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[test]
fn no_write_of_the_web_works_without_its_token_and_no_look_writes() {
    // T6
    run(async |place| {
        let owner = place.owner().await;
        let (ann, hana) = (place.member("ann").await, place.applicant("hana").await);
        let admin = place.staff("adam", Role::Admin).await;
        let post = id(&ann.api.toot("Hello").await);
        ann.follow(&owner).await;
        place.settle().await;
        let application = place.application_of(&hana).await.to_string();
        let draft = id(&hana
            .api
            .post("/api/v1/statuses", serde_json::json!({ "status": "d" }))
            .await
            .entity("Status"));
        let other_session = place.signed_in(&owner).await;
        let sessions = place.number("SELECT count(*) FROM sessions").await;
        assert!(sessions >= 1);
        // In the days that pass below nobody is seen: what the switch would write is its own.
        place.stop_jobs().await;
        let before = snapshot(place).await;
        let alive = async || {
            other_session
                .visit("/settings/account")
                .await
                .path
                .starts_with("/settings")
        };

        let mut walked = 0;
        for who in [None, Some(&owner), Some(&ann), Some(&hana), Some(&admin)] {
            let browser = match who {
                Some(person) => place.signed_in(person).await,
                None => place.browser(),
            };
            for route in ROUTES.iter().filter(|r| r.access.is_web()) {
                for thing in [
                    post.as_str(),
                    &application,
                    &draft,
                    "ann",
                    "olive",
                    "nonsense",
                ] {
                    if thing != post && !route.path.contains('{') {
                        continue;
                    }
                    walked += 1;
                    if walked % 5 == 0 {
                        // Budgets are not what this is about.
                        place.advance(chrono::TimeDelta::minutes(11));
                    }
                    let path = routes::fill(route.path, thing);
                    let mut browser = browser.clone();
                    browser.from = place.network();
                    if route.method == "GET" {
                        let answer = browser.fetch(Method::GET, &path).await;
                        assert!(answer.status < 500, "{}", answer.shown());
                        continue;
                    }
                    // Each way to be wrong once for a route; for other things one of them.
                    let wrong = [None, Some(""), Some(LOOKS_RIGHT)];
                    let wrong = if thing == post {
                        &wrong[..]
                    } else {
                        &wrong[2..]
                    };
                    for &csrf in wrong {
                        let fields = [
                            ("text", "forged"),
                            ("login", "ann"),
                            ("password", crate::support::people::PASSWORD),
                            ("username", "forged"),
                            ("email", "forged@forged.example"),
                            ("message", "x"),
                            ("decision", "allow"),
                            ("display_name", "forged"),
                            ("current_password", crate::support::people::PASSWORD),
                            ("email_password", crate::support::people::PASSWORD),
                        ];
                        let mut fields = fields.to_vec();
                        fields.extend(csrf.map(|c| ("csrf", c)));
                        let answer = browser
                            .send(browser.request(Method::POST, &path).form(&fields))
                            .await;
                        let sent_away = answer.status == 303
                            && (answer.header("location").starts_with("/sign-in")
                                || answer.header("location") == "/waiting");
                        assert!(
                            matches!(answer.status, 403 | 404) || sent_away,
                            "{:?}: {}",
                            who.map(|p| &p.name),
                            answer.shown()
                        );
                    }
                }
            }
        }
        assert!(walked > 300, "{walked}");
        let after = snapshot(place).await;
        for (one, two) in before.iter().zip(&after) {
            assert_eq!(one, two, "something was written");
        }
        assert!(alive().await, "no session ended");
    });
}

#[test]
fn a_token_is_bound_to_its_session_and_a_form_to_its_origin() {
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let (anns, bens) = (place.signed_in(&ann).await, place.signed_in(&ben).await);
        let form = anns
            .open("/compose")
            .await
            .form("/compose")
            .set("text", "Mine");
        // Ben's browser with ann's token.
        assert_eq!(bens.post(&form).await.status, 403);
        // From another site.
        let pairs = [("csrf", form.value("csrf")), ("text", "Forged")];
        for origin in ["https://evil.example", "http://localhost:1"] {
            let request = anns
                .request(Method::POST, "/compose")
                .header("Origin", origin)
                .form(&pairs);
            assert_eq!(anns.send(request).await.status, 403, "{origin}");
        }
        assert_eq!(place.number("SELECT count(*) FROM statuses").await, 0);
        let answer = anns.post(&form).await;
        assert_eq!(answer.status, 303, "{}", answer.shown());
        assert_eq!(place.number("SELECT count(*) FROM statuses").await, 1);
        // The API does not know cookies.
        let request = anns
            .request(Method::POST, "/api/v1/statuses")
            .form(&[("status", "by cookie")]);
        assert_eq!(anns.send(request).await.status, 401);
        let request = anns.request(Method::GET, "/api/v1/accounts/verify_credentials");
        assert_eq!(anns.send(request).await.status, 401);
        // And pages do not know tokens.
        let request = ann.api.request(Method::GET, "/settings/account");
        assert_eq!(ann.api.send(request).await.status, 303);
    });
}

#[test]
fn strangers_upload_nothing_by_forms() {
    run(async |place| {
        let ann = place.member("ann").await;
        let send = async |browser: &crate::support::browser::Browser, path: &str| {
            let part = reqwest::multipart::Part::bytes(vec![7; 6 * 1024 * 1024])
                .file_name("large.png")
                .mime_str("image/png")
                .expect("a type");
            let body = reqwest::multipart::Form::new().part("avatar", part);
            let sent = browser.request(Method::POST, path).multipart(body).send();
            // A server that refuses so much may hang up before all of it was sent.
            sent.await.map_or(413, |answer| answer.status().as_u16())
        };
        // Too large for texts, and nothing else is read.
        assert_eq!(send(&place.browser(), "/sign-in").await, 413);
        // A member's is read, and then refused for what it lacks.
        let browser = place.signed_in(&ann).await;
        assert_eq!(send(&browser, "/settings/profile").await, 403);
    });
}

#[test]
fn a_form_that_was_open_for_too_long_gives_its_words_back_and_a_way_on() {
    run(async |place| {
        place.owner().await;
        let browser = place.browser();
        let page = browser.open("/apply").await;
        let form = page
            .form("/apply")
            .set("username", "nora")
            .set("csrf", LOOKS_RIGHT);
        let page = browser.submit(form).await;
        assert_eq!(page.status(), 403);
        page.says("Please send it once more").says("What you typed");
        assert!(page.answer.text().contains("nora</textarea>"));
        let ways: Vec<String> = page
            .html
            .all("a")
            .iter()
            .filter(|a| a.text.contains("Load the page again"))
            .filter_map(|a| a.attributes.get("href").cloned())
            .collect();
        assert_eq!(ways, ["/apply"]);
        // Where there is nothing to look at, the way leads to the front.
        let ann = place.member("ann").await;
        let browser = place.signed_in(&ann).await;
        let page = browser.open("/settings/account").await;
        let form = page.form("/settings/password").set("csrf", LOOKS_RIGHT);
        let page = browser.submit(form).await;
        page.hides("Load the page again").hides("What you typed");
    });
}
