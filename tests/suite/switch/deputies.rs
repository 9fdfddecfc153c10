//! Deputies: asleep until they are called, then as much as is needed, for as long as it is.

use chrono::TimeDelta;
use porchlight::activitypub::actors::find_or_fetch;
use porchlight::domain::role::Role;
use porchlight::domain::switch::Stage;
use porchlight::gate::away::deputies;
use porchlight::gate::switch::lift;
use porchlight::moderation::deputies as acts;
use serde_json::json;

use super::standing_still::{admin_of, stage};
use crate::support::browser::Browser;
use crate::support::people::Person;
use crate::support::place::{Place, Setup, run};

async fn name(place: &Place, owner: &Person, name: &str, told: bool) {
    let admin = admin_of(place, owner).await;
    deputies::name(&place.app, &admin, name, told)
        .await
        .expect("named");
}

async fn called(place: &Place) {
    deputies::call_all(&place.app).await.expect("looked at");
    place.settle().await;
}

fn mails(place: &Place, to: &Person, subject: &str) -> usize {
    let mails = place.mails();
    let of = |m: &&crate::support::mail::Mail| m.to == to.email && m.subject.contains(subject);
    mails.iter().filter(of).count()
}

async fn report(place: &Place, by: &Person, about: &Person) {
    let body = json!({ "account_id": about.id, "comment": "a wave of it" });
    by.api.post("/api/v1/reports", body).await.ok();
    place.settle().await;
}

/// Staff say whether somebody is established.
async fn established(place: &Place, person: &Person, word: i16) {
    let id: i64 = person.id.parse().expect("an id");
    place
        .sql(
            "INSERT INTO author_standing (account_id, word, established_at) \
             VALUES ($1, $2::smallint, CASE WHEN $2::smallint = 1 THEN now() END) ON CONFLICT (account_id) \
             DO UPDATE SET word = excluded.word, established_at = excluded.established_at",
            &[&id, &word],
        )
        .await;
}

/// Signs in anew, and opens the page.
async fn stands_in(place: &Place, deputy: &Person) -> Browser {
    let browser = place.signed_in(deputy).await;
    browser.open("/deputy").await.says("Who waits at the door");
    browser
}

async fn flags(place: &Place, person: &Person) -> i64 {
    let sql = format!(
        "SELECT flags::bigint FROM accounts WHERE id = {}",
        person.id
    );
    place.number(&sql).await
}

const LIMITED: i64 = 1;
const SUSPENDED: i64 = 2;
const HELD: i64 = 64;

#[test]
fn they_are_named_by_admins_five_at_the_most_and_shown_nowhere() {
    run(async |place| {
        let owner = place.owner().await;
        let bea = place.member("bea").await;
        let browser = place.signed_in(&owner).await;
        let page = browser.open("/desk/deputies").await;
        let form = page.form("/desk/deputies").set("name", "@bea");
        browser.submit(form).await.says("They get a mail");
        place.settle().await;
        assert_eq!(mails(place, &bea, "You are a deputy"), 1);
        for (index, other) in ["ann", "cyd", "dot", "eli"].iter().enumerate() {
            let person = place.member(other).await;
            name(place, &owner, other, false).await;
            place.settle().await;
            assert_eq!(mails(place, &person, "deputy"), 0, "{index}");
        }
        place.member("fay").await;
        let page = browser.open("/desk/deputies").await;
        page.says("more is not possible").says("does not know");
        assert!(!page.text().contains("Name one"));
        let admin = admin_of(place, &owner).await;
        for nobody in ["fay", "olive", "nobody"] {
            let refused = deputies::name(&place.app, &admin, nobody, true).await;
            refused.expect_err("not this one");
        }
        // Until they are called: no page, no word in any log.
        assert_eq!(
            place.signed_in(&bea).await.visit("/deputy").await.status(),
            404
        );
        let lines = "SELECT count(*) FROM audit_log WHERE act LIKE 'deputy.%' AND \
             (subject_id IS NOT NULL OR detail::text LIKE '%bea%')";
        assert_eq!(place.number(lines).await, 0);
        let reviewer = place.staff("rolf", Role::Reviewer).await;
        let desk = place.signed_in(&reviewer).await;
        assert_eq!(desk.visit("/desk/deputies").await.status(), 404);
        let page = browser.open("/desk/deputies").await;
        browser
            .submit(page.form("/desk/deputies/remove"))
            .await
            .says("no deputy any more");
    });
}

#[test]
fn a_sealed_door_calls_them_once_and_what_they_answer_brings_nobody_home() {
    run(async |place| {
        let owner = place.owner().await;
        let bea = place.member("bea").await;
        let cyd = place.member("cyd").await;
        name(place, &owner, "bea", false).await;
        let [ivo, hana] = [place.applicant("ivo").await, place.applicant("hana").await];
        place.live(TimeDelta::days(13)).await;
        called(place).await;
        assert_eq!(mails(place, &bea, "needs you"), 0);
        let before = place.signed_in(&bea).await;
        place.live(TimeDelta::days(2)).await;
        assert_eq!(stage(place).await, Stage::Sealed);
        place.settle().await;
        called(place).await;
        called(place).await;
        assert_eq!(mails(place, &bea, "needs you"), 1);
        assert_eq!(mails(place, &cyd, "needs you"), 0);
        // A session from before the call sees that there is something, and does nothing.
        before.open("/deputy").await.says("sign out and in again");
        let id = place.application_of(&ivo).await;
        let path = format!("/deputy/applications/{id}/approve");
        let other = place.signed_in(&cyd).await;
        assert_eq!(other.visit("/deputy").await.status(), 404);

        let browser = stands_in(place, &bea).await;
        let page = browser.open("/deputy").await;
        page.says("I am ivo and I like porches.").hides(&ivo.email);
        browser.submit(page.form(&path)).await.says("They are in");
        let page = browser.open("/deputy").await;
        let id = place.application_of(&hana).await;
        let ask = page.form(&format!("/deputy/applications/{id}/ask"));
        browser
            .submit(ask.set("message", "Are you there?"))
            .await
            .says("They are asked");
        assert_eq!(
            stage(place).await,
            Stage::Sealed,
            "nobody of the staff is home by that"
        );
        let decided = "SELECT count(*) FROM audit_log WHERE act = 'application.approve'";
        assert_eq!(place.number(decided).await, 1);
        // No settings, no addresses, no desk.
        for shut in ["/desk", "/desk/door", "/desk/staff", "/desk/blocks"] {
            assert_eq!(browser.visit(shut).await.status(), 404, "{shut}");
        }
        // A day later they sign in once more.
        place.advance(TimeDelta::hours(25));
        browser.open("/deputy").await.says("sign out and in again");
        let desk = place.signed_in(&owner).await;
        desk.open("/desk/away")
            .await
            .says("@bea, a deputy, let 1 in");
        let admin = admin_of(place, &owner).await;
        lift::to_calm(&place.app, &admin).await.expect("lifted");
        assert_eq!(
            place.signed_in(&bea).await.visit("/deputy").await.status(),
            404
        );
    });
}

#[test]
fn they_stop_whom_they_may_and_it_ends_when_somebody_is_back_who_does_not_keep_it() {
    run(async |place| {
        let owner = place.owner().await;
        let [bea, spam, troll, known] = [
            place.member("bea").await,
            place.member("spam").await,
            place.member("troll").await,
            place.member("known").await,
        ];
        for (person, word) in [(&spam, 0), (&troll, 0), (&known, 1)] {
            established(place, person, word).await;
        }
        name(place, &owner, "bea", false).await;
        place.live(TimeDelta::days(15)).await;
        place.settle().await;
        for about in [&spam, &known, &troll] {
            report(place, &bea, about).await;
        }
        let browser = stands_in(place, &bea).await;
        // As somebody would who forges the address of a button that is not there.
        let post = async |path: String| {
            let page = browser.open("/deputy").await;
            browser.submit(page.form("/deputy/server").aim(&path)).await;
        };
        let suspend = |person: &Person| format!("/deputy/accounts/{}/suspend", person.id);
        let limit = |person: &Person| format!("/deputy/accounts/{}/limit", person.id);
        post(suspend(&spam)).await;
        assert_eq!(flags(place, &spam).await & SUSPENDED, SUSPENDED);
        post(suspend(&known)).await;
        assert_eq!(
            flags(place, &known).await,
            0,
            "established people are not suspended"
        );
        post(limit(&known)).await;
        assert_eq!(
            flags(place, &known).await,
            0,
            "nor limited because one person says so"
        );
        report(place, &troll, &known).await;
        post(limit(&known)).await;
        assert_eq!(flags(place, &known).await, LIMITED);
        post(suspend(&troll)).await;
        post(suspend(&owner)).await;
        assert_eq!(flags(place, &owner).await, 0, "never staff");
        let page = browser.open("/deputy").await;
        let form = page
            .form("/deputy/server")
            .set("domain", "far.example")
            .set("kind", "held");
        browser.submit(form).await.says("It holds from now on");
        let held = "SELECT count(*) FROM domain_policies WHERE kind = 3 AND lifted_at IS NULL";
        assert_eq!(place.number(held).await, 1);
        acts::end_due(&place.app).await.expect("looked at");
        assert_eq!(
            flags(place, &spam).await & SUSPENDED,
            SUSPENDED,
            "it holds meanwhile"
        );

        // Home again: one is kept, one taken back, the rest is over with the lift.
        let desk = place.signed_in(&owner).await;
        let page = desk.open("/desk/away").await;
        page.says("@spam was suspended by @bea");
        desk.submit(page.form("/desk/away/keep"))
            .await
            .says("It is yours now");
        let admin = admin_of(place, &owner).await;
        place
            .sql(
                "UPDATE reports SET closed_at = created_at, closed_by = $1",
                &[&owner.user],
            )
            .await;
        lift::to_calm(&place.app, &admin).await.expect("lifted");
        acts::end_due(&place.app).await.expect("ended");
        assert_eq!(flags(place, &spam).await & SUSPENDED, SUSPENDED, "kept");
        for person in [&known, &troll] {
            assert_eq!(flags(place, person).await, 0, "{} is free", person.name);
        }
        assert_eq!(place.number(held).await, 0);
        place.signed_in(&troll).await.open("/home").await;
        assert_eq!(
            place
                .number("SELECT count(*) FROM deputy_acts WHERE ended_at IS NULL")
                .await,
            0
        );
    });
}

#[test]
fn what_they_laid_ends_after_a_fortnight_though_nobody_is_back() {
    run(async |place| {
        let owner = place.owner().await;
        let [bea, spam] = [place.member("bea").await, place.member("spam").await];
        established(place, &spam, 0).await;
        name(place, &owner, "bea", false).await;
        place.live(TimeDelta::days(15)).await;
        let browser = stands_in(place, &bea).await;
        report(place, &bea, &spam).await;
        let page = browser.open("/deputy").await;
        let path = format!("/deputy/accounts/{}/suspend", spam.id);
        browser.submit(page.form(&path)).await.says("is suspended");
        place.advance(TimeDelta::days(13));
        acts::end_due(&place.app).await.expect("looked at");
        assert_eq!(flags(place, &spam).await & SUSPENDED, SUSPENDED);
        place.advance(TimeDelta::days(2));
        acts::end_due(&place.app).await.expect("ended");
        assert_eq!(flags(place, &spam).await, 0);
        assert_ne!(stage(place).await, Stage::Calm);
    });
}

#[test]
fn somebody_elsewhere_is_held_until_somebody_is_back_who_limits_them_or_does_not() {
    Setup::federated().run(async |place| {
        let owner = place.owner().await;
        let bea = place.member("bea").await;
        let peer = place.peer("alpha");
        for name in ["ann", "ben"] {
            let actor = peer.actor(name);
            find_or_fetch(&place.federation(), &actor.id)
                .await
                .expect("known here");
        }
        name(place, &owner, "bea", false).await;
        place.live(TimeDelta::days(15)).await;
        place.settle().await;
        let browser = stands_in(place, &bea).await;
        for (handle, says) in [
            (
                "@ann@alpha.test",
                "What the account sends waits from now on",
            ),
            ("ben@alpha.test", "What the account sends waits from now on"),
            ("@nobody@alpha.test", "Nobody of that handle is known here"),
        ] {
            let form = browser.open("/deputy").await.form("/deputy/account");
            let form = form.set("handle", handle).set("kind", "held");
            browser.submit(form).await.says(says);
        }
        let of = async |name: &str| {
            let sql = format!("SELECT flags::bigint FROM accounts WHERE username = '{name}'");
            place.number(&sql).await
        };
        assert_eq!((of("ann").await, of("ben").await), (HELD, HELD));
        // Home again: who is kept is limited from then on, the other free.
        let desk = place.signed_in(&owner).await;
        let page = desk.open("/desk/away").await;
        page.says("@ann@alpha.test was held by @bea");
        desk.submit(page.form("/desk/away/keep"))
            .await
            .says("It is yours now");
        let admin = admin_of(place, &owner).await;
        lift::to_calm(&place.app, &admin).await.expect("lifted");
        acts::end_due(&place.app).await.expect("ended");
        assert_eq!((of("ann").await, of("ben").await), (LIMITED, 0));
    });
}

#[test]
fn three_reports_that_wait_for_two_days_at_a_guarded_door_call_them() {
    run(async |place| {
        let owner = place.owner().await;
        let bea = place.member("bea").await;
        let people = [
            place.member("ann").await,
            place.member("cyd").await,
            place.member("dot").await,
        ];
        name(place, &owner, "bea", false).await;
        place.live(TimeDelta::days(5)).await;
        for about in &people[..2] {
            report(place, &bea, about).await;
        }
        place.live(TimeDelta::hours(50)).await;
        assert_eq!(stage(place).await, Stage::Guarded);
        called(place).await;
        assert_eq!(mails(place, &bea, "needs you"), 0, "two are not three");
        report(place, &bea, &people[2]).await;
        place.live(TimeDelta::hours(47)).await;
        called(place).await;
        assert_eq!(mails(place, &bea, "needs you"), 0, "not yet");
        place.live(TimeDelta::hours(2)).await;
        assert_eq!(stage(place).await, Stage::Guarded);
        called(place).await;
        assert_eq!(mails(place, &bea, "needs you"), 1);
        stands_in(place, &bea).await;
    });
}

#[test]
fn whom_an_absence_names_stands_in_from_its_first_day() {
    run(async |place| {
        let owner = place.owner().await;
        let bea = place.member("bea").await;
        place.member("cyd").await;
        name(place, &owner, "bea", true).await;
        name(place, &owner, "cyd", true).await;
        let browser = place.signed_in(&owner).await;
        let page = browser.open("/desk/absence").await;
        let day = |ahead: i64| {
            let at = place.app.clock.now() + TimeDelta::days(ahead);
            at.format("%Y-%m-%d").to_string()
        };
        let form = page
            .form("/desk/absence")
            .set("from", &day(2))
            .set("to", &day(9))
            .set("mode", "approval")
            .set("deputy", &bea.user.to_string());
        browser.submit(form).await.says("Noted");
        browser.open("/desk/absence").await.says("@bea");
        let told =
            "SELECT count(*) FROM audit_log WHERE act = 'absence.plan' AND detail::text LIKE $1";
        let logged: i64 = place.sql(told, &[&format!("%{}%", bea.user)]).await[0].get(0);
        assert_eq!(logged, 0, "the log does not say who");
        called(place).await;
        assert_eq!(mails(place, &bea, "needs you"), 0);
        place.advance(TimeDelta::days(2));
        called(place).await;
        assert_eq!(mails(place, &bea, "needs you"), 1);
        stands_in(place, &bea).await;
        let page = place.signed_in(&owner).await;
        let form = page.open("/desk/absence").await.form("/desk/absence/end");
        page.submit(form).await.says("It is over");
        assert_eq!(
            place.signed_in(&bea).await.visit("/deputy").await.status(),
            404
        );
    });
}
