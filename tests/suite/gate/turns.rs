//! Whose turn it is: the line behind the queue, one sign alone, an open door in between.

use chrono::TimeDelta;
use porchlight::gate::applications::line;
use porchlight::store;
use serde_json::json;

use super::applying;
use super::door::crowd;
use crate::support::people::PASSWORD;
use crate::support::place::{Place, Setup, run};

/// Rows in line: network and cluster (0: none), the oldest first.
async fn in_line(place: &Place, of: &[(&str, i64)]) {
    for (network, cluster) in of {
        crowd(place, 1, network).await;
        place
            .sql(
                "UPDATE applications SET lane = 2, cluster_id = nullif($1::bigint, 0) \
                 WHERE id = (SELECT max(id) FROM applications)",
                &[cluster],
            )
            .await;
    }
}

#[test]
fn the_line_is_drawn_evenly_over_clusters_from_however_many_networks() {
    // The door's own work would draw in between: the queue is empty.
    Setup::default().without_jobs().run(async |place| {
        place.owner().await;
        // One cluster over five networks came first; two people alone after it.
        let mut of: Vec<(String, i64)> = (1..=5).map(|n| (format!("81.{n}.1.1"), 7)).collect();
        of.push(("81.1.1.9".to_owned(), 7));
        of.push(("82.1.1.1".to_owned(), 0));
        of.push(("83.1.1.1".to_owned(), 0));
        let of: Vec<(&str, i64)> = of.iter().map(|(net, of)| (net.as_str(), *of)).collect();
        in_line(place, &of).await;
        let draw = async |room: i64| {
            let mut conn = place.app.desk.get().await.expect("a connection");
            let drawn = store::door::draw_from_line(&mut conn, room).await;
            assert_eq!(drawn.expect("it draws") as i64, room);
            let rows = "SELECT host(network) FROM applications WHERE lane = 1 ORDER BY id";
            let rows = place.sql(rows, &[]).await;
            rows.iter().map(|row| row.get(0)).collect::<Vec<String>>()
        };
        assert_eq!(
            draw(3).await,
            ["81.1.1.1", "82.1.1.1", "83.1.1.1"],
            "one of the cluster, and both others"
        );
        // Within the cluster one network after the other.
        assert!(!draw(4).await.contains(&"81.1.1.9".to_owned()));
        assert_eq!(draw(1).await.len(), 8);
    });
}

#[test]
fn the_queue_has_room_for_what_is_usually_decided_and_the_rest_waits_in_line() {
    run(async |place| {
        let owner = place.owner().await;
        let now = async || {
            let mut conn = place.app.desk.get().await.expect("a connection");
            let at = place.app.clock.decide(&mut conn).await.expect("a time");
            line::room(&mut conn, at).await.expect("a room")
        };
        assert_eq!(now().await, 100);
        crowd(place, 150, "82.1.0.1").await;
        place
            .sql(
                "UPDATE applications SET state = 4, decided_at = confirmed_at, decided_by = $1",
                &[&owner.user],
            )
            .await;
        assert_eq!(now().await, 150, "as many as were decided in two weeks");
        place
            .sql("UPDATE applications SET decided_by = NULL", &[])
            .await;
        assert_eq!(now().await, 100, "what no person decided is no measure");
        // Four fifths of it are for strangers: the 81st waits in line.
        crowd(place, 79, "83.1.0.1").await;
        let lane = "SELECT lane::bigint FROM applications ORDER BY id DESC LIMIT 1";
        place.applicant("hana").await;
        assert_eq!(place.number(lane).await, 1);
        place.applicant("rosa").await;
        assert_eq!(place.number(lane).await, 2);
    });
}

#[test]
fn a_field_that_nobody_sees_is_one_sign_and_sorts_nothing_alone() {
    Setup::default().proving().run(async |place| {
        let owner = place.owner().await;
        let browser = place.browser();
        let form = applying::form(place, &browser, "hana", "hana@hana.example").await;
        place.advance(TimeDelta::seconds(60));
        let sent = browser.post(&form.forge("left_blank", "x")).await;
        assert_eq!(sent.status, 303);
        let browser = place.browser();
        let form = applying::form(place, &browser, "hana83920", "two@two.example").await;
        place.advance(TimeDelta::seconds(60));
        let sent = browser.post(&form.forge("left_blank", "x")).await;
        assert_eq!(sent.status, 303, "the same answer, whatever is thought");
        let browser = place.browser();
        let form = applying::form(place, &browser, "otto83920", "three@three.example").await;
        place.advance(TimeDelta::seconds(60));
        assert_eq!(browser.post(&form).await.status, 303);
        let rows = place
            .sql("SELECT id, lane FROM applications ORDER BY id", &[])
            .await;
        let lanes: Vec<i16> = rows.iter().map(|row| row.get(1)).collect();
        assert_eq!(lanes, [1, 3, 1], "either sign alone, and both together");
        let id: i64 = rows[0].get(0);
        let link = place.mail_to("hana@hana.example").await.link("/confirm");
        place.advance(TimeDelta::minutes(3));
        let page = browser.open(&link).await;
        browser.submit(page.form("/confirm")).await;
        let desk = place.signed_in(&owner).await;
        desk.open(&format!("/desk/applications/{id}"))
            .await
            .says("A field that people do not see was filled in");
    });
}

#[test]
fn a_door_that_was_shut_in_between_lets_in_nobody_of_before() {
    // E13
    run(async |place| {
        let owner = place.owner().await;
        let mode = async |mode: &str| {
            let browser = place.signed_in(&owner).await;
            let page = browser.open("/desk/door").await;
            let page = browser
                .submit(page.form("/desk/door").set("mode", mode))
                .await;
            if mode == "open" {
                let form = page.form("/desk/door").set("understood", "1");
                browser.submit(form).await.says("The door is open");
            }
        };
        mode("open").await;
        place.advance(TimeDelta::minutes(1));
        let [banked, rosa] = [
            place.unconfirmed("banked").await,
            place.unconfirmed("rosa").await,
        ];
        let confirm = async |email: &str| {
            let link = place.mail_to(email).await.link("/confirm");
            let browser = place.browser();
            let page = browser.open(&link).await;
            browser.submit(page.form("/confirm")).await;
        };
        confirm(&rosa.email).await;
        let members = "SELECT count(*) FROM applications WHERE state = 3";
        assert_eq!(place.number(members).await, 1, "open then and open now");
        place.advance(TimeDelta::minutes(1));
        mode("approval").await;
        place.advance(TimeDelta::minutes(1));
        mode("open").await;
        confirm(&banked.email).await;
        assert_eq!(place.number(members).await, 1, "not open all the while");
        assert_eq!(
            place
                .number("SELECT count(*) FROM applications WHERE state = 1")
                .await,
            1
        );
    });
}

#[test]
fn answers_that_are_nearly_the_same_are_counted_for_their_version() {
    run(async |place| {
        place.owner().await;
        let values = [
            "I sell the finest rugs!",
            "i sell  the finest rugs",
            "I sell the finest rugs 24/7.",
            "Lanterns, mostly.",
        ];
        for (n, value) in values.iter().enumerate() {
            let one = place.applicant(&format!("rug{n}")).await;
            let id = place.application_of(&one).await;
            let set = "UPDATE application_answers SET value = $2 WHERE application_id = $1";
            place.sql(set, &[&id, value]).await;
        }
        let version = place.number("SELECT min(id) FROM question_versions").await;
        let mut conn = place.app.desk.get().await.expect("a connection");
        let since = (place.app.clock.now() - TimeDelta::days(1)).date_naive();
        let found = store::questions::figures(&mut conn, &[version], since).await;
        let found = found.expect("the figures")[0];
        assert_eq!((found.answered, found.same_words), (4, 2));
    });
}

#[test]
fn an_app_that_knows_the_questions_signs_up_with_their_answers() {
    run(async |place| {
        place.owner().await;
        let app = place.api(crate::support::routes::app_token(place).await);
        let form = app.get("/api/v1/instance/registration_form").await.ok();
        let question = form["questions"][0]["id"].as_str().expect("an id");
        place.advance(TimeDelta::seconds(30));
        let body = |value: &str| {
            json!({
                "username": "cleo", "email": "cleo@cleo.example", "password": PASSWORD,
                "agreement": true, "locale": "en", "form_token": form["form_token"],
                "answers": [{ "id": question, "value": value }],
            })
        };
        let missing = app.post("/api/v1/accounts", body(" ")).await.error(422);
        let field = format!("answer_{question}");
        assert_eq!(
            missing["details"][&field][0]["error"], "ERR_BLANK",
            "{missing}"
        );
        app.post("/api/v1/accounts", body("Because of the lanterns."))
            .await
            .entity("Token");
        let kept = place
            .sql("SELECT value, wording FROM application_answers", &[])
            .await;
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].get::<_, &str>(0), "Because of the lanterns.");
        assert_eq!(kept[0].get::<_, &str>(1), "What brings you here?");
        // The very same form again.
        app.post("/api/v1/accounts", body("Because of the lanterns."))
            .await
            .error(409);
        assert_eq!(place.number("SELECT count(*) FROM applications").await, 1);
        // Where nothing is asked in words, a reason is kept as a remark.
        place
            .sql("UPDATE questions SET retired_at = created_at", &[])
            .await;
        place
            .sql(
                "WITH q AS (INSERT INTO questions (position, created_at) VALUES (1, '2026-01-01') RETURNING id) \
                 INSERT INTO question_versions (question_id, version, kind, labels, choices, required, created_at) \
                 SELECT id, 1, 2, '{\"en\": \"Which end?\"}', '[\"north\", \"south\"]', false, '2026-01-01' FROM q",
                &[],
            )
            .await;
        let hana = place.unconfirmed("hana").await;
        let id = place.application_of(&hana).await;
        let row = place
            .sql("SELECT remark FROM applications WHERE id = $1", &[&id])
            .await;
        let remark: Option<&str> = row[0].get(0);
        assert_eq!(remark, Some("I am hana and I like porches."));
    });
}
