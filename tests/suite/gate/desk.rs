//! The desk: the queue, the card, and everything that is done there.

use chrono::TimeDelta;
use porchlight::domain::role::Role;
use serde_json::json;

use crate::support::browser::{Browser, Page};
use crate::support::people::Person;
use crate::support::place::{Place, run};

async fn card_path(place: &Place, applicant: &Person) -> String {
    format!(
        "/desk/applications/{}",
        place.application_of(applicant).await
    )
}

/// Opens the card as a person does: the browser says that somebody clicked.
async fn by_hand(browser: &Browser, path: &str) -> String {
    let request = browser
        .request(reqwest::Method::GET, path)
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-user", "?1");
    let answer = browser.send(request).await;
    assert_eq!(answer.status, 200, "{}", answer.shown());
    answer.text()
}

async fn submit(browser: &Browser, path: &str, action: &str) -> Page {
    let page = browser.open(path).await;
    browser.submit(page.form(&format!("{path}/{action}"))).await
}

async fn state_of(place: &Place, applicant: &Person) -> i16 {
    let id = place.application_of(applicant).await;
    place
        .sql("SELECT state FROM applications WHERE id = $1", &[&id])
        .await[0]
        .get(0)
}

#[test]
fn a_stale_decision_is_answered_by_what_changed_and_loses_no_word() {
    run(async |place| {
        let olive = place.owner().await;
        let hana = place.applicant("hana").await;
        let edit = |note| json!({ "note": note, "display_name": "Hana" });
        let path = "/api/v1/accounts/update_credentials";
        hana.api.patch(path, edit("Tea and boats")).await.ok();
        let browser = place.signed_in(&olive).await;
        let card = card_path(place, &hana).await;
        let form = browser.open(&card).await.form(&format!("{card}/approve"));
        hana.api.patch(path, edit("Tea and trains")).await.ok();
        let draft = json!({ "status": "Buy my pills" });
        hana.api
            .post("/api/v1/statuses", draft)
            .await
            .entity("Status");
        let words = "Nice to have you <b>here</b>";
        let answer = browser.post(&form.set("message", words)).await;
        assert_eq!(answer.status, 409, "{}", answer.shown());
        let said = answer.text();
        for part in [
            "<del><span class=\"hidden\">gone: </span>boats</del>",
            "<ins><span class=\"hidden\">new: </span>trains</ins>",
            "Buy my pills",
            "Nice to have you &#60;b&#62;here&#60;/b&#62;",
        ] {
            assert!(said.contains(part), "{part} in {said}");
        }
        assert_eq!(state_of(place, &hana).await, 1, "nothing was decided");
        // The form that came with it decides on what is shown now.
        let form = browser.open(&card).await.form(&format!("{card}/approve"));
        browser.submit(form).await;
        assert_eq!(state_of(place, &hana).await, 3);
        let kept = "SELECT count(*) FROM application_views";
        assert_eq!(place.number(kept).await, 0, "what was seen is forgotten");
    });
}

#[test]
fn a_claim_tells_the_others_and_stops_nobody_and_ends_with_the_role() {
    // E30
    run(async |place| {
        let olive = place.owner().await;
        let mo = place.staff("mo", Role::Moderator).await;
        let hana = place.applicant("hana").await;
        let card = card_path(place, &hana).await;
        let (one, two) = (place.signed_in(&olive).await, place.signed_in(&mo).await);
        // A page that was only loaded claims nothing (E16).
        two.open(&card).await.hides("has been reading this");
        assert_eq!(
            place
                .number("SELECT count(*) FROM application_claims")
                .await,
            0
        );
        by_hand(&two, &card).await;
        one.open(&card).await.says("mo has been reading this since");
        one.open("/desk").await.says("mo has been reading it since");
        // Somebody else may take it over, and it is over by itself.
        submit(&one, &card, "claim").await;
        two.open(&card)
            .await
            .says("olive has been reading this since");
        place.advance(TimeDelta::minutes(11));
        two.open(&card).await.hides("olive has been reading");
        by_hand(&two, &card).await;
        let read = "SELECT count(*) FROM applications WHERE read_by IS NOT NULL";
        assert_eq!(place.number(read).await, 1);
        let page = one.open(&card).await;
        one.submit(page.form(&format!("{card}/put-off"))).await;
        // Who is not of the staff any more claims nothing.
        porchlight::identity::roles::set_role(
            &place.app,
            porchlight::identity::roles::By::Host,
            mo.user,
            Role::Member,
        )
        .await
        .expect("the host may");
        assert_eq!(
            place
                .number("SELECT count(*) FROM application_claims")
                .await,
            0
        );
    });
}

#[test]
fn a_question_goes_to_the_applicant_and_a_note_does_not() {
    // X5
    run(async |place| {
        let olive = place.owner().await;
        let hana = place.applicant("hana").await;
        let browser = place.signed_in(&olive).await;
        let card = card_path(place, &hana).await;
        let form = browser.open(&card).await.form(&format!("{card}/note"));
        browser
            .submit(form.set("note", "Knows my aunt <script>alert(1)</script>"))
            .await
            .says("olive noted:")
            .says("<script>alert(1)</script>")
            .hides("<script>alert(1)");
        let form = browser.open(&card).await.form(&format!("{card}/ask"));
        let empty = browser.post(&form.clone()).await;
        assert_eq!(empty.status, 422, "{}", empty.shown());
        let asked = "Which lane?\r\nBcc: all@evil.example";
        browser.submit(form.set("message", asked)).await;
        assert_eq!(state_of(place, &hana).await, 2);
        let mail = place.mail_to(&hana.email).await;
        assert!(mail.text.contains("> Which lane?"), "{}", mail.text);
        assert!(!mail.head.contains("evil.example"), "{}", mail.head);
        assert!(!mail.text.contains("aunt"), "{}", mail.text);
        let theirs = place.signed_in(&hana).await;
        theirs.open("/waiting").await.hides("aunt");
        assert!(!theirs.visit_raw("/waiting/export").await.contains("aunt"));
        browser
            .open(&card)
            .await
            .says("olive asked:")
            .says("Asked back");
        browser.open("/desk").await.hides("@hana");
        browser.open("/desk?state=asked").await.says("@hana");
    });
}

#[test]
fn what_is_put_off_rests_twice_at_the_most_and_the_applicant_is_told() {
    run(async |place| {
        let olive = place.owner().await;
        let hana = place.applicant("hana").await;
        let browser = place.signed_in(&olive).await;
        let card = card_path(place, &hana).await;
        for round in 1..=2 {
            submit(&browser, &card, "put-off").await;
            let mail = place.mail_to(&hana.email).await;
            assert!(mail.subject.contains("a little longer"), "{}", mail.subject);
            browser.open("/desk").await.hides("@hana");
            browser.open("/desk?state=put-off").await.says("@hana");
            let page = browser.open(&card).await;
            assert!(!page.has_form(&format!("{card}/put-off")), "it rests");
            if round == 1 {
                submit(&browser, &card, "take-up").await;
                browser.open("/desk").await.says("@hana");
                // What was taken up did not count.
                submit(&browser, &card, "put-off").await;
                place.settle().await;
            }
            place.advance(TimeDelta::days(14) + TimeDelta::minutes(1));
            browser.open("/desk").await.says("@hana");
        }
        let page = browser.open(&card).await;
        assert!(!page.has_form(&format!("{card}/put-off")), "a third time");
    });
}

#[test]
fn a_no_is_taken_back_and_its_mail_too() {
    // H4
    run(async |place| {
        let olive = place.owner().await;
        let hana = place.applicant("hana").await;
        let browser = place.signed_in(&olive).await;
        let card = card_path(place, &hana).await;
        submit(&browser, &card, "reject").await;
        let mail = place.mail_to(&hana.email).await;
        assert!(mail.text.contains("the answer is no"), "{}", mail.text);
        hana.api
            .get("/api/v1/accounts/verify_credentials")
            .await
            .error(401);
        // From the desk, where the last decision stands.
        let page = browser.open("/desk").await;
        browser.submit(page.form(&format!("{card}/undo"))).await;
        let mail = place.mail_to(&hana.email).await;
        assert!(mail.subject.contains("is open again"), "{}", mail.subject);
        assert_eq!(state_of(place, &hana).await, 1);
        hana.api
            .get("/api/v1/accounts/verify_credentials")
            .await
            .ok();
        assert_eq!(
            place.number("SELECT count(*) FROM decision_memory").await,
            0
        );
        let lines = place
            .sql(
                "SELECT act, inverse->>'act' FROM audit_log WHERE subject_kind = 'application' AND act <> 'address.read' ORDER BY id",
                &[],
            )
            .await;
        let lines: Vec<(String, Option<String>)> =
            lines.iter().map(|row| (row.get(0), row.get(1))).collect();
        assert_eq!(lines[0].0, "application.reject");
        assert_eq!(lines[0].1.as_deref(), Some("application.undo"));
        assert_eq!(lines[1].0, "application.undo");
        // After a day it stands.
        submit(&browser, &card, "reject").await;
        let page = browser.open(&card).await;
        let undo = page.form(&format!("{card}/undo"));
        place.advance(TimeDelta::hours(24));
        let answer = browser.post(&undo).await;
        assert_eq!(answer.status, 409, "{}", answer.shown());
        assert_eq!(state_of(place, &hana).await, 4);
    });
}

#[test]
fn a_yes_that_nobody_elsewhere_saw_is_unmade_and_no_word_is_lost() {
    run(async |place| {
        let (olive, ann) = (place.owner().await, place.member("ann").await);
        let hana = place.applicant("hana").await;
        let browser = place.signed_in(&olive).await;
        let card = card_path(place, &hana).await;
        submit(&browser, &card, "approve").await;
        place.settle().await;
        hana.follow(&ann).await;
        ann.follow(&hana).await;
        let post = json!({ "status": "My first bread" });
        hana.api
            .post("/api/v1/statuses", post)
            .await
            .entity("Status");
        place.settle().await;
        submit(&browser, &card, "undo").await;
        place.settle().await;
        assert_eq!(state_of(place, &hana).await, 1);
        for none in [
            "SELECT count(*) FROM accounts WHERE username = 'hana'",
            "SELECT count(*) FROM statuses",
            "SELECT count(*) FROM follows",
        ] {
            assert_eq!(place.number(none).await, 0, "{none}");
        }
        // H2: from outside as if it never was; the token is that of the sandbox again.
        place
            .stranger()
            .get("/api/v1/accounts/lookup?acct=hana")
            .await
            .error(404);
        let home = hana
            .api
            .get("/api/v1/timelines/home")
            .await
            .entity("[Status]");
        assert!(home.to_string().contains("My first bread"), "{home}");
        let of_ann = ann.api.get(&ann.path()).await.entity("Account");
        assert_eq!(of_ann["followers_count"], 0);
        // And in again, under the same id.
        submit(&browser, &card, "approve").await;
        place.settle().await;
        let again = ann.api.get(&hana.path()).await.entity("Account");
        assert_eq!(again["acct"], "hana");
    });
}

#[test]
fn a_yes_that_others_saw_becomes_a_suspension() {
    run(async |place| {
        let olive = place.owner().await;
        let hana = place.applicant("hana").await;
        let browser = place.signed_in(&olive).await;
        let card = card_path(place, &hana).await;
        submit(&browser, &card, "approve").await;
        place.settle().await;
        place
            .sql(
                "INSERT INTO hosts (domain, first_seen_at) VALUES ('far.example', to_timestamp(0))",
                &[],
            )
            .await;
        place
            .sql(
                "INSERT INTO reach (account_id, host_id, first_at) SELECT u.account_id, h.id, to_timestamp(0) \
                 FROM users u, hosts h WHERE u.username = 'hana' AND h.domain = 'far.example'",
                &[],
            )
            .await;
        submit(&browser, &card, "undo")
            .await
            .says("could not be unmade");
        place.settle().await;
        assert_eq!(state_of(place, &hana).await, 3);
        hana.api.get("/api/v1/timelines/home").await.error(401);
        let shown = place.stranger().get(&hana.path()).await.entity("Account");
        assert_eq!(shown["suspended"], true);
        assert_eq!(shown["note"], "");
    });
}

#[test]
fn staff_cannot_be_unmade_by_taking_a_yes_back() {
    // T14
    run(async |place| {
        let olive = place.owner().await;
        let greta = place.staff("greta", Role::Reviewer).await;
        let hana = place.applicant("hana").await;
        let card = card_path(place, &hana).await;
        let browser = place.signed_in(&greta).await;
        submit(&browser, &card, "approve").await;
        place
            .sql("UPDATE users SET role = 3 WHERE id = $1", &[&hana.user])
            .await;
        submit(&browser, &card, "undo")
            .await
            .says("of the staff by now");
        assert_eq!(state_of(place, &hana).await, 3);
        // Canned words are written by admins alone.
        let page = browser.visit("/desk/presets").await;
        assert_eq!(page.status(), 404);
        place.signed_in(&olive).await.open("/desk/presets").await;
    });
}

#[test]
fn canned_words_go_before_ones_own() {
    run(async |place| {
        let olive = place.owner().await;
        let hana = place.applicant("hana").await;
        let browser = place.signed_in(&olive).await;
        let form = browser.open("/desk/presets").await.form("/desk/presets");
        browser
            .submit(
                form.set("kind", "no")
                    .set("title", "We are full")
                    .set("body", "There is no room on the lane."),
            )
            .await
            .says("We are full");
        let preset = place
            .number("SELECT id FROM decision_presets")
            .await
            .to_string();
        let card = card_path(place, &hana).await;
        let form = browser.open(&card).await.form(&format!("{card}/reject"));
        browser
            .submit(form.set("preset", &preset).set("message", "Try in spring!"))
            .await;
        let mail = place.mail_to(&hana.email).await;
        assert!(
            mail.text
                .contains("> There is no room on the lane.\n>\n> Try in spring!"),
            "{}",
            mail.text
        );
        // Who deletes them leaves the decision as it is.
        let form = browser
            .open("/desk/presets")
            .await
            .form("/desk/presets/delete");
        browser.submit(form).await;
        browser
            .open(&card)
            .await
            .says("There is no room on the lane.");
    });
}

#[test]
fn several_are_turned_down_at_once_and_one_that_changed_is_left_out_and_named() {
    run(async |place| {
        let olive = place.owner().await;
        let mut people = Vec::new();
        for name in ["one", "two", "three", "four"] {
            people.push(place.applicant(name).await);
        }
        let browser = place.signed_in(&olive).await;
        let list = browser.open("/desk").await;
        let mut form = list.form("/desk/bulk");
        for person in &people {
            let id = place.application_of(person).await;
            form = form.tick("pick[]", &format!("{id}-"));
        }
        // While the list was open, one wrote something and another was decided.
        let draft = json!({ "status": "Wait, there is more" });
        people[1].api.post("/api/v1/statuses", draft).await.ok();
        let card = card_path(place, &people[3]).await;
        submit(&browser, &card, "approve").await;
        place.settle().await;
        let look = browser.submit(form).await;
        look.says("4 people at once");
        let done = browser
            .submit(
                look.form("/desk/bulk/decide")
                    .set("message", "Sorry, all of you."),
            )
            .await;
        done.says("2 of 4 are done")
            .says("@two")
            .says("It changed after");
        done.says("@four").says("already approved by olive");
        place.settle().await;
        let states: Vec<i16> = {
            let mut states = Vec::new();
            for person in &people {
                states.push(state_of(place, person).await);
            }
            states
        };
        assert_eq!(states, [4, 1, 4, 3]);
        let mail = place.mail_to(&people[0].email).await;
        assert!(mail.text.contains("Sorry, all of you."), "{}", mail.text);
        // All of it back.
        let undo = done.form("/desk/bulk/");
        browser.submit(undo).await.says("It was taken back");
        place.settle().await;
        assert_eq!(state_of(place, &people[0]).await, 1);
        assert_eq!(state_of(place, &people[2]).await, 1);
        people[2]
            .api
            .get("/api/v1/accounts/verify_credentials")
            .await
            .ok();
        let mail = place.mail_to(&people[2].email).await;
        assert!(mail.subject.contains("open again"), "{}", mail.subject);
    });
}

#[test]
fn a_group_is_one_row_and_one_decision_with_its_number_typed() {
    run(async |place| {
        let olive = place.owner().await;
        let alone = place.applicant("alone").await;
        let first = place.applicant("bot0").await;
        let group = place.application_of(&first).await;
        for n in 1..12 {
            place.applicant(&format!("bot{n}")).await;
        }
        place
            .sql(
                "UPDATE applications a SET cluster_id = $1 FROM users u WHERE u.id = a.user_id AND u.username LIKE 'bot%'",
                &[&group],
            )
            .await;
        let browser = place.signed_in(&olive).await;
        let desk = browser.open("/desk").await;
        desk.says("12 that are alike").says("@alone").says("@bot0");
        desk.hides("@bot7");
        let page = browser.open(&format!("/desk/groups/{group}")).await;
        page.says("@bot11");
        let look = browser.submit(page.form("/desk/bulk")).await;
        let form = look.form("/desk/bulk/decide").set("act", "approve");
        let wrong = browser.post(&form.clone().set("number", "11")).await;
        assert_eq!(wrong.status, 422, "{}", wrong.shown());
        let done = browser.submit(form.set("number", "12")).await;
        let path = done.path.clone();
        place.settle().await;
        browser.open(&path).await.says("12 of 12 are done");
        let members = "SELECT count(*) FROM accounts WHERE username LIKE 'bot%'";
        assert_eq!(place.number(members).await, 12);
        assert_eq!(state_of(place, &alone).await, 1);
        let undo = browser.open(&path).await.form("/desk/bulk/");
        browser.submit(undo).await;
        place.settle().await;
        assert_eq!(place.number(members).await, 0);
    });
}

#[test]
fn turning_many_down_takes_as_many_statements_as_turning_few_down() {
    run(async |place| {
        let olive = place.owner().await;
        let browser = place.signed_in(&olive).await;
        let hana = place.applicant("hana").await;
        // What runs beside it would be counted, too.
        place.stop_jobs().await;
        let now = place.app.clock.now().timestamp();
        // Copies of one application under names of their own.
        let copy = async |from: i64, to: i64| {
            place
                .sql(
                    "WITH u AS (INSERT INTO users (id, account_id, username, locale, role, role_since, settings, created_at) \
                       SELECT $1::bigint + n, $1::bigint + 1000000 + n, 'copy' || n, 'en', 0, to_timestamp(0), '{}', to_timestamp(0) \
                       FROM generate_series($2::bigint, $3::bigint) n RETURNING id) \
                     INSERT INTO applications (id, user_id, state, mode, lane, submitted_at, confirmed_at, cluster_id) \
                     SELECT u.id, u.id, 1, 1, 1, to_timestamp($5::bigint), to_timestamp($5::bigint), $4::bigint FROM u",
                    &[&10_000_000i64, &from, &to, &(10_000_000 + from), &now],
                )
                .await;
        };
        copy(1, 10).await;
        copy(1001, 1500).await;
        let mut counts = Vec::new();
        for (group, count) in [(10_000_001i64, 10usize), (10_001_001, 500)] {
            let page = browser.open(&format!("/desk/groups/{group}")).await;
            let look = browser.submit(page.form("/desk/bulk")).await;
            let mut form = look.form("/desk/bulk/decide").set("send_mail", "0");
            if count > 10 {
                form = form.set("number", &count.to_string());
            }
            let before = place.counted();
            let answer = browser.post(&form).await;
            assert_eq!(answer.status, 303, "{}", answer.shown());
            counts.push(place.counted().statements - before.statements);
        }
        assert_eq!(
            place
                .number("SELECT count(*) FROM applications WHERE state = 4")
                .await,
            510
        );
        assert!(counts[1] <= counts[0] + 6, "{counts:?}");
        assert_eq!(state_of(place, &hana).await, 1);
    });
}

#[test]
fn the_search_finds_names_words_domains_and_networks_for_those_who_may() {
    run(async |place| {
        let mo = place.staff("mo", Role::Moderator).await;
        let greta = place.staff("greta", Role::Reviewer).await;
        let hana = place.applicant("hana").await;
        let ravi = place.applicant("ravi").await;
        hana.api
            .patch(
                "/api/v1/accounts/update_credentials",
                json!({ "display_name": "Zinnia Bloom" }),
            )
            .await
            .ok();
        let id = place.application_of(&ravi).await;
        let network: String = place
            .sql(
                "SELECT host(network) FROM applications WHERE id = $1",
                &[&id],
            )
            .await[0]
            .get(0);
        let moderator = place.signed_in(&mo).await;
        let greeter = place.signed_in(&greta).await;
        for (query, found, not) in [
            ("han", "@hana", "@ravi"),
            ("@hana", "@hana", "@ravi"),
            ("hana.exam", "@hana", "@ravi"),
            ("zinnia", "@hana", "@ravi"),
            ("am ravi porches", "@ravi", "@hana"),
            (&network, "@ravi", "@hana"),
        ] {
            let path = format!("/desk?q={}", query.replace('@', "%40").replace(' ', "+"));
            moderator.open(&path).await.says(found).hides(not);
        }
        let path = format!("/desk?q={network}");
        greeter
            .open(&path)
            .await
            .says("Nothing found")
            .hides("@ravi");
        greeter.open("/desk?q=%25").await.says("Nothing found");
        // The card names neighbours to moderators alone.
        let near = network.rsplit_once('.').map(|(net, _)| format!("{net}.9"));
        place
            .sql(
                "UPDATE applications SET network = ($1::text)::inet WHERE id = $2",
                &[&near, &place.application_of(&hana).await],
            )
            .await;
        let card = card_path(place, &ravi).await;
        moderator.open(&card).await.says("@hana");
        greeter
            .open(&card)
            .await
            .hides("@hana")
            .hides("network, or next");
    });
}

#[test]
fn times_are_those_of_the_reader_with_the_name_of_the_zone() {
    // E20
    run(async |place| {
        let olive = place.owner().await;
        let hana = place.applicant("hana").await;
        let browser = place.signed_in(&olive).await;
        let card = card_path(place, &hana).await;
        browser.open(&card).await.says("Times are those of UTC");
        let hours = json!({ "zone": "Asia/Kathmandu", "outside": "closed", "days": [["09:00-12:00"], [], [], [], [], [], []] });
        place
            .sql(
                "INSERT INTO instance_settings (key, value, updated_at) VALUES ('registration.hours', ($1::text)::jsonb, to_timestamp(0))",
                &[&hours.to_string()],
            )
            .await;
        place.app.memory.forget("the zone of the place").await;
        browser
            .open(&card)
            .await
            .says("Times are those of Asia/Kathmandu");
        let page = browser.open("/settings/zone").await;
        let form = page.form("/settings/zone");
        let wrong = browser
            .post(&form.clone().set("time_zone", "Mars/Olympus"))
            .await;
        assert_eq!(wrong.status, 422, "{}", wrong.shown());
        browser.submit(form.set("time_zone", "europe/berlin")).await;
        browser
            .open(&card)
            .await
            .says("Times are those of Europe/Berlin");
        submit(&browser, &card, "reject").await;
        browser
            .open(&card)
            .await
            .says("Until")
            .says("(Europe/Berlin) this can be taken back");
    });
}

#[test]
fn keys_can_be_others_or_none() {
    // WCAG 2.1.4
    run(async |place| {
        let olive = place.owner().await;
        let hana = place.applicant("hana").await;
        let browser = place.signed_in(&olive).await;
        let card = card_path(place, &hana).await;
        let keys = |page: &Page| page.answer.text().matches("data-key=").count();
        assert!(keys(&browser.open(&card).await) > 5);
        assert!(
            browser
                .open(&card)
                .await
                .answer
                .text()
                .contains("data-key=\"a\"")
        );
        let form = browser.open("/desk/keys").await.form("/desk/keys");
        let twice = browser.post(&form.clone().set("key[approve]", "r")).await;
        assert_eq!(twice.status, 422, "{}", twice.shown());
        browser.submit(form.set("key[approve]", "y")).await;
        assert!(
            browser
                .open(&card)
                .await
                .answer
                .text()
                .contains("data-key=\"y\"")
        );
        let form = browser.open("/desk/keys").await.form("/desk/keys");
        browser.submit(form.untick("on")).await;
        assert_eq!(keys(&browser.open(&card).await), 0);
        assert_eq!(keys(&browser.open("/desk").await), 0);
    });
}

#[test]
fn staff_hear_of_the_first_at_once_and_then_once_an_hour() {
    run(async |place| {
        let olive = place.owner().await;
        let to_olive = || {
            place
                .mails()
                .into_iter()
                .filter(|m| m.to == olive.email)
                .collect::<Vec<_>>()
        };
        let hana = place.applicant("hana").await;
        place.settle().await;
        place.advance(TimeDelta::seconds(10));
        place.settle().await;
        assert_eq!(to_olive().len(), 1);
        let card = card_path(place, &hana).await;
        assert!(
            to_olive()[0].text.contains(&card),
            "the link opens the card"
        );
        for name in ["ravi", "rosa"] {
            place.applicant(name).await;
        }
        place.advance(TimeDelta::minutes(30));
        place.settle().await;
        assert_eq!(to_olive().len(), 1, "not within the hour");
        place.advance(TimeDelta::minutes(31));
        place.settle().await;
        let mails = to_olive();
        assert_eq!(mails.len(), 2, "one digest");
        assert!(mails[1].text.contains("3 people wait"), "{}", mails[1].text);
        assert!(!mails[1].text.contains("I am"), "no answers in mails (H10)");
        place.advance(TimeDelta::hours(3));
        place.settle().await;
        assert_eq!(to_olive().len(), 2, "nothing new, no mail");
    });
}

#[test]
fn the_profile_is_judged_as_it_is_at_the_decision() {
    // H12
    run(async |place| {
        let olive = place.owner().await;
        let hana = place.applicant("hana").await;
        let browser = place.signed_in(&olive).await;
        let card = card_path(place, &hana).await;
        let form = browser.open(&card).await.form(&format!("{card}/approve"));
        let note = json!({ "note": "https://pills.example" });
        hana.api
            .patch("/api/v1/accounts/update_credentials", note)
            .await
            .ok();
        let answer = browser.post(&form).await;
        assert_eq!(answer.status, 409, "{}", answer.shown());
        assert!(answer.text().contains("pills.example"));
        let members = "SELECT count(*) FROM accounts WHERE username = 'hana'";
        assert_eq!(place.number(members).await, 0);
    });
}

#[test]
fn a_profile_that_changes_after_the_yes_is_flagged_for_a_week() {
    // H12
    run(async |place| {
        let olive = place.owner().await;
        let hana = place.applicant("hana").await;
        let browser = place.signed_in(&olive).await;
        let card = card_path(place, &hana).await;
        submit(&browser, &card, "approve").await;
        place.settle().await;
        let flag = "Profile changed since";
        browser.open("/desk?state=decided").await.hides(flag);
        place.advance(TimeDelta::hours(1));
        let note = json!({ "note": "https://pills.example" });
        let profile = "/api/v1/accounts/update_credentials";
        hana.api.patch(profile, note).await.ok();
        browser.open("/desk?state=decided").await.says(flag);
        browser
            .open(&card)
            .await
            .says("What changed since they were let in")
            .says("pills.example");
        place.advance(TimeDelta::days(7));
        let page = place.signed_in(&olive).await;
        page.open("/desk?state=decided").await.hides(flag);
        page.open(&card).await.hides("pills.example");
    });
}

#[test]
fn after_a_suspension_others_like_it_are_named_also_those_who_were_let_in() {
    run(async |place| {
        let olive = place.owner().await;
        let (rug, carpet) = (
            place.applicant("rug").await,
            place.applicant("carpet").await,
        );
        let words = "I sell the finest rugs and would love to tell everybody about my rugs.";
        for one in [&rug, &carpet] {
            let id = place.application_of(one).await;
            let from = "UPDATE applications SET network = '81.77.1.1' WHERE id = $1";
            place.sql(from, &[&id]).await;
            let said = "UPDATE application_answers SET value = $2 WHERE application_id = $1";
            place.sql(said, &[&id, &words]).await;
        }
        let desk = place.signed_in(&olive).await;
        for one in [&rug, &carpet] {
            submit(&desk, &card_path(place, one).await, "approve").await;
        }
        place.settle().await;
        let card = card_path(place, &rug).await;
        desk.open(&card).await.hides("Others like this one");
        let token = place.token_of(olive.user, "admin:read admin:write").await;
        let path = format!("/api/v1/admin/accounts/{}/action", rug.id);
        let suspend = json!({ "type": "suspend" });
        place.api(token).post(&path, suspend).await.expect(200);
        desk.open(&card)
            .await
            .says("Others like this one")
            .says("@carpet");
    });
}
