//! The letter is opened: when it can be, who hears of it, what ends it.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use porchlight::domain::role::Role;
use porchlight::domain::switch::Stage;
use porchlight::gate::away::deputies;

use super::super::killed::age;
use super::super::{stage, standing_still::admin_of};
use super::{distress, mails, named, open, opened, quiet, watch};
use crate::support::people::PASSWORD;
use crate::support::place::{Place, Setup, run};

/// Far from what any letter says.
const WRONG: &str = "0000-0000-0000-0000-0000-0000-0000-0000-0000-0000-0000-0000-0000";

async fn notices(place: &Place) -> i64 {
    place.number("SELECT count(*) FROM heir_notices").await
}

#[test]
fn the_letter_stays_sealed_until_sixty_quiet_days_of_distress_are_over() {
    run(async |place| {
        let owner = place.owner().await;
        let bea = place.member("bea").await;
        let code = named(place, &owner, &bea).await;
        let browser = place.signed_in(&bea).await;
        // As somebody would who forges the form.
        let forged = async || {
            let page = browser.open("/heir").await;
            page.says("The letter stays sealed");
            assert!(!page.has_form("/heir/open"));
            let form = page.form("/heir/leave").set("password", PASSWORD);
            let form = form.forge("code", &code).aim("/heir/open");
            browser.submit(form).await.says("It is not yet time");
            assert_eq!(notices(place).await, 0);
        };
        forged().await;
        place.tick().await;
        for days in [5, 2, 7] {
            age(place, days).await;
            place.tick().await;
        }
        assert_eq!(stage(place).await, Stage::Sealed);
        age(place, 15).await;
        forged().await;
        age(place, 1).await;
        place.tick().await;
        assert_eq!(stage(place).await, Stage::Distress);
        forged().await;
        browser.open("/heir").await.says("the letter opens");
        age(place, 59).await;
        forged().await;
        // An admin who was seen, and has gone again: the days begin anew.
        let sign = "INSERT INTO signs_of_life (user_id, kind, at) \
             SELECT user_id, 0, max(at) + interval '50 days' FROM signs_of_life WHERE user_id = $1 GROUP BY 1";
        place.sql(sign, &[&owner.user]).await;
        age(place, 3).await;
        forged().await;
        age(place, 80).await;
        // The server was not up for as much as a week of it.
        let lived = "UPDATE episodes SET uptime_millis = $1 WHERE ended_at IS NULL";
        place
            .sql(lived, &[&TimeDelta::days(6).num_milliseconds()])
            .await;
        forged().await;
        place
            .sql(lived, &[&TimeDelta::days(8).num_milliseconds()])
            .await;
        let page = open(&browser, &code.to_lowercase().replace('-', " ")).await;
        page.says("The letter is open");
        assert_eq!(notices(place).await, 1);
    });
}

#[test]
fn five_wrong_codes_in_a_day_are_enough_and_an_old_letter_is_as_wrong_as_any() {
    run(async |place| {
        let owner = place.owner().await;
        let bea = place.member("bea").await;
        let old = named(place, &owner, &bea).await;
        let code = named(place, &owner, &bea).await;
        quiet(place).await;
        let browser = place.signed_in(&bea).await;
        for wrong in [WRONG, &old, "abc", "", WRONG] {
            let page = open(&browser, wrong).await;
            page.says("is not the one of the letter");
        }
        let page = open(&browser, &code).await;
        page.says("too many wrong codes");
        assert_eq!(notices(place).await, 0);
        place.advance(TimeDelta::hours(25));
        let page = browser.open("/heir").await;
        assert!(!page.has_form("/heir/open"), "the sign-in is of yesterday");
        opened(place, &bea, &code).await;
        assert_eq!(notices(place).await, 1);
    });
}

#[test]
fn everybody_is_told_once_of_a_notice_and_a_sign_of_life_ends_it() {
    Setup::default()
        .with("PORCHLIGHT_INSTANCE__CONTACT_EMAIL", "house@far.example")
        .run(async |place| {
            let owner = place.owner().await;
            let mona = place.staff("mona", Role::Moderator).await;
            let [bea, cyd] = [place.member("bea").await, place.member("cyd").await];
            let code = named(place, &owner, &bea).await;
            distress(place).await;
            age(place, 61).await;
            place.tick().await;
            let browser = place.signed_in(&cyd).await;
            browser.open("/home").await.hides("@bea");
            opened(place, &bea, &code).await;
            for _ in 0..3 {
                watch(place).await;
                place.settle().await;
            }
            let mut told: BTreeMap<String, usize> = BTreeMap::new();
            for mail in place.mails() {
                if mail.subject.contains("goes to a new owner") {
                    *told.entry(mail.to.clone()).or_default() += 1;
                    assert!(mail.text.contains("@bea"), "{}", mail.text);
                }
            }
            let everybody = [&owner, &mona, &bea, &cyd].map(|person| person.email.clone());
            let mut once: BTreeMap<String, usize> =
                everybody.into_iter().map(|to| (to, 1)).collect();
            once.insert("house@far.example".into(), 1);
            assert_eq!(told, once);
            porchlight::gate::mode::forget(&place.app).await;
            browser
                .open("/home")
                .await
                .says("@bea becomes an owner of this place");

            // What the heir does is no sign that somebody is back; what an admin does is.
            watch(place).await;
            let running = "SELECT count(*) FROM heir_notices WHERE ended_at IS NULL";
            assert_eq!(place.number(running).await, 1);
            let admin = admin_of(place, &owner).await;
            deputies::name(&place.app, &admin, "cyd", false)
                .await
                .expect("named");
            let (one, two) = (watch(place), watch(place));
            tokio::join!(one, two);
            watch(place).await;
            place.settle().await;
            assert_eq!(place.number(running).await, 0);
            for person in [&owner, &mona, &bea] {
                assert_eq!(
                    mails(place, person, "stays in its hands"),
                    1,
                    "{}",
                    person.name
                );
            }
            assert_eq!(mails(place, &cyd, "stays in its hands"), 0);
            browser.open("/home").await.hides("@bea");
            // The letter is good still, once all of them were away for as long again.
            let heir = place.signed_in(&bea).await;
            heir.open("/heir").await.says("The letter stays sealed");
            age(place, 61).await;
            opened(place, &bea, &code).await;
            assert_eq!(mails(place, &cyd, "goes to a new owner"), 2);
            let desk = place.signed_in(&owner).await;
            let page = desk.open("/desk/heir").await;
            page.says("They have opened it");
            desk.submit(page.form("/desk/heir/remove")).await;
            place.settle().await;
            let mail = place.mail_to(&bea.email).await;
            assert!(mail.text.contains("took it back"), "{}", mail.text);
        });
}

#[test]
fn webhooks_that_hear_of_the_switch_hear_of_the_heir() {
    Setup::federated().run(async |place| {
        use crate::support::peer::Page;
        let owner = place.owner().await;
        let bea = place.member("bea").await;
        let alpha = place.peer("alpha");
        alpha.answer("/hook", |_| Page::status(200));
        let desk = place.signed_in(&owner).await;
        let form = desk.open("/desk/webhooks").await.form("/desk/webhooks");
        let form = form.tick("events[]", "switch.moved");
        desk.submit(form.set("address", &alpha.url("/hook"))).await;
        let code = named(place, &owner, &bea).await;
        quiet(place).await;
        opened(place, &bea, &code).await;
        let told: Vec<serde_json::Value> = alpha
            .asked()
            .iter()
            .filter(|asked| asked.path == "/hook")
            .map(|asked| asked.json())
            .filter(|told| told["event"] == "switch.heir")
            .collect();
        assert_eq!(told.len(), 1, "{told:?}");
        let text = told[0]["text"].as_str().expect("a sentence");
        assert!(text.contains("@bea opened the letter"), "{text}");
    });
}

#[test]
fn who_was_told_of_a_notice_is_forgotten_a_month_after_it_is_over() {
    Setup::default().without_jobs().run(async |place| {
        place.owner().await;
        let now = place.app.clock.now().timestamp() as f64;
        let letters = "WITH e AS (INSERT INTO episodes (kind, stage, since, stage_since, ended_at) \
                           VALUES (0, 4, to_timestamp(0), to_timestamp(0), to_timestamp(1)) RETURNING id), \
                       h AS (INSERT INTO heirs (offered_at, ended_at, ending) \
                           VALUES (to_timestamp(0), to_timestamp(1), 5) RETURNING id), \
                       n AS (INSERT INTO heir_notices (heir_id, episode_id, begun_at, until, ended_at, ending) \
                           SELECT h.id, e.id, to_timestamp(0), to_timestamp(1), to_timestamp($1::float8 - days * 86400), \
                               CASE WHEN days IS NOT NULL THEN 0 END \
                           FROM e, h, (VALUES (31), (29), (NULL)) d (days) RETURNING id) \
                       INSERT INTO heir_letters (notice_id, user_id) SELECT n.id, u.id FROM n, users u";
        place.sql(letters, &[&now]).await;
        let left = async || place.number("SELECT count(*) FROM heir_letters").await;
        assert_eq!(left().await, 3);
        for after in [2, 1, 1] {
            let due = "DELETE FROM leases WHERE name = 'timer.leftovers'";
            place.sql(due, &[]).await;
            porchlight::jobs::timers::tick(&place.app).await;
            assert_eq!(left().await, after, "of one that runs, all are kept");
            place.advance(TimeDelta::days(2));
        }
    });
}
