//! Who comes home: what the page tells, what those hear who waited, and who may lift what.

use chrono::TimeDelta;
use porchlight::domain::role::Role;
use porchlight::domain::switch::Stage;
use porchlight::gate::away::back;
use porchlight::gate::switch::lift::{self, Lifted};

use super::standing_still::{admin_of, reviewer_of, stage};
use crate::gate::waiting::refuse;
use crate::support::place::{Place, run};

async fn sealed(place: &Place) {
    place.live(TimeDelta::days(15)).await;
    assert_eq!(stage(place).await, Stage::Sealed);
    place.settle().await;
}

#[test]
fn the_page_tells_what_happened_and_one_button_ends_it() {
    run(async |place| {
        let owner = place.owner().await;
        place.member("bea").await;
        let ivo = place.applicant("ivo").await;
        let browser = place.signed_in(&owner).await;
        browser
            .open("/desk/away")
            .await
            .says("there is nothing to catch up on");
        place.live(TimeDelta::days(1)).await;
        place.applicant("hana").await;
        sealed(place).await;
        let browser = place.signed_in(&owner).await;
        assert_eq!(
            browser.open("/home").await.link("While you were away"),
            "/desk/away"
        );
        let page = browser.open("/desk/away").await;
        page.says("Good that you are here")
            .says("@ivo")
            .says("@hana");
        page.says("First the oldest");
        assert!(!page.has_form("/desk/away/lift"));
        // Whoever cannot read them all tells them: once, and for a week.
        let told = browser.submit(page.form("/desk/away/tell")).await;
        told.says("2 people are told that you are back");
        let mail = place.mail_to(&ivo.email).await;
        assert!(
            mail.subject.contains("Somebody is back"),
            "{}",
            mail.subject
        );
        assert!(mail.text.contains("within 7 days"), "{}", mail.text);
        let admin = admin_of(place, &owner).await;
        let ids = [place.application_of(&ivo).await];
        let again = back::tell(&place.app, &reviewer_of(place, &owner).await, &ids).await;
        assert_eq!(again.expect("looked at"), 0);
        assert_eq!(stage(place).await, Stage::Sealed, "told is not answered");

        let page = browser.open("/desk/away").await;
        browser
            .submit(page.form("/desk/away/lift"))
            .await
            .says("Welcome back");
        assert_eq!(stage(place).await, Stage::Calm);
        place.settle().await;
        assert_eq!(
            place
                .number("SELECT count(*) FROM episodes WHERE kind <> 2 AND ended_by IS NULL")
                .await,
            0
        );
        assert_eq!(
            place
                .number("SELECT count(*) FROM seals WHERE until IS NULL")
                .await,
            0
        );
        assert_eq!(
            place
                .number("SELECT count(*) FROM audit_log WHERE act = 'switch.lift'")
                .await,
            1
        );
        let twice = lift::to_calm(&place.app, &admin).await;
        twice.expect_err("there is nothing left to lift");
        // The week that was promised counts.
        place.advance(TimeDelta::days(4));
        let visit = place.signed_in(&owner).await;
        let page = visit.open("/desk/door").await;
        visit
            .submit(page.form("/desk/door").set("mode", "approval"))
            .await;
        place.advance(TimeDelta::days(2));
        assert_eq!(stage(place).await, Stage::Calm);
        place.advance(TimeDelta::days(2));
        assert_eq!(stage(place).await, Stage::Guarded);
    });
}

#[test]
fn old_applications_are_asked_all_at_once() {
    run(async |place| {
        let owner = place.owner().await;
        let [ivo, hana] = [place.applicant("ivo").await, place.applicant("hana").await];
        place.member("bea").await;
        sealed(place).await;
        let browser = place.signed_in(&owner).await;
        let page = browser.open("/desk/away").await;
        let blank = browser.submit(page.form("/desk/away/ask")).await;
        assert_eq!(blank.status(), 422);
        blank.says("Write what you would like to know");
        let form = blank
            .form("/desk/away/ask")
            .set("question", "Are you still there?");
        browser.submit(form).await.says("2 people are asked");
        for person in [&ivo, &hana] {
            let mail = place.mail_to(&person.email).await;
            assert!(mail.text.contains("Are you still there?"));
        }
        // The oldest was among them: the seal is broken, and an admin lifts the rest.
        assert_eq!(stage(place).await, Stage::Guarded);
        let page = browser.open("/desk/away").await;
        browser
            .submit(page.form("/desk/away/lift"))
            .await
            .says("Welcome back");
        assert_eq!(stage(place).await, Stage::Calm);
    });
}

#[test]
fn a_reviewer_breaks_the_seal_by_the_oldest_and_only_an_admin_lifts_the_rest() {
    run(async |place| {
        let owner = place.owner().await;
        let rolf = place.staff("rolf", Role::Reviewer).await;
        place.member("bea").await;
        let ivo = place.applicant("ivo").await;
        place.advance(TimeDelta::hours(1));
        let hana = place.applicant("hana").await;
        sealed(place).await;
        // The younger one first: nothing is lifted.
        refuse(place, &rolf, &hana, false, "").await;
        assert_eq!(stage(place).await, Stage::Sealed);
        refuse(place, &rolf, &ivo, false, "").await;
        assert_eq!(stage(place).await, Stage::Guarded);
        place.tick().await;
        assert_eq!(stage(place).await, Stage::Guarded, "it stays so");
        let browser = place.signed_in(&rolf).await;
        let page = browser.open("/desk/away").await;
        page.says("An admin gives the door back");
        assert!(!page.has_form("/desk/away/lift"));
        let admin = admin_of(place, &owner).await;
        let done = lift::to_calm(&place.app, &admin)
            .await
            .expect("it is lifted");
        assert_eq!(done, Lifted::Done);
        assert_eq!(stage(place).await, Stage::Calm);
    });
}

#[test]
fn many_noes_at_once_break_the_seal_too() {
    run(async |place| {
        let owner = place.owner().await;
        place.member("bea").await;
        place.applicant("ivo").await;
        sealed(place).await;
        let desk = place.signed_in(&owner).await;
        let page = desk.open("/desk/away").await;
        let look = desk.submit(page.form("/desk/bulk")).await;
        look.says("One person");
        desk.submit(look.form("/desk/bulk/decide")).await;
        assert_eq!(stage(place).await, Stage::Guarded);
    });
}

#[test]
fn whose_role_is_young_needs_a_second_one() {
    run(async |place| {
        place.owner().await;
        place.member("bea").await;
        sealed(place).await;
        let [mona, nils] = [
            place.staff("mona", Role::Admin).await,
            place.staff("nils", Role::Admin).await,
        ];
        let browser = place.signed_in(&mona).await;
        let page = browser.open("/desk/away").await;
        page.says("less than a week old");
        browser
            .submit(page.form("/desk/away/lift"))
            .await
            .says("another admin has to press")
            .says("@mona");
        let mine = lift::to_calm(&place.app, &admin_of(place, &mona).await).await;
        assert_eq!(mine.expect("noted"), Lifted::Wished, "twice is not two");
        assert_eq!(stage(place).await, Stage::Sealed);
        let second = lift::to_calm(&place.app, &admin_of(place, &nils).await).await;
        assert_eq!(second.expect("lifted"), Lifted::Done);
        assert_eq!(stage(place).await, Stage::Calm);
    });
}

#[test]
fn of_two_who_lift_at_once_one_does() {
    run(async |place| {
        let owner = place.owner().await;
        let other = place.staff("mona", Role::Admin).await;
        place.member("bea").await;
        sealed(place).await;
        let (one, two) = (admin_of(place, &owner).await, admin_of(place, &other).await);
        let (first, second) = tokio::join!(
            lift::to_calm(&place.app, &one),
            lift::to_calm(&place.app, &two)
        );
        assert_eq!(usize::from(first.is_ok()) + usize::from(second.is_ok()), 1);
        let moved = "SELECT count(*) FROM audit_log WHERE act = 'switch.lift'";
        assert_eq!(place.number(moved).await, 1);
        assert_eq!(stage(place).await, Stage::Calm);
    });
}
