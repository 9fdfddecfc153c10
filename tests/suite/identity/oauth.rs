//! Apps: registering, consent, codes, tokens, and what attackers try with them (T7, T8).

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::answer::Answer;
use crate::support::browser::Browser;
use crate::support::place::{Place, run};

const REDIRECT: &str = "https://app.example/callback";
const OOB: &str = "urn:ietf:wg:oauth:2.0:oob";

struct App {
    id: String,
    secret: String,
}

async fn register(place: &Place, redirects: &str, scopes: &str) -> App {
    let body = json!({ "client_name": "App", "redirect_uris": redirects, "scopes": scopes });
    let app = place
        .stranger()
        .post("/api/v1/apps", body)
        .await
        .entity("CredentialApplication");
    let text = |field: &str| app[field].as_str().expect("text").to_owned();
    App {
        id: text("client_id"),
        secret: text("client_secret"),
    }
}

fn authorize(app: &App, more: &[(&str, &str)]) -> String {
    let mut pairs = vec![("response_type", "code"), ("client_id", app.id.as_str())];
    pairs.extend(more);
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    format!("/oauth/authorize?{query}")
}

/// Presses *Allow* and gives where the browser is sent.
async fn allow(browser: &Browser, path: &str) -> String {
    let page = browser.open(path).await;
    let answer = browser
        .post(&page.form("/oauth/authorize").press("Allow"))
        .await;
    assert!(matches!(answer.status, 302 | 303), "{}", answer.shown());
    answer.header("location").to_owned()
}

fn query_of(location: &str, name: &str) -> Option<String> {
    let url = url::Url::parse(location).expect("an address");
    url.query_pairs()
        .find(|(n, _)| n == name)
        .map(|(_, v)| v.into_owned())
}

async fn code(browser: &Browser, app: &App, more: &[(&str, &str)]) -> String {
    let location = allow(browser, &authorize(app, more)).await;
    assert!(location.starts_with(REDIRECT), "{location}");
    query_of(&location, "code").expect("a code")
}

async fn exchange(place: &Place, app: &App, code: &str, more: &[(&str, &str)]) -> Answer {
    let mut body = json!({
        "grant_type": "authorization_code", "client_id": app.id, "client_secret": app.secret,
        "redirect_uri": REDIRECT, "code": code,
    });
    for (name, value) in more {
        body[*name] = Value::from(*value);
    }
    place.stranger().post("/oauth/token", body).await
}

/// An error in OAuth's shape.
#[track_caller]
fn refused(answer: &Answer) -> String {
    assert!(
        matches!(answer.status, 400 | 401 | 403),
        "{}",
        answer.shown()
    );
    let body = answer.json();
    assert!(body["error_description"].is_string(), "{body}");
    body["error"].as_str().expect("a code").to_owned()
}

#[test]
fn an_app_registers_and_asks_and_gets_a_token() {
    run(async |place| {
        let ann = place.member("ann").await;
        let browser = place.signed_in(&ann).await;
        let app = register(place, REDIRECT, "read write").await;
        let more = [
            ("redirect_uri", REDIRECT),
            ("scope", "read"),
            ("state", "x y&z"),
        ];
        let location = allow(&browser, &authorize(&app, &more)).await;
        assert_eq!(
            query_of(&location, "state").as_deref(),
            Some("x y&z"),
            "{location}"
        );
        let code = query_of(&location, "code").expect("a code");
        let token = exchange(place, &app, &code, &[("scope", "write")])
            .await
            .entity("Token");
        assert_eq!(
            token["scope"], "read",
            "the granted scopes count, not those of the exchange"
        );
        assert_eq!(token["token_type"], "Bearer");
        assert!(token["created_at"].is_u64());
        let api = place.api(token["access_token"].as_str().expect("a token"));
        api.get("/api/v1/accounts/verify_credentials")
            .await
            .entity("CredentialAccount");
        api.get("/api/v1/apps/verify_credentials").await.expect(200);
        api.post("/api/v1/statuses", json!({ "status": "no" }))
            .await
            .error(403);
        // In the query, as some apps send it.
        let asked = format!(
            "/api/v1/accounts/verify_credentials?access_token={}",
            token["access_token"].as_str().expect("a token")
        );
        place
            .stranger()
            .get(&asked)
            .await
            .entity("CredentialAccount");
        // No: back with an error, and nothing granted.
        let page = browser.open(&authorize(&app, &more)).await;
        let answer = browser
            .post(&page.form("/oauth/authorize").press("No, thank you"))
            .await;
        assert_eq!(
            query_of(answer.header("location"), "error").as_deref(),
            Some("access_denied")
        );
    });
}

#[test]
fn the_token_endpoint_reads_forms_json_multipart_and_basic() {
    run(async |place| {
        let ann = place.member("ann").await;
        let browser = place.signed_in(&ann).await;
        let app = register(place, REDIRECT, "read").await;
        let stranger = place.stranger();
        let more = [("redirect_uri", REDIRECT), ("scope", "read")];
        let post = || stranger.request(Method::POST, "/oauth/token");
        for way in ["form", "multipart", "basic", "query"] {
            let code = code(&browser, &app, &more).await;
            let open = [
                ("grant_type", "authorization_code"),
                ("redirect_uri", REDIRECT),
                ("code", code.as_str()),
            ];
            let client = [
                ("client_id", app.id.as_str()),
                ("client_secret", app.secret.as_str()),
            ];
            let request = match way {
                "form" => post().form(&[&open[..], &client[..]].concat()),
                "query" => post().query(&[&open[..], &client[..]].concat()),
                "basic" => {
                    let pair = STANDARD.encode(format!("{}:{}", app.id, app.secret));
                    post()
                        .header("Authorization", format!("Basic {pair}"))
                        .form(&open)
                }
                _ => {
                    let all = [&open[..], &client[..]].concat();
                    let form = all
                        .iter()
                        .fold(reqwest::multipart::Form::new(), |form, (n, v)| {
                            form.text((*n).to_owned(), (*v).to_owned())
                        });
                    post().multipart(form)
                }
            };
            stranger.send(request).await.entity("Token");
        }
    });
}

#[test]
fn a_code_works_once_for_its_app_its_address_and_ten_minutes() {
    // T7
    run(async |place| {
        let ann = place.member("ann").await;
        let browser = place.signed_in(&ann).await;
        let (app, other) = (
            register(place, REDIRECT, "read").await,
            register(place, REDIRECT, "read").await,
        );
        let more = [("redirect_uri", REDIRECT), ("scope", "read")];
        let one = code(&browser, &app, &more).await;
        assert_eq!(
            refused(&exchange(place, &other, &one, &[]).await),
            "invalid_grant"
        );
        let one = code(&browser, &app, &more).await;
        assert_eq!(
            refused(&exchange(place, &app, &one, &[("client_secret", "wrong")]).await),
            "invalid_client"
        );
        assert_eq!(
            refused(
                &exchange(
                    place,
                    &app,
                    &one,
                    &[("redirect_uri", "https://app.example/callback/x")]
                )
                .await
            ),
            "invalid_grant"
        );
        let one = code(&browser, &app, &more).await;
        let token = exchange(place, &app, &one, &[]).await.entity("Token");
        let api = place.api(token["access_token"].as_str().expect("a token"));
        api.get("/api/v1/accounts/verify_credentials")
            .await
            .expect(200);
        assert_eq!(
            refused(&exchange(place, &app, &one, &[]).await),
            "invalid_grant"
        );
        api.get("/api/v1/accounts/verify_credentials")
            .await
            .error(401);
        let late = code(&browser, &app, &more).await;
        place.advance(chrono::TimeDelta::minutes(11));
        assert_eq!(
            refused(&exchange(place, &app, &late, &[]).await),
            "invalid_grant"
        );
        assert_eq!(
            refused(&exchange(place, &app, "nonsense", &[]).await),
            "invalid_grant"
        );
        // Twins in parallel: one token at the most.
        let both = code(&browser, &app, &more).await;
        let (a, b) = tokio::join!(
            exchange(place, &app, &both, &[]),
            exchange(place, &app, &both, &[])
        );
        assert!(
            !(a.status == 200 && b.status == 200),
            "{} {}",
            a.shown(),
            b.shown()
        );
        for grant in ["password", "refresh_token", "", "implicit"] {
            let answer = exchange(
                place,
                &app,
                "x",
                &[
                    ("grant_type", grant),
                    ("username", "ann"),
                    ("password", "x"),
                ],
            )
            .await;
            assert!(
                matches!(
                    refused(&answer).as_str(),
                    "unsupported_grant_type" | "invalid_request"
                ),
                "{}",
                answer.shown()
            );
        }
    });
}

#[test]
fn the_redirect_is_one_that_was_registered_letter_by_letter() {
    // T7, T8
    run(async |place| {
        let ann = place.member("ann").await;
        let browser = place.signed_in(&ann).await;
        let app = register(place, &format!("{REDIRECT}\npocket://done"), "read").await;
        for evil in [
            "https://evil.example/callback",
            "https://app.example/callback/",
            "https://app.example/callback?x=y",
            "https://app.example/callback#x",
            "https://app.example.evil.example/callback",
            "http://app.example/callback",
            "javascript:alert(1)",
            "",
        ] {
            let answer = browser
                .fetch(
                    Method::GET,
                    &authorize(&app, &[("redirect_uri", evil), ("scope", "read")]),
                )
                .await;
            assert!(
                (400..500).contains(&answer.status),
                "{evil}: {}",
                answer.shown()
            );
            assert_eq!(answer.header("location"), "", "{evil}");
        }
        let answer = browser
            .fetch(
                Method::GET,
                &authorize(
                    &app,
                    &[
                        ("redirect_uri", REDIRECT),
                        ("scope", "read admin:write nonsense"),
                    ],
                ),
            )
            .await;
        let location = answer.header("location").to_owned();
        assert!(
            answer.status == 400 || location.starts_with(REDIRECT) && location.contains("error="),
            "{}",
            answer.shown()
        );
        // Own schemes are fine, and the page lets the browser go there.
        let page = browser
            .open(&authorize(
                &app,
                &[("redirect_uri", "pocket://done"), ("scope", "read")],
            ))
            .await;
        assert!(
            !page
                .answer
                .header("content-security-policy")
                .contains("form-action")
        );
        let location = allow(
            &browser,
            &authorize(
                &app,
                &[("redirect_uri", "pocket://done"), ("scope", "read")],
            ),
        )
        .await;
        assert!(location.starts_with("pocket://done?code="), "{location}");
        // Hidden fields that somebody changed on the way are checked again.
        let page = browser
            .open(&authorize(
                &app,
                &[("redirect_uri", REDIRECT), ("scope", "read")],
            ))
            .await;
        let forged = page
            .form("/oauth/authorize")
            .press("Allow")
            .forge("redirect_uri", "https://evil.example/");
        let answer = browser.post(&forged).await;
        assert!(
            !answer.header("location").contains("evil.example"),
            "{}",
            answer.shown()
        );
        let forged = page
            .form("/oauth/authorize")
            .press("Allow")
            .forge("scope", "read write admin:write");
        let answer = browser.post(&forged).await;
        if let Some(code) = url::Url::parse(answer.header("location"))
            .ok()
            .and_then(|u| {
                u.query_pairs()
                    .find(|(n, _)| n == "code")
                    .map(|(_, v)| v.into_owned())
            })
        {
            let token = exchange(place, &app, &code, &[]).await.json();
            assert!(
                !token["scope"].as_str().unwrap_or("").contains("write"),
                "{token}"
            );
        }
        // What may not be registered.
        for evil in [
            "javascript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "",
            "not an address",
        ] {
            let body = json!({ "client_name": "App", "redirect_uris": evil });
            let mut stranger = place.stranger();
            stranger.from = place.network();
            stranger.post("/api/v1/apps", body).await.error(422);
        }
        let body =
            json!({ "client_name": "App", "redirect_uris": OOB, "scopes": "read everything" });
        place.stranger().post("/api/v1/apps", body).await.error(422);
    });
}

#[test]
fn pkce_binds_a_code_to_whoever_asked_for_it() {
    run(async |place| {
        let ann = place.member("ann").await;
        let browser = place.signed_in(&ann).await;
        let app = register(place, REDIRECT, "read").await;
        let verifier = "a-verifier-that-is-long-enough-for-the-rules-0123456789";
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
        let more = [
            ("redirect_uri", REDIRECT),
            ("scope", "read"),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        let one = code(&browser, &app, &more).await;
        assert_eq!(
            refused(&exchange(place, &app, &one, &[]).await),
            "invalid_grant"
        );
        let one = code(&browser, &app, &more).await;
        assert_eq!(
            refused(&exchange(place, &app, &one, &[("code_verifier", &challenge)]).await),
            "invalid_grant"
        );
        let one = code(&browser, &app, &more).await;
        exchange(place, &app, &one, &[("code_verifier", verifier)])
            .await
            .entity("Token");
        let plain = [
            ("redirect_uri", REDIRECT),
            ("scope", "read"),
            ("code_challenge", verifier),
            ("code_challenge_method", "plain"),
        ];
        let answer = browser.fetch(Method::GET, &authorize(&app, &plain)).await;
        assert!(
            answer.status == 400 || answer.header("location").contains("error="),
            "{}",
            answer.shown()
        );
        // A verifier where none was asked for starts nothing.
        let bare = code(
            &browser,
            &app,
            &[("redirect_uri", REDIRECT), ("scope", "read")],
        )
        .await;
        let answer = exchange(place, &app, &bare, &[("code_verifier", verifier)]).await;
        assert!(matches!(answer.status, 200 | 400), "{}", answer.shown());
        let metadata = place
            .stranger()
            .get("/.well-known/oauth-authorization-server")
            .await
            .ok();
        assert_eq!(
            metadata["code_challenge_methods_supported"],
            json!(["S256"])
        );
        assert_eq!(
            metadata["issuer"]
                .as_str()
                .map(|i| i.trim_end_matches('/').to_owned()),
            Some(place.origin.clone())
        );
    });
}

#[test]
fn a_revoked_token_is_dead_and_only_its_app_revokes_it() {
    run(async |place| {
        let ann = place.member("ann").await;
        let browser = place.signed_in(&ann).await;
        let (app, other) = (
            register(place, REDIRECT, "read").await,
            register(place, REDIRECT, "read").await,
        );
        let more = [("redirect_uri", REDIRECT), ("scope", "read")];
        let one = code(&browser, &app, &more).await;
        let token = exchange(place, &app, &one, &[]).await.entity("Token")["access_token"]
            .as_str()
            .expect("a token")
            .to_owned();
        let api = place.api(&token);
        let revoke = async |app: &App| {
            let fields = [
                ("client_id", app.id.as_str()),
                ("client_secret", app.secret.as_str()),
                ("token", token.as_str()),
            ];
            place.stranger().form("/oauth/revoke", &fields).await
        };
        let answer = revoke(&other).await;
        assert!(
            matches!(answer.status, 200 | 401 | 403),
            "{}",
            answer.shown()
        );
        api.get("/api/v1/accounts/verify_credentials")
            .await
            .expect(200);
        assert_eq!(revoke(&app).await.ok(), json!({}));
        api.get("/api/v1/accounts/verify_credentials")
            .await
            .error(401);
        assert_eq!(
            revoke(&app).await.ok(),
            json!({}),
            "once more changes nothing"
        );
        // On the settings page, too.
        let one = code(&browser, &app, &more).await;
        let token = exchange(place, &app, &one, &[]).await.entity("Token")["access_token"]
            .as_str()
            .expect("a token")
            .to_owned();
        let api = place.api(&token);
        api.get("/api/v1/accounts/verify_credentials")
            .await
            .expect(200);
        let page = browser.open("/settings/apps").await;
        page.says("App");
        let form = page.form("/settings/apps/");
        browser.submit(form).await;
        api.get("/api/v1/accounts/verify_credentials")
            .await
            .error(401);
    });
}

#[test]
fn secrets_are_kept_as_digests_and_no_page_shows_them() {
    run(async |place| {
        let ann = place.member("ann").await;
        let app = register(place, OOB, "read").await;
        let token = ann.api.token.clone().expect("a token");
        for secret in [
            app.secret.as_str(),
            &token,
            crate::support::people::PASSWORD,
        ] {
            let tables = place.sql("SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'", &[]).await;
            for row in tables {
                let table: String = row.get(0);
                let found = place
                    .sql(
                        &format!("SELECT 1 FROM \"{table}\" t WHERE strpos(t::text, $1) > 0"),
                        &[&secret],
                    )
                    .await;
                assert!(found.is_empty(), "{table} holds a secret as it is");
            }
        }
        let browser = place.signed_in(&ann).await;
        for path in ["/settings/apps", "/settings/sessions", "/settings/account"] {
            browser.open(path).await.hides(&token).hides(&app.secret);
        }
    });
}

#[test]
fn who_may_not_come_in_cannot_consent_and_who_waits_gets_a_token_that_waits() {
    run(async |place| {
        let owner = place.owner().await;
        let una = place.unconfirmed("una").await;
        let app = register(place, REDIRECT, "read write").await;
        let path = authorize(&app, &[("redirect_uri", REDIRECT), ("scope", "read write")]);
        // A stranger is sent to sign in, and back.
        let page = place.browser().visit(&path).await;
        assert_eq!(page.path.split('?').next(), Some("/sign-in"));
        assert!(
            page.form("/sign-in")
                .value("return_to")
                .starts_with("/oauth/authorize")
        );
        let page = place.signed_in(&una).await.visit(&path).await;
        assert!(!page.has_form("/oauth/authorize"), "not confirmed");
        // With the page open from before, neither after a no nor after a suspension.
        let (gus, sue) = (place.applicant("gus").await, place.member("sue").await);
        let (his, hers) = (place.signed_in(&gus).await, place.signed_in(&sue).await);
        let (no, gone) = (his.open(&path).await, hers.open(&path).await);
        let refuse =
            "UPDATE applications SET state = 4, told = true, decided_at = $2 WHERE user_id = $1";
        let now = std::time::SystemTime::from(place.app.clock.now());
        place.sql(refuse, &[&gus.user, &now]).await;
        let olive = place.api(place.token_of(owner.user, "admin:read admin:write").await);
        let act = format!("/api/v1/admin/accounts/{}/action", sue.id);
        olive
            .post(&act, json!({ "type": "suspend" }))
            .await
            .expect(200);
        for (browser, page) in [(&his, &no), (&hers, &gone)] {
            let form = page.form("/oauth/authorize");
            let answer = browser.post(&form).await;
            let location = answer.header("location");
            assert!(!location.contains("code="), "{}", answer.shown());
            assert!(!browser.visit(&path).await.has_form("/oauth/authorize"));
        }
        assert_eq!(place.number("SELECT count(*) FROM oauth_codes").await, 0);
        // What was signed in before a suspension does not wake up after it (T5).
        let lift = format!("/api/v1/admin/accounts/{}/unsuspend", sue.id);
        olive.post(&lift, json!({})).await.expect(200);
        assert_eq!(
            hers.visit("/home").await.path.split('?').next(),
            Some("/sign-in")
        );
        let hana = place.applicant("hana").await;
        let browser = place.signed_in(&hana).await;
        let code = code(
            &browser,
            &app,
            &[("redirect_uri", REDIRECT), ("scope", "read write")],
        )
        .await;
        let token = exchange(place, &app, &code, &[]).await.entity("Token");
        let api = place.api(token["access_token"].as_str().expect("a token"));
        api.get("/api/v1/accounts/verify_credentials")
            .await
            .entity("CredentialAccount");
        let refused = api
            .post("/api/v1/statuses/1/favourite", json!({}))
            .await
            .error(403);
        assert_eq!(refused["error_code"], "pending_approval");
        // Refused between consent and exchange: no token.
        let narrow = [("redirect_uri", REDIRECT), ("scope", "read:accounts")];
        let code = crate::identity::oauth::code(&browser, &app, &narrow).await;
        let wide = exchange(place, &app, &code, &[("scope", "read write")]).await;
        assert_eq!(
            wide.json()["scope"],
            "read:accounts",
            "no more than was granted"
        );
        let code = code_of(&browser, &app).await;
        place
            .sql(
                "UPDATE applications SET state = 4 WHERE user_id = $1",
                &[&hana.user],
            )
            .await;
        let answer = exchange(place, &app, &code, &[]).await;
        assert_ne!(answer.status, 200, "{}", answer.shown());
    });
}

async fn code_of(browser: &Browser, app: &App) -> String {
    code(
        browser,
        app,
        &[("redirect_uri", REDIRECT), ("scope", "read write")],
    )
    .await
}

#[test]
fn a_token_of_profile_tells_who_it_stands_for_and_no_more() {
    // Quirk 69
    run(async |place| {
        let (ann, hana) = (place.member("ann").await, place.applicant("hana").await);
        for person in [&ann, &hana] {
            let api = place.api(place.token_of(person.user, "profile").await);
            let told = api.get("/oauth/userinfo").await.entity("UserInfo");
            assert_eq!(told["preferred_username"], person.name);
            assert_eq!(told["name"], person.name);
            assert_eq!(
                told["sub"],
                format!("{}/ap/actors/{}", place.origin, person.id)
            );
            assert_eq!(api.act("/oauth/userinfo").await.entity("UserInfo"), told);
        }
        let other = place.api(place.token_of(ann.user, "read:statuses").await);
        other.get("/oauth/userinfo").await.error(403);
        place.stranger().get("/oauth/userinfo").await.error(401);
        let metadata = place
            .stranger()
            .get("/.well-known/oauth-authorization-server")
            .await
            .ok();
        assert_eq!(
            metadata["userinfo_endpoint"],
            json!(format!("{}/oauth/userinfo", place.origin))
        );
    });
}

#[test]
fn a_no_on_the_consent_page_may_come_by_delete() {
    run(async |place| {
        let ann = place.member("ann").await;
        let browser = place.signed_in(&ann).await;
        let app = register(place, REDIRECT, "read").await;
        let page = browser
            .open(&authorize(&app, &[("redirect_uri", REDIRECT)]))
            .await;
        let form = page.form("/oauth/authorize");
        let fields: Vec<(&str, &str)> = form
            .names()
            .into_iter()
            .map(|name| (name, form.value(name)))
            .collect();
        let answer = browser
            .send(
                browser
                    .request(Method::DELETE, "/oauth/authorize")
                    .form(&fields),
            )
            .await;
        assert_eq!(
            query_of(answer.header("location"), "error").as_deref(),
            Some("access_denied"),
            "{}",
            answer.shown()
        );
        let bare: Vec<_> = fields.iter().filter(|(n, _)| *n != "csrf").collect();
        let request = browser.request(Method::DELETE, "/oauth/authorize");
        assert_eq!(browser.send(request.form(&bare)).await.status, 403);
    });
}
