//! While nobody is home: what stands still, who is told, and that nobody is kept from leaving.

use chrono::{DateTime, TimeDelta, Utc};
use porchlight::domain::Error;
use porchlight::domain::switch::Stage;
use porchlight::gate::applications::expire;
use porchlight::gate::switch;
use serde_json::json;

use crate::gate::invites::{apply, invite, standing as stands};
use crate::gate::waiting::refuse;
use crate::support::people::Person;
use crate::support::place::{Place, Setup, run};

const MINE: &str = "/api/porchlight/v1/application";

/// How far the switch has gone.
pub async fn stage(place: &Place) -> Stage {
    let mut conn = place.app.pool.get().await.expect("a connection");
    let now = place.app.clock.now();
    let standing = switch::standing(&place.app, &mut conn, now).await;
    standing.expect("it is judged").stage
}

async fn state(place: &Place, person: &Person) -> i64 {
    let application = place.application_of(person).await;
    let sql = format!("SELECT state::bigint FROM applications WHERE id = {application}");
    place.number(&sql).await
}

async fn expired(place: &Place) {
    expire::run(&place.app).await.expect("time does its work");
}

fn mails_to(place: &Place, address: &str, subject: &str) -> usize {
    let mails = place.mails();
    let of =
        |mail: &&crate::support::mail::Mail| mail.to == address && mail.subject.contains(subject);
    mails.iter().filter(of).count()
}

#[test]
fn those_who_wait_are_told_once_and_their_time_stands_still_until_somebody_answers_the_oldest() {
    run(async |place| {
        let owner = place.owner().await;
        place.member("bea").await;
        let ivo = place.applicant("ivo").await;
        place.advance(TimeDelta::hours(1));
        let hana = place.applicant("hana").await;
        let began = place.app.clock.now();
        // In stage 2 nothing is different for them.
        place.live(TimeDelta::days(10)).await;
        assert_eq!(stage(place).await, Stage::Guarded);
        place.settle().await;
        assert_eq!(mails_to(place, &hana.email, "stays as it is"), 0);
        assert_eq!(hana.api.get(MINE).await.ok()["time_stands_still"], false);

        place.live(TimeDelta::days(5)).await;
        assert_eq!(stage(place).await, Stage::Sealed);
        for _ in 0..2 {
            place.settle().await;
            place.tick().await;
        }
        assert_eq!(mails_to(place, &hana.email, "stays as it is"), 1);
        assert_eq!(mails_to(place, &ivo.email, "stays as it is"), 1);
        assert_eq!(hana.api.get(MINE).await.ok()["time_stands_still"], true);
        let browser = place.signed_in(&hana).await;
        browser
            .open("/waiting")
            .await
            .says("Your time stands still meanwhile");

        // Long beyond every end, nothing ends and nobody is reminded (E12).
        place.advance(TimeDelta::days(45));
        expired(place).await;
        assert_eq!(
            (state(place, &ivo).await, state(place, &hana).await),
            (1, 1)
        );
        place.settle().await;
        for words in ["still waits", "ends in"] {
            assert_eq!(mails_to(place, &hana.email, words), 0, "{words}");
        }
        // They may still write to the application, and go.
        let mine = hana.api.get(MINE).await.ok();
        let body =
            json!({ "answers": [{ "id": mine["answers"][0]["id"], "value": "Still here." }] });
        hana.api.put(&format!("{MINE}/answers"), body).await.ok();

        // A decision about another one lets nobody out of the seal.
        let sealed: DateTime<Utc> = since_of_seal(place).await;
        place.tick().await;
        let late = place
            .staff("rolf", porchlight::domain::role::Role::Reviewer)
            .await;
        refuse(place, &late, &ivo, false, "").await;
        assert!(
            stage(place).await >= Stage::Sealed,
            "a fresh role alone lifts nothing"
        );
        // The oldest is hana now; who has the role for long answers her.
        let ask = porchlight::gate::applications::ask::ask;
        let reviewer = reviewer_of(place, &owner).await;
        let id = place.application_of(&hana).await;
        ask(&place.app, &reviewer, id, "Are you still there?")
            .await
            .expect("asked");
        assert_eq!(stage(place).await, Stage::Guarded);
        place.settle().await;
        assert_eq!(
            place
                .number("SELECT count(*) FROM seals WHERE until IS NULL")
                .await,
            0
        );
        assert!(sealed >= began + TimeDelta::days(12));
        assert_eq!(hana.api.get(MINE).await.ok()["time_stands_still"], false);
        // From now on her fourteen days run, and no day less.
        place.advance(TimeDelta::days(13));
        expired(place).await;
        assert_eq!(state(place, &hana).await, 2);
        place.advance(TimeDelta::days(2));
        expired(place).await;
        assert_eq!(state(place, &hana).await, 6);
    });
}

/// Somebody of the staff, as use cases want them.
pub async fn reviewer_of(place: &Place, person: &Person) -> porchlight::gate::who::Reviewer {
    porchlight::gate::who::reviewer(&signed_in(place, person).await).expect("they may")
}

/// The same of an admin.
pub async fn admin_of(place: &Place, person: &Person) -> porchlight::gate::who::Admin {
    porchlight::gate::who::admin(&signed_in(place, person).await).expect("they may")
}

async fn signed_in(place: &Place, person: &Person) -> porchlight::gate::who::SignedIn {
    let mut conn = place.app.pool.get().await.expect("a connection");
    let holder = porchlight::store::access::by_user(&mut conn, person.user).await;
    porchlight::gate::who::SignedIn {
        user: holder.expect("read").expect("there").user,
        application: None,
        via: porchlight::gate::who::Via::Session { id: 1 },
        at: place.app.clock.now(),
    }
}

async fn since_of_seal(place: &Place) -> DateTime<Utc> {
    let seconds = "SELECT extract(epoch FROM since)::bigint FROM seals ORDER BY id DESC LIMIT 1";
    DateTime::from_timestamp(place.number(seconds).await, 0).expect("a time")
}

#[test]
fn who_was_never_asked_waits_on_by_as_much_as_the_seal_lasted() {
    run(async |place| {
        let owner = place.owner().await;
        place.member("bea").await;
        let ivo = place.applicant("ivo").await;
        place.advance(TimeDelta::hours(1));
        let hana = place.applicant("hana").await;
        place.live(TimeDelta::days(14) + TimeDelta::hours(2)).await;
        assert_eq!(stage(place).await, Stage::Sealed);
        place.settle().await;
        place.advance(TimeDelta::days(30));
        refuse(place, &owner, &ivo, false, "").await;
        assert_eq!(stage(place).await, Stage::Guarded);
        place.settle().await;
        // Fourteen of her thirty days were gone before.
        place.advance(TimeDelta::days(15));
        expired(place).await;
        assert_eq!(state(place, &hana).await, 1);
        place.advance(TimeDelta::days(2));
        expired(place).await;
        assert_eq!(state(place, &hana).await, 6);
    });
}

#[test]
fn invites_rest_while_nobody_is_home_and_go_on_by_as_much() {
    run(async |place| {
        let owner = place.owner().await;
        let ann = place.member("ann").await;
        let ivo = place.applicant("ivo").await;
        place.live(TimeDelta::days(10)).await;
        let code = invite(place, &ann, "1").await;
        // Guarded: no bypass, but it works (E11).
        place.live(TimeDelta::days(4) + TimeDelta::hours(3)).await;
        assert_eq!(stage(place).await, Stage::Sealed);
        place.settle().await;
        place.advance(TimeDelta::days(20));
        let refused = apply(place, "mo", Some(&code)).await;
        match refused {
            Err(Error::Closed(why)) => {
                assert!(why.message.contains("closed"), "{}", why.message);
                assert_eq!(why.code, "registrations_closed");
            }
            other => panic!("nobody comes in: {other:?}"),
        }
        let browser = place.signed_in(&ann).await;
        let page = browser.open("/invites").await;
        page.says("Yours keep").says(&code);
        let shown = place.browser().visit(&format!("/invite/{code}")).await;
        shown.says("closed");

        refuse(place, &owner, &ivo, false, "").await;
        assert_eq!(stage(place).await, Stage::Guarded);
        place.settle().await;
        // Four of its seven days were gone; three are left.
        place.advance(TimeDelta::days(2));
        porchlight::gate::mode::forget(&place.app).await;
        apply(place, "mo", Some(&code))
            .await
            .expect("it works again");
        assert_eq!(stands(place, "mo").await.1, 0, "before the others");
        place.advance(TimeDelta::days(2));
        let live = "SELECT count(*) FROM invites WHERE expires_at > to_timestamp($1::float8)";
        let now = place.app.clock.now().timestamp() as f64;
        let left: i64 = place.sql(live, &[&now]).await[0].get(0);
        assert_eq!(left, 0, "and ends when its time is over");
    });
}

#[test]
fn in_distress_members_are_told_once_and_take_along_what_is_theirs() {
    run(async |place| {
        place.owner().await;
        let bea = place.member("bea").await;
        let ann = place.member("ann").await;
        bea.follow(&ann).await;
        bea.api.toot("=cmd|' a day at the \"porch\"").await;
        ann.api.toot("not mine").await;
        let home = place.signed_in(&bea).await;
        home.open("/home").await.hides("Nobody has looked after");
        place.live(TimeDelta::days(31)).await;
        assert_eq!(stage(place).await, Stage::Distress);
        for _ in 0..2 {
            place.settle().await;
            place.tick().await;
        }
        assert_eq!(mails_to(place, &bea.email, "for a long time"), 1);
        assert_eq!(mails_to(place, &ann.email, "for a long time"), 1);
        let mail = place.mail_to(&bea.email).await;
        assert_eq!(mail.link("/settings/export"), "/settings/export");
        assert_eq!(mail.link("/settings/move"), "/settings/move");

        let browser = place.signed_in(&bea).await;
        let page = browser.open("/home").await;
        page.says("Nobody has looked after")
            .says("you need nobody’s leave");
        place
            .browser()
            .open("/public")
            .await
            .hides("you need nobody’s leave");
        let page = browser.open("/settings/export").await;
        page.says("Whom you follow");
        let text = async |file: &str| {
            let path = format!("/settings/export/{file}");
            let answer = browser.fetch(reqwest::Method::GET, &path).await.expect(200);
            assert!(answer.header("content-disposition").contains(file));
            answer.text()
        };
        let here = &place.app.config.server.handle_domain;
        assert_eq!(
            text("following.csv").await,
            format!(
                "Account address,Show boosts,Notify on new posts,Languages\nann@{here},true,false,\n"
            )
        );
        assert_eq!(text("followers.csv").await, "Account address\n");
        assert_eq!(text("blocks.csv").await, "");
        let posts: serde_json::Value =
            serde_json::from_str(&text("posts.json").await).expect("a list");
        assert_eq!(posts.as_array().expect("a list").len(), 1);
        assert!(
            posts[0]["html"]
                .as_str()
                .expect("text")
                .contains("a day at the")
        );
        assert_eq!(posts[0]["visibility"], "public");
        let other = browser.visit("/settings/export/passwords.csv").await;
        assert_eq!(other.status(), 404);
        // Moving asks for nobody's leave: the form is there as on any day.
        assert!(
            browser
                .open("/settings/move")
                .await
                .has_form("/settings/move")
        );
    });
}

#[test]
fn who_was_told_is_forgotten_a_month_after_it_is_over_a_thousand_at_a_time() {
    Setup::default().without_jobs().run(async |place| {
        place.owner().await;
        let now = place.app.clock.now().timestamp() as f64;
        let letters = "WITH e AS (INSERT INTO episodes (kind, stage, since, stage_since, ended_at) \
                           SELECT 0, 4, to_timestamp(0), to_timestamp(0), to_timestamp($1::float8 - days * 86400) \
                           FROM (VALUES (31), (29), (NULL)) d (days) RETURNING id), \
                       u AS (INSERT INTO users (id, account_id, username, role_since, created_at) \
                           SELECT n, n, 'gone' || n, to_timestamp(0), to_timestamp(0) \
                           FROM generate_series(1, 600) n RETURNING id) \
                       INSERT INTO away_letters (episode_id, stage, user_id) \
                       SELECT e.id, s.stage, u.id FROM e CROSS JOIN u CROSS JOIN (VALUES (3::smallint), (4::smallint)) s (stage)";
        place.sql(letters, &[&now]).await;
        let left = async || place.number("SELECT count(*) FROM away_letters").await;
        assert_eq!(left().await, 3_600);
        // The timers look every hour.
        let due = "DELETE FROM leases WHERE name = 'timer.leftovers'";
        for after in [2_600, 2_400, 2_400] {
            place.sql(due, &[]).await;
            porchlight::jobs::timers::tick(&place.app).await;
            assert_eq!(left().await, after);
        }
        place.advance(TimeDelta::days(2));
        for after in [1_400, 1_200, 1_200] {
            place.sql(due, &[]).await;
            porchlight::jobs::timers::tick(&place.app).await;
            assert_eq!(left().await, after, "of one that lasts, all are kept");
        }
    });
}
