//! Applying: the form, the limits, the mail, the modes.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::browser::{Browser, Filled, Page};
use crate::support::people::PASSWORD;
use crate::support::place::{Place, Setup};

/// A place that asks for proofs, as places do.
fn run(test: impl AsyncFnOnce(&Place)) {
    Setup::default().proving().run(test);
}

/// The form, filled in after a decent while.
pub async fn form(place: &Place, browser: &Browser, name: &str, email: &str) -> Filled {
    let page = browser.open("/apply").await;
    place.advance(TimeDelta::seconds(30));
    fill(&page, name, email)
}

pub fn fill(page: &Page, name: &str, email: &str) -> Filled {
    let mut form = page
        .form("/apply")
        .set("username", name)
        .set("email", email)
        .set("password", PASSWORD);
    let questions: Vec<String> = form
        .names()
        .into_iter()
        .filter(|n| n.starts_with("answer"))
        .map(str::to_owned)
        .collect();
    for question in questions {
        form = form.set(&question, "Because of the porch.");
    }
    if form.names().contains(&"agreement") {
        form = form.set("agreement", "on");
    }
    form
}

/// Applies on the web and says what came of it.
pub async fn apply(place: &Place, name: &str, email: &str) -> Page {
    let browser = place.browser();
    let form = form(place, &browser, name, email).await;
    browser.submit(form).await
}

#[test]
fn all_errors_come_at_once_and_every_answer_is_kept() {
    run(async |place| {
        place.owner().await;
        let browser = place.browser();
        let form = form(place, &browser, "no good", "nowhere")
            .await
            .set("password", "x");
        let question = form
            .names()
            .into_iter()
            .find(|n| n.starts_with("answer"))
            .expect("a question")
            .to_owned();
        let page = browser
            .submit(form.set(&question, "My <b>long</b> answer"))
            .await;
        assert_eq!(page.status(), 422);
        let again = page.form("/apply");
        assert_eq!(again.value("username"), "no good");
        assert_eq!(again.value("email"), "nowhere");
        assert_eq!(again.value(&question), "My <b>long</b> answer");
        assert_eq!(again.value("password"), "", "but no password");
        let errors: Vec<&str> = page
            .elements
            .iter()
            .map(|e| e.get("id"))
            .filter(|id| id.ends_with("-error"))
            .collect();
        for field in ["username-error", "email-error", "password-error"] {
            assert!(errors.contains(&field), "{field} of {errors:?}");
        }
        let empty = browser.open("/apply").await.form("/apply");
        place.advance(TimeDelta::seconds(30));
        let page = browser.submit(empty).await;
        assert_eq!(page.status(), 422);
        assert!(
            page.by_id(&format!("{question}-error")).is_some(),
            "a required question"
        );
        assert_eq!(place.number("SELECT count(*) FROM applications").await, 0);
    });
}

#[test]
fn a_form_that_is_too_quick_too_old_or_forged_comes_again() {
    // E29
    run(async |place| {
        place.owner().await;
        let browser = place.browser();
        let page = browser.open("/apply").await;
        let page = browser
            .submit(fill(&page, "quick", "quick@quick.example"))
            .await;
        assert_ne!(page.status(), 200, "nobody reads so fast");
        place.advance(TimeDelta::seconds(30));
        let form = page.form("/apply");
        assert_eq!(form.value("username"), "quick");
        let old = form.set("password", PASSWORD);
        place.advance(TimeDelta::hours(25));
        let page = browser.submit(old).await;
        assert_ne!(page.status(), 200, "older than a day");
        assert_eq!(
            page.form("/apply").value("username"),
            "quick",
            "nothing is lost"
        );
        place.advance(TimeDelta::seconds(30));
        let forged = page
            .form("/apply")
            .set("password", PASSWORD)
            .forge("form_token", "AAAA");
        let page = browser.submit(forged).await;
        assert_ne!(page.status(), 200);
        place.advance(TimeDelta::seconds(30));
        let page = browser
            .submit(page.form("/apply").set("password", PASSWORD))
            .await;
        page.says("Now look into the mailbox of");
        assert_eq!(place.number("SELECT count(*) FROM applications").await, 1);
    });
}

#[test]
fn the_same_form_sent_twice_is_one_application() {
    run(async |place| {
        place.owner().await;
        let browser = place.browser();
        let form = form(place, &browser, "cleo", "cleo@cleo.example").await;
        // Two clicks: both go out with the cookies of the page.
        let twin = browser.copy();
        browser
            .submit(form.clone())
            .await
            .says("Now look into the mailbox of");
        let again = twin.submit(form).await;
        assert!(
            again.status() == 200 || again.status() == 422,
            "{}",
            again.answer.shown()
        );
        assert_eq!(place.number("SELECT count(*) FROM applications").await, 1);
    });
}

#[test]
fn a_known_address_gets_the_same_answer_and_its_owner_a_mail() {
    // T1
    run(async |place| {
        place.owner().await;
        let ann = place.member("ann").await;
        let fresh = apply(place, "newone", "newone@somewhere.example").await;
        let known = apply(place, "second", &ann.email).await;
        assert_eq!(fresh.status(), known.status());
        let text = |page: &Page, email: &str| page.html.text().replace(email, "ADDRESS");
        assert_eq!(
            text(&fresh, "newone@somewhere.example"),
            text(&known, &ann.email)
        );
        let mail = place.mail_to(&ann.email).await;
        assert!(
            mail.text.contains("already belongs to somebody here")
                && !mail.text.contains("/confirm"),
            "{}",
            mail.text
        );
        place
            .mail_to("newone@somewhere.example")
            .await
            .link("/confirm");
        // With dots and tags it is the same mailbox.
        let known = apply(
            place,
            "third",
            &ann.email.replace("ann@", "ann+tag@").to_uppercase(),
        )
        .await;
        assert_eq!(known.status(), 200);
        place.settle().await;
        let confirming = place
            .mails()
            .iter()
            .filter(|m| m.text.contains("/confirm"))
            .count();
        assert_eq!(confirming, 1);
        assert_eq!(
            place
                .number("SELECT count(*) FROM applications WHERE state = 1")
                .await,
            0
        );
    });
}

#[test]
fn a_name_is_refused_in_the_same_words_whatever_the_reason() {
    run(async |place| {
        place.owner().await;
        place.member("ann").await;
        place.applicant("hana").await;
        let mut words = Vec::new();
        for name in ["ann", "ANN", "hana", "admin", "postmaster"] {
            let page = apply(place, name, &format!("{name}@other.example")).await;
            assert_eq!(page.status(), 422, "{name}");
            words.push(page.by_id("username-error").expect("an error").text.clone());
        }
        words.dedup();
        assert_eq!(words.len(), 1, "{words:?}");
    });
}

#[test]
fn a_confirmation_needs_the_button_and_works_once() {
    // E16, quirks of mail scanners
    run(async |place| {
        place.owner().await;
        let una = place.unconfirmed("una").await;
        let link = place.mail_to(&una.email).await.link("/confirm");
        let waiting = async || {
            place
                .number("SELECT count(*) FROM applications WHERE state = 1")
                .await
        };
        for _ in 0..3 {
            place.browser().open(&link).await;
            place
                .stranger()
                .send(place.stranger().request(reqwest::Method::HEAD, &link))
                .await;
        }
        assert_eq!(waiting().await, 0);
        let browser = place.browser();
        let page = browser.open(&link).await;
        let form = page.form("/confirm");
        browser.submit(form.clone()).await;
        assert_eq!(waiting().await, 1);
        let page = browser.submit(form).await;
        assert!(
            page.status() >= 400 || !page.html.text().contains("confirmed"),
            "{}",
            page.html.text()
        );
        assert_ne!(browser.visit(&link).await.status(), 500);
        assert_ne!(browser.visit("/confirm/nonsense").await.status(), 500);
        let wrong = link.rsplit_once(['/', '=']).expect("a token").0.len();
        let page = browser
            .visit(&format!("{}x{}", &link[..=wrong], &link[wrong + 2..]))
            .await;
        assert!(
            !page.has_form("/confirm") || page.status() != 200,
            "a wrong token offers no button"
        );
    });
}

#[test]
fn an_address_that_nobody_confirms_is_forgotten_after_two_days() {
    // H7
    run(async |place| {
        place.owner().await;
        let una = place.unconfirmed("una").await;
        let link = place.mail_to(&una.email).await.link("/confirm");
        place.advance(TimeDelta::hours(47));
        porchlight::jobs::timers::tick(&place.app).await;
        let page = place.browser().visit(&link).await;
        assert!(page.has_form("/confirm"), "an hour is left");
        place.advance(TimeDelta::hours(2));
        let page = place.browser().visit(&link).await;
        assert!(!page.has_form("/confirm"), "the link is too old");
        porchlight::jobs::timers::tick(&place.app).await;
        place.settle().await;
        assert_eq!(
            place
                .number("SELECT count(*) FROM users WHERE username = 'una'")
                .await,
            0
        );
        assert_eq!(place.number("SELECT count(*) FROM applications").await, 0);
        una.api
            .get("/api/v1/accounts/verify_credentials")
            .await
            .error(401);
    });
}

#[test]
fn many_applications_from_one_network_are_slowed_and_others_are_not() {
    // H7, T13
    run(async |place| {
        place.owner().await;
        let first = place.browser();
        let next = || {
            let mut browser = place.browser();
            browser.from.clone_from(&first.from);
            browser
        };
        let mut refused = None;
        for n in 0..8 {
            let browser = next();
            let form = form(
                place,
                &browser,
                &format!("bot{n}"),
                &format!("bot{n}@bot{n}.example"),
            )
            .await;
            let page = browser.submit(form).await;
            if page.status() == 429 {
                let again = page.form("/apply");
                assert_eq!(
                    again.value("username"),
                    format!("bot{n}"),
                    "nothing is lost"
                );
                assert_ne!(page.answer.header("retry-after"), "");
                refused = Some(n);
                break;
            }
            assert_eq!(page.status(), 200, "{}", page.answer.shown());
        }
        assert_eq!(refused, Some(5), "five in half an hour");
        apply(place, "human", "human@human.example")
            .await
            .says("Now look into the mailbox of");
        place.advance(TimeDelta::minutes(31));
        let browser = next();
        let form = form(place, &browser, "later", "later@later.example").await;
        browser
            .submit(form)
            .await
            .says("Now look into the mailbox of");
    });
}

#[test]
fn a_closed_door_says_so_everywhere() {
    Setup::default().with("PORCHLIGHT_REGISTRATION__MODE", "closed").run(async |place| {
        place.owner().await;
        let page = place.browser().open("/").await;
        assert!(page.all("a").iter().all(|a| a.get("href") != "/apply"), "no way in is offered");
        let page = place.browser().visit("/apply").await;
        assert!(!page.has_form("/apply"), "{}", page.html.text());
        let stranger = place.stranger();
        let v1 = stranger.get("/api/v1/instance").await.entity("V1_Instance");
        assert_eq!(v1["registrations"], false);
        let v2 = stranger.get("/api/v2/instance").await.entity("Instance");
        assert_eq!(v2["registrations"]["enabled"], false);
        assert_eq!(v2["registrations"]["effective_mode"], "closed");
        assert_eq!(v2["registrations"]["reason"], "admin");
        let app = place.api(crate::support::routes::app_token(place).await);
        let body = json!({
            "username": "cleo", "email": "cleo@cleo.example", "password": PASSWORD, "agreement": true, "locale": "en", "reason": "hm",
        });
        app.post("/api/v1/accounts", body).await.error(403);
        assert_eq!(place.number("SELECT count(*) FROM applications").await, 0);
    });
}

#[test]
fn a_new_place_is_in_approval_and_says_so() {
    run(async |place| {
        place.owner().await;
        let stranger = place.stranger();
        let v1 = stranger.get("/api/v1/instance").await.entity("V1_Instance");
        assert_eq!(
            (&v1["registrations"], &v1["approval_required"]),
            (&json!(true), &json!(true))
        );
        let v2 = stranger.get("/api/v2/instance").await.entity("Instance");
        assert_eq!(v2["registrations"]["enabled"], true);
        assert_eq!(v2["registrations"]["approval_required"], true);
        assert_eq!(v2["registrations"]["effective_mode"], "approval");
        stranger
            .get("/api/v1/instance/registration_history")
            .await
            .expect(200);
    });
}

#[test]
fn apps_can_apply_with_a_reason_and_get_a_token_that_waits() {
    run(async |place| {
        place.owner().await;
        let app = place.api(crate::support::routes::app_token(place).await);
        let body = |name: &str| {
            json!({
                "username": name, "email": format!("{name}@{name}.example"), "password": PASSWORD, "agreement": true,
                "locale": "en", "reason": "I like porches",
            })
        };
        let token = app
            .post("/api/v1/accounts", body("cleo"))
            .await
            .entity("Token");
        let cleo = place.api(token["access_token"].as_str().expect("a token"));
        cleo.get("/api/v1/timelines/home").await.error(403);
        let link = place.mail_to("cleo@cleo.example").await.link("/confirm");
        let browser = place.browser();
        let page = browser.open(&link).await;
        browser.submit(page.form("/confirm")).await;
        let me = cleo
            .get("/api/v1/accounts/verify_credentials")
            .await
            .entity("CredentialAccount");
        assert_eq!(me["username"], "cleo");
        // Errors in Mastodon's shape, all at once.
        let bad = json!({ "username": "c l", "email": "nowhere", "password": "x", "agreement": true, "locale": "en", "reason": "x" });
        let error = app.post("/api/v1/accounts", bad).await.error(422);
        for field in ["username", "email", "password"] {
            let code = error["details"][field][0]["error"]
                .as_str()
                .unwrap_or("none");
            assert!(code.starts_with("ERR_"), "{field}: {error}");
        }
        let error = app.post("/api/v1/accounts", body("cleo")).await.error(422);
        assert_eq!(error["details"]["username"][0]["error"], "ERR_TAKEN");
        // The form for apps that know questions.
        let form = place
            .stranger()
            .get("/api/v1/instance/registration_form")
            .await
            .ok();
        assert!(
            form["token"].is_string() || form["form_token"].is_string(),
            "{form}"
        );
        assert_eq!(
            form["questions"].as_array().map(Vec::len),
            Some(1),
            "{form}"
        );
    });
}

#[test]
fn flipping_the_mode_decides_nobody_who_waits() {
    // E13, E14, C7
    run(async |place| {
        place.owner().await;
        let early = place.applicant("early").await;
        let set = async |mode: &str| {
            place
                .sql(
                    "INSERT INTO instance_settings (key, value, updated_at) VALUES ('registration.mode', jsonb_build_object('mode', $1::text), '2026-01-01') \
                     ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                    &[&mode],
                )
                .await;
        };
        set("open").await;
        let state = async |user: i64| -> i16 {
            place
                .sql(
                    "SELECT state FROM applications WHERE user_id = $1",
                    &[&user],
                )
                .await[0]
                .get(0)
        };
        assert_eq!(state(early.user).await, 1, "still waiting");
        // Applied while open, confirmed while open: in at once.
        let quick = place.unconfirmed("quick").await;
        let link = place.mail_to(&quick.email).await.link("/confirm");
        let browser = place.browser();
        let page = browser.open(&link).await;
        browser.submit(page.form("/confirm")).await;
        quick
            .api
            .get("/api/v1/timelines/home")
            .await
            .entity("[Status]");
        // Applied while open, confirmed when it is not any more: waits.
        let late = place.unconfirmed("late").await;
        let link = place.mail_to(&late.email).await.link("/confirm");
        set("approval").await;
        let page = browser.open(&link).await;
        browser.submit(page.form("/confirm")).await;
        assert_eq!(state(late.user).await, 1);
        // Even a door that closed meanwhile loses nobody.
        set("open").await;
        let shut = place.unconfirmed("shut").await;
        let link = place.mail_to(&shut.email).await.link("/confirm");
        set("closed").await;
        let page = browser.open(&link).await;
        browser.submit(page.form("/confirm")).await;
        assert_eq!(state(shut.user).await, 1);
        assert_eq!(state(early.user).await, 1);
    });
}

#[test]
fn what_applicants_write_is_inert_for_those_who_read_it() {
    // X1, X5
    run(async |place| {
        let owner = place.owner().await;
        let evil = "<script>alert(1)</script>\r\nBcc: x@y.example\r\n=HYPERLINK(1)";
        let browser = place.browser();
        let form = form(place, &browser, "mallory", "mallory@mallory.example").await;
        let question = form
            .names()
            .into_iter()
            .find(|n| n.starts_with("answer"))
            .expect("a question")
            .to_owned();
        browser
            .submit(form.set(&question, evil))
            .await
            .says("Now look into the mailbox of");
        let link = place
            .mail_to("mallory@mallory.example")
            .await
            .link("/confirm");
        let page = browser.open(&link).await;
        browser.submit(page.form("/confirm")).await;
        let desk = place.signed_in(&owner).await;
        let id = place.number("SELECT max(id) FROM applications").await;
        for path in ["/desk".to_owned(), format!("/desk/applications/{id}")] {
            let page = desk.open(&path).await;
            page.says("<script>alert(1)</script>");
            assert!(
                page.all("script")
                    .iter()
                    .all(|s| s.get("src").starts_with("/static/")),
                "{path}"
            );
        }
        place.settle().await;
        for mail in place.mails() {
            assert!(!mail.head.contains("\nBcc"), "{}", mail.head);
        }
    });
}

#[test]
fn choices_are_controls_and_keep_what_was_chosen() {
    run(async |place| {
        place.owner().await;
        // The first look makes the first question; then the admin wants more.
        place.browser().open("/apply").await;
        for (position, kind, label, required) in [
            (2, 2, "Which end of the lane?", true),
            (3, 3, "What do you bring along?", true),
            (4, 4, "Dogs stay on the leash", true),
            (5, 3, "Anything else?", false),
        ] {
            place
                .sql(
                    "WITH q AS (INSERT INTO questions (position, created_at) VALUES ($1, '2026-11-01') RETURNING id) \
                     INSERT INTO question_versions (question_id, version, kind, labels, choices, required, created_at) \
                     SELECT id, 1, $2, jsonb_build_object('en', $3::text), '[\"Soup\", \"Bread & salt\", \"A cat\"]', $4, '2026-11-01' FROM q",
                    &[&(position as i16), &(kind as i16), &label, &required],
                )
                .await;
        }
        let browser = place.browser();
        let page = browser.open("/apply").await;
        place.advance(TimeDelta::seconds(30));
        let kinds = |page: &Page, kind: &str| {
            page.elements
                .iter()
                .filter(|e| e.name == "input" && e.get("type") == kind)
                .map(|e| e.get("name").to_owned())
                .collect::<Vec<_>>()
        };
        let one = kinds(&page, "radio");
        assert_eq!(one.len(), 3, "{one:?}");
        let many = kinds(&page, "checkbox");
        let many: Vec<&String> = many.iter().filter(|n| n.ends_with("[]")).collect();
        assert_eq!(many.len(), 6, "{many:?}");
        // Nothing chosen: the form names what is missing and keeps what is there.
        let form = page
            .form("/apply")
            .set("username", "cleo")
            .set("email", "cleo@cleo.example")
            .set("password", PASSWORD)
            .set(many[0], "Soup")
            .set(many[0], "A cat");
        let page = browser.submit(form).await;
        assert_eq!(page.status(), 422);
        page.says("Which end of the lane?");
        let ticked: Vec<&str> = page
            .elements
            .iter()
            .filter(|e| e.get("type") == "checkbox" && e.has("checked"))
            .map(|e| e.get("value"))
            .collect();
        assert!(ticked.contains(&"A cat"), "{ticked:?}");
        // Everything answered.
        let first = page
            .form("/apply")
            .names()
            .into_iter()
            .find(|n| n.starts_with("answer_"))
            .expect("the first question")
            .to_owned();
        let consent = kinds(&page, "checkbox");
        let consent = consent
            .iter()
            .find(|n| n.starts_with("answer_") && !n.ends_with("[]"))
            .expect("a rule");
        let form = page
            .form("/apply")
            .set("password", PASSWORD)
            .set(&first, "The porch.")
            .set(&one[0], "Bread & salt")
            .set(consent, "1");
        let form = match form.names().contains(&"agreement") {
            true => form.set("agreement", "on"),
            false => form,
        };
        let page = browser.submit(form).await;
        let troubles: Vec<&str> = page
            .elements
            .iter()
            .filter(|e| e.get("id").ends_with("-error"))
            .map(|e| e.text.as_str())
            .collect();
        assert_eq!(page.status(), 200, "{troubles:?}");
        let kept: Vec<String> = place
            .sql(
                "SELECT value FROM application_answers ORDER BY position",
                &[],
            )
            .await
            .iter()
            .map(|row| row.get(0))
            .collect();
        assert_eq!(
            kept,
            ["The porch.", "Bread & salt", "A cat", "yes", ""],
            "the last one was optional, and left blank"
        );
    });
}
