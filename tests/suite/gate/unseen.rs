//! From outside, somebody who waits is nobody (H2, D5): every route of the table, asked for
//! their things by everybody else, answers as for a name that never was.

use porchlight::server::table::ROUTES;
use reqwest::Method;
use serde_json::json;

use crate::support::answer::Answer;
use crate::support::api::{Api, id};
use crate::support::browser::Browser;
use crate::support::people::Person;
use crate::support::picture;
use crate::support::place::{Place, run};
use crate::support::routes::{self, is_api};

/// One who waits, and one of the same length who never was.
const WAITING: &str = "hanawaits";
const NEVER: &str = "neverwasx";

/// Somebody who asks.
enum Eyes {
    App(Api),
    Web(Browser),
}

/// A thing of the one who waits, and its twin that never was, of the same length.
struct Thing {
    theirs: String,
    never: String,
}

impl Thing {
    fn number(theirs: &str) -> Thing {
        // The same millisecond, a sequence that was not given out.
        let number: i64 = theirs.parse().expect("a number");
        Thing {
            theirs: theirs.to_owned(),
            never: (number ^ 0x5555).to_string(),
        }
    }
}

/// Whatever can be known of somebody who waits.
async fn things(place: &Place, hana: &Person) -> Vec<Thing> {
    let body = json!({ "status": "A draft that nobody sees", "visibility": "public" });
    let draft = id(&hana
        .api
        .post("/api/v1/statuses", body)
        .await
        .entity("Status"));
    let part = reqwest::multipart::Part::bytes(picture::png(80, 80))
        .file_name("a.png")
        .mime_str("image/png")
        .expect("a type");
    let form = reqwest::multipart::Form::new()
        .part("avatar", part)
        .text("display_name", "Hana Hidden");
    let request = hana
        .api
        .request(Method::PATCH, "/api/v1/accounts/update_credentials")
        .multipart(form);
    hana.api.send(request).await.entity("CredentialAccount");
    let row = place
        .sql(
            "SELECT avatar_path FROM applicant_profiles WHERE user_id = $1",
            &[&hana.user],
        )
        .await;
    let avatar: String = row[0].get::<_, Option<String>>(0).expect("a picture");
    let application = place.application_of(hana).await.to_string();
    let (folder, file) = avatar.split_once('/').expect("a folder");
    assert_eq!(folder, "private");
    // Another path of the same shape.
    let other: String = file
        .chars()
        .map(|c| match c {
            '0'..='8' => char::from(c as u8 + 1),
            c => c,
        })
        .collect();
    let pair = |theirs: &str, never: &str| Thing {
        theirs: theirs.to_owned(),
        never: never.to_owned(),
    };
    vec![
        pair(WAITING, NEVER),
        pair(&format!("@{WAITING}"), &format!("@{NEVER}")),
        pair(&WAITING.to_uppercase(), &NEVER.to_uppercase()),
        Thing::number(&hana.id),
        Thing::number(&hana.user.to_string()),
        Thing::number(&draft),
        Thing::number(&application),
        pair(file, &other),
        pair(&avatar, &format!("private/{other}")),
    ]
}

/// Addresses whose question stands in the query.
const QUERIES: &[&str] = &[
    "/api/v1/accounts/lookup?acct={}",
    "/api/v1/accounts/lookup?acct={}@{host}",
    "/api/v1/accounts/search?q={}",
    "/api/v1/accounts/search?q={}&resolve=true",
    "/api/v2/search?q={}",
    "/api/v2/search?q={}&resolve=true",
    "/api/v2/search?q={origin}/@{}&resolve=true",
    "/api/v1/accounts/relationships?id[]={}",
    "/api/v1/accounts/familiar_followers?id[]={}",
    "/api/v1/accounts?id[]={}",
    "/api/v1/statuses?id[]={}",
    "/api/v1/timelines/public?min_id={}",
    "/api/v1/notifications?account_id={}",
    "/api/v1/directory?local=true&q={}",
    "/.well-known/webfinger?resource=acct:{}@{host}",
    "/@{}.rss",
    "/@{}.json",
    "/users/{}",
    "/ap/actors/{}",
    "/ap/notes/{}",
    "/search?q={}",
    "/public?max_id={}",
    "/compose?in_reply_to={}",
    "/compose?to={}",
];

async fn ask(eyes: &Eyes, method: &str, path: &str) -> Answer {
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    match eyes {
        Eyes::App(api) => api.send(api.request(method, path)).await,
        Eyes::Web(browser) if method == Method::GET => browser.fetch(method, path).await,
        Eyes::Web(browser) => {
            // With a token against forgery, or nothing would get past that.
            let page = browser.visit("/sign-in").await;
            let page = if page.html.forms().is_empty() {
                browser.visit("/home").await
            } else {
                page
            };
            let csrf = page
                .html
                .forms()
                .iter()
                .flat_map(|f| f.fields.clone())
                .find(|f| f.name == "csrf")
                .map_or(String::new(), |f| f.value);
            browser
                .send(
                    browser
                        .request(method, path)
                        .form(&[("csrf", csrf.as_str())]),
                )
                .await
        }
    }
}

/// Everything that tells two answers apart, without what differs by chance or repeats the
/// question.
fn told(answer: &Answer, thing: &str) -> (u16, String, Vec<(String, String)>) {
    let chance = [
        "x-request-id",
        "date",
        "connection",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
        "set-cookie",
        "content-length",
        "etag",
    ];
    // The question comes back in several spellings.
    let form: String = url::form_urlencoded::byte_serialize(thing.as_bytes()).collect();
    let all = percent_encoding::utf8_percent_encode(thing, percent_encoding::NON_ALPHANUMERIC)
        .to_string();
    let spellings = [thing.to_owned(), form, all, thing.to_lowercase()];
    let blank = |text: &str| {
        spellings.iter().fold(text.to_owned(), |text, spelling| {
            text.replace(spelling, "THING")
        })
    };
    let mut headers: Vec<(String, String)> = answer
        .headers
        .iter()
        .filter(|(name, _)| !chance.contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), blank(value.to_str().unwrap_or("?"))))
        .collect();
    headers.sort();
    let text = blank(&routes::without_chance(&answer.text()));
    (answer.status, text, headers)
}

#[test]
fn every_route_answers_a_stranger_as_for_a_name_that_never_was() {
    walk("a stranger");
}

#[test]
fn every_route_answers_a_member_as_for_a_name_that_never_was() {
    walk("a member");
}

#[test]
fn every_route_answers_another_who_waits_as_for_a_name_that_never_was() {
    walk("another who waits");
}

/// Asks every route of the table and some questions twice: for somebody who waits, and for nobody.
fn walk(who: &str) {
    run(async |place| {
        place.owner().await;
        let ann = place.member("ann").await;
        let other = place.applicant("alsowaits").await;
        let hana = place.applicant(WAITING).await;
        let things = things(place, &hana).await;
        place.settle().await;
        let host = place.app.config.server.handle_domain.clone();

        let mut asked = 0;
        let app = match who {
            "a stranger" => place.stranger(),
            "a member" => ann.api.clone(),
            _ => other.api.clone(),
        };
        let web = match who {
            "a stranger" => place.browser(),
            "a member" => place.signed_in(&ann).await,
            _ => place.signed_in(&other).await,
        };
        let (mut app, mut web) = (app, web);
        for thing in &things {
            let mut questions: Vec<(String, String, String, bool)> = Vec::new();
            for route in ROUTES.iter().filter(|r| r.path.contains('{')) {
                if route.path.starts_with("/static/") || route.path.contains("{token}") {
                    continue;
                }
                let pair = (
                    routes::fill(route.path, &thing.theirs),
                    routes::fill(route.path, &thing.never),
                );
                questions.push((route.method.to_owned(), pair.0, pair.1, is_api(route)));
            }
            for query in QUERIES {
                let fill = |thing: &str| {
                    query
                        .replace("{}", thing)
                        .replace("{host}", &host)
                        .replace("{origin}", &place.origin)
                };
                questions.push((
                    "GET".into(),
                    fill(&thing.theirs),
                    fill(&thing.never),
                    query.starts_with("/api/"),
                ));
            }
            for (method, theirs, never, is_api) in questions {
                asked += 1;
                if asked % 10 == 0 {
                    // Budgets are not what this is about.
                    app.from = place.network();
                    web.from = place.network();
                    place.advance(chrono::TimeDelta::minutes(1));
                }
                let eyes = if is_api {
                    Eyes::App(app.clone())
                } else {
                    Eyes::Web(web.clone())
                };
                let one = ask(&eyes, &method, &theirs).await;
                let two = ask(&eyes, &method, &never).await;
                assert!(one.status != 429 && two.status != 429, "{}", one.shown());
                let (one_told, two_told) = (told(&one, &thing.theirs), told(&two, &thing.never));
                assert_eq!(
                    one_told, two_told,
                    "{who} asks {method} {theirs}, and {never}"
                );
                assert!(
                    !one.text().contains("Hana Hidden")
                        && !one.text().contains("A draft that nobody"),
                    "{}",
                    one.shown()
                );
                assert!(one.status < 500, "{}", one.shown());
            }
        }
        assert!(asked > 400, "the walk was long enough: {asked}");
    });
}

#[test]
fn nothing_that_lists_people_or_posts_lists_who_waits() {
    run(async |place| {
        place.owner().await;
        let ann = place.member("ann").await;
        let hana = place.applicant(WAITING).await;
        things(place, &hana).await;
        // A mention of the name goes nowhere and links to nothing.
        let post = ann.api.toot(&format!("Who is @{WAITING}?")).await;
        assert_eq!(post["mentions"], json!([]));
        assert!(
            !post["content"]
                .as_str()
                .expect("text")
                .contains("u-url mention"),
            "{post}"
        );
        place.settle().await;
        for path in [
            "/",
            "/public",
            "/about",
            "/@ann",
            "/api/v1/instance",
            "/api/v2/instance",
            "/api/v1/directory",
            "/api/v1/timelines/public",
        ] {
            let text = place.stranger().get(path).await.text();
            assert!(!text.contains("Hana Hidden"), "{path}");
        }
        let instance = place.stranger().get("/api/v1/instance").await.ok();
        assert_eq!(
            instance["stats"]["user_count"], 2,
            "those who wait are not counted"
        );
        assert_eq!(
            place.number("SELECT count(*) FROM accounts").await,
            2,
            "and have no row"
        );
    });
}

/// Questions that stand in a body.
const BODIES: &[(&str, &str, &str)] = &[
    (
        "POST",
        "/api/v1/statuses",
        r#"{"status": "Well?", "in_reply_to_id": "{}"}"#,
    ),
    (
        "POST",
        "/api/v1/statuses",
        r#"{"status": "Well?", "media_ids": ["{}"]}"#,
    ),
    (
        "POST",
        "/api/v1/statuses",
        r#"{"status": "Well?", "quoted_status_id": "{}", "in_reply_to_id": "{}"}"#,
    ),
    ("POST", "/api/v1/reports", r#"{"account_id": "{}"}"#),
    (
        "POST",
        "/api/v1/reports",
        r#"{"account_id": "{ann}", "status_ids": ["{}"]}"#,
    ),
    (
        "PATCH",
        "/api/v1/accounts/update_credentials",
        r#"{"also_known_as": ["{}"]}"#,
    ),
    (
        "POST",
        "/api/v1/markers",
        r#"{"home": {"last_read_id": "{}"}}"#,
    ),
];

#[test]
fn what_stands_in_a_body_is_answered_as_for_a_name_that_never_was() {
    run(async |place| {
        place.owner().await;
        let ann = place.member("ann").await;
        let ben = place.member("ben").await;
        let other = place.applicant("alsowaits").await;
        let hana = place.applicant(WAITING).await;
        let things = things(place, &hana).await;
        place.settle().await;
        let mut asked = 0;
        for who in [&ben, &other] {
            let mut app = who.api.clone();
            for thing in &things {
                app.from = place.network();
                place.advance(chrono::TimeDelta::minutes(1));
                for (method, path, body) in BODIES {
                    let send = async |name: &str| {
                        let body = body.replace("{}", name).replace("{ann}", &ann.id);
                        let method = Method::from_bytes(method.as_bytes()).expect("a method");
                        let request = app.request(method, path).body(body);
                        let request = request.header("Content-Type", "application/json");
                        app.send(request).await
                    };
                    let (one, two) = (send(&thing.theirs).await, send(&thing.never).await);
                    assert!(one.status != 429 && one.status < 500, "{}", one.shown());
                    let what = format!("{path} {body} with {}", thing.theirs);
                    assert_eq!(one.status, two.status, "{what}: {}", one.shown());
                    if one.status >= 300 {
                        let told = (told(&one, &thing.theirs), told(&two, &thing.never));
                        assert_eq!(told.0, told.1, "{what}");
                    }
                    assert!(!one.text().contains("Hana Hidden"), "{}", one.shown());
                    asked += 1;
                }
            }
        }
        assert!(asked > 100, "{asked}");
        // Nothing was hung on to what is theirs.
        let none = "SELECT count(*) FROM statuses WHERE in_reply_to_id IS NOT NULL";
        assert_eq!(place.number(none).await, 0);
        assert_eq!(place.number("SELECT count(*) FROM media").await, 0);
    });
}
