//! What is asked: versions, languages, pools, figures, the editor.

use chrono::TimeDelta;
use porchlight::domain::role::Role;
use porchlight::gate::applications::expire;
use porchlight::gate::questions::statistics;

use crate::support::api::Api;
use crate::support::browser::{Browser, Page};
use crate::support::place::{Place, run};

async fn editor(place: &Place) -> Browser {
    let owner = place.owner().await;
    place.signed_in(&owner).await
}

/// Writes a question in English.
async fn write(browser: &Browser, label: &str, kind: &str, pool: &str) -> Page {
    let page = browser.open("/desk/questions/new").await;
    let form = page
        .form("/desk/questions/new")
        .set("kind", kind)
        .set("label_en", label)
        .set("choices", "north\nsouth")
        .set("pool", pool)
        .press("Save it");
    browser.submit(form).await
}

/// What apps are asked from one network: the wordings.
async fn asked(place: &Place) -> Vec<String> {
    asked_of(&place.stranger()).await
}

/// The same for one who comes again from where they were.
async fn asked_of(stranger: &Api) -> Vec<String> {
    let form = stranger
        .get("/api/v1/instance/registration_form")
        .await
        .ok();
    form["questions"]
        .as_array()
        .expect("questions")
        .iter()
        .map(|q| q["label"].as_str().expect("a label").to_owned())
        .collect()
}

#[test]
fn a_question_is_written_previewed_and_asked_in_the_applicants_language() {
    run(async |place| {
        let browser = editor(place).await;
        let page = browser.open("/desk/questions/new").await;
        let form = page
            .form("/desk/questions/new")
            .set("kind", "choice")
            .set("label_en", "Which end of the lane?")
            .set("choices", "north")
            .press("Show me first");
        let looked = browser.submit(form).await;
        looked.says("The choices need two lines at least.");
        let form = looked
            .form("/desk/questions/new")
            .set("choices", "north\nsouth")
            .set("add_language", "de")
            .press("Add it");
        let more = browser.submit(form).await;
        assert_eq!(asked(place).await.len(), 1, "looking saves nothing");
        let form = more
            .form("/desk/questions/new")
            .set("label_de", "Welches Ende der Gasse?")
            .press("Show me first");
        let looked = browser.submit(form).await;
        looked
            .says("As applicants see it")
            .says("Welches Ende der Gasse?");
        let form = looked.form("/desk/questions/new").press("Save it");
        browser
            .submit(form)
            .await
            .says("Saved.")
            .says("Which end of the lane?");
        assert_eq!(
            asked(place).await,
            ["What brings you here?", "Which end of the lane?"]
        );
        let german = place
            .stranger()
            .get("/api/v1/instance/registration_form?locale=de-AT")
            .await
            .ok();
        assert_eq!(german["questions"][1]["label"], "Welches Ende der Gasse?");
        let v2 = place
            .stranger()
            .get("/api/v2/instance")
            .await
            .entity("Instance");
        assert_eq!(v2["registrations"]["asks"], 2);
        assert_eq!(
            place
                .number("SELECT count(*) FROM audit_log WHERE act = 'question.save'")
                .await,
            1
        );
    });
}

#[test]
fn an_answer_keeps_the_words_it_was_given_to() {
    run(async |place| {
        let browser = editor(place).await;
        let hana = place.applicant("hana").await;
        let application = place.application_of(&hana).await;
        let list = browser.open("/desk/questions").await;
        let path = list.link("What brings you here?");
        let edit = browser.open(&path).await;
        let form = edit
            .form(&path)
            .set("label_en", "Who told you of us?")
            .press("Save it");
        browser.submit(form).await.says("Version 2");
        assert_eq!(asked(place).await, ["Who told you of us?"]);
        let card = browser
            .open(&format!("/desk/applications/{application}"))
            .await;
        card.says("What brings you here?")
            .hides("Who told you of us?");
        // Saved again without a change, it stays version 2.
        let edit = browser.open(&path).await;
        browser
            .submit(edit.form(&path).press("Save it"))
            .await
            .says("Version 2");
        assert_eq!(
            place.number("SELECT count(*) FROM question_versions").await,
            2
        );
    });
}

#[test]
fn a_form_has_five_questions_at_the_most_and_they_keep_their_order() {
    run(async |place| {
        let browser = editor(place).await;
        for n in 2..=5 {
            write(&browser, &format!("Question {n}?"), "short", "0")
                .await
                .says("Saved.");
        }
        let sixth = write(&browser, "One too many?", "short", "0").await;
        assert_eq!(sixth.status(), 422);
        sixth.says("Retire one first");
        assert_eq!(
            sixth.form("/desk/questions/new").value("label_en"),
            "One too many?"
        );
        let list = browser.open("/desk/questions").await;
        list.says("5 of at most 5 questions. Three are usually enough");
        let last = list.link("Question 5?");
        browser.submit(list.form(&format!("{last}/up"))).await;
        let order = asked(place).await;
        assert_eq!(order[3..], ["Question 5?", "Question 4?"]);
        let list = browser.open("/desk/questions").await;
        browser
            .submit(list.form(&format!("{last}/retire")))
            .await
            .says("Not asked any more");
        assert_eq!(asked(place).await.len(), 4);
        let list = browser.open("/desk/questions").await;
        browser
            .submit(list.form(&format!("{last}/restore")))
            .await
            .says("Asked again");
        assert_eq!(asked(place).await[3], "Question 5?", "at its old place");
    });
}

#[test]
fn a_pool_gives_each_network_the_same_questions_all_day() {
    run(async |place| {
        let (browser, stranger) = (editor(place).await, place.stranger());
        for n in 1..=6 {
            write(&browser, &format!("Pool {n}?"), "short", "1")
                .await
                .says("Saved.");
        }
        let first = asked_of(&stranger).await;
        assert_eq!(first.len(), 2, "one of everybody, one of the pool");
        for _ in 0..3 {
            assert_eq!(
                asked_of(&stranger).await,
                first,
                "no shopping for easier ones"
            );
        }
        let list = browser.open("/desk/questions").await;
        let form = list.form("/desk/questions/pools").set("size", "3");
        browser.submit(form).await.says("From the next form on.");
        assert_eq!(asked_of(&stranger).await.len(), 4);
        let v2 = place
            .stranger()
            .get("/api/v2/instance")
            .await
            .entity("Instance");
        let told = v2["registrations"]["questions"].as_array().map(Vec::len);
        assert_eq!(
            (told, &v2["registrations"]["asks"]),
            (Some(1), &serde_json::json!(4))
        );
        let list = browser.open("/desk/questions").await;
        let form = list.form("/desk/questions/pools").set("size", "5");
        browser
            .submit(form)
            .await
            .says("five questions at the most".replace("five", "5").as_str());
        // Over some days the pick changes.
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..12 {
            place.advance(TimeDelta::days(1));
            seen.extend(asked_of(&stranger).await);
        }
        assert!(seen.len() >= 6, "{seen:?}");
        // What was picked is what is asked for when the form comes back.
        let hana = place.applicant("hana").await;
        let answers = "SELECT count(*) FROM application_answers aa JOIN applications a ON a.id = aa.application_id WHERE a.user_id = $1";
        let count: i64 = place.sql(answers, &[&hana.user]).await[0].get(0);
        assert!(count >= 1);
    });
}

#[test]
fn each_version_has_its_figures() {
    run(async |place| {
        let browser = editor(place).await;
        for _ in 0..4 {
            asked(place).await;
        }
        let hana = place.applicant("hana").await;
        let rosa = place.applicant("rosa").await;
        statistics::flush(&place.app).await.expect("a flush");
        for (who, act) in [(&hana, "approve"), (&rosa, "reject")] {
            let card = browser
                .open(&format!(
                    "/desk/applications/{}",
                    place.application_of(who).await
                ))
                .await;
            let form = card.form(&format!(
                "/desk/applications/{}/{act}",
                place.application_of(who).await
            ));
            browser.submit(form).await;
        }
        place.settle().await;
        place
            .sql("UPDATE applications SET fill_seconds = 40", &[])
            .await;
        let row = place
            .sql("SELECT sum(shown)::bigint FROM question_days", &[])
            .await;
        let shown: i64 = row[0].get(0);
        assert!(shown >= 4, "{shown}");
        let page = browser.open("/desk/questions").await;
        page.says("1 of 2").says("50 %").says(&shown.to_string());
        // New words begin with nothing, and those before keep what came of them.
        let sql = "SELECT question_id FROM question_versions ORDER BY question_id LIMIT 1";
        let id: i64 = place.sql(sql, &[]).await[0].get(0);
        let path = format!("/desk/questions/{id}");
        let editing = browser.open(&path).await;
        let form = editing
            .form(&path)
            .set("label_en", "Why here of all places?");
        browser.submit(form).await.says("Saved.");
        let page = browser.open(&path).await;
        let said = page.html.text();
        let (_, table) = said.split_once("By version").expect("a table");
        let new = table
            .find("2: Why here of all places?")
            .expect("the new words");
        let old = table.find("1: ").expect("the old words");
        assert!(new < old, "{table}");
        assert!(!table[new..old].contains("50 %"), "{table}");
        let time = "40 s";
        assert!(!table[new..old].contains(time), "{table}");
        assert!(table[old..].contains(time), "{table}");
        assert!(
            table[old..].contains("50 %") && table[old..].contains(&shown.to_string()),
            "{table}"
        );
    });
}

#[test]
fn a_question_is_measured_by_those_who_were_erased_too() {
    run(async |place| {
        let browser = editor(place).await;
        place.unconfirmed("uma").await;
        let mut people = Vec::new();
        for name in ["hana", "rosa", "ravi"] {
            people.push(place.applicant(name).await);
        }
        for (who, act) in people.iter().zip(["approve", "reject", "reject"]) {
            let path = format!("/desk/applications/{}", place.application_of(who).await);
            let card = browser.open(&path).await;
            browser.submit(card.form(&format!("{path}/{act}"))).await;
        }
        place.settle().await;
        let said = |page: &Page| {
            page.says("1 of 3").says("33 %");
        };
        said(&browser.open("/desk/questions").await);
        let answered = "SELECT sum(answered)::bigint FROM answer_days";
        assert_eq!(place.number(answered).await, 4);
        // Whoever never confirmed goes after two days, whoever was refused after two weeks.
        place.advance(TimeDelta::days(15));
        expire::run(&place.app).await.expect("it runs");
        let left = "SELECT count(*) FROM applications";
        assert_eq!(place.number(left).await, 1, "the others are erased");
        said(&browser.open("/desk/questions").await);
        let page = browser.open("/desk/charts").await;
        let text = page.html.text();
        let (_, table) = text.split_once("By question").expect("a table");
        assert!(table.contains("33 %"), "{table}");
        assert_eq!(place.number(answered).await, 4);
        // A year later nothing of it is kept.
        place.advance(TimeDelta::days(366));
        place.app.questions_shown.add(1);
        statistics::flush(&place.app).await.expect("a flush");
        assert_eq!(place.number("SELECT count(*) FROM answer_days").await, 0);
    });
}

#[test]
fn reviewers_read_the_questions_and_admins_change_them() {
    run(async |place| {
        editor(place).await;
        let greeter = place.staff("greeter", Role::Reviewer).await;
        let browser = place.signed_in(&greeter).await;
        let list = browser.open("/desk/questions").await;
        list.says("What brings you here?")
            .hides("Write a new question");
        let path = list.link("What brings you here?");
        let page = browser.open(&path).await;
        page.says("As applicants see it");
        assert!(!page.has_form(&path));
        let member = place.member("ann").await;
        let member = place.signed_in(&member).await;
        assert_eq!(member.visit("/desk/questions").await.status(), 404);
    });
}
