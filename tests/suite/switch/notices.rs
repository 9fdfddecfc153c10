//! Who is told how the switch moves: each once, by every channel, whatever dies meanwhile.

use chrono::TimeDelta;
use porchlight::domain::role::Role;
use porchlight::domain::switch::Stage;
use serde_json::Value;

use super::stage;
use crate::support::mail::Mail;
use crate::support::peer::Page;
use crate::support::people::Person;
use crate::support::place::{Place, Setup, run};

fn mails_to<'a>(mails: &'a [Mail], to: &str, kind: &str) -> Vec<&'a Mail> {
    let is = |m: &&Mail| m.to == to && m.file.contains(&format!("-{kind}-"));
    mails.iter().filter(is).collect()
}

async fn posts_to(who: &Person) -> Vec<String> {
    let list = who
        .api
        .get("/api/v1/notifications?types[]=mention&limit=40")
        .await;
    let list = list.json();
    let list = list.as_array().expect("a list").iter();
    list.map(|one| {
        one["status"]["content"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    })
    .collect()
}

/// An owner and a moderator, both in by mail and app, and a member.
async fn people(place: &Place) -> (Person, Person) {
    let olive = place.owner().await;
    let rem = place.staff("rem", Role::Moderator).await;
    place.member("bea").await;
    // Both are asked from the same moment on, in which both were there.
    place.advance(TimeDelta::seconds(2));
    let now = place.app.clock.now().timestamp();
    for user in [olive.user, rem.user] {
        place
            .sql(
                "INSERT INTO signs_of_life (user_id, kind, at) \
                 VALUES ($1, 1, to_timestamp($2::bigint))",
                &[&user, &now],
            )
            .await;
    }
    place.tick().await;
    (olive, rem)
}

#[test]
fn everybody_who_keeps_the_light_on_hears_of_each_step_once_by_mail_and_in_the_app() {
    run(async |place| {
        let (olive, rem) = people(place).await;
        for (hours, kind, count) in [
            (5 * 24, "still-there", 1),
            (36, "still-there", 2),
            (12, "door-guarded", 1),
            (7 * 24, "door-sealed", 1),
        ] {
            place
                .live(TimeDelta::hours(hours) + TimeDelta::minutes(10))
                .await;
            place.settle().await;
            let mails = place.mails();
            for person in [&olive, &rem] {
                let told = mails_to(&mails, &person.email, kind);
                assert_eq!(
                    told.len(),
                    count,
                    "{kind} after {hours} more hours to {}",
                    person.name
                );
            }
        }
        for person in [&olive, &rem] {
            let posts = posts_to(person).await;
            assert_eq!(posts.len(), 4, "{posts:?}");
            assert!(posts[3].contains("Still there?"), "{posts:?}");
            assert!(posts[0].contains("is sealed"), "{posts:?}");
        }
        let others = place.mails();
        assert!(
            others.iter().all(|m| !m.to.starts_with("bea@")),
            "members hear nothing of it"
        );
        // What was said is said.
        let left = "SELECT count(*) FROM switch_notices WHERE sent_at IS NULL AND channel <> 1";
        assert_eq!(place.number(left).await, 0);
    });
}

#[test]
fn one_admin_is_also_told_at_the_contact_address_and_by_webhook() {
    Setup::federated()
        .with("PORCHLIGHT_INSTANCE__CONTACT_EMAIL", "house@far.example")
        .run(async |place| {
            let olive = place.owner().await;
            place.member("bea").await;
            let alpha = place.peer("alpha");
            alpha.answer("/hook", |_| Page::status(200));
            let browser = place.signed_in(&olive).await;
            let form = browser.open("/desk/webhooks").await.form("/desk/webhooks");
            let form = form.tick("events[]", "switch.moved");
            browser
                .submit(form.set("address", &alpha.url("/hook")))
                .await;
            place.live(TimeDelta::days(5) + TimeDelta::hours(1)).await;
            place.settle().await;
            let mails = place.mails();
            let to_house = mails_to(&mails, "house@far.example", "still-there");
            assert_eq!(to_house.len(), 1, "E1");
            assert!(
                !to_house[0].text.contains("/check-in/"),
                "it belongs to nobody"
            );
            assert!(to_house[0].text.contains("contact address"));
            let told: Vec<Value> = alpha
                .asked()
                .iter()
                .filter(|asked| asked.path == "/hook")
                .map(|asked| asked.json())
                .collect();
            assert_eq!(told.len(), 1, "{told:?}");
            assert_eq!(told[0]["event"], "switch.moved");
            let text = told[0]["text"].as_str().expect("a sentence");
            assert!(text.contains("has been seen since"), "{text}");
        });
}

#[test]
fn the_same_step_told_twice_tells_nobody_twice() {
    run(async |place| {
        let (olive, _) = people(place).await;
        place.live(TimeDelta::days(5) + TimeDelta::hours(1)).await;
        place.settle().await;
        // As if the process had died after the commit, and another began from the same state.
        place
            .sql(
                "INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
                 SELECT 0, 101, id, 0, 1, since FROM episodes",
                &[],
            )
            .await;
        place
            .sql(
                "INSERT INTO jobs (queue, priority, key, payload, run_at, created_at) \
                 SELECT 0, 0, 'again:' || id, jsonb_build_object('mail', 'switch', 'id', id), \
                    created_at, created_at FROM switch_notices WHERE channel = 0",
                &[],
            )
            .await;
        place.settle().await;
        assert_eq!(
            mails_to(&place.mails(), &olive.email, "still-there").len(),
            1
        );
        assert_eq!(posts_to(&olive).await.len(), 1);
    });
}

#[test]
fn a_process_that_died_in_the_middle_of_a_mail_sends_it_no_second_time() {
    Setup::default().without_jobs().run(async |place| {
        let (olive, _) = people(place).await;
        place.live(TimeDelta::days(5) + TimeDelta::hours(1)).await;
        // The relay plans, and the first process dies while it talks with the mail server.
        let mut relay = porchlight::jobs::relay::Relay::new(place.app.clone());
        while relay.pass().await.expect("it works") > 0 {}
        relay.let_go().await;
        let at = place.app.clock.now();
        place
            .sql(
                "UPDATE switch_notices SET begun_at = to_timestamp($1::bigint) WHERE recipient = $2 AND channel = 0",
                &[&at.timestamp(), &olive.user],
            )
            .await;
        place.start_jobs();
        place.settle().await;
        let mails = place.mails();
        assert_eq!(mails_to(&mails, &olive.email, "still-there").len(), 0);
        assert_eq!(posts_to(&olive).await.len(), 1, "the other channels are there");
        let told = mails_to(&mails, "rem@rem.example", "still-there");
        let files: Vec<&str> = mails.iter().map(|m| m.file.as_str()).collect();
        assert_eq!(told.len(), 1, "{files:?}");
    });
}

#[test]
fn after_a_week_of_being_off_one_notice_says_so_and_nothing_is_sealed() {
    run(async |place| {
        let (olive, _) = people(place).await;
        place.tick().await;
        place.stop_jobs().await;
        // Off for eight days: time goes by and nothing ticks (E3).
        place.advance(TimeDelta::days(8));
        assert_eq!(
            stage(place).await,
            Stage::Guarded,
            "the first who knocks sees it"
        );
        place.tick().await;
        place.start_jobs();
        place.settle().await;
        let mails = place.mails();
        let told = mails_to(&mails, &olive.email, "door-guarded");
        assert_eq!(told.len(), 1);
        assert!(
            told[0].text.contains("was switched off from"),
            "{}",
            told[0].text
        );
        assert_eq!(
            mails_to(&mails, &olive.email, "still-there").len(),
            0,
            "one notice"
        );
        assert_eq!(posts_to(&olive).await.len(), 1);
    });
}

#[test]
fn what_waited_while_mail_was_dead_is_told_only_if_it_is_still_news_and_health_says_that_it_waits()
{
    Setup::default().without_jobs().run(async |place| {
        let (olive, _) = people(place).await;
        let health = async || place.stranger().get("/health").await.text();
        place.live(TimeDelta::days(7) + TimeDelta::hours(1)).await;
        assert_eq!(
            stage(place).await,
            Stage::Guarded,
            "the mode needs neither (E9)"
        );
        let said = health().await;
        assert!(
            said.starts_with("ok\n") && said.contains("events wait"),
            "{said}"
        );
        place.start_jobs();
        place.settle().await;
        assert_eq!(health().await, "ok\n");
        let mails = place.mails();
        assert_eq!(
            mails_to(&mails, &olive.email, "still-there").len(),
            0,
            "old news"
        );
        assert_eq!(mails_to(&mails, &olive.email, "door-guarded").len(), 1);
    });
}

#[test]
fn an_admin_who_posts_daily_and_never_acts_is_warned_and_one_tap_ends_it() {
    run(async |place| {
        let (olive, rem) = people(place).await;
        for _ in 0..5 {
            place.live(TimeDelta::days(1)).await;
            olive.api.toot("Another day").await;
            rem.api.get("/api/v1/timelines/home").await.ok();
        }
        place.live(TimeDelta::hours(2)).await;
        assert_eq!(stage(place).await, Stage::Warned, "E25");
        place.settle().await;
        let list = olive
            .api
            .get("/api/v1/notifications?types[]=mention")
            .await
            .json();
        let id = list[0]["status"]["id"]
            .as_str()
            .expect("the post")
            .to_owned();
        olive
            .api
            .act(&format!("/api/v1/statuses/{id}/favourite"))
            .await
            .ok();
        assert_eq!(stage(place).await, Stage::Calm);
        place.tick().await;
        place.settle().await;
        let mails = place.mails();
        assert_eq!(
            mails_to(&mails, &olive.email, "switch-over").len(),
            0,
            "a tap is no news"
        );
    });
}

#[test]
fn a_weekly_mail_says_what_was_seen_of_somebody() {
    Setup::default().without_jobs().run(async |place| {
        let (olive, rem) = people(place).await;
        let browser = place.signed_in(&olive).await;
        for _ in 0..2 {
            let form = browser.open("/desk").await.form("/desk/check-in");
            browser.submit(form).await;
        }
        place
            .sql("DELETE FROM signs_of_life WHERE user_id = $1", &[&rem.user])
            .await;
        place
            .sql("DELETE FROM leases WHERE name = 'timer.week'", &[])
            .await;
        let long_ago = "UPDATE users SET role_since = role_since - interval '8 days'";
        place.sql(long_ago, &[]).await;
        porchlight::jobs::timers::tick(&place.app).await;
        place.start_jobs();
        place.settle().await;
        let mails = place.mails();
        let seen = mails_to(&mails, &olive.email, "seen");
        assert_eq!(seen.len(), 1, "E17");
        assert!(
            seen[0].text.contains("you checked in 4 times"),
            "{}",
            seen[0].text
        );
        assert!(seen[0].text.contains("/settings/sessions"));
        assert_eq!(
            mails_to(&mails, &rem.email, "seen").len(),
            0,
            "nothing was seen"
        );
    });
}

#[test]
fn a_planned_absence_alarms_nobody() {
    run(async |place| {
        let (olive, rem) = people(place).await;
        let browser = place.signed_in(&olive).await;
        super::absence::plan(place, &browser, 0, 12).await;
        place.live(TimeDelta::days(9)).await;
        place.settle().await;
        assert_eq!(stage(place).await, Stage::Guarded, "the real clock goes on");
        let mails = place.mails();
        for person in [&olive, &rem] {
            for kind in ["still-there", "door-guarded"] {
                assert_eq!(mails_to(&mails, &person.email, kind).len(), 0, "E2: {kind}");
            }
            assert_eq!(posts_to(person).await.len(), 0, "E2");
        }
    });
}

#[test]
fn an_address_that_nobody_confirmed_hears_nothing_of_the_switch() {
    run(async |place| {
        let (olive, rem) = people(place).await;
        place
            .sql(
                "UPDATE users SET email_confirmed_at = NULL WHERE username IN ('rem', 'bea')",
                &[],
            )
            .await;
        place.live(TimeDelta::days(31)).await;
        assert_eq!(stage(place).await, Stage::Distress);
        for _ in 0..2 {
            place.settle().await;
            place.tick().await;
        }
        place.settle().await;
        let mails = place.mails();
        assert!(!mails_to(&mails, &olive.email, "door-sealed").is_empty());
        let others = mails.iter().filter(|m| m.to != olive.email);
        let others: Vec<&str> = others.map(|m| m.file.as_str()).collect();
        assert!(others.is_empty(), "{}: {others:?}", rem.email);
        // Every one of them is plain text, its links whole and leading somewhere.
        for mail in mails.iter().filter(|m| m.file.contains("-door-")) {
            assert!(mail.html.is_empty(), "{}", mail.file);
            let links = mail.text.lines().filter(|line| line.contains("://"));
            for link in links.clone() {
                assert!(!link.trim().contains(' '), "{}: {link}", mail.file);
                let (_, rest) = link.split_once("://").expect("an address");
                let path = rest.find('/').map_or("/", |at| &rest[at..]);
                let answer = place.browser().visit(path.trim()).await;
                assert_ne!(answer.status(), 404, "{link}");
            }
            assert!(links.count() > 0, "{}", mail.text);
        }
    });
}
