//! What time does: ends, erases, frees, forgets.

use chrono::TimeDelta;
use porchlight::gate::applications::expire;
use porchlight::store;
use serde_json::json;

use super::{MINE, ask_back, refuse, state};
use crate::support::place::{Place, Setup, run};

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
