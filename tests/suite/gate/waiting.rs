//! While somebody waits: the path, answers, what is asked back, what a no says and does not
//! say, and what time does.

use chrono::TimeDelta;
use porchlight::gate::applications::{expire, reject};
use porchlight::gate::who::{self, ApplicationFacts, SignedIn, Via};
use porchlight::store;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::api::id;
use crate::support::browser::Page;
use crate::support::people::Person;
use crate::support::picture;
use crate::support::place::{Place, Setup, run};
use crate::support::routes;

const MINE: &str = "/api/porchlight/v1/application";

/// Staff ask something back, as the desk does.
pub async fn ask_back(place: &Place, person: &Person, question: &str) {
    let application = place.application_of(person).await;
    let at = place.app.clock.now().timestamp_millis() as f64 / 1000.0;
    place
        .sql(
            "INSERT INTO application_messages (application_id, kind, body, created_at) \
             VALUES ($1, 0, $2, to_timestamp($3::float8))",
            &[&application, &question, &at],
        )
        .await;
    place
        .sql(
            "UPDATE applications SET state = 2, version = version + 1 WHERE id = $1",
            &[&application],
        )
        .await;
}

/// A no of the owner's.
pub async fn refuse(place: &Place, owner: &Person, person: &Person, told: bool, message: &str) {
    let mut conn = place.app.pool.get().await.expect("a connection");
    let holder = store::access::by_user(&mut conn, owner.user).await;
    drop(conn);
    let holder = holder.expect("read").expect("there");
    let signed_in = SignedIn {
        user: holder.user,
        application: None::<ApplicationFacts>,
        via: Via::CommandLine,
        at: place.app.clock.now(),
    };
    let reviewer = who::reviewer(&signed_in).expect("they may");
    let no = reject::Rejection {
        message: Some(message.to_owned()),
        told,
    };
    let id = place.application_of(person).await;
    reject::reject(&place.app, &reviewer, id, None, no)
        .await
        .expect("decided");
}

/// Mail to staff waits some seconds for more of its kind.
async fn staff_mail_goes(place: &Place) {
    place.settle().await;
    place.advance(TimeDelta::seconds(10));
    place.settle().await;
}

async fn home(person: &Person) -> Value {
    person
        .api
        .get("/api/v1/timelines/home?limit=40")
        .await
        .entity("[Status]")
}

async fn state(place: &Place, person: &Person) -> i64 {
    let application = place.application_of(person).await;
    place
        .number(&format!(
            "SELECT state::bigint FROM applications WHERE id = {application}"
        ))
        .await
}

fn field(page: &Page) -> String {
    let form = page.form("/waiting/answers");
    let names = form.names();
    let name = names.iter().find(|n| n.starts_with("answer_"));
    (*name.expect("a question")).to_owned()
}

#[test]
fn answers_change_until_somebody_reads_them_and_a_stale_card_decides_nothing() {
    run(async |place| {
        let owner = place.owner().await;
        let hana = place.applicant("hana").await;
        let browser = place.signed_in(&hana).await;
        let desk = place.signed_in(&owner).await;
        let card = format!("/desk/applications/{}", place.application_of(&hana).await);
        let mine = hana.api.get(MINE).await.ok();
        assert_eq!(
            (&mine["state"], &mine["step"]),
            (&json!("pending"), &json!("confirmed"))
        );
        assert_eq!(mine["may_edit"], true);
        let question = mine["answers"][0]["id"].as_str().expect("an id").to_owned();

        // By an app, with the checks of the form.
        let put = async |value: &str| {
            let body = json!({ "answers": [{ "id": question, "value": value }], "elsewhere": "@hana@far.example" });
            hana.api.put(&format!("{MINE}/answers"), body).await
        };
        let errors = put(" ").await.error(422);
        assert_eq!(
            errors["details"][format!("answer_{question}")][0]["error"],
            "ERR_BLANK"
        );
        let after = put("Because of the lanterns.").await.ok();
        assert_eq!(after["answers"][0]["value"], "Because of the lanterns.");
        assert_eq!(after["elsewhere"], "@hana@far.example");

        // Who decides on what was there before is told.
        let seen = desk.open(&card).await;
        place
            .sql(
                "UPDATE applications SET read_at = NULL, read_by = NULL",
                &[],
            )
            .await;
        let page = browser.open("/waiting").await;
        page.says("Change the answers").says("@hana@far.example");
        let page = browser.open("/waiting/answers").await;
        let name = field(&page);
        assert_eq!(
            page.form("/waiting/answers").value(&name),
            "Because of the lanterns."
        );
        let form = page
            .form("/waiting/answers")
            .set(&name, "Because of the bread.");
        browser.submit(form).await.says("Because of the bread.");
        let refused = desk.submit(seen.form(&format!("{card}/approve"))).await;
        assert_eq!(refused.status(), 409, "{}", refused.answer.shown());

        // Read is read.
        let held = browser.open("/waiting/answers").await;
        desk.open(&card).await;
        place
            .sql(
                "UPDATE applications SET read_at = coalesce(read_at, submitted_at)",
                &[],
            )
            .await;
        let page = browser.submit(held.form("/waiting/answers")).await;
        page.says("your answers stand as they are");
        put("Too late").await.error(409);
        let mine = hana.api.get(MINE).await.ok();
        assert_eq!(
            (&mine["step"], &mine["may_edit"]),
            (&json!("being_read"), &json!(false))
        );
        assert_eq!(mine["answers"][0]["value"], "Because of the bread.");
        browser
            .open("/waiting")
            .await
            .says("Somebody has begun to read it");
        // Profile and drafts go on.
        hana.api
            .patch(
                "/api/v1/accounts/update_credentials",
                json!({ "note": "Still here" }),
            )
            .await
            .entity("CredentialAccount");
    });
}

#[test]
fn what_staff_ask_is_answered_on_the_page_and_staff_hear_of_it() {
    run(async |place| {
        let owner = place.owner().await;
        let hana = place.applicant("hana").await;
        ask_back(place, &hana, "Which <b>end</b> of the lane?").await;
        place
            .sql(
                "INSERT INTO application_messages (application_id, kind, body, created_at) \
                  SELECT id, 2, 'a note of staff', submitted_at FROM applications",
                &[],
            )
            .await;
        let browser = place.signed_in(&hana).await;
        let page = browser.open("/waiting").await;
        page.says("Which <b>end</b> of the lane?")
            .hides("<b>end</b>")
            .hides("a note of staff");
        let empty = browser
            .submit(page.form("/waiting/answer").set("reply", "  "))
            .await;
        assert_eq!(empty.status(), 422);
        let long = "x".repeat(2001);
        let page = browser
            .submit(page.form("/waiting/answer").set("reply", &long))
            .await;
        assert_eq!(page.status(), 422);
        assert_eq!(
            page.form("/waiting/answer").value("reply"),
            long,
            "nothing typed is lost"
        );
        let before = place.mails().len();
        let page = browser
            .submit(page.form("/waiting/answer").set("reply", "The upper end."))
            .await;
        page.says("The upper end.").says("Thank you");
        assert!(!page.has_form("/waiting/answer"));
        assert_eq!(state(place, &hana).await, 1);
        staff_mail_goes(place).await;
        assert!(
            place.mails()[before..].iter().any(|m| m.to == owner.email),
            "staff hear of it"
        );
        let mine = hana.api.get(MINE).await.ok();
        let kinds: Vec<&str> = mine["messages"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|m| m["kind"].as_str().expect("a word"))
            .collect();
        assert_eq!(kinds, ["question", "answer"], "no notes");
        assert_eq!(mine["question"], Value::Null);
        // Nothing is asked any more.
        let body = json!({ "text": "And more" });
        hana.api
            .post(&format!("{MINE}/answer"), body)
            .await
            .error(422);
        // Once more, by an app.
        ask_back(place, &hana, "And whom do you know?").await;
        let mine = hana.api.get(MINE).await.ok();
        assert_eq!(
            (&mine["state"], &mine["question"]),
            (&json!("needs_info"), &json!("And whom do you know?"))
        );
        let body = json!({ "text": "Ann." });
        let mine = hana.api.post(&format!("{MINE}/answer"), body).await.ok();
        assert_eq!(mine["state"], "pending");
    });
}

#[test]
fn in_the_app_a_reply_to_the_notice_answers() {
    run(async |place| {
        place.owner().await;
        let hana = place.applicant("hana").await;
        let notice = home(&hana).await[0].clone();
        let text = notice["content"].as_str().expect("text");
        assert!(
            text.contains("olive") && text.contains("will read it"),
            "{text}"
        );
        hana.api
            .post("/api/v1/statuses", json!({ "status": "A draft" }))
            .await
            .entity("Status");
        let again = home(&hana).await[0].clone();
        assert_eq!(
            again["id"], notice["id"],
            "its id stays while the state does"
        );
        assert!(
            again["content"]
                .as_str()
                .expect("text")
                .contains("Your draft below")
        );
        let reply = async |to: &Value, text: &str| {
            let body = json!({ "status": text, "in_reply_to_id": to });
            hana.api.post("/api/v1/statuses", body).await
        };
        let error = reply(&notice["id"], "Hello?").await.error(422);
        assert!(
            error["error"]
                .as_str()
                .expect("a sentence")
                .contains("Nothing was asked")
        );

        place.advance(TimeDelta::minutes(1));
        ask_back(place, &hana, "Which end?").await;
        let asked = home(&hana).await[0].clone();
        assert_ne!(asked["id"], notice["id"]);
        assert!(
            asked["content"]
                .as_str()
                .expect("text")
                .contains("Which end?")
        );
        hana.api
            .get(&format!("/api/v1/statuses/{}", id(&notice)))
            .await
            .error(404);
        let shown = hana
            .api
            .get(&format!("/api/v1/statuses/{}", id(&asked)))
            .await;
        assert_eq!(shown.entity("Status")["content"], asked["content"]);
        for body in [
            json!({ "status": "", "in_reply_to_id": asked["id"] }),
            json!({ "status": "x", "in_reply_to_id": asked["id"], "media_ids": ["7"] }),
            json!({ "status": "x", "in_reply_to_id": "12345" }),
        ] {
            hana.api.post("/api/v1/statuses", body).await.error(422);
        }
        assert_eq!(state(place, &hana).await, 2);
        place.advance(TimeDelta::minutes(1));
        let said = reply(&asked["id"], "The upper end.").await.entity("Status");
        assert_eq!(
            (&said["in_reply_to_id"], &said["visibility"]),
            (&asked["id"], &json!("direct"))
        );
        assert!(
            said["content"]
                .as_str()
                .expect("text")
                .contains("The upper end.")
        );
        assert_eq!(state(place, &hana).await, 1);
        let kept = hana
            .api
            .get(&format!("/api/v1/statuses/{}", id(&said)))
            .await
            .entity("Status");
        assert_eq!(kept["content"], said["content"]);
        // An app that sends once more has said it once.
        let twice = reply(&asked["id"], "The upper end.").await.entity("Status");
        assert_eq!(twice["id"], said["id"]);
        assert_eq!(
            place
                .number("SELECT count(*) FROM application_messages WHERE kind = 1")
                .await,
            1
        );
        assert_eq!(place.number("SELECT count(*) FROM drafts").await, 1);
        assert_eq!(place.number("SELECT count(*) FROM statuses").await, 0);
        // Nobody else has such a status.
        let ann = place.member("ann").await;
        for status in [&said, &asked] {
            ann.api
                .get(&format!("/api/v1/statuses/{}", id(status)))
                .await
                .error(404);
        }
    });
}

#[test]
fn what_an_app_left_open_is_asked_for_and_a_reply_answers_it() {
    run(async |place| {
        place.owner().await;
        // The first one is made when somebody looks.
        place.browser().open("/apply").await;
        place
            .sql(
                "INSERT INTO questions (position, created_at) VALUES (9, '2026-01-01')",
                &[],
            )
            .await;
        place
            .sql(
                "INSERT INTO question_versions (question_id, version, kind, labels, created_at) \
                 SELECT max(id), 1, 0, '{\"en\": \"Whom do you know?\"}', '2026-01-01' FROM questions",
                &[],
            )
            .await;
        let [hana, rosa] = [place.applicant("hana").await, place.applicant("rosa").await];
        let notice = home(&hana).await[0].clone();
        assert!(
            notice["content"]
                .as_str()
                .expect("text")
                .contains("Whom do you know?")
        );
        let body = json!({ "status": "Ann, of the lane", "in_reply_to_id": notice["id"] });
        hana.api
            .post("/api/v1/statuses", body)
            .await
            .entity("Status");
        let mine = hana.api.get(MINE).await.ok();
        assert_eq!(mine["state"], "pending");
        assert_eq!(mine["answers"][1]["value"], "Ann, of the lane");

        let browser = place.signed_in(&rosa).await;
        let page = browser.open("/waiting").await;
        page.says("Still open").says("Whom do you know?");
        let form = page.form("/waiting/answer");
        let name = form
            .names()
            .iter()
            .find(|n| n.starts_with("answer_"))
            .expect("a field")
            .to_string();
        let refused = browser.submit(form).await;
        refused.says("Please answer “Whom do you know?”.");
        let page = browser
            .submit(refused.form("/waiting/answer").set(&name, "Nobody yet"))
            .await;
        page.says("Nobody yet");
        assert_eq!(state(place, &rosa).await, 1);
    });
}

#[test]
fn a_putting_off_is_told_everywhere() {
    run(async |place| {
        place.owner().await;
        let hana = place.applicant("hana").await;
        let until = place.app.clock.now() + TimeDelta::days(14);
        let at = until.timestamp() as f64;
        place
            .sql(
                "UPDATE applications SET put_offs = 1, put_off_until = to_timestamp($1::float8)",
                &[&at],
            )
            .await;
        let words = until.format("%-d %B %Y").to_string();
        place
            .signed_in(&hana)
            .await
            .open("/waiting")
            .await
            .says("It was put off until");
        let notice = home(&hana).await[0]["content"]
            .as_str()
            .expect("text")
            .to_owned();
        assert!(notice.contains(&words), "{notice}");
        let told = hana.api.get(MINE).await.ok()["put_off_until"]
            .as_str()
            .expect("a time")
            .to_owned();
        assert!(
            told.starts_with(&until.format("%Y-%m-%d").to_string()),
            "{told}"
        );
        // It is over.
        place.advance(TimeDelta::days(15));
        place
            .signed_in(&hana)
            .await
            .open("/waiting")
            .await
            .hides("put off");
        assert_eq!(hana.api.get(MINE).await.ok()["put_off_until"], Value::Null);
    });
}

#[test]
fn the_address_is_corrected_while_waiting_and_the_old_one_holds_until_then() {
    run(async |place| {
        place.owner().await;
        let hana = place.applicant("hana").await;
        let browser = place.signed_in(&hana).await;
        let page = browser.open("/settings/account").await;
        let form = page
            .form("/settings/email")
            .set("email", "hana@right.example")
            .set("email_password", crate::support::people::PASSWORD);
        browser.submit(form).await;
        browser
            .open("/waiting")
            .await
            .says("hana@right.example")
            .says("hana@hana.example");
        let link = place
            .mail_to("hana@right.example")
            .await
            .link("/settings/email");
        let path = link.strip_prefix(&place.origin).unwrap_or(&link).to_owned();
        let page = browser.open(&path).await;
        assert_eq!(
            place
                .number("SELECT count(*) FROM users WHERE email = 'hana@hana.example'")
                .await,
            1,
            "a link that is opened changes nothing"
        );
        browser.submit(page.form("/settings/email")).await;
        assert_eq!(
            place
                .number("SELECT count(*) FROM users WHERE email = 'hana@right.example'")
                .await,
            1
        );
        assert_eq!(
            place
                .number("SELECT count(*) FROM applications WHERE mail_domain = 'right.example'")
                .await,
            1,
            "staff see the domain that it is now"
        );
    });
}

#[test]
fn one_archive_holds_all_that_an_applicant_gave() {
    // H10
    run(async |place| {
        place.owner().await;
        let hana = place.applicant("hana").await;
        let part = reqwest::multipart::Part::bytes(picture::png(60, 60))
            .file_name("a.png")
            .mime_str("image/png")
            .expect("a type");
        let form = reqwest::multipart::Form::new()
            .part("avatar", part)
            .text("note", "I bake");
        let request = hana
            .api
            .request(Method::PATCH, "/api/v1/accounts/update_credentials")
            .multipart(form);
        hana.api.send(request).await.entity("CredentialAccount");
        hana.api
            .post("/api/v1/statuses", json!({ "status": "A first loaf" }))
            .await
            .entity("Status");
        ask_back(place, &hana, "Which oven?").await;
        hana.api
            .post(
                &format!("{MINE}/answer"),
                json!({ "text": "The stone one" }),
            )
            .await
            .ok();
        place
            .sql(
                "INSERT INTO application_messages (application_id, kind, body, created_at) \
                  SELECT id, 2, 'smells of yeast', submitted_at FROM applications",
                &[],
            )
            .await;
        let answer = hana.api.get(&format!("{MINE}/export")).await.expect(200);
        assert_eq!(answer.header("content-type"), "application/zip");
        let bytes = answer.body.clone();
        let text = String::from_utf8_lossy(&bytes);
        for there in [
            "application.json",
            "I am hana",
            "I bake",
            "A first loaf",
            "Which oven?",
            "The stone one",
            "hana@hana.example",
        ] {
            assert!(text.contains(there), "{there}");
        }
        assert!(!text.contains("smells of yeast"), "notes are staff's");
        assert_eq!(text.matches("PK\u{3}\u{4}pictures/").count(), 0);
        assert!(text.contains("pictures/"), "the avatar is in it");
        let browser = place.signed_in(&hana).await;
        let page = browser
            .fetch(Method::GET, "/waiting/export")
            .await
            .expect(200);
        assert!(
            page.header("content-disposition")
                .contains("application.zip")
        );
        // A member's is another.
        let ann = place.member("ann").await;
        ann.api.get(&format!("{MINE}/export")).await.error(404);
    });
}

/// Everything that a page says, without names and chance.
fn bare(page: &Page, person: &Person) -> String {
    let text = routes::without_chance(&page.answer.text());
    let person_s = [
        person.id.clone(),
        person.user.to_string(),
        person.name.clone(),
    ];
    let text = person_s
        .iter()
        .fold(text, |text, word| text.replace(word, "WHO"));
    let paths =
        regex::Regex::new(r"/private/[^\x22]*|draft-[0-9]+|/drafts/[0-9]+|datetime=\x22[^\x22]*")
            .expect("a pattern");
    paths.replace_all(&text, "PATH").into_owned()
}

#[test]
fn after_a_silent_no_nothing_tells() {
    run(async |place| {
        let owner = place.owner().await;
        let (dan, eve) = (place.applicant("dan").await, place.applicant("eve").await);
        let (two, one) = (place.signed_in(&dan).await, place.signed_in(&eve).await);
        for person in [&dan, &eve] {
            ask_back(place, person, "Which end?").await;
        }
        refuse(place, &owner, &dan, false, "A bot").await;
        place.settle().await;
        let mails = place.mails().len();
        dan.api.get(MINE).await.error(401);
        place.advance(TimeDelta::hours(1));
        // The same deeds, the same answers.
        for step in 0..6 {
            let mut told = Vec::new();
            for (browser, person) in [(&two, &dan), (&one, &eve)] {
                let page = match step {
                    0 => browser.open("/waiting").await,
                    1 => {
                        let page = browser.open("/waiting/answers").await;
                        let name = field(&page);
                        let form = page.form("/waiting/answers").set(&name, "Once more");
                        browser.submit(form).await
                    }
                    2 => {
                        let page = browser.open("/waiting").await;
                        let form = page.form("/waiting/answer").set("reply", "The upper end");
                        browser.submit(form).await
                    }
                    3 => {
                        let page = browser.open("/waiting/profile").await;
                        browser
                            .submit(page.form("/waiting/profile").set("note", "Here"))
                            .await
                    }
                    4 => {
                        let page = browser.open("/waiting").await;
                        browser
                            .submit(page.form("/drafts").set("text", "A draft"))
                            .await
                    }
                    _ => browser.open("/waiting/answers").await,
                };
                assert_eq!(page.status(), 200, "step {step}: {}", page.answer.shown());
                told.push((
                    page.path
                        .split(['#', '?'])
                        .next()
                        .unwrap_or_default()
                        .to_owned(),
                    bare(&page, person),
                ));
            }
            assert_eq!(told[0], told[1], "step {step}");
        }
        let export = two.fetch(Method::GET, "/waiting/export").await.expect(200);
        let text = String::from_utf8_lossy(&export.body).into_owned();
        assert!(
            text.contains("\"state\": \"pending\"") && text.contains("\"decided_at\": null"),
            "{text}"
        );
        assert!(!text.contains("A bot"));
        staff_mail_goes(place).await;
        assert!(place.mails()[mails..].iter().all(|m| m.to != dan.email));
        assert_eq!(
            place
                .number("SELECT count(*) FROM applications WHERE state = 4")
                .await,
            1
        );
        // A new sign-in finds the same; no app is let in.
        place
            .signed_in(&dan)
            .await
            .open("/waiting")
            .await
            .says("You are on the porch");
        // Then it is erased, and the name was never there.
        place.advance(TimeDelta::days(14));
        expire::run(&place.app).await.expect("it runs");
        assert_eq!(
            place
                .number("SELECT count(*) FROM users WHERE username = 'dan'")
                .await,
            0
        );
        let page = two.visit("/waiting").await;
        assert_eq!(page.path.split('?').next(), Some("/sign-in"));
    });
}

#[test]
fn a_silent_no_before_the_address_was_confirmed_tells_nothing_either() {
    // H5
    run(async |place| {
        let owner = place.owner().await;
        let una = place.unconfirmed("una").await;
        let link = place.mail_to(&una.email).await.link("/confirm");
        refuse(
            place,
            &owner,
            &una,
            true,
            "Not told, whatever the desk said",
        )
        .await;
        place.settle().await;
        let browser = place.signed_in(&una).await;
        let page = browser.open("/waiting").await;
        page.says("One step is left").hides("Not told");
        let mails = place.mails().len();
        place.advance(TimeDelta::minutes(30));
        browser
            .submit(page.form("/waiting/resend"))
            .await
            .says("on its way");
        place.settle().await;
        assert_eq!(place.mails().len(), mails + 1);
        let newest = place.mail_to(&una.email).await.link("/confirm");
        assert_ne!(newest, link);
        let path = newest
            .strip_prefix(&place.origin)
            .unwrap_or(&newest)
            .to_owned();
        let page = browser.open(&path).await;
        browser
            .submit(page.form("/confirm"))
            .await
            .says("You are on the porch");
        assert_eq!(state(place, &una).await, 4, "and nothing has changed");
        place.settle().await;
        assert!(
            place.mails().iter().all(|m| m.to != owner.email),
            "staff hear nothing"
        );
        // It stays as long as others after a no.
        place.advance(TimeDelta::days(13));
        expire::run(&place.app).await.expect("it runs");
        assert_eq!(state(place, &una).await, 4);

        // Who never confirms goes when they would have gone.
        let ola = place.unconfirmed("ola").await;
        refuse(place, &owner, &ola, false, "").await;
        place.advance(TimeDelta::hours(47));
        expire::run(&place.app).await.expect("it runs");
        assert_eq!(
            place
                .number("SELECT count(*) FROM users WHERE username = 'ola'")
                .await,
            1
        );
        place.advance(TimeDelta::hours(2));
        expire::run(&place.app).await.expect("it runs");
        assert_eq!(
            place
                .number("SELECT count(*) FROM users WHERE username = 'ola'")
                .await,
            0
        );
    });
}

#[test]
fn a_no_that_is_told_can_be_read_taken_along_and_appealed_once() {
    run(async |place| {
        let owner = place.owner().await;
        let hana = place.applicant("hana").await;
        let early = place.signed_in(&hana).await;
        refuse(place, &owner, &hana, true, "Too many bakers.").await;
        place.settle().await;
        hana.api.get(MINE).await.error(401);
        for browser in [early, place.signed_in(&hana).await] {
            browser
                .open("/waiting")
                .await
                .says("Too many bakers.")
                .says("We said no this time");
            for path in ["/waiting/profile", "/waiting/answers", "/drafts", "/home"] {
                let page = browser.visit(path).await;
                assert!(
                    page.path == "/waiting" || page.status() == 403,
                    "{path}: {}",
                    page.path
                );
            }
            let zip = browser
                .fetch(Method::GET, "/waiting/export")
                .await
                .expect(200);
            let text = String::from_utf8_lossy(&zip.body).into_owned();
            assert!(text.contains("Too many bakers.") && text.contains("I am hana"));
        }
        let browser = place.signed_in(&hana).await;
        let page = browser.open("/waiting").await;
        let empty = browser
            .submit(page.form("/waiting/appeal").set("appeal", " "))
            .await;
        assert_eq!(empty.status(), 422);
        place.advance(TimeDelta::days(13));
        let mails = place.mails().len();
        let page = browser
            .submit(page.form("/waiting/appeal").set("appeal", "I am no baker."))
            .await;
        page.says("You are on the porch")
            .says("I am no baker.")
            .says("with your appeal");
        assert_eq!(state(place, &hana).await, 1);
        assert_eq!(
            place.number("SELECT count(*) FROM applications WHERE appealed_at IS NOT NULL AND erase_at IS NULL").await,
            1
        );
        staff_mail_goes(place).await;
        assert!(
            place.mails()[mails..].iter().any(|m| m.to == owner.email),
            "marked, and told"
        );
        // It is not erased meanwhile, and may be written in again.
        place.advance(TimeDelta::days(3));
        expire::run(&place.app).await.expect("it runs");
        browser.open("/waiting/profile").await;
        // A second no is the last.
        refuse(place, &owner, &hana, true, "Still no.").await;
        let page = browser.open("/waiting").await;
        page.says("Still no.").says("This is where it ends");
        assert!(!page.has_form("/waiting/appeal"));
        let forged = page.form("/sign-out").forge("appeal", "Again");
        let csrf = forged.value("csrf").to_owned();
        let answer = browser
            .send(
                browser
                    .request(Method::POST, "/waiting/appeal")
                    .form(&[("csrf", csrf.as_str()), ("appeal", "Again")]),
            )
            .await;
        assert_eq!(answer.status, 403, "{}", answer.shown());
        // Erase now.
        let page = browser.open("/waiting/withdraw").await;
        browser.submit(page.form("/waiting/withdraw")).await;
        assert_eq!(
            place
                .number("SELECT count(*) FROM users WHERE username = 'hana'")
                .await,
            0
        );
        assert_eq!(
            place.number("SELECT count(*) FROM decision_memory").await,
            place
                .number("SELECT count(*) FROM decision_memory WHERE until > decided_at")
                .await
        );
        assert!(
            place.number("SELECT count(*) FROM decision_memory").await >= 2,
            "hashes stay for 90 days"
        );
    });
}

#[test]
fn time_ends_what_nobody_decides_and_says_so() {
    run(async |place| {
        place.owner().await;
        let (hana, rosa) = (place.applicant("hana").await, place.applicant("rosa").await);
        let late = async |days, hours| {
            place.advance(TimeDelta::days(days) + TimeDelta::hours(hours));
            let done = expire::run(&place.app).await.expect("it runs");
            place.settle().await;
            done
        };
        late(19, 23).await;
        // The question is asked late; its fortnight begins with it.
        ask_back(place, &rosa, "Still there?").await;
        let mails = place.mails().len();
        assert_eq!(late(1, 0).await.reminded, 0, "not a moment too soon");
        let done = late(0, 2).await;
        assert_eq!((done.reminded, done.ended), (1, 0), "{done:?}");
        let told: Vec<_> = place.mails()[mails..]
            .iter()
            .filter(|m| m.to == hana.email)
            .cloned()
            .collect();
        assert_eq!(told.len(), 1);
        assert!(told[0].text.contains("9 more days"), "{}", told[0].text);
        assert_eq!(late(0, 1).await.reminded, 0, "once");
        assert_eq!(state(place, &rosa).await, 2);
        let done = late(9, 0).await;
        assert_eq!(done.ended, 1);
        assert_eq!(
            (state(place, &hana).await, state(place, &rosa).await),
            (6, 2)
        );
        hana.api.get(MINE).await.error(401);
        let browser = place.signed_in(&hana).await;
        let page = browser.open("/waiting").await;
        page.says("It took too long")
            .says("which did not happen")
            .says("Download what I wrote");
        assert!(!page.has_form("/waiting/appeal"));
        assert_eq!(late(3, 0).await.ended, 0);
        assert_eq!(late(0, 22).await.ended, 1, "a fortnight after the question");
        let done = late(14, 0).await;
        assert_eq!(done.erased, 2, "{done:?}");
        assert_eq!(place.number("SELECT count(*) FROM applications").await, 0);
    });
}

#[test]
fn an_answer_begins_the_time_anew() {
    run(async |place| {
        place.owner().await;
        let hana = place.applicant("hana").await;
        place.advance(TimeDelta::days(19));
        ask_back(place, &hana, "Still there?").await;
        place.advance(TimeDelta::days(13));
        hana.api
            .post(&format!("{MINE}/answer"), json!({ "text": "Yes!" }))
            .await
            .ok();
        place.advance(TimeDelta::days(20));
        let done = expire::run(&place.app).await.expect("it runs");
        assert_eq!((done.reminded, done.ended), (0, 0), "{done:?}");
        place.advance(TimeDelta::days(2));
        assert_eq!(expire::run(&place.app).await.expect("it runs").reminded, 1);
        place.advance(TimeDelta::days(9));
        assert_eq!(expire::run(&place.app).await.expect("it runs").ended, 1);
    });
}

#[test]
fn the_name_of_an_erased_applicant_is_free_after_a_while_and_a_members_never() {
    // H9
    run(async |place| {
        let owner = place.owner().await;
        let hana = place.applicant("hana").await;
        let ann = place.member("ann").await;
        refuse(place, &owner, &hana, true, "").await;
        let browser = place.signed_in(&hana).await;
        let page = browser.open("/waiting/withdraw").await;
        browser.submit(page.form("/waiting/withdraw")).await;
        let mut conn = place.app.pool.get().await.expect("a connection");
        let at = |days| place.app.clock.now() + TimeDelta::days(days);
        assert!(
            !store::names::is_free(&mut conn, "hana", at(6))
                .await
                .expect("read")
        );
        assert!(
            store::names::is_free(&mut conn, "hana", at(8))
                .await
                .expect("read")
        );
        store::names::free(&mut conn, &[ann.user], at(0))
            .await
            .expect("no name of theirs");
        assert!(
            !store::names::is_free(&mut conn, "ann", at(4000))
                .await
                .expect("read")
        );
    });
}

#[test]
fn after_a_silent_no_no_app_is_let_in_and_nothing_says_why() {
    // T7
    run(async |place| {
        let owner = place.owner().await;
        let hana = place.applicant("hana").await;
        let body = json!({
            "client_name": "An app", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read",
        });
        let app = place.stranger().post("/api/v1/apps", body).await.ok();
        let wish = format!(
            "/oauth/authorize?response_type=code&client_id={}&scope=read\
             &redirect_uri=urn%3Aietf%3Awg%3Aoauth%3A2.0%3Aoob",
            app["client_id"].as_str().expect("an id")
        );
        let browser = place.signed_in(&hana).await;
        let asked = browser.open(&wish).await;
        refuse(place, &owner, &hana, false, "").await;
        let answer = browser
            .post(&asked.form("/oauth/authorize").press("Allow"))
            .await;
        assert_eq!(answer.status, 403, "{}", answer.shown());
        let words = answer.text();
        assert!(
            words.contains("another day") && !words.contains("refused"),
            "{words}"
        );
        assert_eq!(place.number("SELECT count(*) FROM oauth_codes").await, 0);
    });
}

#[test]
fn what_members_said_at_the_door_is_forgotten_after_ninety_days() {
    // H10
    run(async |place| {
        let owner = place.owner().await;
        let hana = place.applicant("hana").await;
        ask_back(place, &hana, "Which end?").await;
        let body = json!({ "text": "The upper one" });
        hana.api.post(&format!("{MINE}/answer"), body).await.ok();
        place
            .sql(
                "UPDATE applications SET elsewhere = '@hana@far.example'",
                &[],
            )
            .await;
        let desk = place.signed_in(&owner).await;
        let card = format!("/desk/applications/{}", place.application_of(&hana).await);
        let page = desk.open(&card).await;
        desk.submit(page.form(&format!("{card}/approve"))).await;
        let kept = async || {
            expire::run(&place.app).await.expect("it runs");
            place
                .number(
                    "SELECT (SELECT count(*) FROM application_messages) + (SELECT count(*) FROM application_answers) \
                     + (SELECT count(*) FROM applications WHERE elsewhere IS NOT NULL OR network IS NOT NULL)",
                )
                .await
        };
        place.advance(TimeDelta::days(89));
        assert_eq!(kept().await, 4);
        place.advance(TimeDelta::days(2));
        assert_eq!(kept().await, 0);
    });
}

/// Many who wait, each with an avatar, a draft and its picture, due to be erased.
async fn crowd(place: &Place, count: i64) -> Vec<std::path::PathBuf> {
    let at = (place.app.clock.now() - TimeDelta::minutes(1)).timestamp() as f64;
    place
        .sql(
            "WITH made AS (INSERT INTO users (id, account_id, username, email, password_hash, role, locale, settings, created_at, role_since) \
             SELECT 1000 + n, 100000 + n, 'crowd' || n, 'c' || n || '@crowd.example', 'x', 0, 'en', '{}', to_timestamp($1::float8), to_timestamp($1::float8) \
             FROM generate_series(1, $2::bigint) n RETURNING id) \
             INSERT INTO names (canonical, holder, state, created_at) SELECT 'crowd' || (id - 1000), id, 1, to_timestamp($1::float8) FROM made",
            &[&at, &count],
        )
        .await;
    place
        .sql(
            "WITH u AS (SELECT id FROM users WHERE username LIKE 'crowd%'), \
             p AS (INSERT INTO applicant_profiles (user_id, avatar_path, updated_at) \
             SELECT id, 'private/' || substr(md5(id::text), 1, 2) || '/' || substr(md5(id::text), 3, 2) || '/' || md5(id::text) || '.png', to_timestamp($1::float8) FROM u), \
             a AS (INSERT INTO applications (id, user_id, state, submitted_at, confirmed_at, decided_at, told, erase_at) \
             SELECT id, id, 4, to_timestamp($1::float8), to_timestamp($1::float8), to_timestamp($1::float8), true, to_timestamp($1::float8) FROM u) \
             INSERT INTO drafts (id, user_id, text, created_at, updated_at) \
             SELECT id, id, 'A draft', to_timestamp($1::float8), to_timestamp($1::float8) FROM u",
            &[&at],
        )
        .await;
    let rows = place
        .sql("SELECT avatar_path FROM applicant_profiles", &[])
        .await;
    let media = place.data.join("media");
    rows.iter()
        .map(|row| {
            let path = media.join(row.get::<_, String>(0));
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(&path, b"a picture").expect("written");
            path
        })
        .collect()
}

#[test]
fn seventeen_hundred_are_erased_in_sets() {
    run(async |place| {
        place.owner().await;
        let files = crowd(place, 1700).await;
        assert_eq!(files.len(), 1700);
        let before = place.counted().statements;
        let done = expire::run(&place.app).await.expect("it runs");
        let asked = place.counted().statements - before;
        assert_eq!(done.erased, 1700, "{done:?}");
        assert!(asked < 200, "in sets: {asked} statements");
        for table in [
            "applications",
            "drafts",
            "applicant_profiles",
            "doomed_files",
        ] {
            assert_eq!(
                place.number(&format!("SELECT count(*) FROM {table}")).await,
                0,
                "{table}"
            );
        }
        assert!(files.iter().all(|file| !file.exists()));
    });
}

#[test]
fn files_that_a_crash_left_are_deleted_later() {
    // The timer sweeps as well: it would be between two looks.
    Setup::default().without_jobs().run(async |place| {
        let files = crowd(place, 3).await;
        let paths: Vec<String> = place
            .sql("SELECT avatar_path FROM applicant_profiles", &[])
            .await
            .iter()
            .map(|row| row.get(0))
            .collect();
        // The rows are gone, and then the process is.
        let mut conn = place.app.pool.get().await.expect("a connection");
        store::doomed_files::insert(&mut conn, &paths, place.app.clock.now())
            .await
            .expect("written");
        drop(conn);
        place
            .sql("DELETE FROM users WHERE username LIKE 'crowd%'", &[])
            .await;
        expire::run(&place.app).await.expect("it runs");
        assert!(
            files.iter().all(|file| file.exists()),
            "whoever erased them is given time"
        );
        place.advance(TimeDelta::minutes(11));
        expire::run(&place.app).await.expect("it runs");
        assert!(files.iter().all(|file| !file.exists()));
        assert_eq!(place.number("SELECT count(*) FROM doomed_files").await, 0);
    });
}
