//! Asking, saying yes or no, taking back.

use chrono::TimeDelta;
use porchlight::domain::role::Role;
use porchlight::identity::roles::{self, By};

use super::super::standing_still::admin_of;
use super::{accept, code, mails, named, offer, watch};
use crate::support::people::PASSWORD;
use crate::support::place::run;

#[test]
fn who_is_asked_alone_hears_of_it_and_the_letter_is_shown_once() {
    run(async |place| {
        let owner = place.owner().await;
        let admin = place.staff("ada", Role::Admin).await;
        let [bea, cyd] = [place.member("bea").await, place.member("cyd").await];
        let before = place.signed_in(&bea).await;
        let desk = place.signed_in(&owner).await;
        let page = desk.open("/desk/heir").await;
        let form = page.form("/desk/heir").set("name", "bea");
        let wrong = desk.submit(form.clone().set("password", "not mine")).await;
        wrong.says("is not right");
        assert_eq!(wrong.status(), 422);
        for nobody in ["nobody", "olive"] {
            offer(place, &owner, nobody)
                .await
                .says("look at this again");
        }
        place.advance(TimeDelta::minutes(1));
        let form = form.set("name", "@bea").set("password", PASSWORD);
        desk.submit(form).await.says("They are asked");
        place.settle().await;
        assert_eq!(mails(place, &bea, "be the heir"), 1);
        assert_eq!(mails(place, &cyd, "heir"), 0);
        desk.open("/desk/heir").await.says("@bea is asked");

        let other = place.signed_in(&cyd).await;
        assert_eq!(other.visit("/heir").await.status(), 404);
        other.open("/home").await.hides("asks you something");
        let desk_of_admin = place.signed_in(&admin).await;
        let shut = desk_of_admin.visit("/desk/heir").await;
        assert_eq!(shut.status(), 403);
        shut.hides("bea");

        // A session from before says no at the most.
        before.open("/home").await.says("asks you something");
        let page = before.open("/heir").await;
        page.says("sign out and in again");
        let form = page.form("/heir/accept").set("password", PASSWORD);
        before.submit(form).await.says("needs a fresh sign-in");
        let browser = place.signed_in(&bea).await;
        let page = browser.open("/heir").await;
        let form = page.form("/heir/accept");
        let wrong = browser.submit(form.clone().set("password", "no")).await;
        wrong.says("is not right");
        let form = form.set("password", PASSWORD);
        let letter = browser.submit(form.clone()).await;
        assert_eq!(letter.answer.header("cache-control"), "private, no-store");
        let code = code(&letter);
        letter.says("After 60 days of distress").says("/heir");

        let again = browser.submit(form).await;
        again.says("You said yes already").hides(&code[..9]);
        browser.open("/heir").await.hides(&code[..9]);
        browser.open("/home").await.hides("asks you something");
        desk.open("/desk/heir").await.says("@bea is the heir");
        let kept = "SELECT count(*) FROM heirs WHERE octet_length(letter) = 32 AND accepted_at IS NOT NULL";
        assert_eq!(place.number(kept).await, 1);

        // Nothing of it is public, nor in the log who it is.
        let lines = format!(
            "SELECT count(*) FROM audit_log WHERE act LIKE 'heir.%' AND \
             (subject_id IS NOT NULL OR actor_user_id = {} OR detail::text LIKE '%bea%')",
            bea.user
        );
        assert_eq!(place.number(&lines).await, 0);
        for page in ["/about", "/door", "/home"] {
            let seen = other.open(page).await;
            assert!(!seen.text().contains("heir"), "{page}");
        }
        for api in [
            "/api/v2/instance",
            "/api/v1/instance",
            "/api/v1/instance/registration_history",
            "/nodeinfo/2.0",
        ] {
            let said = place.stranger().get(api).await.expect(200).text();
            assert!(!said.contains("heir\""), "{api}");
            assert!(!said.contains("heir_"), "{api}");
        }
        let log = desk_of_admin.open("/desk/audit").await;
        log.says("noted that the heir said yes");
    });
}

#[test]
fn a_no_a_fortnight_a_taking_back_and_another_offer_end_it_and_void_the_letter() {
    run(async |place| {
        let owner = place.owner().await;
        let [bea, cyd] = [place.member("bea").await, place.member("cyd").await];
        let endings = async || {
            let rows = place
                .sql("SELECT ending, letter IS NULL FROM heirs ORDER BY id", &[])
                .await;
            let end = |row: &tokio_postgres::Row| {
                let (ending, void): (Option<i16>, bool) = (row.get(0), row.get(1));
                assert!(void || ending.is_none(), "{ending:?}");
                ending
            };
            rows.iter().map(end).collect::<Vec<_>>()
        };
        offer(place, &owner, "bea").await;
        let browser = place.signed_in(&bea).await;
        let page = browser.open("/heir").await;
        let form = page.form("/heir/accept").set("password", PASSWORD);
        browser
            .submit(form.aim("/heir/decline"))
            .await
            .says("You said no");
        assert_eq!(endings().await, [Some(0)]);

        // Time ends it whether or not anybody looks.
        offer(place, &owner, "bea").await;
        place.advance(TimeDelta::days(14));
        let browser = place.signed_in(&bea).await;
        assert_eq!(browser.visit("/heir").await.status(), 404);
        watch(place).await;
        assert_eq!(endings().await, [Some(0), Some(1)]);
        let desk = place.signed_in(&owner).await;
        desk.open("/desk/heir").await.says("did not answer in time");

        let first = named(place, &owner, &bea).await;
        let second = named(place, &owner, &bea).await;
        assert_ne!(first, second);
        named(place, &owner, &cyd).await;
        assert_eq!(endings().await[2..], [Some(3), Some(3), None]);
        assert_eq!(browser.visit("/heir").await.status(), 404);
        let page = desk.open("/desk/heir").await;
        desk.submit(page.form("/desk/heir/remove"))
            .await
            .says("It is taken back");
        assert_eq!(endings().await[4], Some(2));

        named(place, &owner, &cyd).await;
        let browser = place.signed_in(&cyd).await;
        let page = browser.open("/heir").await;
        let form = page.form("/heir/leave").set("password", PASSWORD);
        browser.submit(form).await.says("You gave it up");
        assert_eq!(endings().await[5], Some(4));
        desk.open("/desk/heir").await.says("gave it up");
    });
}

#[test]
fn another_role_or_a_suspension_voids_it() {
    run(async |place| {
        let owner = place.owner().await;
        let bea = place.member("bea").await;
        let ending = async || {
            place
                .number("SELECT coalesce(ending, -1)::bigint FROM heirs ORDER BY id DESC LIMIT 1")
                .await
        };
        let admin = admin_of(place, &owner).await;
        named(place, &owner, &bea).await;
        watch(place).await;
        assert_eq!(ending().await, -1);
        place.advance(TimeDelta::minutes(1));
        roles::set_role(&place.app, By::Admin(&admin), bea.user, Role::Reviewer)
            .await
            .expect("named");
        watch(place).await;
        assert_eq!(ending().await, 5);

        // Staff of a lower role may be asked, too.
        place.awaken(bea.user).await;
        place.advance(TimeDelta::minutes(1));
        offer(place, &owner, "bea").await.says("They are asked");
        accept(place, &bea).await;
        let off = "UPDATE users SET disabled_at = now() WHERE id = $1";
        place.sql(off, &[&bea.user]).await;
        watch(place).await;
        assert_eq!(ending().await, 5);
        let desk = place.signed_in(&owner).await;
        desk.open("/desk/heir").await.says("Nobody is the heir now");
    });
}
