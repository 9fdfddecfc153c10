//! Nobody decides about somebody they are bound to (C6).

use porchlight::domain::role::Role;

use crate::support::browser::Browser;
use crate::support::people::{PASSWORD, Person};
use crate::support::place::{Place, run};

/// Lets an application seem to come from where somebody sits.
async fn comes_from(place: &Place, person: &Person, address: &str) {
    let application = place.application_of(person).await;
    place
        .sql(
            "UPDATE applications SET network = $2::text::inet WHERE id = $1",
            &[&application, &address],
        )
        .await;
}

/// The same /24, another address in it.
fn beside(browser: &Browser) -> String {
    let (net, _) = browser.from.rsplit_once('.').expect("an address");
    format!("{net}.200")
}

async fn state_of(place: &Place, person: &Person) -> i16 {
    place
        .sql(
            "SELECT state FROM applications WHERE user_id = $1",
            &[&person.user],
        )
        .await[0]
        .get(0)
}

#[test]
fn nobody_decides_about_somebody_from_their_own_network() {
    run(async |place| {
        place.owner().await;
        let remy = place.staff("remy", Role::Moderator).await;
        let (hana, ivo) = (place.applicant("hana").await, place.applicant("ivo").await);
        let browser = place.signed_in(&remy).await;
        let card = format!("/desk/applications/{}", place.application_of(&hana).await);
        let stale = browser.open(&card).await;
        comes_from(place, &hana, &beside(&browser)).await;
        let page = browser.open(&card).await;
        page.says("They came from a network that you sign in from.");
        assert!(!page.has_form(&format!("{card}/approve")));
        for act in ["approve", "reject"] {
            let form = stale.form(&format!("{card}/{act}"));
            browser
                .submit(form)
                .await
                .says("Somebody else of the staff decides");
            assert_eq!(state_of(place, &hana).await, 1);
        }
        // Through an app neither, and signing out first does not help.
        let token = place.token_of(remy.user, "admin:read admin:write").await;
        let path = format!("/api/v1/admin/accounts/{}/approve", hana.id);
        place
            .api(token)
            .post(&path, serde_json::json!({}))
            .await
            .error(403);
        let out = browser.open("/home").await;
        browser.submit(out.form("/sign-out")).await;
        let elsewhere = place.signed_in(&remy).await;
        let late = elsewhere.open(&card).await;
        assert!(!late.has_form(&format!("{card}/approve")));
        // In bulk they are left out and named.
        let desk = elsewhere.open("/desk").await;
        let form = desk
            .form("/desk/bulk")
            .tick("pick[]", &place.application_of(&hana).await.to_string())
            .tick("pick[]", &place.application_of(&ivo).await.to_string());
        let page = elsewhere.submit(form).await;
        let form = page.form("/desk/bulk/decide").set("act", "reject");
        let done = elsewhere.submit(form).await;
        done.says("One is done.")
            .says("hana: They came from a network that you sign in from.");
        assert_eq!(state_of(place, &hana).await, 1);
        // Others may.
        let mia = place.staff("mia", Role::Reviewer).await;
        let hers = place.signed_in(&mia).await;
        let page = hers.open(&card).await;
        hers.submit(page.form(&format!("{card}/approve"))).await;
        assert_eq!(state_of(place, &hana).await, 3);
        // Nor does anybody take back what others decided about their own people.
        let page = elsewhere.open(&card).await;
        assert!(!page.has_form(&format!("{card}/undo")));
    });
}

#[test]
fn the_only_one_of_the_staff_decides_and_the_log_says_so() {
    run(async |place| {
        let olive = place.owner().await;
        let hana = place.applicant("hana").await;
        let browser = place.signed_in(&olive).await;
        comes_from(place, &hana, &beside(&browser)).await;
        let card = format!("/desk/applications/{}", place.application_of(&hana).await);
        let page = browser.open(&card).await;
        page.says("Since nobody else of the staff can decide, you may");
        browser.submit(page.form(&format!("{card}/approve"))).await;
        let alone = "SELECT detail->>'alone' FROM audit_log WHERE act = 'application.approve'";
        let alone: String = place.sql(alone, &[]).await[0].get(0);
        assert_eq!(alone, "network");
    });
}

#[test]
fn where_all_of_the_staff_are_bound_to_somebody_the_rule_gives_way_for_them_alone() {
    run(async |place| {
        let (olive, remy) = (
            place.owner().await,
            place.staff("remy", Role::Moderator).await,
        );
        let (hana, ivo) = (place.applicant("hana").await, place.applicant("ivo").await);
        let (hers, his) = (place.signed_in(&olive).await, place.signed_in(&remy).await);
        comes_from(place, &hana, &beside(&hers)).await;
        comes_from(place, &ivo, &beside(&hers)).await;
        let card_of = async |person: &Person| {
            format!("/desk/applications/{}", place.application_of(person).await)
        };
        let (hanas, ivos) = (card_of(&hana).await, card_of(&ivo).await);
        hers.open(&hanas).await.says("Somebody else of the staff");
        // He sits where she sits: nobody is left for hana. Ivo came from where only she is.
        let net = "UPDATE sessions SET network = (SELECT network FROM applications WHERE id = $1) \
                   WHERE user_id = $2";
        let application = place.application_of(&hana).await;
        place.sql(net, &[&application, &remy.user]).await;
        comes_from(place, &ivo, "81.2.69.1").await;
        let also = "UPDATE staff_networks SET network = '81.2.69.0/24' WHERE user_id = $1";
        place.sql(also, &[&olive.user]).await;
        hers.open(&hanas)
            .await
            .says("Since nobody else of the staff can decide, you may");
        let page = hers.open(&ivos).await;
        assert!(!page.has_form(&format!("{ivos}/approve")));
        assert!(his.open(&ivos).await.has_form(&format!("{ivos}/approve")));
    });
}

#[test]
fn addresses_of_nobody_in_particular_say_nothing() {
    run(async |place| {
        let olive = place.owner().await;
        place.staff("remy", Role::Moderator).await;
        let hana = place.applicant("hana").await;
        let mut browser = place.browser();
        browser.from = "10.0.0.7".into();
        let page = browser.open("/sign-in").await;
        let form = page
            .form("/sign-in")
            .set("login", &olive.name)
            .set("password", PASSWORD);
        browser.submit(form).await;
        comes_from(place, &hana, "10.0.0.8").await;
        let card = format!("/desk/applications/{}", place.application_of(&hana).await);
        let page = browser.open(&card).await;
        assert!(page.has_form(&format!("{card}/approve")));
    });
}
