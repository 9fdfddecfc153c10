//! Rights of staff sleep until a second factor is set (C6, H11).

use chrono::TimeDelta;
use porchlight::domain::role::Role;
use porchlight::door::Access;
use porchlight::server::table::ROUTES;
use reqwest::Method;

use crate::identity::second_factor::set_app;
use crate::support::place::{Place, run};

/// As the command line or the door makes them: nothing is set.
async fn asleep(place: &Place, name: &str, role: Role) -> crate::support::people::Person {
    let person = place.staff(name, role).await;
    place
        .sql(
            "UPDATE users SET second_factor_since = NULL WHERE id = $1",
            &[&person.user],
        )
        .await;
    person
}

#[test]
fn rights_of_staff_sleep_until_a_second_factor_is_set() {
    run(async |place| {
        place.owner().await;
        let hana = place.applicant("hana").await;
        let card = format!("/desk/applications/{}", place.application_of(&hana).await);
        for role in [Role::Reviewer, Role::Moderator, Role::Admin] {
            let person = asleep(place, &format!("the_{role}"), role).await;
            let browser = place.signed_in(&person).await;
            browser
                .open("/home")
                .await
                .says("Your staff rights sleep until you set a second factor.");
            let page = browser.visit(&card).await;
            assert_eq!(page.status(), 403);
            page.says("Set a second factor first").hides("hana");
            let api = place.api(place.token_of(person.user, "admin:read admin:write").await);
            let said = api.get("/api/v1/admin/accounts").await;
            let error = said.error(403);
            assert_eq!(error["error_code"], "second_factor_needed");
            set_app(place, &browser, &person).await;
            browser.open(&card).await.says("hana");
            browser.open("/home").await.hides("Your staff rights sleep");
        }
    });
}

#[test]
fn who_cannot_read_is_not_said_to_read() {
    run(async |place| {
        let olive = place.owner().await;
        let rosa = asleep(place, "rosa", Role::Reviewer).await;
        let nora = place.staff("nora", Role::Reviewer).await;
        let suspended = "UPDATE accounts SET flags = flags | 2 WHERE id = $1::text::bigint";
        place.sql(suspended, &[&nora.id]).await;
        let says = async |name: &str, path: &str| {
            let page = place.browser().visit_raw(path).await;
            page.contains(&format!("<bdi>{name}</bdi>"))
        };
        for path in ["/apply", "/door"] {
            assert!(says("olive", path).await, "{path}");
            assert!(
                !says("rosa", path).await && !says("nora", path).await,
                "{path}"
            );
        }
        place.awaken(rosa.user).await;
        assert!(says("rosa", "/apply").await);
        // An owner has a week to set one.
        let sleeps = "UPDATE users SET second_factor_since = NULL WHERE id = $1";
        place.sql(sleeps, &[&olive.user]).await;
        assert!(says("olive", "/apply").await);
        place.advance(TimeDelta::days(8));
        place.awaken(rosa.user).await;
        assert!(!says("olive", "/apply").await);
    });
}

#[test]
fn no_page_of_the_desk_opens_for_staff_whose_rights_sleep() {
    run(async |place| {
        place.owner().await;
        let person = asleep(place, "adam", Role::Admin).await;
        let browser = place.signed_in(&person).await;
        let mut walked = 0;
        for route in ROUTES.iter() {
            if !matches!(
                route.access,
                Access::Desk | Access::Moderation | Access::Admin
            ) {
                continue;
            }
            let method = Method::from_bytes(route.method.as_bytes()).expect("a method");
            let path = route.path.replace("{id}", "1");
            let answer = browser.fetch(method, &path).await;
            assert_eq!(answer.status, 403, "{}", answer.shown());
            walked += 1;
        }
        assert!(walked > 30, "{walked}");
    });
}

#[test]
fn an_owner_has_seven_days_and_is_never_locked_out() {
    run(async |place| {
        let olive = asleep(place, "olive", Role::Owner).await;
        let browser = place.signed_in(&olive).await;
        browser
            .open("/desk")
            .await
            .says("on your staff rights sleep, unless you set a second factor");
        place.advance(TimeDelta::days(7) - TimeDelta::minutes(1));
        browser.open("/desk/door").await;
        place.advance(TimeDelta::minutes(2));
        assert_eq!(browser.visit("/desk/door").await.status(), 403);
        // What she does as a member goes on, and the way back is open.
        olive.api.toot("Still here").await;
        set_app(place, &browser, &olive).await;
        browser.open("/desk/door").await;
    });
}
