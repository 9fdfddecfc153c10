//! After a yes: what a newcomer finds, what an admin offers, and who hears of it.

use serde_json::json;

use crate::support::api::id;
use crate::support::people::Person;
use crate::support::place::{Place, run};

/// The owner says yes.
async fn let_in(place: &Place, owner: &Person, person: &Person) {
    let desk = place.signed_in(owner).await;
    let card = format!("/desk/applications/{}", place.application_of(person).await);
    let page = desk.open(&card).await;
    let page = desk.submit(page.form(&format!("{card}/approve"))).await;
    assert_eq!(page.status(), 200, "{}", page.answer.shown());
    place.settle().await;
}

#[test]
fn drafts_are_offered_one_by_one_or_all_and_nothing_is_published_by_itself() {
    // H3
    run(async |place| {
        let owner = place.owner().await;
        let hana = place.applicant("hana").await;
        let mut drafts = Vec::new();
        for text in ["One", "Two", "Three"] {
            let body = json!({ "status": text });
            drafts.push(id(&hana
                .api
                .post("/api/v1/statuses", body)
                .await
                .entity("Status")));
        }
        let_in(place, &owner, &hana).await;
        place.advance(chrono::TimeDelta::hours(5));
        assert_eq!(place.number("SELECT count(*) FROM statuses").await, 0);
        let browser = place.signed_in(&hana).await;
        let page = browser.visit("/waiting").await;
        assert_eq!(page.path, "/welcome");
        page.says("One")
            .says("Two")
            .says("Three")
            .says("Publish all 3");
        let form = page.form(&format!("/drafts/{}/publish", drafts[1]));
        let page = browser.submit(form).await;
        assert_eq!(page.path, "/welcome");
        page.says("Publish all 2");
        let path = format!("/api/v1/statuses/{}", drafts[1]);
        hana.api.get(&path).await.error(404);
        place.stranger().get(&path).await.error(404);
        let posted = place
            .stranger()
            .get(&format!("/api/v1/accounts/{}/statuses", hana.id))
            .await
            .entity("[Status]");
        assert_ne!(id(&posted[0]), drafts[1], "a fresh id");
        let dated = posted[0]["created_at"].as_str().expect("a time").to_owned();
        let now = place.app.clock.now();
        assert!(
            dated.starts_with(&now.format("%Y-%m-%dT%H").to_string()),
            "dated then: {dated}"
        );
        let page = browser.submit(page.form("/welcome/publish-all")).await;
        page.hides("Publish all");
        assert_eq!(place.number("SELECT count(*) FROM statuses").await, 3);
        assert_eq!(place.number("SELECT count(*) FROM drafts").await, 0);
    });
}

#[test]
fn an_admin_says_who_and_what_is_offered_and_who_greets() {
    run(async |place| {
        let owner = place.owner().await;
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let desk = place.signed_in(&owner).await;
        let page = desk.open("/desk/welcome").await;
        assert_eq!(
            page.form("/desk/welcome").value("introduction"),
            "introduction"
        );
        let wrong = page
            .form("/desk/welcome")
            .set("people", "@ann\nnobody\n")
            .set("tags", "#bread\ntwo words")
            .set("introduction", "no tag!")
            .set("greeter", "nobody");
        let page = desk.submit(wrong).await;
        assert_eq!(page.status(), 422);
        page.says("lives not here: nobody")
            .says("is no tag: two words")
            .says("is no tag: no tag!");
        let form = page.form("/desk/welcome");
        assert_eq!(
            form.value("people"),
            "@ann\nnobody\n",
            "nothing typed is lost"
        );
        let many: Vec<String> = (0..13).map(|n| format!("tag{n}")).collect();
        let page = desk.submit(form.set("tags", &many.join("\n"))).await;
        page.says("are too many");
        let right = page
            .form("/desk/welcome")
            .set("people", "@ann\nANN\nolive")
            .set("tags", "#Bread\nbread\nBücher")
            .set("introduction", "#hallo")
            .set("greeter", "ben");
        let page = desk.submit(right).await;
        page.says("Newcomers find it so");
        assert_eq!(page.form("/desk/welcome").value("people"), "ann\nolive");
        assert_eq!(page.form("/desk/welcome").value("tags"), "Bread\nBücher");
        assert_eq!(
            place.number("SELECT count(*) FROM audit_log WHERE act = 'welcome.change' AND inverse IS NOT NULL").await,
            1
        );
        // For admins alone.
        let moderator = place
            .staff("mod", porchlight::domain::role::Role::Moderator)
            .await;
        let page = place
            .signed_in(&moderator)
            .await
            .visit("/desk/welcome")
            .await;
        assert_eq!(page.status(), 404);

        let hana = place.applicant("hana").await;
        let_in(place, &owner, &hana).await;
        let greeted = async |who: &Person| {
            place.settle().await;
            let path = "/api/v1/notifications?types[]=arrival";
            who.api.get(path).await.ok().as_array().map_or(0, Vec::len)
        };
        assert_eq!(greeted(&ben).await, 0, "not before they are here");
        let browser = place.signed_in(&hana).await;
        let page = browser.open("/welcome").await;
        page.says("ann").says("#Bread").says("#Bücher");
        assert!(page.form("/compose").value("text").contains("#hallo"));
        browser.open("/welcome").await;
        assert_eq!(
            (greeted(&ben).await, greeted(&owner).await),
            (1, 0),
            "once, and who greets"
        );
        place
            .signed_in(&ben)
            .await
            .open("/notifications")
            .await
            .says("is here now");
        let page = browser.submit(page.form("/@ann/follow")).await;
        assert_eq!(page.path, "/welcome");
        assert_eq!(place.number("SELECT count(*) FROM follows").await, 1);
        let form = page
            .form("/compose")
            .set("text", "I bake. #hallo")
            .press("Post");
        let page = browser.submit(form).await;
        assert_eq!(page.path, "/welcome");
        assert_eq!(place.number("SELECT count(*) FROM statuses").await, 1);
        let _ = ann;
    });
}

#[test]
fn the_welcome_can_be_left_and_comes_back_until_it_is_put_away() {
    run(async |place| {
        let owner = place.owner().await;
        let hana = place.applicant("hana").await;
        let_in(place, &owner, &hana).await;
        let browser = place.signed_in(&hana).await;
        let page = browser.open("/welcome").await;
        assert_eq!(page.link("Later"), "/home");
        browser.open("/home").await;
        let page = browser.open("/settings/profile").await;
        assert_eq!(page.link("The welcome page"), "/welcome");
        // Saving other settings does not put it away.
        let form = page.form("/settings/profile").set("note", "I bake");
        browser.submit(form).await;
        let page = browser.open("/welcome").await;
        let page = browser.submit(page.form("/welcome/done")).await;
        assert_eq!(page.path, "/home");
        browser.open("/settings/profile").await.hides("/welcome");
        browser.open("/welcome").await.says("Come in");
        // The one who let them in is told where nobody was named.
        place.settle().await;
        let path = "/api/v1/notifications?types[]=arrival";
        let told = owner.api.get(path).await.ok();
        assert_eq!(told.as_array().map(Vec::len), Some(1), "{told}");
        // Those who never applied have no such page waiting.
        place
            .signed_in(&owner)
            .await
            .open("/settings/profile")
            .await
            .hides("/welcome");
    });
}
