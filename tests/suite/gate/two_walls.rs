//! The sandbox's two walls (registration.md C2): the list of what somebody who waits may have,
//! held against every row of the table; and the means: whatever they call, nobody else is
//! asked, told or shown anything.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use porchlight::door::{Access, Pending, Route};
use porchlight::server::table::ROUTES;
use reqwest::Method;
use serde_json::{Value, json};

use super::waiting::refuse;
use crate::support::answer::Answer;
use crate::support::api::{Api, id};
use crate::support::browser::Browser;
use crate::support::namespace::Namespace;
use crate::support::people::Person;
use crate::support::place::{Place, Setup, run};
use crate::support::process::{Server, Way};
use crate::support::routes::{self, is_api};

/// What a pending user has of their own over the API, line by line of the law.
const OWN: &[&str] = &[
    "GET /api/porchlight/v1/application",
    "GET /api/porchlight/v1/application/export",
    "POST /api/porchlight/v1/application/answer",
    "POST /api/porchlight/v1/application/withdraw",
    "PUT /api/porchlight/v1/application/answers",
    // verify_credentials, update_credentials, profile, preferences, markers
    "GET /api/v1/accounts/verify_credentials",
    "GET /oauth/userinfo",
    "POST /oauth/userinfo",
    "PATCH /api/v1/accounts/update_credentials",
    "GET /api/v1/profile",
    "PATCH /api/v1/profile",
    "PUT /api/v1/profile",
    "DELETE /api/v1/profile/avatar",
    "DELETE /api/v1/profile/header",
    "GET /api/v1/preferences",
    "GET /api/v1/markers",
    "POST /api/v1/markers",
    // apps/verify_credentials, and what an app needs to be one
    "GET /api/v1/apps/verify_credentials",
    "POST /api/v1/apps",
    "POST /oauth/token",
    "POST /oauth/revoke",
    "POST /api/v1/accounts",
    "POST /api/v1/emails/confirmations",
    "GET /api/v1/emails/check_confirmation",
    // drafts and their pictures
    "POST /api/v1/statuses",
    "GET /api/v1/statuses/{id}",
    "PUT /api/v1/statuses/{id}",
    "PATCH /api/v1/statuses/{id}",
    "DELETE /api/v1/statuses/{id}",
    "GET /api/v1/statuses/{id}/source",
    "GET /api/v1/statuses/{id}/history",
    "POST /api/v1/media",
    "POST /api/v2/media",
    "GET /api/v1/media/{id}",
    "PUT /api/v1/media/{id}",
    "PATCH /api/v1/media/{id}",
    "DELETE /api/v1/media/{id}",
    // lists of their own: home, and else empty ones
    "GET /api/v1/timelines/home",
    "GET /api/v1/notifications",
    "GET /api/v1/bookmarks",
    "GET /api/v1/favourites",
    "GET /api/v1/lists",
    "GET /api/v1/mutes",
    "GET /api/v1/blocks",
    "GET /api/v1/domain_blocks",
    "GET /api/v1/follow_requests",
    "GET /api/v1/conversations",
    "GET /api/v1/followed_tags",
    "GET /api/v1/scheduled_statuses",
];

/// The same on pages: profile, drafts, the application itself, the login.
const OWN_PAGES: &[&str] = &[
    "GET /waiting",
    "POST /waiting/resend",
    "POST /waiting/email",
    "GET /waiting/answers",
    "POST /waiting/answers",
    "POST /waiting/answer",
    "POST /waiting/appeal",
    "POST /waiting/again",
    "POST /waiting/vouch",
    "GET /waiting/export",
    "GET /waiting/withdraw",
    "POST /waiting/withdraw",
    "GET /waiting/profile",
    "POST /waiting/profile",
    "GET /drafts",
    "POST /drafts",
    "GET /drafts/{id}",
    "POST /drafts/{id}",
    "POST /drafts/{id}/delete",
    "GET /settings",
    "GET /settings/account",
    "POST /settings/email",
    "POST /settings/language",
    "POST /settings/password",
    "GET /settings/apps",
    "POST /settings/apps/{id}/revoke",
    "GET /settings/second-factor",
    "GET /settings/second-factor/app",
    "POST /settings/second-factor/app",
    "GET /settings/second-factor/passkey",
    "POST /settings/second-factor/passkey",
    "GET /settings/second-factor/change",
    "POST /settings/second-factor/change",
    "GET /settings/sessions",
    "POST /settings/sessions/revoke-others",
    "POST /settings/sessions/{id}/revoke",
    "GET /oauth/authorize",
    "POST /oauth/authorize",
    "DELETE /oauth/authorize",
    "GET /oauth/authorize/native",
];

/// What would end the one who walks, and is tried by itself.
const ENDS: &[&str] = &[
    "POST /api/porchlight/v1/application/withdraw",
    "POST /waiting/withdraw",
    "POST /sign-out",
    "POST /settings/password",
    "POST /settings/sessions/revoke-others",
    "POST /oauth/revoke",
];

fn name(route: &Route) -> String {
    format!("{} {}", route.method, route.path)
}

/// Everything that could make a server talk, in one body.
fn loaded(post: &str, person: &str) -> Value {
    json!({
        "status": "Hello @ann@alpha.test and @ann, see https://alpha.test/page #tag",
        "text": "Hello @ann@alpha.test https://alpha.test/page",
        "visibility": "public",
        "acct": "ann@alpha.test",
        "uri": "http://alpha.test/users/ann",
        "q": "http://alpha.test/users/ann",
        "resolve": true,
        "display_name": "Hana",
        "note": "@ann@alpha.test http://alpha.test/",
        "fields_attributes": [{ "name": "Web", "value": "http://alpha.test/me" }],
        "account_id": person,
        "status_ids": [post],
        "comment": "@ann@alpha.test",
        "forward": true,
        "id": [person],
        "choices": [0],
        "domain": "alpha.test",
        "also_known_as": "ann@alpha.test",
        "home": { "last_read_id": "5" },
        "subscription": { "endpoint": "http://alpha.test/push", "keys": { "p256dh": "x", "auth": "y" } },
        "elsewhere": "@ann@alpha.test",
    })
}

const ASKING: &str = "q=http%3A%2F%2Falpha.test%2Fusers%2Fann&resolve=true&acct=ann%40alpha.test\
    &resource=acct%3Aann%40alpha.test&url=http%3A%2F%2Falpha.test%2Fusers%2Fann&type=accounts";

/// Somebody's app and browser, from ever new networks.
struct Walker<'a> {
    place: &'a Place,
    api: Api,
    browser: Option<Browser>,
    sent: u32,
}

impl<'a> Walker<'a> {
    fn new(place: &'a Place, api: Api, browser: Option<Browser>) -> Walker<'a> {
        Walker {
            place,
            api,
            browser,
            sent: 0,
        }
    }

    /// Budgets are not what this is about.
    fn rest(&mut self) {
        self.sent += 1;
        if self.sent.is_multiple_of(8) {
            self.api.from = self.place.network();
            if let Some(browser) = &mut self.browser {
                browser.from = self.place.network();
            }
            self.place.advance(TimeDelta::minutes(2));
        }
    }

    async fn call(&mut self, route: &Route, post: &str, person: &str, thing: &str) -> Answer {
        self.rest();
        let method = Method::from_bytes(route.method.as_bytes()).expect("a method");
        let path = format!("{}?{ASKING}", routes::fill(route.path, thing));
        let request = self.api.request(method.clone(), &path);
        match method {
            Method::GET => self.api.send(request).await,
            _ => self.api.send(request.json(&loaded(post, person))).await,
        }
    }

    async fn open(&mut self, route: &Route, csrf: &str, thing: &str) -> Answer {
        self.rest();
        let method = Method::from_bytes(route.method.as_bytes()).expect("a method");
        let browser = self.browser.as_ref().expect("a browser");
        let path = format!("{}?{ASKING}", routes::fill(route.path, thing));
        let request = browser.request(method.clone(), &path);
        let fields = [
            ("csrf", csrf),
            ("text", "Hello @ann@alpha.test http://alpha.test/page"),
            ("reply", "@ann@alpha.test"),
            ("display_name", "Hana"),
            ("note", "http://alpha.test/me"),
            ("field_name_1", "Web"),
            ("field_value_1", "http://alpha.test/me"),
            ("alias", "ann@alpha.test"),
            ("handle", "ann@alpha.test"),
            ("domain", "alpha.test"),
            // The law's one exception (C3): who is named is asked, and nothing else comes of
            // it. The traces below hold it to that: no notification, no mail, no packet.
            ("vouch", "ann"),
        ];
        match method {
            Method::GET => browser.send(request).await,
            _ => browser.send(request.form(&fields)).await,
        }
    }
}

/// A word against forgery that this browser may send.
async fn csrf_of(browser: &Browser) -> String {
    let page = browser.visit("/waiting").await;
    let forms = page.html.forms();
    let fields = forms.iter().flat_map(|f| f.fields.clone());
    fields
        .into_iter()
        .find(|f| f.name == "csrf")
        .map_or(String::new(), |f| f.value)
}

#[test]
fn the_list_of_the_law_is_the_list_of_the_table() {
    let mut wrong = Vec::new();
    for route in ROUTES.iter() {
        let on_the_list = [OWN, OWN_PAGES]
            .iter()
            .any(|own| own.contains(&name(route).as_str()));
        // Whoever comes may have it, an app's own token too.
        let of_everybody = match route.access {
            Access::Open | Access::Page | Access::Form => true,
            Access::Anyone(_) => route.pending == Pending::AsVisitor,
            _ => false,
        };
        let given = matches!(route.pending, Pending::Allowed | Pending::AnyStanding);
        if given != on_the_list && !of_everybody {
            wrong.push(format!("{} ({:?})", name(route), route.pending));
        }
        if matches!(route.access, Access::Desk | Access::Admin) && given {
            wrong.push(format!("{} is staff's", name(route)));
        }
    }
    assert!(wrong.is_empty(), "the table and the law differ: {wrong:#?}");
}

#[test]
fn on_pages_everything_else_leads_back_to_the_porch() {
    run(async |place| {
        place.owner().await;
        let ann = place.member("ann").await;
        let post = id(&ann.api.toot("Hello").await);
        let hana = place.applicant("hana").await;
        let browser = place.signed_in(&hana).await;
        let csrf = csrf_of(&browser).await;
        let mut walker = Walker::new(place, hana.api.clone(), Some(browser));
        let mut refused = 0;
        for route in ROUTES.iter().filter(|r| !is_api(r)) {
            let is_ours = matches!(route.access, Access::Session | Access::Desk | Access::Admin);
            if !is_ours || OWN_PAGES.contains(&name(route).as_str()) {
                continue;
            }
            for thing in [post.as_str(), "ann", "alpha.test"] {
                let answer = walker.open(route, &csrf, thing).await;
                let back = answer.status == 303 && answer.header("location") == "/waiting";
                let hidden = answer.status == 404;
                let desk = matches!(route.access, Access::Desk | Access::Admin);
                assert!(
                    back || (desk && hidden),
                    "{}: {}",
                    name(route),
                    answer.shown()
                );
                refused += 1;
            }
        }
        assert!(refused > 100, "the walk met them: {refused}");
    });
}

/// What others could see, hear of or be asked because of somebody.
async fn traces(place: &Place) -> Vec<(String, i64)> {
    let mut found = Vec::new();
    for table in [
        "accounts",
        "hosts",
        "statuses",
        "status_tags",
        "status_search",
        "conversations",
        "media",
        "cached_media",
        "follows",
        "reactions",
        "bookmarks",
        "blocks",
        "mutes",
        "pins",
        "polls",
        "poll_votes",
        "reports",
        "notifications",
        "notification_requests",
        "account_domain_blocks",
        "activities",
        "deliveries",
        "delivery_hosts",
        "inbox",
        "tags",
        "domain_policies",
        "questions",
        "audit_log",
    ] {
        let count = place.number(&format!("SELECT count(*) FROM {table}")).await;
        found.push((table.to_owned(), count));
    }
    found
}

/// Who got mail.
fn readers(place: &Place) -> BTreeSet<String> {
    place.mails().into_iter().map(|mail| mail.to).collect()
}

/// Calls everything there is as this person; gives how many calls it was.
async fn call_everything(walker: &mut Walker<'_>, post: &str, ann: &Person) -> u32 {
    let before = walker.sent;
    for route in ROUTES.iter().filter(|r| is_api(r)) {
        if ENDS.contains(&name(route).as_str()) {
            continue;
        }
        for thing in [post, ann.id.as_str()] {
            let answer = walker.call(route, post, &ann.id, thing).await;
            assert!(answer.status < 500, "{}", answer.shown());
        }
    }
    if let Some(browser) = walker.browser.clone() {
        let csrf = csrf_of(&browser).await;
        for route in ROUTES.iter().filter(|r| !is_api(r)) {
            if ENDS.contains(&name(route).as_str()) || route.path.starts_with("/static") {
                continue;
            }
            for thing in [post, "ann"] {
                let answer = walker.open(route, &csrf, thing).await;
                assert!(answer.status < 500, "{}", answer.shown());
            }
        }
    }
    walker.sent - before
}

#[test]
fn whatever_they_call_nobody_is_asked_told_or_shown_anything() {
    // H1
    Setup::federated().run(async |place| {
        let owner = place.owner().await;
        let ann = place.member("ann").await;
        let post = id(&ann.api.toot("Hello #tag").await);
        let hana = place.applicant("hana").await;
        let una = place.unconfirmed("una").await;
        let (told, silent) = (place.applicant("told").await, place.applicant("dan").await);
        let gone = place.applicant("gone").await;
        place.settle().await;
        let browsers = [
            (&hana, place.signed_in(&hana).await),
            (&una, place.signed_in(&una).await),
            (&told, place.signed_in(&told).await),
            (&silent, place.signed_in(&silent).await),
            (&gone, place.signed_in(&gone).await),
        ];
        refuse(place, &owner, &told, true, "No").await;
        refuse(place, &owner, &silent, false, "A bot").await;
        let withdrawn = gone
            .api
            .act("/api/porchlight/v1/application/withdraw")
            .await;
        assert_eq!(withdrawn.ok(), json!({}));
        place.advance(TimeDelta::minutes(1));
        place.settle().await;
        let (before, mailed) = (traces(place).await, readers(place));
        let (asked, heard) = (place.outside.asked(), peers_heard(place));
        for (person, browser) in browsers {
            // With every scope there is: it is the gate that refuses, not the token.
            let api = match person.name.as_str() {
                "hana" | "una" => {
                    let scopes = "read write follow push admin:read admin:write";
                    place.api(place.token_of(person.user, scopes).await)
                }
                _ => person.api.clone(),
            };
            let mut walker = Walker::new(place, api, Some(browser));
            let calls = call_everything(&mut walker, &post, &ann).await;
            assert!(
                calls > 300,
                "{}: the walk was long enough: {calls}",
                person.name
            );
            place.settle().await;
            assert_eq!(traces(place).await, before, "because of {}", person.name);
        }
        assert_eq!(place.outside.asked(), asked, "nobody was asked");
        assert_eq!(peers_heard(place), heard, "and nobody heard anything");
        // The member who was named finds one question on their pages, by who waits: those who are
        // unconfirmed, refused or gone caused none.
        let asked_of = "SELECT string_agg(u.username, ' ') FROM vouches v JOIN applications x ON x.id = v.application_id \
                        JOIN users u ON u.id = x.user_id WHERE v.asked_at IS NOT NULL";
        let by: Option<String> = place.sql(asked_of, &[]).await[0].get(0);
        assert_eq!(by.as_deref(), Some("hana"));
        place.signed_in(&ann).await.open("/home").await.says("named you");
        let new: Vec<String> = readers(place).difference(&mailed).cloned().collect();
        assert!(new.is_empty(), "mail to {new:?}");

        // The counter counts: a member who asks is heard.
        let path = "/api/v2/search?q=nobody@alpha.test&resolve=true";
        ann.api.get(path).await.expect(200);
        assert!(place.outside.asked() > asked);
        assert!(peers_heard(place) > heard);
    });
}

fn peers_heard(place: &Place) -> usize {
    place.peers.iter().map(|peer| peer.asked().len()).sum()
}

#[test]
fn not_one_packet_leaves_because_of_them_as_root_in_namespaces() {
    // H1
    Setup::federated().run(async |place| {
        place.owner().await;
        let ann = place.member("ann").await;
        let post = id(&ann.api.toot("Hello #tag").await);
        let hana = place.applicant("hana").await;
        place.settle().await;
        place.stop_jobs().await;

        let namespace = Namespace::new();
        let pit = namespace.pit();
        let mut way = Way::alone();
        let port = way.listen.port();
        let [ours, theirs] = namespace.window();
        way.listen = std::net::SocketAddr::new(std::net::Ipv4Addr::UNSPECIFIED.into(), port);
        way.asked = std::net::SocketAddr::new(theirs, port);
        way.from = Some(ours);
        way.through = namespace.way_in();
        way.peers = format!("alpha.test={pit}");
        let domain = place.app.config.server.domain.clone();
        let client = reqwest::Client::builder()
            .resolve(&domain, way.asked)
            .local_address(way.from)
            .redirect(reqwest::redirect::Policy::none())
            .timeout(std::time::Duration::from_secs(30))
            .no_proxy()
            .build()
            .expect("a client");
        let server = Server::start_like(place, way).await;
        let app = |person: &Person| {
            let token = person.api.token.clone();
            Api::new(
                client.clone(),
                format!("http://{domain}"),
                token,
                "81.1.1.1".into(),
            )
        };
        let before = namespace.fallen();
        let mut walker = Walker::new(place, app(&hana), None);
        let calls = call_everything(&mut walker, &post, &ann).await;
        assert!(calls > 200, "the walk was long enough: {calls}");
        assert_eq!(namespace.fallen(), before, "not one packet");

        // The pit catches: a member's search falls into it.
        let path = "/api/v2/search?q=nobody@alpha.test&resolve=true";
        app(&ann).get(path).await;
        assert!(namespace.fallen() > before);
        server.stop();
    });
}

#[test]
fn drafts_are_in_no_list_no_count_and_no_search() {
    // H3
    run(async |place| {
        let owner = place.owner().await;
        let ann = place.member("ann").await;
        let hana = place.applicant("hana").await;
        let body = json!({ "status": "Marzipan #sweets", "visibility": "public" });
        let draft = id(&hana
            .api
            .post("/api/v1/statuses", body)
            .await
            .entity("Status"));
        place.settle().await;
        for api in [&ann.api, &owner.api, &place.stranger()] {
            for path in [
                "/api/v1/timelines/public".to_owned(),
                "/api/v1/timelines/tag/sweets".to_owned(),
                "/api/v2/search?q=Marzipan".to_owned(),
                "/api/v1/instance".to_owned(),
                "/nodeinfo/2.1".to_owned(),
                "/public".to_owned(),
                "/tags/sweets".to_owned(),
                format!("/api/v1/accounts/{}/statuses", hana.id),
                format!("/api/v1/statuses/{draft}"),
                format!("/drafts/{draft}"),
                format!("/ap/notes/{draft}"),
            ] {
                let answer = api.get(&path).await;
                assert!(!answer.text().contains("Marzipan"), "{}", answer.shown());
            }
            let instance = api.get("/api/v1/instance").await.ok();
            assert_eq!(instance["stats"]["status_count"], 0);
        }
        let tags = place.number("SELECT count(*) FROM status_tags").await;
        assert_eq!(tags, 0);
    });
}

/// What outsiders are told of a name; without chance, and without the name.
async fn told_of(place: &Place, person: &str, number: &str) -> Vec<(u16, String)> {
    let host = place.app.config.server.handle_domain.clone();
    let mut told = Vec::new();
    for path in [
        format!("/@{person}"),
        format!("/@{person}.rss"),
        format!("/@{person}/followers"),
        format!("/users/{person}"),
        format!("/ap/actors/{number}"),
        format!("/ap/actors/{number}/outbox"),
        format!("/.well-known/webfinger?resource=acct:{person}@{host}"),
        format!("/api/v1/accounts/lookup?acct={person}"),
        format!("/api/v1/accounts/{number}"),
        format!("/api/v1/accounts/{number}/statuses"),
        format!("/api/v2/search?q={person}"),
        format!("/search?q={person}"),
    ] {
        let request = place.stranger();
        let accept = request.request(Method::GET, &path).header("Accept", "*/*");
        let answer = request.send(accept).await;
        let text = routes::without_chance(&answer.text());
        told.push((
            answer.status,
            text.replace(person, "WHO").replace(number, "N"),
        ));
    }
    told
}

#[test]
fn who_was_refused_or_withdrew_is_nobody_from_outside() {
    // H2
    Setup::federated().run(async |place| {
        let owner = place.owner().await;
        let never = told_of(place, "wqxzz", "116000000000000001").await;
        let mut people = Vec::new();
        for name in ["wqxaa", "wqxbb", "wqxcc", "wqxdd", "wqxee"] {
            people.push(place.applicant(name).await);
        }
        let [waits, asked, told, silent, gone] = people.as_slice() else {
            unreachable!("five")
        };
        super::waiting::ask_back(place, asked, "Which?").await;
        refuse(place, &owner, told, true, "No").await;
        refuse(place, &owner, silent, false, "").await;
        gone.api
            .act("/api/porchlight/v1/application/withdraw")
            .await
            .expect(200);
        place.settle().await;
        for person in [waits, asked, told, silent, gone] {
            let found = told_of(place, &person.name, &person.id).await;
            assert_eq!(found, never, "{}", person.name);
        }
        assert_eq!(place.outside.asked(), 0, "a no sends nothing to anybody");
        assert_eq!(place.number("SELECT count(*) FROM activities").await, 0);
        assert_eq!(place.number("SELECT count(*) FROM tombstones").await, 0);
    });
}
