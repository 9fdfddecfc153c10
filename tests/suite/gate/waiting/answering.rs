//! Answers that change, and what staff ask back.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{MINE, ask_back, field, home, staff_mail_goes, state};
use crate::support::api::id;
use crate::support::place::run;

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
        // An answer that came later counts for its question as well, once.
        place.settle().await;
        let counted = "SELECT sum(d.answered)::bigint FROM answer_days d JOIN question_versions v \
                       ON v.id = d.question_version_id WHERE v.labels->>'en' = 'Whom do you know?'";
        assert_eq!(place.number(counted).await, 2);
    });
}
