//! Which deeds show that somebody is home: acts, visits, check-ins; traffic and machines never.

use chrono::TimeDelta;
use porchlight::domain::role::Role;
use porchlight::identity::oauth::host;
use porchlight::model::audit::SignOfLife;
use porchlight::server::table;
use reqwest::Method;
use serde_json::json;

use super::signs;
use crate::support::browser::Browser;
use crate::support::people::{Person, SCOPES};
use crate::support::place::{Place, run};
use crate::support::routes::fill;

/// Opens a page as a person does: the browser says that somebody clicked.
async fn by_hand(browser: &Browser, path: &str) {
    let request = browser
        .request(Method::GET, path)
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-user", "?1");
    assert_eq!(browser.send(request).await.status, 200, "{path}");
}

async fn forget(place: &Place) {
    place.sql("DELETE FROM signs_of_life", &[]).await;
}

async fn automaton_of(place: &Place, person: &Person) -> String {
    let token = host::token(&place.app, person.user, &scopes(), false).await;
    token.expect("a token").reveal().to_owned()
}

fn scopes() -> String {
    format!("{SCOPES} admin:read admin:write")
}

#[test]
fn an_act_counts_by_the_web_and_by_a_persons_token_but_never_by_a_machines() {
    run(async |place| {
        let olive = place.owner().await;
        let (ann, bea, cea) = (
            place.applicant("ann").await,
            place.applicant("bea").await,
            place.applicant("cea").await,
        );
        forget(place).await;
        let approve = |who: &Person| format!("/api/v1/admin/accounts/{}/approve", who.id);

        let machine = place.api(automaton_of(place, &olive).await);
        machine.post(&approve(&ann), json!({})).await.ok();
        assert_eq!(signs(place, &olive).await, [], "marked: never (E18)");

        let person = place.api(place.token_of(olive.user, &scopes()).await);
        person.post(&approve(&bea), json!({})).await.ok();
        assert_eq!(signs(place, &olive).await, [SignOfLife::ActByApp]);

        let browser = place.signed_in(&olive).await;
        forget(place).await;
        let card = format!("/desk/applications/{}", place.application_of(&cea).await);
        let form = browser.open(&card).await.form(&format!("{card}/approve"));
        browser.submit(form).await;
        assert_eq!(signs(place, &olive).await, [SignOfLife::Act]);
    });
}

#[test]
fn opening_the_queue_by_hand_counts_and_an_idle_tab_does_not() {
    run(async |place| {
        let olive = place.owner().await;
        let browser = place.signed_in(&olive).await;
        forget(place).await;
        browser.open("/desk").await;
        browser.open("/desk").await;
        assert_eq!(signs(place, &olive).await, [], "a tab that reloads itself");
        by_hand(&browser, "/desk").await;
        assert_eq!(signs(place, &olive).await, [SignOfLife::Visit]);
        by_hand(&browser, "/desk/reports").await;
        let twice = [SignOfLife::Visit, SignOfLife::Visit];
        assert_eq!(signs(place, &olive).await, twice);
    });
}

#[test]
fn looking_is_not_enough_while_somebody_waits_for_too_long() {
    run(async |place| {
        let olive = place.owner().await;
        place.member("bea").await;
        place.applicant("ann").await;
        place.stop_jobs().await;
        place.advance(TimeDelta::days(15));
        let browser = place.signed_in(&olive).await;
        forget(place).await;
        by_hand(&browser, "/desk").await;
        assert_eq!(signs(place, &olive).await, [], "the response clock is over");
    });
}

#[test]
fn nothing_that_only_reads_is_a_sign_of_life() {
    // E17: so does a session that somebody else has.
    run(async |place| {
        let olive = place.owner().await;
        let status = olive.api.toot_to("public", "Good morning").await;
        let all = "read write follow push admin:read admin:write";
        let (api, browser) = (
            place.api(place.token_of(olive.user, all).await),
            place.signed_in(&olive).await,
        );
        place.settle().await;
        forget(place).await;
        let mut walked = 0;
        for route in table::ROUTES.iter().filter(|route| route.method == "GET") {
            let path = fill(route.path, &status);
            // A stream answers for ever.
            if path.contains("/streaming") {
                continue;
            }
            match route.access.is_web() {
                true => drop(browser.fetch(Method::GET, &path).await),
                false => drop(api.get(&path).await),
            }
            walked += 1;
        }
        assert!(walked > 100, "{walked}");
        assert_eq!(signs(place, &olive).await, []);
    });
}

#[test]
fn living_here_is_no_sign_of_life_though_one_has_a_role() {
    run(async |place| {
        let olive = place.owner().await;
        let bea = place.member("bea").await;
        let status = bea.api.toot_to("public", "Bread").await;
        place.settle().await;
        forget(place).await;
        olive.api.toot("Good morning").await;
        let path = format!("/api/v1/statuses/{status}");
        olive.api.act(&format!("{path}/favourite")).await.ok();
        olive.api.act(&format!("{path}/reblog")).await.ok();
        olive.follow(&bea).await;
        let reply = json!({ "status": "@bea What kind?", "in_reply_to_id": status });
        olive.api.post("/api/v1/statuses", reply).await.ok();
        assert_eq!(signs(place, &olive).await, []);
    });
}

#[test]
fn who_takes_the_last_moderators_role_is_seen_by_it() {
    run(async |place| {
        let olive = place.owner().await;
        let rem = place.staff("rem", Role::Moderator).await;
        forget(place).await;
        let browser = place.signed_in(&olive).await;
        let page = browser.open("/desk/staff").await;
        let form = page.form("/desk/staff/change");
        let form = form.forge("id", &rem.user.to_string());
        browser.submit(form.forge("role", "member")).await;
        let role = place
            .sql("SELECT role FROM users WHERE id = $1", &[&rem.user])
            .await[0]
            .get::<_, i16>(0);
        assert_eq!(role, 0, "the form did what it says");
        assert_eq!(signs(place, &olive).await, [SignOfLife::Act]);
    });
}
