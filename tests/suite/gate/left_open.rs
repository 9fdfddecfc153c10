//! Questions that an app left open: remembered when it applied, whatever the admin asks later.

use chrono::TimeDelta;
use porchlight::gate::applications::apply::{self, Apply};
use porchlight::gate::applications::confirm_email;
use serde_json::Value;

use super::applying;
use super::waiting::MINE;
use crate::support::people::{PASSWORD, Person};
use crate::support::place::{Place, Setup, run};

/// Makes a question; gives the id of its first version. `pool` 0 asks everybody, kind 0 is short,
/// 2 a choice.
async fn ask(place: &Place, position: i16, pool: i16, kind: i16, label: &str) -> i64 {
    let labels = format!("{{\"en\": \"{label}\"}}");
    let rows = place
        .sql(
            "WITH q AS (INSERT INTO questions (position, pool, created_at) \
                 VALUES ($1, $2, '2026-01-01') RETURNING id) \
             INSERT INTO question_versions (question_id, version, kind, labels, choices, created_at) \
             SELECT id, 1, $3, ($4::text)::jsonb, '[\"north\", \"south\"]', '2026-01-01' FROM q RETURNING id",
            &[&position, &pool, &kind, &labels],
        )
        .await;
    rows[0].get(0)
}

/// New words for a question.
async fn edit(place: &Place, version: i64, label: &str) {
    let labels = format!("{{\"en\": \"{label}\"}}");
    place
        .sql(
            "INSERT INTO question_versions (question_id, version, kind, labels, created_at) \
             SELECT question_id, version + 1, kind, ($2::text)::jsonb, created_at \
             FROM question_versions WHERE id = $1",
            &[&version, &labels],
        )
        .await;
}

/// The one question that a new place asks: the id of its version.
async fn first(place: &Place) -> i64 {
    place.browser().open("/apply").await;
    place.number("SELECT min(id) FROM question_versions").await
}

async fn mine(person: &Person) -> Value {
    person.api.get(MINE).await.ok()
}

/// The questions that `mine` calls open, as numbers.
fn open(mine: &Value) -> Vec<i64> {
    let asked = mine["questions"].as_array().expect("a list").iter();
    let open = asked.filter(|q| q["open"] == true);
    open.map(|q| {
        q["id"]
            .as_str()
            .and_then(|id| id.parse().ok())
            .expect("an id")
    })
    .collect()
}

async fn confirm(place: &Place, person: &Person) {
    let link = place.mail_to(&person.email).await.link("/confirm");
    let token = link.rsplit(['/', '=']).next().expect("a token");
    confirm_email::confirm(&place.app, token, None)
        .await
        .expect("the link works");
}

#[test]
fn a_reason_answers_what_everybody_is_asked_before_what_a_pool_asks() {
    run(async |place| {
        place.owner().await;
        let everybody = first(place).await;
        let pool = ask(place, 0, 1, 0, "Which bird?").await;
        let hana = place.applicant("hana").await;
        let mine = mine(&hana).await;
        assert_eq!(mine["answers"][0]["id"], everybody.to_string());
        // The required one of the pool is asked next, though not everybody is asked it.
        assert_eq!(mine["state"], "needs_info");
        assert_eq!(open(&mine), [pool]);
        let browser = place.signed_in(&hana).await;
        let page = browser.open("/waiting").await;
        page.says("Which bird?");
        let form = page.form("/waiting/answer");
        let name = format!("answer_{pool}");
        browser.submit(form.set(&name, "The wren.")).await;
        let mine = self::mine(&hana).await;
        assert_eq!(mine["state"], "pending");
        assert_eq!(mine["answers"][1]["value"], "The wren.");
    });
}

#[test]
fn words_changed_before_the_confirmation_hide_nothing_that_was_left_open() {
    run(async |place| {
        place.owner().await;
        let everybody = first(place).await;
        let left = ask(place, 9, 0, 2, "Which end of the lane?").await;
        let hana = place.unconfirmed("hana").await;
        edit(place, everybody, "Who told you of us?").await;
        confirm(place, &hana).await;
        let mine = mine(&hana).await;
        assert_eq!(mine["state"], "needs_info");
        assert_eq!(open(&mine), [left]);
    });
}

#[test]
fn who_answered_everything_is_asked_nothing_that_was_added_since() {
    run(async |place| {
        place.owner().await;
        first(place).await;
        applying::apply(place, "hana", "hana@hana.example").await;
        ask(place, 9, 0, 0, "One more thing?").await;
        let link = place.mail_to("hana@hana.example").await.link("/confirm");
        let browser = place.browser();
        let page = browser.open(&link).await;
        browser.submit(page.form("/confirm")).await;
        assert_eq!(
            place.number("SELECT state::bigint FROM applications").await,
            1
        );
        // An app's user who answered all there was, too.
        let rosa = place.unconfirmed("rosa").await;
        assert_eq!(place.number("SELECT count(*) FROM left_open").await, 1);
        place
            .sql(
                "UPDATE questions SET retired_at = created_at WHERE position = 9",
                &[],
            )
            .await;
        confirm(place, &rosa).await;
        assert_eq!(
            mine(&rosa).await["state"],
            "pending",
            "nobody asks it any more"
        );
    });
}

#[test]
fn what_is_optional_and_was_left_blank_was_asked_and_not_answered() {
    run(async |place| {
        let owner = place.owner().await;
        first(place).await;
        let pool = ask(place, 9, 1, 0, "Which bird?").await;
        let tick = ask(place, 10, 0, 4, "May we write to you?").await;
        let optional = "UPDATE question_versions SET required = false WHERE id IN ($1, $2)";
        place.sql(optional, &[&pool, &tick]).await;
        let (bird, may) = (format!("answer_{pool}"), format!("answer_{tick}"));
        let browser = place.browser();
        let page = browser.open("/apply").await;
        place.advance(TimeDelta::seconds(30));
        let form = page
            .form("/apply")
            .set("username", "hana")
            .set("email", "hana@hana.example")
            .set("password", PASSWORD)
            .set("agreement", "on")
            .set("answer_1", "Because of the porch.")
            .set(&bird, " ");
        browser.submit(form).await;
        let link = place.mail_to("hana@hana.example").await.link("/confirm");
        let page = browser.open(&link).await;
        browser.submit(page.form("/confirm")).await;
        // Nothing is left open: it is in the queue.
        assert_eq!(
            place.number("SELECT state::bigint FROM applications").await,
            1
        );
        assert_eq!(place.number("SELECT count(*) FROM left_open").await, 0);
        // Staff see that it was asked, and that it was not answered.
        let desk = place.signed_in(&owner).await;
        let id = place.number("SELECT id FROM applications").await;
        let page = desk.open(&format!("/desk/applications/{id}")).await;
        page.says("Which bird? (no answer)")
            .says("May we write to you? (no answer)");
        desk.open("/desk").await.says("Because of the porch.");
        let answered = async |version: i64| {
            let rows = format!(
                "application_answers WHERE question_version_id = {version} AND value <> ''"
            );
            place.rows(&rows).await
        };
        assert_eq!(answered(pool).await, 0);
        // It can be answered as long as answers can, and left blank again.
        let page = browser.open("/waiting/answers").await;
        let form = page.form("/waiting/answers");
        assert_eq!((form.value(&bird), form.value(&may)), ("", "1"));
        assert!(
            !page
                .all("input")
                .iter()
                .any(|i| i.get("name") == may && i.has("checked"))
        );
        browser.submit(form.set(&bird, "The wren.")).await;
        assert_eq!(answered(pool).await, 1);
        assert_eq!(answered(tick).await, 0);
        let page = browser.open("/waiting/answers").await;
        let form = page.form("/waiting/answers");
        assert_eq!(form.value(&bird), "The wren.");
        browser.submit(form.set(&bird, "")).await;
        assert_eq!(answered(pool).await, 0);
        let page = browser.open("/waiting/answers").await;
        assert!(
            page.form("/waiting/answers")
                .names()
                .contains(&bird.as_str())
        );
    });
}

#[test]
fn without_mail_what_a_pool_left_open_is_asked_for_too() {
    Setup::default()
        .with("PORCHLIGHT_SERVER__DOMAIN", "porch.example")
        .run(async |place| {
            place.owner().await;
            let apply = async |username: &str| {
                let cmd = Apply {
                    username: username.to_owned(),
                    password: PASSWORD.to_owned(),
                    agreement: true,
                    reason: Some("I like porches.".to_owned()),
                    network: Some(place.network().parse().expect("an address")),
                    ..Apply::default()
                };
                let applied = apply::apply(&place.app, cmd).await;
                applied.expect("it is received");
            };
            let state = "SELECT state::bigint FROM applications ORDER BY id DESC LIMIT 1";
            apply("hana").await;
            assert_eq!(place.number(state).await, 1, "nothing is open");
            let pool = ask(place, 9, 1, 0, "Which bird?").await;
            apply("rosa").await;
            assert_eq!(place.number(state).await, 2);
            let open = "SELECT question_version_id FROM left_open";
            assert_eq!(
                place.number(open).await,
                pool,
                "or it could never be answered"
            );
        });
}

#[test]
fn a_form_of_yesterday_asks_the_same_questions_in_the_words_of_then() {
    // E29
    Setup::default().proving().run(async |place| {
        place.owner().await;
        let everybody = first(place).await;
        for (n, bird) in ["Wren", "Finch", "Crow", "Owl"].iter().enumerate() {
            let label = format!("{bird} or not?");
            ask(place, n as i16 + 2, 1, 0, &label).await;
        }
        let browser = place.browser();
        let form = applying::form(place, &browser, "hana", "hana@hana.example").await;
        let asked = |form: &crate::support::browser::Filled| {
            let names = form.names().into_iter();
            let answers = names.filter(|n| n.starts_with("answer")).map(str::to_owned);
            answers.collect::<Vec<_>>()
        };
        let before = asked(&form);
        assert_eq!(before.len(), 2, "one of everybody, one of the pool");
        edit(place, everybody, "Who told you of us?").await;
        place.advance(TimeDelta::hours(25));
        let page = browser.submit(form).await;
        assert_ne!(page.status(), 200);
        page.says("What brings you here?")
            .hides("Who told you of us?");
        let again = page.form("/apply");
        assert_eq!(asked(&again), before);
        for name in &before {
            assert_eq!(again.value(name), "Because of the porch.");
        }
        place.advance(TimeDelta::seconds(30));
        let page = browser.submit(again.set("password", PASSWORD)).await;
        page.says("Now look into the mailbox of");
    });
}
